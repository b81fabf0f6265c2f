package codes

import (
	"slices"

	"jiqiao"
)

// Bounds of what is learned from records, so that memory does not grow with the collection: 100 records of a code tell what
// its words are, and the 60 most telling words of a record what it is about.
const (
	maxPerCode = 100
	maxLearned = 60
)

// learned counts the words of records by their codes.
type learned struct {
	counts  []map[string]float64 // by code
	records []int                // by code
	sums    map[string]float64
	kept    map[string]example // by record id
}

type example struct {
	codes []int
	words []string
}

func newLearned(codes int) *learned {
	return &learned{counts: make([]map[string]float64, codes), records: make([]int, codes), sums: map[string]float64{}, kept: map[string]example{}}
}

// doubt is how many records a word must be in before half of what they say counts.
const doubt = 2

// add adds a word's points to the scores: the share of the records with the word that have the code.
func (k *learned) add(scores []float64, w weighted, share float64) {
	sum := k.sums[w.word]
	if sum == 0 {
		return
	}
	for c, words := range k.counts {
		if n := words[w.word]; n > 0 {
			scores[c] += share * w.weight * n / (sum + doubt)
		}
	}
}

func (k *learned) put(id string, e example) {
	k.drop(id)
	e.codes = slices.DeleteFunc(e.codes, func(c int) bool { return k.records[c] >= maxPerCode })
	if len(e.codes) == 0 {
		return
	}
	k.kept[id] = e
	k.count(e, 1)
}

func (k *learned) drop(id string) {
	if e, ok := k.kept[id]; ok {
		k.count(e, -1)
		delete(k.kept, id)
	}
}

func (k *learned) count(e example, n float64) {
	for _, c := range e.codes {
		k.records[c] += int(n)
		if k.counts[c] == nil {
			k.counts[c] = map[string]float64{}
		}
		for _, w := range e.words {
			if k.counts[c][w] += n; k.counts[c][w] == 0 {
				delete(k.counts[c], w)
			}
			if k.sums[w] += n; k.sums[w] == 0 {
				delete(k.sums, w)
			}
		}
	}
}

// Learn takes a record that carries codes as an example of them, in place of what it was before. Records without codes
// teach nothing. A published record is one that staff have looked at; others are forgotten.
func (s *Suggester) Learn(rec jiqiao.Record) {
	h := rec.Head()
	given := map[string][]string{"industry": h.Industries, "field": h.Fields}
	if h.Status != jiqiao.StatusPublished && h.Status != jiqiao.StatusEngaged && h.Status != jiqiao.StatusSettled || len(h.Industries)+len(h.Fields) == 0 {
		s.Forget(h.ID)
		return
	}
	words := s.read(jiqiao.Face(rec).Sections()).telling(maxLearned)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range Lists {
		e := example{words: words}
		for _, code := range given[name] {
			if i, ok := s.table.lists[name].place[code]; ok {
				e.codes = append(e.codes, i)
			}
		}
		s.learned[name].put(h.ID, e)
	}
}

// Forget takes back what was learned from a record.
func (s *Suggester) Forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.learned {
		k.drop(id)
	}
}

// telling are the n words of most weight, sorted.
func (t text) telling(n int) []string {
	words := slices.Clone(t.words)
	slices.SortStableFunc(words, func(a, b weighted) int {
		switch {
		case a.weight > b.weight:
			return -1
		case a.weight < b.weight:
			return 1
		}
		return 0
	})
	var out []string
	for _, w := range words[:min(n, len(words))] {
		out = append(out, w.word)
	}
	slices.Sort(out)
	return out
}
