-- +goose Up
-- Vectors that an embedding model gave for texts: a cache, which backups leave out.
CREATE TABLE embeddings (
    model      TEXT COLLATE "C" NOT NULL,
    hash       TEXT COLLATE "C" NOT NULL, -- of the text
    vector     BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (model, hash)
);
