package train

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"jiqiao/index/vector"
	"jiqiao/index/zh"
)

// AdaptOptions say how vectors are adapted to a collection. DefaultAdapt has what was found best.
type AdaptOptions struct {
	// MinCount is how often an unknown word must stand in the texts to get a vector of its own, NewWords how many may.
	MinCount, NewWords int
	// Window is how many words to either side tell what an unknown word means.
	Window   int
	Contrast ContrastOptions
	// WordsRate is the rate for pairs made of the words of one sentence, of which a collection of titles has no others:
	// they tell less of what belongs together. The rate of a collection lies between it and Contrast.Rate by how many of
	// its texts have two parts.
	WordsRate float64
	// MaxTexts bounds the texts that are learned from, and with them time and memory; of more, as many are taken evenly.
	MaxTexts int
	Progress Progress
}

// DefaultAdapt are the options of the service, the command and the evaluation; docs/vectors.md says what others gave.
func DefaultAdapt() AdaptOptions {
	return AdaptOptions{
		MinCount: 5, NewWords: 8000, Window: 5, MaxTexts: 40_000, WordsRate: 0.002,
		Contrast: ContrastOptions{Epochs: 6, Batch: 256, Temperature: 0.07, Rate: 0.005, Hide: 0.3, Seed: 11},
	}
}

// Adapt adapts vectors to a collection's texts: words that they use often and the vocabulary lacks are added, a word's
// rarity follows how many of the texts hold it, and vectors move so that the parts of one text find each other. The IDs
// of known words stay what they were. base is left as it is.
func Adapt(ctx context.Context, a *zh.Analyzer, base *vector.Words, texts []Text, o AdaptOptions) (*vector.Words, error) {
	cut, err := cutTexts(ctx, a, texts, o.Progress)
	if err != nil {
		return nil, err
	}
	return adapt(ctx, base, cut, o)
}

func adapt(ctx context.Context, base *vector.Words, cut []terms, o AdaptOptions) (*vector.Words, error) {
	words, err := extend(base, cut, o)
	if err != nil {
		return nil, fmt.Errorf("add new words: %w", err)
	}
	docs := number(words, cut)
	s := source(words)
	s.Rarity = blend(words, docs)
	if pairs := Splits(docs, 0, o.Contrast.Seed); len(pairs(0)) >= o.Contrast.Batch {
		tune := o.Contrast
		tune.Progress = o.Progress
		tune.Rate = o.WordsRate + (tune.Rate-o.WordsRate)*partedShare(docs)
		tuned, lengths, err := Contrast(ctx, &Vectors{s.Dim, s.Rows}, s.Rarity, pairs, tune)
		if err != nil {
			return nil, err
		}
		s.Rows, s.Rarity = tuned.Rows, relative(lengths)
	}
	return vector.New(s)
}

// partedShare is the share of documents that have two parts to compare.
func partedShare(docs []Document) float64 {
	n := 0
	for i := range docs {
		if len(docs[i].Body) > 1 || len(docs[i].Body) == 1 && len(docs[i].Title) >= minWords {
			n++
		}
	}
	return float64(n) / float64(max(1, len(docs)))
}

// source is a vocabulary taken apart.
func source(w *vector.Words) vector.Source {
	s := vector.Source{Dim: w.Dim(), Common: w.Common()}
	s.Rows = make([]float32, 0, w.Len()*w.Dim())
	for i := range w.Len() {
		id := vector.ID(i)
		s.Words = append(s.Words, w.Word(id))
		s.Rows = append(s.Rows, w.Row(id)...)
		s.Rarity = append(s.Rarity, w.Rarity(id))
	}
	return s
}

// number turns texts into documents of a vocabulary; words it lacks become their pieces.
func number(w *vector.Words, cut []terms) []Document {
	docs := make([]Document, len(cut))
	for i, t := range cut {
		docs[i] = Document{Group: t.group, Title: lookUp(w, t.title)}
		for _, s := range t.body {
			if b := lookUp(w, s); len(b) > 0 {
				docs[i].Body = append(docs[i].Body, b)
			}
		}
	}
	return docs
}

func lookUp(w *vector.Words, words []string) (out []vector.ID) {
	for _, word := range words {
		out = w.Token(out, zh.Token{Term: word, Kind: zh.Word})
	}
	return out
}

// extend adds the words that the texts use often and base lacks. Such a word begins as the mean of what it is composed
// of and of the words around it (Khodak and others 2018: A la carte embedding, without the matrix).
func extend(base *vector.Words, cut []terms, o AdaptOptions) (*vector.Words, error) {
	fresh := newWords(base, cut, o)
	if len(fresh) == 0 {
		return base, nil
	}
	place := make(map[string]int, len(fresh))
	for i, w := range fresh {
		place[w] = i
	}
	around := make([][]vector.Weighted, len(fresh))
	for i := range cut {
		for s := range cut[i].all() {
			surroundings(base, s, place, o.Window, around)
		}
	}
	s := source(base)
	row, piece := make([]float32, s.Dim), make([]float32, s.Dim)
	for i, w := range fresh {
		base.Sentence(row, around[i])
		var parts []vector.Weighted
		for _, id := range lookUp(base, []string{w}) {
			parts = append(parts, vector.Weighted{ID: id, Weight: 1})
		}
		base.Sentence(piece, parts)
		axpy(1, piece, row)
		s.Words = append(s.Words, w)
		s.Rows = append(s.Rows, row...)
		s.Rarity = append(s.Rarity, 1)
	}
	return vector.New(s)
}

// newWords are the unknown words worth a vector, the most frequent first.
func newWords(base *vector.Words, cut []terms, o AdaptOptions) []string {
	counts := map[string]int{}
	for i := range cut {
		for s := range cut[i].all() {
			for _, w := range s {
				if _, known := base.ID(w); !known && len(w) <= maxTerm {
					counts[w]++
				}
			}
		}
	}
	words := frequent(counts, o.MinCount)
	return words[:min(len(words), o.NewWords, vector.MaxWords-base.Len())]
}

// surroundings adds to around what stands beside the new words of a sentence.
func surroundings(base *vector.Words, sentence []string, place map[string]int, window int, around [][]vector.Weighted) {
	for i, w := range sentence {
		at, ok := place[w]
		if !ok {
			continue
		}
		for j := max(0, i-window); j <= min(len(sentence)-1, i+window); j++ {
			if id, known := base.ID(sentence[j]); known && j != i {
				around[at] = append(around[at], vector.Weighted{ID: id, Weight: float32(base.Rarity(id))})
			}
		}
	}
}

// blend is the rarity of words in the training texts times that in the collection's: a word that stands in every text
// of a collection tells nothing there, however rare it is elsewhere.
func blend(w *vector.Words, docs []Document) []float64 {
	holds, last := make([]float64, w.Len()), make([]int, w.Len())
	for i := range docs {
		for id := range docs[i].All() {
			if last[id] != i+1 {
				last[id] = i + 1
				holds[id]++
			}
		}
	}
	n := float64(len(docs))
	most := math.Log1p((n + 0.5) / 0.5)
	out := make([]float64, w.Len())
	for i := range out {
		out[i] = w.Rarity(vector.ID(i)) * math.Log1p((n-holds[i]+0.5)/(holds[i]+0.5)) / most
	}
	return out
}

// relative brings weights into 0–1 by the largest but for one in a thousand: a few words must not make all others small.
func relative(lengths []float64) []float64 {
	sorted := slices.Sorted(slices.Values(lengths))
	top := max(sorted[len(sorted)-1-len(sorted)/1000], math.SmallestNonzeroFloat32)
	out := make([]float64, len(lengths))
	for i, x := range lengths {
		out[i] = min(1, x/top)
	}
	return out
}

// frequent are the words that stand at least n times, the most frequent first, equals by name.
func frequent(counts map[string]int, n int) []string {
	var out []string
	for w, k := range counts {
		if k >= n {
			out = append(out, w)
		}
	}
	slices.SortFunc(out, func(x, y string) int {
		if d := counts[y] - counts[x]; d != 0 {
			return d
		}
		return strings.Compare(x, y)
	})
	return out
}
