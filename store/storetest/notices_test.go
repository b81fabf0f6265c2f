package storetest

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"jiqiao"
	"jiqiao/store"
)

func noticeTests() map[string]func(*env) {
	return map[string]func(*env){
		"NoticeReachesEachOnce":           noticeReachesEachOnce,
		"InboxIsPagedMarkedAndOnesOwn":    inboxIsPagedMarkedAndOnesOwn,
		"RecipientsArePagedAndActive":     recipientsArePagedAndActive,
		"DeliveryIsClaimedByOneOnly":      deliveryIsClaimedByOneOnly,
		"DeliveryCutOffIsTakenUp":         deliveryCutOffIsTakenUp,
		"RateIsSharedAndNeverExceeded":    rateIsSharedAndNeverExceeded,
		"DeadDeliveryIsResent":            deadDeliveryIsResent,
		"OutboxIsFiltered":                outboxIsFiltered,
		"ChannelsKeepSecretsAndVersions":  channelsKeepSecretsAndVersions,
		"PreferencesHaveDefaults":         preferencesHaveDefaults,
		"ReportCountsWhatBecameOfNotices": reportCountsWhatBecameOfNotices,
	}
}

func (e *env) told(id string, topic jiqiao.NoticeTopic, users ...string) jiqiao.ToldNotice {
	e.t.Helper()
	n, err := e.BeginNotice(e.ctx, Told(id, topic))
	e.must(err)
	var to []jiqiao.Recipient
	var out []jiqiao.NewDelivery
	for _, u := range users {
		to = append(to, jiqiao.Recipient{Viewer: jiqiao.Viewer{User: u, Organisation: "o_" + u}})
		out = append(out, jiqiao.NewDelivery{Target: jiqiao.MailTarget(u), Kind: jiqiao.ChannelMail, User: u, NextAt: e.clock.Now()})
	}
	e.must(e.TellNotice(e.ctx, n, to, out, "", true))
	return n
}

func (e *env) inbox(user string) jiqiao.MessagePage {
	e.t.Helper()
	page, err := e.Inbox(e.ctx, jiqiao.MessageQuery{User: user})
	e.must(err)
	return page
}

func noticeReachesEachOnce(e *env) {
	first, err := e.BeginNotice(e.ctx, Told("k_1", jiqiao.TopicDeal))
	e.must(err)
	changed := Told("k_1", jiqiao.TopicDeal)
	changed.Title = "另一个标题"
	again, err := e.BeginNotice(e.ctx, changed)
	e.must(err)
	if diff := cmp.Diff(first, again); diff != "" || first.ToldAt != nil || first.Title != "标题k_1" {
		e.t.Fatalf("a notice of the same id (-first +again):\n%s", diff)
	}
	to := []jiqiao.Recipient{{Viewer: jiqiao.Viewer{User: "u_1"}}, {Viewer: jiqiao.Viewer{User: "u_2"}}}
	out := []jiqiao.NewDelivery{{Target: "mail:u_1", Kind: jiqiao.ChannelMail, User: "u_1", NextAt: e.clock.Now()}}
	// Two processes tell the same page at once, and once more after a crash.
	other := e.another()
	var side sync.WaitGroup
	for _, st := range []*store.Store{e.Store, other, e.Store} {
		side.Go(func() {
			if err := st.TellNotice(e.ctx, first, to, out, "u_2", false); err != nil {
				e.t.Error(err)
			}
		})
	}
	side.Wait()
	halfway, err := e.BeginNotice(e.ctx, Told("k_1", jiqiao.TopicDeal))
	e.must(err)
	if halfway.Cursor != "u_2" || halfway.ToldAt != nil {
		e.t.Errorf("halfway: %+v", halfway)
	}
	e.must(e.TellNotice(e.ctx, first, nil, nil, "u_2", true))
	for _, user := range []string{"u_1", "u_2"} {
		if page := e.inbox(user); page.Total != 1 || page.Items[0].Title != "标题k_1" || !page.Items[0].Urgent || page.Items[0].Object.ID != "n_1" {
			e.t.Errorf("inbox of %s: %+v", user, page)
		}
	}
	sent, err := e.Deliveries(e.ctx, jiqiao.DeliveryQuery{})
	e.must(err)
	done, err := e.BeginNotice(e.ctx, Told("k_1", jiqiao.TopicDeal))
	e.must(err)
	if sent.Total != 1 || done.ToldAt == nil {
		e.t.Errorf("%d deliveries, told at %v", sent.Total, done.ToldAt)
	}
}

func inboxIsPagedMarkedAndOnesOwn(e *env) {
	var want []string
	for i := range 7 {
		topic := jiqiao.TopicDeal
		if i%2 == 0 {
			topic = jiqiao.TopicMatch
		}
		e.told(fmt.Sprintf("k_%d", i), topic, "u_1", "u_2")
		want = append(want, fmt.Sprintf("标题k_%d", i))
		e.clock.Advance(time.Minute)
	}
	slices.Reverse(want)
	var got []string
	for cursor := ""; ; {
		page, err := e.Inbox(e.ctx, jiqiao.MessageQuery{User: "u_1", Limit: 3, Cursor: cursor})
		e.must(err)
		if page.Total != 7 {
			e.t.Fatalf("total %d", page.Total)
		}
		for _, m := range page.Items {
			got = append(got, m.Title)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		e.t.Errorf("pages (-want +got):\n%s", diff)
	}
	mine, others := e.inbox("u_1"), e.inbox("u_2")
	// Somebody else's messages are passed over.
	n, err := e.MarkMessages(e.ctx, "u_1", []string{mine.Items[0].ID, others.Items[1].ID, "x_", "", "\x00"}, jiqiao.MarkRead)
	e.must(err)
	again, err := e.MarkMessages(e.ctx, "u_1", []string{mine.Items[0].ID}, jiqiao.MarkRead)
	e.must(err)
	if n != 1 || again != 0 {
		e.t.Errorf("marked %d, then %d", n, again)
	}
	e.counts("u_1", 6, map[jiqiao.NoticeTopic]int{jiqiao.TopicDeal: 3, jiqiao.TopicMatch: 3})
	e.counts("u_2", 7, map[jiqiao.NoticeTopic]int{jiqiao.TopicDeal: 3, jiqiao.TopicMatch: 4})
	if n, err = e.MarkInbox(e.ctx, "u_1", jiqiao.TopicMatch, jiqiao.MarkRead); err != nil || n != 3 {
		e.t.Errorf("marked %d of a topic: %v", n, err)
	}
	if n, err = e.MarkMessages(e.ctx, "u_1", []string{mine.Items[0].ID}, jiqiao.MarkUnread); err != nil || n != 1 {
		e.t.Errorf("marked %d unread: %v", n, err)
	}
	if n, err = e.MarkMessages(e.ctx, "u_1", []string{mine.Items[6].ID}, jiqiao.MarkArchived); err != nil || n != 1 {
		e.t.Errorf("archived %d: %v", n, err)
	}
	e.counts("u_1", 4, map[jiqiao.NoticeTopic]int{jiqiao.TopicDeal: 3, jiqiao.TopicMatch: 1})
	for name, c := range map[string]struct {
		q    jiqiao.MessageQuery
		want int
	}{
		"inbox":    {jiqiao.MessageQuery{User: "u_1"}, 6},
		"archive":  {jiqiao.MessageQuery{User: "u_1", Archived: true}, 1},
		"unread":   {jiqiao.MessageQuery{User: "u_1", Unread: true}, 4},
		"topic":    {jiqiao.MessageQuery{User: "u_1", Topics: []jiqiao.NoticeTopic{jiqiao.TopicMatch, jiqiao.TopicQueue}}, 3},
		"from":     {jiqiao.MessageQuery{User: "u_1", From: mine.Items[2].CreatedAt}, 3},
		"until":    {jiqiao.MessageQuery{User: "u_1", Until: mine.Items[2].CreatedAt}, 3},
		"nobody":   {jiqiao.MessageQuery{}, 0},
		"stranger": {jiqiao.MessageQuery{User: "u_9' OR 1=1"}, 0},
	} {
		page, err := e.Inbox(e.ctx, c.q)
		e.must(err)
		if page.Total != c.want || len(page.Items) != c.want {
			e.t.Errorf("%s: %d, want %d", name, page.Total, c.want)
		}
	}
	_, err = e.Inbox(e.ctx, jiqiao.MessageQuery{User: "u_1", Cursor: "' OR 1=1"})
	e.fails(jiqiao.CodeInvalid, err)
	e.fails(jiqiao.CodeNotFound, e.MessageFeedback(e.ctx, "u_1", others.Items[0].ID, jiqiao.FeedbackIrrelevant))
	e.fails(jiqiao.CodeNotFound, e.MessageFeedback(e.ctx, "u_1", "x_", jiqiao.FeedbackIrrelevant))
	e.must(e.MessageFeedback(e.ctx, "u_2", others.Items[0].ID, jiqiao.FeedbackIrrelevant))
	if m := e.inbox("u_2").Items[0]; m.Feedback != jiqiao.FeedbackIrrelevant || m.ReadAt == nil {
		e.t.Errorf("after feedback: %+v", m)
	}
	for id, want := range map[string]int{"n_1": 6, "n_2": 0} {
		if n, err = e.MarkAbout(e.ctx, "u_2", jiqiao.Ref{Type: "need", ID: id}, jiqiao.MarkRead); err != nil || n != want {
			e.t.Errorf("marked %d about %s: %v", n, id, err)
		}
	}
	e.counts("u_2", 0, map[jiqiao.NoticeTopic]int{})
	e.counts("u_1", 4, map[jiqiao.NoticeTopic]int{jiqiao.TopicDeal: 3, jiqiao.TopicMatch: 1})
}

func (e *env) counts(user string, unread int, topics map[jiqiao.NoticeTopic]int) {
	e.t.Helper()
	got, err := e.CountInbox(e.ctx, user)
	e.must(err)
	if diff := cmp.Diff(jiqiao.InboxCount{Unread: unread, Topics: topics}, got); diff != "" {
		e.t.Errorf("count of %s (-want +got):\n%s", user, diff)
	}
}

func recipientsArePagedAndActive(e *env) {
	org := &jiqiao.Organisation{Name: "接收单位", Kind: jiqiao.OrganisationEnterprise}
	e.must(e.PutOrganisation(e.ctx, org))
	member := func(u *jiqiao.User) { u.Role, u.OrganisationID = jiqiao.RoleEnterprise, org.ID }
	one, two := Person(e.t, e.Store, "one", member), Person(e.t, e.Store, "two", member)
	broker := Person(e.t, e.Store, "broker", nil)
	asleep := Person(e.t, e.Store, "asleep", func(u *jiqiao.User) { member(u); u.State = jiqiao.UserDisabled })
	bureau := &jiqiao.Organisation{Name: "接收局", Kind: jiqiao.OrganisationBureau}
	e.must(e.PutOrganisation(e.ctx, bureau))
	official := func(role jiqiao.Role) string {
		return Person(e.t, e.Store, "the_"+string(role), func(u *jiqiao.User) { u.Role, u.OrganisationID = role, bureau.ID })
	}
	operator, auditor := official(jiqiao.RoleOperator), official(jiqiao.RoleAuditor)
	official(jiqiao.RoleSystemAdmin)
	official(jiqiao.RoleSecurityAdmin)
	for name, c := range map[string]struct {
		n     jiqiao.Notice
		state bool
		want  []string
	}{
		"nobody":            {jiqiao.Notice{}, false, nil},
		"blank":             {jiqiao.Notice{Users: []string{""}, Organisations: []string{""}}, false, nil},
		"users":             {jiqiao.Notice{Users: []string{two, two, "u_none", asleep}}, false, []string{two}},
		"organisation":      {jiqiao.Notice{Organisations: []string{org.ID}}, false, []string{one, two}},
		"no administrators": {jiqiao.Notice{Organisations: []string{bureau.ID}}, false, []string{operator}},
		"one by name":       {jiqiao.Notice{Organisations: []string{bureau.ID}, Users: []string{auditor}}, false, []string{operator, auditor}},
		"role":              {jiqiao.Notice{Roles: []jiqiao.Role{jiqiao.RoleBroker}}, false, []string{broker}},
		"together, once":    {jiqiao.Notice{Users: []string{one}, Organisations: []string{org.ID}, Roles: []jiqiao.Role{jiqiao.RoleBroker}}, false, []string{one, two, broker}},
		"those asleep, too": {jiqiao.Notice{Users: []string{asleep}}, true, []string{asleep}},
		"nothing to inject": {jiqiao.Notice{Organisations: []string{"') OR ('1'='1"}}, false, nil},
	} {
		var got []string
		for after := ""; ; {
			page, err := e.Recipients(e.ctx, c.n, c.state, after, 2)
			e.must(err)
			for _, r := range page {
				got = append(got, r.User)
			}
			if len(page) < 2 {
				break
			}
			after = page[1].User
		}
		slices.Sort(c.want)
		if diff := cmp.Diff(c.want, got, cmpopts.EquateEmpty()); diff != "" {
			e.t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	r, err := e.Recipient(e.ctx, one)
	e.must(err)
	if r.Organisation != org.ID || r.Role != jiqiao.RoleEnterprise || r.Email != "one@example.cn" || !r.Verified || !r.Active {
		e.t.Errorf("recipient %+v", r)
	}
	if r, err = e.Recipient(e.ctx, asleep); err != nil || r.Active {
		e.t.Errorf("asleep: %+v, %v", r, err)
	}
	_, err = e.Recipient(e.ctx, "u_none")
	e.fails(jiqiao.CodeNotFound, err)
}

func deliveryIsClaimedByOneOnly(e *env) {
	for i := range 10 {
		e.told(fmt.Sprintf("k_%d", i), jiqiao.TopicDeal, "u_1")
	}
	due, err := e.DueTargets(e.ctx, 10)
	e.must(err)
	if len(due) != 1 || due[0].Target != "mail:u_1" || due[0].User != "u_1" || due[0].Kind != jiqiao.ChannelMail {
		e.t.Fatalf("due: %+v", due)
	}
	other := e.another()
	var (
		side sync.WaitGroup
		mu   sync.Mutex
		all  []string
	)
	for i := range 8 {
		st := e.Store
		if i%2 == 0 {
			st = other
		}
		side.Go(func() {
			parcels, err := st.ClaimSends(e.ctx, "mail:u_1", 3, time.Minute)
			if err != nil {
				e.t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, p := range parcels {
				all = append(all, p.ID)
				if p.Attempts != 1 || p.State != jiqiao.DeliverySending || p.Notice.Title == "" || p.Notice.Object.ID != "n_1" || !p.Notice.Urgent {
					e.t.Errorf("claimed %+v", p)
				}
			}
		})
	}
	side.Wait()
	slices.Sort(all)
	if len(slices.Compact(slices.Clone(all))) != len(all) {
		e.t.Errorf("claimed twice: %v", all)
	}
	// Whoever came too late may have found nothing; the rest is still there, and no more.
	rest, err := e.ClaimSends(e.ctx, "mail:u_1", 100, time.Minute)
	e.must(err)
	if len(all)+len(rest) != 10 {
		e.t.Errorf("%d and %d claimed", len(all), len(rest))
	}
}

func deliveryCutOffIsTakenUp(e *env) {
	e.told("k_1", jiqiao.TopicDeal, "u_1")
	first, err := e.ClaimSends(e.ctx, "mail:u_1", 10, time.Minute)
	e.must(err)
	due, err := e.DueTargets(e.ctx, 10)
	e.must(err)
	if len(first) != 1 || len(due) != 0 {
		e.t.Fatalf("claimed %d, still due %d", len(first), len(due))
	}
	e.clock.Advance(2 * time.Minute) // the process died
	due, err = e.DueTargets(e.ctx, 10)
	e.must(err)
	second, err := e.ClaimSends(e.ctx, "mail:u_1", 10, time.Minute)
	e.must(err)
	if len(due) != 1 || len(second) != 1 || second[0].Attempts != 2 {
		e.t.Fatalf("due %d, claimed again %+v", len(due), second)
	}
	// The first one was only slow: what it says does not count any more.
	e.must(e.EndSend(e.ctx, first[0].Batch, []string{first[0].ID}, jiqiao.DeliveryEnd{State: jiqiao.DeliveryDead, Reason: "太慢"}))
	e.must(e.EndSend(e.ctx, second[0].Batch, []string{second[0].ID}, jiqiao.DeliveryEnd{State: jiqiao.DeliverySent}))
	page, err := e.Deliveries(e.ctx, jiqiao.DeliveryQuery{})
	e.must(err)
	if d := page.Items[0]; d.State != jiqiao.DeliverySent || d.SentAt == nil || d.Reason != "" {
		e.t.Errorf("in the end: %+v", d)
	}
}

func rateIsSharedAndNeverExceeded(e *env) {
	other := e.another()
	const interval, burst = 4 * time.Second, 16 * time.Second
	var passed []time.Time
	for i := range 600 { // ten minutes, asked twice a second in turn by two processes
		st := e.Store
		if i%2 == 0 {
			st = other
		}
		wait, err := st.ReserveSend(e.ctx, "h_1", interval, burst)
		e.must(err)
		if wait == 0 {
			passed = append(passed, e.clock.Now())
		} else if wait < 0 || wait > interval {
			e.t.Fatalf("wait %v", wait)
		}
		e.clock.Advance(time.Second)
	}
	for i, from := range passed {
		n := 0
		for _, at := range passed[i:] {
			if at.Sub(from) < time.Minute {
				n++
			}
		}
		if n > 20 {
			e.t.Fatalf("%d in the minute from %v", n, from)
		}
	}
	if len(passed) < 150 {
		e.t.Errorf("%d passed in ten minutes", len(passed))
	}
	if wait, err := e.ReserveSend(e.ctx, "h_2", interval, burst); err != nil || wait != 0 {
		e.t.Errorf("another target waits %v: %v", wait, err)
	}
}

func deadDeliveryIsResent(e *env) {
	e.told("k_1", jiqiao.TopicDeal, "u_1")
	page, err := e.Deliveries(e.ctx, jiqiao.DeliveryQuery{})
	e.must(err)
	id := page.Items[0].ID
	_, err = e.ResendDelivery(e.ctx, id)
	e.fails(jiqiao.CodeConflict, err) // it waits anyway
	parcels, err := e.ClaimSends(e.ctx, "mail:u_1", 1, time.Minute)
	e.must(err)
	_, err = e.CancelDelivery(e.ctx, id)
	e.fails(jiqiao.CodeConflict, err) // it is being sent
	e.must(e.EndSend(e.ctx, parcels[0].Batch, []string{id}, jiqiao.DeliveryEnd{State: jiqiao.DeliveryDead, Reason: "邮箱不存在"}))
	again, err := e.ResendDelivery(e.ctx, id)
	e.must(err)
	if again.State != jiqiao.DeliveryWaiting || again.Attempts != 0 {
		e.t.Errorf("resent: %+v", again)
	}
	gone, err := e.CancelDelivery(e.ctx, id)
	e.must(err)
	if gone.State != jiqiao.DeliveryCancelled {
		e.t.Errorf("cancelled: %+v", gone)
	}
	for _, id := range []string{"", "y_", "y_00000000000000000000", "\x00"} {
		_, err := e.ResendDelivery(e.ctx, id)
		e.fails(jiqiao.CodeNotFound, err)
		_, err = e.CancelDelivery(e.ctx, id)
		e.fails(jiqiao.CodeNotFound, err)
	}
	// An attempt that the target asked to put off does not count, and postponing moves what waits.
	e.told("k_2", jiqiao.TopicDeal, "u_2")
	parcels, err = e.ClaimSends(e.ctx, "mail:u_2", 1, time.Minute)
	e.must(err)
	later := e.clock.Now().Truncate(time.Microsecond).Add(time.Hour)
	e.must(e.EndSend(e.ctx, parcels[0].Batch, []string{parcels[0].ID}, jiqiao.DeliveryEnd{State: jiqiao.DeliveryWaiting, NextAt: later, Excused: true, Reason: "稍后"}))
	e.must(e.PostponeSends(e.ctx, "mail:u_2", later.Add(time.Hour)))
	page, err = e.Deliveries(e.ctx, jiqiao.DeliveryQuery{Target: "mail:u_2"})
	e.must(err)
	if d := page.Items[0]; d.Attempts != 0 || !d.NextAt.Equal(later.Add(time.Hour)) || d.Reason != "稍后" {
		e.t.Errorf("put off: %+v", d)
	}
}

func outboxIsFiltered(e *env) {
	for i := range 5 {
		e.told(fmt.Sprintf("k_%d", i), jiqiao.TopicDeal, "u_1", fmt.Sprintf("u_%d", i+2))
	}
	all, err := e.Deliveries(e.ctx, jiqiao.DeliveryQuery{Limit: 4})
	e.must(err)
	rest, err := e.Deliveries(e.ctx, jiqiao.DeliveryQuery{Limit: 100, Cursor: all.Next})
	e.must(err)
	if all.Total != 10 || len(all.Items) != 4 || len(rest.Items) != 6 || rest.Next != "" {
		e.t.Errorf("%d, %d and %d", all.Total, len(all.Items), len(rest.Items))
	}
	for name, c := range map[string]struct {
		q    jiqiao.DeliveryQuery
		want int
	}{
		"target":   {jiqiao.DeliveryQuery{Target: "mail:u_1"}, 5},
		"kind":     {jiqiao.DeliveryQuery{Kind: jiqiao.ChannelFeishu}, 0},
		"template": {jiqiao.DeliveryQuery{Template: "deal.test"}, 10},
		"states":   {jiqiao.DeliveryQuery{States: []jiqiao.DeliveryState{jiqiao.DeliverySent, jiqiao.DeliveryDead}}, 0},
		"waiting":  {jiqiao.DeliveryQuery{States: []jiqiao.DeliveryState{jiqiao.DeliveryWaiting}}, 10},
		"from":     {jiqiao.DeliveryQuery{From: e.clock.Now().Add(time.Hour)}, 0},
	} {
		page, err := e.Deliveries(e.ctx, c.q)
		e.must(err)
		if page.Total != c.want {
			e.t.Errorf("%s: %d, want %d", name, page.Total, c.want)
		}
	}
	_, err = e.Deliveries(e.ctx, jiqiao.DeliveryQuery{Cursor: "y_'"})
	e.fails(jiqiao.CodeInvalid, err)
	e.must(e.ForgetText(e.ctx, []string{"k_1"}))
	if m := e.inbox("u_3").Items[0]; m.Body != "" || m.Title == "" {
		e.t.Errorf("forgotten: %+v", m)
	}
}

func channelsKeepSecretsAndVersions(e *env) {
	c := &jiqiao.Channel{
		Kind: jiqiao.ChannelDingTalk, Name: "'群'", Address: "https://oapi.dingtalk.com/robot/send?access_token=t", Secret: "SEC1", Organisation: "o_1",
		Topics: []jiqiao.NoticeTopic{jiqiao.TopicDeal}, Active: true,
	}
	e.must(e.PutChannel(e.ctx, c))
	kept, err := e.Channel(e.ctx, c.ID)
	e.must(err)
	if diff := cmp.Diff(*c, kept); diff != "" || c.Version != 1 {
		e.t.Errorf("kept (-want +got):\n%s", diff)
	}
	stale := *c
	c.Active, c.Address = false, "https://oapi.dingtalk.com/robot/send?access_token=u"
	e.must(e.PutChannel(e.ctx, c))
	e.fails(jiqiao.CodeConflict, e.PutChannel(e.ctx, &stale))
	stale.Version = 0
	e.fails(jiqiao.CodePrecondition, e.PutChannel(e.ctx, &stale))
	all, err := e.Channels(e.ctx)
	e.must(err)
	if diff := cmp.Diff([]jiqiao.Channel{*c}, all); diff != "" || c.Version != 2 {
		e.t.Errorf("all (-want +got):\n%s", diff)
	}
	n, err := e.BeginNotice(e.ctx, Told("k_1", jiqiao.TopicDeal))
	e.must(err)
	e.must(e.TellNotice(e.ctx, n, nil, []jiqiao.NewDelivery{{Target: c.ID, Kind: c.Kind, NextAt: e.clock.Now()}}, "", true))
	e.fails(jiqiao.CodeConflict, e.DeleteChannel(e.ctx, c.ID, 1))
	e.must(e.DeleteChannel(e.ctx, c.ID, 2))
	_, err = e.Channel(e.ctx, c.ID)
	e.fails(jiqiao.CodeNotFound, err)
	e.fails(jiqiao.CodeNotFound, e.DeleteChannel(e.ctx, "h_x", 2))
	page, err := e.Deliveries(e.ctx, jiqiao.DeliveryQuery{})
	e.must(err)
	if page.Items[0].State != jiqiao.DeliveryCancelled {
		e.t.Errorf("what waited for it: %+v", page.Items[0])
	}
}

func preferencesHaveDefaults(e *env) {
	p, err := e.Preferences(e.ctx, "u_1")
	e.must(err)
	if diff := cmp.Diff(jiqiao.DefaultPreferences(), p); diff != "" {
		e.t.Errorf("default (-want +got):\n%s", diff)
	}
	p.Topics[jiqiao.TopicDeal] = jiqiao.TopicPreference{Mail: jiqiao.MailNever}
	p.Alerts, p.AlertsPerWeek = false, 0
	stale := p
	e.must(e.PutPreferences(e.ctx, "u_1", &p))
	e.fails(jiqiao.CodeConflict, e.PutPreferences(e.ctx, "u_1", &stale))
	if stale.Version != 0 {
		e.t.Errorf("the version of what was refused is %d", stale.Version)
	}
	of, err := e.PreferencesOf(e.ctx, []string{"u_1", "u_2", ""})
	e.must(err)
	if diff := cmp.Diff(map[string]jiqiao.NoticePreferences{"u_1": p, "u_2": jiqiao.DefaultPreferences(), "": jiqiao.DefaultPreferences()}, of); diff != "" || p.Version != 1 {
		e.t.Errorf("of many (-want +got):\n%s", diff)
	}
	secret, err := e.NoticeSecret(e.ctx)
	e.must(err)
	same, err := e.another().NoticeSecret(e.ctx)
	e.must(err)
	if secret == "" || same != secret {
		e.t.Errorf("secrets %q and %q", secret, same)
	}
}

func reportCountsWhatBecameOfNotices(e *env) {
	start := e.clock.Now()
	e.told("k_1", jiqiao.TopicDeal, "u_1", "u_2", "u_3", "u_4")
	for i, user := range []string{"u_1", "u_2", "u_3", "u_4"} {
		m := e.inbox(user).Items[0]
		switch i {
		case 0:
			_, err := e.MarkMessages(e.ctx, user, []string{m.ID}, jiqiao.MarkRead)
			e.must(err)
		case 1:
			e.must(e.MessageFeedback(e.ctx, user, m.ID, jiqiao.FeedbackIrrelevant))
		case 2: // a colleague does something about the need
			e.clock.Advance(time.Minute)
			ctx := jiqiao.WithOrigin(e.ctx, jiqiao.Origin{Viewer: jiqiao.Viewer{User: "u_9", Organisation: "o_u_3"}})
			e.must(e.Audit(ctx, jiqiao.Act{Name: "introduction.answer", Object: jiqiao.Ref{Type: "need", ID: "n_1"}}))
		}
	}
	parcels, err := e.ClaimSends(e.ctx, "mail:u_1", 1, time.Minute)
	e.must(err)
	e.must(e.EndSend(e.ctx, parcels[0].Batch, []string{parcels[0].ID}, jiqiao.DeliveryEnd{State: jiqiao.DeliverySent}))
	e.clock.Advance(jiqiao.IgnoredAfter + time.Hour)
	got, err := e.NoticeFigures(e.ctx, start.Add(-time.Hour), time.Time{})
	e.must(err)
	want := []jiqiao.NoticeFigures{
		{Template: "deal.test", Channel: jiqiao.ChannelInbox, Sent: 4, Read: 2, Answered: 1, Ignored: 1, Irrelevant: 1},
		{Template: "deal.test", Channel: jiqiao.ChannelMail, Sent: 1, Waiting: 3},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		e.t.Errorf("figures (-want +got):\n%s", diff)
	}
	none, err := e.NoticeFigures(e.ctx, e.clock.Now(), time.Time{})
	e.must(err)
	if len(none) != 0 {
		e.t.Errorf("another period: %+v", none)
	}
	// Every figure has its list.
	for outcome, want := range map[string]int{"": 4, jiqiao.OutcomeRead: 2, jiqiao.OutcomeUnread: 2, jiqiao.OutcomeAnswered: 1, jiqiao.OutcomeIgnored: 1, jiqiao.OutcomeIrrelevant: 1} {
		first, err := e.Receipts(e.ctx, jiqiao.ReceiptQuery{Template: "deal.test", Outcome: outcome, Limit: 1})
		e.must(err)
		n := len(first.Items)
		if first.Next != "" {
			rest, err := e.Receipts(e.ctx, jiqiao.ReceiptQuery{Template: "deal.test", Outcome: outcome, Cursor: first.Next})
			e.must(err)
			n += len(rest.Items)
		}
		if first.Total != want || n != want {
			e.t.Errorf("%q: total %d, listed %d, want %d", outcome, first.Total, n, want)
		}
	}
	_, err = e.Receipts(e.ctx, jiqiao.ReceiptQuery{Cursor: "x"})
	e.fails(jiqiao.CodeInvalid, err)
}
