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

// Channels keeps webhooks and bots, secrets included.
type Channels interface {
	Channels(ctx context.Context) ([]jiqiao.Channel, error)
	Channel(ctx context.Context, id string) (jiqiao.Channel, error)
	PutChannel(ctx context.Context, ch *jiqiao.Channel) error
	DeleteChannel(ctx context.Context, id string, version int64) error
}

// Outbox shows what goes out, and what became of it.
type Outbox interface {
	Deliveries(ctx context.Context, q jiqiao.DeliveryQuery) (jiqiao.DeliveryPage, error)
	// ResendDelivery and CancelDelivery are CodeConflict where there is nothing to resend or cancel.
	ResendDelivery(ctx context.Context, id string) (jiqiao.Delivery, error)
	CancelDelivery(ctx context.Context, id string) (jiqiao.Delivery, error)
	NoticeFigures(ctx context.Context, from, until time.Time) ([]jiqiao.NoticeFigures, error)
	Receipts(ctx context.Context, q jiqiao.ReceiptQuery) (jiqiao.ReceiptPage, error)
}

// Notifier is what sends.
type Notifier interface {
	// TestChannel sends one message to the channel at once; an error says why it did not arrive.
	TestChannel(ctx context.Context, ch jiqiao.Channel) error
	// Unsubscribe reads the token of a mail's link: whose mail about which topic it ends. A wrong one is CodeInvalid. With
	// do the mail ends.
	Unsubscribe(ctx context.Context, token string, do bool) (jiqiao.NoticeTopic, error)
	// TemplateLabel names a template in Chinese.
	TemplateLabel(name string) string
}

func (s *Server) listChannels(c *gin.Context) error {
	found, err := s.opts.Channels.Channels(c.Request.Context())
	if err != nil {
		return err
	}
	items := make([]jiqiao.Channel, len(found))
	for i, ch := range found {
		items[i] = shownChannel(ch)
	}
	return answer(c, map[string]any{"total": len(items), "items": items})
}

// shownChannel is a channel as it may leave: without its secrets.
func shownChannel(ch jiqiao.Channel) jiqiao.Channel {
	ch = ch.HideSecrets()
	if ch.Topics == nil {
		ch.Topics = []jiqiao.NoticeTopic{}
	}
	return ch
}

func (s *Server) getChannel(c *gin.Context) error {
	ch, err := s.opts.Channels.Channel(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return answer(c, shownChannel(ch))
}

// channelInput is what an administrator says of a channel. A secret that comes back as it was shown stays what it is.
type channelInput struct {
	Version      int64                `json:"version"`
	Kind         jiqiao.ChannelKind   `json:"kind"`
	Name         string               `json:"name"`
	Address      string               `json:"address"`
	Secret       string               `json:"secret"`
	Organisation string               `json:"organisation"`
	Role         jiqiao.Role          `json:"role"`
	Topics       []jiqiao.NoticeTopic `json:"topics"`
	Active       bool                 `json:"active"`
}

func (s *Server) putChannel(c *gin.Context) error {
	var in channelInput
	if err := decode(c, &in); err != nil {
		return err
	}
	ctx := c.Request.Context()
	ch := jiqiao.Channel{
		ID: c.Param("id"), Version: in.Version, Kind: in.Kind, Name: strings.TrimSpace(in.Name), Address: strings.TrimSpace(in.Address),
		Secret: in.Secret, Organisation: in.Organisation, Role: in.Role, Topics: in.Topics, Active: in.Active,
	}
	if ch.ID != "" {
		old, err := s.opts.Channels.Channel(ctx, ch.ID)
		if err != nil {
			return err
		}
		if jiqiao.Hidden(ch.Address) {
			ch.Address = old.Address
		}
		if jiqiao.Hidden(ch.Secret) {
			ch.Secret = old.Secret
		}
	}
	if err := ch.Validate(); err != nil {
		return err
	}
	if err := s.opts.Channels.PutChannel(ctx, &ch); err != nil {
		return err
	}
	if c.Param("id") == "" {
		c.Header("Location", c.Request.URL.Path+"/"+ch.ID)
		return send(c, http.StatusCreated, shownChannel(ch))
	}
	return send(c, http.StatusOK, shownChannel(ch))
}

func (s *Server) deleteChannel(c *gin.Context) error {
	ctx := c.Request.Context()
	version, err := ifMatch(c, func(ctx context.Context) (int64, error) {
		ch, err := s.opts.Channels.Channel(ctx, c.Param("id"))
		return ch.Version, err
	})
	if err != nil {
		return stale(c, err)
	}
	if err := s.opts.Channels.DeleteChannel(ctx, c.Param("id"), version); err != nil {
		return stale(c, err)
	}
	c.Status(http.StatusNoContent)
	return nil
}

func (s *Server) testChannel(c *gin.Context) error {
	ctx := c.Request.Context()
	ch, err := s.opts.Channels.Channel(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	if err := s.opts.Notifier.TestChannel(ctx, ch); err != nil {
		return err
	}
	// Whoever tests a channel has this machine send to an address of their choice.
	if err := s.opts.Audit(ctx, jiqiao.Act{Name: "channel.test", Object: jiqiao.Ref{Type: "channel", ID: ch.ID}}); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// deliveries reads what restricts the outbox.
func (q *query) deliveries() jiqiao.DeliveryQuery {
	d := jiqiao.DeliveryQuery{
		Kind: jiqiao.ChannelKind(q.text("channel")), Template: q.text("template"), Target: q.text("target"),
		From: q.moment("from", 0), Until: q.moment("until", 24*time.Hour),
	}
	if d.Kind != "" && !slices.Contains(jiqiao.ChannelKinds[:], d.Kind) {
		q.wrong("channel", "没有这种渠道，请重新选择")
	}
	for _, state := range q.list("states") {
		if !slices.Contains(jiqiao.DeliveryStates[:], jiqiao.DeliveryState(state)) {
			q.wrong("states", "应为 waiting、sending、sent、dead 或 cancelled")
		}
		d.States = append(d.States, jiqiao.DeliveryState(state))
	}
	return d
}

func (s *Server) listOutbox(c *gin.Context) error {
	q := query{c: c}
	dq := q.deliveries()
	dq.Limit, dq.Cursor = q.number("limit", 1, jiqiao.MaxPageSize), q.text("cursor")
	if err := q.err(); err != nil {
		return err
	}
	page, err := s.opts.Outbox.Deliveries(c.Request.Context(), dq)
	if err != nil {
		return err
	}
	return answer(c, page)
}

func (s *Server) resendDelivery(c *gin.Context) error {
	d, err := s.opts.Outbox.ResendDelivery(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, d)
}

func (s *Server) cancelDelivery(c *gin.Context) error {
	d, err := s.opts.Outbox.CancelDelivery(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, d)
}

var outboxColumns = []string{"编号", "时间", "渠道", "内容类型", "收件人或渠道", "状态", "尝试次数", "下次发送", "送达时间", "原因"}

func (s *Server) exportOutbox(c *gin.Context) error {
	q := query{c: c}
	dq := q.deliveries()
	if err := q.err(); err != nil {
		return err
	}
	ctx := c.Request.Context()
	if err := s.exported(ctx, "outbox.export"); err != nil {
		return err
	}
	rows := sheetRows(func(cursor string) ([]jiqiao.Delivery, string, error) {
		dq.Limit, dq.Cursor = jiqiao.MaxPageSize, cursor
		page, err := s.opts.Outbox.Deliveries(ctx, dq)
		return page.Items, page.Next, err
	}, func(d jiqiao.Delivery) []any {
		return []any{d.ID, d.CreatedAt, d.Kind.Label(), s.opts.Notifier.TemplateLabel(d.Template), d.Target, d.State.Label(), d.Attempts, d.NextAt, moment(d.SentAt), d.Reason}
	})
	return s.sendFile(c, "xlsx", "发送记录.xlsx", func(w io.Writer) error {
		return s.opts.Sheets.Table(ctx, w, "发送记录", outboxColumns, rows)
	})
}

// reportPeriod is what a report covers when nobody says.
const reportPeriod = 30 * 24 * time.Hour

// period reads the time a report covers.
func (q *query) period(now time.Time) (from, until time.Time) {
	from, until = q.moment("from", 0), q.moment("until", 24*time.Hour)
	if from.IsZero() {
		from = now.Add(-reportPeriod)
	}
	return from, until
}

func (s *Server) noticeReport(c *gin.Context) error {
	q := query{c: c}
	from, until := q.period(s.opts.Now())
	if err := q.err(); err != nil {
		return err
	}
	figures, err := s.noticeFigures(c.Request.Context(), from, until)
	if err != nil {
		return err
	}
	return answer(c, map[string]any{"total": len(figures), "items": figures})
}

func (s *Server) noticeFigures(ctx context.Context, from, until time.Time) ([]jiqiao.NoticeFigures, error) {
	figures, err := s.opts.Outbox.NoticeFigures(ctx, from, until)
	if err != nil {
		return nil, err
	}
	for i := range figures {
		figures[i].Label = s.opts.Notifier.TemplateLabel(figures[i].Template)
	}
	if figures == nil {
		figures = []jiqiao.NoticeFigures{}
	}
	return figures, nil
}

var reportColumns = []string{"内容类型", "渠道", "已送达", "等待", "未送达", "已取消", "已读", "已办理", "未理会", "不相关"}

func (s *Server) exportNoticeReport(c *gin.Context) error {
	q := query{c: c}
	from, until := q.period(s.opts.Now())
	if err := q.err(); err != nil {
		return err
	}
	ctx := c.Request.Context()
	if err := s.exported(ctx, "statistics.export"); err != nil {
		return err
	}
	rows := sheetRows(func(string) ([]jiqiao.NoticeFigures, string, error) {
		figures, err := s.noticeFigures(ctx, from, until)
		return figures, "", err
	}, func(f jiqiao.NoticeFigures) []any {
		return []any{f.Label, f.Channel.Label(), f.Sent, f.Waiting, f.Failed, f.Cancelled, f.Read, f.Answered, f.Ignored, f.Irrelevant}
	})
	return s.sendFile(c, "xlsx", "通知效果.xlsx", func(w io.Writer) error {
		return s.opts.Sheets.Table(ctx, w, "通知效果", reportColumns, rows)
	})
}

func (s *Server) listReceipts(c *gin.Context) error {
	q := query{c: c}
	rq := jiqiao.ReceiptQuery{
		Template: q.text("template"), Outcome: q.text("outcome"), Limit: q.number("limit", 1, jiqiao.MaxPageSize), Cursor: q.text("cursor"),
	}
	rq.From, rq.Until = q.period(s.opts.Now())
	outcomes := []string{"", jiqiao.OutcomeRead, jiqiao.OutcomeUnread, jiqiao.OutcomeAnswered, jiqiao.OutcomeIgnored, jiqiao.OutcomeIrrelevant}
	if !slices.Contains(outcomes, rq.Outcome) {
		q.wrong("outcome", "应为 read、unread、answered、ignored 或 irrelevant")
	}
	if err := q.err(); err != nil {
		return err
	}
	page, err := s.opts.Outbox.Receipts(c.Request.Context(), rq)
	if err != nil {
		return err
	}
	return answer(c, page)
}
