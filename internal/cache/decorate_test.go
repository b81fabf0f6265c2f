package cache

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

// shelf is a store, a matcher and a catalogue over achievements by id.
type shelf struct {
	world
	records map[string]*jiqiao.Achievement
	matched int
	counted int
}

func newShelf() *shelf {
	s := &shelf{records: map[string]*jiqiao.Achievement{}}
	for _, id := range []string{"a_1", "a_2"} {
		s.records[id] = &jiqiao.Achievement{Header: jiqiao.Header{ID: id, Title: "成果" + id, Contact: jiqiao.Contact{Mobile: "13912345678"}}}
	}
	return s
}

func (s *shelf) GetMany(_ context.Context, _ jiqiao.Kind, ids []string) ([]jiqiao.Record, error) {
	var found []jiqiao.Record
	for _, id := range ids {
		if r, ok := s.records[id]; ok {
			found = append(found, r)
		}
	}
	return found, nil
}

func (s *shelf) Match(_ context.Context, subject jiqiao.Record, q jiqiao.MatchQuery) (jiqiao.MatchList, error) {
	s.matched++
	list := jiqiao.MatchList{Kind: jiqiao.KindAchievement, Generation: "g"}
	for _, id := range []string{"a_2", "a_1"} {
		if r, ok := s.records[id]; ok {
			list.Matches = append(list.Matches, jiqiao.Match{NeedID: subject.Head().ID, AchievementID: id, Score: .5, Level: 3, Record: r})
		}
	}
	list.Total = len(list.Matches)
	return list, nil
}

func (s *shelf) MatchText(ctx context.Context, _ jiqiao.Kind, _ string, q jiqiao.MatchQuery) (jiqiao.MatchList, error) {
	return s.Match(ctx, &jiqiao.Need{}, q)
}

func (s *shelf) Facets(_ context.Context, q jiqiao.SearchQuery) (jiqiao.SearchResult, error) {
	s.counted++
	return jiqiao.SearchResult{Total: 7, Facets: []jiqiao.Facet{{Name: "regions", Values: []jiqiao.FacetValue{{Code: "320000", Count: 7}}}}}, nil
}

func (s *shelf) Search(context.Context, jiqiao.SearchQuery) (jiqiao.SearchResult, error) {
	return jiqiao.SearchResult{Total: 1}, nil
}

func (s *shelf) Suggest(context.Context, jiqiao.Kind, string, int) ([]jiqiao.Suggestion, error) {
	return nil, nil
}

func (s *shelf) Similar(context.Context, jiqiao.Record, int) ([]jiqiao.Duplicate, error) {
	return nil, nil
}

func TestMatcherAnswersAsTheOneItStandsFor(t *testing.T) {
	s := newShelf()
	m := NewMatcher(s, s, newAnswers(NewMemory(1<<20), &s.world, nil))
	need := &jiqiao.Need{Header: jiqiao.Header{ID: "n_1", Version: 1}}
	want, _ := s.Match(t.Context(), need, jiqiao.MatchQuery{})
	s.matched = 0
	for range 3 {
		got, err := m.Match(t.Context(), need, jiqiao.MatchQuery{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	}
	if s.matched != 1 {
		t.Errorf("matched %d times, want 1", s.matched)
	}
}

func TestMatcherTellsQuestionsApart(t *testing.T) {
	need := func(version int64) *jiqiao.Need {
		return &jiqiao.Need{Header: jiqiao.Header{ID: "n_1", Version: version}}
	}
	ask := func(m *Matcher, subject jiqiao.Record, q jiqiao.MatchQuery) {
		if _, err := m.Match(t.Context(), subject, q); err != nil {
			t.Fatal(err)
		}
	}
	text := func(m *Matcher, text string, q jiqiao.MatchQuery) {
		if _, err := m.MatchText(t.Context(), jiqiao.KindNeed, text, q); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name string
		ask  func(*Matcher)
		made int
	}{
		{"the same twice", func(m *Matcher) {
			ask(m, need(1), jiqiao.MatchQuery{})
			ask(m, need(1), jiqiao.MatchQuery{Limit: jiqiao.DefaultPage})
		}, 1},
		{"filters in another order", func(m *Matcher) {
			ask(m, need(1), jiqiao.MatchQuery{Filter: jiqiao.Filter{Years: []int{2025, 2026}}})
			ask(m, need(1), jiqiao.MatchQuery{Filter: jiqiao.Filter{Years: []int{2026, 2025}}})
		}, 1},
		{"a subject read before it changed", func(m *Matcher) { ask(m, need(1), jiqiao.MatchQuery{}); ask(m, need(2), jiqiao.MatchQuery{}) }, 2},
		{"who may see private records", func(m *Matcher) {
			ask(m, need(1), jiqiao.MatchQuery{})
			ask(m, need(1), jiqiao.MatchQuery{Filter: jiqiao.Filter{Access: jiqiao.Access{Everything: true}}})
			ask(m, need(1), jiqiao.MatchQuery{Filter: jiqiao.Filter{Access: jiqiao.Access{Organisation: "o_1"}}})
			ask(m, need(1), jiqiao.MatchQuery{Filter: jiqiao.Filter{Access: jiqiao.Access{Organisation: "o_1", Granted: []string{"a_1"}}}})
		}, 4},
		{"page and brief", func(m *Matcher) {
			ask(m, need(1), jiqiao.MatchQuery{})
			ask(m, need(1), jiqiao.MatchQuery{Offset: 20})
			ask(m, need(1), jiqiao.MatchQuery{Brief: true})
		}, 3},
		{"no record at all is not kept", func(m *Matcher) {
			ask(m, &jiqiao.Need{}, jiqiao.MatchQuery{})
			ask(m, &jiqiao.Need{}, jiqiao.MatchQuery{})
		}, 2},
		{"texts", func(m *Matcher) {
			text(m, "甲", jiqiao.MatchQuery{})
			text(m, "甲", jiqiao.MatchQuery{})
			text(m, "乙", jiqiao.MatchQuery{})
		}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newShelf()
			c.ask(NewMatcher(s, s, newAnswers(NewMemory(1<<20), &s.world, nil)))
			if s.matched != c.made {
				t.Errorf("matched %d times, want %d", s.matched, c.made)
			}
		})
	}
}

// recording remembers what passes into the cache.
type recording struct {
	Cache
	seen []string
}

func (r *recording) Set(ctx context.Context, key string, value []byte) error {
	r.seen = append(r.seen, key+string(value))
	return r.Cache.Set(ctx, key, value)
}

func TestNoContactReachesTheCache(t *testing.T) {
	s := newShelf()
	held := &recording{Cache: NewMemory(1 << 20)}
	m := NewMatcher(s, s, newAnswers(held, &s.world, nil))
	list, err := m.Match(t.Context(), &jiqiao.Need{Header: jiqiao.Header{ID: "n_1"}}, jiqiao.MatchQuery{})
	if err != nil {
		t.Fatal(err)
	}
	if list.Matches[0].Record.Head().Contact.Mobile == "" {
		t.Error("the answer lacks the contact")
	}
	if len(held.seen) == 0 || slices.ContainsFunc(held.seen, func(s string) bool { return strings.Contains(s, "13912345678") }) {
		t.Errorf("held: %q", held.seen)
	}
}

func TestMatcherReadsRecordsAfresh(t *testing.T) {
	s := newShelf()
	m := NewMatcher(s, s, newAnswers(NewMemory(1<<20), &s.world, nil))
	need := &jiqiao.Need{Header: jiqiao.Header{ID: "n_1"}}
	if _, err := m.Match(t.Context(), need, jiqiao.MatchQuery{}); err != nil {
		t.Fatal(err)
	}
	delete(s.records, "a_2") // gone from the store, and the state not yet moved
	list, err := m.Match(t.Context(), need, jiqiao.MatchQuery{})
	if err != nil {
		t.Fatal(err)
	}
	if len(list.Matches) != 1 || list.Matches[0].AchievementID != "a_1" {
		t.Errorf("matches %+v", list.Matches)
	}
}

func TestFacetsAreKept(t *testing.T) {
	s := newShelf()
	c := NewSearcher(s, newAnswers(NewMemory(1<<20), &s.world, nil))
	ask := func(q jiqiao.SearchQuery) {
		t.Helper()
		got, err := c.Facets(t.Context(), q)
		if err != nil || got.Total != 7 || len(got.Facets) != 1 || got.Facets[0].Values[0].Count != 7 {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	ask(jiqiao.SearchQuery{Kind: jiqiao.KindNeed, Text: "碳化硅"})
	ask(jiqiao.SearchQuery{Kind: jiqiao.KindNeed, Text: "碳化硅 ", Limit: 50, Sort: jiqiao.SortNewest, Cursor: "x"})
	if s.counted != 1 {
		t.Errorf("counted %d times for one question", s.counted)
	}
	ask(jiqiao.SearchQuery{Kind: jiqiao.KindAchievement, Text: "碳化硅"})
	ask(jiqiao.SearchQuery{Kind: jiqiao.KindNeed, Text: "碳化硅", Filter: jiqiao.Filter{Access: jiqiao.Access{Everything: true}}})
	s.seq.Add(1)
	ask(jiqiao.SearchQuery{Kind: jiqiao.KindNeed, Text: "碳化硅"})
	if s.counted != 4 {
		t.Errorf("counted %d times, want 4", s.counted)
	}
	if found, err := c.Search(t.Context(), jiqiao.SearchQuery{}); err != nil || found.Total != 1 {
		t.Errorf("search does not pass through: %+v, %v", found, err)
	}
}

func TestDegradedIsSaid(t *testing.T) {
	s := newShelf()
	down := brokenCache{}
	a := newAnswers(down, &s.world, nil)
	list, err := NewMatcher(s, s, a).Match(t.Context(), &jiqiao.Need{Header: jiqiao.Header{ID: "n_1"}}, jiqiao.MatchQuery{})
	if err != nil || !slices.Equal(list.Degraded, []string{Degraded}) || len(list.Matches) != 2 {
		t.Errorf("match: %+v, %v", list, err)
	}
	found, err := NewSearcher(s, a).Facets(t.Context(), jiqiao.SearchQuery{Kind: jiqiao.KindNeed})
	if err != nil || !slices.Equal(found.Degraded, []string{Degraded}) {
		t.Errorf("facets: %+v, %v", found, err)
	}
}

// brokenCache is a cache that does not work.
type brokenCache struct{}

func (brokenCache) Get(context.Context, string) ([]byte, error) { return nil, ErrDown }
func (brokenCache) Set(context.Context, string, []byte) error   { return ErrDown }
