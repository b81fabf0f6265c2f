package embed_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/internal/embed"
	"jiqiao/internal/endpoint"
	"jiqiao/internal/endpoint/endpointtest"
	"jiqiao/store"
	"jiqiao/store/sqlitetest"
	"jiqiao/store/storetest"
)

const dim = 64

// world is a store and a fake server.
type world struct {
	t      *testing.T
	server *endpointtest.Server
	store  *store.Store
	stop   func() // ends the follower that runs
}

func newWorld(t *testing.T) *world {
	t.Helper()
	st, err := store.Open(t.Context(), store.Config{URL: sqlitetest.New(t), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, server: endpointtest.New(t, dim), store: st, stop: func() {}}
	t.Cleanup(func() { w.stop(); _ = st.Close() })
	return w
}

// follow starts a follower of the model in place of the one that runs, as a new process would.
func (w *world) follow(model string, change ...func(*embed.Options)) *embed.Follower {
	w.t.Helper()
	w.stop()
	client := endpoint.New(endpoint.Config{
		Name: "embedding", URL: w.server.URL, Model: model, Batch: 8, Rest: time.Millisecond,
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	})
	o := embed.Options{Store: w.store, Endpoint: client, Model: model, Batch: 8, Retry: 2 * time.Millisecond}
	for _, c := range change {
		c(&o)
	}
	f := embed.New(o)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f.Run(ctx) }()
	w.stop = func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				w.t.Errorf("the follower ended with %v", err)
			}
		case <-time.After(5 * time.Second):
			w.t.Error("the follower does not stop")
		}
		w.stop = func() {}
	}
	return f
}

var subjects = []string{"印染废水深度处理", "锂电池正极材料", "焊接机器人视觉", "耐盐碱水稻育种", "石墨烯导热膜", "海上风电叶片检测"}

// fill stores n needs and n achievements.
func (w *world) fill(n int) {
	w.t.Helper()
	var recs []jiqiao.Record
	for i := range n {
		recs = append(recs,
			storetest.Need("企业", fmt.Sprint(subjects[i%len(subjects)], "需求", i)),
			storetest.Achievement("大学", fmt.Sprint(subjects[i%len(subjects)], "成果", i)))
	}
	w.put(recs...)
}

func (w *world) put(recs ...jiqiao.Record) {
	w.t.Helper()
	if _, err := w.store.PutMany(w.t.Context(), recs); err != nil {
		w.t.Fatal(err)
	}
}

// until waits for the follower.
func (w *world) until(f *embed.Follower, ok func(embed.Progress) bool) embed.Progress {
	w.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		p := f.Progress()
		if ok(p) {
			return p
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("still %+v: %s", p, p.Note())
		}
	}
}

func all(n int) func(embed.Progress) bool {
	return func(p embed.Progress) bool { return p.Records == n && p.Done == n }
}

// asked are the texts that the server saw, probes and repetitions included.
func (w *world) asked() (texts []string) {
	for _, r := range w.server.Requests() {
		texts = append(texts, r.Input...)
	}
	return texts
}

// near names the titles nearest to a need.
func (w *world) near(f *embed.Follower, text string, n int) []string {
	w.t.Helper()
	s, err := f.Sense(w.t.Context(), storetest.Need("", text), true)
	for i := 0; errors.Is(err, embed.ErrNoVector) && i < 1000; i++ { // the usual likeness is not measured yet
		time.Sleep(time.Millisecond)
		s, err = f.Sense(w.t.Context(), storetest.Need("", text), true)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	ids, err := s.Near(w.t.Context(), n, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	recs, err := w.store.GetMany(w.t.Context(), jiqiao.KindAchievement, ids)
	if err != nil {
		w.t.Fatal(err)
	}
	var titles []string
	for _, r := range recs {
		titles = append(titles, r.Head().Title)
	}
	return titles
}

func TestRecordsGetVectorsAndAreFound(t *testing.T) {
	w := newWorld(t)
	w.fill(30)
	f := w.follow("bge")
	w.until(f, all(60))
	for _, title := range w.near(f, "印染废水深度处理", 5) {
		if !strings.HasPrefix(title, "印染废水") {
			t.Errorf("found %s", title)
		}
	}
	if got := len(w.asked()); got != 61 { // the query is the last
		t.Errorf("%d texts were asked for", got)
	}
	w.near(f, "印染废水深度处理", 5)
	if got := len(w.asked()); got != 61 {
		t.Error("the same query was asked for again")
	}
	// What is written later is found, what is deleted is not.
	w.put(storetest.Achievement("大学", "印染废水膜分离新法"))
	w.until(f, all(61))
	if got := w.near(f, "印染废水膜分离", 1); !slices.Equal(got, []string{"印染废水膜分离新法"}) {
		t.Errorf("found %v", got)
	}
}

func TestSameTextCostsNothing(t *testing.T) {
	w := newWorld(t)
	w.fill(5)
	f := w.follow("bge")
	w.until(f, all(10))
	f = w.follow("bge")
	w.until(f, all(10))
	w.put(storetest.Need("另一企业", subjects[0]+"需求0")) // another record of the same text
	w.until(f, all(11))
	if got := len(w.asked()); got != 10 {
		t.Errorf("%d texts were asked for", got)
	}
}

func TestChangedAndDeletedRecords(t *testing.T) {
	w := newWorld(t)
	w.fill(20)
	a := storetest.Achievement("大学", "量子点显示")
	w.put(a)
	f := w.follow("bge")
	w.until(f, all(41))
	before := f.Version()
	a.Title, a.Abstract = "深海采矿车", "深海采矿车已完成海试"
	if err := w.store.Put(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	w.until(f, func(p embed.Progress) bool { return p.Done == 41 && f.Version() > before+1 })
	if got := w.near(f, "深海采矿车", 1); !slices.Equal(got, []string{"深海采矿车"}) {
		t.Errorf("found %v", got)
	}
	if err := w.store.Delete(t.Context(), jiqiao.KindAchievement, a.ID, a.Version); err != nil {
		t.Fatal(err)
	}
	w.until(f, all(40))
	if got := w.near(f, "深海采矿车", 1); slices.Contains(got, "深海采矿车") {
		t.Error("a deleted record was found")
	}
}

func TestVectorsOfOldTextsAreSwept(t *testing.T) {
	w := newWorld(t)
	w.fill(5)
	a := storetest.Achievement("大学", "量子点显示")
	w.put(a)
	f := w.follow("bge")
	w.until(f, all(11))
	w.stop()
	a.Title, a.Abstract = "深海采矿车", "深海采矿车已完成海试"
	if err := w.store.Put(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the first start sweeps, the second needs nothing new
		f = w.follow("bge")
		w.until(f, all(11))
	}
	n, err := w.store.SweepEmbeddings(t.Context(), "bge", map[string]bool{}, time.Now().Add(time.Hour))
	if err != nil || n != 11 {
		t.Errorf("%d vectors were kept, %v", n, err)
	}
	if got := len(w.asked()); got != 12 {
		t.Errorf("%d texts were asked for", got)
	}
}

func TestRestartGoesOn(t *testing.T) {
	w := newWorld(t)
	w.fill(40)
	var served atomic.Int32
	block := make(chan struct{})
	w.server.Behave(func(rw http.ResponseWriter, _ endpointtest.Request, honest func() []byte) {
		if served.Add(1) > 3 {
			<-block // the process ends while it waits for an answer
		}
		_, _ = rw.Write(honest())
	})
	f := w.follow("bge")
	w.until(f, func(p embed.Progress) bool { return p.Done >= 24 && served.Load() > 3 })
	w.stop()
	close(block)
	f = w.follow("bge")
	w.until(f, all(80))
	counts := map[string]int{}
	for _, text := range w.asked() {
		counts[text]++
	}
	twice := 0
	for _, n := range counts {
		twice += n - 1
	}
	if len(counts) != 80 || twice > 8 { // the batch that was under way
		t.Errorf("%d texts, %d asked for again", len(counts), twice)
	}
}

// TestNothingIsLost misbehaves for a while in every way: all records get their vectors in the end.
func TestNothingIsLost(t *testing.T) {
	poison := func(bad endpointtest.Behaviour) endpointtest.Behaviour {
		return func(rw http.ResponseWriter, r endpointtest.Request, honest func() []byte) {
			if slices.ContainsFunc(r.Input, func(s string) bool { return strings.Contains(s, "需求7") }) {
				bad(rw, r, honest)
				return
			}
			_, _ = rw.Write(honest())
		}
	}
	for name, c := range map[string]struct {
		bad    endpointtest.Behaviour
		reach  int // records that get a vector all the same
		failed bool
	}{
		"fails":                 {bad: endpointtest.Fail(500, "boom")},
		"rate limits":           {bad: endpointtest.RateLimit("0")},
		"wrong key":             {bad: endpointtest.Fail(401, "key")},
		"closes the connection": {bad: endpointtest.CutOff},
		"half a batch":          {bad: endpointtest.HalfBatch},
		"NaN":                   {bad: endpointtest.NotANumber},
		"fails at one text":     {bad: poison(endpointtest.Fail(500, "boom")), reach: 19},
		"NaN at one text":       {bad: poison(endpointtest.NotANumber), reach: 19},
		"refuses one text":      {bad: poison(endpointtest.Fail(400, "too long")), reach: 19},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.fill(10)
			w.server.Behave(c.bad)
			f := w.follow("bge")
			p := w.until(f, func(p embed.Progress) bool {
				return p.Records == 20 && p.Done >= c.reach && (p.Problem != "" || p.Failed > 0)
			})
			if c.reach == 0 && p.Done != 0 {
				t.Errorf("%+v", p)
			}
			if !strings.Contains(p.Note(), "语义向量") {
				t.Error(p.Note())
			}
			w.server.Behave(nil)
			p = w.until(f, all(20))
			if p = w.until(f, func(p embed.Progress) bool { return p.Problem == "" }); p.Failed != 0 {
				t.Errorf("after recovery: %+v", p)
			}
		})
	}
}

func TestAnotherModelTakesOver(t *testing.T) {
	w := newWorld(t)
	w.fill(20)
	f := w.follow("old")
	w.until(f, all(40))
	want := w.near(f, subjects[0]+"需求0", 3)

	// Another model, of another length, whose server does not answer yet: the old vectors do.
	hold := make(chan struct{})
	w.server.Behave(func(rw http.ResponseWriter, r endpointtest.Request, honest func() []byte) {
		<-hold
		endpointtest.OtherLength(rw, r, honest)
	})
	f = w.follow("new")
	p := w.until(f, func(p embed.Progress) bool { return p.Records == 40 })
	if p.Serving != "old" || p.Done != 0 || !strings.Contains(p.Note(), "沿用旧向量") {
		t.Errorf("%+v: %s", p, p.Note())
	}
	if got := w.near(f, subjects[0]+"需求0", 3); !slices.Equal(got, want) {
		t.Errorf("the old vectors find %v, before %v", got, want)
	}
	if _, err := f.Sense(t.Context(), storetest.Need("", "从未见过的文本"), true); !errors.Is(err, embed.ErrNoVector) {
		t.Errorf("a new text beside old vectors: %v", err)
	}
	close(hold)
	w.until(f, func(p embed.Progress) bool { return p.Serving == "new" && p.Done == 40 })
	w.near(f, "从未见过的文本", 3)
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		models, err := w.store.EmbeddingModels(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if slices.Equal(models, []string{"new"}) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("still kept: %v", models)
		}
	}
	// A restart after the change knows which vectors answer.
	f = w.follow("new")
	if p := w.until(f, all(40)); p.Serving != "new" {
		t.Errorf("%+v", p)
	}
}

func TestTheOldModelStaysWhileTheNewOneFails(t *testing.T) {
	w := newWorld(t)
	w.fill(10)
	f := w.follow("old")
	w.until(f, all(20))
	w.server.Behave(endpointtest.Fail(404, "no such model"))
	f = w.follow("new")
	p := w.until(f, func(p embed.Progress) bool { return p.Failed > 3 })
	if p.Serving != "old" || !strings.Contains(p.Problem, "new") {
		t.Errorf("%+v", p)
	}
	w.near(f, subjects[0]+"需求0", 3)
}

func TestOtherLengthUnderTheSameName(t *testing.T) {
	w := newWorld(t)
	w.fill(10)
	f := w.follow("bge")
	w.until(f, all(20))
	w.server.Behave(endpointtest.OtherLength)
	f = w.follow("bge")
	w.until(f, all(20))
	w.put(storetest.Need("企业", "新的一条"))
	if p := w.until(f, func(p embed.Progress) bool { return p.Problem != "" }); !strings.Contains(p.Problem, "embedding_dimensions") || p.Done != 20 {
		t.Errorf("%+v", p)
	}
	w.near(f, subjects[0]+"需求0", 3)
}

func TestSenseIsTheSameFromBothSides(t *testing.T) {
	w := newWorld(t)
	w.fill(20)
	f := w.follow("bge")
	w.until(f, all(40))
	var recs [2][]jiqiao.Record
	for i, kind := range jiqiao.Kinds {
		if err := w.store.Each(t.Context(), kind, "", func(r jiqiao.Record) error { recs[i] = append(recs[i], r); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	sum := 0.0
	for _, a := range recs[0] {
		one, err := f.Sense(t.Context(), a, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range recs[1] {
			other, err := f.Sense(t.Context(), b, false)
			if err != nil {
				t.Fatal(err)
			}
			ab, _ := one.Likeness(b.Head().ID)
			ba, _ := other.Likeness(a.Head().ID)
			if ab != ba {
				t.Errorf("%v and %v", ab, ba)
			}
			sum += ab / 400
		}
		if _, ok := one.Likeness("gone"); ok {
			t.Error("a likeness to what is not there")
		}
	}
	if math.Abs(sum) > 0.2 {
		t.Errorf("pairs at random lie %v standard deviations above themselves", sum)
	}
}

func TestSenseWithoutVectors(t *testing.T) {
	w := newWorld(t)
	need := storetest.Need("", "废水")
	if _, err := embed.New(embed.Options{Store: w.store, Model: "x"}).Sense(t.Context(), need, true); !errors.Is(err, embed.ErrNoVector) {
		t.Errorf("before a start: %v", err)
	}
	f := w.follow("bge")
	w.until(f, func(p embed.Progress) bool { return p.Serving == "bge" })
	if _, err := f.Sense(t.Context(), need, true); !errors.Is(err, embed.ErrNoVector) {
		t.Errorf("with nothing to compare: %v", err)
	}
	w.fill(20)
	w.until(f, all(40))
	need = storetest.Need("", "从未问过的文本")
	if _, err := f.Sense(t.Context(), need, false); !errors.Is(err, embed.ErrNoVector) {
		t.Errorf("nobody waits: %v", err)
	}
	w.server.Behave(endpointtest.Fail(500, "boom"))
	if _, err := f.Sense(t.Context(), need, true); err == nil {
		t.Error("no error")
	}
}

func TestText(t *testing.T) {
	n := storetest.Need("企业", "标题")
	n.Keywords = []string{"膜", "水"}
	n.Contact.Mobile = "13800000000"
	n.Problem = strings.Repeat("难", 5000)
	text := embed.Text(n)
	if runes := []rune(text); len(runes) != 1500 || !strings.HasPrefix(text, "标题\n") || strings.Contains(text, "138") {
		t.Errorf("%d characters: %.40s", len(runes), text)
	}
}
