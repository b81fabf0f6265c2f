-- +goose Up
-- Work that is due again and again: the period that was last begun, whichever process began it.
CREATE TABLE schedules (
    name     TEXT    NOT NULL PRIMARY KEY,
    begun    INTEGER NOT NULL, -- the period's beginning
    begun_at INTEGER NOT NULL
) STRICT;

-- Runs and assignments that a program without the queue left unfinished.
INSERT INTO jobs (id, kind, key, payload, state, attempts, max_attempts, excused, priority, run_at, worker, stage, done, total, message, origin, created_at, updated_at)
SELECT 'j_' || substr(id, 3), 'match_run', id, 'null', 'waiting', 0, 20, 0, 0, created_at, '', '', 0, 0, '', '', created_at, created_at
FROM match_runs WHERE state = 'running';
INSERT INTO jobs (id, kind, key, payload, state, attempts, max_attempts, excused, priority, run_at, worker, stage, done, total, message, origin, created_at, updated_at)
SELECT 'j_' || substr(id, 3), 'assignment', id, 'null', 'waiting', 0, 20, 0, 0, created_at, '', '', 0, 0, '', '', created_at, created_at
FROM assignments WHERE state = 'running';

-- What was answered to a request that may be sent again (Idempotency-Key).
CREATE TABLE answers (
    id         TEXT    NOT NULL PRIMARY KEY, -- digest of who asked, the route and the key
    digest     TEXT    NOT NULL,          -- of the request
    state      TEXT    NOT NULL,          -- working, done
    status     INTEGER NOT NULL,
    header     TEXT    NOT NULL,          -- JSON
    body       BLOB    NOT NULL,
    lease      TEXT    NOT NULL,          -- who is working on it
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX answers_expire ON answers (expires_at);

-- Files that keep entries of the audit. What has left the table is verified from them.
CREATE TABLE audit_archives (
    first   INTEGER NOT NULL PRIMARY KEY,
    last    INTEGER NOT NULL,
    prev    TEXT    NOT NULL,
    hash    TEXT    NOT NULL,
    file    TEXT    NOT NULL,
    sha256  TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    removed INTEGER NOT NULL -- 0, 1: the entries have left the table
) STRICT;

-- Entries are never changed, and leave only while the transaction that archives or restores has opened the table.
-- +goose StatementBegin
CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit BEGIN
    SELECT raise(ABORT, 'the audit is never changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_kept BEFORE DELETE ON audit WHEN NOT EXISTS (SELECT 1 FROM meta WHERE name = 'audit_open') BEGIN
    SELECT raise(ABORT, 'the audit is never deleted from');
END;
-- +goose StatementEnd
