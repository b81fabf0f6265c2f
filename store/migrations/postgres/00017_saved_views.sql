-- +goose Up
-- Filters and order of a list under a name, for its user. Queues had them first.
CREATE TABLE saved_views (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    user_id    TEXT COLLATE "C" NOT NULL,
    list       TEXT COLLATE "C" NOT NULL, -- as the page names it: "queue", "deals"
    name       TEXT COLLATE "C" NOT NULL,
    query      TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX saved_views_name ON saved_views (user_id, list, name);
INSERT INTO saved_views SELECT id, user_id, 'queue', name, query, created_at FROM saved_filters;
DROP TABLE saved_filters;
