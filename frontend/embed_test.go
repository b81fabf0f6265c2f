package frontend

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func get(h http.Handler, method, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, target, nil))
	return w
}

func TestHandlerServesFilesAndRoutes(t *testing.T) {
	h := handler(fstest.MapFS{
		"index.html":         {Data: []byte("<main>page</main>")},
		".keep":              {},
		"favicon.svg":        {Data: []byte("<svg/>")},
		"assets/index-1a.js": {Data: []byte("let a")},
	})
	tests := []struct {
		name, method, target string
		status               int
		body, kind, cache    string
	}{
		{"root", "GET", "/", 200, "page", "text/html; charset=utf-8", "no-cache"},
		{"index by name", "GET", "/index.html", 200, "page", "text/html; charset=utf-8", "no-cache"},
		{"route of the page", "GET", "/needs/n_1", 200, "page", "text/html; charset=utf-8", "no-cache"},
		{"escape", "GET", "/../../etc/passwd", 200, "page", "text/html; charset=utf-8", "no-cache"},
		{"folder", "GET", "/assets", 200, "page", "text/html; charset=utf-8", "no-cache"},
		{"keep is not shown", "GET", "/.keep", 200, "page", "text/html; charset=utf-8", "no-cache"},
		{"asset", "GET", "/assets/index-1a.js", 200, "let a", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		{"old asset", "GET", "/assets/index-0.js", 404, "404", "text/plain; charset=utf-8", ""},
		{"icon", "GET", "/favicon.svg", 200, "<svg/>", "image/svg+xml", "public, max-age=3600"},
		{"head", "HEAD", "/", 200, "", "text/html; charset=utf-8", "no-cache"},
		{"post", "POST", "/", 405, "只能读取", "text/plain; charset=utf-8", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := get(h, tt.method, tt.target)
			if r.Code != tt.status || !strings.Contains(r.Body.String(), tt.body) {
				t.Errorf("got %d %q, want %d with %q", r.Code, r.Body, tt.status, tt.body)
			}
			if got := r.Header().Get("Content-Type"); got != tt.kind {
				t.Errorf("content type %q, want %q", got, tt.kind)
			}
			if got := r.Header().Get("Cache-Control"); got != tt.cache {
				t.Errorf("cache control %q, want %q", got, tt.cache)
			}
		})
	}
}

func TestPageAllowsOnlyOurOwnScripts(t *testing.T) {
	h := handler(fstest.MapFS{"index.html": {Data: []byte("page")}})
	policy := get(h, "GET", "/").Header().Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'self'") || strings.Contains(policy, "script-src") {
		t.Errorf("policy %q lets other scripts in", policy)
	}
}

func TestWithoutABuildThePageSaysHow(t *testing.T) {
	r := get(handler(fstest.MapFS{".keep": {}}), "GET", "/needs/n_1")
	if r.Code != http.StatusOK || !strings.Contains(r.Body.String(), "make build") {
		t.Errorf("got %d %q", r.Code, r.Body)
	}
}

// The folder must always be there to embed; whether it holds a page depends on who built it.
func TestEmbedded(t *testing.T) {
	r := get(Handler(), "GET", "/")
	if got := strings.Contains(r.Body.String(), "make build"); got == Built() {
		t.Errorf("Built() = %v but the page says %q", Built(), r.Body)
	}
}
