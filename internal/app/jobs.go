package app

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"jiqiao"
)

// Work does the long jobs that wait in the database, one at a time and the oldest first: match runs and assignments.
// Whoever can write to the database can leave one there; a job that a crash cut off goes on where it was saved last.
func (a *App) Work() { a.tasks.keep("jobs", a.work) }

// jobPoll is how often the database is asked for jobs that other processes left.
const jobPoll = time.Second

func (a *App) work(ctx context.Context) error {
	if err := a.WaitCaughtUp(ctx); err != nil {
		return err
	}
	for ctx.Err() == nil {
		job, err := a.nextJob(ctx)
		if err != nil {
			return err
		}
		if job != nil {
			if err := a.attempt(ctx, job); err != nil {
				return err
			}
			continue
		}
		select {
		case <-ctx.Done():
		case <-a.wake:
		case <-time.After(jobPoll):
		}
	}
	return nil
}

// wakeUp tells work that there is a job.
func (a *App) wakeUp() {
	select {
	case a.wake <- struct{}{}:
	default: // it has been told
	}
}

// job is one piece of work: do it, or note in Chinese why it cannot be done.
type job struct {
	id      string
	created time.Time
	do      func(ctx context.Context) error
	fail    func(ctx context.Context, message string) error
}

// nextJob is the oldest unfinished job, nil for none.
func (a *App) nextJob(ctx context.Context) (*job, error) {
	var oldest *job
	consider := func(j *job) {
		if oldest == nil || j.created.Before(oldest.created) {
			oldest = j
		}
	}
	runs, err := a.Store.MatchRuns(ctx, jiqiao.RunRunning, jiqiao.MaxPageSize)
	if err != nil {
		return nil, err
	}
	for _, run := range runs {
		consider(&job{run.ID, run.CreatedAt, func(ctx context.Context) error { return a.match(ctx, &run, func(int, int) {}) }, func(ctx context.Context, message string) error {
			run.State, run.Message = jiqiao.RunFailed, message
			return a.Store.SaveMatchRun(ctx, &run, nil)
		}})
	}
	assignments, err := a.Store.Assignments(ctx, jiqiao.RunRunning, time.Time{}, jiqiao.MaxPageSize)
	if err != nil {
		return nil, err
	}
	for _, as := range assignments {
		consider(&job{as.ID, as.CreatedAt, func(ctx context.Context) error { return a.assign(ctx, &as) }, func(ctx context.Context, message string) error {
			as.State, as.Message = jiqiao.RunFailed, message
			return a.Store.SaveAssignment(ctx, &as, nil)
		}})
	}
	return oldest, nil
}

// attempt does a job. One that fails by itself is noted as failed; an error is what may pass: the job is tried again.
func (a *App) attempt(ctx context.Context, j *job) error {
	start := a.now()
	err := recovered(func() error { return j.do(ctx) })
	switch jiqiao.CodeOf(err) {
	case "":
		a.log.Info("job done", "job", j.id, "took", a.now().Sub(start))
		return nil
	case jiqiao.CodeConflict: // it was cancelled, or another process has finished it
		a.log.Info("job given up", "job", j.id, "err", err)
		return nil
	case jiqiao.CodeUnavailable, jiqiao.CodeTimeout:
		return fmt.Errorf("job %s: %w", j.id, err)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	a.log.Error("job failed", "job", j.id, "err", err)
	message := "处理时出错，请稍后重试；如仍失败，请查看服务日志"
	if told := (*jiqiao.Error)(nil); errors.As(err, &told) {
		message = told.Message
	}
	if err := j.fail(ctx, message); jiqiao.CodeOf(err) != jiqiao.CodeConflict {
		return err
	}
	return nil
}

// recovered makes an error of a panic: a job that panics must not be tried again for ever.
func recovered(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panicked: %v\n%s", p, debug.Stack())
		}
	}()
	return fn()
}
