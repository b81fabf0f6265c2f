-- +goose Up
-- What deals are searched by: titles, parties, the number in the register, each folded and on a line of its own. Old ones are
-- folded as far as the database can, and wholly when the deal next changes.
ALTER TABLE deals ADD COLUMN words TEXT NOT NULL DEFAULT '';
UPDATE deals SET words = lower(replace(coalesce(json_extract(body, '$.title'), '') || char(10)
    || coalesce(json_extract(body, '$.need'), '') || char(10)
    || coalesce(json_extract(body, '$.achievement'), '') || char(10)
    || coalesce(json_extract(body, '$.buyer.name'), '') || char(10)
    || coalesce(json_extract(body, '$.seller.name'), '') || char(10)
    || coalesce(json_extract(body, '$.registration'), ''), ' ', ''));
