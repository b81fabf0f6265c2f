-- +goose Up
-- Projects in which a need and an achievement are brought together, from acceptance to conclusion.
CREATE TABLE deals (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version         BIGINT NOT NULL,
    need_id         TEXT COLLATE "C" NOT NULL,
    achievement_id  TEXT COLLATE "C" NOT NULL,
    introduction_id TEXT COLLATE "C" NOT NULL, -- empty when made by hand
    broker          TEXT COLLATE "C" NOT NULL,
    buyer_id        TEXT COLLATE "C" NOT NULL, -- the organisation of the need
    seller_id       TEXT COLLATE "C" NOT NULL, -- the organisation of the achievement
    buyer_region    TEXT COLLATE "C" NOT NULL,
    seller_region   TEXT COLLATE "C" NOT NULL,
    agreed          BIGINT NOT NULL, -- 1 once both sides have agreed; the parties see it from then on
    stage           TEXT COLLATE "C" NOT NULL,
    stage_since     BIGINT NOT NULL,
    state           TEXT COLLATE "C" NOT NULL,
    amount          BIGINT NOT NULL, -- the contract's total, else what is expected
    next_due        TEXT COLLATE "C" NOT NULL, -- the first day on which a task is due; 9999-12-31 for none
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    body            TEXT NOT NULL
);
-- A pair has one project at a time, an introduction one for ever.
CREATE UNIQUE INDEX deals_pair ON deals (need_id, achievement_id) WHERE state <> 'ended';
CREATE UNIQUE INDEX deals_introduction ON deals (introduction_id) WHERE introduction_id <> '';
CREATE INDEX deals_broker ON deals (broker, id);
CREATE INDEX deals_buyer ON deals (buyer_id, id);
CREATE INDEX deals_seller ON deals (seller_id, id);
CREATE INDEX deals_achievement ON deals (achievement_id, id);
CREATE INDEX deals_stage ON deals (stage, id);
CREATE INDEX deals_due ON deals (next_due, id);

-- What moved a project; seconds is how long it had stood in from_stage.
CREATE TABLE deal_events (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    deal_id    TEXT COLLATE "C" NOT NULL,
    act        TEXT COLLATE "C" NOT NULL,
    from_stage TEXT COLLATE "C" NOT NULL,
    to_stage   TEXT COLLATE "C" NOT NULL,
    seconds    BIGINT NOT NULL,
    reason     TEXT NOT NULL,
    note       TEXT NOT NULL,
    user_id    TEXT COLLATE "C" NOT NULL,
    at         BIGINT NOT NULL
);
CREATE INDEX deal_events_deal ON deal_events (deal_id, id);

CREATE TABLE deal_tasks (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    deal_id     TEXT COLLATE "C" NOT NULL,
    title       TEXT NOT NULL,
    due         TEXT COLLATE "C" NOT NULL, -- a day, or empty
    assignee    TEXT COLLATE "C" NOT NULL,
    done_at     BIGINT,
    reminded_at BIGINT,
    created_by  TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT NOT NULL
);
CREATE INDEX deal_tasks_deal ON deal_tasks (deal_id, id);
CREATE INDEX deal_tasks_due ON deal_tasks (due) WHERE done_at IS NULL AND reminded_at IS NULL AND due <> '';

CREATE TABLE deal_notes (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    deal_id      TEXT COLLATE "C" NOT NULL,
    author       TEXT COLLATE "C" NOT NULL,
    organisation TEXT COLLATE "C" NOT NULL,
    shared       BIGINT NOT NULL, -- 0 is for brokers and operators only
    text         TEXT NOT NULL,
    created_at   BIGINT NOT NULL
);
CREATE INDEX deal_notes_deal ON deal_notes (deal_id, id);

CREATE TABLE contracts (
    id                  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    deal_id             TEXT COLLATE "C" NOT NULL UNIQUE,
    version             BIGINT NOT NULL,
    type                TEXT COLLATE "C" NOT NULL,
    signed_on           TEXT COLLATE "C" NOT NULL,
    total               BIGINT NOT NULL,
    trade               BIGINT NOT NULL,
    registration_number TEXT COLLATE "C" NOT NULL,
    registered_on       TEXT COLLATE "C" NOT NULL,
    created_at          BIGINT NOT NULL,
    updated_at          BIGINT NOT NULL,
    body                TEXT NOT NULL
);
CREATE UNIQUE INDEX contracts_registration ON contracts (registration_number) WHERE registration_number <> '';
CREATE INDEX contracts_signed ON contracts (signed_on, id);

-- Sums received. A row is never changed but for reversed; a correction is a row with a negative amount.
CREATE TABLE payments (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    deal_id     TEXT COLLATE "C" NOT NULL,
    amount      BIGINT NOT NULL,
    received_on TEXT COLLATE "C" NOT NULL,
    voucher     TEXT COLLATE "C" NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    attachment  TEXT COLLATE "C" NOT NULL,
    reverses    TEXT COLLATE "C" NOT NULL, -- the payment that it takes back, or empty
    reversed    BIGINT NOT NULL, -- 1 once it was taken back
    note        TEXT NOT NULL,
    created_by  TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT NOT NULL
);
CREATE UNIQUE INDEX payments_voucher ON payments (deal_id, voucher) WHERE reverses = '' AND reversed = 0;
CREATE UNIQUE INDEX payments_reverses ON payments (reverses) WHERE reverses <> '';

CREATE TABLE subsidy_policies (
    id             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    region         TEXT COLLATE "C" NOT NULL, -- whose it is; empty is everywhere
    effective_from TEXT COLLATE "C" NOT NULL,
    created_at     BIGINT NOT NULL,
    body           TEXT NOT NULL
);

CREATE TABLE subsidies (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version         BIGINT NOT NULL,
    deal_id         TEXT COLLATE "C" NOT NULL,
    achievement_id  TEXT COLLATE "C" NOT NULL,
    organisation_id TEXT COLLATE "C" NOT NULL, -- who gets it
    year            BIGINT NOT NULL,
    amount          BIGINT NOT NULL,
    state           TEXT COLLATE "C" NOT NULL,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    body            TEXT NOT NULL
);
-- Of one project one application waits at a time.
CREATE UNIQUE INDEX subsidies_waiting ON subsidies (deal_id) WHERE state = 'applied';
CREATE INDEX subsidies_deal ON subsidies (deal_id, id);
CREATE INDEX subsidies_achievement ON subsidies (achievement_id, id);
CREATE INDEX subsidies_organisation ON subsidies (organisation_id, year);

-- Who grants queues here: what is left under a cap is counted by one at a time.
INSERT INTO counters (name, value) VALUES ('subsidy', 0);
