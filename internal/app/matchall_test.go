package app

import (
	"context"
	"errors"
	"testing"

	"jiqiao"
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

func TestMatchAllGoesOnWhereItStopped(t *testing.T) {
	a := withSample(t)
	total, err := a.Store.Count(t.Context(), jiqiao.KindAchievement)
	if err != nil {
		t.Fatal(err)
	}
	// interrupted stops a run at its first checkpoint.
	interrupted := func(fresh bool) jiqiao.MatchRun {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		run, err := a.MatchAll(ctx, jiqiao.KindAchievement, 3, fresh, func(done, _ int) {
			if done > 0 {
				cancel()
			}
		})
		if !errors.Is(err, context.Canceled) || run.Done == 0 || run.Done >= total {
			t.Fatalf("interrupted after %d of %d: %v", run.Done, total, err)
		}
		return run
	}
	first := interrupted(false)
	second := interrupted(true)
	if second.ID == first.ID {
		t.Fatal("a fresh run is the old one")
	}
	starts := -1
	run, err := a.MatchAll(t.Context(), jiqiao.KindAchievement, 3, false, func(done, of int) {
		if starts < 0 {
			starts = done
		}
		if of != total {
			t.Errorf("progress of %d, want %d", of, total)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if run.ID != second.ID || starts != second.Done {
		t.Errorf("went on with %s from %d, want %s from %d", run.ID, starts, second.ID, second.Done)
	}
	if run.State != jiqiao.RunDone || run.Done != total {
		t.Errorf("%s after %d of %d", run.State, run.Done, total)
	}
	other, err := a.MatchAll(t.Context(), jiqiao.KindAchievement, 2, false, func(int, int) {})
	if err != nil || other.ID == run.ID {
		t.Errorf("a run with another limit: %s, %v", other.ID, err)
	}
}
