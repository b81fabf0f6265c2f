package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"jiqiao"
)

// market is alerts over the world's store, with a search and a matcher so plain that they cannot be wrong.
type market struct {
	*world
	alerts *Alerts
	// level is that of every match; leaky ignores what the viewer may see.
	level jiqiao.Level
	leaky bool
	fail  error
}

func newMarket(t *testing.T) *market {
	t.Helper()
	m := &market{world: newWorld(t), level: jiqiao.LevelStrong}
	m.alerts = &Alerts{
		Store: m.store, Log: m.store, Searcher: m, Matcher: m, Now: m.clock, Logger: slog.New(slog.NewTextHandler(m.world, nil)),
	}
	m.must(m.alerts.Handle(t.Context(), jiqiao.Job{})) // begins at the end of the log
	return m
}

func (m *market) all(ctx context.Context, kind jiqiao.Kind, f jiqiao.Filter) ([]jiqiao.Record, error) {
	var found []jiqiao.Record
	err := m.store.Each(ctx, kind, "", func(r jiqiao.Record) error {
		if m.leaky || f.Access.Sees(r) && r.Head().Status == jiqiao.StatusPublished {
			found = append(found, r)
		}
		return nil
	})
	return found, err
}

// Search implements Searcher: newest changes first, by words of the title.
func (m *market) Search(ctx context.Context, q jiqiao.SearchQuery) (jiqiao.SearchResult, error) {
	if m.fail != nil {
		return jiqiao.SearchResult{}, m.fail
	}
	all, err := m.all(ctx, q.Kind, q.Filter)
	var res jiqiao.SearchResult
	for _, r := range all {
		if strings.Contains(r.Head().Title, q.Text) {
			res.Hits = append(res.Hits, jiqiao.Hit{ID: r.Head().ID, Record: r, Snippets: []jiqiao.Snippet{
				{Label: "名称", Spans: []jiqiao.Span{{Text: "密件"}, {Text: "在此", Hit: true}}},
				{Label: "名称", Spans: []jiqiao.Span{{Text: r.Head().Title, Hit: true}}},
			}})
		}
	}
	slices.SortFunc(res.Hits, func(a, b jiqiao.Hit) int { return b.Record.Head().UpdatedAt.Compare(a.Record.Head().UpdatedAt) })
	return res, err
}

// Match implements Matcher: everything fits everything.
func (m *market) Match(ctx context.Context, subject jiqiao.Record, q jiqiao.MatchQuery) (jiqiao.MatchList, error) {
	all, err := m.all(ctx, subject.Kind().Other(), q.Filter)
	list := jiqiao.MatchList{Kind: subject.Kind().Other(), Abstained: m.level == jiqiao.LevelNone}
	for _, r := range all {
		match := jiqiao.Match{Level: m.level, Record: r, Terms: []jiqiao.TermMatch{{Term: "密件"}, {Term: "激光"}}}
		match.Evidence = []jiqiao.Evidence{
			{Need: snippet("密件在此"), Achievement: snippet("密件在此")},
			{Need: snippet("激光需求"), Achievement: snippet("激光成果")},
		}
		list.Matches = append(list.Matches, match)
	}
	return list, err
}

func snippet(text string) jiqiao.Snippet { return jiqiao.Snippet{Spans: []jiqiao.Span{{Text: text}}} }

func (m *market) put(rec jiqiao.Record, title, owner string, change ...func(*jiqiao.Header)) jiqiao.Record {
	m.t.Helper()
	h := rec.Head()
	h.Title, h.Owner.Name, h.Status, h.Disclosure = title, owner, jiqiao.StatusPublished, jiqiao.DisclosurePublic
	for _, c := range change {
		c(h)
	}
	m.must(m.store.Put(m.t.Context(), rec))
	return rec
}

func (m *market) need(title string, change ...func(*jiqiao.Header)) jiqiao.Record {
	m.t.Helper()
	return m.put(&jiqiao.Need{}, title, "甲企业", change...)
}

func (m *market) achievement(title string, change ...func(*jiqiao.Header)) jiqiao.Record {
	m.t.Helper()
	return m.put(&jiqiao.Achievement{}, title, "乙大学", change...)
}

func (m *market) run() {
	m.t.Helper()
	m.must(m.alerts.Handle(m.t.Context(), jiqiao.Job{}))
}

// told are the notices that wait to be told, as "template user: text".
func (m *market) told() []string {
	m.t.Helper()
	page, err := m.store.Jobs(m.t.Context(), jiqiao.JobQuery{Kind: jiqiao.JobNotice, Limit: 100})
	m.must(err)
	var all []string
	for _, j := range page.Jobs {
		var n jiqiao.Notice
		m.must(json.Unmarshal(j.Payload, &n))
		if _, _, missing, err := m.templates.Render(n); err != nil || len(missing) > 0 {
			m.t.Errorf("%s does not render: %v, %v", n.Template, missing, err)
		}
		all = append(all, fmt.Sprintf("%s %s: %s|%s|%s", n.Template, n.Users[0], n.Data["subject"], n.Data["title"], n.Data["why"]))
	}
	slices.Sort(all)
	return all
}

func (m *market) member(login string, of jiqiao.Record) string {
	m.t.Helper()
	return m.person(login, func(u *jiqiao.User) {
		u.Role, u.OrganisationID = jiqiao.RoleEnterprise, of.Head().Owner.ID
		if of.Kind() == jiqiao.KindAchievement {
			u.Role = jiqiao.RoleUniversity
		}
	})
}

func TestBothSidesHearOfAMatch(t *testing.T) {
	m := newMarket(t)
	old := m.achievement("激光成果")
	m.run()
	if got := m.told(); len(got) != 0 {
		t.Fatalf("told without a match: %v", got)
	}
	need := m.need("激光需求")
	firm, lab := m.member("firm", need), m.member("lab", old)
	m.run()
	m.run() // nothing new
	want := []string{
		"match.alert " + firm + ": 激光需求|激光成果|匹配程度：强。双方都提到：激光。其中写道：“激光成果”",
		"match.alert " + lab + ": 激光成果|激光需求|匹配程度：强。双方都提到：激光。其中写道：“激光需求”",
	}
	slices.Sort(want)
	if got := m.told(); !slices.Equal(got, want) {
		t.Errorf("told %q\nwant %q", got, want)
	}
}

func TestMatchesThatNobodyHearsOf(t *testing.T) {
	status := func(s jiqiao.Status) func(*jiqiao.Header) { return func(h *jiqiao.Header) { h.Status = s } }
	disclosure := func(d jiqiao.Disclosure) func(*jiqiao.Header) { return func(h *jiqiao.Header) { h.Disclosure = d } }
	for name, c := range map[string]struct {
		level  jiqiao.Level
		change func(*jiqiao.Header)
		prefer func(*jiqiao.NoticePreferences)
	}{
		"abstained":       {jiqiao.LevelNone, nil, nil},
		"weaker":          {jiqiao.LevelFair, nil, nil},
		"a draft":         {jiqiao.LevelStrong, status(jiqiao.StatusDraft), nil},
		"a private one":   {jiqiao.LevelStrong, disclosure(jiqiao.DisclosurePrivate), nil},
		"alerts not kept": {jiqiao.LevelStrong, nil, func(p *jiqiao.NoticePreferences) { p.Alerts = false }},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMarket(t)
			m.level, m.leaky = c.level, true // even when search and matcher let too much through
			old := m.achievement("激光成果")
			lab := m.member("lab", old)
			if c.prefer != nil {
				p := jiqiao.DefaultPreferences()
				c.prefer(&p)
				m.must(m.store.PutPreferences(t.Context(), lab, &p))
			}
			var change []func(*jiqiao.Header)
			if c.change != nil {
				change = append(change, c.change)
			}
			m.need("激光需求", change...)
			m.run()
			if got := m.told(); len(got) != 0 {
				t.Errorf("told %v", got)
			}
		})
	}
}

func (m *market) subscribe(user, name, text string, change ...func(*jiqiao.Subscription)) {
	m.t.Helper()
	sub := &jiqiao.Subscription{User: user, Kind: jiqiao.SubscribeSearch, Name: name, Side: jiqiao.KindNeed, Text: text, Active: true}
	for _, c := range change {
		c(sub)
	}
	m.must(m.store.PutSubscription(m.t.Context(), sub))
}

func TestSubscribersHearOfWhatIsNewToThem(t *testing.T) {
	m := newMarket(t)
	m.level = jiqiao.LevelNone
	m.need("激光旧需求")
	m.advance(time.Hour)
	broker := m.person("broker", nil)
	m.subscribe(broker, "我的激光", "激光")
	asleep := m.person("asleep", nil)
	m.subscribe(asleep, "停用", "激光", func(s *jiqiao.Subscription) { s.Active = false })
	m.advance(time.Minute)
	found := m.need("激光新需求")
	own := m.member("firm", found)
	m.subscribe(own, "自己的", "激光")
	m.need("水泵需求")
	m.need("激光密件", func(h *jiqiao.Header) { h.Disclosure = jiqiao.DisclosurePrivate })
	m.leaky = true
	m.run()
	m.advance(time.Minute)
	m.run()
	want := []string{"match.search " + broker + ": 我的激光|激光新需求|名称写道：“激光新需求”"}
	if got := m.told(); !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}

func TestASearchThatFailsIsAskedAgain(t *testing.T) {
	m := newMarket(t)
	m.level = jiqiao.LevelNone
	broker := m.person("broker", nil)
	m.subscribe(broker, "激光", "激光")
	m.advance(time.Minute)
	m.need("激光需求")
	m.fail = jiqiao.Fail(jiqiao.CodeUnavailable, "索引忙", nil)
	m.run()
	m.advance(3 * time.Hour)
	m.fail = nil
	m.run()
	if got := m.told(); len(got) != 1 || !strings.Contains(m.logged(), "a subscription cannot be asked") {
		t.Errorf("told %v\n%s", got, m.logged())
	}
}

func TestWhatOneRoundFindsIsOneMessage(t *testing.T) {
	m := newMarket(t)
	lab := m.member("lab", m.achievement("激光成果"))
	broker := m.person("broker", nil)
	m.subscribe(broker, "我的激光", "激光")
	both := m.member("both", m.put(&jiqiao.Achievement{}, "激光装备", "丙大学"))
	m.subscribe(both, "关注的激光", "激光")
	m.run()
	m.advance(time.Minute)
	for i := range 12 { // an import
		m.need(fmt.Sprintf("激光需求%d", i))
	}
	m.run()
	m.run()
	page, err := m.store.Jobs(t.Context(), jiqiao.JobQuery{Kind: jiqiao.JobNotice, Limit: 100})
	m.must(err)
	told := map[string]jiqiao.Notice{}
	for _, j := range page.Jobs {
		var n jiqiao.Notice
		m.must(json.Unmarshal(j.Payload, &n))
		if told[n.Users[0]].Template != "" {
			t.Errorf("told once more: %+v", n)
		}
		told[n.Users[0]] = n
	}
	subs, err := m.store.Subscriptions(t.Context(), broker)
	m.must(err)
	if n := told[broker]; n.Template != "match.several" || n.Data["count"] != "12" || n.Data["subject"] != "我的激光" ||
		n.Object != (jiqiao.Ref{Type: "subscription", ID: subs[0].ID}) || !strings.HasPrefix(n.Data["list"], "1. 激光需求") || !strings.HasSuffix(n.Data["list"], "……另有 7 条") ||
		strings.Contains(n.Data["list"], "我的激光") {
		t.Errorf("the subscriber: %+v", n)
	}
	if n := told[lab]; n.Data["subject"] != "激光成果" || n.Object.Type != "matches" || n.Object.ID == "" {
		t.Errorf("the owner: %+v", n)
	}
	if n := told[both]; n.Data["subject"] != "" || n.Object != (jiqiao.Ref{Type: "matches"}) || !strings.Contains(n.Data["list"], "（关注的激光）") && !strings.Contains(n.Data["list"], "（激光装备）") {
		t.Errorf("who owns and subscribes: %+v", n)
	}
	for _, n := range told {
		if title, _, missing, err := m.templates.Render(n); err != nil || len(missing) > 0 || !strings.HasSuffix(title, "有 "+n.Data["count"]+" 条新内容") {
			t.Errorf("%q, %v, %v", title, missing, err)
		}
	}
}

func TestWhatIsOverTheLimitComesAsDigest(t *testing.T) {
	m := newMarket(t)
	m.level = jiqiao.LevelNone
	broker := m.person("broker", nil)
	p := jiqiao.DefaultPreferences()
	p.AlertsPerWeek = 2
	m.must(m.store.PutPreferences(t.Context(), broker, &p))
	m.subscribe(broker, "激光", "激光")
	for _, finds := range []int{1, 2, 20, 3} {
		m.advance(time.Minute)
		for i := range finds {
			m.need(fmt.Sprintf("激光需求%d之%d", finds, i))
		}
		m.run()
	}
	if got := m.told(); len(got) != 2 {
		t.Fatalf("told in the week: %v", got)
	}
	for range 2 {
		m.must(m.alerts.HandleDigest(t.Context(), jiqiao.Job{}))
	}
	page, err := m.store.Jobs(t.Context(), jiqiao.JobQuery{Kind: jiqiao.JobNotice, Limit: 100})
	m.must(err)
	var digests []jiqiao.Notice
	for _, j := range page.Jobs {
		var n jiqiao.Notice
		m.must(json.Unmarshal(j.Payload, &n))
		if n.Template == "match.digest" {
			digests = append(digests, n)
		}
	}
	if len(digests) != 1 || digests[0].Data["count"] != "23" || !strings.Contains(digests[0].Data["list"], "另有 3 条") {
		t.Fatalf("digests: %+v", digests)
	}
	// The digest is told as every notice is.
	m.tell(digests[0])
	inbox, err := m.store.Inbox(t.Context(), jiqiao.MessageQuery{User: broker})
	m.must(err)
	if inbox.Total != 1 || inbox.Items[0].Title != "本周匹配汇总：23 条" || inbox.Items[0].Topic != jiqiao.TopicMatch {
		t.Errorf("%+v", inbox)
	}
}

func TestOneChangeOfEach(t *testing.T) {
	got := latest([]jiqiao.Change{
		{Seq: 1, Kind: jiqiao.KindNeed, ID: "n_1", Op: jiqiao.ChangePut}, {Seq: 2, Kind: jiqiao.KindNeed, ID: "n_2", Op: jiqiao.ChangePut},
		{Seq: 3, Kind: jiqiao.KindNeed, ID: "n_1", Op: jiqiao.ChangePut}, {Seq: 4, Kind: jiqiao.KindNeed, ID: "n_2", Op: jiqiao.ChangeDelete},
	})
	if len(got) != 1 || got[0].Seq != 3 {
		t.Errorf("%+v", got)
	}
}
