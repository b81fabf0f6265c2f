package endpoint_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"jiqiao"
	"jiqiao/internal/endpoint"
	"jiqiao/internal/endpoint/endpointtest"
)

const dim = 8

// world is a client of a fake server, whose pauses take no time.
type world struct {
	*endpointtest.Server
	client *endpoint.Client

	mu     sync.Mutex
	now    time.Time
	pauses []time.Duration
}

func newWorld(t *testing.T, change func(*endpoint.Config)) *world {
	t.Helper()
	w := &world{Server: endpointtest.New(t, dim), now: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)}
	cfg := endpoint.Config{
		Name: "embedding", URL: w.URL, Key: endpointtest.Key, Model: "bge-m3", Batch: 4,
		Now: func() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.now },
		Sleep: func(ctx context.Context, d time.Duration) error {
			w.pass(d)
			w.pauses = append(w.pauses, d)
			return ctx.Err()
		},
		Random: func() float64 { return 0.5 },
	}
	if change != nil {
		change(&cfg)
	}
	w.client = endpoint.New(cfg)
	return w
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

var texts = []string{"污水处理", "锂电池", "机器人焊接", "水稻育种", "污水回用", "石墨烯"}

func wantVectors(texts []string) [][]float32 {
	var all [][]float32
	for _, v := range endpointtest.Vectors(texts, dim) {
		var f []float32
		for _, x := range v {
			f = append(f, float32(x))
		}
		all = append(all, f)
	}
	return all
}

// times misbehaves the first n times.
func times(n int, b endpointtest.Behaviour) endpointtest.Behaviour {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r endpointtest.Request, honest func() []byte) {
		mu.Lock()
		n--
		bad := n >= 0
		mu.Unlock()
		if bad {
			b(w, r, honest)
			return
		}
		_, _ = w.Write(honest())
	}
}

func TestEmbedComesThroughWhatPasses(t *testing.T) {
	for name, b := range map[string]endpointtest.Behaviour{
		"honest":       nil,
		"slow":         endpointtest.Slow(20 * time.Millisecond),
		"shuffled":     endpointtest.Shuffled,
		"rate limited": times(2, endpointtest.RateLimit("3")),
		"failing":      times(3, endpointtest.Fail(500, "boom")),
		"cut off":      times(3, endpointtest.CutOff),
		"NaN":          times(2, endpointtest.NotANumber),
		"half a batch": times(1, endpointtest.HalfBatch),
		"zero vectors": times(1, endpointtest.Rewritten(func(v [][]float64) [][]float64 { clear(v[0]); return v })),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.Behave(b)
			got, err := w.client.Embed(t.Context(), texts)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(wantVectors(texts), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEmbedFailsWithASentence(t *testing.T) {
	gone := endpointtest.New(t, dim)
	for name, c := range map[string]struct {
		change func(*endpoint.Config)
		do     endpointtest.Behaviour
		kind   endpoint.Kind
		says   string
		asked  int
	}{
		"wrong key":     {change: func(c *endpoint.Config) { c.Key = "sk-other" }, kind: endpoint.Unauthorized, says: "密钥", asked: 1},
		"unknown model": {do: endpointtest.Fail(404, "model not found"), kind: endpoint.NotFound, says: "bge-m3", asked: 1},
		"always 500":    {do: endpointtest.Fail(500, "boom"), kind: endpoint.ServerFault, says: "日志", asked: endpoint.Attempts},
		"always 429":    {do: endpointtest.RateLimit("1"), kind: endpoint.RateLimited, says: "频率", asked: endpoint.Attempts},
		"no JSON":       {do: func(w http.ResponseWriter, _ endpointtest.Request, _ func() []byte) { _, _ = w.Write([]byte("<html>")) }, kind: endpoint.Garbled, says: "/v1", asked: endpoint.Attempts},
		"wrong length":  {change: func(c *endpoint.Config) { c.Dimensions = dim }, do: endpointtest.OtherLength, kind: endpoint.WrongLength, says: "9 维", asked: 1},
		"not reachable": {change: func(c *endpoint.Config) { c.URL = strings.Replace(gone.URL, "127.0.0.1", "256.0.0.1", 1) }, kind: endpoint.Unreachable, says: "连不上"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, c.change)
			w.Behave(c.do)
			_, err := w.client.Embed(t.Context(), texts[:2])
			var fault *endpoint.Error
			if !errors.As(err, &fault) || fault.Kind != c.kind || !strings.Contains(fault.Message, c.says) {
				t.Fatalf("got %v", err)
			}
			if strings.Contains(err.Error(), "sk-") {
				t.Error("the key is in the error")
			}
			var shown *jiqiao.Error
			if !errors.As(err, &shown) || shown.Code != jiqiao.CodeUnavailable || shown.Message != fault.Message {
				t.Errorf("callers see %v", shown)
			}
			if n := len(w.Requests()); n != c.asked {
				t.Errorf("asked %d times, want %d", n, c.asked)
			}
		})
	}
}

func TestRetryAfterIsKept(t *testing.T) {
	w := newWorld(t, nil)
	w.Behave(times(3, endpointtest.RateLimit("7")))
	if _, err := w.client.Embed(t.Context(), texts[:1]); err != nil {
		t.Fatal(err)
	}
	if want := []time.Duration{7 * time.Second, 7 * time.Second, 7 * time.Second}; !slices.Equal(w.pauses, want) {
		t.Errorf("paused %v", w.pauses)
	}
}

func TestPausesGrowAndAreSpread(t *testing.T) {
	for _, random := range []float64{0, 0.5, 0.999} {
		w := newWorld(t, func(c *endpoint.Config) { c.Random = func() float64 { return random } })
		w.Behave(endpointtest.Fail(503, "busy"))
		if _, err := w.client.Embed(t.Context(), texts[:1]); err == nil {
			t.Fatal("no error")
		}
		for i, want := range []float64{0.5, 1, 2, 4} {
			if got := w.pauses[i].Seconds(); math.Abs(got-want*(0.5+random)) > 1e-6 {
				t.Errorf("pause %d with %v: %v", i, random, got)
			}
		}
	}
}

// TestOneBadTextCostsItselfAlone: the server refuses every batch that holds a certain text.
func TestOneBadTextCostsItselfAlone(t *testing.T) {
	for name, bad := range map[string]endpointtest.Behaviour{
		"refused":      endpointtest.Fail(400, "input is too long"),
		"zero vectors": endpointtest.Rewritten(func(v [][]float64) [][]float64 { clear(v[len(v)-1]); return v }),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.Behave(func(rw http.ResponseWriter, r endpointtest.Request, honest func() []byte) {
				if slices.Contains(r.Input, "机器人焊接") {
					bad(rw, r, honest)
					return
				}
				_, _ = rw.Write(honest())
			})
			got, err := w.client.Embed(t.Context(), texts)
			if err != nil {
				t.Fatal(err)
			}
			want := wantVectors(texts)
			want[2] = nil
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLengthIsLearned(t *testing.T) {
	w := newWorld(t, nil)
	if _, err := w.client.Embed(t.Context(), texts[:1]); err != nil {
		t.Fatal(err)
	}
	w.Behave(endpointtest.OtherLength)
	_, err := w.client.Embed(t.Context(), texts[:1])
	var fault *endpoint.Error
	if !errors.As(err, &fault) || fault.Kind != endpoint.WrongLength {
		t.Errorf("got %v", err)
	}
}

func TestBreakerLeavesTheServerAlone(t *testing.T) {
	w := newWorld(t, func(c *endpoint.Config) { c.Rest = time.Minute })
	w.Behave(endpointtest.Fail(500, "boom"))
	if _, err := w.client.Embed(t.Context(), texts[:1]); err == nil {
		t.Fatal("no error")
	}
	before := len(w.Requests())
	_, err := w.client.Embed(t.Context(), texts[:1])
	var fault *endpoint.Error
	if !errors.As(err, &fault) || fault.Kind != endpoint.Resting || fault.RetryAfter <= 0 || fault.RetryAfter > time.Minute {
		t.Fatalf("got %v", err)
	}
	if len(w.Requests()) != before {
		t.Error("the server was asked all the same")
	}
	if !strings.Contains(fault.Message, "内部出错") || !strings.Contains(fault.Message, "暂停访问") {
		t.Errorf("it does not say why: %s", fault.Message)
	}
	// One try after the pause; it fails, and the pause doubles.
	w.pass(fault.RetryAfter)
	if _, err = w.client.Embed(t.Context(), texts[:1]); !errors.As(err, &fault) || fault.Kind != endpoint.Resting || fault.RetryAfter < time.Minute {
		t.Errorf("got %v", err)
	}
	if n := len(w.Requests()) - before; n != 1 {
		t.Errorf("tried %d times", n)
	}
	w.Behave(nil)
	w.pass(2 * time.Minute)
	for range 2 {
		if _, err = w.client.Embed(t.Context(), texts[:1]); err != nil {
			t.Errorf("after recovery: %v", err)
		}
	}
}

func TestQueryIsAskedOnce(t *testing.T) {
	w := newWorld(t, nil)
	got, err := w.client.EmbedQuery(t.Context(), texts[0])
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantVectors(texts[:1])[0], got); diff != "" {
		t.Error(diff)
	}
	w.Behave(endpointtest.Fail(500, "boom"))
	for i := range 6 {
		if _, err := w.client.EmbedQuery(t.Context(), texts[0]); err == nil {
			t.Error("no error")
		}
		if want := 1 + min(i+1, 3); len(w.Requests()) != want {
			t.Errorf("query %d: %d requests, want %d", i, len(w.Requests()), want)
		}
	}
	// The background has a breaker of its own.
	w.Behave(nil)
	if _, err := w.client.Embed(t.Context(), texts[:1]); err != nil {
		t.Error(err)
	}
}

func TestQueryIsBounded(t *testing.T) {
	w := newWorld(t, nil)
	w.Behave(endpointtest.Slow(2 * endpoint.QueryBudget))
	_, err := w.client.EmbedQuery(t.Context(), texts[0])
	var fault *endpoint.Error
	if !errors.As(err, &fault) || fault.Kind != endpoint.Timeout {
		t.Errorf("got %v", err)
	}
	// A caller who gives up is told so, and the server is not blamed.
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := w.client.EmbedQuery(ctx, texts[0]); !errors.Is(err, context.DeadlineExceeded) || errors.As(err, &fault) {
		t.Errorf("got %v", err)
	}
}

func TestRateIsKept(t *testing.T) {
	w := newWorld(t, func(c *endpoint.Config) { c.Rate, c.Batch = 2, 1 })
	if _, err := w.client.Embed(t.Context(), texts[:4]); err != nil {
		t.Fatal(err)
	}
	half := 500 * time.Millisecond
	if want := []time.Duration{half, half, half}; !slices.Equal(w.pauses, want) {
		t.Errorf("paused %v", w.pauses)
	}
}

// A query that the rate leaves no time for fails by itself; the server is not blamed, and asked again when it may be.
func TestOwnRateBlamesNobody(t *testing.T) {
	w := newWorld(t, func(c *endpoint.Config) { c.Rate = 1 })
	if _, err := w.client.EmbedQuery(t.Context(), texts[0]); err != nil {
		t.Fatal(err)
	}
	for range 6 {
		var fault *endpoint.Error
		if _, err := w.client.EmbedQuery(t.Context(), texts[1]); !errors.As(err, &fault) || fault.Kind != endpoint.RateLimited {
			t.Fatalf("got %v", err)
		}
	}
	w.pass(time.Second)
	if _, err := w.client.EmbedQuery(t.Context(), texts[1]); err != nil || len(w.Requests()) != 2 {
		t.Errorf("%v after %d requests", err, len(w.Requests()))
	}
}

func TestProbe(t *testing.T) {
	w := newWorld(t, nil)
	if n, err := w.client.Probe(t.Context()); err != nil || n != dim {
		t.Errorf("%d, %v", n, err)
	}
	registry := prometheus.NewRegistry()
	if err := registry.Register(w.client); err != nil {
		t.Fatal(err)
	}
	families, err := registry.Gather()
	if err != nil || len(families) != 1 || families[0].GetName() != "jiqiao_endpoint_requests_total" {
		t.Errorf("%v, %v", families, err)
	}
}

func TestRequestAsksForFloats(t *testing.T) {
	w := newWorld(t, func(c *endpoint.Config) { c.Dimensions = dim })
	if _, err := w.client.EmbedQuery(t.Context(), "石墨烯"); err != nil {
		t.Fatal(err)
	}
	want := []endpointtest.Request{{Path: "/v1/embeddings", Model: "bge-m3", Input: []string{"石墨烯"}, Dimensions: dim}}
	if diff := cmp.Diff(want, w.Requests()); diff != "" {
		t.Error(diff)
	}
}

func TestAsk(t *testing.T) {
	question := endpoint.Question{System: "读", User: "需求", Name: "need", Schema: json.RawMessage(`{"type":"object"}`)}
	for name, c := range map[string]struct {
		do   endpointtest.Behaviour
		want string
		kind endpoint.Kind
	}{
		"object":     {do: endpointtest.Saying(`{"title":"甲"}`), want: `{"title":"甲"}`},
		"fenced":     {do: endpointtest.Saying("```json\n{\"title\":\"甲\"}\n```"), want: `{"title":"甲"}`},
		"thoughtful": {do: endpointtest.Saying("<think>{嗯</think>{\"title\":\"甲\"}"), want: `{"title":"甲"}`},
		"no JSON":    {do: endpointtest.Saying(`好的，结果如下`), kind: endpoint.WrongAnswer},
		"cut off":    {do: endpointtest.Saying(`{"title":"甲`), kind: endpoint.WrongAnswer},
		"no choice":  {do: func(w http.ResponseWriter, _ endpointtest.Request, _ func() []byte) { _, _ = w.Write([]byte(`{}`)) }, kind: endpoint.WrongAnswer},
		"no model":   {do: endpointtest.Fail(404, "no"), kind: endpoint.NotFound},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.Behave(c.do)
			got, err := w.client.Ask(t.Context(), question)
			var fault *endpoint.Error
			if errors.As(err, &fault); c.kind != "" && (fault == nil || fault.Kind != c.kind) {
				t.Fatalf("got %s, %v", got, err)
			}
			if c.kind == "" && (err != nil || string(got) != c.want) {
				t.Errorf("got %s, %v", got, err)
			}
		})
	}
}

func TestAskWithoutSchemas(t *testing.T) {
	w := newWorld(t, nil)
	w.Behave(func(rw http.ResponseWriter, r endpointtest.Request, honest func() []byte) {
		if len(w.Requests()) == 1 {
			endpointtest.Fail(400, "response_format json_schema is not supported")(rw, r, honest)
			return
		}
		endpointtest.Saying(`{}`)(rw, r, honest)
	})
	got, err := w.client.Ask(t.Context(), endpoint.Question{System: "读", User: "文", Name: "x", Schema: json.RawMessage(`{"type":"object"}`)})
	if err != nil || string(got) != "{}" {
		t.Fatalf("%s, %v", got, err)
	}
	if r := w.Requests()[1]; !strings.Contains(r.System, `{"type":"object"}`) || r.User != "文" {
		t.Errorf("asked %+v", r)
	}
}
