package eval

import (
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"

	"jiqiao/index/zh"
)

// The level that baselines without levels of their own give every pair; it is the best constant on the graded set.
const constantLevel = 2

func constantRun(set *GradedSet) Run {
	return eachJudged(set, func(Pair) Scored { return Scored{Level: constantLevel} })
}

func randomRun(set *GradedSet) Run {
	rng := rand.New(rand.NewPCG(bootstrapSeed, 1))
	return eachJudged(set, func(Pair) Scored { return Scored{rng.Float64(), float64(1 + rng.IntN(4))} })
}

// bm25Run ranks achievements by BM25 with the need's title twice and its content as the query, as a strong plain
// search would; terms cuts a text.
func bm25Run(set *GradedSet, terms func(string) []string) Run {
	docs := make([][]string, len(set.Achievements))
	at := make(map[string]int, len(docs))
	for i, a := range set.Achievements {
		at[a.ID] = i
		docs[i] = append(terms(a.Title), terms(a.Content)...)
	}
	x := newBM25(docs)
	scores := make(map[string][]float64, len(set.Needs))
	for _, n := range set.Needs {
		title := terms(n.Title)
		scores[n.ID] = x.scores(slices.Concat(title, title, terms(n.Content)))
	}
	return eachJudged(set, func(p Pair) Scored {
		return Scored{scores[p.Need][at[p.Achievement]], constantLevel}
	})
}

func eachJudged(set *GradedSet, score func(Pair) Scored) Run {
	run := Run{}
	for _, need := range set.Judgements.Needs {
		for _, g := range set.Judgements.Of(need) {
			run[g.Pair] = score(g.Pair)
		}
	}
	return run
}

// characterBigrams cuts runs of letters and digits into overlapping pairs of characters; a run of one stays whole.
// White space does not end a run: the graded titles are segmented, and a pair across two segments is as telling as
// one inside.
func characterBigrams(text string) []string {
	var out []string
	var run []rune
	flush := func() {
		if len(run) == 1 {
			out = append(out, string(run))
		}
		for i := 1; i < len(run); i++ {
			out = append(out, string(run[i-1:i+1]))
		}
		run = run[:0]
	}
	for _, r := range text {
		if unicode.IsSpace(r) {
			continue
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			run = append(run, unicode.ToLower(r))
			continue
		}
		flush()
	}
	flush()
	return out
}

// words cuts a text into its dictionary words, Latin words, models and numbers, as the index does.
func words(zhAnalyzer *zh.Analyzer) func(string) []string {
	return func(text string) []string {
		var out []string
		for _, t := range zhAnalyzer.Tokens(nil, text) {
			if t.Kind != zh.Bigram {
				out = append(out, strings.Clone(t.Term))
			}
		}
		return out
	}
}
