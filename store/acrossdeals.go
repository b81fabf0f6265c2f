package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"jiqiao"
)

// rowOrder is how a list across deals is sorted: by the expression and then by id, both in one direction.
type rowOrder struct {
	by     string // an expression, empty for the id alone
	id     string // the qualified column of the id
	prefix string // of the ids
	down   bool
	number bool
}

func (o rowOrder) clause() string {
	way := ""
	if o.down {
		way = " DESC"
	}
	if o.by == "" {
		return ` ORDER BY ` + o.id + way
	}
	return ` ORDER BY ` + o.by + way + `, ` + o.id + way
}

// after is the condition for what follows the cursor, VALUE~ID.
func (o rowOrder) after(cursor string) (where string, args []any, err error) {
	if cursor == "" {
		return "", nil, nil
	}
	at := strings.LastIndexByte(cursor, '~')
	value, id := cursor[:max(at, 0)], cursor[at+1:]
	if at < 0 || !hasShape(id, o.prefix) {
		return "", nil, badCursor()
	}
	op := ">"
	if o.down {
		op = "<"
	}
	if o.by == "" {
		return ` AND ` + o.id + ` ` + op + ` ?`, []any{id}, nil
	}
	var typed any = clean(value)
	if o.number {
		if typed, err = strconv.ParseInt(value, 10, 64); err != nil {
			return "", nil, badCursor()
		}
	}
	return ` AND (` + o.by + `, ` + o.id + `) ` + op + ` (?, ?)`, []any{typed, id}, nil
}

// within is what the scope and the region hold.
func within(scope jiqiao.DealScope, region string) *conditions {
	c := &conditions{}
	where, args := dealScope(scope)
	c.and(where, args...)
	if region != "" {
		where, args = dealRegion(region)
		c.and(where, args...)
	}
	return c
}

func (c *conditions) equal(column, value string) {
	if value != "" {
		c.and(column+` = ?`, clean(value))
	}
}

// contain wants the text in the deal's words, or in the column, which is kept as it was written.
func (c *conditions) contain(text, column string) {
	like := containing(text)
	switch {
	case like == "":
	case column == "":
		c.and(`d.words LIKE ? ESCAPE '\'`, like)
	default:
		c.and(`(d.words LIKE ? ESCAPE '\' OR replace(lower(`+column+`), ' ', '') LIKE ? ESCAPE '\')`, like, like)
	}
}

// dealHead reads what lists say of a deal from its body.
func dealHead(body []byte) (jiqiao.DealHead, error) {
	var d jiqiao.Deal
	if err := json.Unmarshal(body, &d); err != nil {
		return jiqiao.DealHead{}, fmt.Errorf("decode a deal: %w", err)
	}
	return jiqiao.HeadOf(d), nil
}

// DealTasks returns a page of the tasks that q finds across deals, with the number of all.
func (s *Store) DealTasks(ctx context.Context, q jiqiao.TaskQuery) (jiqiao.TaskPage, error) {
	q.Limit = pageSize(q.Limit)
	page := jiqiao.TaskPage{Items: []jiqiao.TaskItem{}}
	c := taskFilter(q)
	const from = ` FROM deal_tasks t JOIN deals d ON d.id = t.deal_id WHERE `
	if err := s.reader().row(ctx, `SELECT count(*)`+from+c.String(), c.args, &page.Total); err != nil {
		return page, wrap("count tasks", err)
	}
	order := rowOrder{id: "t.id", prefix: dealTaskPrefix, by: `CASE WHEN t.due = '' THEN '` + noDue + `' ELSE t.due END`}
	if q.Sort == jiqiao.TaskSortNewest {
		order.by, order.down = "", true
	}
	more, args, err := order.after(q.Cursor)
	if err != nil {
		return page, err
	}
	err = s.reader().each(ctx, `SELECT t.id, t.deal_id, t.title, t.due, t.assignee, t.done_at, t.created_by, t.created_at, d.body,
			coalesce((SELECT u.name FROM users u WHERE u.id = t.assignee), '')`+from+c.String()+more+order.clause()+` LIMIT ?`,
		append(append(c.args, args...), q.Limit+1), func(scan func(...any) error) error {
			item, err := scanTask(scan)
			page.Items = append(page.Items, item)
			return err
		})
	if err != nil {
		return page, wrap("list tasks", err)
	}
	if len(page.Items) > q.Limit {
		page.Items = page.Items[:q.Limit]
		last := page.Items[q.Limit-1]
		page.Next = cmpDue(last.Due) + "~" + last.ID
	}
	return page, nil
}

func cmpDue(d jiqiao.Date) string {
	if d == "" {
		return noDue
	}
	return string(d)
}

func scanTask(scan func(...any) error) (item jiqiao.TaskItem, err error) {
	var (
		at   int64
		done *int64
		body []byte
	)
	err = scan(&item.ID, &item.DealID, &item.Title, &item.Due, &item.Assignee, &done, &item.CreatedBy, &at, &body, &item.AssigneeName)
	if err != nil {
		return item, err
	}
	item.CreatedAt, item.DoneAt = fromMicros(at), fromMicrosOrNil(done)
	item.Deal, err = dealHead(body)
	return item, err
}

func taskFilter(q jiqiao.TaskQuery) *conditions {
	c := within(q.Scope, q.Region)
	switch q.State {
	case jiqiao.TaskOpen:
		c.and(`t.done_at IS NULL AND d.state <> 'ended'`)
	case jiqiao.TaskDone:
		c.and(`t.done_at IS NOT NULL`)
	}
	c.equal(`d.broker`, q.Broker)
	c.equal(`t.assignee`, q.Assignee)
	c.contain(q.Text, `t.title`)
	if q.DueFrom != "" || q.DueUntil != "" {
		c.and(`t.due <> '' AND t.due >= ?`, clean(string(q.DueFrom)))
	}
	if q.DueUntil != "" {
		c.and(`t.due <= ?`, clean(string(q.DueUntil)))
	}
	return c
}

// moneyOrder sorts sums by day or time, or by amount; newest is the column of the first.
func moneyOrder(sort jiqiao.MoneySort, newest, amount, id, prefix string) rowOrder {
	switch sort {
	case jiqiao.MoneySortOldest:
		return rowOrder{by: newest, id: id, prefix: prefix}
	case jiqiao.MoneySortAmount:
		return rowOrder{by: amount, id: id, prefix: prefix, down: true, number: true}
	}
	return rowOrder{by: newest, id: id, prefix: prefix, down: true}
}

// Payments returns a page of the payments that q finds across deals, with the number and the sum of all.
func (s *Store) Payments(ctx context.Context, q jiqiao.PaymentQuery) (jiqiao.PaymentPage, error) {
	q.Limit = pageSize(q.Limit)
	page := jiqiao.PaymentPage{Items: []jiqiao.PaymentItem{}}
	c := paymentFilter(q)
	const from = ` FROM payments p JOIN deals d ON d.id = p.deal_id WHERE `
	err := s.reader().row(ctx, `SELECT count(*), CAST(coalesce(sum(p.amount), 0) AS BIGINT)`+from+c.String(), c.args, &page.Total, &page.Amount)
	if err != nil {
		return page, wrap("count payments", err)
	}
	order := moneyOrder(q.Sort, "p.received_on", "p.amount", "p.id", paymentPrefix)
	more, args, err := order.after(q.Cursor)
	if err != nil {
		return page, err
	}
	err = s.reader().each(ctx, `SELECT p.id, p.deal_id, p.amount, p.received_on, p.voucher, p.kind, p.attachment, p.reverses, p.reversed,
			p.note, p.created_by, p.created_at, d.body`+from+c.String()+more+order.clause()+` LIMIT ?`,
		append(append(c.args, args...), q.Limit+1), func(scan func(...any) error) error {
			var (
				item     jiqiao.PaymentItem
				p        = &item.Payment
				reversed int
				at       int64
				body     []byte
			)
			err := scan(&p.ID, &p.DealID, &p.Amount, &p.ReceivedOn, &p.Voucher, &p.Kind, &p.Attachment, &p.Reverses, &reversed, &p.Note,
				&p.By, &at, &body)
			if err != nil {
				return err
			}
			p.Reversed, p.CreatedAt = reversed != 0, fromMicros(at)
			item.Deal, err = dealHead(body)
			page.Items = append(page.Items, item)
			return err
		})
	if err != nil {
		return page, wrap("list payments", err)
	}
	if len(page.Items) > q.Limit {
		page.Items = page.Items[:q.Limit]
		last := page.Items[q.Limit-1]
		page.Next = moneyCursor(q.Sort, string(last.ReceivedOn), last.Amount, last.ID)
	}
	return page, nil
}

func moneyCursor(sort jiqiao.MoneySort, newest string, amount int64, id string) string {
	if sort == jiqiao.MoneySortAmount {
		newest = strconv.FormatInt(amount, 10)
	}
	return newest + "~" + id
}

func paymentFilter(q jiqiao.PaymentQuery) *conditions {
	c := within(q.Scope, q.Region)
	c.equal(`p.kind`, q.Kind)
	c.contain(q.Text, `p.voucher`)
	if q.From != "" {
		c.and(`p.received_on >= ?`, clean(string(q.From)))
	}
	if q.Until != "" {
		c.and(`p.received_on <= ?`, clean(string(q.Until)))
	}
	if q.Valid {
		c.and(`p.reverses = '' AND p.reversed = 0`)
	}
	return c
}

// SubsidyList returns a page of the subsidies that q finds across deals, with the number and the sum of all.
func (s *Store) SubsidyList(ctx context.Context, q jiqiao.SubsidyQuery) (jiqiao.SubsidyPage, error) {
	q.Limit = pageSize(q.Limit)
	page := jiqiao.SubsidyPage{Items: []jiqiao.SubsidyItem{}}
	c := subsidyFilter(q)
	const from = ` FROM subsidies s JOIN deals d ON d.id = s.deal_id WHERE `
	err := s.reader().row(ctx, `SELECT count(*), CAST(coalesce(sum(s.amount), 0) AS BIGINT)`+from+c.String(), c.args, &page.Total, &page.Amount)
	if err != nil {
		return page, wrap("count subsidies", err)
	}
	order := moneyOrder(q.Sort, "", "s.amount", "s.id", subsidyPrefix)
	more, args, err := order.after(q.Cursor)
	if err != nil {
		return page, err
	}
	err = s.reader().each(ctx, `SELECT s.body, d.body`+from+c.String()+more+order.clause()+` LIMIT ?`,
		append(append(c.args, args...), q.Limit+1), func(scan func(...any) error) error {
			item, err := scanSubsidy(scan)
			page.Items = append(page.Items, item)
			return err
		})
	if err != nil {
		return page, wrap("list subsidies", err)
	}
	if len(page.Items) > q.Limit {
		page.Items = page.Items[:q.Limit]
		last := page.Items[q.Limit-1]
		page.Next = moneyCursor(q.Sort, "", last.Amount, last.ID)
	}
	return page, nil
}

func scanSubsidy(scan func(...any) error) (item jiqiao.SubsidyItem, err error) {
	var body, deal []byte
	if err := scan(&body, &deal); err != nil {
		return item, err
	}
	if err := json.Unmarshal(body, &item.Subsidy); err != nil {
		return item, fmt.Errorf("decode a subsidy: %w", err)
	}
	item.Deal, err = dealHead(deal)
	return item, err
}

func subsidyFilter(q jiqiao.SubsidyQuery) *conditions {
	c := within(q.Scope, q.Region)
	c.equal(`s.state`, string(q.State))
	c.equal(`s.organisation_id`, q.Organisation)
	c.contain(q.Text, "")
	if q.Year != 0 {
		c.and(`s.year = ?`, q.Year)
	}
	return c
}

// SubsidyYears sums up by organisation what subsidies of the year within the scope come to, beside the caps of their policies.
func (s *Store) SubsidyYears(ctx context.Context, scope jiqiao.DealScope, year int) ([]jiqiao.SubsidyYear, error) {
	policies, err := s.SubsidyPolicies(ctx)
	if err != nil {
		return nil, err
	}
	where, args := dealScope(scope)
	all, err := s.reader().subsidies(ctx, `year = ? AND deal_id IN (SELECT id FROM deals WHERE `+where+`) ORDER BY id`,
		append([]any{year}, args...)...)
	return jiqiao.SubsidyYears(all, policies), wrap("sum up subsidies", err)
}
