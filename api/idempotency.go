package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Answers keeps what was answered to requests with an Idempotency-Key.
type Answers interface {
	// BeginAnswer begins a request, or finds what was answered to it. Another request under the id is CodeInvalid, one under
	// way elsewhere CodeConflict until hold has passed.
	BeginAnswer(ctx context.Context, id, digest, lease string, hold time.Duration) (a jiqiao.Answered, found bool, err error)
	KeepAnswer(ctx context.Context, id, lease string, a jiqiao.Answered, keep time.Duration) error
	DropAnswer(ctx context.Context, id, lease string) error
}

const (
	idempotencyHeader = "Idempotency-Key"
	replayedHeader    = "Idempotency-Replayed"
	// maxIdempotencyKey bounds a key: a UUID has 36 characters.
	maxIdempotencyKey = 200
	// answerKept is how long an answer may be asked for again.
	answerKept = 24 * time.Hour
	// maxAnswer bounds what is kept; a longer answer goes out at once, and the request may be made again.
	maxAnswer = 1 << 20
)

// keptHeaders belong to an answer. Cookies do not: an answer that sets one is not kept at all.
var keptHeaders = [...]string{"Content-Type", "Location", "Etag"}

// idempotent has a write with an Idempotency-Key done once: who sends it again, because of a double click or a connection
// that broke, gets the same answer. Answers are kept for those who are known; the public has nothing to write twice.
// limit is how long the request may take.
func (s *Server) idempotent(limit time.Duration) gin.HandlerFunc {
	return func(c *gin.Context) {
		key := c.GetHeader(idempotencyHeader)
		who := holder(viewer(c))
		if key == "" || who == "" || c.Request.Method == http.MethodGet || c.Request.Method == http.MethodHead {
			return
		}
		if len(key) > maxIdempotencyKey || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
			s.refuse(c, jiqiao.Fail(jiqiao.CodeInvalid, "Idempotency-Key 应为不超过 200 个可见的 ASCII 字符，如一个 UUID", nil))
			return
		}
		digest, err := requestDigest(c.Request)
		if err != nil {
			s.refuse(c, err)
			return
		}
		id, lease := digestOf(who, c.Request.Method, c.FullPath(), key), rand.Text()
		had, found, err := s.opts.Answers.BeginAnswer(c.Request.Context(), id, digest, lease, limit+writeGrace)
		switch {
		case jiqiao.CodeOf(err) == jiqiao.CodeInvalid:
			writeErrorStatus(c, http.StatusUnprocessableEntity, tell(c.Request.Context(), err))
			c.Abort()
		case err != nil:
			if jiqiao.CodeOf(err) == jiqiao.CodeConflict {
				c.Header("Retry-After", "1")
			}
			s.refuse(c, err)
		case found:
			replay(c, had)
		default:
			s.answerOnce(c, id, lease)
		}
	}
}

// holder names who a key belongs to, "" for the public.
func holder(v jiqiao.Viewer) string {
	switch {
	case v.User != "":
		return "user " + v.User
	case len(v.Scopes) > 0:
		return "token " + v.Name + " " + v.Organisation
	}
	return ""
}

// requestDigest tells whether a request is the same as one before. Of a body that is large or comes in parts, whose
// boundary is new each time, it is the length.
func requestDigest(r *http.Request) (string, error) {
	parts := []string{r.URL.Path, r.URL.RawQuery, r.Header.Get("If-Match")}
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if r.ContentLength < 0 || r.ContentLength > maxJSON || strings.HasPrefix(kind, "multipart/") {
		return digestOf(append(parts, kind, strconv.FormatInt(r.ContentLength, 10))...), nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxJSON))
	if err != nil {
		return "", jiqiao.Fail(jiqiao.CodeInvalid, "请求内容没有收全，请重新发送", err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return digestOf(append(parts, kind, string(body))...), nil
}

func digestOf(parts ...string) string {
	sum := sha256.New()
	for _, p := range parts {
		_, _ = io.WriteString(sum, strconv.Itoa(len(p))+":"+p) // a hash takes everything
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func replay(c *gin.Context, had jiqiao.Answered) {
	for name, value := range had.Header {
		c.Header(name, value)
	}
	c.Header(replayedHeader, "true")
	c.Status(had.Status)
	if len(had.Body) > 0 {
		_, _ = c.Writer.Write(had.Body) // the client is gone: it asks again
	}
	c.Writer.WriteHeaderNow()
	c.Abort()
}

// answerOnce does the request and keeps its answer before it goes out.
func (s *Server) answerOnce(c *gin.Context, id, lease string) {
	held := &heldAnswer{ResponseWriter: c.Writer}
	c.Writer = held
	finished := false
	defer func() {
		c.Writer = held.ResponseWriter
		if !finished { // a panic, which is answered further out
			ctx, cancel := afterwards(c)
			defer cancel()
			_ = s.opts.Answers.DropAnswer(ctx, id, lease) // its lease ends by itself
		}
	}()
	c.Next()
	finished = true
	ctx, cancel := afterwards(c)
	defer cancel()
	var err error
	if held.keepable() {
		err = s.opts.Answers.KeepAnswer(ctx, id, lease, held.answered(), answerKept)
	} else {
		err = s.opts.Answers.DropAnswer(ctx, id, lease)
	}
	if err != nil {
		s.log.Error("an answer is not kept for a second request", "request_id", c.GetString(requestIDKey), "route", c.FullPath(), "error", err)
	}
	held.release()
}

// answerTimeout bounds the keeping of an answer.
const answerTimeout = 10 * time.Second

// afterwards is the time for keeping an answer, which begins when it is made. What was done is kept even when the client has
// gone or the request's own time is over: that is what the key is for.
func afterwards(c *gin.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(c.Request.Context()), answerTimeout)
}

// heldAnswer holds an answer back until it is kept. One that becomes too long, or is sent in pieces, goes through.
type heldAnswer struct {
	gin.ResponseWriter
	body    bytes.Buffer
	header  bool // was to be written
	through bool
}

func (h *heldAnswer) Write(b []byte) (int, error) {
	if !h.through && h.body.Len()+len(b) > maxAnswer {
		h.release()
	}
	if h.through {
		return h.ResponseWriter.Write(b)
	}
	h.header = true
	return h.body.Write(b)
}

func (h *heldAnswer) WriteString(s string) (int, error) { return h.Write([]byte(s)) }

func (h *heldAnswer) WriteHeaderNow() {
	h.header = true
	if h.through {
		h.ResponseWriter.WriteHeaderNow()
	}
}

func (h *heldAnswer) Written() bool { return h.header || h.ResponseWriter.Written() }

func (h *heldAnswer) Flush() {
	h.release()
	h.ResponseWriter.Flush()
}

// release lets the answer go.
func (h *heldAnswer) release() {
	if h.through {
		return
	}
	h.through = true
	if h.body.Len() > 0 {
		_, _ = h.ResponseWriter.Write(h.body.Bytes()) // the client is gone: it asks again
	} else if h.header {
		h.ResponseWriter.WriteHeaderNow()
	}
}

// keepable reports whether the same request deserves the same answer: not where it was not tried, or could not be, and
// not where the answer is a secret that is shown once.
func (h *heldAnswer) keepable() bool {
	header := h.Header()
	if h.through || header.Get("Set-Cookie") != "" || strings.Contains(header.Get("Cache-Control"), "no-store") {
		return false
	}
	switch status := h.Status(); status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusRequestTimeout, http.StatusTooManyRequests:
		return false
	default:
		return status < http.StatusInternalServerError
	}
}

func (h *heldAnswer) answered() jiqiao.Answered {
	a := jiqiao.Answered{Status: h.Status(), Header: map[string]string{}, Body: h.body.Bytes()}
	for _, name := range keptHeaders {
		if value := h.Header().Get(name); value != "" {
			a.Header[name] = value
		}
	}
	return a
}
