-- +goose Up
-- What was done, by whom, from where. A row is never changed; each carries a digest over itself and the row before.
CREATE TABLE audit (
    seq          BIGINT NOT NULL PRIMARY KEY,
    at           BIGINT NOT NULL,
    user_id      TEXT COLLATE "C" NOT NULL, -- empty for machines and the service
    name         TEXT    NOT NULL,
    role         TEXT    NOT NULL,
    organisation TEXT    NOT NULL,
    address      TEXT    NOT NULL,
    request      TEXT    NOT NULL,
    act          TEXT    NOT NULL,
    object_type  TEXT COLLATE "C" NOT NULL,
    object_id    TEXT COLLATE "C" NOT NULL,
    before       TEXT    NOT NULL, -- JSON, or empty
    after        TEXT    NOT NULL, -- JSON, or empty
    result       TEXT    NOT NULL,
    hash         TEXT    NOT NULL
);
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_user ON audit (user_id, seq);
CREATE INDEX audit_object ON audit (object_type, object_id, seq);

-- One row: the end of the chain, for which writers queue.
CREATE TABLE audit_head (
    id   BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    seq  BIGINT NOT NULL,
    hash TEXT    NOT NULL
);
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '');

CREATE TABLE jobs (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind         TEXT COLLATE "C" NOT NULL,
    key          TEXT COLLATE "C" NOT NULL,
    payload      TEXT    NOT NULL, -- JSON
    state        TEXT    NOT NULL,
    attempts     BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL,
    excused      BIGINT NOT NULL, -- attempts that do not count: what they needed was away
    priority     BIGINT NOT NULL,
    run_at       BIGINT NOT NULL,
    worker       TEXT    NOT NULL,
    lease_until  BIGINT,
    stage        TEXT    NOT NULL,
    done         BIGINT NOT NULL,
    total        BIGINT NOT NULL,
    message      TEXT    NOT NULL,
    origin       TEXT    NOT NULL, -- the account that asked for it, or empty
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    finished_at  BIGINT
);
-- Of one kind and key at most one waits.
CREATE UNIQUE INDEX jobs_waiting_key ON jobs (kind, key) WHERE state = 'waiting' AND key <> '';
CREATE INDEX jobs_ready ON jobs (priority DESC, run_at, id) WHERE state = 'waiting';
CREATE INDEX jobs_running_key ON jobs (kind, key) WHERE state = 'running' AND key <> '';
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_state ON jobs (state, kind, id);
CREATE INDEX jobs_kind ON jobs (kind, id);
CREATE INDEX jobs_origin ON jobs (origin, id) WHERE origin <> '';
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;
