package postings

import (
	"cmp"
	"container/heap"
	"encoding/binary"
	"slices"
	"sync"
)

// QueryTerm is one term of a query.
type QueryTerm struct {
	ID uint32
	// Word and Gram are the query's weights in the channels; 0 leaves a channel out.
	Word, Gram float64
	// Bits are set in the mask of every document that holds the term in any channel.
	Bits uint64
}

// Query asks for documents by terms.
type Query struct {
	// Terms may come in any order; of one ID there must be one.
	Terms []QueryTerm
	// Head multiplies what a term of a document's head scores; 0 means 1.
	Head float64
}

// Scores is a query's answer for every document of a view. Release it after use.
type Scores[C any] struct {
	*View[C]
	terms []scoredTerm
	head  float64
	score []float64
	mask  []uint64
}

// scoredTerm is a query term times its idf.
type scoredTerm struct {
	id         uint32
	word, gram float64
	bits       uint64
}

// pool keeps accumulators between queries: one query of 100,000 documents needs 1.6 MB of them.
var pool = sync.Pool{New: func() any { return new(accumulators) }}

type accumulators struct {
	score []float64
	mask  []uint64
}

// Score ranks all documents. Frequencies and documents are of the same state.
func (s *Side[C]) Score(q Query) *Scores[C] {
	r := &Scores[C]{head: q.Head}
	if r.head == 0 {
		r.head = 1
	}
	s.mu.RLock()
	r.View = s.view
	for _, t := range q.Terms {
		f := s.frequency(t.ID)
		if f == (DF{}) {
			continue
		}
		r.terms = append(r.terms, scoredTerm{t.ID, t.Word * IDF(r.live, f.Word), t.Gram * IDF(r.live, f.Gram), t.Bits})
	}
	s.mu.RUnlock()
	slices.SortFunc(r.terms, func(a, b scoredTerm) int { return cmp.Compare(a.id, b.id) })
	a := pool.Get().(*accumulators)
	a.score = zeroed(a.score, r.Size())
	a.mask = zeroed(a.mask, r.Size())
	r.score, r.mask = a.score, a.mask
	r.accumulate()
	return r
}

func zeroed[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n+n/8)[:n]
	}
	s = s[:n]
	clear(s)
	return s
}

// Release gives the memory back; the Scores must not be used after it.
func (r *Scores[C]) Release() {
	pool.Put(&accumulators{r.score, r.mask})
	r.score, r.mask = nil, nil
}

func (r *Scores[C]) accumulate() {
	word, gram := r.norms()
	for i := range r.parts {
		p := &r.parts[i]
		from, to := p.base, p.base+uint32(p.segment.size())
		a := window{r.params, r.head, r.score[from:to], r.mask[from:to], word[from:to], gram[from:to]}
		for _, t := range r.terms {
			a.add(p.list(t.id), t)
		}
	}
}

// window is the part of the accumulators that belongs to one segment.
type window struct {
	params     Params
	head       float64
	score      []float64
	mask       []uint64
	word, gram []float32 // norms
}

// add walks one list. It is the inner loop of every query: nine of ten entries have weight 1 and take the first three
// cases, and the reader is written out in it.
func (a *window) add(list []byte, t scoredTerm) {
	k := a.params.K1 + 1
	word, gram := t.word*k, t.gram*k
	doc := ^uint32(0)
	for at := 0; at < len(list); {
		v := uint64(list[at])
		at++
		if v >= 0x80 {
			rest, n := binary.Uvarint(list[at-1:])
			v, at = rest, at-1+n
		}
		doc += uint32(v >> 2)
		a.mask[doc] |= t.bits
		switch v & 3 {
		case codeGram:
			a.score[doc] += gram / (1 + float64(a.gram[doc]))
		case codeBoth:
			a.score[doc] += gram/(1+float64(a.gram[doc])) + word/(1+float64(a.word[doc]))
		case codeWord:
			a.score[doc] += word / (1 + float64(a.word[doc]))
		default:
			w, g := list[at], float64(list[at+1])
			at += 2
			boost := 1.0
			if w&headBit != 0 {
				boost = a.head
			}
			f := float64(w &^ headBit)
			a.score[doc] += boost * (word*f/(f+float64(a.word[doc])) + gram*g/(g+float64(a.gram[doc])))
		}
	}
}

// Matches visits every live document that holds a term of the query.
func (r *Scores[C]) Matches(visit func(ord uint32, score float64, mask uint64, payload *C)) {
	for i := range r.parts {
		p := &r.parts[i]
		for d := range uint32(p.segment.size()) {
			ord := p.base + d
			if (r.score[ord] > 0 || r.mask[ord] != 0) && p.alive(d) {
				visit(ord, r.score[ord], r.mask[ord], &p.payload[d])
			}
		}
	}
}

// Split is the two summands of a document's score.
func (r *Scores[C]) Split(ord uint32) (word, gram float64) {
	wordNorm, gramNorm := r.norms()
	next := 0
	list := newReader(r.Doc(ord).data)
	for t := (DocTerm{}); next < len(r.terms) && list.next(&t); {
		for next < len(r.terms) && r.terms[next].id < t.ID {
			next++
		}
		if next == len(r.terms) || r.terms[next].id != t.ID {
			continue
		}
		q, boost := r.terms[next], 1.0
		if t.Head {
			boost = r.head
		}
		if t.Word > 0 {
			word += boost * q.word * r.params.saturate(float64(t.Word), float64(wordNorm[ord]))
		}
		if t.Gram > 0 {
			gram += boost * q.gram * r.params.saturate(float64(t.Gram), float64(gramNorm[ord]))
		}
	}
	return word, gram
}

// Ranked is a document with its score.
type Ranked struct {
	Ord   uint32
	Score float64
}

// Top is the k best documents that keep admits (nil: all), best first, ties by ID. keep is asked only about documents
// that would be among the best so far.
func (r *Scores[C]) Top(k int, keep func(*C) bool) []Ranked {
	if keep == nil {
		return r.TopMasked(k, nil)
	}
	return r.TopMasked(k, func(_ uint64, payload *C) bool { return keep(payload) })
}

// TopMasked is Top with a keep that also sees which bits of the query a document has.
func (r *Scores[C]) TopMasked(k int, keep func(mask uint64, payload *C) bool) []Ranked {
	if k <= 0 {
		return nil
	}
	h := &worstFirst[C]{view: r.View}
	for i := range r.parts {
		p := &r.parts[i]
		for d := range uint32(p.segment.size()) {
			e := Ranked{p.base + d, r.score[p.base+d]}
			if e.Score <= 0 || len(h.items) == k && !h.better(e, h.items[0]) || !p.alive(d) {
				continue
			}
			if keep != nil && !keep(r.mask[e.Ord], &p.payload[d]) {
				continue
			}
			if len(h.items) < k {
				heap.Push(h, e)
				continue
			}
			h.items[0] = e
			heap.Fix(h, 0)
		}
	}
	slices.SortFunc(h.items, func(a, b Ranked) int {
		if h.better(a, b) {
			return -1
		}
		return 1
	})
	return h.items
}

// worstFirst is a heap whose root is the document to drop next.
type worstFirst[C any] struct {
	view  *View[C]
	items []Ranked
}

func (h *worstFirst[C]) better(a, b Ranked) bool {
	if a.Score != b.Score {
		return a.Score > b.Score
	}
	return h.view.ID(a.Ord) < h.view.ID(b.Ord)
}

func (h *worstFirst[C]) Len() int           { return len(h.items) }
func (h *worstFirst[C]) Less(i, j int) bool { return h.better(h.items[j], h.items[i]) }
func (h *worstFirst[C]) Swap(i, j int)      { h.items[i], h.items[j] = h.items[j], h.items[i] }
func (h *worstFirst[C]) Push(x any)         { h.items = append(h.items, x.(Ranked)) }
func (h *worstFirst[C]) Pop() any {
	last := len(h.items) - 1
	x := h.items[last]
	h.items = h.items[:last]
	return x
}
