package api

import (
	"container/list"
	"math"
	"net/netip"
	"strconv"
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

func newLimiter(perSecond, burst int, now func() time.Time) *limiter {
	return &limiter{rate: rate.Limit(perSecond), burst: burst, now: now, clients: map[string]*list.Element{}, recent: list.New()}
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
	if s.limits == nil {
		return
	}
	if wait := s.limits.wait(clientKey(c.ClientIP())); wait > 0 {
		c.Header("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		s.refuse(c, jiqiao.Fail(jiqiao.CodeTooManyRequests, "请求过于频繁，请稍后再试", nil))
	}
}
