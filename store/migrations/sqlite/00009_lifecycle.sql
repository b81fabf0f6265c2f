-- +goose Up
-- The history of records. The row of a version says how it came about and holds the body of the version before, so that
-- nothing is kept twice: the present body is the record's own.
CREATE TABLE record_versions (
    record_id TEXT    NOT NULL,
    version   INTEGER NOT NULL,
    act       TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    status    TEXT    NOT NULL,
    user_id   TEXT    NOT NULL, -- empty for machines and the service
    name      TEXT    NOT NULL,
    previous  TEXT    NOT NULL, -- JSON; empty for the first version
    PRIMARY KEY (record_id, version)
) STRICT;

-- What was laid before the operators, and their answers. With a body it is a change of a record that stays published.
CREATE TABLE reviews (
    id           TEXT    NOT NULL PRIMARY KEY,
    kind         TEXT    NOT NULL,
    record_id    TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    round        INTEGER NOT NULL,
    edition      INTEGER NOT NULL,
    state        TEXT    NOT NULL,
    revision     INTEGER NOT NULL,
    region       TEXT    NOT NULL,
    fields       TEXT    NOT NULL, -- codes, a space before and after each
    body         TEXT    NOT NULL,
    diagnosis    TEXT    NOT NULL,
    note         TEXT    NOT NULL,
    comments     TEXT    NOT NULL,
    submitted_at INTEGER NOT NULL,
    submitted_by TEXT    NOT NULL,
    decided_at   INTEGER,
    decided_by   TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX reviews_pending ON reviews (record_id) WHERE state = 'pending';
CREATE INDEX reviews_queue ON reviews (state, submitted_at, id);
CREATE INDEX reviews_record ON reviews (record_id, id);

-- When the owner of a record last said that it still holds, was last asked, and was last reminded of its end.
CREATE TABLE record_marks (
    record_id    TEXT    NOT NULL PRIMARY KEY,
    confirmed_at INTEGER,
    asked_at     INTEGER,
    reminded     TEXT NOT NULL -- the last reminder of the end of its validity: the day and how far ahead
) STRICT;

-- Records made one, with what it takes to undo it.
CREATE TABLE record_merges (
    id           TEXT    NOT NULL PRIMARY KEY,
    kind         TEXT    NOT NULL,
    from_id      TEXT    NOT NULL,
    into_id      TEXT    NOT NULL,
    from_version INTEGER NOT NULL, -- after the merge
    into_version INTEGER NOT NULL,
    from_body    TEXT    NOT NULL, -- before it
    into_body    TEXT    NOT NULL,
    fields       TEXT    NOT NULL, -- JSON
    moved        TEXT    NOT NULL, -- JSON: keys of rows by table
    at           INTEGER NOT NULL,
    merged_by    TEXT    NOT NULL,
    undone_at    INTEGER
) STRICT;
CREATE INDEX record_merges_from ON record_merges (from_id, id);
CREATE INDEX record_merges_into ON record_merges (into_id, id);
