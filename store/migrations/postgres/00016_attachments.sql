-- +goose Up
-- Files of records, introductions and deals. Their content is in pieces beside, so that every process and every backup
-- has it.
CREATE TABLE attachments (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    object_type  TEXT COLLATE "C" NOT NULL,
    object_id    TEXT COLLATE "C" NOT NULL,
    name         TEXT    NOT NULL,
    type         TEXT    NOT NULL,
    size         BIGINT NOT NULL,
    sha256       TEXT COLLATE "C" NOT NULL,
    width        BIGINT NOT NULL,
    height       BIGINT NOT NULL,
    public       BIGINT NOT NULL,
    approved     BIGINT NOT NULL,
    text_state   TEXT    NOT NULL,
    text         TEXT    NOT NULL,
    user_id      TEXT COLLATE "C" NOT NULL,
    organisation TEXT COLLATE "C" NOT NULL,
    created_at   BIGINT NOT NULL
);
CREATE INDEX attachments_object ON attachments (object_id, id);

CREATE TABLE attachment_pieces (
    attachment_id TEXT COLLATE "C" NOT NULL,
    piece         BIGINT NOT NULL, -- from 0
    data          BYTEA NOT NULL,
    PRIMARY KEY (attachment_id, piece)
);

-- What is searched of a record's attachments, made from them.
CREATE TABLE record_texts (
    record_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    text      TEXT NOT NULL
);
