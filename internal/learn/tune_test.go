package learn

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jiqiao"
	"jiqiao/matcher/rank"
)

func tuned(t *testing.T, comparisons []comparison) *rank.Model {
	t.Helper()
	tuning, err := newTuning(baseModel(), names)
	if err != nil {
		t.Fatal(err)
	}
	return tuning.tune(comparisons, vectorOf)
}

// TestDebiasing has brokers who look at the top most of the time and take what is true, whatever habit says. Counting
// what they left alone as rejected teaches habit, which is only what put matches at the top.
func TestDebiasing(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	takers := &simulation{rng: rng, steepness: 1, verdict: func(x []float64) (jiqiao.Verb, string) {
		if x[truth] > 0.5 {
			return jiqiao.VerbAccept, ""
		}
		return "", ""
	}}
	var achievements []string
	for i := range places {
		achievements = append(achievements, fmt.Sprint("a", i))
	}
	var sessions []session
	for i := range 400 {
		sessions = append(sessions, takers.play(fmt.Sprint("n", i), achievements))
	}
	h := historyOf(sessions)
	naive := tuned(t, h.comparisons(Examination{Steepness: 0}))
	fair := tuned(t, h.comparisons(Examination{Steepness: 1}))
	t.Logf("habit: base %.2f, naive %.2f, fair %.2f; truth: base %.2f, naive %.2f, fair %.2f; agreement: base %.3f, naive %.3f, fair %.3f",
		weight(baseModel(), "habit"), weight(naive, "habit"), weight(fair, "habit"),
		weight(baseModel(), "truth"), weight(naive, "truth"), weight(fair, "truth"),
		agreement(baseModel(), truth), agreement(naive, truth), agreement(fair, truth))
	if weight(naive, "habit") < weight(baseModel(), "habit") {
		t.Error("the simulation has no position bias to speak of: the naive model did not learn habit")
	}
	if weight(fair, "habit") > 0.9*weight(baseModel(), "habit") || weight(fair, "truth") < 2*weight(fair, "habit") {
		t.Errorf("the fair model goes by habit (%.2f) rather than truth (%.2f)", weight(fair, "habit"), weight(fair, "truth"))
	}
	if agreement(fair, truth) < agreement(naive, truth)+0.1 {
		t.Errorf("agreement with what brokers want: naive %.3f, fair %.3f", agreement(naive, truth), agreement(fair, truth))
	}
	if e := estimateExamination(h.decided, h.shown); !e.Estimated || e.Steepness < 0.7 || e.Steepness > 1.3 {
		t.Errorf("estimated %+v, was 1", e)
	}
}

func TestFewDecisionsMoveLittle(t *testing.T) {
	one := comparison{better: pair{"n", "1"}, worse: pair{"n", "2"}, weight: 1, text: true, facts: true}
	base := baseModel()
	moved := func(m *rank.Model) float64 {
		sum := 0.0
		for i, s := range m.Text.Shapes {
			sum += max(s.Values[len(s.Values)-1]-base.Text.Shapes[i].Values[len(s.Values)-1], base.Text.Shapes[i].Values[len(s.Values)-1]-s.Values[len(s.Values)-1])
		}
		return sum
	}
	few, many := moved(tuned(t, []comparison{one})), moved(tuned(t, slices.Repeat([]comparison{one}, 200)))
	if few == 0 || few > 0.05 || many < 5*few {
		t.Errorf("one comparison moves the weights by %.4f, two hundred by %.4f", few, many)
	}
	nothing := tuned(t, nil)
	nothing.Figures = base.Figures
	if diff := cmp.Diff(base.Text.Shapes, nothing.Text.Shapes, cmp.AllowUnexported(rank.Shape{})); diff != "" {
		t.Errorf("nothing learned, and yet:\n%s", diff)
	}
}

// TestReasonsTeachTheirPart: a match that was not ripe yet was still a match in words.
func TestReasonsTeachTheirPart(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for _, c := range []struct {
		reason      string
		text, facts bool
	}{{"immature", false, true}, {"metrics", false, true}, {"field", true, true}, {"unclear", true, false}, {"changed", false, false}} {
		brokers := &simulation{rng: rng, verdict: func(x []float64) (jiqiao.Verb, string) {
			if x[ripe] < 0 || x[habit] > 0.8 {
				return jiqiao.VerbReject, c.reason
			}
			return jiqiao.VerbAccept, ""
		}}
		var comparisons []comparison
		for i := range 40 {
			s := brokers.play(fmt.Sprint("n", i), []string{"a", "b", "c", "d", "e", "f"})
			s.impression.IDs = nil // only what was said counts here
			h := historyOf([]session{s})
			comparisons = append(comparisons, h.comparisons(Examination{})...)
		}
		m := tuned(t, comparisons)
		if got := weight(m, "habit") != weight(baseModel(), "habit"); got != c.text {
			t.Errorf("%s: changes what texts are worth: %t", c.reason, got)
		}
		if got := weight(m, "ripe") > weight(baseModel(), "ripe"); got != c.facts {
			t.Errorf("%s: changes what facts are worth: %t (%.2f)", c.reason, got, weight(m, "ripe"))
		}
	}
}

func TestEveryReasonHasALesson(t *testing.T) {
	list, ok := jiqiao.LookupList("rejection")
	if !ok || len(list.Items) != len(lessons) {
		t.Fatalf("%d reasons, %d lessons", len(list.Items), len(lessons))
	}
	for _, item := range list.Items {
		l, known := lessons[item.Code]
		if !known || (l.weight > 0) != (l.text || l.facts) {
			t.Errorf("%s %s: lesson %+v, %t", item.Code, item.Label, l, known)
		}
	}
}

// TestTunedModelsStayModels: whatever is asked for, shapes rise, a fact that is not stated is worth what it was, and the
// same comparisons give the same model to the last digit.
func TestTunedModelsStayModels(t *testing.T) {
	base := must(baseModel().Bind(names))
	rapid.Check(t, func(rt *rapid.T) {
		var comparisons []comparison
		for range rapid.IntRange(0, 30).Draw(rt, "comparisons") {
			draw := func() pair {
				return pair{fmt.Sprint(rapid.IntRange(0, 5).Draw(rt, "need")), fmt.Sprint(rapid.IntRange(0, 5).Draw(rt, "achievement"))}
			}
			comparisons = append(comparisons, comparison{
				draw(), draw(), rapid.Float64Range(0, 20).Draw(rt, "weight"), rapid.Bool().Draw(rt, "text"), rapid.Bool().Draw(rt, "facts"), false,
			})
		}
		m, again := tuned(t, comparisons), tuned(t, comparisons)
		m.Version = "tuned"
		if err := m.Validate(); err != nil {
			rt.Fatal(err)
		}
		r := must(m.Bind(names))
		for _, x := range [][]float64{{100, 0.3, 0.4, 1}, {0, 0.9, 0.1, -1}} {
			if r.Score(x) != must(again.Bind(names)).Score(x) {
				rt.Fatal("twice the same gave different models")
			}
		}
		unstated := []float64{100, 0, 0, 0}
		if r.Score(unstated).Score != base.Score(unstated).Score {
			rt.Fatalf("nothing in common and no fact stated scores %v, was %v", r.Score(unstated).Score, base.Score(unstated).Score)
		}
	})
}

func TestExaminationEstimate(t *testing.T) {
	shown, decided := map[int]int{}, map[int]int{}
	for rank := 1; rank <= 20; rank++ {
		shown[rank] = 1000
		decided[rank] = int(600 * (Examination{Steepness: 0.5}).Chance(rank))
	}
	if e := estimateExamination(decided, shown); !e.Estimated || e.Steepness < 0.45 || e.Steepness > 0.55 {
		t.Errorf("estimated %+v, was 0.5", e)
	}
	for name, few := range map[string]map[int]int{
		"too few": {1: 100, 2: 50, 3: 20, 4: 10, 5: 5}, "at too few places": {1: 300, 2: 200}, "never shown": {100: 5000}, "none": {},
	} {
		if e := estimateExamination(few, shown); e.Estimated || e.Steepness != DefaultSteepness {
			t.Errorf("%s: %+v", name, e)
		}
	}
	even := map[int]int{}
	for rank := 1; rank <= 20; rank++ {
		even[rank] = 100
	}
	if e := estimateExamination(even, shown); e.Steepness > 0.01 {
		t.Errorf("looking everywhere alike is %+v", e)
	}
}

func TestComparisonsOfAList(t *testing.T) {
	said := func(verb jiqiao.Verb, reason string) *jiqiao.Decision {
		return &jiqiao.Decision{Verb: verb, Reason: reason}
	}
	l := list{listKey: listKey{jiqiao.KindNeed, "n", "张三"}, items: []item{
		{other: "taken", rank: 4, shown: true, decision: said(jiqiao.VerbAccept, "")},
		{other: "wrong", rank: 1, shown: true, decision: said(jiqiao.VerbReject, "field")},
		{other: "later", rank: 2, shown: true, decision: said(jiqiao.VerbDefer, "")},
		{other: "moot", rank: 5, shown: true, decision: said(jiqiao.VerbReject, "changed")},
		{other: "alone", rank: 3, shown: true},
		{other: "unseen", rank: 9},
	}}
	e := Examination{Steepness: 1}
	want := []comparison{
		{pair{"n", "taken"}, pair{"n", "wrong"}, 1, true, true, false},
		{pair{"n", "taken"}, pair{"n", "alone"}, leftAlone * 4, true, true, true},
	}
	opts := cmp.AllowUnexported(comparison{}, pair{})
	if diff := cmp.Diff(want, l.compare(e), opts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	l.items = l.items[1:] // nothing taken: what is wrong stands below what was left alone
	want = []comparison{{pair{"n", "alone"}, pair{"n", "wrong"}, leftAlone, true, true, true}}
	if diff := cmp.Diff(want, l.compare(e), opts); diff != "" {
		t.Errorf("without anything taken (-want +got):\n%s", diff)
	}
	l.listKey = listKey{jiqiao.KindAchievement, "a", "张三"}
	if got := l.compare(e); got[0].better != (pair{"alone", "a"}) {
		t.Errorf("an achievement's list: %+v", got)
	}
}

func TestModelOfOtherFeaturesIsRefused(t *testing.T) {
	if _, err := newTuning(baseModel(), []string{"shorter"}); jiqiao.CodeOf(err) != jiqiao.CodeInvalid {
		t.Errorf("%v", err)
	}
}
