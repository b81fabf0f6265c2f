package jobs

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"jiqiao"
)

const (
	// maxPause bounds the pause before another attempt.
	maxPause = time.Hour
	// MaxExcused bounds how often a job is tried again because what it needs is away: with pauses of up to an hour that is
	// about two days.
	MaxExcused = 50
	// failed is shown for errors that are not for people.
	failed = "处理时出错，请稍后重试；如仍失败，请查看服务日志"
)

// again is an error with the moment of the next attempt.
type again struct {
	at  time.Time
	err error
}

func (a *again) Error() string {
	return fmt.Sprintf("again at %s: %v", a.at.Format(time.RFC3339), a.err)
}
func (a *again) Unwrap() error { return a.err }

// Again has the job tried again at the moment, whatever became of it now: a limit of another service, work elsewhere that
// must end first. It does not count as an attempt. err says in Chinese what is waited for; nil is nothing.
func Again(at time.Time, err error) error { return &again{at, err} }

// Waits reports whether err is one of Again.
func Waits(err error) bool {
	var later *again
	return errors.As(err, &later)
}

// do runs the handler as who asked for the job, and makes an error of a panic.
func (r *Runner) do(ctx context.Context, w *work) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panicked: %v\n%s", p, debug.Stack())
		}
	}()
	handler := r.Handlers[w.job.Kind]
	if handler == nil {
		return fmt.Errorf("no handler for jobs of kind %q", w.job.Kind)
	}
	origin := jiqiao.Origin{Request: w.job.ID}
	origin.Name = "job:" + w.job.Kind
	ctx = jiqiao.WithOrigin(ctx, origin)
	return handler(context.WithValue(ctx, progressKey{}, &progress{runner: r, work: w}), w.job)
}

// conclude stores how the attempt ended.
func (r *Runner) conclude(ctx context.Context, w *work, err error, took time.Duration) {
	cause := context.Cause(ctx)
	// What is stored about the end must not be cut off by it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	var outcome Outcome
	var later *again
	switch {
	case err == nil:
		outcome = r.finish(ctx, w.job, jiqiao.JobDone, "", Done)
	case errors.Is(cause, errLost):
		outcome = Lost
	case errors.As(err, &later):
		outcome = r.putBack(ctx, w.job, later.at, true, messageOf(later.err), Excused)
	case errors.Is(cause, errStopping):
		outcome = r.giveBack(ctx, w.job)
	default:
		outcome = r.failed(ctx, w.job, err)
	}
	r.log(w.job, outcome, err, took)
	r.observe(w.job, outcome, took)
}

// failed decides whether the job is tried again.
func (r *Runner) failed(ctx context.Context, j jiqiao.Job, err error) Outcome {
	message := messageOf(err)
	if message == "" {
		message = failed
	}
	counted := j.Attempts - j.Excused
	switch jiqiao.CodeOf(err) {
	case jiqiao.CodeInvalid, jiqiao.CodeNotFound, jiqiao.CodeTooLarge, jiqiao.CodeUnsupported:
		return r.finish(ctx, j, jiqiao.JobDead, message, Dead)
	case jiqiao.CodeUnavailable, jiqiao.CodeTimeout, jiqiao.CodeTooManyRequests:
		if j.Excused < MaxExcused {
			return r.putBack(ctx, j, r.Now().Add(r.pause(j.Attempts)), true, message, Excused)
		}
	}
	if counted >= j.MaxAttempts {
		return r.finish(ctx, j, jiqiao.JobDead, message, Dead)
	}
	return r.putBack(ctx, j, r.Now().Add(r.pause(counted)), false, message, Retried)
}

// pause before another attempt after n: twice as long each time, and between a half and one and a half of that, so that
// what failed together is not tried together.
func (r *Runner) pause(n int) time.Duration {
	pause := r.Base
	for ; n > 1 && pause < maxPause; n-- {
		pause *= 2
	}
	pause = min(pause, maxPause)
	return time.Duration((0.5 + r.Chance()) * float64(pause))
}

func (r *Runner) finish(ctx context.Context, j jiqiao.Job, state jiqiao.JobState, message string, outcome Outcome) Outcome {
	return r.stored(j, outcome, r.Store.FinishJob(ctx, j, state, message))
}

func (r *Runner) putBack(ctx context.Context, j jiqiao.Job, at time.Time, excused bool, message string, outcome Outcome) Outcome {
	return r.stored(j, outcome, r.Store.ReturnJob(ctx, j, at, excused, message))
}

func (r *Runner) giveBack(ctx context.Context, j jiqiao.Job) Outcome {
	return r.putBack(ctx, j, r.Now(), true, "", Returned)
}

// stored is the outcome, or Lost when it could not be stored: the job's lease ends then, and it is begun again.
func (r *Runner) stored(j jiqiao.Job, outcome Outcome, err error) Outcome {
	if err == nil {
		return outcome
	}
	if jiqiao.CodeOf(err) != jiqiao.CodeConflict {
		r.Log.Error("a job's end could not be stored; it will be begun again", "job", j.ID, "kind", j.Kind, "outcome", outcome, "err", err)
	}
	return Lost
}

func (r *Runner) log(j jiqiao.Job, outcome Outcome, err error, took time.Duration) {
	args := []any{"job", j.ID, "kind", j.Kind, "attempt", j.Attempts, "outcome", outcome, "took", took}
	switch outcome {
	case Done:
		r.Log.Debug("job", args...)
	case Dead:
		r.Log.Error("job", append(args, "err", err)...)
	case Retried:
		r.Log.Warn("job", append(args, "err", err)...)
	default:
		r.Log.Info("job", append(args, "err", err)...)
	}
}

func (r *Runner) observe(j jiqiao.Job, outcome Outcome, took time.Duration) {
	if r.Observe != nil {
		r.Observe(j.Kind, outcome, took)
	}
}

// messageOf is what err says to people, "" for nothing.
func messageOf(err error) string {
	var told *jiqiao.Error
	if errors.As(err, &told) {
		return told.Message
	}
	return ""
}
