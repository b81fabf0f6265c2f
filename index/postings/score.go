package postings

import (
	"cmp"
	"container/heap"
	"encoding/binary"
	"runtime"
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
	// Budget bounds how many entries of lists are read, the rarest terms first: the last terms of a long text stand
	// in every third document, cost most and tell least. 0 is no bound, and then scores are exact.
	Budget int
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
	for _, t := range s.affordable(q) {
		f := s.frequency(t.ID)
		if f == (DF{}) {
			continue
		}
		r.terms = append(r.terms, scoredTerm{t.ID, t.Word * IDF(r.live, f.Word), t.Gram * IDF(r.live, f.Gram), t.Bits})
	}
	s.mu.RUnlock()
	slices.SortFunc(r.terms, func(a, b scoredTerm) int { return cmp.Compare(a.id, b.id) })
	a := borrow(r.Size())
	r.score, r.mask = a.score, a.mask
	r.accumulate()
	return r
}

// affordable are the query's rarest terms whose lists together stay within its budget; at least one, whatever it costs.
// The caller holds mu.
func (s *Side[C]) affordable(q Query) []QueryTerm {
	if q.Budget == 0 {
		return q.Terms
	}
	length := func(t QueryTerm) int {
		f := s.frequency(t.ID)
		return int(max(f.Word, f.Gram))
	}
	terms := slices.SortedStableFunc(slices.Values(q.Terms), func(a, b QueryTerm) int { return cmp.Compare(length(a), length(b)) })
	read := 0
	for i, t := range terms {
		if read += length(t); read > q.Budget && i > 0 {
			return terms[:i]
		}
	}
	return terms
}

func borrow(size int) *accumulators {
	a := pool.Get().(*accumulators)
	a.score = zeroed(a.score, size)
	a.mask = zeroed(a.mask, size)
	return a
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

// blockSize documents are scored at a time, all terms for them, so that the accumulators stay in the processor's cache:
// 16 bytes for each document, 256 KiB.
const blockSize = 1 << 14

// divideAbove is how many bytes of lists, about as many postings, are worth a second goroutine.
const divideAbove = 128 << 10

// accumulate scores all terms; when they have long lists, half of them, by bytes, on another processor.
func (r *Scores[C]) accumulate() {
	half, total := 0, 0
	sizes := make([]int, len(r.terms))
	for i, t := range r.terms {
		for j := range r.parts {
			sizes[i] += len(r.parts[j].list(t.id))
		}
		total += sizes[i]
	}
	if total < divideAbove || runtime.GOMAXPROCS(0) == 1 {
		r.addTerms(r.terms, r.score, r.mask)
		return
	}
	for sum := 0; 2*sum < total; half++ {
		sum += sizes[half]
	}
	r.weigh() // once, before both need it
	other := borrow(r.Size())
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.addTerms(r.terms[half:], other.score, other.mask)
	}()
	r.addTerms(r.terms[:half], r.score, r.mask)
	<-done
	for i, s := range other.score {
		r.score[i] += s
		r.mask[i] |= other.mask[i]
	}
	pool.Put(other)
}

// addTerms adds terms to accumulators of the whole view.
func (r *Scores[C]) addTerms(terms []scoredTerm, score []float64, mask []uint64) {
	norms := r.weigh()
	k := r.params.K1 + 1
	lists := make([]list, 0, len(terms))
	for i := range r.parts {
		p := &r.parts[i]
		lists = lists[:0]
		for _, t := range terms {
			if data := p.list(t.id); len(data) > 0 {
				lists = append(lists, list{data: data, last: ^uint32(0), word: t.word * k, gram: t.gram * k, bits: t.bits})
			}
		}
		size := uint32(p.size())
		to := p.base + size
		b := block{r.head, score[p.base:to], mask[p.base:to], norms[p.base:to]}
		for from := uint32(0); from < size; from += blockSize {
			for i := range lists {
				lists[i].add(&b, min(from+blockSize, size))
			}
		}
	}
}

// block is the part of the accumulators that belongs to one segment.
type block struct {
	head  float64
	score []float64
	mask  []uint64
	norms []norm
}

// list is a term's postings in one segment, read up to some document.
type list struct {
	data       []byte
	at         int
	last       uint32 // document read last, -1 before the first
	word, gram float64
	bits       uint64
}

// add scores the documents below limit. It is the inner loop of every query: nine of ten entries have weight 1 and take
// the first three cases, and the reader is written out in it.
func (l *list) add(b *block, limit uint32) {
	data, at, doc := l.data, l.at, l.last
	for at < len(data) {
		v, next := uint64(data[at]), at+1
		if v >= 0x80 {
			n := 0
			v, n = binary.Uvarint(data[at:])
			next = at + n
		}
		d := doc + uint32(v>>2)
		if d >= limit {
			break
		}
		doc, at = d, next
		if l.bits != 0 {
			b.mask[doc] |= l.bits
		}
		n := b.norms[doc]
		switch v & 3 {
		case codeGram:
			b.score[doc] += l.gram * float64(n.gram)
		case codeBoth:
			b.score[doc] += l.gram*float64(n.gram) + l.word*float64(n.word)
		case codeWord:
			b.score[doc] += l.word * float64(n.word)
		default:
			word, gram := data[at], data[at+1]
			at += 2
			boost := 1.0
			if word&headBit != 0 {
				boost = b.head
			}
			w, wd := saturate(word&^headBit, n.word)
			g, gd := saturate(gram, n.gram)
			b.score[doc] += boost * (l.word*w*gd + l.gram*g*wd) / (wd * gd) // one division for both
		}
	}
	l.at, l.last = at, doc
}

// Matches visits every live document that holds a term of the query.
func (r *Scores[C]) Matches(visit func(ord uint32, score float64, mask uint64, payload *C)) {
	for i := range r.parts {
		p := &r.parts[i]
		for d := range uint32(p.size()) {
			ord := p.base + d
			if (r.score[ord] > 0 || r.mask[ord] != 0) && p.alive(d) {
				visit(ord, r.score[ord], r.mask[ord], &p.payload[d])
			}
		}
	}
}

// Split is the two summands of a document's score.
func (r *Scores[C]) Split(ord uint32) (word, gram float64) {
	n, k := r.weigh()[ord], r.params.K1+1
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
		w, wd := saturate(t.Word, n.word)
		g, gd := saturate(t.Gram, n.gram)
		word += boost * k * q.word * w / wd
		gram += boost * k * q.gram * g / gd
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
	floor := 0.0 // nothing below it comes among the best
	for i := range r.parts {
		p := &r.parts[i]
		for d := range uint32(p.size()) {
			score := r.score[p.base+d]
			if score < floor || score == 0 {
				continue
			}
			e := Ranked{p.base + d, score}
			if len(h.items) == k && !h.better(e, h.items[0]) || !p.alive(d) {
				continue
			}
			if keep != nil && !keep(r.mask[e.Ord], &p.payload[d]) {
				continue
			}
			if len(h.items) < k {
				heap.Push(h, e)
			} else {
				h.items[0] = e
				heap.Fix(h, 0)
			}
			if len(h.items) == k {
				floor = h.items[0].Score
			}
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
