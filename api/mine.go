package api

import (
	"context"
	"io"
	"iter"
	"time"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// OwnViews is what an organisation reads of what became of its records.
type OwnViews interface {
	// Shown is a page of the pairs in which the organisation's records came before brokers. It names no record of the other
	// side: OtherID is for who looks it up and decides what the viewer may see.
	Shown(ctx context.Context, q jiqiao.ShownQuery) (jiqiao.ShownPage, error)
	// Income is all contracts of the organisation's achievements, in no order, without their teams.
	Income(ctx context.Context, organisation string) ([]jiqiao.Income, error)
}

// shownQuery reads what restricts the list of what was shown; it is of the viewer's own organisation and side.
func shownQuery(q *query) (jiqiao.ShownQuery, error) {
	v := viewer(q.c)
	kind, ok := v.Role.KindOf()
	if !ok || v.Organisation == "" {
		return jiqiao.ShownQuery{}, jiqiao.Fail(jiqiao.CodeForbidden, "您的账号没有所属单位", nil)
	}
	s := jiqiao.ShownQuery{
		Organisation: v.Organisation, Kind: kind, RecordID: q.text("record"), Outcome: jiqiao.ShownOutcome(q.text("outcome")),
		Reason: q.text("reason"), MinLevel: jiqiao.Level(q.number("level", 1, int(jiqiao.LevelStrong))),
		Wished: q.flag("wished"), From: q.moment("from", 0), Until: q.moment("until", 24*time.Hour), Sort: jiqiao.ShownSort(q.text("sort")),
	}
	if s.Outcome != "" && s.Outcome.Label() == "" {
		q.wrong("outcome", "没有这种结果，请从列表中选择")
	}
	if s.Reason != "" && jiqiao.CodeLabel("rejection", s.Reason) == "" {
		q.wrong("reason", "没有这个原因，请重新选择")
	}
	switch s.Sort {
	case "", jiqiao.ShownNewest, jiqiao.ShownOldest, jiqiao.ShownByLevel:
	default:
		q.wrong("sort", "应为 newest、oldest 或 level")
	}
	return s, nil
}

func (s *Server) listShown(c *gin.Context) error {
	q := query{c: c}
	asked, err := shownQuery(&q)
	if err != nil {
		return err
	}
	asked.Limit, asked.Cursor = q.number("limit", 1, jiqiao.MaxPageSize), q.text("cursor")
	if err := q.err(); err != nil {
		return err
	}
	page, err := s.shown(c.Request.Context(), viewer(c), asked)
	if err != nil {
		return err
	}
	return answer(c, page)
}

// shown is the page with the titles of both sides, as far as the viewer may see them.
func (s *Server) shown(ctx context.Context, v jiqiao.Viewer, q jiqiao.ShownQuery) (jiqiao.ShownPage, error) {
	page, err := s.opts.OwnViews.Shown(ctx, q)
	if err != nil {
		return page, err
	}
	own, others := []string{}, []string{}
	for _, r := range page.Summary.Records {
		own = append(own, r.ID)
	}
	for _, i := range page.Items {
		others = append(others, i.OtherID)
	}
	titles, err := s.recordsByID(ctx, q.Kind, own)
	if err != nil {
		return page, err
	}
	sides, err := s.recordsByID(ctx, q.Kind.Other(), others)
	if err != nil {
		return page, err
	}
	for n := range page.Summary.Records {
		if rec := titles[page.Summary.Records[n].ID]; rec != nil {
			page.Summary.Records[n].Title = rec.Head().Title
		}
	}
	for n := range page.Items {
		i := &page.Items[n]
		if rec := titles[i.RecordID]; rec != nil {
			i.Title = rec.Head().Title
		}
		nameOther(v, i, sides[i.OtherID])
	}
	return page, nil
}

// nameOther names the record beside the viewer's own, if the viewer may see it. While a broker still weighs the pair the
// owners are not told of each other, but who asked for it knows.
func nameOther(v jiqiao.Viewer, i *jiqiao.Shown, rec jiqiao.Record) {
	weighed := (i.Outcome == jiqiao.ShownWaiting || i.Outcome == jiqiao.ShownAccepted) && i.WishedAt == nil
	if rec == nil || weighed || !v.Sees(rec) {
		i.OtherID = ""
		return
	}
	head := v.Show(rec).Head()
	i.OtherTitle, i.OtherOwner = head.Title, head.Owner.Name
}

// recordsByID reads the records of one side at once; those that are gone are missing.
func (s *Server) recordsByID(ctx context.Context, kind jiqiao.Kind, ids []string) (map[string]jiqiao.Record, error) {
	found, err := s.opts.Records.GetMany(ctx, kind, ids)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]jiqiao.Record, len(found))
	for _, rec := range found {
		byID[rec.Head().ID] = rec
	}
	return byID, nil
}

func (s *Server) exportShown(c *gin.Context) error {
	q := query{c: c}
	asked, err := shownQuery(&q)
	if err == nil {
		err = q.err()
	}
	if err != nil {
		return err
	}
	ctx, v := c.Request.Context(), viewer(c)
	if err := s.exported(ctx, "shown.export"); err != nil {
		return err
	}
	columns := []string{
		"本单位的" + asked.Kind.Label(), "对方的" + asked.Kind.Other().Label(), "对方单位", "匹配等级", "推荐时间", "本单位申请时间", "技术经理人", "所在机构", "结果", "原因", "原因由谁给出",
		"结束时间", "对接编号",
	}
	return s.sendFile(c, "xlsx", "推荐与反馈.xlsx", func(w io.Writer) error {
		return s.opts.Sheets.Table(ctx, w, "推荐与反馈", columns, func(yield func([]any, error) bool) {
			for i, err := range s.eachShown(ctx, v, asked) {
				row := []any{
					i.Title, i.OtherTitle, i.OtherOwner, i.LevelLabel, i.ShownAt, cell(i.WishedAt), i.BrokerName, i.Agency, i.OutcomeLabel, i.ReasonLabel, i.By.Label(),
					cell(i.EndedAt), i.IntroductionID,
				}
				if !yield(row, err) || err != nil {
					return
				}
			}
		})
	})
}

// eachShown walks through all pages of q.
func (s *Server) eachShown(ctx context.Context, v jiqiao.Viewer, q jiqiao.ShownQuery) iter.Seq2[jiqiao.Shown, error] {
	return each(func(cursor string) ([]jiqiao.Shown, string, error) {
		q.Limit, q.Cursor = jiqiao.MaxPageSize, cursor
		page, err := s.shown(ctx, v, q)
		return page.Items, page.Next, err
	})
}

// incomeQuery reads what restricts the list of income.
func incomeQuery(q *query) jiqiao.IncomeQuery {
	i := jiqiao.IncomeQuery{
		Year: q.number("year", 1949, 9999), Team: q.text("team"), Unit: q.text("unit"), Owing: q.flag("owing"), Sort: jiqiao.IncomeSort(q.text("sort")),
	}
	switch i.Sort {
	case "", jiqiao.IncomeNewest, jiqiao.IncomeOldest, jiqiao.IncomeTotal, jiqiao.IncomeReceived, jiqiao.IncomeOpen:
	default:
		q.wrong("sort", "应为 newest、oldest、total、received 或 open")
	}
	return i
}

// defaultIncomes is the size of a page of income that does not say one.
const defaultIncomes = 20

func (s *Server) listIncome(c *gin.Context) error {
	q := query{c: c}
	asked := incomeQuery(&q)
	asked.Limit, asked.Cursor = q.number("limit", 1, jiqiao.MaxPageSize), q.text("cursor")
	if err := q.err(); err != nil {
		return err
	}
	if asked.Limit == 0 {
		asked.Limit = defaultIncomes
	}
	page, err := s.income(c.Request.Context(), viewer(c), asked)
	if err != nil {
		return err
	}
	return answer(c, page)
}

// income is what the viewer's organisation earned, with the teams that its achievements name.
func (s *Server) income(ctx context.Context, v jiqiao.Viewer, q jiqiao.IncomeQuery) (jiqiao.IncomePage, error) {
	if v.Role != jiqiao.RoleUniversity || v.Organisation == "" {
		return jiqiao.IncomePage{}, jiqiao.Fail(jiqiao.CodeForbidden, "收入按成果所属单位统计，您的账号没有成果所属单位", nil)
	}
	all, err := s.opts.OwnViews.Income(ctx, v.Organisation)
	if err != nil {
		return jiqiao.IncomePage{}, err
	}
	ids := make([]string, len(all))
	for n := range all {
		ids[n] = all[n].AchievementID
	}
	recs, err := s.recordsByID(ctx, jiqiao.KindAchievement, ids)
	if err != nil {
		return jiqiao.IncomePage{}, err
	}
	for n := range all {
		a, ok := recs[all[n].AchievementID].(*jiqiao.Achievement)
		if ok && a.Owner.ID == v.Organisation && len(a.Team) > 0 {
			all[n].Team, all[n].Unit, all[n].Makers = a.Team[0].Name, a.Team[0].Unit, len(a.Team)
		}
	}
	return jiqiao.PageIncome(all, q)
}

func (s *Server) exportIncome(c *gin.Context) error {
	q := query{c: c}
	asked := incomeQuery(&q)
	if err := q.err(); err != nil {
		return err
	}
	ctx, v := c.Request.Context(), viewer(c)
	page, err := s.income(ctx, v, asked)
	if err != nil {
		return err
	}
	if err := s.exported(ctx, "income.export"); err != nil {
		return err
	}
	columns := []string{
		"项目名称", "科技成果", "团队（第一完成人）", "学院或部门", "完成人数", "需求方", "合同类型", "签订日期", "登记编号", "成交额（万元）", "技术交易额（万元）",
		"累计到账（万元）", "所选年度到账（万元）", "未到账（万元）", "最近到账",
	}
	return s.sendFile(c, "xlsx", "收入与分配.xlsx", func(w io.Writer) error {
		return s.opts.Sheets.Table(ctx, w, "收入与分配", columns, func(yield func([]any, error) bool) {
			for _, i := range page.Items {
				row := []any{
					i.Title, i.Achievement, i.Team, i.Unit, i.Makers, i.Buyer, i.TypeLabel, i.SignedOn, i.Registration, jiqiao.Fen(i.Total), jiqiao.Fen(i.Trade),
					jiqiao.Fen(i.Received), jiqiao.Fen(i.InYear), jiqiao.Fen(i.Open), i.LastOn,
				}
				if !yield(row, nil) {
					return
				}
			}
		})
	})
}
