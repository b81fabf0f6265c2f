package endpoint

import (
	"context"
	"sync"
	"time"
)

// breaker leaves a server alone that has failed several times in a row. After a pause one request may try it, and the
// others wait for how that goes; each failed try doubles the pause.
type breaker struct {
	now      func() time.Time
	failures int           // in a row that open it
	pause    time.Duration // the first one

	mu     sync.Mutex
	failed int
	until  time.Time // open until then
	trying bool
	factor time.Duration
}

// maxFactor bounds the growth of the pause.
const maxFactor = 8

// admit lets a request pass, or says how long the server is still left alone. Who is admitted reports or abandons.
func (b *breaker) admit() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failed < b.failures {
		return 0
	}
	if wait := b.until.Sub(b.now()); wait > 0 {
		return wait
	}
	if b.trying {
		return time.Second
	}
	b.trying = true
	return 0
}

func (b *breaker) report(ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
	if ok {
		b.failed, b.factor = 0, 0
		return
	}
	if b.failed++; b.failed >= b.failures {
		b.factor = min(max(1, 2*b.factor), maxFactor)
		b.until = b.now().Add(b.factor * b.pause)
	}
}

// abandon takes back an admission that came to nothing.
func (b *breaker) abandon() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
}

// limiter spaces requests evenly.
type limiter struct {
	interval time.Duration
	now      func() time.Time
	sleep    func(context.Context, time.Duration) error

	mu   sync.Mutex
	next time.Time
}

func newLimiter(cfg Config) *limiter {
	l := &limiter{now: cfg.Now, sleep: cfg.Sleep}
	if cfg.Rate > 0 {
		l.interval = time.Second / time.Duration(cfg.Rate)
	}
	return l
}

// wait returns when it is the caller's turn. One whose turn would come after the end of ctx is told at once, and leaves
// the turn to others.
func (l *limiter) wait(ctx context.Context) error {
	if l.interval == 0 {
		return ctx.Err()
	}
	l.mu.Lock()
	now := l.now()
	turn := l.next
	if turn.Before(now) {
		turn = now
	}
	pause := turn.Sub(now)
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < pause {
		l.mu.Unlock()
		return &Error{Kind: RateLimited, Message: ownRateMessage}
	}
	l.next = turn.Add(l.interval)
	l.mu.Unlock()
	if pause <= 0 {
		return ctx.Err()
	}
	return l.sleep(ctx, pause)
}
