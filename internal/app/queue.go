package app

import (
	"context"

	"jiqiao/internal/queue"
)

// openQueue makes the queues of brokers. The matcher is asked past the cache: what comes into a queue is scored now.
func (a *App) openQueue() {
	a.queue = queue.New(queue.Options{
		Store: a.Store, Records: a.Store, Matcher: a.Matcher, Log: a.log, Now: a.now,
		Calendar: func(ctx context.Context) (queue.Calendar, error) { return a.calendar.Calendar(ctx) },
	})
}
