-- +goose Up
-- Work that is due again and again: the period that was last begun, whichever process began it.
CREATE TABLE schedules (
    name     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    begun    BIGINT NOT NULL, -- the period's beginning
    begun_at BIGINT NOT NULL
);

-- Runs and assignments that a program without the queue left unfinished.
INSERT INTO jobs (id, kind, key, payload, state, attempts, max_attempts, excused, priority, run_at, worker, stage, done, total, message, origin, created_at, updated_at)
SELECT 'j_' || substr(id, 3), 'match_run', id, 'null', 'waiting', 0, 20, 0, 0, created_at, '', '', 0, 0, '', '', created_at, created_at
FROM match_runs WHERE state = 'running';
INSERT INTO jobs (id, kind, key, payload, state, attempts, max_attempts, excused, priority, run_at, worker, stage, done, total, message, origin, created_at, updated_at)
SELECT 'j_' || substr(id, 3), 'assignment', id, 'null', 'waiting', 0, 20, 0, 0, created_at, '', '', 0, 0, '', '', created_at, created_at
FROM assignments WHERE state = 'running';

-- What was answered to a request that may be sent again (Idempotency-Key).
CREATE TABLE answers (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- digest of who asked, the route and the key
    digest     TEXT    NOT NULL,          -- of the request
    state      TEXT    NOT NULL,          -- working, done
    status     BIGINT NOT NULL,
    header     TEXT    NOT NULL,          -- JSON
    body       BYTEA    NOT NULL,
    lease      TEXT    NOT NULL,          -- who is working on it
    expires_at BIGINT NOT NULL
);
CREATE INDEX answers_expire ON answers (expires_at);

-- Files that keep entries of the audit. What has left the table is verified from them.
CREATE TABLE audit_archives (
    first   BIGINT NOT NULL PRIMARY KEY,
    last    BIGINT NOT NULL,
    prev    TEXT    NOT NULL,
    hash    TEXT    NOT NULL,
    file    TEXT    NOT NULL,
    sha256  TEXT    NOT NULL,
    at      BIGINT NOT NULL,
    removed BIGINT NOT NULL -- 0, 1: the entries have left the table
);

-- Entries are never changed, and leave only while the transaction that archives or restores has opened the table.
-- +goose StatementBegin
CREATE FUNCTION audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM meta WHERE name = 'audit_open') THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit is never changed';
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_unchanged BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_guard();
CREATE TRIGGER audit_whole BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_guard();
