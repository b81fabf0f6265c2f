-- +goose Up
-- Since when the owner of the need, and that of the achievement, asks for an introduction to the other.
ALTER TABLE candidates ADD COLUMN need_wish INTEGER;
ALTER TABLE candidates ADD COLUMN achievement_wish INTEGER;
-- What a broker is asked for: few among many.
CREATE INDEX candidates_wished ON candidates (broker, state) WHERE need_wish IS NOT NULL OR achievement_wish IS NOT NULL;
