package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jiqiao"
	"jiqiao/internal/config"
	"jiqiao/store"
)

func settings(dir string) config.Config {
	cfg := config.Defaults()
	cfg.DataDir, cfg.Listen, cfg.RatePerSecond = dir, "127.0.0.1:0", 0
	cfg.UserRatePerSecond, cfg.SignInsPerMinute = 0, 0
	return cfg
}

// open opens the service and stops it with the test; a test may stop it before.
func open(t *testing.T, cfg config.Config) *App {
	t.Helper()
	a, err := New(t.Context(), cfg, Options{Log: slog.New(slog.DiscardHandler), Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return a
}

// following is open, with index and matcher in step.
func following(t *testing.T, cfg config.Config) *App {
	t.Helper()
	a := open(t, cfg)
	a.Follow()
	caughtUp(t, a)
	return a
}

func caughtUp(t *testing.T, a *App) {
	t.Helper()
	if err := a.WaitCaughtUp(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func need(title string) *jiqiao.Need {
	n := &jiqiao.Need{Problem: title + "，现有工艺不稳定，需要改进。"}
	n.Title, n.Status, n.Owner = title, jiqiao.StatusPublished, jiqiao.OrganisationRef{Name: "盐城某公司"}
	return n
}

func put(t *testing.T, st *store.Store, recs ...jiqiao.Record) {
	t.Helper()
	for _, rec := range recs {
		if err := st.Put(t.Context(), rec); err != nil {
			t.Fatal(err)
		}
	}
}

// found lists the titles that the API finds.
func found(t *testing.T, a *App, text string) []string {
	t.Helper()
	resp, err := a.Client().Get("http://jiqiao/api/v1/search?kind=need&q=" + url.QueryEscape(text))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var list struct {
		Hits []struct {
			Record struct{ Title string } `json:"record"`
		} `json:"hits"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&list); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s, %v", resp.Status, err)
	}
	var titles []string
	for _, h := range list.Hits {
		titles = append(titles, h.Record.Title)
	}
	return titles
}

func profiled(a *App, rec jiqiao.Record) bool {
	_, ok := a.profiles.collection.Profile(rec.Kind(), rec.Head().ID)
	return ok
}

func TestIndexAndMatcherFollowTheStore(t *testing.T) {
	a := following(t, settings(t.TempDir()))
	rec := need("高浓度含盐废水蒸发结晶")
	states := map[string]string{}
	check := func(step, text string, want bool) {
		t.Helper()
		caughtUp(t, a)
		if got := len(found(t, a, text)) == 1; got != want {
			t.Errorf("%s: found by %q: %v, want %v", step, text, got, want)
		}
		if got := profiled(a, rec); got != want {
			t.Errorf("%s: matcher knows it: %v, want %v", step, got, want)
		}
		state, err := a.State(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for other, was := range states {
			if was == state {
				t.Errorf("%s: the state is as after %s: %s", step, other, state)
			}
		}
		states[step] = state
	}
	check("nothing", "废水", false)
	put(t, a.Store, rec)
	check("created", "废水", true)
	rec.Title, rec.Problem = "激光焊接飞溅控制", "铝合金激光焊接飞溅大。"
	put(t, a.Store, rec)
	check("updated", "激光焊接", true)
	if titles := found(t, a, "废水"); len(titles) > 0 {
		t.Errorf("found by the words it had before: %v", titles)
	}
	if err := a.Store.Delete(t.Context(), jiqiao.KindNeed, rec.ID, rec.Version); err != nil {
		t.Fatal(err)
	}
	check("deleted", "激光焊接", false)
}

func TestRestoredDatabaseReachesIndexAndMatcher(t *testing.T) {
	old, kept := need("被恢复覆盖的光伏组件回收"), need("备份里的氢气压缩机密封")
	from := open(t, settings(t.TempDir()))
	put(t, from.Store, kept)
	var backup bytes.Buffer
	if _, err := from.Store.Backup(t.Context(), &backup); err != nil {
		t.Fatal(err)
	}
	a := following(t, settings(t.TempDir()))
	put(t, a.Store, old)
	caughtUp(t, a)
	if _, err := a.Store.Restore(t.Context(), &backup, store.RestoreOptions{Replace: true}); err != nil {
		t.Fatal(err)
	}
	caughtUp(t, a)
	if profiled(a, old) || len(found(t, a, "光伏组件")) > 0 {
		t.Error("a record that the restoration removed is still there")
	}
	if !profiled(a, kept) || len(found(t, a, "氢气压缩机")) != 1 {
		t.Error("a restored record is missing")
	}
}

// TestIndexOfAnotherDatabase: the other database has more changes than the index has seen, so that numbers alone would
// let the index go on from where it was.
func TestIndexOfAnotherDatabase(t *testing.T) {
	cfg := settings(t.TempDir())
	a := following(t, cfg)
	put(t, a.Store, need("第一个库的煤矸石制砖"), need("第一个库的脱硫石膏利用"))
	caughtUp(t, a)
	if err := a.Stop(); err != nil {
		t.Fatal(err)
	}
	cfg.DatabaseURL = "sqlite://" + filepath.Join(t.TempDir(), "other.db")
	st, err := OpenStore(t.Context(), cfg, Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	put(t, st, need("第二个库的轴承钢冶炼"), need("第二个库的齿轮磨削"), need("第二个库的减速器装配"))
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	a = following(t, cfg)
	if n := a.Index.Count(jiqiao.KindNeed); n != 3 {
		t.Errorf("%d needs in the index, want 3", n)
	}
	for _, text := range []string{"轴承钢", "齿轮", "减速器"} {
		if titles := found(t, a, text); len(titles) != 1 {
			t.Errorf("%s: found %v", text, titles)
		}
	}
}

func TestReload(t *testing.T) {
	cfg := settings(t.TempDir())
	cfg.Synonyms = filepath.Join(t.TempDir(), "synonyms.txt")
	write(t, cfg.Synonyms, "")
	a := following(t, cfg)
	put(t, a.Store, need("蓄电站热失控预警"))
	caughtUp(t, a)
	if titles := found(t, a, "储能柜"); len(titles) > 0 {
		t.Fatalf("found before the words are known as one: %v", titles)
	}
	generation := a.Generation()
	write(t, cfg.Synonyms, "储能柜,蓄电站\n")
	if err := a.Reload(); err != nil {
		t.Fatal(err)
	}
	caughtUp(t, a)
	if a.Generation() == generation {
		t.Error("the index was not rebuilt")
	}
	if titles := found(t, a, "储能柜"); len(titles) != 1 {
		t.Errorf("found %v, want the record", titles)
	}
	if err := os.Remove(cfg.Synonyms); err != nil {
		t.Fatal(err)
	}
	if err := a.Reload(); jiqiao.CodeOf(err) != jiqiao.CodeInvalid {
		t.Errorf("a missing file: %v", err)
	}
	if titles := found(t, a, "储能柜"); len(titles) != 1 {
		t.Errorf("after a failed reload found %v", titles)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestBrokenIndexIsRebuilt(t *testing.T) {
	cfg := settings(t.TempDir())
	a := following(t, cfg)
	put(t, a.Store, need("数控机床主轴热变形补偿"))
	caughtUp(t, a)
	if err := a.Stop(); err != nil {
		t.Fatal(err)
	}
	damaged := 0
	err := filepath.WalkDir(a.indexDir(), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != "CURRENT" {
			damaged++
			err = os.WriteFile(path, []byte("damaged"), 0o600)
		}
		return err
	})
	if err != nil || damaged == 0 {
		t.Fatalf("damaged %d files: %v", damaged, err)
	}
	a = open(t, cfg)
	if _, err := a.CaughtUp(t.Context()); jiqiao.CodeOf(err) != jiqiao.CodeUnavailable {
		t.Errorf("a damaged index: %v", err)
	}
	a.Follow()
	caughtUp(t, a)
	if titles := found(t, a, "主轴"); len(titles) != 1 {
		t.Errorf("after the rebuild found %v", titles)
	}
}

func TestCaughtUp(t *testing.T) {
	a := open(t, settings(t.TempDir()))
	put(t, a.Store, need("甲"), need("乙"))
	if lag, err := a.CaughtUp(t.Context()); lag != 2 || err != nil {
		t.Errorf("before following: %d, %v", lag, err)
	}
	a.Follow()
	caughtUp(t, a)
	if lag, err := a.CaughtUp(t.Context()); lag != 0 || err != nil {
		t.Errorf("in step: %d, %v", lag, err)
	}
	if n, err := a.CountPublished(t.Context()); n[jiqiao.KindNeed] != 2 || n[jiqiao.KindAchievement] != 0 || err != nil {
		t.Errorf("published: %v, %v", n, err)
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	a := open(t, settings(t.TempDir()))
	put(t, a.Store, need("没有人跟进"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.WaitCaughtUp(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestNewClosesWhatItOpened(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	write(t, file, "")
	for name, spoil := range map[string]func(*config.Config){
		"redis":      func(c *config.Config) { c.RedisURL = "redis://host:port:port" },
		"dictionary": func(c *config.Config) { c.UserDict = filepath.Join(dir, "absent") },
		"database":   func(c *config.Config) { c.DatabaseURL = "sqlite://" + filepath.Join(file, "x.db") },
		"index": func(c *config.Config) {
			if err := os.Mkdir(filepath.Join(c.DataDir, "index.epoch"), 0o750); err != nil { // where a file should be
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			good := settings(t.TempDir())
			bad := good
			spoil(&bad)
			a, err := New(t.Context(), bad, Options{Log: slog.New(slog.DiscardHandler)})
			if err == nil || a != nil {
				t.Fatalf("%v, %v", a, err)
			}
			_ = os.Remove(filepath.Join(good.DataDir, "index.epoch"))
			open(t, good) // fails if the directory is still locked
		})
	}
	if _, err := New(t.Context(), settings(filepath.Join(file, "data")), Options{Log: slog.New(slog.DiscardHandler)}); jiqiao.CodeOf(err) != jiqiao.CodeUnavailable {
		t.Errorf("a data directory below a file: %v", err)
	}
}

func TestServesTwiceInARow(t *testing.T) {
	cfg := settings(t.TempDir())
	for range 2 {
		a := open(t, cfg)
		address, err := a.Start(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		caughtUp(t, a)
		for _, path := range []string{"/healthz", "/readyz", "/api/v1/stats"} {
			resp, err := http.Get("http://" + address + path)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				t.Errorf("%s: %s\n%s", path, resp.Status, body)
			}
		}
		held, err := os.ReadFile(filepath.Join(cfg.DataDir, "LOCK"))
		if err != nil || !strings.Contains(string(held), address) {
			t.Errorf("the lock says %q (%v), not %s", held, err, address)
		}
		for range 2 { // the second time has nothing left to do
			if err := a.Stop(); err != nil {
				t.Errorf("stop: %v", err)
			}
		}
		if resp, err := http.Get("http://" + address + "/healthz"); err == nil {
			resp.Body.Close()
			t.Error("it answers after Stop")
		}
	}
}

func TestOccupiedPortIsExplained(t *testing.T) {
	first := open(t, settings(t.TempDir()))
	address, err := first.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cfg := settings(t.TempDir())
	cfg.Listen = address
	if _, err := open(t, cfg).Start(t.Context()); jiqiao.CodeOf(err) != jiqiao.CodeUnavailable || !strings.Contains(err.Error(), "--listen") {
		t.Errorf("got %v", err)
	}
}
