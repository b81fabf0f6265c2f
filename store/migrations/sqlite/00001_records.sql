-- +goose Up
-- Times are microseconds since 1970 in UTC. A body is the record as JSON, without what the other columns hold.
CREATE TABLE organisations (
    id          TEXT    NOT NULL PRIMARY KEY,
    version     INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    name_key    TEXT    NOT NULL, -- the name, folded
    credit_code TEXT    NOT NULL, -- empty when the organisation cannot be known by it
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    deleted_at  INTEGER,
    body        TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX organisations_credit_code ON organisations (credit_code) WHERE credit_code <> '' AND deleted_at IS NULL;
CREATE INDEX organisations_name ON organisations (name_key) WHERE deleted_at IS NULL;

CREATE TABLE records (
    id         TEXT    NOT NULL PRIMARY KEY,
    kind       TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    status     TEXT    NOT NULL,
    owner_id   TEXT    NOT NULL, -- empty without an owner
    title_key  TEXT    NOT NULL, -- the title, folded
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER,
    body       TEXT    NOT NULL
) STRICT;
-- The natural key of imports. Not unique: two forms with the same title may be meant.
CREATE INDEX records_key ON records (owner_id, kind, title_key, id) WHERE deleted_at IS NULL;
CREATE INDEX records_kind ON records (kind, id) WHERE deleted_at IS NULL;

CREATE TABLE changes (
    seq     INTEGER NOT NULL PRIMARY KEY,
    kind    TEXT    NOT NULL,
    id      TEXT    NOT NULL,
    version INTEGER NOT NULL,
    op      TEXT    NOT NULL,
    at      INTEGER NOT NULL
) STRICT;

-- One row, the last seq. It is what writers queue for, which makes the log gapless and in the order of commits.
CREATE TABLE counters (
    name  TEXT    NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;
INSERT INTO counters (name, value) VALUES ('change', 0);

CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE tokens (
    id           TEXT    NOT NULL PRIMARY KEY,
    name         TEXT    NOT NULL,
    hash         TEXT    NOT NULL UNIQUE, -- SHA-256 of the secret, hexadecimal
    scopes       TEXT    NOT NULL,        -- separated by commas
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    revoked_at   INTEGER,
    last_used_at INTEGER
) STRICT;
