package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/internal/app"
	"jiqiao/internal/config"
	"jiqiao/sample"
	"jiqiao/store"
)

// patience bounds every wait for something that ought to happen soon; it is no promise about speed.
const patience = 60 * time.Second

// eventually calls try until it returns nil.
func eventually(t testing.TB, what string, try func() error) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		err := try()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: %v", what, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// site is a service that answers HTTP, in this process or in another.
type site struct {
	base, token string
	client      *http.Client
}

func newSite(base, token string) *site {
	return &site{base: base, token: token, client: &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 8}}}
}

// reply is an answer, read to its end.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// ask sends a request; body is sent as JSON unless nil, header comes in pairs.
func (s *site) ask(ctx context.Context, method, path string, body any, header ...string) (reply, error) {
	var raw []byte
	if body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			return reply{}, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, s.base+path, bytes.NewReader(raw))
	if err != nil {
		return reply{}, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if s.token != "" {
		req.Header.Set("Authorization", "Bearer "+s.token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, answer}, err
}

// call asks, insists on the status and decodes the answer into v unless that is nil.
func (s *site) call(t testing.TB, method, path string, body any, status int, v any, header ...string) reply {
	t.Helper()
	r, err := s.ask(t.Context(), method, path, body, header...)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	if r.status != status {
		t.Fatalf("%s %s: status %d, want %d: %s", method, path, r.status, status, r.body)
	}
	if v != nil {
		if err := json.Unmarshal(r.body, v); err != nil {
			t.Fatalf("%s %s: %v: %s", method, path, err, r.body)
		}
	}
	return r
}

// waitReady waits until the service calls itself ready, which it does while its index is a little behind.
func (s *site) waitReady(t testing.TB) { s.waitHealth(t, func(reply) bool { return true }) }

// waitIndexed waits until index and matcher hold all that has been written.
func (s *site) waitIndexed(t testing.TB) {
	s.waitHealth(t, func(r reply) bool { return !bytes.Contains(r.body, []byte(`"lag":`)) })
}

func (s *site) waitHealth(t testing.TB, good func(reply) bool) {
	t.Helper()
	eventually(t, "wait for /readyz", func() error {
		r, err := s.ask(t.Context(), http.MethodGet, "/readyz", nil)
		if err == nil && (r.status != http.StatusOK || !good(r)) {
			err = errors.New(string(r.body))
		}
		return err
	})
}

// logged is a log that a test shows when it fails.
func logged(t testing.TB) *slog.Logger {
	var buf lockedBuffer
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("log of the service:\n%s", buf.last())
		}
	})
	return slog.New(slog.NewTextHandler(&buf, nil))
}

type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// last is the end of what was written, which is what an outage leaves readable.
func (b *lockedBuffer) last() string {
	s := b.String()
	return s[max(0, len(s)-20_000):]
}

// testConfig is the configuration of a service nobody configured, but for where it lives.
func testConfig(dir string) config.Config {
	cfg := config.Defaults()
	cfg.DataDir = dir
	cfg.Listen = "127.0.0.1:0"
	cfg.RatePerSecond, cfg.RateBurst = 0, 0
	cfg.UserRatePerSecond, cfg.SignInsPerMinute = 0, 0
	return cfg
}

// startApp runs the whole service in this process, with a token that may do everything. stop stops it once and reports
// what went wrong; the end of the test does it otherwise.
func startApp(t testing.TB, cfg config.Config) (_ *app.App, _ *site, stop func() error) {
	t.Helper()
	a, err := app.New(t.Context(), cfg, app.Options{Log: logged(t), Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceValue(a.Stop)
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	address, err := a.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s := newSite("http://"+address, newToken(t, a.Store))
	s.waitReady(t)
	return a, s, stop
}

func newToken(t testing.TB, st *store.Store) string {
	t.Helper()
	scopes := []jiqiao.Scope{jiqiao.ScopeRead, jiqiao.ScopeReadPrivate, jiqiao.ScopeWrite}
	secret, _, err := st.CreateToken(t.Context(), "e2e", scopes, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

func loadSample(t testing.TB, st *store.Store) {
	t.Helper()
	orgs, err := sample.Organisations()
	if err != nil {
		t.Fatal(err)
	}
	for _, org := range orgs {
		if err := st.PutOrganisation(t.Context(), org); err != nil {
			t.Fatal(err)
		}
	}
	for _, kind := range jiqiao.Kinds {
		recs, err := sample.Records(kind)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := st.PutMany(t.Context(), recs); err != nil {
			t.Fatal(err)
		}
	}
}

// openStore looks into the database of a service, beside it or after its death.
func openStore(t testing.TB, cfg config.Config) *store.Store {
	t.Helper()
	st, err := store.Open(t.Context(), store.Config{URL: cfg.StoreURL(), Log: logged(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return st
}

// program is the path of the jiqiao program: the one JIQIAO_BIN names, else one built once for this run of the tests.
func program(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("-short：不运行需要真实程序的测试")
	}
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var built = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("JIQIAO_BIN"); path != "" {
		return filepath.Abs(path)
	}
	path := filepath.Join(buildDir, "jiqiao")
	if out, err := exec.Command("go", "build", "-o", path, "jiqiao/cmd/jiqiao").CombinedOutput(); err != nil {
		return "", errors.Join(err, errors.New(string(out)))
	}
	return path, nil
})

// buildDir is where the program is built; it goes with the tests.
var buildDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "jiqiao-e2e-")
	if err != nil {
		panic(err)
	}
	buildDir = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// command is one run of the program on a data directory; only what matters of our environment reaches it.
func command(t testing.TB, dir string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program(t), append(args, "--data-dir", dir)...)
	cmd.Dir = t.TempDir()
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + cmd.Dir, "TMPDIR=" + os.TempDir()}
	return cmd
}

// jiqiaoRun runs the program to its end, which must be good, and returns what it printed.
func jiqiaoRun(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := command(t, dir, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("jiqiao %s: %v\n%s%s", strings.Join(args, " "), err, out.String(), errs.String())
	}
	return out.String()
}

// server is `jiqiao serve` as a process.
type server struct {
	*site
	cmd *exec.Cmd
	log *lockedBuffer
}

// startServer starts the program and waits until it is ready.
func startServer(t testing.TB, dir, token string, args ...string) *server {
	t.Helper()
	cmd := command(t, dir, append([]string{"serve", "--listen", "127.0.0.1:0", "--rate-per-second", "0"}, args...)...)
	var out, log lockedBuffer
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s := &server{cmd: cmd, log: &log}
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Logf("log of the service:\n%s", log.last())
		}
	})
	eventually(t, "wait for the address", func() error {
		_, rest, found := strings.Cut(out.String(), "服务已启动：")
		base, _, whole := strings.Cut(rest, "\n")
		if !found || !whole {
			return errors.New("nothing printed yet: " + log.String())
		}
		s.site = newSite(base, token)
		return nil
	})
	s.waitReady(t)
	return s
}

// kill ends the process as the kernel would when memory runs out.
func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}
