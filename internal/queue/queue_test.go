package queue_test

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/internal/queue"
	"jiqiao/internal/workday"
	"jiqiao/store"
	"jiqiao/store/sqlitetest"
	"jiqiao/store/storetest"
)

// matches is a matcher that says what it was told to, by the subject's id.
type matches map[string]jiqiao.MatchList

func (m matches) Match(_ context.Context, subject jiqiao.Record, _ jiqiao.MatchQuery) (jiqiao.MatchList, error) {
	return m[subject.Head().ID], nil
}

// brokered is the store with brokers of one's choice.
type brokered struct {
	*store.Store
	brokers []jiqiao.Broker
}

func (b *brokered) Brokers(context.Context) ([]jiqiao.Broker, error) {
	return slices.SortedFunc(slices.Values(b.brokers), func(x, y jiqiao.Broker) int { return strings.Compare(x.ID, y.ID) }), nil
}

// Explain is the match that the need was told to have.
func (m matches) Explain(_ context.Context, _ jiqiao.Access, need *jiqiao.Need, achievement *jiqiao.Achievement) (jiqiao.Match, error) {
	for _, found := range m[need.ID].Matches {
		if found.AchievementID == achievement.ID {
			return found, nil
		}
	}
	return jiqiao.Match{NeedID: need.ID, AchievementID: achievement.ID, Level: jiqiao.LevelNone, Probabilities: [4]float64{1}, Model: "v1"}, nil
}

type world struct {
	*queue.Service
	t       testing.TB
	store   *brokered
	clock   *storetest.Clock
	matches matches
}

func newWorld(t testing.TB, brokers ...jiqiao.Broker) *world {
	t.Helper()
	w := &world{t: t, clock: storetest.NewClock(), matches: matches{}}
	st, err := store.Open(context.Background(), store.Config{
		URL: sqlitetest.New(t), Now: w.clock.Now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	w.store = &brokered{st, brokers}
	w.Service = queue.New(queue.Options{
		Store: w.store, Records: st, Matcher: w.matches, Log: slog.New(slog.DiscardHandler), Now: w.clock.Now,
		Calendar: func(context.Context) (queue.Calendar, error) { return &workday.Calendar{}, nil },
	})
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) put(rec jiqiao.Record) jiqiao.Record {
	w.t.Helper()
	w.must(w.store.Put(context.Background(), rec))
	return rec
}

func (w *world) need(title string, fields ...string) *jiqiao.Need {
	n := storetest.Need("甲公司", title)
	n.Fields, n.Region = fields, "320981"
	return w.put(n).(*jiqiao.Need)
}

func (w *world) achievement(title string) *jiqiao.Achievement {
	return w.put(storetest.Achievement("乙大学", title)).(*jiqiao.Achievement)
}

// match makes the matcher list the achievements for the need, at the level.
func (w *world) match(n *jiqiao.Need, level jiqiao.Level, achievements ...*jiqiao.Achievement) {
	list := jiqiao.MatchList{Kind: jiqiao.KindAchievement}
	for _, a := range achievements {
		m := jiqiao.Match{NeedID: n.ID, AchievementID: a.ID, Score: 0.5, Level: level, Model: "v1", Record: a}
		m.Probabilities[level-1] = 1
		list.Matches = append(list.Matches, m)
	}
	w.matches[n.ID] = list
}

func (w *world) fill(rec jiqiao.Record) {
	w.t.Helper()
	w.must(w.Fill(context.Background(), jiqiao.Job{Key: rec.Head().ID}))
}

func (w *world) all() []jiqiao.Candidate {
	w.t.Helper()
	page, err := w.store.Candidates(context.Background(), jiqiao.CandidateQuery{Scope: jiqiao.QueueScope{All: true}, Sort: jiqiao.CandidatesByNewest, Limit: jiqiao.MaxPageSize})
	w.must(err)
	return page.Items
}

func (w *world) rules(change func(*jiqiao.QueueRules)) {
	w.t.Helper()
	rules, version, err := w.Rules(context.Background())
	w.must(err)
	change(&rules)
	_, err = w.SetRules(context.Background(), rules, version)
	w.must(err)
}

func broker(id string, change ...func(*jiqiao.Broker)) jiqiao.Broker {
	b := jiqiao.Broker{ID: id, Name: "经理人" + id, Organisation: "o_" + id}
	for _, c := range change {
		c(&b)
	}
	return b
}

func viewer(id string) jiqiao.Viewer {
	return jiqiao.Viewer{User: id, Role: jiqiao.RoleBroker, Organisation: "o_" + id}
}

func (w *world) fails(want jiqiao.Code, err error) {
	w.t.Helper()
	if got := jiqiao.CodeOf(err); got != want {
		w.t.Errorf("got %q (%v), want %q", got, err, want)
	}
}

func TestWhatComesIntoTheQueues(t *testing.T) {
	w := newWorld(t, broker("u_1"))
	draft, private, late := storetest.Achievement("乙大学", "草稿"), storetest.Achievement("乙大学", "内部"), storetest.Achievement("乙大学", "过期")
	draft.Status, private.Disclosure, late.ValidUntil = jiqiao.StatusDraft, jiqiao.DisclosurePrivate, "2020-01-01"
	strong, fair, weak := w.achievement("强"), w.achievement("较强"), w.achievement("弱")
	n := w.need("提高导热率", "20101")
	list := jiqiao.MatchList{}
	for _, m := range []struct {
		rec   jiqiao.Record
		level jiqiao.Level
	}{{strong, jiqiao.LevelStrong}, {fair, jiqiao.LevelFair}, {weak, jiqiao.LevelWeak}, {w.put(draft), jiqiao.LevelStrong}, {w.put(private), jiqiao.LevelStrong}, {w.put(late), jiqiao.LevelStrong}} {
		match := jiqiao.Match{NeedID: n.ID, AchievementID: m.rec.Head().ID, Level: m.level, Record: m.rec}
		match.Probabilities[m.level-1] = 1
		list.Matches = append(list.Matches, match)
	}
	list.Matches = append(list.Matches, jiqiao.Match{NeedID: n.ID, AchievementID: "a_00000000000000000000", Level: jiqiao.LevelStrong}) // deleted meanwhile
	w.matches[n.ID] = list
	w.fill(n)
	var got []string
	for _, c := range w.all() {
		got = append(got, c.Achievement+" "+c.Enterprise+" "+c.Broker)
		if c.DueAt != time.Date(2026, 11, 25, 16, 0, 0, 0, time.UTC) { // Sunday, and three working days
			t.Errorf("due %v", c.DueAt)
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{"强 甲公司 u_1", "较强 甲公司 u_1"}, got); diff != "" {
		t.Errorf("candidates (-want +got):\n%s", diff)
	}
	w.rules(func(r *jiqiao.QueueRules) { r.MinLevel = jiqiao.LevelWeak })
	w.fill(n)
	if len(w.all()) != 3 {
		t.Errorf("%d with a lower bar", len(w.all()))
	}
	abstained := w.need("没有合适成果")
	w.match(abstained, jiqiao.LevelStrong, strong)
	list = w.matches[abstained.ID]
	list.Abstained = true
	w.matches[abstained.ID] = list
	w.fill(abstained)
	if len(w.all()) != 3 {
		t.Error("the nearest misses came into the queue")
	}
	w.fails(jiqiao.CodeInvalid, w.Fill(t.Context(), jiqiao.Job{Key: "x"}))
}

func TestRecordsThatAreNoLongerOfferedLeaveTheQueues(t *testing.T) {
	w := newWorld(t, broker("u_1"))
	a, n, gone := w.achievement("石墨烯膜"), w.need("提高导热率"), w.need("删掉的")
	w.match(n, jiqiao.LevelFair, a)
	w.match(gone, jiqiao.LevelFair, a)
	w.fill(n)
	w.fill(gone)
	w.must(w.store.Delete(t.Context(), jiqiao.KindNeed, gone.ID, gone.Version))
	w.fill(gone)
	n.Status = jiqiao.StatusPaused
	w.put(n)
	w.fill(n)
	for _, c := range w.all() {
		if c.State != jiqiao.CandidateExpired {
			t.Errorf("%s is %s", c.Need, c.State)
		}
	}
	n.Status = jiqiao.StatusPublished
	w.put(n)
	w.fill(n)
	page, err := w.List(t.Context(), viewer("u_1"), jiqiao.CandidateQuery{States: []jiqiao.CandidateState{jiqiao.CandidateOpen}})
	w.must(err)
	if page.Total != 1 {
		t.Errorf("published again: %d", page.Total)
	}
}

func TestWhoGetsACandidate(t *testing.T) {
	materials := func(b *jiqiao.Broker) { b.Fields = []string{"40"} }
	away := func(b *jiqiao.Broker) { b.Regions = []string{"140000"} }
	for name, c := range map[string]struct {
		brokers []jiqiao.Broker
		want    string
		waiting string
	}{
		"nobody at all":          {nil, "", "没有负责"},
		"nobody for the field":   {[]jiqiao.Broker{broker("u_1", materials)}, "", "没有负责"},
		"nobody for the region":  {[]jiqiao.Broker{broker("u_1", away)}, "", "没有负责"},
		"who serves it":          {[]jiqiao.Broker{broker("u_1", materials), broker("u_2")}, "u_2", ""},
		"the first of equals":    {[]jiqiao.Broker{broker("u_2"), broker("u_1")}, "u_1", ""},
		"the one with more room": {[]jiqiao.Broker{broker("u_1", func(b *jiqiao.Broker) { b.Capacity = 2 }), broker("u_2")}, "u_2", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, c.brokers...)
			n := w.need("提高导热率", "20101")
			w.match(n, jiqiao.LevelFair, w.achievement("石墨烯膜"))
			w.fill(n)
			got := w.all()[0]
			if got.Broker != c.want || !strings.HasPrefix(got.Waiting, c.waiting) || (c.waiting == "") != (got.Waiting == "") {
				t.Errorf("%q, waiting %q", got.Broker, got.Waiting)
			}
		})
	}
}

func TestCandidatesOfOneNeedStayTogether(t *testing.T) {
	w := newWorld(t, broker("u_1"), broker("u_2"))
	a, b := w.achievement("一"), w.achievement("二")
	for _, title := range []string{"甲", "乙"} {
		n := w.need(title)
		w.match(n, jiqiao.LevelFair, a, b)
		w.fill(n)
	}
	of := map[string][]string{}
	for _, c := range w.all() {
		of[c.Broker] = append(of[c.Broker], c.Need)
	}
	if len(of) != 2 || of["u_1"][0] != of["u_1"][1] || of["u_2"][0] != of["u_2"][1] {
		t.Errorf("by broker: %v", of)
	}
}

// TestNobodyGetsMoreThanHeTakesOn fills, sweeps and hands over at random, in the database; place_test.go does more of it
// without one.
func TestNobodyGetsMoreThanHeTakesOn(t *testing.T) {
	w := newWorld(t)
	var achievements []*jiqiao.Achievement
	for i := range 6 {
		achievements = append(achievements, w.achievement(fmt.Sprintf("成果%d", i)))
	}
	for round := range 8 {
		chance := rand.New(rand.NewPCG(uint64(round), 1))
		w.store.brokers = nil
		for i := range 1 + chance.IntN(4) {
			b := broker(fmt.Sprintf("u_%d_%d", round, i))
			b.Capacity = 1 + chance.IntN(4)
			w.store.brokers = append(w.store.brokers, b)
		}
		w.rules(func(r *jiqiao.QueueRules) { r.PerWeek = 1 + chance.IntN(6) })
		for step := range 8 {
			w.randomStep(chance, fmt.Sprintf("需求%d-%d", round, step), achievements)
			w.checkLimits()
		}
	}
}

func (w *world) randomStep(chance *rand.Rand, title string, achievements []*jiqiao.Achievement) {
	w.t.Helper()
	switch chance.IntN(4) {
	case 0, 1:
		n := w.need(title)
		w.match(n, jiqiao.LevelFair, achievements[:1+chance.IntN(len(achievements))]...)
		w.fill(n)
	case 2:
		w.must(w.Sweep(context.Background(), jiqiao.Job{}))
	case 3:
		all := w.all()
		if len(all) == 0 || all[0].Broker == "" {
			return
		}
		to := w.store.brokers[chance.IntN(len(w.store.brokers))].ID
		if _, err := w.Hand(context.Background(), viewer(all[0].Broker), all[0].ID, to, ""); err != nil {
			w.fails(jiqiao.CodeConflict, err)
		}
	}
}

func (w *world) checkLimits() {
	w.t.Helper()
	rules, _, err := w.Rules(context.Background())
	w.must(err)
	loads, err := w.store.QueueLoads(context.Background(), "", w.clock.Now().Add(-7*24*time.Hour), w.clock.Now())
	w.must(err)
	for i := range w.store.brokers {
		b := &w.store.brokers[i]
		if l := loads[b.ID]; l != nil && (l.Open+l.Asked+l.Deferred > b.Capacity || l.Placed > rules.PerWeek) {
			w.t.Fatalf("%s has %+v of %d at once and %d a week", b.ID, *l, b.Capacity, rules.PerWeek)
		}
	}
}

func TestTheSameNumbersGiveTheSameBrokers(t *testing.T) {
	place := func() (got []string) {
		w := newWorld(t, broker("u_1"), broker("u_2", func(b *jiqiao.Broker) { b.Capacity = 9 }), broker("u_3"))
		a := w.achievement("成果")
		for i := range 12 {
			n := w.need(fmt.Sprintf("需求%02d", i))
			w.match(n, jiqiao.LevelFair, a)
			w.fill(n)
		}
		for _, c := range w.all() {
			got = append(got, c.Need+" "+c.Broker)
		}
		slices.Sort(got)
		return got
	}
	first := place()
	if diff := cmp.Diff(first, place()); diff != "" {
		t.Errorf("another time:\n%s", diff)
	}
	count := map[string]int{}
	for _, line := range first {
		count[line[strings.LastIndex(line, " ")+1:]]++
	}
	if count["u_1"] != count["u_3"] && math.Abs(float64(count["u_1"]-count["u_3"])) > 1 || count["u_2"] >= count["u_1"] {
		t.Errorf("not in proportion to what they take on: %v", count)
	}
}

func TestSweep(t *testing.T) {
	w := newWorld(t)
	n := w.need("提高导热率")
	w.match(n, jiqiao.LevelFair, w.achievement("一"), w.achievement("二"))
	w.fill(n)
	w.store.brokers = []jiqiao.Broker{broker("u_1")}
	w.must(w.Sweep(t.Context(), jiqiao.Job{}))
	all := w.all()
	if all[0].Broker != "u_1" || all[1].Broker != "u_1" {
		t.Fatalf("still waiting: %+v", all)
	}
	_, err := w.Decide(t.Context(), viewer("u_1"), jiqiao.QueueDecision{CandidateID: all[0].ID, Verb: jiqiao.QueueDefer, Until: "2026-11-23"})
	w.must(err)
	w.must(w.Sweep(t.Context(), jiqiao.Job{}))
	state := func() jiqiao.CandidateState {
		c, err := w.store.Candidate(t.Context(), all[0].ID)
		w.must(err)
		return c.State
	}
	if state() != jiqiao.CandidateDeferred {
		t.Error("opened before its day")
	}
	w.clock.Advance(24 * time.Hour)
	w.must(w.Sweep(t.Context(), jiqiao.Job{}))
	if state() != jiqiao.CandidateOpen {
		t.Error("its day has come")
	}
}

func TestRefillLeavesAJobForEveryRecord(t *testing.T) {
	w := newWorld(t)
	w.need("一")
	w.achievement("二")
	draft := storetest.Need("甲公司", "草稿")
	draft.Status = jiqiao.StatusDraft
	w.put(draft)
	w.must(w.Refill(t.Context(), jiqiao.Job{}))
	n, err := w.store.RefillCandidates(t.Context())
	w.must(err)
	if n != 2 {
		t.Errorf("%d records", n)
	}
}

func TestAnAssignmentComesToTheBrokersItNames(t *testing.T) {
	w := newWorld(t, broker("u_1"), broker("u_2"), broker("u_3", func(b *jiqiao.Broker) { b.Name = "重名" }), broker("u_4", func(b *jiqiao.Broker) { b.Name = "重名" }))
	n, other := w.need("提高导热率"), w.need("降低能耗")
	a, b := w.achievement("一"), w.achievement("二")
	item := func(line int, n *jiqiao.Need, a *jiqiao.Achievement, broker string) jiqiao.AssignmentItem {
		return jiqiao.AssignmentItem{Line: line, Outcome: jiqiao.OutcomePlaced, NeedID: n.ID, AchievementID: a.ID, Broker: broker, Score: 0.7, Level: jiqiao.LevelStrong}
	}
	w.must(w.store.SaveMatchRun(t.Context(), &jiqiao.MatchRun{Kind: jiqiao.KindNeed, State: jiqiao.RunDone}, []jiqiao.MatchResult{
		{NeedID: n.ID, AchievementID: a.ID, Score: 0.7, Level: jiqiao.LevelStrong, Model: "v7", MatchedAt: w.clock.Now()},
	}))
	as := &jiqiao.Assignment{State: jiqiao.RunDone}
	as.Params.Brokers = []jiqiao.BrokerQuota{{Name: "经理人u_2"}}
	w.must(w.store.SaveAssignment(t.Context(), as, []jiqiao.AssignmentItem{
		item(1, n, a, "经理人u_2"), item(2, n, b, "已离职"), item(3, other, a, "重名"),
	}))
	for range 2 { // a job may be done again
		w.must(w.Assigned(t.Context(), jiqiao.Job{Key: as.ID}))
	}
	got := map[string]string{}
	for _, c := range w.all() {
		got[c.Need+" "+c.Achievement] = c.Broker + c.Waiting + string(c.Source) + c.Model
	}
	want := map[string]string{
		"提高导热率 一": "u_2assignmentv7",
		"提高导热率 二": "分配指定的技术经理人没有有效账号，请手工移交assignment",
		"降低能耗 一":  "分配指定的技术经理人没有有效账号，请手工移交assignment",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("queues (-want +got):\n%s", diff)
	}
}
