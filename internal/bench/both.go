package bench

import (
	"context"
	"fmt"
	"time"

	"jiqiao"
)

// The sides of the batch that is measured: a year of a large city.
const (
	bothNeeds        = 5_000
	bothAchievements = 20_000
	bothLimit        = 50
)

// matchBoth matches all needs with all achievements and keeps the best of both sides, as `match --all` does.
func matchBoth(ctx context.Context, e *Env) ([]Figure, error) {
	texts, err := e.texts(largeRecords)
	if err != nil {
		return nil, err
	}
	step := max(1, len(texts)/bothAchievements)
	var some []text
	for i := 0; i < len(texts) && len(some) < bothAchievements; i += step {
		some = append(some, texts[i])
	}
	if err := e.fill(ctx, e.both(), some, bothNeeds); err != nil {
		return nil, err
	}
	a, err := e.open(ctx, e.both())
	if err != nil {
		return nil, err
	}
	defer func() { _ = a.Stop() }()
	a.Follow()
	if err := a.WaitCaughtUp(ctx); err != nil {
		return nil, fmt.Errorf("index the records: %w", err)
	}
	run, err := a.StartMatchRun(ctx, jiqiao.MatchRunParams{Limit: bothLimit}, true)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	a.Work()
	for run.State == jiqiao.RunRunning {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
		if run, err = a.GetMatchRun(ctx, run.ID); err != nil {
			return nil, err
		}
	}
	if run.State != jiqiao.RunDone {
		return nil, fmt.Errorf("the run ended as %s: %s", run.State, run.Message)
	}
	return []Figure{atMost("双向批量匹配", time.Since(start).Seconds(), "s", 60)}, nil
}
