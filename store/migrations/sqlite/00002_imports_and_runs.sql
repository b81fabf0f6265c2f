-- +goose Up
CREATE TABLE imports (
    id         TEXT    NOT NULL PRIMARY KEY,
    state      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    body       TEXT    NOT NULL
) STRICT;
CREATE INDEX imports_state ON imports (state, id);

-- Good rows of a preview; committing one deletes it, so what is left is what remains to be done.
CREATE TABLE staged_rows (
    import_id TEXT    NOT NULL REFERENCES imports (id),
    line      INTEGER NOT NULL,
    body      TEXT    NOT NULL,
    PRIMARY KEY (import_id, line)
) STRICT;

CREATE TABLE match_runs (
    id         TEXT    NOT NULL PRIMARY KEY,
    state      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    body       TEXT    NOT NULL
) STRICT;

CREATE TABLE match_results (
    need_id        TEXT    NOT NULL,
    achievement_id TEXT    NOT NULL,
    run_id         TEXT    NOT NULL, -- the run that wrote the row last
    score          REAL    NOT NULL,
    level          INTEGER NOT NULL,
    model          TEXT    NOT NULL,
    matched_at     INTEGER NOT NULL,
    PRIMARY KEY (need_id, achievement_id)
) STRICT;
CREATE INDEX match_results_achievement ON match_results (achievement_id);
