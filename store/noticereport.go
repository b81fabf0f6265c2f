package store

import (
	"context"
	"time"

	"jiqiao"
)

// answeredBy holds for a message i of notice n when its recipient, or a colleague, did something about the notice's object
// after it came. What is done leaves a row in the audit.
const answeredBy = `n.object_id <> '' AND EXISTS (SELECT 1 FROM audit a WHERE a.object_type = n.object_type AND a.object_id = n.object_id
	AND a.at > i.created_at AND (a.user_id = i.user_id OR i.organisation <> '' AND a.organisation = i.organisation))`

// NoticeFigures counts, by template and channel, what became of the notices of a period. Label is left empty.
func (s *Store) NoticeFigures(ctx context.Context, from, until time.Time) ([]jiqiao.NoticeFigures, error) {
	var found []jiqiao.NoticeFigures
	where, args := andTimes(`1 = 1`, []any{micros(s.clock().Add(-jiqiao.IgnoredAfter))}, "i.created_at", from, until)
	err := s.reader().each(ctx, `
		SELECT template, count(*), sum(has_read), sum(answered), sum(CASE WHEN has_read = 0 AND answered = 0 THEN old ELSE 0 END), sum(irrelevant) FROM (
			SELECT i.template AS template, CASE WHEN i.read_at IS NULL THEN 0 ELSE 1 END AS has_read,
				CASE WHEN `+answeredBy+` THEN 1 ELSE 0 END AS answered, CASE WHEN i.created_at < ? THEN 1 ELSE 0 END AS old,
				CASE WHEN i.feedback = 'irrelevant' THEN 1 ELSE 0 END AS irrelevant
			FROM inbox i JOIN notices n ON n.id = i.notice_id WHERE `+where+`) told GROUP BY template ORDER BY template`,
		args, func(scan func(...any) error) error {
			f := jiqiao.NoticeFigures{Channel: jiqiao.ChannelInbox}
			err := scan(&f.Template, &f.Sent, &f.Read, &f.Answered, &f.Ignored, &f.Irrelevant)
			found = append(found, f)
			return err
		})
	if err != nil {
		return nil, wrap("count what was told", err)
	}
	where, args = andTimes(`1 = 1`, nil, "created_at", from, until)
	err = s.reader().each(ctx, `
		SELECT template, kind, sum(CASE WHEN state = 'sent' THEN 1 ELSE 0 END), sum(CASE WHEN state IN ('waiting', 'sending') THEN 1 ELSE 0 END),
			sum(CASE WHEN state = 'dead' THEN 1 ELSE 0 END), sum(CASE WHEN state = 'cancelled' THEN 1 ELSE 0 END)
		FROM deliveries WHERE `+where+` GROUP BY template, kind ORDER BY template, kind`, args, func(scan func(...any) error) error {
		var f jiqiao.NoticeFigures
		err := scan(&f.Template, &f.Channel, &f.Sent, &f.Waiting, &f.Failed, &f.Cancelled)
		found = append(found, f)
		return err
	})
	return found, wrap("count what was sent", err)
}

// Receipts returns a page of the lines behind the figures of the inbox.
func (s *Store) Receipts(ctx context.Context, q jiqiao.ReceiptQuery) (jiqiao.ReceiptPage, error) {
	if err := goodCursor(q.Cursor, inboxPrefix); err != nil {
		return jiqiao.ReceiptPage{}, err
	}
	q.Limit = pageSize(q.Limit)
	old := micros(s.clock().Add(-jiqiao.IgnoredAfter))
	where, args := receiptFilter(q, old)
	page := jiqiao.ReceiptPage{Items: []jiqiao.Receipt{}}
	err := s.reader().row(ctx, `SELECT count(*) FROM inbox i JOIN notices n ON n.id = i.notice_id WHERE `+where, args, &page.Total)
	if err != nil {
		return page, wrap("count receipts", err)
	}
	if q.Cursor != "" {
		where, args = where+` AND i.id < ?`, append(args, q.Cursor)
	}
	err = s.reader().each(ctx, `SELECT i.id, i.template, i.user_id, i.organisation, n.object_type, n.object_id, i.feedback, i.created_at, i.read_at,
		CASE WHEN `+answeredBy+` THEN 1 ELSE 0 END FROM inbox i JOIN notices n ON n.id = i.notice_id WHERE `+where+` ORDER BY i.id DESC LIMIT ?`,
		append(args, q.Limit+1), func(scan func(...any) error) error {
			var (
				r                 jiqiao.Receipt
				created, answered int64
				read              *int64
			)
			err := scan(&r.ID, &r.Template, &r.User, &r.Organisation, &r.Object.Type, &r.Object.ID, &r.Feedback, &created, &read, &answered)
			r.CreatedAt, r.ReadAt, r.Answered = fromMicros(created), fromMicrosOrNil(read), answered != 0
			r.Ignored = read == nil && !r.Answered && created < old
			page.Items = append(page.Items, r)
			return err
		})
	if err != nil {
		return jiqiao.ReceiptPage{}, wrap("list receipts", err)
	}
	if len(page.Items) > q.Limit {
		page.Items = page.Items[:q.Limit]
		page.Next = page.Items[q.Limit-1].ID
	}
	return page, nil
}

func receiptFilter(q jiqiao.ReceiptQuery, old int64) (where string, args []any) {
	where = `1 = 1`
	if q.Template != "" {
		where, args = where+` AND i.template = ?`, append(args, clean(q.Template))
	}
	switch q.Outcome {
	case jiqiao.OutcomeRead:
		where += ` AND i.read_at IS NOT NULL`
	case jiqiao.OutcomeUnread:
		where += ` AND i.read_at IS NULL`
	case jiqiao.OutcomeAnswered:
		where += ` AND ` + answeredBy
	case jiqiao.OutcomeIgnored:
		where, args = where+` AND i.read_at IS NULL AND i.created_at < ? AND NOT (`+answeredBy+`)`, append(args, old)
	case jiqiao.OutcomeIrrelevant:
		where += ` AND i.feedback = 'irrelevant'`
	}
	return andTimes(where, args, "i.created_at", q.From, q.Until)
}
