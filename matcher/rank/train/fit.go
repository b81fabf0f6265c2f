package train

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"jiqiao/matcher/rank"
)

// Model fits a model to all examples. It has no figures: CrossValidate measures what such a model does on other needs.
func Model(examples []Example, o Options) (*rank.Model, error) {
	if err := o.check(examples); err != nil {
		return nil, err
	}
	return fit(examples, all(len(examples)), &o)
}

func all(n int) []int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	return rows
}

// fit fits a model to some of the examples.
func fit(examples []Example, rows []int, o *Options) (*rank.Model, error) {
	m := *o.Base
	m.Version, m.Provenance, m.Figures = o.Version, o.Provenance, nil
	bound, err := o.Base.Bind(o.Names)
	if err != nil {
		return nil, fmt.Errorf("bind base model %s: %w", o.Base.Version, err)
	}
	share, facts := make([]float64, len(examples)), make([]float64, len(examples))
	for i := range examples {
		share[i], facts[i] = bound.TextShare(examples[i].X), bound.Facts(examples[i].X)
	}
	regimes := []struct {
		regime *rank.Regime
		terms  []Term
		keep   []string
		share  func(i int) float64
	}{
		{&m.Title, o.Title, o.KeepTitle, func(i int) float64 { return 1 - share[i] }},
		{&m.Text, o.Text, nil, func(i int) float64 { return share[i] }},
	}
	for _, g := range regimes {
		f := newRegimeFit(examples, rows, g.share, g.terms, o)
		if f == nil {
			continue // nothing to learn from: Base's stays
		}
		f.facts = facts
		fitted := f.fit()
		for _, s := range g.regime.Shapes {
			if slices.Contains(g.keep, s.Feature) {
				fitted.Shapes = append(fitted.Shapes, s)
			}
		}
		*g.regime = fitted
	}
	if err := m.Validate(); err != nil {
		return nil, fmt.Errorf("fit ranker %s: %w", o.Version, err)
	}
	return &m, nil
}

// regimeFit fits one regime.
type regimeFit struct {
	examples []Example
	o        *Options
	basis    *basis
	x        [][]float64 // columns by example
	weight   []float64   // by example, times its share of the regime
	groups   [][]int
	facts    []float64 // what the facts of the example add to its strength
}

func newRegimeFit(examples []Example, rows []int, share func(int) float64, terms []Term, o *Options) *regimeFit {
	f := &regimeFit{examples: examples, o: o, weight: make([]float64, len(examples)), x: make([][]float64, len(examples))}
	var in []int
	for _, i := range rows {
		if f.weight[i] = share(i) * examples[i].weight(); f.weight[i] > 0 {
			in = append(in, i)
		}
	}
	if len(in) == 0 || len(terms) == 0 {
		return nil
	}
	f.groups = groups(examples, in)
	f.basis = newBasis(terms, o.Names, examples, in)
	for _, i := range in {
		f.x[i] = f.basis.columns(examples[i].X)
	}
	if len(newOrder(f.x, f.groups, examples, f.weight).pairs) == 0 {
		return nil
	}
	return f
}

func (f *regimeFit) weights(groups [][]int) []float64 {
	ridge := f.o.Ridge
	if ridge == 0 {
		ridge = DefaultRidge
	}
	return newOrder(f.x, groups, f.examples, f.weight).fit(ridge)
}

func (f *regimeFit) fit() rank.Regime {
	w := f.weights(f.groups)
	data := f.strengths()
	if len(data) == 0 {
		// Order without grades: the strength keeps its unit, and levels are as far apart as the fallback's.
		return rank.Regime{Base: f.o.Base.Text.Base, Shapes: f.basis.shapes(w, 1), Levels: f.o.Base.Text.Levels}
	}
	r, scale := normalise(f.basis, w, fitSteps(data))
	// The levels again, now that the strength has the unit in which facts count.
	for k := range data {
		data[k].strength = r.Base + scale*data[k].strength + f.facts[data[k].example]
	}
	r.Levels = fitSteps(data)
	for k := range r.Levels {
		r.Levels[k] = rank.Step{Slope: round(r.Levels[k].Slope), Offset: round(r.Levels[k].Offset)}
	}
	return r
}

// strengths are those of graded examples, each under weights that its own need had no part in.
func (f *regimeFit) strengths() []graded {
	const parts = 5
	fold := assign(len(f.groups), parts, 7)
	var data []graded
	for part := range parts {
		var seen [][]int
		for g, rows := range f.groups {
			if fold[g] != part {
				seen = append(seen, rows)
			}
		}
		if len(seen) == 0 {
			continue
		}
		w := f.weights(seen)
		for g, rows := range f.groups {
			if fold[g] != part {
				continue
			}
			for _, i := range rows {
				if e := &f.examples[i]; !e.Implied {
					data = append(data, graded{i, dot(w, f.x[i]), e.Level, f.weight[i]})
				}
			}
		}
	}
	return data
}

// normalise gives strengths a scale that people can read: the first step has slope 1, and the score ½ lies half way
// between where 弱 and 较强 become likelier than what is below.
func normalise(b *basis, weights []float64, steps [3]rank.Step) (r rank.Regime, scale float64) {
	scale = max(steps[0].Slope, 0.05)
	middle := 0.0 // in the old unit
	if steps[0].Slope > 0 && steps[1].Slope > 0 {
		middle = (-steps[0].Offset/steps[0].Slope - steps[1].Offset/steps[1].Slope) / 2
	}
	return rank.Regime{Base: round(-middle * scale), Shapes: b.shapes(weights, scale)}, scale
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

// assign deals n groups into parts, evenly and at random.
func assign(n, parts int, seed uint64) []int {
	out := make([]int, n)
	for place, g := range rand.New(rand.NewPCG(seed, 0)).Perm(n) {
		out[g] = place % parts
	}
	return out
}
