package matcher

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestWeights(t *testing.T) {
	if w := DefaultWeights(); w.Version == "" || w.Provenance == "" {
		t.Error("the weights that ship do not say what they are")
	}
	for name, text := range map[string]string{
		"empty":      "",
		"not JSON":   "{",
		"misspelt":   strings.Replace(weightsJSON, `"saturation"`, `"saturaton"`, 1),
		"negative":   strings.Replace(weightsJSON, `"classes": [1`, `"classes": [-1`, 1),
		"no version": strings.Replace(weightsJSON, `"features-3"`, `""`, 1),
		"no half":    strings.Replace(weightsJSON, `"half": 40,`, `"half": 0,`, 1),
	} {
		if text == weightsJSON {
			t.Fatalf("%s: the case changes nothing", name)
		}
		if _, err := LoadWeights(strings.NewReader(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestBackground(t *testing.T) {
	b, err := readBackground()
	if err != nil {
		t.Fatal(err)
	}
	if b['的'] < 0.9 || b['镁'] == 0 || b['镁'] > 0.05 || b[term('研')<<16|term('究')] < 0.2 {
		t.Errorf("的 %v, 镁 %v, 研究 %v", b['的'], b['镁'], b[term('研')<<16|term('究')])
	}
	for _, bad := range []string{"1 x 的", "2 10 奇数个", "3 10 的", "1 的"} {
		if _, err := parseBackground(bad); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

// TestHeadsFindTheBest holds the bucketed selection against sorting everything.
func TestHeadsFindTheBest(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	h := newHeads()
	sums := make([]float32, 5000)
	for i := range sums {
		h.ids = append(h.ids, string(rune('a'+i%26))+strings.Repeat("x", i/26))
		if sums[i] = rng.Float32(); i%7 == 0 {
			sums[i] = 0.5
		}
		if i%3 == 0 {
			sums[i] = 0
		}
	}
	order := make([]int, 0, len(sums))
	for i, v := range sums {
		if v > 0 {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		if sums[a] != sums[b] {
			return map[bool]int{true: -1, false: 1}[sums[a] > sums[b]]
		}
		return a - b
	})
	for _, limit := range []int{0, 1, 10, 1000, 10_000} {
		var want []string
		for _, i := range order[:min(limit, len(order))] {
			want = append(want, h.ids[i])
		}
		if got := h.best(sums, limit); !slices.Equal(got, want) {
			t.Errorf("the best %d differ", limit)
		}
	}
	if got := h.best(make([]float32, 10), 5); len(got) != 0 {
		t.Errorf("found %v where nothing is shared", got)
	}
}
