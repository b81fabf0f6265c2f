package store

import (
	"context"

	"jiqiao"
)

// keepAnswer keeps what the owner of that side was told, if he had asked: the pair goes on, but not for him. He hears of it
// now, as the decision can no longer be undone.
func (t *tx) keepAnswer(ctx context.Context, c *jiqiao.Candidate, side jiqiao.Kind) error {
	if !c.WishedBy(side) {
		return nil
	}
	_, since := c.Wish(side)
	_, err := t.exec(ctx, `INSERT INTO wish_answers (candidate_id, side, wished_at, answered_at, reason, decision_id) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (candidate_id, side) DO UPDATE SET wished_at = excluded.wished_at, answered_at = excluded.answered_at,
			reason = excluded.reason, decision_id = excluded.decision_id`,
		c.ID, string(side), micros(*since), micros(*c.DecidedAt), clean(c.Reason), c.DecisionID)
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, `UPDATE candidates SET `+string(side)+`_wish = NULL WHERE id = ?`, c.ID); err != nil {
		return err
	}
	return t.enqueue(ctx, jiqiao.NewJob{Kind: jiqiao.JobWishAnswered, Key: c.ID})
}

// WishAnswers are the answers that stand while the candidate goes on for the other side.
func (s *Store) WishAnswers(ctx context.Context, candidate string) ([]jiqiao.WishAnswer, error) {
	all, err := s.reader().wishAnswers(ctx, clean(candidate))
	return all, wrap("read the answers to wishes", err)
}

func (s session) wishAnswers(ctx context.Context, candidate string) ([]jiqiao.WishAnswer, error) {
	var all []jiqiao.WishAnswer
	err := s.each(ctx, `SELECT side, wished_at, answered_at, reason, decision_id FROM wish_answers WHERE candidate_id = ? ORDER BY side`,
		[]any{candidate}, func(scan func(...any) error) error {
			var (
				a                jiqiao.WishAnswer
				wished, answered int64
			)
			err := scan(&a.Side, &wished, &answered, &a.Reason, &a.DecisionID)
			a.WishedAt, a.AnsweredAt = fromMicros(wished), fromMicros(answered)
			all = append(all, a)
			return err
		})
	return all, err
}
