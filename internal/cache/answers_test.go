package cache

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"jiqiao"
)

// world is a store and index in two numbers, and a Source.
type world struct {
	version, seq atomic.Int64
	gone         atomic.Bool
	epoch        string
	calls        atomic.Int64
	// onState, when set, runs before every State; tests change the world there.
	onState func()
}

func (w *world) Version(context.Context, jiqiao.Kind, string) (int64, error) {
	if w.gone.Load() {
		return 0, jiqiao.Fail(jiqiao.CodeNotFound, "没有", nil)
	}
	return w.version.Load(), nil
}

func (w *world) State(context.Context) (string, error) {
	w.calls.Add(1)
	if w.onState != nil {
		w.onState()
	}
	return fmt.Sprintf("%s/%d", w.epoch, w.seq.Load()), nil
}

func newAnswers(c Cache, w *world, now func() time.Time) *Answers {
	return New(Options{Cache: c, Source: w, Log: slog.New(slog.DiscardHandler), Now: now})
}

// echo answers what the world says now.
func echo(w *world) Fill {
	return func(_ context.Context, degraded bool) ([]byte, error) {
		return fmt.Appendf(nil, "v%d s%d degraded=%t", w.version.Load(), w.seq.Load(), degraded), nil
	}
}

func ask(t *testing.T, a *Answers, w *world) string {
	t.Helper()
	value, err := a.Do(t.Context(), jiqiao.KindNeed, "n_1", "p", echo(w))
	if err != nil {
		t.Fatal(err)
	}
	return string(value)
}

func TestAnswerIsKeptUntilAnythingChanges(t *testing.T) {
	type question struct {
		kind       jiqiao.Kind
		id, params string
	}
	base := question{jiqiao.KindNeed, "n_1", "p"}
	for _, c := range []struct {
		name   string
		change func(*world, *clock, *question, *Options)
		kept   bool
	}{
		{"nothing", func(*world, *clock, *question, *Options) {}, true},
		{"an hour", func(_ *world, c *clock, _ *question, _ *Options) { c.advance(time.Hour) }, true},
		{"the day", func(_ *world, c *clock, _ *question, _ *Options) { c.advance(24 * time.Hour) }, false},
		{"the day in Shanghai, not in London", func(_ *world, c *clock, _ *question, _ *Options) { c.advance(13 * time.Hour) }, false},
		{"the record", func(w *world, _ *clock, _ *question, _ *Options) { w.version.Add(1) }, false},
		{"another record", func(w *world, _ *clock, _ *question, _ *Options) { w.seq.Add(1) }, false},
		{"the database", func(w *world, _ *clock, _ *question, _ *Options) { w.epoch = "restored" }, false},
		{"the program", func(_ *world, _ *clock, _ *question, o *Options) { o.Namespace = "v2" }, false},
		{"the parameters", func(_ *world, _ *clock, q *question, _ *Options) { q.params = "p2" }, false},
		{"the id", func(_ *world, _ *clock, q *question, _ *Options) { q.id = "n_2" }, false},
		{"the kind", func(_ *world, _ *clock, q *question, _ *Options) { q.kind = jiqiao.KindAchievement }, false},
		{"where one part ends", func(_ *world, _ *clock, q *question, _ *Options) { q.id, q.params = "n_", "1p" }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, clock, held := &world{}, newClock(), NewMemory(1<<20)
			o := Options{Cache: held, Source: w, Log: slog.New(slog.DiscardHandler), Now: clock.now, Namespace: "v1"}
			q, made := base, 0
			do := func() {
				if _, err := New(o).Do(t.Context(), q.kind, q.id, q.params, func(context.Context, bool) ([]byte, error) {
					made++
					return []byte("answer"), nil
				}); err != nil {
					t.Fatal(err)
				}
			}
			do()
			c.change(w, clock, &q, &o)
			do()
			if kept := made == 1; kept != c.kept {
				t.Errorf("made %d times", made)
			}
		})
	}
}

func TestAnswerMadeWhileTheWorldMovedIsNotKept(t *testing.T) {
	w := &world{}
	a := newAnswers(NewMemory(1<<20), w, nil)
	_, err := a.Do(t.Context(), jiqiao.KindNeed, "n_1", "p", func(context.Context, bool) ([]byte, error) {
		w.seq.Add(1) // a write commits while the answer is made
		return []byte("half old"), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.seq.Add(-1) // the worst case: the state looks as it did before
	if got := ask(t, a, w); got != "v0 s0 degraded=false" {
		t.Errorf("got %q", got)
	}
}

func TestDeletedRecordIsNotAnsweredFromTheCache(t *testing.T) {
	w := &world{}
	a := newAnswers(NewMemory(1<<20), w, nil)
	ask(t, a, w)
	w.gone.Store(true)
	if _, err := a.Do(t.Context(), jiqiao.KindNeed, "n_1", "p", echo(w)); jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
		t.Errorf("error %v, want not_found", err)
	}
}

func TestErrorsAreNotKept(t *testing.T) {
	w := &world{}
	a := newAnswers(NewMemory(1<<20), w, nil)
	for _, fill := range []Fill{
		func(context.Context, bool) ([]byte, error) { return nil, errors.New("broken") },
		func(context.Context, bool) ([]byte, error) { panic("broken") },
	} {
		if _, err := a.Do(t.Context(), jiqiao.KindNeed, "n_1", "p", fill); err == nil || !strings.Contains(err.Error(), "broken") {
			t.Errorf("error %v", err)
		}
	}
	if got := ask(t, a, w); got != "v0 s0 degraded=false" {
		t.Errorf("afterwards: %q", got)
	}
}

func TestQuestionsAskedTogetherAreAnsweredOnce(t *testing.T) {
	w := &world{}
	a := newAnswers(NewMemory(1<<20), w, nil)
	const askers = 50
	var made atomic.Int64
	var wg sync.WaitGroup
	for range askers {
		wg.Go(func() {
			value, err := a.Do(t.Context(), jiqiao.KindNeed, "n_1", "p", func(context.Context, bool) ([]byte, error) {
				made.Add(1)
				for w.calls.Load() < askers { // until all have asked; each asks the state first
					time.Sleep(time.Millisecond)
				}
				return []byte("answer"), nil
			})
			if err != nil || string(value) != "answer" {
				t.Errorf("%q, %v", value, err)
			}
		})
	}
	wg.Wait()
	// An asker may have read the state, paused, and found the answer neither in flight nor yet held; never more than a few.
	if made.Load() > 3 {
		t.Errorf("made %d times for %d askers", made.Load(), askers)
	}
}

func TestAskerLeavesAndOthersStillGetTheAnswer(t *testing.T) {
	w := &world{}
	a := newAnswers(NewMemory(1<<20), w, nil)
	started, finish := make(chan struct{}), make(chan struct{})
	first, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, err := a.Do(first, jiqiao.KindNeed, "n_1", "p", func(ctx context.Context, _ bool) ([]byte, error) {
			close(started)
			<-finish
			return []byte("answer"), ctx.Err()
		})
		left <- err
	}()
	<-started
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("the one who left got %v", err)
	}
	close(finish)
	value, err := a.Do(t.Context(), jiqiao.KindNeed, "n_1", "p", func(context.Context, bool) ([]byte, error) { return []byte("answer"), nil })
	if err != nil || string(value) != "answer" {
		t.Errorf("the other got %q, %v", value, err)
	}
}

// garbled returns everything it holds changed.
type garbled struct {
	Cache
	change func([]byte) []byte
}

func (g garbled) Get(ctx context.Context, key string) ([]byte, error) {
	value, err := g.Cache.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	return g.change(append([]byte{}, value...)), nil
}

func TestCorruptValueIsAMiss(t *testing.T) {
	for name, change := range map[string]func([]byte) []byte{
		"empty":          func([]byte) []byte { return nil },
		"cut short":      func(b []byte) []byte { return b[:len(b)-1] },
		"header alone":   func(b []byte) []byte { return b[:frameHeader] },
		"a bit flipped":  func(b []byte) []byte { b[len(b)-1] ^= 1; return b },
		"another format": func(b []byte) []byte { b[0]++; return b },
		"foreign":        func([]byte) []byte { return []byte(`{"kind":"need","matches":[]}`) },
	} {
		t.Run(name, func(t *testing.T) {
			w := &world{}
			a := newAnswers(garbled{NewMemory(1 << 20), change}, w, nil)
			for range 2 {
				if got := ask(t, a, w); got != "v0 s0 degraded=false" {
					t.Errorf("got %q", got)
				}
			}
			if a.Counts().Corrupt() != 1 || a.Counts().Misses() != 2 || a.Counts().Hits() != 0 {
				t.Errorf("counts: corrupt %d, misses %d, hits %d", a.Counts().Corrupt(), a.Counts().Misses(), a.Counts().Hits())
			}
		})
	}
}

func TestAnswersGoOnWithoutRedis(t *testing.T) {
	for _, fault := range []struct {
		name   string
		break_ func(*server)
		fix    func(*server)
	}{
		{"killed", (*server).kill, (*server).start},
		{"paused", func(s *server) { s.signal(syscall.SIGSTOP) }, func(s *server) { s.signal(syscall.SIGCONT) }},
	} {
		t.Run(fault.name, func(t *testing.T) {
			s := startRedis(t)
			redis, clock := s.open()
			w := &world{}
			a := newAnswers(redis, w, clock.now)
			for range 2 {
				if got := ask(t, a, w); got != "v0 s0 degraded=false" {
					t.Fatalf("with Redis: %q", got)
				}
			}
			if a.Counts().Hits() != 1 {
				t.Errorf("%d hits, want 1", a.Counts().Hits())
			}
			fault.break_(s)
			w.version.Add(1)
			for range 200 {
				if got := ask(t, a, w); got != "v1 s0 degraded=true" {
					t.Fatalf("without Redis: %q", got)
				}
			}
			if a.Counts().Fallbacks() != 200 || redis.Errors() != 1 {
				t.Errorf("%d fallbacks, Redis asked %d times; want 200 and 1", a.Counts().Fallbacks(), redis.Errors())
			}
			fault.fix(s)
			w.seq.Add(1)
			var got string
			for range 100 {
				clock.advance(Cooldown)
				if got = ask(t, a, w); got == "v1 s1 degraded=false" {
					break
				}
			}
			if got != "v1 s1 degraded=false" {
				t.Errorf("after it came back: %q", got)
			}
		})
	}
}

// Without Redis the process still keeps answers, and says that they are degraded only while they are.
func TestTieredAnswersWithoutRedis(t *testing.T) {
	s := startRedis(t)
	redis, clock := s.open()
	w := &world{}
	a := newAnswers(Tiered{NewMemory(1 << 20), redis}, w, clock.now)
	s.kill()
	for range 10 {
		if got := ask(t, a, w); got != "v0 s0 degraded=true" {
			t.Fatalf("without Redis: %q", got)
		}
	}
	if a.Counts().Fallbacks() != 1 || a.Counts().Hits() != 9 {
		t.Errorf("%d fallbacks and %d hits, want 1 and 9", a.Counts().Fallbacks(), a.Counts().Hits())
	}
	s.start()
	clock.advance(Cooldown)
	if got := ask(t, a, w); got != "v0 s0 degraded=false" {
		t.Errorf("after it came back: %q", got)
	}
}

// A Redis that comes back with what it held long ago holds nothing that is still asked for.
func TestRedisRestartedWithStaleContents(t *testing.T) {
	s := startRedis(t)
	redis, clock := s.open()
	w := &world{}
	a := newAnswers(redis, w, clock.now)
	old := ask(t, a, w)
	if err := redis.client.Save(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	s.kill()
	w.version.Add(1)
	w.seq.Add(1)
	s.start()
	held, err := redis.client.DBSize(t.Context()).Result()
	for range 100 {
		if err == nil {
			break
		}
		held, err = redis.client.DBSize(t.Context()).Result()
	}
	if err != nil || held == 0 {
		t.Fatalf("the restarted Redis holds %d values, %v; the test needs the old one", held, err)
	}
	for range 3 {
		clock.advance(Cooldown)
		if got := ask(t, a, w); got == old || !strings.HasPrefix(got, "v1 s1 ") {
			t.Errorf("got %q after %q", got, old)
		}
	}
	w.version.Add(-1)
	w.seq.Add(-1) // and it does hold the old answer under the old name
	clock.advance(Cooldown)
	if got := ask(t, a, w); got != old {
		t.Errorf("the old state: %q, want %q", got, old)
	}
}

// Readers and a writer at full speed while Redis is killed, paused and restarted: nobody reads less than what was
// committed before the question.
func TestNeverStaleUnderFaults(t *testing.T) {
	s := startRedis(t)
	redis, err := OpenRedis("unix://"+s.socket, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer redis.Close()
	w := &world{}
	for name, c := range map[string]Cache{"redis": redis, "tiered": Tiered{NewMemory(1 << 20), redis}} {
		t.Run(name, func(t *testing.T) {
			a := newAnswers(c, w, nil)
			stop := make(chan struct{})
			var wg sync.WaitGroup
			running := func(do func()) {
				wg.Go(func() {
					for {
						select {
						case <-stop:
							return
						default:
							do()
						}
					}
				})
			}
			running(func() {
				w.version.Add(1)
				time.Sleep(2 * time.Millisecond)
			})
			var asked atomic.Int64
			for range 4 {
				running(func() {
					committed := w.version.Load()
					value, err := a.Do(t.Context(), jiqiao.KindNeed, "n_1", "p", echo(w))
					var seen int64
					if _, scanErr := fmt.Sscanf(string(value), "v%d", &seen); err != nil || scanErr != nil || seen < committed {
						t.Errorf("read %q (%v) after version %d was committed", value, err, committed)
					}
					asked.Add(1)
				})
			}
			for _, fault := range []func(){
				func() { s.signal(syscall.SIGSTOP) }, func() { s.signal(syscall.SIGCONT) }, s.kill, s.start,
			} {
				fault()
				time.Sleep(150 * time.Millisecond)
			}
			close(stop)
			wg.Wait()
			if asked.Load() < 100 {
				t.Errorf("only %d questions were asked", asked.Load())
			}
		})
	}
}

func TestCountsAreMetrics(t *testing.T) {
	w := &world{}
	a := newAnswers(NewMemory(1<<20), w, nil)
	ask(t, a, w)
	ask(t, a, w)
	registry := prometheus.NewRegistry()
	registry.MustRegister(a.Counts())
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, m := range families[0].GetMetric() {
		got[m.GetLabel()[0].GetValue()] = m.GetCounter().GetValue()
	}
	want := map[string]float64{"hit": 1, "miss": 1, "fallback": 0, "corrupt": 0, "unkept": 0}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkHit(b *testing.B) {
	w := &world{}
	a := newAnswers(NewMemory(64<<20), w, nil)
	page := make([]byte, 60_000)
	fill := func(context.Context, bool) ([]byte, error) { return page, nil }
	b.ReportAllocs()
	for b.Loop() {
		if _, err := a.Do(b.Context(), jiqiao.KindNeed, "n_1", "p", fill); err != nil {
			b.Fatal(err)
		}
	}
}
