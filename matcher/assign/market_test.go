package assign

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"

	"jiqiao"
)

// market makes a problem with the shape of a province's: topics of very different size, organisations whose sizes follow
// Zipf's law, teams of a few achievements, and a few achievements that half of a topic's needs would like.
func market(needs, achievements, candidates, brokers int, fairness float64) *Problem {
	rnd := rand.New(rand.NewPCG(20261122, 8))
	organisations, topics := max(2, achievements/25), max(2, achievements/60)
	p := &Problem{Fairness: fairness}
	for i := range organisations {
		p.Organisations = append(p.Organisations, Organisation{Name: fmt.Sprintf("单位%d", i)})
	}
	size := zipf(organisations)
	topic := zipf(topics)
	members := make([][]int, topics)
	appeal := make([]float64, achievements)
	teamOf := map[int]int{}
	for i := range achievements {
		org := pick(size, rnd)
		team, ok := teamOf[org]
		if !ok || rnd.IntN(3) == 0 {
			team = len(p.Teams)
			teamOf[org] = team
			p.Teams = append(p.Teams, Team{Name: fmt.Sprintf("团队%d", team), Organisation: org, Quota: Quota{Limit: 6}})
		}
		p.Achievements = append(p.Achievements, Achievement{Name: fmt.Sprintf("成果%d", i), Team: team, Quota: Quota{Limit: 3}})
		at := pick(topic, rnd)
		members[at] = append(members[at], i)
		appeal[i] = rnd.NormFloat64()*0.6 + 0.4*math.Log1p(float64(organisations)/float64(org+1))/math.Log1p(float64(organisations))
	}
	for i := range brokers {
		p.Brokers = append(p.Brokers, Broker{Name: fmt.Sprintf("经理人%d", i), Quota: Quota{Limit: max(1, 2*needs/brokers)}})
	}
	for i := range needs {
		n := Need{Name: fmt.Sprintf("需求%d", i), Quota: Quota{Limit: 3}}
		at := pick(topic, rnd)
		for b := range brokers {
			if (b+at)%5 == 0 {
				n.Brokers = append(n.Brokers, b)
			}
		}
		p.Needs = append(p.Needs, n)
		seen := map[int]bool{}
		for range candidates {
			from := members[at]
			if rnd.IntN(4) == 0 || len(from) == 0 {
				from = members[pick(topic, rnd)]
			}
			if len(from) == 0 {
				continue
			}
			a := from[rnd.IntN(len(from))]
			if seen[a] {
				continue
			}
			seen[a] = true
			benefit := 1 / (1 + math.Exp(1.2-appeal[a]-rnd.NormFloat64()))
			p.Pairs = append(p.Pairs, Pair{Need: i, Achievement: a, Benefit: benefit, Level: levelOf(benefit)})
		}
	}
	return p
}

func levelOf(benefit float64) jiqiao.Level {
	switch {
	case benefit > 0.7:
		return jiqiao.LevelStrong
	case benefit > 0.4:
		return jiqiao.LevelFair
	default:
		return jiqiao.LevelWeak
	}
}

// zipf is the running sum of 1/rank^0.8.
func zipf(n int) []float64 {
	sums, sum := make([]float64, n), 0.0
	for i := range sums {
		sum += math.Pow(float64(i+1), -0.8)
		sums[i] = sum
	}
	return sums
}

func pick(sums []float64, rnd *rand.Rand) int {
	return sort.SearchFloat64s(sums, rnd.Float64()*sums[len(sums)-1])
}
