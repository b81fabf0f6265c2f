package matcher

import (
	"strings"

	"jiqiao"
	"jiqiao/matcher/quantity"
)

// checkMetrics holds each target against an achievement's figures.
func checkMetrics(fold func(string) string, targets, figures []figure) []jiqiao.MetricCheck {
	if len(targets) == 0 {
		return nil
	}
	figures = readable(fold, targets, figures)
	checks := make([]jiqiao.MetricCheck, len(targets))
	for i := range targets {
		checks[i] = targets[i].check(figures)
	}
	return checks
}

// readable are the figures that could answer one of the targets, ready to be compared: those of a form, and those of
// sentences in the dimension of a target.
func readable(fold func(string) string, targets, figures []figure) []figure {
	dimensions := map[string]bool{}
	for i := range targets {
		if targets[i].valid {
			dimensions[targets[i].q.Dimension] = true
		}
	}
	kept := make([]figure, 0, len(figures))
	for _, f := range figures {
		if f.field || dimensions[f.q.Dimension] {
			f.read(fold)
			kept = append(kept, f)
		}
	}
	return kept
}

// judged is one figure held against one target.
type judged struct {
	figure  *figure
	alike   float64
	outcome quantity.Outcome
	reason  string
}

// check finds the figure that answers the target best: of those named most alike, one that meets it before one that
// does not, and a form's field before a sentence.
func (t *figure) check(figures []figure) jiqiao.MetricCheck {
	out := jiqiao.MetricCheck{Target: t.text, Verdict: jiqiao.VerdictUnstated, Need: t.at.snippet()}
	best := judged{}
	for i := range figures {
		j, ok := t.judge(&figures[i])
		if ok && (best.figure == nil || j.better(best)) {
			best = j
		}
	}
	switch {
	case best.figure == nil && !t.valid:
		out.Reason = "需求用文字描述该指标，成果没有给出同名指标，需要人工核对"
	case best.figure == nil:
		out.Reason = "成果没有给出可以比较的数据"
	default:
		out.Figure, out.Reason = best.figure.text, best.reason
		out.Achievement = best.figure.at.snippet()
		switch best.outcome {
		case quantity.Met:
			out.Verdict = jiqiao.VerdictMet
		case quantity.Unmet:
			out.Verdict = jiqiao.VerdictUnmet
		}
	}
	out.VerdictLabel = out.Verdict.Label()
	return out
}

// tier is how much less alike a name may be than the best one and still be chosen for its figure.
const tier = 0.06

func (j judged) better(o judged) bool {
	if (j.outcome == quantity.Unlike) != (o.outcome == quantity.Unlike) {
		return o.outcome == quantity.Unlike
	}
	if d := j.alike - o.alike; d > tier || d < -tier {
		return d > 0
	}
	if j.outcome != o.outcome {
		return j.outcome > o.outcome
	}
	return j.figure.field && !o.figure.field
}

// judge holds one figure against the target; not ok when they are not the same indicator.
func (t *figure) judge(f *figure) (judged, bool) {
	j := judged{figure: f, alike: t.name.alike(f.name)}
	if j.alike < sameIndicator {
		return j, false
	}
	switch {
	case !t.valid || !f.valid:
		j.inWords(t)
	default:
		j.outcome, j.reason = quantity.Compare(t.q, f.q)
		j.conditions(t)
	}
	if t.name.folded != f.name.folded {
		j.reason = "“" + f.name.written + "”按“" + t.name.written + "”比较：" + j.reason
	}
	return j, true
}

// inWords compares indicators of which one has no figure: the same words meet, anything else is for a person to judge.
func (j *judged) inWords(t *figure) {
	want, has := plain(t.words), plain(j.figure.words)
	switch {
	case want != "" && (want == has || strings.Contains(has, want) && !strings.ContainsAny(has, "不未无非")):
		j.outcome, j.reason = quantity.Met, "成果的说明与需求一致"
	case !t.valid && !j.figure.valid:
		j.outcome, j.reason = quantity.Unclear, "双方都用文字描述该指标，需要人工核对"
	default:
		j.outcome, j.reason = quantity.Unclear, "一方用文字、一方用数值描述该指标，需要人工核对"
	}
}

// plain is a requirement in words without what does not change it.
func plain(s string) string {
	for _, w := range []string{" ", "　", "达到", "满足", "符合", "全部", "支持", "，", "。", "级"} {
		s = strings.ReplaceAll(s, w, "")
	}
	return strings.ToLower(s)
}

// conditions looks at what the brackets of the two names say: figures under two conditions do not compare.
func (j *judged) conditions(t *figure) {
	want, has := bare(t.q.Qualifier), bare(j.figure.q.Qualifier)
	switch {
	case j.outcome == quantity.Unlike || want == has || want != "" && strings.Contains(has, want):
	case has == "":
		j.reason += "（需求的条件为" + t.q.Qualifier + "，成果未写明条件）"
	case want == "":
		j.reason += "（成果的条件为" + j.figure.q.Qualifier + "）"
	default:
		j.outcome = quantity.Unclear
		j.reason = "条件不同（需求" + t.q.Qualifier + "，成果" + j.figure.q.Qualifier + "），不能直接比较"
	}
}

func bare(s string) string { return strings.ToLower(strings.ReplaceAll(s, " ", "")) }
