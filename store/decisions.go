package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"jiqiao"
)

const decisionPrefix = "d_"

// PutDecision adds a decision and fills ID and DecidedAt. It replaces none: the latest about a pair is the one that
// stands, those before it stay as facts.
func (s *Store) PutDecision(ctx context.Context, d *jiqiao.Decision) error {
	before := *d
	err := s.tx(ctx, "put a decision", func(t *tx) error {
		if err := t.putDecision(ctx, d); err != nil {
			return err
		}
		t.audit(jiqiao.Act{Name: "decision.record", Object: decisionRef(d.ID), After: map[string]any{
			"need": d.NeedID, "achievement": d.AchievementID, "verb": d.Verb, "reason": d.Reason,
		}})
		return nil
	})
	if err != nil {
		*d = before
	}
	return err
}

func decisionRef(id string) jiqiao.Ref { return jiqiao.Ref{Type: "decision", ID: id} }

func (t *tx) putDecision(ctx context.Context, d *jiqiao.Decision) error {
	d.ID, d.DecidedAt, d.WithdrawnAt = t.ids.next(decisionPrefix), t.now, nil
	_, err := t.exec(ctx, `
		INSERT INTO decisions (id, need_id, achievement_id, verb, reason, note, rank, shown, score, level, model, decided_by, decided_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		d.ID, clean(d.NeedID), clean(d.AchievementID), clean(string(d.Verb)), clean(d.Reason), clean(d.Note),
		d.Rank, d.Shown, d.Score, int(d.Level), clean(d.Model), clean(d.By), micros(d.DecidedAt))
	return err
}

// withdrawDecision makes a decision count for nothing any more; it reports whether there is one.
func (t *tx) withdrawDecision(ctx context.Context, id string) (bool, error) {
	n, err := t.exec(ctx, `UPDATE decisions SET withdrawn_at = coalesce(withdrawn_at, ?) WHERE id = ?`, micros(t.now), id)
	return n > 0, err
}

// DeleteDecision withdraws a decision and returns it. Withdrawing it again changes nothing.
func (s *Store) DeleteDecision(ctx context.Context, id string) (jiqiao.Decision, error) {
	if !hasShape(id, decisionPrefix) {
		return jiqiao.Decision{}, notFound("这项决定")
	}
	err := s.tx(ctx, "withdraw a decision", func(t *tx) error {
		there, err := t.withdrawDecision(ctx, id)
		if err == nil && !there {
			return notFound("这项决定")
		}
		t.audit(jiqiao.Act{Name: "decision.withdraw", Object: decisionRef(id)})
		return err
	})
	if err != nil {
		return jiqiao.Decision{}, err
	}
	found, err := s.reader().decisions(ctx, `id = ?`, id)
	if err != nil {
		return jiqiao.Decision{}, wrap("read a withdrawn decision", err)
	}
	if len(found) == 0 {
		return jiqiao.Decision{}, notFound("这项决定")
	}
	return found[0], nil
}

// Decision returns the decision, withdrawn or not; CodeNotFound when there is none.
func (s *Store) Decision(ctx context.Context, id string) (jiqiao.Decision, error) {
	if !hasShape(id, decisionPrefix) {
		return jiqiao.Decision{}, notFound("这项决定")
	}
	found, err := s.reader().decisions(ctx, `id = ?`, id)
	if err != nil {
		return jiqiao.Decision{}, wrap("get a decision", err)
	}
	if len(found) == 0 {
		return jiqiao.Decision{}, notFound("这项决定")
	}
	return found[0], nil
}

// Decisions returns a page of decisions with the number of all that q finds.
func (s *Store) Decisions(ctx context.Context, q jiqiao.DecisionQuery) (jiqiao.DecisionPage, error) {
	if err := goodCursor(q.Cursor, decisionPrefix); err != nil {
		return jiqiao.DecisionPage{}, err
	}
	q.Limit = pageSize(q.Limit)
	where, args := decisionFilter(q)
	var page jiqiao.DecisionPage
	if err := s.reader().row(ctx, `SELECT count(*) FROM decisions WHERE `+where, args, &page.Total); err != nil {
		return jiqiao.DecisionPage{}, wrap("count decisions", err)
	}
	after, order := ` AND id < ?`, ` ORDER BY id DESC LIMIT ?`
	if q.Oldest {
		after, order = ` AND id > ?`, ` ORDER BY id LIMIT ?`
	}
	if q.Cursor != "" {
		where, args = where+after, append(args, q.Cursor)
	}
	found, err := s.reader().decisions(ctx, where+order, append(args, q.Limit+1)...)
	if err != nil {
		return jiqiao.DecisionPage{}, wrap("list decisions", err)
	}
	if len(found) > q.Limit {
		found = found[:q.Limit]
		page.Next = found[q.Limit-1].ID
	}
	page.Decisions = found
	return page, nil
}

func decisionFilter(q jiqiao.DecisionQuery) (where string, args []any) {
	where = `1 = 1`
	if !q.Withdrawn {
		where += ` AND withdrawn_at IS NULL`
	}
	for _, part := range []struct{ column, value string }{
		{"need_id", q.NeedID}, {"achievement_id", q.AchievementID}, {"verb", string(q.Verb)},
		{"reason", q.Reason}, {"decided_by", q.By},
	} {
		if part.value != "" {
			where, args = where+` AND `+part.column+` = ?`, append(args, clean(part.value))
		}
	}
	if !q.From.IsZero() {
		where, args = where+` AND decided_at >= ?`, append(args, micros(q.From))
	}
	if !q.Until.IsZero() {
		where, args = where+` AND decided_at < ?`, append(args, micros(q.Until))
	}
	return where, args
}

// StandingDecisions returns, for the record, the latest decision about each of its pairs that was not withdrawn, by the
// other side's id.
func (s *Store) StandingDecisions(ctx context.Context, kind jiqiao.Kind, id string) (map[string]jiqiao.Decision, error) {
	column, other := "achievement_id", func(d jiqiao.Decision) string { return d.NeedID }
	if kind == jiqiao.KindNeed {
		column, other = "need_id", func(d jiqiao.Decision) string { return d.AchievementID }
	}
	found, err := s.reader().decisions(ctx, column+` = ? AND withdrawn_at IS NULL ORDER BY id`, clean(id))
	if err != nil {
		return nil, wrap("read the decisions of a record", err)
	}
	standing := make(map[string]jiqiao.Decision, len(found))
	for _, d := range found {
		standing[other(d)] = d
	}
	return standing, nil
}

func (s session) decisions(ctx context.Context, where string, args ...any) ([]jiqiao.Decision, error) {
	var found []jiqiao.Decision
	query := `SELECT id, need_id, achievement_id, verb, reason, note, rank, shown, score, level, model, decided_by, decided_at,
		withdrawn_at FROM decisions WHERE ` + where
	err := s.each(ctx, query, args, func(scan func(...any) error) error {
		var (
			d         jiqiao.Decision
			at        int64
			withdrawn *int64
		)
		err := scan(&d.ID, &d.NeedID, &d.AchievementID, &d.Verb, &d.Reason, &d.Note, &d.Rank, &d.Shown, &d.Score, &d.Level,
			&d.Model, &d.By, &at, &withdrawn)
		if err != nil {
			return err
		}
		d.DecidedAt, d.WithdrawnAt = fromMicros(at), fromMicrosOrNil(withdrawn)
		found = append(found, d)
		return nil
	})
	return found, err
}

// SaveImpressions notes what was shown. The same list shown to the same broker again is counted, not kept twice. Times
// and ShownAt of the given ones are not read.
func (s *Store) SaveImpressions(ctx context.Context, shown []jiqiao.Impression) error {
	return s.tx(ctx, "save impressions", func(t *tx) error {
		for _, i := range shown {
			_, err := t.exec(ctx, `
				INSERT INTO impressions (id, kind, subject_id, first_rank, ids, model, shown_to, shown_at, times)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)
				ON CONFLICT (id) DO UPDATE SET shown_at = excluded.shown_at, times = impressions.times + 1`,
				impressionID(i), clean(string(i.Kind)), clean(i.SubjectID), i.First, clean(strings.Join(i.IDs, " ")),
				clean(i.Model), clean(i.By), micros(t.now))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// impressionID names what was shown to whom.
func impressionID(i jiqiao.Impression) string {
	sum := sha256.New()
	for _, part := range append([]string{string(i.Kind), i.SubjectID, strconv.Itoa(i.First), i.Model, i.By}, i.IDs...) {
		sum.Write([]byte(part + "\x00"))
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

// EachImpression calls fn for what was shown since, in the order of showing. It stops at fn's first error and returns
// it as it is.
func (s *Store) EachImpression(ctx context.Context, since time.Time, fn func(jiqiao.Impression) error) error {
	var stopped error
	query := `SELECT kind, subject_id, first_rank, ids, model, shown_to, shown_at, times FROM impressions WHERE shown_at >= ?
		ORDER BY shown_at, id`
	err := s.reader().each(ctx, query, []any{micros(since)}, func(scan func(...any) error) error {
		var (
			i   jiqiao.Impression
			ids string
			at  int64
		)
		if err := scan(&i.Kind, &i.SubjectID, &i.First, &ids, &i.Model, &i.By, &at, &i.Times); err != nil {
			return err
		}
		i.IDs, i.ShownAt = strings.Fields(ids), fromMicros(at)
		stopped = fn(i)
		return stopped
	})
	if stopped != nil {
		return stopped
	}
	return wrap("read impressions", err)
}

// PruneImpressions forgets what was last shown before the first moment, and what was last shown before the second and
// never decided on by whom it was shown to: programs that read lists by the thousand leave nothing to learn from. It says
// how many rows went.
func (s *Store) PruneImpressions(ctx context.Context, before, undecided time.Time) (int, error) {
	var gone int64
	err := s.tx(ctx, "prune impressions", func(t *tx) (err error) {
		gone, err = t.exec(ctx, `
			DELETE FROM impressions WHERE shown_at < ? OR shown_at < ?
				AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.need_id = impressions.subject_id AND d.decided_by = impressions.shown_to)
				AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.achievement_id = impressions.subject_id AND d.decided_by = impressions.shown_to)`,
			micros(before), micros(undecided))
		return err
	})
	return int(gone), err
}
