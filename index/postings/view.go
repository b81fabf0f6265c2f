package postings

import "sync"

// View is the state of a Side between two batches. It never changes. Documents have ordinals below Size, with gaps where
// documents were deleted; an ordinal means nothing in another view.
type View[C any] struct {
	parts   []part[C]
	size    uint32
	live    int
	wordLen uint64 // sums over live documents
	gramLen uint64
	params  Params
	lengths sync.Once
	norms   []norm // by ordinal, see weigh
}

// norm is 1/(1 + k1·(1 - b + b·len/avglen)) in each channel: what a term of weight 1 scores, up to constants. The two lie
// side by side because ranking reads them together, in no order.
type norm struct{ word, gram float32 }

// part is a segment as one view sees it.
type part[C any] struct {
	*segment[C]
	base uint32   // ordinal of the segment's first document
	dead []uint64 // bitmap; nil when all are alive
	gone int      // how many are dead
}

func (p *part[C]) alive(i uint32) bool { return p.dead == nil || p.dead[i/64]&(1<<(i%64)) == 0 }

// kill marks document i in a bitmap that no view uses yet.
func (p *part[C]) kill(i uint32) {
	p.dead[i/64] |= 1 << (i % 64)
	p.gone++
}

// Size is the bound of ordinals, Live the number of documents.
func (v *View[C]) Size() int { return int(v.size) }

// Live is the number of documents.
func (v *View[C]) Live() int { return v.live }

// Each visits every live document. The payload must not be changed.
func (v *View[C]) Each(visit func(ord uint32, payload *C)) {
	for i := range v.parts {
		p := &v.parts[i]
		for d := range uint32(p.size()) {
			if p.alive(d) {
				visit(p.base+d, &p.payload[d])
			}
		}
	}
}

// ID is the identifier of the document at an ordinal.
func (v *View[C]) ID(ord uint32) string {
	p := v.part(ord)
	return p.ids[ord-p.base]
}

// Doc is the document at an ordinal.
func (v *View[C]) Doc(ord uint32) Doc {
	p := v.part(ord)
	return p.doc(ord - p.base)
}

// Payload is the payload of the document at an ordinal. It must not be changed.
func (v *View[C]) Payload(ord uint32) *C {
	p := v.part(ord)
	return &p.payload[ord-p.base]
}

func (v *View[C]) part(ord uint32) *part[C] {
	lo, hi := 0, len(v.parts)
	for hi-lo > 1 {
		mid := (lo + hi) / 2
		if v.parts[mid].base <= ord {
			lo = mid
		} else {
			hi = mid
		}
	}
	return &v.parts[lo]
}

// weigh computes the norms once per view: the average length moves with every write.
func (v *View[C]) weigh() []norm {
	v.lengths.Do(func() {
		v.norms = make([]norm, v.size)
		word, gram := v.averages()
		for i := range v.parts {
			p := &v.parts[i]
			for d := range p.ids {
				v.norms[p.base+uint32(d)] = norm{v.params.norm(p.wordLen[d], word), v.params.norm(p.gramLen[d], gram)}
			}
		}
	})
	return v.norms
}

func (v *View[C]) averages() (word, gram float64) {
	if v.live == 0 {
		return 0, 0
	}
	return float64(v.wordLen) / float64(v.live), float64(v.gramLen) / float64(v.live)
}
