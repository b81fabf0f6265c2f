package notify

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jiqiao"
	"jiqiao/internal/workday"
)

func TestNoticeReachesEveryoneOnce(t *testing.T) {
	w := newWorld(t)
	var brokers []string
	for i := range tellPage + 5 { // more than a page
		brokers = append(brokers, w.person(fmt.Sprintf("broker%d", i), nil))
	}
	chief := w.person("chief", func(u *jiqiao.User) { u.Role = jiqiao.RoleOperator })
	group := w.channel(jiqiao.ChannelWeCom, "https://qyapi.weixin.qq.com/x", "")
	n := jiqiao.Notice{Template: "deal.test", Roles: []jiqiao.Role{jiqiao.RoleBroker}, Users: []string{chief, brokers[0]}, Key: "deal:1", Data: map[string]string{"text": "甲"}}
	w.tell(n)
	w.tell(n) // the same key under another job
	for _, user := range append(brokers, chief) {
		page, err := w.store.Inbox(t.Context(), jiqiao.MessageQuery{User: user})
		w.must(err)
		if page.Total != 1 || page.Items[0].Title != "进展：甲" {
			t.Fatalf("%s has %+v", user, page)
		}
	}
	page, err := w.store.Deliveries(t.Context(), jiqiao.DeliveryQuery{Kind: jiqiao.ChannelMail})
	w.must(err)
	if page.Total != len(brokers)+1 {
		t.Errorf("%d mails", page.Total)
	}
	if page, err = w.store.Deliveries(t.Context(), jiqiao.DeliveryQuery{Target: group.ID}); err != nil || page.Total != 1 {
		t.Errorf("the group hears %d times: %v", page.Total, err)
	}
	// Without a key it is another notice each time.
	n.Key = ""
	w.tell(n)
	w.tell(n)
	inbox, err := w.store.Inbox(t.Context(), jiqiao.MessageQuery{User: chief})
	w.must(err)
	if inbox.Total != 3 {
		t.Errorf("%d messages", inbox.Total)
	}
}

func TestNoticeGoesWhereItIsWanted(t *testing.T) {
	for name, c := range map[string]struct {
		notice     jiqiao.Notice
		user       func(*jiqiao.User)
		preference func(*jiqiao.NoticePreferences)
		inbox      int
		want       []string
	}{
		"mail and group":         {jiqiao.Notice{Template: "deal.test"}, nil, nil, 1, []string{"mail", "wecom"}},
		"no mail wanted":         {jiqiao.Notice{Template: "deal.test"}, nil, mode(jiqiao.TopicDeal, jiqiao.MailNever, true), 1, []string{"wecom"}},
		"nor bots":               {jiqiao.Notice{Template: "deal.test"}, nil, mode(jiqiao.TopicDeal, jiqiao.MailNever, false), 1, nil},
		"urgent, and no mail":    {jiqiao.Notice{Template: "deal.test", Urgent: true}, nil, mode(jiqiao.TopicDeal, jiqiao.MailNever, false), 1, nil},
		"essential all the same": {jiqiao.Notice{Template: "account.test"}, nil, mode(jiqiao.TopicAccount, jiqiao.MailNever, true), 1, []string{"mail"}},
		"address not shown":      {jiqiao.Notice{Template: "deal.test"}, func(u *jiqiao.User) { u.EmailVerified = false }, nil, 1, []string{"wecom"}},
		"none at all":            {jiqiao.Notice{Template: "account.test"}, func(u *jiqiao.User) { u.Email, u.EmailVerified = "", false }, nil, 1, nil},
		"a secret":               {jiqiao.Notice{Template: "account.link"}, func(u *jiqiao.User) { u.EmailVerified = false }, nil, 0, []string{"mail"}},
		"asleep":                 {jiqiao.Notice{Template: "deal.test"}, func(u *jiqiao.User) { u.State = jiqiao.UserDisabled }, nil, 0, nil},
		"not of the group":       {jiqiao.Notice{Template: "deal.test"}, func(u *jiqiao.User) { u.Role = jiqiao.RoleOperator }, nil, 1, []string{"mail"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.channel(jiqiao.ChannelWeCom, "https://qyapi.weixin.qq.com/x", "")
			user := w.person("one", c.user)
			if c.preference != nil {
				p := jiqiao.DefaultPreferences()
				c.preference(&p)
				w.must(w.store.PutPreferences(t.Context(), user, &p))
			}
			c.notice.Users, c.notice.Data = []string{user}, map[string]string{"text": "甲", "link": "https://x"}
			w.tell(c.notice)
			var got []string
			for _, d := range w.deliveries() {
				got = append([]string{string(d.Kind)}, got...)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("channels (-want +got):\n%s", diff)
			}
			page, err := w.store.Inbox(t.Context(), jiqiao.MessageQuery{User: user})
			w.must(err)
			if page.Total != c.inbox {
				t.Errorf("%d messages in the inbox", page.Total)
			}
		})
	}
}

// What awaits the operators of a region reaches those who reach it, and nobody else.
func TestNoticeToARoleStaysInItsRegion(t *testing.T) {
	w := newWorld(t)
	person := func(login string, role jiqiao.Role, region string) string {
		return w.person(login, func(u *jiqiao.User) { u.Role, u.Region = role, region })
	}
	told := map[string]int{
		person("chief", jiqiao.RoleOperator, ""):         1,
		person("city", jiqiao.RoleOperator, "320900"):    1,
		person("next", jiqiao.RoleOperator, "321000"):    0,
		person("broker", jiqiao.RoleBroker, "320981"):    0,
		person("admin", jiqiao.RoleSystemAdmin, ""):      0,
		person("owner", jiqiao.RoleEnterprise, "320981"): 0,
	}
	w.tell(jiqiao.Notice{
		Template: "deal.test", Roles: []jiqiao.Role{jiqiao.RoleOperator}, Regions: []string{"320981"}, Key: "1",
		Data: map[string]string{"text": "甲"},
	})
	for user, want := range told {
		page, err := w.store.Inbox(t.Context(), jiqiao.MessageQuery{User: user})
		w.must(err)
		if page.Total != want {
			t.Errorf("%s has %+v", user, page.Items)
		}
	}
	for _, d := range w.deliveries() { // by the digest, not at once
		if d.Kind == jiqiao.ChannelMail && d.NextAt.Sub(noon) < time.Hour {
			t.Errorf("mailed at %s", d.NextAt)
		}
	}
}

func mode(topic jiqiao.NoticeTopic, m jiqiao.MailMode, bots bool) func(*jiqiao.NoticePreferences) {
	return func(p *jiqiao.NoticePreferences) { p.Topics[topic] = jiqiao.TopicPreference{Mail: m, Bots: bots} }
}

func TestBadNoticesAreFinal(t *testing.T) {
	w := newWorld(t)
	for _, payload := range []string{`{"template":"none.such"}`, `{"template":7}`, ``} {
		if err := w.teller.Handle(t.Context(), jiqiao.Job{ID: "j_1", Payload: []byte(payload)}); jiqiao.CodeOf(err) != jiqiao.CodeInvalid {
			t.Errorf("%s: %v", payload, err)
		}
	}
	w.tell(jiqiao.Notice{Template: "deal.test", Users: []string{w.person("one", nil)}})
	if !strings.Contains(w.logged(), "lacks what its text names") {
		t.Error("nobody hears that a notice lacks something")
	}
}

func at(clock string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", "2026-11-22 "+clock, beijing)
	if err != nil {
		panic(err)
	}
	return t
}

func TestQuietHours(t *testing.T) {
	for _, c := range []struct {
		from, until, at, want string
		day                   int
	}{
		{"21:00", "08:00", "20:59", "20:59", 0},
		{"21:00", "08:00", "21:00", "08:00", 1},
		{"21:00", "08:00", "23:59", "08:00", 1},
		{"21:00", "08:00", "00:00", "08:00", 0},
		{"21:00", "08:00", "07:59", "08:00", 0},
		{"21:00", "08:00", "08:00", "08:00", 0},
		{"12:00", "14:00", "11:59", "11:59", 0},
		{"12:00", "14:00", "12:00", "14:00", 0},
		{"12:00", "14:00", "14:00", "14:00", 0},
		{"00:00", "00:00", "03:00", "03:00", 0},
		{"", "08:00", "03:00", "03:00", 0},
	} {
		p := jiqiao.NoticePreferences{QuietFrom: c.from, QuietUntil: c.until}
		if got, want := afterQuiet(p, at(c.at)), at(c.want).AddDate(0, 0, c.day); !got.Equal(want) {
			t.Errorf("%s–%s at %s: %s, want %s", c.from, c.until, c.at, got.In(beijing), want)
		}
	}
}

func TestMailTimes(t *testing.T) {
	p := jiqiao.DefaultPreferences() // quiet 21:00–08:00, digest 08:30
	for name, c := range map[string]struct {
		n        jiqiao.ToldNotice
		at, want string
		day      int
	}{
		"at once":              {jiqiao.ToldNotice{Topic: jiqiao.TopicIntroduction}, "12:00", "12:00", 0},
		"after the night":      {jiqiao.ToldNotice{Topic: jiqiao.TopicIntroduction}, "22:00", "08:00", 1},
		"urgent at night":      {jiqiao.ToldNotice{Topic: jiqiao.TopicIntroduction, Urgent: true}, "22:00", "22:00", 0},
		"in the digest":        {jiqiao.ToldNotice{Topic: jiqiao.TopicDeal}, "12:00", "08:30", 1},
		"in today's digest":    {jiqiao.ToldNotice{Topic: jiqiao.TopicDeal}, "08:29", "08:30", 0},
		"just too late":        {jiqiao.ToldNotice{Topic: jiqiao.TopicDeal}, "08:30", "08:30", 1},
		"urgent, not digested": {jiqiao.ToldNotice{Topic: jiqiao.TopicDeal, Urgent: true}, "12:00", "12:00", 0},
		"essential at night":   {jiqiao.ToldNotice{Topic: jiqiao.TopicDeal, Essential: true}, "03:00", "03:00", 0},
	} {
		got, ok := mailAt(p, c.n, at(c.at), nil)
		if want := at(c.want).AddDate(0, 0, c.day); !ok || !got.Equal(want) {
			t.Errorf("%s: %s, want %s", name, got.In(beijing), want)
		}
	}
	if got := channelAt(jiqiao.ChannelWebhook, p, jiqiao.ToldNotice{}, at("23:00"), nil); !got.Equal(at("23:00")) {
		t.Errorf("a machine waits until %s", got)
	}
	if got := channelAt(jiqiao.ChannelWeCom, p, jiqiao.ToldNotice{}, at("23:00"), nil); !got.Equal(at("08:00").AddDate(0, 0, 1)) {
		t.Errorf("a group is woken at %s", got.In(beijing))
	}
}

// Who wants nothing on days off has it with the digest of the next working day; a weekend worked in exchange is one.
func TestDaysOff(t *testing.T) {
	days, err := workday.Default()
	if err != nil {
		t.Fatal(err)
	}
	p := jiqiao.DefaultPreferences()
	p.WorkdaysOnly = true
	wide := p
	wide.QuietUntil = "09:30"
	soon, daily := jiqiao.ToldNotice{Topic: jiqiao.TopicIntroduction}, jiqiao.ToldNotice{Topic: jiqiao.TopicDeal}
	urgent, account := jiqiao.ToldNotice{Topic: jiqiao.TopicDeal, Urgent: true}, jiqiao.ToldNotice{Topic: jiqiao.TopicAccount, Essential: true}
	day := func(text string) time.Time {
		at, err := time.ParseInLocation("2006-01-02 15:04", text, beijing)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for name, c := range map[string]struct {
		p        jiqiao.NoticePreferences
		n        jiqiao.ToldNotice
		at, want string
	}{
		"on a weekday":           {p, soon, "2026-11-20 12:00", "2026-11-20 12:00"},
		"on Saturday":            {p, soon, "2026-11-21 12:00", "2026-11-23 08:30"},
		"on Friday night":        {p, soon, "2026-11-20 22:00", "2026-11-23 08:30"},
		"on Sunday night":        {p, soon, "2026-11-22 23:00", "2026-11-23 08:00"},
		"a digest after Friday":  {p, daily, "2026-11-20 12:00", "2026-11-23 08:30"},
		"quiet until later":      {wide, soon, "2026-11-21 12:00", "2026-11-23 09:30"},
		"in the National Day":    {p, soon, "2026-10-03 12:00", "2026-10-08 08:30"},
		"a Saturday that counts": {p, soon, "2026-10-10 12:00", "2026-10-10 12:00"},
		"urgent":                 {p, urgent, "2026-11-21 12:00", "2026-11-21 12:00"},
		"about the account":      {p, account, "2026-11-21 12:00", "2026-11-21 12:00"},
		"who does not mind":      {jiqiao.DefaultPreferences(), soon, "2026-11-21 12:00", "2026-11-21 12:00"},
	} {
		if got, ok := mailAt(c.p, c.n, day(c.at), days); !ok || !got.Equal(day(c.want)) {
			t.Errorf("%s: %s, want %s", name, got.In(beijing), c.want)
		}
	}
	saturday, monday := day("2026-11-21 12:00"), day("2026-11-23 08:30")
	for name, c := range map[string]struct {
		kind jiqiao.ChannelKind
		n    jiqiao.ToldNotice
		want time.Time
	}{"a group": {jiqiao.ChannelWeCom, soon, monday}, "a machine": {jiqiao.ChannelWebhook, soon, saturday}, "urgent": {jiqiao.ChannelWeCom, urgent, saturday}} {
		if got := channelAt(c.kind, p, c.n, saturday, days); !got.Equal(c.want) {
			t.Errorf("%s hears of it at %s", name, got.In(beijing))
		}
	}
}

// On a Sunday: the person who keeps days off is mailed on Monday, the other at once, and their group as soon as one wants it.
func TestDaysOffAreEachPersons(t *testing.T) {
	w := newWorld(t)
	days, err := workday.Default()
	w.must(err)
	w.teller.Workdays = func(context.Context) (Workdays, error) { return days, nil }
	off, on := w.person("off", nil), w.person("on", nil)
	group := w.channel(jiqiao.ChannelWeCom, "https://jiqiao.test/x", "")
	for user, only := range map[string]bool{off: true, on: false} {
		p := jiqiao.DefaultPreferences()
		p.WorkdaysOnly, p.Topics[jiqiao.TopicDeal] = only, jiqiao.TopicPreference{Mail: jiqiao.MailNow, Bots: true}
		w.must(w.store.PutPreferences(t.Context(), user, &p))
	}
	w.tell(jiqiao.Notice{Template: "deal.test", Users: []string{off, on}, Data: map[string]string{"text": "签约"}})
	monday := time.Date(2026, 11, 23, 0, 30, 0, 0, time.UTC)
	want := map[string]time.Time{jiqiao.MailTarget(off): monday, jiqiao.MailTarget(on): noon, group.ID: noon}
	got := map[string]time.Time{}
	for _, d := range w.deliveries() {
		got[d.Target] = d.NextAt
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Whatever the preferences: nothing goes out in quiet hours, nor more than a day late, nor early.
func TestQuietHoursHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clock := rapid.Custom(func(t *rapid.T) string {
			return fmt.Sprintf("%02d:%02d", rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute"))
		})
		p := jiqiao.NoticePreferences{QuietFrom: clock.Draw(t, "from"), QuietUntil: clock.Draw(t, "until")}
		now := noon.Add(time.Duration(rapid.IntRange(0, 3*24*60).Draw(t, "minutes")) * time.Minute)
		got := afterQuiet(p, now)
		if got.Before(now) || got.Sub(now) > 24*time.Hour || !afterQuiet(p, got).Equal(got) {
			t.Fatalf("%s–%s: %s → %s", p.QuietFrom, p.QuietUntil, now.In(beijing), got.In(beijing))
		}
	})
}
