package matcher

import (
	"cmp"
	"math"
	"slices"

	"jiqiao/index/vector"
	"jiqiao/index/zh"
)

// A record's key words are those by which its meaning is compared word by word: the most telling ones of the title, and
// of everything. A pair compares each with each, so their number decides what a pair costs; more gave nothing.
const (
	maxTitleKeys = 12
	maxKeys      = 40
)

// key is one telling word of a record.
type key struct {
	id vector.ID
	// share is how much the record says of it: the saturated count, 0–1 in 255 steps.
	share uint8
}

// partCounts is what one occurrence of a word counts, by the part it stands in.
var partCounts = [partCount]float64{partTitle: 3, partKeywords: 3, partMain: 1, partAside: 0.3}

// keySaturation is the weighted count at which a word has half its share.
const keySaturation = 2

// meaning is what of a record is compared by vectors. It is immutable.
type meaning struct {
	keys []key // those of the title first
	// titled counts the keys of the title; of a record without a title all keys stand for it.
	titled int
	// title and whole are the vectors of the title and of everything; one and the same where there is no more to say.
	title, whole sketch
}

// reader makes the meaning of one record.
type reader struct {
	zh     *zh.Analyzer
	words  *vector.Words
	counts map[vector.ID]*wordCount

	tokens []zh.Token
	ids    []vector.ID
}

type wordCount struct{ title, all float64 }

func newReader(a *zh.Analyzer, words *vector.Words) *reader {
	return &reader{zh: a, words: words, counts: map[vector.ID]*wordCount{}}
}

// read counts the words of a stretch of a record.
func (r *reader) read(k part, text string) {
	r.ids = r.ids[:0]
	r.tokens = r.zh.Tokens(r.tokens[:0], text)
	for _, t := range r.tokens {
		r.ids = r.words.Token(r.ids, t)
	}
	for _, id := range r.ids {
		c := r.counts[id]
		if c == nil {
			c = &wordCount{}
			r.counts[id] = c
		}
		c.all += partCounts[k]
		if k == partTitle {
			c.title++
		}
	}
}

func (r *reader) meaning() meaning {
	title := r.telling(func(c *wordCount) float64 { return c.title })
	all := r.telling(func(c *wordCount) float64 { return c.all })
	m := meaning{whole: r.sketch(all)}
	if len(title) == 0 || r.onlyTitle() {
		m.title = m.whole
	} else {
		m.title = r.sketch(title)
	}
	for _, w := range title[:min(len(title), maxTitleKeys)] {
		m.keys = append(m.keys, r.key(w.ID))
	}
	m.titled = len(m.keys)
	for _, w := range all {
		if len(m.keys) == maxKeys {
			break
		}
		if !slices.ContainsFunc(m.keys[:m.titled], func(k key) bool { return k.id == w.ID }) {
			m.keys = append(m.keys, r.key(w.ID))
		}
	}
	if m.titled == 0 {
		m.titled = len(m.keys)
	}
	m.keys = slices.Clip(m.keys)
	return m
}

// onlyTitle reports whether the record says nothing beyond its title.
func (r *reader) onlyTitle() bool {
	for _, c := range r.counts {
		if c.all > partCounts[partTitle]*c.title {
			return false
		}
	}
	return true
}

func (r *reader) key(id vector.ID) key {
	n := r.counts[id].all
	return key{id, uint8(math.Round(255 * n / (n + keySaturation)))}
}

// telling lists the words with their weight in the sentence vector, the most telling first.
func (r *reader) telling(count func(*wordCount) float64) []vector.Weighted {
	var out []vector.Weighted
	for id, c := range r.counts {
		if n := count(c); n > 0 {
			out = append(out, vector.Weighted{ID: id, Weight: float32(r.words.Rarity(id) * math.Log1p(n))})
		}
	}
	slices.SortFunc(out, func(a, b vector.Weighted) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.ID, b.ID))
	})
	return out
}

func (r *reader) sketch(words []vector.Weighted) sketch {
	v := make([]float32, r.words.Dim())
	r.words.Sentence(v, words)
	return sketchOf(v)
}

// oneVector reports whether the title says everything, or stands for nothing of its own.
func (m *meaning) oneVector() bool { return m.title.same(m.whole) }
