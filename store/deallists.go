package store

import (
	"context"
	"strconv"
	"strings"

	"jiqiao"
)

// DealDetail returns the deal with all that belongs to it, in a fixed number of statements.
func (s *Store) DealDetail(ctx context.Context, id string) (jiqiao.DealDetail, error) {
	var detail jiqiao.DealDetail
	d, err := s.Deal(ctx, id)
	if err != nil {
		return detail, err
	}
	detail.Deal = d
	q := s.reader()
	for _, read := range []func() error{
		func() (err error) { detail.Events, err = q.dealEvents(ctx, id); return err },
		func() (err error) { detail.Tasks, err = q.dealTasks(ctx, id); return err },
		func() (err error) { detail.Notes, err = q.dealNotes(ctx, id); return err },
		func() (err error) { detail.Contract, err = q.contractOf(ctx, id); return err },
		func() (err error) { detail.Payments, err = q.payments(ctx, id); return err },
		func() (err error) {
			detail.Subsidies, err = q.subsidies(ctx, `deal_id = ? ORDER BY id`, id)
			return err
		},
	} {
		if err := read(); err != nil {
			return jiqiao.DealDetail{}, wrap("read a deal", err)
		}
	}
	return detail, nil
}

func (s session) dealEvents(ctx context.Context, id string) ([]jiqiao.DealEvent, error) {
	found := []jiqiao.DealEvent{}
	err := s.each(ctx, `SELECT id, act, from_stage, to_stage, seconds, reason, note, user_id, at FROM deal_events WHERE deal_id = ? ORDER BY id`,
		[]any{id}, func(scan func(...any) error) error {
			var (
				e  jiqiao.DealEvent
				at int64
			)
			if err := scan(&e.ID, &e.Act, &e.From, &e.To, &e.Seconds, &e.Reason, &e.Note, &e.User, &at); err != nil {
				return err
			}
			e.At = fromMicros(at)
			found = append(found, e)
			return nil
		})
	return found, err
}

// dealOrder is how a list is sorted: by a column and then by id, both in one direction.
type dealOrder struct {
	column string
	down   bool
	number bool // the column holds a number
}

func dealOrderOf(sort jiqiao.DealSort) dealOrder {
	switch sort {
	case jiqiao.DealSortOldest:
		return dealOrder{}
	case jiqiao.DealSortAmount:
		return dealOrder{column: "amount", down: true, number: true}
	case jiqiao.DealSortDue:
		return dealOrder{column: "next_due"}
	case jiqiao.DealSortStage:
		return dealOrder{column: "stage_since", number: true}
	default:
		return dealOrder{down: true}
	}
}

// after is the condition for what follows the cursor: an id, with a column's value before it where there is one.
func (o dealOrder) after(cursor string) (where string, args []any, err error) {
	value, id := "", cursor
	if o.column != "" {
		at := strings.LastIndexByte(cursor, '~')
		value, id = cursor[:max(at, 0)], cursor[at+1:]
	}
	var typed any = clean(value)
	if o.number {
		if typed, err = strconv.ParseInt(value, 10, 64); err != nil {
			return "", nil, badCursor()
		}
	}
	if !hasShape(id, dealPrefix) {
		return "", nil, badCursor()
	}
	op := ">"
	if o.down {
		op = "<"
	}
	if o.column == "" {
		return ` AND id ` + op + ` ?`, []any{id}, nil
	}
	return ` AND (` + o.column + `, id) ` + op + ` (?, ?)`, []any{typed, id}, nil
}

func (o dealOrder) cursor(d jiqiao.Deal) string {
	switch o.column {
	case "amount":
		amount := d.Total
		if amount == 0 {
			amount = d.Expected
		}
		return strconv.FormatInt(amount, 10) + "~" + d.ID
	case "next_due":
		due := string(d.NextDue)
		if due == "" {
			due = noDue
		}
		return due + "~" + d.ID
	case "stage_since":
		return strconv.FormatInt(micros(d.StageSince), 10) + "~" + d.ID
	}
	return d.ID
}

func (o dealOrder) by() string {
	way := ""
	if o.down {
		way = " DESC"
	}
	if o.column == "" {
		return ` ORDER BY id` + way
	}
	return ` ORDER BY ` + o.column + way + `, id` + way
}

// Deals returns a page of the deals that q finds, with the number of all.
func (s *Store) Deals(ctx context.Context, q jiqiao.DealQuery) (jiqiao.DealPage, error) {
	q.Limit = pageSize(q.Limit)
	page := jiqiao.DealPage{Items: []jiqiao.Deal{}}
	where, args := dealFilter(q)
	if err := s.reader().row(ctx, `SELECT count(*) FROM deals WHERE `+where, args, &page.Total); err != nil {
		return jiqiao.DealPage{}, wrap("count deals", err)
	}
	order := dealOrderOf(q.Sort)
	if q.Cursor != "" {
		more, moreArgs, err := order.after(q.Cursor)
		if err != nil {
			return jiqiao.DealPage{}, err
		}
		where, args = where+more, append(args, moreArgs...)
	}
	found, err := s.reader().deals(ctx, where+order.by()+` LIMIT ?`, append(args, q.Limit+1)...)
	if err != nil {
		return jiqiao.DealPage{}, wrap("list deals", err)
	}
	if len(found) > q.Limit {
		found = found[:q.Limit]
		page.Next = order.cursor(found[q.Limit-1])
	}
	page.Items = append(page.Items, found...)
	return page, nil
}

// DealBoard counts what q finds by stage, and gives the first Limit of each; every stage is there, in order.
func (s *Store) DealBoard(ctx context.Context, q jiqiao.DealQuery, today jiqiao.Date) ([]jiqiao.DealColumn, error) {
	board := make([]jiqiao.DealColumn, len(jiqiao.Stages))
	for i, stage := range jiqiao.Stages {
		board[i] = jiqiao.DealColumn{Stage: stage, Label: stage.Label()}
	}
	where, args := dealFilter(q)
	err := s.reader().each(ctx, `SELECT stage, count(*), CAST(coalesce(sum(amount), 0) AS BIGINT),
			CAST(coalesce(sum(CASE WHEN next_due < ? THEN 1 ELSE 0 END), 0) AS BIGINT)
		FROM deals WHERE `+where+` GROUP BY stage`,
		append([]any{string(today)}, args...), func(scan func(...any) error) error {
			var c jiqiao.DealColumn
			if err := scan(&c.Stage, &c.Count, &c.Amount, &c.Overdue); err != nil {
				return err
			}
			if rank := c.Stage.Rank(); rank > 0 {
				c.Label = c.Stage.Label()
				board[rank-1] = c
			}
			return nil
		})
	if err != nil {
		return nil, wrap("count deals by stage", err)
	}
	if q.Limit == 0 {
		return board, nil
	}
	found, err := s.reader().deals(ctx, `id IN (SELECT id FROM (
			SELECT id, row_number() OVER (PARTITION BY stage ORDER BY stage_since, id) AS place FROM deals WHERE `+where+`
		) AS ranked WHERE place <= ?) ORDER BY stage_since, id`, append(args, q.Limit)...)
	if err != nil {
		return nil, wrap("list deals by stage", err)
	}
	for _, d := range found {
		if rank := d.Stage.Rank(); rank > 0 {
			board[rank-1].Deals = append(board[rank-1].Deals, d)
		}
	}
	return board, nil
}

// dealFilter is the condition for what q finds; a scope that holds nothing finds nothing.
func dealFilter(q jiqiao.DealQuery) (where string, args []any) {
	where, args = dealScope(q.Scope)
	add := func(condition string, values ...any) { where, args = where+` AND `+condition, append(args, values...) }
	for _, part := range []struct{ column, value string }{
		{"stage", string(q.Stage)}, {"state", string(q.State)}, {"broker", q.Broker}, {"need_id", q.Need}, {"achievement_id", q.Achievement},
	} {
		if part.value != "" {
			add(part.column+` = ?`, clean(part.value))
		}
	}
	if q.Organisation != "" {
		add(`(buyer_id = ? OR seller_id = ?)`, clean(q.Organisation), clean(q.Organisation))
	}
	if q.Region != "" {
		condition, values := dealRegion(q.Region)
		add(condition, values...)
	}
	if like := containing(q.Text); like != "" {
		add(`words LIKE ? ESCAPE '\'`, like)
	}
	if q.UnderWay {
		add(`state <> 'ended'`)
	}
	if q.Overdue != "" {
		add(`next_due < ? AND state <> 'ended'`, clean(string(q.Overdue)))
	}
	if q.AmountMin > 0 {
		add(`amount >= ?`, q.AmountMin)
	}
	if q.AmountMax > 0 {
		add(`amount <= ?`, q.AmountMax)
	}
	if !q.From.IsZero() {
		add(`created_at >= ?`, micros(q.From))
	}
	if !q.Until.IsZero() {
		add(`created_at < ?`, micros(q.Until))
	}
	return where, args
}

func dealScope(scope jiqiao.DealScope) (where string, args []any) {
	switch {
	case scope.All:
		return `1 = 1`, nil
	case scope.Region != "":
		return dealRegion(scope.Region)
	case scope.Broker != "":
		return `broker = ?`, []any{clean(scope.Broker)}
	case scope.Organisation != "":
		return `agreed = 1 AND (buyer_id = ? OR seller_id = ?)`, []any{clean(scope.Organisation), clean(scope.Organisation)}
	}
	return `1 = 0`, nil
}

// dealRegion holds a deal when the region holds either side.
func dealRegion(region string) (where string, args []any) {
	like := escapeLike(jiqiao.RegionPrefix(clean(region))) + "%"
	return `(buyer_region LIKE ? ESCAPE '\' OR seller_region LIKE ? ESCAPE '\')`, []any{like, like}
}
