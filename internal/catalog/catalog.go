// Package catalog is search as a caller sees it: the index finds, the store gives the records, and the sentences that
// answer the query are marked.
package catalog

import (
	"context"
	"fmt"
	"slices"

	"jiqiao"
	"jiqiao/index/zh"
)

// Index finds records; *index.Index is one.
type Index interface {
	Search(ctx context.Context, q jiqiao.SearchQuery) (jiqiao.SearchResult, error)
	Suggest(ctx context.Context, kind jiqiao.Kind, prefix string, n int) ([]jiqiao.Suggestion, error)
	Similar(ctx context.Context, rec jiqiao.Record, n int) ([]jiqiao.Duplicate, error)
	// QueryTerms are the folded terms that answer a text.
	QueryTerms(text string) []string
}

// Records reads records; the store is one.
type Records interface {
	// GetMany keeps the order of ids and leaves missing ones out.
	GetMany(ctx context.Context, kind jiqiao.Kind, ids []string) ([]jiqiao.Record, error)
}

// Catalog answers searches in full. It is safe for concurrent use.
type Catalog struct {
	index    Index
	records  Records
	analyzer *zh.Holder
}

// New joins an index with the store it follows. The analyzer marks the words found.
func New(x Index, r Records, a *zh.Holder) *Catalog { return &Catalog{x, r, a} }

// Search finds records and fills the Record, Title and Snippets of every hit. A record that was deleted, or withdrawn
// from what the filter admits, since the index saw it is left out of the page.
func (c *Catalog) Search(ctx context.Context, q jiqiao.SearchQuery) (jiqiao.SearchResult, error) {
	found, err := c.index.Search(ctx, q)
	if err != nil {
		return jiqiao.SearchResult{}, err
	}
	ids := make([]string, len(found.Hits))
	for i, h := range found.Hits {
		ids[i] = h.ID
	}
	records, err := c.read(ctx, q.Kind, ids)
	if err != nil {
		return jiqiao.SearchResult{}, err
	}
	mark := newMarker(c.analyzer.Get(), c.index.QueryTerms(q.Text))
	admits := admission(q.Filter)
	hits := make([]jiqiao.Hit, 0, len(found.Hits))
	for _, h := range found.Hits {
		rec, ok := records[h.ID]
		if !ok || !admits(rec) {
			continue
		}
		h.Record = rec
		h.Title, h.Snippets = mark.record(q.Filter.Access.Show(rec))
		hits = append(hits, h)
	}
	found.Hits = hits
	return found, nil
}

// admission repeats the part of a filter that keeps secrets, on the record as it is now.
func admission(f jiqiao.Filter) func(jiqiao.Record) bool {
	f = f.Normalise()
	whatever := slices.Contains(f.Statuses, jiqiao.AnyStatus)
	return func(rec jiqiao.Record) bool {
		return f.Access.Sees(rec) && (whatever || slices.Contains(f.Statuses, rec.Head().Status))
	}
}

// Facets is Search without hits: Total and Facets are filled.
func (c *Catalog) Facets(ctx context.Context, q jiqiao.SearchQuery) (jiqiao.SearchResult, error) {
	q.Facets, q.Limit, q.Cursor = true, 1, ""
	found, err := c.index.Search(ctx, q)
	found.Hits, found.Next = nil, ""
	return found, err
}

// Suggest completes a prefix from records that are published and neither private nor anonymous.
func (c *Catalog) Suggest(ctx context.Context, kind jiqiao.Kind, prefix string, n int) ([]jiqiao.Suggestion, error) {
	return c.index.Suggest(ctx, kind, prefix, n)
}

// Similar lists records of the same side that say nearly the same as rec, with their Record. Their similarity is computed
// from the records as they are now: the Jaccard similarity of the sets of four-character shingles of all texts.
func (c *Catalog) Similar(ctx context.Context, rec jiqiao.Record, n int) ([]jiqiao.Duplicate, error) {
	found, err := c.index.Similar(ctx, rec, n)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(found))
	for i, d := range found {
		ids[i] = d.ID
	}
	records, err := c.read(ctx, rec.Kind(), ids)
	if err != nil {
		return nil, err
	}
	own := shingles(c.analyzer.Get(), rec)
	list := make([]jiqiao.Duplicate, 0, len(found))
	for _, d := range found {
		other, ok := records[d.ID]
		if !ok || !other.Head().Disclosure.Offered() {
			continue
		}
		d.Record = other
		d.Similarity = jaccard(own, shingles(c.analyzer.Get(), jiqiao.Face(other)))
		list = append(list, d)
	}
	slices.SortStableFunc(list, func(a, b jiqiao.Duplicate) int {
		switch {
		case a.Similarity > b.Similarity:
			return -1
		case a.Similarity < b.Similarity:
			return 1
		default:
			return 0
		}
	})
	return list, nil
}

// read gets records by id.
func (c *Catalog) read(ctx context.Context, kind jiqiao.Kind, ids []string) (map[string]jiqiao.Record, error) {
	if len(ids) == 0 {
		return map[string]jiqiao.Record{}, nil
	}
	list, err := c.records.GetMany(ctx, kind, ids)
	if err != nil {
		return nil, fmt.Errorf("catalog: read %d records found: %w", len(ids), err)
	}
	records := make(map[string]jiqiao.Record, len(list))
	for _, r := range list {
		if r.Head().DeletedAt == nil {
			records[r.Head().ID] = r
		}
	}
	return records, nil
}

// shingles are the sorted hashes of a record's shingles.
func shingles(a *zh.Analyzer, rec jiqiao.Record) []uint64 {
	text := ""
	for _, s := range rec.Sections() {
		text += s.Text + "\n"
	}
	return a.Grams(text)
}

// jaccard compares sorted sets.
func jaccard(a, b []uint64) float64 {
	common := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			common++
			i++
			j++
		}
	}
	union := len(a) + len(b) - common
	if union == 0 {
		return 0
	}
	return float64(common) / float64(union)
}
