package learn

import (
	"context"
	"log/slog"
	"time"

	"jiqiao"
)

// Active tells which model serves.
type Active interface {
	// ActiveVersion is "" when the model that ships with the program serves. It must be cheap.
	ActiveVersion(ctx context.Context, kind jiqiao.ModelKind) (string, error)
	ActiveModel(ctx context.Context, kind jiqiao.ModelKind) (jiqiao.ModelVersion, []byte, error)
}

// Apply makes a model the one that serves in this process. version is "" and body nil for the one that ships with the
// program.
type Apply func(kind jiqiao.ModelKind, version string, body []byte) error

const (
	// WatchInterval is how often Watch looks: one row by its key.
	WatchInterval = 2 * time.Second
	// retryAfter is how long a model that could not be applied is left alone.
	retryAfter = time.Minute
)

// Watch calls apply for every model that becomes active, by whatever process, until ctx ends. serving are the versions
// that this process already has, by kind; kinds that are not in it are not watched. A model that apply refuses is logged
// and tried again later; what served before goes on serving.
func Watch(ctx context.Context, registry Active, serving map[jiqiao.ModelKind]string, every time.Duration, log *slog.Logger, apply Apply) error {
	w := &watcher{registry: registry, log: log, apply: apply, now: map[jiqiao.ModelKind]string{}, wait: map[jiqiao.ModelKind]time.Duration{}, every: every}
	for kind, version := range serving {
		w.now[kind] = version
	}
	for {
		if err := pause(ctx, every); err != nil {
			return nil //nolint:nilerr // the end of ctx is how it ends
		}
		for _, kind := range jiqiao.ModelKinds {
			if _, watched := w.now[kind]; watched {
				w.look(ctx, kind)
			}
		}
	}
}

type watcher struct {
	registry Active
	log      *slog.Logger
	apply    Apply
	every    time.Duration
	now      map[jiqiao.ModelKind]string
	wait     map[jiqiao.ModelKind]time.Duration // left before a failed kind is tried again
}

func (w *watcher) look(ctx context.Context, kind jiqiao.ModelKind) {
	if w.wait[kind] -= w.every; w.wait[kind] > 0 {
		return
	}
	w.wait[kind] = 0
	version, err := w.registry.ActiveVersion(ctx, kind)
	if err != nil || version == w.now[kind] {
		return // a database that does not answer is reported by /readyz
	}
	if version, err = Load(ctx, w.registry, kind, w.apply); err != nil {
		if ctx.Err() == nil {
			w.log.Error("the active model cannot be used, the one before goes on serving", "kind", kind, "version", version, "err", err)
		}
		w.wait[kind] = retryAfter
		return
	}
	w.now[kind] = version
	w.log.Info("another model serves", "kind", kind, "version", version)
}

// Load applies the model that is active now and answers its version, "" for the one that ships with the program.
func Load(ctx context.Context, registry Active, kind jiqiao.ModelKind, apply Apply) (string, error) {
	m, body, err := registry.ActiveModel(ctx, kind)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		return "", apply(kind, "", nil)
	}
	if err != nil {
		return "", err
	}
	return m.Version, apply(kind, m.Version, body)
}

// pause waits, or returns ctx's error when it ends first.
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
