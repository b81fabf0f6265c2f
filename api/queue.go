package api

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Queue is what brokers work through, and what operators see of it. Everything is within what the viewer reaches.
type Queue interface {
	queueLists
	queueWork
	questions
	secondOpinions
	pairExplainer
	wishes
}

type queueLists interface {
	List(ctx context.Context, v jiqiao.Viewer, q jiqiao.CandidateQuery) (jiqiao.CandidatePage, error)
	// Each stops at fn's first error.
	Each(ctx context.Context, v jiqiao.Viewer, q jiqiao.CandidateQuery, fn func(jiqiao.Candidate) error) error
	// Candidate leaves records and match out.
	Candidate(ctx context.Context, v jiqiao.Viewer, id string) (jiqiao.QueueItem, error)
	Loads(ctx context.Context, v jiqiao.Viewer) ([]jiqiao.QueueLoad, error)
	// Pace is the viewer's; an operator's is that of all within reach, or of the broker.
	Pace(ctx context.Context, v jiqiao.Viewer, broker string) (jiqiao.QueuePace, error)
	Brokers(ctx context.Context) ([]jiqiao.Broker, error)
	Rules(ctx context.Context) (rules jiqiao.QueueRules, version int64, err error)
	SetRules(ctx context.Context, rules jiqiao.QueueRules, version int64) (int64, error)
}

type queueWork interface {
	// Next leases the first that nobody looks at; CodeNotFound when there is none.
	Next(ctx context.Context, v jiqiao.Viewer, q jiqiao.CandidateQuery) (jiqiao.Candidate, error)
	Lease(ctx context.Context, v jiqiao.Viewer, id string) (jiqiao.Candidate, error)
	Release(ctx context.Context, v jiqiao.Viewer, id string) error
	Decide(ctx context.Context, v jiqiao.Viewer, d jiqiao.QueueDecision) (jiqiao.Candidate, error)
	DecideAll(ctx context.Context, v jiqiao.Viewer, decisions []jiqiao.QueueDecision) ([]jiqiao.QueueResult, error)
	Undo(ctx context.Context, v jiqiao.Viewer, id string) (jiqiao.Candidate, error)
	handing
	decidedPairs
}

type handing interface {
	Hand(ctx context.Context, v jiqiao.Viewer, id, to, note string) (jiqiao.Candidate, error)
	// HandAll says of each candidate what came of it.
	HandAll(ctx context.Context, v jiqiao.Viewer, ids []string, to, note string) ([]jiqiao.QueueResult, error)
}

// decidedPairs bring decisions that are sent without regard to the queue into it.
type decidedPairs interface {
	// DecidePair decides on the pair's candidate; ok says whether there is one.
	DecidePair(ctx context.Context, v jiqiao.Viewer, d jiqiao.Decision) (decided jiqiao.Candidate, ok bool, err error)
	// UndoDecision takes back the decision where it is a candidate's present one; ok says whether it is.
	UndoDecision(ctx context.Context, v jiqiao.Viewer, d jiqiao.Decision) (ok bool, err error)
}

// Explainer scores and explains one pair, to who has the access.
type Explainer interface {
	Explain(ctx context.Context, access jiqiao.Access, need *jiqiao.Need, achievement *jiqiao.Achievement) (jiqiao.Match, error)
	// Place is where the record with the id stands among the subject's matches with the filter.
	Place(ctx context.Context, subject jiqiao.Record, id string, filter jiqiao.Filter) (jiqiao.MatchPlace, error)
}

func (s *Server) listQueue(c *gin.Context) error {
	q := query{c: c}
	cq := q.queue(s.opts.Now())
	cq.Limit, cq.Cursor = q.number("limit", 1, jiqiao.MaxPageSize), q.text("cursor")
	if err := q.err(); err != nil {
		return err
	}
	page, err := s.opts.Queue.List(c.Request.Context(), viewer(c), cq)
	if err != nil {
		return err
	}
	return answer(c, page)
}

var queueColumns = []string{
	"编号", "技术需求", "需求单位", "科技成果", "成果单位", "等级", "得分", "状态", "对接申请", "技术经理人", "未分配原因", "进入队列", "处理期限", "等待天数", "原因", "备注",
}

func (s *Server) exportQueue(c *gin.Context) error {
	q := query{c: c}
	cq := q.queue(s.opts.Now())
	if err := q.err(); err != nil {
		return err
	}
	ctx := c.Request.Context()
	if err := s.opts.Audit(ctx, jiqiao.Act{Name: "candidate.export", Object: jiqiao.Ref{Type: "queue"}}); err != nil {
		return err
	}
	return s.sendFile(c, "xlsx", "候选队列.xlsx", func(w io.Writer) error {
		return s.opts.Sheets.Table(ctx, w, "候选队列", queueColumns, s.queueRows(ctx, viewer(c), cq))
	})
}

func (s *Server) queueRows(ctx context.Context, v jiqiao.Viewer, q jiqiao.CandidateQuery) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		err := s.opts.Queue.Each(ctx, v, q, func(k jiqiao.Candidate) error {
			row := []any{
				k.ID, k.Need, k.Enterprise, k.Achievement, k.Organisation, k.LevelLabel, k.Score, k.StateLabel, wishers(&k), k.BrokerName, k.Waiting,
				k.QueuedAt, k.DueAt, k.WaitingDays, jiqiao.CodeLabel("rejection", k.Reason), k.Note,
			}
			if !yield(row, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(nil, err)
		}
	}
}

// wishers names who asks for an introduction.
func wishers(k *jiqiao.Candidate) string {
	switch {
	case k.NeedWish != nil && k.AchievementWish != nil:
		return "双方申请"
	case k.NeedWish != nil:
		return "需求方申请"
	case k.AchievementWish != nil:
		return "成果方申请"
	}
	return ""
}

// queue reads what restricts a list of candidates. A broker who names nobody means himself; whose=agency is all of the
// agency.
func (q *query) queue(now time.Time) jiqiao.CandidateQuery {
	v := viewer(q.c)
	cq := jiqiao.CandidateQuery{
		Broker: q.text("broker"), Unplaced: q.flag("unplaced"), MinLevel: jiqiao.Level(q.number("level", 1, int(jiqiao.LevelStrong))),
		Field: q.text("field"), Region: q.text("region"), NeedID: q.text("need"), AchievementID: q.text("achievement"),
		Text: q.text("q"), Wished: q.flag("wished"),
		Sort: jiqiao.CandidateSort(q.text("sort")),
	}
	switch whose := q.text("whose"); {
	case whose != "" && whose != "agency":
		q.wrong("whose", "应为 agency（本机构全部），或不填（本人的）")
	case whose == "" && cq.Broker == "" && !v.May(jiqiao.PermQueueManage):
		cq.Broker = v.User
	}
	for _, state := range q.list("state") {
		if jiqiao.CandidateState(state).Label() == "" {
			q.wrong("state", "没有状态「"+state+"」，应为 open、asked、deferred、accepted、rejected、expired")
		}
		cq.States = append(cq.States, jiqiao.CandidateState(state))
	}
	for _, code := range []struct{ name, label, value string }{{"field", "技术领域", cq.Field}, {"region", "地区", cq.Region}} {
		if code.value != "" && jiqiao.CodeLabel(code.name, code.value) == "" {
			q.wrong(code.name, "没有这个"+code.label+"，请重新选择")
		}
	}
	switch cq.Sort {
	case "", jiqiao.CandidatesByDue, jiqiao.CandidatesByScore, jiqiao.CandidatesByNewest:
	default:
		q.wrong("sort", "应为 due（先到期的在前）、score（得分高的在前）或 newest（新来的在前）")
	}
	if days := q.number("waiting", 1, 3650); days > 0 {
		cq.QueuedBefore = now.Add(-time.Duration(days) * 24 * time.Hour)
	}
	cq.DueBefore = q.moment("due", 24*time.Hour)
	return cq
}

func (s *Server) getCandidate(c *gin.Context) error {
	ctx, v := c.Request.Context(), viewer(c)
	item, err := s.opts.Queue.Candidate(ctx, v, c.Param("id"))
	if err != nil {
		return err
	}
	if err := s.addEvidence(ctx, v, &item); err != nil {
		return err
	}
	return answer(c, item)
}

// addEvidence adds the records and the explained match, as the viewer may see them. What is gone, or may no longer be
// seen, is left out.
func (s *Server) addEvidence(ctx context.Context, v jiqiao.Viewer, item *jiqiao.QueueItem) error {
	need, err := s.evident(ctx, v, jiqiao.KindNeed, item.Candidate.NeedID)
	if err != nil {
		return err
	}
	achievement, err := s.evident(ctx, v, jiqiao.KindAchievement, item.Candidate.AchievementID)
	if err != nil {
		return err
	}
	access := v.Access()
	item.Need, item.Achievement = access.Show(need), access.Show(achievement)
	n, isNeed := need.(*jiqiao.Need)
	a, isAchievement := achievement.(*jiqiao.Achievement)
	if !isNeed || !isAchievement {
		return nil
	}
	m, err := s.opts.Explainer.Explain(ctx, access, n, a)
	if err != nil {
		return err
	}
	for _, shown := range showMatches(access, []jiqiao.Match{m}) {
		shown.Record = nil // it stands beside
		item.Match = &shown
	}
	return nil
}

// evident is the record, or nil where there is none that the viewer may see.
func (s *Server) evident(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, id string) (jiqiao.Record, error) {
	rec, err := s.seen(ctx, v, kind, id)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		return nil, nil //nolint:nilnil // the candidate is still there
	}
	return rec, err
}

func (s *Server) nextCandidate(c *gin.Context) error {
	q := query{c: c}
	cq := q.queue(s.opts.Now())
	if err := q.err(); err != nil {
		return err
	}
	k, err := s.opts.Queue.Next(c.Request.Context(), viewer(c), cq)
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, k)
}

func (s *Server) leaseCandidate(c *gin.Context) error {
	k, err := s.opts.Queue.Lease(c.Request.Context(), viewer(c), c.Param("id"))
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, k)
}

func (s *Server) releaseCandidate(c *gin.Context) error {
	if err := s.opts.Queue.Release(c.Request.Context(), viewer(c), c.Param("id")); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// queueDecisionInput is the body of POST /queue/{id}/decision.
type queueDecisionInput struct {
	Verb   jiqiao.QueueVerb `json:"verb"`
	Reason string           `json:"reason"`
	Note   string           `json:"note"`
	Until  jiqiao.Date      `json:"until"`
}

func (in queueDecisionInput) decision(id string) jiqiao.QueueDecision {
	return jiqiao.QueueDecision{CandidateID: id, Verb: in.Verb, Reason: in.Reason, Note: in.Note, Until: in.Until}
}

func (s *Server) decideCandidate(c *gin.Context) error {
	var in queueDecisionInput
	if err := decode(c, &in); err != nil {
		return err
	}
	k, err := s.opts.Queue.Decide(c.Request.Context(), viewer(c), in.decision(c.Param("id")))
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, k)
}

// bulkDecisions is the body of POST /queue/decisions, bulkDecided its answer and that of POST /queue/handover.
type bulkDecisions struct {
	Items []jiqiao.QueueDecision `json:"items"`
}

type bulkDecided struct {
	Items []jiqiao.QueueResult `json:"items"`
}

func (s *Server) decideCandidates(c *gin.Context) error {
	var in bulkDecisions
	if err := decode(c, &in); err != nil {
		return err
	}
	results, err := s.opts.Queue.DecideAll(c.Request.Context(), viewer(c), in.Items)
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, bulkDecided{results})
}

func (s *Server) undoCandidate(c *gin.Context) error {
	k, err := s.opts.Queue.Undo(c.Request.Context(), viewer(c), c.Param("id"))
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, k)
}

// handInput is the body of POST /queue/{id}/hand.
type handInput struct {
	To   string `json:"to"`
	Note string `json:"note"`
}

func (s *Server) handCandidate(c *gin.Context) error {
	var in handInput
	if err := decode(c, &in); err != nil {
		return err
	}
	k, err := s.opts.Queue.Hand(c.Request.Context(), viewer(c), c.Param("id"), in.To, in.Note)
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, k)
}

// bulkHanding is the body of POST /queue/handover.
type bulkHanding struct {
	IDs []string `json:"ids"`
	handInput
}

func (s *Server) handCandidates(c *gin.Context) error {
	var in bulkHanding
	if err := decode(c, &in); err != nil {
		return err
	}
	results, err := s.opts.Queue.HandAll(c.Request.Context(), viewer(c), in.IDs, in.To, in.Note)
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, bulkDecided{results})
}

// listed is a whole list: short enough to need no pages.
type listed[T any] struct {
	Items []T `json:"items"`
}

func (s *Server) queueLoads(c *gin.Context) error {
	loads, err := s.opts.Queue.Loads(c.Request.Context(), viewer(c))
	if err != nil {
		return err
	}
	return answer(c, listed[jiqiao.QueueLoad]{loads})
}

func (s *Server) queuePace(c *gin.Context) error {
	q := query{c: c}
	pace, err := s.opts.Queue.Pace(c.Request.Context(), viewer(c), q.text("broker"))
	if err != nil {
		return err
	}
	return answer(c, pace)
}

func (s *Server) queueBrokers(c *gin.Context) error {
	found, err := s.opts.Queue.Brokers(c.Request.Context())
	if err != nil {
		return err
	}
	return answer(c, listed[jiqiao.Broker]{found})
}

// queueRules is the body of GET and PUT /queue/rules.
type queueRules struct {
	Version int64             `json:"version"`
	Rules   jiqiao.QueueRules `json:"rules"`
}

func (s *Server) getQueueRules(c *gin.Context) error {
	rules, version, err := s.opts.Queue.Rules(c.Request.Context())
	if err != nil {
		return err
	}
	return answer(c, queueRules{version, rules})
}

func (s *Server) setQueueRules(c *gin.Context) error {
	var in queueRules
	if err := decode(c, &in); err != nil {
		return err
	}
	version, err := s.opts.Queue.SetRules(c.Request.Context(), in.Rules, in.Version)
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, queueRules{version, in.Rules})
}
