-- +goose Up
-- How much of an introduction's thread each person has seen who acts in it as one of its parties. The parties learn of each
-- other's only.
CREATE TABLE introduction_reads (
    introduction_id TEXT    NOT NULL REFERENCES introductions (id),
    user_id         TEXT    NOT NULL,
    party           TEXT    NOT NULL,
    seen_until      INTEGER NOT NULL, -- when the last message that was seen was written
    PRIMARY KEY (introduction_id, user_id)
) STRICT, WITHOUT ROWID;
-- Who wrote had read what was there.
INSERT INTO introduction_reads (introduction_id, user_id, party, seen_until)
SELECT m.thread_id, m.author, min(m.party), max(m.at) FROM thread_messages m JOIN introductions i ON i.id = m.thread_id
WHERE m.thread_type = 'introduction' AND m.author <> '' AND m.party <> '' GROUP BY m.thread_id, m.author;
