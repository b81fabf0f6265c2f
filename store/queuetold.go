package store

import (
	"context"
	"maps"
	"slices"
	"time"

	"jiqiao"
)

// gathering is how long a broker's new candidates are gathered before one notice tells of all of them.
const gathering = 10 * time.Minute

// tellGiven leaves, for each broker who was given candidates, the job that tells of them. One that waits already is kept
// as it is: it tells of these, too.
func (t *tx) tellGiven(ctx context.Context, given map[string]bool) error {
	var jobs []jiqiao.NewJob
	for _, broker := range slices.Sorted(maps.Keys(given)) {
		jobs = append(jobs, jiqiao.NewJob{
			Kind: jiqiao.JobQueueTold, Key: broker, Payload: jiqiao.QueueTold{Since: t.now}, RunAt: t.now.Add(gathering),
		})
	}
	return t.enqueueAll(ctx, jobs)
}

// NewCandidates counts the open candidates that came into the broker's queue since then, and returns the best of them.
func (s *Store) NewCandidates(ctx context.Context, broker string, since time.Time, limit int) (int, []jiqiao.Candidate, error) {
	const where = `broker = ? AND state = 'open' AND placed_at >= ?`
	var (
		n     int
		found []jiqiao.Candidate
		args  = []any{clean(broker), micros(since)}
	)
	if err := s.reader().row(ctx, `SELECT count(*) FROM candidates WHERE `+where, args, &n); err != nil {
		return 0, nil, wrap("count new candidates", err)
	}
	err := s.reader().each(ctx, `SELECT `+candidateColumns+` FROM candidates WHERE `+where+` ORDER BY score DESC, id LIMIT ?`, append(args, limit),
		func(scan func(...any) error) error {
			c, err := scanCandidate(scan)
			found = append(found, c)
			return err
		})
	return n, found, wrap("list new candidates", err)
}
