package jobs_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/jobs"
)

func TestRunnerStops(t *testing.T) {
	for name, c := range map[string]struct {
		long   bool
		handle func(ctx context.Context, enough <-chan struct{}) error
		state  jiqiao.JobState
	}{
		"a handler that ends by itself is waited for": {false, func(context.Context, <-chan struct{}) error {
			time.Sleep(50 * time.Millisecond)
			return nil
		}, jiqiao.JobDone},
		"one that looks at its context is put back": {false, func(ctx context.Context, _ <-chan struct{}) error {
			<-ctx.Done()
			return ctx.Err()
		}, jiqiao.JobWaiting},
		"a long one is not waited for": {true, func(ctx context.Context, _ <-chan struct{}) error {
			<-ctx.Done()
			return ctx.Err()
		}, jiqiao.JobWaiting},
		"one that does not return is abandoned": {false, func(_ context.Context, enough <-chan struct{}) error {
			<-enough
			return nil
		}, jiqiao.JobWaiting},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(q *queue) {
				begun, enough := make(chan struct{}, 9), make(chan struct{})
				var over sync.WaitGroup
				over.Add(1)
				r := q.runner(map[string]jobs.Handler{"work": func(ctx context.Context, _ jiqiao.Job) error {
					defer over.Done()
					begun <- struct{}{}
					return c.handle(ctx, enough)
				}})
				r.Drain = 500 * time.Millisecond
				if c.long {
					r.Long = []string{"work"}
					r.Drain = time.Hour
				}
				outcomes := make(chan jobs.Outcome, 9)
				r.Observe = func(_ string, o jobs.Outcome, _ time.Duration) { outcomes <- o }
				stop := q.start(r)
				q.leave(jiqiao.NewJob{Kind: "work", MaxAttempts: 1})
				<-begun
				stop()
				j := q.await("work", c.state)
				if c.state == jiqiao.JobWaiting && (j.Attempts-j.Excused != 0 || j.Worker != "") {
					t.Errorf("put back as %+v", j)
				}
				close(enough)
				over.Wait()
				want := jobs.Returned
				if c.state == jiqiao.JobDone {
					want = jobs.Done
				}
				if got := <-outcomes; got != want || len(outcomes) > 0 {
					t.Errorf("outcome %s, want %s, and %d more", got, want, len(outcomes))
				}
				if again := q.await("work", c.state); again.Attempts != j.Attempts {
					t.Errorf("the abandoned handler changed it: %+v", again)
				}
			})
		})
	}
}

func TestCancelledJobsAreCutOff(t *testing.T) {
	onBoth(t, func(q *queue) {
		begun, cut := make(chan struct{}), make(chan error, 1)
		q.start(q.runner(map[string]jobs.Handler{"work": func(ctx context.Context, _ jiqiao.Job) error {
			close(begun)
			<-ctx.Done()
			cut <- context.Cause(ctx)
			return ctx.Err()
		}}))
		q.leave(jiqiao.NewJob{Kind: "work"})
		<-begun
		if _, err := q.CancelJob(q.ctx, q.await("work", jiqiao.JobRunning).ID); err != nil {
			t.Fatal(err)
		}
		if err := <-cut; err == nil || errors.Is(err, context.Canceled) {
			t.Errorf("cut off because of %v", err)
		}
		q.await("work", jiqiao.JobCancelled)
	})
}

func TestProgressIsSeen(t *testing.T) {
	jobs.Progress(t.Context(), "没有任务", 1, 2) // outside a job it does nothing
	onBoth(t, func(q *queue) {
		var seen jiqiao.Job
		q.start(q.runner(map[string]jobs.Handler{"work": func(ctx context.Context, j jiqiao.Job) (err error) {
			for i := range 100 {
				jobs.Progress(ctx, "读取", i, 100)
			}
			jobs.Progress(ctx, "写入", 7, 9)
			seen, err = q.GetJob(ctx, j.ID)
			return err
		}}))
		q.leave(jiqiao.NewJob{Kind: "work"})
		done := q.await("work", jiqiao.JobDone)
		if seen.Stage != "写入" || seen.Done != 7 || seen.Total != 9 {
			t.Errorf("while it runs: %+v", seen)
		}
		if done.Stage != "" || done.Done != 7 {
			t.Errorf("after: %+v", done)
		}
	})
}

func TestAgainIsNoFailure(t *testing.T) {
	onBoth(t, func(q *queue) {
		var mu sync.Mutex
		n := 0
		q.start(q.runner(map[string]jobs.Handler{"work": func(context.Context, jiqiao.Job) error {
			mu.Lock()
			defer mu.Unlock()
			if n++; n < 4 {
				return jobs.Again(time.Now(), jiqiao.Fail(jiqiao.CodeTooManyRequests, "对方限制了频率", nil))
			}
			return nil
		}}))
		q.leave(jiqiao.NewJob{Kind: "work", MaxAttempts: 1})
		if j := q.await("work", jiqiao.JobDone); j.Attempts != 4 || j.Excused != 3 {
			t.Errorf("%+v", j)
		}
	})
	if err := jobs.Again(time.Time{}, nil); !jobs.Waits(err) || jobs.Waits(errors.New("other")) {
		t.Error("what waits is not told from what fails")
	}
}

// TestLongJobsLeaveRoom has more long jobs than workers: a short one gets through.
func TestLongJobsLeaveRoom(t *testing.T) {
	onBoth(t, func(q *queue) {
		release := make(chan struct{})
		var mu sync.Mutex
		now, most := 0, 0
		r := q.runner(map[string]jobs.Handler{
			"long": func(ctx context.Context, _ jiqiao.Job) error {
				mu.Lock()
				now++
				most = max(most, now)
				mu.Unlock()
				select {
				case <-release:
				case <-ctx.Done():
				}
				mu.Lock()
				now--
				mu.Unlock()
				return nil
			},
			"short": func(context.Context, jiqiao.Job) error { return nil },
		})
		r.Long, r.Workers = []string{"long"}, 1 // at least two beside long ones
		q.start(r)
		for range 3 {
			q.leave(jiqiao.NewJob{Kind: "long"})
		}
		q.leave(jiqiao.NewJob{Kind: "short"})
		q.await("short", jiqiao.JobDone)
		close(release)
		for range 1000 {
			if page, err := q.Jobs(q.ctx, jiqiao.JobQuery{State: jiqiao.JobDone}); err != nil || page.Total == 4 {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		mu.Lock()
		defer mu.Unlock()
		if most != 1 {
			t.Errorf("%d long jobs at once", most)
		}
	})
}

func TestSchedulesRun(t *testing.T) {
	onBoth(t, func(q *queue) {
		done := make(chan string, 99)
		start := func() {
			r := q.runner(map[string]jobs.Handler{"tick": func(_ context.Context, j jiqiao.Job) error {
				done <- j.Key
				return nil
			}})
			r.Schedules = []jobs.Schedule{{Name: "ticking", Kind: "tick", Every: 200 * time.Millisecond}, {Name: "nightly", Kind: "tick", At: "03:00"}}
			q.start(r)
		}
		start()
		start() // another process
		for range 3 {
			if key := <-done; key != "ticking" {
				t.Errorf("a job of %s", key)
			}
		}
	})
}

func TestRunnersThatCannotWork(t *testing.T) {
	for name, r := range map[string]*jobs.Runner{
		"a schedule of nobody":     {Schedules: []jobs.Schedule{{Name: "a", Kind: "a", Every: time.Hour}}},
		"a schedule without name":  {Handlers: map[string]jobs.Handler{"a": nil}, Schedules: []jobs.Schedule{{Kind: "a", Every: time.Hour}}},
		"a schedule without time":  {Schedules: []jobs.Schedule{{Name: "a", Kind: "a"}}},
		"a schedule with both":     {Schedules: []jobs.Schedule{{Name: "a", Kind: "a", Every: time.Hour, At: "03:00"}}},
		"no time of day":           {Schedules: []jobs.Schedule{{Name: "a", Kind: "a", At: "25:00"}}},
		"long jobs without anyone": {Long: []string{"a"}},
	} {
		if err := r.Run(t.Context()); err == nil {
			t.Errorf("%s runs", name)
		}
	}
}
