package store

import (
	"context"
	"strconv"
	"time"

	"jiqiao"
)

const revealPrefix = "v_"

// grant opens a record to an organisation, in the transaction of what it comes from. Granting again changes nothing.
func (t *tx) grant(ctx context.Context, g jiqiao.Grant) error {
	n, err := t.exec(ctx, `
		INSERT INTO grants (organisation, record_id, kind, reason, at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (organisation, record_id) DO NOTHING`,
		clean(g.Organisation), clean(g.Record.ID), clean(g.Record.Type), clean(g.Reason), micros(t.now))
	if err == nil && n > 0 {
		t.audit(jiqiao.Act{Name: "record.grant", Object: g.Record, After: map[string]string{"organisation": g.Organisation, "reason": g.Reason}})
	}
	return err
}

// revoke closes a record that was opened to an organisation. One that was not open stays so.
func (t *tx) revoke(ctx context.Context, g jiqiao.Grant) error {
	n, err := t.exec(ctx, `DELETE FROM grants WHERE organisation = ? AND record_id = ?`, clean(g.Organisation), clean(g.Record.ID))
	if err == nil && n > 0 {
		t.audit(jiqiao.Act{Name: "record.revoke", Object: g.Record, After: map[string]string{"organisation": g.Organisation, "reason": g.Reason}})
	}
	return err
}

// Grant opens a record to an organisation.
func (s *Store) Grant(ctx context.Context, g jiqiao.Grant) error {
	return s.tx(ctx, "grant a record", func(t *tx) error { return t.grant(ctx, g) })
}

// Revoke takes a grant back.
func (s *Store) Revoke(ctx context.Context, g jiqiao.Grant) error {
	return s.tx(ctx, "revoke a grant", func(t *tx) error { return t.revoke(ctx, g) })
}

// Granted lists the ids of the records opened to the organisation, sorted.
func (s *Store) Granted(ctx context.Context, organisation string) ([]string, error) {
	var ids []string
	err := s.reader().each(ctx, `SELECT record_id FROM grants WHERE organisation = ? ORDER BY record_id`, []any{clean(organisation)},
		func(scan func(...any) error) error {
			var id string
			err := scan(&id)
			ids = append(ids, id)
			return err
		})
	return ids, wrap("read grants", err)
}

// Reveal notes that a record's contact is shown, in the audit, too, and fills ID and At. More than limit by one user
// since the moment is CodeTooManyRequests, noted as refused.
func (s *Store) Reveal(ctx context.Context, r *jiqiao.Reveal, since time.Time, limit int) error {
	var refused error
	err := s.tx(ctx, "note that a contact is shown", func(t *tx) error {
		act := jiqiao.Act{Name: "contact.reveal", Object: r.Record, After: map[string]string{"reason": r.Reason}}
		// One person's requests wait for each other, so that many at once stay within the limit.
		if _, err := t.texts(ctx, `SELECT id FROM users WHERE id = ?`+t.d.lockRows(), clean(r.User)); err != nil {
			return err
		}
		var n int
		err := t.row(ctx, `SELECT count(*) FROM reveals WHERE user_id = ? AND at >= ?`, []any{clean(r.User), micros(since)}, &n)
		if err != nil {
			return err
		}
		if n >= limit {
			act.Result = jiqiao.AuditDenied
			t.audit(act)
			refused = jiqiao.Fail(jiqiao.CodeTooManyRequests, "今天查看联系方式已达 "+strconv.Itoa(limit)+" 次的上限，请明天再看；如确有需要，请联系管理员", nil)
			return nil
		}
		r.ID, r.At = t.ids.next(revealPrefix), t.now
		_, err = t.exec(ctx, `
			INSERT INTO reveals (id, kind, record_id, owner_id, user_id, name, role, organisation, reason, at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			r.ID, clean(r.Record.Type), clean(r.Record.ID), clean(r.Owner), clean(r.User), clean(r.Name), clean(string(r.Role)),
			clean(r.Organisation), clean(r.Reason), micros(t.now))
		t.audit(act)
		return err
	})
	if err != nil {
		return err
	}
	return refused
}

// Reveals lists who had the record's contact shown, the newest first. cursor is "" or the Next of the page before.
func (s *Store) Reveals(ctx context.Context, record, cursor string, limit int) (jiqiao.RevealPage, error) {
	page := jiqiao.RevealPage{Items: []jiqiao.Reveal{}}
	if err := goodCursor(cursor, revealPrefix); err != nil {
		return page, err
	}
	if err := s.reader().row(ctx, `SELECT count(*) FROM reveals WHERE record_id = ?`, []any{clean(record)}, &page.Total); err != nil {
		return page, wrap("count reveals", err)
	}
	where, args := `record_id = ?`, []any{clean(record)}
	if cursor != "" {
		where, args = where+` AND id < ?`, append(args, cursor)
	}
	err := s.reader().each(ctx, `SELECT id, kind, record_id, owner_id, user_id, name, role, organisation, reason, at FROM reveals
		WHERE `+where+` ORDER BY id DESC LIMIT ?`, append(args, limit+1), func(scan func(...any) error) error {
		var (
			r  jiqiao.Reveal
			at int64
		)
		err := scan(&r.ID, &r.Record.Type, &r.Record.ID, &r.Owner, &r.User, &r.Name, &r.Role, &r.Organisation, &r.Reason, &at)
		r.At = fromMicros(at)
		page.Items = append(page.Items, r)
		return err
	})
	if err != nil {
		return page, wrap("list reveals", err)
	}
	if len(page.Items) > limit {
		page.Items = page.Items[:limit]
		page.Next = page.Items[limit-1].ID
	}
	return page, nil
}
