package api

import (
	"context"
	"io"
	"iter"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// DealLists finds what belongs to deals across all of them.
type DealLists interface {
	DealTasks(ctx context.Context, q jiqiao.TaskQuery) (jiqiao.TaskPage, error)
	Payments(ctx context.Context, q jiqiao.PaymentQuery) (jiqiao.PaymentPage, error)
	SubsidyList(ctx context.Context, q jiqiao.SubsidyQuery) (jiqiao.SubsidyPage, error)
	// SubsidyYears sums up by organisation, beside the yearly caps.
	SubsidyYears(ctx context.Context, scope jiqiao.DealScope, year int) ([]jiqiao.SubsidyYear, error)
}

// tasks reads what restricts a list of tasks, within what the viewer handles.
func (q *query) tasks() jiqiao.TaskQuery {
	v := viewer(q.c)
	t := jiqiao.TaskQuery{
		Scope: v.DealScope(), State: jiqiao.TaskState(q.text("state")), DueFrom: jiqiao.Date(q.text("due_from")),
		DueUntil: jiqiao.Date(q.text("due_until")), Broker: q.text("broker"), Region: q.text("region"),
		Text: q.text("q"), Sort: jiqiao.TaskSort(q.text("sort")),
	}
	if q.flag("mine") {
		t.Assignee = v.User
	}
	return t
}

func (s *Server) listTasks(c *gin.Context) error {
	q := query{c: c}
	tq := q.tasks()
	tq.Limit, tq.Cursor = q.number("limit", 1, jiqiao.MaxPageSize), q.text("cursor")
	if err := q.first(tq.Validate); err != nil {
		return err
	}
	page, err := s.opts.DealLists.DealTasks(c.Request.Context(), tq)
	if err != nil {
		return err
	}
	return answer(c, page)
}

func (s *Server) exportTasks(c *gin.Context) error {
	q := query{c: c}
	tq := q.tasks()
	if err := q.first(tq.Validate); err != nil {
		return err
	}
	columns := []string{"任务", "截止日期", "完成时间", "负责人", "项目名称", "阶段", "需求方", "成果方", "技术经理人", "建立时间"}
	rows := func(ctx context.Context) iter.Seq2[[]any, error] {
		return sheetRows(func(cursor string) ([]jiqiao.TaskItem, string, error) {
			tq.Limit, tq.Cursor = jiqiao.MaxPageSize, cursor
			page, err := s.opts.DealLists.DealTasks(ctx, tq)
			return page.Items, page.Next, err
		}, func(t jiqiao.TaskItem) []any {
			var done any = ""
			if t.DoneAt != nil {
				done = *t.DoneAt
			}
			return []any{
				t.Title, t.Due, done, t.AssigneeName, t.Deal.Title, t.Deal.Stage.Label(), t.Deal.Buyer.Name, t.Deal.Seller.Name,
				t.Deal.BrokerName, t.CreatedAt,
			}
		})
	}
	return s.sendSheet(c, "task.export", "项目任务", columns, rows)
}

// sendSheet notes in the audit that a list is taken away, and sends it as a workbook.
func (s *Server) sendSheet(c *gin.Context, act, title string, columns []string, rows func(context.Context) iter.Seq2[[]any, error]) error {
	ctx := c.Request.Context()
	if err := s.exported(ctx, act); err != nil {
		return err
	}
	return s.sendFile(c, "xlsx", title+".xlsx", func(w io.Writer) error {
		return s.opts.Sheets.Table(ctx, w, title, columns, rows(ctx))
	})
}

// payments reads what restricts a list of payments, within what the viewer may see.
func (q *query) payments() jiqiao.PaymentQuery {
	return jiqiao.PaymentQuery{
		Scope: viewer(q.c).DealScope(), Kind: q.text("kind"), From: jiqiao.Date(q.text("from")), Until: jiqiao.Date(q.text("until")),
		Region: q.text("region"), Text: q.text("q"), Valid: q.flag("valid"), Sort: jiqiao.MoneySort(q.text("sort")),
	}
}

// showPayments leaves out for a party who noted a payment down.
func showPayments(v jiqiao.Viewer, items []jiqiao.PaymentItem) {
	if v.May(jiqiao.PermDealWork) {
		return
	}
	for i := range items {
		items[i].By = ""
	}
}

func (s *Server) listPayments(c *gin.Context) error {
	q := query{c: c}
	pq := q.payments()
	pq.Limit, pq.Cursor = q.number("limit", 1, jiqiao.MaxPageSize), q.text("cursor")
	if err := q.first(pq.Validate); err != nil {
		return err
	}
	page, err := s.opts.DealLists.Payments(c.Request.Context(), pq)
	if err != nil {
		return err
	}
	showPayments(viewer(c), page.Items)
	return answer(c, page)
}

func (s *Server) exportPayments(c *gin.Context) error {
	q := query{c: c}
	pq := q.payments()
	if err := q.first(pq.Validate); err != nil {
		return err
	}
	columns := []string{"到账日期", "金额（万元）", "款项", "凭证号", "状态", "项目名称", "需求方", "成果方", "技术经理人", "合同成交额（万元）", "累计到账（万元）", "备注"}
	rows := func(ctx context.Context) iter.Seq2[[]any, error] {
		return sheetRows(func(cursor string) ([]jiqiao.PaymentItem, string, error) {
			pq.Limit, pq.Cursor = jiqiao.MaxPageSize, cursor
			page, err := s.opts.DealLists.Payments(ctx, pq)
			return page.Items, page.Next, err
		}, func(p jiqiao.PaymentItem) []any {
			return []any{
				p.ReceivedOn, jiqiao.Fen(p.Amount), jiqiao.CodeLabel("payment_kind", p.Kind), p.Voucher, paymentState(p.Payment), p.Deal.Title,
				p.Deal.Buyer.Name, p.Deal.Seller.Name, p.Deal.BrokerName, jiqiao.Fen(p.Deal.Total), jiqiao.Fen(p.Deal.Received), p.Note,
			}
		})
	}
	return s.sendSheet(c, "payment.export", "到账明细", columns, rows)
}

func paymentState(p jiqiao.Payment) string {
	switch {
	case p.Reverses != "":
		return "冲销"
	case p.Reversed:
		return "已冲销"
	}
	return "有效"
}

// earliestYear and latestYear bound the years that somebody could mean.
const earliestYear, latestYear = 2000, 2100

// subsidies reads what restricts a list of subsidies, within the viewer's reach.
func (q *query) subsidies() jiqiao.SubsidyQuery {
	return jiqiao.SubsidyQuery{
		Scope: viewer(q.c).DealScope(), State: jiqiao.SubsidyState(q.text("state")), Year: q.number("year", earliestYear, latestYear),
		Organisation: q.text("organisation"), Region: q.text("region"), Text: q.text("q"), Sort: jiqiao.MoneySort(q.text("sort")),
	}
}

func (s *Server) listSubsidies(c *gin.Context) error {
	q := query{c: c}
	sq := q.subsidies()
	sq.Limit, sq.Cursor = q.number("limit", 1, jiqiao.MaxPageSize), q.text("cursor")
	if err := q.first(sq.Validate); err != nil {
		return err
	}
	page, err := s.opts.DealLists.SubsidyList(c.Request.Context(), sq)
	if err != nil {
		return err
	}
	return answer(c, page)
}

// subsidyYears shows what organisations have of a year, this one when none is named.
func (s *Server) subsidyYears(c *gin.Context) error {
	q := query{c: c}
	year := q.number("year", earliestYear, latestYear)
	if err := q.err(); err != nil {
		return err
	}
	if year == 0 {
		year = s.opts.Now().In(shanghai).Year()
	}
	items, err := s.opts.DealLists.SubsidyYears(c.Request.Context(), viewer(c).DealScope(), year)
	if err != nil {
		return err
	}
	return answer(c, gin.H{"year": year, "items": items})
}

func (s *Server) exportSubsidies(c *gin.Context) error {
	q := query{c: c}
	sq := q.subsidies()
	if err := q.first(sq.Validate); err != nil {
		return err
	}
	columns := []string{"补助单位", "年度", "金额（万元）", "状态", "补助办法", "项目名称", "需求方", "成果方", "合同成交额（万元）", "累计到账（万元）", "拨款凭证号", "拨款日期", "说明", "申请时间"}
	rows := func(ctx context.Context) iter.Seq2[[]any, error] {
		return sheetRows(func(cursor string) ([]jiqiao.SubsidyItem, string, error) {
			sq.Limit, sq.Cursor = jiqiao.MaxPageSize, cursor
			page, err := s.opts.DealLists.SubsidyList(ctx, sq)
			return page.Items, page.Next, err
		}, func(sub jiqiao.SubsidyItem) []any {
			return []any{
				sub.Organisation.Name, sub.Year, jiqiao.Fen(sub.Amount), sub.State.Label(), sub.Computation.Policy, sub.Deal.Title,
				sub.Deal.Buyer.Name, sub.Deal.Seller.Name, jiqiao.Fen(sub.Deal.Total), jiqiao.Fen(sub.Deal.Received), sub.Voucher, sub.PaidOn,
				sub.Note, sub.CreatedAt,
			}
		})
	}
	return s.sendSheet(c, "subsidy.export", "补助明细", columns, rows)
}
