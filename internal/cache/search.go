package cache

import (
	"context"
	"encoding/json"
	"fmt"

	"jiqiao"
)

// Searching finds records; the catalogue is one, and so is Searcher.
type Searching interface {
	Search(ctx context.Context, q jiqiao.SearchQuery) (jiqiao.SearchResult, error)
	Facets(ctx context.Context, q jiqiao.SearchQuery) (jiqiao.SearchResult, error)
	Suggest(ctx context.Context, kind jiqiao.Kind, prefix string, n int) ([]jiqiao.Suggestion, error)
	Similar(ctx context.Context, rec jiqiao.Record, n int) ([]jiqiao.Duplicate, error)
}

// Searcher is a Searching that keeps the facet counts of another. Searches pass through: their texts hardly repeat.
type Searcher struct {
	Searching
	answers *Answers
}

// NewSearcher puts answers before next.
func NewSearcher(next Searching, answers *Answers) *Searcher { return &Searcher{next, answers} }

// Facets implements Searching.
func (s *Searcher) Facets(ctx context.Context, q jiqiao.SearchQuery) (jiqiao.SearchResult, error) {
	q, _ = q.Normalise()
	q.Sort, q.Limit, q.Cursor = "", 0, "" // counts do not depend on them
	params, err := json.Marshal(q)
	if err != nil {
		return jiqiao.SearchResult{}, fmt.Errorf("name the question: %w", err)
	}
	what := fmt.Sprintf("facets for %s %s", q.Filter.Access.Key(), params)
	kept, err := s.answers.Do(ctx, q.Kind, "", what, func(ctx context.Context, degraded bool) ([]byte, error) {
		found, err := s.Searching.Facets(ctx, q)
		if err != nil {
			return nil, err
		}
		found.Hits = nil
		if degraded {
			found.Degraded = append(found.Degraded, Degraded)
		}
		return json.Marshal(found)
	})
	if err != nil {
		return jiqiao.SearchResult{}, err
	}
	var found jiqiao.SearchResult
	if err := json.Unmarshal(kept, &found); err != nil {
		return jiqiao.SearchResult{}, fmt.Errorf("read kept facets: %w", err)
	}
	return found, nil
}
