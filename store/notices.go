package store

import (
	"context"
	"database/sql"
	"errors"

	"jiqiao"
)

const (
	inboxPrefix    = "x_"
	deliveryPrefix = "y_"
)

// BeginNotice keeps the notice, or finds the one of the same id as it was kept before: with Cursor and ToldAt as far as
// telling people has come. Template, text and object of a notice that is kept do not change.
func (s *Store) BeginNotice(ctx context.Context, n jiqiao.ToldNotice) (jiqiao.ToldNotice, error) {
	var kept jiqiao.ToldNotice
	err := s.tx(ctx, "keep a notice", func(t *tx) error {
		_, err := t.exec(ctx, `
			INSERT INTO notices (id, template, topic, title, body, object_type, object_id, urgent, essential, cursor, created_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?) ON CONFLICT (id) DO NOTHING`,
			clean(n.ID), clean(n.Template), clean(string(n.Topic)), clean(n.Title), clean(n.Body), clean(n.Object.Type), clean(n.Object.ID),
			bit(n.Urgent), bit(n.Essential), micros(t.now))
		if err != nil {
			return err
		}
		kept, err = t.notice(ctx, clean(n.ID))
		return err
	})
	return kept, err
}

func (s session) notice(ctx context.Context, id string) (jiqiao.ToldNotice, error) {
	var (
		n                 jiqiao.ToldNotice
		urgent, essential int64
		created           int64
		told              *int64
	)
	err := s.row(ctx, `SELECT id, template, topic, title, body, object_type, object_id, urgent, essential, cursor, created_at, told_at
		FROM notices WHERE id = ?`, []any{id},
		&n.ID, &n.Template, &n.Topic, &n.Title, &n.Body, &n.Object.Type, &n.Object.ID, &urgent, &essential, &n.Cursor, &created, &told)
	if errors.Is(err, sql.ErrNoRows) {
		return jiqiao.ToldNotice{}, notFound("这条通知")
	}
	n.Urgent, n.Essential = urgent != 0, essential != 0
	n.CreatedAt, n.ToldAt = fromMicros(created), fromMicrosOrNil(told)
	return n, err
}

// TellNotice puts the notice into the inboxes and the outbox of the next recipients, and remembers how far it has come:
// to the recipient that cursor names, or, with last, to the end. Whoever has it already does not get it twice.
func (s *Store) TellNotice(ctx context.Context, n jiqiao.ToldNotice, inboxes []jiqiao.Recipient, out []jiqiao.NewDelivery, cursor string, last bool) error {
	return s.tx(ctx, "tell a notice", func(t *tx) error {
		var users []string
		for _, r := range inboxes {
			added, err := t.exec(ctx, `
				INSERT INTO inbox (id, notice_id, user_id, organisation, topic, template, feedback, created_at)
				VALUES (?, ?, ?, ?, ?, ?, '', ?) ON CONFLICT (notice_id, user_id) DO NOTHING`,
				t.ids.next(inboxPrefix), n.ID, r.User, r.Organisation, string(n.Topic), n.Template, micros(t.now))
			if err != nil {
				return err
			}
			if added > 0 {
				users = append(users, r.User)
			}
		}
		for _, d := range out {
			_, err := t.exec(ctx, `
				INSERT INTO deliveries (id, notice_id, target, kind, user_id, template, state, attempts, next_at, reason, batch, created_at)
				VALUES (?, ?, ?, ?, ?, ?, 'waiting', 0, ?, '', '', ?) ON CONFLICT (notice_id, target) DO NOTHING`,
				t.ids.next(deliveryPrefix), n.ID, clean(d.Target), string(d.Kind), d.User, n.Template, micros(d.NextAt), micros(t.now))
			if err != nil {
				return err
			}
		}
		if len(users) > 0 {
			t.tell(jiqiao.Event{Topic: "inbox", Object: jiqiao.Ref{Type: "notice", ID: n.ID}, Users: users, Data: map[string]string{"topic": string(n.Topic)}})
		}
		var told any
		if last {
			told = micros(t.now)
		}
		_, err := t.exec(ctx, `UPDATE notices SET cursor = ?, told_at = ? WHERE id = ?`, cursor, told, n.ID)
		return err
	})
}
