-- +goose Up
-- Candidates are counted, and industries by division (C26) rather than section (C): all facts are made anew, step by step
-- while the service runs.
INSERT INTO stale_objects (id, object_type, object_id) SELECT 'anew-' || id, 'candidate', id FROM candidates;
INSERT INTO stale_objects (id, object_type, object_id) SELECT 'anew-' || id, 'introduction', id FROM introductions;
INSERT INTO stale_objects (id, object_type, object_id) SELECT 'anew-' || id, 'deal', id FROM deals;
UPDATE counters SET value = 0 WHERE name = 'figures';
