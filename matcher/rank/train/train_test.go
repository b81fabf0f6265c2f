package train

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/matcher/rank"
)

var testNames = []string{"shorter", "signal", "noise", "falling"}

func testBase() *rank.Model {
	regime := func() rank.Regime {
		return rank.Regime{
			Base:   -1,
			Shapes: []rank.Shape{{Feature: "noise", Label: "噪声", Knots: []float64{0, 1}, Values: []float64{0, 1}}},
			Levels: [3]rank.Step{{Slope: 1}, {Slope: 1}, {Slope: 1}},
		}
	}
	return &rank.Model{
		Version: "base", Provenance: "测试", Blend: rank.Blend{Feature: "shorter", Low: 10, High: 20}, Title: regime(), Text: regime(),
	}
}

func testOptions() Options {
	terms := []Term{{"signal", "信号", 2}, {"noise", "噪声", 1}, {"falling", "反向", 1}}
	return Options{Version: "t-1", Provenance: "测试", Names: testNames, Title: terms, Text: terms, Base: testBase()}
}

// needs draws examples whose level follows signal, against falling, by a known ordinal model; the needs' judges are
// generous or strict.
func needs(n, each int, shorter float64) []Example {
	rng := rand.New(rand.NewPCG(3, 4))
	var out []Example
	for need := range n {
		judge := rng.NormFloat64() * 0.5
		for k := range each {
			signal, noise, falling := rng.Float64()*10, rng.Float64(), rng.Float64()
			strength := 0.6*signal - 2*falling + judge - 2
			level := jiqiao.LevelNone
			for _, threshold := range []float64{0, 2.5, 4} {
				if rng.Float64() < logistic(2*(strength-threshold)) && level == jiqiao.Level(1+slices.Index([]float64{0, 2.5, 4}, threshold)) {
					level++
				}
			}
			out = append(out, Example{
				Need: fmt.Sprint("n", need), Achievement: fmt.Sprint("a", k), Level: level,
				X: []float64{shorter, signal, noise, falling},
			})
		}
	}
	return out
}

func shapeOf(t *testing.T, shapes []rank.Shape, feature string) (rank.Shape, bool) {
	t.Helper()
	at := slices.IndexFunc(shapes, func(s rank.Shape) bool { return s.Feature == feature })
	if at < 0 {
		return rank.Shape{}, false
	}
	return shapes[at], true
}

// fitted is a model of all examples, with the report of the cross-validation.
func fitted(examples []Example, o Options) (*rank.Model, Report, error) {
	m, err := Model(examples, o)
	if err != nil {
		return nil, Report{}, err
	}
	predictions, err := CrossValidate(examples, o, Folds{Count: 5, Seed: 1})
	if err != nil {
		return nil, Report{}, err
	}
	return m, NewReport(examples, predictions), nil
}

func TestFitFindsTheSignal(t *testing.T) {
	examples := needs(40, 30, 0)
	m, report, err := fitted(examples, testOptions())
	if err != nil {
		t.Fatal(err)
	}
	signal, ok := shapeOf(t, m.Title.Shapes, "signal")
	if !ok || signal.Values[len(signal.Values)-1] < 2 {
		t.Errorf("shape of the signal: %+v", signal)
	}
	if noise, ok := shapeOf(t, m.Title.Shapes, "noise"); ok && noise.Values[len(noise.Values)-1] > 0.5 {
		t.Errorf("noise has a weight: %+v", noise)
	}
	if s, ok := shapeOf(t, m.Title.Shapes, "falling"); ok {
		t.Errorf("a feature that speaks against a match has a rising shape: %+v", s)
	}
	if report.PairAccuracy < 0.8 || report.WeakError > 0.05 || report.FairError > 0.05 {
		t.Errorf("report %+v", report)
	}
	if diff := cmp.Diff(testBase().Text.Shapes[0].Values, m.Text.Shapes[0].Values); diff != "" {
		t.Errorf("the regime without examples changed:\n%s", diff)
	}
	if m.Version != "t-1" {
		t.Errorf("version %q", m.Version)
	}
}

func TestFitIsRepeatable(t *testing.T) {
	a, ra, err := fitted(needs(12, 12, 0), testOptions())
	if err != nil {
		t.Fatal(err)
	}
	b, rb, err := fitted(needs(12, 12, 0), testOptions())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(a.Title.Levels, b.Title.Levels) + cmp.Diff(ra, rb); diff != "" {
		t.Errorf("two fits differ:\n%s", diff)
	}
}

func TestTextsTrainTheirOwnRegime(t *testing.T) {
	examples := append(needs(12, 12, 0), needs(12, 12, 100)...)
	m, _, err := fitted(examples, testOptions())
	if err != nil {
		t.Fatal(err)
	}
	for name, shapes := range map[string][]rank.Shape{"title": m.Title.Shapes, "text": m.Text.Shapes} {
		if _, ok := shapeOf(t, shapes, "signal"); !ok {
			t.Errorf("%s has not learned the signal", name)
		}
	}
}

func TestImpliedExamplesOrderAndDoNotGrade(t *testing.T) {
	o := testOptions()
	examples := needs(20, 20, 0)
	plain, err := CrossValidate(examples, o, Folds{5, 1})
	if err != nil {
		t.Fatal(err)
	}
	more := slices.Clone(examples)
	for need := range 20 { // decisions on what everyone had at the top: their share of 强 must not shift the levels
		more = append(more,
			Example{Need: fmt.Sprint("d", need), X: []float64{0, 9, 0.5, 0}, Level: jiqiao.LevelStrong, Implied: true},
			Example{Need: fmt.Sprint("d", need), X: []float64{0, 7, 0.5, 0}, Level: jiqiao.LevelNone, Implied: true},
		)
	}
	with, err := CrossValidate(more, o, Folds{5, 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(with) != len(plain) {
		t.Fatalf("%d predictions, want those of the %d graded examples", len(with), len(plain))
	}
	if a, b := NewReport(examples, plain), NewReport(more, with); math.Abs(a.LevelScore-b.LevelScore) > 0.02 || b.FairError > 0.06 {
		t.Errorf("levels moved: %+v, before %+v", b, a)
	}
}

func TestWeightCounts(t *testing.T) {
	// Two needs disagree about the signal; the heavier one is followed.
	pair := func(need string, good, bad, weight float64) []Example {
		return []Example{
			{Need: need, X: []float64{0, good, 1 - good, 0}, Level: 4, Weight: weight},
			{Need: need, X: []float64{0, bad, 1 - bad, 0}, Level: 1, Weight: weight},
		}
	}
	examples := append(pair("a", 1, 0, 3), pair("b", 0, 1, 1)...)
	o := testOptions()
	o.Title = []Term{{"signal", "信号", 1}, {"noise", "噪声", 1}}
	m, err := fit(examples, all(len(examples)), &o)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := shapeOf(t, m.Title.Shapes, "signal"); !ok {
		t.Errorf("the heavier need was not followed: %+v", m.Title.Shapes)
	}
	if s, ok := shapeOf(t, m.Title.Shapes, "noise"); ok {
		t.Errorf("the lighter need was followed: %+v", s)
	}
}

func TestPredictionsNeverSeeTheirNeed(t *testing.T) {
	// Each need has its own rule: what was learned from the others is wrong for it, so that any leak would raise the accuracy.
	var examples []Example
	for need := range 10 {
		for k := range 10 {
			x := []float64{0, 0, float64(k%2) / 2, 0}
			x[1+need%2] += float64(k)
			examples = append(examples, Example{Need: fmt.Sprint("n", need), X: x, Level: jiqiao.Level(1 + k/3)})
		}
	}
	o := testOptions()
	folds := Folds{Count: 5, Seed: 2}
	predictions, err := CrossValidate(examples, o, folds)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, p := range predictions {
		need := examples[p.Example].Need
		if fold, ok := seen[need]; ok && fold != p.Fold {
			t.Errorf("need %s is in folds %d and %d", need, fold, p.Fold)
		}
		seen[need] = p.Fold
	}
	if len(seen) != 10 || len(predictions) != len(examples) {
		t.Errorf("%d needs and %d predictions", len(seen), len(predictions))
	}
	// Changing the grades of one need leaves its own predictions as they were.
	changed := slices.Clone(examples)
	for i := range changed {
		if changed[i].Need == "n0" {
			changed[i].Level = 5 - changed[i].Level
		}
	}
	again, err := CrossValidate(changed, o, folds)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range again {
		if changed[p.Example].Need == "n0" && p != predictions[i] {
			t.Fatalf("a need's own grades changed its prediction: %+v, before %+v", p, predictions[i])
		}
	}
}

func TestFitRefuses(t *testing.T) {
	good := needs(6, 6, 0)
	for name, c := range map[string]func(*[]Example, *Options){
		"no base":             func(_ *[]Example, o *Options) { o.Base = nil },
		"a short vector":      func(e *[]Example, _ *Options) { (*e)[3].X = []float64{1} },
		"no level":            func(e *[]Example, _ *Options) { (*e)[3].Level = 0 },
		"an unknown feature":  func(_ *[]Example, o *Options) { o.Title = []Term{{"speed", "速度", 1}} },
		"too few needs":       func(e *[]Example, _ *Options) { *e = (*e)[:6] },
		"a base of elsewhere": func(_ *[]Example, o *Options) { o.Base.Blend.Feature = "speed" },
	} {
		t.Run(name, func(t *testing.T) {
			examples, o := slices.Clone(good), testOptions()
			c(&examples, &o)
			if _, _, err := fitted(examples, o); err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestStepIsFlatWhereLevelsFall(t *testing.T) {
	var data []graded
	for k := range 50 {
		level := jiqiao.LevelWeak
		if k < 25 {
			level = jiqiao.LevelFair // the weaker half is the better one
		}
		data = append(data, graded{strength: float64(k) / 5, level: level, weight: 1})
	}
	if s := fitStep(data, jiqiao.LevelWeak); s.Slope != 0 {
		t.Errorf("slope %v, want 0: strength must not lower a level", s.Slope)
	}
}

func TestReport(t *testing.T) {
	examples := []Example{{Need: "a", Level: 1}, {Need: "a", Level: 3}, {Need: "b", Level: 2}, {Need: "b", Level: 4}}
	sure := func(l jiqiao.Level, score float64) rank.Result {
		r := rank.Result{Level: l, Score: score}
		r.Probabilities[l-1] = 1
		return r
	}
	r := NewReport(examples, []Prediction{
		{0, 0, sure(1, 0.1)}, {1, 0, sure(3, 0.2)}, {2, 0, sure(2, 0.5)}, {3, 0, sure(2, 0.5)},
	})
	if r.PairAccuracy != 0.75 || math.Abs(r.LevelScore-1/1.5) > 1e-12 || r.Needs != 2 || r.Confusion[3][1] != 1 {
		t.Errorf("report %+v", r)
	}
	if r.FairError != 0.25 || r.WeakError != 0 {
		t.Errorf("calibration errors %v and %v, want 0.25 and 0", r.FairError, r.WeakError)
	}
}

func TestReliabilityBinsAreEven(t *testing.T) {
	examples := make([]Prediction, 105)
	for i := range examples {
		examples[i] = Prediction{Example: i, Result: rank.Result{Score: float64(i%21) / 20}}
	}
	bins := Reliability(examples, func(p *Prediction) (float64, bool) { return p.Score, p.Example%2 == 0 })
	total := 0
	for k, b := range bins {
		total += b.Count
		if b.Count < 10 || b.Count > 11 || k > 0 && b.Predicted < bins[k-1].Predicted {
			t.Errorf("bin %d: %+v", k, b)
		}
	}
	if total != 105 || len(bins) != 10 {
		t.Errorf("%d bins hold %d", len(bins), total)
	}
}
