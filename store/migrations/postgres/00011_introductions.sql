-- +goose Up
-- A need and an achievement whose owners are asked whether they want to talk.
CREATE TABLE introductions (
    id                      TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version                 BIGINT NOT NULL,
    state                   TEXT COLLATE "C" NOT NULL,
    need_id                 TEXT COLLATE "C" NOT NULL,
    achievement_id          TEXT COLLATE "C" NOT NULL,
    candidate_id            TEXT COLLATE "C" NOT NULL, -- empty: made by hand
    broker                  TEXT COLLATE "C" NOT NULL,
    agency                  TEXT COLLATE "C" NOT NULL,
    reason                  TEXT NOT NULL, -- why it ended, a code
    need_org                TEXT COLLATE "C" NOT NULL,
    need_region             TEXT COLLATE "C" NOT NULL,
    need_state              TEXT COLLATE "C" NOT NULL,
    need_reason             TEXT NOT NULL,
    need_answered_at        BIGINT,          -- the first reaction
    achievement_org         TEXT COLLATE "C" NOT NULL,
    achievement_region      TEXT COLLATE "C" NOT NULL,
    achievement_state       TEXT COLLATE "C" NOT NULL,
    achievement_reason      TEXT NOT NULL,
    achievement_answered_at BIGINT,
    awaits_need             BIGINT NOT NULL, -- 1: something is awaited of that side
    awaits_achievement      BIGINT NOT NULL,
    awaits_broker           BIGINT NOT NULL,
    due_at                  BIGINT NOT NULL, -- the largest number when nothing is awaited
    next_at                 BIGINT,          -- when the clock has something to do
    interested_at           BIGINT,
    closed_at               BIGINT,
    created_at              BIGINT NOT NULL,
    updated_at              BIGINT NOT NULL,
    body                    TEXT NOT NULL, -- JSON
    evidence                TEXT NOT NULL  -- JSON, as it was shown; or empty
);
-- Of one pair at most one is open, and of one candidate there is one.
CREATE UNIQUE INDEX introductions_pair ON introductions (need_id, achievement_id) WHERE state IN ('invited', 'interested');
CREATE UNIQUE INDEX introductions_candidate ON introductions (candidate_id) WHERE candidate_id <> '';
CREATE INDEX introductions_need_org ON introductions (need_org, id);
CREATE INDEX introductions_achievement_org ON introductions (achievement_org, id);
CREATE INDEX introductions_achievement ON introductions (achievement_id);
CREATE INDEX introductions_broker ON introductions (broker, id);
CREATE INDEX introductions_agency ON introductions (agency, id);
-- What lists count by, so that counting reads no bodies.
CREATE INDEX introductions_counted ON introductions (state, need_region, achievement_region, due_at, awaits_broker, broker);
CREATE INDEX introductions_due ON introductions (due_at, id);
CREATE INDEX introductions_next ON introductions (next_at, id) WHERE next_at IS NOT NULL;

CREATE TABLE introduction_acts (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    introduction_id TEXT COLLATE "C" NOT NULL REFERENCES introductions (id),
    at              BIGINT NOT NULL,
    user_id         TEXT COLLATE "C" NOT NULL,
    name            TEXT NOT NULL,
    party           TEXT NOT NULL,
    act             TEXT NOT NULL,
    state           TEXT COLLATE "C" NOT NULL,
    answer          TEXT NOT NULL,
    reason          TEXT NOT NULL,
    note            TEXT NOT NULL
);
CREATE INDEX introduction_acts_of ON introduction_acts (introduction_id, id);

-- Messages of any thread: introductions, deals.
CREATE TABLE thread_messages (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    thread_type  TEXT COLLATE "C" NOT NULL,
    thread_id    TEXT COLLATE "C" NOT NULL,
    at           BIGINT NOT NULL,
    author       TEXT NOT NULL,
    name         TEXT NOT NULL,
    organisation TEXT NOT NULL,
    party        TEXT NOT NULL,
    text         TEXT NOT NULL,
    question     BIGINT NOT NULL,
    attachments  TEXT NOT NULL -- JSON: ids
);
CREATE INDEX thread_messages_of ON thread_messages (thread_type, thread_id, id);

-- The text that is accepted before confidential detail is opened. Versions never change.
CREATE TABLE undertakings (
    version      BIGINT NOT NULL PRIMARY KEY,
    title        TEXT NOT NULL,
    text         TEXT NOT NULL,
    digest       TEXT NOT NULL,
    published_by TEXT NOT NULL,
    published_at BIGINT NOT NULL
);

CREATE TABLE undertaking_acceptances (
    introduction_id TEXT COLLATE "C" NOT NULL REFERENCES introductions (id),
    party           TEXT NOT NULL,
    version         BIGINT NOT NULL REFERENCES undertakings (version),
    digest          TEXT NOT NULL,
    user_id         TEXT COLLATE "C" NOT NULL,
    name            TEXT NOT NULL,
    organisation    TEXT NOT NULL,
    address         TEXT NOT NULL,
    at              BIGINT NOT NULL,
    PRIMARY KEY (introduction_id, party)
);
