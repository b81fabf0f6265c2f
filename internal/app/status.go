package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"jiqiao"
	"jiqiao/internal/cache"
)

// Ping implements api.Status.
func (a *App) Ping(ctx context.Context) error { return a.Store.Ping(ctx) }

// CaughtUp implements api.Status: the changes that index or matcher have yet to see.
func (a *App) CaughtUp(ctx context.Context) (int64, error) {
	lag, err := a.follower.CaughtUp(ctx)
	if err != nil {
		return lag, err
	}
	last, err := a.Store.LastSeq(ctx)
	if err != nil {
		return lag, fmt.Errorf("ask for the last change: %w", err)
	}
	if !a.profiles.started.Load() {
		return last, jiqiao.Fail(jiqiao.CodeUnavailable, "正在读入全部记录，稍后即可匹配", nil)
	}
	return max(lag, last-a.profiles.applied.Load()), nil
}

// Generation implements api.Status.
func (a *App) Generation() string { return a.Index.Generation() }

// CountPublished implements api.Status.
func (a *App) CountPublished(ctx context.Context) (map[jiqiao.Kind]int, error) {
	return a.Store.CountPublished(ctx)
}

// CountOrganisations implements api.Status.
func (a *App) CountOrganisations(ctx context.Context) (int, error) {
	return a.Store.CountOrganisations(ctx)
}

// Version implements cache.Source.
func (a *App) Version(ctx context.Context, kind jiqiao.Kind, id string) (int64, error) {
	return a.Store.Version(ctx, kind, id)
}

// State implements cache.Source: what store, index and matcher hold now, and the models that score.
func (a *App) State(ctx context.Context) (string, error) {
	epoch, last, err := a.Store.Position(ctx)
	if err != nil {
		return "", err
	}
	c := a.Matcher.Collection()
	return fmt.Sprintf("%s.%d.%s.%d.%s.%s.%s", epoch, last, a.Index.Generation(), a.profiles.applied.Load(), c.Model(), c.Words().Version(), a.embedder.state()), nil
}

// WaitCaughtUp waits until index, matcher and the suggested codes hold everything the store held when it was called.
// Follow must be running. An index that cannot follow, with the disk full for one, is an error once it has not
// recovered for a while.
func (a *App) WaitCaughtUp(ctx context.Context) error {
	last, err := a.Store.LastSeq(ctx)
	if err != nil {
		return err
	}
	tick := time.NewTicker(catchUpPoll)
	defer tick.Stop()
	patience := faultPatience
	for {
		if a.profiles.started.Load() && a.codes.reached(last) && a.Index.Stale() == "" && min(a.Index.Seq(), a.profiles.applied.Load()) >= last {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		_, err := a.follower.CaughtUp(ctx)
		if errors.Unwrap(err) == nil { // none, or a rebuild under way, which has no cause
			patience = faultPatience
		} else if patience -= catchUpPoll; patience < 0 {
			return err
		}
	}
}

const (
	catchUpPoll   = 20 * time.Millisecond
	faultPatience = 5 * time.Second
)

func (a *App) collectors(answers *cache.Answers) []prometheus.Collector {
	records := func(kind jiqiao.Kind) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "jiqiao_index_records", Help: "Records in the index.", ConstLabels: prometheus.Labels{"kind": string(kind)},
		}, func() float64 { return float64(a.Index.Count(kind)) })
	}
	all := []prometheus.Collector{answers.Counts(), a.work, records(jiqiao.KindNeed), records(jiqiao.KindAchievement)}
	all = append(all, a.noticeCollectors()...)
	if a.redis != nil {
		all = append(all, a.redis)
	}
	if a.embedder != nil {
		all = append(all, a.embedder.client)
	}
	if a.language != nil {
		all = append(all, a.language)
	}
	return all
}
