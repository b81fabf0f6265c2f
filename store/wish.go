package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
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
	c.Source = jiqiao.SourceWish
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
		if old.State.Undecided() {
			c.Source = old.Source // it is there without the wish, too
		}
	}
	if err := t.roomToWish(ctx, w, &c); err != nil {
		return c, err
	}
	// From here on the pair is handled like a match that was found; one that was turned down is looked at again.
	if err := t.reconsider(ctx, id); err != nil {
		return c, err
	}
	if err := t.fillOne(ctx, &c, id, p, place, &jiqiao.Filled{}); err != nil {
		return c, err
	}
	return t.noteWish(ctx, w, &c)
}

// reconsider makes a candidate that was turned down one that can come into the queues again. What would still follow from
// that decision does not: the next one brings its own.
func (t *tx) reconsider(ctx context.Context, id string) error {
	n, err := t.exec(ctx, `UPDATE candidates SET state = 'expired' WHERE id = ? AND state = 'rejected'`, id)
	if err != nil || n == 0 {
		return err
	}
	if _, err := t.exec(ctx, `DELETE FROM second_opinions WHERE candidate_id = ? AND verb = ''`, id); err != nil {
		return err
	}
	_, err = t.exec(ctx, `DELETE FROM jobs WHERE kind = ? AND key = ? AND state = 'waiting'`, jiqiao.JobWishAnswered, id)
	return err
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
			if err := t.leaveQueue(ctx, &c); err != nil {
				return err
			}
		}
		if err := t.saveCandidate(ctx, &c); err != nil {
			return err
		}
		t.audit(jiqiao.Act{Name: "candidate.unwish", Object: jiqiao.Ref{Type: "candidate", ID: c.ID}, Before: map[string]any{"side": w.Side, "broker": broker}})
		return t.note(ctx, jiqiao.CandidateAct{CandidateID: c.ID, User: w.User, Act: "unwished", From: w.Organisation})
	})
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

// carryWishes takes wishes to the survivor of a merge: those of candidates that stay behind because the survivor has one of
// the same pair, where a broker still has to decide on that one. The candidates that moved were asked for by from's owner:
// another owner of the survivor did not ask.
func (t *tx) carryWishes(ctx context.Context, from, into jiqiao.Record) error {
	side := string(from.Kind())
	own, other := side+`_id`, string(from.Kind().Other())+`_id`
	if was, is := from.Head().Owner.ID, into.Head().Owner.ID; was != is {
		_, err := t.exec(ctx, `UPDATE candidates SET `+side+`_wish = NULL WHERE `+own+` = ? AND `+side+`_owner = ?`, into.Head().ID, was)
		if err != nil {
			return err
		}
	}
	var pairs [][2]string
	var ids []string
	err := t.each(ctx, `SELECT o.id, x.id FROM candidates o JOIN candidates x ON x.`+other+` = o.`+other+` AND x.`+own+` = ?
		WHERE o.`+own+` = ? AND (o.need_wish IS NOT NULL OR o.achievement_wish IS NOT NULL)`, []any{into.Head().ID, from.Head().ID},
		func(scan func(...any) error) error {
			var p [2]string
			err := scan(&p[0], &p[1])
			pairs, ids = append(pairs, p), append(ids, p[0], p[1])
			return err
		})
	if err != nil {
		return err
	}
	locked := map[string]*jiqiao.Candidate{}
	slices.Sort(ids)
	for _, id := range ids {
		c, err := t.lockCandidate(ctx, id)
		if err != nil {
			return err
		}
		locked[id] = &c
	}
	for _, p := range pairs {
		if err := t.carryWish(ctx, locked[p[0]], locked[p[1]]); err != nil {
			return err
		}
	}
	return nil
}

// carryWish is carryWishes for one pair. Who asked for his own record goes on asking only if the survivor is his, too.
func (t *tx) carryWish(ctx context.Context, from, into *jiqiao.Candidate) error {
	if !from.State.Undecided() || !into.State.Undecided() {
		return nil
	}
	carried := false
	for _, side := range []jiqiao.Kind{jiqiao.KindNeed, jiqiao.KindAchievement} {
		owner, since := from.AchievementOwner, from.AchievementWish
		if side == jiqiao.KindNeed {
			owner, since = from.NeedOwner, from.NeedWish
		}
		if since == nil || into.WishedBy(side) || !ownedBy(into, side, owner) {
			continue
		}
		said, err := t.texts(ctx, `SELECT note FROM candidate_acts WHERE candidate_id = ? AND act = 'wished' AND from_user = ? ORDER BY id DESC LIMIT 1`,
			from.ID, owner)
		if err != nil {
			return err
		}
		into.SetWish(side, since)
		from.SetWish(side, nil)
		err = t.note(ctx, jiqiao.CandidateAct{CandidateID: into.ID, Act: "wished", From: owner, Note: strings.Join(said, "")})
		if err != nil {
			return err
		}
		carried = true
	}
	if !carried {
		return nil
	}
	t.tellQueue(into)
	return errors.Join(t.saveCandidate(ctx, from), t.saveCandidate(ctx, into))
}

func ownedBy(c *jiqiao.Candidate, side jiqiao.Kind, organisation string) bool {
	owner := c.AchievementOwner
	if side == jiqiao.KindNeed {
		owner = c.NeedOwner
	}
	return organisation != "" && owner == organisation
}
