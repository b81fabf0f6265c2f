package matcher

import (
	"fmt"
	"slices"
	"strings"

	"jiqiao"
)

// against lists what stands in the way of a match. A statement rests on fields of both records, on a figure beside a
// target, or on a sentence that it quotes; where nothing is written, nothing is said.
func against(n *jiqiao.Need, a *jiqiao.Achievement, wants, has claims, checks []jiqiao.MetricCheck, today jiqiao.Date) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, c := range checks {
		if c.Verdict == jiqiao.VerdictUnmet {
			add("成果的%s，未达到需求的%s", c.Figure, c.Target)
		}
	}
	out = append(out, tooEarly(n, a, wants, has)...)
	if ask, spend, short := tooDear(n, a); short {
		add("成果的合作价格 %s起，高于需求的拟投入资金 %s", jiqiao.Amount(ask), jiqiao.Amount(spend))
	}
	if opposed(n.Cooperation, a.Cooperation) {
		add("合作方式差别较大：需求希望%s，成果提供%s", cooperationNames(n.Cooperation), cooperationNames(a.Cooperation))
	}
	out = append(out, refusals(n, a, wants, has)...)
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

// tooEarly compares what readiness is asked with what there is; where a field is empty a sentence may say it.
func tooEarly(n *jiqiao.Need, a *jiqiao.Achievement, wants, has claims) []string {
	wanted, reached := n.MinTRL, a.Readiness()
	switch {
	case wanted > 0 && reached > 0:
		if reached < wanted {
			return []string{fmt.Sprintf("成果的技术成熟度为 %d 级，低于需求要求的 %d 级", reached, wanted)}
		}
	case reached > 0 && wants.level > reached:
		return []string{fmt.Sprintf("需求写明“%s”，成果的技术成熟度为 %d 级", wants.levelQuote, reached)}
	case wanted > has.level && has.level > 0:
		return []string{fmt.Sprintf("成果写明“%s”，需求要求技术成熟度不低于 %d 级", has.levelQuote, wanted)}
	}
	return nil
}

// tooDear compares the least that is asked with the most that will be spent. An open upper end (至少) proves nothing.
func tooDear(n *jiqiao.Need, a *jiqiao.Achievement) (ask, spend int64, short bool) {
	if n.Price.Kind != jiqiao.MoneyAmount || a.Price.Kind != jiqiao.MoneyAmount {
		return 0, 0, false
	}
	ask, spend = a.Price.Min, n.Price.Max
	return ask, spend, spend > 0 && ask > spend
}

// Modes of cooperation fall into three families. Modes within one are settled at the table, and joint work goes with
// anything; who wants to own a technology and who only gives advice have different things in mind.
var (
	owningModes   = []string{"transfer", "licence", "equity"}
	advisingModes = []string{"consulting", "service", "expert_service"}
)

func opposed(a, b []string) bool {
	only := func(modes, family []string) bool {
		return len(modes) > 0 && !slices.ContainsFunc(modes, func(m string) bool { return !slices.Contains(family, m) })
	}
	return only(a, owningModes) && only(b, advisingModes) || only(a, advisingModes) && only(b, owningModes)
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

// refusals quotes the sentences in which one side rules out what the other side's fields say.
func refusals(n *jiqiao.Need, a *jiqiao.Achievement, wants, has claims) []string {
	var out []string
	for _, side := range []struct {
		label, otherLabel string
		says              claims
		own, other        *jiqiao.Header
	}{{"需求", "成果", wants, n.Head(), a.Head()}, {"成果", "需求", has, a.Head(), n.Head()}} {
		for _, r := range side.says.refusals {
			if modes := side.other.Cooperation; len(modes) > 0 && len(r.modes) > 0 && !slices.ContainsFunc(modes, func(m string) bool { return !slices.Contains(r.modes, m) }) {
				out = append(out, fmt.Sprintf("%s写明“%s”，%s的合作方式为%s", side.label, r.quote, side.otherLabel, cooperationNames(modes)))
			}
			if scope := r.scope(side.own.Region); scope != "" && side.other.Region != "" && !jiqiao.RegionMatches(scope, side.other.Region) {
				out = append(out, fmt.Sprintf("%s写明“%s”，%s的地区为%s", side.label, r.quote, side.otherLabel, jiqiao.CodeLabel("region", side.other.Region)))
			}
		}
	}
	return out
}
