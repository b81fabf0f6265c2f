package matcher_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/matcher"
)

// manyNeeds is what a store would stream after an id: needs about different parts of the stock.
func manyNeeds(n int, after string) iter.Seq2[jiqiao.Record, error] {
	problems := []string{"空洞率", "烧结银空洞", "高盐废水蒸发", "焊接飞溅", "银浆烧结温度"}
	return func(yield func(jiqiao.Record, error) bool) {
		for i := range n {
			id := fmt.Sprintf("n_%04d", i)
			if id > after && !yield(need(id, "碳化硅"+problems[i%len(problems)], problems[(i/7)%len(problems)]), nil) {
				return
			}
		}
	}
}

// ledger is a store of results that fails after so many saves.
type ledger struct {
	results []jiqiao.MatchResult
	last    string
	saves   int
	failAt  int
}

var errLedger = errors.New("no ink")

func (l *ledger) save(_ context.Context, last jiqiao.Record, results []jiqiao.MatchResult, _ int) error {
	if l.saves++; l.saves == l.failAt {
		return errLedger
	}
	l.results, l.last = append(l.results, results...), last.Head().ID
	return nil
}

func (l *ledger) kept(yield func(jiqiao.MatchResult, error) bool) {
	for _, r := range l.results {
		if !yield(r, nil) {
			return
		}
	}
}

func TestMatchAllResumes(t *testing.T) {
	m, _, _ := world(t, stock()...)
	const total = 200
	batch := func(l *ledger) matcher.Batch {
		return matcher.Batch{Limit: 2, OtherLimit: 1, Save: l.save, Kept: l.kept}
	}
	whole := &ledger{}
	if done, err := m.MatchAll(t.Context(), manyNeeds(total, ""), batch(whole)); err != nil || done != total {
		t.Fatalf("done %d, %v", done, err)
	}
	torn := &ledger{failAt: 3}
	if done, err := m.MatchAll(t.Context(), manyNeeds(total, ""), batch(torn)); !errors.Is(err, errLedger) || done != 128 {
		t.Fatalf("done %d, %v; want the two chunks before the failure", done, err)
	}
	if torn.last != "n_0127" {
		t.Fatalf("saved up to %s", torn.last)
	}
	if done, err := m.MatchAll(t.Context(), manyNeeds(total, torn.last), batch(torn)); err != nil || done != total-128 {
		t.Fatalf("done %d, %v", done, err)
	}
	if diff := gocmp.Diff(whole.results, torn.results); diff != "" {
		t.Errorf("a run that was interrupted (-whole +torn):\n%s", diff)
	}
}

// TestMatchAllKeepsTheBestOfBothSides compares with matching every record of either side by itself.
func TestMatchAllKeepsTheBestOfBothSides(t *testing.T) {
	m, c, records := world(t, stock()...)
	for rec := range manyNeeds(100, "") {
		c.Put(rec)
		records[rec.Head().ID] = rec
	}
	var needs []jiqiao.Record
	for _, id := range slices.Sorted(maps.Keys(records)) {
		if rec := records[id]; rec.Kind() == jiqiao.KindNeed && rec.Head().Status == jiqiao.StatusPublished {
			needs = append(needs, rec)
		}
	}
	const limit = 3
	l := &ledger{}
	if _, err := m.MatchAll(t.Context(), func(yield func(jiqiao.Record, error) bool) {
		for _, rec := range needs {
			if !yield(rec, nil) {
				return
			}
		}
	}, matcher.Batch{Limit: limit, Save: l.save}); err != nil {
		t.Fatal(err)
	}
	seen := map[[2]string]bool{}
	of := map[string][]jiqiao.MatchResult{}
	for _, r := range l.results {
		if pair := [2]string{r.NeedID, r.AchievementID}; seen[pair] {
			t.Errorf("%v is kept twice", pair)
		} else {
			seen[pair] = true
		}
		if r.Model == "" || !r.MatchedAt.Equal(noon) || r.Level < jiqiao.LevelNone {
			t.Errorf("incomplete: %+v", r)
		}
		of[r.NeedID], of[r.AchievementID] = append(of[r.NeedID], r), append(of[r.AchievementID], r)
	}
	for id, rec := range records {
		if rec.Head().Status != jiqiao.StatusPublished {
			continue
		}
		list, err := m.Match(t.Context(), rec, jiqiao.MatchQuery{Brief: true, Limit: limit})
		if err != nil {
			t.Fatal(err)
		}
		got := of[id]
		slices.SortFunc(got, func(a, b jiqiao.MatchResult) int {
			return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.NeedID+a.AchievementID, b.NeedID+b.AchievementID))
		})
		for i, want := range list.Matches {
			if want.Level < jiqiao.LevelWeak {
				break // what is not related is kept for subjects alone
			}
			if i >= len(got) || got[i].NeedID != want.NeedID || got[i].AchievementID != want.AchievementID || got[i].Score != want.Score {
				t.Fatalf("%s: place %d is not %s–%s (%.4f): %+v", id, i, want.NeedID, want.AchievementID, want.Score, got)
			}
		}
	}
}

func TestMatchAllStops(t *testing.T) {
	m, _, store := world(t, stock()...)
	l := &ledger{}
	broken := errors.New("broken")
	if done, err := m.MatchAll(t.Context(), func(yield func(jiqiao.Record, error) bool) {
		_ = yield(store["n_1"], nil) && yield(nil, broken)
	}, matcher.Batch{Save: l.save}); !errors.Is(err, broken) || done != 0 {
		t.Errorf("a broken source: done %d, %v", done, err)
	}
	unread := func(yield func(jiqiao.MatchResult, error) bool) { yield(jiqiao.MatchResult{}, broken) }
	if _, err := m.MatchAll(t.Context(), manyNeeds(10, ""), matcher.Batch{Save: l.save, Kept: unread}); !errors.Is(err, broken) {
		t.Errorf("results that cannot be read: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.MatchAll(ctx, manyNeeds(10, ""), matcher.Batch{Save: l.save}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled run: %v", err)
	}
	if done, err := m.MatchAll(t.Context(), manyNeeds(0, ""), matcher.Batch{Save: l.save}); err != nil || done != 0 {
		t.Errorf("nothing to do: %d, %v", done, err)
	}
	if len(l.results) != 0 {
		t.Errorf("saved %+v", l.results)
	}
}
