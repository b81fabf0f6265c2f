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

// StartMatchRun leaves a run of all against all for whichever process takes its job, and returns it. Without restart it
// is the unfinished run with the same parameters, if there is one.
func (a *App) StartMatchRun(ctx context.Context, p jiqiao.MatchRunParams, restart bool) (jiqiao.MatchRun, error) {
	return StartMatchRun(ctx, a.Store, p, restart)
}

// runStore is what starting and cancelling runs needs of the store.
type runStore interface {
	SaveMatchRun(ctx context.Context, run *jiqiao.MatchRun, results []jiqiao.MatchResult) error
	MatchRuns(ctx context.Context, state jiqiao.RunState, limit int) ([]jiqiao.MatchRun, error)
	GetMatchRun(ctx context.Context, id string) (jiqiao.MatchRun, error)
	Count(ctx context.Context, kind jiqiao.Kind) (int, error)
}

// StartMatchRun is App.StartMatchRun for a process that has the database alone: the service finds the run there.
func StartMatchRun(ctx context.Context, st runStore, p jiqiao.MatchRunParams, restart bool) (jiqiao.MatchRun, error) {
	if err := p.Validate(); err != nil {
		return jiqiao.MatchRun{}, err
	}
	unfinished, err := st.MatchRuns(ctx, jiqiao.RunRunning, jiqiao.MaxPageSize)
	if err != nil {
		return jiqiao.MatchRun{}, err
	}
	for _, run := range unfinished {
		if runParams(run) != p {
			continue
		}
		if !restart {
			return run, nil
		}
		run.State, run.Message = jiqiao.RunCancelled, "已被重新开始的匹配取代"
		if err := st.SaveMatchRun(ctx, &run, nil); err != nil && jiqiao.CodeOf(err) != jiqiao.CodeConflict {
			return jiqiao.MatchRun{}, err
		}
	}
	return newRun(ctx, st, p)
}

// newRun walks the smaller side: every pair is then found from fewer subjects, whose candidates reach further.
func newRun(ctx context.Context, st runStore, p jiqiao.MatchRunParams) (jiqiao.MatchRun, error) {
	params, err := json.Marshal(p)
	if err != nil {
		return jiqiao.MatchRun{}, fmt.Errorf("encode the run's parameters: %w", err)
	}
	run := jiqiao.MatchRun{Params: params, State: jiqiao.RunRunning}
	for _, kind := range jiqiao.Kinds {
		n, err := st.Count(ctx, kind)
		if err != nil {
			return jiqiao.MatchRun{}, err
		}
		if run.Kind == "" || n < run.Total {
			run.Kind, run.Total = kind, n
		}
	}
	return run, st.SaveMatchRun(ctx, &run, nil)
}

// runParams of a run that an older program started have no more than the limit, too.
func runParams(run jiqiao.MatchRun) (p jiqiao.MatchRunParams) {
	if json.Unmarshal(run.Params, &p) != nil || p.Validate() != nil {
		return jiqiao.MatchRunParams{Limit: jiqiao.DefaultRunLimit}
	}
	return p
}

// GetMatchRun is the run as it was saved last.
func (a *App) GetMatchRun(ctx context.Context, id string) (jiqiao.MatchRun, error) {
	return a.Store.GetMatchRun(ctx, id)
}

// MatchRuns lists the latest runs, newest first.
func (a *App) MatchRuns(ctx context.Context, limit int) ([]jiqiao.MatchRun, error) {
	return a.Store.MatchRuns(ctx, "", limit)
}

// CancelMatchRun ends a run; what it has saved stays. One that has ended is CodeConflict.
func (a *App) CancelMatchRun(ctx context.Context, id string) (jiqiao.MatchRun, error) {
	return CancelMatchRun(ctx, a.Store, id)
}

// CancelMatchRun is App.CancelMatchRun for a process that has the database alone.
func CancelMatchRun(ctx context.Context, st runStore, id string) (jiqiao.MatchRun, error) {
	run, err := st.GetMatchRun(ctx, id)
	if err != nil {
		return run, err
	}
	run.State = jiqiao.RunCancelled
	return run, st.SaveMatchRun(ctx, &run, nil)
}

// match does a run from where it was saved last. progress hears of records done and in all.
func (a *App) match(ctx context.Context, run *jiqiao.MatchRun, progress func(done, total int)) error {
	start := run.Done
	progress(start, run.Total)
	others, err := a.Store.Count(ctx, run.Kind.Other())
	if err != nil {
		return err
	}
	limit := runParams(*run).Limit
	batch := matcher.Batch{
		Limit: limit, OtherLimit: otherLimit(limit, run.Total, others),
		Save: func(ctx context.Context, last jiqiao.Record, results []jiqiao.MatchResult, done int) error {
			run.Cursor, run.Done = last.Head().ID, start+done
			run.Total = max(run.Total, run.Done) // records that came meanwhile
			if err := a.Store.SaveMatchRun(ctx, run, results); err != nil {
				return err
			}
			progress(run.Done, run.Total)
			return nil
		},
	}
	if start > 0 {
		batch.Kept = a.kept(ctx, run.ID)
	}
	if _, err := a.Matcher.MatchAll(ctx, a.published(ctx, run.Kind, run.Cursor), batch); err != nil {
		return err
	}
	run.State, run.Total = jiqiao.RunDone, run.Done
	return a.Store.SaveMatchRun(ctx, run, nil)
}

// fewKept is how many matches of a record of the larger side are kept at least.
const fewKept = 10

// otherLimit shares the results out evenly: the side with more records keeps fewer for each, so that both sides have
// about as many in all.
func otherLimit(limit, subjects, others int) int {
	return min(limit, max(fewKept, limit*subjects/max(1, others)))
}

// kept walks the results that a run has saved.
func (a *App) kept(ctx context.Context, runID string) iter.Seq2[jiqiao.MatchResult, error] {
	return sequence(func(fn func(jiqiao.MatchResult) error) error { return a.Store.EachMatchResult(ctx, runID, fn) })
}

// published walks the store's published records after an id.
func (a *App) published(ctx context.Context, kind jiqiao.Kind, afterID string) iter.Seq2[jiqiao.Record, error] {
	return sequence(func(fn func(jiqiao.Record) error) error {
		return a.Store.Each(ctx, kind, afterID, func(rec jiqiao.Record) error {
			if rec.Head().Status != jiqiao.StatusPublished {
				return nil
			}
			return fn(rec)
		})
	})
}

// sequence makes an iterator of a walk that ends with its function's first error.
func sequence[T any](walk func(func(T) error) error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		err := walk(func(v T) error {
			if !yield(v, nil) {
				return errFull
			}
			return nil
		})
		if err != nil && !errors.Is(err, errFull) {
			var none T
			yield(none, err)
		}
	}
}

// errFull ends a walk whose reader wants no more.
var errFull = errors.New("enough")
