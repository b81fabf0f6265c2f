package matcher

import (
	"fmt"
	"slices"
	"strings"

	"jiqiao"
)

// against lists what the fields of the two records prove to stand in the way. It reads no text and says nothing where
// a field is empty.
func against(n *jiqiao.Need, a *jiqiao.Achievement, today jiqiao.Date) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if r := a.Readiness(); n.MinTRL > 0 && r > 0 && r < n.MinTRL {
		add("成果的技术成熟度为 %d 级，低于需求要求的 %d 级", r, n.MinTRL)
	}
	if ask, spend, short := tooDear(n, a); short {
		add("成果的合作价格 %s起，高于需求的拟投入资金 %s", jiqiao.Amount(ask), jiqiao.Amount(spend))
	}
	for _, m := range n.Metrics {
		if has, short := unmet(m, a.Metrics); short {
			add("成果的%s，未达到需求的%s", has, m)
		}
	}
	if apart(n.Cooperation, a.Cooperation) {
		add("合作方式没有交集：需求希望%s，成果提供%s", cooperationNames(n.Cooperation), cooperationNames(a.Cooperation))
	}
	for _, r := range []jiqiao.Record{n, a} {
		if until := r.Head().ValidUntil; until.Passed(today) {
			add("%s已于 %s 过期", r.Kind().Label(), until)
		}
	}
	if n.Deadline.Passed(today) {
		add("需求的期望完成时间 %s 已过", n.Deadline)
	}
	return out
}

// tooDear compares the least that is asked with the most that will be spent. An open upper end (至少) proves nothing.
func tooDear(n *jiqiao.Need, a *jiqiao.Achievement) (ask, spend int64, short bool) {
	if n.Price.Kind != jiqiao.MoneyAmount || a.Price.Kind != jiqiao.MoneyAmount {
		return 0, 0, false
	}
	ask, spend = a.Price.Min, n.Price.Max
	return ask, spend, spend > 0 && ask > spend
}

// unmet finds the figure that falls short of a need's target: the same indicator in the same unit, both plain numbers,
// and no other figure of the achievement for it that reaches the target.
func unmet(target jiqiao.Metric, figures []jiqiao.Metric) (has jiqiao.Metric, short bool) {
	for _, f := range figures {
		if !samePlain(f, target) {
			continue
		}
		if reaches(f, target) {
			return jiqiao.Metric{}, false
		}
		has, short = f, true
	}
	return has, short
}

func samePlain(a, b jiqiao.Metric) bool {
	plain := func(m jiqiao.Metric) bool { return m.Text == "" && m.Comparator != "" }
	same := func(a, b string) bool {
		return strings.EqualFold(strings.ReplaceAll(a, " ", ""), strings.ReplaceAll(b, " ", ""))
	}
	return plain(a) && plain(b) && same(a.Name, b.Name) && same(a.Unit, b.Unit)
}

// reaches takes a figure at its word and no better: 剪切强度≥31MPa is 31. A target that is a value to hit or a range is
// not for a rule to judge.
func reaches(f, target jiqiao.Metric) bool {
	low, high := f.Value, f.Value
	switch f.Comparator {
	case jiqiao.ComparatorRange:
		high = f.Upper
	case jiqiao.ComparatorTolerance:
		low, high = f.Value-f.Upper, f.Value+f.Upper
	}
	switch target.Comparator {
	case jiqiao.ComparatorAtLeast, jiqiao.ComparatorMore:
		return high >= target.Value
	case jiqiao.ComparatorAtMost, jiqiao.ComparatorLess:
		return low <= target.Value
	default:
		return true
	}
}

// openCooperation are modes that exclude no other.
const openCooperation = "other"

func apart(a, b []string) bool {
	if len(a) == 0 || len(b) == 0 || slices.Contains(a, openCooperation) || slices.Contains(b, openCooperation) {
		return false
	}
	return !slices.ContainsFunc(a, func(code string) bool { return slices.Contains(b, code) })
}

func cooperationNames(codes []string) string {
	names := make([]string, len(codes))
	for i, c := range codes {
		if names[i] = jiqiao.CodeLabel("cooperation", c); names[i] == "" {
			names[i] = c
		}
	}
	return strings.Join(names, "、")
}
