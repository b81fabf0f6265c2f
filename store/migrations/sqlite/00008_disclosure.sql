-- +goose Up
-- Records opened to an organisation, confidential detail and contact included.
CREATE TABLE grants (
    organisation TEXT    NOT NULL,
    record_id    TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    reason       TEXT    NOT NULL, -- what it came from
    at           INTEGER NOT NULL,
    PRIMARY KEY (organisation, record_id)
) STRICT;
CREATE INDEX grants_record ON grants (record_id);

-- Each time that a contact was shown in full, for its owner to see.
CREATE TABLE reveals (
    id           TEXT    NOT NULL PRIMARY KEY,
    kind         TEXT    NOT NULL,
    record_id    TEXT    NOT NULL,
    owner_id     TEXT    NOT NULL,
    user_id      TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    role         TEXT    NOT NULL,
    organisation TEXT    NOT NULL,
    reason       TEXT    NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX reveals_record ON reveals (record_id, id);
CREATE INDEX reveals_user ON reveals (user_id, at);
