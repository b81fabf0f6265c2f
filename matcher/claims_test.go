package matcher

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/index/zh"
)

func TestRefusedModes(t *testing.T) {
	for clause, want := range map[string]string{
		"不接受技术转让和许可": "transfer licence", "只许可不转让": "transfer", "拒绝入股": "equity", "不考虑委托开发": "commission", "不少于三项许可": "", "不做转让": "transfer",
		"仅限技术许可": "transfer equity joint commission consulting service joint_entity", "只考虑合作研发": "transfer licence equity commission consulting service joint_entity",
		"仅限室内使用": "", "合作方式为许可": "", "技术不成熟": "", "": "",
	} {
		if got := strings.Join(refusedModes(clause), " "); got != want {
			t.Errorf("%s refuses %q, want %q", clause, got, want)
		}
	}
}

func TestClaimsNeedAReason(t *testing.T) {
	for _, c := range []struct {
		kind  jiqiao.Kind
		text  string
		level int
		quote string
	}{
		{jiqiao.KindNeed, "希望寻找已通过中试的技术。", 6, "希望寻找已通过中试的技术"},
		{jiqiao.KindNeed, "本公司产品已通过中试。", 0, ""},
		{jiqiao.KindNeed, "需要可直接产业化的成果；不能只是论文。", 8, "需要可直接产业化的成果"},
		{jiqiao.KindAchievement, "样品性能良好，尚未中试。", 5, "样品性能良好，尚未中试"},
		{jiqiao.KindAchievement, "已通过中试并量产。", 0, ""},
		{jiqiao.KindAchievement, strings.Repeat("本技术路线成熟可靠，", 20) + "尚处于实验室阶段。", 4, "尚处于实验室阶段"},
	} {
		var rec jiqiao.Record = &jiqiao.Need{Problem: c.text}
		if c.kind == jiqiao.KindAchievement {
			rec = &jiqiao.Achievement{Abstract: c.text}
		}
		got := claimsOf(c.kind, cutUp(rec))
		if got.level != c.level || got.levelQuote != c.quote {
			t.Errorf("%s claims %d, %q, want %d, %q", c.text, got.level, got.levelQuote, c.level, c.quote)
		}
		if !strings.Contains(c.text, got.levelQuote) {
			t.Errorf("%q does not stand in the text", got.levelQuote)
		}
	}
}

func TestRegionAt(t *testing.T) {
	for text, want := range map[string]string{
		"江苏省内高校": "320000", "江苏企业": "320000", "盐城市企业": "320900", "上海市单位": "310000", "室内设备": "", "": "", "\xff\xff": "",
	} {
		if got := regionAt(text); got != want {
			t.Errorf("%q begins with the region %q, want %q", text, got, want)
		}
	}
}

func TestTargetPassages(t *testing.T) {
	text := "现状良好。\n预期目标：\n密度≤1.2。\n强度60。\n现有工作基础：\n厂房三栋。\n技术指标：寿命5年。"
	var got []string
	for _, s := range targetPassages(jiqiao.Section{Text: text}) {
		got = append(got, text[s.Start:s.End])
	}
	want := []string{"预期目标：\n密度≤1.2。\n强度60。\n", "技术指标：寿命5年。"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNamingKeepsWhatMayAnswer(t *testing.T) {
	fold := testAnalyzer().Fold
	endings := readIndicator(fold, "灌封胶导热系数").endings()
	for _, want := range []string{"系数", "导率", "热率"} {
		if !slices.Contains(endings, want) {
			t.Errorf("%s is not among the endings %v", want, endings)
		}
	}
	p := passage{Section: jiqiao.Section{Text: "热导率高。粘度低。未读"}, folded: []string{"热 导 率高。", "粘度低。"}}
	p.sentences = zh.Sentences(p.Text)
	var got []string
	for _, one := range naming([]passage{p}, endings) {
		got = append(got, one.Text)
	}
	if diff := cmp.Diff([]string{"热导率高。", "未读"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestFiguresStandInTheirSentence(t *testing.T) {
	n := &jiqiao.Need{Problem: "一、技术指标：（1）空洞率≤2%；（2）剪切强度不低于50MPa。", Metrics: []jiqiao.Metric{
		{Name: "寿命", Comparator: "≥", Value: 5, Unit: "年"}, {Name: "外观", Text: "无划痕"}, {Name: "孔径", Comparator: "±", Value: 2, Upper: 0.1, Unit: "μm"},
	}}
	var got []string
	for _, f := range targetsOf(testAnalyzer().Fold, n, cutUp(n)) {
		s := f.at.snippet()
		got = append(got, joined(s)+" | "+hits(s))
	}
	want := []string{"寿命≥5年 | ≥5年", "外观：无划痕 | ：无划痕", "孔径2±0.1μm | 2±0.1μm", "（1）空洞率≤2%； | ≤2%", "（2）剪切强度不低于50MPa。 | 不低于50MPa"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
