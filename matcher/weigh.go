package matcher

import (
	"slices"

	"jiqiao"
)

// sentenceIndex holds what the terms of the subject's sentences weigh and where they stand.
type sentenceIndex struct {
	terms map[term]indexed
	// usual is what a term that the subject lacks counts in the length of another sentence: the mean of the subject's
	// own. To look each up would cost more than all else of an explanation.
	usual [termClasses]float64
}

type indexed struct {
	weight    float64
	sentences []int32
}

// weigher splits sentences into terms; it is used by one goroutine.
type weigher struct {
	terms []term
	units []uint16
}

// split lists the distinct terms of a folded sentence, ascending. The next call uses its room again.
func (w *weigher) split(folded string) []term {
	w.terms = w.terms[:0]
	w.units = appendFolded(w.units[:0], folded, maxMainRunes)
	eachTerm(w.units, func(t term) { w.terms = append(w.terms, t) })
	slices.Sort(w.terms)
	w.terms = slices.Compact(w.terms)
	return w.terms
}

// readSubject reads the subject and indexes its sentences.
func (e *explainer) readSubject() {
	e.index.terms = map[term]indexed{}
	var w weigher
	sentence := int32(0)
	e.reading = e.read(e.record, func(folded string) float64 {
		norm := 0.0
		e.c.mu.RLock()
		defer e.c.mu.RUnlock()
		for _, t := range w.split(folded) {
			one, ok := e.index.terms[t]
			if !ok {
				one.weight = e.c.rarity(t) * e.c.weights.Classes[classOf(t)]
			}
			norm += one.weight
			one.sentences = append(one.sentences, sentence)
			e.index.terms[t] = one
		}
		if norm > 0 {
			sentence++
		}
		return norm
	})
	e.index.average()
}

// average sums in the order of terms, so that the last digit is always the same.
func (x *sentenceIndex) average() {
	terms := make([]term, 0, len(x.terms))
	for t := range x.terms {
		terms = append(terms, t)
	}
	slices.Sort(terms)
	var sums, counts [termClasses]float64
	for _, t := range terms {
		sums[classOf(t)] += x.terms[t].weight
		counts[classOf(t)]++
	}
	for class, n := range counts {
		if n > 0 {
			x.usual[class] = sums[class] / n
		}
	}
}

// weight is what a term counts.
func (x *sentenceIndex) weight(t term) float64 {
	if one, ok := x.terms[t]; ok {
		return one.weight
	}
	return x.usual[classOf(t)]
}

// word is what a word is worth: the sum over its characters and pairs.
func (x *sentenceIndex) word(folded string) float64 {
	sum := 0.0
	eachTerm(units(folded), func(t term) { sum += x.weight(t) })
	return sum
}

// readOther reads a record of the other side. In x.table it leaves what each of its sentences, a row each, has in common
// with each sentence of the subject.
func (x *explaining) readOther(rec jiqiao.Record) *reading {
	index, width := &x.e.index, len(x.e.reading.sentences)
	x.table = x.table[:0]
	return x.e.read(rec, func(folded string) float64 {
		norm := 0.0
		row := len(x.table)
		x.table = append(x.table, make([]float64, width)...)
		for _, t := range x.weigher.split(folded) {
			one, ok := index.terms[t]
			if !ok {
				norm += index.usual[classOf(t)]
				continue
			}
			norm += one.weight
			for _, s := range one.sentences {
				x.table[row+int(s)] += one.weight
			}
		}
		if norm == 0 {
			x.table = x.table[:row]
		}
		return norm
	})
}
