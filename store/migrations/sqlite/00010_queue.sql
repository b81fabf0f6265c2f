-- +goose Up
-- Matches in the queues of brokers, one row for a pair of records. Titles and names are as brokers may see them.
CREATE TABLE candidates (
    id                TEXT    NOT NULL PRIMARY KEY,
    need_id           TEXT    NOT NULL,
    achievement_id    TEXT    NOT NULL,
    need              TEXT    NOT NULL,
    achievement       TEXT    NOT NULL,
    enterprise        TEXT    NOT NULL,
    organisation      TEXT    NOT NULL,
    need_owner        TEXT    NOT NULL,
    achievement_owner TEXT    NOT NULL,
    fields            TEXT    NOT NULL, -- the need's, each between commas: ,20101,402,
    region            TEXT    NOT NULL, -- the need's
    score             REAL    NOT NULL,
    level             INTEGER NOT NULL,
    p1                REAL    NOT NULL,
    p2                REAL    NOT NULL,
    p3                REAL    NOT NULL,
    p4                REAL    NOT NULL,
    model             TEXT    NOT NULL,
    source            TEXT    NOT NULL,
    state             TEXT    NOT NULL,
    broker            TEXT    NOT NULL, -- an account; empty while none has it
    agency            TEXT    NOT NULL, -- the broker's organisation
    waiting           TEXT    NOT NULL, -- why none has it
    placed_at         INTEGER NOT NULL, -- when it came to the broker: what a week's capacity counts
    queued_at         INTEGER NOT NULL,
    due_at            INTEGER NOT NULL,
    defer_until       TEXT    NOT NULL,
    decided_at        INTEGER,
    decided_by        TEXT    NOT NULL,
    reason            TEXT    NOT NULL,
    note              TEXT    NOT NULL,
    decision_id       TEXT    NOT NULL,
    introduction_id   TEXT    NOT NULL,
    lease_user        TEXT    NOT NULL,
    lease_until       INTEGER NOT NULL,
    questions         INTEGER NOT NULL,
    answers           INTEGER NOT NULL,
    version           INTEGER NOT NULL,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL
) STRICT;
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
    id           TEXT    NOT NULL PRIMARY KEY,
    candidate_id TEXT    NOT NULL,
    at           INTEGER NOT NULL,
    user_id      TEXT    NOT NULL, -- empty for the service
    act          TEXT    NOT NULL,
    from_user    TEXT    NOT NULL,
    to_user      TEXT    NOT NULL,
    reason       TEXT    NOT NULL,
    note         TEXT    NOT NULL
) STRICT;
CREATE INDEX candidate_acts_candidate ON candidate_acts (candidate_id, id);

-- What brokers ask the owners of records about a candidate.
CREATE TABLE questions (
    id           TEXT    NOT NULL PRIMARY KEY,
    candidate_id TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    record_id    TEXT    NOT NULL,
    title        TEXT    NOT NULL,
    organisation TEXT    NOT NULL, -- who answers
    broker       TEXT    NOT NULL,
    text         TEXT    NOT NULL,
    asked_at     INTEGER NOT NULL,
    due_at       INTEGER,
    answered_by  TEXT    NOT NULL,
    answer       TEXT    NOT NULL,
    closed_at    INTEGER,
    state        TEXT    NOT NULL
) STRICT;
CREATE INDEX questions_organisation ON questions (organisation, state, id);
CREATE INDEX questions_broker ON questions (broker, state, id);
CREATE INDEX questions_candidate ON questions (candidate_id, id);

CREATE TABLE saved_filters (
    id         TEXT    NOT NULL PRIMARY KEY,
    user_id    TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    query      TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX saved_filters_name ON saved_filters (user_id, name);

-- Decided candidates that another broker judges without knowing the decision.
CREATE TABLE second_opinions (
    candidate_id TEXT    NOT NULL PRIMARY KEY,
    user_id      TEXT    NOT NULL,
    first_user   TEXT    NOT NULL,
    first_verb   TEXT    NOT NULL,
    fields       TEXT    NOT NULL, -- as in candidates
    asked_at     INTEGER NOT NULL,
    verb         TEXT    NOT NULL, -- empty while it is not given
    reason       TEXT    NOT NULL,
    note         TEXT    NOT NULL,
    given_at     INTEGER
) STRICT;
CREATE INDEX second_opinions_user ON second_opinions (user_id, verb, asked_at);
