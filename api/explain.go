package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// pairExplainer tells where pairs stand in the queues.
type pairExplainer interface {
	Explain(ctx context.Context, v jiqiao.Viewer, need *jiqiao.Need, achievement *jiqiao.Achievement, m *jiqiao.Match) (jiqiao.QueuePlace, error)
}

// explainPair answers how a pair was judged, and why it is not shown where it is not, to who may see both records.
func (s *Server) explainPair(c *gin.Context) error {
	q := query{c: c}
	needID, achievementID := q.text("need"), q.text("achievement")
	filter := q.filter()
	if needID == "" {
		q.wrong("need", "请选择一条技术需求")
	}
	if achievementID == "" {
		q.wrong("achievement", "请选择一项科技成果")
	}
	if err := q.first(jiqiao.MatchQuery{Filter: filter}.Validate); err != nil {
		return err
	}
	ctx, v := c.Request.Context(), viewer(c)
	need, err := s.seen(ctx, v, jiqiao.KindNeed, needID)
	if err != nil {
		return err
	}
	achievement, err := s.seen(ctx, v, jiqiao.KindAchievement, achievementID)
	if err != nil {
		return err
	}
	e, err := s.explanation(ctx, v, need.(*jiqiao.Need), achievement.(*jiqiao.Achievement), filter)
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, e)
}

func (s *Server) explanation(ctx context.Context, v jiqiao.Viewer, need *jiqiao.Need, achievement *jiqiao.Achievement, filter jiqiao.Filter) (jiqiao.Explanation, error) {
	access := v.Access()
	e := jiqiao.Explanation{Need: access.Show(need), Achievement: access.Show(achievement), WhyNot: []jiqiao.Obstacle{}}
	var err error
	if e.Match, err = s.opts.Explainer.Explain(ctx, access, need, achievement); err != nil {
		return e, err
	}
	e.Match.Record = nil
	decided := []jiqiao.Match{e.Match}
	if err := s.addDecisions(ctx, v, jiqiao.KindNeed, need.ID, decided); err != nil {
		return e, err
	}
	e.Match = decided[0]
	if e.Forward, err = s.opts.Explainer.Place(ctx, need, achievement.ID, filter); err != nil {
		return e, err
	}
	// The filter speaks of achievements; the need stands among its own side's.
	if e.Backward, err = s.opts.Explainer.Place(ctx, achievement, need.ID, v.Narrow(jiqiao.Filter{})); err != nil {
		return e, err
	}
	e.WhyNot = append(e.WhyNot, unmatched(need, achievement, &e)...)
	if v.May(jiqiao.PermQueueRead) && v.User != "" {
		place, err := s.opts.Queue.Explain(ctx, v, need, achievement, &e.Match)
		if err != nil {
			return e, err
		}
		e.Queue = &place
		e.WhyNot = append(e.WhyNot, place.Obstacles...)
	}
	e.Model, err = s.modelOf(ctx, e.Match.Model)
	return e, err
}

// unmatched says why the pair is missing from the matches of its records.
func unmatched(need *jiqiao.Need, achievement *jiqiao.Achievement, e *jiqiao.Explanation) []jiqiao.Obstacle {
	var found []jiqiao.Obstacle
	for _, rec := range []jiqiao.Record{need, achievement} {
		found = append(found, unshown(rec)...)
	}
	if len(found) > 0 || e.Forward.Rank > 0 {
		return found
	}
	if !e.Forward.Admitted {
		return []jiqiao.Obstacle{{
			List: jiqiao.InMatches, Code: "filtered", Message: "科技成果不符合当前的筛选条件，被筛掉了。", Remedy: "清除筛选条件后再看。",
		}}
	}
	if len(e.Forward.Recalls) > 0 {
		return []jiqiao.Obstacle{{
			List: jiqiao.InMatches, Code: "nothing_common", Message: "两份材料没有共同的字词，含义也不接近，得不到分数。",
			Remedy: "如果确实相关，请在材料里写明对象、方法和指标。",
		}}
	}
	return []jiqiao.Obstacle{{
		List: jiqiao.InMatches, Code: "not_recalled",
		Message: fmt.Sprintf("没有进入候选：系统先按全文字词、名称用字和全文含义各找出最接近的一批（这条需求共 %d 项）再逐一打分，这项成果不在其中。", e.Forward.Candidates),
		Remedy:  "在需求或成果的名称、关键词里写出对方也会用的说法。",
	}}
}

// statusRemedies say what makes a record take part in matching.
var statusRemedies = map[jiqiao.Status]string{
	jiqiao.StatusDraft:     "由所属单位提交，审核通过后自动匹配。",
	jiqiao.StatusPending:   "审核通过后自动匹配。",
	jiqiao.StatusReturned:  "由所属单位按审核意见修改后再提交。",
	jiqiao.StatusPaused:    "由所属单位恢复发布。",
	jiqiao.StatusEngaged:   "正在与一方对接；对接未成时会恢复发布。",
	jiqiao.StatusSettled:   "已有结果，不再寻找对接；如需继续，可重新开放。",
	jiqiao.StatusExpired:   "由所属单位延长有效期。",
	jiqiao.StatusWithdrawn: "由所属单位重新提交。",
}

// unshown says why others do not meet the record in their matches.
func unshown(rec jiqiao.Record) []jiqiao.Obstacle {
	h, label := rec.Head(), rec.Kind().Label()
	var found []jiqiao.Obstacle
	if h.Status != jiqiao.StatusPublished {
		found = append(found, jiqiao.Obstacle{
			List: jiqiao.InMatches, Code: string(rec.Kind()) + "_status",
			Message: label + "处于“" + jiqiao.CodeLabel("status", string(h.Status)) + "”，只有已发布的才出现在匹配结果里。", Remedy: statusRemedies[h.Status],
		})
	}
	if !h.Disclosure.Offered() {
		who := "只有本单位和主管部门能看到"
		if h.Disclosure == jiqiao.DisclosureBroker {
			who = "只有技术经理人和主管部门能看到，其他人的匹配结果里没有它"
		}
		found = append(found, jiqiao.Obstacle{
			List: jiqiao.InMatches, Code: string(rec.Kind()) + "_disclosure",
			Message: label + "的公开程度为“" + jiqiao.CodeLabel("disclosure", string(h.Disclosure)) + "”，" + who + "。", Remedy: "由所属单位调整公开程度。",
		})
	}
	return found
}

// modelOf is the ranker of that version, with what it measured; nil when it is not known any more.
func (s *Server) modelOf(ctx context.Context, version string) (*jiqiao.ModelVersion, error) {
	list, err := s.modelList(ctx, jiqiao.ModelRanker)
	if err != nil {
		return nil, err
	}
	for _, m := range slices.Concat(list.Builtin, list.Models) {
		if m.Version == version {
			return &m, nil
		}
	}
	return nil, nil //nolint:nilnil // the answer does without
}
