package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jiqiao"
)

func record(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}

func TestRequestID(t *testing.T) {
	w := newWorld(t)
	for given, kept := range map[string]bool{"abc-123_X.y": true, "": false, "with space": false, "line\nbreak": false, "编号": false, strings.Repeat("x", 65): false} {
		got := w.do(ask{path: "/healthz", header: map[string]string{"X-Request-ID": given}}).Header().Get("X-Request-ID")
		if got == "" || (got == given) != kept {
			t.Errorf("given %q: %q", given, got)
		}
	}
	first, second := w.do(ask{path: "/healthz"}), w.do(ask{path: "/healthz"})
	if first.Header().Get("X-Request-ID") == second.Header().Get("X-Request-ID") {
		t.Error("two requests have one id")
	}
}

func TestSecurityHeaders(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/api/v1/codes", "/api/v1/nothing", "/api/docs", "/healthz", "/", "/api/v1/needs/x"} {
		h := w.do(ask{path: path}).Header()
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s: %v", path, h)
		}
		if policy := h.Get("Content-Security-Policy"); strings.HasPrefix(path, "/api") && !strings.Contains(policy, "default-src 'none'") {
			t.Errorf("%s: policy %q", path, policy)
		}
	}
	if h := w.do(ask{path: "/api/v1/codes"}).Header(); h.Get("Cache-Control") != "private, no-cache" || !strings.Contains(h.Get("Vary"), "Authorization") {
		t.Errorf("an answer may be kept for others: %v", h)
	}
}

func TestConditionalRequests(t *testing.T) {
	w := newWorld(t)
	n := need("研制碳化硅功率器件")
	w.put(n)
	for _, path := range []string{
		"/api/v1/needs/" + n.ID, "/api/v1/needs", "/api/v1/codes", "/api/v1/codes/industry", "/api/v1/search?kind=need&facets=true",
		"/api/v1/needs/" + n.ID + "/matches", "/api/v1/needs/" + n.ID + "/similar", "/api/v1/stats", "/api/openapi.yaml", "/api/openapi.json", "/api/docs",
	} {
		tag := w.do(ask{path: path}).Header().Get("ETag")
		if tag == "" {
			t.Errorf("%s has no ETag", path)
			continue
		}
		for given, status := range map[string]int{tag: 304, `"x", ` + tag: 304, strings.TrimPrefix(tag, "W/"): 304, "*": 304, `"other"`: 200} {
			rec := w.do(ask{path: path, header: map[string]string{"If-None-Match": given}})
			if rec.Code != status || status == 304 && rec.Body.Len() > 0 {
				t.Errorf("%s with %s: %d, %d bytes", path, given, rec.Code, rec.Body.Len())
			}
		}
	}
	path := "/api/v1/needs/" + n.ID
	before := w.do(ask{path: path}).Header().Get("ETag")
	if before != `"1"` {
		t.Errorf("ETag %s, want the version", before)
	}
	w.put(func() jiqiao.Record { n.Title = "研制氮化镓器件"; return n }())
	if rec := w.do(ask{path: path, header: map[string]string{"If-None-Match": before}}); rec.Code != 200 {
		t.Errorf("after a change: %d", rec.Code)
	}
}

// A viewer's ETag of a list is not another viewer's.
func TestTagsDifferByWhatIsSeen(t *testing.T) {
	w := newWorld(t)
	w.put(need("研制碳化硅功率器件", func(n *jiqiao.Need) { n.Contact.Mobile = "13800000000" }))
	public, shown := w.do(ask{path: "/api/v1/needs"}).Header().Get("ETag"), w.do(ask{path: "/api/v1/needs", as: reader}).Header().Get("ETag")
	if public == shown {
		t.Error("the same ETag with and without contacts")
	}
}

func TestHead(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/api/v1/codes", "/healthz", "/api/docs"} {
		if rec := w.do(ask{method: "HEAD", path: path}); rec.Code != 200 {
			t.Errorf("HEAD %s: %d", path, rec.Code)
		}
	}
}

func TestGzip(t *testing.T) {
	w := newWorld(t)
	n := need("研制碳化硅功率器件")
	w.put(n)
	for _, c := range []struct {
		name, path, accept string
		zipped             bool
	}{
		{"a long list", "/api/v1/codes/industry", "gzip, br", true},
		{"weighted", "/api/v1/codes/industry", "br;q=1, gzip;q=0.5", true},
		{"anything", "/api/v1/codes/industry", "*", true},
		{"refused", "/api/v1/codes/industry", "gzip;q=0", false},
		{"not asked for", "/api/v1/codes/industry", "", false},
		{"tiny", "/healthz", "gzip", false},
		{"documentation", "/api/docs", "gzip", true},
		{"the page", "/", "gzip", true},
		{"a workbook", "/api/v1/templates/need.xlsx", "gzip", false},
	} {
		rec := w.do(ask{path: c.path, header: map[string]string{"Accept-Encoding": c.accept}})
		if zipped := rec.Header().Get("Content-Encoding") == "gzip"; zipped != c.zipped {
			t.Errorf("%s: zipped %t", c.name, zipped)
		}
		bare := record(w.server, w.request(ask{path: c.path}))
		if !bytes.Equal(plain(t, rec), bare.Body.Bytes()) {
			t.Errorf("%s: another body", c.name)
		}
		if c.zipped && !strings.Contains(strings.Join(rec.Header().Values("Vary"), ","), "Accept-Encoding") {
			t.Errorf("%s: Vary %q", c.name, rec.Header().Values("Vary"))
		}
	}
	rec := w.do(ask{path: "/api/v1/codes/industry", header: map[string]string{"Accept-Encoding": "gzip"}})
	again := w.do(ask{path: "/api/v1/codes/industry", header: map[string]string{"Accept-Encoding": "gzip", "If-None-Match": rec.Header().Get("ETag")}})
	if again.Code != 304 || again.Body.Len() > 0 {
		t.Errorf("304 with %d bytes", again.Body.Len())
	}
}

func TestRateLimit(t *testing.T) {
	var mu sync.Mutex
	now := time.Unix(1_800_000_000, 0)
	w := newWorld(t, func(o *Options) {
		o.RatePerSecond, o.RateBurst, o.TrustedProxies = 2, 3, []string{"10.0.0.0/8"}
		o.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	})
	from := func(addr, forwarded string) *httptest.ResponseRecorder {
		r := w.request(ask{path: "/api/v1/codes/trl"})
		r.RemoteAddr = addr + ":1000"
		if forwarded != "" {
			r.Header.Set("X-Forwarded-For", forwarded)
		}
		return record(w.server, r)
	}
	for i := range 3 {
		if rec := from("192.0.2.1", ""); rec.Code != 200 {
			t.Fatalf("request %d of the burst: %d", i+1, rec.Code)
		}
	}
	rec := from("192.0.2.1", "")
	if rec.Code != 429 || rec.Header().Get("Retry-After") != "1" || !strings.Contains(rec.Body.String(), "too_many") {
		t.Errorf("beyond the burst: %d, Retry-After %q, %s", rec.Code, rec.Header().Get("Retry-After"), rec.Body)
	}
	if rec := from("192.0.2.1", "192.0.2.77"); rec.Code != 429 {
		t.Errorf("a forged address passes: %d", rec.Code)
	}
	if rec := from("192.0.2.2", ""); rec.Code != 200 {
		t.Errorf("another client: %d", rec.Code)
	}
	for i := range 4 {
		if rec := from("10.1.2.3", fmt.Sprintf("198.51.100.%d", i)); rec.Code != 200 {
			t.Errorf("client %d behind the proxy: %d", i, rec.Code)
		}
	}
	if rec := record(w.server, httptest.NewRequest(http.MethodGet, "/healthz", nil)); rec.Code != 200 {
		t.Errorf("health is limited: %d", rec.Code)
	}
	mu.Lock()
	now = now.Add(time.Second)
	mu.Unlock()
	if rec := from("192.0.2.1", ""); rec.Code != 200 {
		t.Errorf("a second later: %d", rec.Code)
	}
}

func TestRateTableIsBounded(t *testing.T) {
	l := newLimiter(1, time.Second, 1, time.Now)
	for i := range maxClients + 500 {
		l.wait(fmt.Sprint(i))
	}
	if len(l.clients) != maxClients || l.recent.Len() != maxClients {
		t.Errorf("%d clients are kept", len(l.clients))
	}
}

func TestClientKey(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "2001:db8:1:2::9": "2001:db8:1:2::/64", "": "", "unix": "unix",
	} {
		if got := clientKey(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

func TestTimeout(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Timeout = 20 * time.Millisecond })
	w.desk.wait = func(ctx context.Context) { <-ctx.Done() }
	if rec := w.do(ask{path: "/api/v1/needs"}); rec.Code != 504 || !strings.Contains(rec.Body.String(), "timeout") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if rec := w.do(ask{path: "/api/v1/codes"}); rec.Code != 200 {
		t.Errorf("what does not wait: %d", rec.Code)
	}
}

func TestPanicIsAnswered(t *testing.T) {
	w := newWorld(t)
	w.desk.wait = func(context.Context) { panic("SECRET") }
	rec := w.do(ask{path: "/api/v1/needs"})
	if rec.Code != 500 || strings.Contains(rec.Body.String(), "SECRET") || !strings.Contains(rec.Body.String(), `"internal"`) {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if !strings.Contains(w.log.String(), "SECRET") {
		t.Error("the panic is not in the log")
	}
	if body := w.do(ask{path: "/metrics"}).Body.String(); !strings.Contains(body, "jiqiao_http_panics_total 1") {
		t.Error("the panic is not counted")
	}
}

// The log says what was asked for, never with which words or for whom.
func TestLogHoldsNoQuery(t *testing.T) {
	w := newWorld(t)
	w.do(ask{path: "/api/v1/search?kind=need&q=SECRETWORD", as: reader, header: map[string]string{"X-Request-ID": "req-1"}})
	w.do(ask{path: "/api/v1/needs/SECRETWORD"})
	w.do(ask{path: "/SECRETWORD"})
	log := w.log.String()
	if strings.Contains(log, "SECRETWORD") || strings.Contains(log, w.tokens[reader]) {
		t.Error(log)
	}
	for _, want := range []string{"request_id=req-1", "route=/api/v1/search", "status=200", `by="test read"`, "status=404"} {
		if !strings.Contains(log, want) {
			t.Errorf("lacks %s: %s", want, log)
		}
	}
}

func TestMetricsCountRequests(t *testing.T) {
	w := newWorld(t)
	w.do(ask{path: "/api/v1/needs/n_1"})
	w.do(ask{path: "/api/v1/needs/n_2"})
	w.do(ask{method: "BREW", path: "/api/v1/needs/n_2"})
	w.status.lag = 7
	body := w.do(ask{path: "/metrics"}).Body.String()
	for _, want := range []string{
		`jiqiao_http_requests_total{method="GET",route="/api/v1/needs/:id",status="404"} 2`,
		`method="other"`, `jiqiao_http_request_seconds_bucket{class="4xx",route="/api/v1/needs/:id"`, "jiqiao_index_lag 7",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("lacks %s", want)
		}
	}
	w.status.lagFail = errors.New("no")
	if body := w.do(ask{path: "/metrics"}).Body.String(); !strings.Contains(body, "jiqiao_index_lag -1") {
		t.Error("an unknown lag is not -1")
	}
}

func TestReadiness(t *testing.T) {
	w := newWorld(t)
	for i, c := range []struct {
		lag     int64
		lagFail error
		down    error
		status  int
		has     string
	}{
		{lag: 5, status: 503, has: "还差 5 条"}, // never caught up yet
		{lag: 0, status: 200, has: `"ready":true`},
		{lag: 5, status: 200, has: `"lag":5`}, // following a writer
		{lag: maxLag + 1, status: 503, has: "没有跟上"},
		{lagFail: errors.New("SECRET"), status: 503, has: "索引无法跟上"},
		{lagFail: jiqiao.Fail(jiqiao.CodeUnavailable, "正在读入全部记录", errors.New("SECRET")), status: 503, has: "正在读入全部记录"},
		{down: errors.New("SECRET"), status: 503, has: "数据库没有应答"},
		{status: 200, has: `"ready":true`},
	} {
		w.status.lag, w.status.lagFail, w.status.down = c.lag, c.lagFail, c.down
		rec := w.do(ask{path: "/readyz"})
		if rec.Code != c.status || !strings.Contains(rec.Body.String(), c.has) || strings.Contains(rec.Body.String(), "SECRET") {
			t.Errorf("step %d: %d %s", i, rec.Code, rec.Body)
		}
		if rec := w.do(ask{path: "/healthz"}); rec.Code != 200 {
			t.Errorf("step %d: health %d", i, rec.Code)
		}
	}
}

// Of many who change one version at once, one comes through, and the others are told.
func TestConcurrentEdits(t *testing.T) {
	w := newWorld(t)
	n := need("研制碳化硅功率器件")
	w.put(n)
	var won, lost atomic.Int64
	var wg sync.WaitGroup
	for i := range 8 {
		r := w.request(ask{method: "PUT", path: "/api/v1/needs/" + n.ID, as: writer, header: map[string]string{"If-Match": `"1"`},
			body: fmt.Sprintf(`{"title":"第%d个","owner":{"name":"甲公司"}}`, i)})
		wg.Go(func() {
			switch rec := record(w.server, r); rec.Code {
			case 200:
				won.Add(1)
			case 412:
				lost.Add(1)
			default:
				t.Errorf("%d %s", rec.Code, rec.Body)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 || lost.Load() != 7 {
		t.Errorf("%d won, %d lost", won.Load(), lost.Load())
	}
}

func TestImport(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.MaxUpload = 1 << 20 })
	send := func(as jiqiao.Scope, query, field, name string, content io.Reader) *httptest.ResponseRecorder {
		body, kind := upload(field, name, content)
		return w.do(ask{method: "POST", path: "/api/v1/imports?" + query, as: as, body: body, header: map[string]string{"Content-Type": kind}})
	}
	text := func(n int) io.Reader { return strings.NewReader(strings.Repeat("x", n)) }
	for _, c := range []struct {
		name, query, field, file string
		as                       jiqiao.Scope
		content                  io.Reader
		status                   int
		has                      string
	}{
		{"preview", "kind=need", "file", "需求.xlsx", writer, text(100), 201, `"previewed"`},
		{"commit", "kind=achievement&mode=commit", "file", "a.csv", writer, text(0), 201, "请填写需求名称"},
		{"with warnings", "kind=need", "file", "a.csv", writer, text(1), 201, `"warnings":[{"row":2,"column":"手机","message":"请核对手机号","value":"12345"}],"more_warnings":1`},
		{"just fits", "kind=need", "file", "a.csv", writer, text(1 << 20), 201, ""},
		{"too large", "kind=need", "file", "a.csv", writer, text(1<<20 + 1), 413, "文件过大，上限为 1 MiB"},
		{"far too large", "kind=need", "file", "a.csv", writer, text(3 << 20), 413, "文件过大"},
		{"without kind", "", "file", "a.csv", writer, text(1), 400, "kind"},
		{"in no mode", "kind=need&mode=now", "file", "a.csv", writer, text(1), 400, "mode"},
		{"without file", "kind=need", "data", "a.csv", writer, text(1), 400, "file"},
		{"without a right", "kind=need", "file", "a.csv", reader, text(1), 403, "forbidden"},
		{"without a token", "kind=need", "file", "a.csv", "", text(1), 401, "unauthorized"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.t = t
			rec := send(c.as, c.query, c.field, c.file, c.content)
			if rec.Code != c.status || !strings.Contains(rec.Body.String(), c.has) {
				t.Errorf("%d %s", rec.Code, rec.Body)
			}
			if rec.Code == 201 && rec.Header().Get("Location") != "/api/v1/imports/i_1" {
				t.Errorf("Location %q", rec.Header().Get("Location"))
			}
			if left, err := os.ReadDir(w.server.opts.TempDir); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
	w.t = t
	rec := send(writer, "kind=need&mode=commit", "file", `C:\表格\..\需求.xlsx`, text(3))
	if rec.Code != 201 || w.intake.name != "需求.xlsx" || string(w.intake.content) != "xxx" || !w.intake.commit {
		t.Errorf("%d; the importer got %q, %q, commit %t", rec.Code, w.intake.name, w.intake.content, w.intake.commit)
	}
	w.play(t, []scenario{
		{name: "not a form", ask: ask{method: "POST", path: "/api/v1/imports?kind=need", as: writer, body: "{}"}, status: 415},
		{name: "a broken form", ask: ask{method: "POST", path: "/api/v1/imports?kind=need", as: writer, body: strings.NewReader("--x\r\nContent-"), header: map[string]string{"Content-Type": "multipart/form-data; boundary=x"}}, status: 400, has: []string{"没有完整收到"}},
		{name: "report", ask: ask{path: "/api/v1/imports/i_1", as: writer}, status: 200, has: []string{`"errors":[]`, `"warnings":[]`, "finished_at"}},
		{name: "no report", ask: ask{path: "/api/v1/imports/i_2", as: writer}, status: 404},
		{name: "report for a reader", ask: ask{path: "/api/v1/imports/i_1", as: reader}, status: 403},
		{name: "commit", ask: ask{method: "POST", path: "/api/v1/imports/i_1/commit", as: writer}, status: 200, has: []string{`"done"`}},
		{name: "commit nothing", ask: ask{method: "POST", path: "/api/v1/imports/i_2/commit", as: writer}, status: 404},
		{name: "error workbook", ask: ask{path: "/api/v1/imports/i_1/errors.xlsx", as: writer}, status: 200, has: []string{"PK workbook"}},
		{name: "no error workbook", ask: ask{path: "/api/v1/imports/i_2/errors.xlsx", as: writer}, status: 404, has: []string{"not_found"}},
	})
}

// A declared length over the limit is refused before a byte is read.
func TestLargeUploadIsRefusedUnread(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.MaxUpload = 1000 })
	r := w.request(ask{method: "POST", path: "/api/v1/imports?kind=need", as: writer, body: failingReader{t}, header: map[string]string{"Content-Type": "multipart/form-data; boundary=x"}})
	r.ContentLength = 200 << 20
	if rec := record(w.server, r); rec.Code != 413 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

type failingReader struct{ t *testing.T }

func (f failingReader) Read([]byte) (int, error) {
	f.t.Error("the body was read")
	return 0, io.EOF
}

// 200 MiB come in without passing through memory, over a real connection.
func TestUploadStreams(t *testing.T) {
	if testing.Short() {
		t.Skip("moves 40 MiB")
	}
	w := newWorld(t)
	srv := httptest.NewServer(w.server)
	defer srv.Close()
	const size = 40 << 20
	body, kind := upload("file", "big.csv", io.LimitReader(zeros{}, size))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL+"/api/v1/imports?kind=need", body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Authorization", "Bearer "+w.tokens[writer])
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusCreated || len(w.intake.content) != size {
		t.Errorf("%d, %d bytes arrived", resp.StatusCode, len(w.intake.content))
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// An export that breaks in the middle is an error, not half a file.
func TestBrokenExportIsAnError(t *testing.T) {
	w := newWorld(t)
	for i := range 150 {
		w.put(need(fmt.Sprintf("研制器件%d", i)))
	}
	w.desk.wait = func(context.Context) {
		if w.desk.calls.Load() == 2 { // the second page
			w.desk.fail = errors.New("SECRET")
		}
	}
	rec := w.do(ask{path: "/api/v1/exports/need.csv?q=研制"})
	if rec.Code != 500 || strings.Contains(rec.Body.String(), "研制") || rec.Header().Get("Content-Disposition") != "" {
		t.Errorf("%d %v %.200s", rec.Code, rec.Header(), rec.Body)
	}
}

func TestExportPagesThroughAll(t *testing.T) {
	w := newWorld(t)
	for i := range 230 {
		w.put(need(fmt.Sprintf("研制器件%d", i)))
	}
	for _, query := range []string{"", "?q=研制", "?regions=320000"} {
		rec := w.do(ask{path: "/api/v1/exports/need.jsonl" + query})
		if n := strings.Count(rec.Body.String(), "\n"); rec.Code != 200 || n != 230 {
			t.Errorf("%s: %d, %d records", query, rec.Code, n)
		}
	}
	h := w.do(ask{path: "/api/v1/exports/need.csv"}).Header()
	if h.Get("Content-Type") != "text/csv; charset=utf-8" || h.Get("Content-Disposition") != "attachment; filename*=UTF-8''%E6%8A%80%E6%9C%AF%E9%9C%80%E6%B1%82.csv" {
		t.Errorf("%v", h)
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`{"title":"x"}`, "{\n\"a\":1}", `{"metrics":[{"value":"x"}]}`, "\xff", `{"title":"x"}}`, `null`, `"`, `{"price":{"min":1e99}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		err := decodeJSON(body, jiqiao.NewRecord(jiqiao.KindNeed))
		if err != nil && jiqiao.CodeOf(err) != jiqiao.CodeInvalid {
			t.Errorf("%v", err)
		}
		if err == nil && !json.Valid(body) {
			t.Error("broken JSON passes")
		}
	})
}
