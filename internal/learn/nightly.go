package learn

import (
	"context"
	"time"

	"jiqiao"
)

var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// ParseTime reads a time of day, 03:00. An empty text is never.
func ParseTime(text string) (at time.Duration, ever bool, err error) {
	if text == "" {
		return 0, false, nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		return 0, false, jiqiao.Fail(jiqiao.CodeInvalid, "时刻应写成 03:00 的样子；留空则不自动学习", err)
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, true, nil
}

// next is the first moment after now with this time of day in Beijing.
func next(now time.Time, at time.Duration) time.Time {
	local := now.In(shanghai)
	day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, shanghai)
	if due := day.Add(at); due.After(now) {
		return due
	}
	return day.AddDate(0, 0, 1).Add(at)
}

// LearnLogged is Learn for a caller who looks at the log.
func (l *Learner) LearnLogged(ctx context.Context) {
	outcome, err := l.Learn(ctx)
	switch {
	case err == nil:
		l.o.Log.Info("learned from decisions", "model", outcome.Model.Version, "activated", outcome.Activated, "message", outcome.Message)
	case ctx.Err() == nil:
		l.o.Log.Error("learning from decisions failed", "err", err)
	}
}

// Daily does the works one after the other every day at the time of day, until ctx ends. What fails is for the works to
// log, and the next day to try again. sleep waits until the moment or the end of ctx; nil is a timer.
func Daily(ctx context.Context, at time.Duration, now func() time.Time, sleep func(ctx context.Context, until time.Time) error,
	works ...func(context.Context),
) error {
	if sleep == nil {
		sleep = func(ctx context.Context, until time.Time) error { return pause(ctx, until.Sub(now())) }
	}
	for {
		if err := sleep(ctx, next(now(), at)); err != nil {
			return nil //nolint:nilerr // the end of ctx is how it ends
		}
		for _, work := range works {
			work(ctx)
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
