package train

import (
	"math"

	"jiqiao"
	"jiqiao/matcher/rank"
)

// graded is a strength with the level that people gave.
type graded struct {
	example  int
	strength float64
	level    jiqiao.Level
	weight   float64
}

// stepPrior counts as that many examples that say nothing, half to either side: with no 强 in the training the last step
// should be unlikely, not impossible.
const stepPrior = 2

// fitSteps fits the three steps: from any level to 弱 or better, from 弱 to 较强 or better, from 较强 to 强.
func fitSteps(data []graded) [3]rank.Step {
	var steps [3]rank.Step
	for k := range steps {
		from := jiqiao.Level(k + 1)
		var in []graded
		for _, g := range data {
			if g.level >= from {
				in = append(in, g)
			}
		}
		steps[k] = fitStep(in, from)
	}
	return steps
}

// fitStep is a logistic regression of "better than from" on the strength, whose slope is not negative. The slope is
// drawn to 1, a strength's natural unit, as by stepPrior examples.
func fitStep(data []graded, from jiqiao.Level) rank.Step {
	mean, total := 0.0, 0.0
	for _, g := range data {
		mean += g.weight * g.strength
		total += g.weight
	}
	if total == 0 {
		return rank.Step{Slope: 1, Offset: 0}
	}
	mean /= total
	slope, offset := 1.0, 0.0 // around the mean, so that the two hardly depend on each other
	for range newtonSteps {
		gs, go_, hss, hso, hoo := stepPrior*(1-slope), -stepPrior*(logistic(offset)-0.5), float64(stepPrior), 0.0, stepPrior*0.25
		for _, g := range data {
			z := g.strength - mean
			p := logistic(slope*z + offset)
			e := -p
			if g.level > from {
				e = 1 - p
			}
			h := g.weight * p * (1 - p)
			gs += g.weight * e * z
			go_ += g.weight * e
			hss += h * z * z
			hso += h * z
			hoo += h
		}
		det := hss*hoo - hso*hso
		ds, do := (gs*hoo-go_*hso)/det, (go_*hss-gs*hso)/det
		slope, offset = max(slope+ds, 0), offset+do
		if math.Abs(ds)+math.Abs(do) < converged {
			break
		}
	}
	return rank.Step{Slope: slope, Offset: offset - slope*mean}
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
