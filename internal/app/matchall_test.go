package app

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"jiqiao"
	"jiqiao/jobs"
	"jiqiao/sample"
)

// withSample follows a store that holds the sample records.
func withSample(t *testing.T) *App {
	t.Helper()
	a := open(t, settings(t.TempDir()))
	for _, kind := range jiqiao.Kinds {
		recs, err := sample.Records(kind)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Store.PutMany(t.Context(), recs); err != nil {
			t.Fatal(err)
		}
	}
	a.Follow()
	caughtUp(t, a)
	return a
}

func startRun(t *testing.T, a *App, limit int, restart bool) jiqiao.MatchRun {
	t.Helper()
	run, err := a.StartMatchRun(t.Context(), jiqiao.MatchRunParams{Limit: limit}, restart)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func resultsOf(t *testing.T, a *App, id string) (all []jiqiao.MatchResult) {
	t.Helper()
	if err := a.Store.EachMatchResult(t.Context(), id, func(r jiqiao.MatchResult) error {
		all = append(all, r)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestMatchRunGoesOnWhereItStopped(t *testing.T) {
	a := withSample(t)
	run := startRun(t, a, 3, false)
	if again := startRun(t, a, 3, false); again.ID != run.ID {
		t.Errorf("the same run again is %s, want %s", again.ID, run.ID)
	}
	if other := startRun(t, a, 4, false); other.ID == run.ID {
		t.Error("a run with another limit is the same")
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err := a.match(ctx, &run, func(done, _ int) {
		if done > 0 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || run.Done == 0 || run.Done >= run.Total {
		t.Fatalf("interrupted after %d of %d: %v", run.Done, run.Total, err)
	}
	saved, err := a.GetMatchRun(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	first := -1
	if err := a.match(t.Context(), &saved, func(done, _ int) { first = max(first, min(done, run.Done)) }); err != nil {
		t.Fatal(err)
	}
	if first != run.Done || saved.State != jiqiao.RunDone || saved.Done != saved.Total || saved.Done != run.Total {
		t.Errorf("went on from %d after %d: %+v", first, run.Done, saved)
	}
	torn := resultsOf(t, a, saved.ID)
	whole := startRun(t, a, 3, true)
	if err := a.match(t.Context(), &whole, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(resultsOf(t, a, whole.ID), torn, cmpopts.IgnoreFields(jiqiao.MatchResult{}, "MatchedAt")); diff != "" {
		t.Errorf("a run that was interrupted (-whole +torn):\n%s", diff)
	}
}

func TestMatchRunWalksTheSmallerSideAndKeepsBoth(t *testing.T) {
	a := withSample(t)
	needs, err := a.Store.Count(t.Context(), jiqiao.KindNeed)
	if err != nil {
		t.Fatal(err)
	}
	achievements, err := a.Store.Count(t.Context(), jiqiao.KindAchievement)
	if err != nil {
		t.Fatal(err)
	}
	run := startRun(t, a, 5, false)
	if run.Total != min(needs, achievements) || run.State != jiqiao.RunRunning {
		t.Errorf("begun: %+v", run)
	}
	if err := a.match(t.Context(), &run, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	of := map[string]int{}
	for _, r := range resultsOf(t, a, run.ID) {
		of[r.NeedID]++
		of[r.AchievementID]++
	}
	both := 0
	for id, n := range of {
		if n >= 5 {
			both |= map[bool]int{true: 1, false: 2}[id[0] == 'n']
		}
	}
	if both != 3 {
		t.Errorf("not enough results on both sides: %v", of)
	}
}

func TestCancelledRunsStop(t *testing.T) {
	a := withSample(t)
	run := startRun(t, a, 3, false)
	err := a.match(t.Context(), &run, func(done, _ int) {
		if done == 0 {
			if _, err := a.CancelMatchRun(t.Context(), run.ID); err != nil {
				t.Error(err)
			}
		}
	})
	if jiqiao.CodeOf(err) != jiqiao.CodeConflict {
		t.Errorf("a cancelled run: %v", err)
	}
	if got, err := a.GetMatchRun(t.Context(), run.ID); err != nil || got.State != jiqiao.RunCancelled {
		t.Errorf("after cancelling: %+v, %v", got, err)
	}
	if _, err := a.CancelMatchRun(t.Context(), run.ID); jiqiao.CodeOf(err) != jiqiao.CodeConflict {
		t.Errorf("cancelled twice: %v", err)
	}
	fresh := startRun(t, a, 3, false)
	replaced := startRun(t, a, 3, true)
	if old, err := a.GetMatchRun(t.Context(), fresh.ID); err != nil || replaced.ID == fresh.ID || old.State != jiqiao.RunCancelled || old.Message == "" {
		t.Errorf("replaced: %+v, %v", old, err)
	}
	if _, err := a.StartMatchRun(t.Context(), jiqiao.MatchRunParams{}, false); jiqiao.CodeOf(err) != jiqiao.CodeInvalid {
		t.Errorf("a run that keeps nothing: %v", err)
	}
	runs, err := a.MatchRuns(t.Context(), 1)
	if err != nil || len(runs) != 1 || runs[0].ID != replaced.ID {
		t.Errorf("the newest: %+v, %v", runs, err)
	}
}

func TestOtherLimit(t *testing.T) {
	for _, c := range []struct{ limit, subjects, others, want int }{
		{50, 5000, 20000, 12}, {50, 5000, 5000, 50}, {50, 10, 100_000, 10}, {5, 5000, 20000, 5}, {50, 3, 0, 50}, {50, 0, 0, 10},
	} {
		if got := otherLimit(c.limit, c.subjects, c.others); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
	}
}

// ended waits until the job that look describes has ended.
func ended(t *testing.T, look func() (jiqiao.RunState, error)) jiqiao.RunState {
	t.Helper()
	for range 1200 {
		state, err := look()
		if err != nil {
			t.Fatal(err)
		}
		if state != jiqiao.RunRunning {
			return state
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("it does not end")
	return ""
}

func (a *App) runState(t *testing.T, id string) func() (jiqiao.RunState, error) {
	return func() (jiqiao.RunState, error) {
		run, err := a.GetMatchRun(t.Context(), id)
		return run.State, err
	}
}

func TestWorkFindsWhatOthersLeft(t *testing.T) {
	a := withSample(t)
	left, err := StartMatchRun(t.Context(), a.Store, jiqiao.MatchRunParams{Limit: 2}, false) // as a process beside the service does
	if err != nil {
		t.Fatal(err)
	}
	// A run of an older program, which knew of one side.
	old := jiqiao.MatchRun{Kind: jiqiao.KindAchievement, Params: json.RawMessage(`"?"`), State: jiqiao.RunRunning}
	if err := a.Store.SaveMatchRun(t.Context(), &old, nil); err != nil {
		t.Fatal(err)
	}
	a.Work()
	for _, id := range []string{left.ID, old.ID} {
		if state := ended(t, a.runState(t, id)); state != jiqiao.RunDone {
			t.Errorf("%s is %s", id, state)
		}
	}
}

func TestWhatTheQueueHearsOfARun(t *testing.T) {
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		err     error
		code    jiqiao.Code
		message string
	}{
		"done":        {nil, "", ""},
		"cancelled":   {jiqiao.Fail(jiqiao.CodeConflict, "已取消", nil), "", ""},
		"told":        {jiqiao.Fail(jiqiao.CodeForbidden, "没有数据", nil), jiqiao.CodeInvalid, "没有数据"},
		"internal":    {broken, jiqiao.CodeInvalid, "处理时出错，请稍后重试；如仍失败，请查看服务日志"},
		"may pass":    {jiqiao.Fail(jiqiao.CodeUnavailable, "数据库忙", broken), jiqiao.CodeUnavailable, "数据库忙"},
		"cut off":     {context.Canceled, jiqiao.CodeInternal, ""},
		"comes again": {jobs.Again(time.Time{}, nil), jiqiao.CodeInternal, ""},
	} {
		err := settled(c.err)
		var told *jiqiao.Error
		message := ""
		if errors.As(err, &told) {
			message = told.Message
		}
		if jiqiao.CodeOf(err) != c.code || message != c.message {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRunsWhoseJobsEndAreEnded(t *testing.T) {
	a := withSample(t)
	run := startRun(t, a, 2, false)
	as, err := a.StartAssignment(t.Context(), jiqiao.DefaultAssignmentParams())
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{jiqiao.JobMatchRun, jiqiao.JobAssignment} {
		page, err := a.Store.Jobs(t.Context(), jiqiao.JobQuery{Kind: kind})
		if err != nil || len(page.Jobs) != 1 {
			t.Fatalf("jobs of kind %s: %+v, %v", kind, page, err)
		}
		if _, err := a.Store.CancelJob(t.Context(), page.Jobs[0].ID); err != nil {
			t.Fatal(err)
		}
	}
	if run, err = a.GetMatchRun(t.Context(), run.ID); err != nil || run.State != jiqiao.RunCancelled {
		t.Errorf("the run is %s, %v", run.State, err)
	}
	if as, err = a.GetAssignment(t.Context(), as.ID); err != nil || as.State != jiqiao.RunCancelled {
		t.Errorf("the assignment is %s, %v", as.State, err)
	}
	if err := a.doMatchRun(t.Context(), jiqiao.Job{Key: run.ID}); err != nil {
		t.Errorf("a cancelled run: %v", err)
	}
}
