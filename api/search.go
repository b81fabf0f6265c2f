package api

import (
	"context"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Searcher finds records; the catalogue, which joins the index with the store.
type Searcher interface {
	// Search fills the Record, Title and Snippets of every hit.
	// Records are whole; Title and Snippets are what q.Filter.Access shows of them.
	Search(ctx context.Context, q jiqiao.SearchQuery) (jiqiao.SearchResult, error)
	// Facets is Search without hits: Total and Facets are filled.
	Facets(ctx context.Context, q jiqiao.SearchQuery) (jiqiao.SearchResult, error)
	// Suggest completes a prefix from records that are published and not private.
	Suggest(ctx context.Context, kind jiqiao.Kind, prefix string, n int) ([]jiqiao.Suggestion, error)
	// Similar lists records of the same side whose texts are nearly rec's, rec itself not among them, with their Record.
	Similar(ctx context.Context, rec jiqiao.Record, n int) ([]jiqiao.Duplicate, error)
}

const defaultSuggestions = 10

func (s *Server) search(c *gin.Context) error {
	q := query{c: c}
	return s.answerSearch(c, &q, q.search(q.kind()))
}

// listRecords is a search without text.
func (s *Server) listRecords(kind jiqiao.Kind) handler {
	return func(c *gin.Context) error {
		q := query{c: c}
		sq := q.search(kind)
		sq.Text, sq.Facets = "", false
		return s.answerSearch(c, &q, sq)
	}
}

func (s *Server) answerSearch(c *gin.Context, q *query, sq jiqiao.SearchQuery) error {
	if err := q.first(sq.Validate); err != nil {
		return err
	}
	sq, truncated := sq.Normalise()
	found, err := s.opts.Searcher.Search(c.Request.Context(), sq)
	if err != nil {
		return err
	}
	found.Hits = showHits(sq.Filter.Access, found.Hits)
	found.Facets = showFacets(sq.Filter.Access, found.Facets)
	found.Truncated = found.Truncated || truncated
	s.metrics.degrade(found.Degraded)
	return answer(c, found)
}

// facetCounts answers /facets.
type facetCounts struct {
	Total    int            `json:"total"`
	Facets   []jiqiao.Facet `json:"facets"`
	Degraded []string       `json:"degraded,omitempty"`
}

func (s *Server) facets(c *gin.Context) error {
	q := query{c: c}
	sq := q.search(q.kind())
	sq.Facets = true
	if err := q.first(sq.Validate); err != nil {
		return err
	}
	sq, _ = sq.Normalise()
	found, err := s.opts.Searcher.Facets(c.Request.Context(), sq)
	if err != nil {
		return err
	}
	s.metrics.degrade(found.Degraded)
	counts := facetCounts{found.Total, showFacets(sq.Filter.Access, found.Facets), found.Degraded}
	if counts.Facets == nil {
		counts.Facets = []jiqiao.Facet{}
	}
	return answer(c, counts)
}

// showFacets leaves out the count of statuses for those who see published records alone: a facet is counted without its
// own filter. Missing lists become empty ones, which JSON would write as null.
func showFacets(a jiqiao.Access, facets []jiqiao.Facet) []jiqiao.Facet {
	var shown []jiqiao.Facet
	for _, f := range facets {
		if f.Name == "statuses" && a.Published() {
			continue
		}
		if f.Values == nil {
			f.Values = []jiqiao.FacetValue{}
		}
		shown = append(shown, f)
	}
	return shown
}

type suggestions struct {
	Suggestions []jiqiao.Suggestion `json:"suggestions"`
}

func (s *Server) suggest(c *gin.Context) error {
	q := query{c: c}
	kind, n := q.kind(), q.number("limit", 1, jiqiao.MaxSuggestions)
	prefix, _ := jiqiao.CutQuery(q.text("q"))
	if err := q.err(); err != nil {
		return err
	}
	if n == 0 {
		n = defaultSuggestions
	}
	found, err := s.opts.Searcher.Suggest(c.Request.Context(), kind, prefix, n)
	if err != nil {
		return err
	}
	found, err = s.showSuggestions(c.Request.Context(), viewer(c), kind, found)
	if err != nil {
		return err
	}
	return answer(c, suggestions{found})
}

// showSuggestions drops the titles of records that the public may not see, and takes hidden owners out of the others.
func (s *Server) showSuggestions(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, found []jiqiao.Suggestion) ([]jiqiao.Suggestion, error) {
	shown := make([]jiqiao.Suggestion, 0, len(found))
	var ids []string
	for _, f := range found {
		if f.ID != "" {
			ids = append(ids, f.ID)
		}
	}
	titles := map[string]string{}
	if len(ids) > 0 {
		records, err := s.opts.Records.GetMany(ctx, kind, ids)
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			if v.Sees(r) {
				titles[r.Head().ID] = v.Show(r).Head().Title
			}
		}
	}
	for _, f := range found {
		title, seen := titles[f.ID]
		if f.ID != "" && !seen {
			continue
		}
		if seen {
			f.Text = title
		}
		shown = append(shown, f)
	}
	return shown, nil
}

type duplicates struct {
	Duplicates []jiqiao.Duplicate `json:"duplicates"`
}

func (s *Server) similar(kind jiqiao.Kind) handler {
	return func(c *gin.Context) error {
		q := query{c: c}
		n := q.number("limit", 1, jiqiao.MaxSuggestions)
		if err := q.err(); err != nil {
			return err
		}
		if n == 0 {
			n = defaultSuggestions
		}
		rec, err := s.visible(c, kind)
		if err != nil {
			return err
		}
		// More than asked for: some may be hidden from this viewer.
		access := viewer(c).Access()
		found, err := s.opts.Searcher.Similar(c.Request.Context(), access.Show(rec), 2*jiqiao.MaxSuggestions)
		if err != nil {
			return err
		}
		return answer(c, duplicates{showDuplicates(access, found, n)})
	}
}
