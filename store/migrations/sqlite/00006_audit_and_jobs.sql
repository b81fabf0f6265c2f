-- +goose Up
-- What was done, by whom, from where. A row is never changed; each carries a digest over itself and the row before.
CREATE TABLE audit (
    seq          INTEGER NOT NULL PRIMARY KEY,
    at           INTEGER NOT NULL,
    user_id      TEXT    NOT NULL, -- empty for machines and the service
    name         TEXT    NOT NULL,
    role         TEXT    NOT NULL,
    organisation TEXT    NOT NULL,
    address      TEXT    NOT NULL,
    request      TEXT    NOT NULL,
    act          TEXT    NOT NULL,
    object_type  TEXT    NOT NULL,
    object_id    TEXT    NOT NULL,
    before       TEXT    NOT NULL, -- JSON, or empty
    after        TEXT    NOT NULL, -- JSON, or empty
    result       TEXT    NOT NULL,
    hash         TEXT    NOT NULL
) STRICT;
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_user ON audit (user_id, seq);
CREATE INDEX audit_object ON audit (object_type, object_id, seq);

-- One row: the end of the chain, for which writers queue.
CREATE TABLE audit_head (
    id   INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    seq  INTEGER NOT NULL,
    hash TEXT    NOT NULL
) STRICT;
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '');

CREATE TABLE jobs (
    id           TEXT    NOT NULL PRIMARY KEY,
    kind         TEXT    NOT NULL,
    key          TEXT    NOT NULL,
    payload      TEXT    NOT NULL, -- JSON
    state        TEXT    NOT NULL,
    attempts     INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL,
    excused      INTEGER NOT NULL, -- attempts that do not count: what they needed was away
    priority     INTEGER NOT NULL,
    run_at       INTEGER NOT NULL,
    worker       TEXT    NOT NULL,
    lease_until  INTEGER,
    stage        TEXT    NOT NULL,
    done         INTEGER NOT NULL,
    total        INTEGER NOT NULL,
    message      TEXT    NOT NULL,
    origin       TEXT    NOT NULL, -- the account that asked for it, or empty
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    finished_at  INTEGER
) STRICT;
-- Of one kind and key at most one waits.
CREATE UNIQUE INDEX jobs_waiting_key ON jobs (kind, key) WHERE state = 'waiting' AND key <> '';
CREATE INDEX jobs_ready ON jobs (priority DESC, run_at, id) WHERE state = 'waiting';
CREATE INDEX jobs_running_key ON jobs (kind, key) WHERE state = 'running' AND key <> '';
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_state ON jobs (state, kind, id);
CREATE INDEX jobs_kind ON jobs (kind, id);
CREATE INDEX jobs_origin ON jobs (origin, id) WHERE origin <> '';
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;
