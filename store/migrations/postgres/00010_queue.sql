-- +goose Up
-- Matches in the queues of brokers, one row for a pair of records. Titles and names are as brokers may see them.
CREATE TABLE candidates (
    id                TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    need_id           TEXT COLLATE "C" NOT NULL,
    achievement_id    TEXT COLLATE "C" NOT NULL,
    need              TEXT NOT NULL,
    achievement       TEXT NOT NULL,
    enterprise        TEXT NOT NULL,
    organisation      TEXT NOT NULL,
    need_owner        TEXT COLLATE "C" NOT NULL,
    achievement_owner TEXT COLLATE "C" NOT NULL,
    fields            TEXT COLLATE "C" NOT NULL, -- the need's, each between commas: ,20101,402,
    region            TEXT COLLATE "C" NOT NULL, -- the need's
    score             DOUBLE PRECISION NOT NULL,
    level             BIGINT NOT NULL,
    p1                DOUBLE PRECISION NOT NULL,
    p2                DOUBLE PRECISION NOT NULL,
    p3                DOUBLE PRECISION NOT NULL,
    p4                DOUBLE PRECISION NOT NULL,
    model             TEXT NOT NULL,
    source            TEXT NOT NULL,
    state             TEXT COLLATE "C" NOT NULL,
    broker            TEXT COLLATE "C" NOT NULL, -- an account; empty while none has it
    agency            TEXT COLLATE "C" NOT NULL, -- the broker's organisation
    waiting           TEXT NOT NULL, -- why none has it
    placed_at         BIGINT NOT NULL, -- when it came to the broker: what a week's capacity counts
    queued_at         BIGINT NOT NULL,
    due_at            BIGINT NOT NULL,
    defer_until       TEXT NOT NULL,
    decided_at        BIGINT,
    decided_by        TEXT COLLATE "C" NOT NULL,
    reason            TEXT NOT NULL,
    note              TEXT NOT NULL,
    decision_id       TEXT COLLATE "C" NOT NULL,
    introduction_id   TEXT COLLATE "C" NOT NULL,
    lease_user        TEXT COLLATE "C" NOT NULL,
    lease_until       BIGINT NOT NULL,
    questions         BIGINT NOT NULL,
    answers           BIGINT NOT NULL,
    version           BIGINT NOT NULL,
    created_at        BIGINT NOT NULL,
    updated_at        BIGINT NOT NULL
);
CREATE UNIQUE INDEX candidates_pair ON candidates (need_id, achievement_id);
CREATE INDEX candidates_achievement ON candidates (achievement_id);
-- A broker's queue in each of its orders.
CREATE INDEX candidates_due ON candidates (broker, state, due_at, id);
CREATE INDEX candidates_score ON candidates (broker, state, score, id);
CREATE INDEX candidates_newest ON candidates (broker, state, queued_at, id);
CREATE INDEX candidates_placed ON candidates (broker, placed_at);
CREATE INDEX candidates_agency ON candidates (agency, state);
CREATE INDEX candidates_decided ON candidates (decided_by, state, decided_at);
-- The queues of all brokers together.
CREATE INDEX candidates_state_due ON candidates (state, due_at, id);
CREATE INDEX candidates_state_score ON candidates (state, score, id);
CREATE INDEX candidates_state_newest ON candidates (state, queued_at, id);
-- Counts of all queues, without reading the rows.
CREATE INDEX candidates_counts ON candidates (region, state, level, fields);
-- One row, for which those queue who give candidates to brokers, so that no broker is given more than he takes on.
INSERT INTO counters (name, value) VALUES ('queue', 0);

-- What was done with a candidate, oldest first by id.
CREATE TABLE candidate_acts (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    candidate_id TEXT COLLATE "C" NOT NULL,
    at           BIGINT NOT NULL,
    user_id      TEXT COLLATE "C" NOT NULL, -- empty for the service
    act          TEXT NOT NULL,
    from_user    TEXT COLLATE "C" NOT NULL,
    to_user      TEXT COLLATE "C" NOT NULL,
    reason       TEXT NOT NULL,
    note         TEXT NOT NULL
);
CREATE INDEX candidate_acts_candidate ON candidate_acts (candidate_id, id);

-- What brokers ask the owners of records about a candidate.
CREATE TABLE questions (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    candidate_id TEXT COLLATE "C" NOT NULL,
    kind         TEXT COLLATE "C" NOT NULL,
    record_id    TEXT COLLATE "C" NOT NULL,
    title        TEXT NOT NULL,
    organisation TEXT COLLATE "C" NOT NULL, -- who answers
    broker       TEXT COLLATE "C" NOT NULL,
    text         TEXT NOT NULL,
    asked_at     BIGINT NOT NULL,
    due_at       BIGINT,
    answered_by  TEXT COLLATE "C" NOT NULL,
    answer       TEXT NOT NULL,
    closed_at    BIGINT,
    state        TEXT COLLATE "C" NOT NULL
);
CREATE INDEX questions_organisation ON questions (organisation, state, id);
CREATE INDEX questions_broker ON questions (broker, state, id);
CREATE INDEX questions_candidate ON questions (candidate_id, id);

CREATE TABLE saved_filters (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    user_id    TEXT COLLATE "C" NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    query      TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX saved_filters_name ON saved_filters (user_id, name);

-- Decided candidates that another broker judges without knowing the decision.
CREATE TABLE second_opinions (
    candidate_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    user_id      TEXT COLLATE "C" NOT NULL,
    first_user   TEXT COLLATE "C" NOT NULL,
    first_verb   TEXT COLLATE "C" NOT NULL,
    fields       TEXT COLLATE "C" NOT NULL, -- as in candidates
    asked_at     BIGINT NOT NULL,
    verb         TEXT COLLATE "C" NOT NULL, -- empty while it is not given
    reason       TEXT NOT NULL,
    note         TEXT NOT NULL,
    given_at     BIGINT
);
CREATE INDEX second_opinions_user ON second_opinions (user_id, verb, asked_at);
