package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

func runTests() map[string]func(*env) {
	return map[string]func(*env){
		"MatchRunResumes":         matchRunResumes,
		"MatchResultsAreReplaced": matchResultsAreReplaced,
		"MatchResultsSince":       matchResultsSince,
		"MatchRunEnds":            matchRunEnds,
	}
}

func matchRunResumes(e *env) {
	run := &jiqiao.MatchRun{Kind: jiqiao.KindNeed, Params: json.RawMessage(`{"limit":10}`), State: jiqiao.RunRunning, Total: 2}
	e.must(e.SaveMatchRun(e.ctx, run, nil))
	e.clock.Advance(time.Second)
	run.Cursor, run.Done = "n_00000000000000000001", 1
	e.must(e.SaveMatchRun(e.ctx, run, []jiqiao.MatchResult{e.result("n_1", "a_1", 0.5)}))
	pending, err := e.another().MatchRuns(e.ctx, jiqiao.RunRunning, 10)
	e.must(err)
	if len(pending) != 1 {
		e.t.Fatalf("to resume: %+v", pending)
	}
	if diff := cmp.Diff(*run, pending[0]); diff != "" {
		e.t.Errorf("read differs:\n%s", diff)
	}
	run.State = jiqiao.RunDone
	e.must(e.SaveMatchRun(e.ctx, run, nil))
	pending, err = e.MatchRuns(e.ctx, jiqiao.RunRunning, 10)
	e.must(err)
	all, err := e.MatchRuns(e.ctx, "", 10)
	e.must(err)
	got, err := e.GetMatchRun(e.ctx, run.ID)
	e.must(err)
	if len(pending) != 0 || len(all) != 1 || got.State != jiqiao.RunDone || !got.CreatedAt.Before(got.UpdatedAt) {
		e.t.Errorf("pending %v, all %v, got %+v", pending, all, got)
	}
	_, err = e.GetMatchRun(e.ctx, "r_00000000000000000000")
	e.fails(jiqiao.CodeNotFound, err)
	e.fails(jiqiao.CodeNotFound, e.SaveMatchRun(e.ctx, &jiqiao.MatchRun{ID: "r_"}, nil))
}

func (e *env) result(need, achievement string, score float64) jiqiao.MatchResult {
	return jiqiao.MatchResult{
		NeedID: need, AchievementID: achievement, Score: score, Level: jiqiao.LevelFair, Model: "v1",
		Probabilities: [4]float64{0.1, 0.2, 0.3, 0.4},
		MatchedAt:     e.clock.Now().Truncate(time.Microsecond),
	}
}

func matchResultsAreReplaced(e *env) {
	first, second := &jiqiao.MatchRun{State: jiqiao.RunDone}, &jiqiao.MatchRun{State: jiqiao.RunRunning}
	old := []jiqiao.MatchResult{e.result("n_1", "a_1", 0.25), e.result("n_1", "a_2", 1), e.result("n_2", "a_1", 1.0/3)}
	e.must(e.SaveMatchRun(e.ctx, first, old))
	better := e.result("n_1", "a_1", 0.875)
	better.Level, better.Model = jiqiao.LevelStrong, "v2"
	e.must(e.SaveMatchRun(e.ctx, second, []jiqiao.MatchResult{better}))
	for _, c := range []struct {
		kind  jiqiao.Kind
		id    string
		limit int
		want  []jiqiao.MatchResult
	}{
		{jiqiao.KindNeed, "n_1", 10, []jiqiao.MatchResult{old[1], better}},
		{jiqiao.KindNeed, "n_1", 1, []jiqiao.MatchResult{old[1]}},
		{jiqiao.KindAchievement, "a_1", 10, []jiqiao.MatchResult{better, old[2]}},
		{jiqiao.KindAchievement, "\x00", 10, nil},
	} {
		got, err := e.MatchResults(e.ctx, c.kind, c.id, c.limit)
		e.must(err)
		if diff := cmp.Diff(c.want, got); diff != "" {
			e.t.Errorf("%s %s (-want +got):\n%s", c.kind, c.id, diff)
		}
	}
	var left []jiqiao.MatchResult
	collect := func(r jiqiao.MatchResult) error {
		left = append(left, r)
		return nil
	}
	e.must(e.EachMatchResult(e.ctx, first.ID, collect))
	if diff := cmp.Diff(old[1:], left); diff != "" {
		e.t.Errorf("left of the first run (-want +got):\n%s", diff)
	}
	stop := errors.New("enough")
	if err := e.EachMatchResult(e.ctx, first.ID, func(jiqiao.MatchResult) error { return stop }); err != stop {
		e.t.Errorf("stopped with %v", err)
	}
}

func matchRunEnds(e *env) {
	for _, state := range []jiqiao.RunState{jiqiao.RunDone, jiqiao.RunFailed, jiqiao.RunCancelled} {
		run := &jiqiao.MatchRun{State: jiqiao.RunRunning}
		e.must(e.SaveMatchRun(e.ctx, run, nil))
		worker := *run
		run.State = state
		e.must(e.SaveMatchRun(e.ctx, run, nil))
		e.fails(jiqiao.CodeConflict, e.another().SaveMatchRun(e.ctx, &worker, []jiqiao.MatchResult{e.result("n_1", "a_9", 1)}))
		got, err := e.GetMatchRun(e.ctx, run.ID)
		e.must(err)
		left, err := e.MatchResults(e.ctx, jiqiao.KindAchievement, "a_9", 1)
		e.must(err)
		if got.State != state || len(left) != 0 {
			e.t.Errorf("after its end: %s, want %s; %d results", got.State, state, len(left))
		}
	}
}

func matchResultsSince(e *env) {
	run := &jiqiao.MatchRun{State: jiqiao.RunDone}
	old := e.result("n_1", "a_1", 0.5)
	e.clock.Advance(time.Hour)
	since := e.clock.Now()
	late := []jiqiao.MatchResult{}
	for i := range 250 { // more than one statement holds
		late = append(late, e.result(fmt.Sprintf("n_%03d", i/2), fmt.Sprintf("a_%d", i%2), 1-float64(i%2)/2))
	}
	e.must(e.SaveMatchRun(e.ctx, run, append([]jiqiao.MatchResult{old}, late...)))
	var got []jiqiao.MatchResult
	e.must(e.EachRecentResult(e.ctx, since, func(r jiqiao.MatchResult) error {
		got = append(got, r)
		return nil
	}))
	if diff := cmp.Diff(late, got); diff != "" {
		e.t.Errorf("(-want +got):\n%s", diff)
	}
	stop := errors.New("enough")
	if err := e.EachRecentResult(e.ctx, since, func(jiqiao.MatchResult) error { return stop }); err != stop {
		e.t.Errorf("stopped with %v", err)
	}
}
