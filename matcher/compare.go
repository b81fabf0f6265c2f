package matcher

import (
	"cmp"
	"slices"
	"sync"
)

// subject is a profile made ready to be compared with many of the other side, under one state of the collection. It
// is used by one goroutine.
type subject struct {
	profile *Profile
	terms   []subjectTerm // ascending by term, so that sums run in one order from either side
	slots   *slotTable
	found   []float64 // by slot: the other side's weighted count; zero between pairs

	keys         []subjectKey // as the profile's
	title, whole ray
	other        [2][]float32 // room for the other side's vectors
	sense        Sense        // nil without an embedding model
}

type subjectTerm struct {
	term   term
	rarity float64 // idf raised to Weights.RarityPower
	weight float64 // saturated count, 0–1
	// idf and said are the same for phrases: not sharpened, and saturated early.
	idf, said float64
}

// slotTable finds the place of a term among the subject's terms.
type slotTable struct {
	characters [1 << 16]uint16 // slot+1
	keys       []term          // open addressing, a power of two
	slots      []uint16        // slot+1
}

var slotTables = sync.Pool{New: func() any { return new(slotTable) }}

const hashMultiplier = 0x9E3779B1 // Knuth's multiplicative hash: 2³² over the golden ratio

func (t *slotTable) fill(terms []subjectTerm) {
	size := 16
	for size < 4*len(terms) {
		size *= 2
	}
	if cap(t.keys) < size {
		t.keys, t.slots = make([]term, size), make([]uint16, size)
	}
	t.keys, t.slots = t.keys[:size], t.slots[:size]
	clear(t.slots)
	for i, s := range terms {
		if classOf(s.term) == classCharacter {
			t.characters[s.term] = uint16(i + 1)
			continue
		}
		h := t.start(s.term)
		for t.slots[h] != 0 {
			h = (h + 1) & (len(t.keys) - 1)
		}
		t.keys[h], t.slots[h] = s.term, uint16(i+1)
	}
}

func (t *slotTable) start(k term) int { return int(k*hashMultiplier>>8) & (len(t.keys) - 1) }

func (t *slotTable) find(k term) int {
	if k < 1<<16 {
		return int(t.characters[k]) - 1
	}
	for h := t.start(k); ; h = (h + 1) & (len(t.keys) - 1) {
		if t.slots[h] == 0 {
			return -1
		}
		if t.keys[h] == k {
			return int(t.slots[h]) - 1
		}
	}
}

// newSubject prepares p. The caller holds the collection for reading and calls release.
func (c *Collection) newSubject(p *Profile) *subject {
	w := &c.weights
	counts := map[term]float64{}
	w.eachWeighted(p, func(t term, by float64) { counts[t] += by })
	s := &subject{profile: p, terms: make([]subjectTerm, 0, len(counts))}
	for t, n := range counts {
		idf := c.idf(t)
		s.terms = append(s.terms, subjectTerm{
			term:   t,
			rarity: w.rarity(idf),
			weight: w.saturate(n),
			idf:    idf,
			said:   w.Phrases.saturate(n),
		})
	}
	slices.SortFunc(s.terms, func(a, b subjectTerm) int { return cmp.Compare(a.term, b.term) })
	s.slots = slotTables.Get().(*slotTable)
	s.slots.fill(s.terms)
	s.found = make([]float64, len(s.terms))
	s.keys = make([]subjectKey, len(p.keys))
	for i, k := range p.keys {
		s.keys[i] = subjectKey{k.id, c.words.Row(k.id), c.wordWeight(k.id)}
	}
	s.title, s.whole = p.title.ray(), p.whole.ray()
	return s
}

// twin is the same subject for another goroutine: only found and other are written while pairs are scored. Release the
// original after its twins are done.
func (s *subject) twin() *subject {
	t := *s
	t.found = make([]float64, len(s.terms))
	t.other = [2][]float32{}
	return &t
}

func (s *subject) release() {
	for _, t := range s.terms {
		if classOf(t.term) == classCharacter {
			s.slots.characters[t.term] = 0
		}
	}
	slotTables.Put(s.slots)
	s.slots = nil
}

// eachWeighted gives every occurrence of a term with what it counts: the weight of its part, divided by the part's
// length against a usual one, so that a long text does not win by saying everything.
func (w *Weights) eachWeighted(p *Profile, emit func(t term, by float64)) {
	for k := range partCount {
		by := w.occurrence(k, int(p.lengths[k]))
		eachTerm(p.part(k), func(t term) { emit(t, by) })
	}
}

// occurrence is what one occurrence in a part of that length counts.
func (w *Weights) occurrence(k part, length int) float64 {
	f := w.part(k)
	return f.Weight / (1 - f.LengthShare + f.LengthShare*float64(length)/f.UsualLength)
}

func (w *Weights) saturate(count float64) float64 { return count / (count + w.Saturation) }

// tally counts the subject's terms in a text, as eachTerm would give them. It is the loop where matching spends its
// time: a pair is only looked up when the subject holds both of its characters.
func (s *subject) tally(text []uint16, by float64) {
	last := uint16(0) // slot+1 of the character before
	for i := 0; i < len(text); {
		c := text[i]
		slot := s.slots.characters[c] // 0 for what is not Han, too
		if slot == 0 {
			last = 0
			if !isCode(c) {
				i++
				continue
			}
			i = eachCode(text, i, func(t term) {
				if slot := s.slots.find(t); slot >= 0 {
					s.found[slot] += by
				}
			})
			continue
		}
		i++
		s.found[slot-1] += by
		if last != 0 {
			if pair := s.slots.find(term(text[i-2])<<16 | term(c)); pair >= 0 {
				s.found[pair] += by
			}
		}
		last = slot
	}
}

// lexicalSums are what the terms that two texts share are worth.
type lexicalSums struct {
	classes [termClasses]float64
	// phrases takes pairs and codes together as BM25 does: a rare one does not outweigh several, and what is said once
	// counts nearly in full. It finds the text that says the same; classes find the one that is about the same.
	phrases float64
}

// lexical sums what the terms of the subject and of one profile of the other side that both hold are worth. shared, when
// not nil, hears of every such term with its contribution to its class.
func (w *Weights) lexical(s *subject, other *Profile, shared func(t term, contribution float64)) lexicalSums {
	for k := range partCount {
		if text := other.part(k); len(text) > 0 {
			s.tally(text, w.occurrence(k, int(other.lengths[k])))
		}
	}
	var sums lexicalSums
	for i, n := range s.found {
		if n == 0 {
			continue
		}
		s.found[i] = 0
		t := &s.terms[i]
		// The product of the two weights first: it is the same number from either side.
		v := t.rarity * (t.weight * w.saturate(n))
		class := classOf(t.term)
		sums.classes[class] += v
		switch class {
		case classPair:
			sums.phrases += t.idf * (t.said * w.Phrases.saturate(n))
		case classCode:
			sums.phrases += w.Phrases.Code * t.idf * (t.said * w.Phrases.saturate(n))
		}
		if shared != nil {
			shared(t.term, v)
		}
	}
	return sums
}
