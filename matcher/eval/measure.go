package eval

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// rankDepth is how far down nDCG looks: about one screen of matches.
const rankDepth = 10

// Measures are the three figures of one system.
type Measures struct {
	NDCG         float64 `json:"ndcg_10"`
	PairAccuracy float64 `json:"pair_accuracy"`
	LevelScore   float64 `json:"level_score"` // 1/(1+MAE)
}

func (m Measures) minus(o Measures) Measures {
	return Measures{m.NDCG - o.NDCG, m.PairAccuracy - o.PairAccuracy, m.LevelScore - o.LevelScore}
}

// Measure grades a run. A judged pair that the run lacks ranks below everything it has for that need, at level 1.
func Measure(j *Judgements, run Run) Measures { return aggregate(perNeed(j, run), nil) }

// needCounts is one need's share of the measures, from which any resample is aggregated.
type needCounts struct {
	ndcg           float64
	ranked         bool // false when no achievement is better than 无相关: nDCG is undefined
	concordant     float64
	ordered        float64
	absoluteErrors float64
	judged         float64
}

func perNeed(j *Judgements, run Run) []needCounts {
	out := make([]needCounts, len(j.Needs))
	for i, need := range j.Needs {
		out[i] = countNeed(j.Of(need), run)
	}
	return out
}

type rankedItem struct{ score, level float64 }

func countNeed(judged []Judgement, run Run) needCounts {
	lowest := 0.0
	first := true
	for _, g := range judged {
		if s, ok := run[g.Pair]; ok && (first || s.Score < lowest) {
			lowest, first = s.Score, false
		}
	}
	c := needCounts{judged: float64(len(judged))}
	items := make([]rankedItem, len(judged))
	for i, g := range judged {
		s, ok := run[g.Pair]
		if !ok {
			s = Scored{Score: lowest - 1, Level: 1}
		}
		items[i] = rankedItem{s.Score, g.Level}
		c.absoluteErrors += math.Abs(s.Level - g.Level)
	}
	c.ndcg, c.ranked = ndcg(items)
	c.concordant, c.ordered = concordance(items)
	return c
}

func gain(level float64) float64 { return math.Pow(2, level-1) - 1 }

// ndcg ranks by score; equal scores are put in the worst order for the system. It reports false when the ideal gain
// is zero.
func ndcg(items []rankedItem) (float64, bool) {
	levels := make([]float64, len(items))
	for i, it := range items {
		levels[i] = it.level
	}
	slices.SortFunc(levels, func(a, b float64) int { return cmp.Compare(b, a) })
	ideal := discounted(levels)
	if ideal == 0 {
		return 0, false
	}
	byScore := slices.Clone(items)
	slices.SortFunc(byScore, func(a, b rankedItem) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.level, b.level))
	})
	for i, it := range byScore {
		levels[i] = it.level
	}
	return discounted(levels) / ideal, true
}

func discounted(levels []float64) float64 {
	sum := 0.0
	for i, l := range levels[:min(rankDepth, len(levels))] {
		sum += gain(l) / math.Log2(float64(i+2))
	}
	return sum
}

// concordance counts the pairs of differently graded items, and those that the scores order as the grades do.
func concordance(items []rankedItem) (concordant, ordered float64) {
	for i, a := range items {
		for _, b := range items[i+1:] {
			if a.level == b.level {
				continue
			}
			ordered++
			switch d := (a.score - b.score) * (a.level - b.level); {
			case d > 0:
				concordant++
			case d == 0:
				concordant += 0.5
			}
		}
	}
	return concordant, ordered
}

// aggregate sums the needs that pick names by position, or all of them once when pick is nil. A measure without
// anything to measure is 0.
func aggregate(needs []needCounts, pick []int) Measures {
	var t needCounts
	ranked := 0.0
	add := func(c needCounts) {
		if c.ranked {
			t.ndcg += c.ndcg
			ranked++
		}
		t.concordant += c.concordant
		t.ordered += c.ordered
		t.absoluteErrors += c.absoluteErrors
		t.judged += c.judged
	}
	if pick == nil {
		for _, c := range needs {
			add(c)
		}
	}
	for _, i := range pick {
		add(needs[i])
	}
	m := Measures{NDCG: ratio(t.ndcg, ranked), PairAccuracy: ratio(t.concordant, t.ordered)}
	if t.judged > 0 {
		m.LevelScore = 1 / (1 + t.absoluteErrors/t.judged)
	}
	return m
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// The bootstrap draws as many needs as there are, 500 times, and takes the 13th and the 488th of the 500 sorted figures.
// The generator is Go's PCG: grade.py draws with Python's, so intervals agree to about a hundredth, figures exactly.
const (
	resamples     = 500
	lowIndex      = 12
	highIndex     = 487
	bootstrapSeed = 7
)

// Interval is a figure with its 95 % bootstrap interval over needs.
type Interval struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// Intervals are Measures with their uncertainty.
type Intervals struct {
	NDCG         Interval `json:"ndcg_10"`
	PairAccuracy Interval `json:"pair_accuracy"`
	LevelScore   Interval `json:"level_score"`
}

// drawNeeds gives every system the same resamples, which makes differences paired.
func drawNeeds(n int) [][]int {
	rng := rand.New(rand.NewPCG(bootstrapSeed, bootstrapSeed))
	draws := make([][]int, resamples)
	for i := range draws {
		draws[i] = make([]int, n)
		for k := range draws[i] {
			draws[i][k] = rng.IntN(n)
		}
	}
	return draws
}

func intervals(needs []needCounts, draws [][]int) Intervals {
	sampled := make([]Measures, len(draws))
	for i, d := range draws {
		sampled[i] = aggregate(needs, d)
	}
	return bracket(aggregate(needs, nil), sampled)
}

func differences(a, b []needCounts, draws [][]int) Intervals {
	sampled := make([]Measures, len(draws))
	for i, d := range draws {
		sampled[i] = aggregate(a, d).minus(aggregate(b, d))
	}
	return bracket(aggregate(a, nil).minus(aggregate(b, nil)), sampled)
}

func bracket(value Measures, sampled []Measures) Intervals {
	one := func(v float64, of func(Measures) float64) Interval {
		all := make([]float64, len(sampled))
		for i, m := range sampled {
			all[i] = of(m)
		}
		slices.Sort(all)
		return Interval{v, all[lowIndex], all[highIndex]}
	}
	return Intervals{
		NDCG:         one(value.NDCG, func(m Measures) float64 { return m.NDCG }),
		PairAccuracy: one(value.PairAccuracy, func(m Measures) float64 { return m.PairAccuracy }),
		LevelScore:   one(value.LevelScore, func(m Measures) float64 { return m.LevelScore }),
	}
}

// meanInterval brackets a mean over needs or queries.
func meanInterval(values []float64, draws [][]int) Interval {
	mean := func(pick []int) float64 {
		sum := 0.0
		for _, i := range pick {
			sum += values[i]
		}
		return ratio(sum, float64(len(pick)))
	}
	total := 0.0
	for _, v := range values {
		total += v
	}
	sampled := make([]float64, len(draws))
	for i, d := range draws {
		sampled[i] = mean(d)
	}
	slices.Sort(sampled)
	return Interval{ratio(total, float64(len(values))), sampled[lowIndex], sampled[highIndex]}
}
