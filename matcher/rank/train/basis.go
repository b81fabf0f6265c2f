package train

import (
	"math"
	"slices"

	"jiqiao/matcher/rank"
)

// basis turns feature vectors into columns of which a rising piecewise-linear shape is a sum with weights of 0 or more:
// one column for each piece, 0 before the piece, 1 behind it.
type basis struct {
	terms []Term
	at    []int       // the term's place in the feature vector
	knots [][]float64 // by term
	first []int       // the term's first column
	width int
}

// quantiles of the knots between the lowest and the highest, by the number of pieces: denser where the good pairs are.
var quantiles = map[int][]float64{1: {}, 2: {0.7}, 3: {0.5, 0.85}, 4: {0.4, 0.7, 0.9}}

const maxPieces = 4

func newBasis(terms []Term, names []string, examples []Example, rows []int) *basis {
	b := &basis{terms: terms}
	values := make([]float64, len(rows))
	for _, t := range terms {
		at := slices.Index(names, t.Feature)
		for k, i := range rows {
			values[k] = examples[i].X[at]
		}
		slices.Sort(values)
		b.at = append(b.at, at)
		b.first = append(b.first, b.width)
		knots := placeKnots(values, min(max(t.Pieces, 1), maxPieces))
		b.knots = append(b.knots, knots)
		b.width += len(knots) - 1
	}
	return b
}

// headroom is how far beyond the highest value seen a shape goes on rising, as a share of the range: better pairs than
// those of the training should still be told apart.
const headroom = 0.25

// placeKnots puts the outer knots at the lowest value, or 0 where that is lower, and beyond the highest.
func placeKnots(sorted []float64, pieces int) []float64 {
	low, high := min(sorted[0], 0), sorted[len(sorted)-1]
	if high <= low {
		return []float64{low, low + 1}
	}
	knots := []float64{low}
	for _, q := range quantiles[pieces] {
		v := round(sorted[int(q*float64(len(sorted)-1))])
		if v > knots[len(knots)-1] && v < high {
			knots = append(knots, v)
		}
	}
	return append(knots, round(high+headroom*(high-low)))
}

// round keeps four digits: a file that people review needs no more.
func round(x float64) float64 {
	if x == 0 || x-x != 0 {
		return x
	}
	scale := math.Pow(10, 3-math.Floor(math.Log10(math.Abs(x))))
	return math.Round(x*scale) / scale
}

// columns expands one feature vector.
func (b *basis) columns(x []float64) []float64 {
	out := make([]float64, b.width)
	for t, at := range b.at {
		k := b.knots[t]
		for p := range len(k) - 1 {
			out[b.first[t]+p] = min(max((x[at]-k[p])/(k[p+1]-k[p]), 0), 1)
		}
	}
	return out
}

// shapes are the fitted weights, times scale, as a model holds them. Features without any weight are left out.
func (b *basis) shapes(weights []float64, scale float64) []rank.Shape {
	var out []rank.Shape
	for t, term := range b.terms {
		s := rank.Shape{Feature: term.Feature, Label: term.Label, Knots: slices.Clone(b.knots[t]), Values: []float64{0}}
		sum := 0.0
		for p := range len(s.Knots) - 1 {
			sum += weights[b.first[t]+p] * scale
			s.Values = append(s.Values, round(sum))
		}
		if sum > 0 {
			out = append(out, s)
		}
	}
	return out
}
