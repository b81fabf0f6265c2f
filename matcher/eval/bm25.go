package eval

import (
	"cmp"
	"math"
	"slices"
)

// Textbook BM25 (Robertson and Zaragoza 2009) for the baselines: no fields, no pruning, every query occurrence counts.
const (
	baselineK1 = 1.2
	baselineB  = 0.75
)

type bm25 struct {
	postings map[string][]occurrence
	length   []float64
	mean     float64
}

type occurrence struct {
	doc   int
	count float64
}

// newBM25 takes every document as its terms, repetitions included.
func newBM25(docs [][]string) *bm25 {
	x := &bm25{postings: map[string][]occurrence{}, length: make([]float64, len(docs))}
	for i, terms := range docs {
		counts := map[string]float64{}
		for _, t := range terms {
			counts[t]++
		}
		for t, n := range counts {
			x.postings[t] = append(x.postings[t], occurrence{i, n})
		}
		x.length[i] = float64(len(terms))
		x.mean += x.length[i]
	}
	x.mean = max(1, ratio(x.mean, float64(len(docs))))
	return x
}

// scores has the score of every document.
func (x *bm25) scores(query []string) []float64 {
	n := float64(len(x.length))
	sums := make([]float64, len(x.length))
	for _, t := range query {
		found := x.postings[t]
		df := float64(len(found))
		idf := math.Log(1 + (n-df+0.5)/(df+0.5))
		for _, o := range found {
			norm := baselineK1 * (1 - baselineB + baselineB*x.length[o.doc]/x.mean)
			sums[o.doc] += idf * o.count * (baselineK1 + 1) / (o.count + norm)
		}
	}
	return sums
}

// top lists the best documents, at most n, without those that share nothing with the query.
func (x *bm25) top(query []string, n int) []int {
	sums := x.scores(query)
	var best []int
	for i, s := range sums {
		if s > 0 {
			best = append(best, i)
		}
	}
	slices.SortFunc(best, func(a, b int) int { return cmp.Or(cmp.Compare(sums[b], sums[a]), cmp.Compare(a, b)) })
	return best[:min(n, len(best))]
}
