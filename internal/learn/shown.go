package learn

import (
	"context"
	"log/slog"
	"time"

	"jiqiao"
)

// Impressions keeps what was shown.
type Impressions interface {
	SaveImpressions(ctx context.Context, shown []jiqiao.Impression) error
	// PruneImpressions forgets what was last shown before the first moment, and before the second what was not decided on.
	PruneImpressions(ctx context.Context, before, undecided time.Time) (int, error)
}

const (
	// waiting is how many lists may wait to be written; more are dropped, for a request must not wait for statistics.
	waiting = 1000
	// flushEvery groups writes.
	flushEvery = 5 * time.Second
	// KeepImpressions is how long lists are kept after they were last shown.
	KeepImpressions = 180 * 24 * time.Hour
	// keepUndecided is how long those are kept on which nothing was decided. To decide one must have the list before
	// one's eyes, so one that was left for days teaches nothing.
	keepUndecided = 2 * 24 * time.Hour
	pruneEvery    = 24 * time.Hour
	writeLimit    = 30 * time.Second
)

// Recorder writes down in the background what was shown to brokers. A crash loses the last seconds, which cost a little
// evidence and nothing else.
type Recorder struct {
	store Impressions
	queue chan jiqiao.Impression
	now   func() time.Time
	log   *slog.Logger
}

// NewRecorder makes a recorder; Run writes.
func NewRecorder(store Impressions, now func() time.Time, log *slog.Logger) *Recorder {
	return &Recorder{store: store, queue: make(chan jiqiao.Impression, waiting), now: now, log: log}
}

// Shown notes a list. It never waits.
func (r *Recorder) Shown(i jiqiao.Impression) {
	select {
	case r.queue <- i:
	default:
	}
}

// Run writes what was noted until ctx ends, and then what is left.
func (r *Recorder) Run(ctx context.Context) error {
	pruned := time.Time{}
	for {
		err := pause(ctx, flushEvery)
		r.flush(ctx)
		if err != nil {
			return nil //nolint:nilerr // the end of ctx is how it ends
		}
		if now := r.now(); now.Sub(pruned) >= pruneEvery {
			pruned = now
			if _, err := r.store.PruneImpressions(ctx, now.Add(-KeepImpressions), now.Add(-keepUndecided)); err != nil {
				r.log.Warn("old impressions could not be removed", "err", err)
			}
		}
	}
}

// flush writes what waits, also when ctx has just ended.
func (r *Recorder) flush(ctx context.Context) {
	batch := make([]jiqiao.Impression, 0, len(r.queue))
	for len(batch) < cap(batch) {
		batch = append(batch, <-r.queue)
	}
	if len(batch) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeLimit)
	defer cancel()
	if err := r.store.SaveImpressions(ctx, batch); err != nil {
		r.log.Warn("what was shown could not be kept", "lists", len(batch), "err", err)
	}
}
