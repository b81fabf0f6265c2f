package store

import (
	"context"
	"slices"

	"jiqiao"
)

// confirm notes that the owner stands by the record now.
func (t *tx) confirm(ctx context.Context, id string) error {
	_, err := t.exec(ctx, `INSERT INTO record_marks (record_id, confirmed_at, asked_at, reminded) VALUES (?, ?, NULL, '')
		ON CONFLICT (record_id) DO UPDATE SET confirmed_at = excluded.confirmed_at, asked_at = NULL`, id, micros(t.now))
	return err
}

// Ask notes that the owner of a record is asked whether it still holds, and leaves the notice that asks.
func (s *Store) Ask(ctx context.Context, id string, n jiqiao.Notice) error {
	return s.tx(ctx, "ask whether a record holds", func(t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO record_marks (record_id, confirmed_at, asked_at, reminded) VALUES (?, NULL, ?, '')
			ON CONFLICT (record_id) DO UPDATE SET asked_at = excluded.asked_at`, clean(id), micros(t.now))
		if err != nil {
			return err
		}
		return t.notify(ctx, n)
	})
}

// Remind leaves the notice that a record's validity ends, once for each what.
func (s *Store) Remind(ctx context.Context, id, what string, n jiqiao.Notice) error {
	return s.tx(ctx, "remind of the end of a record", func(t *tx) error {
		rows, err := t.exec(ctx, `INSERT INTO record_marks (record_id, confirmed_at, asked_at, reminded) VALUES (?, NULL, NULL, ?)
			ON CONFLICT (record_id) DO UPDATE SET reminded = excluded.reminded WHERE record_marks.reminded <> excluded.reminded`,
			clean(id), clean(what))
		if err != nil || rows == 0 {
			return err
		}
		return t.notify(ctx, n)
	})
}

// Marks reads the marks of the records that have one.
func (s *Store) Marks(ctx context.Context, ids []string) (map[string]jiqiao.RecordMark, error) {
	found := map[string]jiqiao.RecordMark{}
	for part := range slices.Chunk(ids, maxArgs) {
		args := make([]any, len(part))
		for i, id := range part {
			args[i] = clean(id)
		}
		args = padded(args)
		query := `SELECT record_id, confirmed_at, asked_at, reminded FROM record_marks WHERE record_id IN (` + marks(len(args)) + `)`
		err := s.reader().each(ctx, query, args, func(scan func(...any) error) error {
			var (
				id               string
				confirmed, asked *int64
				m                jiqiao.RecordMark
			)
			if err := scan(&id, &confirmed, &asked, &m.Reminded); err != nil {
				return err
			}
			m.ConfirmedAt, m.AskedAt = fromMicrosOrNil(confirmed), fromMicrosOrNil(asked)
			found[id] = m
			return nil
		})
		if err != nil {
			return nil, wrap("read marks", err)
		}
	}
	return found, nil
}
