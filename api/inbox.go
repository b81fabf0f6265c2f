package api

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Inbox keeps what people were told, and how they want to be told.
type Inbox interface {
	Inbox(ctx context.Context, q jiqiao.MessageQuery) (jiqiao.MessagePage, error)
	CountInbox(ctx context.Context, user string) (jiqiao.InboxCount, error)
	// MarkMessages passes over ids that are not the user's; MarkInbox marks all, or one topic's; MarkAbout what is about
	// one thing.
	MarkMessages(ctx context.Context, user string, ids []string, mark jiqiao.InboxMark) (int, error)
	MarkInbox(ctx context.Context, user string, topic jiqiao.NoticeTopic, mark jiqiao.InboxMark) (int, error)
	MarkAbout(ctx context.Context, user string, object jiqiao.Ref, mark jiqiao.InboxMark) (int, error)
	MessageFeedback(ctx context.Context, user, id, feedback string) error
	Preferences(ctx context.Context, user string) (jiqiao.NoticePreferences, error)
	// PutPreferences is CodeConflict for a version that is no longer the present one.
	PutPreferences(ctx context.Context, user string, p *jiqiao.NoticePreferences) error
}

// messages reads what restricts an inbox.
func (q *query) messages() jiqiao.MessageQuery {
	m := jiqiao.MessageQuery{
		User: viewer(q.c).User, Unread: q.flag("unread"), Archived: q.flag("archived"),
		From: q.moment("from", 0), Until: q.moment("until", 24*time.Hour),
	}
	for _, t := range q.list("topics") {
		if !jiqiao.NoticeTopic(t).Valid() {
			q.wrong("topics", "没有这类通知，请重新选择")
		}
		m.Topics = append(m.Topics, jiqiao.NoticeTopic(t))
	}
	return m
}

func (s *Server) listInbox(c *gin.Context) error {
	q := query{c: c}
	mq := q.messages()
	mq.Limit, mq.Cursor = q.number("limit", 1, jiqiao.MaxPageSize), q.text("cursor")
	if err := q.err(); err != nil {
		return err
	}
	page, err := s.opts.Inbox.Inbox(c.Request.Context(), mq)
	if err != nil {
		return err
	}
	return answer(c, page)
}

func (s *Server) countInbox(c *gin.Context) error {
	count, err := s.opts.Inbox.CountInbox(c.Request.Context(), viewer(c).User)
	if err != nil {
		return err
	}
	return answer(c, count)
}

// markInput is the body of POST /inbox/mark: some messages, or what is about one thing, or all of a topic, or all.
type markInput struct {
	Mark   jiqiao.InboxMark   `json:"mark"`
	IDs    []string           `json:"ids"`
	Object *jiqiao.Ref        `json:"object"`
	All    bool               `json:"all"`
	Topic  jiqiao.NoticeTopic `json:"topic"`
}

// maxMarked bounds the messages that one request names.
const maxMarked = 200

func (in markInput) validate() error {
	var wrong []jiqiao.FieldError
	add := func(field, message string) { wrong = append(wrong, jiqiao.FieldError{Field: field, Message: message}) }
	if !slices.Contains([]jiqiao.InboxMark{jiqiao.MarkRead, jiqiao.MarkUnread, jiqiao.MarkArchived, jiqiao.MarkRestored}, in.Mark) {
		add("mark", "应为 read（已读）、unread（未读）、archived（归档）或 restored（移出归档）")
	}
	ways := 0
	for _, given := range []bool{len(in.IDs) > 0, in.Object != nil, in.All} {
		if given {
			ways++
		}
	}
	if ways != 1 || len(in.IDs) > maxMarked {
		add("ids", "请给出 1～200 条消息，或以 object 指明是关于什么的，或以 all 表示全部")
	}
	if in.Object != nil && (in.Object.Type == "" || in.Object.ID == "") {
		add("object", "请给出对象的种类和编号")
	}
	if in.Topic != "" && !in.Topic.Valid() {
		add("topic", "没有这类通知，请重新选择")
	}
	return jiqiao.Invalid(wrong)
}

func (s *Server) markInbox(c *gin.Context) error {
	var in markInput
	if err := decode(c, &in); err != nil {
		return err
	}
	if err := in.validate(); err != nil {
		return err
	}
	var (
		ctx, user = c.Request.Context(), viewer(c).User
		changed   int
		err       error
	)
	switch {
	case in.All:
		changed, err = s.opts.Inbox.MarkInbox(ctx, user, in.Topic, in.Mark)
	case in.Object != nil:
		changed, err = s.opts.Inbox.MarkAbout(ctx, user, *in.Object, in.Mark)
	default:
		changed, err = s.opts.Inbox.MarkMessages(ctx, user, in.IDs, in.Mark)
	}
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, map[string]int{"changed": changed})
}

func (s *Server) messageFeedback(c *gin.Context) error {
	var in struct {
		Feedback string `json:"feedback"`
	}
	if err := decode(c, &in); err != nil {
		return err
	}
	if in.Feedback != "" && in.Feedback != jiqiao.FeedbackIrrelevant {
		return jiqiao.Invalid([]jiqiao.FieldError{{Field: "feedback", Message: "应为 irrelevant（不相关），或留空以取消"}})
	}
	if err := s.opts.Inbox.MessageFeedback(c.Request.Context(), viewer(c).User, c.Param("id"), in.Feedback); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

var inboxColumns = []string{"时间", "类别", "标题", "正文", "紧急", "阅读时间", "反馈"}

func (s *Server) exportInbox(c *gin.Context) error {
	q := query{c: c}
	mq := q.messages()
	if err := q.err(); err != nil {
		return err
	}
	ctx := c.Request.Context()
	rows := sheetRows(func(cursor string) ([]jiqiao.Message, string, error) {
		mq.Limit, mq.Cursor = jiqiao.MaxPageSize, cursor
		page, err := s.opts.Inbox.Inbox(ctx, mq)
		return page.Items, page.Next, err
	}, func(m jiqiao.Message) []any {
		return []any{m.CreatedAt, m.Topic.Label(), m.Title, m.Body, m.Urgent, moment(m.ReadAt), feedbackLabel(m.Feedback)}
	})
	return s.sendFile(c, "xlsx", "消息.xlsx", func(w io.Writer) error {
		return s.opts.Sheets.Table(ctx, w, "消息", inboxColumns, rows)
	})
}

// moment is a time as a cell, empty for none.
func moment(t *time.Time) any {
	if t == nil {
		return nil
	}
	return *t
}

func feedbackLabel(f string) string {
	if f == jiqiao.FeedbackIrrelevant {
		return "不相关"
	}
	return ""
}

func (s *Server) getPreferences(c *gin.Context) error {
	p, err := s.opts.Inbox.Preferences(c.Request.Context(), viewer(c).User)
	if err != nil {
		return err
	}
	return answer(c, p)
}

func (s *Server) putPreferences(c *gin.Context) error {
	var p jiqiao.NoticePreferences
	if err := decode(c, &p); err != nil {
		return err
	}
	if err := p.Validate(); err != nil {
		return err
	}
	if err := s.opts.Inbox.PutPreferences(c.Request.Context(), viewer(c).User, &p); err != nil {
		return err
	}
	return send(c, http.StatusOK, p)
}

// Subscriptions keeps what people wait for.
type Subscriptions interface {
	Subscriptions(ctx context.Context, user string) ([]jiqiao.Subscription, error)
	// Subscription and DeleteSubscription are CodeNotFound for anybody else's.
	Subscription(ctx context.Context, user, id string) (jiqiao.Subscription, error)
	PutSubscription(ctx context.Context, sub *jiqiao.Subscription) error
	DeleteSubscription(ctx context.Context, user, id string) error
}

func (s *Server) listSubscriptions(c *gin.Context) error {
	found, err := s.opts.Subscriptions.Subscriptions(c.Request.Context(), viewer(c).User)
	if err != nil {
		return err
	}
	if found == nil {
		found = []jiqiao.Subscription{}
	}
	return answer(c, map[string]any{"total": len(found), "items": found})
}

func (s *Server) getSubscription(c *gin.Context) error {
	sub, err := s.opts.Subscriptions.Subscription(c.Request.Context(), viewer(c).User, c.Param("id"))
	if err != nil {
		return err
	}
	return answer(c, sub)
}

// subscriptionInput is what a person says of a subscription.
type subscriptionInput struct {
	Version int64                   `json:"version"`
	Kind    jiqiao.SubscriptionKind `json:"kind"`
	Name    string                  `json:"name"`
	Side    jiqiao.Kind             `json:"side"`
	Text    string                  `json:"text"`
	Filter  jiqiao.Filter           `json:"filter"`
	Active  *bool                   `json:"active"`
}

// putSubscription makes one, or changes the one in the path.
func (s *Server) putSubscription(c *gin.Context) error {
	var in subscriptionInput
	if err := decode(c, &in); err != nil {
		return err
	}
	sub := jiqiao.Subscription{
		ID: c.Param("id"), Version: in.Version, User: viewer(c).User, Kind: in.Kind, Name: strings.TrimSpace(in.Name),
		Side: in.Side, Text: in.Text, Filter: in.Filter, Active: in.Active == nil || *in.Active,
	}
	sub.Normalise()
	if err := sub.Validate(); err != nil {
		return err
	}
	if err := s.opts.Subscriptions.PutSubscription(c.Request.Context(), &sub); err != nil {
		return err
	}
	if c.Param("id") == "" {
		c.Header("Location", c.Request.URL.Path+"/"+sub.ID)
		return send(c, http.StatusCreated, sub)
	}
	return send(c, http.StatusOK, sub)
}

func (s *Server) deleteSubscription(c *gin.Context) error {
	if err := s.opts.Subscriptions.DeleteSubscription(c.Request.Context(), viewer(c).User, c.Param("id")); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}
