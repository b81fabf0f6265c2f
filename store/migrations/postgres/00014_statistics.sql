-- +goose Up
-- What each object adds to each figure (docs/adr/0015). Made from the other tables, and left out of backups.
CREATE TABLE facts (
    object_type TEXT COLLATE "C" NOT NULL,
    object_id   TEXT COLLATE "C" NOT NULL,
    line        BIGINT  NOT NULL,
    indicator   TEXT COLLATE "C" NOT NULL,
    day         TEXT COLLATE "C" NOT NULL, -- 2006-01-02, in Beijing
    region      TEXT COLLATE "C" NOT NULL,
    industry    TEXT COLLATE "C" NOT NULL,
    broker      TEXT COLLATE "C" NOT NULL,
    detail      TEXT COLLATE "C" NOT NULL,
    value       BIGINT  NOT NULL,
    PRIMARY KEY (object_type, object_id, line)
);
CREATE INDEX facts_indicator ON facts (indicator, day, object_id, line);

-- Sums of facts by month.
CREATE TABLE figures (
    indicator TEXT COLLATE "C" NOT NULL,
    month     TEXT COLLATE "C" NOT NULL, -- 2006-01
    region    TEXT COLLATE "C" NOT NULL,
    industry  TEXT COLLATE "C" NOT NULL,
    broker    TEXT COLLATE "C" NOT NULL,
    detail    TEXT COLLATE "C" NOT NULL,
    value     BIGINT  NOT NULL,
    count     BIGINT  NOT NULL,
    PRIMARY KEY (indicator, month, region, industry, broker, detail)
);

-- Objects that were touched since their facts were made, one row for each time: a row that is there already could be on
-- its way out with another transaction.
CREATE TABLE stale_objects (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    object_type TEXT COLLATE "C" NOT NULL,
    object_id   TEXT COLLATE "C" NOT NULL
);

-- The last change of the log whose record has its facts; those who make facts queue for it.
INSERT INTO counters (name, value) VALUES ('figures', 0);
