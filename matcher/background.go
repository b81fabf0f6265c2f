package matcher

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

//go:embed background.txt
var backgroundText string

//go:generate sh -c "go run ./internal/mkbackground $CORPUS/abstracts.jsonl.gz $CORPUS/patents.jsonl.gz > background.txt"

// background is the share of technical documents that hold a term, 0–1; absent terms are rare. It stands in for a
// collection that is still too small to tell 技 from 镁.
type background map[term]float64

var readBackground = sync.OnceValues(func() (background, error) { return parseBackground(backgroundText) })

// parseBackground reads lines of characters per term (1 or 2), documents in 10,000, and the terms run together.
func parseBackground(text string) (background, error) {
	b := background{}
	for line := range strings.Lines(text) {
		cells := strings.Fields(line)
		if len(cells) == 0 || cells[0] == "#" {
			continue
		}
		if len(cells) != 3 {
			return nil, fmt.Errorf("background line %q: want width, documents and terms", line)
		}
		share, err := strconv.ParseFloat(cells[1], 64)
		if err != nil {
			return nil, fmt.Errorf("background line %q: %w", line, err)
		}
		runes := []rune(cells[2])
		switch {
		case cells[0] == "1":
			for _, r := range runes {
				b[term(r)] = share / 10_000
			}
		case cells[0] == "2" && len(runes)%2 == 0:
			for i := 0; i < len(runes); i += 2 {
				b[term(runes[i])<<16|term(runes[i+1])] = share / 10_000
			}
		default:
			return nil, fmt.Errorf("background line %q: width must be 1 or 2 and divide the terms", line)
		}
	}
	return b, nil
}
