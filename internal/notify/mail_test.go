package notify

import (
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"mime"
	"net/url"
	"strings"
	"testing"
	"time"

	"jiqiao"
)

func (w *world) mailOf(login string, n ...jiqiao.Notice) string {
	w.t.Helper()
	user := w.person(login, nil)
	for i := range n {
		n[i].Users = []string{user}
		w.tell(n[i])
	}
	return user
}

func urgent(text string) jiqiao.Notice {
	return jiqiao.Notice{Template: "deal.test", Urgent: true, Data: map[string]string{"text": text}}
}

func TestMailArrives(t *testing.T) {
	server := startLetters(t, nil)
	w := newWorld(t, func(o *Options) { o.Mail = server.mail() })
	hostile := "<script>alert(1)</script>\"&'\r\nBcc: all@example.cn {{.text}}"
	user := w.mailOf("wang", urgent(hostile))
	w.sweep()
	got := server.received()
	if len(got) != 1 || !strings.Contains(got[0].to, "wang@example.cn") {
		t.Fatalf("received %+v", got)
	}
	h, plain, html := opened(t, got[0])
	subject, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
	if err != nil || !strings.HasPrefix(h.Get("Subject"), "=?UTF-8?") || !strings.HasPrefix(subject, "进展：<script>") || h.Get("Bcc") != "" {
		t.Errorf("subject %q from %q, Bcc %q: %v", subject, h.Get("Subject"), h.Get("Bcc"), err)
	}
	if strings.Contains(html, "<script") || !strings.Contains(html, "&lt;script&gt;") || strings.Contains(plain+html, "all@example.cn") || !strings.Contains(plain, "{{.text}}") {
		t.Errorf("plain:\n%s\nHTML:\n%s", plain, html)
	}
	for name, want := range map[string]string{"Auto-Submitted": "auto-generated", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} {
		if h.Get(name) != want {
			t.Errorf("%s: %q", name, h.Get(name))
		}
	}
	if id := h.Get("Message-Id"); id != "<"+w.only().ID+"@jiqiao.test>" {
		t.Errorf("Message-ID %q", id)
	}
	if d := w.only(); d.State != jiqiao.DeliverySent || d.SentAt == nil {
		t.Errorf("delivery %+v", d)
	}
	// The link of the mail ends mail about its topic, and is in the text, too.
	link, err := url.Parse(strings.Trim(h.Get("List-Unsubscribe"), "<>"))
	if err != nil || !strings.Contains(plain, link.String()) || link.Host != "jiqiao.test" {
		t.Fatalf("link %v: %v", link, err)
	}
	topic, err := w.outbox.Unsubscribe(t.Context(), link.Query().Get("token"), true)
	p, _ := w.store.Preferences(t.Context(), user)
	if err != nil || topic != jiqiao.TopicDeal || p.Topic(topic).Mail != jiqiao.MailNever || p.Topic(jiqiao.TopicMatch).Mail == jiqiao.MailNever {
		t.Errorf("unsubscribed from %s: %+v, %v", topic, p, err)
	}
	if strings.Contains(w.logged(), "wang") {
		t.Errorf("the log names the recipient:\n%s", w.logged())
	}
}

func TestMailComesAsDigest(t *testing.T) {
	server := startLetters(t, nil)
	w := newWorld(t, func(o *Options) { o.Mail = server.mail() })
	var notices []jiqiao.Notice
	for i := range 5 {
		notices = append(notices, jiqiao.Notice{Template: "deal.test", Data: map[string]string{"text": fmt.Sprintf("第%d条", i)}})
	}
	w.mailOf("wang", notices...)
	w.sweep()
	if n := len(server.received()); n != 0 {
		t.Fatalf("%d mails before the digest is due", n)
	}
	w.advance(24 * time.Hour)
	w.sweep()
	w.sweep()
	got := server.received()
	if len(got) != 1 {
		t.Fatalf("%d mails", len(got))
	}
	h, plain, html := opened(t, got[0])
	subject, _ := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
	if subject != "技桥：5 条通知" {
		t.Errorf("subject %q", subject)
	}
	for i := range 5 {
		if text := fmt.Sprintf("进展：第%d条", i); !strings.Contains(plain, text) || !strings.Contains(html, text) {
			t.Errorf("%q is missing", text)
		}
	}
	for _, d := range w.deliveries() {
		if d.State != jiqiao.DeliverySent || d.Batch != w.deliveries()[0].Batch {
			t.Errorf("delivery %+v", d)
		}
	}
}

func TestUnsubscribedMeanwhile(t *testing.T) {
	server := startLetters(t, nil)
	w := newWorld(t, func(o *Options) { o.Mail = server.mail() })
	user := w.mailOf("wang", urgent("甲"))
	p := jiqiao.DefaultPreferences()
	mode(jiqiao.TopicDeal, jiqiao.MailNever, true)(&p)
	w.must(w.store.PutPreferences(t.Context(), user, &p))
	w.sweep()
	if d := w.only(); d.State != jiqiao.DeliveryCancelled || len(server.received()) != 0 {
		t.Errorf("%+v", d)
	}
}

func TestSecretLinksAreForgotten(t *testing.T) {
	server := startLetters(t, nil)
	w := newWorld(t, func(o *Options) { o.Mail = server.mail() })
	user := w.person("new", func(u *jiqiao.User) { u.State, u.EmailVerified = jiqiao.UserPending, false })
	w.tell(jiqiao.Notice{Template: "account.link", Users: []string{user}, Key: "link", Data: map[string]string{"link": "https://jiqiao.test/reset/GEHEIM"}})
	w.sweep()
	got := server.received()
	if len(got) != 1 {
		t.Fatalf("%d mails", len(got))
	}
	h, plain, _ := opened(t, got[0])
	if !strings.Contains(plain, "/reset/GEHEIM") || h.Get("List-Unsubscribe") != "" {
		t.Errorf("unsubscribe %q, text:\n%s", h.Get("List-Unsubscribe"), plain)
	}
	kept, err := w.store.BeginNotice(t.Context(), jiqiao.ToldNotice{ID: w.only().NoticeID})
	w.must(err)
	if strings.Contains(kept.Body, "GEHEIM") || strings.Contains(w.logged(), "GEHEIM") {
		t.Errorf("the link is still there: %q\n%s", kept.Body, w.logged())
	}
}

func TestMailServersThatDoNot(t *testing.T) {
	for name, c := range map[string]struct {
		answer map[string]string
		state  jiqiao.DeliveryState
		reason string
		// counted attempts are those that the server did not put off.
		counted int
	}{
		"hangs at once":        {map[string]string{"GREETING": "hang"}, jiqiao.DeliveryWaiting, "没有响应", 1},
		"hangs after the mail": {map[string]string{"BODY": "hang"}, jiqiao.DeliveryWaiting, "", 1},
		"busy":                 {map[string]string{"GREETING": "421 busy"}, jiqiao.DeliveryWaiting, "", -1},
		"greylisting":          {map[string]string{"RCPT": "451 4.7.1 later"}, jiqiao.DeliveryWaiting, "暂时不收（451）", 0},
		"no such mailbox":      {map[string]string{"RCPT": "550 5.1.1 wang@example.cn unknown"}, jiqiao.DeliveryDead, "拒收（550）", 1},
		"refused as spam":      {map[string]string{"BODY": "554 5.7.1 spam"}, jiqiao.DeliveryDead, "拒收（554）", 1},
		"refuses the sender":   {map[string]string{"MAIL": "553 5.1.8 sender"}, jiqiao.DeliveryDead, "拒收（553）", 1},
		"full":                 {map[string]string{"DATA": "452 4.2.2 full"}, jiqiao.DeliveryWaiting, "暂时不收（452）", 0},
	} {
		t.Run(name, func(t *testing.T) {
			server := startLetters(t, c.answer)
			w := newWorld(t, func(o *Options) { o.Mail = server.mail() })
			w.mailOf("wang", urgent("甲"))
			w.sweep()
			d := w.only()
			if d.State != c.state || !strings.Contains(d.Reason, c.reason) || d.Reason == "" || c.counted >= 0 && d.Attempts != c.counted {
				t.Errorf("%+v", d)
			}
			if d.State == jiqiao.DeliveryWaiting && !d.NextAt.After(w.now) {
				t.Errorf("next at %v", d.NextAt)
			}
			if text := d.Reason + w.logged(); strings.Contains(text, "wang@") {
				t.Errorf("the recipient is named:\n%s", text)
			}
			if len(server.received()) != 0 {
				t.Error("received all the same")
			}
		})
	}
}

func TestMailServerThatIsNotThere(t *testing.T) {
	server := startLetters(t, nil)
	settings := server.mail()
	_ = server.listener.Close()
	w := newWorld(t, func(o *Options) { o.Mail = settings })
	w.mailOf("wang", urgent("甲"))
	w.sweep()
	if d := w.only(); d.State != jiqiao.DeliveryWaiting || !strings.Contains(d.Reason, "无法连接邮件服务器") {
		t.Errorf("%+v", d)
	}
	// It is tried with growing pauses, and given up at last.
	for range 40 {
		w.advance(3 * time.Hour)
		w.sweep()
	}
	if d := w.only(); d.State != jiqiao.DeliveryDead || d.Attempts != maxAttempts || !strings.Contains(d.Reason, "试了 8 次") {
		t.Errorf("in the end %+v", d)
	}
	// The server is back: an operator sends it again.
	again := startLetters(t, nil)
	w.outbox.opts.Mail = again.mail()
	if _, err := w.store.ResendDelivery(t.Context(), w.only().ID); err != nil {
		t.Fatal(err)
	}
	w.sweep()
	if d := w.only(); d.State != jiqiao.DeliverySent || len(again.received()) != 1 {
		t.Errorf("resent %+v", d)
	}
}

func TestMailIsEncrypted(t *testing.T) {
	cert, pool := certificate(t)
	serverTLS := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	withTLS := func(m *Mail) {
		m.Plain, m.User, m.Password, m.TLS = false, "notice", "授权码", &tls.Config{RootCAs: pool, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}
	}
	starttls := func(s *letters) { s.tls, s.starttls = serverTLS, true }
	ssl := func(s *letters) { s.listener = tls.NewListener(s.listener, serverTLS) }
	for name, c := range map[string]struct {
		server func(*letters)
		mail   func(*Mail)
		sent   bool
	}{
		"STARTTLS":               {starttls, withTLS, true},
		"SSL":                    {ssl, func(m *Mail) { withTLS(m); m.SSL = true }, true},
		"no STARTTLS":            {func(*letters) {}, withTLS, false},
		"a stranger's, STARTTLS": {starttls, func(m *Mail) { withTLS(m); m.TLS = nil }, false},
		"a stranger's, SSL":      {ssl, func(m *Mail) { withTLS(m); m.TLS, m.SSL = nil, true }, false},
	} {
		t.Run(name, func(t *testing.T) {
			server := startLetters(t, nil, c.server)
			w := newWorld(t, func(o *Options) { o.Mail = server.mail(c.mail) })
			w.mailOf("wang", urgent("甲"))
			w.sweep()
			d := w.only()
			if (d.State == jiqiao.DeliverySent) != c.sent || (len(server.received()) == 1) != c.sent {
				t.Fatalf("%+v", d)
			}
			if !c.sent && (len(server.auth) > 0 || d.State == jiqiao.DeliveryDead) {
				t.Errorf("signed in %v, %+v", server.auth, d)
			}
			if strings.Contains(w.logged()+d.Reason, "授权码") {
				t.Error("the password is in the log")
			}
			if c.sent {
				secret, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(server.auth[0], "PLAIN "))
				if err != nil || string(secret) != "\x00notice\x00授权码" {
					t.Errorf("signed in with %q", server.auth)
				}
			}
		})
	}
}

func TestTokensOfLinksCannotBeForged(t *testing.T) {
	w := newWorld(t)
	good := w.outbox.links.token("u_1", jiqiao.TopicDeal)
	if topic, err := w.outbox.Unsubscribe(t.Context(), good, false); err != nil || topic != jiqiao.TopicDeal {
		t.Fatalf("%s, %v", topic, err)
	}
	said, signed, _ := strings.Cut(good, ".")
	other := base64.RawURLEncoding.EncodeToString([]byte("u_2 deal"))
	for name, token := range map[string]string{
		"empty": "", "no signature": said, "empty signature": said + ".", "another's": other + "." + signed, "cut": good[:len(good)-2],
		"another key": links{secret: []byte("other")}.token("u_1", jiqiao.TopicDeal), "no base64": "!." + signed, "long": good + strings.Repeat("A", 1000),
		"no topic": w.outbox.links.token("u_1", "none"), "no user": w.outbox.links.token("", jiqiao.TopicDeal),
	} {
		for _, do := range []bool{false, true} {
			if _, err := w.outbox.Unsubscribe(t.Context(), token, do); jiqiao.CodeOf(err) != jiqiao.CodeInvalid {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	p, err := w.store.Preferences(t.Context(), "u_1")
	w.must(err)
	if p.Version != 0 {
		t.Errorf("looking changed something: %+v", p)
	}
	for range 2 { // the second time changes nothing
		if _, err := w.outbox.Unsubscribe(t.Context(), good, true); err != nil {
			t.Fatal(err)
		}
	}
	if p, _ = w.store.Preferences(t.Context(), "u_1"); p.Version != 1 || p.Topic(jiqiao.TopicDeal).Mail != jiqiao.MailNever || !p.Topic(jiqiao.TopicDeal).Bots {
		t.Errorf("%+v", p)
	}
}

func FuzzReadToken(f *testing.F) {
	l := links{secret: []byte("k")}
	f.Add(l.token("u_1", jiqiao.TopicDeal))
	f.Add("a.b")
	f.Fuzz(func(t *testing.T, token string) {
		user, topic, err := l.read(token)
		if err == nil && l.token(user, topic) != token {
			t.Errorf("%q is read as %s, %s", token, user, topic)
		}
	})
}
