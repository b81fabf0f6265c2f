package api

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
)

// minGzip is the smallest body worth compressing: below it the answer fits one packet anyway.
const minGzip = 1024

// gzipLevel trades a tenth of the size for a third of the time of the default level.
const gzipLevel = 4

var gzipPool = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(io.Discard, gzipLevel)
	if err != nil {
		panic(err) // the level is a constant and valid
	}
	return w
}}

// compress gzips the answer for those who accept it, when it is text and not tiny.
func compress(c *gin.Context) {
	if c.Request.Method == http.MethodHead || !acceptsGzip(c.GetHeader("Accept-Encoding")) {
		return
	}
	w := &gzipWriter{ResponseWriter: c.Writer}
	c.Writer = w
	defer w.close()
	c.Next()
}

// acceptsGzip reads Accept-Encoding: gzip is listed, or everything is, and not with q=0.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name = strings.TrimSpace(name); name == "gzip" || name == "*" {
			weight, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(q), "q="), 64)
			return err != nil || weight > 0
		}
	}
	return false
}

// gzipWriter decides at the first byte, when headers and size are known.
type gzipWriter struct {
	gin.ResponseWriter
	decided bool
	gz      *gzip.Writer // nil: passed through
}

func (w *gzipWriter) Write(b []byte) (int, error) {
	if !w.decided {
		w.decide(len(b))
	}
	if w.gz == nil {
		return w.ResponseWriter.Write(b)
	}
	return w.gz.Write(b)
}

// WriteString keeps io.WriteString from going around the compression.
func (w *gzipWriter) WriteString(s string) (int, error) { return w.Write([]byte(s)) }

func (w *gzipWriter) Flush() {
	if w.gz != nil {
		_ = w.gz.Flush() // a broken connection shows at the next write
	}
	w.ResponseWriter.Flush()
}

func (w *gzipWriter) decide(first int) {
	w.decided = true
	h := w.Header()
	if !compressible(h.Get("Content-Type")) {
		return
	}
	h.Add("Vary", "Accept-Encoding")
	size := first
	if n, err := strconv.Atoi(h.Get("Content-Length")); err == nil {
		size = n
	}
	whole := w.Status() != http.StatusPartialContent && h.Get("Content-Encoding") == ""
	if !whole || size < minGzip {
		return
	}
	h.Del("Content-Length")
	h.Del("Accept-Ranges")
	h.Set("Content-Encoding", "gzip")
	w.gz = gzipPool.Get().(*gzip.Writer)
	w.gz.Reset(w.ResponseWriter)
}

func (w *gzipWriter) close() {
	if w.gz == nil {
		return
	}
	_ = w.gz.Close() // the client has gone; there is nobody to tell
	w.gz.Reset(io.Discard)
	gzipPool.Put(w.gz)
	w.gz = nil
}

func compressible(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	switch kind = strings.TrimSpace(kind); kind {
	case "text/event-stream": // each event leaves at once
		return false
	case "application/json", "application/jsonl", "application/yaml", "text/javascript", "application/javascript", "image/svg+xml":
		return true
	default:
		return strings.HasPrefix(kind, "text/")
	}
}

// gzipped is the body compressed at once, for answers that are kept.
func gzipped(body []byte) ([]byte, error) {
	var b bytes.Buffer
	w := gzipPool.Get().(*gzip.Writer)
	defer gzipPool.Put(w)
	w.Reset(&b)
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
