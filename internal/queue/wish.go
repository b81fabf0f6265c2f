package queue

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"jiqiao"
)

// Wish brings the pair before a broker because the viewer's organisation, which owns one of the records, asks for an
// introduction. However weak the match, it is the broker who answers. CodeConflict says why there is nothing to ask for.
func (s *Service) Wish(ctx context.Context, v jiqiao.Viewer, w jiqiao.Wish, need *jiqiao.Need, achievement *jiqiao.Achievement) (jiqiao.Candidate, error) {
	w.Note = strings.TrimSpace(w.Note)
	if err := w.Validate(); err != nil {
		return jiqiao.Candidate{}, err
	}
	if err := s.wisher(v, &w, need, achievement); err != nil {
		return jiqiao.Candidate{}, err
	}
	m, err := s.o.Matcher.Explain(ctx, anyBroker.Access(), need, achievement)
	if err != nil {
		return jiqiao.Candidate{}, fmt.Errorf("score the pair: %w", err)
	}
	rules, _, err := s.Rules(ctx)
	if err != nil {
		return jiqiao.Candidate{}, err
	}
	st, err := s.staff(ctx)
	if err != nil {
		return jiqiao.Candidate{}, err
	}
	if w.DueAt, err = s.due(ctx, rules.ResponseDays); err != nil {
		return jiqiao.Candidate{}, err
	}
	c := jiqiao.Candidate{Score: m.Score, Level: m.Level, Probabilities: m.Probabilities, Model: m.Model}
	describe(&c, need)
	describe(&c, achievement)
	c, err = s.o.Store.Wish(ctx, w, c, weekStart(s.o.Now()), placer(st, rules, w.DueAt))
	return s.viewed(c, st, rules, err)
}

// wisher fills in who asks, and refuses who owns neither record and what is not on offer.
func (s *Service) wisher(v jiqiao.Viewer, w *jiqiao.Wish, need *jiqiao.Need, achievement *jiqiao.Achievement) error {
	kind, ok := v.Role.KindOf()
	own := jiqiao.Record(achievement)
	if kind == jiqiao.KindNeed {
		own = need
	}
	if !ok || v.Organisation == "" || own.Head().Owner.ID != v.Organisation {
		return jiqiao.Fail(jiqiao.CodeForbidden, "只能为本单位的需求或成果申请对接", nil)
	}
	for _, rec := range []jiqiao.Record{need, achievement} {
		if why := s.unoffered(rec); len(why) > 0 {
			return jiqiao.Fail(jiqiao.CodeConflict, strings.ReplaceAll(why[0].Message, "不进入队列", "暂时不能申请对接"), nil)
		}
	}
	w.Side, w.Organisation, w.User, w.Changed = kind, v.Organisation, v.User, need.UpdatedAt
	if achievement.UpdatedAt.After(w.Changed) {
		w.Changed = achievement.UpdatedAt
	}
	return nil
}

// Unwish takes the wish of the viewer's organisation back; CodeConflict once a broker has answered it.
func (s *Service) Unwish(ctx context.Context, v jiqiao.Viewer, needID, achievementID string) error {
	kind, ok := v.Role.KindOf()
	if !ok || v.Organisation == "" {
		return jiqiao.Fail(jiqiao.CodeForbidden, "您的账号没有所属单位", nil)
	}
	return s.o.Store.Unwish(ctx, jiqiao.Wish{NeedID: needID, AchievementID: achievementID, Side: kind, Organisation: v.Organisation, User: v.User})
}

// WishAnswered handles a job of the kind jiqiao.JobWishAnswered: those who asked for the candidate, whose id is the key,
// hear that it was turned down, and why.
func (s *Service) WishAnswered(ctx context.Context, j jiqiao.Job) error {
	c, err := s.o.Store.Candidate(ctx, j.Key)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if c.State != jiqiao.CandidateRejected {
		return nil
	}
	for _, side := range []jiqiao.Kind{jiqiao.KindNeed, jiqiao.KindAchievement} {
		if !c.WishedBy(side) {
			continue
		}
		own, owner, other := c.Achievement, c.AchievementOwner, c.Need
		id := c.AchievementID
		if side == jiqiao.KindNeed {
			own, owner, other, id = c.Need, c.NeedOwner, c.Achievement, c.NeedID
		}
		err := s.o.Store.Notify(ctx, jiqiao.Notice{
			Template: "candidate.unsuited", Organisations: []string{owner}, Object: jiqiao.Ref{Type: string(side), ID: id},
			Key: "candidate.unsuited:" + c.DecisionID + ":" + string(side),
			Data: map[string]string{
				"own": own, "other": other, "reason": jiqiao.CodeLabel("rejection", c.Reason), "kind": side.Other().Label(),
			},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// wisher names the organisation that asked, as brokers may know it.
func wisher(c *jiqiao.Candidate, organisation string) string {
	if organisation == c.NeedOwner {
		return cmp.Or(c.Enterprise, "需求方")
	}
	return cmp.Or(c.Organisation, "成果方")
}
