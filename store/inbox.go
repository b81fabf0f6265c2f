package store

import (
	"context"
	"time"

	"jiqiao"
)

const messageLabel = "这条消息"

// Inbox returns a page of a person's inbox.
func (s *Store) Inbox(ctx context.Context, q jiqiao.MessageQuery) (jiqiao.MessagePage, error) {
	if err := goodCursor(q.Cursor, inboxPrefix); err != nil {
		return jiqiao.MessagePage{}, err
	}
	q.Limit = pageSize(q.Limit)
	where, args := messageFilter(q)
	page := jiqiao.MessagePage{Items: []jiqiao.Message{}}
	if err := s.reader().row(ctx, `SELECT count(*) FROM inbox i WHERE `+where, args, &page.Total); err != nil {
		return jiqiao.MessagePage{}, wrap("count messages", err)
	}
	if q.Cursor != "" {
		where, args = where+` AND i.id < ?`, append(args, q.Cursor)
	}
	found, err := s.messages(ctx, where+` ORDER BY i.id DESC LIMIT ?`, append(args, q.Limit+1)...)
	if err != nil {
		return jiqiao.MessagePage{}, wrap("list messages", err)
	}
	if len(found) > q.Limit {
		found = found[:q.Limit]
		page.Next = found[q.Limit-1].ID
	}
	page.Items = append(page.Items, found...)
	return page, nil
}

func messageFilter(q jiqiao.MessageQuery) (where string, args []any) {
	where, args = `i.user_id = ?`, []any{clean(q.User)}
	if q.Archived {
		where += ` AND i.archived_at IS NOT NULL`
	} else {
		where += ` AND i.archived_at IS NULL`
	}
	if q.Unread {
		where += ` AND i.read_at IS NULL`
	}
	where, args = andTopics(where, args, q.Topics)
	return andTimes(where, args, "i.created_at", q.From, q.Until)
}

// andTopics restricts to topics.
func andTopics(where string, args []any, topics []jiqiao.NoticeTopic) (string, []any) {
	if len(topics) == 0 {
		return where, args
	}
	list := make([]any, len(topics))
	for i, t := range topics {
		list[i] = clean(string(t))
	}
	list = padded(list)
	return where + ` AND i.topic IN (` + marks(len(list)) + `)`, append(args, list...)
}

func andTimes(where string, args []any, column string, from, until time.Time) (string, []any) {
	if !from.IsZero() {
		where, args = where+` AND `+column+` >= ?`, append(args, micros(from))
	}
	if !until.IsZero() {
		where, args = where+` AND `+column+` < ?`, append(args, micros(until))
	}
	return where, args
}

func (s *Store) messages(ctx context.Context, where string, args ...any) ([]jiqiao.Message, error) {
	var found []jiqiao.Message
	query := `SELECT i.id, i.topic, i.template, n.title, n.body, n.object_type, n.object_id, n.urgent, i.feedback, i.created_at, i.read_at, i.archived_at
		FROM inbox i JOIN notices n ON n.id = i.notice_id WHERE ` + where
	err := s.reader().each(ctx, query, args, func(scan func(...any) error) error {
		var (
			m               jiqiao.Message
			urgent, created int64
			read, archived  *int64
		)
		err := scan(&m.ID, &m.Topic, &m.Template, &m.Title, &m.Body, &m.Object.Type, &m.Object.ID, &urgent, &m.Feedback, &created, &read, &archived)
		if err != nil {
			return err
		}
		m.Urgent, m.CreatedAt = urgent != 0, fromMicros(created)
		m.ReadAt, m.ArchivedAt = fromMicrosOrNil(read), fromMicrosOrNil(archived)
		found = append(found, m)
		return nil
	})
	return found, err
}

// CountInbox says how much of a person's inbox is unread.
func (s *Store) CountInbox(ctx context.Context, user string) (jiqiao.InboxCount, error) {
	count := jiqiao.InboxCount{Topics: map[jiqiao.NoticeTopic]int{}}
	err := s.reader().each(ctx, `SELECT topic, count(*) FROM inbox WHERE user_id = ? AND read_at IS NULL AND archived_at IS NULL GROUP BY topic`,
		[]any{clean(user)}, func(scan func(...any) error) error {
			var (
				topic jiqiao.NoticeTopic
				n     int
			)
			if err := scan(&topic, &n); err != nil {
				return err
			}
			count.Topics[topic] = n
			count.Unread += n
			return nil
		})
	return count, wrap("count the inbox", err)
}

// markStatements say what each mark does; all are without effect where it was done before.
var markStatements = map[jiqiao.InboxMark]string{
	jiqiao.MarkRead:     `UPDATE inbox SET read_at = ? WHERE read_at IS NULL`,
	jiqiao.MarkUnread:   `UPDATE inbox SET read_at = NULL WHERE CAST(? AS BIGINT) > 0 AND read_at IS NOT NULL`,
	jiqiao.MarkArchived: `UPDATE inbox SET archived_at = ? WHERE archived_at IS NULL`,
	jiqiao.MarkRestored: `UPDATE inbox SET archived_at = NULL WHERE CAST(? AS BIGINT) > 0 AND archived_at IS NOT NULL`,
}

// MarkMessages marks up to 512 messages of a person and says how many changed. Ids that are not the person's are passed over.
func (s *Store) MarkMessages(ctx context.Context, user string, ids []string, mark jiqiao.InboxMark) (int, error) {
	var args []any
	for _, id := range ids[:min(len(ids), maxArgs)] {
		if hasShape(id, inboxPrefix) {
			args = append(args, id)
		}
	}
	if len(args) == 0 {
		return 0, nil
	}
	args = padded(args)
	return s.mark(ctx, user, mark, ` AND id IN (`+marks(len(args))+`)`, args...)
}

// MarkInbox marks everything in a person's inbox, of one topic when it is named.
func (s *Store) MarkInbox(ctx context.Context, user string, topic jiqiao.NoticeTopic, mark jiqiao.InboxMark) (int, error) {
	if topic == "" {
		return s.mark(ctx, user, mark, ` AND archived_at IS NULL`)
	}
	return s.mark(ctx, user, mark, ` AND archived_at IS NULL AND topic = ?`, clean(string(topic)))
}

// MarkAbout marks everything in a person's inbox that is about one thing.
func (s *Store) MarkAbout(ctx context.Context, user string, object jiqiao.Ref, mark jiqiao.InboxMark) (int, error) {
	return s.mark(ctx, user, mark, ` AND archived_at IS NULL
		AND EXISTS (SELECT 1 FROM notices n WHERE n.id = inbox.notice_id AND n.object_type = ? AND n.object_id = ?)`,
		clean(object.Type), clean(object.ID))
}

func (s *Store) mark(ctx context.Context, user string, mark jiqiao.InboxMark, where string, args ...any) (int, error) {
	var changed int64
	err := s.tx(ctx, "mark messages", func(t *tx) (err error) {
		changed, err = t.exec(ctx, markStatements[mark]+` AND user_id = ?`+where, append([]any{micros(t.now), clean(user)}, args...)...)
		if changed > 0 {
			t.tell(jiqiao.Event{Topic: "inbox", Users: []string{user}})
		}
		return err
	})
	return int(changed), err
}

// MessageFeedback keeps what a person says of a message; it counts as read from then on.
func (s *Store) MessageFeedback(ctx context.Context, user, id, feedback string) error {
	if !hasShape(id, inboxPrefix) {
		return notFound(messageLabel)
	}
	return s.tx(ctx, "keep what was said of a message", func(t *tx) error {
		n, err := t.exec(ctx, `UPDATE inbox SET feedback = ?, read_at = coalesce(read_at, ?) WHERE id = ? AND user_id = ?`,
			clean(feedback), micros(t.now), id, clean(user))
		if err == nil && n == 0 {
			return notFound(messageLabel)
		}
		return err
	})
}
