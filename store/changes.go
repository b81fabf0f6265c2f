package store

import (
	"context"
	"time"

	"jiqiao"
)

// maxChanges bounds one answer of Changes.
const maxChanges = 10_000

// Changes returns the changes after the number, oldest first, at most limit (0: as many as one answer holds).
func (s *Store) Changes(ctx context.Context, after int64, limit int) ([]jiqiao.Change, error) {
	if limit <= 0 || limit > maxChanges {
		limit = maxChanges
	}
	var changes []jiqiao.Change
	err := s.reader().each(ctx, `SELECT seq, kind, id, version, op, at FROM changes WHERE seq > ? ORDER BY seq LIMIT ?`,
		[]any{after, limit}, func(scan func(...any) error) error {
			var c jiqiao.Change
			var at int64
			if err := scan(&c.Seq, &c.Kind, &c.ID, &c.Version, &c.Op, &at); err != nil {
				return err
			}
			c.At = fromMicros(at)
			changes = append(changes, c)
			return nil
		})
	return changes, wrap("read changes", err)
}

// LastSeq is the number of the last change, 0 when there is none.
func (s *Store) LastSeq(ctx context.Context) (int64, error) {
	var seq int64
	err := s.reader().row(ctx, `SELECT value FROM counters WHERE name = 'change'`, nil, &seq)
	return seq, wrap("read the last change", err)
}

// Position names the store's present contents in one read: the database's Epoch and its LastSeq.
func (s *Store) Position(ctx context.Context) (epoch string, seq int64, err error) {
	err = s.reader().row(ctx, `SELECT (SELECT value FROM meta WHERE name = 'epoch'), (SELECT value FROM counters WHERE name = 'change')`, nil, &epoch, &seq)
	return epoch, seq, wrap("read the position", err)
}

// pollInterval is how soon a change of another process is seen; those of this one are seen at once. One row by its key
// costs less than a connection kept for LISTEN, and works on both databases.
const pollInterval = 250 * time.Millisecond

// WaitChange returns when there is a change after the number. It returns an error when ctx ends (errors.Is finds
// ctx's error), when the database cannot be asked, and when the store is closed.
func (s *Store) WaitChange(ctx context.Context, after int64) error {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		rung := s.bell.rung()
		last, err := s.LastSeq(ctx)
		if err != nil || last > after {
			return err
		}
		select {
		case <-ctx.Done():
			return wrap("wait for a change", ctx.Err())
		case <-rung:
		case <-tick.C:
		}
	}
}
