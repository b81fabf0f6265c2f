package notify

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"html/template"
	"net"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"jiqiao"
)

// Mail is the SMTP server that mail goes out by.
type Mail struct {
	// Host is empty for no mail. With SSL the server speaks TLS from the start (port 465, RFC 8314); else it must offer
	// STARTTLS, unless Plain.
	Host string
	Port int
	SSL  bool
	// User and Password sign in; an empty User does not. QQ and 163 want an 授权码 as password.
	User, Password string
	// From is the sender: "技桥 <notice@example.cn>".
	From string
	// Plain allows a connection without TLS, for a relay on the same machine.
	Plain bool
	// Timeout bounds each command and its answer, 10 s when 0.
	Timeout time.Duration
	// TLS is for tests with their own certificates; nil is the system's.
	TLS *tls.Config
}

// mail sends a person what waits for them in one message: each alone when there is one, else as a digest. What they do not
// want any more is left out.
func (o *Outbox) mail(ctx context.Context, user string, parcels []jiqiao.Parcel) (cancelled, []jiqiao.Parcel, error) {
	to, err := o.opts.Deliveries.Recipient(ctx, user)
	switch {
	case jiqiao.CodeOf(err) == jiqiao.CodeNotFound:
		return cancelled{parcels, "账号不存在"}, nil, nil
	case err != nil:
		return cancelled{}, parcels, err
	case to.Email == "":
		return cancelled{parcels, "账号没有填写邮箱"}, nil, nil
	}
	preferences, err := o.opts.Preferences.Preferences(ctx, user)
	if err != nil {
		return cancelled{}, parcels, err
	}
	unwanted := cancelled{reason: "收件人已退订这类邮件，或账号已停用"}
	var wanted []jiqiao.Parcel
	for _, p := range parcels {
		never := !p.Notice.Essential && preferences.Topic(p.Notice.Topic).Mail == jiqiao.MailNever
		if tpl := o.opts.Templates[p.Template]; never || !to.Active && (tpl == nil || !tpl.MailOnly) {
			unwanted.parcels = append(unwanted.parcels, p)
		} else {
			wanted = append(wanted, p)
		}
	}
	if len(wanted) == 0 {
		return unwanted, nil, nil
	}
	msg, err := o.letter(to, wanted)
	if err != nil {
		return unwanted, wanted, err
	}
	return unwanted, wanted, o.sendMail(ctx, msg)
}

// letter writes the mail. It has the text twice, plain and as HTML without anything to load.
func (o *Outbox) letter(to jiqiao.Recipient, parcels []jiqiao.Parcel) (*mail.Msg, error) {
	msg := mail.NewMsg(mail.WithCharset(mail.CharsetUTF8), mail.WithEncoding(mail.EncodingB64), mail.WithNoDefaultUserAgent())
	if err := msg.From(o.opts.Mail.From); err != nil {
		return nil, final("发件人地址写法有误，请检查 smtp_from", nil)
	}
	if err := msg.To(to.Email); err != nil {
		return nil, final("收件人的邮箱写法有误", nil)
	}
	l := o.letterOf(to.User, parcels)
	msg.Subject(l.Subject)
	msg.SetDateWithValue(o.opts.Now())
	// The same delivery is the same message, should it be sent twice.
	msg.SetMessageIDWithValue(parcels[0].ID + "@" + domainOf(o.opts.Mail.From))
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	if l.Unsubscribe != "" {
		msg.SetGenHeader("List-Unsubscribe", "<"+l.Unsubscribe+">")
		if strings.HasPrefix(l.Unsubscribe, "https://") {
			msg.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
		}
	}
	msg.SetBodyString(mail.TypeTextPlain, l.plain())
	var b bytes.Buffer
	if err := letterHTML.Execute(&b, l); err != nil {
		return nil, fmt.Errorf("write a mail: %w", err)
	}
	msg.AddAlternativeString(mail.TypeTextHTML, b.String())
	return msg, nil
}

// letter is what a mail says.
type letter struct {
	Subject     string
	Items       []jiqiao.ToldNotice
	Page        string
	Unsubscribe string
	// Topic is what Unsubscribe ends, in Chinese.
	Topic string
}

func (o *Outbox) letterOf(user string, parcels []jiqiao.Parcel) letter {
	l := letter{Subject: parcels[0].Notice.Title, Page: o.links.page("/")}
	for _, p := range parcels {
		l.Items = append(l.Items, p.Notice)
	}
	if len(parcels) > 1 {
		l.Subject = fmt.Sprintf("技桥：%d 条通知", len(parcels))
	}
	// One click ends one topic: the first that may be ended.
	for _, p := range parcels {
		if !p.Notice.Essential {
			l.Unsubscribe, l.Topic = o.links.unsubscribe(user, p.Notice.Topic), p.Notice.Topic.Label()
			break
		}
	}
	return l
}

func (l letter) plain() string {
	var b strings.Builder
	for i, n := range l.Items {
		if len(l.Items) > 1 {
			fmt.Fprintf(&b, "%d. ", i+1)
		}
		b.WriteString(n.Title + "\n" + n.Body + "\n\n")
	}
	if l.Page != "" {
		b.WriteString("登录查看：" + l.Page + "\n")
	}
	b.WriteString("此邮件由系统发出，请勿回复。")
	if l.Unsubscribe != "" {
		b.WriteString("不再接收“" + l.Topic + "”类邮件：" + l.Unsubscribe + "\n")
	}
	return b.String()
}

// letterHTML escapes all that it is given.
var letterHTML = template.Must(template.New("mail").Parse(`<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"></head>
<body style="font:15px/1.8 sans-serif;color:#222">
{{range .Items}}<h3 style="margin:1em 0 .3em">{{.Title}}</h3><div style="white-space:pre-wrap">{{.Body}}</div>
{{end}}<hr>{{if .Page}}<p><a href="{{.Page}}">登录查看</a></p>{{end}}
<p style="color:#666;font-size:13px">此邮件由系统发出，请勿回复。{{if .Unsubscribe}}<a href="{{.Unsubscribe}}">不再接收“{{.Topic}}”类邮件</a>{{end}}</p>
</body></html>
`))

// domainOf is the domain of an address, for Message-IDs.
func domainOf(from string) string {
	_, domain, found := strings.Cut(from, "@")
	if !found {
		return "jiqiao"
	}
	return strings.TrimRight(domain, "> ")
}

func (o *Outbox) sendMail(ctx context.Context, msg *mail.Msg) error {
	if o.opts.Mail.Host == "" {
		return final("没有配置邮件服务器（smtp_host）", nil)
	}
	client, err := o.opts.Mail.client()
	if err != nil {
		return final("邮件服务器的配置有误，请检查 smtp_host、smtp_port", err)
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return mailFailure(ctx, err)
	}
	return nil
}

const commandTimeout = 10 * time.Second

func (m Mail) client() (*mail.Client, error) {
	opts := []mail.Option{mail.WithTimeout(cmp.Or(m.Timeout, commandTimeout)), mail.WithPort(m.Port)}
	switch {
	case m.SSL:
		opts = append(opts, mail.WithSSL())
	case m.Plain:
		opts = append(opts, mail.WithTLSPolicy(mail.TLSOpportunistic))
	default:
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if m.TLS != nil {
		opts = append(opts, mail.WithTLSConfig(m.TLS))
	}
	if m.User != "" {
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(m.User), mail.WithPassword(m.Password))
	}
	return mail.NewClient(m.Host, opts...)
}

// mailFailure reads what the server said: a code of 4xx passes by itself, one of 5xx does not (RFC 5321 §4.2.1).
func mailFailure(ctx context.Context, err error) *failure {
	var sent *mail.SendError
	if errors.As(err, &sent) && sent.ErrorCode() > 0 {
		code := sent.ErrorCode()
		switch {
		case code == 450 || code == 451 || code == 452 || code == 421:
			return throttled(fmt.Sprintf("邮件服务器暂时不收（%d）", code), 10*time.Minute)
		case code < 500:
			return temporary(fmt.Sprintf("邮件服务器暂时不收（%d）", code), nil)
		default:
			return final(fmt.Sprintf("邮件服务器拒收（%d），请核对收件人邮箱与发件设置", code), nil)
		}
	}
	var op *net.OpError
	switch {
	case ctx.Err() != nil, isTimeout(err):
		return temporary("邮件服务器在时限内没有响应", errTimeout)
	case strings.Contains(err.Error(), "535"), strings.Contains(err.Error(), "534"):
		return temporary("邮件服务器拒绝登录，请检查用户名与授权码", nil)
	case errors.As(err, &op):
		return temporary("无法连接邮件服务器", op.Err)
	default:
		return temporary("邮件没有送达，请检查邮件服务器", fmt.Errorf("%T", err)) // its text names the recipient
	}
}
