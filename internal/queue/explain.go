package queue

import (
	"context"
	"fmt"
	"strings"

	"jiqiao"
)

// Explain says where a pair stands in the queues, and what keeps it from them. The match is the pair's as it is scored
// now.
func (s *Service) Explain(ctx context.Context, v jiqiao.Viewer, need *jiqiao.Need, achievement *jiqiao.Achievement, m *jiqiao.Match) (jiqiao.QueuePlace, error) {
	place, err := s.standing(ctx, v, need.ID, achievement.ID)
	if err != nil || place.Known {
		return place, err
	}
	rules, _, err := s.Rules(ctx)
	if err != nil {
		return place, err
	}
	for _, rec := range []jiqiao.Record{need, achievement} {
		place.Obstacles = append(place.Obstacles, s.unoffered(rec)...)
	}
	if !admits(rules, m) {
		place.Obstacles = append(place.Obstacles, tooWeak(rules, m))
	}
	if len(place.Obstacles) > 0 {
		return place, nil
	}
	among, err := s.amongBest(ctx, need, achievement, rules)
	if err != nil {
		return place, err
	}
	if !among {
		place.Obstacles = []jiqiao.Obstacle{{
			List: jiqiao.InQueue, Code: "beyond_best",
			Message: fmt.Sprintf("系统只把每条记录最靠前的 %d 个匹配送进队列，这一对在需求和成果两边都排在后面。", rules.PerRecord),
			Remedy:  "前面的记录处理完毕、暂停或到期后会依次补上；个数可由业务员在“指标与规则”中调整。",
		}}
		return place, nil
	}
	place.Obstacles = []jiqiao.Obstacle{{
		List: jiqiao.InQueue, Code: "not_yet", Message: "这一对符合进入队列的条件，只是还没有排进去。",
		Remedy: "需求或成果下次修改、发布或重新匹配时会自动进入队列。",
	}}
	return place, nil
}

// standing is the pair's candidate, as far as the viewer reaches it.
func (s *Service) standing(ctx context.Context, v jiqiao.Viewer, need, achievement string) (place jiqiao.QueuePlace, _ error) {
	c, err := s.o.Store.CandidateOf(ctx, need, achievement)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		return place, nil
	}
	if err != nil {
		return place, err
	}
	place.Known = true
	if scope := scopeOf(v); !scope.Reaches(&c) {
		return place, nil
	}
	st, err := s.staff(ctx)
	if err != nil {
		return place, err
	}
	place.CandidateID, place.State, place.StateLabel, place.Broker = c.ID, c.State, c.StateLabel, st.name(c.Broker)
	if o, ok := stopped(&c); ok {
		place.Obstacles = append(place.Obstacles, o)
	}
	return place, nil
}

// stopped says why a candidate waits for nobody's decision.
func stopped(c *jiqiao.Candidate) (jiqiao.Obstacle, bool) {
	o := jiqiao.Obstacle{List: jiqiao.InQueue}
	switch c.State {
	case jiqiao.CandidateAccepted:
		o.Code, o.Message = "accepted", "技术经理人已经采纳，不再出现在待处理队列中。"
		o.Remedy = "在“对接”里查看双方的答复；可撤销时限内可以在队列的“最近处理”中撤销。"
	case jiqiao.CandidateRejected:
		o.Code, o.Message = "rejected", "技术经理人判断为不采纳"
		if reason := jiqiao.CodeLabel("rejection", c.Reason); reason != "" {
			o.Message += "，原因是“" + reason + "”"
		}
		o.Message += "。"
		o.Remedy = "撤销这次决定后会回到队列；材料修改后判断可能不同。"
	case jiqiao.CandidateDeferred:
		o.Code, o.Message, o.Remedy = "deferred", "技术经理人已暂缓。", "到期后会自动回到队列。"
	case jiqiao.CandidateExpired:
		o.Code, o.Message, o.Remedy = "expired", "其中一方不再发布，或对接申请已撤回，候选已失效。", "双方都在发布时会再次匹配；所属单位也可以申请对接。"
	default:
		if c.Broker != "" || c.Waiting == "" {
			return o, false
		}
		o.Code, o.Message = "waiting", "还没有分派给技术经理人："+strings.TrimSuffix(c.Waiting, "。")+"。"
		o.Remedy = "有空余名额时会自动分派，也可由业务员转派或调整名额。"
	}
	return o, true
}

// unoffered says why brokers are not to find partners for the record.
func (s *Service) unoffered(rec jiqiao.Record) []jiqiao.Obstacle {
	h, label := rec.Head(), rec.Kind().Label()
	switch {
	case s.offered(rec):
		return nil
	case h.Status != jiqiao.StatusPublished:
		return []jiqiao.Obstacle{{
			List: jiqiao.InQueue, Code: string(rec.Kind()) + "_status",
			Message: label + "处于“" + jiqiao.CodeLabel("status", string(h.Status)) + "”，不进入队列。", Remedy: "状态变为“已发布”后会自动匹配。",
		}}
	case h.ValidUntil.Passed(jiqiao.DayOf(s.o.Now())):
		return []jiqiao.Obstacle{{
			List: jiqiao.InQueue, Code: string(rec.Kind()) + "_overdue",
			Message: label + "的有效期到 " + string(h.ValidUntil) + "，已经过去。", Remedy: "由所属单位延长有效期。",
		}}
	}
	return []jiqiao.Obstacle{{
		List: jiqiao.InQueue, Code: string(rec.Kind()) + "_private", Message: label + "设为不公开，技术经理人看不到。",
		Remedy: "由所属单位把公开程度改为“仅技术经理人可见”或更宽。",
	}}
}

// tooWeak says what the rules ask for.
func tooWeak(rules jiqiao.QueueRules, m *jiqiao.Match) jiqiao.Obstacle {
	good := m.Probabilities[jiqiao.LevelFair-1] + m.Probabilities[jiqiao.LevelStrong-1]
	return jiqiao.Obstacle{
		List: jiqiao.InQueue, Code: "weak",
		Message: fmt.Sprintf("匹配等级为“%s”，达到“较强”以上的可能性为 %.0f%%；进入队列要求等级不低于“%s”，或可能性不低于 %.0f%%。",
			m.Level.Label(), 100*good, rules.MinLevel.Label(), 100*rules.MinProbability),
		Remedy: "按“怎样可以提高一级”补充材料；门槛由业务员在“指标与规则”中调整。",
	}
}

// amongBest reports whether either record's matches hold the other near enough to the top.
func (s *Service) amongBest(ctx context.Context, need *jiqiao.Need, achievement *jiqiao.Achievement, rules jiqiao.QueueRules) (bool, error) {
	for _, subject := range []jiqiao.Record{need, achievement} {
		found, err := s.find(ctx, subject, rules)
		if err != nil {
			return false, err
		}
		for i := range found {
			if found[i].NeedID == need.ID && found[i].AchievementID == achievement.ID {
				return true, nil
			}
		}
	}
	return false, nil
}
