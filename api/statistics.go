package api

import (
	"context"
	"io"
	"iter"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Statistics answers the cockpit, within the region of who asks (the context's Origin).
type Statistics interface {
	Overview(ctx context.Context, year int, regions []string) (jiqiao.Overview, error)
	Figures(ctx context.Context, q jiqiao.FigureQuery) ([]jiqiao.Figure, error)
	Facts(ctx context.Context, q jiqiao.FactQuery) (jiqiao.FactPage, error)
	Ageing(ctx context.Context, regions []string) ([]jiqiao.Ageing, error)
	Brokers(ctx context.Context, q jiqiao.FigureQuery) ([]jiqiao.BrokerFigures, error)
	Exposure(ctx context.Context, kind jiqiao.Kind, regions []string) (jiqiao.ExposureReport, error)
	Targets(ctx context.Context, year int) (jiqiao.Targets, int64, error)
	SetTargets(ctx context.Context, t jiqiao.Targets, version int64) (int64, error)
}

// figures reads what restricts figures.
func (q *query) figures() jiqiao.FigureQuery {
	f := jiqiao.FigureQuery{
		From: q.text("from"), Until: q.text("until"), Regions: q.list("regions"), Industry: q.text("industry"),
		Broker: q.text("broker"), Detail: q.text("detail"), Exact: q.flag("exact"), By: jiqiao.FigureBy(q.text("by")),
	}
	for _, i := range q.list("indicators") {
		f.Indicators = append(f.Indicators, jiqiao.Indicator(i))
	}
	return f
}

// year is the parameter, or this year in Beijing.
func (s *Server) year(q *query) int {
	if y := q.number("year", jiqiao.MinYear, jiqiao.MaxYear); y != 0 {
		return y
	}
	return s.opts.Now().In(shanghai).Year()
}

func (s *Server) overview(c *gin.Context) error {
	q := query{c: c}
	year, regions := s.year(&q), q.list("regions")
	if err := q.err(); err != nil {
		return err
	}
	o, err := s.opts.Statistics.Overview(c.Request.Context(), year, regions)
	if err != nil {
		return err
	}
	o.Months, o.ByRegion, o.ByIndustry, o.Reasons = nonNil(o.Months), nonNil(o.ByRegion), nonNil(o.ByIndustry), nonNil(o.Reasons)
	return answer(c, o)
}

func (s *Server) listFigures(c *gin.Context) error {
	q := query{c: c}
	asked := q.figures()
	if err := q.err(); err != nil {
		return err
	}
	figures, err := s.opts.Statistics.Figures(c.Request.Context(), asked)
	if err != nil {
		return err
	}
	return answer(c, gin.H{"items": nonNil(figures)})
}

func (s *Server) listFacts(c *gin.Context) error {
	q := query{c: c}
	asked := jiqiao.FactQuery{FigureQuery: q.figures(), Cursor: q.text("cursor"), Limit: q.number("limit", 1, jiqiao.MaxPageSize)}
	if err := q.err(); err != nil {
		return err
	}
	page, err := s.opts.Statistics.Facts(c.Request.Context(), asked)
	if err != nil {
		return err
	}
	page.Items = nonNil(page.Items)
	return answer(c, page)
}

func (s *Server) exportFacts(c *gin.Context) error {
	q := query{c: c}
	asked := jiqiao.FactQuery{FigureQuery: q.figures(), Limit: jiqiao.MaxPageSize}
	if err := q.err(); err != nil {
		return err
	}
	ctx := c.Request.Context()
	if err := s.exported(ctx, "statistics.export"); err != nil {
		return err
	}
	columns := []string{"指标", "日期", "对象", "编号", "地区", "行业", "细分", "技术经理人", "数值", "单位"}
	return s.sendFile(c, "xlsx", "统计明细.xlsx", func(w io.Writer) error {
		return s.opts.Sheets.Table(ctx, w, "统计明细", columns, s.factRows(ctx, asked))
	})
}

// factRows walks through all pages of q.
func (s *Server) factRows(ctx context.Context, q jiqiao.FactQuery) iter.Seq2[[]any, error] {
	return sheetRows(func(cursor string) ([]jiqiao.ListedFact, string, error) {
		q.Cursor = cursor
		page, err := s.opts.Statistics.Facts(ctx, q)
		return page.Items, page.Next, err
	}, factRow)
}

func factRow(f jiqiao.ListedFact) []any {
	var value any = f.Value
	unit := "个"
	switch f.Indicator.Unit() {
	case jiqiao.UnitMoney:
		value, unit = jiqiao.Fen(f.Value), "万元"
	case jiqiao.UnitHours:
		unit = "小时"
	}
	return []any{
		f.Indicator.Label(), f.Day, f.Title, f.Object.ID, jiqiao.CodeLabel("region", f.Region), jiqiao.CodeLabel("industry", f.Industry),
		f.DetailLabel, f.BrokerName, value, unit,
	}
}

func (s *Server) ageing(c *gin.Context) error {
	q := query{c: c}
	regions := q.list("regions")
	if err := q.err(); err != nil {
		return err
	}
	all, err := s.opts.Statistics.Ageing(c.Request.Context(), regions)
	if err != nil {
		return err
	}
	return answer(c, gin.H{"items": nonNil(all)})
}

func (s *Server) brokerFigures(c *gin.Context) error {
	q := query{c: c}
	asked := q.figures()
	if err := q.err(); err != nil {
		return err
	}
	all, err := s.opts.Statistics.Brokers(c.Request.Context(), asked)
	if err != nil {
		return err
	}
	return answer(c, gin.H{"items": nonNil(all)})
}

func (s *Server) exportBrokers(c *gin.Context) error {
	q := query{c: c}
	asked := q.figures()
	if err := q.err(); err != nil {
		return err
	}
	ctx := c.Request.Context()
	all, err := s.opts.Statistics.Brokers(ctx, asked)
	if err != nil {
		return err
	}
	if err := s.exported(ctx, "statistics.export"); err != nil {
		return err
	}
	columns := []string{"技术经理人", "机构", "待处理", "已逾期", "每周名额", "采纳", "不采纳", "发出对接", "双方有意向", "对接项目", "签约合同", "登记技术交易额（万元）"}
	return s.sendFile(c, "xlsx", "技术经理人工作量.xlsx", func(w io.Writer) error {
		return s.opts.Sheets.Table(ctx, w, "技术经理人工作量", columns, func(yield func([]any, error) bool) {
			for _, b := range all {
				if !yield([]any{
					b.Name, b.Agency, b.Open, b.Late, b.Capacity, b.Accepted, b.Rejected, b.Introductions, b.Mutual, b.Deals, b.Contracts,
					jiqiao.Fen(b.Registered),
				}, nil) {
					return
				}
			}
		})
	})
}

func (s *Server) exposure(c *gin.Context) error {
	q := query{c: c}
	kind, regions := q.kind(), q.list("regions")
	if err := q.err(); err != nil {
		return err
	}
	r, err := s.opts.Statistics.Exposure(c.Request.Context(), kind, regions)
	if err != nil {
		return err
	}
	return answer(c, r)
}

// targetsAnswer carries the version that changing the targets takes.
type targetsAnswer struct {
	jiqiao.Targets
	Version int64 `json:"version"`
}

func (s *Server) getTargets(c *gin.Context) error {
	q := query{c: c}
	year := s.year(&q)
	if err := q.err(); err != nil {
		return err
	}
	t, version, err := s.opts.Statistics.Targets(c.Request.Context(), year)
	if err != nil {
		return err
	}
	return answer(c, targetsAnswer{t, version})
}

func (s *Server) setTargets(c *gin.Context) error {
	var asked targetsAnswer
	if err := decode(c, &asked); err != nil {
		return err
	}
	version, err := s.opts.Statistics.SetTargets(c.Request.Context(), asked.Targets, asked.Version)
	if err != nil {
		return err
	}
	asked.Version = version
	return answer(c, asked)
}

// nonNil makes an empty list out of none, which JSON writes as [].
func nonNil[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}
