package matcher

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

func TestLift(t *testing.T) {
	check := func(target, figure string, v jiqiao.Verdict) jiqiao.MetricCheck {
		return jiqiao.MetricCheck{Target: target, Figure: figure, Verdict: v}
	}
	full := func() (*jiqiao.Need, *jiqiao.Achievement, *jiqiao.Match) {
		n, a := &jiqiao.Need{Problem: "难题"}, &jiqiao.Achievement{Abstract: "简介", TRL: 6}
		n.Metrics = []jiqiao.Metric{{Name: "强度"}}
		return n, a, &jiqiao.Match{Level: jiqiao.LevelFair, Probabilities: [4]float64{0.1, 0.2, 0.4, 0.3}}
	}
	for _, c := range []struct {
		name string
		set  func(n *jiqiao.Need, a *jiqiao.Achievement, m *jiqiao.Match)
		want []string
	}{
		{"nothing is missing", func(*jiqiao.Need, *jiqiao.Achievement, *jiqiao.Match) {}, nil},
		{"figures missing", func(_ *jiqiao.Need, _ *jiqiao.Achievement, m *jiqiao.Match) {
			m.Metrics = []jiqiao.MetricCheck{check("断裂伸长率≥400%", "", jiqiao.VerdictUnstated), check("强度≥5MPa", "强度=6MPa", jiqiao.VerdictMet)}
		}, []string{"成果如能补充“断裂伸长率≥400%”的数据，就能判断是否达到需求的指标"}},
		{"many figures missing", func(_ *jiqiao.Need, _ *jiqiao.Achievement, m *jiqiao.Match) {
			for _, t := range []string{"甲", "乙", "丙", "丁"} {
				m.Metrics = append(m.Metrics, check(t, "", jiqiao.VerdictUnstated))
			}
		}, []string{"成果如能补充“甲”“乙”“丙”等 4 项的数据，就能判断是否达到需求的指标"}},
		{"a figure that does not compare", func(_ *jiqiao.Need, _ *jiqiao.Achievement, m *jiqiao.Match) {
			m.Metrics = []jiqiao.MetricCheck{check("寿命≥5年", "寿命9000h", jiqiao.VerdictUnstated)}
		}, []string{"成果如能按需求的单位和条件说明“寿命≥5年”，就能判断是否达标"}},
		{"a target missed", func(_ *jiqiao.Need, _ *jiqiao.Achievement, m *jiqiao.Match) {
			m.Metrics = []jiqiao.MetricCheck{check("强度≥5MPa", "强度=4MPa", jiqiao.VerdictUnmet)}
		}, []string{"成果如能改进到“强度≥5MPa”，或需求可以放宽这项指标，匹配会更好"}},
		{"too far for a target to matter", func(_ *jiqiao.Need, _ *jiqiao.Achievement, m *jiqiao.Match) {
			m.Metrics = []jiqiao.MetricCheck{check("强度≥5MPa", "强度=4MPa", jiqiao.VerdictUnmet)}
			m.Level, m.Probabilities = jiqiao.LevelWeak, [4]float64{0.2, 0.6, 0.15, 0.05}
		}, nil},
		{"the subjects are apart", func(_ *jiqiao.Need, a *jiqiao.Achievement, m *jiqiao.Match) {
			a.TRL, m.Level, m.Probabilities = 0, jiqiao.LevelNone, [4]float64{0.95, 0.05, 0, 0}
		}, nil},
		{"at the top", func(_ *jiqiao.Need, a *jiqiao.Achievement, m *jiqiao.Match) {
			a.TRL, m.Level = 0, jiqiao.LevelStrong
		}, nil},
		{"maturity unstated, no probabilities", func(_ *jiqiao.Need, a *jiqiao.Achievement, m *jiqiao.Match) {
			a.TRL, m.Probabilities = 0, [4]float64{}
		}, []string{"成果没有填写技术成熟度，请说明小试、中试或应用情况"}},
		{"too early", func(n *jiqiao.Need, _ *jiqiao.Achievement, _ *jiqiao.Match) { n.MinTRL = 8 },
			[]string{"成果如能完成下一步验证（需求要求技术成熟度 8 级，现为 6 级），或需求接受共同开发，可以推进"}},
		{"too dear", func(n *jiqiao.Need, a *jiqiao.Achievement, _ *jiqiao.Match) {
			n.Price, a.Price = amount(20, 50), amount(80, 100)
		},
			[]string{"合作价格如能降到 50 万元以内，或需求把拟投入资金提高到 80 万元以上，可以谈判"}},
		{"a title only", func(_ *jiqiao.Need, a *jiqiao.Achievement, _ *jiqiao.Match) { a.Abstract = " " },
			[]string{"成果只有名称，补充成果简介和创新点后才能充分比较"}},
		{"a need of a title only", func(n *jiqiao.Need, _ *jiqiao.Achievement, _ *jiqiao.Match) { n.Problem = "" },
			[]string{"需求只有名称，补充技术难题和背景后才能充分比较"}},
		{"targets in the text", func(n *jiqiao.Need, _ *jiqiao.Achievement, m *jiqiao.Match) {
			n.Metrics, m.Metrics = nil, []jiqiao.MetricCheck{check("强度≥5MPa", "强度=6MPa", jiqiao.VerdictMet)}
		}, nil},
		{"no metrics", func(n *jiqiao.Need, _ *jiqiao.Achievement, _ *jiqiao.Match) { n.Metrics = nil },
			[]string{"需求如能写明技术指标，就能逐项核对成果是否达标"}},
	} {
		n, a, m := full()
		c.set(n, a, m)
		if diff := cmp.Diff(c.want, lift(n, a, m)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
