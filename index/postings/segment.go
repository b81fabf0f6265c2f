package postings

import (
	"encoding/binary"
	"math/bits"
)

// segment is an immutable run of documents, numbered from 0. Deletions live in the view, not here.
type segment[C any] struct {
	ids      []string
	payload  []C
	forward  []byte
	forwards []uint32 // document i is forward[forwards[i]:forwards[i+1]]
	wordLen  []uint32
	gramLen  []uint32

	// The list of terms[i] is inverted[lists[i]:lists[i+1]]. When most ids of the dictionary occur, terms is nil and
	// lists is indexed by the id itself.
	terms    []uint32
	lists    []uint32
	inverted []byte
}

func (s *segment[C]) size() int { return len(s.ids) }

func (s *segment[C]) doc(i uint32) Doc {
	return Doc{data: s.forward[s.forwards[i]:s.forwards[i+1]], WordLen: s.wordLen[i], GramLen: s.gramLen[i]}
}

// list is a term's coded postings, empty when the segment does not hold the term.
func (s *segment[C]) list(id uint32) []byte {
	i := int(id)
	if s.terms != nil {
		i = search(s.terms, id)
		if i < 0 {
			return nil
		}
	} else if i+1 >= len(s.lists) {
		return nil
	}
	return s.inverted[s.lists[i]:s.lists[i+1]]
}

// search finds id in the sorted terms, -1 when it is not there.
func search(terms []uint32, id uint32) int {
	lo, hi := 0, len(terms)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if terms[mid] < id {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(terms) && terms[lo] == id {
		return lo
	}
	return -1
}

// builder collects documents into a segment.
type builder[C any] struct{ s segment[C] }

// newBuilder makes room for so many documents whose forward lists take so many bytes: a segment may live long, and
// growing would leave it with a quarter of its memory unused.
func newBuilder[C any](docs, bytes int) *builder[C] {
	b := &builder[C]{}
	b.s.ids, b.s.payload = make([]string, 0, docs), make([]C, 0, docs)
	b.s.forward, b.s.forwards = make([]byte, 0, bytes), make([]uint32, 1, docs+1)
	b.s.wordLen, b.s.gramLen = make([]uint32, 0, docs), make([]uint32, 0, docs)
	return b
}

func (b *builder[C]) add(id string, d Doc, payload C) {
	s := &b.s
	s.ids = append(s.ids, id)
	s.payload = append(s.payload, payload)
	s.forward = append(s.forward, d.data...)
	s.forwards = append(s.forwards, uint32(len(s.forward)))
	s.wordLen = append(s.wordLen, d.WordLen)
	s.gramLen = append(s.gramLen, d.GramLen)
}

// build inverts the documents in two passes over the forward lists: sizes first, so that all lists fit one array
// without a pointer per term.
func (b *builder[C]) build() *segment[C] {
	s := &b.s
	ranks := s.ranks()
	sizes := make([]uint32, ranks.len()+1)
	last := make([]uint32, ranks.len())
	fill(last, ^uint32(0))
	s.walk(func(doc uint32, t DocTerm) {
		r := ranks.of(t.ID)
		sizes[r] += entrySize(doc-last[r], entryCode(t))
		last[r] = doc
	})
	total := uint32(0)
	for i, n := range sizes {
		sizes[i] = total
		total += n
	}
	s.inverted = make([]byte, total)
	ends := append([]uint32(nil), sizes...)
	fill(last, ^uint32(0))
	var scratch [binary.MaxVarintLen64 + 2]byte
	s.walk(func(doc uint32, t DocTerm) {
		r := ranks.of(t.ID)
		entry := putEntry(scratch[:0], doc-last[r], t)
		copy(s.inverted[ends[r]:], entry)
		ends[r] += uint32(len(entry))
		last[r] = doc
	})
	s.lists = sizes
	s.terms = ranks.terms
	s.densify()
	return s
}

// densify drops the array of ids when indexing by id costs less.
func (s *segment[C]) densify() {
	if len(s.terms) == 0 {
		return
	}
	top := int(s.terms[len(s.terms)-1])
	if top+2 > 2*len(s.terms)+1 {
		return
	}
	lists := make([]uint32, top+2)
	next := 0
	for id := 0; id <= top; id++ {
		lists[id] = s.lists[next]
		if s.terms[next] == uint32(id) {
			next++
		}
	}
	lists[top+1] = s.lists[len(s.terms)]
	s.terms, s.lists = nil, lists
}

func (s *segment[C]) walk(visit func(doc uint32, t DocTerm)) {
	for doc := range s.ids {
		r := newReader(s.forward[s.forwards[doc]:s.forwards[doc+1]])
		for t := (DocTerm{}); r.next(&t); {
			visit(uint32(doc), t)
		}
	}
}

func fill(s []uint32, v uint32) {
	for i := range s {
		s[i] = v
	}
}

// ranking numbers the distinct ids of a segment from 0 in order, by a bitmap with counts: a merge of everything asks for
// tens of millions of ranks.
type ranking struct {
	bits   []uint64
	before []uint32 // how many ids lie in earlier words
	terms  []uint32
}

func (s *segment[C]) ranks() ranking {
	var k ranking
	s.walk(func(_ uint32, t DocTerm) {
		word := int(t.ID / 64)
		if word >= len(k.bits) {
			k.bits = append(k.bits, make([]uint64, word+1-len(k.bits))...)
		}
		k.bits[word] |= 1 << (t.ID % 64)
	})
	k.before = make([]uint32, len(k.bits))
	for i, w := range k.bits {
		k.before[i] = uint32(len(k.terms))
		for ; w != 0; w &= w - 1 {
			k.terms = append(k.terms, uint32(i*64+bits.TrailingZeros64(w)))
		}
	}
	return k
}

func (k *ranking) len() int { return len(k.terms) }

func (k *ranking) of(id uint32) uint32 {
	return k.before[id/64] + uint32(bits.OnesCount64(k.bits[id/64]&(1<<(id%64)-1)))
}
