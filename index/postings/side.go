package postings

import (
	"math/bits"
	"sync"
)

// Side is an updatable collection of documents. Writers take turns; readers go on meanwhile.
type Side[C any] struct {
	params Params
	write  sync.Mutex // held through a whole batch

	mu    sync.RWMutex // guards what follows, held for the update of counts only
	view  *View[C]
	df    []DF // by term id
	where map[string]place[C]
}

type place[C any] struct {
	seg *segment[C]
	doc uint32
}

// Put is a document to add, or to put in the place of the one with the same ID.
type Put[C any] struct {
	ID      string
	Doc     Doc
	Payload C
}

// NewSide is an empty side.
func NewSide[C any](p Params) *Side[C] {
	return &Side[C]{params: p, view: &View[C]{params: p}, where: map[string]place[C]{}}
}

// View is the present state.
func (s *Side[C]) View() *View[C] {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.view
}

// Stats are the present statistics.
func (s *Side[C]) Stats() Stats {
	v := s.View()
	word, gram := v.averages()
	return Stats{Docs: v.live, WordLen: word, GramLen: gram}
}

// DF appends the document frequencies of terms to dst.
func (s *Side[C]) DF(dst []DF, ids ...uint32) []DF {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, id := range ids {
		dst = append(dst, s.frequency(id))
	}
	return dst
}

func (s *Side[C]) frequency(id uint32) DF {
	if int(id) < len(s.df) {
		return s.df[id]
	}
	return DF{}
}

// Find is the document and payload with that identifier. The payload must not be changed.
func (s *Side[C]) Find(id string) (Doc, *C, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	at, ok := s.where[id]
	if !ok {
		return Doc{}, nil, false
	}
	return at.seg.doc(at.doc), &at.seg.payload[at.doc], true
}

// Apply makes the puts and the deletes visible at once. An ID among both is put; of two puts with one ID the later
// counts. Deleting what is not there is no error.
func (s *Side[C]) Apply(puts []Put[C], deletes []string) {
	s.write.Lock()
	defer s.write.Unlock()
	added := segmentOf(puts)
	gone := s.replaced(added, deletes)
	next := s.next(added, gone)
	s.mu.Lock()
	for id, at := range gone {
		s.count(at.seg.doc(at.doc), -1)
		delete(s.where, id)
	}
	for i, id := range added.ids {
		s.count(added.doc(uint32(i)), 1)
		s.where[id] = place[C]{added, uint32(i)}
	}
	s.view = next
	s.mu.Unlock()
	for s.merge() {
	}
}

func segmentOf[C any](puts []Put[C]) *segment[C] {
	final := make(map[string]int, len(puts))
	bytes := 0
	for i, p := range puts {
		final[p.ID] = i
		bytes += len(p.Doc.data)
	}
	b := newBuilder[C](len(final), bytes)
	for i, p := range puts {
		if final[p.ID] == i {
			b.add(p.ID, p.Doc, p.Payload)
		}
	}
	return b.build()
}

// replaced finds the places of documents that the batch removes.
func (s *Side[C]) replaced(added *segment[C], deletes []string) map[string]place[C] {
	gone := map[string]place[C]{}
	for _, ids := range [][]string{added.ids, deletes} {
		for _, id := range ids {
			if at, ok := s.where[id]; ok { // only writers change where, and this is the writer
				gone[id] = at
			}
		}
	}
	return gone
}

// next is the view after a batch.
func (s *Side[C]) next(added *segment[C], gone map[string]place[C]) *View[C] {
	old := s.view
	parts := append([]part[C](nil), old.parts...)
	index := make(map[*segment[C]]int, len(parts))
	for i, p := range parts {
		index[p.segment] = i
	}
	fresh := map[int]bool{}
	v := &View[C]{params: s.params, wordLen: old.wordLen, gramLen: old.gramLen}
	for _, at := range gone {
		i := index[at.seg]
		p := &parts[i]
		if !fresh[i] {
			dead := make([]uint64, (p.size()+63)/64)
			copy(dead, p.dead)
			p.dead, fresh[i] = dead, true
		}
		p.kill(at.doc)
		v.wordLen -= uint64(at.seg.wordLen[at.doc])
		v.gramLen -= uint64(at.seg.gramLen[at.doc])
	}
	if added.size() > 0 {
		parts = append(parts, part[C]{segment: added})
		for i := range added.ids {
			v.wordLen += uint64(added.wordLen[i])
			v.gramLen += uint64(added.gramLen[i])
		}
	}
	v.arrange(parts)
	return v
}

// arrange gives the parts their ordinals and drops those with nobody alive.
func (v *View[C]) arrange(parts []part[C]) {
	for _, p := range parts {
		alive := p.size() - p.gone
		if alive == 0 {
			continue
		}
		p.base = v.size
		v.size += uint32(p.size())
		v.live += alive
		v.parts = append(v.parts, p)
	}
}

// count adds a document to the frequencies, or takes it out.
func (s *Side[C]) count(d Doc, by int) {
	r := newReader(d.data)
	for t := (DocTerm{}); r.next(&t); {
		for int(t.ID) >= len(s.df) {
			s.df = append(s.df, DF{})
		}
		f := &s.df[t.ID]
		if t.Word > 0 {
			f.Word += uint32(by)
		}
		if t.Gram > 0 {
			f.Gram += uint32(by)
		}
	}
}

const (
	// mergeFan segments of one size class (a power of mergeFan) become one of the next: a document is copied about
	// log(n)/log(8) times in its life, and a ranking looks into at most a few dozen segments.
	mergeFan = 8
	// A segment is rewritten when more than this share of it is dead, and it is worth the trouble.
	maxDead    = 0.25
	minRewrite = 256
)

func class(size int) int { return (bits.Len(uint(size)) - 1) / 3 }

// merge joins one group of segments that asks for it and reports whether there was one. The caller holds write.
func (s *Side[C]) merge() bool {
	old := s.view
	groups := map[int][]int{}
	for i := range old.parts {
		p := &old.parts[i]
		if p.size() >= minRewrite && float64(p.gone) > maxDead*float64(p.size()) {
			s.join([]int{i})
			return true
		}
		c := class(p.size())
		groups[c] = append(groups[c], i)
		if len(groups[c]) == mergeFan {
			s.join(groups[c])
			return true
		}
	}
	return false
}

// join replaces the parts at the indexes by one segment of their live documents.
func (s *Side[C]) join(which []int) {
	old := s.view
	docs, bytes := 0, 0
	for _, i := range which {
		docs += old.parts[i].size() - old.parts[i].gone
		bytes += len(old.parts[i].forward)
	}
	b := newBuilder[C](docs, bytes)
	joined := map[int]bool{}
	for _, i := range which {
		joined[i] = true
		p := &old.parts[i]
		for d := range uint32(p.size()) {
			if p.alive(d) {
				b.add(p.ids[d], p.doc(d), p.payload[d])
			}
		}
	}
	merged := b.build()
	var parts []part[C]
	for i, p := range old.parts {
		if !joined[i] {
			parts = append(parts, p)
		}
	}
	v := &View[C]{params: s.params, wordLen: old.wordLen, gramLen: old.gramLen}
	v.arrange(append(parts, part[C]{segment: merged}))
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, id := range merged.ids {
		s.where[id] = place[C]{merged, uint32(i)}
	}
	s.view = v
}
