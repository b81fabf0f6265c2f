package learn

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"jiqiao"
	"jiqiao/index/zh"
	"jiqiao/matcher"
	"jiqiao/matcher/eval"
	"jiqiao/matcher/rank"
	"jiqiao/matcher/rank/train"
)

// TestGradesAsDecisions plays brokers who share the opinion of people who graded real pairs: on half of the needs they see
// the fallback's ranking, look at the top most of the time, take 强 and 较强, and turn 无相关 down. The other half, which
// nobody decided on, tells whether that teaches something that holds. The fallback has learned from no grade.
func TestGradesAsDecisions(t *testing.T) {
	shared := cmp.Or(os.Getenv("JIQIAO_SHARED"), "../../../shared")
	if _, err := os.Stat(filepath.Join(shared, "eval/graded")); err != nil {
		t.Skipf("no graded pairs: %v (set JIQIAO_SHARED)", err)
	}
	if testing.Short() {
		t.Skip("-short")
	}
	analyzer, err := zh.New(zh.Options{})
	if err != nil {
		t.Fatal(err)
	}
	examples, err := eval.GradedExamples(t.Context(), filepath.Join(shared, "eval/graded"), eval.Options{Analyzer: analyzer})
	if err != nil {
		t.Fatal(err)
	}
	root := rank.Fallback()
	vectors, byNeed, needs := map[pair][]float64{}, map[string][]train.Example{}, []string{}
	for _, e := range examples {
		vectors[pair{e.Need, e.Achievement}] = e.X
		if byNeed[e.Need] == nil {
			needs = append(needs, e.Need)
		}
		byNeed[e.Need] = append(byNeed[e.Need], e)
	}
	rng := rand.New(rand.NewPCG(3, 5))
	rng.Shuffle(len(needs), func(i, j int) { needs[i], needs[j] = needs[j], needs[i] })
	names := matcher.FeatureNames()
	ranker := must(root.Bind(names))
	var sessions []session
	for _, n := range needs[:len(needs)/2] {
		sessions = append(sessions, gradedSession(rng, ranker, n, byNeed[n]))
	}
	var left []train.Example
	for _, n := range needs[len(needs)/2:] {
		left = append(left, byNeed[n]...)
	}
	h := historyOf(sessions)
	tuning, err := newTuning(root, names)
	if err != nil {
		t.Fatal(err)
	}
	comparisons := h.comparisons(Examination{Steepness: 1})
	m := tuning.tune(comparisons, func(p pair) []float64 { return vectors[p] })
	got := onJudged(left, ranker, must(m.Bind(names)))
	t.Logf("%d decisions, %d comparisons; on the %d pairs of the other half: before %.4f, after %.4f, low end of the gain %.4f; levels %.4f, %.4f",
		len(h.decisions), len(comparisons), got.pairs, got.old, got.new, got.low, got.oldLevel, got.newLevel)
	naive := onJudged(left, ranker, must(tuning.tune(h.comparisons(Examination{}), func(p pair) []float64 { return vectors[p] }).Bind(names)))
	t.Logf("without regard to places: after %.4f, low end %.4f", naive.new, naive.low)
	if got.new <= got.old || got.low < -0.002 {
		t.Errorf("decisions taught nothing that holds: before %.4f, after %.4f, low end %.4f", got.old, got.new, got.low)
	}
}

// gradedSession shows one need's graded pairs in the ranker's order.
func gradedSession(rng *rand.Rand, ranker *rank.Ranker, need string, examples []train.Example) session {
	sorted := append([]train.Example(nil), examples...)
	for i := range sorted {
		for j := i; j > 0 && ranker.Score(sorted[j].X).Score > ranker.Score(sorted[j-1].X).Score; j-- {
			sorted[j], sorted[j-1] = sorted[j-1], sorted[j]
		}
	}
	s := session{impression: jiqiao.Impression{Kind: jiqiao.KindNeed, SubjectID: need, First: 1, By: "张三"}}
	for i, e := range sorted {
		s.impression.IDs = append(s.impression.IDs, e.Achievement)
		if rng.Float64() > (Examination{Steepness: 1}).Chance(i+1) {
			continue
		}
		d := jiqiao.Decision{ID: fmt.Sprintf("d_%s_%d", need, i), NeedID: need, AchievementID: e.Achievement, Rank: i + 1, By: "张三"}
		switch {
		case e.Level >= jiqiao.LevelFair:
			d.Verb = jiqiao.VerbAccept
		case e.Level == jiqiao.LevelNone:
			d.Verb, d.Reason = jiqiao.VerbReject, "field"
		default:
			continue
		}
		s.decisions = append(s.decisions, d)
	}
	return s
}
