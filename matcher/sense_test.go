package matcher_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/matcher"
)

// oracle is an embedding model that finds one record near everything.
type oracle struct {
	near string
	z    float64
	err  error
	only string // wait must be what this says: "waits" or "looks"
}

func (o oracle) Sense(_ context.Context, _ jiqiao.Record, wait bool) (matcher.Sense, error) {
	if wait != (o.only == "waits") {
		return nil, errors.New("asked the wrong way")
	}
	return o, o.err
}

func (o oracle) Near(_ context.Context, _ jiqiao.Filter, n int) ([]string, error) {
	if n <= 0 {
		return nil, errors.New("nothing asked for")
	}
	return []string{o.near}, nil
}

func (o oracle) Likeness(id string) (float64, bool) { return o.z, id == o.near }

// blind recalls nothing by itself.
type blind struct{ memory }

func (blind) Recall(context.Context, matcher.RecallQuery) ([]string, error) { return nil, nil }

func (blind) Allowed(context.Context, jiqiao.Kind, jiqiao.Filter, []string) ([]string, error) {
	return nil, nil
}

func TestEmbeddingModel(t *testing.T) {
	subject := need("n_1", "印染废水脱色", "现有工艺色度不达标")
	_, c, store := world(t, subject,
		achievement("a_1", "印染废水催化脱色", "用于印染废水脱色"),
		achievement("a_2", "苹果采摘机器人", "用于果园"))
	match := func(s matcher.Semantics, r matcher.Recaller) jiqiao.MatchList {
		t.Helper()
		m := matcher.New(matcher.Options{Collection: c, Recaller: r, Records: store, Analyzer: analyzerFunc(t), Semantics: s})
		list, err := m.Match(t.Context(), subject, jiqiao.MatchQuery{Brief: true})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	score := func(l jiqiao.MatchList, id string) float64 {
		t.Helper()
		for _, m := range l.Matches {
			if m.AchievementID == id {
				return m.Score
			}
		}
		t.Fatalf("%s is not among %d matches", id, len(l.Matches))
		return 0
	}
	plain := match(nil, store)
	high := match(oracle{near: "a_2", z: 5, only: "waits"}, store)
	if len(high.Degraded) != 0 || score(high, "a_2") <= score(plain, "a_2") || score(high, "a_1") != score(plain, "a_1") {
		t.Errorf("a likeness of the model does not raise the score: %v, %v", plain.Matches, high.Matches)
	}
	if found := match(oracle{near: "a_2", z: 5, only: "waits"}, blind{store}); len(found.Matches) != 1 || found.Matches[0].AchievementID != "a_2" {
		t.Errorf("the model does not recall: %v", found.Matches)
	}
	failed := match(oracle{err: errors.New("down"), only: "waits"}, store)
	if diff := cmp.Diff([]string{matcher.DegradedEmbedding}, failed.Degraded); diff != "" {
		t.Error(diff)
	}
	failed.Degraded = nil
	if diff := cmp.Diff(plain, failed); diff != "" {
		t.Errorf("without its model, matching differs from matching without one:\n%s", diff)
	}
}

func TestBatchAsksNoModel(t *testing.T) {
	subject := need("n_1", "印染废水脱色", "现有工艺色度不达标")
	_, c, store := world(t, subject, achievement("a_1", "印染废水催化脱色", "用于印染废水脱色"))
	m := matcher.New(matcher.Options{
		Collection: c, Recaller: store, Records: store, Analyzer: analyzerFunc(t), Semantics: oracle{near: "a_1", z: 4, only: "looks"},
	})
	var got []jiqiao.MatchResult
	_, err := m.MatchAll(t.Context(), func(yield func(jiqiao.Record, error) bool) { yield(subject, nil) }, matcher.Batch{
		Save: func(_ context.Context, _ jiqiao.Record, results []jiqiao.MatchResult, _ int) error {
			got = append(got, results...)
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	single := matcher.New(matcher.Options{
		Collection: c, Recaller: store, Records: store, Analyzer: analyzerFunc(t), Semantics: oracle{near: "a_1", z: 4, only: "waits"},
	})
	list, err := single.Match(t.Context(), subject, jiqiao.MatchQuery{Brief: true})
	if err != nil || len(list.Matches) != 1 || len(got) != 1 || list.Matches[0].Score != got[0].Score {
		t.Errorf("alone %v, in a batch %v, %v", list.Matches, got, err)
	}
}
