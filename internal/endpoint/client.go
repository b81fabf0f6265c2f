// Package endpoint talks to servers that speak the OpenAI protocol: vectors of texts, and completions in JSON. It is the
// only home of go-openai.
//
// It trusts nothing: an answer is checked for number, order, length and finite values before anyone sees it. What fails
// for a while is tried again with growing pauses, or when the server says (Retry-After); what keeps failing is left alone
// for a while, so that people do not wait for a server that is down. Every error says in Chinese what is wrong and what
// to do.
package endpoint

import (
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/sashabaranov/go-openai"
)

// Config says which server to use, and how.
type Config struct {
	// Name tells the clients of a process apart in metrics: "embedding", "llm".
	Name string
	// URL is the base, such as http://127.0.0.1:11434/v1; Key may be empty; Model is the server's name for it.
	URL, Key, Model string
	// Dimensions asks for vectors of that length and accepts no other; 0 takes what the model gives, always the same.
	Dimensions int
	// Batch is how many texts go into one request; 0 is DefaultBatch.
	Batch int
	// Rate bounds the requests per second; 0 is no bound.
	Rate int
	// Rest is how long a server that keeps failing is left alone at first; 0 is DefaultRest. For queries it is a third.
	Rest time.Duration
	// Pause is the first pause between two tries; 0 is DefaultPause. It doubles with every try.
	Pause time.Duration

	Log *slog.Logger
	// Now, Sleep and Random are the clock, the pause between tries and a number in [0, 1) that spreads the pauses; nil
	// is the usual one.
	Now    func() time.Time
	Sleep  func(ctx context.Context, d time.Duration) error
	Random func() float64
}

const (
	// DefaultBatch suits small servers; large ones take 64 and more.
	DefaultBatch = 16
	// DefaultRest lets a server start again.
	DefaultRest = 30 * time.Second
	// QueryBudget is what a query may wait for its vector.
	QueryBudget = 500 * time.Millisecond
	// AttemptTimeout bounds one request that nobody waits for; a small machine may take that long for a batch.
	AttemptTimeout = 60 * time.Second
	// Attempts is how often a request is sent before it counts as failed.
	Attempts = 5

	// DefaultPause lets a hiccup pass.
	DefaultPause = 500 * time.Millisecond

	longPause = 30 * time.Second
	// maxRetryAfter bounds what a server may ask for; the follower comes back later by itself.
	maxRetryAfter = 2 * time.Minute
	maxBody       = 64 << 20
)

// Client is one model of one server. It is safe for concurrent use.
type Client struct {
	cfg        Config
	api        *openai.Client
	limit      *limiter
	background *breaker // requests that nobody waits for
	queries    *breaker // apart: a server too slow for queries is still good for the rest
	dimensions atomic.Int64
	plainJSON  atomic.Bool            // the server refused a JSON schema
	last       atomic.Pointer[string] // the message of the last fault for which a server is left alone
	counts     *prometheus.CounterVec
}

// New makes a client. It does not connect.
func New(cfg Config) *Client {
	if cfg.Batch <= 0 {
		cfg.Batch = DefaultBatch
	}
	if cfg.Rest <= 0 {
		cfg.Rest = DefaultRest
	}
	if cfg.Pause <= 0 {
		cfg.Pause = DefaultPause
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Sleep == nil {
		cfg.Sleep = sleep
	}
	if cfg.Random == nil {
		cfg.Random = rand.Float64
	}
	settings := openai.DefaultConfig(cfg.Key)
	settings.BaseURL = strings.TrimSuffix(cfg.URL, "/")
	settings.HTTPClient = &doer{}
	c := &Client{
		cfg: cfg, api: openai.NewClientWithConfig(settings), limit: newLimiter(cfg),
		background: &breaker{now: cfg.Now, failures: 5, pause: cfg.Rest},
		queries:    &breaker{now: cfg.Now, failures: 3, pause: cfg.Rest / 3},
		counts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "jiqiao_endpoint_requests_total", Help: "Requests to model servers, by purpose and outcome.",
			ConstLabels: prometheus.Labels{"endpoint": cfg.Name},
		}, []string{"purpose", "result"}),
	}
	c.dimensions.Store(int64(cfg.Dimensions))
	return c
}

// Model is the name of the model.
func (c *Client) Model() string { return c.cfg.Model }

// Describe implements prometheus.Collector.
func (c *Client) Describe(ch chan<- *prometheus.Desc) { c.counts.Describe(ch) }

// Collect implements prometheus.Collector.
func (c *Client) Collect(ch chan<- prometheus.Metric) { c.counts.Collect(ch) }

// patiently sends a request until it succeeds, fails for good, or has failed Attempts times.
func (c *Client) patiently(ctx context.Context, purpose string, send func(context.Context) error) error {
	pause := c.cfg.Pause
	for attempt := 1; ; attempt++ {
		err := c.once(ctx, purpose, c.background, AttemptTimeout, send)
		fault := faultOf(err)
		if err == nil || ctx.Err() != nil || attempt >= fault.Kind.attempts() {
			return err
		}
		wait := time.Duration(float64(pause) * (0.5 + c.cfg.Random()))
		if fault.RetryAfter > 0 {
			wait = min(fault.RetryAfter, maxRetryAfter)
		}
		if err := c.cfg.Sleep(ctx, wait); err != nil {
			return err
		}
		pause = min(2*pause, longPause)
	}
}

// once sends a request once, within the limits of rate and time, unless the server is left alone.
func (c *Client) once(ctx context.Context, purpose string, b *breaker, timeout time.Duration, send func(context.Context) error) error {
	if wait := b.admit(); wait > 0 {
		c.counts.WithLabelValues(purpose, string(Resting)).Inc()
		return c.resting(wait)
	}
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var heard note
	err := c.limit.wait(limited)
	asked := err == nil
	if asked {
		err = send(context.WithValue(limited, noteKey{}, &heard))
	}
	if err != nil && ctx.Err() != nil {
		b.abandon() // the caller gave up, which says nothing about the server
		return ctx.Err()
	}
	fault := c.explain(err, &heard)
	if asked {
		b.report(fault == nil || !fault.Kind.down())
	} else {
		b.abandon() // nor does a rate that we keep ourselves
	}
	if fault == nil {
		c.counts.WithLabelValues(purpose, "ok").Inc()
		return nil
	}
	c.counts.WithLabelValues(purpose, string(fault.Kind)).Inc()
	if asked && fault.Kind.down() {
		c.last.Store(&fault.Message)
	}
	return fault
}

// resting says why the server is left alone.
func (c *Client) resting(wait time.Duration) *Error {
	message := Resting.message(c.cfg.Model)
	if why := c.last.Load(); why != nil {
		message = *why + "（" + message + "）"
	}
	return &Error{Kind: Resting, Message: message, RetryAfter: wait}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// doer sends requests for the library, which keeps neither the header of a refusal nor a bound on what it reads.
type doer struct{ http.Client }

// note is what the library does not pass on.
type note struct {
	status     int
	retryAfter string
}

type noteKey struct{}

// Do implements openai.HTTPDoer.
func (d *doer) Do(req *http.Request) (*http.Response, error) {
	res, err := d.Client.Do(req) //nolint:bodyclose // the library closes it
	if err != nil {
		return nil, err
	}
	if n, ok := req.Context().Value(noteKey{}).(*note); ok {
		n.status, n.retryAfter = res.StatusCode, res.Header.Get("Retry-After")
	}
	res.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(res.Body, maxBody), res.Body}
	return res, nil
}
