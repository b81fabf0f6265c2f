-- +goose Up
-- Who sent a file, to find one's own imports again.
ALTER TABLE imports ADD COLUMN organisation TEXT NOT NULL DEFAULT '';
ALTER TABLE imports ADD COLUMN user_id TEXT NOT NULL DEFAULT '';
UPDATE imports SET organisation = coalesce(json_extract(body, '$.organisation'), '');
CREATE INDEX imports_organisation ON imports (organisation, id);
CREATE INDEX imports_user ON imports (user_id, id);
-- What an owner's records were shown for.
CREATE INDEX candidates_need_owner ON candidates (need_owner, id);
CREATE INDEX candidates_achievement_owner ON candidates (achievement_owner, id);
-- What was paid under a contract.
CREATE INDEX payments_deal ON payments (deal_id, id);
