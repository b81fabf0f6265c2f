package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"jiqiao"
)

type found struct {
	Total int `json:"total"`
	Hits  []struct {
		ID string `json:"id"`
	} `json:"hits"`
}

func (f found) ids() []string {
	var ids []string
	for _, h := range f.Hits {
		ids = append(ids, h.ID)
	}
	return ids
}

func searchPath(kind jiqiao.Kind, q string) string {
	return "/api/v1/search?" + url.Values{"kind": {string(kind)}, "q": {q}, "limit": {"100"}}.Encode()
}

type matches struct {
	Matches []struct {
		NeedID        string  `json:"need_id"`
		AchievementID string  `json:"achievement_id"`
		Score         float64 `json:"score"`
	} `json:"matches"`
	Degraded []string `json:"degraded"`
}

// saved is the answer to a write.
type saved[T any] struct {
	Record T `json:"record"`
}

// newNeed is a valid need as a client would send it.
func newNeed(title, problem string) map[string]any {
	return map[string]any{
		"status": "published", "title": title, "problem": problem, "region": "320902", "industries": []string{"C39"},
		"owner": map[string]any{"name": "盐城测试电子有限公司", "kind": "enterprise"},
	}
}

// holds fails until the wanted id is, or is not, among the ids.
func holds(ids []string, id string, wanted bool) error {
	if slices.Contains(ids, id) != wanted {
		return fmt.Errorf("%s among %d: %v, want %v", id, len(ids), !wanted, wanted)
	}
	return nil
}

func TestRecordLivesThroughHTTP(t *testing.T) {
	a, s, _ := startApp(t, testConfig(t.TempDir()))
	loadSample(t, a.Store)

	const title = "量子点背光膜水氧阻隔层卷对卷沉积工艺"
	const problem = "卷对卷原子层沉积时阻隔层出现针孔，水汽透过率达不到要求。"
	var answer saved[jiqiao.Need]
	created := s.call(t, http.MethodPost, "/api/v1/needs", newNeed(title, problem), http.StatusCreated, &answer)
	first, etag := answer.Record, created.header.Get("ETag")
	if first.ID == "" || etag == "" {
		t.Fatalf("created %+v with ETag %q", first.Header, etag)
	}
	path := "/api/v1/needs/" + first.ID

	// The same text on the other side and twice on this one, so that it must show up in matches and in 相似记录.
	partner := newNeed("量子点背光膜水氧阻隔层卷对卷原子层沉积装备", "")
	delete(partner, "problem")
	partner["abstract"] = "卷对卷原子层沉积水氧阻隔层，消除针孔，水汽透过率低于 0.001 g/(m²·d)。"
	partner["owner"] = map[string]any{"name": "盐城测试大学", "kind": "university"}
	var other saved[jiqiao.Achievement]
	s.call(t, http.MethodPost, "/api/v1/achievements", partner, http.StatusCreated, &other)
	var twin saved[jiqiao.Need]
	s.call(t, http.MethodPost, "/api/v1/needs", newNeed(title+"（二期）", problem), http.StatusCreated, &twin)

	seen := func(wanted bool) func() error {
		return func() error {
			var f found
			s.call(t, http.MethodGet, searchPath(jiqiao.KindNeed, "量子点背光膜"), nil, http.StatusOK, &f)
			var m matches
			s.call(t, http.MethodGet, "/api/v1/achievements/"+other.Record.ID+"/matches?limit=100", nil, http.StatusOK, &m)
			var matched []string
			for _, one := range m.Matches {
				matched = append(matched, one.NeedID)
			}
			var d struct {
				Duplicates []struct {
					ID string `json:"id"`
				} `json:"duplicates"`
			}
			s.call(t, http.MethodGet, "/api/v1/needs/"+twin.Record.ID+"/similar", nil, http.StatusOK, &d)
			var similar []string
			for _, one := range d.Duplicates {
				similar = append(similar, one.ID)
			}
			return errors.Join(holds(f.ids(), first.ID, wanted), holds(matched, first.ID, wanted), holds(similar, first.ID, wanted))
		}
	}
	eventually(t, "the new record in search, matches and similar records", seen(true))

	// Two editors; the second one works from what is no longer the present version.
	change := newNeed(title, "改为旋涂氧化铝溶胶。")
	updated := s.call(t, http.MethodPut, path, change, http.StatusOK, &answer, "If-Match", etag)
	if changed := answer.Record; changed.Version != first.Version+1 || changed.Problem != "改为旋涂氧化铝溶胶。" {
		t.Errorf("after the update: version %d, problem %q", answer.Record.Version, answer.Record.Problem)
	}
	var refused jiqiao.Error
	s.call(t, http.MethodPut, path, change, http.StatusPreconditionFailed, &refused, "If-Match", etag)
	if refused.Code != jiqiao.CodeConflict || !chinese(refused.Message) {
		t.Errorf("the late editor heard %+v", refused)
	}
	s.call(t, http.MethodGet, path, nil, http.StatusNotModified, nil, "If-None-Match", updated.header.Get("ETag"))
	eventually(t, "the new wording in search", func() error {
		var f found
		s.call(t, http.MethodGet, searchPath(jiqiao.KindNeed, "旋涂氧化铝溶胶"), nil, http.StatusOK, &f)
		return holds(f.ids(), first.ID, true)
	})

	s.call(t, http.MethodDelete, path, nil, http.StatusPreconditionFailed, nil, "If-Match", etag)
	s.call(t, http.MethodDelete, path, nil, http.StatusNoContent, nil, "If-Match", updated.header.Get("ETag"))
	s.call(t, http.MethodGet, path, nil, http.StatusNotFound, nil)
	eventually(t, "the deleted record gone everywhere", seen(false))
}

// chinese reports whether a sentence is meant for the people who use this.
func chinese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= 0x4E00 && r <= 0x9FFF })
}

func TestStartsAgainInOneProcess(t *testing.T) {
	cfg := testConfig(t.TempDir())
	a, s, stop := startApp(t, cfg)
	loadSample(t, a.Store)
	s.waitIndexed(t)
	var before found
	s.call(t, http.MethodGet, searchPath(jiqiao.KindNeed, "碳化硅"), nil, http.StatusOK, &before)
	if err := stop(); err != nil {
		t.Fatalf("stop: %v", err)
	}
	if _, err := s.ask(t.Context(), http.MethodGet, "/healthz", nil); err == nil {
		t.Error("it still answers after Stop")
	}
	_, again, _ := startApp(t, cfg)
	var after found
	again.call(t, http.MethodGet, searchPath(jiqiao.KindNeed, "碳化硅"), nil, http.StatusOK, &after)
	if before.Total == 0 || !slices.Equal(before.ids(), after.ids()) {
		t.Errorf("found %v before the restart, %v after", before.ids(), after.ids())
	}
}

// outcome is how a request in the background ended.
type outcome struct {
	status int
	err    error
}

// beginWrite sends the first half of a new need and returns once its handler reads. The caller sends the rest.
func beginWrite(t *testing.T, s *site) (rest *io.PipeWriter, answered <-chan outcome) {
	t.Helper()
	body, feed := io.Pipe()
	t.Cleanup(func() { _ = feed.Close() })
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.base+"/api/v1/needs", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	req.Header.Set("Content-Type", "application/json")
	// The body is asked for by whoever reads it: once a piece is taken, the request has reached its handler.
	req.Header.Set("Expect", "100-continue")
	s.client.Transport.(*http.Transport).ExpectContinueTimeout = patience
	done := make(chan outcome, 1)
	go func() {
		resp, err := s.client.Do(req)
		if err != nil {
			done <- outcome{err: err}
			return
		}
		_ = resp.Body.Close()
		done <- outcome{status: resp.StatusCode}
	}()
	if _, err := feed.Write([]byte(`{"status":"published","title":"停机时在途的需求",`)); err != nil {
		t.Fatal(err)
	}
	return feed, done
}

// A request whose body is still on its way when Stop begins is answered before the service is gone.
func TestStopFinishesWhatIsUnderWay(t *testing.T) {
	cfg := testConfig(t.TempDir())
	_, s, stop := startApp(t, cfg)
	feed, answered := beginWrite(t, s)
	stopped := make(chan error, 1)
	begun := time.Now()
	go func() { stopped <- stop() }()
	// Once nobody new gets in, the service is stopping; the request goes on.
	eventually(t, "new requests refused", func() error {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		fresh := newSite(s.base, s.token)
		defer fresh.client.CloseIdleConnections()
		if _, err := fresh.ask(ctx, http.MethodGet, "/healthz", nil); err == nil {
			return errors.New("it still takes requests")
		}
		return nil
	})
	if _, err := feed.Write([]byte(`"problem":"停机前写完","owner":{"name":"盐城测试电子有限公司","kind":"enterprise"}}`)); err != nil {
		t.Fatal(err)
	}
	_ = feed.Close()
	if got := <-answered; got.err != nil || got.status != http.StatusCreated {
		t.Errorf("the request under way: status %d, %v", got.status, got.err)
	}
	if err := <-stopped; err != nil {
		t.Errorf("stop: %v", err)
	}
	if took := time.Since(begun); took > cfg.DrainTimeout {
		t.Errorf("stopping took %s", took)
	}
	if n, err := openStore(t, cfg).Count(t.Context(), jiqiao.KindNeed); err != nil || n != 1 {
		t.Errorf("%d needs after the stop, %v", n, err)
	}
}

// A client that never finishes delays Stop no longer than the bound; the rest of the service still ends in order.
func TestStopCutsOffWhoNeverFinishes(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.DrainTimeout = 2 * time.Second
	a, s, _ := startApp(t, cfg)
	loadSample(t, a.Store)
	rest, answered := beginWrite(t, s)
	err := a.Stop()
	_ = rest.CloseWithError(io.ErrUnexpectedEOF) // else the client would go on writing
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "drain requests") {
		t.Errorf("stop: %v", err)
	}
	if strings.Contains(fmt.Sprint(err), "background") {
		t.Errorf("the background was given no time: %v", err)
	}
	if got := <-answered; got.err == nil && got.status == http.StatusCreated {
		t.Errorf("half a request was accepted: %+v", got)
	}
	cfg.DrainTimeout = 10 * time.Second
	again, _, _ := startApp(t, cfg)
	if n, err := again.Store.Count(t.Context(), jiqiao.KindNeed); err != nil || n != 71 {
		t.Errorf("%d needs after the stop, %v", n, err)
	}
}
