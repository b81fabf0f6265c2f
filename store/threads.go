package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"jiqiao"
)

// putMessage adds a message to its thread and fills ID and At.
func (t *tx) putMessage(ctx context.Context, m *jiqiao.ThreadMessage) error {
	files, err := encodeJSON(m.Attachments)
	if err != nil {
		return err
	}
	question := 0
	if m.Question {
		question = 1
	}
	m.ID, m.At = t.ids.next(threadPrefix), t.now
	_, err = t.exec(ctx, `
		INSERT INTO thread_messages (id, thread_type, thread_id, at, author, name, organisation, party, text, question, attachments)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		m.ID, clean(m.Thread.Type), clean(m.Thread.ID), micros(m.At), clean(m.Author), clean(m.Name), clean(m.Organisation),
		string(m.Party), clean(m.Text), question, clean(files))
	if err != nil {
		return fmt.Errorf("keep a message: %w", err)
	}
	return nil
}

// Thread is a page of a thread in the order: "oldest" first, which is the usual, or "newest". cursor is "" or the Next of the
// page before.
func (s *Store) Thread(ctx context.Context, thread jiqiao.Ref, order, cursor string, limit int) (jiqiao.ThreadPage, error) {
	page := jiqiao.ThreadPage{Items: []jiqiao.ThreadMessage{}}
	if err := goodCursor(cursor, threadPrefix); err != nil {
		return page, err
	}
	limit = pageSize(limit)
	args := []any{clean(thread.Type), clean(thread.ID)}
	after := `id > ? ORDER BY id`
	last := cursor
	if order == "newest" {
		after = `id < ? ORDER BY id DESC`
		if cursor == "" {
			last = threadPrefix + "z" // after every id, which begins with a time
		}
	}
	err := s.reader().row(ctx, `SELECT count(*) FROM thread_messages WHERE thread_type = ? AND thread_id = ?`, args, &page.Total)
	if err != nil {
		return page, wrap("count messages", err)
	}
	err = s.reader().each(ctx, `
		SELECT id, at, author, name, organisation, party, text, question, attachments FROM thread_messages
		WHERE thread_type = ? AND thread_id = ? AND `+after+` LIMIT ?`, append(args, last, limit+1),
		func(scan func(...any) error) error {
			var (
				m            = jiqiao.ThreadMessage{Thread: thread}
				at, question int64
				files        string
			)
			if err := scan(&m.ID, &at, &m.Author, &m.Name, &m.Organisation, &m.Party, &m.Text, &question, &files); err != nil {
				return err
			}
			m.At, m.Question = fromMicros(at), question == 1
			page.Items = append(page.Items, m)
			return json.Unmarshal([]byte(files), &page.Items[len(page.Items)-1].Attachments)
		})
	if err != nil {
		return page, wrap("list messages", err)
	}
	if len(page.Items) > limit {
		page.Items = page.Items[:limit]
		page.Next = page.Items[limit-1].ID
	}
	return page, nil
}

// PublishUndertaking adds a version of the undertaking and fills Version, Digest and PublishedAt.
func (s *Store) PublishUndertaking(ctx context.Context, u *jiqiao.Undertaking) error {
	sum := sha256.Sum256([]byte(u.Text))
	return s.tx(ctx, "publish an undertaking", func(t *tx) error {
		u.Digest, u.PublishedAt = hex.EncodeToString(sum[:]), t.now
		if err := t.row(ctx, `SELECT coalesce(max(version), 0) + 1 FROM undertakings`, nil, &u.Version); err != nil {
			return err
		}
		n, err := t.exec(ctx, `
			INSERT INTO undertakings (version, title, text, digest, published_by, published_at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT DO NOTHING`, u.Version, clean(u.Title), clean(u.Text), u.Digest, clean(u.PublishedBy), micros(u.PublishedAt))
		if err != nil {
			return err
		}
		if n == 0 {
			return jiqiao.Fail(jiqiao.CodeConflict, "保密承诺刚刚由别人更新，请刷新后再改", nil)
		}
		t.audit(jiqiao.Act{
			Name: "undertaking.publish", Object: jiqiao.Ref{Type: "undertaking", ID: fmt.Sprint(u.Version)},
			After: map[string]string{"digest": u.Digest},
		})
		return nil
	})
}

// Undertaking is the version of the undertaking, the last one for 0; CodeNotFound when there is none.
func (s *Store) Undertaking(ctx context.Context, version int) (jiqiao.Undertaking, error) {
	found, err := s.undertakings(ctx, `(version = ? OR ? = 0) ORDER BY version DESC LIMIT 1`, version, version)
	if err != nil {
		return jiqiao.Undertaking{}, err
	}
	if len(found) == 0 {
		return jiqiao.Undertaking{}, notFound("这个版本的保密承诺")
	}
	return found[0], nil
}

// Undertakings lists every version, the newest first.
func (s *Store) Undertakings(ctx context.Context) ([]jiqiao.Undertaking, error) {
	return s.undertakings(ctx, `1 = 1 ORDER BY version DESC LIMIT ?`, maxHistory)
}

func (s *Store) undertakings(ctx context.Context, where string, args ...any) ([]jiqiao.Undertaking, error) {
	found := []jiqiao.Undertaking{}
	err := s.reader().each(ctx, `SELECT version, title, text, digest, published_by, published_at FROM undertakings WHERE `+where, args,
		func(scan func(...any) error) error {
			var (
				u  jiqiao.Undertaking
				at int64
			)
			err := scan(&u.Version, &u.Title, &u.Text, &u.Digest, &u.PublishedBy, &at)
			u.PublishedAt = fromMicros(at)
			found = append(found, u)
			return err
		})
	return found, wrap("read undertakings", err)
}

// acceptUndertaking notes that a side accepted, and fills Digest in from the text. The first acceptance stands.
func (t *tx) acceptUndertaking(ctx context.Context, a jiqiao.Acceptance) error {
	err := t.row(ctx, `SELECT digest FROM undertakings WHERE version = ?`, []any{a.Version}, &a.Digest)
	if errors.Is(err, sql.ErrNoRows) {
		return notFound("这个版本的保密承诺")
	}
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `
		INSERT INTO undertaking_acceptances (introduction_id, party, version, digest, user_id, name, organisation, address, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		a.IntroductionID, string(a.Party), a.Version, a.Digest, clean(a.User), clean(a.Name), clean(a.Organisation), clean(a.Address), micros(t.now))
	return err
}

// Acceptances lists who accepted the undertaking for the introduction, the first first.
func (s *Store) Acceptances(ctx context.Context, introduction string) ([]jiqiao.Acceptance, error) {
	found := []jiqiao.Acceptance{}
	err := s.reader().each(ctx, `
		SELECT introduction_id, party, version, digest, user_id, name, organisation, address, at FROM undertaking_acceptances
		WHERE introduction_id = ? ORDER BY at, party`, []any{clean(introduction)}, func(scan func(...any) error) error {
		var (
			a  jiqiao.Acceptance
			at int64
		)
		err := scan(&a.IntroductionID, &a.Party, &a.Version, &a.Digest, &a.User, &a.Name, &a.Organisation, &a.Address, &at)
		a.At = fromMicros(at)
		found = append(found, a)
		return err
	})
	return found, wrap("read acceptances", err)
}
