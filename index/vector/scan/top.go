package scan

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// top keeps the best hits of one goroutine: a heap with the worst at its root.
type top struct {
	limit int
	hits  []Hit
	bar   float64 // what a hit must at least reach
}

// compare orders the better hit first.
func compare(a, b Hit) int {
	return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(a.ID, b.ID))
}

func (t *top) admits(score float64, id string) bool {
	return len(t.hits) < t.limit || compare(Hit{id, score}, t.hits[0]) < 0
}

// add puts in a hit that is admitted.
func (t *top) add(h Hit) {
	if len(t.hits) < t.limit {
		t.hits = append(t.hits, h)
		for i := len(t.hits) - 1; i > 0; {
			up := (i - 1) / 2
			if compare(t.hits[i], t.hits[up]) <= 0 {
				break
			}
			t.hits[i], t.hits[up] = t.hits[up], t.hits[i]
			i = up
		}
	} else {
		t.hits[0] = h
		t.sink()
	}
	if t.bar = math.Inf(-1); len(t.hits) == t.limit {
		t.bar = t.hits[0].Score
	}
}

func (t *top) sink() {
	for i := 0; ; {
		worst := i
		for _, child := range [2]int{2*i + 1, 2*i + 2} {
			if child < len(t.hits) && compare(t.hits[child], t.hits[worst]) > 0 {
				worst = child
			}
		}
		if worst == i {
			return
		}
		t.hits[i], t.hits[worst] = t.hits[worst], t.hits[i]
		i = worst
	}
}

// best merges what goroutines found.
func best(n int, tops ...top) []Hit {
	hits := []Hit{}
	for _, t := range tops {
		hits = append(hits, t.hits...)
	}
	slices.SortFunc(hits, compare)
	return hits[:min(n, len(hits))]
}
