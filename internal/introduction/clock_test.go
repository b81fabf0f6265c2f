package introduction_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/internal/workday"
)

// One side answers, the other never does: reminded twice, late, escalated, closed with a code.
func TestClockFromInvitationToTheEnd(t *testing.T) {
	w := newWorld(t)
	i := w.invite()
	w.say(w.university, i, interested)
	seen := len(w.told())
	for _, step := range []struct{ at, want string }{
		{"2026-11-24", ""},
		{"2026-11-26", "reminder enterprise"},             // two days before Monday the 30th
		{"2026-11-26", ""},                                // the same instant again
		{"2026-11-27", "reminder enterprise"},             // one day
		{"2026-11-28", ""},                                // a Saturday
		{"2026-11-30", ""},                                // the last day itself
		{"2026-12-01", "late enterprise, overdue broker"}, // too late
		{"2026-12-02", "escalated operators"},             // two working days after the 30th
		{"2026-12-07", ""},                                // five
		{"2026-12-08", "expired enterprise, expired university, expired broker"},
		{"2026-12-09", ""},
		{"2027-03-01", ""},
	} {
		w.tick(morning(step.at))
		if got := w.since(seen); got != step.want {
			t.Errorf("%s: told %q, want %q", step.at, got, step.want)
		}
		seen = len(w.told())
	}
	kept := w.stored(i)
	if kept.State != jiqiao.IntroductionExpired || kept.Reason != "no_answer" || kept.ClosedAt == nil || kept.NextAt != nil {
		t.Errorf("the end: %+v", kept)
	}
	_, err := w.Answer(w.ctx, w.enterprise, i.ID, jiqiao.Answer{Version: kept.Version, Answer: jiqiao.AnswerInterested})
	w.fails(jiqiao.CodeConflict, err)
	w.isGranted(w.enterprise.Organisation)
}

// Reminders go out once, though jobs run twice, at once, in two processes, and though the clock steps back.
func TestRemindersGoOutOnce(t *testing.T) {
	w := newWorld(t)
	w.invite()
	seen := len(w.told())
	w.move(morning("2026-11-26"))
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			if err := w.service(w.store).Clock(w.ctx, jiqiao.Job{}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	w.tick(morning("2026-11-24")) // the clock is set back
	w.tick(morning("2026-11-26")) // and comes by again
	w.tick(morning("2026-11-26").Add(time.Hour))
	told := strings.Split(w.since(seen), ", ")
	slices.Sort(told)
	if got := strings.Join(told, ", "); got != "reminder enterprise, reminder university" {
		t.Errorf("told %s", got)
	}
}

// After a long stop people are told once where things stand, not everything that was missed.
func TestClockAfterALongStop(t *testing.T) {
	for at, want := range map[string]string{
		"2026-11-27": "reminder enterprise, reminder university",
		"2026-12-02": "late enterprise, overdue broker, escalated operators, late university",
		"2026-12-20": "expired enterprise, expired university, expired broker",
	} {
		w := newWorld(t)
		w.invite()
		seen := len(w.told())
		w.tick(morning(at))
		if got := w.since(seen); got != want {
			t.Errorf("%s: told %q, want %q", at, got, want)
		}
	}
}

// Over National Day nothing runs, and the Saturday that is worked counts.
func TestClockKnowsHolidays(t *testing.T) {
	w := newWorld(t)
	w.move(morning("2026-09-29"))
	i := w.invite()
	if got := string(jiqiao.DayOf(i.Need.DueAt.Add(-1))); got != "2026-10-12" {
		t.Errorf("five working days from 29 September end on %s", got) // 30, 8, 9, 10 (a Saturday), 12
	}
	seen := len(w.told())
	w.tick(morning("2026-10-05"))
	if got := w.since(seen); got != "" {
		t.Errorf("reminded in the holidays: %s", got)
	}
	if i.Warning != "" {
		t.Errorf("warned within the table: %s", i.Warning)
	}
}

// Beyond the end of the holiday table weekends count, people are told so, and the log is.
func TestClockBeyondTheHolidayTable(t *testing.T) {
	w := newWorld(t)
	w.move(morning("2026-12-29"))
	i := w.invite()
	if got := string(jiqiao.DayOf(i.Need.DueAt.Add(-1))); got != "2027-01-05" {
		t.Errorf("five weekdays from 29 December end on %s", got)
	}
	if !strings.Contains(i.Warning, "2027") {
		t.Errorf("warning %q", i.Warning)
	}
	w.tick(morning("2026-12-30"))
	if !strings.Contains(w.log.String(), "the holiday table ends") {
		t.Errorf("log: %s", w.log)
	}
	_, err := w.book.Set(w.ctx, 0, jiqiao.AddedDays{
		Days:  []workday.Day{{Day: "2027-01-01", Kind: workday.Off, Name: "元旦"}},
		Years: map[int]string{2027: "市里补充"},
	})
	w.must(err)
	view, err := w.Introduction(w.ctx, w.enterprise, i.ID)
	w.must(err)
	if view.Warning != "" {
		t.Errorf("warning after the days were added: %s", view.Warning)
	}
}

// A question that is never answered ends the introduction as one that was never answered.
func TestUnansweredQuestionEndsToo(t *testing.T) {
	w := newWorld(t)
	i := w.invite()
	w.say(w.university, i, interested)
	w.say(w.enterprise, i, jiqiao.Answer{Answer: jiqiao.AnswerMoreInfo, Note: "谁来做中试？", To: jiqiao.PartyBroker})
	seen := len(w.told())
	w.tick(morning("2026-12-01"))
	if got := w.since(seen); got != "overdue broker" {
		t.Errorf("told %q", got)
	}
	counts, err := w.Count(w.ctx, w.broker)
	w.must(err)
	if counts.Awaiting != 1 || counts.Overdue != 1 || counts.Open != 1 {
		t.Errorf("counts %+v", counts)
	}
	w.tick(morning("2026-12-08"))
	if kept := w.stored(i); kept.State != jiqiao.IntroductionExpired || !strings.Contains(kept.Note, "技术经理人") {
		t.Errorf("the end: %s %s", kept.State, kept.Note)
	}
}

func TestPolicy(t *testing.T) {
	w := newWorld(t)
	_, err := w.SetPolicy(w.ctx, 0, jiqiao.IntroductionPolicy{AnswerDays: 0, EscalateDays: 9, CloseDays: 3, Nudges: -1})
	w.fails(jiqiao.CodeInvalid, err)
	version, err := w.SetPolicy(w.ctx, 0, jiqiao.IntroductionPolicy{AnswerDays: 1, EscalateDays: 1, CloseDays: 1, Nudges: 0})
	w.must(err)
	_, err = w.SetPolicy(w.ctx, version+1, jiqiao.DefaultIntroductionPolicy)
	w.fails(jiqiao.CodeConflict, err)
	i := w.invite()
	if got := string(jiqiao.DayOf(i.Need.DueAt.Add(-1))); got != "2026-11-24" {
		t.Errorf("due on %s", got)
	}
	seen := len(w.told())
	w.tick(morning("2026-11-23").Add(time.Hour)) // both reminders would come on days that had begun
	if got := w.since(seen); got != "" {
		t.Errorf("reminded on the day of the invitation: %s", got)
	}
	_, err = w.Remind(w.ctx, w.broker, i.ID, jiqiao.PartyNeed)
	w.fails(jiqiao.CodeTooManyRequests, err)
}

// A record that is withdrawn, settled or deleted ends what nobody has answered yet, and both sides hear why.
func TestRecordsThatGo(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*world) error
		reason string
	}{
		"withdrawn": {func(w *world) error { w.need.Status = jiqiao.StatusWithdrawn; return w.store.Put(w.ctx, w.need) }, "changed"},
		"solved":    {func(w *world) error { w.need.Status = jiqiao.StatusSettled; return w.store.Put(w.ctx, w.need) }, "solved"},
		"deleted": {func(w *world) error {
			return w.store.Delete(w.ctx, jiqiao.KindAchievement, w.achievement.ID, w.achievement.Version)
		}, "other"},
	} {
		w := newWorld(t)
		i := w.invite()
		seen := len(w.told())
		w.must(tc.change(w))
		w.tick(monday.Add(time.Hour))
		w.tick(monday.Add(2 * time.Hour))
		if got := w.since(seen); got != "closed enterprise, closed university, closed broker" {
			t.Errorf("%s: told %q", name, got)
		}
		if kept := w.stored(i); kept.State != jiqiao.IntroductionClosed || kept.Reason != tc.reason || kept.Note == "" {
			t.Errorf("%s: %s for %s", name, kept.State, kept.Reason)
		}
	}
}
