package matcher

import (
	"fmt"
	"strings"

	"jiqiao"
)

const (
	maxLift = 4
	// maxNamed is how many indicators one sentence of advice names.
	maxNamed = 3
	// plausibleLift is the probability of a better level from which on advice is worth giving: below it the subjects are
	// too far apart for any data to help.
	plausibleLift = 0.10
	// closeLift is the same for advice that asks somebody to change what they want or make.
	closeLift = 0.25
)

// lift lists what would raise a match by a level: data that is missing, conditions that would have to move. It asks for
// little where a better level is unlikely, and for nothing at the highest one.
func lift(n *jiqiao.Need, a *jiqiao.Achievement, m *jiqiao.Match) []string {
	better := betterLevel(m)
	if better < plausibleLift {
		return nil
	}
	var out []string
	add := func(s string) {
		if s != "" && len(out) < maxLift {
			out = append(out, s)
		}
	}
	add(missingFigures(m.Metrics))
	if better >= closeLift {
		add(missedTargets(m.Metrics))
	}
	add(missingText(n, a, m.Metrics))
	add(missingReadiness(n, a))
	if ask, spend, short := tooDear(n, a); short && better >= closeLift {
		add(fmt.Sprintf("合作价格如能降到 %s以内，或需求把拟投入资金提高到 %s以上，可以谈判", jiqiao.Amount(spend), jiqiao.Amount(ask)))
	}
	return out
}

// betterLevel is the probability of a level above the one given; 1 where no probabilities are known, 0 at the top.
func betterLevel(m *jiqiao.Match) float64 {
	if m.Level >= jiqiao.LevelStrong {
		return 0
	}
	total, above := 0.0, 0.0
	for i, p := range m.Probabilities {
		total += p
		if i >= int(m.Level) {
			above += p
		}
	}
	if total == 0 {
		return 1
	}
	return above
}

// missingFigures asks for the data that the targets cannot be checked without.
func missingFigures(checks []jiqiao.MetricCheck) string {
	var silent, unclear []string
	for _, c := range checks {
		switch {
		case c.Verdict != jiqiao.VerdictUnstated:
		case c.Figure == "":
			silent = append(silent, c.Target)
		default:
			unclear = append(unclear, c.Target)
		}
	}
	switch {
	case len(silent) > 0:
		return "成果如能补充" + quoted(silent) + "的数据，就能判断是否达到需求的指标"
	case len(unclear) > 0:
		return "成果如能按需求的单位和条件说明" + quoted(unclear) + "，就能判断是否达标"
	}
	return ""
}

// missedTargets names the first targets missed and both ways out.
func missedTargets(checks []jiqiao.MetricCheck) string {
	var missed []string
	for _, c := range checks {
		if c.Verdict == jiqiao.VerdictUnmet {
			missed = append(missed, c.Target)
		}
	}
	if len(missed) == 0 {
		return ""
	}
	return "成果如能改进到" + quoted(missed) + "，或需求可以放宽" + pronoun(missed) + "，匹配会更好"
}

func pronoun(list []string) string {
	if len(list) > 1 {
		return "这些指标"
	}
	return "这项指标"
}

func quoted(list []string) string {
	more := ""
	if len(list) > maxNamed {
		more = fmt.Sprintf("等 %d 项", len(list))
		list = list[:maxNamed]
	}
	return "“" + strings.Join(list, "”“") + "”" + more
}

// missingText asks a side that says little beyond its title to say more.
func missingText(n *jiqiao.Need, a *jiqiao.Achievement, checks []jiqiao.MetricCheck) string {
	switch {
	case strings.TrimSpace(a.Abstract+a.Innovations) == "":
		return "成果只有名称，补充成果简介和创新点后才能充分比较"
	case strings.TrimSpace(n.Problem+n.Background) == "":
		return "需求只有名称，补充技术难题和背景后才能充分比较"
	case len(n.Metrics) == 0 && len(checks) == 0:
		return "需求如能写明技术指标，就能逐项核对成果是否达标"
	}
	return ""
}

// missingReadiness asks how far an achievement has come, or says that it has to go further.
func missingReadiness(n *jiqiao.Need, a *jiqiao.Achievement) string {
	switch r := a.Readiness(); {
	case r == 0:
		return "成果没有填写技术成熟度，请说明小试、中试或应用情况"
	case n.MinTRL > r:
		return fmt.Sprintf("成果如能完成下一步验证（需求要求技术成熟度 %d 级，现为 %d 级），或需求接受共同开发，可以推进", n.MinTRL, r)
	}
	return ""
}
