package introduction_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/internal/introduction"
	"jiqiao/internal/workday"
	"jiqiao/store"
	"jiqiao/store/sqlitetest"
)

// world is the service over a real store, with a clock that stands until it is moved.
type world struct {
	*introduction.Service
	t           *testing.T
	ctx         context.Context
	store       *store.Store
	book        *workday.Book
	log         *lines
	logger      *slog.Logger
	events      []jiqiao.Event
	mu          sync.Mutex
	at          time.Time
	need        *jiqiao.Need
	achievement *jiqiao.Achievement
	// The parties; stranger takes no part in anything.
	enterprise, university, broker, operator, stranger jiqiao.Viewer
}

// monday is nine in the morning of a week without holidays.
var monday = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *world) move(to time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = to
}

// hear keeps what open pages are told.
func (w *world) hear(events []jiqiao.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, events...)
}

// heard is the last event about introductions.
func (w *world) heard() jiqiao.Event {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range slices.Backward(w.events) {
		if e.Topic == "introduction" {
			return e
		}
	}
	w.t.Fatal("nobody hears of introductions")
	return jiqiao.Event{}
}

// lines is a log that several may write.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func newWorld(t *testing.T, change ...func(*world)) *world {
	t.Helper()
	w := &world{t: t, ctx: t.Context(), at: monday, log: &lines{}}
	w.logger = slog.New(slog.NewTextHandler(w.log, nil))
	st, err := store.Open(w.ctx, store.Config{
		URL: sqlitetest.New(t), Now: w.now, Log: slog.New(slog.DiscardHandler), Events: w.hear,
	})
	w.must(err)
	t.Cleanup(func() { _ = st.Close() })
	w.store = st
	base, err := workday.Default()
	w.must(err)
	w.book = workday.NewBook(base, st)
	w.Service = w.service(st)
	w.need = &jiqiao.Need{Header: jiqiao.Header{
		Title: "某某机械有限公司碳化硅器件良率提升", Status: jiqiao.StatusPublished, Region: "320981",
		Owner: jiqiao.OrganisationRef{Name: "某某机械有限公司", Kind: jiqiao.OrganisationEnterprise}, Contact: jiqiao.Contact{Name: "李工", Mobile: "13900001111"},
	}}
	w.achievement = &jiqiao.Achievement{Header: jiqiao.Header{
		Title: "碳化硅栅氧工艺", Status: jiqiao.StatusPublished, Region: "140400",
		Owner: jiqiao.OrganisationRef{Name: "某某大学", Kind: jiqiao.OrganisationUniversity}, Contact: jiqiao.Contact{Name: "王教授", Mobile: "13700002222"},
	}}
	for _, c := range change {
		c(w)
	}
	w.must(st.Put(w.ctx, w.need))
	w.must(st.Put(w.ctx, w.achievement))
	w.enterprise = jiqiao.Viewer{User: "u_enterprise", Name: "李四", Role: jiqiao.RoleEnterprise, Organisation: w.need.Owner.ID}
	w.university = jiqiao.Viewer{User: "u_university", Name: "王五", Role: jiqiao.RoleUniversity, Organisation: w.achievement.Owner.ID}
	w.broker = jiqiao.Viewer{User: "u_broker", Name: "张三", Role: jiqiao.RoleBroker, Organisation: "o_agency"}
	w.operator = jiqiao.Viewer{User: "u_operator", Name: "赵六", Role: jiqiao.RoleOperator, Region: "320000"}
	w.stranger = jiqiao.Viewer{User: "u_stranger", Name: "钱七", Role: jiqiao.RoleEnterprise, Organisation: "o_elsewhere"}
	return w
}

// service is another process's service over the same store.
func (w *world) service(st *store.Store) *introduction.Service {
	return introduction.New(introduction.Options{
		Store: st, Threads: st, Records: st, Settings: st, Calendar: w.book.Calendar, Match: w.match, Notify: st.Notify,
		Attach: func(_ context.Context, _ jiqiao.Viewer, _ jiqiao.Ref, files []string) error {
			if slices.Contains(files, "x_missing") {
				return jiqiao.Fail(jiqiao.CodeNotFound, "没有这个附件", nil)
			}
			return nil
		},
		Operators: func(context.Context) ([]jiqiao.User, error) {
			return []jiqiao.User{
				{ID: "u_operator", Role: jiqiao.RoleOperator, Region: "320000"},
				{ID: "u_elsewhere", Role: jiqiao.RoleOperator, Region: "440000"}, // must not hear of anything
			}, nil
		},
		Log: w.logger, Now: w.now,
	})
}

// match is what the matcher says of every pair.
func (w *world) match(_ context.Context, need, achievement jiqiao.Record) (jiqiao.Match, error) {
	return jiqiao.Match{
		NeedID: need.Head().ID, AchievementID: achievement.Head().ID, Score: 0.75, Level: jiqiao.LevelStrong, LevelLabel: "强", Model: "v1",
		Evidence: []jiqiao.Evidence{{Need: jiqiao.Snippet{Label: "标题", Spans: []jiqiao.Span{{Text: "良率提升"}}}, Score: 1}}, Record: achievement,
	}, nil
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// fails checks the code of an error.
func (w *world) fails(want jiqiao.Code, err error) {
	w.t.Helper()
	if got := jiqiao.CodeOf(err); got != want {
		w.t.Fatalf("got code %q (%v), want %q", got, err, want)
	}
}

// invite makes the introduction, by the broker.
func (w *world) invite() jiqiao.IntroductionView {
	w.t.Helper()
	i, err := w.Invite(w.ctx, w.broker, jiqiao.IntroductionInput{NeedID: w.need.ID, AchievementID: w.achievement.ID})
	w.must(err)
	return i
}

// say answers and reads what became of it.
func (w *world) say(v jiqiao.Viewer, i jiqiao.IntroductionView, a jiqiao.Answer) jiqiao.IntroductionView {
	w.t.Helper()
	if a.Version == 0 {
		a.Version = w.stored(i).Version
	}
	i, err := w.Answer(w.ctx, v, i.ID, a)
	w.must(err)
	return i
}

func (w *world) stored(i jiqiao.IntroductionView) jiqiao.Introduction {
	w.t.Helper()
	kept, err := w.store.Introduction(w.ctx, i.ID)
	w.must(err)
	return kept
}

// tick runs the clock at the instant.
func (w *world) tick(at time.Time) {
	w.t.Helper()
	w.move(at)
	w.must(w.Clock(w.ctx, jiqiao.Job{}))
}

// told lists "template recipients" of all notices left so far, oldest first.
func (w *world) told() []string {
	w.t.Helper()
	names := map[string]string{
		w.enterprise.Organisation: "enterprise", w.university.Organisation: "university", w.broker.User: "broker", "u_operator": "operators",
	}
	var all []string
	for _, j := range w.jobs(store.NoticeJob) {
		var n jiqiao.Notice
		w.must(json.Unmarshal(j.Payload, &n))
		for _, id := range append(slices.Clone(n.Organisations), n.Users...) {
			all = append(all, strings.TrimPrefix(n.Template, "introduction.")+" "+names[id])
		}
		if len(n.Roles) > 0 {
			w.t.Errorf("notice %s goes to whole roles, whatever the region", n.Template)
		}
		for key, value := range n.Data {
			if strings.Contains(value, "1390000") || strings.Contains(value, "1370000") {
				w.t.Errorf("notice %s tells a number under %s", n.Template, key)
			}
		}
	}
	return all
}

// since is what was told after the first n.
func (w *world) since(n int) string { return strings.Join(w.told()[n:], ", ") }

func (w *world) jobs(kind string) []jiqiao.Job {
	w.t.Helper()
	page, err := w.store.Jobs(w.ctx, jiqiao.JobQuery{Kind: kind, Limit: 100})
	w.must(err)
	slices.Reverse(page.Jobs)
	return page.Jobs
}

// morning is nine o'clock in Beijing of the day.
func morning(day string) time.Time {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return at.Add(time.Hour)
}
