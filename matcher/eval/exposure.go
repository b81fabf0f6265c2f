package eval

import "slices"

// Exposure says how evenly recommendations fall on the achievements of a set.
type Exposure struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	// Gini is 0 when every achievement is shown as often as the others, and near 1 when a few are always shown.
	Gini float64 `json:"gini"`
	// Never is the share of achievements that no need's top ten shows, 0–1.
	Never float64 `json:"never_shown"`
	// Most is how many top tens show the achievement that is shown most.
	Most int `json:"most"`
}

// exposure counts how often each of total achievements is in one of the lists.
func exposure(name, label string, lists [][]string, total int) Exposure {
	shown := map[string]int{}
	for _, list := range lists {
		for _, id := range list {
			shown[id]++
		}
	}
	counts := make([]int, 0, total)
	for _, n := range shown {
		counts = append(counts, n)
	}
	e := Exposure{Name: name, Label: label, Never: 1 - ratio(float64(len(counts)), float64(total))}
	for len(counts) < total {
		counts = append(counts, 0)
	}
	slices.Sort(counts)
	e.Gini = gini(counts)
	if len(counts) > 0 {
		e.Most = counts[len(counts)-1]
	}
	return e
}

// gini of ascending counts.
func gini(counts []int) float64 {
	sum, weighted := 0.0, 0.0
	for i, n := range counts {
		sum += float64(n)
		weighted += float64(i+1) * float64(n)
	}
	if sum == 0 {
		return 0
	}
	n := float64(len(counts))
	return 2*weighted/(n*sum) - (n+1)/n
}
