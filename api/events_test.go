package api

import (
	"bufio"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/internal/cache"
	"jiqiao/internal/live"
)

// page is an open page that hears events.
type page struct {
	t    *testing.T
	res  *http.Response
	body *bufio.Reader
}

// openPage connects over a real connection.
func (w *world) openPage(t *testing.T, base string, p *person, query, last string) *page {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/api/v1/events"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: plainCookie, Value: p.secret})
	r.Header.Set("Accept-Encoding", "gzip")
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") || res.Header.Get("Content-Encoding") != "" {
		t.Fatalf("%d, %v", res.StatusCode, res.Header)
	}
	pg := &page{t, res, bufio.NewReader(res.Body)}
	if first := pg.next(); first != "retry: 3000" {
		t.Fatalf("begins with %q", first)
	}
	return pg
}

// next is the next event; comments are passed over. "" is the end of the stream.
func (p *page) next() string {
	p.t.Helper()
	var lines []string
	for {
		line, err := p.body.ReadString('\n')
		if err != nil {
			return ""
		}
		line = strings.TrimRight(line, "\n")
		switch {
		case line == "" && len(lines) > 0:
			return strings.Join(lines, "\n")
		case line != "" && !strings.HasPrefix(line, ":"):
			lines = append(lines, line)
		}
	}
}

// id is that of an event.
func id(event string) string {
	line, _, _ := strings.Cut(event, "\n")
	return strings.TrimPrefix(line, "id: ")
}

func serve(t *testing.T, h http.Handler) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func TestEventsAreStreamed(t *testing.T) {
	w := newWorld(t)
	s := serve(t, w.server)
	t.Cleanup(w.live.Close)
	me, other := w.as(jiqiao.RoleBroker), w.as(jiqiao.RoleOperator)
	mine := w.openPage(t, s.URL, me, "?topics=inbox", "")
	theirs := w.openPage(t, s.URL, other, "", "")
	w.tell("k_1", jiqiao.TopicDeal, "密件", me)
	got := mine.next()
	if !strings.Contains(got, "event: inbox\n") || !strings.Contains(got, `"topic":"deal"`) || strings.Contains(got, "密件") || strings.Contains(got, other.ID) {
		t.Errorf("heard %q", got)
	}
	w.tell("k_2", jiqiao.TopicDeal, "密件", other)
	if got := theirs.next(); !strings.Contains(got, "k_2") {
		t.Errorf("the other one hears %q first", got)
	}
	// A page that comes back hears what it missed, one from another time is told to read anew.
	w.tell("k_3", jiqiao.TopicDeal, "密件", me)
	if got := w.openPage(t, s.URL, me, "", id(got)).next(); !strings.Contains(got, "k_3") {
		t.Errorf("missed: %q", got)
	}
	if got := w.openPage(t, s.URL, me, "", "elsewhere-7").next(); !strings.Contains(got, "event: resync") || strings.Contains(got, "id:") {
		t.Errorf("from another time: %q", got)
	}
	w.live.Close()
	for _, p := range []*page{mine, theirs} {
		for p.next() != "" { // what was still on its way
		}
	}
}

func TestEventsNeedASession(t *testing.T) {
	w := newWorld(t)
	w.answers(401, nil, ask{path: "/api/v1/events"})
	w.answers(403, nil, ask{path: "/api/v1/events", as: jiqiao.ScopeAdmin})
	w.answers(400, nil, ask{path: "/api/v1/events?topics=" + strings.Repeat("a,", 30), user: w.as(jiqiao.RoleBroker)})
	w.live.Close()
	w.answers(503, nil, ask{path: "/api/v1/events", user: w.as(jiqiao.RoleBroker)})
}

func TestStreamEndsWithItsSession(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Heartbeat = 20 * time.Millisecond })
	s := serve(t, w.server)
	t.Cleanup(w.live.Close)
	me := w.as(jiqiao.RoleBroker)
	p := w.openPage(t, s.URL, me, "", "")
	w.answers(204, nil, ask{method: "POST", path: "/api/v1/auth/logout", user: me})
	if got := p.next(); got != "" {
		t.Errorf("after signing out: %q", got)
	}
}

func TestTwoProcessesShareEvents(t *testing.T) {
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("redis-server is not installed")
	}
	socket := startRedis(t)
	one, two := newWorld(t), newWorld(t)
	ctx, stop := context.WithCancel(context.Background())
	var side sync.WaitGroup
	t.Cleanup(func() { stop(); side.Wait() })
	for _, w := range []*world{one, two} {
		r, err := cache.OpenRedis("unix://"+socket, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = r.Close() })
		w.live.Join(r.Relay("city"))
		side.Go(func() { _ = w.live.Run(ctx) })
	}
	there := two.as(jiqiao.RoleBroker)
	s := serve(t, two.server)
	t.Cleanup(two.live.Close)
	p := two.openPage(t, s.URL, there, "", "")
	heard := make(chan string, 1)
	side.Go(func() { heard <- p.next() })
	// Until the second process hears, what the first one tells is lost for it.
	for range 500 {
		one.live.Tell([]jiqiao.Event{{Topic: "queue", Users: []string{there.ID}, Object: jiqiao.Ref{Type: "candidate", ID: "c_1"}}})
		select {
		case got := <-heard:
			if !strings.Contains(got, `"id":"c_1"`) {
				t.Errorf("heard %q", got)
			}
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Error("the other process hears nothing")
}

func TestSlowPageIsCutOff(t *testing.T) {
	h := live.New("test", slog.New(slog.DiscardHandler))
	v := jiqiao.Viewer{User: "u_1"}
	stream, leave, err := h.Listen(v, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	defer leave()
	for range 1000 {
		h.Tell([]jiqiao.Event{{Topic: "inbox", Users: []string{"u_1"}}})
	}
	w := newWorld(t, func(o *Options) { o.Live = streamOf(stream) })
	s := serve(t, w.server)
	p := w.openPage(t, s.URL, w.as(jiqiao.RoleBroker), "", "")
	n := 0
	for p.next() != "" {
		n++
	}
	if n == 0 || n >= 1000 {
		t.Errorf("heard %d before it was cut off", n)
	}
}

// streamOf is a Live whose one stream is given.
type streamOf jiqiao.EventStream

func (s streamOf) Listen(jiqiao.Viewer, []string, string) (jiqiao.EventStream, func(), error) {
	return jiqiao.EventStream(s), func() {}, nil
}

func startRedis(t *testing.T) (socket string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "jq-redis") // t.TempDir may be too long for a socket's path
	if err != nil {
		t.Fatal(err)
	}
	socket = filepath.Join(dir, "s")
	cmd := exec.Command("redis-server", "--port", "0", "--unixsocket", socket, "--dir", dir, "--save", "")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = os.RemoveAll(dir)
	})
	for range 500 {
		if c, err := net.Dial("unix", socket); err == nil {
			_ = c.Close()
			return socket
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("redis-server does not listen")
	return ""
}
