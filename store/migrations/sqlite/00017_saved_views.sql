-- +goose Up
-- Filters and order of a list under a name, for its user. Queues had them first.
CREATE TABLE saved_views (
    id         TEXT NOT NULL PRIMARY KEY,
    user_id    TEXT NOT NULL,
    list       TEXT NOT NULL, -- as the page names it: "queue", "deals"
    name       TEXT NOT NULL,
    query      TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX saved_views_name ON saved_views (user_id, list, name);
INSERT INTO saved_views SELECT id, user_id, 'queue', name, query, created_at FROM saved_filters;
DROP TABLE saved_filters;
