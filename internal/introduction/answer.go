package introduction

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"jiqiao"
)

// Answer notes what the viewer's side says to the invitation. Of two answers at once one wins, and the other is told who
// was first; the same answer sent twice by one person counts once.
func (s *Service) Answer(ctx context.Context, v jiqiao.Viewer, id string, a jiqiao.Answer) (jiqiao.IntroductionView, error) {
	if err := a.Validate(); err != nil {
		return jiqiao.IntroductionView{}, err
	}
	return s.change(ctx, v, id, func(t *turn) error { return t.answer(a) })
}

func (t *turn) answer(a jiqiao.Answer) error {
	if t.party == jiqiao.PartyBroker {
		return jiqiao.Fail(jiqiao.CodeForbidden, "邀请由双方单位自己答复，技术经理人不能代答", nil)
	}
	side := t.Side(t.party)
	if err := t.answerable(side, a); err != nil {
		return err
	}
	before := side.State
	t.react(side)
	side.State, side.Reason, side.Note = a.Answer, a.Reason, a.Note
	side.Asked, side.LeftDays = "", 0
	switch a.Answer {
	case jiqiao.AnswerInterested:
		t.interested(side)
	case jiqiao.AnswerDeclined:
		t.declined(a)
	default:
		if err := t.ask(side, before, a); err != nil {
			return err
		}
	}
	t.note(jiqiao.IntroductionAct{Act: "introduction.answer", Answer: a.Answer, Reason: a.Reason, Note: a.Note},
		map[string]any{"side": t.party, "answer": before}, map[string]any{"side": t.party, "answer": a.Answer, "reason": a.Reason, "state": t.State})
	return nil
}

// answerable reports why the side may not give this answer now.
func (t *turn) answerable(side *jiqiao.IntroductionSide, a jiqiao.Answer) error {
	same := side.AnsweredBy == t.v.User && side.State == a.Answer && side.Reason == a.Reason && side.Note == a.Note
	switch {
	case same && (side.Changed > a.Version || t.State != jiqiao.IntroductionInvited || !side.State.May(a.Answer)):
		return errUnchanged
	case side.Changed > a.Version:
		return jiqiao.Fail(jiqiao.CodeConflict, "本单位"+side.AnsweredName+"已于 "+moment(side.AnsweredAt)+" 答复「"+side.State.Label()+"」，请刷新后再看", nil)
	case t.State != jiqiao.IntroductionInvited:
		return jiqiao.Fail(jiqiao.CodeConflict, "这项对接已是「"+t.State.Label()+"」，不能再答复，请刷新后再看", nil)
	case !side.State.May(a.Answer):
		return jiqiao.Fail(jiqiao.CodeConflict, "本单位已答复「"+side.State.Label()+"」，不能再改为「"+a.Answer.Label()+"」", nil)
	case a.To == t.party:
		return jiqiao.Invalid([]jiqiao.FieldError{{Field: "to", Message: "请选择向对方或技术经理人提问"}})
	case a.To == jiqiao.PartyBroker && t.Broker == "":
		return jiqiao.Invalid([]jiqiao.FieldError{{Field: "to", Message: "这项对接没有技术经理人，请向对方提问"}})
	}
	return nil
}

// moment is an instant as people here write it.
func moment(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.In(beijing).Format("2006-01-02 15:04")
}

var beijing = time.FixedZone("Asia/Shanghai", 8*60*60)

// react notes who of the side did something, and when.
func (t *turn) react(side *jiqiao.IntroductionSide) {
	now := t.now
	if side.FirstAnsweredAt == nil {
		side.FirstAnsweredAt = &now
	}
	side.AnsweredAt, side.AnsweredBy, side.AnsweredName, side.Changed = &now, t.v.User, t.v.Name, t.Version
}

// interested stops the side's clock, and begins the talks when the other side is interested, too.
func (t *turn) interested(side *jiqiao.IntroductionSide) {
	side.DueAt = nil
	if t.Side(t.party.Other()).State != jiqiao.AnswerInterested {
		t.notify(t.party.Other(), "introduction.other_interested", nil)
		t.notify(jiqiao.PartyBroker, "introduction.answered", map[string]string{"party": t.party.Label(), "answer": side.State.Label()})
		return
	}
	now := t.now
	t.State, t.InterestedAt, t.ContactsExchangedAt = jiqiao.IntroductionInterested, &now, &now
	t.out.Acts = append(t.out.Acts, jiqiao.Act{Name: "contact.exchange", Object: t.Ref(), After: map[string]any{
		"organisations": []string{t.Need.Organisation, t.Achievement.Organisation},
	}})
	t.open()
	t.out.Jobs = append(t.out.Jobs, jiqiao.NewJob{Kind: jiqiao.JobDeal, Key: t.ID, Payload: map[string]string{"introduction": t.ID}})
	for _, to := range [...]jiqiao.Party{jiqiao.PartyNeed, jiqiao.PartyAchievement, jiqiao.PartyBroker} {
		t.notify(to, "introduction.interested", nil)
	}
}

// open gives each side the other's record whole, once both are interested and, where a record asks for it, have both
// accepted the confidentiality undertaking. What was opened stays open when talks end: what is known stays known, and the
// undertaking binds on.
func (t *turn) open() {
	undertaken := t.Undertaking == 0 || t.Need.UndertakenAt != nil && t.Achievement.UndertakenAt != nil
	if t.State != jiqiao.IntroductionInterested || t.DetailsOpenedAt != nil || !undertaken {
		return
	}
	now := t.now
	t.DetailsOpenedAt = &now
	for _, p := range sides {
		t.out.Grants = append(t.out.Grants, jiqiao.Grant{
			Record: jiqiao.Ref{Type: string(p), ID: t.RecordID(p)}, Organisation: t.Side(p.Other()).Organisation, Reason: t.ID,
		})
	}
}

// declined ends the introduction. The other side hears why, and the ranker learns from it.
func (t *turn) declined(a jiqiao.Answer) {
	t.end(jiqiao.IntroductionDeclined, a.Reason, a.Note)
	reason := map[string]string{"party": t.party.Label(), "reason": jiqiao.CodeLabel("rejection", a.Reason)}
	t.notify(t.party.Other(), "introduction.declined", reason)
	t.notify(jiqiao.PartyBroker, "introduction.declined", reason)
	if t.Level == 0 {
		return // nothing was claimed of the pair, so nothing was wrong
	}
	t.out.Decision = &jiqiao.Decision{
		NeedID: t.NeedID, AchievementID: t.AchievementID, Verb: jiqiao.VerbReject, Reason: a.Reason,
		Score: t.Score, Level: t.Level, Model: t.Model, By: t.v.User,
	}
}

// ask stops the side's own clock, and lets one run for whom it asks.
func (t *turn) ask(side *jiqiao.IntroductionSide, before jiqiao.AnswerState, a jiqiao.Answer) error {
	if before == jiqiao.AnswerWaiting && side.DueAt != nil {
		side.LeftDays = max(t.calendar.Left(t.now, *side.DueAt), 1)
	}
	side.Asked = a.To
	t.start(side, t.policy.AnswerDays)
	t.say(jiqiao.ThreadMessage{Text: a.Note, Question: true})
	t.notify(a.To, "introduction.question", map[string]string{"party": t.party.Label(), "due": string(jiqiao.DayOf(side.DueAt.Add(-time.Nanosecond)))})
	return nil
}

// reply lets the clocks of those go on who had asked the party something.
func (t *turn) reply() {
	for _, p := range sides {
		side := t.Side(p)
		if side.State != jiqiao.AnswerMoreInfo || side.Asked != t.party || t.State != jiqiao.IntroductionInvited {
			continue
		}
		t.start(side, max(side.LeftDays, 1))
		side.State, side.Asked, side.LeftDays = jiqiao.AnswerWaiting, "", 0
		t.notify(p, "introduction.replied", map[string]string{
			"party": t.party.Label(), "due": string(jiqiao.DayOf(side.DueAt.Add(-time.Nanosecond))),
		})
		t.note(jiqiao.IntroductionAct{Act: "introduction.reply"}, nil, map[string]any{"side": p, "answer": side.State})
	}
}

// Close ends the introduction for a reason; only the broker and operators do, because a side declines.
func (s *Service) Close(ctx context.Context, v jiqiao.Viewer, id string, c jiqiao.Closure) (jiqiao.IntroductionView, error) {
	if err := c.Validate(); err != nil {
		return jiqiao.IntroductionView{}, err
	}
	return s.change(ctx, v, id, func(t *turn) error {
		switch {
		case t.party != jiqiao.PartyBroker:
			return jiqiao.Fail(jiqiao.CodeForbidden, "请答复「无意向」并选择原因；关闭对接由技术经理人操作", nil)
		case t.Version-1 != c.Version:
			return jiqiao.Fail(jiqiao.CodeConflict, "这项对接刚刚有了变化，请刷新后再决定是否关闭", nil)
		case !t.State.May(jiqiao.IntroductionClosed):
			return jiqiao.Fail(jiqiao.CodeConflict, "这项对接已是「"+t.State.Label()+"」，不需要再关闭", nil)
		}
		before := t.State
		t.end(jiqiao.IntroductionClosed, c.Reason, c.Note)
		t.note(jiqiao.IntroductionAct{Act: "introduction.close", Reason: c.Reason, Note: c.Note},
			map[string]any{"state": before}, map[string]any{"state": t.State, "reason": c.Reason})
		for _, to := range sides {
			t.notify(to, "introduction.closed", map[string]string{"reason": jiqiao.CodeLabel("rejection", c.Reason)})
		}
		return nil
	})
}

// Hand gives the introduction to another broker: for its broker and for operators, when one leaves or is too busy.
func (s *Service) Hand(ctx context.Context, v jiqiao.Viewer, id, to string) (jiqiao.IntroductionView, error) {
	if _, err := s.reached(ctx, v, id); err != nil {
		return jiqiao.IntroductionView{}, err // before anything is said of accounts
	}
	u, err := s.o.Records.User(ctx, to)
	if err != nil && jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
		return jiqiao.IntroductionView{}, err
	}
	if err != nil || u.Role != jiqiao.RoleBroker || u.State != jiqiao.UserActive {
		return jiqiao.IntroductionView{}, jiqiao.Invalid([]jiqiao.FieldError{{Field: "broker", Message: "请选择一位在用的技术经理人账号"}})
	}
	i, err := s.act(ctx, v, id, func(t *turn) error {
		if t.party = partyOf(v, t.Introduction); t.party != jiqiao.PartyBroker {
			return nobody(v, t.Introduction)
		}
		switch {
		case !t.State.Open():
			return jiqiao.Fail(jiqiao.CodeConflict, "这项对接已是「"+t.State.Label()+"」，不需要再移交", nil)
		case t.Broker == u.ID:
			return errUnchanged
		}
		before := t.Broker
		t.Broker, t.BrokerName, t.Agency = u.ID, u.Name, u.OrganisationID
		t.notify(jiqiao.PartyBroker, "introduction.handed", nil)
		t.note(jiqiao.IntroductionAct{Act: "introduction.hand", Note: u.Name}, map[string]any{"broker": before}, map[string]any{"broker": u.ID})
		return nil
	})
	if err != nil {
		return jiqiao.IntroductionView{}, err
	}
	if !sees(v, &i) { // given away to another agency: what was done is shown once more, and then no longer
		v = jiqiao.Viewer{User: i.Broker, Role: jiqiao.RoleBroker, Organisation: i.Agency}
	}
	return s.Introduction(ctx, v, id)
}

// Remind has a broker remind a side by hand, a few times at most.
func (s *Service) Remind(ctx context.Context, v jiqiao.Viewer, id string, p jiqiao.Party) (jiqiao.IntroductionView, error) {
	if p != jiqiao.PartyNeed && p != jiqiao.PartyAchievement {
		return jiqiao.IntroductionView{}, jiqiao.Invalid([]jiqiao.FieldError{{Field: "side", Message: "请选择提醒哪一方：need（需求方）或 achievement（成果方）"}})
	}
	return s.change(ctx, v, id, func(t *turn) error { return t.remind(p) })
}

// RemindAll has a broker remind, in each of up to jiqiao.MaxBulk introductions, whoever owes an answer, and says of each what
// came of it, in their order.
func (s *Service) RemindAll(ctx context.Context, v jiqiao.Viewer, ids []string) ([]jiqiao.ReminderResult, error) {
	if len(ids) == 0 || len(ids) > jiqiao.MaxBulk {
		return nil, jiqiao.Invalid([]jiqiao.FieldError{{Field: "ids", Message: "一次请选择 1～" + strconv.Itoa(jiqiao.MaxBulk) + " 项对接"}})
	}
	results := make([]jiqiao.ReminderResult, len(ids))
	for n, id := range ids {
		results[n] = jiqiao.ReminderResult{ID: id, Sides: []jiqiao.Party{}}
		_, err := s.act(ctx, v, id, taking(v, func(t *turn) (err error) {
			results[n].Sides, err = t.remindAwaited()
			return err
		}))
		if err != nil && !errors.As(err, &results[n].Error) {
			s.log.Error("an introduction was not reminded of", "user", v.User, "introduction", id, "error", err)
			results[n].Error = jiqiao.Fail(jiqiao.CodeUnavailable, "这一项没有提醒，请稍后重试", err)
		}
	}
	return results, nil
}

// remindAwaited reminds the sides that owe an answer, and says which; it is an error when that is none.
func (t *turn) remindAwaited() ([]jiqiao.Party, error) {
	reminded := []jiqiao.Party{}
	err := error(jiqiao.Fail(jiqiao.CodeConflict, "双方目前都没有需要答复的内容，不必提醒", nil))
	for _, p := range sides {
		if !slices.Contains(t.awaited(), p) {
			continue
		}
		if failed := t.remind(p); failed != nil {
			err = failed
			continue
		}
		reminded = append(reminded, p)
	}
	if len(reminded) > 0 {
		return reminded, nil
	}
	return reminded, err
}

// remind reminds one side.
func (t *turn) remind(p jiqiao.Party) error {
	side, awaiting := t.Side(p), false
	for _, q := range sides {
		awaiting = awaiting || t.Side(q).Awaited(q) == p
	}
	switch {
	case t.party != jiqiao.PartyBroker:
		return jiqiao.Fail(jiqiao.CodeForbidden, "提醒由技术经理人发出；您可以给对方留言", nil)
	case t.State != jiqiao.IntroductionInvited || !awaiting:
		return jiqiao.Fail(jiqiao.CodeConflict, p.Label()+"目前没有需要答复的内容，不必提醒", nil)
	case side.Nudges >= t.policy.Nudges:
		return jiqiao.Fail(jiqiao.CodeTooManyRequests, "已经提醒过"+p.Label()+"多次，请改用电话联系，或关闭这项对接", nil)
	}
	side.Nudges++
	data := map[string]string{}
	if due := t.DueAt(); due != nil {
		data["due"] = string(jiqiao.DayOf(due.Add(-time.Nanosecond)))
	}
	t.notify(p, "introduction.nudge", data)
	t.note(jiqiao.IntroductionAct{Act: "introduction.remind", Note: p.Label()}, nil, map[string]any{"party": p, "nudges": side.Nudges})
	return nil
}
