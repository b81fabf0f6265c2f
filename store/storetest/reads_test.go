package storetest

import (
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

func readTests() map[string]func(*env) {
	return map[string]func(*env){
		"ReadingMovesOn":           readingMovesOn,
		"WhoWritesHasReadTheRest":  whoWritesHasReadTheRest,
		"OnlyTheThreadsOwnAreRead": onlyTheThreadsOwnAreRead,
		"WhatIsNewIsFound":         whatIsNewIsFound,
	}
}

// write adds a message to the introduction's thread and returns its id.
func (e *env) write(i *jiqiao.Introduction, user string, party jiqiao.Party) string {
	e.t.Helper()
	e.clock.Advance(time.Minute)
	_, err := e.ChangeIntroduction(e.ctx, i.ID, func(i *jiqiao.Introduction) (jiqiao.IntroductionOutcome, error) {
		return jiqiao.IntroductionOutcome{Messages: []jiqiao.ThreadMessage{{Thread: i.Ref(), Author: user, Party: party, Text: "留言"}}}, nil
	})
	e.must(err)
	page, err := e.Thread(e.ctx, i.Ref(), "newest", "", 1)
	e.must(err)
	return page.Items[0].ID
}

func (e *env) talk() *jiqiao.Introduction {
	e.t.Helper()
	e.clock.Advance(time.Second) // another need, too
	i := Introduction("n_"+e.clock.Now().String(), "a_1")
	e.must(e.CreateIntroduction(e.ctx, i, Quiet))
	return i
}

func (e *env) reads(i *jiqiao.Introduction, user string, party jiqiao.Party, message string) {
	e.t.Helper()
	e.must(e.ReadThread(e.ctx, jiqiao.ThreadRead{Introduction: i.ID, User: user, Party: party, Message: message}, jiqiao.Event{}))
}

// unread is how much each user has not read.
func (e *env) unread(i *jiqiao.Introduction, want map[string]int) {
	e.t.Helper()
	got := map[string]int{}
	for user := range want {
		found, err := e.ThreadsUnread(e.ctx, user, []string{i.ID, "e_none", ""})
		e.must(err)
		got[user] = found[i.ID]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		e.t.Errorf("unread (-want +got):\n%s", diff)
	}
}

func readingMovesOn(e *env) {
	i := e.talk()
	first, second := e.write(i, "u_need", jiqiao.PartyNeed), e.write(i, "u_need", jiqiao.PartyNeed)
	e.write(i, "u_broker", jiqiao.PartyBroker)
	e.unread(i, map[string]int{"u_need": 1, "u_broker": 0, "u_other": 3, "u_colleague": 3})
	e.reads(i, "u_other", jiqiao.PartyAchievement, second)
	e.unread(i, map[string]int{"u_other": 1, "u_colleague": 3})
	e.reads(i, "u_other", jiqiao.PartyAchievement, first) // an older page that is open, too, takes nothing back
	e.unread(i, map[string]int{"u_other": 1})
	seen, err := e.ThreadSeen(e.ctx, i.ID)
	e.must(err)
	page, err := e.Thread(e.ctx, i.Ref(), "", "", 0)
	e.must(err)
	want := map[jiqiao.Party]time.Time{
		jiqiao.PartyNeed: page.Items[1].At, jiqiao.PartyAchievement: page.Items[1].At, jiqiao.PartyBroker: page.Items[2].At,
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		e.t.Errorf("seen (-want +got):\n%s", diff)
	}
	e.reads(i, "u_colleague", jiqiao.PartyAchievement, "")
	e.unread(i, map[string]int{"u_other": 1, "u_colleague": 0})
	seen, err = e.ThreadSeen(e.ctx, i.ID)
	e.must(err)
	if !seen[jiqiao.PartyAchievement].Equal(page.Items[2].At) {
		e.t.Errorf("of a party who has read most counts: %v", seen)
	}
}

func whoWritesHasReadTheRest(e *env) {
	i := e.talk()
	e.write(i, "u_need", jiqiao.PartyNeed)
	e.write(i, "u_broker", jiqiao.PartyBroker)
	e.write(i, "u_need", jiqiao.PartyNeed)
	e.unread(i, map[string]int{"u_need": 0, "u_broker": 1, "u_other": 3})
	e.write(i, "", "") // of the service itself
	e.unread(i, map[string]int{"u_need": 1, "u_broker": 2, "u_other": 4})
	seen, err := e.ThreadSeen(e.ctx, i.ID)
	e.must(err)
	if _, found := seen[""]; found || len(seen) != 2 {
		e.t.Errorf("seen by %v", seen)
	}
}

func onlyTheThreadsOwnAreRead(e *env) {
	one, two := e.talk(), e.talk()
	message := e.write(one, "u_need", jiqiao.PartyNeed)
	e.fails(jiqiao.CodeNotFound, e.ReadThread(e.ctx, jiqiao.ThreadRead{Introduction: two.ID, User: "u_1", Party: jiqiao.PartyBroker, Message: message}, jiqiao.Event{}))
	e.reads(two, "u_1", jiqiao.PartyBroker, "") // nothing there to be read
	if seen, err := e.ThreadSeen(e.ctx, two.ID); err != nil || len(seen) != 0 {
		e.t.Errorf("seen %v, %v", seen, err)
	}
	e.write(two, "u_need", jiqiao.PartyNeed)
	e.reads(one, "u_1", jiqiao.PartyBroker, message)
	found, err := e.ThreadsUnread(e.ctx, "u_1", []string{one.ID, two.ID})
	e.must(err)
	if diff := cmp.Diff(map[string]int{two.ID: 1}, found); diff != "" {
		e.t.Errorf("unread (-want +got):\n%s", diff)
	}
}

func whatIsNewIsFound(e *env) {
	with := func(broker string) *jiqiao.Introduction {
		e.t.Helper()
		e.clock.Advance(time.Second)
		i := Introduction("n_"+e.clock.Now().String(), "a_1")
		i.Broker, i.Agency = broker, "o_agency"
		e.must(e.CreateIntroduction(e.ctx, i, Quiet))
		return i
	}
	looked, nobodys, silent := with("u_broker"), with(""), with("u_broker")
	message := e.write(looked, "u_need", jiqiao.PartyNeed)
	e.write(nobodys, "u_other", jiqiao.PartyAchievement)
	names := map[string]string{looked.ID: "looked after", nobodys.ID: "nobody's", silent.ID: "silent"}
	check := func(user string, scope jiqiao.IntroductionScope, want ...string) {
		e.t.Helper()
		page, err := e.Introductions(e.ctx, jiqiao.IntroductionQuery{Scope: scope, UnreadBy: user, Sort: jiqiao.IntroductionsOldest})
		e.must(err)
		var got []string
		for _, i := range page.Items {
			got = append(got, names[i.ID])
		}
		counts, err := e.CountIntroductions(e.ctx, scope, scope.Organisation, user, e.clock.Now())
		e.must(err)
		if diff := cmp.Diff(want, got); diff != "" || page.Total != len(want) || counts.Unread != len(want) {
			e.t.Errorf("new to %s: %d, counted %d (-want +got):\n%s", user, page.Total, counts.Unread, diff)
		}
	}
	check("u_need", jiqiao.IntroductionScope{Organisation: "o_need"}, "nobody's")
	check("u_colleague", jiqiao.IntroductionScope{Organisation: "o_need"}, "looked after", "nobody's")
	check("u_broker", jiqiao.IntroductionScope{Broker: "u_broker", Agency: "o_agency"}, "looked after")
	check("u_agency", jiqiao.IntroductionScope{Broker: "u_agency", Agency: "o_agency"})
	check("u_operator", jiqiao.IntroductionScope{All: true}, "nobody's")
	check("u_broker", jiqiao.IntroductionScope{})
	check("' OR 1=1 --", jiqiao.IntroductionScope{Broker: "' OR 1=1 --"})
	e.reads(looked, "u_broker", jiqiao.PartyBroker, message)
	check("u_broker", jiqiao.IntroductionScope{Broker: "u_broker", Agency: "o_agency"})
}
