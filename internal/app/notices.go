package app

import (
	"context"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"jiqiao"
	"jiqiao/internal/notify"
	"jiqiao/jobs"
)

// Kinds of jobs of notices beside store.NoticeJob.
const (
	jobAlerts = "alerts"
	jobDigest = "digest"
)

// sslPort is where SMTP speaks TLS from the start (RFC 8314).
const sslPort = 465

// openNotices makes what tells people: the teller, the outbox and the alerts.
func (a *App) openNotices(ctx context.Context) error {
	templates, err := notify.LoadTemplates()
	if err != nil {
		return err
	}
	secret, err := a.Store.NoticeSecret(ctx)
	if err != nil {
		return err
	}
	a.teller = &notify.Teller{
		Templates: templates, Notices: a.Store, Mail: a.cfg.SMTPHost != "", Now: a.now, Log: a.log,
		Workdays: func(ctx context.Context) (notify.Workdays, error) { return a.calendar.Calendar(ctx) },
	}
	a.outbox = notify.NewOutbox(notify.Options{
		Deliveries: a.Store, Preferences: a.Store, Templates: templates, Secret: secret, PublicURL: a.cfg.PublicURL,
		Mail: notify.Mail{
			Host: a.cfg.SMTPHost, Port: a.cfg.SMTPPort, SSL: a.cfg.SMTPPort == sslPort, User: a.cfg.SMTPUser, Password: a.cfg.SMTPPassword, From: a.cfg.SMTPFrom, Plain: a.cfg.SMTPPlain,
		},
		AllowPrivate: a.cfg.WebhookAllowPrivate, Now: a.now, Log: a.log,
	})
	a.alerts = &notify.Alerts{
		Store: a.Store, Log: a.Store, Searcher: a.Catalog, Matcher: a.Matcher, Ready: a.WaitCaughtUp, Progress: jobs.Progress, Now: a.now, Logger: a.log,
	}
	return nil
}

// joinEvents has the processes that share a Redis share their events, too.
func (a *App) joinEvents(ctx context.Context) error {
	if a.redis == nil {
		return nil
	}
	epoch, err := a.Store.Epoch(ctx)
	if err != nil {
		return err
	}
	a.live.Join(a.redis.Relay(epoch))
	return nil
}

// tellImport has the pages of those whom an import concerns hear how far it is: the organisation that imports for itself,
// or the operators.
func (a *App) tellImport(id string, done, total int) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	imp, err := a.Store.GetImport(ctx, id)
	if err != nil {
		return // what is being imported was not kept yet; the next batch tells
	}
	e := jiqiao.Event{
		Topic: "import", Object: jiqiao.Ref{Type: "import", ID: id},
		Data: map[string]string{"state": string(imp.State), "done": strconv.Itoa(done), "total": strconv.Itoa(total)},
	}
	if e.Roles = []jiqiao.Role{jiqiao.RoleOperator}; imp.Organisation != "" {
		e.Organisations, e.Roles = []string{imp.Organisation}, nil
	}
	a.live.Tell([]jiqiao.Event{e})
}

// noticeCollectors are the metrics of what is sent and heard.
func (a *App) noticeCollectors() []prometheus.Collector {
	sent := func(outcome string, count func() uint64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "jiqiao_outbox_total", Help: "Deliveries by how an attempt ended.", ConstLabels: prometheus.Labels{"outcome": outcome},
		}, func() float64 { return float64(count()) })
	}
	return []prometheus.Collector{
		sent("sent", func() uint64 { n, _, _ := a.outbox.Counts(); return n }),
		sent("retried", func() uint64 { _, n, _ := a.outbox.Counts(); return n }),
		sent("dead", func() uint64 { _, _, n := a.outbox.Counts(); return n }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "jiqiao_live_listeners", Help: "Pages that hear events of this process."},
			func() float64 { return float64(a.live.Listeners()) }),
	}
}
