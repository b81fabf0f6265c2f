-- +goose Up
CREATE TABLE imports (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    state      TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    body       TEXT NOT NULL
);
CREATE INDEX imports_state ON imports (state, id);

-- Good rows of a preview; committing one deletes it, so what is left is what remains to be done.
CREATE TABLE staged_rows (
    import_id TEXT COLLATE "C" NOT NULL REFERENCES imports (id),
    line      BIGINT NOT NULL,
    body      TEXT NOT NULL,
    PRIMARY KEY (import_id, line)
);

CREATE TABLE match_runs (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    state      TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    body       TEXT NOT NULL
);

CREATE TABLE match_results (
    need_id        TEXT COLLATE "C" NOT NULL,
    achievement_id TEXT COLLATE "C" NOT NULL,
    run_id         TEXT NOT NULL, -- the run that wrote the row last
    score          DOUBLE PRECISION NOT NULL,
    level          BIGINT NOT NULL,
    model          TEXT NOT NULL,
    matched_at     BIGINT NOT NULL,
    PRIMARY KEY (need_id, achievement_id)
);
CREATE INDEX match_results_achievement ON match_results (achievement_id);
