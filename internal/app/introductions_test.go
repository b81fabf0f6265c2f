package app

import (
	"context"
	"slices"
	"testing"

	"jiqiao"
	"jiqiao/jobs"
	"jiqiao/store/storetest"
)

// An accepted candidate becomes an introduction with the matcher's own evidence, and, once both are interested, a deal.
func TestAcceptedCandidateIsIntroduced(t *testing.T) {
	a := following(t, settings(t.TempDir()))
	wanted := need("提高碳化硅功率器件栅氧可靠性")
	made := &jiqiao.Achievement{Abstract: "碳化硅功率器件的栅氧工艺，提高栅氧可靠性。"}
	made.Title, made.Status, made.Owner = "碳化硅器件栅氧工艺", jiqiao.StatusPublished, jiqiao.OrganisationRef{Name: "某某大学"}
	others := make([]jiqiao.Record, 0, 30)
	for range cap(others) { // the owner's others, and another owner's: they must not crowd it out
		other := *made
		other.Title += "之" + string(rune('甲'+len(others)))
		if len(others)%2 == 0 {
			other.Owner = jiqiao.OrganisationRef{Name: "另一所大学"}
		}
		others = append(others, &other)
	}
	put(t, a.Store, wanted, made)
	put(t, a.Store, others...)
	caughtUp(t, a)

	c := storetest.Queue(t, a.Store, "u_broker", wanted.ID, made.ID)[0]
	done, err := a.Store.DecideCandidates(t.Context(), storetest.As("u_broker"), []jiqiao.QueueDecision{{CandidateID: c.ID, Verb: jiqiao.QueueAccept}})
	if err != nil || done[0].Error != nil {
		t.Fatal(err, done)
	}
	handlers := a.handlers()
	do := func(kind, key string) {
		t.Helper()
		if err := handlers[kind](t.Context(), jiqiao.Job{Kind: kind, Key: key}); err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
	}
	do(jiqiao.JobIntroduce, c.ID)
	do(jiqiao.JobIntroduce, c.ID)
	i, err := a.Store.IntroductionOf(t.Context(), c.ID, wanted.ID, made.ID)
	if err != nil {
		t.Fatal(err)
	}
	if i.Evidence == nil || i.Evidence.AchievementID != made.ID || len(i.Evidence.Evidence) == 0 || i.Model == "" || i.Level == 0 {
		t.Fatalf("evidence: %+v", i.Evidence)
	}
	for _, v := range []jiqiao.Viewer{
		{User: "u_1", Role: jiqiao.RoleEnterprise, Organisation: wanted.Owner.ID}, {User: "u_2", Role: jiqiao.RoleUniversity, Organisation: made.Owner.ID},
	} {
		if _, err := a.introductions.Answer(t.Context(), v, i.ID, jiqiao.Answer{Version: i.Version, Answer: jiqiao.AnswerInterested}); err != nil {
			t.Fatal(err)
		}
	}
	do(jiqiao.JobIntroductionClock, "")
	do(jiqiao.JobDeal, i.ID)
	deals, err := a.Store.Deals(t.Context(), jiqiao.DealQuery{Scope: jiqiao.DealScope{All: true}})
	if err != nil || deals.Total != 1 || deals.Items[0].IntroductionID != i.ID {
		t.Errorf("deals %+v: %v", deals, err)
	}
}

// What the matcher sees nothing in is introduced without evidence, not refused.
func TestUnlikePairHasNoEvidence(t *testing.T) {
	a := following(t, settings(t.TempDir()))
	wanted := need("罗非鱼冷链保鲜")
	made := &jiqiao.Achievement{}
	made.Title, made.Status, made.Owner = "zzzz", jiqiao.StatusPublished, jiqiao.OrganisationRef{Name: "某某大学"}
	put(t, a.Store, wanted, made)
	caughtUp(t, a)
	if _, err := a.explainPair(t.Context(), wanted, made); jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
		t.Errorf("got %v", err)
	}
}

// The schedule's kinds all have somebody who does them.
func TestIntroductionClockIsScheduled(t *testing.T) {
	a := open(t, settings(t.TempDir()))
	for _, s := range a.schedules() {
		if a.handlers()[s.Kind] == nil {
			t.Errorf("nobody does %s", s.Kind)
		}
	}
	if !slices.ContainsFunc(a.schedules(), func(s jobs.Schedule) bool { return s.Kind == jiqiao.JobIntroductionClock }) {
		t.Error("nothing winds the clock of introductions")
	}
	if _, err := a.operators(context.Background()); err != nil {
		t.Error(err)
	}
}
