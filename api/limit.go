package api

import (
	"bytes"
	"cmp"
	"container/list"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"

	"jiqiao"
)

// maxClients bounds the table of clients; the one not seen for longest makes room and starts afresh when it returns.
const maxClients = 10_000

// limiter holds one token bucket per client.
type limiter struct {
	rate  rate.Limit
	burst int
	now   func() time.Time

	mu      sync.Mutex
	clients map[string]*list.Element
	recent  *list.List // of *client, most recently seen first
}

type client struct {
	key    string
	bucket *rate.Limiter
}

// newLimiter allows so many requests in the time, and burst at once; nil where there is no limit.
func newLimiter(requests int, in time.Duration, burst int, now func() time.Time) *limiter {
	if requests <= 0 {
		return nil
	}
	return &limiter{
		rate: rate.Limit(float64(requests) / in.Seconds()), burst: max(burst, requests), now: now,
		clients: map[string]*list.Element{}, recent: list.New(),
	}
}

// wait is 0 when the client may go on, else how long until it may.
func (l *limiter) wait(key string) time.Duration {
	now := l.now()
	r := l.bucket(key).ReserveN(now, 1)
	delay := r.DelayFrom(now)
	if delay > 0 {
		r.CancelAt(now)
	}
	return delay
}

func (l *limiter) bucket(key string) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.clients[key]; ok {
		l.recent.MoveToFront(e)
		return e.Value.(*client).bucket
	}
	if l.recent.Len() >= maxClients {
		oldest := l.recent.Back()
		delete(l.clients, l.recent.Remove(oldest).(*client).key)
	}
	cl := &client{key: key, bucket: rate.NewLimiter(l.rate, l.burst)}
	l.clients[key] = l.recent.PushFront(cl)
	return cl.bucket
}

// clientKey is the address that a limit applies to: an IPv6 client owns its whole /64.
func clientKey(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap()
	if ip.Is6() {
		if block, err := ip.Prefix(64); err == nil {
			return block.String()
		}
	}
	return ip.String()
}

// limit turns away a client that asks too often, and says when to come back.
func (s *Server) limit(c *gin.Context) {
	s.turnAway(c, s.limits, clientKey(c.ClientIP()), "请求过于频繁，请稍后再试")
}

// limitUser limits a person, from wherever they ask. Machines with a token are limited by address alone: they bring whole
// tables.
func (s *Server) limitUser(c *gin.Context) {
	if user := viewer(c).User; user != "" {
		s.turnAway(c, s.users, user, "您的请求过于频繁，请稍后再试")
	}
}

// limitSignIn keeps passwords and codes from being tried out: by address, and by the account that is tried from many.
func (s *Server) limitSignIn(c *gin.Context) {
	const message = "尝试过于频繁，请稍后再试"
	if s.signIns == nil {
		return
	}
	if s.turnAway(c, s.signIns, clientKey(c.ClientIP()), message); c.IsAborted() {
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, maxJSON))
	if err != nil {
		s.refuse(c, err)
		return
	}
	c.Request.Body = io.NopCloser(bytes.NewReader(body))
	var tried struct {
		Login string `json:"login"`
		Email string `json:"email"`
	}
	if json.Unmarshal(body, &tried) != nil {
		return // the handler says what is wrong with it
	}
	if name := strings.ToLower(strings.TrimSpace(cmp.Or(tried.Login, tried.Email))); name != "" {
		// A digest, because names are as long as the caller likes.
		s.turnAway(c, s.signIns, "login "+digestOf(name), message)
	}
}

// turnAway answers when the key has asked too often; a nil limiter lets all pass.
func (s *Server) turnAway(c *gin.Context, l *limiter, key, message string) {
	if l == nil {
		return
	}
	if wait := l.wait(key); wait > 0 {
		c.Header("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		s.refuse(c, jiqiao.Fail(jiqiao.CodeTooManyRequests, message, nil))
	}
}

// guessed reports whether the route can be used to try out passwords, codes and names.
func guessed(r route) bool {
	if r.method != http.MethodPost || r.permission != "" || r.path == "/auth/logout" {
		return false
	}
	for _, prefix := range []string{"/auth/", "/signups", "/invitations"} {
		if strings.HasPrefix(r.path, prefix) {
			return true
		}
	}
	return false
}
