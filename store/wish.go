package store

import (
	"context"
	"strconv"
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
		if err != nil {
			return err
		}
		return t.tellGiven(ctx, p.Given)
	})
	return wished, err
}

func (t *tx) wish(ctx context.Context, w *jiqiao.Wish, c jiqiao.Candidate, p *jiqiao.Placing, place jiqiao.Place) (jiqiao.Candidate, error) {
	known, err := t.knownPairs(ctx, []jiqiao.Candidate{c})
	if err != nil {
		return c, err
	}
	id := known[pairOf(&c)]
	if id != "" {
		old, err := t.lockCandidate(ctx, id)
		if err != nil {
			return c, err
		}
		if old.State.Undecided() && old.WishedBy(w.Side) {
			return old, nil
		}
		if err := askable(w, &old); err != nil {
			return c, err
		}
	}
	if err := t.roomToWish(ctx, w, &c); err != nil {
		return c, err
	}
	// From here on the pair is handled like a match that was found; one that was turned down is looked at again.
	if id != "" {
		if _, err := t.exec(ctx, `UPDATE candidates SET state = 'expired' WHERE id = ? AND state = 'rejected'`, id); err != nil {
			return c, err
		}
	}
	c.Source = jiqiao.SourceWish
	if err := t.fillOne(ctx, &c, id, p, place, &jiqiao.Filled{}); err != nil {
		return c, err
	}
	return t.noteWish(ctx, w, &c)
}

// askable says why nothing can be asked for; nil where it can.
func askable(w *jiqiao.Wish, c *jiqiao.Candidate) error {
	switch {
	case c.State == jiqiao.CandidateAccepted && c.IntroductionID == "":
		return jiqiao.Fail(jiqiao.CodeConflict, "技术经理人已经采纳这一对，给双方的邀请即将发出，不需要再申请", nil)
	case c.State == jiqiao.CandidateAccepted:
		return jiqiao.Fail(jiqiao.CodeConflict, "这一对已经对接过，请在「对接」中查看", nil)
	case c.State == jiqiao.CandidateRejected && c.WishedBy(w.Side) && !w.Changed.After(*c.DecidedAt):
		return jiqiao.Fail(jiqiao.CodeConflict,
			"技术经理人已经答复：暂不合适，原因是「"+jiqiao.CodeLabel("rejection", c.Reason)+"」。补充或修改材料之后可以再次申请", nil)
	}
	return nil
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

// noteWish writes the wish into the candidate of the pair, which is in the queues, and tells its broker.
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
	err = t.note(ctx, jiqiao.CandidateAct{CandidateID: c.ID, User: w.User, Act: "wished", From: w.Organisation, Note: w.Note})
	if err != nil {
		return c, err
	}
	t.audit(jiqiao.Act{Name: "candidate.wish", Object: jiqiao.Ref{Type: "candidate", ID: c.ID}, After: map[string]any{"side": w.Side, "note": w.Note}})
	t.tellQueue(&c)
	if c.Broker == "" {
		return c, nil
	}
	return c, t.notify(ctx, jiqiao.Notice{
		Template: "candidate.wished", Users: []string{c.Broker}, Object: jiqiao.Ref{Type: "candidate", ID: c.ID},
		Data: map[string]string{"side": w.Side.Label(), "need": c.Need, "achievement": c.Achievement, "note": w.Note},
	})
}

// Unwish takes a wish back that no broker has answered. What came into the queues by it alone leaves them.
func (s *Store) Unwish(ctx context.Context, w jiqiao.Wish) error {
	return s.tx(ctx, "take a wish back", func(t *tx) error {
		known, err := t.knownPairs(ctx, []jiqiao.Candidate{{NeedID: w.NeedID, AchievementID: w.AchievementID}})
		if err != nil {
			return err
		}
		c, err := t.lockCandidate(ctx, known[[2]string{clean(w.NeedID), clean(w.AchievementID)}])
		switch {
		case err != nil && jiqiao.CodeOf(err) != jiqiao.CodeNotFound:
			return err
		case err != nil || !c.WishedBy(w.Side) || !ownedBy(&c, w.Side, w.Organisation):
			return jiqiao.Fail(jiqiao.CodeNotFound, "没有这项对接申请，可能已经撤回，请刷新", nil)
		case c.State.Decided():
			return jiqiao.Fail(jiqiao.CodeConflict, "技术经理人已经处理这项申请（"+c.State.Label()+"），不能再撤回", nil)
		}
		broker := c.Broker
		t.tellQueue(&c) // while it is still known who asked
		c.SetWish(w.Side, nil)
		if c.Source == jiqiao.SourceWish && !c.Wished() && c.Questions == 0 && c.DecisionID == "" && c.State.Undecided() {
			c.State, c.Broker, c.Agency, c.Waiting, c.Lease = jiqiao.CandidateExpired, "", "", "", nil
		}
		if err := t.saveCandidate(ctx, &c); err != nil {
			return err
		}
		t.audit(jiqiao.Act{Name: "candidate.unwish", Object: jiqiao.Ref{Type: "candidate", ID: c.ID}, Before: map[string]any{"side": w.Side, "broker": broker}})
		return t.note(ctx, jiqiao.CandidateAct{CandidateID: c.ID, User: w.User, Act: "unwished", From: w.Organisation})
	})
}

func ownedBy(c *jiqiao.Candidate, side jiqiao.Kind, organisation string) bool {
	owner := c.AchievementOwner
	if side == jiqiao.KindNeed {
		owner = c.NeedOwner
	}
	return organisation != "" && owner == organisation
}
