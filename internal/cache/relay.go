package cache

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/redis/go-redis/v9"
)

// Relay carries messages between processes by Redis's publish and subscribe. What is published while nobody listens is
// lost.
type Relay struct {
	redis   *Redis
	channel string
}

// Relay is a relay over the connection. name keeps services apart that share one Redis.
func (r *Redis) Relay(name string) *Relay { return &Relay{r, "jiqiao:events:" + name} }

// Publish sends a message to all who listen, this process included.
func (r *Relay) Publish(ctx context.Context, message []byte) error {
	if err := r.redis.client.Publish(ctx, r.channel, message).Err(); err != nil {
		return fmt.Errorf("cache: publish: %w", err)
	}
	return nil
}

// alive is how long a subscription may be silent before the server is asked whether it is still there. It answers, or the
// next silence ends the subscription.
const alive = 10 * time.Second

// Subscribe calls ready once it hears, then fn for each message, until ctx ends or the connection breaks.
func (r *Relay) Subscribe(ctx context.Context, ready func(), fn func(message []byte)) error {
	sub := r.redis.client.Subscribe(ctx)
	defer sub.Close() //nolint:errcheck // there is nothing left to lose
	// The library waits for a connection and not for ctx; closing ends that.
	defer context.AfterFunc(ctx, func() { _ = sub.Close() })()
	if err := sub.Subscribe(ctx, r.channel); err != nil {
		return fmt.Errorf("cache: subscribe: %w", err)
	}
	for asked := false; ; {
		got, err := sub.ReceiveTimeout(ctx, alive)
		var silent net.Error
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &silent) && silent.Timeout() && !asked:
			if err := sub.Ping(ctx); err != nil {
				return fmt.Errorf("cache: ask a silent subscription: %w", err)
			}
			asked = true
			continue
		case err != nil:
			return fmt.Errorf("cache: listen: %w", err)
		}
		asked = false
		switch got := got.(type) {
		case *redis.Subscription:
			ready()
		case *redis.Message:
			fn([]byte(got.Payload))
		}
	}
}
