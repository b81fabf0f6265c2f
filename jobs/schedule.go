package jobs

import (
	"context"
	"fmt"
	"time"

	"jiqiao"
)

// Schedule has a job of a kind left again and again, once for each period across all processes. Periods missed while no
// process ran are made up for by one job. A schedule that is new begins with its next period.
type Schedule struct {
	// Name is the schedule's own and never changes.
	Name string
	Kind string
	// Every is the period, counted from 1970 in UTC; or At is the time of day in Beijing, "03:00", of a daily one.
	Every time.Duration
	At    string
}

// beijing has had no summer time since 1991.
var beijing = time.FixedZone("Asia/Shanghai", 8*60*60)

func (s Schedule) check() error {
	if s.Name == "" || (s.Every > 0) == (s.At != "") {
		return fmt.Errorf("schedule %q of kind %q: it needs a name, and either a period or a time of day", s.Name, s.Kind)
	}
	if s.At == "" {
		return nil
	}
	if _, err := time.Parse("15:04", s.At); err != nil {
		return fmt.Errorf("schedule %s: time of day %q: %w", s.Name, s.At, err)
	}
	return nil
}

// period is the beginning of the period that now is in, and its length.
func (s Schedule) period(now time.Time) (began time.Time, length time.Duration) {
	if s.At == "" {
		return time.Unix(0, now.UnixNano()/int64(s.Every)*int64(s.Every)).UTC(), s.Every
	}
	at, _ := time.Parse("15:04", s.At)
	there := now.In(beijing)
	began = time.Date(there.Year(), there.Month(), there.Day(), at.Hour(), at.Minute(), 0, 0, beijing)
	if began.After(there) {
		began = began.AddDate(0, 0, -1)
	}
	return began.UTC(), 24 * time.Hour
}

const (
	// maxLook bounds how long a schedule's period may have begun before it is seen.
	maxLook = 10 * time.Second
	// skew is how far the clocks of processes may be apart.
	skew = 5 * time.Minute
	// pruneEvery is how often jobs that ended long ago are forgotten.
	pruneEvery = 6 * time.Hour
	// EndedKept is how long a job is kept after its end.
	EndedKept = 30 * 24 * time.Hour
	// DeadKept is how long a dead one is, which somebody should look at.
	DeadKept = 180 * 24 * time.Hour
)

// schedule leaves jobs for periods that have begun. It looks at the clock again and again instead of sleeping until a
// period begins, so that a clock that is set, or a machine that slept, does no harm.
func (r *Runner) schedule(ctx context.Context) {
	var pruned time.Time
	for {
		for _, s := range r.Schedules {
			r.beginPeriod(ctx, s)
		}
		if now := time.Now(); pruned.IsZero() || now.Sub(pruned) > pruneEvery {
			pruned = now
			r.prune(ctx)
		}
		timer := time.NewTimer(r.look())
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

// look is how often schedules are looked at: often enough for the shortest period.
func (r *Runner) look() time.Duration {
	look := maxLook
	for _, s := range r.Schedules {
		if s.Every > 0 {
			look = min(look, max(s.Every/4, 50*time.Millisecond))
		}
	}
	return look
}

func (r *Runner) beginPeriod(ctx context.Context, s Schedule) {
	began, length := s.period(r.Now())
	begun, err := r.Store.BeginPeriod(ctx, s.Name, began, length+skew, jiqiao.NewJob{Kind: s.Kind, Key: s.Name})
	switch {
	case err != nil && ctx.Err() == nil:
		r.Log.Warn("a schedule could not be looked at", "schedule", s.Name, "err", err)
	case begun:
		r.Log.Debug("schedule", "name", s.Name, "period", began)
	}
}

func (r *Runner) prune(ctx context.Context) {
	now := r.Now()
	switch n, err := r.Store.PruneJobs(ctx, now.Add(-EndedKept), now.Add(-DeadKept)); {
	case err != nil && ctx.Err() == nil:
		r.Log.Warn("old jobs could not be forgotten", "err", err)
	case n > 0:
		r.Log.Info("old jobs forgotten", "jobs", n)
	}
}
