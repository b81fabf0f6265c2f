package learn

import (
	"slices"

	"jiqiao"
)

// pair is one need beside one achievement.
type pair struct{ need, achievement string }

// comparison says that one pair should score higher than another.
type comparison struct {
	better, worse pair
	// weight is how much it counts; that of an implied comparison has the chance of having been looked at in it.
	weight float64
	// text and facts say which parts of the model it may change.
	text, facts bool
	// implied comes from what was left alone, not from two decisions.
	implied bool
}

const (
	// leftAlone is what all matches that were shown beside a decided one and left alone count together.
	leftAlone = 0.25
	// maxLeftAlone is how many of them, the nearest by place, are looked at.
	maxLeftAlone = 10
)

// compare turns a list into comparisons.
func (l *list) compare(e Examination) []comparison {
	var accepted, rejected, alone []*item
	for i := range l.items {
		switch it := &l.items[i]; {
		case it.decision == nil && it.shown:
			alone = append(alone, it)
		case it.decision == nil:
		case it.decision.Verb == jiqiao.VerbAccept:
			accepted = append(accepted, it)
		case lessonOf(it.decision).weight > 0:
			rejected = append(rejected, it)
		}
	}
	var out []comparison
	for _, no := range rejected {
		learned := lessonOf(no.decision)
		// However many were accepted, a rejection counts once.
		weight := learned.weight / float64(max(len(accepted), 1))
		for _, yes := range accepted {
			out = append(out, comparison{l.pair(yes), l.pair(no), weight, learned.text, learned.facts, false})
		}
		if len(accepted) == 0 && learned.text && no.shown {
			for _, c := range l.beside(alone, no, learned.weight, e) {
				c.better, c.worse = c.worse, c.better
				out = append(out, c)
			}
		}
	}
	for _, yes := range accepted {
		if yes.shown { // else its place is that of another list
			out = append(out, l.beside(alone, yes, 1, e)...)
		}
	}
	return out
}

// beside compares a decided match with the nearest of those that were shown beside it and left alone. Only the place of
// the decided one counts, by the inverse of its chance to be looked at: whatever is left alone would have had its own
// comparison, had it been looked at and taken. That makes the sum, on average, what it would be had everything been
// looked at.
func (l *list) beside(alone []*item, decided *item, weight float64, e Examination) []comparison {
	distance := func(it *item) int { return max(it.rank-decided.rank, decided.rank-it.rank) }
	near := slices.Clone(alone)
	slices.SortStableFunc(near, func(a, b *item) int { return distance(a) - distance(b) })
	near = near[:min(len(near), maxLeftAlone)]
	weight *= leftAlone / (e.Chance(decided.rank) * float64(max(len(near), 1)))
	out := make([]comparison, len(near))
	for i, it := range near {
		out[i] = comparison{l.pair(decided), l.pair(it), weight, true, true, true}
	}
	return out
}

// comparisons are those of all lists.
func (h *history) comparisons(e Examination) []comparison {
	var out []comparison
	for i := range h.lists {
		out = append(out, h.lists[i].compare(e)...)
	}
	return out
}
