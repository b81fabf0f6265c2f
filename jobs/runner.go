// Package jobs does the work that waits in the durable queue: a Runner claims jobs, hands each to the handler of its kind,
// and begins what is due by a schedule. Several processes may run over one database:
//
//   - A job is held by a lease that its worker extends while the handler runs. A lease that ends, because the process was
//     killed, lets another worker begin the job again. Handlers are therefore idempotent.
//   - A worker that lost its lease cannot finish the job any more; its handler's context ends.
//   - A handler that fails is tried again with growing pauses, up to the job's attempts, after which the job is dead and
//     stays to be looked at. What is wrong with the job itself (CodeInvalid, CodeNotFound) is not tried again. What passes
//     by itself (CodeUnavailable, CodeTimeout, CodeTooManyRequests) does not count as an attempt, for a bounded number of
//     times.
//   - A Runner stops within Drain and Grace: handlers may end by themselves, then their contexts end, then those that still
//     have not returned are abandoned and their jobs put back.
package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"jiqiao"
)

// Handler does one job. It may run again for a job that was done in part, or whole.
type Handler func(ctx context.Context, j jiqiao.Job) error

// Store is the queue; *store.Store is one.
type Store interface {
	// ClaimJobs hands the worker up to n jobs until the lease ends.
	ClaimJobs(ctx context.Context, worker string, kinds []string, n int, lease time.Duration) ([]jiqiao.Job, error)
	// HoldJobs extends leases and returns the ids of jobs that are no longer the worker's.
	HoldJobs(ctx context.Context, held []jiqiao.Job, lease time.Duration) ([]string, error)
	// SaveJobProgress keeps Stage, Done and Total. This and the next two are CodeConflict when the worker has the job no
	// longer.
	SaveJobProgress(ctx context.Context, j jiqiao.Job) error
	FinishJob(ctx context.Context, j jiqiao.Job, state jiqiao.JobState, message string) error
	ReturnJob(ctx context.Context, j jiqiao.Job, at time.Time, excused bool, message string) error
	// BeginPeriod leaves a job for a schedule's period that no process has begun.
	BeginPeriod(ctx context.Context, name string, began time.Time, slack time.Duration, j jiqiao.NewJob) (bool, error)
	// PruneJobs forgets jobs that ended before the first moment, dead ones those before the second.
	PruneJobs(ctx context.Context, ended, dead time.Time) (int, error)
	// JobQueued is closed when this process next leaves a job.
	JobQueued() <-chan struct{}
}

// Runner does jobs. Fill it in and call Run; it is not changed afterwards.
type Runner struct {
	Store    Store
	Handlers map[string]Handler
	// Long are kinds that take minutes and go on where they were cut off: this process does one of all of them at a time, so
	// that the others get through, and does not wait for them at its end.
	Long      []string
	Schedules []Schedule
	// Workers is how many jobs run at once; DefaultWorkers when 0, at least 2 beside long ones.
	Workers int
	// Worker names the process in the queue; it differs from process to process and from start to start.
	Worker string
	// Lease is how long a job is held without a sign of life; DefaultLease when 0.
	Lease time.Duration
	// Poll is how often the database is asked for jobs that others left; DefaultPoll when 0.
	Poll time.Duration
	// Drain is how long handlers may go on at the end, Grace how long they then have to return; the defaults when 0.
	Drain, Grace time.Duration
	// Base is the pause before the second attempt; DefaultBase when 0. Each later one is twice as long, up to an hour.
	Base time.Duration
	// Observe hears how each attempt ended. Optional.
	Observe func(kind string, outcome Outcome, took time.Duration)
	Log     *slog.Logger
	// Now is the clock; nil is time.Now. Chance gives numbers in [0, 1) that keep retries apart; nil is random.
	Now    func() time.Time
	Chance func() float64

	mu      sync.Mutex
	running map[string]*work // by job id
	wake    chan struct{}
}

// The defaults of a Runner.
const (
	DefaultWorkers = 4
	DefaultLease   = 30 * time.Second
	DefaultPoll    = time.Second
	DefaultDrain   = time.Second
	DefaultGrace   = 5 * time.Second
	DefaultBase    = 2 * time.Second
)

// Outcome is how an attempt ended.
type Outcome string

// The outcomes.
const (
	Done     Outcome = "done"
	Retried  Outcome = "retried"  // failed, will be tried again
	Excused  Outcome = "excused"  // what it needs is away, will be tried again
	Dead     Outcome = "dead"     // will not be tried again
	Lost     Outcome = "lost"     // cancelled, or taken over by another worker
	Returned Outcome = "returned" // put back because the process ends
)

// Outcomes lists every Outcome.
var Outcomes = [...]Outcome{Done, Retried, Excused, Dead, Lost, Returned}

// work is a job under way.
type work struct {
	job    jiqiao.Job
	cancel context.CancelCauseFunc
	// over is closed once the outcome is stored.
	over chan struct{}

	mu sync.Mutex
	// settled says that the outcome is decided, by the handler's end or by the runner's: whoever comes second does nothing.
	settled bool
}

// settle reports whether the caller is the one that decides.
func (w *work) settle() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	first := !w.settled
	w.settled = true
	return first
}

func (r *Runner) complete() {
	set := func(d *time.Duration, otherwise time.Duration) {
		if *d == 0 {
			*d = otherwise
		}
	}
	set(&r.Lease, DefaultLease)
	set(&r.Poll, DefaultPoll)
	set(&r.Drain, DefaultDrain)
	set(&r.Grace, DefaultGrace)
	set(&r.Base, DefaultBase)
	if r.Workers == 0 {
		r.Workers = DefaultWorkers
	}
	if len(r.Long) > 0 {
		r.Workers = max(r.Workers, 2)
	}
	if r.Now == nil {
		r.Now = time.Now
	}
	if r.Chance == nil {
		r.Chance = rand.Float64 //nolint:gosec // it keeps retries apart and nothing secret
	}
	r.running, r.wake = map[string]*work{}, make(chan struct{}, 1)
}

// Run does jobs until ctx ends, then returns within Drain and Grace and a moment. A database that does not answer is
// waited for. Call it once.
func (r *Runner) Run(ctx context.Context) error {
	r.complete()
	if err := r.check(); err != nil {
		return err
	}
	var side sync.WaitGroup
	side.Go(func() { r.hold(ctx) })
	side.Go(func() { r.schedule(ctx) })
	r.claim(ctx)
	side.Wait()
	r.stop(ctx)
	return nil
}

// check finds what cannot run: a schedule of a kind that nobody handles would fill the queue.
func (r *Runner) check() error {
	for _, s := range r.Schedules {
		if err := s.check(); err != nil {
			return err
		}
		if r.Handlers[s.Kind] == nil {
			return fmt.Errorf("schedule %s: no handler for jobs of kind %q", s.Name, s.Kind)
		}
	}
	for _, kind := range r.Long {
		if r.Handlers[kind] == nil {
			return fmt.Errorf("no handler for long jobs of kind %q", kind)
		}
	}
	return nil
}

// claim takes jobs while there is a worker free, and waits where there is none or nothing to do.
func (r *Runner) claim(ctx context.Context) {
	short := slices.Sorted(maps.Keys(r.Handlers))
	short = slices.DeleteFunc(short, func(kind string) bool { return slices.Contains(r.Long, kind) })
	for ctx.Err() == nil {
		queued := r.Store.JobQueued()
		free, long := r.free()
		claimed := 0
		if free > 0 && !long { // before short ones, which might else leave no worker for it, ever
			claimed = r.take(ctx, r.Long, 1)
		}
		claimed += r.take(ctx, short, free-claimed)
		if claimed > 0 {
			continue
		}
		if free == 0 {
			queued = nil // what was left just now has to wait for a worker
		}
		timer := time.NewTimer(r.Poll)
		select {
		case <-ctx.Done():
		case <-queued:
		case <-r.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// take claims and begins up to n jobs of the kinds, and says how many.
func (r *Runner) take(ctx context.Context, kinds []string, n int) int {
	if n <= 0 || len(kinds) == 0 {
		return 0
	}
	found, err := r.Store.ClaimJobs(ctx, r.Worker, kinds, n, r.Lease)
	if err != nil && ctx.Err() == nil {
		r.Log.Warn("jobs could not be claimed", "err", err)
	}
	for _, j := range found {
		r.begin(ctx, j)
	}
	return len(found)
}

// free says how many workers have nothing to do, and whether a long job is under way.
func (r *Runner) free() (n int, long bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, w := range r.running {
		long = long || slices.Contains(r.Long, w.job.Kind)
	}
	return r.Workers - len(r.running), long
}

// begin starts the handler. Its context outlives ctx, so that it may end by itself when the process is asked to.
func (r *Runner) begin(ctx context.Context, j jiqiao.Job) {
	own, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	w := &work{job: j, cancel: cancel, over: make(chan struct{})}
	r.mu.Lock()
	r.running[j.ID] = w
	r.mu.Unlock()
	go func() {
		defer r.end(w)
		start := time.Now() // of the durations that are reported; monotonic, whatever the clock does
		err := r.do(own, w)
		if w.settle() {
			r.conclude(own, w, err, time.Since(start))
		}
	}()
}

func (r *Runner) end(w *work) {
	w.cancel(nil)
	close(w.over)
	r.mu.Lock()
	if r.running[w.job.ID] == w {
		delete(r.running, w.job.ID)
	}
	r.mu.Unlock()
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// errLost ends the context of a handler whose job is no longer this worker's.
var errLost = fmt.Errorf("jobs: the job was cancelled or taken over")

// errStopping ends the contexts of handlers when the process ends.
var errStopping = fmt.Errorf("jobs: the process ends")

// hold extends the leases of what is under way, until all of it has ended, beyond the end of ctx.
func (r *Runner) hold(ctx context.Context) {
	tick := time.NewTicker(r.Lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return // stop takes less than a lease
		case <-tick.C:
		}
		r.holdOnce(ctx)
	}
}

func (r *Runner) holdOnce(ctx context.Context) {
	held := r.held()
	if len(held) == 0 {
		return
	}
	list := make([]jiqiao.Job, len(held))
	for i, w := range held {
		list[i] = w.job
	}
	// A database that hangs must not keep the next sign of life from being given.
	limited, cancel := context.WithTimeout(ctx, r.Lease/3)
	defer cancel()
	lost, err := r.Store.HoldJobs(limited, list, r.Lease)
	if err != nil {
		if ctx.Err() == nil {
			r.Log.Warn("leases of jobs could not be extended", "err", err)
		}
		return
	}
	for _, w := range held {
		if slices.Contains(lost, w.job.ID) {
			w.cancel(errLost)
		}
	}
}

func (r *Runner) held() []*work {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Collect(maps.Values(r.running))
}

// stop lets handlers end, then makes them, then goes without them.
func (r *Runner) stop(ctx context.Context) {
	held := r.held()
	for _, w := range held {
		if slices.Contains(r.Long, w.job.Kind) { // it would not end by itself
			w.cancel(errStopping)
		}
	}
	if awaitAll(held, r.Drain) {
		return
	}
	for _, w := range held {
		w.cancel(errStopping)
	}
	if awaitAll(held, r.Grace) {
		return
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	for _, w := range held {
		if w.settle() {
			r.Log.Error("a job's handler does not return and is abandoned", "job", w.job.ID, "kind", w.job.Kind)
			r.giveBack(last, w.job)
			r.observe(w.job, Returned, 0)
		}
	}
}

// storeTimeout bounds what is written about a job at its end.
const storeTimeout = 3 * time.Second

// awaitAll reports whether all ended within the time.
func awaitAll(all []*work, limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for _, w := range all {
		select {
		case <-w.over:
		case <-timer.C:
			return false
		}
	}
	return true
}
