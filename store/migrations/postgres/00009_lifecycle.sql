-- +goose Up
-- The history of records. The row of a version says how it came about and holds the body of the version before, so that
-- nothing is kept twice: the present body is the record's own.
CREATE TABLE record_versions (
    record_id TEXT COLLATE "C" NOT NULL,
    version   BIGINT NOT NULL,
    act       TEXT COLLATE "C" NOT NULL,
    at        BIGINT NOT NULL,
    status    TEXT COLLATE "C" NOT NULL,
    user_id   TEXT COLLATE "C" NOT NULL, -- empty for machines and the service
    name      TEXT    NOT NULL,
    previous  TEXT    NOT NULL, -- JSON; empty for the first version
    PRIMARY KEY (record_id, version)
);

-- What was laid before the operators, and their answers. With a body it is a change of a record that stays published.
CREATE TABLE reviews (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind         TEXT COLLATE "C" NOT NULL,
    record_id    TEXT COLLATE "C" NOT NULL,
    version      BIGINT NOT NULL,
    round        BIGINT NOT NULL,
    edition      BIGINT NOT NULL,
    state        TEXT COLLATE "C" NOT NULL,
    revision     BIGINT NOT NULL,
    region       TEXT COLLATE "C" NOT NULL,
    fields       TEXT COLLATE "C" NOT NULL, -- codes, a space before and after each
    body         TEXT    NOT NULL,
    diagnosis    TEXT    NOT NULL,
    note         TEXT    NOT NULL,
    comments     TEXT    NOT NULL,
    submitted_at BIGINT NOT NULL,
    submitted_by TEXT COLLATE "C" NOT NULL,
    decided_at   BIGINT,
    decided_by   TEXT COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX reviews_pending ON reviews (record_id) WHERE state = 'pending';
CREATE INDEX reviews_queue ON reviews (state, submitted_at, id);
CREATE INDEX reviews_record ON reviews (record_id, id);

-- When the owner of a record last said that it still holds, was last asked, and was last reminded of its end.
CREATE TABLE record_marks (
    record_id    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    confirmed_at BIGINT,
    asked_at     BIGINT,
    reminded     TEXT NOT NULL -- the last reminder of the end of its validity: the day and how far ahead
);

-- Records made one, with what it takes to undo it.
CREATE TABLE record_merges (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind         TEXT COLLATE "C" NOT NULL,
    from_id      TEXT COLLATE "C" NOT NULL,
    into_id      TEXT COLLATE "C" NOT NULL,
    from_version BIGINT NOT NULL, -- after the merge
    into_version BIGINT NOT NULL,
    from_body    TEXT    NOT NULL, -- before it
    into_body    TEXT    NOT NULL,
    fields       TEXT COLLATE "C" NOT NULL, -- JSON
    moved        TEXT    NOT NULL, -- JSON: keys of rows by table
    at           BIGINT NOT NULL,
    merged_by    TEXT COLLATE "C" NOT NULL,
    undone_at    BIGINT
);
CREATE INDEX record_merges_from ON record_merges (from_id, id);
CREATE INDEX record_merges_into ON record_merges (into_id, id);
