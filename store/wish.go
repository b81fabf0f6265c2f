package store

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"jiqiao"
)

// Wish notes that an owner asks for an introduction. c is the pair's candidate as it is described and scored now: it comes
// into the queues if it is not there, and back into them if it had expired or was turned down before anybody asked. To
// ask again changes nothing. CodeConflict says why there is nothing to ask for. week is when the week began that place
// counts.
func (s *Store) Wish(ctx context.Context, w jiqiao.Wish, c jiqiao.Candidate, week time.Time, place jiqiao.Place) (jiqiao.Candidate, error) {
	var wished jiqiao.Candidate
	err := s.tx(ctx, "ask for an introduction", func(t *tx) error {
		p, err := t.placing(ctx, week)
		if err != nil {
			return err
		}
		wished, err = t.wish(ctx, &w, c, p, place)
		return err // of a wish the broker hears by itself
	})
	return wished, err
}

func (t *tx) wish(ctx context.Context, w *jiqiao.Wish, c jiqiao.Candidate, p *jiqiao.Placing, place jiqiao.Place) (jiqiao.Candidate, error) {
	known, err := t.knownPairs(ctx, []jiqiao.Candidate{c})
	if err != nil {
		return c, err
	}
	id := known[pairOf(&c)]
	c.Source = jiqiao.SourceWish
	var old jiqiao.Candidate
	if id != "" {
		if old, err = t.lockCandidate(ctx, id); err != nil {
			return c, err
		}
		if old.State.Undecided() && old.WishedBy(w.Side) {
			return old, nil
		}
		if err := t.askable(ctx, w, &old); err != nil {
			return c, err
		}
		if old.State.Undecided() {
			c.Source = old.Source // it is there without the wish, too
		}
	}
	if err := t.roomToWish(ctx, w, &c); err != nil {
		return c, err
	}
	// From here on the pair is handled like a match that was found; one that was turned down is looked at again.
	if err := t.reconsider(ctx, &old, w.Side); err != nil {
		return c, err
	}
	if err := t.fillOne(ctx, &c, id, p, place, &jiqiao.Filled{}); err != nil {
		return c, err
	}
	return t.noteWish(ctx, w, &c)
}

// reconsider makes a candidate that was turned down one that can come into the queues again, since the owner of that side
// asks. What would still follow from that decision does not, the next one brings its own; but who had asked has his answer.
func (t *tx) reconsider(ctx context.Context, c *jiqiao.Candidate, side jiqiao.Kind) error {
	if c.State != jiqiao.CandidateRejected {
		return nil
	}
	if _, err := t.exec(ctx, `UPDATE candidates SET state = 'expired' WHERE id = ?`, c.ID); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `DELETE FROM second_opinions WHERE candidate_id = ? AND verb = ''`, c.ID); err != nil {
		return err
	}
	if err := t.dropJob(ctx, jiqiao.JobWishAnswered, c.ID); err != nil {
		return err
	}
	return t.keepAnswer(ctx, c, side.Other())
}

// dropJob takes back what was to be done later.
func (t *tx) dropJob(ctx context.Context, kind, key string) error {
	_, err := t.exec(ctx, `DELETE FROM jobs WHERE kind = ? AND key = ? AND state = 'waiting'`, kind, key)
	return err
}

// askable says why nothing can be asked for; nil where it can.
func (t *tx) askable(ctx context.Context, w *jiqiao.Wish, c *jiqiao.Candidate) error {
	switch {
	case c.State == jiqiao.CandidateAccepted && c.IntroductionID == "":
		return jiqiao.Fail(jiqiao.CodeConflict, "技术经理人已经采纳这一对，给双方的邀请即将发出，不需要再申请", nil)
	case c.State == jiqiao.CandidateAccepted:
		return jiqiao.Fail(jiqiao.CodeConflict, "这一对已经对接过，请在「对接」中查看", nil)
	case c.State == jiqiao.CandidateRejected && c.WishedBy(w.Side):
		return answeredAlready(w, *c.DecidedAt, c.Reason)
	}
	kept, err := t.wishAnswers(ctx, c.ID)
	if err != nil {
		return err
	}
	for _, a := range kept {
		if a.Side == w.Side {
			return answeredAlready(w, a.AnsweredAt, a.Reason)
		}
	}
	return nil
}

// answeredAlready refuses a wish that was turned down, unless one of the records was changed since.
func answeredAlready(w *jiqiao.Wish, at time.Time, reason string) error {
	if w.Changed.After(at) {
		return nil
	}
	return jiqiao.Fail(jiqiao.CodeConflict,
		"技术经理人已经答复：暂不合适，原因是「"+jiqiao.CodeLabel("rejection", reason)+"」。补充或修改材料之后可以再次申请", nil)
}

// roomToWish refuses a wish for a pair that is being introduced, and one too many of a record.
func (t *tx) roomToWish(ctx context.Context, w *jiqiao.Wish, c *jiqiao.Candidate) error {
	talks, waiting := 0, 0
	err := t.row(ctx, `SELECT count(*) FROM introductions WHERE need_id = ? AND achievement_id = ? AND state IN ('invited', 'interested')`,
		[]any{clean(c.NeedID), clean(c.AchievementID)}, &talks)
	if err != nil {
		return err
	}
	if talks > 0 {
		return jiqiao.Fail(jiqiao.CodeConflict, "这一对正在对接，请在「对接」中查看", nil)
	}
	column, wish := `achievement_id`, `achievement_wish`
	if w.Side == jiqiao.KindNeed {
		column, wish = `need_id`, `need_wish`
	}
	err = t.row(ctx, `SELECT count(*) FROM candidates WHERE `+column+` = ? AND `+wish+` IS NOT NULL AND state IN ('open', 'asked', 'deferred')`,
		[]any{clean(recordOf(w.Side, c))}, &waiting)
	if err != nil {
		return err
	}
	if waiting >= jiqiao.MaxWishes {
		return jiqiao.Fail(jiqiao.CodeConflict, "这条"+w.Side.Label()+"已有 "+strconv.Itoa(waiting)+" 项对接申请在等技术经理人处理，请等待答复，或先撤回不急的", nil)
	}
	return nil
}

// wishStands is how long a wish stands before its broker is told: it may be taken back at once.
const wishStands = 5 * time.Minute

// noteWish writes the wish into the candidate of the pair, which is in the queues. Its broker is told a little later.
func (t *tx) noteWish(ctx context.Context, w *jiqiao.Wish, pair *jiqiao.Candidate) (jiqiao.Candidate, error) {
	c, err := t.oneCandidate(ctx, `need_id = ? AND achievement_id = ?`, clean(pair.NeedID), clean(pair.AchievementID))
	if err != nil {
		return c, err
	}
	now := t.now
	c.SetWish(w.Side, &now)
	if c.State == jiqiao.CandidateDeferred {
		c.State, c.DueAt, c.DeferUntil = jiqiao.CandidateOpen, w.DueAt, ""
	}
	if err := t.saveCandidate(ctx, &c); err != nil {
		return c, err
	}
	if _, err := t.exec(ctx, `DELETE FROM wish_answers WHERE candidate_id = ? AND side = ?`, c.ID, string(w.Side)); err != nil {
		return c, err
	}
	err = t.note(ctx, jiqiao.CandidateAct{CandidateID: c.ID, User: w.User, Act: "wished", From: w.Organisation, Note: w.Note})
	if err != nil {
		return c, err
	}
	t.audit(jiqiao.Act{Name: "candidate.wish", Object: jiqiao.Ref{Type: "candidate", ID: c.ID}, After: map[string]any{"side": w.Side, "note": w.Note}})
	t.tellQueue(&c)
	return c, t.enqueue(ctx, jiqiao.NewJob{Kind: jiqiao.JobWishTold, Key: c.ID, RunAt: t.now.Add(wishStands)})
}

// Unwish takes a wish back that no broker has answered, and returns what was said with it. What came into the queues by it
// alone leaves them.
func (s *Store) Unwish(ctx context.Context, w jiqiao.Wish) (note string, err error) {
	err = s.tx(ctx, "take a wish back", func(t *tx) (err error) {
		note, err = t.unwish(ctx, &w)
		return err
	})
	return note, err
}

func (t *tx) unwish(ctx context.Context, w *jiqiao.Wish) (note string, err error) {
	known, err := t.knownPairs(ctx, []jiqiao.Candidate{{NeedID: w.NeedID, AchievementID: w.AchievementID}})
	if err != nil {
		return "", err
	}
	c, err := t.lockCandidate(ctx, known[[2]string{w.NeedID, w.AchievementID}])
	switch {
	case err != nil && jiqiao.CodeOf(err) != jiqiao.CodeNotFound:
		return "", err
	case err != nil || !c.WishedBy(w.Side) || !ownedBy(&c, w.Side, w.Organisation):
		return "", jiqiao.Fail(jiqiao.CodeNotFound, "没有这项对接申请，可能已经撤回，请刷新", nil)
	case c.State.Decided():
		return "", jiqiao.Fail(jiqiao.CodeConflict, "技术经理人已经处理这项申请（"+c.State.Label()+"），不能再撤回", nil)
	}
	if note, err = t.wishNote(ctx, c.ID, w.Organisation); err != nil {
		return "", err
	}
	broker := c.Broker
	t.tellQueue(&c) // while it is still known who asked
	c.SetWish(w.Side, nil)
	if !c.Wished() {
		if err := t.dropJob(ctx, jiqiao.JobWishTold, c.ID); err != nil {
			return "", err
		}
	}
	if c.Source == jiqiao.SourceWish && !c.Wished() && c.Questions == 0 && c.DecisionID == "" && c.State.Undecided() {
		if err := t.leaveQueue(ctx, &c); err != nil {
			return "", err
		}
	}
	if err := t.saveCandidate(ctx, &c); err != nil {
		return "", err
	}
	t.audit(jiqiao.Act{Name: "candidate.unwish", Object: jiqiao.Ref{Type: "candidate", ID: c.ID}, Before: map[string]any{"side": w.Side, "broker": broker}})
	return note, t.note(ctx, jiqiao.CandidateAct{CandidateID: c.ID, User: w.User, Act: "unwished", From: w.Organisation})
}

// wishNote is what the organisation last said when it asked.
func (t *tx) wishNote(ctx context.Context, candidate, organisation string) (string, error) {
	said, err := t.texts(ctx, `SELECT note FROM candidate_acts WHERE candidate_id = ? AND act = 'wished' AND from_user = ? ORDER BY id DESC LIMIT 1`,
		candidate, organisation)
	return strings.Join(said, ""), err
}

// leaveQueue takes a candidate out of the queues. One that had been turned down before somebody asked is that again, else
// matching would bring it back.
func (t *tx) leaveQueue(ctx context.Context, c *jiqiao.Candidate) error {
	c.State, c.Waiting, c.Lease = jiqiao.CandidateExpired, "", nil
	last, err := t.decisions(ctx, `need_id = ? AND achievement_id = ? AND withdrawn_at IS NULL AND decided_at >= ? ORDER BY id DESC LIMIT 1`,
		clean(c.NeedID), clean(c.AchievementID), micros(c.CreatedAt))
	if err != nil {
		return err
	}
	if len(last) == 0 || last[0].Verb != jiqiao.VerbReject {
		c.Broker, c.Agency = "", ""
		return nil
	}
	d := last[0]
	c.State, c.DecidedAt, c.DecidedBy, c.Reason, c.Note, c.DecisionID = jiqiao.CandidateRejected, &d.DecidedAt, d.By, d.Reason, d.Note, d.ID
	c.Broker = cmp.Or(c.Broker, d.By)
	return nil
}

func ownedBy(c *jiqiao.Candidate, side jiqiao.Kind, organisation string) bool {
	owner := c.AchievementOwner
	if side == jiqiao.KindNeed {
		owner = c.NeedOwner
	}
	return organisation != "" && owner == organisation
}
