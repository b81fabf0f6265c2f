package clinic

import (
	_ "embed"
	"strings"
	"sync"
)

// hints.txt has, on each line, words separated by "|" and the figures usual for such things.
//
//go:embed hints.txt
var hintLines string

type hint struct {
	words   []string
	figures string
}

var hints = sync.OnceValue(func() []hint {
	var out []hint
	for line := range strings.Lines(hintLines) {
		words, figures, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if ok && !strings.HasPrefix(line, "#") {
			out = append(out, hint{strings.Split(words, "|"), figures})
		}
	}
	return out
})

// hint names figures that are usual for the draft's object: the words of the title decide, then those of the text.
func (e *exam) hint() string {
	best, most := "性能指标、产能或合格率、单位成本", 0
	for _, h := range hints() {
		score := 0
		for _, w := range h.words {
			if strings.Contains(e.title.text, w) {
				score += 10
			}
			for _, s := range e.draft.sections {
				score += min(strings.Count(s.Text, w), 3)
			}
		}
		if score > most {
			best, most = h.figures, score
		}
	}
	return best
}
