-- +goose Up
-- People's accounts. What proves them is kept apart, in credentials.
CREATE TABLE users (
    id                  TEXT    NOT NULL PRIMARY KEY,
    version             INTEGER NOT NULL,
    login               TEXT    NOT NULL,
    login_key           TEXT    NOT NULL UNIQUE,
    name                TEXT    NOT NULL,
    name_key            TEXT    NOT NULL,
    email               TEXT    NOT NULL,
    email_key           TEXT    NOT NULL,
    email_verified      INTEGER NOT NULL,
    mobile              TEXT    NOT NULL,
    position            TEXT    NOT NULL,
    organisation_id     TEXT    NOT NULL, -- empty for none
    role                TEXT    NOT NULL,
    lead                INTEGER NOT NULL,
    region              TEXT    NOT NULL, -- an operator's bound; else where the organisation is
    state               TEXT    NOT NULL,
    must_change         INTEGER NOT NULL,
    totp                INTEGER NOT NULL,
    broker              TEXT    NOT NULL, -- JSON, or empty
    locked_until        INTEGER,
    last_login_at       INTEGER,
    password_changed_at INTEGER,
    created_at          INTEGER NOT NULL,
    updated_at          INTEGER NOT NULL
) STRICT;
CREATE INDEX users_organisation ON users (organisation_id, id);
CREATE INDEX users_role ON users (role, state, id);
CREATE INDEX users_name ON users (name_key, id);
CREATE INDEX users_email ON users (email_key) WHERE email_key <> '';

CREATE TABLE credentials (
    user_id      TEXT    NOT NULL PRIMARY KEY REFERENCES users (id),
    password     TEXT    NOT NULL, -- argon2id with its parameters; empty: none can be right
    history      TEXT    NOT NULL, -- JSON: earlier ones, newest first
    failures     INTEGER NOT NULL,
    totp_secret  TEXT    NOT NULL,
    totp_pending TEXT    NOT NULL, -- shown, not yet confirmed
    totp_step    INTEGER NOT NULL, -- the last step whose code was taken
    recovery     TEXT    NOT NULL, -- JSON: digests of the codes that are left
    subject      TEXT    NOT NULL  -- the issuer's and its name of the person, empty for none
) STRICT;
CREATE UNIQUE INDEX credentials_subject ON credentials (subject) WHERE subject <> '';

CREATE TABLE sessions (
    id          TEXT    NOT NULL PRIMARY KEY,
    user_id     TEXT    NOT NULL REFERENCES users (id),
    digest      TEXT    NOT NULL UNIQUE, -- of the cookie's secret
    created_at  INTEGER NOT NULL,
    seen_at     INTEGER NOT NULL, -- never moves back
    expires_at  INTEGER NOT NULL,
    idle        INTEGER NOT NULL, -- how long it may rest, in microseconds
    must_change INTEGER NOT NULL, -- the password, before anything else
    address     TEXT    NOT NULL,
    agent       TEXT    NOT NULL, -- family of browser and system
    revoked_at  INTEGER
) STRICT;
CREATE INDEX sessions_user ON sessions (user_id, id);
CREATE INDEX sessions_end ON sessions (expires_at);

-- One-time links: invitations and password resets.
CREATE TABLE links (
    id         TEXT    NOT NULL PRIMARY KEY,
    purpose    TEXT    NOT NULL,
    digest     TEXT    NOT NULL UNIQUE,
    user_id    TEXT    NOT NULL REFERENCES users (id),
    made_by    TEXT    NOT NULL,
    by_mail    INTEGER NOT NULL, -- the link proves the address it was sent to
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER,
    revoked_at INTEGER
) STRICT;
CREATE INDEX links_user ON links (user_id, purpose);

CREATE TABLE signups (
    id              TEXT    NOT NULL PRIMARY KEY,
    version         INTEGER NOT NULL,
    state           TEXT    NOT NULL,
    region          TEXT    NOT NULL,
    user_id         TEXT    NOT NULL REFERENCES users (id),
    organisation_id TEXT    NOT NULL, -- the one to join, or the one that was made; empty before
    body            TEXT    NOT NULL, -- JSON: the organisation as it was given
    reason          TEXT    NOT NULL,
    decided_by      TEXT    NOT NULL,
    decided_at      INTEGER,
    created_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX signups_state ON signups (state, id);

-- What administrators may change while the service runs: password rules, targets, rates. One JSON each.
CREATE TABLE settings (
    name       TEXT    NOT NULL PRIMARY KEY,
    version    INTEGER NOT NULL,
    body       TEXT    NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- A token may belong to an organisation, and then sees and writes as one of its members would.
ALTER TABLE tokens ADD COLUMN organisation_id TEXT NOT NULL DEFAULT '';
ALTER TABLE tokens ADD COLUMN made_by TEXT NOT NULL DEFAULT '';
