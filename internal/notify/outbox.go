package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"jiqiao"
)

// Deliveries is the outbox as it is kept; the store does.
type Deliveries interface {
	// DueTargets lists targets that have something to send, longest due first.
	DueTargets(ctx context.Context, limit int) ([]jiqiao.NewDelivery, error)
	// ReserveSend takes a place in the target's rate: 0, or how long to wait.
	ReserveSend(ctx context.Context, target string, interval, burst time.Duration) (time.Duration, error)
	// PostponeSends moves what the target has due to a later moment.
	PostponeSends(ctx context.Context, target string, until time.Time) error
	// ClaimSends takes due deliveries of a target for this process alone, for as long as the lease.
	ClaimSends(ctx context.Context, target string, limit int, lease time.Duration) ([]jiqiao.Parcel, error)
	// EndSend says how the attempt with claimed deliveries ended.
	EndSend(ctx context.Context, batch string, ids []string, end jiqiao.DeliveryEnd) error
	// ForgetText drops the text of notices.
	ForgetText(ctx context.Context, ids []string) error
	Directory
}

// Directory knows where things go; the store does.
type Directory interface {
	Channel(ctx context.Context, id string) (jiqiao.Channel, error)
	// Recipient is an account in any state.
	Recipient(ctx context.Context, user string) (jiqiao.Recipient, error)
}

// Options is what an Outbox is made of.
type Options struct {
	Deliveries  Deliveries
	Preferences Preferences
	Templates   Templates
	// Mail is the SMTP server; the zero Mail sends none.
	Mail Mail
	// Secret signs the links in mails; PublicURL is where people reach the service, empty makes no links.
	Secret    string
	PublicURL string
	// AllowPrivate lets webhooks and bots reach the private network.
	AllowPrivate bool
	// TLS is for tests with their own certificates; nil is the system's.
	TLS *tls.Config
	// Timeout bounds one message to a webhook or bot, 10 s when 0.
	Timeout time.Duration
	// Every is how often the outbox is looked at, 2 s when 0.
	Every time.Duration
	Now   func() time.Time
	Log   *slog.Logger
}

// Outbox sends what waits. Several processes may run one over the same store.
type Outbox struct {
	opts   Options
	links  links
	client *http.Client
	counts [3]atomic.Uint64 // by outcome
}

const (
	defaultEvery = 2 * time.Second
	// targetsAtOnce bounds the targets sent to side by side, so that one which hangs holds up no others.
	targetsAtOnce = 16
	// lease is how long a claimed delivery stays this process's; longer than any send takes: a mail needs some 13 commands.
	lease = 3 * time.Minute
	// maxAttempts is how often a delivery is tried, and maxAge how long, also by targets that ask to be left alone; it counts
	// from when there was something to tell, so it is longer than any holiday that people have it wait out.
	maxAttempts = 8
	maxAge      = 12 * 24 * time.Hour
	// firstRetry doubles with each attempt up to lastRetry.
	firstRetry = 30 * time.Second
	lastRetry  = 2 * time.Hour
)

// NewOutbox makes an outbox. It sends nothing before Run.
func NewOutbox(o Options) *Outbox {
	if o.Every <= 0 {
		o.Every = defaultEvery
	}
	if o.Timeout <= 0 {
		o.Timeout = sendTimeout
	}
	return &Outbox{opts: o, links: links{o.PublicURL, []byte(o.Secret)}, client: newClient(o)}
}

// Run sends what is due until ctx ends. What is being sent then is waited for, at most as long as one send takes.
func (o *Outbox) Run(ctx context.Context) error {
	tick := time.NewTicker(o.opts.Every)
	defer tick.Stop()
	for {
		if err := o.Sweep(ctx); err != nil && ctx.Err() == nil {
			o.opts.Log.Error("the outbox cannot be read", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Sweep sends one message to every target that has something due.
func (o *Outbox) Sweep(ctx context.Context) error {
	due, err := o.opts.Deliveries.DueTargets(ctx, targetsAtOnce)
	if err != nil {
		return err
	}
	var side sync.WaitGroup
	for _, d := range due {
		side.Go(func() {
			if err := o.sendTo(ctx, d); err != nil && ctx.Err() == nil {
				o.opts.Log.Error("a delivery cannot be noted", "target", d.Target, "err", err)
			}
		})
	}
	side.Wait()
	return nil
}

// perMessage is how many notices go into one message: bots and mail join what waits, machines get one by one.
func perMessage(kind jiqiao.ChannelKind) int {
	switch kind {
	case jiqiao.ChannelMail:
		return 100
	case jiqiao.ChannelWebhook:
		return 1
	default:
		return 20
	}
}

// sendTo sends the next message to a target, when its rate allows. The error is the store's.
func (o *Outbox) sendTo(ctx context.Context, d jiqiao.NewDelivery) error {
	now := o.opts.Now()
	if d.Kind == jiqiao.ChannelFeishu && crowded(now) {
		return o.opts.Deliveries.PostponeSends(ctx, d.Target, now.Truncate(time.Minute).Add(time.Minute))
	}
	wait, err := o.reserve(ctx, d)
	if err != nil {
		return err
	}
	if wait > 0 {
		return o.opts.Deliveries.PostponeSends(ctx, d.Target, now.Add(wait))
	}
	parcels, err := o.opts.Deliveries.ClaimSends(ctx, d.Target, perMessage(d.Kind), lease)
	if err != nil || len(parcels) == 0 {
		return err
	}
	// From here on the end of the process does not stop what is begun: half sent is worse than late.
	ctx = context.WithoutCancel(ctx)
	unwanted, wanted, err := o.dispatch(ctx, d, parcels)
	if err := o.cancel(ctx, unwanted); err != nil {
		return err
	}
	return o.conclude(ctx, wanted, err)
}

// serverRate is what the SMTP server is asked for, whoever the mail is for: 60 a minute, and 30 at once.
var serverRate = rate{time.Second, 29 * time.Second}

// reserve takes a place in the target's rate, and for mail in the server's.
func (o *Outbox) reserve(ctx context.Context, d jiqiao.NewDelivery) (time.Duration, error) {
	limit := rates[d.Kind]
	wait, err := o.opts.Deliveries.ReserveSend(ctx, d.Target, limit.interval, limit.burst)
	if err != nil || wait > 0 || d.Kind != jiqiao.ChannelMail {
		return wait, err
	}
	return o.opts.Deliveries.ReserveSend(ctx, string(jiqiao.ChannelMail), serverRate.interval, serverRate.burst)
}

// cancelled are deliveries that nobody wants any more, and why.
type cancelled struct {
	parcels []jiqiao.Parcel
	reason  string
}

func (o *Outbox) cancel(ctx context.Context, c cancelled) error {
	if len(c.parcels) == 0 {
		return nil
	}
	return o.opts.Deliveries.EndSend(ctx, c.parcels[0].Batch, idsOf(c.parcels), jiqiao.DeliveryEnd{State: jiqiao.DeliveryCancelled, Reason: c.reason})
}

// dispatch sends the parcels by their kind's way. Those that are not wanted any more come back apart.
func (o *Outbox) dispatch(ctx context.Context, d jiqiao.NewDelivery, parcels []jiqiao.Parcel) (cancelled, []jiqiao.Parcel, error) {
	if d.Kind == jiqiao.ChannelMail {
		return o.mail(ctx, d.User, parcels)
	}
	c, err := o.opts.Deliveries.Channel(ctx, d.Target)
	switch {
	case jiqiao.CodeOf(err) == jiqiao.CodeNotFound:
		return cancelled{parcels, "通知渠道已删除"}, nil, nil
	case err != nil:
		return cancelled{}, parcels, err
	case !c.Active:
		return cancelled{parcels, "通知渠道已停用"}, nil, nil
	}
	return cancelled{}, parcels, o.sendChannel(ctx, c, parcels)
}

func (o *Outbox) sendChannel(ctx context.Context, c jiqiao.Channel, parcels []jiqiao.Parcel) error {
	switch c.Kind {
	case jiqiao.ChannelWebhook:
		return o.sendWebhook(ctx, c, parcels)
	case jiqiao.ChannelWeCom:
		return o.sendWeCom(ctx, c, parcels)
	case jiqiao.ChannelDingTalk:
		return o.sendDingTalk(ctx, c, parcels)
	case jiqiao.ChannelFeishu:
		return o.sendFeishu(ctx, c, parcels)
	default:
		return final("没有这种渠道", nil)
	}
}

// conclude notes how sending ended.
func (o *Outbox) conclude(ctx context.Context, parcels []jiqiao.Parcel, sent error) error {
	if len(parcels) == 0 {
		return nil
	}
	batch := parcels[0].Batch
	if err := o.forget(ctx, parcels, sent); err != nil {
		return err
	}
	if sent == nil {
		o.counts[outcomeSent].Add(uint64(len(parcels)))
		return o.opts.Deliveries.EndSend(ctx, batch, idsOf(parcels), jiqiao.DeliveryEnd{State: jiqiao.DeliverySent})
	}
	f := asFailure(sent)
	now := o.opts.Now()
	for _, p := range parcels {
		end := jiqiao.DeliveryEnd{State: jiqiao.DeliveryWaiting, Reason: f.reason, Excused: f.later > 0, NextAt: now.Add(f.later)}
		if f.later == 0 {
			end.NextAt = now.Add(backoff(p.Attempts))
		}
		switch {
		case f.final:
			end.State = jiqiao.DeliveryDead
		case p.Attempts >= maxAttempts && !end.Excused, now.Sub(p.CreatedAt) > maxAge && p.Attempts > 1:
			end.State, end.Reason = jiqiao.DeliveryDead, fmt.Sprintf("试了 %d 次仍未送达：%s", p.Attempts, f.reason)
		}
		if end.State == jiqiao.DeliveryDead {
			o.counts[outcomeDead].Add(1)
		} else {
			o.counts[outcomeRetried].Add(1)
		}
		if err := o.opts.Deliveries.EndSend(ctx, batch, []string{p.ID}, end); err != nil {
			return err
		}
	}
	o.opts.Log.Warn("a message did not arrive", "target", parcels[0].Target, "kind", parcels[0].Kind, "reason", f.reason, "err", f.err)
	return nil
}

// forget drops the text of what was sent and holds a secret.
func (o *Outbox) forget(ctx context.Context, parcels []jiqiao.Parcel, sent error) error {
	var ids []string
	for _, p := range parcels {
		if tpl := o.opts.Templates[p.Template]; sent == nil && tpl != nil && tpl.Secret {
			ids = append(ids, p.NoticeID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return o.opts.Deliveries.ForgetText(ctx, ids)
}

// backoff is the pause after an attempt, doubled each time, give or take a quarter: those that failed together should not
// come back together.
func backoff(attempt int) time.Duration {
	pause := min(firstRetry<<min(max(attempt-1, 0), 16), lastRetry)
	return pause*3/4 + rand.N(pause/2)
}

func idsOf(parcels []jiqiao.Parcel) []string {
	ids := make([]string, len(parcels))
	for i, p := range parcels {
		ids[i] = p.ID
	}
	return ids
}

// Outcomes of sending, for metrics.
const (
	outcomeSent = iota
	outcomeRetried
	outcomeDead
)

// Counts are the deliveries that this process sent, will try again, and gave up.
func (o *Outbox) Counts() (sent, retried, dead uint64) {
	return o.counts[outcomeSent].Load(), o.counts[outcomeRetried].Load(), o.counts[outcomeDead].Load()
}

// TestChannel sends one message to the channel at once, whatever its rate.
func (o *Outbox) TestChannel(ctx context.Context, c jiqiao.Channel) error {
	title, body, _, err := o.opts.Templates.Render(jiqiao.Notice{Template: "system.test", Data: map[string]string{"name": c.Name}})
	if err != nil {
		return err
	}
	now := o.opts.Now()
	parcel := jiqiao.Parcel{
		Delivery: jiqiao.Delivery{ID: fmt.Sprintf("test-%d", now.UnixMilli()), Template: "system.test", CreatedAt: now},
		Notice:   jiqiao.ToldNotice{Topic: jiqiao.TopicSystem, Title: title, Body: body, CreatedAt: now},
	}
	err = o.sendChannel(ctx, c, []jiqiao.Parcel{parcel})
	var f *failure
	if errors.As(err, &f) {
		return jiqiao.Fail(jiqiao.CodeConflict, "测试消息没有送达："+f.reason, nil)
	}
	return err
}

// TemplateLabel names a template in Chinese, by its title with sample data; one that is gone by its name.
func (o *Outbox) TemplateLabel(name string) string {
	if t := o.opts.Templates[name]; t != nil {
		return t.Label()
	}
	return name
}
