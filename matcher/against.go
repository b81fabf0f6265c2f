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
