-- +goose Up
-- What brokers decided about matches that were shown to them. A decision is never changed, only withdrawn.
CREATE TABLE decisions (
    id             TEXT    NOT NULL PRIMARY KEY,
    need_id        TEXT    NOT NULL,
    achievement_id TEXT    NOT NULL,
    verb           TEXT    NOT NULL,
    reason         TEXT    NOT NULL, -- empty without one
    note           TEXT    NOT NULL,
    rank           INTEGER NOT NULL, -- the place at which the match was shown, from 1; 0 is unknown
    shown          INTEGER NOT NULL, -- how many were shown; 0 is unknown
    score          REAL    NOT NULL,
    level          INTEGER NOT NULL,
    model          TEXT    NOT NULL,
    decided_by     TEXT    NOT NULL,
    decided_at     INTEGER NOT NULL,
    withdrawn_at   INTEGER
) STRICT;
CREATE INDEX decisions_need ON decisions (need_id, id);
CREATE INDEX decisions_achievement ON decisions (achievement_id, id);

-- Which matches were shown to which broker. The id is a digest of what was shown, so that showing it again is one row.
CREATE TABLE impressions (
    id         TEXT    NOT NULL PRIMARY KEY,
    kind       TEXT    NOT NULL, -- the subject's side
    subject_id TEXT    NOT NULL,
    first_rank INTEGER NOT NULL,
    ids        TEXT    NOT NULL, -- separated by spaces, in the order shown
    model      TEXT    NOT NULL,
    shown_to   TEXT    NOT NULL,
    shown_at   INTEGER NOT NULL, -- the last time
    times      INTEGER NOT NULL
) STRICT;
CREATE INDEX impressions_shown ON impressions (shown_at);

-- Versions of trained models. None is changed or deleted.
CREATE TABLE models (
    kind         TEXT    NOT NULL,
    version      TEXT    NOT NULL,
    parent       TEXT    NOT NULL,
    provenance   TEXT    NOT NULL,
    figures      TEXT    NOT NULL, -- a JSON object
    accepted     INTEGER NOT NULL,
    message      TEXT    NOT NULL,
    size         INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    activated_at INTEGER,          -- the last time; null when it never was
    body         BLOB    NOT NULL,
    PRIMARY KEY (kind, version)
) STRICT;

-- The version that serves; no row, or an empty version, is the one that ships with the program.
CREATE TABLE active_models (
    kind    TEXT NOT NULL PRIMARY KEY,
    version TEXT NOT NULL
) STRICT;
