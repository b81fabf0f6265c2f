package app

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

// tasks starts every goroutine of the service, so that each one is recovered, logged and waited for.
type tasks struct {
	log    *slog.Logger
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

func newTasks(log *slog.Logger) *tasks {
	ctx, cancel := context.WithCancel(context.Background())
	return &tasks{log: log, ctx: ctx, cancel: cancel}
}

// restartDelay keeps a task that panics at once from spinning.
const restartDelay = time.Second

// keep runs fn until it returns nil or the tasks are stopped. A panic or an error is logged and fn starts again: the
// service must not go on without its indexer because of one bad record.
func (t *tasks) keep(name string, fn func(context.Context) error) {
	t.wg.Go(func() {
		for {
			err := t.once(name, fn)
			if err == nil || t.ctx.Err() != nil {
				return
			}
			t.log.Error("task failed, starting it again", "task", name, "err", err)
			select {
			case <-t.ctx.Done():
				return
			case <-time.After(restartDelay):
			}
		}
	})
}

func (t *tasks) once(name string, fn func(context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s panicked: %v\n%s", name, p, debug.Stack())
		}
	}()
	return fn(t.ctx)
}

// stop cancels all tasks and waits until they have returned or ctx ends.
func (t *tasks) stop(ctx context.Context) error {
	t.cancel()
	done := make(chan struct{})
	go func() { t.wg.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for background tasks: %w", ctx.Err())
	}
}
