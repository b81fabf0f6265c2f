package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"jiqiao"
	"jiqiao/store/pgtest"
)

// redisServer is a real redis-server on a socket in a directory of its own.
type redisServer struct {
	t           *testing.T
	dir, socket string
	cmd         *exec.Cmd
}

func startRedis(t *testing.T) *redisServer {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("没有 redis-server，跳过（apt-get install redis-server）")
	}
	dir, err := os.MkdirTemp("", "jq-redis") // the path of a socket holds about 100 bytes
	if err != nil {
		t.Fatal(err)
	}
	r := &redisServer{t: t, dir: dir, socket: filepath.Join(dir, "s")}
	r.start()
	t.Cleanup(func() { r.kill(); _ = os.RemoveAll(dir) })
	return r
}

func (r *redisServer) start() {
	r.t.Helper()
	_ = os.Remove(r.socket)
	r.cmd = exec.Command("redis-server", "--port", "0", "--unixsocket", r.socket, "--dir", r.dir, "--save", "")
	if err := r.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	eventually(r.t, "redis-server listens", func() error {
		c, err := net.Dial("unix", r.socket)
		if err == nil {
			_ = c.Close()
		}
		return err
	})
}

func (r *redisServer) kill() {
	if r.cmd.ProcessState == nil {
		_ = r.cmd.Process.Kill()
		_ = r.cmd.Wait()
	}
}

// load is four clients who each own one need: they rewrite it with a rising number in its title, and search for it and
// ask for the matches of an achievement that it fits.
type load struct {
	t        *testing.T
	site     *site
	partner  string
	onReply  func(r reply) (ok bool) // judges what is no success; every answer passes here
	done     atomic.Bool
	workers  sync.WaitGroup
	requests atomic.Int64
	editors  []*editor
}

// editor is one of the clients.
type editor struct {
	*load
	word, id     string
	etag         string
	acknowledged int // highest number that a write was acknowledged with
	sent         int // highest number ever sent
	seen         map[string]int
}

var numbered = regexp.MustCompile(`第 (\d+) 稿`)

func startLoad(t *testing.T, s *site, onReply func(r reply) bool) *load {
	t.Helper()
	l := &load{t: t, site: s, onReply: onReply}
	body := newNeed("膜分离装置耐污染改性", "")
	delete(body, "problem")
	body["abstract"] = "膜分离装置的耐污染改性，清洗周期延长一倍。"
	var partner saved[jiqiao.Achievement]
	s.call(t, http.MethodPost, "/api/v1/achievements", body, http.StatusCreated, &partner)
	l.partner = partner.Record.ID
	for _, word := range []string{"盐湖提锂", "印染废水", "垃圾渗滤", "乳品浓缩"} {
		e := &editor{load: l, word: word, seen: map[string]int{}}
		var answer saved[jiqiao.Need]
		r := s.call(t, http.MethodPost, "/api/v1/needs", e.need(), http.StatusCreated, &answer)
		e.id, e.etag = answer.Record.ID, r.header.Get("ETag")
		l.editors = append(l.editors, e)
	}
	s.waitIndexed(t) // so that every need has been shown once
	for _, e := range l.editors {
		l.workers.Go(func() {
			for !l.done.Load() {
				e.write()
				for range 3 {
					e.read("search", searchPath(jiqiao.KindNeed, e.word))
					e.read("matches", "/api/v1/achievements/"+l.partner+"/matches?limit=20")
				}
			}
		})
	}
	return l
}

// stop ends the load and says how much it was.
func (l *load) stop() {
	l.done.Store(true)
	l.workers.Wait()
	l.t.Logf("%d requests", l.requests.Load())
}

// during lets the load go on for another n requests.
func (l *load) during(n int64) {
	l.t.Helper()
	until := l.requests.Load() + n
	eventually(l.t, "the load goes on", func() error {
		if got := l.requests.Load(); got < until {
			return fmt.Errorf("%d requests, want %d", got, until)
		}
		return nil
	})
}

func (e *editor) need() map[string]any {
	return newNeed(fmt.Sprintf("%s膜分离装置耐污染改性第 %d 稿", e.word, e.sent), "膜分离装置清洗周期太短，需要耐污染改性。")
}

// ask counts and judges one request; ok is false when the answer is of no use.
func (e *editor) ask(method, path string, body any, header ...string) (r reply, ok bool) {
	r, err := e.site.ask(context.WithoutCancel(e.t.Context()), method, path, body, header...)
	e.requests.Add(1)
	if err != nil {
		e.t.Errorf("%s %s: %v", method, path, err)
		return r, false
	}
	return r, e.onReply(r)
}

// write rewrites the editor's need, and reads it at once. A write that failed may have happened, so the next one starts
// from the version that is there.
func (e *editor) write() {
	e.sent++
	r, ok := e.ask(http.MethodPut, "/api/v1/needs/"+e.id, e.need(), "If-Match", e.etag)
	if ok {
		e.acknowledged, e.etag = e.sent, r.header.Get("ETag")
	}
	r, readable := e.ask(http.MethodGet, "/api/v1/needs/"+e.id, nil)
	if !readable {
		return
	}
	e.etag = r.header.Get("ETag")
	if n := number(string(r.body), e.word); n < e.acknowledged {
		e.t.Errorf("%s: number %d was acknowledged and %d is read", e.word, e.acknowledged, n)
	}
}

// read asks for an answer that shows the need; an older wording must not come back once a newer one was shown.
func (e *editor) read(what, path string) {
	r, ok := e.ask(http.MethodGet, path, nil)
	if !ok {
		return
	}
	n := number(string(r.body), e.word)
	if n < e.seen[what] {
		e.t.Errorf("%s of %s: %d after %d", what, e.word, n, e.seen[what])
	}
	e.seen[what] = max(n, e.seen[what])
}

// number is the number in the first title of the answer that begins with the word; -1 when there is none. Marks of
// what was found may cut the title of a hit in pieces, never that of its record.
func number(answer, word string) int {
	for _, piece := range strings.Split(answer, `"title":"`+word)[1:] {
		title, _, _ := strings.Cut(piece, `"`)
		if m := numbered.FindStringSubmatch(title); m != nil {
			n, _ := strconv.Atoi(m[1])
			return n
		}
	}
	return -1
}

// settle waits until every answer shows what was acknowledged last.
func (l *load) settle() {
	l.t.Helper()
	for _, e := range l.editors {
		for what, path := range map[string]string{
			"record": "/api/v1/needs/" + e.id, "search": searchPath(jiqiao.KindNeed, e.word),
			"matches": "/api/v1/achievements/" + l.partner + "/matches?limit=20",
		} {
			eventually(l.t, what+" of "+e.word, func() error {
				r, err := l.site.ask(l.t.Context(), http.MethodGet, path, nil)
				if err != nil || r.status != http.StatusOK {
					return fmt.Errorf("status %d, %v: %s", r.status, err, r.body)
				}
				if n := number(string(r.body), e.word); n < e.acknowledged || n > e.sent {
					return fmt.Errorf("number %d, want one of %d to %d", n, e.acknowledged, e.sent)
				}
				return nil
			})
		}
	}
}

func TestRedisDiesUnderLoad(t *testing.T) {
	redis := startRedis(t)
	cfg := testConfig(t.TempDir())
	cfg.DatabaseURL = pgtest.Start(t).Database(t)
	cfg.RedisURL = "unix://" + redis.socket
	a, s, _ := startApp(t, cfg)
	loadSample(t, a.Store)

	var degraded atomic.Int64
	l := startLoad(t, s, func(r reply) bool {
		if r.status != http.StatusOK {
			t.Errorf("status %d: %s", r.status, r.body)
			return false
		}
		var answer struct {
			Degraded []string `json:"degraded"`
		}
		if json.Unmarshal(r.body, &answer) == nil && slices.Contains(answer.Degraded, "cache") {
			degraded.Add(1)
		}
		return true
	})
	l.during(100)
	if n := degraded.Load(); n > 0 {
		t.Errorf("%d answers say degraded while Redis is well", n)
	}
	redis.kill()
	l.during(200)
	if degraded.Load() == 0 {
		t.Error("no answer says that the cache is gone")
	}
	redis.start()
	eventually(t, "answers without degraded again", func() error {
		before := degraded.Load()
		l.during(50)
		if degraded.Load() > before {
			return errors.New("still degraded")
		}
		return nil
	})
	l.stop()
	l.settle()
}

// internals are words that a person has no use for and an attacker has.
var internals = []string{"pgx", "pq:", "SQLSTATE", "sql", "dial", "unix", "connect", "postgres", "failed", "/tmp", "goroutine", "context"}

func TestPostgreSQLStopsUnderLoad(t *testing.T) {
	redis := startRedis(t)
	pg := pgtest.Start(t)
	cfg := testConfig(t.TempDir())
	cfg.DatabaseURL = pg.Database(t)
	cfg.RedisURL = "unix://" + redis.socket
	a, s, _ := startApp(t, cfg)
	loadSample(t, a.Store)

	var out atomic.Bool // PostgreSQL may be gone
	var refused atomic.Int64
	l := startLoad(t, s, func(r reply) bool {
		switch {
		case r.status == http.StatusOK:
			return true
		case r.status == http.StatusPreconditionFailed:
			return false // the write before it failed and had happened
		case !out.Load() || r.status != http.StatusServiceUnavailable && r.status != http.StatusGatewayTimeout:
			t.Errorf("status %d, PostgreSQL stopped: %v: %s", r.status, out.Load(), r.body)
			return false
		}
		refused.Add(1)
		var e jiqiao.Error
		if err := json.Unmarshal(r.body, &e); err != nil || !chinese(e.Message) {
			t.Errorf("status %d with %s", r.status, r.body)
		}
		for _, word := range internals {
			if strings.Contains(strings.ToLower(e.Message), strings.ToLower(word)) {
				t.Errorf("%q tells %q", e.Message, word)
			}
		}
		return false
	})
	l.during(100)
	out.Store(true)
	if err := pg.Stop(); err != nil {
		t.Fatal(err)
	}
	l.during(200)
	if refused.Load() == 0 {
		t.Error("every request succeeded without a database")
	}
	if r, err := s.ask(t.Context(), http.MethodGet, "/readyz", nil); err != nil || r.status != http.StatusServiceUnavailable {
		t.Errorf("/readyz without a database: status %d, %v: %s", r.status, err, r.body)
	}
	if err := pg.Resume(); err != nil {
		t.Fatal(err)
	}
	s.waitReady(t)
	eventually(t, "no more refusals", func() error {
		before := refused.Load()
		l.during(50)
		if refused.Load() > before {
			return errors.New("requests are still refused")
		}
		return nil
	})
	out.Store(false)
	l.during(100)
	l.stop()
	l.settle()
	t.Logf("%d requests refused during the outage", refused.Load())
}
