package quantity

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jiqiao"
)

// TestTextAndFieldsAgree: a metric reads the same from its fields and from what it prints.
func TestTextAndFieldsAgree(t *testing.T) {
	names := []string{"断裂伸长率", "剪切强度", "热导率", "工作温度", "使用寿命", "漏检率", "产能", "定位误差", "噪声"}
	unitsOf := []string{"%", "MPa", "W/(m·K)", "℃", "h", "‰", "t/a", "mm", "dB", "mg/L", "次", "万次", "kWh/t", "m³/h", "μm"}
	comparators := []jiqiao.Comparator{"≥", "≤", ">", "<", "=", "～", "±"}
	rapid.Check(t, func(t *rapid.T) {
		m := jiqiao.Metric{
			Name:       rapid.SampledFrom(names).Draw(t, "name"),
			Comparator: rapid.SampledFrom(comparators).Draw(t, "comparator"),
			Value:      float64(rapid.IntRange(1, 100_000).Draw(t, "value")) / 100,
			Unit:       rapid.SampledFrom(unitsOf).Draw(t, "unit"),
		}
		switch m.Comparator {
		case jiqiao.ComparatorRange:
			m.Upper = m.Value + float64(rapid.IntRange(1, 1000).Draw(t, "more"))
		case jiqiao.ComparatorTolerance:
			m.Upper = math.Trunc(m.Value*10) / 100
		}
		want, ok := Of(m)
		all := Parse(m.String())
		if !ok || len(all) != 1 {
			t.Fatalf("%s: fields %v, text %s", m, ok, show(all))
		}
		got := all[0]
		if got.Name != want.Name || got.Relation != want.Relation || got.Dimension != want.Dimension || got.Kind != want.Kind ||
			!near(got.Low, want.Low) || !near(got.High, want.High) {
			t.Fatalf("%s: fields %+v, text %+v", m, want, got)
		}
		if o, _ := Compare(want, got); o == Unlike {
			t.Fatalf("%s is unlike itself", m)
		}
	})
}

// TestSpansHoldTheQuantity: the span is what is written, from the comparator to the suffix.
func TestSpansHoldTheQuantity(t *testing.T) {
	for text, want := range map[string][]string{
		"要求断裂伸长率 不低于 400％ 以上。":  {"断裂伸长率|不低于 400％ 以上"},
		"粒径１０～２０μｍ，密度≤1.2g/cm³": {"粒径|１０～２０μｍ", "密度|≤1.2g/cm³"},
		"空洞率分别为0.8%和1.6%":       {"空洞率|分别为0.8%", "空洞率|1.6%"},
		"95%以上的准确率":             {"准确率|95%以上"},
		"强度\xff和精度±0.1mm":       {"强度\xff和精度|±0.1mm"},
	} {
		var got []string
		for _, q := range Parse(text) {
			got = append(got, text[q.NameSpan.Start:q.NameSpan.End]+"|"+text[q.Span.Start:q.Span.End])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestSplitName(t *testing.T) {
	for name, want := range map[string][2]string{
		"寿命(80℃)": {"寿命", "80℃"}, "寿命（80℃）": {"寿命", "80℃"}, "强力保持率(280℃,500h)": {"强力保持率", "280℃,500h"}, "功率 (A(B))": {"功率", "A(B)"},
		"(80℃)": {"(80℃)", ""}, "声级(A)计权": {"声级(A)计权", ""}, " 强度 ": {"强度", ""}, "": {"", ""}, ")": {")", ""},
	} {
		if a, b := SplitName(name); a != want[0] || b != want[1] {
			t.Errorf("%q is %q and %q, want %q", name, a, b, want)
		}
	}
}

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 0.05: "0.05", 120000: "120000", 1.0 / 3: "0.333333", 1.5e-7: "1.5e-07", -40: "-40", 1e13: "1e+13", 62.000000001: "62", 1e9: "1000000000",
	} {
		if got := Number(v); got != want {
			t.Errorf("%v is written %s, want %s", v, got, want)
		}
	}
}

// TestTables: every character of the tables leads somewhere, and every unit of the table reads as one.
func TestTables(t *testing.T) {
	for from, to := range spellings {
		if _, again := spellings[to]; again && from != to {
			t.Errorf("%c becomes %c, which becomes another", from, to)
		}
	}
	for from, to := range simplified {
		if !isHan(from) || !isHan(to) {
			t.Errorf("%c becomes %c", from, to)
		}
	}
	for line := range strings.Lines(latinUnits + hanUnitNames) {
		cells := strings.Fields(line)
		if len(cells) < 3 {
			continue
		}
		for _, name := range strings.Split(cells[0], ",") {
			if cells[len(cells)-1] == "/" || strings.ContainsAny(name, "TFH") && len(name) == 1 {
				continue
			}
			u := unitOf(name)
			if strings.Contains(u.dimension(), "单位") || u.factor <= 0 {
				t.Errorf("%s reads as %v", name, u)
			}
		}
	}
	for r, next := range notAfter {
		if _, known := hanUnits[r]; !known {
			t.Errorf("%c is no unit, and yet %s may not follow", r, next)
		}
	}
}

func FuzzUnit(f *testing.F) {
	for _, s := range []string{"W/(m·K)", "万吨/年", "10^5CFU/mL", "kg·m-1·s⁻²", "/(", "%%%", "m2.", "每", "/100g"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, ok := Of(jiqiao.Metric{Name: "强度", Comparator: "≥", Value: 3, Unit: text})
		if !ok {
			return
		}
		if o, _ := Compare(q, q); o == Unlike || math.IsNaN(q.Low) {
			t.Errorf("%q: %+v", text, q)
		}
	})
}
