package api

import (
	"context"
	"io"
	"iter"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Cockpit answers the leaders' view, within the region of who asks (the context's Origin).
type Cockpit interface {
	Cockpit(ctx context.Context, q jiqiao.FigureQuery) (jiqiao.Cockpit, error)
	Waiting(ctx context.Context, q jiqiao.WaitingQuery) (jiqiao.WaitingPage, error)
	Exposed(ctx context.Context, q jiqiao.ExposedQuery) (jiqiao.ExposedPage, error)
	Monthly(ctx context.Context, month, region string) (jiqiao.MonthlyReport, error)
}

// Reports writes reports as Word documents.
type Reports interface {
	Monthly(w io.Writer, r jiqiao.MonthlyReport) error
}

const docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

func (s *Server) cockpit(c *gin.Context) error {
	q := query{c: c}
	asked := jiqiao.FigureQuery{From: q.text("from"), Until: q.text("until"), Regions: q.list("regions")}
	if err := q.err(); err != nil {
		return err
	}
	found, err := s.opts.Cockpit.Cockpit(c.Request.Context(), asked)
	if err != nil {
		return err
	}
	for _, list := range []*[]jiqiao.Figure{&found.Months, &found.ByRegion, &found.ByDivision, &found.Reasons} {
		*list = nonNil(*list)
	}
	return answer(c, found)
}

// waiting reads what restricts what waits.
func (q *query) waiting() jiqiao.WaitingQuery {
	return jiqiao.WaitingQuery{
		What: q.text("what"), Regions: q.list("regions"), Broker: q.text("broker"), Over: q.number("over", 0, maxWaitingDays),
		Within: q.number("within", 0, maxWaitingDays), Late: q.flag("late"),
	}
}

// maxWaitingDays bounds what may be asked for: a hundred years.
const maxWaitingDays = 36500

func (s *Server) listWaiting(c *gin.Context) error {
	q := query{c: c}
	asked := q.waiting()
	asked.Cursor, asked.Limit = q.text("cursor"), q.number("limit", 1, jiqiao.MaxPageSize)
	if err := q.err(); err != nil {
		return err
	}
	page, err := s.opts.Cockpit.Waiting(c.Request.Context(), asked)
	if err != nil {
		return err
	}
	page.Items = nonNil(page.Items)
	return answer(c, page)
}

func (s *Server) exportWaiting(c *gin.Context) error {
	q := query{c: c}
	asked := q.waiting()
	asked.Limit = jiqiao.MaxPageSize
	if err := q.err(); err != nil {
		return err
	}
	ctx := c.Request.Context()
	if _, err := s.opts.Cockpit.Waiting(ctx, asked); err != nil {
		return err
	}
	if err := s.exported(ctx, "statistics.export"); err != nil {
		return err
	}
	columns := []string{"事项", "对方", "等待谁", "技术经理人", "地区", "开始等待", "最晚", "已等待（天）", "是否逾期"}
	return s.sendFile(c, "xlsx", "待办明细.xlsx", func(w io.Writer) error {
		return s.opts.Sheets.Table(ctx, w, "待办明细", columns, s.waitingRows(ctx, asked))
	})
}

func (s *Server) waitingRows(ctx context.Context, q jiqiao.WaitingQuery) iter.Seq2[[]any, error] {
	return sheetRows(func(cursor string) ([]jiqiao.WaitingItem, string, error) {
		q.Cursor = cursor
		page, err := s.opts.Cockpit.Waiting(ctx, q)
		return page.Items, page.Next, err
	}, func(w jiqiao.WaitingItem) []any {
		late := "否"
		if w.Late {
			late = "是"
		}
		return []any{w.Title, w.Other, w.AwaitsLabel(), w.BrokerName, jiqiao.CodeLabel("region", w.Region), string(jiqiao.DayOf(w.Since)), string(w.DueDay()), w.Days, late}
	})
}

func (s *Server) listExposed(c *gin.Context) error {
	q := query{c: c}
	asked := jiqiao.ExposedQuery{
		Kind: q.kind(), Regions: q.list("regions"), Never: q.flag("never"),
		Cursor: q.text("cursor"), Limit: q.number("limit", 1, jiqiao.MaxPageSize),
	}
	if err := q.err(); err != nil {
		return err
	}
	page, err := s.opts.Cockpit.Exposed(c.Request.Context(), asked)
	if err != nil {
		return err
	}
	page.Items = nonNil(page.Items)
	return answer(c, page)
}

func (s *Server) monthlyReport(c *gin.Context) error {
	q := query{c: c}
	month, region := q.text("month"), q.text("region")
	if err := q.err(); err != nil {
		return err
	}
	ctx := c.Request.Context()
	r, err := s.opts.Cockpit.Monthly(ctx, month, region)
	if err != nil {
		return err
	}
	if err := s.exported(ctx, "statistics.export"); err != nil {
		return err
	}
	return s.sendFileAs(c, docxType, "技桥月报-"+r.Month+".docx", func(w io.Writer) error { return s.opts.Reports.Monthly(w, r) })
}
