-- +goose Up
-- Records opened to an organisation, confidential detail and contact included.
CREATE TABLE grants (
    organisation TEXT COLLATE "C" NOT NULL,
    record_id    TEXT COLLATE "C" NOT NULL,
    kind         TEXT COLLATE "C" NOT NULL,
    reason       TEXT NOT NULL, -- what it came from
    at           BIGINT NOT NULL,
    PRIMARY KEY (organisation, record_id)
);
CREATE INDEX grants_record ON grants (record_id);

-- Each time that a contact was shown in full, for its owner to see.
CREATE TABLE reveals (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind         TEXT COLLATE "C" NOT NULL,
    record_id    TEXT COLLATE "C" NOT NULL,
    owner_id     TEXT COLLATE "C" NOT NULL,
    user_id      TEXT COLLATE "C" NOT NULL,
    name         TEXT NOT NULL,
    role         TEXT NOT NULL,
    organisation TEXT COLLATE "C" NOT NULL,
    reason       TEXT NOT NULL,
    at           BIGINT NOT NULL
);
CREATE INDEX reveals_record ON reveals (record_id, id);
CREATE INDEX reveals_user ON reveals (user_id, at);
