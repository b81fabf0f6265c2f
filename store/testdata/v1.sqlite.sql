-- A database as the first version of the program left it: schema 1, before imports and match runs. Frozen; never edit.
CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')));
INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1), (1, 1);
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

INSERT INTO organisations (id, version, kind, name_key, credit_code, created_at, updated_at, body) VALUES
('o_01m80000000000000001', 1, 'enterprise', '盐城某材料有限公司', '91320900MA1XXXXX0H', 1767225600000000, 1767225600000000, '{"id":"","version":0,"kind":"enterprise","name":"盐城某材料有限公司","credit_code":"91320900MA1XXXXX0H","contact":{},"created_at":"0001-01-01T00:00:00Z","updated_at":"0001-01-01T00:00:00Z"}');
INSERT INTO records (id, kind, version, status, owner_id, title_key, created_at, updated_at, deleted_at, body) VALUES
('n_01m80000000000000002', 'need', 3, 'published', 'o_01m80000000000000001', '提高石墨烯膜导热率', 1767225600000000, 1767312000000001, NULL, '{"id":"","version":0,"status":"published","title":"提高石墨烯膜导热率","owner":{"id":"o_01m80000000000000001","name":"盐城某材料有限公司","credit_code":"91320900MA1XXXXX0H","kind":"enterprise"},"price":{"kind":"amount","min":50000000,"max":50000000},"contact":{"name":"张三"},"created_at":"0001-01-01T00:00:00Z","updated_at":"0001-01-01T00:00:00Z","problem":"导热率不足","bounty":{"kind":""}}'),
('a_01m80000000000000003', 'achievement', 2, 'draft', '', '删掉的成果', 1767225600000000, 1767225600000002, 1767225600000002, '{"id":"","version":0,"status":"draft","title":"删掉的成果","owner":{},"price":{"kind":""},"contact":{},"created_at":"0001-01-01T00:00:00Z","updated_at":"0001-01-01T00:00:00Z"}');
INSERT INTO changes (seq, kind, id, version, op, at) VALUES
(1, 'need', 'n_01m80000000000000002', 1, 'put', 1767225600000000),
(2, 'achievement', 'a_01m80000000000000003', 1, 'put', 1767225600000000),
(3, 'need', 'n_01m80000000000000002', 2, 'put', 1767225600000001),
(4, 'achievement', 'a_01m80000000000000003', 2, 'delete', 1767225600000002),
(5, 'need', 'n_01m80000000000000002', 3, 'put', 1767312000000001);
UPDATE counters SET value = 5 WHERE name = 'change';
INSERT INTO meta (name, value) VALUES ('epoch', 'firstepoch');
INSERT INTO tokens (id, name, hash, scopes, created_at, expires_at, revoked_at, last_used_at) VALUES
('t_01m80000000000000004', '旧令牌', '7d3f5d6ab7a7cd1d6c4a0b9e2a3f1e1e5a3f8e0c4a4b7a6c5d2e1f0a9b8c7d6e', 'read,write', 1767225600000000, NULL, NULL, NULL);
