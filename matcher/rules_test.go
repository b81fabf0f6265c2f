package matcher

import (
	"math/rand/v2"
	"regexp"
	"slices"
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
			n.Cooperation, a.Cooperation = []string{"licence"}, []string{"equity", "transfer"}
		}, []string{"合作方式没有交集：需求希望技术许可，成果提供技术入股、技术转让"}},
		{"modes meet", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.Cooperation, a.Cooperation = []string{"licence", "joint"}, []string{"joint"}
		}, nil},
		{"figure below a target", metrics("剪切强度≥50MPa", "剪切强度≥31MPa"), []string{"成果的剪切强度≥31MPa，未达到需求的剪切强度≥50MPa"}},
		{"figure above a limit", metrics("能耗≤180kWh/t", "能耗=210kWh/t"), []string{"成果的能耗=210kWh/t，未达到需求的能耗≤180kWh/t"}},
		{"target reached", metrics("剪切强度≥50MPa", "剪切强度≥50MPa"), nil},
		{"one of two figures reaches it", metrics("剪切强度≥50MPa", "剪切强度=31MPa", "剪切强度=62MPa"), nil},
		{"the best of a range", metrics("厚度≤5μm", "厚度4～8μm"), nil},
		{"tolerance", metrics("厚度≤5μm", "厚度8±2μm"), []string{"成果的厚度8±2μm，未达到需求的厚度≤5μm"}},
		{"another unit", metrics("厚度≥5μm", "厚度≥1mm"), nil},
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
		if diff := cmp.Diff(c.want, against(n, a, today)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestWeights(t *testing.T) {
	if w := DefaultWeights(); w.Version == "" || w.Provenance == "" {
		t.Error("the weights that ship do not say what they are")
	}
	for name, text := range map[string]string{
		"empty":      "",
		"not JSON":   "{",
		"misspelt":   strings.Replace(weightsJSON, `"saturation"`, `"saturaton"`, 1),
		"negative":   strings.Replace(weightsJSON, `"classes": [1`, `"classes": [-1`, 1),
		"no version": strings.Replace(weightsJSON, `"features-2"`, `""`, 1),
		"no half":    strings.Replace(weightsJSON, `"half": 40`, `"half": 0`, 1),
	} {
		if text == weightsJSON {
			t.Fatalf("%s: the case changes nothing", name)
		}
		if _, err := LoadWeights(strings.NewReader(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestBackground(t *testing.T) {
	b, err := readBackground()
	if err != nil {
		t.Fatal(err)
	}
	if b['的'] < 0.9 || b['镁'] == 0 || b['镁'] > 0.05 || b[term('研')<<16|term('究')] < 0.2 {
		t.Errorf("的 %v, 镁 %v, 研究 %v", b['的'], b['镁'], b[term('研')<<16|term('究')])
	}
	for _, bad := range []string{"1 x 的", "2 10 奇数个", "3 10 的", "1 的"} {
		if _, err := parseBackground(bad); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

// TestHeadsFindTheBest holds the bucketed selection against sorting everything.
func TestHeadsFindTheBest(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	h := newHeads()
	sums := make([]float32, 5000)
	for i := range sums {
		h.ids = append(h.ids, string(rune('a'+i%26))+strings.Repeat("x", i/26))
		if sums[i] = rng.Float32(); i%7 == 0 {
			sums[i] = 0.5
		}
		if i%3 == 0 {
			sums[i] = 0
		}
	}
	order := make([]int, 0, len(sums))
	for i, v := range sums {
		if v > 0 {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		if sums[a] != sums[b] {
			return map[bool]int{true: -1, false: 1}[sums[a] > sums[b]]
		}
		return a - b
	})
	for _, limit := range []int{0, 1, 10, 1000, 10_000} {
		var want []string
		for _, i := range order[:min(limit, len(order))] {
			want = append(want, h.ids[i])
		}
		if got := h.best(sums, limit); !slices.Equal(got, want) {
			t.Errorf("the best %d differ", limit)
		}
	}
	if got := h.best(make([]float32, 10), 5); len(got) != 0 {
		t.Errorf("found %v where nothing is shared", got)
	}
}
