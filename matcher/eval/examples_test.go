package eval

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"jiqiao"
	"jiqiao/matcher"
	"jiqiao/matcher/rank/train"
)

func TestHalves(t *testing.T) {
	long := func(topic string) string { return strings.Repeat("研究"+topic+"的制备工艺与性能", 6) + "。" }
	for _, c := range []struct {
		name, text string
		ok         bool
	}{
		{"two sentences", long("陶瓷膜") + long("有机膜"), true},
		{"many sentences", strings.Repeat(long("陶瓷膜"), 7), true},
		{"one sentence", long("陶瓷膜"), false},
		{"a short end", long("陶瓷膜") + "结果良好。", false},
		{"nothing", "", false},
	} {
		first, last, ok := halves(c.text)
		if ok != c.ok {
			t.Errorf("%s: ok %v", c.name, ok)
		}
		if ok && (first+last != c.text || utf8.RuneCountInString(first) < partRunes || utf8.RuneCountInString(last) < partRunes) {
			t.Errorf("%s: cut into %q and %q", c.name, first, last)
		}
	}
}

func TestBeginning(t *testing.T) {
	long := strings.Repeat("字", 200)
	if got := utf8.RuneCountInString(beginning(long)); got != typedRunes {
		t.Errorf("%d characters of a long text", got)
	}
	if got := beginning("短"); got != "短" {
		t.Errorf("%q of a short one", got)
	}
}

// topicTexts are texts whose halves share a topic that no other text has.
func topicTexts(n int) []Text {
	topics := []string{"陶瓷膜污水处理", "碳化硅功率模块", "小麦抗病育种", "锂电池隔膜涂布", "煤矿瓦斯抽采", "视网膜干细胞", "桥梁拉索检测", "食用菌栽培"}
	var out []Text
	for i := range n {
		topic := fmt.Sprint(topics[i%len(topics)], i)
		half := func(tail string) string {
			return strings.Repeat("针对"+topic+"开展"+tail+"，", 6) + "完成验证。"
		}
		out = append(out, Text{ID: fmt.Sprint("t", i), Title: topic + "技术", Body: half("工艺研究") + half("装备研制")})
	}
	return out
}

func TestHalvesExamples(t *testing.T) {
	texts := append(topicTexts(16), Text{ID: "short", Body: "太短。"})
	examples, err := HalvesExamples(t.Context(), texts, Options{Analyzer: testAnalyzer(t)})
	if err != nil {
		t.Fatal(err)
	}
	good := map[string]int{}
	for _, e := range examples {
		if !e.Implied || len(e.X) != len(matcher.FeatureNames()) {
			t.Fatalf("example %+v", e)
		}
		if e.Level == jiqiao.LevelStrong {
			good[e.Need]++
			if e.Need != "text "+e.Achievement {
				t.Errorf("%s is answered by %s", e.Need, e.Achievement)
			}
		}
	}
	if len(good) != 16 {
		t.Errorf("%d texts, want 16", len(good))
	}
	for need, n := range good {
		if n != 1 {
			t.Errorf("%s has %d answers", need, n)
		}
	}
	if len(examples) < 2*16 {
		t.Errorf("%d examples: candidates that do not answer are missing", len(examples))
	}
}

func TestPairExamples(t *testing.T) {
	need := Text{ID: "n", Title: "陶瓷膜污水处理", Content: "污水处理通量低"}.Need()
	good, bad := Text{ID: "a", Title: "陶瓷膜污水处理装置"}.Achievement(), Text{ID: "b", Title: "小麦抗病育种"}.Achievement()
	examples := PairExamples([]JudgedPair{{need, good, 4}, {need, bad, 1}}, []jiqiao.Record{need, good, bad}, Options{Analyzer: testAnalyzer(t)})
	at := slices.Index(matcher.FeatureNames(), "characters")
	if len(examples) != 2 || examples[0].X[at] <= examples[1].X[at] || examples[0].Level != 4 || examples[1].Need != "n" {
		t.Errorf("examples %+v", examples)
	}
}

func TestCrossValidateLeavesExtraOutOfTheReport(t *testing.T) {
	dir := smallSet(t)
	o := Options{Analyzer: testAnalyzer(t)}
	graded, err := GradedExamples(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	fit := train.Defaults(matcher.FeatureNames())
	fit.Version, fit.Provenance = "test", "测试"
	extra, err := HalvesExamples(t.Context(), topicTexts(16), o)
	if err != nil {
		t.Fatal(err)
	}
	report, predictions, levels, err := CrossValidate(t.Context(), dir, o, fit, extra)
	if err != nil {
		t.Fatal(err)
	}
	if len(predictions) != len(graded) || levels.Examples != len(graded) {
		t.Errorf("%d predictions for %d graded pairs, %d in the report", len(predictions), len(graded), levels.Examples)
	}
	accuracy, ok := report.Figure("cross-validated", "成对准确率")
	if !ok || accuracy.Value < 0.7 {
		t.Errorf("pair accuracy %+v", accuracy)
	}
}
