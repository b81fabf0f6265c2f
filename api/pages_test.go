package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"jiqiao"
	"jiqiao/internal/cache"
	"jiqiao/store"
)

// state is a cache's Source on the store alone: the desk has no index that could lag.
type state struct{ *store.Store }

func (s state) State(ctx context.Context) (string, error) {
	seq, err := s.LastSeq(ctx)
	return fmt.Sprint(seq), err
}

// withPages puts a real cache before the matches.
func withPages(kept cache.Cache) func(*Options) {
	return func(o *Options) {
		o.Pages = cache.New(cache.Options{Cache: kept, Source: state{o.Records.(*store.Store)}, Log: slog.New(slog.DiscardHandler)})
	}
}

type brokenCache struct{}

func (brokenCache) Get(context.Context, string) ([]byte, error) { return nil, cache.ErrDown }
func (brokenCache) Set(context.Context, string, []byte) error   { return cache.ErrDown }

func TestKeptMatchesAreTheSame(t *testing.T) {
	w := newWorld(t, withPages(cache.NewMemory(1<<20)))
	n := need("研制碳化硅功率器件")
	w.put(n)
	for i := range 30 {
		w.put(achievement(fmt.Sprintf("碳化硅工艺%d", i)))
	}
	path := "/api/v1/needs/" + n.ID + "/matches"
	opts := w.server.opts
	opts.Pages = nil
	bare, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	want := record(bare, w.request(ask{path: path}))
	for i := range 3 {
		for _, encoding := range []string{"", "gzip"} {
			rec := w.do(ask{path: path, header: map[string]string{"Accept-Encoding": encoding}})
			if string(plain(t, rec)) != want.Body.String() || rec.Header().Get("ETag") != want.Header().Get("ETag") || rec.Header().Get("Content-Encoding") != encoding {
				t.Fatalf("time %d, %q: %v %.300s", i, encoding, rec.Header(), plain(t, rec))
			}
			again := w.do(ask{path: path, header: map[string]string{"Accept-Encoding": encoding, "If-None-Match": rec.Header().Get("ETag")}})
			if again.Code != 304 || again.Body.Len() > 0 {
				t.Fatalf("conditional: %d", again.Code)
			}
		}
	}
	if calls := w.desk.calls.Load(); calls != 3 { // bare, plain, gzip
		t.Errorf("matched %d times, want 3", calls)
	}
	w.do(ask{path: path + "?limit=20&offset=0"}) // the same question in other words
	if calls := w.desk.calls.Load(); calls != 3 {
		t.Errorf("matched %d times for the same question", calls)
	}
	w.do(ask{path: path, as: reader}) // others see more and are never served from the public's pages
	if calls := w.desk.calls.Load(); calls != 4 {
		t.Errorf("matched %d times, want 4", calls)
	}
}

// A change is seen by the next request, whichever record it was and whatever was kept.
func TestKeptMatchesAreNeverStale(t *testing.T) {
	w := newWorld(t, withPages(cache.NewMemory(1<<20)))
	n, a := need("研制碳化硅功率器件"), achievement("碳化硅工艺一")
	w.put(n, a)
	path := "/api/v1/needs/" + n.ID + "/matches"
	has := func(step, text string, want bool) {
		t.Helper()
		for range 2 {
			if got := strings.Contains(string(plain(t, w.do(ask{path: path}))), text); got != want {
				t.Errorf("%s: %q shows %t", step, text, got)
			}
		}
	}
	has("at first", "碳化硅工艺一", true)
	a.Title = "碳化硅工艺二"
	w.put(a)
	has("after a change", "碳化硅工艺二", true)
	has("after a change", "碳化硅工艺一", false)
	a.Disclosure = jiqiao.DisclosurePrivate
	w.put(a)
	has("after it was made private", "碳化硅工艺二", false)
	w.put(achievement("碳化硅工艺三"))
	has("after another came", "工艺三", true)
	n.Title = "研制氮化镓器件"
	w.put(n)
	has("after the need changed", `{"text":"镓"}`, true) // in the evidence
	n.Disclosure = jiqiao.DisclosurePrivate
	w.put(n)
	if rec := w.do(ask{path: path}); rec.Code != 404 {
		t.Errorf("after the need was made private: %d", rec.Code)
	}
	if err := w.store.Delete(t.Context(), jiqiao.KindNeed, n.ID, n.Version); err != nil {
		t.Fatal(err)
	}
	if rec := w.do(ask{path: path}); rec.Code != 404 {
		t.Errorf("after the need was deleted: %d", rec.Code)
	}
}

func TestBrokenCacheIsSaidAndCounted(t *testing.T) {
	w := newWorld(t, withPages(brokenCache{}))
	n := need("研制碳化硅功率器件")
	w.put(n, achievement("碳化硅工艺"))
	rec := w.do(ask{path: "/api/v1/needs/" + n.ID + "/matches"})
	if rec.Code != 200 || !strings.Contains(rec.Body.String(), `"degraded":["cache"]`) {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if body := w.do(ask{path: "/metrics"}).Body.String(); !strings.Contains(body, `jiqiao_degraded_total{part="cache"} 1`) {
		t.Error("not counted")
	}
}

func TestSecretsAreHiddenInKeptPages(t *testing.T) {
	w, ids := planted(t, withPages(cache.NewMemory(1<<20)))
	for range 2 {
		for secret, where := range hunt(t, w, ids, "") {
			t.Errorf("%q shows at %s", secret, where)
		}
		hunt(t, w, ids, writer) // fills whatever could be confused
	}
}

func BenchmarkKeptMatches(b *testing.B) {
	w := newWorld(b, withPages(cache.NewMemory(64<<20)), func(o *Options) { o.Log = slog.New(slog.DiscardHandler) })
	n := need("研制碳化硅功率器件")
	w.put(n)
	for i := range 20 {
		w.put(achievement(fmt.Sprintf("碳化硅工艺%d", i), func(a *jiqiao.Achievement) { a.Abstract = strings.Repeat("提出一氧化氮退火工艺。", 40) }))
	}
	path := "/api/v1/needs/" + n.ID + "/matches"
	b.Run("handler", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if rec := record(w.server, httptest.NewRequest(http.MethodGet, path, nil)); rec.Code != 200 {
				b.Fatal(rec.Code)
			}
		}
	})
	b.Run("http", func(b *testing.B) {
		srv := httptest.NewServer(w.server)
		defer srv.Close()
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}}
		b.SetParallelism(8)
		b.RunParallel(func(pb *testing.PB) {
			buf := make([]byte, 256<<10)
			for pb.Next() {
				resp, err := client.Get(srv.URL + path)
				if err != nil {
					b.Error(err)
					return
				}
				for err == nil {
					_, err = resp.Body.Read(buf)
				}
				_ = resp.Body.Close()
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
	})
}
