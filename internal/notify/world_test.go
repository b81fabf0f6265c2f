package notify

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/store"
	"jiqiao/store/sqlitetest"
	"jiqiao/store/storetest"
)

// world is a teller and an outbox over a real store, on a clock that is moved by hand.
type world struct {
	t         *testing.T
	store     *store.Store
	now       time.Time
	mu        sync.Mutex
	teller    *Teller
	outbox    *Outbox
	log       *strings.Builder
	templates Templates
	jobs      int
}

// noon is a Sunday in Beijing, far from quiet hours.
var noon = time.Date(2026, 11, 22, 4, 10, 0, 0, time.UTC)

func newWorld(t *testing.T, change ...func(*Options)) *world {
	t.Helper()
	w := &world{t: t, now: noon, log: &strings.Builder{}}
	var err error
	w.store, err = store.Open(t.Context(), store.Config{
		URL: sqlitetest.New(t), Now: w.clock, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.store.Close() })
	w.templates = loaded(t)
	for name, tpl := range parsed(t, "@ deal.test\n: text x\n进展：{{.text}}\n正文：{{.text}}\n@ match.test\n提醒\n@ account.test essential personal\n账号\n@ account.link secret\n: link x\n链接\n{{.link}}\n") {
		w.templates[name] = tpl
	}
	log := slog.New(slog.NewTextHandler(w, nil))
	w.teller = &Teller{Templates: w.templates, Notices: w.store, Mail: true, Now: w.clock, Log: log}
	o := Options{
		Deliveries: w.store, Preferences: w.store, Templates: w.templates, Secret: "test", PublicURL: "https://jiqiao.test", AllowPrivate: true,
		Now: w.clock, Log: log, Timeout: 300 * time.Millisecond,
	}
	for _, c := range change {
		c(&o)
	}
	w.outbox = NewOutbox(o)
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// Write keeps the log.
func (w *world) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.Write(b)
}

func (w *world) logged() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.String()
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) person(login string, change func(*jiqiao.User)) string {
	w.t.Helper()
	return storetest.Person(w.t, w.store, login, change)
}

// tell does the job of a notice, twice.
func (w *world) tell(n jiqiao.Notice) {
	w.t.Helper()
	payload, err := json.Marshal(n)
	w.must(err)
	w.jobs++
	j := jiqiao.Job{ID: fmt.Sprintf("j_%020d", w.jobs), Payload: payload}
	for range 2 {
		w.must(w.teller.Handle(w.t.Context(), j))
	}
}

func (w *world) channel(kind jiqiao.ChannelKind, address, secret string) jiqiao.Channel {
	w.t.Helper()
	c := &jiqiao.Channel{Kind: kind, Name: "群", Address: address, Secret: secret, Role: jiqiao.RoleBroker, Active: true}
	w.must(w.store.PutChannel(w.t.Context(), c))
	return *c
}

func (w *world) sweep() {
	w.t.Helper()
	w.must(w.outbox.Sweep(w.t.Context()))
}

func (w *world) deliveries() []jiqiao.Delivery {
	w.t.Helper()
	page, err := w.store.Deliveries(w.t.Context(), jiqiao.DeliveryQuery{Limit: 100})
	w.must(err)
	return page.Items
}

// only is the one delivery.
func (w *world) only() jiqiao.Delivery {
	w.t.Helper()
	all := w.deliveries()
	if len(all) != 1 {
		w.t.Fatalf("%d deliveries: %+v", len(all), all)
	}
	return all[0]
}

// letters is a small SMTP server that keeps what it is sent. Its answers may be set for each command.
type letters struct {
	t        *testing.T
	listener net.Listener
	tls      *tls.Config
	starttls bool

	mu     sync.Mutex
	kept   []kept
	answer map[string]string // by command; "hang" never answers
	auth   []string
	conns  []net.Conn
}

type kept struct{ from, to, data string }

func startLetters(t *testing.T, answer map[string]string, change ...func(*letters)) *letters {
	t.Helper()
	var lc net.ListenConfig
	listener, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &letters{t: t, listener: listener, answer: answer}
	for _, c := range change {
		c(s)
	}
	var side sync.WaitGroup
	side.Go(func() {
		for {
			conn, err := s.listener.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.conns = append(s.conns, conn)
			s.mu.Unlock()
			side.Go(func() { s.serve(conn) })
		}
	})
	t.Cleanup(func() {
		_ = s.listener.Close()
		s.mu.Lock()
		for _, c := range s.conns {
			_ = c.Close()
		}
		s.mu.Unlock()
		side.Wait()
	})
	return s
}

// mail is how to reach the server.
func (s *letters) mail(change ...func(*Mail)) Mail {
	at := s.listener.Addr().(*net.TCPAddr)
	m := Mail{Host: "127.0.0.1", Port: at.Port, From: "技桥 <notice@jiqiao.test>", Plain: true, Timeout: 300 * time.Millisecond}
	for _, c := range change {
		c(&m)
	}
	return m
}

func (s *letters) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	r := bufio.NewReader(conn)
	var k kept
	if !s.say(conn, "GREETING", "220 test") {
		return
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		verb = strings.ToUpper(verb)
		var ok bool
		switch verb {
		case "EHLO":
			text := "250-test\r\n250-8BITMIME\r\n"
			if s.starttls {
				text += "250-STARTTLS\r\n"
			}
			ok = s.say(conn, verb, text+"250 AUTH PLAIN LOGIN")
		case "STARTTLS":
			if ok = s.say(conn, verb, "220 go"); ok {
				secure := tls.Server(conn, s.tls)
				conn, r = secure, bufio.NewReader(secure)
			}
		case "AUTH":
			s.mu.Lock()
			s.auth = append(s.auth, rest)
			s.mu.Unlock()
			ok = s.say(conn, verb, "235 ok")
		case "MAIL":
			k = kept{from: rest}
			ok = s.say(conn, verb, "250 ok")
		case "RCPT":
			k.to = rest
			ok = s.say(conn, verb, "250 ok")
		case "DATA":
			if ok = s.say(conn, verb, "354 go"); !ok || s.answer["DATA"] != "" {
				continue
			}
			var b strings.Builder
			for {
				line, err := r.ReadString('\n')
				if err != nil {
					return
				}
				if strings.TrimRight(line, "\r\n") == "." {
					break
				}
				b.WriteString(line)
			}
			k.data = b.String()
			if ok = s.say(conn, "BODY", "250 queued"); ok && s.answer["BODY"] == "" {
				s.mu.Lock()
				s.kept = append(s.kept, k)
				s.mu.Unlock()
			}
		case "QUIT":
			s.say(conn, verb, "221 bye")
			return
		default:
			ok = s.say(conn, verb, "250 ok")
		}
		if !ok {
			return
		}
	}
}

// say answers a command; false after a hang.
func (s *letters) say(conn net.Conn, command, usual string) bool {
	text := usual
	if set := s.answer[command]; set != "" {
		text = set
	}
	if text == "hang" {
		_, _ = io.Copy(io.Discard, conn) // until the other side has had enough
		return false
	}
	_, err := io.WriteString(conn, text+"\r\n")
	return err == nil
}

func (s *letters) received() []kept {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]kept(nil), s.kept...)
}

// opened reads a mail: its headers, and its plain and its HTML part.
func opened(t *testing.T, k kept) (h mail.Header, plain, html string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(k.data))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(m.Body)
	if err != nil {
		t.Fatal(err)
	}
	for part := range strings.SplitSeq(string(body), "\r\n--") {
		head, content, found := strings.Cut(part, "\r\n\r\n")
		if !found {
			continue
		}
		text, err := base64.StdEncoding.DecodeString(strings.NewReplacer("\r", "", "\n", "").Replace(content))
		if err != nil {
			continue
		}
		if strings.Contains(head, "text/plain") {
			plain = string(text)
		} else if strings.Contains(head, "text/html") {
			html = string(text)
		}
	}
	return m.Header, plain, html
}

// certificate is one that only clients with the pool trust.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}
