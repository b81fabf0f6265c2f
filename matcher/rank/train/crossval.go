package train

import (
	"fmt"

	"jiqiao/matcher/rank"
)

// Folds say how examples are divided: by need, evenly and at random.
type Folds struct {
	Count int
	Seed  uint64
}

// Prediction is what a model that never saw the example's need says of it.
type Prediction struct {
	Example int // position among the examples
	Fold    int
	rank.Result
}

// CrossValidate predicts every graded example by a model fitted to the needs of the other folds. Implied examples only
// train. Predictions come in the order of the examples.
func CrossValidate(examples []Example, o Options, f Folds) ([]Prediction, error) {
	if err := o.check(examples); err != nil {
		return nil, err
	}
	byNeed := groups(examples, all(len(examples)))
	if len(byNeed) < f.Count {
		return nil, fmt.Errorf("cross-validate: %d needs for %d folds", len(byNeed), f.Count)
	}
	fold := make([]int, len(examples))
	for g, part := range assign(len(byNeed), f.Count, f.Seed) {
		for _, i := range byNeed[g] {
			fold[i] = part
		}
	}
	out := make([]Prediction, len(examples))
	for part := range f.Count {
		var rows []int
		for i := range examples {
			if fold[i] != part {
				rows = append(rows, i)
			}
		}
		m, err := fit(examples, rows, &o)
		if err != nil {
			return nil, err
		}
		bound, err := m.Bind(o.Names)
		if err != nil {
			return nil, err
		}
		for i := range examples {
			if fold[i] == part {
				out[i] = Prediction{i, part, bound.Score(examples[i].X)}
			}
		}
	}
	kept := out[:0]
	for _, p := range out {
		if !examples[p.Example].Implied {
			kept = append(kept, p)
		}
	}
	return kept, nil
}
