package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"jiqiao"
)

const (
	subscriptionPrefix = "f_"
	alertPrefix        = "b_"
	subscriptionLabel  = "这项订阅"
)

// Subscriptions lists a person's, newest first, with what came of them lately.
func (s *Store) Subscriptions(ctx context.Context, user string) ([]jiqiao.Subscription, error) {
	found, err := s.reader().subscriptions(ctx, `user_id = ? ORDER BY id DESC`, clean(user))
	if err != nil {
		return nil, wrap("list subscriptions", err)
	}
	return found, wrap("count what subscriptions found", s.reader().lately(ctx, user, found, s.clock().Add(-jiqiao.FoundWithin)))
}

// lately fills in what the person's subscriptions found since then.
func (s session) lately(ctx context.Context, user string, subs []jiqiao.Subscription, since time.Time) error {
	at := map[string]int{}
	for n := range subs {
		at[subs[n].ID] = n
	}
	return s.each(ctx, `
		SELECT subscription_id, count(*), max(created_at) FROM alerts
		WHERE user_id = ? AND created_at >= ? AND subscription_id <> '' GROUP BY subscription_id`,
		[]any{clean(user), micros(since)}, func(scan func(...any) error) error {
			var (
				id    string
				count int
				last  int64
			)
			if err := scan(&id, &count, &last); err != nil {
				return err
			}
			if n, ok := at[id]; ok {
				when := fromMicros(last)
				subs[n].Found, subs[n].FoundAt = count, &when
			}
			return nil
		})
}

// Subscription is one of the person's; CodeNotFound for anybody else's.
func (s *Store) Subscription(ctx context.Context, user, id string) (jiqiao.Subscription, error) {
	sub, err := s.reader().subscription(ctx, user, id)
	return sub, wrap("read a subscription", err)
}

// ActiveSubscriptions returns up to limit of those that wait for something, in the order of ids, after the one given.
func (s *Store) ActiveSubscriptions(ctx context.Context, after string, limit int) ([]jiqiao.Subscription, error) {
	found, err := s.reader().subscriptions(ctx, `active = 1 AND id > ? ORDER BY id LIMIT ?`, clean(after), limit)
	return found, wrap("list active subscriptions", err)
}

func (s session) subscription(ctx context.Context, user, id string) (jiqiao.Subscription, error) {
	if !hasShape(id, subscriptionPrefix) {
		return jiqiao.Subscription{}, notFound(subscriptionLabel)
	}
	found, err := s.subscriptions(ctx, `id = ? AND user_id = ?`, id, clean(user))
	if err != nil {
		return jiqiao.Subscription{}, err
	}
	if len(found) == 0 {
		return jiqiao.Subscription{}, notFound(subscriptionLabel)
	}
	return found[0], nil
}

func (s session) subscriptions(ctx context.Context, where string, args ...any) ([]jiqiao.Subscription, error) {
	var found []jiqiao.Subscription
	err := s.each(ctx, `SELECT id, version, user_id, kind, active, seen_until, created_at, updated_at, body FROM subscriptions WHERE `+where, args,
		func(scan func(...any) error) error {
			var (
				sub, kept                      jiqiao.Subscription
				active, seen, created, updated int64
				body                           string
			)
			if err := scan(&sub.ID, &sub.Version, &sub.User, &sub.Kind, &active, &seen, &created, &updated, &body); err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(body), &kept); err != nil {
				return fmt.Errorf("decode %s: %w", sub.ID, err)
			}
			sub.Name, sub.Side, sub.Text, sub.Filter = kept.Name, kept.Side, kept.Text, kept.Filter
			sub.Active, sub.SeenUntil = active != 0, fromMicros(seen)
			sub.CreatedAt, sub.UpdatedAt = fromMicros(created), fromMicros(updated)
			found = append(found, sub)
			return nil
		})
	return found, err
}

// PutSubscription makes a subscription, or changes the one at its version, and fills in what the store knows. It waits
// for what changes from now on.
func (s *Store) PutSubscription(ctx context.Context, sub *jiqiao.Subscription) error {
	before := *sub
	err := s.tx(ctx, "put a subscription", func(t *tx) error {
		if sub.ID == "" {
			var n int
			if err := t.row(ctx, `SELECT count(*) FROM subscriptions WHERE user_id = ?`, []any{clean(sub.User)}, &n); err != nil {
				return err
			}
			if n >= jiqiao.MaxSubscriptions {
				return jiqiao.Fail(jiqiao.CodeConflict, fmt.Sprintf("最多保存 %d 项订阅，请先删除不再需要的", jiqiao.MaxSubscriptions), nil)
			}
			sub.ID, sub.Version, sub.CreatedAt = t.ids.next(subscriptionPrefix), 0, t.now
		} else {
			old, err := t.subscription(ctx, sub.User, sub.ID)
			if err != nil {
				return err
			}
			if err := matchVersion(sub.Version, old.Version); err != nil {
				return err
			}
			sub.CreatedAt = old.CreatedAt
		}
		sub.Version++
		sub.UpdatedAt, sub.SeenUntil = t.now, t.now
		body, err := encodeJSON(jiqiao.Subscription{Name: clean(sub.Name), Side: sub.Side, Text: clean(sub.Text), Filter: sub.Filter})
		if err != nil {
			return err
		}
		n, err := t.exec(ctx, `
			INSERT INTO subscriptions (id, version, user_id, kind, active, seen_until, created_at, updated_at, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET version = excluded.version, kind = excluded.kind, active = excluded.active,
				seen_until = excluded.seen_until, updated_at = excluded.updated_at, body = excluded.body WHERE subscriptions.version = ?`,
			sub.ID, sub.Version, clean(sub.User), string(sub.Kind), bit(sub.Active), micros(sub.SeenUntil), micros(sub.CreatedAt), micros(sub.UpdatedAt), body,
			sub.Version-1)
		if err == nil && n == 0 {
			return lostRace()
		}
		return err
	})
	if err != nil {
		*sub = before
	}
	return err
}

// DeleteSubscription removes one of the person's.
func (s *Store) DeleteSubscription(ctx context.Context, user, id string) error {
	if !hasShape(id, subscriptionPrefix) {
		return notFound(subscriptionLabel)
	}
	return s.tx(ctx, "delete a subscription", func(t *tx) error {
		n, err := t.exec(ctx, `DELETE FROM subscriptions WHERE id = ? AND user_id = ?`, id, clean(user))
		if err == nil && n == 0 {
			return notFound(subscriptionLabel)
		}
		return err
	})
}

// SubscriptionSeen notes that what changed before a moment was looked at. It never goes back.
func (s *Store) SubscriptionSeen(ctx context.Context, id string, until time.Time) error {
	return s.tx(ctx, "note how far a subscription has seen", func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE subscriptions SET seen_until = ? WHERE id = ? AND seen_until < ?`, micros(until), id, micros(until))
		return err
	})
}

// AddAlert keeps an alert, of which TellNew tells. It reports whether it is new: of one pair a person hears once.
func (s *Store) AddAlert(ctx context.Context, a *jiqiao.Alert) (bool, error) {
	isNew := false
	err := s.tx(ctx, "add an alert", func(t *tx) error {
		a.ID, a.CreatedAt, a.Told = t.ids.next(alertPrefix), t.now, jiqiao.AlertNew
		n, err := t.exec(ctx, `
			INSERT INTO alerts (id, user_id, subscription_id, record_kind, record_id, own_id, title, subject, why, told, created_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (user_id, record_id, own_id) DO NOTHING`,
			a.ID, clean(a.User), a.Subscription, string(a.Kind), a.RecordID, a.OwnID, clean(a.Title), clean(a.Subject), clean(a.Why), string(a.Told), micros(t.now))
		isNew = err == nil && n > 0
		return err
	})
	return isNew, err
}

// NewAlertUsers returns up to limit of those who have alerts of which TellNew is to tell, in the order of ids, after the one
// given.
func (s *Store) NewAlertUsers(ctx context.Context, after string, limit int) ([]string, error) {
	users, err := s.reader().alerted(ctx, jiqiao.AlertNew, after, limit)
	return users, wrap("find who has new alerts", err)
}

// DigestUsers returns up to limit of those who have alerts waiting for the week's digest, in the order of ids, after the
// one given.
func (s *Store) DigestUsers(ctx context.Context, after string, limit int) ([]string, error) {
	users, err := s.reader().alerted(ctx, jiqiao.AlertWaiting, after, limit)
	return users, wrap("find who has a digest to come", err)
}

// alerted are those who have alerts in the state.
func (s session) alerted(ctx context.Context, state jiqiao.AlertState, after string, limit int) ([]string, error) {
	return s.texts(ctx, `SELECT DISTINCT user_id FROM alerts WHERE told = '`+string(state)+`' AND user_id > ? ORDER BY user_id LIMIT ?`,
		clean(after), limit)
}

// alertsAtOnce bounds the alerts of one message.
const alertsAtOnce = 1000

// TellNew puts a person's new alerts into one notice that tell makes of them, oldest first, when fewer than perWeek such
// notices went to the person in the last seven days; else they wait for the week's digest.
func (s *Store) TellNew(ctx context.Context, user string, perWeek int, tell func([]jiqiao.Alert) jiqiao.Notice) error {
	return s.tx(ctx, "tell of new alerts", func(t *tx) error {
		found, err := t.alerts(ctx, user, jiqiao.AlertNew, alertsAtOnce)
		if err != nil || len(found) == 0 {
			return err
		}
		var told int
		err = t.row(ctx, `SELECT count(*) FROM alerts WHERE user_id = ? AND told = 'told' AND created_at > ?`,
			[]any{clean(user), micros(t.now.AddDate(0, 0, -7))}, &told)
		if err != nil {
			return err
		}
		become := jiqiao.AlertAlong
		if told >= perWeek {
			become = jiqiao.AlertWaiting
		}
		if err := t.markAlerts(ctx, user, jiqiao.AlertNew, become, found[len(found)-1].ID); err != nil || become == jiqiao.AlertWaiting {
			return err
		}
		if _, err := t.exec(ctx, `UPDATE alerts SET told = 'told' WHERE id = ?`, found[0].ID); err != nil {
			return err
		}
		return t.notify(ctx, tell(found))
	})
}

// markAlerts gives the person's alerts of a state another, up to the last one.
func (t *tx) markAlerts(ctx context.Context, user string, from, to jiqiao.AlertState, last string) error {
	_, err := t.exec(ctx, `UPDATE alerts SET told = ? WHERE user_id = ? AND told = '`+string(from)+`' AND id <= ?`, string(to), clean(user), last)
	return err
}

// TellDigest puts what waits of a person's alerts into one notice that tell makes of it, oldest first.
func (s *Store) TellDigest(ctx context.Context, user string, tell func([]jiqiao.Alert) jiqiao.Notice) error {
	return s.tx(ctx, "tell a digest", func(t *tx) error {
		waiting, err := t.alerts(ctx, user, jiqiao.AlertWaiting, jiqiao.MaxAlertsPerWeek)
		if err != nil || len(waiting) == 0 {
			return err
		}
		if err := t.markAlerts(ctx, user, jiqiao.AlertWaiting, jiqiao.AlertDigest, waiting[len(waiting)-1].ID); err != nil {
			return err
		}
		return t.notify(ctx, tell(waiting))
	})
}

// alerts are up to limit of the person's in the state, oldest first.
func (s session) alerts(ctx context.Context, user string, state jiqiao.AlertState, limit int) ([]jiqiao.Alert, error) {
	var found []jiqiao.Alert
	err := s.each(ctx, `SELECT id, user_id, subscription_id, record_kind, record_id, own_id, title, subject, why, told, created_at
		FROM alerts WHERE user_id = ? AND told = '`+string(state)+`' ORDER BY id LIMIT ?`, []any{clean(user), limit}, func(scan func(...any) error) error {
		var (
			a       jiqiao.Alert
			created int64
		)
		err := scan(&a.ID, &a.User, &a.Subscription, &a.Kind, &a.RecordID, &a.OwnID, &a.Title, &a.Subject, &a.Why, &a.Told, &created)
		a.CreatedAt = fromMicros(created)
		found = append(found, a)
		return err
	})
	return found, err
}

// Followed is the number of the last change that a reader of the change log has dealt with; -1 for a new reader.
func (s *Store) Followed(ctx context.Context, name string) (int64, error) {
	var seq int64
	err := s.reader().row(ctx, `SELECT coalesce(max(seq), -1) FROM followers WHERE name = ?`, []any{name}, &seq)
	return seq, wrap("read how far the log was followed", err)
}

// Follow notes how far a reader has come.
func (s *Store) Follow(ctx context.Context, name string, seq int64) error {
	return s.tx(ctx, "note how far the log was followed", func(t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO followers (name, seq) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET seq = excluded.seq`, name, seq)
		return err
	})
}
