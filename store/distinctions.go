package store

import (
	"context"

	"jiqiao"
)

// inOrder is the pair as it is kept: a judgement is of both, whichever is looked at.
func inOrder(a, b string) (first, second string) { return min(a, b), max(a, b) }

// Distinguish keeps that two records of a side are not duplicates of each other. Saying it again changes nothing.
func (s *Store) Distinguish(ctx context.Context, kind jiqiao.Kind, a, b string) error {
	first, second := inOrder(a, b)
	return s.tx(ctx, "tell two records apart", func(t *tx) error {
		o := jiqiao.OriginOf(ctx)
		n, err := t.exec(ctx, `INSERT INTO record_distinctions (first_id, second_id, user_id, name, at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (first_id, second_id) DO NOTHING`, clean(first), clean(second), clean(o.User), clean(o.Name), micros(t.now))
		if err == nil && n > 0 {
			t.audit(distinctionAct("record.distinguish", kind, a, b))
		}
		return err
	})
}

// Undistinguish takes the judgement back; without one it changes nothing.
func (s *Store) Undistinguish(ctx context.Context, kind jiqiao.Kind, a, b string) error {
	first, second := inOrder(a, b)
	return s.tx(ctx, "take a distinction back", func(t *tx) error {
		n, err := t.exec(ctx, `DELETE FROM record_distinctions WHERE first_id = ? AND second_id = ?`, clean(first), clean(second))
		if err == nil && n > 0 {
			t.audit(distinctionAct("record.undistinguish", kind, a, b))
		}
		return err
	})
}

func distinctionAct(name string, kind jiqiao.Kind, a, b string) jiqiao.Act {
	return jiqiao.Act{Name: name, Object: jiqiao.Ref{Type: string(kind), ID: a}, After: map[string]string{"other": b}}
}

// Distinctions are the judgements about any of the records.
func (s *Store) Distinctions(ctx context.Context, ids []string) ([]jiqiao.Distinction, error) {
	var found []jiqiao.Distinction
	for start := 0; start < len(ids); start += maxArgs {
		var args []any
		for _, id := range ids[start:min(start+maxArgs, len(ids))] {
			args = append(args, clean(id))
		}
		args = padded(args)
		query := `SELECT first_id, second_id, user_id, name, at FROM record_distinctions WHERE first_id IN (` + marks(len(args)) +
			`) UNION SELECT first_id, second_id, user_id, name, at FROM record_distinctions WHERE second_id IN (` + marks(len(args)) + `)`
		err := s.reader().each(ctx, query, append(args[:len(args):len(args)], args...), func(scan func(...any) error) error {
			var (
				d  jiqiao.Distinction
				at int64
			)
			err := scan(&d.First, &d.Second, &d.User, &d.By, &at)
			d.At = fromMicros(at)
			found = append(found, d)
			return err
		})
		if err != nil {
			return nil, wrap("read distinctions", err)
		}
	}
	return found, nil
}
