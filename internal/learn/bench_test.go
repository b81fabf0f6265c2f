package learn

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"jiqiao/matcher"
	"jiqiao/matcher/rank"
)

// BenchmarkTune tunes the model that ships to 50,000 comparisons: some years of a busy office.
func BenchmarkTune(b *testing.B) {
	names := matcher.FeatureNames()
	rng := rand.New(rand.NewPCG(1, 1))
	vectors := map[pair][]float64{}
	var comparisons []comparison
	for i := range 50_000 {
		draw := func(side string, shift float64) pair {
			p := pair{fmt.Sprint("n", i), side}
			x := make([]float64, len(names))
			for k := range x {
				x[k] = rng.Float64() + shift
			}
			vectors[p] = x
			return p
		}
		comparisons = append(comparisons, comparison{draw("a", 0.1), draw("b", 0), 1, true, true, false})
	}
	tuning, err := newTuning(rank.Default(), names)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		tuning.tune(comparisons, func(p pair) []float64 { return vectors[p] })
	}
}
