package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/internal/sheet"
	"jiqiao/store"
	"jiqiao/store/pgtest"
)

// killAt runs the program and kills it after a random part of the time that a whole run takes, unless it ends sooner.
func killAt(t *testing.T, whole time.Duration, dir string, args ...string) {
	t.Helper()
	after := rand.N(whole)
	cmd := command(t, dir, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	err := cmd.Wait()
	timer.Stop()
	t.Logf("jiqiao %s, to be killed after %s of %s: %v", args[0], after.Round(time.Millisecond), whole.Round(time.Millisecond), err)
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() >= 0) {
		t.Errorf("jiqiao %s failed by itself: %v", strings.Join(args, " "), err)
	}
}

// timed is how long a whole run of the program takes here and now.
func timed(t *testing.T, dir string, args ...string) time.Duration {
	t.Helper()
	begun := time.Now()
	jiqiaoRun(t, dir, args...)
	return time.Since(begun)
}

// writeNeeds makes a file of n needs with different titles, and returns the titles.
func writeNeeds(t *testing.T, format sheet.Format, n int) (path string, titles map[string]int) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "需求."+string(format))
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := sheet.NewWriter(f, jiqiao.KindNeed, format)
	if err != nil {
		t.Fatal(err)
	}
	titles = map[string]int{}
	for i := range n {
		row := sheet.Sample(jiqiao.KindNeed)
		head := row.Record.Head()
		head.Title = fmt.Sprintf("第 %d 号断电考验需求", i)
		titles[head.Title] = 1
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path, titles
}

// stored counts the live needs by title.
func stored(t *testing.T, st *store.Store) map[string]int {
	t.Helper()
	titles := map[string]int{}
	err := st.Each(t.Context(), jiqiao.KindNeed, "", func(rec jiqiao.Record) error {
		titles[rec.Head().Title]++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return titles
}

func TestKillDuringImport(t *testing.T) {
	for _, c := range []struct {
		format sheet.Format
		rows   int
	}{{sheet.JSONL, 2000}, {sheet.XLSX, 1000}} {
		t.Run(string(c.format), func(t *testing.T) {
			file, want := writeNeeds(t, c.format, c.rows)
			whole := timed(t, t.TempDir(), "import", "need", file)
			dir := t.TempDir()
			for range 3 {
				killAt(t, whole, dir, "import", "need", file)
			}
			jiqiaoRun(t, dir, "import", "need", file)
			if diff := cmp.Diff(want, stored(t, openStore(t, testConfig(dir)))); diff != "" {
				t.Errorf("after the repeat (-want +got):\n%s", diff)
			}
			// A server finishes the imports that were cut off; by now they change nothing.
			s := startServer(t, dir, "")
			var f found
			s.call(t, http.MethodGet, "/api/v1/search?kind=need&limit=1", nil, http.StatusOK, &f)
			if f.Total != c.rows {
				t.Errorf("search finds %d needs, want %d", f.Total, c.rows)
			}
			if diff := cmp.Diff(want, stored(t, openStore(t, testConfig(dir)))); diff != "" {
				t.Errorf("after a server ran (-want +got):\n%s", diff)
			}
		})
	}
}

func TestKillServerWhileWriting(t *testing.T) {
	dir := t.TempDir()
	token := newToken(t, openStore(t, testConfig(dir)))
	acknowledged := map[string]string{} // title by id
	for round := range 2 {
		s := startServer(t, dir, token)
		maps.Copy(acknowledged, writeUntilKilled(t, s, round, 60+rand.IntN(60)))
	}
	again := startServer(t, dir, token)
	count := stored(t, openStore(t, testConfig(dir)))
	for id, title := range acknowledged {
		if count[title] != 1 {
			t.Errorf("%s %s is %d times in the store", id, title, count[title])
		}
	}
	hits := map[string]int{}
	for cursor := ""; ; {
		var page struct {
			found
			Next string `json:"next"`
		}
		again.call(t, http.MethodGet, searchPath(jiqiao.KindNeed, "断电")+"&cursor="+url.QueryEscape(cursor), nil, http.StatusOK, &page)
		for _, id := range page.ids() {
			hits[id]++
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	for id, title := range acknowledged {
		if hits[id] != 1 {
			t.Errorf("%s %s is found %d times", id, title, hits[id])
		}
	}
	t.Logf("%d acknowledged, %d stored", len(acknowledged), len(count))
}

// writeUntilKilled creates needs with four clients and kills the server after so many answers. It returns the titles of
// the acknowledged ones by id.
func writeUntilKilled(t *testing.T, s *server, round, answers int) map[string]string {
	t.Helper()
	var mu sync.Mutex
	acknowledged := map[string]string{}
	var workers sync.WaitGroup
	for worker := range 4 {
		workers.Go(func() {
			for i := 0; ; i++ {
				title := fmt.Sprintf("断电时写入 %d-%d-%d", round, worker, i)
				r, err := s.ask(context.WithoutCancel(t.Context()), http.MethodPost, "/api/v1/needs", newNeed(title, "断电"))
				var answer saved[jiqiao.Need]
				if err != nil || r.status != http.StatusCreated || json.Unmarshal(r.body, &answer) != nil {
					return
				}
				mu.Lock()
				acknowledged[answer.Record.ID] = title
				if len(acknowledged) == answers {
					_ = s.cmd.Process.Kill()
				}
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	s.kill()
	if len(acknowledged) < answers {
		t.Fatalf("the server stopped answering after %d writes", len(acknowledged))
	}
	return acknowledged
}

func TestKillDuringBackup(t *testing.T) {
	file, want := writeNeeds(t, sheet.JSONL, 3000)
	dir := t.TempDir()
	jiqiaoRun(t, dir, "import", "need", file)
	target := filepath.Join(t.TempDir(), "备份.jqb")
	whole := timed(t, dir, "backup", filepath.Join(t.TempDir(), "别处.jqb"))

	killAt(t, whole, dir, "backup", target)
	if _, err := os.Stat(target); err == nil {
		checkBackup(t, target, want) // it was done before it was killed
	}
	jiqiaoRun(t, dir, "backup", target)
	for range 4 {
		before, err := os.ReadFile(target)
		if err != nil {
			t.Fatal(err)
		}
		killAt(t, whole, dir, "backup", target)
		after, err := os.ReadFile(target)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(before, after) {
			checkBackup(t, target, want)
		}
	}
	jiqiaoRun(t, dir, "backup", target)
	checkBackup(t, target, want)
	t.Run("PostgreSQL", func(t *testing.T) {
		database := pgtest.Start(t).Database(t)
		jiqiaoRun(t, t.TempDir(), "restore", target, "--database-url", database)
		cfg := testConfig(t.TempDir())
		cfg.DatabaseURL = database
		if diff := cmp.Diff(want, stored(t, openStore(t, cfg))); diff != "" {
			t.Errorf("restored (-want +got):\n%s", diff)
		}
	})
}

// checkBackup restores a backup into an empty SQLite database and compares.
func checkBackup(t *testing.T, file string, want map[string]int) {
	t.Helper()
	dir := t.TempDir()
	jiqiaoRun(t, dir, "restore", file)
	if diff := cmp.Diff(want, stored(t, openStore(t, testConfig(dir)))); diff != "" {
		t.Errorf("restored (-want +got):\n%s", diff)
	}
}

func TestKillDuringFirstMigration(t *testing.T) {
	check := func(t *testing.T, whole time.Duration, args func() []string) {
		for range 5 {
			dir, more := t.TempDir(), args()
			killAt(t, whole, dir, append([]string{"migrate"}, more...)...)
			jiqiaoRun(t, dir, append([]string{"migrate"}, more...)...)
			jiqiaoRun(t, dir, append([]string{"token", "create", "迁移之后"}, more...)...)
		}
	}
	t.Run("SQLite", func(t *testing.T) {
		check(t, timed(t, t.TempDir(), "migrate"), func() []string { return nil })
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		pg := pgtest.Start(t)
		database := func() []string { return []string{"--database-url", pg.Database(t)} }
		check(t, timed(t, t.TempDir(), append([]string{"migrate"}, database()...)...), database)
	})
}

func TestOneServerForADirectory(t *testing.T) {
	dir := t.TempDir()
	st := openStore(t, testConfig(dir))
	loadSample(t, st)
	s := startServer(t, dir, "", "--log-level", "info")

	second := command(t, dir, "serve", "--listen", "127.0.0.1:0")
	out, err := second.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("the second server ended with %v", err)
	}
	for _, want := range []string{"正被另一个 jiqiao 进程", "进程号 " + strconv.Itoa(s.cmd.Process.Pid), dir} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the second server does not say %q:\n%s", want, out)
		}
	}

	// The directory is held, so only the running server can answer; its log shows that it did.
	printed := jiqiaoRun(t, dir, "search", "need", "银膏")
	if !strings.Contains(printed, "降低 1200V SiC MOSFET 模块烧结银界面空洞率并替代进口银膏") {
		t.Errorf("the command found:\n%s", printed)
	}
	if !strings.Contains(s.log.String(), "route=/api/v1/search") {
		t.Errorf("the server was not asked:\n%s", s.log.String())
	}
	s.waitReady(t)
}
