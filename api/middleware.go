package api

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

const (
	requestIDHeader = "X-Request-ID"
	requestIDKey    = "jiqiao.request_id"
	viewerKey       = "jiqiao.viewer"
)

// acceptedID keeps what a caller may put into our log to a plain token.
var acceptedID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// identify gives the request an id: the caller's when it is a plain token, else a new one.
func (s *Server) identify(c *gin.Context) {
	id := c.GetHeader(requestIDHeader)
	if !acceptedID.MatchString(id) {
		id = rand.Text()
	}
	c.Set(requestIDKey, id)
	c.Header(requestIDHeader, id)
}

// observe counts and logs the finished request. The log holds the route, never the path or the query: they carry what
// people searched for.
func (s *Server) observe(c *gin.Context) {
	start := s.opts.Now()
	c.Next()
	took := s.opts.Now().Sub(start)
	name := c.FullPath()
	if name == "" {
		name = "other"
	}
	status := c.Writer.Status()
	s.metrics.request(c.Request.Method, name, status, took)
	s.log.LogAttrs(c.Request.Context(), slog.LevelInfo, "request",
		slog.String("method", c.Request.Method), slog.String("route", name), slog.Int("status", status),
		slog.Int("bytes", max(c.Writer.Size(), 0)), slog.Duration("took", took),
		slog.String("request_id", c.GetString(requestIDKey)), slog.String("by", whom(viewer(c))))
}

// whom names the viewer without personal data: a person by the account's id, a machine by its token's name.
func whom(v jiqiao.Viewer) string {
	if v.User != "" {
		return v.User
	}
	return v.Name
}

// apiPolicy lets an answer of the interface load nothing at all, should a browser be led to show it.
const apiPolicy = "default-src 'none'; frame-ancestors 'none'"

// protect sets the headers every answer carries; the documentation and the web page widen the policy for themselves.
func (s *Server) protect(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	if isInterface(c.Request.URL.Path) {
		h.Set("Content-Security-Policy", apiPolicy)
		// Answers depend on token and session; private keeps shared caches out, no-cache makes browsers ask with their ETag.
		h.Set("Cache-Control", "private, no-cache")
		h.Set("Vary", "Authorization, Cookie")
	}
}

// isInterface tells the interface's paths from those of the web page.
func isInterface(path string) bool {
	return path == "/api" || strings.HasPrefix(path, "/api/") || path == "/healthz" || path == "/readyz" || path == "/metrics"
}

// recoverPanic turns a panic into an internal error, so that one bad request does not end the process.
func (s *Server) recoverPanic(c *gin.Context) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			panic(p) // net/http's own way to cut an answer short
		default:
			s.log.Error("panic", "request_id", c.GetString(requestIDKey), "route", c.FullPath(), "panic", p, "stack", string(debug.Stack()))
			s.metrics.panics.Inc()
			if !c.Writer.Written() {
				writeError(c, jiqiao.Fail(jiqiao.CodeInternal, internalMessage, nil))
			}
			c.Abort()
		}
	}()
	c.Next()
}

// writeGrace is how much longer than the handler a slow reader may take.
const writeGrace = 30 * time.Second

// deadline bounds the request: its context, and the reading and writing of the connection where the server allows it.
func deadline(limit time.Duration) gin.HandlerFunc {
	return func(c *gin.Context) {
		ctx, cancel := context.WithTimeout(c.Request.Context(), limit)
		defer cancel()
		c.Request = c.Request.WithContext(ctx)
		control := http.NewResponseController(c.Writer)
		now := time.Now() // the connection's clock, not ours
		_ = control.SetReadDeadline(now.Add(limit))
		_ = control.SetWriteDeadline(now.Add(limit + writeGrace)) // recorders in tests cannot; the context still holds
		c.Next()
	}
}
