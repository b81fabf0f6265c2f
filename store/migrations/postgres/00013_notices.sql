-- +goose Up
-- What people were told. The text is kept once, however many read it; a notice that reached nobody is kept, too.
CREATE TABLE notices (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- made from its key, or the id of the job that told it
    template    TEXT COLLATE "C" NOT NULL,
    topic       TEXT COLLATE "C" NOT NULL,
    title       TEXT NOT NULL,
    body        TEXT NOT NULL,
    object_type TEXT COLLATE "C" NOT NULL,
    object_id   TEXT COLLATE "C" NOT NULL,
    urgent      BIGINT NOT NULL,
    essential   BIGINT NOT NULL, -- sent whatever the recipient's preferences
    cursor      TEXT COLLATE "C" NOT NULL, -- the last recipient told; a job that a crash cut off goes on after it
    created_at  BIGINT NOT NULL,
    told_at     BIGINT           -- null while recipients are left
);
CREATE INDEX notices_template ON notices (template, created_at);

CREATE TABLE inbox (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    notice_id    TEXT COLLATE "C" NOT NULL,
    user_id      TEXT COLLATE "C" NOT NULL,
    organisation TEXT COLLATE "C" NOT NULL,
    topic        TEXT COLLATE "C" NOT NULL,
    template     TEXT COLLATE "C" NOT NULL,
    feedback     TEXT NOT NULL, -- what the reader said of it: irrelevant, or empty
    created_at   BIGINT NOT NULL,
    read_at      BIGINT,
    archived_at  BIGINT
);
CREATE UNIQUE INDEX inbox_once ON inbox (notice_id, user_id);
CREATE INDEX inbox_user ON inbox (user_id, id);
CREATE INDEX inbox_unread ON inbox (user_id, topic) WHERE read_at IS NULL AND archived_at IS NULL;
CREATE INDEX inbox_template ON inbox (template, created_at);

-- The outbox: what goes out by mail, webhook or bot.
CREATE TABLE deliveries (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    notice_id   TEXT COLLATE "C" NOT NULL,
    target      TEXT COLLATE "C" NOT NULL, -- a channel's id, or "mail:" and a user's
    kind        TEXT COLLATE "C" NOT NULL,
    user_id     TEXT COLLATE "C" NOT NULL, -- empty for a channel
    template    TEXT COLLATE "C" NOT NULL,
    state       TEXT COLLATE "C" NOT NULL,
    attempts    BIGINT NOT NULL,
    next_at     BIGINT NOT NULL,
    lease_until BIGINT,
    reason      TEXT NOT NULL, -- in Chinese, why it last failed
    batch       TEXT COLLATE "C" NOT NULL, -- the first of those that went out in one message
    created_at  BIGINT NOT NULL,
    sent_at     BIGINT
);
CREATE UNIQUE INDEX deliveries_once ON deliveries (notice_id, target);
CREATE INDEX deliveries_due ON deliveries (next_at, id) WHERE state = 'waiting';
CREATE INDEX deliveries_target ON deliveries (target, next_at) WHERE state = 'waiting';
CREATE INDEX deliveries_leased ON deliveries (target, lease_until) WHERE state = 'sending';
CREATE INDEX deliveries_template ON deliveries (template, created_at);
CREATE INDEX deliveries_state ON deliveries (state, id);

-- When each target may be sent to next, shared by all processes.
CREATE TABLE send_rates (
    target TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    tat    BIGINT NOT NULL -- theoretical arrival time of the generic cell rate algorithm
);

-- Webhooks and bots. address and secret never leave in full.
CREATE TABLE channels (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version    BIGINT NOT NULL,
    kind       TEXT COLLATE "C" NOT NULL,
    address    TEXT NOT NULL,
    secret     TEXT NOT NULL,
    active     BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    body       TEXT NOT NULL
);

CREATE TABLE preferences (
    user_id    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version    BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    body       TEXT NOT NULL
);

CREATE TABLE subscriptions (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version    BIGINT NOT NULL,
    user_id    TEXT COLLATE "C" NOT NULL,
    kind       TEXT COLLATE "C" NOT NULL,
    active     BIGINT NOT NULL,
    seen_until BIGINT NOT NULL, -- what changed before was looked at
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    body       TEXT NOT NULL
);
CREATE INDEX subscriptions_user ON subscriptions (user_id, id);
CREATE INDEX subscriptions_active ON subscriptions (id) WHERE active = 1;

-- What subscribers and owners were alerted to; of one pair of records, or of one record found, each hears once.
CREATE TABLE alerts (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    user_id         TEXT COLLATE "C" NOT NULL,
    subscription_id TEXT COLLATE "C" NOT NULL, -- empty for a match of one's own record
    record_kind     TEXT COLLATE "C" NOT NULL,
    record_id       TEXT COLLATE "C" NOT NULL, -- what was found
    own_id          TEXT COLLATE "C" NOT NULL, -- one's own record that it matches, or empty
    title           TEXT NOT NULL, -- as the recipient may see it
    subject         TEXT NOT NULL,
    why             TEXT NOT NULL,
    told            TEXT COLLATE "C" NOT NULL, -- at once, waiting for the digest, or in it
    created_at      BIGINT NOT NULL
);
CREATE UNIQUE INDEX alerts_once ON alerts (user_id, record_id, own_id);
CREATE INDEX alerts_user ON alerts (user_id, created_at);
CREATE INDEX alerts_waiting ON alerts (user_id, id) WHERE told = 'waiting';

-- How far each reader of the change log has come.
CREATE TABLE followers (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    seq  BIGINT NOT NULL
);
