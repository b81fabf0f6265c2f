package app

import (
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/internal/endpoint/endpointtest"
)

// TestLanguageModelIsConnected asks for both uses through the API, of a model that answers and of one that fails.
func TestLanguageModelIsConnected(t *testing.T) {
	server := endpointtest.New(t, 4)
	cfg := settings(t.TempDir())
	cfg.LLMURL, cfg.LLMModel = server.URL, "qwen3"
	a, err := New(t.Context(), cfg, Options{Log: slog.New(slog.DiscardHandler), Version: "test", Retry: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Stop(); err != nil {
			t.Error(err)
		}
	}()
	n := need("印染废水脱色技术")
	other := &jiqiao.Achievement{Abstract: "用臭氧催化氧化使印染废水脱色，已完成中试"}
	other.Title, other.Status = "印染废水催化脱色技术", jiqiao.StatusPublished
	put(t, a.Store, n, other)
	a.Follow()
	caughtUp(t, a)
	token, _, err := a.Store.CreateToken(t.Context(), "test", []jiqiao.Scope{jiqiao.ScopeWrite}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, path, body string) string {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, "http://jiqiao"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Type", "application/json")
		resp, err := a.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	matches := "/api/v1/needs/" + n.ID + "/matches?rationale=true"

	server.Behave(endpointtest.Saying(`{"sentences":["成果面向印染废水脱色，与需求一致。"]}`))
	if text := ask("GET", matches, ""); !strings.Contains(text, `"rationale":"成果面向印染废水脱色`) || strings.Contains(text, `"llm"`) {
		t.Errorf("matches: %s", text)
	}
	server.Behave(endpointtest.Saying(`{"title":[],"problem":[],"metrics":[],"conditions":[],"deadline":[],"keywords":[],"budget":[{"value":"50万元","quote":"50万元"},{"value":"9亿元","quote":"9亿元"}]}`))
	if text := ask("POST", "/api/v1/clinic/read", `{"text":"印染废水脱色，准备投入50万元。"}`); !strings.Contains(text, `"value":"50万元"`) || strings.Contains(text, "9亿") || !strings.Contains(text, `"dropped":1`) {
		t.Errorf("read: %s", text)
	}
	server.Behave(endpointtest.Fail(500, "boom"))
	put(t, a.Store, &jiqiao.Achievement{Header: jiqiao.Header{Title: "印染废水膜法脱色技术", Status: jiqiao.StatusPublished}, Abstract: "膜法脱色"})
	caughtUp(t, a)
	if text := ask("GET", matches, ""); !strings.Contains(text, `"degraded":["llm"]`) || !strings.Contains(text, other.ID) {
		t.Errorf("matches without the model: %s", text)
	}
}
