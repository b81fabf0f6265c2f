-- +goose Up
-- What deals are searched by: titles, parties, the number in the register, each folded and on a line of its own. Old ones are
-- folded as far as the database can, and wholly when the deal next changes.
ALTER TABLE deals ADD COLUMN words TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE deals SET words = lower(replace(coalesce(body::json ->> 'title', '') || chr(10)
    || coalesce(body::json ->> 'need', '') || chr(10)
    || coalesce(body::json ->> 'achievement', '') || chr(10)
    || coalesce(body::json -> 'buyer' ->> 'name', '') || chr(10)
    || coalesce(body::json -> 'seller' ->> 'name', '') || chr(10)
    || coalesce(body::json ->> 'registration', ''), ' ', ''));
