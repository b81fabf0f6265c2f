package storetest

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

func subscriptionTests() map[string]func(*env) {
	return map[string]func(*env){
		"SubscriptionsAreOnesOwn":        subscriptionsAreOnesOwn,
		"AlertsAreLimitedAndNotRepeated": alertsAreLimitedAndNotRepeated,
		"SubscriptionsTellWhatTheyFound": subscriptionsTellWhatTheyFound,
		"FollowersRememberTheirPlace":    followersRememberTheirPlace,
	}
}

func subscription(user, name string) *jiqiao.Subscription {
	return &jiqiao.Subscription{
		User: user, Kind: jiqiao.SubscribeSearch, Name: name, Side: jiqiao.KindAchievement, Text: "激光 '熔覆'",
		Filter: jiqiao.Filter{Fields: []string{"804"}, TRLMin: 4}, Active: true,
	}
}

func subscriptionsAreOnesOwn(e *env) {
	sub := subscription("u_1", "激光")
	e.must(e.PutSubscription(e.ctx, sub))
	kept, err := e.Subscription(e.ctx, "u_1", sub.ID)
	e.must(err)
	if diff := cmp.Diff(*sub, kept); diff != "" || sub.Version != 1 {
		e.t.Errorf("kept (-want +got):\n%s", diff)
	}
	_, err = e.Subscription(e.ctx, "u_2", sub.ID)
	e.fails(jiqiao.CodeNotFound, err)
	stolen := *sub
	stolen.User = "u_2"
	e.fails(jiqiao.CodeNotFound, e.PutSubscription(e.ctx, &stolen))
	e.fails(jiqiao.CodeNotFound, e.DeleteSubscription(e.ctx, "u_2", sub.ID))
	stale := *sub
	e.clock.Advance(time.Minute)
	sub.Name, sub.Active = "激光增材", false
	e.must(e.PutSubscription(e.ctx, sub))
	e.fails(jiqiao.CodeConflict, e.PutSubscription(e.ctx, &stale))
	if active, err := e.ActiveSubscriptions(e.ctx, "", 10); err != nil || len(active) != 0 {
		e.t.Errorf("active: %+v, %v", active, err)
	}
	for i := 1; i < jiqiao.MaxSubscriptions; i++ {
		e.must(e.PutSubscription(e.ctx, subscription("u_1", fmt.Sprint(i))))
	}
	e.fails(jiqiao.CodeConflict, e.PutSubscription(e.ctx, subscription("u_1", "太多")))
	e.must(e.PutSubscription(e.ctx, subscription("u_2", "别人的")))
	n := 0
	for after := ""; ; {
		page, err := e.ActiveSubscriptions(e.ctx, after, 20)
		e.must(err)
		if len(page) == 0 {
			break
		}
		n, after = n+len(page), page[len(page)-1].ID
	}
	if n != jiqiao.MaxSubscriptions { // one is asleep, one is another's
		e.t.Errorf("%d active", n)
	}
	later := e.clock.Now().Truncate(time.Microsecond).Add(time.Hour)
	e.must(e.SubscriptionSeen(e.ctx, sub.ID, later))
	e.must(e.SubscriptionSeen(e.ctx, sub.ID, later.Add(-30*time.Minute)))
	if kept, err = e.Subscription(e.ctx, "u_1", sub.ID); err != nil || !kept.SeenUntil.Equal(later) {
		e.t.Errorf("seen until %v, %v", kept.SeenUntil, err)
	}
	e.must(e.DeleteSubscription(e.ctx, "u_1", sub.ID))
	list, err := e.Subscriptions(e.ctx, "u_1")
	e.must(err)
	if len(list) != jiqiao.MaxSubscriptions-1 {
		e.t.Errorf("%d left", len(list))
	}
	e.fails(jiqiao.CodeNotFound, e.DeleteSubscription(e.ctx, "u_1", "f_"))
}

// waitingNotices are the notices that wait to be told.
func (e *env) waitingNotices() []jiqiao.Notice {
	e.t.Helper()
	page, err := e.Jobs(e.ctx, jiqiao.JobQuery{Kind: jiqiao.JobNotice, Limit: 100})
	e.must(err)
	var all []jiqiao.Notice
	for _, j := range page.Jobs {
		var n jiqiao.Notice
		e.must(json.Unmarshal(j.Payload, &n))
		all = append(all, n)
	}
	return all
}

// The list says what each found in the last thirty days; what others found, or matches of one's own records, is not counted.
func subscriptionsTellWhatTheyFound(e *env) {
	sub, other := subscription("u_1", "激光"), subscription("u_1", "别的")
	e.must(e.PutSubscription(e.ctx, sub))
	e.must(e.PutSubscription(e.ctx, other))
	found := func(user, of, record string) {
		e.t.Helper()
		_, err := e.AddAlert(e.ctx, &jiqiao.Alert{User: user, Subscription: of, Kind: jiqiao.KindNeed, RecordID: record, Title: record, Subject: "激光", Why: "因为"})
		e.must(err)
	}
	found("u_1", sub.ID, "n_1")
	e.clock.Advance(jiqiao.FoundWithin + time.Minute)
	found("u_1", sub.ID, "n_2")
	e.clock.Advance(time.Hour)
	found("u_1", sub.ID, "n_3")
	last := e.clock.Now().Truncate(time.Microsecond)
	found("u_1", "", "n_4")
	found("u_2", sub.ID, "n_5")
	list, err := e.Subscriptions(e.ctx, "u_1")
	e.must(err)
	if len(list) != 2 || list[1].Found != 2 || list[1].FoundAt == nil || !list[1].FoundAt.Equal(last) {
		e.t.Errorf("found %+v, the last at %s", list, last)
	}
	if list[0].Found != 0 || list[0].FoundAt != nil {
		e.t.Errorf("the other found %+v", list[0])
	}
}

func alertsAreLimitedAndNotRepeated(e *env) {
	add := func(user, record, own string) bool {
		e.t.Helper()
		isNew, err := e.AddAlert(e.ctx, &jiqiao.Alert{User: user, Kind: jiqiao.KindNeed, RecordID: record, OwnID: own, Title: record, Subject: "激光", Why: "因为"})
		e.must(err)
		return isNew
	}
	// round tells everybody of what is new, as often as twice a week.
	round := func() map[string][]string {
		e.t.Helper()
		told := map[string][]string{}
		users, err := e.NewAlertUsers(e.ctx, "", 10)
		e.must(err)
		for _, user := range append(users, "u_nobody") {
			e.must(e.TellNew(e.ctx, user, 2, func(list []jiqiao.Alert) jiqiao.Notice {
				for _, a := range list {
					told[a.User] = append(told[a.User], a.RecordID+a.OwnID)
				}
				return jiqiao.Notice{Template: "match.search", Users: []string{user}, Key: list[0].ID}
			}))
		}
		return told
	}
	if !add("u_1", "n_1", "") || add("u_1", "n_1", "") || !add("u_1", "n_1", "a_1") || !add("u_2", "n_1", "") {
		e.t.Error("an alert is told once to each, for each of their own records")
	}
	if diff := cmp.Diff(map[string][]string{"u_1": {"n_1", "n_1a_1"}, "u_2": {"n_1"}}, round()); diff != "" {
		e.t.Errorf("told together (-want +got):\n%s", diff)
	}
	if got := len(e.waitingNotices()); got != 2 {
		e.t.Errorf("%d notices, want one to each", got)
	}
	if again := round(); len(again) != 0 {
		e.t.Errorf("told again: %v", again)
	}
	// Over the limit of two messages: the rest waits for the digest.
	if add("u_1", "n_2", ""); len(round()["u_1"]) != 1 {
		e.t.Error("the second message")
	}
	if !add("u_1", "n_3", "") || !add("u_1", "n_4", "") {
		e.t.Error("what is over the limit is kept")
	}
	if over := round(); len(over) != 0 || len(e.waitingNotices()) != 3 {
		e.t.Errorf("told over the limit: %v", over)
	}
	users, err := e.DigestUsers(e.ctx, "", 10)
	e.must(err)
	if diff := cmp.Diff([]string{"u_1"}, users); diff != "" {
		e.t.Errorf("digests to come (-want +got):\n%s", diff)
	}
	var listed []string
	digest := func(list []jiqiao.Alert) jiqiao.Notice {
		for _, a := range list {
			listed = append(listed, a.RecordID)
		}
		return jiqiao.Notice{Template: "match.digest", Users: []string{"u_1"}, Key: "digest"}
	}
	e.must(e.TellDigest(e.ctx, "u_1", digest))
	e.must(e.TellDigest(e.ctx, "u_1", digest)) // nothing is left
	if diff := cmp.Diff([]string{"n_3", "n_4"}, listed); diff != "" {
		e.t.Errorf("digest (-want +got):\n%s", diff)
	}
	if users, err = e.DigestUsers(e.ctx, "", 10); err != nil || len(users) != 0 {
		e.t.Errorf("still to come: %v, %v", users, err)
	}
	e.clock.Advance(8 * 24 * time.Hour) // a new week
	if add("u_1", "n_5", ""); len(round()["u_1"]) != 1 || len(e.waitingNotices()) != 5 {
		e.t.Errorf("%d notices after a week", len(e.waitingNotices()))
	}
}

func followersRememberTheirPlace(e *env) {
	for _, want := range []int64{-1, 0, 7, 3} {
		if want >= 0 {
			e.must(e.Follow(e.ctx, "alerts", want))
		}
		if got, err := e.another().Followed(e.ctx, "alerts"); err != nil || got != want {
			e.t.Errorf("followed %d, want %d: %v", got, want, err)
		}
	}
}
