package store

import (
	"context"
	"time"

	"jiqiao"
)

const batchPrefix = "z_"

// DueTargets lists, longest due first, up to limit targets that have something to send. What was being sent when its
// process died waits again.
func (s *Store) DueTargets(ctx context.Context, limit int) ([]jiqiao.NewDelivery, error) {
	now := micros(s.clock())
	var stale int
	if err := s.reader().row(ctx, `SELECT count(*) FROM deliveries WHERE state = 'sending' AND lease_until < ?`, []any{now}, &stale); err != nil {
		return nil, wrap("look for deliveries that were cut off", err)
	}
	if stale > 0 {
		err := s.tx(ctx, "take up deliveries that were cut off", func(t *tx) error {
			_, err := t.exec(ctx, `UPDATE deliveries SET state = 'waiting', lease_until = NULL WHERE state = 'sending' AND lease_until < ?`, now)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	var found []jiqiao.NewDelivery
	err := s.reader().each(ctx, `SELECT target, kind, user_id, min(next_at) FROM deliveries WHERE state = 'waiting' AND next_at <= ?
		GROUP BY target, kind, user_id ORDER BY min(next_at), target LIMIT ?`, []any{now, limit}, func(scan func(...any) error) error {
		var (
			d    jiqiao.NewDelivery
			next int64
		)
		if err := scan(&d.Target, &d.Kind, &d.User, &next); err != nil {
			return err
		}
		d.NextAt = fromMicros(next)
		found = append(found, d)
		return nil
	})
	return found, wrap("look for deliveries that are due", err)
}

// ReserveSend takes a place in the target's rate, which all processes share: one message per interval, and burst more at
// once after a rest. It returns 0, or how long to wait before asking again. (Generic cell rate algorithm, ITU-T I.371.)
func (s *Store) ReserveSend(ctx context.Context, target string, interval, burst time.Duration) (time.Duration, error) {
	var wait time.Duration
	err := s.tx(ctx, "reserve a place to send", func(t *tx) error {
		now := micros(t.now)
		_, err := t.exec(ctx, `INSERT INTO send_rates (target, tat) VALUES (?, 0) ON CONFLICT (target) DO NOTHING`, clean(target))
		if err != nil {
			return err
		}
		n, err := t.exec(ctx, `UPDATE send_rates SET tat = CASE WHEN tat > ? THEN tat ELSE ? END + ? WHERE target = ? AND tat <= ?`,
			now, now, interval.Microseconds(), clean(target), now+burst.Microseconds())
		if err != nil || n > 0 {
			return err
		}
		var tat int64
		err = t.row(ctx, `SELECT tat FROM send_rates WHERE target = ?`, []any{clean(target)}, &tat)
		wait = max(time.Duration(tat-now)*time.Microsecond-burst, time.Millisecond)
		return err
	})
	return wait, err
}

// PostponeSends moves what a target has due to a later moment.
func (s *Store) PostponeSends(ctx context.Context, target string, until time.Time) error {
	return s.tx(ctx, "postpone deliveries", func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE deliveries SET next_at = ? WHERE target = ? AND state = 'waiting' AND next_at < ?`,
			micros(until), clean(target), micros(until))
		return err
	})
}

// ClaimSends takes up to limit of a target's due deliveries for the caller alone, for as long as the lease, and counts an
// attempt of each. They have a batch in common, which EndSends takes.
func (s *Store) ClaimSends(ctx context.Context, target string, limit int, lease time.Duration) ([]jiqiao.Parcel, error) {
	var parcels []jiqiao.Parcel
	err := s.tx(ctx, "claim deliveries", func(t *tx) error {
		batch := t.ids.next(batchPrefix)
		n, err := t.exec(ctx, `
			UPDATE deliveries SET state = 'sending', batch = ?, attempts = attempts + 1, lease_until = ? WHERE state = 'waiting' AND id IN (
				SELECT id FROM deliveries WHERE target = ? AND state = 'waiting' AND next_at <= ? ORDER BY next_at, id LIMIT ?)`,
			batch, micros(t.now.Add(lease)), clean(target), micros(t.now), limit)
		if err != nil || n == 0 {
			return err
		}
		parcels, err = t.parcels(ctx, target, batch)
		return err
	})
	return parcels, err
}

func (s session) parcels(ctx context.Context, target, batch string) ([]jiqiao.Parcel, error) {
	var found []jiqiao.Parcel
	err := s.each(ctx, `SELECT `+deliveryColumns+`, n.topic, n.title, n.body, n.object_type, n.object_id, n.urgent, n.essential, n.created_at
		FROM deliveries d JOIN notices n ON n.id = d.notice_id
		WHERE d.target = ? AND d.state = 'sending' AND d.batch = ? ORDER BY d.id`, []any{clean(target), batch}, func(scan func(...any) error) error {
		var (
			p                          jiqiao.Parcel
			urgent, essential, created int64
		)
		n := &p.Notice
		err := scanDelivery(scan, &p.Delivery, &n.Topic, &n.Title, &n.Body, &n.Object.Type, &n.Object.ID, &urgent, &essential, &created)
		n.ID, n.Template, n.Urgent, n.Essential, n.CreatedAt = p.NoticeID, p.Template, urgent != 0, essential != 0, fromMicros(created)
		found = append(found, p)
		return err
	})
	return found, err
}

const deliveryColumns = `d.id, d.notice_id, d.target, d.kind, d.user_id, d.template, d.state, d.attempts, d.next_at, d.reason, d.batch, d.created_at, d.sent_at`

func scanDelivery(scan func(...any) error, d *jiqiao.Delivery, more ...any) error {
	var (
		next, created int64
		sent          *int64
	)
	err := scan(append([]any{&d.ID, &d.NoticeID, &d.Target, &d.Kind, &d.User, &d.Template, &d.State, &d.Attempts, &next, &d.Reason, &d.Batch, &created, &sent}, more...)...)
	d.NextAt, d.CreatedAt, d.SentAt = fromMicros(next), fromMicros(created), fromMicrosOrNil(sent)
	return err
}

// EndSend says how the attempt with a claimed delivery ended. One whose lease was lost to another process stays as that
// one says.
func (s *Store) EndSend(ctx context.Context, batch string, ids []string, end jiqiao.DeliveryEnd) error {
	return s.tx(ctx, "end deliveries", func(t *tx) error {
		next, sent := micros(t.now), any(nil)
		if !end.NextAt.IsZero() {
			next = micros(end.NextAt)
		}
		if end.State == jiqiao.DeliverySent {
			sent = micros(t.now)
		}
		for _, id := range ids {
			_, err := t.exec(ctx, `UPDATE deliveries SET state = ?, next_at = ?, reason = ?, sent_at = ?, lease_until = NULL, attempts = attempts - ?
				WHERE id = ? AND state = 'sending' AND batch = ?`,
				string(end.State), next, clean(end.Reason), sent, bit(end.Excused), id, batch)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// ForgetText drops the text of notices that hold a secret, once they were sent.
func (s *Store) ForgetText(ctx context.Context, ids []string) error {
	return s.tx(ctx, "forget the text of notices", func(t *tx) error {
		for _, id := range ids {
			if _, err := t.exec(ctx, `UPDATE notices SET body = '' WHERE id = ?`, clean(id)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Deliveries returns a page of the outbox.
func (s *Store) Deliveries(ctx context.Context, q jiqiao.DeliveryQuery) (jiqiao.DeliveryPage, error) {
	if err := goodCursor(q.Cursor, deliveryPrefix); err != nil {
		return jiqiao.DeliveryPage{}, err
	}
	q.Limit = pageSize(q.Limit)
	where, args := deliveryFilter(q)
	page := jiqiao.DeliveryPage{Items: []jiqiao.Delivery{}}
	if err := s.reader().row(ctx, `SELECT count(*) FROM deliveries d WHERE `+where, args, &page.Total); err != nil {
		return jiqiao.DeliveryPage{}, wrap("count deliveries", err)
	}
	if q.Cursor != "" {
		where, args = where+` AND d.id < ?`, append(args, q.Cursor)
	}
	query := `SELECT ` + deliveryColumns + ` FROM deliveries d WHERE ` + where + ` ORDER BY d.id DESC LIMIT ?`
	err := s.reader().each(ctx, query, append(args, q.Limit+1), func(scan func(...any) error) error {
		var d jiqiao.Delivery
		err := scanDelivery(scan, &d)
		page.Items = append(page.Items, d)
		return err
	})
	if err != nil {
		return jiqiao.DeliveryPage{}, wrap("list deliveries", err)
	}
	if len(page.Items) > q.Limit {
		page.Items = page.Items[:q.Limit]
		page.Next = page.Items[q.Limit-1].ID
	}
	return page, nil
}

func deliveryFilter(q jiqiao.DeliveryQuery) (where string, args []any) {
	where = `1 = 1`
	if states := texts(q.States); len(states) > 0 {
		states = padded(states)
		where, args = where+` AND d.state IN (`+marks(len(states))+`)`, append(args, states...)
	}
	for _, part := range []struct{ column, value string }{{"d.kind", string(q.Kind)}, {"d.template", q.Template}, {"d.target", q.Target}} {
		if part.value != "" {
			where, args = where+` AND `+part.column+` = ?`, append(args, clean(part.value))
		}
	}
	return andTimes(where, args, "d.created_at", q.From, q.Until)
}

// ResendDelivery sends again what did not arrive or was cancelled; CodeConflict for what is on its way or has arrived.
func (s *Store) ResendDelivery(ctx context.Context, id string) (jiqiao.Delivery, error) {
	return s.moveDelivery(ctx, id, "outbox.resend", `UPDATE deliveries SET state = 'waiting', attempts = 0, next_at = ?
		WHERE id = ? AND state IN ('dead', 'cancelled')`, "这条消息正在发送或已送达，无需重发")
}

// CancelDelivery stops what waits; CodeConflict for what does not.
func (s *Store) CancelDelivery(ctx context.Context, id string) (jiqiao.Delivery, error) {
	return s.moveDelivery(ctx, id, "outbox.cancel", `UPDATE deliveries SET state = 'cancelled', next_at = ? WHERE id = ? AND state = 'waiting'`,
		"这条消息不在等待发送，无法取消")
}

func (s *Store) moveDelivery(ctx context.Context, id, act, statement, refusal string) (jiqiao.Delivery, error) {
	var d jiqiao.Delivery
	if !hasShape(id, deliveryPrefix) {
		return d, notFound("这条发送记录")
	}
	err := s.tx(ctx, act, func(t *tx) error {
		n, err := t.exec(ctx, statement, micros(t.now), id)
		if err != nil {
			return err
		}
		found := false
		err = t.each(ctx, `SELECT `+deliveryColumns+` FROM deliveries d WHERE d.id = ?`, []any{id}, func(scan func(...any) error) error {
			found = true
			return scanDelivery(scan, &d)
		})
		switch {
		case err != nil:
			return err
		case !found:
			return notFound("这条发送记录")
		case n == 0:
			return jiqiao.Fail(jiqiao.CodeConflict, refusal, nil)
		}
		t.audit(jiqiao.Act{Name: act, Object: jiqiao.Ref{Type: "delivery", ID: id}, After: map[string]string{"kind": string(d.Kind), "template": d.Template}})
		return nil
	})
	return d, err
}
