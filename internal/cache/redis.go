package cache

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

const (
	// Budget is what one operation on Redis may take.
	Budget = 100 * time.Millisecond
	// Cooldown is how long Redis is left alone after a failure; then one operation tries it again.
	Cooldown = time.Second
	// lifetime is how long Redis holds a value. Old answers are never asked for again, they only take room.
	lifetime = time.Hour
)

// ErrDown says that Redis failed less than Cooldown ago and was not asked.
var ErrDown = errors.New("cache: redis is left alone after a failure")

// Redis is a Cache shared by processes, and a prometheus.Collector of its failures.
type Redis struct {
	client *redis.Client
	now    func() time.Time
	// retryAt is 0 while Redis works, else the time in nanoseconds from which one operation may try it again.
	retryAt atomic.Int64
	errors  atomic.Uint64
}

// OpenRedis makes a cache on redis://[user:password@]host:port/db or unix://path. It does not connect: a Redis that
// comes later is used from then on. now is the clock of the cooldown, time.Now when nil.
func OpenRedis(url string, now func() time.Time) (*Redis, error) {
	opts, err := redis.ParseURL(url)
	if err != nil {
		return nil, fmt.Errorf("read the address of Redis: %w", err)
	}
	opts.DialTimeout, opts.ReadTimeout, opts.WriteTimeout, opts.PoolTimeout = Budget, Budget, Budget, Budget
	opts.ContextTimeoutEnabled = true
	opts.MaxRetries, opts.DialerRetries = -1, 1 // a second try would not fit the budget
	// Servers without these notifications log an error at every connection (go-redis#3536).
	opts.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	opts.DisableIdentity = true
	redis.SetLogger(silent{})
	if now == nil {
		now = time.Now
	}
	return &Redis{client: redis.NewClient(opts), now: now}, nil
}

// silent drops the lines that the library writes to standard error by itself, one for every failed dial: what fails is
// counted, and said in the answers.
type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}

// Close ends the connections.
func (r *Redis) Close() error { return r.client.Close() }

// Ping asks for a sign of life, whatever happened before; for those who look after the service.
func (r *Redis) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, Budget)
	defer cancel()
	return r.client.Ping(ctx).Err()
}

// Errors counts the operations that failed; those refused with ErrDown are not among them.
func (r *Redis) Errors() uint64 { return r.errors.Load() }

var redisErrorsDesc = prometheus.NewDesc("jiqiao_cache_redis_errors_total", "Operations on Redis that failed.", nil, nil)

// Describe implements prometheus.Collector.
func (r *Redis) Describe(ch chan<- *prometheus.Desc) { ch <- redisErrorsDesc }

// Collect implements prometheus.Collector.
func (r *Redis) Collect(ch chan<- prometheus.Metric) {
	ch <- prometheus.MustNewConstMetric(redisErrorsDesc, prometheus.CounterValue, float64(r.Errors()))
}

// Get implements Cache.
func (r *Redis) Get(ctx context.Context, key string) (value []byte, err error) {
	err = r.within(ctx, func(ctx context.Context) error {
		value, err = r.client.Get(ctx, key).Bytes()
		return err
	})
	if errors.Is(err, redis.Nil) {
		return nil, ErrMiss
	}
	return value, err
}

// Set implements Cache.
func (r *Redis) Set(ctx context.Context, key string, value []byte) error {
	return r.within(ctx, func(ctx context.Context) error {
		return r.client.Set(ctx, key, value, lifetime).Err()
	})
}

// within does one operation inside the budget, unless Redis is left alone. A failure starts the cooldown, a success
// ends it; a caller who gave up says nothing about Redis.
func (r *Redis) within(ctx context.Context, do func(context.Context) error) error {
	if !r.mayTry() {
		return ErrDown
	}
	limited, cancel := context.WithTimeout(ctx, Budget)
	defer cancel()
	err := do(limited)
	switch {
	case err == nil || errors.Is(err, redis.Nil):
		r.retryAt.Store(0)
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	default:
		r.errors.Add(1)
		r.retryAt.Store(r.now().Add(Cooldown).UnixNano())
		return fmt.Errorf("cache: redis: %w", err)
	}
}

// mayTry lets everyone pass while Redis works, and after a cooldown the first one alone: the others are refused for
// another cooldown, or until that one has come through.
func (r *Redis) mayTry() bool {
	at := r.retryAt.Load()
	if at == 0 {
		return true
	}
	now := r.now()
	return now.UnixNano() >= at && r.retryAt.CompareAndSwap(at, now.Add(Cooldown).UnixNano())
}
