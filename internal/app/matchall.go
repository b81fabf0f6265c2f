package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"jiqiao"
	"jiqiao/matcher"
)

// runParams are what a run of all against all depends on; a run is resumed only under the same.
type runParams struct {
	Limit int `json:"limit"`
}

// MatchAll matches every record of a side with the other, at most limit matches each, and saves them as it goes. It resumes the
// newest unfinished run with the same limit unless fresh. progress hears of records done and in all.
func (a *App) MatchAll(ctx context.Context, side jiqiao.Kind, limit int, fresh bool, progress func(done, total int)) (jiqiao.MatchRun, error) {
	run, err := a.matchRun(ctx, side, limit, fresh)
	if err != nil {
		return run, err
	}
	start := run.Done
	progress(start, run.Total)
	var results []jiqiao.MatchResult
	_, err = a.Matcher.MatchAll(ctx, a.published(ctx, side, run.Cursor), matcher.Batch{
		Query: jiqiao.MatchQuery{Limit: limit, Brief: true},
		Emit: func(_ context.Context, _ jiqiao.Record, list jiqiao.MatchList) error {
			for _, m := range list.Matches {
				results = append(results, jiqiao.MatchResult{
					NeedID: m.NeedID, AchievementID: m.AchievementID, Score: m.Score, Level: m.Level, Model: m.Model, MatchedAt: a.now().UTC(),
				})
			}
			return nil
		},
		Checkpoint: func(ctx context.Context, last jiqiao.Record, done int) error {
			run.Cursor, run.Done = last.Head().ID, start+done
			if err := a.Store.SaveMatchRun(ctx, &run, results); err != nil {
				return err
			}
			results = results[:0]
			progress(run.Done, run.Total)
			return nil
		},
	})
	if err != nil {
		return run, err
	}
	run.State, run.Total = jiqiao.RunDone, run.Done
	return run, a.Store.SaveMatchRun(ctx, &run, nil)
}

// matchRun is the run to go on with.
func (a *App) matchRun(ctx context.Context, side jiqiao.Kind, limit int, fresh bool) (jiqiao.MatchRun, error) {
	params, err := json.Marshal(runParams{limit})
	if err != nil {
		return jiqiao.MatchRun{}, fmt.Errorf("encode the run's parameters: %w", err)
	}
	unfinished, err := a.Store.MatchRuns(ctx, jiqiao.RunRunning, jiqiao.MaxPageSize)
	if err != nil {
		return jiqiao.MatchRun{}, err
	}
	for _, run := range unfinished {
		var was runParams
		if run.Kind != side || json.Unmarshal(run.Params, &was) != nil || was.Limit != limit {
			continue
		}
		if !fresh {
			return run, nil
		}
		run.State, run.Message = jiqiao.RunFailed, "已被重新开始的匹配取代"
		if err := a.Store.SaveMatchRun(ctx, &run, nil); err != nil {
			return jiqiao.MatchRun{}, err
		}
	}
	total, err := a.Store.Count(ctx, side)
	if err != nil {
		return jiqiao.MatchRun{}, err
	}
	run := jiqiao.MatchRun{Kind: side, Params: params, State: jiqiao.RunRunning, Total: total}
	return run, a.Store.SaveMatchRun(ctx, &run, nil)
}

// published walks the store's published records after an id.
func (a *App) published(ctx context.Context, kind jiqiao.Kind, afterID string) iter.Seq2[jiqiao.Record, error] {
	return func(yield func(jiqiao.Record, error) bool) {
		err := a.Store.Each(ctx, kind, afterID, func(rec jiqiao.Record) error {
			if rec.Head().Status == jiqiao.StatusPublished && !yield(rec, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(nil, err)
		}
	}
}

// errEnough ends a walk whose reader wants no more.
var errEnough = errors.New("enough")
