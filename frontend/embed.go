// Package frontend holds the web page, built by Vite into dist and embedded in the program.
//
// dist is not under version control except for an empty .keep, so `go build ./...` needs no Node; a program built that
// way serves a page that says how to build the real one.
package frontend

import (
	"bytes"
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed all:dist
var dist embed.FS

// Built reports whether the page itself is embedded, not just the place for it.
func Built() bool {
	_, err := fs.Stat(dist, "dist/index.html")
	return err == nil
}

// Handler serves the page. A path that names no file is a route of the page and gets index.html, except under
// /assets/, where a missing file is a 404: an old tab must not mistake HTML for a script.
func Handler() http.Handler {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the name is a constant and valid
	}
	return handler(files)
}

func handler(files fs.FS) http.Handler {
	index, err := fs.ReadFile(files, "index.html")
	if err != nil {
		return http.HandlerFunc(notBuilt)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "此地址只能读取", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		body, err := fs.ReadFile(files, name)
		switch {
		case err == nil && name != "index.html" && path.Base(name) != ".keep":
			serve(w, r, name, body)
		case errors.Is(err, fs.ErrNotExist) && strings.HasPrefix(name, "assets/"):
			http.NotFound(w, r)
		default:
			serve(w, r, "index.html", index)
		}
	})
}

// policy keeps scripts to our own; Element Plus sets inline styles on elements.
const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; " +
	"base-uri 'self'; form-action 'self'; frame-ancestors 'self'"

func serve(w http.ResponseWriter, r *http.Request, name string, body []byte) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	switch {
	case strings.HasPrefix(name, "assets/"): // names carry a hash of the content
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	case name == "index.html":
		h.Set("Cache-Control", "no-cache")
		h.Set("Content-Security-Policy", policy)
		h.Set("Referrer-Policy", "same-origin")
	default:
		h.Set("Cache-Control", "public, max-age=3600")
	}
	if kind := contentTypes[path.Ext(name)]; kind != "" {
		h.Set("Content-Type", kind)
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(body))
}

// contentTypes does not depend on the machine's mime.types, which may be missing or wrong.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".svg":  "image/svg+xml",
	".txt":  "text/plain; charset=utf-8",
}

const notBuiltPage = `<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>技桥 · 页面尚未构建</title>
<style>body{font:16px/1.8 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;max-width:40em;margin:12vh auto;padding:0 20px;color:#1f2d33}
code,pre{background:#eef3f4;border-radius:4px;padding:2px 6px}pre{padding:12px 16px}a{color:#0b5c6b}</style>
<h1>页面尚未构建</h1>
<p>服务已经启动，接口可用，但这个程序在编译时没有带上网页。请在源码目录执行：</p>
<pre>make build
make build</pre>
<p>或者手动执行 <code>cd frontend &amp;&amp; npm ci &amp;&amp; npm run build</code>，再重新编译程序。</p>
<p>接口文档见 <a href="/api/docs">/api/docs</a>。</p>
</html>
`

func notBuilt(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write([]byte(notBuiltPage)) // the client has gone; there is nobody to tell
}
