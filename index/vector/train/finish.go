package train

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"

	"jiqiao/index/vector"
)

// FinishOptions say how texts are summed up by their words.
type FinishOptions struct {
	// Telling is the frequency at which a word counts half (the a of Arora, Liang and Ma 2017).
	Telling float64
	// Common is how many shared components are taken out of sentences.
	Common int
	// Sample is how many documents the components are found in, evenly spread; 0 is all.
	Sample int
}

// Rarities are a/(a+p) for words of relative frequency p.
func Rarities(counts []int, telling float64) []float64 {
	total := 0.0
	for _, n := range counts {
		total += float64(n)
	}
	out := make([]float64, len(counts))
	for i, n := range counts {
		out[i] = telling / (telling + float64(n)/total)
	}
	return out
}

// Finish makes the vocabulary: vectors with the rarity of words and the components that documents share.
func Finish(ctx context.Context, c *Corpus, v *Vectors, rarity []float64, o FinishOptions) (*vector.Words, error) {
	s := vector.Source{Words: c.Words, Rows: v.Rows, Dim: v.Dim, Rarity: rarity}
	return finish(ctx, s, c.Documents, o)
}

func finish(ctx context.Context, s vector.Source, docs []Document, o FinishOptions) (*vector.Words, error) {
	s.Common = nil
	plain, err := vector.New(s)
	if err != nil || o.Common == 0 {
		return plain, err
	}
	s.Common, err = common(ctx, plain, docs, o)
	if err != nil {
		return nil, err
	}
	return vector.New(s)
}

// common finds the directions in which the vectors of documents are long, by the eigenvectors of their second moments.
func common(ctx context.Context, w *vector.Words, docs []Document, o FinishOptions) ([][]float32, error) {
	step := 1
	if o.Sample > 0 {
		step = max(1, len(docs)/o.Sample)
	}
	n, dim := (len(docs)+step-1)/step, w.Dim()
	rows := make([]float32, n*dim)
	err := parallel(ctx, n, func(i int) {
		w.Sentence(rows[i*dim:(i+1)*dim], Weigh(w, docs[i*step].All()))
	}, nil)
	if err != nil {
		return nil, err
	}
	moments, err := gram(ctx, rows, rows, dim)
	if err != nil {
		return nil, err
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(mat.NewSymDense(dim, moments), true) {
		return nil, context.Cause(ctx)
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	out := make([][]float32, min(o.Common, dim))
	for c := range out { // eigenvalues ascend
		out[c] = make([]float32, dim)
		for d := range out[c] {
			out[c][d] = float32(vectors.At(d, dim-1-c))
		}
	}
	return out, nil
}

// Weigh counts the words of a text, in the order of their first occurrence: a word that stands there n times weighs its
// rarity times log(1+n).
func Weigh(w *vector.Words, ids func(func(vector.ID) bool)) []vector.Weighted {
	place := map[vector.ID]int{}
	var out []vector.Weighted
	ids(func(id vector.ID) bool {
		i, ok := place[id]
		if !ok {
			i = len(out)
			place[id] = i
			out = append(out, vector.Weighted{ID: id})
		}
		out[i].Weight++
		return true
	})
	for i := range out {
		out[i].Weight = float32(w.Rarity(out[i].ID) * math.Log1p(float64(out[i].Weight)))
	}
	return out
}
