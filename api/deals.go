package api

import (
	"context"
	"io"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Deals keeps projects. Rules of their stages are jiqiao.Deal's; a missing one is CodeNotFound.
type Deals interface {
	CreateDeal(ctx context.Context, d *jiqiao.Deal) error
	Deal(ctx context.Context, id string) (jiqiao.Deal, error)
	DealDetail(ctx context.Context, id string) (jiqiao.DealDetail, error)
	Deals(ctx context.Context, q jiqiao.DealQuery) (jiqiao.DealPage, error)
	// DealBoard counts by stage, with the first Limit of each; tasks that were due before today are overdue.
	DealBoard(ctx context.Context, q jiqiao.DealQuery, today jiqiao.Date) ([]jiqiao.DealColumn, error)
	// UpdateDeal and MoveDeal are CodeConflict when the deal is no longer of the version given.
	UpdateDeal(ctx context.Context, id string, c jiqiao.DealChange) (jiqiao.Deal, error)
	MoveDeal(ctx context.Context, id string, m jiqiao.DealMove) (jiqiao.Deal, error)
}

// DealWork keeps the tasks and notes of projects.
type DealWork interface {
	AddDealTask(ctx context.Context, task *jiqiao.DealTask) error
	UpdateDealTask(ctx context.Context, task jiqiao.DealTask, done bool) (jiqiao.DealTask, error)
	DeleteDealTask(ctx context.Context, deal, id string) error
	AddDealNote(ctx context.Context, note *jiqiao.DealNote) error
}

// dealOf is the deal of the path as the viewer may see it; of what may not be seen nobody learns that it is there.
func (s *Server) dealOf(c *gin.Context) (jiqiao.Deal, error) {
	d, err := s.opts.Deals.Deal(c.Request.Context(), c.Param("id"))
	if err == nil && !viewer(c).SeesDeal(d) {
		err = noDeal()
	}
	if err != nil {
		return jiqiao.Deal{}, err
	}
	return d, nil
}

func noDeal() error {
	return jiqiao.Fail(jiqiao.CodeNotFound, "没有这个对接项目，或您无权查看", nil)
}

// workedDeal is the deal of the path, which the viewer handles.
func (s *Server) workedDeal(c *gin.Context) (jiqiao.Deal, error) {
	d, err := s.dealOf(c)
	if err == nil && !viewer(c).WorksDeal(d) {
		err = jiqiao.Fail(jiqiao.CodeForbidden, "这个项目由负责的技术经理人和主管部门办理，您可以查看和留言", nil)
	}
	return d, err
}

func (s *Server) listDeals(c *gin.Context) error {
	q := query{c: c}
	dq := q.deals(s.today())
	dq.Limit, dq.Cursor = q.number("limit", 1, jiqiao.MaxPageSize), q.text("cursor")
	if err := q.first(dq.Validate); err != nil {
		return err
	}
	page, err := s.opts.Deals.Deals(c.Request.Context(), dq)
	if err != nil {
		return err
	}
	v := viewer(c)
	for i := range page.Items {
		page.Items[i] = v.ShowDealHead(page.Items[i])
	}
	return answer(c, page)
}

func (s *Server) dealBoard(c *gin.Context) error {
	q := query{c: c}
	dq := q.deals(s.today())
	dq.Limit = q.number("cards", 1, jiqiao.MaxPageSize)
	if err := q.first(dq.Validate); err != nil {
		return err
	}
	board, err := s.opts.Deals.DealBoard(c.Request.Context(), dq, s.today())
	if err != nil {
		return err
	}
	v := viewer(c)
	for _, column := range board {
		for i := range column.Deals {
			column.Deals[i] = v.ShowDealHead(column.Deals[i])
		}
	}
	return answer(c, gin.H{"stages": board})
}

// today is the day in Beijing.
func (s *Server) today() jiqiao.Date { return jiqiao.DayOf(s.opts.Now()) }

// deals reads what restricts a list of deals, within what the viewer may see.
func (q *query) deals(today jiqiao.Date) jiqiao.DealQuery {
	v := viewer(q.c)
	d := jiqiao.DealQuery{
		Scope: v.DealScope(), Stage: jiqiao.Stage(q.text("stage")), State: jiqiao.DealState(q.text("state")), Broker: q.text("broker"),
		Region: q.text("region"), Organisation: q.text("organisation"), Need: q.text("need"), Achievement: q.text("achievement"),
		AmountMin: q.sum("amount_min"), AmountMax: q.sum("amount_max"), From: q.moment("from", 0), Until: q.moment("until", 24*time.Hour),
		Sort: jiqiao.DealSort(q.text("sort")), Text: q.text("q"),
	}
	d.UnderWay = q.flag("under_way")
	if q.flag("overdue") {
		d.Overdue = today
	}
	if !v.May(jiqiao.PermDealWork) {
		// What a party is not shown it cannot find by, either: the broker's expectations and tasks.
		d.AmountMin, d.AmountMax, d.Overdue = 0, 0, ""
		if d.Sort == jiqiao.DealSortAmount || d.Sort == jiqiao.DealSortDue {
			d.Sort = ""
		}
	}
	return d
}

// sum reads a sum in 分.
func (q *query) sum(name string) int64 { return int64(q.number(name, 0, jiqiao.MaxMoney)) }

func (s *Server) exportDeals(c *gin.Context) error {
	q := query{c: c}
	dq := q.deals(s.today())
	if err := q.first(dq.Validate); err != nil {
		return err
	}
	ctx, v := c.Request.Context(), viewer(c)
	if err := s.exported(ctx, "deal.export"); err != nil {
		return err
	}
	columns := []string{
		"项目名称", "阶段", "状态", "需求方", "成果方", "技术需求", "科技成果", "技术经理人", "预计金额（万元）", "合同成交额（万元）", "实际到账（万元）",
		"登记编号", "最近到期任务", "进入阶段时间", "受理时间", "退出原因", "项目编号",
	}
	return s.sendFile(c, "xlsx", "对接项目.xlsx", func(w io.Writer) error {
		return s.opts.Sheets.Table(ctx, w, "对接项目", columns, func(yield func([]any, error) bool) {
			for d, err := range s.eachDeal(ctx, dq) {
				d = v.ShowDealHead(d)
				row := []any{
					d.Title, d.Stage.Label(), d.State.Label(), d.Buyer.Name, d.Seller.Name, d.Need, d.Achievement, d.BrokerName,
					jiqiao.Fen(d.Expected), jiqiao.Fen(d.Total), jiqiao.Fen(d.Received), d.Registration, d.NextDue, d.StageSince, d.CreatedAt,
					jiqiao.CodeLabel("deal_exit", d.ExitReason), d.ID,
				}
				if !yield(row, err) || err != nil {
					return
				}
			}
		})
	})
}

// exported notes in the audit that somebody took a file away.
func (s *Server) exported(ctx context.Context, act string) error {
	if s.opts.Audit == nil {
		return nil
	}
	object, _, _ := strings.Cut(act, ".")
	return s.opts.Audit(ctx, jiqiao.Act{Name: act, Object: jiqiao.Ref{Type: object}})
}

// eachDeal walks through all pages of q.
func (s *Server) eachDeal(ctx context.Context, q jiqiao.DealQuery) iter.Seq2[jiqiao.Deal, error] {
	return each(func(cursor string) ([]jiqiao.Deal, string, error) {
		q.Limit, q.Cursor = jiqiao.MaxPageSize, cursor
		page, err := s.opts.Deals.Deals(ctx, q)
		return page.Items, page.Next, err
	})
}

// dealInput is the body of POST /deals.
type dealInput struct {
	NeedID        string       `json:"need_id"`
	AchievementID string       `json:"achievement_id"`
	Title         string       `json:"title"`
	Stage         jiqiao.Stage `json:"stage"`
	Broker        string       `json:"broker"`
	Expected      int64        `json:"expected"`
}

// createDeal makes a deal by hand. A broker's is his own; it begins before both sides agreed, which only their answers and
// the broker's word later can say.
func (s *Server) createDeal(c *gin.Context) error {
	var in dealInput
	if err := decode(c, &in); err != nil {
		return err
	}
	v := viewer(c)
	d := jiqiao.Deal{
		NeedID: in.NeedID, AchievementID: in.AchievementID, Title: in.Title, Stage: in.Stage, Broker: in.Broker, Expected: in.Expected,
	}
	if v.Role == jiqiao.RoleBroker {
		d.Broker = v.User
	}
	if err := d.Validate(); err != nil {
		return err
	}
	if d.Stage.Rank() > jiqiao.StageRecommend.Rank() || d.Stage != "" && d.Stage.Rank() == 0 {
		return jiqiao.Invalid([]jiqiao.FieldError{{Field: "stage", Message: "新建的项目应从「已受理」「需求诊断」或「推荐」开始；之后的进展请逐步推进"}})
	}
	ctx := c.Request.Context()
	if err := s.dealable(ctx, v, d); err != nil {
		return err
	}
	if err := s.opts.Deals.CreateDeal(ctx, &d); err != nil {
		return err
	}
	c.Header("Location", c.Request.URL.Path+"/"+d.ID)
	return send(c, http.StatusCreated, d)
}

// dealable checks that the viewer may see both records and, of an operator, that one of them lies in his region.
func (s *Server) dealable(ctx context.Context, v jiqiao.Viewer, d jiqiao.Deal) error {
	if err := s.decidable(ctx, v, jiqiao.Decision{NeedID: d.NeedID, AchievementID: d.AchievementID}); err != nil {
		return err
	}
	if v.Role != jiqiao.RoleOperator || v.Region == "" {
		return nil
	}
	for kind, id := range map[jiqiao.Kind]string{jiqiao.KindNeed: d.NeedID, jiqiao.KindAchievement: d.AchievementID} {
		rec, err := s.opts.Records.Get(ctx, kind, id)
		if err != nil {
			return err
		}
		if v.Reaches(rec.Head().Region) {
			return nil
		}
	}
	return jiqiao.Fail(jiqiao.CodeForbidden, "需求和成果都不在您负责的地区，请由当地的业务员办理", nil)
}

func (s *Server) getDeal(c *gin.Context) error {
	detail, err := s.opts.Deals.DealDetail(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	v := viewer(c)
	if !v.SeesDeal(detail.Deal) {
		return noDeal()
	}
	return answer(c, v.ShowDeal(detail))
}

func (s *Server) updateDeal(c *gin.Context) error {
	var in jiqiao.DealChange
	if err := decode(c, &in); err != nil {
		return err
	}
	d, err := s.workedDeal(c)
	if err != nil {
		return err
	}
	if in.Version == 0 {
		return jiqiao.Fail(jiqiao.CodePrecondition, "缺少版本号，请重新打开后再修改", nil)
	}
	d, err = s.opts.Deals.UpdateDeal(c.Request.Context(), d.ID, in)
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, d)
}

// moveDeal carries out one of the verbs that move a deal.
func (s *Server) moveDeal(verb jiqiao.DealVerb) handler {
	return func(c *gin.Context) error {
		var in jiqiao.DealMove
		if err := decode(c, &in); err != nil {
			return err
		}
		d, err := s.workedDeal(c)
		if err != nil {
			return err
		}
		in.Verb = verb
		if d, err = s.opts.Deals.MoveDeal(c.Request.Context(), d.ID, in); err != nil {
			return err
		}
		return send(c, http.StatusOK, d)
	}
}
