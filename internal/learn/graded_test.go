package learn

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"jiqiao"
	"jiqiao/index/zh"
	"jiqiao/matcher"
	"jiqiao/matcher/eval"
	"jiqiao/matcher/rank"
	"jiqiao/matcher/rank/train"
)

// TestGradesAsDecisions plays brokers who share the opinion of people who graded real pairs: on half of the needs they see
// a model's ranking, look at the top most of the time, take 强 and 较强, and turn 无相关 down. The other half, which nobody
// decided on, tells whether that teaches something that holds. One model is the fallback, which has learned from no grade
// and leaves little to learn; the other goes by characters and hardly by anything else.
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
	for name, c := range map[string]struct {
		root *rank.Model
		gain float64 // the least, on average
	}{"fallback": {rank.Fallback(), -0.003}, "characters": {byCharacters(), 0.0005}} {
		g := newGradedBrokers(examples, c.root)
		const splits = 6
		before, fair, naive := 0.0, 0.0, 0.0
		for seed := range uint64(splits) {
			old, renewed, blind := g.learn(t, seed)
			before, fair, naive = before+old/splits, fair+renewed/splits, naive+blind/splits
		}
		t.Logf("%s, %d splits: pairs in the right order before %.4f, after %.4f, without regard to places %.4f", name, splits, before, fair, naive)
		if fair-before < c.gain {
			t.Errorf("%s: decisions gained %.4f, want %.4f", name, fair-before, c.gain)
		}
	}
}

// byCharacters is the fallback with a tenth of the weight on everything but characters.
func byCharacters() *rank.Model {
	m := rank.Fallback()
	for _, shapes := range [][]rank.Shape{m.Title.Shapes, m.Text.Shapes} {
		for _, s := range shapes {
			if s.Feature == "characters" {
				continue
			}
			for k := range s.Values {
				s.Values[k] /= 10
			}
		}
	}
	return m
}

type gradedBrokers struct {
	root    *rank.Model
	ranker  *rank.Ranker
	byNeed  map[string][]train.Example
	needs   []string
	vectors map[pair][]float64
}

func newGradedBrokers(examples []train.Example, root *rank.Model) *gradedBrokers {
	g := &gradedBrokers{root: root, ranker: must(root.Bind(matcher.FeatureNames())), byNeed: map[string][]train.Example{}, vectors: map[pair][]float64{}}
	for _, e := range examples {
		g.vectors[pair{e.Need, e.Achievement}] = e.X
		if g.byNeed[e.Need] == nil {
			g.needs = append(g.needs, e.Need)
		}
		g.byNeed[e.Need] = append(g.byNeed[e.Need], e)
	}
	return g
}

// learn answers the share of pairs in the right order, on the half of the needs that nobody decided on, before and after,
// and after learning without regard to places.
func (g *gradedBrokers) learn(t *testing.T, seed uint64) (before, fair, naive float64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 5))
	needs := slices.Clone(g.needs)
	rng.Shuffle(len(needs), func(i, j int) { needs[i], needs[j] = needs[j], needs[i] })
	var sessions []session
	for _, n := range needs[:len(needs)/2] {
		sessions = append(sessions, gradedSession(rng, g.ranker, n, g.byNeed[n]))
	}
	var left []train.Example
	for _, n := range needs[len(needs)/2:] {
		left = append(left, g.byNeed[n]...)
	}
	tuning, err := newTuning(g.root, matcher.FeatureNames())
	if err != nil {
		t.Fatal(err)
	}
	h := historyOf(sessions)
	after := func(e Examination) measured {
		m := tuning.tune(h.comparisons(e), func(p pair) []float64 { return g.vectors[p] })
		return onJudged(left, g.ranker, must(m.Bind(matcher.FeatureNames())))
	}
	m := after(Examination{Steepness: 1})
	return m.old, m.new, after(Examination{}).new
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
		if rng.Float64() > 1/float64(i+1) {
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
