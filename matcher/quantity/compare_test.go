package quantity

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"jiqiao"
)

func one(t *testing.T, text string) Quantity {
	t.Helper()
	all := Parse(text)
	if len(all) != 1 {
		t.Fatalf("%q holds %s", text, show(all))
	}
	return all[0]
}

func TestCompare(t *testing.T) {
	names := map[Outcome]string{Unlike: "unlike", Unclear: "unclear", Unmet: "unmet", Met: "met"}
	for _, c := range []struct{ target, figure, want, reason string }{
		{"强度≥50MPa", "强度62MPa", "met", "不低于目标"},
		{"强度≥50MPa", "强度31MPa", "unmet", "低于目标"},
		{"强度≥50MPa", "强度≥31MPa", "unmet", "低于目标"},
		{"强度≥50MPa", "强度≤60MPa", "unclear", "只给出上限"},
		{"强度≥50MPa", "强度≤40MPa", "unmet", "上限低于"},
		{"强度≥50MPa", "强度40～60MPa", "unclear", "一部分"},
		{"强度≥50MPa", "强度50～60MPa", "met", ""},
		{"强度≥50MPa", "强度30～40MPa", "unmet", ""},
		{"强度≥50MPa", "强度约50MPa", "unclear", "约数"},
		{"强度≥50MPa", "强度约80MPa", "met", ""},
		{"强度>50MPa", "强度50MPa", "unclear", "恰好"},
		{"强度>50MPa", "强度>50MPa", "met", ""},
		{"强度≥50MPa", "强度达到50MPa", "met", ""},
		{"压力≥5MPa", "压力60bar", "met", "成果合 6 MPa"},
		{"压力≥5MPa", "压力4900kPa", "unmet", "成果合 4.9 MPa"},
		{"厚度≤5μm", "厚度4～8μm", "unclear", ""},
		{"厚度≤5μm", "厚度8±2μm", "unmet", ""},
		{"厚度≤5μm", "厚度4±1μm", "met", ""},
		{"厚度≤5μm", "厚度≥8μm", "unmet", ""},
		{"厚度≤5μm", "厚度≥3μm", "unclear", ""},
		{"厚度≤0.1μm", "厚度100nm", "met", "成果合 0.1 μm"},
		{"厚度<5μm", "厚度5μm", "unclear", "恰好"},
		{"精度达到0.1mm", "精度±0.05mm", "met", ""},
		{"精度±0.1mm", "精度±0.2mm", "unmet", ""},
		{"准确率达到95%", "准确率97%", "met", ""},
		{"空洞率降至2%", "空洞率3%", "unmet", ""},
		{"直径5～8mm", "直径6mm", "met", "范围以内"},
		{"直径5～8mm", "直径9mm", "unmet", "范围以外"},
		{"直径5～8mm", "直径6～9mm", "unclear", ""},
		{"工作温度-40～85℃", "工作温度-55～125℃", "met", "覆盖"},
		{"工作温度-40～85℃", "工作温度-20～60℃", "unmet", "没有覆盖"},
		{"工作温度-40～85℃", "工作温度85℃", "unclear", "不能确定覆盖"},
		{"使用温度≥200℃", "使用温度-20～250℃", "met", ""},
		{"使用温度≥200℃", "使用温度500K", "met", "成果合 226.85℃"},
		{"直径=5mm", "直径5mm", "met", "数值相同"},
		{"直径=5mm", "直径6mm", "unclear", "定值"},
		{"效率提高20%以上", "效率提高30%", "met", "各按自己的比较基准"},
		{"效率提高20%以上", "效率提高10%", "unmet", ""},
		{"效率提高20%以上", "效率95%", "unlike", "变化幅度"},
		{"效率提高20%", "效率降低30%", "unlike", ""},
		{"强度≥50MPa", "强度≥60HRC", "unlike", "单位不同"},
		{"使用寿命≥5年", "使用寿命50000小时", "unlike", "单位不同"},
		{"浓度≤50mg/L", "浓度≤40ppm", "unlike", "单位不同"},
		{"浓度≤50mg/L", "浓度0.04g/L", "met", "成果合 40 mg/L"},
		{"产能≥3万吨/年", "产能45000t/a", "met", ""},
		{"产能≥3万吨/年", "产能10t/h", "unlike", ""},
		{"漏检率≤0.1%", "漏检率500ppm", "met", "成果合 0.05%"},
		{"转速≥12000rpm", "转速200r/s", "met", ""},
		{"热导率≥200W/(m·K)", "热导率2.35W/cm·K", "met", ""},
		{"密度≤1.8g/cm3", "密度1600kg/m³", "met", ""},
		{"速度≥36km/h", "速度12m/s", "met", "成果合 43.2 km/h"},
		{"温差≤5℃", "温差3K", "met", ""},
		{"温差≤5℃", "温度3℃", "unlike", ""},
		{"偏转角度≤3度", "偏转角度0.01rad", "met", ""},
	} {
		target, figure := one(t, c.target), one(t, c.figure)
		got, reason := Compare(target, figure)
		if names[got] != c.want || !strings.Contains(reason, c.reason) {
			t.Errorf("%s beside %s: %s, %s; want %s, %s", c.target, c.figure, names[got], reason, c.want, c.reason)
		}
	}
}

// TestUnitsAgree holds the two spellings of one amount against each other.
func TestUnitsAgree(t *testing.T) {
	for _, c := range [][2]string{
		{"1MPa", "1000kPa"}, {"1MPa", "10bar"}, {"1MPa", "1N/mm2"}, {"1m3", "1000L"}, {"1公顷", "15亩"}, {"1kWh", "3.6MJ"}, {"1kWh", "1度电"}, {"60次/min", "1次/s"},
		{"1吨", "1000公斤"}, {"1Wh/kg", "3.6kJ/kg"}, {"1mPa·s", "1cP"}, {"1W/(m·K)", "1W·m⁻¹·K⁻¹"}, {"1%", "10‰"}, {"1%", "10000ppm"}, {"0℃", "273.15K"},
		{"1英寸", "25.4mm"}, {"3转/秒", "180rpm"}, {"1mg/kg", "1g/t"}, {"100Mbps", "0.1Gbit/s"}, {"1万吨/年", "10000t/a"}, {"5元/Wh", "5000元/kWh"},
	} {
		a, b := unitText(t, c[0]), unitText(t, c[1])
		if a.Dimension != b.Dimension || !near(a.Low, b.Low) {
			t.Errorf("%s is %v %s, %s is %v %s", c[0], a.Low, a.Dimension, c[1], b.Low, b.Dimension)
		}
	}
}

func unitText(t *testing.T, text string) Quantity {
	t.Helper()
	if all := Parse("温度=" + text); len(all) > 0 {
		return all[0]
	}
	return Quantity{}
}

func TestOf(t *testing.T) {
	for _, c := range []struct {
		m    jiqiao.Metric
		want string
	}{
		{jiqiao.Metric{Name: "剪切强度", Comparator: "≥", Value: 50, Unit: "MPa"}, "剪切强度≥50MPa"},
		{jiqiao.Metric{Name: "寿命（80℃）", Comparator: "≥", Value: 5000, Unit: "h"}, "寿命(80℃)≥5000h"},
		{jiqiao.Metric{Name: "8～12μm 平均透过率(镀膜后)", Comparator: "≥", Value: 96, Unit: "%"}, "8~12μm 平均透过率(镀膜后)≥96%"},
		{jiqiao.Metric{Name: "工作温度", Comparator: "～", Value: -40, Upper: 125, Unit: "℃"}, "工作温度=-40~125℃"},
		{jiqiao.Metric{Name: "孔径", Comparator: "±", Value: 2, Upper: 0.1, Unit: "μm"}, "孔径=1.9±2.1μm"},
		{jiqiao.Metric{Name: "定位精度", Comparator: "±", Upper: 0.1, Unit: "mm"}, "定位精度≤0.1mm"},
		{jiqiao.Metric{Name: "产能", Comparator: "≥", Value: 3, Unit: "万吨/年"}, "产能≥3万吨/年"},
		{jiqiao.Metric{Name: "活菌数", Comparator: "≥", Value: 5, Unit: "亿CFU/mL"}, "活菌数≥5亿CFU/mL"},
		{jiqiao.Metric{Name: "能耗降低率", Comparator: "≥", Value: 15, Unit: "%"}, "能耗↓≥15%"},
		{jiqiao.Metric{Name: "降低剂用量", Comparator: "≤", Value: 15, Unit: "kg/t"}, "降低剂用量≤15kg/t"},
		{jiqiao.Metric{Name: "AUC", Comparator: "=", Value: 0.95}, "AUC=0.95"},
		{jiqiao.Metric{Name: "外观", Comparator: "<", Value: 3, Unit: "麻点"}, "外观<3麻点"},
		{jiqiao.Metric{Name: "纯度", Comparator: ">", Value: 99.9, Unit: "%"}, "纯度>99.9%"},
		{jiqiao.Metric{Name: "识别率", Text: "达到 90% 以上"}, "识别率≥90%"},
		{jiqiao.Metric{Name: "阻燃等级", Text: "UL94 V-0"}, ""},
		{jiqiao.Metric{Name: "外观"}, ""},
		{jiqiao.Metric{Name: "外观", Comparator: "≥", Value: math.NaN()}, ""},
	} {
		got := ""
		if q, ok := Of(c.m); ok {
			got = show([]Quantity{q})
		}
		if got != c.want {
			t.Errorf("%s is %q, want %q", c.m, got, c.want)
		}
	}
	same := func(unit string) Quantity {
		q, _ := Of(jiqiao.Metric{Name: "外观", Comparator: "≤", Value: 3, Unit: unit})
		return q
	}
	if o, _ := Compare(same("麻点/片"), same("麻点/片")); o != Met {
		t.Error("two figures in one unknown unit do not compare")
	}
	if o, _ := Compare(same("麻点"), same("麻点/片")); o != Unlike {
		t.Error("two unknown units compare")
	}
}

func TestQuantityValue(t *testing.T) {
	for text, want := range map[string]float64{"强度≥50MPa": 50, "强度≤50MPa": 50, "强度40～60MPa": 50, "温度20℃": 20, "强度<3kPa": 3} {
		if got := one(t, text).Value(); math.Abs(got-want) > 1e-9 {
			t.Errorf("%s has the value %v", text, got)
		}
	}
	for text, want := range map[string]bool{"强度≥50MPa": true, "强度50MPa": false, "强度约50MPa": false, "强度达到50MPa": true} {
		if one(t, text).Bounded() != want {
			t.Errorf("%s bounded: %v", text, !want)
		}
	}
}

// TestMeetingIsMonotone: a better figure never does worse.
func TestMeetingIsMonotone(t *testing.T) {
	rank := map[Outcome]int{Unmet: 0, Unclear: 1, Met: 2}
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.Float64Range(0.1, 1000)
		metric := func(c jiqiao.Comparator, v, upper float64) Quantity {
			q, ok := Of(jiqiao.Metric{Name: "强度", Comparator: c, Value: v, Upper: upper, Unit: "MPa"})
			if !ok {
				t.Fatalf("%s %v", c, v)
			}
			return q
		}
		relation := rapid.SampledFrom([]jiqiao.Comparator{"≥", ">", "=", "±", "～"}).Draw(t, "relation")
		bound, v, more := value.Draw(t, "bound"), value.Draw(t, "v"), value.Draw(t, "more")
		upper := func(v float64) float64 {
			if relation == "～" {
				return v + 1
			}
			return 1
		}
		target := metric(rapid.SampledFrom([]jiqiao.Comparator{"≥", ">"}).Draw(t, "target"), bound, 0)
		worse, _ := Compare(target, metric(relation, v, upper(v)))
		better, _ := Compare(target, metric(relation, v+more, upper(v+more)))
		if rank[better] < rank[worse] {
			t.Fatalf("%v is better than %v and does worse: %v, %v", v+more, v, better, worse)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	text := strings.Repeat("在 230 ℃、8 MPa、3 min 条件下得到致密烧结层，空洞率分别为 0.8% 和 1.6%。膏体在裸铜、镀银和镀金基板上均可使用，裸铜面通过添加有机酸还原剂抑制氧化，已建成年产 3 吨的配制线。", 4)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Parse(text)
	}
}
