package introduction

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"jiqiao"
)

// morning is the hour, in Beijing, at which people are reminded.
const morning = 9

// at is when a stage of the clock is reached whose answer is late at due.
func (t *turn) at(stage jiqiao.ReminderStage, due time.Time) time.Time {
	last := jiqiao.DayOf(due.Add(-time.Nanosecond))
	hour := func(n int) time.Time { return morningOf(t.calendar.Add(last, n)) }
	switch stage {
	case jiqiao.StageSoon:
		return hour(-2)
	case jiqiao.StageTomorrow:
		return hour(-1)
	case jiqiao.StageOverdue:
		return hour(1)
	case jiqiao.StageEscalated:
		return hour(t.policy.EscalateDays)
	default:
		return hour(t.policy.CloseDays + 1)
	}
}

func morningOf(day jiqiao.Date) time.Time {
	at, err := day.Time()
	if err != nil {
		return time.Time{}
	}
	return at.Add((morning - 8) * time.Hour) // Beijing is eight hours ahead of UTC, the year round
}

// start lets the side's clock run for n working days. Reminders of days that have begun already are left out.
func (t *turn) start(s *jiqiao.IntroductionSide, n int) {
	due := t.calendar.Due(t.now, n)
	s.DueAt, s.Stage = &due, jiqiao.StageNone
	for stage := jiqiao.StageSoon; stage <= jiqiao.StageTomorrow; stage++ {
		if jiqiao.DayOf(t.at(stage, due)) <= jiqiao.DayOf(t.now) {
			s.Stage = stage
		}
	}
}

// wind sets when the clock next has something to do.
func (t *turn) wind() {
	t.NextAt = nil
	for _, p := range sides {
		s := t.Side(p)
		if t.State != jiqiao.IntroductionInvited || s.DueAt == nil {
			continue
		}
		if next := t.at(s.Stage+1, *s.DueAt); t.NextAt == nil || next.Before(*t.NextAt) {
			t.NextAt = &next
		}
	}
}

// tick does what is due. Stages only go up, so that nothing is said twice.
func (t *turn) tick() error {
	busy := false
	for _, p := range sides {
		s := t.Side(p)
		if t.State != jiqiao.IntroductionInvited || s.DueAt == nil {
			continue
		}
		reached := s.Stage
		for reached < jiqiao.StageEnd && !t.now.Before(t.at(reached+1, *s.DueAt)) {
			reached++
		}
		if reached > s.Stage {
			was := s.Stage
			s.Stage, busy = reached, true
			t.reach(p, was, reached)
		}
	}
	if !busy {
		// A calendar or policy that changed meanwhile may have moved the next stage: it is set anew, nothing more.
		if was := t.NextAt; was != nil && !t.now.Before(*was) {
			return nil
		}
		return errUnchanged
	}
	return nil
}

// reach does what the stages after was, up to reached, ask for. Of reminders before the end of the time only the last is
// sent: after a long stop nobody needs three.
func (t *turn) reach(p jiqiao.Party, was, reached jiqiao.ReminderStage) {
	s := t.Side(p)
	if reached == jiqiao.StageEnd {
		t.expire(p)
		return
	}
	late := s.Awaited(p)
	data := map[string]string{"due": string(jiqiao.DayOf(s.DueAt.Add(-time.Nanosecond))), "party": t.late()}
	if reached < jiqiao.StageOverdue {
		data["days"] = fmt.Sprint(int(jiqiao.StageOverdue - reached))
		delete(data, "party")
		t.notify(late, "introduction.reminder", data)
		t.note(jiqiao.IntroductionAct{Act: "introduction.remind", Note: late.Label()}, nil, map[string]any{"party": late, "stage": reached})
		return
	}
	if was < jiqiao.StageOverdue {
		if late != jiqiao.PartyBroker {
			t.notify(late, "introduction.late", map[string]string{"due": data["due"]})
		}
		t.notify(jiqiao.PartyBroker, "introduction.overdue", data)
		t.note(jiqiao.IntroductionAct{Act: "introduction.overdue", Note: late.Label()}, nil, map[string]any{"party": late})
	}
	if reached == jiqiao.StageEscalated {
		t.escalate("introduction.escalated", data)
		t.note(jiqiao.IntroductionAct{Act: "introduction.escalate", Note: late.Label()}, nil, map[string]any{"party": late})
	}
}

// late names whose answers are late, each once: broker and operators are told of both at a time.
func (t *turn) late() string {
	var names []string
	for _, p := range sides {
		s := t.Side(p)
		if label := s.Awaited(p).Label(); s.DueAt != nil && !t.now.Before(*s.DueAt) && !slices.Contains(names, label) {
			names = append(names, label)
		}
	}
	return strings.Join(names, "、")
}

// expire ends the introduction because the party never answered.
func (t *turn) expire(p jiqiao.Party) {
	late := t.Side(p).Awaited(p)
	t.end(jiqiao.IntroductionExpired, "no_answer", late.Label()+"逾期没有答复")
	t.note(jiqiao.IntroductionAct{Act: "introduction.expire", Reason: t.Reason, Note: t.Note}, nil, map[string]any{"state": t.State, "party": late})
	for _, to := range [...]jiqiao.Party{jiqiao.PartyNeed, jiqiao.PartyAchievement, jiqiao.PartyBroker} {
		t.notify(to, "introduction.expired", map[string]string{"party": late.Label()})
	}
}

// gone ends an introduction that nobody has answered whole, because one of its records is no longer offered.
func (t *turn) gone(d jiqiao.DueIntroduction) error {
	if t.State != jiqiao.IntroductionInvited {
		return errUnchanged
	}
	reason, note := "changed", "技术需求已撤回"
	switch {
	case d.Gone == jiqiao.PartyAchievement:
		reason, note = "other", "科技成果已撤回或已转化"
	case d.Status == jiqiao.StatusSettled:
		reason, note = "solved", "技术需求已解决"
	}
	t.end(jiqiao.IntroductionClosed, reason, note)
	t.note(jiqiao.IntroductionAct{Act: "introduction.close", Reason: reason, Note: note}, nil, map[string]any{"state": t.State, "reason": reason})
	for _, to := range [...]jiqiao.Party{jiqiao.PartyNeed, jiqiao.PartyAchievement, jiqiao.PartyBroker} {
		t.notify(to, "introduction.closed", map[string]string{"reason": note})
	}
	return nil
}

// end is every end but mutual interest: with a reason.
func (t *turn) end(state jiqiao.IntroductionState, reason, note string) {
	now := t.now
	t.State, t.Reason, t.Note, t.ClosedAt = state, reason, note, &now
	t.Need.DueAt, t.Achievement.DueAt = nil, nil
}

// clockPage is how many introductions are looked up at a time.
const clockPage = 100

// Clock is the job that reminds, escalates and closes whatever is due. Doing it again does nothing twice.
func (s *Service) Clock(ctx context.Context, _ jiqiao.Job) error {
	now := s.now().UTC()
	s.warn(ctx, now)
	operators, err := s.o.Operators(ctx)
	if err != nil {
		return fmt.Errorf("find the operators: %w", err)
	}
	var failed []error
	for after := ""; ; {
		due, err := s.o.Store.IntroductionsDue(ctx, now, after, clockPage)
		if err != nil {
			return errors.Join(append(failed, err)...)
		}
		for _, d := range due {
			_, err := s.act(ctx, jiqiao.Viewer{}, d.ID, func(t *turn) error {
				t.operators = operators
				if d.Gone != "" {
					return t.gone(d)
				}
				return t.tick()
			})
			if err != nil { // one that fails must not keep the others waiting
				failed = append(failed, fmt.Errorf("introduction %s: %w", d.ID, err))
			}
			after = d.ID
		}
		if len(due) < clockPage || ctx.Err() != nil {
			return errors.Join(failed...)
		}
	}
}

// warn tells the log when clocks run into a year whose holidays are not known.
func (s *Service) warn(ctx context.Context, now time.Time) {
	calendar, policy, err := s.clock(ctx)
	if err != nil {
		return // what follows meets it, too
	}
	today := jiqiao.DayOf(now)
	if text := calendar.Warning(today, calendar.Add(today, policy.AnswerDays+policy.CloseDays)); text != "" {
		s.log.Warn("the holiday table ends", "message", text, "years", calendar.Years())
	}
}
