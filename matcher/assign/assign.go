// Package assign chooses, from pairs of needs and achievements that were scored, which to recommend: at most so many per
// need, achievement, team and broker, with the greatest total benefit and a fair share of attention. It is pure.
//
//	network.go    the pairs as a flow: broker -> need -> achievement -> team -> organisation
//	recommend.go  the plan, and beside it the plan without fairness, to say what fairness costs
//	reason.go     why a pair was placed, why a need or an achievement was not, in Chinese
//	measure.go    exposure and its Gini coefficient
//
// # Fairness
//
// The j-th recommendation of an organisation in a week is worth fairness/2j more than its benefit, and so is the j-th of
// an achievement: the first is worth most, as with a logarithm of exposure, so that nobody is starved because another
// scores a little higher. The bonus is concave and the limits are nested, hence the whole is a flow of least cost in a
// network with parallel arcs and is solved exactly. No bonus exceeds fairness, therefore fairness is the most benefit
// that is given up for one recommendation, and fairness × recommendations the most in all; what was really given up is
// reported.
package assign

import (
	"errors"
	"fmt"
	"math"

	"jiqiao"
)

// Problem is what is to be decided. Indices are places in its lists.
type Problem struct {
	Needs         []Need
	Achievements  []Achievement
	Teams         []Team
	Organisations []Organisation
	// Brokers limit only when there are any; then each recommendation takes one of a broker's places.
	Brokers []Broker
	// Pairs are the candidates, each pair at most once.
	Pairs []Pair
	// Fairness is the most benefit that one recommendation may give up for fairness; 0 is none.
	Fairness float64
}

// Quota is a number of places for the week. Used are those taken before.
type Quota struct {
	Limit int // 0 is no limit
	Used  int
}

// Need is a need that may be recommended achievements.
type Need struct {
	Name string
	Quota
	// Brokers may handle it; when the problem has brokers, none means nobody can.
	Brokers []int
}

// Achievement is an achievement that may be recommended.
type Achievement struct {
	Name string
	Team int
	Quota
}

// Team made achievements.
type Team struct {
	Name         string
	Organisation int
	Quota
}

// Organisation has teams. It has no limit; its exposure is what fairness is about.
type Organisation struct {
	Name string
	// Used counts its recommendations of the week before.
	Used int
}

// Broker handles recommendations.
type Broker struct {
	Name string
	Quota
}

// Pair is a need with an achievement that was scored for it.
type Pair struct {
	Need, Achievement int
	// Benefit is what recommending it is worth, 0 or more; usually the probability that the pair is good enough.
	Benefit float64
	Level   jiqiao.Level
	// Bar says why the pair may not be recommended at all.
	Bar Reason
}

// Plan is a choice of pairs that keeps all limits.
type Plan struct {
	Placed []Placement // by need, best first
	// Benefit is the sum of the pairs' benefits; Worth adds the bonus of fairness.
	Benefit, Worth float64
	// Bound is proven: no choice within the limits is worth more. It equals Worth but for rounding each benefit to
	// a billionth.
	Bound float64
	// Steps counts what the solver did, Arcs the size of its network.
	Steps, Arcs int
}

// Placement is one recommendation.
type Placement struct {
	Pair   int // in Problem.Pairs
	Broker int // −1 without brokers
}

// room is how many places are left, at most most.
func (q Quota) room(most int) int {
	if q.Limit == 0 {
		return most
	}
	return max(0, min(most, q.Limit-q.Used))
}

// check finds indices and numbers that make no sense: faults of the caller, not of a user.
func (p *Problem) check() error {
	within := func(what string, i, n int) error {
		if i < 0 || i >= n {
			return fmt.Errorf("assign: %s %d of %d", what, i, n)
		}
		return nil
	}
	var errs []error
	for _, t := range p.Teams {
		errs = append(errs, within("organisation", t.Organisation, len(p.Organisations)))
	}
	for _, a := range p.Achievements {
		errs = append(errs, within("team", a.Team, len(p.Teams)))
	}
	for _, n := range p.Needs {
		for _, b := range n.Brokers {
			errs = append(errs, within("broker", b, len(p.Brokers)))
		}
	}
	for i, pair := range p.Pairs {
		errs = append(errs, within("need", pair.Need, len(p.Needs)), within("achievement", pair.Achievement, len(p.Achievements)))
		if !(pair.Benefit >= 0 && pair.Benefit <= maxBenefit) {
			errs = append(errs, fmt.Errorf("assign: pair %d has benefit %v", i, pair.Benefit))
		}
	}
	if !(p.Fairness >= 0 && p.Fairness <= maxBenefit) {
		errs = append(errs, fmt.Errorf("assign: fairness %v", p.Fairness))
	}
	return errors.Join(errs...)
}

const (
	// scale turns benefits into whole numbers.
	scale = 1e9
	// maxBenefit keeps sums of scaled benefits far from the end of int64.
	maxBenefit = 1000
)

func scaled(benefit float64) int64 { return int64(math.Round(benefit * scale)) }
