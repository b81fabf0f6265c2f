package assign

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"jiqiao"
)

// Recommendation is the plan with what is needed to explain it.
type Recommendation struct {
	*Plan
	// Plain is the plan without fairness: of all plans within the limits it has the greatest benefit.
	Plain *Plan
	// Before and After are the exposures of Plain and of the plan.
	Before, After jiqiao.Exposure

	p             *Problem
	ofNeed        [][]int // by need: its pairs, best first
	ofAchievement [][]int
	broker        []int // by pair: its broker, −1 without brokers, notPlaced
	plain         []bool
	used          usage
}

// notPlaced stands for the broker of a pair that is not recommended.
const notPlaced = -2

// GivenUp is the benefit that fairness cost.
func (r *Recommendation) GivenUp() float64 { return max(0, r.Plain.Benefit-r.Benefit) }

// Recommend solves the problem with fairness and without, side by side, and compares.
func Recommend(ctx context.Context, p *Problem) (*Recommendation, error) {
	plain := *p
	plain.Fairness = 0
	r := &Recommendation{p: p}
	work, workCtx := errgroup.WithContext(ctx)
	work.Go(func() (err error) {
		r.Plain, err = Solve(workCtx, &plain)
		return err
	})
	if p.Fairness > 0 {
		work.Go(func() (err error) {
			r.Plan, err = Solve(workCtx, p)
			return err
		})
	}
	if err := work.Wait(); err != nil {
		return nil, err
	}
	if p.Fairness == 0 {
		r.Plan = r.Plain
	}
	r.index()
	r.Before, r.After = p.exposure(r.Plain), p.exposure(r.Plan)
	return r, nil
}

// index gathers what explanations look up.
func (r *Recommendation) index() {
	p := r.p
	pairs := make([]int, len(p.Pairs))
	for i := range pairs {
		pairs[i] = i
	}
	slices.SortFunc(pairs, func(i, j int) int { return p.compare(&p.Pairs[i], &p.Pairs[j]) })
	r.ofNeed, r.ofAchievement = make([][]int, len(p.Needs)), make([][]int, len(p.Achievements))
	for _, i := range pairs {
		pair := &p.Pairs[i]
		r.ofNeed[pair.Need] = append(r.ofNeed[pair.Need], i)
		r.ofAchievement[pair.Achievement] = append(r.ofAchievement[pair.Achievement], i)
	}
	for _, list := range r.ofAchievement {
		slices.SortStableFunc(list, func(i, j int) int { return descending(p.Pairs[i].Benefit, p.Pairs[j].Benefit) })
	}
	r.broker = slices.Repeat([]int{notPlaced}, len(p.Pairs))
	r.plain = make([]bool, len(p.Pairs))
	for _, placed := range r.Placed {
		r.broker[placed.Pair] = placed.Broker
	}
	for _, placed := range r.Plain.Placed {
		r.plain[placed.Pair] = true
	}
	r.used = p.usage(r.Plan)
}

func descending(a, b float64) int {
	switch {
	case a > b:
		return -1
	case a < b:
		return 1
	}
	return 0
}

// usage counts the places that a plan takes.
type usage struct{ needs, achievements, teams, organisations, brokers []int }

func (p *Problem) usage(plan *Plan) usage {
	u := usage{
		needs: make([]int, len(p.Needs)), achievements: make([]int, len(p.Achievements)), teams: make([]int, len(p.Teams)),
		organisations: make([]int, len(p.Organisations)), brokers: make([]int, len(p.Brokers)),
	}
	for _, placed := range plan.Placed {
		pair := &p.Pairs[placed.Pair]
		team := p.Achievements[pair.Achievement].Team
		u.needs[pair.Need]++
		u.achievements[pair.Achievement]++
		u.teams[team]++
		u.organisations[p.Teams[team].Organisation]++
		if placed.Broker >= 0 {
			u.brokers[placed.Broker]++
		}
	}
	return u
}

// RankForNeed is the pair's place among all candidates of its need, from 1, and how many those are.
func (r *Recommendation) RankForNeed(pair int) (place, of int) {
	list := r.ofNeed[r.p.Pairs[pair].Need]
	return slices.Index(list, pair) + 1, len(list)
}

// RankForAchievement is the pair's place among all candidates of its achievement, from 1, and how many those are.
func (r *Recommendation) RankForAchievement(pair int) (place, of int) {
	list := r.ofAchievement[r.p.Pairs[pair].Achievement]
	return slices.Index(list, pair) + 1, len(list)
}
