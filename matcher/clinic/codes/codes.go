// Package codes suggests the codes of a text: its division of GB/T 4754 (list "industry") and its field of the
// 国家重点支持的高新技术领域 (list "field", three levels).
//
// Three things speak for a code:
//
//	table.go   words that were learned to go with it, from word vectors and abstracts whose discipline is known
//	seeds.go   the words written down for it by hand (data/*.tsv)
//	learn.go   the words of the platform's own records that carry it, learned as they come
//
// score.go adds them up and turns sums into probabilities; a third-level field that is unsure gives way to the level
// above, and what stays unsure is not suggested. Package train makes the table and measures it; docs/evaluation.md has
// what it is worth.
package codes

import (
	"math"
	"sync"
	"unicode/utf8"

	"jiqiao"
	"jiqiao/index/zh"
)

// Lists are the lists that codes are suggested for.
var Lists = [...]string{"industry", "field"}

// Suggester suggests codes. It is safe for concurrent use.
type Suggester struct {
	table    *Table
	analyzer func() *zh.Analyzer
	mu       sync.RWMutex
	learned  map[string]*learned // by list
}

// New makes a suggester that has learned nothing yet. analyzer answers the analyzer in use; zh.Holder.Get is one.
func New(t *Table, analyzer func() *zh.Analyzer) *Suggester {
	s := &Suggester{table: t, analyzer: analyzer, learned: map[string]*learned{}}
	for _, name := range Lists {
		s.learned[name] = newLearned(len(t.lists[name].codes))
	}
	return s
}

// unknownRarity is that of a word which the table does not have: rarer than most that it has.
const unknownRarity = 0.9

// Rarity is how telling a folded word is, from 0 to 1.
func (s *Suggester) Rarity(word string) float64 {
	if e, ok := s.table.words[word]; ok {
		return e.rarity
	}
	if utf8.RuneCountInString(word) > 1 {
		return unknownRarity
	}
	return 0
}

// What a code must reach to be suggested, how many are, and how few known words tell nothing.
const (
	minConfidence  = 0.25
	maxSuggestions = 3
	minWords       = 3
)

// Suggest lists codes of the list for the texts of a record, the likeliest first; none when unsure. An unknown list is a
// mistake of the caller and has none either.
func (s *Suggester) Suggest(list string, sections []jiqiao.Section) []jiqiao.CodeSuggestion {
	out := []jiqiao.CodeSuggestion{}
	l := s.table.lists[list]
	if l == nil {
		return out
	}
	text := s.read(sections)
	if len(text.words) < minWords {
		return out
	}
	for _, c := range l.choose(l.probabilities(s.scores(l, text))) {
		confidence := stated(c.confidence)
		if confidence < minConfidence || len(out) == maxSuggestions {
			break
		}
		suggestion := jiqiao.CodeSuggestion{
			Code: c.code, Label: jiqiao.CodeLabel(list, c.code), Confidence: math.Round(confidence*100) / 100,
			Words: s.reasons(l, text, c.members),
		}
		for _, item := range jiqiao.CodePath(list, c.code) {
			suggestion.Path = append(suggestion.Path, item.Label)
		}
		out = append(out, suggestion)
	}
	return out
}

// stated is the confidence that is told. Probabilities of codes sum to 1 while a record has one to three of them, so the
// low ones are too low; and staff give other codes than the obvious one in a fifth of the cases, so the high ones are too
// high. The curve follows what was found on the sample records (train.Trainer.Report).
func stated(p float64) float64 { return 0.8 * math.Pow(p, 0.6) }
