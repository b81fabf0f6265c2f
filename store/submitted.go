package store

import (
	"context"
	"time"

	"jiqiao"
)

// reviewGathering is how long what is submitted, or approved, is gathered before one notice tells of all of it: an import
// submits hundreds, in many transactions, and they are approved together.
const reviewGathering = 2 * time.Minute

// tellSubmitted leaves the job that tells the operators of what this transaction laid before them. One that waits already is
// kept as it is: it tells of this, too. An operator who enters something for review knows.
func (t *logTx) tellSubmitted(ctx context.Context) error {
	submitted := t.submitted
	t.submitted = false
	if !submitted || jiqiao.OriginOf(ctx).Role == jiqiao.RoleOperator {
		return nil
	}
	return t.enqueue(ctx, jiqiao.NewJob{
		Kind: jiqiao.JobReviewsTold, Key: "operators", Payload: jiqiao.QueueTold{Since: t.now}, RunAt: t.now.Add(reviewGathering),
	})
}

// tellApproved leaves the job that tells the organisation which of its records were approved, those without a remark: a
// remark is told by itself.
func (t *tx) tellApproved(ctx context.Context, organisation string) error {
	return t.enqueue(ctx, jiqiao.NewJob{
		Kind: jiqiao.JobApprovedTold, Key: organisation, Payload: jiqiao.QueueTold{Since: t.now}, RunAt: t.now.Add(reviewGathering),
	})
}

// ApprovedSince counts the organisation's reviews that were approved without a remark since then, and returns the first.
func (s *Store) ApprovedSince(ctx context.Context, organisation string, since time.Time, limit int) (int, []jiqiao.Review, error) {
	const where = `v.state = 'approved' AND v.decided_at >= ? AND v.note = '' AND v.comments = ''
		AND EXISTS (SELECT 1 FROM records o WHERE o.id = v.record_id AND o.owner_id = ? AND o.deleted_at IS NULL)`
	args := []any{micros(since), clean(organisation)}
	var n int
	if err := s.reader().row(ctx, `SELECT count(*) FROM reviews v WHERE `+where, args, &n); err != nil {
		return 0, nil, wrap("count what was approved", err)
	}
	found, err := s.reader().reviews(ctx, where+` ORDER BY v.id LIMIT ?`, append(args, limit))
	return n, found, wrap("list what was approved", err)
}
