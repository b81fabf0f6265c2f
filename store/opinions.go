package store

import (
	"context"
	"time"

	"jiqiao"
)

// askOpinion shows a decided candidate to a second broker.
func (t *tx) askOpinion(ctx context.Context, c *jiqiao.Candidate, second string) error {
	verb := jiqiao.QueueAccept
	if c.State == jiqiao.CandidateRejected {
		verb = jiqiao.QueueReject
	}
	_, err := t.exec(ctx, `
		INSERT INTO second_opinions (candidate_id, user_id, first_user, first_verb, fields, asked_at, verb, reason, note)
		VALUES (?, ?, ?, ?, ?, ?, '', '', '') ON CONFLICT (candidate_id) DO NOTHING`,
		c.ID, clean(second), clean(c.DecidedBy), string(verb), joinFields(c.Fields), micros(t.now))
	t.tell(jiqiao.Event{Topic: "queue", Object: jiqiao.Ref{Type: "opinion", ID: c.ID}, Users: []string{second}})
	return err
}

// SecondOpinions lists what waits for the account's opinion, oldest first, blind: nothing in them tells the decision.
func (s *Store) SecondOpinions(ctx context.Context, user string, limit int) ([]jiqiao.SecondOpinion, error) {
	found := []jiqiao.SecondOpinion{}
	err := s.opinions(ctx, `o.user_id = ? AND o.verb = '' ORDER BY o.asked_at, c.id LIMIT ?`, []any{clean(user), limit}, func(o jiqiao.SecondOpinion) {
		found = append(found, o)
	})
	return found, wrap("list second opinions", err)
}

// SecondOpinion returns the account's, given or not; CodeNotFound when it was not asked.
func (s *Store) SecondOpinion(ctx context.Context, user, candidateID string) (jiqiao.SecondOpinion, error) {
	var found []jiqiao.SecondOpinion
	err := s.opinions(ctx, `o.user_id = ? AND o.candidate_id = ?`, []any{clean(user), clean(candidateID)}, func(o jiqiao.SecondOpinion) {
		found = append(found, o)
	})
	if err != nil {
		return jiqiao.SecondOpinion{}, wrap("get a second opinion", err)
	}
	if len(found) == 0 {
		return jiqiao.SecondOpinion{}, notFound(candidateLabel)
	}
	return found[0], nil
}

func (s *Store) opinions(ctx context.Context, where string, args []any, fn func(jiqiao.SecondOpinion)) error {
	query := `SELECT o.user_id, o.asked_at, o.verb, o.reason, o.note, o.given_at, c.* FROM second_opinions o
		JOIN (SELECT ` + candidateColumns + ` FROM candidates) c ON c.id = o.candidate_id WHERE ` + where
	return s.reader().each(ctx, query, args, func(scan func(...any) error) error {
		var (
			o     jiqiao.SecondOpinion
			asked int64
			given *int64
			verb  string
		)
		c, err := scanCandidate(scan, &o.User, &asked, &verb, &o.Reason, &o.Note, &given)
		if err != nil {
			return err
		}
		o.CandidateID, o.Candidate, o.Verb = c.ID, blind(c), jiqiao.QueueVerb(verb)
		o.AskedAt, o.GivenAt = fromMicros(asked), fromMicrosOrNil(given)
		fn(o)
		return nil
	})
}

// blind leaves out of a candidate what tells who decided, and how.
func blind(c jiqiao.Candidate) jiqiao.Candidate {
	return jiqiao.Candidate{
		ID: c.ID, NeedID: c.NeedID, AchievementID: c.AchievementID, Need: c.Need, Achievement: c.Achievement,
		Enterprise: c.Enterprise, Organisation: c.Organisation, Fields: c.Fields, Region: c.Region,
		Score: c.Score, Level: c.Level, LevelLabel: c.LevelLabel, Probabilities: c.Probabilities, Model: c.Model, Source: c.Source,
		State: jiqiao.CandidateOpen, StateLabel: jiqiao.CandidateOpen.Label(),
		QueuedAt: c.QueuedAt, DueAt: c.DueAt, CreatedAt: c.CreatedAt, UpdatedAt: c.CreatedAt,
	}
}

// GiveOpinion keeps a second opinion. It cannot be changed: the same once more does nothing, another is CodeConflict.
func (s *Store) GiveOpinion(ctx context.Context, user string, d jiqiao.QueueDecision) error {
	return s.tx(ctx, "give a second opinion", func(t *tx) error {
		if !hasShape(d.CandidateID, candidatePrefix) {
			return notFound(candidateLabel)
		}
		n, err := t.exec(ctx, `UPDATE second_opinions SET verb = ?, reason = ?, note = ?, given_at = ? WHERE candidate_id = ? AND user_id = ? AND verb = ''`,
			string(d.Verb), clean(d.Reason), clean(d.Note), micros(t.now), d.CandidateID, clean(user))
		if err != nil {
			return err
		}
		if n == 0 {
			return t.opinionAgain(ctx, user, d)
		}
		t.audit(jiqiao.Act{Name: "candidate.second", Object: jiqiao.Ref{Type: "candidate", ID: d.CandidateID}, After: map[string]any{"verb": d.Verb, "reason": d.Reason}})
		t.tell(jiqiao.Event{Topic: "queue", Object: jiqiao.Ref{Type: "opinion", ID: d.CandidateID}, Users: []string{user}})
		return nil
	})
}

func (t *tx) opinionAgain(ctx context.Context, user string, d jiqiao.QueueDecision) error {
	given, err := t.texts(ctx, `SELECT verb FROM second_opinions WHERE candidate_id = ? AND user_id = ?`, d.CandidateID, clean(user))
	switch {
	case err != nil:
		return err
	case len(given) == 0:
		return notFound(candidateLabel)
	case given[0] == string(d.Verb):
		return nil
	}
	return jiqiao.Fail(jiqiao.CodeConflict, "您已经给出过意见，不能再改", nil)
}

// EachOpinionPair calls fn for every decision that has a second opinion, within the region; "" is everywhere.
func (s *Store) EachOpinionPair(ctx context.Context, region string, since time.Time, fn func(jiqiao.OpinionPair)) error {
	where, args := `o.verb <> '' AND o.given_at >= ?`, []any{micros(since)}
	if region != "" {
		low, high := regionRange(region)
		where, args = where+` AND (c.region = '' OR c.region >= ? AND c.region < ?)`, append(args, low, high)
	}
	err := s.reader().each(ctx, `SELECT o.first_verb, o.verb, o.fields FROM second_opinions o JOIN candidates c ON c.id = o.candidate_id
		WHERE `+where, args, func(scan func(...any) error) error {
		var p jiqiao.OpinionPair
		var fields string
		if err := scan(&p.First, &p.Second, &fields); err != nil {
			return err
		}
		p.Fields = splitFields(fields)
		fn(p)
		return nil
	})
	return wrap("read second opinions", err)
}
