package index

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"syscall"
	"time"

	"jiqiao"
)

// Source is the store, as the index follows it.
type Source interface {
	// Changes lists the changes after a number, oldest first, at most limit.
	Changes(ctx context.Context, after int64, limit int) ([]jiqiao.Change, error)
	// LastSeq is the number of the newest change, 0 without any.
	LastSeq(ctx context.Context) (int64, error)
	// WaitChange returns when a change after the number may exist.
	WaitChange(ctx context.Context, after int64) error
	// GetMany leaves missing records out.
	GetMany(ctx context.Context, kind jiqiao.Kind, ids []string) ([]jiqiao.Record, error)
	// Each calls fn for the live records of a side in order of id, until fn fails.
	Each(ctx context.Context, kind jiqiao.Kind, afterID string, fn func(jiqiao.Record) error) error
}

const (
	// batchSize is where bleve's CPU time per document levels off while memory is still small.
	batchSize = 1000
	// Between two attempts after an error the follower waits from minPause, doubling, to maxPause.
	minPause = 200 * time.Millisecond
	maxPause = 15 * time.Second
	// staleCheck bounds how long a swapped dictionary goes unnoticed while nothing is written.
	staleCheck = 3 * time.Second
)

// Follower keeps an Index up with a store.
type Follower struct {
	Store Source
	Index *Index
	Log   *slog.Logger

	mu    sync.Mutex
	fault error
}

// Run follows until ctx ends, whose error it returns. Failures are logged, reported by CaughtUp and tried again; a
// stale index is rebuilt while it goes on answering and following.
func (f *Follower) Run(ctx context.Context) error {
	pause := minPause
	for ctx.Err() == nil {
		err := f.round(ctx)
		if ctx.Err() != nil {
			break
		}
		f.report(err)
		if err == nil {
			pause = minPause
			continue
		}
		sleep(ctx, pause)
		pause = min(2*pause, maxPause)
	}
	return ctx.Err()
}

// round applies one batch, waiting for it if there is none, or rebuilds.
func (f *Follower) round(ctx context.Context) error {
	last, err := f.Store.LastSeq(ctx)
	if err != nil {
		return fmt.Errorf("index: ask for the last change: %w", err)
	}
	reason := f.Index.Stale()
	if reason == "" && last < f.Index.Seq() {
		reason = "the store is older than the index: it was restored from a backup"
	}
	if reason != "" {
		err := f.rebuild(ctx, reason)
		if err != nil && f.Index.live.Load() != nil {
			_, _ = f.Step(ctx) // what cannot be rebuilt now can still follow
		}
		return err
	}
	n, err := f.Step(ctx)
	if err != nil || n > 0 {
		return err
	}
	return f.wait(ctx)
}

// wait returns when there may be a change, and now and then without one, to see whether the index has become stale.
func (f *Follower) wait(ctx context.Context) error {
	bounded, cancel := context.WithTimeout(ctx, staleCheck)
	defer cancel()
	err := f.Store.WaitChange(bounded, f.Index.Seq())
	if bounded.Err() != nil {
		return ctx.Err()
	}
	return err
}

// rebuild rebuilds, and follows with the live index meanwhile.
func (f *Follower) rebuild(ctx context.Context, reason string) error {
	f.logger().Warn("index is being rebuilt", "reason", reason)
	start := time.Now()
	done := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- fmt.Errorf("index: rebuild panicked: %v", p)
			}
		}()
		done <- f.Index.Rebuild(ctx, f.Store, nil)
	}()
	for {
		select {
		case err := <-done:
			if err == nil {
				f.logger().Info("index is rebuilt", "generation", f.Index.Generation(), "took", time.Since(start))
			}
			return err
		case <-time.After(minPause):
			if f.Index.live.Load() != nil {
				_, _ = f.Step(ctx) // the next rebuild or step reports what is wrong
			}
		}
	}
}

// Step applies one batch of changes and reports how many it took; 0 when there were none.
func (f *Follower) Step(ctx context.Context) (int, error) {
	b, err := collect(ctx, f.Store, f.Index.Seq())
	if err != nil || b.changes == 0 {
		return 0, err
	}
	return b.changes, f.Index.Apply(ctx, b.seq, b.puts, b.deletes)
}

// batch is a run of changes, each record once, in its present state.
type batch struct {
	seq     int64
	changes int
	puts    []jiqiao.Record
	deletes []Ref
}

func collect(ctx context.Context, src Source, after int64) (batch, error) {
	changes, err := src.Changes(ctx, after, batchSize)
	if err != nil {
		return batch{}, fmt.Errorf("index: read changes after %d: %w", after, err)
	}
	b := batch{changes: len(changes)}
	deleted := map[Ref]bool{}
	for _, c := range changes {
		deleted[Ref{c.Kind, c.ID}] = c.Op == jiqiao.ChangeDelete
		b.seq = c.Seq
	}
	for _, kind := range jiqiao.Kinds {
		var ids []string
		for ref, gone := range deleted {
			if ref.Kind == kind && !gone {
				ids = append(ids, ref.ID)
			}
		}
		if len(ids) == 0 {
			continue
		}
		recs, err := src.GetMany(ctx, kind, ids)
		if err != nil {
			return batch{}, fmt.Errorf("index: read %d changed records: %w", len(ids), err)
		}
		b.puts = append(b.puts, recs...)
	}
	// What was put but is gone by now is deleted: its change is still to come, and nobody should see it meanwhile.
	for _, rec := range b.puts {
		delete(deleted, Ref{rec.Kind(), rec.Head().ID})
	}
	for ref := range deleted {
		b.deletes = append(b.deletes, ref)
	}
	return b, nil
}

// CaughtUp counts the changes that the index has not applied. An error is a *jiqiao.Error that says in Chinese why it
// cannot: the last failure, or a rebuild without a usable index.
func (f *Follower) CaughtUp(ctx context.Context) (lag int64, err error) {
	last, err := f.Store.LastSeq(ctx)
	if err != nil {
		return 0, fmt.Errorf("index: ask for the last change: %w", err)
	}
	lag = max(0, last-f.Index.Seq())
	if _, err := f.Index.ready(ctx); err != nil {
		return lag, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fault != nil {
		return lag, jiqiao.Fail(jiqiao.CodeUnavailable, faultMessage(f.fault), f.fault)
	}
	return lag, nil
}

func faultMessage(err error) string {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return "磁盘已满，索引暂停更新，仍可查到以前的数据；请清理磁盘，随后会自动恢复"
	case errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EIO):
		return "索引目录无法写入，索引暂停更新；请检查磁盘和目录权限，随后会自动恢复"
	case errors.Is(err, errLocked):
		return "索引目录正被另一个程序使用；请先停止它"
	default:
		return "索引暂时无法更新，正在重试；详情见日志"
	}
}

func (f *Follower) report(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil {
		f.logger().Error("index cannot follow the store", "error", err, "seq", f.Index.Seq())
	} else if f.fault != nil {
		f.logger().Info("index follows the store again", "seq", f.Index.Seq())
	}
	f.fault = err
}

func (f *Follower) logger() *slog.Logger {
	if f.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return f.Log
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
