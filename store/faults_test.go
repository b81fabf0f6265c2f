package store_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/store"
	"jiqiao/store/pgtest"
	"jiqiao/store/storetest"
)

// spoken matches what must never reach a person: statements, tables, paths of source.
var spoken = regexp.MustCompile(`(?i)select |insert |update |records|changes|sqlite|pgx|\.go:`)

// checkSpoken checks the code and that the sentence is Chinese and gives nothing of the inside away.
func checkSpoken(t *testing.T, err error, want jiqiao.Code) {
	t.Helper()
	var failure *jiqiao.Error
	if !errors.As(err, &failure) || failure.Code != want {
		t.Errorf("got %v, want code %q", err, want)
		return
	}
	if spoken.MatchString(failure.Message) || !strings.ContainsAny(failure.Message, "请数据操作") {
		t.Errorf("the sentence is %q", failure.Message)
	}
}

// TestPostgreSQLStopsAndStarts has writers and readers go on while the server is stopped and started: they fail with
// CodeUnavailable, recover by themselves, and what was acknowledged stays.
func TestPostgreSQLStopsAndStarts(t *testing.T) {
	server := pgtest.Start(t)
	st := open(t, server.Database(t))
	ctx := t.Context()
	var (
		group        sync.WaitGroup
		stop, failed atomic.Bool
		mu           sync.Mutex
		acknowledged []string
	)
	for w := range 4 {
		group.Go(func() {
			for i := 0; !stop.Load(); i++ {
				n := storetest.Need("甲公司", fmt.Sprintf("需求 %d-%d", w, i))
				if err := st.Put(ctx, n); err != nil {
					failed.Store(true)
					checkSpoken(t, err, jiqiao.CodeUnavailable)
					time.Sleep(10 * time.Millisecond)
					continue
				}
				mu.Lock()
				acknowledged = append(acknowledged, n.ID)
				mu.Unlock()
			}
		})
	}
	count := func() int {
		mu.Lock()
		defer mu.Unlock()
		return len(acknowledged)
	}
	until(t, func() bool { return count() > 20 })
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	until(t, failed.Load)
	_, err := st.LastSeq(ctx)
	checkSpoken(t, err, jiqiao.CodeUnavailable)
	checkSpoken(t, st.WaitChange(ctx, 1<<40), jiqiao.CodeUnavailable)
	checkSpoken(t, st.Ping(ctx), jiqiao.CodeUnavailable)
	before := count()
	if err := server.Resume(); err != nil {
		t.Fatal(err)
	}
	until(t, func() bool { return count() > before+20 })
	stop.Store(true)
	group.Wait()
	for _, id := range acknowledged {
		if _, err := st.Version(ctx, jiqiao.KindNeed, id); err != nil {
			t.Errorf("%s was acknowledged: %v", id, err)
		}
	}
	stored := map[string]bool{}
	if err := st.Each(ctx, jiqiao.KindNeed, "", func(rec jiqiao.Record) error {
		stored[rec.Head().ID] = true
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	checkLog(t, st, stored)
}

// until waits for something that must come.
func until(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it did not come within a minute")
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	text := write("text.db", strings.Repeat("这不是数据库。", 100), 0o600)
	for url, want := range map[string]jiqiao.Code{
		"":                                  jiqiao.CodeInvalid,
		"mysql://localhost/x":               jiqiao.CodeInvalid,
		"/var/lib/jiqiao.db":                jiqiao.CodeInvalid,
		"sqlite://":                         jiqiao.CodeInvalid,
		"sqlite://:memory:":                 jiqiao.CodeInvalid,
		"postgres://host:port:5/%zz":        jiqiao.CodeInvalid,
		"postgres://u:secret@127.0.0.1:1/x": jiqiao.CodeUnavailable,
		"postgres://u@" + silent.Addr().String() + "/x?connect_timeout=1&sslmode=disable": jiqiao.CodeUnavailable,
		"sqlite://" + text:           jiqiao.CodeUnavailable,
		"sqlite://" + text + "/x.db": jiqiao.CodeUnavailable,
		"sqlite://" + dir:            jiqiao.CodeUnavailable,
	} {
		st, err := store.Open(t.Context(), quiet(url))
		if err == nil {
			st.Close()
		}
		if code := jiqiao.CodeOf(err); code != want {
			t.Errorf("%q: %v", url, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the password is in the error: %v", err)
		}
	}
}

func TestPostgreSQLWithoutTheDatabase(t *testing.T) {
	url := strings.Replace(postgresURL(t), "/test", "/missing", 1)
	_, err := store.Open(t.Context(), quiet(url))
	checkSpoken(t, err, jiqiao.CodeUnavailable)
}

func TestFullDisk(t *testing.T) {
	url := sqliteURL(t)
	st := open(t, url)
	n := storetest.Need("甲公司", "先写的")
	if err := st.Put(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	if err := st.Exec(t.Context(), `PRAGMA max_page_count = 1`); err != nil { // no growth beyond what there is
		t.Fatal(err)
	}
	big := storetest.Need("甲公司", "放不下的")
	big.Background = strings.Repeat("背景", 100_000)
	checkSpoken(t, st.Put(t.Context(), big), jiqiao.CodeUnavailable)
	if v, err := st.Version(t.Context(), jiqiao.KindNeed, n.ID); v != 1 || err != nil {
		t.Errorf("reading with a full disk: %d, %v", v, err)
	}
	if err := st.Exec(t.Context(), `PRAGMA max_page_count = 100000`); err != nil {
		t.Fatal(err)
	}
	if err := st.Put(t.Context(), big); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if seq, err := st.LastSeq(t.Context()); seq != 2 || err != nil {
		t.Errorf("seq %d, %v", seq, err)
	}
}

// TestHeldByAnotherProcess has one store hold the file's lock: the other waits as long as its context allows, reads on
// meanwhile, and says so.
func TestHeldByAnotherProcess(t *testing.T) {
	url := sqliteURL(t)
	mine, other := open(t, url), open(t, url)
	if err := other.Exec(t.Context(), `BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	err := mine.Put(ctx, storetest.Need("甲公司", "等不到的"))
	checkSpoken(t, err, jiqiao.CodeTimeout)
	if _, err := mine.LastSeq(t.Context()); err != nil {
		t.Errorf("reading beside a writer: %v", err)
	}
	if err := other.Exec(t.Context(), `ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	if err := mine.Put(t.Context(), storetest.Need("甲公司", "等到了")); err != nil {
		t.Error(err)
	}
}

func TestFilesAreTheOwnersAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	st := open(t, "sqlite://"+filepath.Join(dir, "jiqiao.db"))
	if err := st.Put(t.Context(), storetest.Need("甲公司", "有联系人")); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) < 2 {
		t.Fatalf("%d files, %v", len(entries), err)
	}
	for _, entry := range entries {
		if info, err := entry.Info(); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v, %v", entry.Name(), info.Mode(), err)
		}
	}
}

func TestPowerFailureSettings(t *testing.T) {
	st := open(t, sqliteURL(t))
	got, err := st.Pragmas(t.Context(), "journal_mode", "synchronous", "busy_timeout", "foreign_keys")
	if err != nil {
		t.Fatal(err)
	}
	if want := "wal 2 50 1"; got != want { // synchronous 2 is FULL
		t.Errorf("the writing connection has %q, want %q", got, want)
	}
}
