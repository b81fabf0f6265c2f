package index

import (
	"container/heap"
	"context"
	"maps"
	"slices"

	"jiqiao"
	"jiqiao/index/postings"
)

// Search answers a query with identifiers and scores; the caller adds the records. An empty text finds everything that
// passes the filter, a text of punctuation alone nothing. A text of more than 2,000 characters is cut.
func (x *Index) Search(ctx context.Context, q jiqiao.SearchQuery) (jiqiao.SearchResult, error) {
	st, err := x.ready(ctx)
	if err != nil {
		return jiqiao.SearchResult{}, err
	}
	if err := q.Validate(); err != nil {
		return jiqiao.SearchResult{}, err
	}
	q, truncated := q.Normalise()
	page := &page{size: q.Limit}
	if q.Cursor != "" {
		if page.after, err = decodeCursor(q); err != nil {
			return jiqiao.SearchResult{}, err
		}
		page.started = true
	}
	r := jiqiao.SearchResult{Truncated: truncated, Hits: []jiqiao.Hit{}}
	filter := st.symbols.filter(q.Filter)
	var counts *tally
	if q.Facets {
		counts = newTally(st.symbols, filter)
	}
	st.find(q, &filter.sight, func(view *postings.View[columns], ord uint32, score float64, c *columns) {
		missing, visible := filter.missing(c)
		if !visible {
			return
		}
		if counts != nil {
			counts.add(c, missing)
		}
		if missing == 0 {
			r.Total++
			page.add(view, ord, score, sortKey(q.Sort, c, score))
		}
	})
	hits, more := page.hits()
	for _, h := range hits {
		r.Hits = append(r.Hits, jiqiao.Hit{ID: h.id, Score: h.score})
	}
	if more {
		r.Next = encodeCursor(q, hits[len(hits)-1].position)
	}
	if counts != nil {
		r.Facets = counts.facets(st.symbols)
	}
	return r, nil
}

// find visits the records that match the text, whatever the filter says. How much of the text a record must hold is
// measured by those that are seen.
func (st *state) find(q jiqiao.SearchQuery, seen *sight, visit func(*postings.View[columns], uint32, float64, *columns)) {
	side := st.sides[q.Kind]
	if q.Text == "" {
		view := side.View()
		view.Each(func(ord uint32, c *columns) { visit(view, ord, 0, c) })
		return
	}
	typed := st.typedQuery(q.Text)
	if typed.empty() {
		return
	}
	scores := side.Score(typed.query())
	defer scores.Release()
	least := 1
	if !typed.long {
		least = 0
		scores.Matches(func(_ uint32, _ float64, mask uint64, c *columns) {
			if l := typed.level(mask); l > least && seen.visible(c) {
				least = l
			}
		})
	}
	if least == 0 {
		return
	}
	scores.Matches(func(ord uint32, score float64, mask uint64, c *columns) {
		if typed.long || typed.level(mask) >= least {
			visit(scores.View, ord, score, c)
		}
	})
}

// found is one entry of a page.
type found struct {
	position
	score float64
}

// page keeps the first size records after a position.
type page struct {
	size    int
	started bool
	after   position
	items   []found // a heap, the last of the page at the root
}

func (p *page) add(view *postings.View[columns], ord uint32, score float64, key int64) {
	if p.started && key > p.after.key || p.full() && key < p.items[0].key {
		return // without looking at the id
	}
	f := found{position{key, view.ID(ord)}, score}
	if p.started && !p.after.before(f.position) {
		return
	}
	if !p.full() {
		heap.Push(p, f)
	} else if f.before(p.items[0].position) {
		p.items[0] = f
		heap.Fix(p, 0)
	}
}

// full counts one more than the page holds, to know whether there is a next one.
func (p *page) full() bool { return len(p.items) > p.size }

// hits is the page in order; more says that there is a next one.
func (p *page) hits() (hits []found, more bool) {
	slices.SortFunc(p.items, func(a, b found) int {
		if a.before(b.position) {
			return -1
		}
		return 1
	})
	if p.full() {
		return p.items[:p.size], true
	}
	return p.items, false
}

func (p *page) Len() int           { return len(p.items) }
func (p *page) Less(i, j int) bool { return p.items[j].before(p.items[i].position) }
func (p *page) Swap(i, j int)      { p.items[i], p.items[j] = p.items[j], p.items[i] }
func (p *page) Push(x any)         { p.items = append(p.items, x.(found)) }
func (p *page) Pop() any {
	last := len(p.items) - 1
	x := p.items[last]
	p.items = p.items[:last]
	return x
}

// QueryTerms are the folded terms that answer a text, synonyms among them, for highlights.
func (x *Index) QueryTerms(text string) []string {
	st := x.live.Load()
	if st == nil {
		return nil
	}
	text, _ = jiqiao.CutQuery(text)
	return slices.Sorted(maps.Keys(st.typedQuery(text).words))
}
