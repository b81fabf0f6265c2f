package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"jiqiao"
)

// BeginAnswer begins a request under the id, or finds that it was made before: what was answered then, and true. digest is
// the request's: another request under the same id is CodeInvalid. One that is under way elsewhere is CodeConflict; it is
// forgotten when its lease ends, which is how a crash in between is got over. lease names this attempt.
func (s *Store) BeginAnswer(ctx context.Context, id, digest, lease string, hold time.Duration) (a jiqiao.Answered, found bool, err error) {
	err = s.tx(ctx, "begin an answer", func(t *tx) error {
		a, found = jiqiao.Answered{}, false
		if _, err := t.exec(ctx, `DELETE FROM answers WHERE id = ? AND expires_at < ?`, id, micros(t.now)); err != nil {
			return err
		}
		n, err := t.exec(ctx, `INSERT INTO answers (id, digest, state, status, header, body, lease, expires_at)
			VALUES (?, ?, 'working', 0, '{}', ?, ?, ?) ON CONFLICT (id) DO NOTHING`, id, digest, []byte{}, lease, micros(t.now.Add(hold)))
		if err != nil || n > 0 {
			return err
		}
		var was, state, header string
		err = t.row(ctx, `SELECT digest, state, status, header, body FROM answers WHERE id = ?`, []any{id}, &was, &state, &a.Status, &header, &a.Body)
		switch {
		case err != nil:
			return err
		case was != digest:
			return jiqiao.Fail(jiqiao.CodeInvalid, "这个 Idempotency-Key 已用于另一个请求，请换一个新的", nil)
		case state != "done":
			return jiqiao.Fail(jiqiao.CodeConflict, "同一个请求正在处理，请稍后再试", nil)
		}
		found = true
		if err := json.Unmarshal([]byte(header), &a.Header); err != nil {
			return fmt.Errorf("decode the headers of an answer: %w", err)
		}
		return nil
	})
	return a, found, err
}

// KeepAnswer stores what was answered to the request that the lease began.
func (s *Store) KeepAnswer(ctx context.Context, id, lease string, a jiqiao.Answered, keep time.Duration) error {
	header, err := encodeJSON(a.Header)
	if err != nil {
		return err
	}
	if a.Body == nil {
		a.Body = []byte{}
	}
	return s.tx(ctx, "keep an answer", func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE answers SET state = 'done', status = ?, header = ?, body = ?, expires_at = ?
			WHERE id = ? AND lease = ? AND state = 'working'`, a.Status, header, a.Body, micros(t.now.Add(keep)), id, lease)
		return err
	})
}

// DropAnswer forgets the request that the lease began: it may be made again.
func (s *Store) DropAnswer(ctx context.Context, id, lease string) error {
	return s.tx(ctx, "drop an answer", func(t *tx) error {
		_, err := t.exec(ctx, `DELETE FROM answers WHERE id = ? AND lease = ? AND state = 'working'`, id, lease)
		return err
	})
}

// PruneAnswers forgets what nobody may ask for any more.
func (s *Store) PruneAnswers(ctx context.Context) (int, error) {
	var gone int64
	err := s.tx(ctx, "prune answers", func(t *tx) (err error) {
		gone, err = t.exec(ctx, `DELETE FROM answers WHERE expires_at < ?`, micros(t.now))
		return err
	})
	return int(gone), err
}
