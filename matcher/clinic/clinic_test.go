package clinic

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/index/zh"
	"jiqiao/matcher/clinic/codes"
	"jiqiao/sample"
)

var today = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// analyzer and suggester are shared: loading them takes longer than all tests.
var analyzer, analyzerErr = zh.New(zh.Options{})

func get() *zh.Analyzer { return analyzer }

var suggester = sync.OnceValue(func() *codes.Suggester { return codes.New(codes.Default(analyzer.Fold), get) })

func newClinic(t testing.TB, similar Similar) *Clinic {
	t.Helper()
	if analyzerErr != nil {
		t.Fatal(analyzerErr)
	}
	return New(Options{Analyzer: get, Coder: suggester(), Similar: similar, Now: func() time.Time { return today }})
}

func examineText(t testing.TB, kind jiqiao.Kind, text string) jiqiao.Diagnosis {
	t.Helper()
	d, err := newClinic(t, nil).ExamineText(t.Context(), kind, text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func aspect(t testing.TB, d jiqiao.Diagnosis, name string) jiqiao.Aspect {
	t.Helper()
	for _, a := range d.Aspects {
		if a.Name == name {
			return a
		}
	}
	t.Fatalf("no aspect %s", name)
	return jiqiao.Aspect{}
}

// states are the aspects that are as named, in order: 对象 is left to its own test.
func states(d jiqiao.Diagnosis, s jiqiao.AspectState) string {
	var names []string
	for _, a := range d.Aspects {
		if a.State == s {
			names = append(names, a.Label)
		}
	}
	return strings.Join(names, " ")
}

func hasQuestion(d jiqiao.Diagnosis, parts ...string) bool {
	return slices.ContainsFunc(d.Questions, func(q jiqiao.DraftQuestion) bool {
		for _, p := range parts {
			if !strings.Contains(q.Text, p) {
				return false
			}
		}
		return true
	})
}

func hasRemark(d jiqiao.Diagnosis, kind, part string) bool {
	return slices.ContainsFunc(d.Remarks, func(r jiqiao.DraftRemark) bool { return r.Kind == kind && strings.Contains(r.Message, part) })
}

const fullNeed = `降低 1200V 碳化硅模块烧结银界面空洞率
需求背景：公司为新能源汽车配套碳化硅模块，芯片贴装长期依赖进口银膏。
技术难题：大尺寸芯片烧结后边角出现放射状空洞，空洞率偏高，功率循环后出现分层。
技术指标：空洞率不高于 2%；剪切强度≥50 MPa；功率循环寿命达到 8 万次以上。
约束条件：烧结压力不高于 10 MPa，不更换现有烧结机，银膏成本不高于 25 元/克。
已有基础：已有烧结机 4 台和超声扫描显微镜，完成 3 轮国产银膏对比试验。
成果形式：配方和工艺
拟投入资金：200～300 万元
期望完成时间：2027年10月
合作方式：联合开发`

func TestFullNeedIsReady(t *testing.T) {
	d := examineText(t, jiqiao.KindNeed, fullNeed)
	if d.Verdict != jiqiao.DraftReady || d.Completeness != 100 || len(d.Questions) != 0 {
		t.Errorf("%s %d, %v\nvague %s, missing %s", d.Verdict, d.Completeness, d.Questions, states(d, jiqiao.AspectVague), states(d, jiqiao.AspectMissing))
	}
	if got := aspect(t, d, "metrics").Found; !strings.Contains(got, "3 项") {
		t.Errorf("metrics: %s", got)
	}
	if got := aspect(t, d, "budget").Found; got != "200～300 万元" {
		t.Errorf("budget: %s", got)
	}
}

// Without one of its lines, the full need lacks just that.
func TestEveryAspectIsMissed(t *testing.T) {
	for name, line := range map[string]string{
		"conditions": "约束条件", "foundation": "已有基础", "outcome": "成果形式", "budget": "拟投入资金", "deadline": "期望完成时间", "cooperation": "合作方式",
	} {
		var kept []string
		for l := range strings.Lines(fullNeed) {
			if !strings.HasPrefix(l, line) {
				kept = append(kept, l)
			}
		}
		d := examineText(t, jiqiao.KindNeed, strings.Join(kept, ""))
		if got := aspect(t, d, name).State; got != jiqiao.AspectMissing {
			t.Errorf("without %s: %s is %s", line, name, got)
		}
		if len(d.Questions) != 1 || d.Questions[0].Aspect != name || d.Questions[0].Heading == "" {
			t.Errorf("without %s: asks %v", line, d.Questions)
		}
	}
}

func TestVagueNeedIsAskedForItsFigures(t *testing.T) {
	d := examineText(t, jiqiao.KindNeed, "液压支架立柱激光熔覆涂层\n公司生产煤矿液压支架。目前涂层容易出现横向裂纹，返修率较高。需要提高涂层耐磨性，降低成本，尽快解决开裂问题，达到国际先进水平。")
	if d.Verdict != jiqiao.DraftImprove {
		t.Errorf("%s, %d", d.Verdict, d.Completeness)
	}
	for _, want := range [][]string{{"提高涂层耐磨性", "现在是多少、希望达到多少", "标准"}, {"降低成本", "多少元"}} {
		if !hasQuestion(d, want...) {
			t.Errorf("does not ask %v: %v", want, d.Questions)
		}
	}
	if !strings.Contains(d.Questions[0].Text, "提高涂层耐磨性") {
		t.Errorf("asks first: %s", d.Questions[0].Text)
	}
	for _, want := range []string{"尽快", "国际先进"} {
		if !hasRemark(d, "vague", want) {
			t.Errorf("lets %s pass: %v", want, d.Remarks)
		}
	}
	if !hasRemark(d, "title", "动词＋对象＋指标") {
		t.Errorf("nothing about the title: %v", d.Remarks)
	}
	var words []string
	for _, k := range d.Keywords {
		words = append(words, k.Word)
	}
	if !slices.Contains(words, "激光熔覆") || !slices.Contains(words, "液压支架") || slices.Contains(words, "公司") {
		t.Errorf("keywords %v", words)
	}
	if len(d.Fields) == 0 || d.Fields[0].Code != "40105" || len(d.Fields[0].Path) != 3 || len(d.Fields[0].Words) == 0 {
		t.Errorf("fields %+v", d.Fields)
	}
}

func TestFiguresThatAreNoTargets(t *testing.T) {
	for _, text := range []string{
		"高效电机\n公司成立于2011年，现有员工 120 人，年产电机 5 万台，厂房 3000 平方米。",
		"高效电机\n已申请专利 8 项，发表论文 2 篇。",
		"高效电机\n我国电机市场规模超过 500 亿元，用电量占全国 60%。",
		"高效电机\n目前效率为 85%。",
		"高效电机\n累计投入研发经费 300 万元。",
		"功率模块\n大尺寸芯片烧结后空洞率达到6%～9%，功率循环不足3万次就出现分层。",
	} {
		d := examineText(t, jiqiao.KindNeed, text)
		if got := aspect(t, d, "metrics"); got.State == jiqiao.AspectPresent {
			t.Errorf("%s\nmetrics %s: %s", text, got.State, got.Found)
		}
		if got := aspect(t, d, "budget"); got.State != jiqiao.AspectMissing {
			t.Errorf("%s\nbudget %s: %s", text, got.State, got.Found)
		}
	}
}

func TestFiguresThatAreTargets(t *testing.T) {
	for _, text := range []string{
		"高效电机\n要求效率不低于 96%，噪声≤60 dB。",
		"高效电机\n希望把效率从 85% 提高到 96% 以上。",
		"高效电机\n预期目标：效率 96%，温升 60 K。",
		"聚四氟乙烯软管\n成品软管要求达到 GJB 2837 标准要求。",
	} {
		if got := aspect(t, examineText(t, jiqiao.KindNeed, text), "metrics"); got.State != jiqiao.AspectPresent {
			t.Errorf("%s\nmetrics %s: %s", text, got.State, got.Found)
		}
	}
}

func TestTitles(t *testing.T) {
	for _, c := range []struct{ title, verb, object string }{
		{"降低 1200V SiC MOSFET 模块烧结银界面空洞率并替代进口银膏", "降低", "1200V SiC MOSFET 模块烧结银界面空洞率"},
		{"胶剂生产工艺研究", "研究", "胶剂生产工艺"},
		{"一种钛材+碳钢的焊接技术", "焊接", "钛材+碳钢的焊接"},
		{"新型兽用疫苗的研发及产业化", "研发", "兽用疫苗"},
		{"激光熔覆技术在液压油缸中的应用", "应用", "激光熔覆"},
		{"V2G关键技术研究", "研究", "V2G"},
		{"车门锁", "", "车门锁"},
		{"1、香菇酱工艺创新。2、休闲食品。", "", "香菇酱工艺创新"},
		{"技术改造项目", "", ""},
		{"", "", ""},
	} {
		e := newExam(get(), &jiqiao.Need{Header: jiqiao.Header{Title: c.title}}, suggester(), "2026-11-22")
		if e.title.object != c.object || c.verb != "" && e.title.verb != c.verb {
			t.Errorf("%s: %q %q, want %q %q", c.title, e.title.verb, e.title.object, c.verb, c.object)
		}
	}
}

func TestGenericTitleIsAsked(t *testing.T) {
	d := examineText(t, jiqiao.KindNeed, "技术改造项目\n需要对生产线进行智能化升级。")
	if d.Verdict != jiqiao.DraftIncomplete || aspect(t, d, "object").State == jiqiao.AspectPresent || !hasRemark(d, "title", "看不出") {
		t.Errorf("%s, %+v, %v", d.Verdict, aspect(t, d, "object"), d.Remarks)
	}
}

func TestFaults(t *testing.T) {
	for text, want := range map[string]string{
		"存在提取收率不高，晾胶周期较长的问题": "提取收率不高 晾胶周期较长",
		"导致现有分选技术成本高、效果差":    "分选技术成本高 效果差",
		"由于钢水合格率偏低，需要合作":     "钢水合格率偏低",
		"获得纯净度高、韧性好的产品":      "",
		"要求强度高、重量轻":          "",
		"该材料低温性能好":           "",
		"采用纤维增强复合材料制造":       "",
		"能耗高，噪声大，设备寿命短":      "能耗高 噪声大 设备寿命短",
		"烧结温度不高于250℃，强度不高":   "强度不高",
		"运行费用高；一次投资高；去除率低":   "运行费用高 去除率低",
	} {
		e := newExam(get(), &jiqiao.Need{Problem: text}, suggester(), "2026-11-22")
		var got []string
		for _, c := range e.complaints {
			got = append(got, c.text)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestWishes(t *testing.T) {
	for text, want := range map[string]string{
		"希望提高涂层耐磨性，降低成本": "提高涂层耐磨性- 降低成本-",
		"将回收率提高到95%以上":   "",
		"提高银回收率，达到95%以上": "提高银回收率+",
		"采用玻璃纤维增强复合材料":   "",
		"提高企业经济效益":       "",
		"缩短焊接时间的同时减少变形":  "缩短焊接时间- 减少变形-",
		"公司已提高产品合格率":     "",
	} {
		e := newExam(get(), &jiqiao.Need{Problem: text}, suggester(), "2026-11-22")
		var got []string
		for _, g := range e.goals {
			got = append(got, g.text+map[bool]string{true: "+", false: "-"}[g.measured])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestConflicts(t *testing.T) {
	metric := func(c jiqiao.Comparator, value, upper float64, current string) jiqiao.Metric {
		return jiqiao.Metric{Name: "空洞率", Comparator: c, Value: value, Upper: upper, Unit: "%", Current: current}
	}
	for _, c := range []struct {
		name, field, says string
		rec               jiqiao.Record
	}{
		{"deadline passed", "deadline", "已经过去", &jiqiao.Need{Deadline: "2025-06-30"}},
		{"no longer valid", "valid_until", "已经过了", &jiqiao.Need{Header: jiqiao.Header{ValidUntil: "2026-11-21"}}},
		{"range reversed", "metrics[0].upper", "颠倒", &jiqiao.Need{Metrics: []jiqiao.Metric{metric(jiqiao.ComparatorRange, 20, 10, "")}}},
		{"met already", "metrics[0].current", "已经达到", &jiqiao.Need{Metrics: []jiqiao.Metric{metric(jiqiao.ComparatorAtMost, 2, 0, "1.5%")}}},
		{"cannot both hold", "metrics[1]", "不能同时", &jiqiao.Need{Metrics: []jiqiao.Metric{metric(jiqiao.ComparatorAtLeast, 5, 0, ""), metric(jiqiao.ComparatorAtMost, 2, 0, "")}}},
		{"no bounty", "bounty", "榜单金额", &jiqiao.Need{Challenge: true}},
		{"not yet completed", "completed_on", "还没有到", &jiqiao.Achievement{CompletedOn: "2027-01-01"}},
		{"stage and level", "trl", "相差太远", &jiqiao.Achievement{Maturity: "production", TRL: 3}},
	} {
		c.rec.Head().Title = "测试"
		d, err := newClinic(t, nil).Examine(t.Context(), c.rec)
		if err != nil {
			t.Fatal(err)
		}
		found := slices.ContainsFunc(d.Remarks, func(r jiqiao.DraftRemark) bool {
			return r.Kind == "conflict" && r.Field == c.field && strings.Contains(r.Message, c.says)
		})
		if !found || d.Verdict == jiqiao.DraftReady || !strings.Contains(d.Summary, "改正") {
			t.Errorf("%s: %s, %v", c.name, d.Verdict, d.Remarks)
		}
	}
	for text, want := range map[string]bool{
		"厚度为 20～10 mm":       true,
		"厚度为 10～20 mm":       false,
		"温度由 90 到 20 ℃":      false,
		"压力从 30～10 MPa 逐级下降": false,
		"期限：2024年6月":         true,
		"期限：2027年6月":         false,
	} {
		d := examineText(t, jiqiao.KindNeed, "轴承钢表面处理\n"+text)
		if got := slices.ContainsFunc(d.Remarks, func(r jiqiao.DraftRemark) bool { return r.Kind == "conflict" }); got != want {
			t.Errorf("%s: conflict %v, want %v: %v", text, got, want, d.Remarks)
		}
	}
}

func TestWhatPublishingWouldRefuseIsSaid(t *testing.T) {
	d, err := newClinic(t, nil).Examine(t.Context(), &jiqiao.Need{Header: jiqiao.Header{Title: "轴承钢表面处理", Region: "999999"}})
	if err != nil || !slices.ContainsFunc(d.Remarks, func(r jiqiao.DraftRemark) bool { return r.Kind == "invalid" && r.Field == "region" }) {
		t.Errorf("%v, %v", err, d.Remarks)
	}
}

func TestMeasureNearBy(t *testing.T) {
	d := examineText(t, jiqiao.KindNeed, "电机\n要求高效率，达到96%以上；研制高性能混凝土。")
	if hasRemark(d, "vague", "高效率") || hasRemark(d, "vague", "高性能混凝土") {
		t.Errorf("%v", d.Remarks)
	}
}

func TestAchievements(t *testing.T) {
	good := examineText(t, jiqiao.KindAchievement, `高盐废水低温蒸发结晶装置
针对化工高盐废水处理成本高、设备易结垢的问题，开发了低温负压蒸发结晶装置，吨水能耗 35 kWh，比传统三效蒸发降低 40%。
已在 2 家农药企业应用，稳定运行 3000 小时。获授权发明专利 3 项。可技术转让，价格面议。
合作价格：100～200 万元`)
	if good.Verdict != jiqiao.DraftReady || good.Completeness != 100 {
		t.Errorf("%d, vague %s, missing %s", good.Completeness, states(good, jiqiao.AspectVague), states(good, jiqiao.AspectMissing))
	}
	poor := examineText(t, jiqiao.KindAchievement, "高盐废水低温蒸发结晶装置\n本装置性能优异，处于国内领先水平，拥有自主专利，可广泛应用于化工行业。")
	if poor.Verdict == jiqiao.DraftReady || aspect(t, poor, "advantage").State != jiqiao.AspectVague || aspect(t, poor, "application").State != jiqiao.AspectVague ||
		aspect(t, poor, "ip").State != jiqiao.AspectVague || aspect(t, poor, "maturity").State != jiqiao.AspectMissing {
		t.Errorf("%+v", poor.Aspects)
	}
	for _, want := range []string{"国内领先水平", "性能优异"} {
		if !hasRemark(poor, "vague", want) {
			t.Errorf("lets %s pass: %v", want, poor.Remarks)
		}
	}
	for _, k := range poor.Keywords {
		if strings.Contains(k.Word, "领先") || strings.Contains(k.Word, "自主") {
			t.Errorf("keyword %s", k.Word)
		}
	}
	measured := examineText(t, jiqiao.KindAchievement, "蒸发结晶装置\n针对结垢问题，开发了装置，吨水能耗 35 kWh，拥有自主知识产权。")
	if !hasQuestion(measured, "“吨水能耗 35 kWh”", "同类产品") || aspect(t, measured, "ip").State != jiqiao.AspectVague {
		t.Errorf("%v, %+v", measured.Questions, aspect(t, measured, "ip"))
	}
	if !hasQuestion(poor, "性能优异", "与哪种产品或技术相比") && !hasQuestion(poor, "国内领先", "与哪种产品或技术相比") {
		t.Errorf("%v", poor.Questions)
	}
}

func TestStructuredRecordNeedsNoHeadings(t *testing.T) {
	n := &jiqiao.Need{
		Header:  jiqiao.Header{Title: "降低碳化硅模块空洞率", Cooperation: []string{"joint"}, Price: jiqiao.WanYuan(100)},
		Problem: "大尺寸芯片烧结后空洞率偏高，功率循环后出现分层，返修比例大，客户多次投诉，影响交付。", Constraints: "不更换现有烧结机。", Foundation: "已有烧结机四台。",
		Metrics: []jiqiao.Metric{{Name: "空洞率", Comparator: jiqiao.ComparatorAtMost, Value: 2, Unit: "%"}}, Outcomes: []string{"process"}, Deadline: "2027-10-31",
	}
	before := *n
	d, err := newClinic(t, nil).Examine(t.Context(), n)
	if err != nil || d.Completeness != 100 || d.Verdict != jiqiao.DraftReady {
		t.Errorf("%v, %d, vague %s, missing %s", err, d.Completeness, states(d, jiqiao.AspectVague), states(d, jiqiao.AspectMissing))
	}
	if diff := cmp.Diff(before, *n); diff != "" {
		t.Errorf("the record was changed: %s", diff)
	}
}

// oneLike answers one record as similar.
type oneLike struct{ rec jiqiao.Record }

func (s oneLike) Similar(context.Context, jiqiao.Record, int) ([]jiqiao.Duplicate, error) {
	return []jiqiao.Duplicate{{ID: "n_1", Similarity: .6, Record: s.rec}}, nil
}

// Whoever guesses the owner of an anonymous record is not told by what the two have in common.
func TestSimilarRecordsKeepTheirOwner(t *testing.T) {
	const owner = "轴承钢表面研究所"
	draft := &jiqiao.Need{Header: jiqiao.Header{Title: owner + "喷丸强化"}, Problem: owner + "的喷丸强化不均匀"}
	for disclosure, told := range map[jiqiao.Disclosure]bool{jiqiao.DisclosurePublic: true, jiqiao.DisclosureAnonymous: false} {
		other := &jiqiao.Need{Header: jiqiao.Header{ID: "n_1", Title: owner + "喷丸强化", Owner: jiqiao.OrganisationRef{Name: owner}, Disclosure: disclosure}}
		d, err := newClinic(t, oneLike{other}).Examine(t.Context(), draft)
		if err != nil || len(d.Similar) != 1 {
			t.Fatal(err, d.Similar)
		}
		why := d.Similar[0].Why
		if got := strings.Contains(why, "名称相同") && strings.Contains(why, "轴承"); got != told || !strings.Contains(why, "喷丸") {
			t.Errorf("%q: %s", disclosure, why)
		}
		if !told && (strings.Contains(why, "名称相同") || strings.Contains(why, "轴承")) {
			t.Errorf("%q: %s", disclosure, why)
		}
	}
}

// twins answers two records as similar.
type twins struct{ err error }

func (s twins) Similar(context.Context, jiqiao.Record, int) ([]jiqiao.Duplicate, error) {
	same := &jiqiao.Need{Header: jiqiao.Header{ID: "n_1", Title: "轴承钢 表面处理", Owner: jiqiao.OrganisationRef{Name: "甲公司"}}, Problem: "喷丸强化"}
	near := &jiqiao.Need{Header: jiqiao.Header{ID: "n_2", Title: "别的名称"}, Problem: "轴承钢喷丸强化"}
	return []jiqiao.Duplicate{{ID: "n_1", Similarity: .6, Record: same}, {ID: "n_2", Similarity: .55, Record: near}, {ID: "n_3", Similarity: .95}}, s.err
}

func TestSimilarRecordsSayWhy(t *testing.T) {
	n := &jiqiao.Need{Header: jiqiao.Header{Title: "轴承钢 表面处理", Owner: jiqiao.OrganisationRef{Name: "甲公司"}}, Problem: "轴承钢喷丸强化"}
	d, err := newClinic(t, twins{}).Examine(t.Context(), n)
	if err != nil || len(d.Similar) != 3 {
		t.Fatal(err, d.Similar)
	}
	var levels []string
	for _, s := range d.Similar {
		levels = append(levels, s.LevelLabel)
	}
	if strings.Join(levels, " ") != "重复 近似 重复" {
		t.Errorf("levels %v", levels)
	}
	if why := d.Similar[0].Why; !strings.Contains(why, "名称相同") || !strings.Contains(why, "同一单位") || !strings.Contains(why, "60%") {
		t.Errorf("why: %s", why)
	}
	if why := d.Similar[1].Why; !strings.Contains(why, "轴承") {
		t.Errorf("why: %s", why)
	}
	if _, err := newClinic(t, twins{errors.New("index gone")}).Examine(t.Context(), n); err == nil {
		t.Error("a failure of the index is hidden")
	}
}

// What holds for every text.
func check(t testing.TB, d jiqiao.Diagnosis, rec jiqiao.Record) {
	t.Helper()
	if d.Completeness < 0 || d.Completeness > 100 || len(d.Questions) > jiqiao.MaxQuestions || len(d.Keywords) > maxKeywords {
		t.Errorf("completeness %d, %d questions, %d keywords", d.Completeness, len(d.Questions), len(d.Keywords))
	}
	most, got := 0, 0
	for _, a := range d.Aspects {
		most += a.Max
		got += a.Points
		for _, e := range a.Evidence {
			if len(e.Spans) == 0 {
				t.Errorf("%s has an empty quote", a.Name)
			}
		}
	}
	if most != 100 || got != d.Completeness {
		t.Errorf("aspects sum to %d of %d, completeness %d", got, most, d.Completeness)
	}
	sections := rec.Sections()
	if len(sections) != len(d.Passages) {
		t.Fatalf("%d passages of %d sections", len(d.Passages), len(sections))
	}
	for i, p := range d.Passages {
		var b strings.Builder
		for _, s := range p.Spans {
			b.WriteString(s.Text)
			if !utf8.ValidString(s.Text) && utf8.ValidString(sections[i].Text) {
				t.Errorf("a character is cut: %q", s.Text)
			}
		}
		if b.String() != sections[i].Text {
			t.Errorf("passage %d is not the text", i)
		}
	}
	for _, q := range d.Questions {
		if q.Text == "" || q.Heading == "" || q.Why == "" || strings.Contains(q.Text, "“”") {
			t.Errorf("question %+v", q)
		}
	}
}

func TestSample(t *testing.T) {
	for _, kind := range jiqiao.Kinds {
		records, err := sample.Records(kind)
		if err != nil {
			t.Fatal(err)
		}
		c := newClinic(t, nil)
		for _, r := range records {
			d, err := c.Examine(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			check(t, d, r)
			again, err := c.Examine(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(d, again); diff != "" {
				t.Errorf("%s differs the second time: %s", r.Head().Title, diff)
			}
			if kind == jiqiao.KindNeed && d.Verdict != jiqiao.DraftReady {
				t.Errorf("%s: %s %d, vague %s, missing %s, %v", r.Head().Title, d.Verdict, d.Completeness, states(d, jiqiao.AspectVague), states(d, jiqiao.AspectMissing), d.Remarks)
			}
		}
	}
}

func TestHopelessTexts(t *testing.T) {
	c := newClinic(t, nil)
	if _, err := c.ExamineText(t.Context(), jiqiao.KindNeed, "……"); jiqiao.CodeOf(err) != jiqiao.CodeInvalid {
		t.Errorf("punctuation: %v", err)
	}
	for _, text := range []string{"a", "合作", "需要合作人才专家、技术人才、管理人才等", strings.Repeat("提高", 500), strings.Repeat("长", 20000)} {
		d, err := c.ExamineText(t.Context(), jiqiao.KindNeed, text)
		if err != nil || d.Verdict != jiqiao.DraftIncomplete {
			t.Errorf("%.20s: %v %s", text, err, d.Verdict)
		}
	}
	long, err := c.ExamineText(t.Context(), jiqiao.KindNeed, strings.Repeat("提取收率不高。", 2000))
	if err != nil || !slices.ContainsFunc(long.Remarks, func(r jiqiao.DraftRemark) bool {
		return strings.HasPrefix(r.Message, "文字有 14000 个字，只读了前 8000 个")
	}) {
		t.Errorf("a long text: %v %+v", err, long.Remarks)
	}
	endless := &jiqiao.Need{Problem: strings.Repeat("提取收率不高。", 20_000)}
	if d, err := c.Examine(t.Context(), endless); err != nil || len(newExam(get(), endless, suggester(), "2026-11-22").draft.sentences) > maxRead/20 {
		t.Errorf("an endless text is read to its end: %v %s", err, d.Verdict)
	} else {
		check(t, d, endless)
	}
	d, err := c.Examine(t.Context(), &jiqiao.Need{})
	if err != nil || d.Completeness != 0 || d.Passages == nil || d.Similar == nil {
		t.Errorf("an empty record: %v %+v", err, d)
	}
}

func FuzzExamine(f *testing.F) {
	f.Add(fullNeed)
	f.Add("提高涂层耐磨性\n预算：50万元\n期限：2020年\n20～10mm")
	f.Add("1、\x00\xff。“”（高性能）≤")
	f.Fuzz(func(t *testing.T, text string) {
		c := newClinic(t, nil)
		for _, kind := range jiqiao.Kinds {
			rec := jiqiao.NewRecord(kind)
			switch r := rec.(type) {
			case *jiqiao.Need:
				r.Title, r.Problem, r.Constraints = "测试", text, text
			case *jiqiao.Achievement:
				r.Title, r.Abstract = text, text
			}
			d, err := c.Examine(context.Background(), rec)
			if err != nil {
				t.Fatal(err)
			}
			check(t, d, rec)
		}
	})
}

func BenchmarkExamine(b *testing.B) {
	c := newClinic(b, nil)
	for b.Loop() {
		if _, err := c.ExamineText(b.Context(), jiqiao.KindNeed, fullNeed); err != nil {
			b.Fatal(err)
		}
	}
}
