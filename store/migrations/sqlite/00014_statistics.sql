-- +goose Up
-- What each object adds to each figure (docs/adr/0015). Made from the other tables, and left out of backups.
CREATE TABLE facts (
    object_type TEXT    NOT NULL,
    object_id   TEXT    NOT NULL,
    line        INTEGER NOT NULL,
    indicator   TEXT    NOT NULL,
    day         TEXT    NOT NULL, -- 2006-01-02, in Beijing
    region      TEXT    NOT NULL,
    industry    TEXT    NOT NULL,
    broker      TEXT    NOT NULL,
    detail      TEXT    NOT NULL,
    value       INTEGER NOT NULL,
    PRIMARY KEY (object_type, object_id, line)
) STRICT;
CREATE INDEX facts_indicator ON facts (indicator, day, object_id, line);

-- Sums of facts by month.
CREATE TABLE figures (
    indicator TEXT    NOT NULL,
    month     TEXT    NOT NULL, -- 2006-01
    region    TEXT    NOT NULL,
    industry  TEXT    NOT NULL,
    broker    TEXT    NOT NULL,
    detail    TEXT    NOT NULL,
    value     INTEGER NOT NULL,
    count     INTEGER NOT NULL,
    PRIMARY KEY (indicator, month, region, industry, broker, detail)
) STRICT;

-- Objects that were touched since their facts were made, one row for each time: a row that is there already could be on
-- its way out with another transaction.
CREATE TABLE stale_objects (
    id          TEXT NOT NULL PRIMARY KEY,
    object_type TEXT NOT NULL,
    object_id   TEXT NOT NULL
) STRICT;

-- The last change of the log whose record has its facts; those who make facts queue for it.
INSERT INTO counters (name, value) VALUES ('figures', 0);
