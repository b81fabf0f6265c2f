package learn

import (
	"math"

	"jiqiao/matcher/rank"
)

// Prior says how far a weight may be expected to move: Relative to its size, Least for one that is near 0. With pairs
// that differ by half of a feature's range, thirty comparisons move a weight about half way to where they alone would put
// it.
const (
	priorRelative = 0.3
	priorLeast    = 0.3
	maxSweeps     = 400
	settled       = 1e-7
)

// piece is one straight line of one shape: the parameter that is tuned is how much it rises.
type piece struct {
	shapes *[]rank.Shape
	shape  int
	knot   int
	text   bool
	// share is how much of a pair is this piece's business.
	share func(textShare float64) float64
	at    int // the feature's place
	zero  float64
}

// tuning changes a model as comparisons ask, and otherwise leaves it alone: the maximum of the likelihood of the
// comparisons (logistic in the difference of strengths) times a normal prior round the model's own weights. Shapes go on
// rising; the levels and the abstention stay.
type tuning struct {
	model  rank.Model
	bound  *rank.Ranker
	pieces []piece
	start  []float64
	names  []string
}

func newTuning(base *rank.Model, names []string) (*tuning, error) {
	bound, err := base.Bind(names)
	if err != nil {
		return nil, err
	}
	t := &tuning{model: *base, bound: bound, names: names}
	t.model.Title.Shapes, t.model.Text.Shapes = cloneShapes(base.Title.Shapes), cloneShapes(base.Text.Shapes)
	t.model.Facts = cloneShapes(base.Facts)
	t.add(&t.model.Title.Shapes, true, func(textShare float64) float64 { return 1 - textShare })
	t.add(&t.model.Text.Shapes, true, func(textShare float64) float64 { return textShare })
	t.add(&t.model.Facts, false, func(float64) float64 { return 1 })
	return t, nil
}

func cloneShapes(shapes []rank.Shape) []rank.Shape {
	out := make([]rank.Shape, len(shapes))
	for i, s := range shapes {
		out[i] = s
		out[i].Values = append([]float64(nil), s.Values...)
	}
	return out
}

func (t *tuning) add(shapes *[]rank.Shape, text bool, share func(float64) float64) {
	for i, s := range *shapes {
		at := 0
		for t.names[at] != s.Feature { // Bind has found every name
			at++
		}
		for k := range len(s.Knots) - 1 {
			p := piece{shapes: shapes, shape: i, knot: k, text: text, share: share, at: at}
			if !text { // a fact that is not stated must go on being worth what it was
				p.zero = rise(&s, k, 0)
			}
			t.pieces = append(t.pieces, p)
			t.start = append(t.start, s.Values[k+1]-s.Values[k])
		}
	}
}

// rise is how much of the piece behind knot k lies below x, 0–1.
func rise(s *rank.Shape, k int, x float64) float64 {
	if !(x > s.Knots[k]) { // not a number is nothing in common
		return 0
	}
	return min((x-s.Knots[k])/(s.Knots[k+1]-s.Knots[k]), 1)
}

// columns are, by piece, what the strength of a pair gains from one unit of the parameter.
func (t *tuning) columns(x []float64) []float64 {
	textShare := t.bound.TextShare(x)
	out := make([]float64, len(t.pieces))
	for i := range t.pieces {
		p := &t.pieces[i]
		out[i] = p.share(textShare) * (rise(&(*p.shapes)[p.shape], p.knot, x[p.at]) - p.zero)
	}
	return out
}

// strength is the base model's, in log odds.
func (t *tuning) strength(x, columns []float64) float64 {
	textShare := t.bound.TextShare(x)
	sum := (1-textShare)*t.model.Title.Base + textShare*t.model.Text.Base
	for i, c := range columns {
		sum += t.start[i] * c
	}
	return sum
}

// cell is what one comparison holds of one parameter.
type cell struct {
	row  int
	gain float64
}

// tune returns the tuned model. features answers the vector of a pair.
func (t *tuning) tune(comparisons []comparison, features func(pair) []float64) *rank.Model {
	margins := make([]float64, len(comparisons))
	cells := make([][]cell, len(t.pieces))
	for row, c := range comparisons {
		xb, xw := features(c.better), features(c.worse)
		better, worse := t.columns(xb), t.columns(xw)
		margins[row] = t.strength(xb, better) - t.strength(xw, worse)
		for i := range t.pieces {
			allowed := c.facts
			if t.pieces[i].text {
				allowed = c.text
			}
			if gain := better[i] - worse[i]; gain != 0 && allowed {
				cells[i] = append(cells[i], cell{row, gain})
			}
		}
	}
	return t.with(t.solve(comparisons, margins, cells))
}

// solve moves one parameter at a time to the best point of a parabola that lies above the loss there, so that every step
// lowers it, and sweeps until nothing moves. It answers the parameters' changes.
func (t *tuning) solve(comparisons []comparison, margins []float64, cells [][]cell) []float64 {
	moved := make([]float64, len(t.pieces))
	for range maxSweeps {
		longest := 0.0
		for i, column := range cells {
			if len(column) == 0 {
				continue
			}
			spread := max(priorRelative*t.start[i], priorLeast)
			slope, bend := moved[i]/(spread*spread), 1/(spread*spread)
			for _, c := range column {
				weight := comparisons[c.row].weight
				slope -= weight * c.gain / (1 + math.Exp(margins[c.row]))
				bend += weight * c.gain * c.gain / 4 // the logistic bends by at most a quarter
			}
			step := max(-slope/bend, -t.start[i]-moved[i]) // a shape may not fall
			moved[i] += step
			for _, c := range column {
				margins[c.row] += step * c.gain
			}
			longest = max(longest, math.Abs(step))
		}
		if longest < settled {
			break
		}
	}
	return moved
}

// with is the model with the parameters moved; values keep four decimals, which is what people review.
func (t *tuning) with(moved []float64) *rank.Model {
	m := t.model
	m.Figures = nil
	m.Title.Shapes, m.Text.Shapes, m.Facts = cloneShapes(m.Title.Shapes), cloneShapes(m.Text.Shapes), cloneShapes(m.Facts)
	tuned := map[*[]rank.Shape][]rank.Shape{&t.model.Title.Shapes: m.Title.Shapes, &t.model.Text.Shapes: m.Text.Shapes, &t.model.Facts: m.Facts}
	for i, p := range t.pieces {
		s := &tuned[p.shapes][p.shape]
		if p.knot == 0 {
			s.Values[0] -= t.below(i, moved)
		}
		s.Values[p.knot+1] = s.Values[p.knot] + t.start[i] + moved[i]
	}
	for _, shapes := range tuned {
		for _, s := range shapes {
			for k, v := range s.Values {
				s.Values[k] = math.Round(v*1e4) / 1e4
			}
		}
	}
	return &m
}

// below is how much the pieces of the shape that begins at piece i have gained below 0: the shape starts that much lower,
// so that its value at 0 stays.
func (t *tuning) below(i int, moved []float64) float64 {
	sum := 0.0
	for j := i; j < len(t.pieces) && t.pieces[j].shapes == t.pieces[i].shapes && t.pieces[j].shape == t.pieces[i].shape; j++ {
		sum += moved[j] * t.pieces[j].zero
	}
	return sum
}
