-- +goose Up
-- How likely each level is, from 无相关 to 强; all 0 where the model gave none.
ALTER TABLE match_results ADD COLUMN p1 REAL NOT NULL DEFAULT 0;
ALTER TABLE match_results ADD COLUMN p2 REAL NOT NULL DEFAULT 0;
ALTER TABLE match_results ADD COLUMN p3 REAL NOT NULL DEFAULT 0;
ALTER TABLE match_results ADD COLUMN p4 REAL NOT NULL DEFAULT 0;
CREATE INDEX match_results_time ON match_results (matched_at);

CREATE TABLE assignments (
    id         TEXT NOT NULL PRIMARY KEY,
    state      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    body       TEXT NOT NULL
) STRICT;
CREATE INDEX assignments_created ON assignments (created_at);

-- Recommendations, and needs and achievements that have none. Written once, when the assignment is done.
CREATE TABLE assignment_items (
    assignment_id  TEXT NOT NULL REFERENCES assignments (id),
    line           INTEGER NOT NULL,
    outcome        TEXT NOT NULL,
    need_id        TEXT NOT NULL, -- empty for an achievement without a recommendation
    achievement_id TEXT NOT NULL, -- empty for a need without one
    broker         TEXT NOT NULL,
    reason         TEXT NOT NULL,
    body           TEXT NOT NULL,
    PRIMARY KEY (assignment_id, line)
) STRICT;
