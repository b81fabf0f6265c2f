package queue_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

// owners are the viewers to whom the need and the achievement belong.
func owners(n *jiqiao.Need, a *jiqiao.Achievement) (buyer, maker jiqiao.Viewer) {
	return jiqiao.Viewer{User: "u_buyer", Role: jiqiao.RoleEnterprise, Organisation: n.Owner.ID},
		jiqiao.Viewer{User: "u_maker", Role: jiqiao.RoleUniversity, Organisation: a.Owner.ID}
}

func wish(n *jiqiao.Need, a *jiqiao.Achievement) jiqiao.Wish {
	return jiqiao.Wish{NeedID: n.ID, AchievementID: a.ID, Note: " 样件已备好 "}
}

func TestAWishComesBeforeABrokerHoweverWeakTheMatch(t *testing.T) {
	w := newWorld(t, broker("u_1"))
	n, a := w.need("提高导热率", "20101"), w.achievement("石墨烯膜")
	buyer, maker := owners(n, a)
	c, err := w.Wish(t.Context(), buyer, wish(n, a), n, a)
	w.must(err)
	if c.Broker != "u_1" || c.BrokerName != "经理人u_1" || c.Level != jiqiao.LevelNone || c.NeedWish == nil || c.NeedOwner != buyer.Organisation || c.DueAt.IsZero() {
		t.Errorf("became %+v", c)
	}
	item, err := w.Candidate(t.Context(), viewer("u_1"), c.ID)
	w.must(err)
	if last := item.History[len(item.History)-1]; last.Act != "wished" || last.Note != "样件已备好" || last.From != buyer.Organisation {
		t.Errorf("history ends with %+v", last)
	}
	told := w.hears()
	names := []string{}
	for _, n := range told {
		names = append(names, n.Template)
	}
	if diff := cmp.Diff([]string{"candidate.wished"}, names); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	for name, v := range map[string]jiqiao.Viewer{
		"of another organisation": {User: "u_x", Role: jiqiao.RoleEnterprise, Organisation: "o_x"}, "a broker": viewer("u_1"), "without organisation": {User: "u_x", Role: jiqiao.RoleEnterprise},
	} {
		_, err := w.Wish(t.Context(), v, wish(n, a), n, a)
		if jiqiao.CodeOf(err) != jiqiao.CodeForbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
	a.Status = jiqiao.StatusEngaged
	_, err = w.Wish(t.Context(), maker, wish(n, a), n, a)
	w.fails(jiqiao.CodeConflict, err)
	note, err := w.Unwish(t.Context(), buyer, n.ID, a.ID)
	w.must(err)
	if note != "样件已备好" {
		t.Errorf("said %q", note)
	}
	_, err = w.Unwish(t.Context(), buyer, n.ID, a.ID)
	w.fails(jiqiao.CodeNotFound, err)
}

func TestABrokerHearsOfAWishOnceADay(t *testing.T) {
	w := newWorld(t, broker("u_1"))
	n, a := w.need("提高导热率", "20101"), w.achievement("石墨烯膜")
	buyer, maker := owners(n, a)
	ask := func(v jiqiao.Viewer) {
		t.Helper()
		_, err := w.Wish(t.Context(), v, wish(n, a), n, a)
		w.must(err)
	}
	back := func(v jiqiao.Viewer) {
		t.Helper()
		_, err := w.Unwish(t.Context(), v, n.ID, a.ID)
		w.must(err)
	}
	ask(buyer)
	first := w.hears()
	if len(first) != 1 || first[0].Data["side"] != "技术需求" || first[0].Data["note"] != "样件已备好" || first[0].Users[0] != "u_1" {
		t.Fatalf("told %+v", first)
	}
	back(buyer)
	if told := w.hears(); len(told) != 0 {
		t.Errorf("told of what was taken back: %+v", told)
	}
	ask(buyer)
	again := w.hears()
	if len(again) != 1 || again[0].Key != first[0].Key { // what has the key of a notice is not told twice
		t.Errorf("told again: %+v", again)
	}
	ask(maker)
	both := w.hears()
	if len(both) != 2 || both[0].Key != first[0].Key || both[1].Key == first[0].Key || both[1].Data["side"] != "科技成果" {
		t.Errorf("of both sides: %+v", both)
	}
	back(buyer)
	w.clock.Advance(24 * time.Hour)
	ask(buyer)
	if told := w.hears(); len(told) != 2 || told[0].Key == first[0].Key {
		t.Errorf("the next day: %+v", told)
	}
}

func TestEachSideHasItsOwnAnswer(t *testing.T) {
	w := newWorld(t, broker("u_1"))
	n, a := w.need("提高导热率", "20101"), w.achievement("石墨烯膜")
	buyer, maker := owners(n, a)
	refuse := func(v jiqiao.Viewer, reason string) {
		t.Helper()
		c, err := w.Wish(t.Context(), v, wish(n, a), n, a)
		w.must(err)
		_, err = w.Decide(t.Context(), viewer("u_1"), jiqiao.QueueDecision{CandidateID: c.ID, Verb: jiqiao.QueueReject, Reason: reason})
		w.must(err)
	}
	refuse(buyer, "cost")
	_, err := w.Wish(t.Context(), maker, wish(n, a), n, a)
	w.must(err)
	first := w.answers(0)
	if len(first) != 1 || first[0].Organisations[0] != buyer.Organisation || first[0].Data["reason"] != jiqiao.CodeLabel("rejection", "cost") {
		t.Fatalf("who was refused is told %+v", first)
	}
	refuse(maker, "field")
	told := map[string]string{}
	for _, n := range w.answers(time.Hour) {
		if n.Key != first[0].Key { // told already
			told[n.Organisations[0]] += n.Template + " " + n.Data["reason"]
		}
	}
	want := map[string]string{maker.Organisation: "candidate.unsuited " + jiqiao.CodeLabel("rejection", "field")}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

func TestWhoAskedHearsWhyNot(t *testing.T) {
	w := newWorld(t, broker("u_1"))
	n, a := w.need("提高导热率", "20101"), w.achievement("石墨烯膜")
	buyer, _ := owners(n, a)
	c, err := w.Wish(t.Context(), buyer, wish(n, a), n, a)
	w.must(err)
	w.hears()
	reject := jiqiao.QueueDecision{CandidateID: c.ID, Verb: jiqiao.QueueReject, Reason: "cost", Note: "内部意见"}
	_, err = w.Decide(t.Context(), viewer("u_1"), reject)
	w.must(err)
	if told := w.answers(0); len(told) != 0 {
		t.Errorf("told before it was thought over: %+v", told)
	}
	_, err = w.Undo(t.Context(), viewer("u_1"), c.ID)
	w.must(err)
	if told := w.answers(time.Hour); len(told) != 0 {
		t.Errorf("told of what was undone: %+v", told)
	}
	_, err = w.Decide(t.Context(), viewer("u_1"), reject)
	w.must(err)
	told := w.answers(time.Hour)
	if len(told) != 1 {
		t.Fatalf("%d notices, want one", len(told))
	}
	want := jiqiao.Notice{
		Template: "candidate.unsuited", Organisations: []string{buyer.Organisation}, Object: jiqiao.Ref{Type: "need", ID: n.ID}, Key: told[0].Key,
		Data: map[string]string{"own": "提高导热率", "kind": "科技成果", "other": "石墨烯膜", "reason": jiqiao.CodeLabel("rejection", "cost")},
	}
	if diff := cmp.Diff(want, told[0]); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

func TestWhoAskedLearnsNoTitleThatHeMayNotRead(t *testing.T) {
	w := newWorld(t, broker("u_1"))
	n, a := w.need("提高导热率", "20101"), w.achievement("石墨烯膜")
	buyer, _ := owners(n, a)
	c, err := w.Wish(t.Context(), buyer, wish(n, a), n, a)
	w.must(err)
	w.hears()
	a.Title, a.Disclosure = "不外传的题目", jiqiao.DisclosureBroker
	w.put(a)
	w.match(n, jiqiao.LevelFair, a)
	w.fill(a)
	_, err = w.Decide(t.Context(), viewer("u_1"), jiqiao.QueueDecision{CandidateID: c.ID, Verb: jiqiao.QueueReject, Reason: "cost"})
	w.must(err)
	told := w.answers(time.Hour)
	if len(told) != 1 || told[0].Template != "candidate.unsuited" {
		t.Fatalf("told %+v", told)
	}
	if got, there := told[0].Data["other"]; there {
		t.Errorf("told of %q", got)
	}
}

func TestWhoAskedHearsThatTheOtherIsGone(t *testing.T) {
	w := newWorld(t, broker("u_1"))
	n, a, own := w.need("提高导热率", "20101"), w.achievement("石墨烯膜"), w.achievement("铜箔")
	buyer, maker := owners(n, a)
	for v, other := range map[*jiqiao.Viewer]*jiqiao.Achievement{&buyer: a, &maker: own} {
		_, err := w.Wish(t.Context(), *v, wish(n, other), n, other)
		w.must(err)
	}
	w.hears()
	for _, gone := range []*jiqiao.Achievement{a, own} { // the second is his own who asked
		gone.Status = jiqiao.StatusWithdrawn
		w.put(gone)
		w.fill(gone)
	}
	told := w.answers(0)
	if len(told) != 1 {
		t.Fatalf("%d notices, want one: %+v", len(told), told)
	}
	want := jiqiao.Notice{
		Template: "candidate.lapsed", Organisations: []string{buyer.Organisation}, Object: jiqiao.Ref{Type: "need", ID: n.ID}, Key: told[0].Key,
		Data: map[string]string{"own": "提高导热率", "kind": "科技成果"},
	}
	if diff := cmp.Diff(want, told[0]); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

// answers does the jobs that answer wishes once the time has passed, and returns the notices.
func (w *world) answers(after time.Duration) []jiqiao.Notice {
	w.t.Helper()
	ctx := context.Background()
	w.clock.Advance(after)
	due, err := w.store.ClaimJobs(ctx, "w", []string{jiqiao.JobWishAnswered}, 100, time.Hour)
	w.must(err)
	for _, j := range due {
		w.must(w.WishAnswered(ctx, j))
		w.must(w.WishAnswered(ctx, j)) // a retry
		w.must(w.store.FinishJob(ctx, j, jiqiao.JobDone, ""))
	}
	left, err := w.store.ClaimJobs(ctx, "w", []string{jiqiao.JobNotice}, 100, time.Hour)
	w.must(err)
	var told []jiqiao.Notice
	for _, j := range left {
		var n jiqiao.Notice
		w.must(json.Unmarshal(j.Payload, &n))
		told = append(told, n)
		w.must(w.store.FinishJob(ctx, j, jiqiao.JobDone, ""))
	}
	return told
}
