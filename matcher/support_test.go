package matcher_test

import (
	"cmp"
	"context"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/index/vector"
	"jiqiao/index/zh"
	"jiqiao/matcher"
)

var loadAnalyzer = sync.OnceValues(func() (*zh.Analyzer, error) { return zh.New(zh.Options{}) })

func analyzer(tb testing.TB) *zh.Analyzer {
	tb.Helper()
	a, err := loadAnalyzer()
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

// shared is where evaluation data and corpora lie.
func shared(tb testing.TB) string {
	dir := cmp.Or(os.Getenv("JIQIAO_SHARED"), "../../shared")
	if _, err := os.Stat(dir); err != nil {
		tb.Skipf("no shared data: %v (set JIQIAO_SHARED)", err)
	}
	return dir
}

// memory is a store and a recaller over a handful of records: it recalls all that pass the filter by status.
type memory map[string]jiqiao.Record

func (m memory) GetMany(_ context.Context, kind jiqiao.Kind, ids []string) ([]jiqiao.Record, error) {
	var out []jiqiao.Record
	for _, id := range ids {
		if r, ok := m[id]; ok && r.Kind() == kind {
			out = append(out, r)
		}
	}
	return out, nil
}

func (m memory) Recall(ctx context.Context, q matcher.RecallQuery) ([]string, error) {
	var ids []string
	for id, r := range m {
		if r.Kind() == q.Kind {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	ids, err := m.Allowed(ctx, q.Kind, q.Filter, ids)
	return ids[:min(q.Limit, len(ids))], err
}

func (m memory) Allowed(_ context.Context, kind jiqiao.Kind, f jiqiao.Filter, ids []string) ([]string, error) {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		r, ok := m[id]
		return !ok || r.Kind() != kind || !f.Access.Sees(r) || len(f.Statuses) > 0 && f.Statuses[0] != jiqiao.AnyStatus && !slices.Contains(f.Statuses, r.Head().Status)
	}), nil
}

func need(id, title, problem string) *jiqiao.Need {
	n := &jiqiao.Need{Problem: problem}
	n.ID, n.Title, n.Status = id, title, jiqiao.StatusPublished
	return n
}

func achievement(id, title, abstract string) *jiqiao.Achievement {
	a := &jiqiao.Achievement{Abstract: abstract}
	a.ID, a.Title, a.Status = id, title, jiqiao.StatusPublished
	return a
}

// world is a small collection with a matcher over it.
func world(tb testing.TB, recs ...jiqiao.Record) (*matcher.Matcher, *matcher.Collection, memory) {
	tb.Helper()
	c := matcher.NewCollection(analyzer(tb), vector.Default(), matcher.DefaultWeights())
	store := memory{}
	for _, r := range recs {
		c.Put(r)
		store[r.Head().ID] = r
	}
	return matcher.New(matcher.Options{
		Collection: c, Recaller: store, Records: store,
		Analyzer:   analyzerFunc(tb),
		Generation: func() string { return "g1" },
		Now:        func() time.Time { return noon },
	}), c, store
}

// noon is in China already the evening of the same day.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func analyzerFunc(tb testing.TB) func() *zh.Analyzer {
	return func() *zh.Analyzer { return analyzer(tb) }
}
