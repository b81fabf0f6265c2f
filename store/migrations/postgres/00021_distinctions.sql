-- +goose Up
-- Two records of a side that somebody looked at and found to be two: they are no longer told as duplicates of each other.
CREATE TABLE record_distinctions (
    first_id  TEXT COLLATE "C" NOT NULL, -- the lesser id of the two
    second_id TEXT COLLATE "C" NOT NULL,
    user_id   TEXT COLLATE "C" NOT NULL,
    name      TEXT NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (first_id, second_id)
);
CREATE INDEX record_distinctions_second ON record_distinctions (second_id);
-- What somebody entered on behalf of an organisation.
CREATE INDEX record_versions_entered ON record_versions (user_id, record_id) WHERE act = 'record.enter';
