package sheet

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"jiqiao"
)

func amounts(low, high int64) jiqiao.Money {
	return jiqiao.Money{Kind: jiqiao.MoneyAmount, Min: low, Max: high}
}

func TestMoney(t *testing.T) {
	const w = jiqiao.Wan
	for cell, want := range map[string]jiqiao.Money{
		"": {}, "无": {}, "—": {}, "/": {}, " 暂无 ": {},
		"面议": jiqiao.Negotiable(), "价格面议": jiqiao.Negotiable(), "双方协商": jiqiao.Negotiable(), "不限": jiqiao.Negotiable(), "待定": jiqiao.Negotiable(),
		"50": jiqiao.WanYuan(50), "50万": jiqiao.WanYuan(50), "５０万元": jiqiao.WanYuan(50), "50 万元": jiqiao.WanYuan(50), "50w": jiqiao.WanYuan(50), "约50万": jiqiao.WanYuan(50),
		"500000元": jiqiao.WanYuan(50), "500,000元": jiqiao.WanYuan(50), "人民币50万元整": jiqiao.WanYuan(50), "￥50万": jiqiao.WanYuan(50), "50.0": jiqiao.WanYuan(50),
		"1.2亿": jiqiao.WanYuan(12000), "1.2亿元": jiqiao.WanYuan(12000), "3千万": jiqiao.WanYuan(3000), "2百万元": jiqiao.WanYuan(200), "1,200": jiqiao.WanYuan(1200),
		"0.05": jiqiao.Amount(50000), "0.000001": jiqiao.Amount(1), "12.34元": jiqiao.Amount(1234), "5千元": jiqiao.Amount(500000),
		"50-100万": amounts(50*w, 100*w), "50～100": amounts(50*w, 100*w), "50万~100万元": amounts(50*w, 100*w), "50万—1亿": amounts(50*w, 10000*w),
		"50至100万元": amounts(50*w, 100*w), "50万到100万": amounts(50*w, 100*w), "50 - 100 万元": amounts(50*w, 100*w), "50--100万": amounts(50*w, 100*w),
		"50万以上": amounts(50*w, 0), "不低于50万元": amounts(50*w, 0), "≥50": amounts(50*w, 0), ">50万": amounts(50*w, 0), "500万元及以上": amounts(500*w, 0), "50万起": amounts(50*w, 0),
		"50万以内": amounts(0, 50*w), "不超过50万": amounts(0, 50*w), "<50": amounts(0, 50*w), "≤50万元": amounts(0, 50*w), "50万以下": amounts(0, 50*w),
	} {
		got, err := parseMoney(cell)
		if err != nil || got != want {
			t.Errorf("%q: got %+v, %v; want %+v", cell, got, err, want)
		}
	}
	for cell, help := range map[string]string{
		"好多": moneyHelp, "50美元": moneyHelp, "五十万": moneyHelp, "-50": moneyHelp, "1.2.3": moneyHelp, "50-": moneyHelp, "万": moneyHelp, "1e5": moneyHelp,
		"100-50": "下限大于上限", "999999999999": "金额过大", strings.Repeat("9", 40): moneyHelp,
	} {
		if got, err := parseMoney(cell); err == nil || !strings.Contains(err.Error(), help) {
			t.Errorf("%q: got %+v, %v; want an error with %q", cell, got, err, help)
		}
	}
}

func TestDate(t *testing.T) {
	for cell, want := range map[string]jiqiao.Date{
		"": "", "长期": "", "无": "", "2026-11-22": "2026-11-22", "2026/11/22": "2026-11-22", "2026.11.22": "2026-11-22", "2026/1/2": "2026-01-02",
		"2026年11月22日": "2026-11-22", "2026年11月22号": "2026-11-22", "２０２６年１１月２２日": "2026-11-22", "2026 年 11 月 22 日": "2026-11-22", "20261122": "2026-11-22",
		"2026-11-22 00:00:00": "2026-11-22", "2026-11-22T08:30:00Z": "2026-11-22", "2026/11/22 8:30": "2026-11-22", "46348": "2026-11-22", "46348.5": "2026-11-22",
		"2026年11月": "2026-11-30", "2026-11": "2026-11-30", "2026.2": "2026-02-28", "2024/02": "2024-02-29", "2026": "2026-12-31", "2026年": "2026-12-31",
		"2026年底": "2026-12-31", "2026年11月底": "2026-11-30", "2026年6月末": "2026-06-30",
	} {
		if got, err := parseDate(cell, true); err != nil || got != want {
			t.Errorf("%q: got %q, %v; want %q", cell, got, err, want)
		}
	}
	for cell, want := range map[string]jiqiao.Date{"2026年11月": "2026-11-01", "2026": "2026-01-01", "2026年底": "2026-12-31"} {
		if got, err := parseDate(cell, false); err != nil || got != want {
			t.Errorf("start of %q: got %q, %v; want %q", cell, got, err, want)
		}
	}
	for cell, help := range map[string]string{
		"明年": dateHelp, "2026-13-01": "月份", "2026-02-30": "没有这一天", "2026-11-00": "没有这一天", "0026-01-01": "年份", "12": dateHelp, "99999": dateHelp, "11/22/2026": dateHelp,
	} {
		if got, err := parseDate(cell, true); err == nil || !strings.Contains(err.Error(), help) {
			t.Errorf("%q: got %q, %v; want an error with %q", cell, got, err, help)
		}
	}
}

func TestList(t *testing.T) {
	for cell, want := range map[string][]string{
		"": nil, "无": nil, "碳化硅": {"碳化硅"}, "碳化硅、外延；功率器件，良率;a,b": {"碳化硅", "外延", "功率器件", "良率", "a", "b"},
		"碳化硅\n外延\r\n": {"碳化硅", "外延"}, "碳化硅 外延　良率": {"碳化硅", "外延", "良率"}, "deep learning": {"deep learning"}, "、、a、、a、": {"a"},
		`a\，b，c`: {"a，b", "c"}, `C:\\x；y`: {`C:\x`, "y"},
	} {
		if got, err := parseList(cell); err != nil || !cmp.Equal(got, want) {
			t.Errorf("%q: got %q, %v; want %q", cell, got, err, want)
		}
	}
}

func TestCodes(t *testing.T) {
	for _, c := range []struct {
		list, cell string
		want       []string
	}{
		{"cooperation", "技术转让、技术入股", []string{"transfer", "equity"}},
		{"cooperation", "委托团队、专家长期技术服务；技术咨询", []string{"expert_service", "consulting"}},
		{"cooperation", "联合（合作）开发，其他", []string{"joint", "other"}},
		{"cooperation", "技术转让 技术许可", []string{"transfer", "licence"}},
		{"cooperation", "技术转让/技术许可", []string{"transfer", "licence"}},
		{"cooperation", "共建新研发/生产实体", []string{"joint_entity"}},
		{"cooperation", "不限", nil}, {"cooperation", "", nil}, {"cooperation", "transfer;transfer", []string{"transfer"}},
		{"industry", "C26 化学原料和化学制品制造业；A 农、林、牧、渔业", []string{"C26", "A"}},
		{"industry", "农、林、牧、渔业、C39", []string{"A", "C39"}},
		{"industry", "C26-旧版的名称", []string{"C26"}},
		{"emerging", "3.1；1.2 电子核心", []string{"3.1", "1.2"}},
		{"field", "102 微电子", []string{"102"}},
		{"subject", "材料科学（430）", []string{"430"}},
	} {
		if got, err := parseCodes(c.list, c.cell); err != nil || !cmp.Equal(got, c.want) {
			t.Errorf("%s %q: got %q, %v; want %q", c.list, c.cell, got, err, c.want)
		}
	}
	for _, c := range []struct{ list, cell, help string }{
		{"cooperation", "随便；技术转让", "可填：技术转让"}, {"trl", "99", "可填：1 报告级、2 方案级"}, {"region", "火星市", "请从下拉列表中选择"}, {"region", "朝阳区", "是不是：110105 朝阳区"},
	} {
		if got, err := parseCodes(c.list, c.cell); err == nil || !strings.Contains(err.Error(), c.help) {
			t.Errorf("%s %q: got %q, %v; want an error with %q", c.list, c.cell, got, err, c.help)
		}
	}
	for cell, want := range map[string]string{"江苏省盐城市大丰区": "320904", "320904": "320904", "320904 大丰区": "320904", "江苏/盐城": "320900", "无": ""} {
		if got, err := parseCode("region", cell); err != nil || got != want {
			t.Errorf("region %q: got %q, %v; want %q", cell, got, err, want)
		}
	}
}

// Every code of every list can be chosen in the drop-down and comes back as itself.
func TestEveryOptionReadsBack(t *testing.T) {
	for _, list := range jiqiao.CodeLists() {
		for _, item := range list.Items {
			if list.Name == "budget" { // ranges to filter by, never a cell
				continue
			}
			if got, err := parseCode(list.Name, codeText(list.Name, item.Code)); err != nil || got != item.Code {
				t.Errorf("%s: %q reads as %q, %v", list.Name, codeText(list.Name, item.Code), got, err)
			}
		}
	}
}

func TestMetrics(t *testing.T) {
	number := func(name string, sign jiqiao.Comparator, value float64, unit string) jiqiao.Metric {
		return jiqiao.Metric{Name: name, Comparator: sign, Value: value, Unit: unit}
	}
	span := func(name string, sign jiqiao.Comparator, low, high float64, unit string) jiqiao.Metric {
		return jiqiao.Metric{Name: name, Comparator: sign, Value: low, Upper: high, Unit: unit}
	}
	text := func(name, text string) jiqiao.Metric { return jiqiao.Metric{Name: name, Text: text} }
	for cell, want := range map[string][]jiqiao.Metric{
		"": nil, "无": nil,
		"击穿电压≥1200V；工作温度-40～125℃；阻燃等级：UL94 V-0": {number("击穿电压", "≥", 1200, "V"), span("工作温度", "～", -40, 125, "℃"), text("阻燃等级", "UL94 V-0")},
		"击穿电压≥1200V（现状：800V）":                   {{Name: "击穿电压", Comparator: "≥", Value: 1200, Unit: "V", Current: "800V"}},
		"阻燃等级：V-0(目前为V-1)":                      {{Name: "阻燃等级", Text: "V-0", Current: "V-1"}},
		"1、效率>95%\n2、成本不超过 3 万元":                {number("效率", ">", 95, "%"), number("成本", "≤", 3, "万元")},
		"（1）击穿电压 大于等于 1,200 V":                  {number("击穿电压", "≥", 1200, "V")},
		"温度：-40℃~125℃":                          {span("温度", "～", -40, 125, "℃")}, "温度 -40至125 ℃": {span("温度", "～", -40, 125, "℃")}, "温度：80-100 MPa": {span("温度", "～", 80, 100, "MPa")},
		"孔径2±0.1μm": {span("孔径", "±", 2, 0.1, "μm")}, "孔径：2 ± 0.1 μm": {span("孔径", "±", 2, 0.1, "μm")},
		"漏电流＜1e-6A": {number("漏电流", "<", 1e-6, "A")}, "真空度≤1×10^-6Pa": {number("真空度", "≤", 1e-6, "Pa")},
		"寿命2000次以上": {number("寿命", "≥", 2000, "次")}, "误差5%以内": {number("误差", "≤", 5, "%")}, "循环寿命2000次": {number("循环寿命", "=", 2000, "次")},
		"厚度=3mm": {number("厚度", "=", 3, "mm")}, "厚度：3mm": {number("厚度", "=", 3, "mm")}, "掺杂浓度不均匀性不大于5%": {number("掺杂浓度不均匀性", "≤", 5, "%")},
		"符合GB/T 19001": {text("指标", "符合GB/T 19001")}, "支持5G": {text("指标", "支持5G")}, "≥5": {text("指标", "≥5")},
		"算法：基于 YOLOv8 的检测": {text("算法", "基于 YOLOv8 的检测")}, "粒径：D50 2.5～3.5 μm": {text("粒径", "D50 2.5～3.5 μm")},
	} {
		if got, err := parseMetrics(cell); err != nil || !cmp.Equal(got, want) {
			t.Errorf("%q: %v %s", cell, err, cmp.Diff(want, got))
		}
	}
}

func TestIPs(t *testing.T) {
	for cell, want := range map[string][]jiqiao.IP{
		"": nil,
		"发明专利 ZL202010123456.7 已授权；软件著作权 2020SR0123456": {{Kind: "invention", Number: "ZL202010123456.7", State: "granted"}, {Kind: "software", Number: "2020SR0123456"}},
		"发明专利ZL202010123456.7《一种炉》（已授权）":                {{Kind: "invention", Number: "ZL202010123456.7", Title: "一种炉", State: "granted"}},
		"2020SR0123456\n实用新型":                           {{Kind: "software", Number: "2020SR0123456"}, {Kind: "utility"}},
		"发明专利 申请中":                                      {{Kind: "invention", State: "applied"}}, "植物新品种 国审稻 2020-001": {{Kind: "plant_variety", Number: "国审稻 2020-001"}},
	} {
		if got, err := parseIPs(cell); err != nil || !cmp.Equal(got, want) {
			t.Errorf("%q: %v %s", cell, err, cmp.Diff(want, got))
		}
	}
	for _, cell := range []string{"ZL202010123456.7", "（）", "三项"} {
		if got, err := parseIPs(cell); err == nil || !strings.Contains(err.Error(), "如：发明专利") {
			t.Errorf("%q: got %v, %v", cell, got, err)
		}
	}
}

func TestTeam(t *testing.T) {
	for cell, want := range map[string][]jiqiao.TeamMember{
		"": nil, "张三、李四，王五": {{Name: "张三"}, {Name: "李四"}, {Name: "王五"}},
		"张三/教授/负责人；李四/讲师、博士": {{Name: "张三", Title: "教授", Role: "负责人"}, {Name: "李四", Title: "讲师、博士"}},
		"张三／教授／／材料学院／二楼":     {{Name: "张三", Title: "教授", Unit: "材料学院／二楼"}},
	} {
		if got, err := parseTeam(cell); err != nil || !cmp.Equal(got, want) {
			t.Errorf("%q: %v %s", cell, err, cmp.Diff(want, got))
		}
	}
	if got, err := parseTeam("/教授"); err == nil {
		t.Errorf("a member without a name: %v", got)
	}
}

// Under 手机 stands a mobile number; under 联系电话 either, and each goes where it belongs.
func TestNumbersGoByTheirTitle(t *testing.T) {
	for _, c := range []struct{ title, cell, mobile, phone string }{
		{"手机", "138-0013-8000", "13800138000", ""}, {"手机", "8800123", "8800123", ""}, {"手机号码", "0515-88001234", "0515-88001234", ""},
		{"联系电话", "13800138000", "13800138000", ""}, {"联系电话（必填）", "8800123", "", "8800123"}, {"联系方式", "0515-88001234", "", "0515-88001234"},
		{"联系电话", "12345", "12345", ""},
	} {
		row := readAll(t, write(t, "x.csv", []byte("需求名称,单位名称,"+c.title+"\n一,甲,"+c.cell+"\n")), jiqiao.KindNeed)[0]
		if got := head(&row.Entry).Contact; got.Mobile != c.mobile || got.Phone != c.phone {
			t.Errorf("%s %s: mobile %q, phone %q", c.title, c.cell, got.Mobile, got.Phone)
		}
		// What is no mobile number is told.
		wrong := c.mobile != "" && c.mobile != "13800138000"
		if told := slices.ContainsFunc(row.Warnings(row.Entry), func(e jiqiao.CellError) bool { return e.Column == "手机" }); told != wrong {
			t.Errorf("%s %s: told %v", c.title, c.cell, told)
		}
	}
}

func TestContactCells(t *testing.T) {
	for cell, want := range map[string]string{
		"13800138000": "13800138000", "138 0013 8000": "13800138000", "138-0013-8000": "13800138000", "+86 13800138000": "13800138000", "１３８００１３８０００": "13800138000",
		"13800138000.0": "13800138000", "1.3800138E+10": "", "0515-88888888": "0515-88888888", "无": "", "": "",
	} {
		got, err := parsePhone(cell)
		if cell == "1.3800138E+10" {
			if err == nil || !strings.Contains(err.Error(), "科学计数") {
				t.Errorf("%q: got %q, %v", cell, got, err)
			}
			continue
		}
		if err != nil || got != want {
			t.Errorf("%q: got %q, %v; want %q", cell, got, err, want)
		}
	}
	if _, err := parsePhone("138****8000"); !errors.Is(err, errKeep) {
		t.Errorf("a masked number must be passed over, got %v", err)
	}
	for cell, want := range map[string]string{"91440300708461136t": "91440300708461136T", "9144 0300 7084 61136T": "91440300708461136T", "": ""} {
		if got, err := parseCredit(cell); err != nil || got != want {
			t.Errorf("%q: got %q, %v; want %q", cell, got, err, want)
		}
	}
	if _, err := parseCredit("9.14403E+17"); err == nil || !strings.Contains(err.Error(), "「文本」格式") {
		t.Errorf("a ruined code: %v", err)
	}
	for cell, want := range map[string]bool{"是": true, "√": true, "TRUE": true, "1": true, "否": false, "": false, "×": false, "0": false, "不同意": false} {
		if got, err := parseFlag(cell); err != nil || got != want {
			t.Errorf("%q: got %v, %v", cell, got, err)
		}
	}
	if _, err := parseFlag("也许"); err == nil {
		t.Error("也许 is no answer")
	}
}

func TestNeutralise(t *testing.T) {
	for text, want := range map[string]string{
		"=1+1": "'=1+1", "+86": "'+86", "-5": "'-5", "@x": "'@x", "\tx": "'\tx", "＝1": "'＝1", "'=1": "''=1", "''-": "'''-", "'引号'": "'引号'", "普通": "普通", "": "", "'": "'",
	} {
		if got := neutralise(text); got != want || restore(got) != text {
			t.Errorf("%q: got %q, back %q", text, got, restore(got))
		}
	}
}

// Typing tolerance of a whole row is in sample_test; here each field that is read from nothing else must accept its
// own sample.
func TestSamples(t *testing.T) {
	for _, kind := range jiqiao.Kinds {
		e := NewEntry(kind)
		for _, c := range Columns(kind) {
			if err := c.set(&e, c.Sample); err != nil {
				t.Errorf("%s: sample %q: %v", c.Header, c.Sample, err)
			}
			if got := c.write(&e); got != c.Sample && c.List != flagList && c.Sample != "" {
				t.Errorf("%s: sample %q is written as %q", c.Header, c.Sample, got)
			}
			for _, r := range c.Sample {
				if strings.ContainsRune(formulaStarts, r) {
					t.Errorf("%s: sample begins like a formula", c.Header)
				}
				break
			}
		}
		s := Sample(kind)
		if err := s.Record.Validate(); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if warnings := s.Record.Warnings(); len(warnings) > 0 {
			t.Errorf("%s: sample warns: %v", kind, warnings)
		}
		if strings.Contains(s.Record.Head().Title, sampleMark) {
			t.Error("the mark is still there")
		}
	}
}

func FuzzMoney(f *testing.F) {
	for _, s := range []string{"50万", "1.2亿", "面议", "50-100万", "≥1,000元", "0.000001"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		m, err := parseMoney(cell)
		if err != nil {
			return
		}
		if back, err := parseMoney(formatMoney(m)); err != nil || back != m {
			t.Errorf("%q: %+v is written %q and reads %+v, %v", cell, m, formatMoney(m), back, err)
		}
	})
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"2026-11-22", "2026年11月", "46348", "2026年底"} {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, cell string, end bool) {
		d, err := parseDate(cell, end)
		if err != nil {
			return
		}
		if back, err := parseDate(string(d), end); err != nil || back != d {
			t.Errorf("%q: %q reads %q, %v", cell, d, back, err)
		}
	})
}

func FuzzList(f *testing.F) {
	f.Add("碳化硅、外延；a\\,b")
	f.Add(" ,\u008a")
	f.Fuzz(func(t *testing.T, cell string) {
		items, err := parseList(cell)
		if err != nil {
			t.Fatal(err)
		}
		n := &jiqiao.Need{Header: jiqiao.Header{Keywords: items}}
		jiqiao.Normalise(n)
		items = n.Keywords
		back, err := parseList(formatList(items))
		if err != nil || !cmp.Equal(back, items, cmpopts.EquateEmpty()) {
			t.Errorf("%q: %q is written %q and reads %q, %v", cell, items, formatList(items), back, err)
		}
	})
}

func FuzzMetrics(f *testing.F) {
	for _, s := range []string{"击穿电压≥1200V（现状：800V）；工作温度-40～125℃；阻燃等级：UL94 V-0", "孔径2±0.1μm", `a\；b≥1e-6A`, "1、效率>95%"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		first, err := parseMetrics(cell)
		if err != nil {
			t.Fatal(err)
		}
		n := &jiqiao.Need{Metrics: first}
		n.Title, n.Owner.Name = "t", "o"
		jiqiao.Normalise(n)
		if n.Validate() != nil {
			return
		}
		back, err := parseMetrics(formatMetrics(n.Metrics))
		if err != nil || !cmp.Equal(back, n.Metrics, cmpopts.EquateEmpty()) {
			t.Errorf("%q: %+v is written %q and reads %+v, %v", cell, n.Metrics, formatMetrics(n.Metrics), back, err)
		}
	})
}

func FuzzPeople(f *testing.F) {
	f.Add("发明专利 ZL202010123456.7《炉》已授权", "张三/教授；李四", "138 0013 8000", "联合开发、技术转让")
	f.Fuzz(func(t *testing.T, ips, team, phone, codes string) {
		a := &jiqiao.Achievement{}
		a.IPs, _ = parseIPs(ips)
		a.Team, _ = parseTeam(team)
		a.Contact.Phone, _ = parsePhone(phone)
		a.Cooperation, _ = parseCodes("cooperation", codes)
		a.Title, a.Owner.Name = "t", "o"
		jiqiao.Normalise(a)
		if a.Validate() != nil {
			return
		}
		if back, err := parseIPs(formatIPs(a.IPs)); err != nil || !cmp.Equal(back, a.IPs, cmpopts.EquateEmpty()) {
			t.Errorf("ips %q: written %q, reads %+v, %v", ips, formatIPs(a.IPs), back, err)
		}
		if back, err := parseTeam(formatTeam(a.Team)); err != nil || !cmp.Equal(back, a.Team, cmpopts.EquateEmpty()) {
			t.Errorf("team %q: written %q, reads %+v, %v", team, formatTeam(a.Team), back, err)
		}
		if back, err := parseCodes("cooperation", formatCodes("cooperation", a.Cooperation)); err != nil || !cmp.Equal(back, a.Cooperation, cmpopts.EquateEmpty()) {
			t.Errorf("codes %q: reads %q, %v", codes, back, err)
		}
	})
}

func FuzzFormula(f *testing.F) {
	f.Add("'=1")
	f.Fuzz(func(t *testing.T, text string) {
		safe := neutralise(text)
		if startsFormula(safe) || restore(safe) != text {
			t.Errorf("%q: %q", text, safe)
		}
	})
}
