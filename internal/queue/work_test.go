package queue_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"jiqiao"
)

// queued is a world with candidates in u_1's queue.
func queued(t *testing.T, n int, brokers ...jiqiao.Broker) (*world, []jiqiao.Candidate) {
	t.Helper()
	w := newWorld(t, append([]jiqiao.Broker{broker("u_1")}, brokers...)...)
	w.rules(func(r *jiqiao.QueueRules) { r.PerWeek, r.Capacity, r.SecondShare = 1000, 1000, 0 })
	all := w.store.brokers
	w.store.brokers = all[:1]
	for i := range n {
		need := w.need(fmt.Sprintf("需求%03d", i), "20101")
		w.match(need, jiqiao.LevelFair, w.achievement(fmt.Sprintf("成果%03d", i)))
		w.fill(need)
	}
	w.store.brokers = all
	return w, w.all()
}

func accept(id string) jiqiao.QueueDecision {
	return jiqiao.QueueDecision{CandidateID: id, Verb: jiqiao.QueueAccept}
}

func TestAgeIsData(t *testing.T) {
	w, all := queued(t, 1)
	for _, step := range []struct {
		advance time.Duration
		urgency jiqiao.Urgency
		days    int
	}{
		{0, jiqiao.UrgencyCalm, 0},
		{48 * time.Hour, jiqiao.UrgencyCalm, 2},    // Tuesday
		{24 * time.Hour, jiqiao.UrgencyToday, 3},   // Wednesday, the third working day
		{14 * time.Hour, jiqiao.UrgencyOverdue, 3}, // after midnight in Beijing
		{24 * time.Hour, jiqiao.UrgencyOverdue, 4},
	} {
		w.clock.Advance(step.advance)
		item, err := w.Candidate(t.Context(), viewer("u_1"), all[0].ID)
		w.must(err)
		if c := item.Candidate; c.Urgency != step.urgency || c.WaitingDays != step.days || c.BrokerName != "经理人u_1" {
			t.Errorf("after %v: %s, %d days, %s", step.advance, c.Urgency, c.WaitingDays, c.BrokerName)
		}
	}
	loads, err := w.Loads(t.Context(), viewer("u_1"))
	w.must(err)
	if len(loads) != 1 || loads[0].Overdue != 1 || loads[0].Left != 999 {
		t.Errorf("load: %+v", loads)
	}
}

func TestNextPassesByWhatOthersLookAt(t *testing.T) {
	w, all := queued(t, 3, broker("u_2", func(b *jiqiao.Broker) { b.Organisation = "o_u_1" }))
	colleague := viewer("u_2")
	colleague.Organisation = "o_u_1"
	for i := range all {
		if i > 0 {
			_, err := w.Lease(t.Context(), colleague, all[i].ID)
			w.must(err)
		}
	}
	c, err := w.Next(t.Context(), viewer("u_1"), jiqiao.CandidateQuery{})
	w.must(err)
	if c.ID != all[0].ID || c.Lease == nil || c.Lease.Name != "经理人u_1" {
		t.Errorf("next: %+v", c)
	}
	again, err := w.Next(t.Context(), viewer("u_1"), jiqiao.CandidateQuery{})
	w.must(err)
	if again.ID != c.ID {
		t.Error("one's own lease stands in one's way")
	}
	_, err = w.Decide(t.Context(), viewer("u_1"), accept(c.ID))
	w.must(err)
	_, err = w.Next(t.Context(), viewer("u_1"), jiqiao.CandidateQuery{})
	w.fails(jiqiao.CodeNotFound, err)
	w.clock.Advance(11 * time.Minute)
	_, err = w.Next(t.Context(), viewer("u_1"), jiqiao.CandidateQuery{})
	w.must(err)
}

func TestUndoEndsWithItsTime(t *testing.T) {
	w, all := queued(t, 1)
	w.rules(func(r *jiqiao.QueueRules) { r.UndoMinutes = 30 })
	c, err := w.Decide(t.Context(), viewer("u_1"), accept(all[0].ID))
	w.must(err)
	if c.UndoUntil == nil || !c.UndoUntil.Equal(c.DecidedAt.Add(30*time.Minute)) {
		t.Errorf("undo until %v, decided %v", c.UndoUntil, c.DecidedAt)
	}
	w.clock.Advance(31 * time.Minute)
	_, err = w.Undo(t.Context(), viewer("u_1"), c.ID)
	w.fails(jiqiao.CodeConflict, err)
}

func TestBulkIsInChunksAndInOrder(t *testing.T) {
	w, all := queued(t, 60)
	var decisions []jiqiao.QueueDecision
	for i, c := range all {
		d := accept(c.ID)
		if i%7 == 3 {
			d.Verb = jiqiao.QueueReject // without a reason
		}
		decisions = append(decisions, d)
	}
	results, err := w.DecideAll(t.Context(), viewer("u_1"), decisions)
	w.must(err)
	for i, r := range results {
		if r.CandidateID != all[i].ID || (r.Error != nil) != (i%7 == 3) || r.Error == nil && r.Candidate.State != jiqiao.CandidateAccepted {
			t.Errorf("%d: %+v", i, r)
		}
	}
	_, err = w.DecideAll(t.Context(), viewer("u_1"), nil)
	w.fails(jiqiao.CodeInvalid, err)
	_, err = w.DecideAll(t.Context(), viewer("u_1"), make([]jiqiao.QueueDecision, jiqiao.MaxBulk+1))
	w.fails(jiqiao.CodeInvalid, err)
}

func TestHandOver(t *testing.T) {
	w, all := queued(t, 1, broker("u_2"))
	for to, want := range map[string]jiqiao.Code{"u_9": jiqiao.CodeInvalid, "": jiqiao.CodeInvalid, "u_1": jiqiao.CodeConflict} {
		_, err := w.Hand(t.Context(), viewer("u_1"), all[0].ID, to, "")
		w.fails(want, err)
	}
	_, err := w.Hand(t.Context(), viewer("u_1"), all[0].ID, "u_2", strings.Repeat("长", jiqiao.MaxNote+1))
	w.fails(jiqiao.CodeInvalid, err)
	c, err := w.Hand(t.Context(), viewer("u_1"), all[0].ID, "u_2", "请接手")
	w.must(err)
	if c.BrokerName != "经理人u_2" {
		t.Errorf("handed: %+v", c)
	}
	_, err = w.Candidate(t.Context(), viewer("u_1"), c.ID)
	w.fails(jiqiao.CodeNotFound, err)
}

func TestHandOverInBulk(t *testing.T) {
	w, all := queued(t, 4, broker("u_2", func(b *jiqiao.Broker) { b.Capacity = 2 }))
	ids := []string{all[0].ID, "k_x", all[1].ID, all[2].ID}
	for _, wrong := range [][]string{nil, make([]string, jiqiao.MaxBulk+1)} {
		_, err := w.HandAll(t.Context(), viewer("u_1"), wrong, "u_2", "")
		w.fails(jiqiao.CodeInvalid, err)
	}
	_, err := w.HandAll(t.Context(), viewer("u_1"), ids, "u_9", "")
	w.fails(jiqiao.CodeInvalid, err)
	results, err := w.HandAll(t.Context(), viewer("u_1"), ids, "u_2", "请接手")
	w.must(err)
	for i, want := range []jiqiao.Code{"", jiqiao.CodeNotFound, "", jiqiao.CodeConflict} { // the last finds no place
		r := results[i]
		if r.CandidateID != ids[i] || want == "" && (r.Error != nil || r.Candidate.BrokerName != "经理人u_2") || want != "" && (r.Error == nil || r.Error.Code != want) {
			t.Errorf("%d: %+v, want %q", i, r, want)
		}
	}
}

func TestSecondOpinionsAreASample(t *testing.T) {
	const decided = 100
	w, all := queued(t, decided, broker("u_2"), broker("u_3"), broker("u_4", func(b *jiqiao.Broker) { b.Organisation = "o_u_1" }),
		broker("u_5", func(b *jiqiao.Broker) { b.Fields = []string{"40"} }))
	w.rules(func(r *jiqiao.QueueRules) { r.SecondShare = 0.2 })
	for _, c := range all {
		_, err := w.Decide(t.Context(), viewer("u_1"), accept(c.ID))
		w.must(err)
	}
	asked := map[string]int{}
	for _, id := range []string{"u_1", "u_2", "u_3", "u_4", "u_5"} {
		found, err := w.Opinions(t.Context(), viewer(id))
		w.must(err)
		asked[id] = len(found)
	}
	total := asked["u_2"] + asked["u_3"]
	if asked["u_1"]+asked["u_4"]+asked["u_5"] != 0 || asked["u_2"] == 0 || asked["u_3"] == 0 || total < decided/20 || total > decided*4/10 {
		t.Errorf("asked: %v", asked)
	}
	for _, id := range []string{"u_2", "u_3"} {
		found, err := w.Opinions(t.Context(), viewer(id))
		w.must(err)
		for i, o := range found {
			d := accept(o.CandidateID)
			if i%2 == 1 {
				d.Verb, d.Reason = jiqiao.QueueReject, "field"
			}
			w.must(w.GiveOpinion(t.Context(), viewer(id), d))
		}
	}
	operator := jiqiao.Viewer{User: "u_9", Role: jiqiao.RoleOperator}
	found, err := w.Agreement(t.Context(), operator, time.Time{})
	w.must(err)
	if len(found) != 2 || found[0].Label != "全部" || found[0].Pairs != total || found[1].Field != "20" || found[1].Label == "" || found[0].FirstOnly+found[0].BothAccept != total {
		t.Errorf("agreement: %+v", found)
	}
}

func TestDecisionsElsewhereComeToTheQueue(t *testing.T) {
	w, all := queued(t, 2, broker("u_2"))
	pair := jiqiao.Decision{NeedID: all[0].NeedID, AchievementID: all[0].AchievementID, Verb: jiqiao.VerbDefer, Score: 0.99}
	_, ok, err := w.DecidePair(t.Context(), viewer("u_2"), pair)
	w.fails(jiqiao.CodeConflict, err)
	if !ok || !strings.Contains(err.Error(), "经理人u_1") {
		t.Errorf("whose it is: %t, %v", ok, err)
	}
	c, ok, err := w.DecidePair(t.Context(), viewer("u_1"), pair)
	w.must(err)
	if !ok || c.State != jiqiao.CandidateDeferred || c.DeferUntil != "2026-11-25" || c.Score == 0.99 {
		t.Errorf("%t, %+v", ok, c)
	}
	pair.AchievementID = "a_00000000000000000000"
	_, ok, err = w.DecidePair(t.Context(), viewer("u_1"), pair)
	w.must(err)
	if ok {
		t.Error("a pair that is in no queue")
	}
	d, err := w.store.Decision(t.Context(), c.DecisionID)
	w.must(err)
	ok, err = w.UndoDecision(t.Context(), viewer("u_1"), d)
	w.must(err)
	if !ok {
		t.Error("it was the candidate's")
	}
	ok, err = w.UndoDecision(t.Context(), viewer("u_1"), d)
	w.must(err)
	if ok {
		t.Error("it no longer is")
	}
}

func TestNobodyReachesAnything(t *testing.T) {
	w, all := queued(t, 1)
	for name, v := range map[string]jiqiao.Viewer{
		"the public":      {},
		"a machine":       {Scopes: jiqiao.Scopes[:]},
		"an enterprise":   {User: "u_1", Role: jiqiao.RoleEnterprise, Organisation: "o_u_1"},
		"an auditor":      {User: "u_1", Role: jiqiao.RoleAuditor},
		"another broker":  viewer("u_2"),
		"without account": {Role: jiqiao.RoleBroker, Organisation: "o_u_1"},
	} {
		page, err := w.List(t.Context(), v, jiqiao.CandidateQuery{Broker: "u_1"})
		if err != nil || page.Total != 0 || len(page.States) != 0 {
			t.Errorf("%s lists %+v, %v", name, page, err)
		}
		_, seen := w.Candidate(t.Context(), v, all[0].ID)
		_, decided := w.Decide(t.Context(), v, accept(all[0].ID))
		_, leased := w.Lease(t.Context(), v, all[0].ID)
		_, handed := w.Hand(t.Context(), v, all[0].ID, "u_1", "")
		for i, err := range []error{seen, decided, leased, handed} {
			if jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
				t.Errorf("%s, act %d: %v", name, i, err)
			}
		}
		if asked, err := w.Questions(t.Context(), v, jiqiao.QuestionQuery{}); err != nil || asked.Total != 0 {
			t.Errorf("%s is asked %+v, %v", name, asked, err)
		}
	}
}
