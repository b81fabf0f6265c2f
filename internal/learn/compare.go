package learn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"jiqiao/matcher/rank"
	"jiqiao/matcher/rank/train"
)

// Judged is a set of graded pairs that no model may get worse on.
type Judged struct {
	Name     string // "sample"; it stands in the names of figures
	Label    string // Chinese
	Examples []train.Example
}

// The rule by which a tuned model replaces the one that serves. Differences are those of the share of pairs in the right
// order, new less old; the low end is the 5th percentile of a bootstrap over needs, the same for both models.
//
//   - On decisions that it was not tuned on it is at least as good, and the low end is above -lossOnDecisions.
//   - On every judged set it loses at most toleranceJudged, the low end is above -lossOnJudged, or a loss of
//     pairsOnJudged pairs where a set is so small that this is more, and 1/(1+MAE) of the level loses at most
//     toleranceLevel.
const (
	lossOnDecisions = 0.05
	toleranceJudged = 0.005
	lossOnJudged    = 0.01
	pairsOnJudged   = 3
	toleranceLevel  = 0.005
)

// measured is a comparison of two models on one set.
type measured struct {
	old, new float64 // shares of pairs in the right order
	low      float64 // of new-old
	pairs    int
	oldLevel float64 // 1/(1+MAE); 0 without grades
	newLevel float64
}

// tally is the weight of what was ordered rightly by each model, in one need.
type tally struct{ total, old, new float64 }

// onDecisions measures both models on comparisons that neither was tuned on.
func onDecisions(comparisons []comparison, features func(pair) []float64, old, renewed *rank.Ranker) measured {
	byNeed := map[string]*tally{}
	var needs []string
	for _, c := range comparisons {
		if byNeed[c.better.need] == nil {
			byNeed[c.better.need] = &tally{}
			needs = append(needs, c.better.need)
		}
		t := byNeed[c.better.need]
		b, w := features(c.better), features(c.worse)
		t.total += c.weight
		t.old += c.weight * ordered(old, b, w)
		t.new += c.weight * ordered(renewed, b, w)
	}
	return fromTallies(inOrder(needs, byNeed), len(comparisons))
}

// ordered is 1 when the better of two scores higher, ½ when they score alike.
func ordered(r *rank.Ranker, better, worse []float64) float64 {
	switch b, w := r.Score(better).Score, r.Score(worse).Score; {
	case b > w:
		return 1
	case b == w:
		return 0.5
	default:
		return 0
	}
}

func inOrder(needs []string, byNeed map[string]*tally) []tally {
	slices.Sort(needs)
	out := make([]tally, len(needs))
	for i, n := range needs {
		out[i] = *byNeed[n]
	}
	return out
}

// onJudged measures both models on graded pairs.
func onJudged(examples []train.Example, old, renewed *rank.Ranker) measured {
	byNeed := map[string]*tally{}
	var needs []string
	first := map[string][]int{}
	pairs := 0
	oldMiss, newMiss := 0.0, 0.0
	for i := range examples {
		e := &examples[i]
		oldMiss += math.Abs(float64(old.Score(e.X).Level - e.Level))
		newMiss += math.Abs(float64(renewed.Score(e.X).Level - e.Level))
		if byNeed[e.Need] == nil {
			byNeed[e.Need] = &tally{}
			needs = append(needs, e.Need)
		}
		for _, j := range first[e.Need] {
			better, worse := e, &examples[j]
			if better.Level == worse.Level {
				continue
			}
			if better.Level < worse.Level {
				better, worse = worse, better
			}
			t := byNeed[e.Need]
			t.total++
			t.old += ordered(old, better.X, worse.X)
			t.new += ordered(renewed, better.X, worse.X)
			pairs++
		}
		first[e.Need] = append(first[e.Need], i)
	}
	m := fromTallies(inOrder(needs, byNeed), pairs)
	if n := float64(len(examples)); n > 0 {
		m.oldLevel, m.newLevel = 1/(1+oldMiss/n), 1/(1+newMiss/n)
	}
	return m
}

const resamples = 1000

func fromTallies(tallies []tally, pairs int) measured {
	whole := tally{}
	for _, t := range tallies {
		whole.total += t.total
		whole.old += t.old
		whole.new += t.new
	}
	if whole.total == 0 {
		return measured{}
	}
	m := measured{old: whole.old / whole.total, new: whole.new / whole.total, pairs: pairs}
	rng := rand.New(rand.NewPCG(1, 2))
	differences := make([]float64, 0, resamples)
	for range resamples {
		gained, total := 0.0, 0.0
		for range tallies {
			t := tallies[rng.IntN(len(tallies))]
			gained += t.new - t.old
			total += t.total
		}
		if total > 0 {
			differences = append(differences, gained/total)
		}
	}
	slices.Sort(differences)
	m.low = differences[len(differences)/20]
	return m
}

// worseOnDecisions says in Chinese why the new model may not replace the old one; "" when it may.
func (m measured) worseOnDecisions() string {
	switch {
	case m.new < m.old:
		return fmt.Sprintf("在未用于训练的决定上，次序正确率为 %.1f%%，低于现用模型的 %.1f%%", 100*m.new, 100*m.old)
	case m.low < -lossOnDecisions:
		return fmt.Sprintf("未用于训练的决定太少或不一致：次序正确率之差的下限为 %.1f 个百分点", 100*m.low)
	}
	return ""
}

// worseOnJudged says so for a judged set.
func (m measured) worseOnJudged(label string) string {
	loss := max(lossOnJudged, pairsOnJudged/float64(max(m.pairs, 1)))
	switch {
	case m.new < m.old-toleranceJudged || m.low < -loss:
		return fmt.Sprintf("在%s上，次序正确率为 %.1f%%（现用模型 %.1f%%，差值下限 %.1f 个百分点），变差了", label, 100*m.new, 100*m.old, 100*m.low)
	case m.newLevel < m.oldLevel-toleranceLevel:
		return fmt.Sprintf("在%s上，等级得分为 %.3f，低于现用模型的 %.3f", label, m.newLevel, m.oldLevel)
	}
	return ""
}

// figures adds what was measured under the name, rounded to what it is worth.
func (m measured) figures(name string, into map[string]float64) {
	put := func(name string, v float64) { into[name] = math.Round(v*1e4) / 1e4 }
	put(name+"_pairs", float64(m.pairs))
	put(name+"_accuracy", m.new)
	put("parent_"+name+"_accuracy", m.old)
	put(name+"_gain_low", m.low)
	if m.oldLevel > 0 {
		put(name+"_level_score", m.newLevel)
		put("parent_"+name+"_level_score", m.oldLevel)
	}
}
