package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/internal/config"
	"jiqiao/internal/endpoint/endpointtest"
)

// embedding is a service with an embedding server.
type embedding struct {
	*App
	t      *testing.T
	server *endpointtest.Server
	cfg    config.Config
}

func newEmbedding(t *testing.T) *embedding {
	t.Helper()
	server := endpointtest.New(t, 64)
	cfg := settings(t.TempDir())
	cfg.EmbeddingURL, cfg.EmbeddingModel, cfg.EmbeddingKey = server.URL, "bge-m3", endpointtest.Key
	return &embedding{t: t, server: server, cfg: cfg}
}

// start opens the service anew.
func (e *embedding) start() {
	e.t.Helper()
	a, err := New(e.t.Context(), e.cfg, Options{Log: slog.New(slog.DiscardHandler), Version: "test", Retry: 30 * time.Millisecond})
	if err != nil {
		e.t.Fatal(err)
	}
	e.App = a
	a.Follow()
	caughtUp(e.t, a)
}

func (e *embedding) stop() {
	e.t.Helper()
	start := time.Now()
	if err := e.Stop(); err != nil {
		e.t.Errorf("stop: %v", err)
	}
	if took := time.Since(start); took > e.cfg.DrainTimeout {
		e.t.Errorf("stopping took %v", took)
	}
}

func (e *embedding) until(what string, ok func(jiqiao.EmbeddingProgress) bool) {
	e.t.Helper()
	for deadline := time.Now().Add(15 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		p := e.embedder.follower.Progress()
		if ok(p) {
			return
		}
		if time.Now().After(deadline) {
			e.t.Fatalf("waiting for %s: %+v", what, p)
		}
	}
}

// fill puts 12 needs and 12 achievements.
func (e *embedding) fill() {
	e.t.Helper()
	for i, what := range []string{"印染废水脱色", "锂电池回收", "焊接机器人", "水稻育种", "海上风电", "石墨烯导热"} {
		for j := range 2 {
			a := &jiqiao.Achievement{Abstract: what + "已完成中试"}
			a.Title, a.Status = fmt.Sprint(what, "新方法", i, j), jiqiao.StatusPublished
			put(e.t, e.Store, need(fmt.Sprint(what, "技术", i, j)), a)
		}
	}
	caughtUp(e.t, e.App)
}

// match pastes a text.
func (e *embedding) match(text string) jiqiao.MatchList {
	e.t.Helper()
	resp, err := e.Client().Post("http://jiqiao/api/v1/match", "application/json", strings.NewReader(`{"kind":"need","text":"`+text+`"}`))
	if err != nil {
		e.t.Fatal(err)
	}
	defer resp.Body.Close()
	var list struct {
		Total    int
		Degraded []string
		Matches  []struct {
			Score         float64 `json:"score"`
			AchievementID string  `json:"achievement_id"`
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&list); err != nil || resp.StatusCode != http.StatusOK {
		e.t.Fatalf("%s, %v", resp.Status, err)
	}
	got := jiqiao.MatchList{Total: list.Total, Degraded: list.Degraded}
	for _, m := range list.Matches {
		got.Matches = append(got.Matches, jiqiao.Match{AchievementID: m.AchievementID, Score: m.Score})
	}
	return got
}

func (e *embedding) degraded(text string) bool {
	e.t.Helper()
	list := e.match(text)
	if len(list.Matches) == 0 {
		e.t.Errorf("%q finds nothing", text)
	}
	return slices.Contains(list.Degraded, "embedding")
}

// TestEmbeddingServerMisbehaves: whatever the server does, the service matches, says that it is degraded, loses nothing,
// and recovers.
func TestEmbeddingServerMisbehaves(t *testing.T) {
	for name, bad := range map[string]endpointtest.Behaviour{
		"slow":                  endpointtest.Slow(800 * time.Millisecond),
		"rate limits":           endpointtest.RateLimit("0"),
		"fails":                 endpointtest.Fail(500, "boom"),
		"wrong key":             endpointtest.Fail(401, "no"),
		"wrong length":          endpointtest.OtherLength,
		"NaN":                   endpointtest.NotANumber,
		"half a batch":          endpointtest.HalfBatch,
		"closes the connection": endpointtest.CutOff,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEmbedding(t)
			e.start()
			defer func() { e.stop() }()
			e.fill()
			e.until("the first vectors", func(p jiqiao.EmbeddingProgress) bool { return p.Done == 24 })
			if e.degraded("印染废水脱色处理") {
				t.Error("degraded while all is well")
			}
			e.server.Behave(bad)
			for range 2 { // the second time it may come from the cache
				if !e.degraded("寻求印染废水脱色") {
					t.Error("the answer does not say that it is degraded")
				}
			}
			// A stored record needs no server.
			put(t, e.Store, need("印染废水高效脱色"))
			caughtUp(t, e.App)
			e.server.Behave(nil)
			e.until("what came meanwhile", func(p jiqiao.EmbeddingProgress) bool { return p.Done == 25 && p.Failed == 0 })
			// Each time another question: an answer made meanwhile may be given again for some seconds.
			for i := 0; e.degraded(fmt.Sprint("寻求印染废水脱色", i)); i++ {
				if time.Sleep(20 * time.Millisecond); i == 500 {
					t.Fatal("it does not recover")
				}
			}
		})
	}
}

func TestEmbeddingServerIsGone(t *testing.T) {
	e := newEmbedding(t)
	e.cfg.EmbeddingURL = "http://127.0.0.1:1/v1"
	e.start()
	defer func() { e.stop() }()
	e.fill()
	if !e.degraded("印染废水脱色") {
		t.Error("the answer does not say that it is degraded")
	}
	e.until("a sentence", func(p jiqiao.EmbeddingProgress) bool { return strings.Contains(p.Problem, "连不上") })
	for path, want := range map[string]string{"/readyz": `"embedding"`, "/api/v1/stats": `"problem"`} {
		resp, err := e.Client().Get("http://jiqiao" + path)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		err = resp.Write(&b)
		if err = errors.Join(err, resp.Body.Close()); err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(b.String(), want) {
			t.Errorf("%s: %s %s", path, resp.Status, b.String())
		}
	}
}

// TestEmbeddingChangesModel stops the service in the middle of a change of model, while the server hangs.
func TestEmbeddingChangesModel(t *testing.T) {
	e := newEmbedding(t)
	e.start()
	e.fill()
	e.until("the first vectors", func(p jiqiao.EmbeddingProgress) bool { return p.Done == 24 })
	before := e.match("印染废水脱色技术00")
	e.stop()

	release := make(chan struct{})
	e.server.Behave(func(w http.ResponseWriter, r endpointtest.Request, honest func() []byte) {
		<-release
		endpointtest.OtherLength(w, r, honest)
	})
	e.cfg.EmbeddingModel = "another"
	e.start()
	e.until("the old vectors", func(p jiqiao.EmbeddingProgress) bool { return p.Records == 24 && p.Serving == "bge-m3" })
	var stored jiqiao.Record
	if err := e.Store.Each(t.Context(), jiqiao.KindNeed, "", func(r jiqiao.Record) error {
		if stored == nil {
			stored = r
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	list, err := e.Matcher.Match(t.Context(), stored, jiqiao.MatchQuery{Brief: true})
	if err != nil || len(list.Degraded) != 0 || len(list.Matches) == 0 {
		t.Errorf("a stored record beside the old vectors: %v, %v", list.Degraded, err)
	}
	e.stop() // while the server holds a request
	close(release)
	e.start()
	e.until("the new vectors", func(p jiqiao.EmbeddingProgress) bool { return p.Serving == "another" && p.Done == 24 })
	after := e.match("印染废水脱色技术00")
	if len(after.Degraded) != 0 || len(after.Matches) == 0 || after.Matches[0].AchievementID != before.Matches[0].AchievementID {
		t.Errorf("%v, %v, before %v", after.Degraded, after.Matches, before.Matches)
	}
	e.stop()
}

// TestWithoutEmbeddingNothingChanges: a service that has no model answers as one whose vectors were never made.
func TestWithoutEmbeddingNothingChanges(t *testing.T) {
	e := newEmbedding(t)
	e.cfg.EmbeddingURL, e.cfg.EmbeddingModel = "", ""
	e.start()
	defer func() { e.stop() }()
	e.fill()
	if list := e.match("印染废水脱色"); len(list.Degraded) != 0 || len(list.Matches) == 0 {
		t.Errorf("%+v", list)
	}
	if e.embedder != nil || len(e.server.Requests()) != 0 {
		t.Error("something was asked")
	}
}
