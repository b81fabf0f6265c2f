package eval

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jiqiao"
	"jiqiao/matcher"
	"jiqiao/matcher/rank"
	"jiqiao/matcher/rank/train"
)

func TestKendall(t *testing.T) {
	list := func(s string) []string { return strings.Split(s, "") }
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"abcd", "abcd", 1},
		{"abcd", "dcba", -1},
		{"abcd", "abdc", 2.0 / 3}, // one of six pairs turned round
		{"ab", "cd", -2.0 / 3},    // ab is unordered in b, cd in a; the other four contradict each other
		{"abc", "abd", 4.0 / 6},   // c and d change places; the rest agrees
	} {
		if got := kendall(list(c.a), list(c.b)); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("kendall(%s, %s) = %v, want %v", c.a, c.b, got, c.want)
		}
	}
	if kendall(nil, nil) != 1 {
		t.Error("two empty lists differ")
	}
}

func TestGini(t *testing.T) {
	for _, c := range []struct {
		counts []int
		want   float64
	}{
		{[]int{2, 2, 2, 2}, 0},
		{[]int{0, 0, 0, 4}, 0.75},
		{[]int{0, 0}, 0},
		{[]int{1, 3}, 0.25},
	} {
		if got := gini(c.counts); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("gini(%v) = %v, want %v", c.counts, got, c.want)
		}
	}
	e := exposure("x", "", [][]string{{"a", "b"}, {"a"}}, 4)
	if e.Never != 0.5 || e.Most != 2 {
		t.Errorf("%+v", e)
	}
}

func TestKappa(t *testing.T) {
	if k := kappa([4][4]int{{3}, {0, 4}, {0, 0, 5}, {0, 0, 0, 6}}); k != 1 {
		t.Errorf("full agreement has κ %v", k)
	}
	if k := kappa([4][4]int{{1, 1, 1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1}}); math.Abs(k) > 1e-12 {
		t.Errorf("chance has κ %v", k)
	}
}

func TestRewritings(t *testing.T) {
	const text = "污水处理，COD≤50mg/L。"
	if got := fullWidth("COD≤50mg"); got != "ＣＯＤ≤５０ｍｇ" {
		t.Error(got)
	}
	if got := otherMarks(text); got == text || strings.ContainsAny(got, "，。") {
		t.Error(got)
	}
	wrong := typo(text, rand.New(rand.NewPCG(1, 2)))
	if len([]rune(wrong)) != len([]rune(text)) || typo(text, rand.New(rand.NewPCG(1, 2))) != wrong {
		t.Error(wrong)
	}
}

func TestRiskFallsWithTheThreshold(t *testing.T) {
	w := &world{set: &GradedSet{Judgements: judgements(t, "n1\ta\t1", "n1\tb\t4", "n2\ta\t1", "n3\tc\t2")}}
	prediction := func(i int, p float64) train.Prediction {
		return train.Prediction{Example: i, Result: rank.Result{Score: p, Probabilities: [4]float64{1 - p, p}}}
	}
	for _, need := range w.set.Judgements.Needs {
		for _, g := range w.set.Judgements.Of(need) {
			w.examples = append(w.examples, train.Example{Need: need, Achievement: g.Achievement, Level: jiqiao.Level(g.Level)})
		}
	}
	// n1's first is b, graded 4; n2's is graded 1; n3's is graded 2.
	got := riskCurve(w, []train.Prediction{prediction(0, 0.2), prediction(1, 0.9), prediction(2, 0.3), prediction(3, 0.6)})
	want := []RiskPoint{{0.9, 1.0 / 3, 0, 0}, {0.6, 2.0 / 3, 0, 0.5}, {0.3, 1, 1.0 / 3, 2.0 / 3}}
	for i := range want {
		for _, d := range []float64{
			got[i].Threshold - want[i].Threshold, got[i].Coverage - want[i].Coverage, got[i].Wrong - want[i].Wrong, got[i].Weak - want[i].Weak,
		} {
			if math.Abs(d) > 1e-12 {
				t.Errorf("point %d: %+v, want %+v", i, got[i], want[i])
			}
		}
	}
}

// smallSet writes a graded set of our own: needs and achievements of eight fields, good pairs within a field.
func smallSet(t *testing.T) string {
	t.Helper()
	topics := []string{
		"污水处理膜分离", "锂电池隔膜涂层", "数控机床主轴", "光伏组件清洗", "玉米病害识别", "高温合金铸造", "疫苗佐剂制备", "钢轨裂纹检测",
	}
	var needs, achievements, qrels strings.Builder
	for i, topic := range topics {
		fmt.Fprintf(&needs, `{"id":"n%d","title":"%s技术攻关","content":"企业希望解决%s中的问题，成本降低20%%。"}`+"\n", i, topic, topic)
		for k, kind := range []string{"方法", "装置"} {
			fmt.Fprintf(&achievements, `{"id":"a%d%d","title":"%s %s"}`+"\n", i, k, topic, kind)
		}
		for j := range topics {
			level := 1
			if i == j {
				level = 4
			} else if j == (i+1)%len(topics) {
				level = 2
			}
			fmt.Fprintf(&qrels, "n%d\ta%d0\t%d\n", i, j, level)
		}
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"needs.jsonl": needs.String(), "achievements.jsonl": achievements.String(), "qrels.tsv": qrels.String(),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestStudyOfASmallSet(t *testing.T) {
	o := StudyOptions{Options: Options{Analyzer: testAnalyzer(t)}, Fit: train.Options{
		Version: "test", Provenance: "测试", Names: matcher.FeatureNames(), Base: rank.Fallback(),
		Title: []train.Term{{Feature: "characters", Label: "用字相近"}, {Feature: "texts_alike", Label: "全文语义相近"}},
	}}
	s, err := RunStudy(t.Context(), smallSet(t), o)
	if err != nil {
		t.Fatal(err)
	}
	accuracy, _ := s.Systems.Figure("cross-validated", "成对准确率")
	constant, _ := s.Systems.Figure("constant", "成对准确率")
	if accuracy.Value < 0.75 || constant.Value != 0.5 {
		t.Errorf("pair accuracy %v, constant %v", accuracy.Value, constant.Value)
	}
	for _, r := range s.Robust[:3] {
		if r.Changed == 0 && r.Name == "traditional" || r.Tau < 0.9 {
			t.Errorf("%+v", r)
		}
	}
	var page, summary bytes.Buffer
	if err := s.WriteHTML(&page); err != nil {
		t.Fatal(err)
	}
	if err := s.WriteSummary(&summary); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"污水处理膜分离技术攻关", "<polyline", "去掉“用字相近”", "基尼系数"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(summary.String(), "污水处理") {
		t.Error("the summary holds texts of the set")
	}
}

// TestSummaryIsOfThisProgram fails when ranker, vectors or weights changed and nobody looked at what that does:
// `make report` measures anew and writes the summary, whose diff belongs to the change.
func TestSummaryIsOfThisProgram(t *testing.T) {
	summary, err := os.ReadFile("testdata/graded.golden")
	if err != nil {
		t.Fatal(err)
	}
	if first, _, _ := strings.Cut(string(summary), "\n"); first != "# "+programModels() {
		t.Errorf("the summary is of %s, the program has %s: run make report", first, programModels())
	}
}
