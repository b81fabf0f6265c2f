package eval

import (
	"context"
	"math/rand/v2"
	"strings"
	"unicode"

	"jiqiao"
	"jiqiao/index/vector"
	"jiqiao/index/zh"
	"jiqiao/matcher"
)

// Robust says what a rewriting of the needs, which changes no meaning, does to the ranking.
type Robust struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	// Changed counts the needs that the rewriting altered; only they are measured.
	Changed int `json:"changed"`
	// Tau is Kendall's τ between the top tens before and after, the mean over needs.
	Tau float64 `json:"tau"`
	// Kept is the share of the top ten that stays in it.
	Kept float64 `json:"kept"`
	// Loss is what the changed needs lose of nDCG@10, over judged pairs.
	Loss float64 `json:"ndcg_loss"`
}

// rewriting changes a title or a text. rng is the need's own, so that one need does not depend on the others.
type rewriting struct {
	name, label string
	// title only leaves the content as it is.
	titleOnly bool
	rewrite   func(text string, rng *rand.Rand) string
}

func rewritings(a *zh.Analyzer, words *vector.Words) []rewriting {
	plain := func(f func(string) string) func(string, *rand.Rand) string {
		return func(s string, _ *rand.Rand) string { return f(s) }
	}
	return []rewriting{
		{"traditional", "改写成繁體", false, plain(zh.Traditional)},
		{"fullwidth", "数字字母改成全角", false, plain(fullWidth)},
		{"punctuation", "标点全部更换", false, plain(otherMarks)},
		{"typo", "标题错一个字", true, typo},
		{"synonym", "标题换一个近义词", true, func(s string, _ *rand.Rand) string { return synonym(a, words, s) }},
	}
}

const fullWidthOffset = '！' - '!'

func fullWidth(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r <= '~' {
			return r + fullWidthOffset
		}
		return r
	}, s)
}

var marks = strings.NewReplacer("，", ",", "。", ". ", "；", ";", "：", ": ", "、", "，", "（", "(", "）", ")", ",", "，", ";", "；",
	"“", "「", "”", "」", "(", "（", ")", "）")

func otherMarks(s string) string { return marks.Replace(s) }

// typo writes one Han character of the title wrong: it becomes another character of the same text, as a slip of the
// input method would give a common one.
func typo(s string, rng *rand.Rand) string {
	runes := []rune(s)
	var at []int
	for i, r := range runes {
		if unicode.Is(unicode.Han, r) {
			at = append(at, i)
		}
	}
	if len(at) < 2 {
		return s
	}
	i, j := at[rng.IntN(len(at))], at[rng.IntN(len(at))]
	runes[i] = runes[j]
	return string(runes)
}

// minSynonym is the likeness from which a neighbour in the vectors that the program ships with stands for the same thing.
const minSynonym = 0.75

// synonym replaces the title's word that has the nearest neighbour by that neighbour. The neighbours are the matcher's own
// idea of what is close, so this asks whether the idea reaches the score, not whether it is right.
func synonym(a *zh.Analyzer, words *vector.Words, title string) string {
	best, start, end, by := float32(minSynonym), 0, 0, ""
	for _, t := range a.Tokens(nil, title) {
		if !vector.Meant(t) || len([]rune(t.Term)) < 2 {
			continue
		}
		if _, known := words.ID(t.Term); !known {
			continue
		}
		for _, n := range words.Near(t.Term, 5) {
			if n.Similarity > best && !strings.Contains(n.Word, t.Term) && !strings.Contains(t.Term, n.Word) {
				best, start, end, by = n.Similarity, t.Start, t.End, strings.Clone(n.Word)
			}
		}
	}
	return title[:start] + by + title[end:]
}

func (w *rewriting) need(n *jiqiao.Need, rng *rand.Rand) *jiqiao.Need {
	out := *n
	out.Title = w.rewrite(n.Title, rng)
	if !w.titleOnly {
		out.Problem = w.rewrite(n.Problem, rng)
	}
	return &out
}

// robustness measures every rewriting over the judged needs of a set.
func robustness(ctx context.Context, set *GradedSet, c *matcher.Collection, r matcher.Recaller, all []rewriting) ([]Robust, error) {
	out := make([]Robust, len(all))
	needs := set.needs()
	for k := range all {
		w := &all[k]
		before, after := Run{}, Run{}
		changed := &Judgements{byNeed: map[string][]Judgement{}}
		out[k] = Robust{Name: w.name, Label: w.label}
		for i, id := range set.Judgements.Needs {
			need := needs[id]
			other := w.need(need, rand.New(rand.NewPCG(bootstrapSeed, uint64(i))))
			if other.Title == need.Title && other.Problem == need.Problem {
				continue
			}
			was, err := topTen(ctx, c, r, need)
			if err != nil {
				return nil, err
			}
			is, err := topTen(ctx, c, r, other)
			if err != nil {
				return nil, err
			}
			out[k].Changed++
			out[k].Tau += kendall(was, is)
			out[k].Kept += overlap(was, is)
			judged := set.Judgements.Of(id)
			changed.Needs, changed.byNeed[id] = append(changed.Needs, id), judged
			scoreInto(c, need, judged, before)
			scoreInto(c, other, judged, after)
		}
		n := float64(max(out[k].Changed, 1))
		out[k].Tau, out[k].Kept = out[k].Tau/n, out[k].Kept/n
		out[k].Loss = Measure(changed, before).NDCG - Measure(changed, after).NDCG
	}
	return out, nil
}

func topTen(ctx context.Context, c *matcher.Collection, r matcher.Recaller, need *jiqiao.Need) ([]string, error) {
	found, err := c.Search(ctx, r, matcher.RecallQuery{Kind: jiqiao.KindAchievement, Subject: need, Limit: candidates})
	if err != nil {
		return nil, err
	}
	return ids(found[:min(rankDepth, len(found))]), nil
}

func scoreInto(c *matcher.Collection, need *jiqiao.Need, judged []Judgement, run Run) {
	list := make([]string, len(judged))
	for i, g := range judged {
		list[i] = g.Achievement
	}
	for _, s := range c.ScoreAll(need, list) {
		run[Pair{need.ID, s.ID}] = Scored{s.Score, float64(s.Level)}
	}
}

// kendall is τ over the union of two top lists; what one of them lacks stands behind everything it has (Fagin, Kumar and
// Sivakumar 2003), and a pair that a list does not order counts neither way.
func kendall(a, b []string) float64 {
	union := join(a, b)
	placeA, placeB := places(a, union), places(b, union)
	sum, pairs := 0, 0
	for i := range union {
		for j := range i {
			pairs++
			switch d := (placeA[i] - placeA[j]) * (placeB[i] - placeB[j]); {
			case d > 0:
				sum++
			case d < 0:
				sum--
			}
		}
	}
	if pairs == 0 {
		return 1
	}
	return float64(sum) / float64(pairs)
}

func join(a, b []string) []string {
	known := map[string]bool{}
	var out []string
	for _, list := range [][]string{a, b} {
		for _, id := range list {
			if !known[id] {
				known[id] = true
				out = append(out, id)
			}
		}
	}
	return out
}

func places(list, union []string) []int {
	at := map[string]int{}
	for i, id := range list {
		at[id] = i
	}
	out := make([]int, len(union))
	for i, id := range union {
		out[i] = len(list)
		if p, ok := at[id]; ok {
			out[i] = p
		}
	}
	return out
}

func overlap(a, b []string) float64 {
	in := map[string]bool{}
	for _, id := range a {
		in[id] = true
	}
	both := 0
	for _, id := range b {
		if in[id] {
			both++
		}
	}
	return ratio(float64(both), float64(max(len(a), 1)))
}
