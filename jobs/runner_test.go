package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/jobs"
	"jiqiao/store"
	"jiqiao/store/pgtest"
	"jiqiao/store/sqlitetest"
)

// queue is an open store with what a test needs to run jobs over it.
type queue struct {
	*store.Store
	t   *testing.T
	ctx context.Context
	url string
}

func openQueue(t *testing.T, url string) *queue {
	t.Helper()
	st, err := store.Open(t.Context(), store.Config{URL: url, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return &queue{Store: st, t: t, ctx: t.Context(), url: url}
}

// onBoth runs the test on each kind of database.
func onBoth(t *testing.T, test func(q *queue)) {
	t.Run("SQLite", func(t *testing.T) { test(openQueue(t, sqlitetest.New(t))) })
	t.Run("PostgreSQL", func(t *testing.T) { test(openQueue(t, postgresURL(t))) })
}

// postgres starts the server of all tests when the first asks for it.
var postgres struct {
	sync.Once
	server *pgtest.Server
	err    error
}

func postgresURL(t *testing.T) string {
	t.Helper()
	postgres.Do(func() { postgres.server, postgres.err = pgtest.New() })
	if errors.Is(postgres.err, pgtest.ErrMissing) {
		t.Skip(postgres.err)
	}
	if postgres.err != nil {
		t.Fatal(postgres.err)
	}
	return postgres.server.Database(t)
}

// runner is quick, so that tests are.
func (q *queue) runner(handlers map[string]jobs.Handler) *jobs.Runner {
	return &jobs.Runner{
		Store: q.Store, Handlers: handlers, Worker: q.t.Name() + fmt.Sprint(time.Now().UnixNano()), Workers: 4,
		Lease: 600 * time.Millisecond, Poll: 20 * time.Millisecond, Drain: 20 * time.Millisecond, Grace: 100 * time.Millisecond,
		Base: time.Millisecond, Log: slog.New(slog.DiscardHandler),
	}
}

// start runs it until the test ends or stop is called, which waits for it.
func (q *queue) start(r *jobs.Runner) (stop func()) {
	ctx, cancel := context.WithCancel(q.ctx)
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				q.t.Error(err)
			}
		})
	}
	q.t.Cleanup(stop)
	return stop
}

func (q *queue) leave(j jiqiao.NewJob) {
	q.t.Helper()
	if err := q.Enqueue(q.ctx, j); err != nil {
		q.t.Fatal(err)
	}
}

// await returns the only job of the kind once it is in the state.
func (q *queue) await(kind string, state jiqiao.JobState) jiqiao.Job {
	q.t.Helper()
	var page jiqiao.JobPage
	for range 1000 {
		var err error
		if page, err = q.Jobs(q.ctx, jiqiao.JobQuery{Kind: kind}); err != nil {
			q.t.Fatal(err)
		}
		if len(page.Jobs) == 1 && page.Jobs[0].State == state {
			return page.Jobs[0]
		}
		time.Sleep(10 * time.Millisecond)
	}
	q.t.Fatalf("no job of kind %s is %s: %+v", kind, state, page.Jobs)
	return jiqiao.Job{}
}

func TestJobsAreDone(t *testing.T) {
	onBoth(t, func(q *queue) {
		var mu sync.Mutex
		seen := map[string]int{}
		q.start(q.runner(map[string]jobs.Handler{"count": func(ctx context.Context, j jiqiao.Job) error {
			var n int
			if err := json.Unmarshal(j.Payload, &n); err != nil {
				return err
			}
			if o := jiqiao.OriginOf(ctx); o.Request != j.ID || o.User != "" {
				return fmt.Errorf("origin %+v", o)
			}
			mu.Lock()
			defer mu.Unlock()
			seen[fmt.Sprint(n)]++
			return nil
		}}))
		for i := range 20 {
			q.leave(jiqiao.NewJob{Kind: "count", Payload: i})
		}
		for range 500 {
			page, err := q.Jobs(q.ctx, jiqiao.JobQuery{State: jiqiao.JobDone})
			if err != nil {
				t.Fatal(err)
			}
			if page.Total == 20 {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		mu.Lock()
		defer mu.Unlock()
		for i := range 20 {
			if seen[fmt.Sprint(i)] != 1 {
				t.Errorf("job %d was done %d times", i, seen[fmt.Sprint(i)])
			}
		}
	})
}

func TestFailures(t *testing.T) {
	told := jiqiao.Fail(jiqiao.CodeConflict, "已被他人修改", nil)
	for _, c := range []struct {
		name              string
		err               error
		panics            bool
		max               int
		attempts, excused int
		message           string
	}{
		{"wrong payload is final", jiqiao.Fail(jiqiao.CodeInvalid, "内容有误", nil), false, 5, 1, 0, "内容有误"},
		{"gone is final", fmt.Errorf("read: %w", jiqiao.Fail(jiqiao.CodeNotFound, "已删除", nil)), false, 5, 1, 0, "已删除"},
		{"internal is retried to the end", errors.New("secret detail"), false, 3, 3, 0, "处理时出错，请稍后重试；如仍失败，请查看服务日志"},
		{"told is retried to the end", told, false, 2, 2, 0, "已被他人修改"},
		{"a panic counts", nil, true, 2, 2, 0, "处理时出错，请稍后重试；如仍失败，请查看服务日志"},
		{"always away ends, too", jiqiao.Fail(jiqiao.CodeTimeout, "未能及时响应", nil), false, 2, jobs.MaxExcused + 2, jobs.MaxExcused, "未能及时响应"},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := openQueue(t, sqlitetest.New(t))
			r := q.runner(map[string]jobs.Handler{"fail": func(context.Context, jiqiao.Job) error {
				if c.panics {
					panic("no")
				}
				return c.err
			}})
			r.Base, r.Poll, r.Chance = 1, time.Millisecond, func() float64 { return -0.5 } // no pause at all
			q.start(r)
			q.leave(jiqiao.NewJob{Kind: "fail", MaxAttempts: c.max})
			j := q.await("fail", jiqiao.JobDead)
			if j.Attempts != c.attempts || j.Excused != c.excused || j.Message != c.message || strings.Contains(j.Message, "secret") {
				t.Errorf("%d attempts, %d excused, %q", j.Attempts, j.Excused, j.Message)
			}
			if j.FinishedAt == nil || j.LeaseUntil != nil || j.Worker != "" {
				t.Errorf("a dead job still has %+v", j)
			}
		})
	}
}
