package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"jiqiao"
)

const runLabel = "批量匹配"

// SaveMatchRun stores how far a run has come together with the results since the last time, in one transaction, so that
// a run resumed at its Cursor has every result before it. An empty ID makes a new run and leaves the job that does it; ID,
// CreatedAt and UpdatedAt are filled in. A result replaces the one of the same pair; a pair is given at most once. A
// run that has ended does not change any more: CodeConflict.
func (s *Store) SaveMatchRun(ctx context.Context, run *jiqiao.MatchRun, results []jiqiao.MatchResult) error {
	before := *run
	err := s.tx(ctx, "save a match run", func(t *tx) error {
		run.UpdatedAt = t.now
		if run.ID == "" {
			run.ID, run.CreatedAt = t.ids.next(runPrefix), t.now
			if err := t.enqueueWork(ctx, jiqiao.JobMatchRun, run.ID, run.State); err != nil {
				return err
			}
			t.audit(jiqiao.Act{Name: "run.start", Object: jiqiao.Ref{Type: "match_run", ID: run.ID}})
		}
		if run.State == jiqiao.RunCancelled {
			t.audit(jiqiao.Act{Name: "run.cancel", Object: jiqiao.Ref{Type: "match_run", ID: run.ID}})
		}
		if !hasShape(run.ID, runPrefix) {
			return notFound(runLabel)
		}
		body, err := encodeJSON(run)
		if err != nil {
			return err
		}
		n, err := t.exec(ctx, `
			INSERT INTO match_runs (id, state, created_at, body) VALUES (?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET state = excluded.state, body = excluded.body WHERE match_runs.state = 'running'`,
			run.ID, clean(string(run.State)), micros(run.CreatedAt), body)
		if err != nil {
			return err
		}
		if n == 0 {
			return hasEnded("这次" + runLabel)
		}
		return t.saveResults(ctx, run.ID, results)
	})
	if err != nil {
		*run = before
	}
	return err
}

func (t *tx) saveResults(ctx context.Context, runID string, results []jiqiao.MatchResult) error {
	rows := make([][]any, len(results))
	for i := range results {
		r := &results[i]
		p := r.Probabilities
		rows[i] = []any{r.NeedID, r.AchievementID, runID, r.Score, int(r.Level), clean(r.Model), micros(r.MatchedAt), p[0], p[1], p[2], p[3]}
	}
	return t.insert(ctx, `INSERT INTO match_results (need_id, achievement_id, run_id, score, level, model, matched_at, p1, p2, p3, p4) VALUES `,
		rows, ` ON CONFLICT (need_id, achievement_id) DO UPDATE SET run_id = excluded.run_id, score = excluded.score,
			level = excluded.level, model = excluded.model, matched_at = excluded.matched_at,
			p1 = excluded.p1, p2 = excluded.p2, p3 = excluded.p3, p4 = excluded.p4`)
}

// GetMatchRun returns the run.
func (s *Store) GetMatchRun(ctx context.Context, id string) (jiqiao.MatchRun, error) {
	if !hasShape(id, runPrefix) {
		return jiqiao.MatchRun{}, notFound(runLabel)
	}
	runs, err := s.runs(ctx, `id = ?`, id)
	if err != nil {
		return jiqiao.MatchRun{}, wrap("get a match run", err)
	}
	if len(runs) == 0 {
		return jiqiao.MatchRun{}, notFound(runLabel)
	}
	return runs[0], nil
}

// MatchRuns returns the latest runs, newest first; with a state only those in it: RunRunning after a start are the ones
// to resume.
func (s *Store) MatchRuns(ctx context.Context, state jiqiao.RunState, limit int) ([]jiqiao.MatchRun, error) {
	where, args := `1 = 1`, []any{}
	if state != "" {
		where, args = `state = ?`, append(args, clean(string(state)))
	}
	runs, err := s.runs(ctx, where+` ORDER BY id DESC LIMIT ?`, append(args, limit)...)
	return runs, wrap("list match runs", err)
}

// MatchResults returns the kept results of one record, best first.
func (s *Store) MatchResults(ctx context.Context, kind jiqiao.Kind, id string, limit int) ([]jiqiao.MatchResult, error) {
	column := "achievement_id"
	if kind == jiqiao.KindNeed {
		column = "need_id"
	}
	var results []jiqiao.MatchResult
	err := s.reader().results(ctx, column+` = ? ORDER BY score DESC, need_id, achievement_id LIMIT ?`,
		[]any{clean(id), limit}, func(r jiqiao.MatchResult) error {
			results = append(results, r)
			return nil
		})
	return results, wrap("read match results", err)
}

// EachMatchResult calls fn for every result that the run wrote and no later run replaced, by need and then best first.
// It stops at fn's first error and returns it as it is.
func (s *Store) EachMatchResult(ctx context.Context, runID string, fn func(jiqiao.MatchResult) error) error {
	var stopped error
	err := s.reader().results(ctx, `run_id = ? ORDER BY need_id, score DESC, achievement_id`, []any{clean(runID)},
		func(r jiqiao.MatchResult) error {
			stopped = fn(r)
			return stopped
		})
	if stopped != nil {
		return stopped
	}
	return wrap("read match results", err)
}

// EachRecentResult calls fn for every result written since the moment, by need and then best first. It stops at fn's first
// error and returns it as it is.
func (s *Store) EachRecentResult(ctx context.Context, since time.Time, fn func(jiqiao.MatchResult) error) error {
	var stopped error
	err := s.reader().results(ctx, `matched_at >= ? ORDER BY need_id, score DESC, achievement_id`, []any{micros(since)},
		func(r jiqiao.MatchResult) error {
			stopped = fn(r)
			return stopped
		})
	if stopped != nil {
		return stopped
	}
	return wrap("read match results", err)
}

func (s session) results(ctx context.Context, where string, args []any, fn func(jiqiao.MatchResult) error) error {
	query := `SELECT need_id, achievement_id, score, level, model, matched_at, p1, p2, p3, p4 FROM match_results WHERE ` + where
	return s.each(ctx, query, args, func(scan func(...any) error) error {
		var r jiqiao.MatchResult
		var at int64
		p := &r.Probabilities
		if err := scan(&r.NeedID, &r.AchievementID, &r.Score, &r.Level, &r.Model, &at, &p[0], &p[1], &p[2], &p[3]); err != nil {
			return err
		}
		r.MatchedAt = fromMicros(at)
		return fn(r)
	})
}

func (s *Store) runs(ctx context.Context, where string, args ...any) ([]jiqiao.MatchRun, error) {
	var runs []jiqiao.MatchRun
	err := s.reader().each(ctx, `SELECT body FROM match_runs WHERE `+where, args, func(scan func(...any) error) error {
		var body []byte
		if err := scan(&body); err != nil {
			return err
		}
		var run jiqiao.MatchRun
		if err := json.Unmarshal(body, &run); err != nil {
			return fmt.Errorf("decode a match run: %w", err)
		}
		runs = append(runs, run)
		return nil
	})
	return runs, err
}
