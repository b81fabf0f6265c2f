package matcher

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

func amount(low, high int64) jiqiao.Money {
	return jiqiao.Money{Kind: jiqiao.MoneyAmount, Min: low * jiqiao.Wan, Max: high * jiqiao.Wan}
}

// metrics gives the need the first indicator and the achievement the others.
func metrics(target string, figures ...string) func(n *jiqiao.Need, a *jiqiao.Achievement) {
	form := regexp.MustCompile(`^(.*?)(?:([≥≤=]?)([0-9]+)([～±]?)([0-9]*)([^0-9)]+))?$`)
	parse := func(text string) jiqiao.Metric {
		m := form.FindStringSubmatch(text)
		value, _ := strconv.ParseFloat(m[3], 64)
		upper, _ := strconv.ParseFloat(m[5], 64)
		return jiqiao.Metric{Name: m[1], Comparator: jiqiao.Comparator(m[2] + m[4]), Value: value, Upper: upper, Unit: m[6]}
	}
	return func(n *jiqiao.Need, a *jiqiao.Achievement) {
		n.Metrics = []jiqiao.Metric{parse(target)}
		for _, f := range figures {
			a.Metrics = append(a.Metrics, parse(f))
		}
	}
}

func TestAgainst(t *testing.T) {
	const today = jiqiao.Date("2026-11-22")
	for _, c := range []struct {
		name string
		set  func(n *jiqiao.Need, a *jiqiao.Achievement)
		want []string
	}{
		{"nothing stated", func(*jiqiao.Need, *jiqiao.Achievement) {}, nil},
		{"too early", func(n *jiqiao.Need, a *jiqiao.Achievement) { n.MinTRL, a.TRL = 7, 4 },
			[]string{"成果的技术成熟度为 4 级，低于需求要求的 7 级"}},
		{"too early by its stage", func(n *jiqiao.Need, a *jiqiao.Achievement) { n.MinTRL, a.Maturity = 6, "lab" },
			[]string{"成果的技术成熟度为 5 级，低于需求要求的 6 级"}},
		{"ripe enough", func(n *jiqiao.Need, a *jiqiao.Achievement) { n.MinTRL, a.TRL = 7, 7 }, nil},
		{"maturity unstated", func(n *jiqiao.Need, a *jiqiao.Achievement) { n.MinTRL = 7 }, nil},
		{"too dear", func(n *jiqiao.Need, a *jiqiao.Achievement) { n.Price, a.Price = amount(20, 50), amount(80, 100) },
			[]string{"成果的合作价格 80 万元起，高于需求的拟投入资金 50 万元"}},
		{"ranges touch", func(n *jiqiao.Need, a *jiqiao.Achievement) { n.Price, a.Price = amount(20, 80), amount(80, 100) }, nil},
		{"open upper end", func(n *jiqiao.Need, a *jiqiao.Achievement) { n.Price, a.Price = amount(20, 0), amount(80, 80) }, nil},
		{"negotiable", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.Price, a.Price = jiqiao.Money{Kind: jiqiao.MoneyNegotiable}, amount(80, 80)
		}, nil},
		{"modes apart", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.Cooperation, a.Cooperation = []string{"consulting"}, []string{"equity", "transfer"}
		}, []string{"合作方式差别较大：需求希望技术咨询，成果提供技术入股、技术转让"}},
		{"modes settled at the table", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.Cooperation, a.Cooperation = []string{"licence"}, []string{"equity", "transfer"}
		}, nil},
		{"joint work goes with anything", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.Cooperation, a.Cooperation = []string{"joint"}, []string{"transfer"}
		}, nil},
		{"a mode refused", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.Cooperation, a.Cooperation, a.Benefit = []string{"transfer"}, []string{"licence"}, "本成果只许可不转让，价格面议。"
		}, []string{"成果写明“本成果只许可不转让”，需求的合作方式为技术转让"}},
		{"a mode refused that another replaces", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.Cooperation, a.Benefit = []string{"transfer", "licence"}, "本成果只许可不转让，价格面议。"
		}, nil},
		{"only one mode", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.Constraints, a.Cooperation = "仅接受技术转让。", []string{"joint", "service"}
		}, []string{"需求写明“仅接受技术转让”，成果的合作方式为联合（合作）开发、技术服务"}},
		{"not refused", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.Constraints, a.Cooperation = "转让不少于三项许可，技术不成熟的不考虑。", []string{"licence"}
		}, nil},
		{"region named", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.Constraints, a.Region = "仅限江苏省内高校。", "310115"
		}, []string{"需求写明“仅限江苏省内高校”，成果的地区为浦东新区"}},
		{"region named and right", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.Constraints, a.Region = "仅限江苏省内高校。", "320902"
		}, nil},
		{"own province", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			a.Benefit, a.Region, n.Region = "仅限本省企业实施转化。", "320100", "110108"
		}, []string{"成果写明“仅限本省企业实施转化”，需求的地区为海淀区"}},
		{"own city", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			a.Benefit, a.Region, n.Region = "只面向本市企业转化。", "310115", "310104"
		}, nil},
		{"a place that is no limit", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.Constraints, a.Region = "仅限江苏沿海滩涂土壤。", "310115"
		}, nil},
		{"readiness in words of the need", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.Problem, a.TRL = "要求技术已通过中试，可以放大。", 4
		}, []string{"需求写明“要求技术已通过中试，可以放大”，成果的技术成熟度为 4 级"}},
		{"what the enterprise has done", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.Background, a.TRL = "公司已通过中试验证配方。", 4
		}, nil},
		{"readiness in words of the achievement", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.MinTRL, a.Abstract = 7, "目前完成实验室百克级制备，尚未中试。"
		}, []string{"成果写明“目前完成实验室百克级制备，尚未中试”，需求要求技术成熟度不低于 7 级"}},
		{"modes meet", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.Cooperation, a.Cooperation = []string{"licence", "joint"}, []string{"joint"}
		}, nil},
		{"figure below a target", metrics("剪切强度≥50MPa", "剪切强度≥31MPa"), []string{"成果的剪切强度≥31MPa，未达到需求的剪切强度≥50MPa"}},
		{"figure above a limit", metrics("能耗≤180kWh/t", "能耗=210kWh/t"), []string{"成果的能耗=210kWh/t，未达到需求的能耗≤180kWh/t"}},
		{"target reached", metrics("剪切强度≥50MPa", "剪切强度≥50MPa"), nil},
		{"one of two figures reaches it", metrics("剪切强度≥50MPa", "剪切强度=31MPa", "剪切强度=62MPa"), nil},
		{"the best of a range", metrics("厚度≤5μm", "厚度4～8μm"), nil},
		{"tolerance", metrics("厚度≤5μm", "厚度8±2μm"), []string{"成果的厚度8±2μm，未达到需求的厚度≤5μm"}},
		{"another unit", metrics("厚度≥5mm", "厚度≥100μm"), []string{"成果的厚度≥100μm，未达到需求的厚度≥5mm"}},
		{"another kind of unit", metrics("厚度≥5mm", "厚度≥100目"), nil},
		{"another indicator", metrics("铬回收率≥95%", "镍回收率≥90%"), nil},
		{"another condition", metrics("寿命(80℃)≥5000h", "寿命(25℃)≥3000h"), nil},
		{"a value to hit", metrics("直径=5mm", "直径=6mm"), nil},
		{"a figure in words", metrics("剪切强度≥50MPa", "剪切强度"), nil},
		{"other mode", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.Cooperation, a.Cooperation = []string{"other"}, []string{"joint"}
		}, nil},
		{"expired", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.ValidUntil, a.ValidUntil, n.Deadline = "2026-11-21", "2025-01-01", "2026-10-01"
		}, []string{"技术需求已于 2026-11-21 过期", "科技成果已于 2025-01-01 过期", "需求的期望完成时间 2026-10-01 已过"}},
		{"last day", func(n *jiqiao.Need, a *jiqiao.Achievement) { n.ValidUntil, a.ValidUntil = "2026-11-22", "soon" }, nil},
	} {
		n, a := &jiqiao.Need{}, &jiqiao.Achievement{}
		c.set(n, a)
		if diff := cmp.Diff(c.want, against(n, a, claimsOf(n.Kind(), cutUp(n)), claimsOf(a.Kind(), cutUp(a)), checked(strings.ToLower, n, a), today)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
