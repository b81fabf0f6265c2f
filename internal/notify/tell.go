package notify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"time"

	"jiqiao"
)

// Recipients finds whom a notice is for; the store does.
type Recipients interface {
	// Recipients lists up to limit of them in the order of ids, after the one given. anyState includes accounts that
	// cannot sign in.
	Recipients(ctx context.Context, n jiqiao.Notice, anyState bool, after string, limit int) ([]jiqiao.Recipient, error)
	// PreferencesOf has an entry for every id given.
	PreferencesOf(ctx context.Context, users []string) (map[string]jiqiao.NoticePreferences, error)
}

// Notices keeps what is told; the store does.
type Notices interface {
	Recipients
	// BeginNotice keeps the notice, or returns the one of its id as far as it was told.
	BeginNotice(ctx context.Context, n jiqiao.ToldNotice) (jiqiao.ToldNotice, error)
	// TellNotice adds to inboxes and outbox, each at most once for a notice, and notes how far telling has come.
	TellNotice(ctx context.Context, n jiqiao.ToldNotice, inboxes []jiqiao.Recipient, out []jiqiao.NewDelivery, cursor string, last bool) error
	Channels(ctx context.Context) ([]jiqiao.Channel, error)
}

// Teller turns notices into messages and deliveries.
type Teller struct {
	Templates Templates
	Notices   Notices
	// Mail says that mail can be sent; without it nothing is left for mail.
	Mail bool
	// Workdays is the calendar in force; nil knows no days off.
	Workdays func(ctx context.Context) (Workdays, error)
	Now      func() time.Time
	Log      *slog.Logger
}

// tellPage is how many recipients are told in one transaction.
const tellPage = 200

// Handle does the job of one notice. It may be done again: nobody is told twice.
func (t *Teller) Handle(ctx context.Context, j jiqiao.Job) error {
	var n jiqiao.Notice
	if err := json.Unmarshal(j.Payload, &n); err != nil {
		return jiqiao.Fail(jiqiao.CodeInvalid, "通知的内容无法读取", err)
	}
	title, body, missing, err := t.Templates.Render(n)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		t.Log.Error("a notice lacks what its text names", "template", n.Template, "keys", missing)
	}
	tpl := t.Templates[n.Template]
	told, err := t.Notices.BeginNotice(ctx, jiqiao.ToldNotice{
		ID: noticeID(j, n), Template: n.Template, Topic: tpl.Topic(), Title: title, Body: body, Object: n.Object,
		Urgent: n.Urgent, Essential: tpl.Essential,
	})
	if err != nil || told.ToldAt != nil {
		return err
	}
	return t.tell(ctx, n, told, tpl)
}

// noticeID names a notice by its key, so that it is told once whichever job brings it, else by its job.
func noticeID(j jiqiao.Job, n jiqiao.Notice) string {
	if n.Key == "" {
		return j.ID
	}
	sum := sha256.Sum256([]byte(n.Template + "\x00" + n.Key))
	return "k_" + hex.EncodeToString(sum[:16])
}

// tell goes through the recipients page by page, from where an earlier attempt ended.
func (t *Teller) tell(ctx context.Context, n jiqiao.Notice, told jiqiao.ToldNotice, tpl *Template) error {
	channels, err := t.open(ctx, tpl)
	if err != nil {
		return err
	}
	for cursor := told.Cursor; ; {
		page, err := t.Notices.Recipients(ctx, n, tpl.MailOnly, cursor, tellPage)
		if err != nil {
			return err
		}
		last := len(page) < tellPage
		if len(page) > 0 {
			cursor = page[len(page)-1].User
		}
		out, err := t.deliveries(ctx, told, tpl, channels, page)
		if err != nil {
			return err
		}
		inboxes := page
		if tpl.MailOnly {
			inboxes = nil
		}
		if err := t.Notices.TellNotice(ctx, told, inboxes, out, cursor, last); err != nil {
			return err
		}
		if last {
			return nil
		}
	}
}

// open are the channels that may carry the template.
func (t *Teller) open(ctx context.Context, tpl *Template) ([]jiqiao.Channel, error) {
	if tpl.Personal {
		return nil, nil
	}
	return t.Notices.Channels(ctx)
}

// deliveries are what goes out for a page of recipients: mail to each who wants it, and to every channel that takes the
// notice of one of them, once.
func (t *Teller) deliveries(ctx context.Context, n jiqiao.ToldNotice, tpl *Template, channels []jiqiao.Channel, page []jiqiao.Recipient) ([]jiqiao.NewDelivery, error) {
	ids := make([]string, len(page))
	for i, r := range page {
		ids[i] = r.User
	}
	preferences, err := t.Notices.PreferencesOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	days, err := t.workdays(ctx, preferences)
	if err != nil {
		return nil, err
	}
	var out []jiqiao.NewDelivery
	taken := map[string]int{} // where it is in out
	now := t.Now()
	for _, r := range page {
		p := preferences[r.User]
		if at, ok := mailAt(p, n, now, days); ok && t.Mail && r.Email != "" && (r.Verified || tpl.Essential) {
			out = append(out, jiqiao.NewDelivery{Target: jiqiao.MailTarget(r.User), Kind: jiqiao.ChannelMail, User: r.User, NextAt: at})
		}
		for _, c := range channels {
			if !c.Takes(n.Topic, r) || !p.Topic(n.Topic).Bots {
				continue
			}
			// What several share comes when the first of them wants it.
			at := channelAt(c.Kind, p, n, now, days)
			if i, ok := taken[c.ID]; !ok {
				taken[c.ID] = len(out)
				out = append(out, jiqiao.NewDelivery{Target: c.ID, Kind: c.Kind, NextAt: at})
			} else if at.Before(out[i].NextAt) {
				out[i].NextAt = at
			}
		}
	}
	return out, nil
}

// workdays is the calendar, when somebody wants it heeded.
func (t *Teller) workdays(ctx context.Context, preferences map[string]jiqiao.NoticePreferences) (Workdays, error) {
	for _, p := range preferences {
		if p.WorkdaysOnly && t.Workdays != nil {
			return t.Workdays(ctx)
		}
	}
	return nil, nil
}
