-- +goose Up
-- What brokers decided about matches that were shown to them. A decision is never changed, only withdrawn.
CREATE TABLE decisions (
    id             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    need_id        TEXT COLLATE "C" NOT NULL,
    achievement_id TEXT COLLATE "C" NOT NULL,
    verb           TEXT NOT NULL,
    reason         TEXT NOT NULL, -- empty without one
    note           TEXT NOT NULL,
    rank           BIGINT NOT NULL, -- the place at which the match was shown, from 1; 0 is unknown
    shown          BIGINT NOT NULL, -- how many were shown; 0 is unknown
    score          DOUBLE PRECISION NOT NULL,
    level          BIGINT NOT NULL,
    model          TEXT NOT NULL,
    decided_by     TEXT NOT NULL,
    decided_at     BIGINT NOT NULL,
    withdrawn_at   BIGINT
);
CREATE INDEX decisions_need ON decisions (need_id, id);
CREATE INDEX decisions_achievement ON decisions (achievement_id, id);

-- Which matches were shown to which broker. The id is a digest of what was shown, so that showing it again is one row.
CREATE TABLE impressions (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind       TEXT COLLATE "C" NOT NULL, -- the subject's side
    subject_id TEXT COLLATE "C" NOT NULL,
    first_rank BIGINT NOT NULL,
    ids        TEXT NOT NULL, -- separated by spaces, in the order shown
    model      TEXT NOT NULL,
    shown_to   TEXT NOT NULL,
    shown_at   BIGINT NOT NULL, -- the last time
    times      BIGINT NOT NULL
);
CREATE INDEX impressions_shown ON impressions (shown_at);

-- Versions of trained models. None is changed or deleted.
CREATE TABLE models (
    kind         TEXT COLLATE "C" NOT NULL,
    version      TEXT COLLATE "C" NOT NULL,
    parent       TEXT NOT NULL,
    provenance   TEXT NOT NULL,
    figures      TEXT NOT NULL, -- a JSON object
    accepted     BIGINT NOT NULL,
    message      TEXT NOT NULL,
    size         BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    activated_at BIGINT,          -- the last time; null when it never was
    body         BYTEA NOT NULL,
    PRIMARY KEY (kind, version)
);

-- The version that serves; no row, or an empty version, is the one that ships with the program.
CREATE TABLE active_models (
    kind    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version TEXT COLLATE "C" NOT NULL
);
