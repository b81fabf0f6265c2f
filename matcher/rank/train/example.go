package train

import (
	"cmp"
	"fmt"
	"slices"

	"jiqiao"
	"jiqiao/matcher/rank"
)

// Example is one pair with what somebody thought of it.
type Example struct {
	// Need groups: only pairs of one need are compared, and folds keep a need together.
	Need        string
	Achievement string
	// X is the pair's feature vector, in the order of Options.Names.
	X []float64
	// Level is the grade. Of an Implied example only its order counts.
	Level jiqiao.Level
	// Implied marks a level that was not given as a grade: a broker's decision, or a pair made without people. It
	// orders the pairs of its need and has no part in what the levels mean.
	Implied bool
	// Weight is how much the example counts; 0 is 1.
	Weight float64
}

func (e *Example) weight() float64 { return cmp.Or(e.Weight, 1) }

// Term is a feature to learn a shape for.
type Term struct {
	Feature, Label string
	// Pieces is how many straight lines the shape may have; 0 is 1.
	Pieces int
}

// Options say what is fitted.
type Options struct {
	Version    string
	Provenance string // in Chinese
	// Names are the places of Example.X.
	Names []string
	// Title and Text are the features of the two regimes.
	Title, Text []Term
	// KeepTitle are features whose shape in the title regime is Base's: the examples have none of them to learn from.
	KeepTitle []string
	// Base gives what the examples say nothing about: the blend, the facts, and a regime without examples. Required.
	Base *rank.Model
	// Ridge shrinks the weights; 0 is DefaultRidge.
	Ridge float64
}

// DefaultRidge is in the middle of a flat optimum: from 0.003 to 0.03 the figures of the cross-validation move by less
// than 0.001.
const DefaultRidge = 0.01

func (o *Options) check(examples []Example) error {
	if o.Base == nil {
		return fmt.Errorf("fit ranker: no base model")
	}
	for i := range examples {
		e := &examples[i]
		if len(e.X) != len(o.Names) {
			return fmt.Errorf("fit ranker: example %s, %s has %d features, want %d", e.Need, e.Achievement, len(e.X), len(o.Names))
		}
		if e.Level < jiqiao.LevelNone || e.Level > jiqiao.LevelStrong {
			return fmt.Errorf("fit ranker: example %s, %s has level %d", e.Need, e.Achievement, e.Level)
		}
	}
	for _, t := range slices.Concat(o.Title, o.Text) {
		if !slices.Contains(o.Names, t.Feature) {
			return fmt.Errorf("fit ranker: no feature %s", t.Feature)
		}
	}
	return nil
}

// groups lists the positions of the examples of each need, needs in their first order.
func groups(examples []Example, rows []int) [][]int {
	at := map[string]int{}
	var out [][]int
	for _, i := range rows {
		g, ok := at[examples[i].Need]
		if !ok {
			g = len(out)
			at[examples[i].Need] = g
			out = append(out, nil)
		}
		out[g] = append(out[g], i)
	}
	return out
}
