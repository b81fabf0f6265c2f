-- +goose Up
-- Vectors that an embedding model gave for texts: a cache, which backups leave out.
CREATE TABLE embeddings (
    model      TEXT NOT NULL,
    hash       TEXT NOT NULL, -- of the text
    vector     BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (model, hash)
) STRICT;
