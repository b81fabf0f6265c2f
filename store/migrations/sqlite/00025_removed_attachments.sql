-- +goose Up
-- Since when a file is deleted; NULL while it is there. It is gone for good a few minutes later.
ALTER TABLE attachments ADD COLUMN removed_at INTEGER;
