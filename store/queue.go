package store

import (
	"context"
	"slices"
	"time"

	"jiqiao"
)

// reached locks a candidate within the scope; others are not found.
func (t *tx) reached(ctx context.Context, scope jiqiao.QueueScope, id string) (jiqiao.Candidate, error) {
	c, err := t.lockCandidate(ctx, id)
	if err == nil && !scope.Reaches(&c) {
		return jiqiao.Candidate{}, notFound(candidateLabel)
	}
	return c, err
}

// nameOf is a name for a message, whoever it is.
func nameOf(by jiqiao.Deciding, user string) string {
	if by.Name != nil {
		if name := by.Name(user); name != "" {
			return "「" + name + "」"
		}
	}
	return "另一位技术经理人"
}

// free refuses a candidate that someone else is looking at.
func free(by jiqiao.Deciding, c *jiqiao.Candidate) error {
	if c.Lease == nil || c.Lease.User == by.User {
		return nil
	}
	return jiqiao.Fail(jiqiao.CodeConflict, nameOf(by, c.Lease.User)+"正在处理这条候选，请稍后再看或先与对方沟通", nil)
}

// LeaseCandidate lets others know that the account looks at the candidate until the moment. CodeConflict names who does
// so already. A moment that has passed gives the lease back.
func (s *Store) LeaseCandidate(ctx context.Context, by jiqiao.Deciding, id string, until time.Time) (jiqiao.Candidate, error) {
	var c jiqiao.Candidate
	err := s.tx(ctx, "lease a candidate", func(t *tx) (err error) {
		if c, err = t.reached(ctx, by.Scope, id); err != nil {
			return err
		}
		back := !until.After(t.now)
		if err := free(by, &c); err != nil {
			if back {
				return nil // it is not theirs to give
			}
			return err
		}
		had := c.Lease != nil
		user, at := by.User, micros(until)
		c.Lease = &jiqiao.Lease{User: by.User, Until: fromMicros(at)}
		if back {
			user, at, c.Lease = "", 0, nil
		}
		// No new version: who decides meanwhile has nothing to read again.
		if _, err := t.exec(ctx, `UPDATE candidates SET lease_user = ?, lease_until = ? WHERE id = ?`, clean(user), at, c.ID); err != nil {
			return err
		}
		if had == back { // not for each renewal
			t.tellDesks(&c)
		}
		return nil
	})
	return c, err
}

// DecideCandidates decides on several candidates in one transaction. What is wrong with one is its result's Error and
// does nothing to the others; an error is for all. The decisions go the way of all decisions: they teach the ranker.
func (s *Store) DecideCandidates(ctx context.Context, by jiqiao.Deciding, decisions []jiqiao.QueueDecision) ([]jiqiao.QueueResult, error) {
	results := make([]jiqiao.QueueResult, len(decisions))
	// Rows are locked in the order of their ids, so that two who decide on the same ones do not wait for each other.
	order := make([]int, len(decisions))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch x, y := decisions[a].CandidateID, decisions[b].CandidateID; {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	err := s.tx(ctx, "decide on candidates", func(t *tx) error {
		for _, i := range order {
			d := &decisions[i]
			results[i] = jiqiao.QueueResult{CandidateID: d.CandidateID}
			c, err := t.decide(ctx, by, d)
			if told, ok := refused(err); ok {
				results[i].Error = told
				continue
			}
			if err != nil {
				return err
			}
			results[i].Candidate = &c
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

// refused is what is wrong with one candidate alone. Every such error is found before anything of it is written.
func refused(err error) (*jiqiao.Error, bool) {
	switch jiqiao.CodeOf(err) {
	case jiqiao.CodeNotFound, jiqiao.CodeConflict, jiqiao.CodeInvalid, jiqiao.CodeForbidden:
		told, ok := err.(*jiqiao.Error) //nolint:errorlint // the checks below return it bare
		return told, ok
	}
	return nil, false
}

// decide writes one decision, or says why not. The same decision once more, by the same person, changes nothing: it is a
// double click or a retry.
func (t *tx) decide(ctx context.Context, by jiqiao.Deciding, d *jiqiao.QueueDecision) (jiqiao.Candidate, error) {
	c, err := t.reached(ctx, by.Scope, d.CandidateID)
	if err != nil {
		return c, err
	}
	became := stateAfter(d.Verb)
	if c.State == became && c.DecidedBy == by.User && c.Reason == d.Reason && c.DeferUntil == d.Until {
		return c, nil
	}
	if err := decidable(by, &c); err != nil {
		return c, err
	}
	before := c.State
	if err := t.dropQuestions(ctx, &c); err != nil {
		return c, err
	}
	made := jiqiao.Decision{
		NeedID: c.NeedID, AchievementID: c.AchievementID, Verb: d.Verb.Verb(), Reason: d.Reason, Note: d.Note,
		Score: min(1, max(0, c.Score)), Level: c.Level, Model: c.Model, By: by.User,
	}
	if err := t.putDecision(ctx, &made); err != nil {
		return c, err
	}
	now := t.now
	c.State, c.DecidedAt, c.DecidedBy, c.Reason, c.Note, c.DecisionID = became, &now, by.User, d.Reason, d.Note, made.ID
	c.DeferUntil, c.Lease = d.Until, nil
	if err := t.saveCandidate(ctx, &c); err != nil {
		return c, err
	}
	return c, t.follow(ctx, by, &c, before)
}

func stateAfter(v jiqiao.QueueVerb) jiqiao.CandidateState {
	switch v {
	case jiqiao.QueueAccept:
		return jiqiao.CandidateAccepted
	case jiqiao.QueueReject:
		return jiqiao.CandidateRejected
	default:
		return jiqiao.CandidateDeferred
	}
}

func decidable(by jiqiao.Deciding, c *jiqiao.Candidate) error {
	switch {
	case c.State.Decided() && c.DecidedBy == by.User:
		return jiqiao.Fail(jiqiao.CodeConflict, "您已经决定过这条候选（"+c.State.Label()+"）；要改变决定，请先撤销", nil)
	case c.State.Decided():
		return jiqiao.Fail(jiqiao.CodeConflict, nameOf(by, c.DecidedBy)+"已经处理了这条候选（"+c.State.Label()+"），请刷新队列", nil)
	case !c.State.Undecided():
		return jiqiao.Fail(jiqiao.CodeConflict, "这条候选已失效：需求或成果不再发布，请刷新队列", nil)
	}
	return free(by, c)
}

// follow does what a decision brings with it: history, audit, the introduction, a second opinion.
func (t *tx) follow(ctx context.Context, by jiqiao.Deciding, c *jiqiao.Candidate, before jiqiao.CandidateState) error {
	err := t.note(ctx, jiqiao.CandidateAct{CandidateID: c.ID, User: by.User, Act: string(c.State), Reason: c.Reason, Note: c.Note})
	if err != nil {
		return err
	}
	t.audit(jiqiao.Act{
		Name: "candidate." + actOf(c.State), Object: jiqiao.Ref{Type: "candidate", ID: c.ID},
		Before: map[string]any{"state": before}, After: map[string]any{"state": c.State, "reason": c.Reason, "decision": c.DecisionID},
	})
	t.tellQueue(c, by.User)
	if c.State == jiqiao.CandidateAccepted {
		err := t.enqueue(ctx, jiqiao.NewJob{Kind: jiqiao.JobIntroduce, Key: c.ID, Payload: map[string]string{"candidate_id": c.ID}, RunAt: by.IntroduceAt})
		if err != nil {
			return err
		}
	}
	if c.State == jiqiao.CandidateRejected && c.Wished() {
		// As late as an invitation would be: until then it can be thought over.
		if err := t.enqueue(ctx, jiqiao.NewJob{Kind: jiqiao.JobWishAnswered, Key: c.ID, RunAt: by.IntroduceAt}); err != nil {
			return err
		}
	}
	if !c.State.Decided() || by.Second == nil {
		return nil
	}
	if second := by.Second(c); second != "" {
		return t.askOpinion(ctx, c, second)
	}
	return nil
}

func actOf(s jiqiao.CandidateState) string {
	switch s {
	case jiqiao.CandidateAccepted:
		return "accept"
	case jiqiao.CandidateRejected:
		return "reject"
	default:
		return "defer"
	}
}

// UndoCandidate takes a decision back that was made since the moment, by the one who made it or by whoever reaches all.
// What an introduction was made of stays.
func (s *Store) UndoCandidate(ctx context.Context, by jiqiao.Deciding, id string, since time.Time) (jiqiao.Candidate, error) {
	var c jiqiao.Candidate
	err := s.tx(ctx, "undo a decision", func(t *tx) (err error) {
		if c, err = t.reached(ctx, by.Scope, id); err != nil {
			return err
		}
		if err := undoable(by, &c, since); err != nil {
			return err
		}
		before := c.State
		if _, err := t.withdrawDecision(ctx, c.DecisionID); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `DELETE FROM second_opinions WHERE candidate_id = ?`, c.ID); err != nil {
			return err
		}
		// Else what follows the next decision would follow at the time of this one, before it can be thought over.
		_, err = t.exec(ctx, `DELETE FROM jobs WHERE kind IN (?, ?) AND key = ? AND state = 'waiting'`,
			jiqiao.JobIntroduce, jiqiao.JobWishAnswered, c.ID)
		if err != nil {
			return err
		}
		withdrawn := c.DecisionID
		c.State, c.DecidedAt, c.DecidedBy, c.Reason, c.Note, c.DecisionID, c.DeferUntil = jiqiao.CandidateOpen, nil, "", "", "", "", ""
		if err := t.saveCandidate(ctx, &c); err != nil {
			return err
		}
		if err := t.note(ctx, jiqiao.CandidateAct{CandidateID: c.ID, User: by.User, Act: "undone"}); err != nil {
			return err
		}
		t.audit(jiqiao.Act{
			Name: "candidate.undo", Object: jiqiao.Ref{Type: "candidate", ID: c.ID},
			Before: map[string]any{"state": before, "decision": withdrawn}, After: map[string]any{"state": c.State},
		})
		t.tellQueue(&c, by.User)
		return nil
	})
	return c, err
}

func undoable(by jiqiao.Deciding, c *jiqiao.Candidate, since time.Time) error {
	switch {
	case c.DecisionID == "" || !c.State.Decided() && c.State != jiqiao.CandidateDeferred:
		return jiqiao.Fail(jiqiao.CodeConflict, "这条候选没有可以撤销的决定，请刷新队列", nil)
	case c.DecidedBy != by.User && !by.Scope.All:
		return jiqiao.Fail(jiqiao.CodeConflict, "这是"+nameOf(by, c.DecidedBy)+"的决定，请由本人撤销", nil)
	case c.IntroductionID != "":
		return jiqiao.Fail(jiqiao.CodeConflict, "已经据此向双方发出邀请，不能再撤销；请到对接里终止", nil)
	case c.DecidedAt != nil && c.DecidedAt.Before(since):
		return jiqiao.Fail(jiqiao.CodeConflict, "已经过了可以撤销的时间", nil)
	}
	return nil
}

// introducedCandidate notes in the introduction's own transaction what became of an accepted candidate. CodeConflict says
// that it is no longer accepted, or was introduced already.
func (t *tx) introducedCandidate(ctx context.Context, candidateID, introductionID string) error {
	c, err := t.lockCandidate(ctx, candidateID)
	if err != nil {
		return err
	}
	if c.State != jiqiao.CandidateAccepted || c.IntroductionID != "" && c.IntroductionID != introductionID {
		return jiqiao.Fail(jiqiao.CodeConflict, "这条候选的采纳已撤销，或已建立对接", nil)
	}
	c.IntroductionID = introductionID
	t.tellQueue(&c)
	return t.saveCandidate(ctx, &c)
}

// HandCandidate gives an undecided candidate to another broker, within the limits that count since week.
func (s *Store) HandCandidate(ctx context.Context, by jiqiao.Deciding, id string, to jiqiao.Broker, note string, week time.Time, limits jiqiao.QueueLimits) (jiqiao.Candidate, error) {
	var c jiqiao.Candidate
	err := s.tx(ctx, "hand a candidate over", func(t *tx) (err error) {
		p, err := t.placing(ctx, week)
		if err != nil {
			return err
		}
		if c, err = t.reached(ctx, by.Scope, id); err != nil {
			return err
		}
		from := c.Broker
		switch {
		case from == to.ID:
			return jiqiao.Fail(jiqiao.CodeConflict, "这条候选已经在"+nameOf(by, to.ID)+"的队列里", nil)
		case p.Left(to.ID, limits) == 0:
			return jiqiao.Fail(jiqiao.CodeConflict, nameOf(by, to.ID)+"的在办件或本周名额已满，请交给别人，或先调整名额", nil)
		case !c.State.Undecided():
			return jiqiao.Fail(jiqiao.CodeConflict, "这条候选已经处理（"+c.State.Label()+"），不能再移交", nil)
		}
		if err := free(by, &c); err != nil && !by.Scope.All {
			return err
		}
		c.Broker, c.Agency, c.Waiting, c.Lease = to.ID, to.Organisation, "", nil
		if err := t.saveCandidate(ctx, &c); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `UPDATE candidates SET placed_at = ? WHERE id = ?`, t.placedAt(&c), c.ID); err != nil {
			return err
		}
		return t.handed(ctx, by, &c, from, note)
	})
	return c, err
}

func (t *tx) handed(ctx context.Context, by jiqiao.Deciding, c *jiqiao.Candidate, from, note string) error {
	err := t.note(ctx, jiqiao.CandidateAct{CandidateID: c.ID, User: by.User, Act: "handed", From: from, To: c.Broker, Note: note})
	if err != nil {
		return err
	}
	// Open questions are answered to whoever has the candidate.
	if _, err := t.exec(ctx, `UPDATE questions SET broker = ? WHERE candidate_id = ? AND state = 'open'`, c.Broker, c.ID); err != nil {
		return err
	}
	t.audit(jiqiao.Act{
		Name: "candidate.hand", Object: jiqiao.Ref{Type: "candidate", ID: c.ID},
		Before: map[string]string{"broker": from}, After: map[string]string{"broker": c.Broker},
	})
	t.tellQueue(c, from)
	return t.notify(ctx, jiqiao.Notice{
		Template: "candidate.handed", Users: []string{c.Broker}, Object: jiqiao.Ref{Type: "candidate", ID: c.ID},
		Data: map[string]string{"need": c.Need, "achievement": c.Achievement, "note": note},
	})
}
