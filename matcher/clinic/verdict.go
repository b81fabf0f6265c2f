package clinic

import (
	"cmp"
	"slices"
	"strings"

	"jiqiao"
)

// question is a question with what its answer would add.
type question struct {
	jiqiao.DraftQuestion
	value, order int
}

// ordered lists the questions worth most. Of two worth the same the one asked earlier in the form comes first.
func ordered(asked []question) []jiqiao.DraftQuestion {
	slices.SortStableFunc(asked, func(a, b question) int {
		return cmp.Or(cmp.Compare(b.value, a.value), cmp.Compare(a.order, b.order))
	})
	var out []jiqiao.DraftQuestion
	for _, q := range asked[:min(len(asked), jiqiao.MaxQuestions)] {
		out = append(out, q.DraftQuestion)
	}
	return out
}

// The bounds of the verdicts, in points. With object, problem and one figure clear a need has 60 of 100, which a reader
// can work with after one telephone call; what is then missing is budget, date or mode, or the conditions.
const (
	readyFrom    = 70
	completeFrom = 40
)

// essential aspects must not be missing: without them nobody on the other side can answer.
var essential = map[string]bool{"object": true, "problem": true, "metrics": true, "advantage": true}

func verdict(d jiqiao.Diagnosis) jiqiao.DraftVerdict {
	lacking := 0
	for _, a := range d.Aspects {
		if essential[a.Name] && a.State == jiqiao.AspectMissing {
			lacking++
		}
		if a.Name == "object" && a.State == jiqiao.AspectMissing {
			return jiqiao.DraftIncomplete
		}
	}
	contradicts := slices.ContainsFunc(d.Remarks, func(r jiqiao.DraftRemark) bool { return r.Kind == "conflict" || r.Kind == "invalid" })
	switch {
	case d.Completeness < completeFrom || lacking > 1:
		return jiqiao.DraftIncomplete
	case d.Completeness >= readyFrom && lacking == 0 && !contradicts:
		return jiqiao.DraftReady
	default:
		return jiqiao.DraftImprove
	}
}

// summary names what is clear, what is not, and what to do.
func summary(d jiqiao.Diagnosis) string {
	var said, vague, lacking []string
	for _, a := range d.Aspects {
		switch a.State {
		case jiqiao.AspectPresent:
			said = append(said, a.Label)
		case jiqiao.AspectVague:
			vague = append(vague, a.Label)
		default:
			lacking = append(lacking, a.Label)
		}
	}
	var parts []string
	for _, p := range []struct {
		before string
		names  []string
	}{{"已说清：", said}, {"不够具体：", vague}, {"还没有写：", lacking}} {
		if len(p.names) > 0 {
			parts = append(parts, p.before+strings.Join(p.names, "、"))
		}
	}
	text := strings.Join(parts, "；") + "。"
	for _, r := range d.Remarks {
		if r.Kind == "conflict" || r.Kind == "invalid" {
			return text + "有前后矛盾或填写有误的地方，请先改正。"
		}
	}
	if d.Verdict != jiqiao.DraftReady && len(d.Questions) > 0 {
		return text + "先回答排在前面的问题，帮助最大。"
	}
	return text
}
