package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"jiqiao"
)

const (
	channelPrefix = "h_"
	channelLabel  = "这个通知渠道"
)

// Channels lists every webhook and bot, secrets included, in the order of making.
func (s *Store) Channels(ctx context.Context) ([]jiqiao.Channel, error) {
	found, err := s.reader().channels(ctx, `1 = 1 ORDER BY id`)
	return found, wrap("list channels", err)
}

// Channel is one of them; CodeNotFound when there is none.
func (s *Store) Channel(ctx context.Context, id string) (jiqiao.Channel, error) {
	c, err := s.reader().channel(ctx, id)
	return c, wrap("read a channel", err)
}

func (s session) channel(ctx context.Context, id string) (jiqiao.Channel, error) {
	if !hasShape(id, channelPrefix) {
		return jiqiao.Channel{}, notFound(channelLabel)
	}
	found, err := s.channels(ctx, `id = ?`, id)
	if err != nil {
		return jiqiao.Channel{}, err
	}
	if len(found) == 0 {
		return jiqiao.Channel{}, notFound(channelLabel)
	}
	return found[0], nil
}

func (s session) channels(ctx context.Context, where string, args ...any) ([]jiqiao.Channel, error) {
	var found []jiqiao.Channel
	err := s.each(ctx, `SELECT id, version, kind, address, secret, active, created_at, updated_at, body FROM channels WHERE `+where, args,
		func(scan func(...any) error) error {
			var (
				c, kept                  jiqiao.Channel
				active, created, updated int64
				body                     string
			)
			if err := scan(&c.ID, &c.Version, &c.Kind, &c.Address, &c.Secret, &active, &created, &updated, &body); err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(body), &kept); err != nil {
				return fmt.Errorf("decode %s: %w", c.ID, err)
			}
			c.Name, c.Organisation, c.Role, c.Topics = kept.Name, kept.Organisation, kept.Role, kept.Topics
			c.Active, c.CreatedAt, c.UpdatedAt = active != 0, fromMicros(created), fromMicros(updated)
			found = append(found, c)
			return nil
		})
	return found, err
}

// PutChannel makes a channel, or changes the one at its version, and fills in what the store knows.
func (s *Store) PutChannel(ctx context.Context, c *jiqiao.Channel) error {
	before := *c
	err := s.tx(ctx, "put a channel", func(t *tx) error {
		act := jiqiao.Act{Name: "channel.create"}
		if c.ID == "" {
			c.ID, c.Version, c.CreatedAt = t.ids.next(channelPrefix), 0, t.now
		} else {
			old, err := t.channel(ctx, c.ID)
			if err != nil {
				return err
			}
			if err := matchVersion(c.Version, old.Version); err != nil {
				return err
			}
			act.Name, act.Before, c.CreatedAt = "channel.change", channelFacts(old), old.CreatedAt
		}
		c.Version++
		c.UpdatedAt = t.now
		body, err := encodeJSON(jiqiao.Channel{Name: clean(c.Name), Organisation: clean(c.Organisation), Role: c.Role, Topics: c.Topics})
		if err != nil {
			return err
		}
		n, err := t.exec(ctx, `
			INSERT INTO channels (id, version, kind, address, secret, active, created_at, updated_at, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET version = excluded.version, kind = excluded.kind, address = excluded.address, secret = excluded.secret,
				active = excluded.active, updated_at = excluded.updated_at, body = excluded.body WHERE channels.version = ?`,
			c.ID, c.Version, string(c.Kind), clean(c.Address), clean(c.Secret), bit(c.Active), micros(c.CreatedAt), micros(c.UpdatedAt), body, c.Version-1)
		if err != nil {
			return err
		}
		if n == 0 {
			return lostRace()
		}
		act.Object, act.After = jiqiao.Ref{Type: "channel", ID: c.ID}, channelFacts(*c)
		t.audit(act)
		return nil
	})
	if err != nil {
		*c = before
	}
	return err
}

// channelFacts are what the audit may hold of a channel.
func channelFacts(c jiqiao.Channel) map[string]any {
	return map[string]any{"kind": c.Kind, "organisation": c.Organisation, "role": c.Role, "topics": c.Topics, "active": c.Active}
}

// DeleteChannel removes the channel at its version. What waits for it is cancelled.
func (s *Store) DeleteChannel(ctx context.Context, id string, version int64) error {
	return s.tx(ctx, "delete a channel", func(t *tx) error {
		old, err := t.channel(ctx, id)
		if err != nil {
			return err
		}
		if err := matchVersion(version, old.Version); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `DELETE FROM channels WHERE id = ?`, id); err != nil {
			return err
		}
		_, err = t.exec(ctx, `UPDATE deliveries SET state = 'cancelled', reason = '通知渠道已删除' WHERE target = ? AND state = 'waiting'`, id)
		t.audit(jiqiao.Act{Name: "channel.delete", Object: jiqiao.Ref{Type: "channel", ID: id}, Before: channelFacts(old)})
		return err
	})
}

// Preferences is how a person wants to be told; the default for one who never said.
func (s *Store) Preferences(ctx context.Context, user string) (jiqiao.NoticePreferences, error) {
	found, err := s.PreferencesOf(ctx, []string{user})
	return found[user], err
}

// PreferencesOf are those of many, by id; every one given has some.
func (s *Store) PreferencesOf(ctx context.Context, users []string) (map[string]jiqiao.NoticePreferences, error) {
	found := make(map[string]jiqiao.NoticePreferences, len(users))
	for _, u := range users {
		found[u] = jiqiao.DefaultPreferences()
	}
	for start := 0; start < len(users); start += maxArgs {
		args := texts(users[start:min(start+maxArgs, len(users))])
		if len(args) == 0 {
			continue
		}
		args = padded(args)
		err := s.reader().each(ctx, `SELECT user_id, version, body FROM preferences WHERE user_id IN (`+marks(len(args))+`)`, args,
			func(scan func(...any) error) error {
				var (
					user, body string
					p          = jiqiao.DefaultPreferences() // for topics that came since they were kept
				)
				if err := scan(&user, &p.Version, &body); err != nil {
					return err
				}
				if err := json.Unmarshal([]byte(body), &p); err != nil {
					return fmt.Errorf("decode the preferences of %s: %w", user, err)
				}
				found[user] = p
				return nil
			})
		if err != nil {
			return nil, wrap("read preferences", err)
		}
	}
	return found, nil
}

// PutPreferences keeps them when the version is still the present one (0: none), and fills in the new one.
func (s *Store) PutPreferences(ctx context.Context, user string, p *jiqiao.NoticePreferences) error {
	was := p.Version
	err := s.tx(ctx, "put preferences", func(t *tx) error {
		p.Version = was + 1
		body, err := encodeJSON(p)
		if err != nil {
			return err
		}
		n, err := t.exec(ctx, `
			INSERT INTO preferences (user_id, version, updated_at, body) VALUES (?, ?, ?, ?)
			ON CONFLICT (user_id) DO UPDATE SET version = excluded.version, updated_at = excluded.updated_at, body = excluded.body
			WHERE preferences.version = ?`, clean(user), p.Version, micros(t.now), body, was)
		if err == nil && n == 0 {
			return jiqiao.Fail(jiqiao.CodeConflict, "通知设置已在别处修改，请刷新后再改", nil)
		}
		t.audit(jiqiao.Act{Name: "notice.prefer", Object: jiqiao.Ref{Type: "user", ID: user}, After: p.Topics})
		return err
	})
	if err != nil {
		p.Version = was
	}
	return err
}

// NoticeSecret is the key with which links in mails are signed. It is made at the first call and stays.
func (s *Store) NoticeSecret(ctx context.Context) (string, error) {
	const query = `SELECT value FROM meta WHERE name = 'notice_secret'`
	var secret string
	err := s.reader().row(ctx, query, nil, &secret)
	if !errors.Is(err, sql.ErrNoRows) {
		return secret, wrap("read the key of links", err)
	}
	err = s.tx(ctx, "make the key of links", func(t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO meta (name, value) VALUES ('notice_secret', ?) ON CONFLICT (name) DO NOTHING`, newSecret(32))
		if err != nil {
			return err
		}
		return t.row(ctx, query, nil, &secret)
	})
	return secret, err
}

// lostRace is for a change whose row another transaction changed in between.
func lostRace() error {
	return jiqiao.Fail(jiqiao.CodeConflict, "内容已被他人修改，请刷新后重新修改", nil)
}
