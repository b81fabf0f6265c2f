package clinic

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"jiqiao"
)

// duplicateFrom is the share of common wording from which two records are the same one written twice. Records that the
// index calls similar and that stay below are close: the same subject, much of the same text.
const duplicateFrom = 0.8

// similar grades what the index found and says why. The order is the index's.
func (e *exam) similar(found []jiqiao.Duplicate) []jiqiao.SimilarRecord {
	out := make([]jiqiao.SimilarRecord, 0, len(found))
	own := e.draft.rec.Head()
	for _, d := range found {
		s := jiqiao.SimilarRecord{Duplicate: d, Level: "close", LevelLabel: "近似"}
		var why []string
		shown := jiqiao.Viewer{}.Show(d.Record) // a reason must not tell whose an anonymous record is
		if shown != nil {
			other := shown.Head()
			if own.Title != "" && e.zh.Fold(own.Title) == e.zh.Fold(other.Title) {
				why = append(why, "名称相同")
			}
			if own.Owner.Name != "" && own.Owner.Name == other.Owner.Name && !other.Disclosure.HidesOwner() {
				why = append(why, "同一单位")
			}
		}
		if len(why) > 1 || d.Similarity >= duplicateFrom {
			s.Level, s.LevelLabel = "duplicate", "重复"
		}
		why = append(why, fmt.Sprintf("用词有 %.0f%% 相同", d.Similarity*100))
		if words := e.shared(shown); len(words) > 0 {
			why = append(why, "都写了“"+strings.Join(words, "”“")+"”")
		}
		s.Why = strings.Join(why, "，")
		out = append(out, s)
	}
	return out
}

// maxShared is how many words are named that two records share.
const maxShared = 4

// shared are the most telling words of both.
func (e *exam) shared(rec jiqiao.Record) []string {
	if rec == nil {
		return nil
	}
	var text strings.Builder
	for _, s := range rec.Sections() {
		text.WriteString(s.Text + "\n")
	}
	folded := e.zh.Fold(text.String())
	all := e.candidates()
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(e.rarity(b.word), e.rarity(a.word)) })
	var words []string
	for _, c := range all {
		if len(words) == maxShared {
			break
		}
		if strings.Contains(folded, e.zh.Fold(c.word)) && !slices.ContainsFunc(words, func(w string) bool { return overlaps(w, c.word) }) {
			words = append(words, c.word)
		}
	}
	return words
}
