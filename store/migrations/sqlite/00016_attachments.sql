-- +goose Up
-- Files of records, introductions and deals. Their content is in pieces beside, so that every process and every backup
-- has it.
CREATE TABLE attachments (
    id           TEXT    NOT NULL PRIMARY KEY,
    object_type  TEXT    NOT NULL,
    object_id    TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    type         TEXT    NOT NULL,
    size         INTEGER NOT NULL,
    sha256       TEXT    NOT NULL,
    width        INTEGER NOT NULL,
    height       INTEGER NOT NULL,
    public       INTEGER NOT NULL,
    approved     INTEGER NOT NULL,
    text_state   TEXT    NOT NULL,
    text         TEXT    NOT NULL,
    user_id      TEXT    NOT NULL,
    organisation TEXT    NOT NULL,
    created_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX attachments_object ON attachments (object_id, id);

CREATE TABLE attachment_pieces (
    attachment_id TEXT    NOT NULL,
    piece         INTEGER NOT NULL, -- from 0
    data          BLOB    NOT NULL,
    PRIMARY KEY (attachment_id, piece)
) STRICT;

-- What is searched of a record's attachments, made from them.
CREATE TABLE record_texts (
    record_id TEXT NOT NULL PRIMARY KEY,
    text      TEXT NOT NULL
) STRICT;
