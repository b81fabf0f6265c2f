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

// Unwish takes the wish of the viewer's organisation back, and returns what was said with it; CodeConflict once a broker has
// answered it.
func (s *Service) Unwish(ctx context.Context, v jiqiao.Viewer, needID, achievementID string) (note string, err error) {
	kind, ok := v.Role.KindOf()
	if !ok || v.Organisation == "" {
		return "", jiqiao.Fail(jiqiao.CodeForbidden, "您的账号没有所属单位", nil)
	}
	return s.o.Store.Unwish(ctx, jiqiao.Wish{NeedID: needID, AchievementID: achievementID, Side: kind, Organisation: v.Organisation, User: v.User})
}

// sides are those that may ask.
func sides() []jiqiao.Kind { return []jiqiao.Kind{jiqiao.KindNeed, jiqiao.KindAchievement} }

// WishTold handles a job of the kind jiqiao.JobWishTold: the broker of the candidate, whose id is the key, hears who asks for
// it, of each side once a day. One who has none yet is told when it comes into a queue.
func (s *Service) WishTold(ctx context.Context, j jiqiao.Job) error {
	c, err := s.o.Store.Candidate(ctx, j.Key)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		return nil
	}
	if err != nil || !c.State.Undecided() || c.Broker == "" || !c.Wished() {
		return err
	}
	acts, err := s.o.Store.CandidateActs(ctx, c.ID)
	if err != nil {
		return err
	}
	for _, side := range sides() {
		owner, since := c.Wish(side)
		if since == nil {
			continue
		}
		n := jiqiao.Notice{
			Template: "candidate.wished", Users: []string{c.Broker}, Object: jiqiao.Ref{Type: "candidate", ID: c.ID},
			Key:  "candidate.wished:" + c.ID + ":" + string(side) + ":" + string(jiqiao.DayOf(*since)),
			Data: map[string]string{"side": side.Label(), "need": c.Need, "achievement": c.Achievement},
		}
		for _, a := range acts {
			if a.Act == "wished" && a.From == owner {
				n.Data["note"] = a.Note
			}
		}
		if err := s.o.Store.Notify(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// WishAnswered handles a job of the kind jiqiao.JobWishAnswered: those who asked for the candidate, whose id is the key,
// hear that it was turned down, and why, or that the other record is no longer on offer.
func (s *Service) WishAnswered(ctx context.Context, j jiqiao.Job) error {
	c, err := s.o.Store.Candidate(ctx, j.Key)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	// Whose answer stands while the other side asks: by its key it is told once.
	kept, err := s.o.Store.WishAnswers(ctx, c.ID)
	if err != nil {
		return err
	}
	for _, a := range kept {
		if err := s.tellUnsuited(ctx, &c, a.Side, a.Reason, a.DecisionID); err != nil {
			return err
		}
	}
	for _, side := range sides() {
		switch {
		case !c.WishedBy(side):
		case c.State == jiqiao.CandidateRejected:
			err = s.tellUnsuited(ctx, &c, side, c.Reason, c.DecisionID)
		case c.State == jiqiao.CandidateExpired:
			err = s.tellLapsed(ctx, &c, side, j.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// answerTo is a notice to the owner of that side about his wish, without template and key, with the ids of the two records.
func answerTo(c *jiqiao.Candidate, side jiqiao.Kind) (n jiqiao.Notice, own, other string) {
	title, own, other := c.Achievement, c.AchievementID, c.NeedID
	if side == jiqiao.KindNeed {
		title, own, other = c.Need, other, own
	}
	owner, _ := c.Wish(side)
	return jiqiao.Notice{
		Organisations: []string{owner}, Object: jiqiao.Ref{Type: string(side), ID: own},
		Data: map[string]string{"own": title, "kind": side.Other().Label()},
	}, own, other
}

// tellUnsuited tells the owner of that side that a broker turned the pair down. The candidate's title of the other record is
// the one that brokers see; an owner reads it only while he may see the record.
func (s *Service) tellUnsuited(ctx context.Context, c *jiqiao.Candidate, side jiqiao.Kind, reason, decision string) error {
	n, _, otherID := answerTo(c, side)
	other, err := s.titleFor(ctx, n.Organisations[0], side.Other(), otherID)
	if err != nil {
		return err
	}
	if other != "" {
		n.Data["other"] = other
	}
	n.Template, n.Data["reason"] = "candidate.unsuited", jiqiao.CodeLabel("rejection", reason)
	n.Key = n.Template + ":" + decision + ":" + string(side)
	return s.o.Store.Notify(ctx, n)
}

// tellLapsed tells the owner of that side that the other record is no longer on offer; who took his own back knows.
func (s *Service) tellLapsed(ctx context.Context, c *jiqiao.Candidate, side jiqiao.Kind, job string) error {
	n, ownID, _ := answerTo(c, side)
	own, err := s.o.Records.Get(ctx, side, ownID)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound || err == nil && !s.offered(own) {
		return nil
	}
	if err != nil {
		return err
	}
	n.Template = "candidate.lapsed"
	n.Key = n.Template + ":" + job + ":" + string(side)
	return s.o.Store.Notify(ctx, n)
}

// titleFor is the record's title as the organisation reads it, "" where it may not see the record.
func (s *Service) titleFor(ctx context.Context, organisation string, kind jiqiao.Kind, id string) (string, error) {
	rec, err := s.o.Records.Get(ctx, kind, id)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	v := jiqiao.Viewer{User: "u_", Role: jiqiao.RoleEnterprise, Organisation: organisation}
	if !v.Sees(rec) {
		return "", nil
	}
	return v.Show(rec).Head().Title, nil
}

// wisher names the organisation that asked, as brokers may know it.
func wisher(c *jiqiao.Candidate, organisation string) string {
	if organisation == c.NeedOwner {
		return cmp.Or(c.Enterprise, "需求方")
	}
	return cmp.Or(c.Organisation, "成果方")
}
