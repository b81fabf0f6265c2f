package introduction_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/internal/introduction"
	"jiqiao/store"
	"jiqiao/store/storetest"
)

var (
	interested = jiqiao.Answer{Answer: jiqiao.AnswerInterested}
	declined   = jiqiao.Answer{Answer: jiqiao.AnswerDeclined, Reason: "metrics", Note: "精度差 0.3 mm"}
)

func TestBothInterested(t *testing.T) {
	w := newWorld(t)
	i := w.invite()
	if told := strings.Join(w.told(), ", "); told != "invited enterprise, invited university" {
		t.Fatalf("told %s", told)
	}
	if due := i.Need.DueAt; !due.Equal(time.Date(2026, 11, 30, 16, 0, 0, 0, time.UTC)) {
		t.Errorf("five working days from Monday end at %s", due)
	}
	for name, v := range map[string]jiqiao.Viewer{"enterprise": w.enterprise, "university": w.university, "broker": w.broker} {
		if shown := w.text(v, i); strings.Contains(shown, "1390000") && name != "enterprise" || strings.Contains(shown, "1370000") && name != "university" {
			t.Errorf("%s sees a contact before anyone answered", name)
		}
	}
	before := len(w.told())
	w.say(w.enterprise, i, interested)
	if told := w.since(before); told != "other_interested university, answered broker" {
		t.Errorf("told %s", told)
	}
	if shown := w.text(w.enterprise, i); strings.Contains(shown, "1370000") {
		t.Error("who is interested alone sees the other side's contact")
	}
	before = len(w.told())
	view := w.say(w.university, i, interested)
	if view.State != jiqiao.IntroductionInterested || view.InterestedAt == nil || view.NextAt != nil || view.DueAt() != nil {
		t.Errorf("both are interested: %+v", view.Introduction)
	}
	if told := w.since(before); told != "interested enterprise, interested university, interested broker" {
		t.Errorf("told %s", told)
	}
	if view.Contacts == nil || view.Contacts.Contact.Mobile != "13900001111" || view.Contacts.Organisation != "某某机械有限公司" {
		t.Errorf("the university's contact: %+v", view.Contacts)
	}
	w.isGranted(w.university.Organisation, w.need.ID)
	w.isGranted(w.enterprise.Organisation, w.achievement.ID)
	e := w.heard()
	if e.Object != i.Ref() || strings.Join(e.Organisations, " ") != w.enterprise.Organisation+" "+w.university.Organisation ||
		len(e.Users) != 1 || e.Users[0] != w.broker.User || len(e.Data) != 1 || e.Data["state"] != "interested" {
		t.Errorf("open pages hear %+v", e)
	}
	if deals := w.jobs(jiqiao.JobDeal); len(deals) != 1 || deals[0].Key != i.ID {
		t.Errorf("deals to be made: %+v", deals)
	}
	if shown := w.text(w.broker, i); strings.Contains(shown, "1370000") || strings.Contains(shown, "1390000") {
		t.Error("the broker is given contacts without asking")
	}
}

// text is all that the viewer reads of the introduction.
func (w *world) text(v jiqiao.Viewer, i jiqiao.IntroductionView) string {
	w.t.Helper()
	view, err := w.Introduction(w.ctx, v, i.ID)
	w.must(err)
	page, err := w.Introductions(w.ctx, v, jiqiao.IntroductionQuery{})
	w.must(err)
	acts, err := w.History(w.ctx, v, i.ID)
	w.must(err)
	thread, err := w.Thread(w.ctx, v, i.ID, "", "", 0)
	w.must(err)
	accepted, err := w.Acceptances(w.ctx, v, i.ID)
	w.must(err)
	all, err := json.Marshal([]any{view, page, acts, thread, accepted})
	w.must(err)
	return string(all)
}

// isGranted checks that exactly these records were opened to the organisation.
func (w *world) isGranted(organisation string, want ...string) {
	w.t.Helper()
	got, err := w.store.Granted(w.ctx, organisation)
	w.must(err)
	if strings.Join(got, " ") != strings.Join(want, " ") {
		w.t.Errorf("opened to %s: %v, want %v", organisation, got, want)
	}
}

// Contacts are opened for the pair alone: another introduction of one of the records gives nothing away.
func TestContactsAreForThePairAlone(t *testing.T) {
	w := newWorld(t)
	third := &jiqiao.Achievement{Header: jiqiao.Header{Title: "另一项成果", Status: jiqiao.StatusPublished, Owner: jiqiao.OrganisationRef{Name: "某某研究院"}}}
	w.must(w.store.Put(w.ctx, third))
	institute := jiqiao.Viewer{User: "u_institute", Name: "孙八", Role: jiqiao.RoleUniversity, Organisation: third.Owner.ID}
	i := w.invite()
	other, err := w.Invite(w.ctx, w.broker, jiqiao.IntroductionInput{NeedID: w.need.ID, AchievementID: third.ID})
	w.must(err)
	w.say(w.enterprise, i, interested)
	w.say(w.university, i, interested)
	w.say(institute, other, interested)
	if shown := w.text(institute, other); strings.Contains(shown, "1390000") || strings.Contains(shown, "1370000") {
		t.Error("the institute sees the contact of a need whose owner is interested in somebody else")
	}
	w.isGranted(institute.Organisation)
	w.isGranted(w.enterprise.Organisation, w.achievement.ID)
	_, err = w.Introduction(w.ctx, institute, i.ID)
	w.fails(jiqiao.CodeNotFound, err)
}

func TestDeclineTellsWhyAndTeaches(t *testing.T) {
	w := newWorld(t)
	i := w.invite()
	w.say(w.university, i, interested)
	before := len(w.told())
	view := w.say(w.enterprise, i, declined)
	if view.State != jiqiao.IntroductionDeclined || view.Reason != "metrics" || view.ClosedAt == nil || view.NextAt != nil {
		t.Errorf("declined: %+v", view.Introduction)
	}
	if told := w.since(before); told != "declined university, declined broker" {
		t.Errorf("told %s", told)
	}
	if shown := w.text(w.university, i); !strings.Contains(shown, "精度差 0.3 mm") {
		t.Error("the other side does not read why")
	}
	standing, err := w.store.StandingDecisions(w.ctx, jiqiao.KindNeed, w.need.ID)
	w.must(err)
	d := standing[w.achievement.ID]
	if d.Verb != jiqiao.VerbReject || d.Reason != "metrics" || d.By != w.enterprise.User || d.Level != jiqiao.LevelStrong || d.Model != "v1" {
		t.Errorf("the ranker learns %+v", d)
	}
	w.isGranted(w.university.Organisation)
	_, err = w.Answer(w.ctx, w.university, i.ID, jiqiao.Answer{Version: 99, Answer: jiqiao.AnswerDeclined, Reason: "cost"})
	w.fails(jiqiao.CodeConflict, err)
	if again := w.invite(); again.ID == i.ID { // after the end the pair may be introduced anew
		t.Error("the old one came back")
	}
}

// Of two answers of one side at once one wins, and the other is told who was first.
func TestTwoAnswersAtOnce(t *testing.T) {
	w := newWorld(t)
	i := w.invite()
	colleague := w.enterprise
	colleague.User, colleague.Name = "u_colleague", "周九"
	type outcome struct {
		v   jiqiao.Viewer
		err error
	}
	outcomes := make(chan outcome, 2)
	var both sync.WaitGroup
	for _, v := range []jiqiao.Viewer{w.enterprise, colleague} {
		a := interested
		if v.User == colleague.User {
			a = declined
		}
		a.Version = i.Version
		both.Go(func() {
			_, err := w.Answer(w.ctx, v, i.ID, a)
			outcomes <- outcome{v, err}
		})
	}
	both.Wait()
	first, second := <-outcomes, <-outcomes
	if first.err != nil {
		first, second = second, first
	}
	w.must(first.err)
	w.fails(jiqiao.CodeConflict, second.err)
	if !strings.Contains(second.err.Error(), first.v.Name) {
		t.Errorf("the second is not told who was first: %v", second.err)
	}
	if kept := w.stored(i); kept.Version != 2 || kept.Need.AnsweredBy != first.v.User {
		t.Errorf("kept %+v", kept.Need)
	}
}

// The two sides do not stand in each other's way: each answers what it read.
func TestSidesAnswerTheSameVersion(t *testing.T) {
	w := newWorld(t)
	i := w.invite()
	a := interested
	a.Version = i.Version
	w.say(w.enterprise, i, a)
	if view := w.say(w.university, i, a); view.State != jiqiao.IntroductionInterested {
		t.Errorf("state %s", view.State)
	}
}

func TestDoubleClick(t *testing.T) {
	for name, answers := range map[string][]jiqiao.Answer{
		"interested": {interested}, "declined": {declined}, "both": {interested},
		"asking": {{Answer: jiqiao.AnswerMoreInfo, Note: "年用量多少？", To: jiqiao.PartyAchievement}},
	} {
		w := newWorld(t)
		i := w.invite()
		if name == "both" {
			w.say(w.university, i, interested)
		}
		a := answers[0]
		a.Version = w.stored(i).Version
		w.say(w.enterprise, i, a)
		told, version := len(w.told()), w.stored(i).Version
		w.say(w.enterprise, i, a) // the same click
		a.Version = version
		w.say(w.enterprise, i, a) // and once more, after reading again
		if got := w.stored(i); got.Version != version || len(w.told()) != told || len(w.jobs(jiqiao.JobDeal)) > 1 {
			t.Errorf("%s: version %d → %d, told %s", name, version, got.Version, w.since(told))
		}
	}
}

// Asking stops one's own clock; the answer to the question lets it go on.
func TestMoreInfoStopsTheClock(t *testing.T) {
	w := newWorld(t)
	i := w.invite()
	w.move(morning("2026-11-26")) // Thursday: two working days left
	view := w.say(w.enterprise, i, jiqiao.Answer{Answer: jiqiao.AnswerMoreInfo, Note: "是否做过中试？", To: jiqiao.PartyAchievement})
	if view.Need.Asked != jiqiao.PartyAchievement || view.Need.LeftDays != 2 || string(jiqiao.DayOf(view.Need.DueAt.Add(-1))) != "2026-12-03" {
		t.Errorf("asking: %+v", view.Need)
	}
	if len(view.Awaited) != 1 || view.Awaited[0] != jiqiao.PartyAchievement {
		t.Errorf("awaited %v", view.Awaited)
	}
	thread, err := w.Thread(w.ctx, w.university, i.ID, "", "", 0)
	w.must(err)
	if len(thread.Items) != 1 || !thread.Items[0].Question || thread.Items[0].Author != "" || thread.Items[0].Name != "" {
		t.Errorf("the question as the other side reads it: %+v", thread.Items)
	}
	w.move(morning("2026-12-02"))
	before := len(w.told())
	if _, err := w.Say(w.ctx, w.enterprise, i.ID, jiqiao.ThreadMessage{Text: "请尽快"}); err != nil {
		t.Fatal(err)
	}
	if got := w.stored(i); got.Need.State != jiqiao.AnswerMoreInfo {
		t.Error("the asker's own message counts as the reply")
	}
	view, err = w.Say(w.ctx, w.university, i.ID, jiqiao.ThreadMessage{Text: "做过"})
	w.must(err)
	kept := w.stored(i)
	if kept.Need.State != jiqiao.AnswerWaiting || string(jiqiao.DayOf(kept.Need.DueAt.Add(-1))) != "2026-12-04" {
		t.Errorf("after the reply: %+v", kept.Need)
	}
	if told := w.since(before); !strings.Contains(told, "replied enterprise") {
		t.Errorf("told %s", told)
	}
	if view.Achievement.FirstAnsweredAt == nil {
		t.Error("a reply is no reaction")
	}
}

func TestAnswersThatAreRefused(t *testing.T) {
	w := newWorld(t)
	i := w.invite()
	long := strings.Repeat("长", jiqiao.MaxNote+1)
	for name, tc := range map[string]struct {
		v    jiqiao.Viewer
		a    jiqiao.Answer
		want jiqiao.Code
	}{
		"nothing":                     {w.enterprise, jiqiao.Answer{}, jiqiao.CodeInvalid},
		"no version":                  {w.enterprise, jiqiao.Answer{Answer: jiqiao.AnswerInterested}, jiqiao.CodeInvalid},
		"waiting":                     {w.enterprise, jiqiao.Answer{Version: 1, Answer: jiqiao.AnswerWaiting}, jiqiao.CodeInvalid},
		"no such reason":              {w.enterprise, jiqiao.Answer{Version: 1, Answer: jiqiao.AnswerDeclined, Reason: "x"}, jiqiao.CodeInvalid},
		"other without words":         {w.enterprise, jiqiao.Answer{Version: 1, Answer: jiqiao.AnswerDeclined, Reason: "other"}, jiqiao.CodeInvalid},
		"the clock's reason":          {w.enterprise, jiqiao.Answer{Version: 1, Answer: jiqiao.AnswerDeclined, Reason: "no_answer"}, jiqiao.CodeInvalid},
		"a reason to agree":           {w.enterprise, jiqiao.Answer{Version: 1, Answer: jiqiao.AnswerInterested, Reason: "cost"}, jiqiao.CodeInvalid},
		"a question to nobody":        {w.enterprise, jiqiao.Answer{Version: 1, Answer: jiqiao.AnswerMoreInfo, Note: "?"}, jiqiao.CodeInvalid},
		"a question to oneself":       {w.enterprise, jiqiao.Answer{Version: 1, Answer: jiqiao.AnswerMoreInfo, Note: "?", To: jiqiao.PartyNeed}, jiqiao.CodeInvalid},
		"no question":                 {w.enterprise, jiqiao.Answer{Version: 1, Answer: jiqiao.AnswerMoreInfo, To: jiqiao.PartyBroker}, jiqiao.CodeInvalid},
		"an answer to somebody":       {w.enterprise, jiqiao.Answer{Version: 1, Answer: jiqiao.AnswerInterested, To: jiqiao.PartyBroker}, jiqiao.CodeInvalid},
		"too long":                    {w.enterprise, jiqiao.Answer{Version: 1, Answer: jiqiao.AnswerInterested, Note: long}, jiqiao.CodeInvalid},
		"by the broker":               {w.broker, jiqiao.Answer{Version: 1, Answer: jiqiao.AnswerInterested}, jiqiao.CodeForbidden},
		"by the operator":             {w.operator, jiqiao.Answer{Version: 1, Answer: jiqiao.AnswerInterested}, jiqiao.CodeForbidden},
		"by a stranger":               {w.stranger, jiqiao.Answer{Version: 1, Answer: jiqiao.AnswerInterested}, jiqiao.CodeNotFound},
		"by nobody":                   {jiqiao.Viewer{}, jiqiao.Answer{Version: 1, Answer: jiqiao.AnswerInterested}, jiqiao.CodeNotFound},
		"by a machine of the side":    {jiqiao.Viewer{Organisation: w.need.Owner.ID, Scopes: []jiqiao.Scope{jiqiao.ScopeAdmin}}, jiqiao.Answer{Version: 1, Answer: jiqiao.AnswerInterested}, jiqiao.CodeNotFound},
		"by a broker of the side":     {jiqiao.Viewer{User: "u_x", Role: jiqiao.RoleBroker, Organisation: w.need.Owner.ID}, jiqiao.Answer{Version: 1, Answer: jiqiao.AnswerInterested}, jiqiao.CodeNotFound},
		"by an auditor of the side":   {jiqiao.Viewer{User: "u_x", Role: jiqiao.RoleAuditor, Organisation: w.need.Owner.ID}, jiqiao.Answer{Version: 1, Answer: jiqiao.AnswerInterested}, jiqiao.CodeNotFound},
		"by a colleague who looks on": {jiqiao.Viewer{User: "u_x", Role: jiqiao.RoleBroker, Organisation: "o_agency"}, jiqiao.Answer{Version: 1, Answer: jiqiao.AnswerInterested}, jiqiao.CodeForbidden},
	} {
		if _, err := w.Answer(w.ctx, tc.v, i.ID, tc.a); jiqiao.CodeOf(err) != tc.want {
			t.Errorf("%s: %v, want %s", name, err, tc.want)
		}
	}
	if got := w.stored(i); got.Version != 1 {
		t.Errorf("refused answers left version %d", got.Version)
	}
}

func TestRemindInBulk(t *testing.T) {
	w := newWorld(t)
	i := w.invite()
	w.say(w.university, i, interested)
	remind := func(v jiqiao.Viewer, ids ...string) []jiqiao.ReminderResult {
		results, err := w.RemindAll(w.ctx, v, ids)
		w.must(err)
		return results
	}
	for _, wrong := range [][]string{nil, make([]string, jiqiao.MaxBulk+1)} {
		_, err := w.RemindAll(w.ctx, w.broker, wrong)
		w.fails(jiqiao.CodeInvalid, err)
	}
	got := remind(w.broker, i.ID, "e_x")
	if len(got) != 2 || got[0].Error != nil || !slices.Equal(got[0].Sides, []jiqiao.Party{jiqiao.PartyNeed}) || got[1].Error == nil || got[1].Error.Code != jiqiao.CodeNotFound {
		t.Errorf("reminded: %+v", got)
	}
	for name, tc := range map[string]struct {
		v    jiqiao.Viewer
		want jiqiao.Code
	}{"a side": {w.enterprise, jiqiao.CodeForbidden}, "a stranger": {w.stranger, jiqiao.CodeNotFound}} {
		if got := remind(tc.v, i.ID); got[0].Error == nil || got[0].Error.Code != tc.want || len(got[0].Sides) != 0 {
			t.Errorf("%s: %+v", name, got[0])
		}
	}
	for range jiqiao.DefaultIntroductionPolicy.Nudges {
		got = remind(w.broker, i.ID)
	}
	if got[0].Error == nil || got[0].Error.Code != jiqiao.CodeTooManyRequests || w.stored(i).Need.Nudges != jiqiao.DefaultIntroductionPolicy.Nudges {
		t.Errorf("reminded too often: %+v", got[0])
	}
	w.say(w.enterprise, i, interested)
	if got = remind(w.broker, i.ID); got[0].Error == nil || got[0].Error.Code != jiqiao.CodeConflict {
		t.Errorf("nobody owes anything: %+v", got[0])
	}
}

func TestCloseAndRemindAreTheBrokers(t *testing.T) {
	w := newWorld(t)
	i := w.invite()
	other := jiqiao.Viewer{User: "u_other", Name: "吴十", Role: jiqiao.RoleBroker, Organisation: "o_other"}
	colleague := other
	colleague.Organisation = "o_agency"
	elsewhere := jiqiao.Viewer{User: "u_elsewhere", Role: jiqiao.RoleOperator, Region: "440000"}
	c := jiqiao.Closure{Version: 1, Reason: "changed"}
	for name, tc := range map[string]struct {
		v    jiqiao.Viewer
		want jiqiao.Code
	}{
		"a broker of another agency": {other, jiqiao.CodeNotFound}, "a colleague": {colleague, jiqiao.CodeForbidden}, "an operator of another province": {elsewhere, jiqiao.CodeNotFound},
		"a side": {w.enterprise, jiqiao.CodeForbidden}, "a stranger": {w.stranger, jiqiao.CodeNotFound},
	} {
		_, err := w.Close(w.ctx, tc.v, i.ID, c)
		if jiqiao.CodeOf(err) != tc.want {
			t.Errorf("%s closes: %v", name, err)
		}
		_, err = w.Remind(w.ctx, tc.v, i.ID, jiqiao.PartyNeed)
		if jiqiao.CodeOf(err) != tc.want {
			t.Errorf("%s reminds: %v", name, err)
		}
	}
	if _, err := w.Introduction(w.ctx, colleague, i.ID); err != nil {
		t.Errorf("a colleague does not read it: %v", err)
	}
	for range jiqiao.DefaultIntroductionPolicy.Nudges {
		_, err := w.Remind(w.ctx, w.broker, i.ID, jiqiao.PartyNeed)
		w.must(err)
	}
	_, err := w.Remind(w.ctx, w.broker, i.ID, jiqiao.PartyNeed)
	w.fails(jiqiao.CodeTooManyRequests, err)
	w.say(w.university, i, interested)
	_, err = w.Remind(w.ctx, w.broker, i.ID, jiqiao.PartyAchievement)
	w.fails(jiqiao.CodeConflict, err) // nothing is awaited of it
	_, err = w.Close(w.ctx, w.broker, i.ID, c)
	w.fails(jiqiao.CodeConflict, err) // it changed since
	c.Version = w.stored(i).Version
	view, err := w.Close(w.ctx, w.operator, i.ID, c)
	w.must(err)
	if view.State != jiqiao.IntroductionClosed || view.Reason != "changed" || len(view.May) != 0 {
		t.Errorf("closed: %+v", view.Introduction)
	}
	c.Version = view.Version
	_, err = w.Close(w.ctx, w.broker, i.ID, c)
	w.fails(jiqiao.CodeConflict, err)
}

func TestInvitationsThatAreRefused(t *testing.T) {
	w := newWorld(t)
	draft := &jiqiao.Need{Header: jiqiao.Header{Title: "草稿", Status: jiqiao.StatusDraft, Owner: w.need.Owner}}
	private := &jiqiao.Achievement{Header: jiqiao.Header{Title: "不公开的", Status: jiqiao.StatusPublished, Disclosure: jiqiao.DisclosurePrivate, Owner: w.achievement.Owner}}
	own := &jiqiao.Achievement{Header: jiqiao.Header{Title: "自家的", Status: jiqiao.StatusPublished, Owner: w.need.Owner}}
	for _, rec := range []jiqiao.Record{draft, private, own} {
		w.must(w.store.Put(w.ctx, rec))
	}
	for name, tc := range map[string]struct {
		v   jiqiao.Viewer
		in  jiqiao.IntroductionInput
		has string
	}{
		"nothing":         {w.broker, jiqiao.IntroductionInput{}, "need_id"},
		"no such records": {w.broker, jiqiao.IntroductionInput{NeedID: "n_x", AchievementID: "a_x"}, "achievement_id"},
		"a draft":         {w.operator, jiqiao.IntroductionInput{NeedID: draft.ID, AchievementID: w.achievement.ID}, "need_id"},
		"a private one":   {w.broker, jiqiao.IntroductionInput{NeedID: w.need.ID, AchievementID: private.ID}, "achievement_id"},
		"one's own":       {w.broker, jiqiao.IntroductionInput{NeedID: w.need.ID, AchievementID: own.ID}, "同一单位"},
		"elsewhere":       {jiqiao.Viewer{User: "u_x", Role: jiqiao.RoleOperator, Region: "440000"}, jiqiao.IntroductionInput{NeedID: w.need.ID, AchievementID: w.achievement.ID}, "地区"},
	} {
		_, err := w.Invite(w.ctx, tc.v, tc.in)
		if jiqiao.CodeOf(err) != jiqiao.CodeInvalid || !strings.Contains(err.Error(), tc.has) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.invite()
	_, err := w.Invite(w.ctx, w.broker, jiqiao.IntroductionInput{NeedID: w.need.ID, AchievementID: w.achievement.ID})
	w.fails(jiqiao.CodeConflict, err)
}

// accepted puts an accepted candidate of the pair into the store.
func (w *world) accepted() jiqiao.Candidate {
	w.t.Helper()
	all := storetest.Queue(w.t, w.store, w.broker.User, w.need.ID, w.achievement.ID)
	results, err := w.store.DecideCandidates(w.ctx, storetest.As(w.broker.User), []jiqiao.QueueDecision{{CandidateID: all[0].ID, Verb: jiqiao.QueueAccept}})
	w.must(err)
	if results[0].Error != nil {
		w.t.Fatal(results[0].Error)
	}
	c, err := w.store.Candidate(w.ctx, all[0].ID)
	w.must(err)
	return c
}

func TestAcceptedCandidateIsIntroducedOnce(t *testing.T) {
	w := newWorld(t)
	c := w.accepted()
	var at sync.WaitGroup
	for range 4 {
		at.Go(func() {
			if err := w.service(w.store).Introduce(w.ctx, jiqiao.Job{Kind: jiqiao.JobIntroduce, Key: c.ID}); err != nil {
				t.Error(err)
			}
		})
	}
	at.Wait()
	page, err := w.store.Introductions(w.ctx, jiqiao.IntroductionQuery{Scope: jiqiao.IntroductionScope{All: true}})
	w.must(err)
	if page.Total != 1 {
		t.Fatalf("%d introductions", page.Total)
	}
	i := page.Items[0]
	if i.CandidateID != c.ID || i.Broker != w.broker.User || i.Agency != "o_agency" || i.Level != jiqiao.LevelStrong {
		t.Errorf("made %+v", i)
	}
	c, err = w.store.Candidate(w.ctx, c.ID)
	w.must(err)
	if c.IntroductionID != i.ID {
		t.Errorf("the candidate does not know its introduction: %q", c.IntroductionID)
	}
	w.must(w.service(w.store).Introduce(w.ctx, jiqiao.Job{Key: "k_00000000000000000000"})) // gone: nothing to do
	if told := strings.Join(w.told(), ", "); strings.Count(told, "invited") != 2 {
		t.Errorf("told %s", told)
	}
}

func TestCandidateThatCannotBeIntroduced(t *testing.T) {
	w := newWorld(t)
	c := w.accepted()
	w.must(w.store.Delete(w.ctx, jiqiao.KindNeed, w.need.ID, w.need.Version))
	job := jiqiao.Job{Key: c.ID}
	w.must(w.Introduce(w.ctx, job))
	if told := strings.Join(w.told(), ", "); !strings.Contains(told, "unable broker") {
		t.Errorf("the broker is not told: %s", told)
	}
}

// An introduction shows the evidence as it was, whatever became of record or model.
func TestEvidenceIsKept(t *testing.T) {
	w := newWorld(t)
	i := w.invite()
	w.need.Title = "另一个题目"
	w.must(w.store.Put(w.ctx, w.need))
	view, err := w.Introduction(w.ctx, w.university, i.ID)
	w.must(err)
	if view.Shown == nil || view.Shown.Model != "v1" || len(view.Shown.Evidence) != 1 || view.Shown.Record != nil || view.Shown.Decision != nil {
		t.Errorf("shown %+v", view.Shown)
	}
	listed, err := w.Introductions(w.ctx, w.university, jiqiao.IntroductionQuery{})
	w.must(err)
	if len(listed.Items) != 1 || listed.Items[0].Shown != nil || listed.Items[0].Level != jiqiao.LevelStrong {
		t.Errorf("listed %+v", listed.Items)
	}
}

// What the other side may not see of a record, an introduction does not show either.
func TestHiddenOwnersStayHidden(t *testing.T) {
	for _, d := range []jiqiao.Disclosure{jiqiao.DisclosureAnonymous, jiqiao.DisclosureSummaryAnonymous, jiqiao.DisclosureBroker} {
		w := newWorld(t, func(w *world) {
			w.need.Disclosure, w.need.Background, w.need.Confidential = d, "某某机械有限公司的产线", "绝密配方"
		})
		i := w.invite()
		_, err := w.Say(w.ctx, w.enterprise, i.ID, jiqiao.ThreadMessage{Text: "您好"})
		w.must(err)
		w.say(w.enterprise, i, interested)
		shown := w.text(w.university, i)
		for _, secret := range []string{"某某机械", "绝密配方", "1390000", "李工", "李四", w.enterprise.User, `"` + w.need.Owner.ID} {
			if strings.Contains(shown, secret) {
				t.Errorf("%s: the university reads %s", d, secret)
			}
		}
		for _, j := range w.jobs(store.NoticeJob) {
			var n jiqiao.Notice
			w.must(json.Unmarshal(j.Payload, &n))
			if len(n.Organisations) == 1 && n.Organisations[0] == w.university.Organisation && strings.Contains(string(j.Payload), "某某机械") {
				t.Errorf("%s: the university is told %s", d, j.Payload)
			}
		}
	}
}

func TestHandOver(t *testing.T) {
	w := newWorld(t)
	i := w.invite()
	account := func(login string, role jiqiao.Role, state jiqiao.UserState) string {
		a := &jiqiao.Account{User: jiqiao.User{Login: login, Name: login, Role: role, State: state}}
		w.must(w.store.CreateAccount(w.ctx, a, jiqiao.AccountChange{}))
		return a.ID
	}
	successor, gone, auditor := account("继任", jiqiao.RoleBroker, jiqiao.UserActive), account("离职", jiqiao.RoleBroker, jiqiao.UserDisabled), account("审计", jiqiao.RoleAuditor, jiqiao.UserActive)
	for name, tc := range map[string]struct {
		v    jiqiao.Viewer
		to   string
		want jiqiao.Code
	}{
		"by a stranger": {w.stranger, successor, jiqiao.CodeNotFound}, "by a side": {w.enterprise, successor, jiqiao.CodeForbidden},
		"to nobody": {w.broker, "", jiqiao.CodeInvalid}, "to who has left": {w.broker, gone, jiqiao.CodeInvalid}, "to no broker": {w.broker, auditor, jiqiao.CodeInvalid},
	} {
		if _, err := w.Hand(w.ctx, tc.v, i.ID, tc.to); jiqiao.CodeOf(err) != tc.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	view, err := w.Hand(w.ctx, w.broker, i.ID, successor)
	w.must(err)
	if view.Broker != successor || view.BrokerName != "继任" {
		t.Errorf("handed: %+v", view.Introduction)
	}
	if _, err := w.Close(w.ctx, w.broker, i.ID, jiqiao.Closure{Version: view.Version, Reason: "changed"}); jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
		t.Errorf("who gave it away still closes it: %v", err)
	}
	if _, err = w.Hand(w.ctx, w.operator, i.ID, successor); err != nil { // again: nothing to do
		t.Error(err)
	}
	if kept := w.stored(i); kept.Version != view.Version {
		t.Error("handing over to who has it changes something")
	}
}

// counting counts the questions that showing a page asks.
type counting struct {
	*store.Store
	asked atomic.Int64
}

func (c *counting) GetMany(ctx context.Context, kind jiqiao.Kind, ids []string) ([]jiqiao.Record, error) {
	c.asked.Add(1)
	return c.Store.GetMany(ctx, kind, ids)
}

func (c *counting) Get(ctx context.Context, kind jiqiao.Kind, id string) (jiqiao.Record, error) {
	c.asked.Add(1)
	return c.Store.Get(ctx, kind, id)
}

func (c *counting) GetOrganisation(ctx context.Context, id string) (jiqiao.Organisation, error) {
	c.asked.Add(1)
	return c.Store.GetOrganisation(ctx, id)
}

// A page of introductions asks two questions of the records, however long it is.
func TestListAsksNoQuestionPerRow(t *testing.T) {
	w := newWorld(t)
	for n := range 40 {
		i := storetest.Introduction(w.need.ID, fmt.Sprint("a_", n))
		i.Need.Organisation = w.enterprise.Organisation
		w.must(w.store.CreateIntroduction(w.ctx, i, storetest.Quiet))
	}
	c := &counting{Store: w.store}
	s := introduction.New(introduction.Options{Store: c, Threads: c, Records: c, Settings: c, Calendar: w.book.Calendar, Log: slog.New(slog.DiscardHandler), Now: w.now})
	for _, limit := range []int{1, 40} {
		c.asked.Store(0)
		page, err := s.Introductions(w.ctx, w.enterprise, jiqiao.IntroductionQuery{Limit: limit})
		w.must(err)
		if len(page.Items) != limit || c.asked.Load() != 2 {
			t.Errorf("%d rows: %d questions", len(page.Items), c.asked.Load())
		}
	}
}
