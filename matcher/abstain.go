package matcher

import (
	"fmt"
	"strings"

	"jiqiao"
)

// abstains reports whether even the best candidate is not likely enough to be related at all. The threshold is the
// model's; docs/ranker.md shows what it answers and how often wrongly.
func (c *Collection) abstains(ranked []Scored) bool {
	return len(ranked) == 0 || ranked[0].AtLeast(jiqiao.LevelWeak) < c.ranker.Abstain()
}

// AtLeast is the probability that the pair has this level or a better one.
func (s *Scored) AtLeast(l jiqiao.Level) float64 {
	sum := 0.0
	for _, p := range s.Probabilities[l-1:] {
		sum += p
	}
	return sum
}

// nearestMisses is how many of the nearest the message names.
const nearestMisses = 3

// abstention says that nothing fits, and what the nearest misses lack. shown are the first matches of the list, found
// their scores by ID.
func abstention(kind jiqiao.Kind, shown []jiqiao.Match, found []Scored) string {
	none := "暂无合适成果"
	if kind == jiqiao.KindNeed {
		none = "暂无合适需求"
	}
	byID := make(map[string]*Scored, len(found))
	for i := range found {
		byID[found[i].ID] = &found[i]
	}
	var misses []string
	for _, m := range shown[:min(nearestMisses, len(shown))] {
		head := m.Record.Head()
		s := byID[head.ID]
		if s == nil {
			continue
		}
		misses = append(misses, fmt.Sprintf("“%s”（相关的可能性 %.0f%%，%s）", head.Title, 100*s.AtLeast(jiqiao.LevelWeak), lacking(s)))
	}
	if len(misses) == 0 {
		return none
	}
	return none + "。最接近的是" + strings.Join(misses, "、")
}

// lacking says why a pair is a miss: what the fields say against it, or else that the texts are about other things.
func lacking(s *Scored) string {
	if labels := fallen(s.Features[featureFacts:]); labels != "" {
		return "主题相距较远，且" + labels + "不符"
	}
	return "主题相距较远"
}
