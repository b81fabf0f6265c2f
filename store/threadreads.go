package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"jiqiao"
)

// ReadThread notes how far somebody has read the thread of an introduction, and has open pages hear of it when that is
// farther than before. A message of another thread is CodeNotFound.
func (s *Store) ReadThread(ctx context.Context, r jiqiao.ThreadRead, e jiqiao.Event) error {
	return s.tx(ctx, "note what was read", func(t *tx) error {
		until, err := t.writtenAt(ctx, r)
		if err != nil || until == 0 {
			return err
		}
		farther, err := t.seen(ctx, r.Introduction, r.User, r.Party, until)
		if farther {
			t.tell(e)
		}
		return err
	})
}

// writtenAt is when the message was written that was read last; 0 when the thread is empty.
func (t *tx) writtenAt(ctx context.Context, r jiqiao.ThreadRead) (int64, error) {
	var at int64
	args := []any{clean(r.Introduction)}
	if r.Message == "" {
		err := t.row(ctx, `SELECT coalesce(max(at), 0) FROM thread_messages WHERE thread_type = 'introduction' AND thread_id = ?`, args, &at)
		return at, err
	}
	err := t.row(ctx, `SELECT at FROM thread_messages WHERE thread_type = 'introduction' AND thread_id = ? AND id = ?`,
		append(args, clean(r.Message)), &at)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, notFound("这条留言")
	}
	return at, err
}

// seen reports whether the user had not seen as much before.
func (t *tx) seen(ctx context.Context, introduction, user string, party jiqiao.Party, until int64) (bool, error) {
	n, err := t.exec(ctx, `
		INSERT INTO introduction_reads (introduction_id, user_id, party, seen_until) VALUES (?, ?, ?, ?)
		ON CONFLICT (introduction_id, user_id) DO UPDATE SET party = excluded.party, seen_until = excluded.seen_until
		WHERE introduction_reads.seen_until < excluded.seen_until`,
		clean(introduction), clean(user), string(party), until)
	return n > 0, err
}

// ThreadsUnread counts, for those of the introductions where there are some, the messages that others wrote and the user
// has not seen.
func (s *Store) ThreadsUnread(ctx context.Context, user string, introductions []string) (map[string]int, error) {
	unread := map[string]int{}
	for start := 0; start < len(introductions); start += maxArgs {
		ids := texts(introductions[start:min(start+maxArgs, len(introductions))])
		if len(ids) == 0 {
			continue
		}
		ids = padded(ids)
		err := s.reader().counts(ctx, unread, `
			SELECT m.thread_id, count(*) FROM thread_messages m
			LEFT JOIN introduction_reads r ON r.introduction_id = m.thread_id AND r.user_id = ?
			WHERE m.thread_type = 'introduction' AND m.thread_id IN (`+marks(len(ids))+`) AND m.author <> ? AND m.at > coalesce(r.seen_until, 0)
			GROUP BY m.thread_id`, append(append([]any{clean(user)}, ids...), clean(user))...)
		if err != nil {
			return nil, wrap("count unread messages", err)
		}
	}
	return unread, nil
}

// ThreadSeen says until when each party of the introduction has read its thread: whoever of it has read most. A party that
// has read nothing is left out.
func (s *Store) ThreadSeen(ctx context.Context, introduction string) (map[jiqiao.Party]time.Time, error) {
	seen := map[jiqiao.Party]time.Time{}
	err := s.reader().each(ctx, `SELECT party, max(seen_until) FROM introduction_reads WHERE introduction_id = ? GROUP BY party`,
		[]any{clean(introduction)}, func(scan func(...any) error) error {
			var (
				party jiqiao.Party
				until int64
			)
			err := scan(&party, &until)
			seen[party] = fromMicros(until)
			return err
		})
	return seen, wrap("read who has read a thread", err)
}
