package codes

import (
	"embed"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

//go:embed data/industry.tsv data/field.tsv
var seedFiles embed.FS

// Seed is a code with the words written down for it.
type Seed struct {
	Code  string
	Words []string
}

// Seeds reads the words written down for the codes of a list, in the order of the file.
func Seeds(list string) ([]Seed, error) {
	data, err := seedFiles.ReadFile("data/" + list + ".tsv")
	if err != nil {
		return nil, fmt.Errorf("words of the list %s: %w", list, err)
	}
	var out []Seed
	for line := range strings.Lines(string(data)) {
		if code, words, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && !strings.HasPrefix(line, "#") {
			out = append(out, Seed{code, strings.Fields(words)})
		}
	}
	return out, nil
}

// seedIndex finds the seeds of all codes of a list in a text.
type seedIndex struct {
	places  map[string][]int // by folded seed: the codes that have it
	longest int              // in characters
	norm    []float64        // by code
}

func newSeedIndex(seeds []Seed, fold func(string) string) seedIndex {
	x := seedIndex{places: map[string][]int{}}
	for i, s := range seeds {
		for _, w := range s.Words {
			w = fold(w)
			x.places[w] = append(x.places[w], i)
			x.longest = max(x.longest, utf8.RuneCountInString(w))
		}
		// A code with many seeds is met more often by chance.
		x.norm = append(x.norm, math.Sqrt(float64(len(s.Words)+5)))
	}
	return x
}

// seeds are the points of the codes: each seed by its length, how often it stands there (those of the title again), and how
// few codes share it.
func (l *list) seeds(t text) []float64 {
	counts := map[string]int{}
	var order []string
	for k, part := range []string{t.folded, t.title} {
		starts := make([]int, 0, len(part))
		for i := range part {
			starts = append(starts, i)
		}
		starts = append(starts, len(part))
		for i := range len(starts) - 1 {
			for n := 2; n <= l.index.longest && i+n < len(starts); n++ {
				w := part[starts[i]:starts[i+n]]
				if _, ok := l.index.places[w]; !ok {
					continue
				}
				if counts[w] == 0 {
					order = append(order, w)
				}
				counts[w] += 1 + k
			}
		}
	}
	out := make([]float64, len(l.codes))
	for _, w := range order {
		places := l.index.places[w]
		points := math.Sqrt(float64(utf8.RuneCountInString(w))) * math.Log1p(float64(counts[w])) / float64(len(places))
		for _, c := range places {
			out[c] += points / l.index.norm[c]
		}
	}
	return out
}
