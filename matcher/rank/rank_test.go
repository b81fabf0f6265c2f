package rank

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jiqiao"
)

// twoRegimes is a small model with every kind of shape.
func twoRegimes() *Model {
	levels := [3]Step{{1, 1}, {0.8, -1}, {0.6, -2}}
	return &Model{
		Version: "test-1", Provenance: "测试",
		Blend: Blend{Feature: "shorter", Low: 20, High: 60},
		Title: Regime{Base: -3, Levels: levels, Shapes: []Shape{
			{Feature: "words", Label: "用词", Knots: []float64{0, 10, 20}, Values: []float64{0, 4, 5}},
			{Feature: "meaning", Label: "含义", Knots: []float64{-1, 0, 1}, Values: []float64{0, 0.5, 3}},
		}},
		Text: Regime{Base: -4, Levels: levels, Shapes: []Shape{
			{Feature: "words", Label: "用词", Knots: []float64{0, 50}, Values: []float64{0, 6}},
		}},
		Facts: []Shape{{Feature: "field", Label: "领域", Knots: []float64{-1, 0, 1}, Values: []float64{-0.5, 0, 0.3}}},
	}
}

var testNames = []string{"shorter", "words", "meaning", "field"}

func bind(t testing.TB, m *Model) *Ranker {
	t.Helper()
	r, err := m.Bind(testNames)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestShapeValues(t *testing.T) {
	s := Shape{Knots: []float64{0, 10, 20}, Values: []float64{0, 4, 5}}
	for _, c := range []struct{ x, want float64 }{
		{-5, 0}, {0, 0}, {5, 2}, {10, 4}, {15, 4.5}, {20, 5}, {1e9, 5}, {math.NaN(), 0}, {math.Inf(1), 5}, {math.Inf(-1), 0},
	} {
		if got := s.value(c.x); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("value(%v) = %v, want %v", c.x, got, c.want)
		}
	}
}

// vectors draws features within and beyond what the shapes cover.
func vectors(t *rapid.T, label string) []float64 {
	x := []float64{
		rapid.Float64Range(0, 100).Draw(t, label+" shorter"), rapid.Float64Range(-5, 80).Draw(t, label+" words"),
		rapid.Float64Range(-2, 2).Draw(t, label+" meaning"), rapid.Float64Range(-1, 1).Draw(t, label+" field"),
	}
	return x
}

func TestScoreIsAProbabilityAndItsPartsSum(t *testing.T) {
	r := bind(t, twoRegimes())
	rapid.Check(t, func(t *rapid.T) {
		x := vectors(t, "x")
		got := r.Score(x)
		if !(got.Score > 0 && got.Score < 1) {
			t.Fatalf("score %v", got.Score)
		}
		sum := 0.0
		for _, p := range got.Probabilities {
			if p < 0 {
				t.Fatalf("negative probability in %v", got.Probabilities)
			}
			sum += p
		}
		if math.Abs(sum-1) > 1e-12 {
			t.Fatalf("probabilities sum to %v", sum)
		}
		points := 0.0
		seen := map[string]bool{}
		for _, p := range r.Parts(nil, x) {
			points += p.Points
			if seen[p.Name] {
				t.Fatalf("part %s twice", p.Name)
			}
			seen[p.Name] = true
		}
		if math.Abs(points-got.Score) > 1e-9 {
			t.Fatalf("parts sum to %v, score %v", points, got.Score)
		}
	})
}

func TestScoreRisesWithEveryFeature(t *testing.T) {
	r := bind(t, twoRegimes())
	rapid.Check(t, func(t *rapid.T) {
		low := vectors(t, "low")
		high := slices.Clone(low)
		k := rapid.IntRange(1, len(low)-1).Draw(t, "feature") // the length of the text may do either
		high[k] += rapid.Float64Range(0, 50).Draw(t, "more")
		a, b := r.Score(low), r.Score(high)
		if b.Score < a.Score-1e-12 {
			t.Fatalf("%s from %v to %v: score falls from %v to %v", testNames[k], low[k], high[k], a.Score, b.Score)
		}
		for l := jiqiao.LevelWeak; l <= jiqiao.LevelStrong; l++ {
			if b.AtLeast(l) < a.AtLeast(l)-1e-12 {
				t.Fatalf("%s: chance of level %d falls from %v to %v", testNames[k], l, a.AtLeast(l), b.AtLeast(l))
			}
		}
		if b.Level < a.Level {
			t.Fatalf("%s: level falls from %d to %d", testNames[k], a.Level, b.Level)
		}
	})
}

func TestBlendIsSmooth(t *testing.T) {
	r := bind(t, twoRegimes())
	last := -1.0
	for length := 0.0; length <= 100; length += 0.5 {
		s := r.Score([]float64{length, 12, 0.3, 0}).Score
		if last >= 0 && math.Abs(s-last) > 0.02 {
			t.Fatalf("score jumps from %v to %v at a text of %v characters", last, s, length)
		}
		last = s
	}
	short, long := r.TextShare([]float64{20, 0, 0, 0}), r.TextShare([]float64{60, 0, 0, 0})
	if short != 0 || long != 1 {
		t.Errorf("share of the text regime: %v at 20, %v at 60; want 0 and 1", short, long)
	}
}

func TestFactsThatSpeakAgainstTakePoints(t *testing.T) {
	r := bind(t, twoRegimes())
	x := []float64{40, 15, 0.5, -1}
	without := r.Score([]float64{40, 15, 0.5, 0}).Score
	if with := r.Score(x).Score; with >= without {
		t.Errorf("score with another field %v, without a statement %v", with, without)
	}
	parts := r.Parts(nil, x)
	at := slices.IndexFunc(parts, func(p jiqiao.ScorePart) bool { return p.Name == "field" })
	if at < 0 || parts[at].Points >= 0 {
		t.Errorf("points of the field: %+v", parts)
	}
}

func TestLevelIsTheMedian(t *testing.T) {
	for _, c := range []struct {
		p    [4]float64
		want jiqiao.Level
	}{
		{[4]float64{0.5, 0.5, 0, 0}, 1}, {[4]float64{0.49, 0.51, 0, 0}, 2}, {[4]float64{0.3, 0.1, 0.2, 0.4}, 3},
		{[4]float64{0, 0, 0.4, 0.6}, 4}, {[4]float64{1, 0, 0, 0}, 1}, {[4]float64{0.25, 0.2, 0.05, 0.5}, 3},
	} {
		if got := median(c.p); got != c.want {
			t.Errorf("median(%v) = %d, want %d", c.p, got, c.want)
		}
		expected := func(level float64) (e float64) {
			for i, p := range c.p {
				e += p * math.Abs(float64(i+1)-level)
			}
			return e
		}
		for l := 1.0; l <= 4; l++ {
			if expected(l) < expected(float64(c.want))-1e-12 {
				t.Errorf("%v: level %v has a smaller expected error than %d", c.p, l, c.want)
			}
		}
	}
}

func TestScoreDoesNotAllocate(t *testing.T) {
	r := bind(t, twoRegimes())
	x := []float64{40, 15, 0.5, -1}
	parts := make([]jiqiao.ScorePart, 0, 8)
	if n := testing.AllocsPerRun(100, func() { _ = r.Score(x); parts = r.Parts(parts[:0], x) }); n != 0 {
		t.Errorf("%v allocations a score", n)
	}
}

func TestShippedModelsCanBeRead(t *testing.T) {
	if v := Default().Version; v == "" || v == Fallback().Version {
		t.Errorf("version of the default model: %q", v)
	}
	if v := Fallback().Version; v != "fallback-1" {
		t.Errorf("version of the fallback: %q", v)
	}
}

func TestModelSurvivesItsFile(t *testing.T) {
	m := twoRegimes()
	m.Figures = map[string]float64{"pair_accuracy": 0.79}
	var file bytes.Buffer
	if err := m.Write(&file); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(file.String(), `"knots": [0, 10, 20]`) {
		t.Errorf("knots are not on one line:\n%s", file.String())
	}
	back, err := Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m, back, cmp.AllowUnexported(Shape{}, Blend{})); diff != "" {
		t.Errorf("read back (-written +read):\n%s", diff)
	}
}

func TestReadRefuses(t *testing.T) {
	for name, change := range map[string]func(*Model){
		"no version":       func(m *Model) { m.Version = "" },
		"no provenance":    func(m *Model) { m.Provenance = "" },
		"falling values":   func(m *Model) { m.Title.Shapes[0].Values = []float64{0, 4, 3} },
		"knots that stand": func(m *Model) { m.Title.Shapes[0].Knots = []float64{0, 10, 10} },
		"one knot": func(m *Model) {
			m.Text.Shapes[0] = Shape{Feature: "words", Label: "用词", Knots: []float64{0}, Values: []float64{1}}
		},
		"more values":           func(m *Model) { m.Facts[0].Values = []float64{0, 1, 2, 3} },
		"no label":              func(m *Model) { m.Facts[0].Label = "" },
		"no shapes":             func(m *Model) { m.Text.Shapes = nil },
		"a step that falls":     func(m *Model) { m.Text.Levels[1].Slope = -1 },
		"a blend without range": func(m *Model) { m.Blend.High = m.Blend.Low },
		"abstaining always":     func(m *Model) { m.Abstain = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			m := twoRegimes()
			change(m)
			var file bytes.Buffer
			if err := m.Write(&file); err != nil {
				t.Fatal(err)
			}
			_, err := Read(&file)
			var known *jiqiao.Error
			if !errors.As(err, &known) || known.Code != jiqiao.CodeInvalid || len(known.Fields) == 0 {
				t.Errorf("error %v, want an invalid field", err)
			}
		})
	}
	for name, text := range map[string]string{
		"nothing": "", "no JSON": "{", "an unknown name": `{"version":"a","speed":3}`, "a list": "[]",
	} {
		if _, err := Read(strings.NewReader(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestBindNamesWhatIsMissing(t *testing.T) {
	_, err := twoRegimes().Bind([]string{"shorter", "words"})
	var known *jiqiao.Error
	if !errors.As(err, &known) {
		t.Fatalf("error %v", err)
	}
	var missing []string
	for _, f := range known.Fields {
		missing = append(missing, f.Field)
	}
	if diff := cmp.Diff([]string{"meaning", "field"}, missing); diff != "" {
		t.Errorf("missing features (-want +got):\n%s", diff)
	}
}

func TestBindingLeavesTheModelAlone(t *testing.T) {
	m := twoRegimes()
	a, b := bind(t, m), func() *Ranker {
		r, err := m.Bind([]string{"field", "meaning", "words", "shorter"})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}()
	if x, y := a.Score([]float64{40, 15, 0.5, 1}), b.Score([]float64{1, 0.5, 15, 40}); x != y {
		t.Errorf("the same pair in two orders of features: %v and %v", x, y)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(rankerJSON)
	f.Add(fallbackJSON)
	f.Add(`{"version":"a","provenance":"b","blend":{"feature":"s","low":0,"high":1e999}}`)
	f.Fuzz(func(t *testing.T, text string) {
		m, err := Read(strings.NewReader(text))
		if err != nil {
			return
		}
		names := []string{m.Blend.Feature}
		for _, shapes := range [][]Shape{m.Title.Shapes, m.Text.Shapes, m.Facts} {
			for _, s := range shapes {
				names = append(names, s.Feature)
			}
		}
		r, err := m.Bind(names)
		if err != nil {
			t.Fatalf("bind to its own features: %v", err)
		}
		x := make([]float64, len(names))
		for i := range x {
			x[i] = float64(i)
		}
		if s := r.Score(x).Score; !(s >= 0 && s <= 1) {
			t.Errorf("score %v", s)
		}
	})
}

func BenchmarkScore(b *testing.B) {
	r := bind(b, twoRegimes())
	x := []float64{40, 15, 0.5, -1}
	for b.Loop() {
		_ = r.Score(x)
	}
}
