-- +goose Up
-- A wish that was turned down, while the pair goes on because the other side asks, too: its answer stands by itself.
CREATE TABLE wish_answers (
    candidate_id TEXT COLLATE "C" NOT NULL REFERENCES candidates (id),
    side         TEXT NOT NULL, -- whose owner had asked
    wished_at    BIGINT NOT NULL,
    answered_at  BIGINT NOT NULL,
    reason       TEXT NOT NULL,
    decision_id  TEXT NOT NULL,
    PRIMARY KEY (candidate_id, side)
);
-- Alerts that the round which found them still tells of.
CREATE INDEX alerts_new ON alerts (user_id, id) WHERE told = 'new';
-- How many records there are in each state, on every page.
CREATE INDEX records_status ON records (kind, status) WHERE deleted_at IS NULL;
