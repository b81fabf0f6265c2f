package matcher

import (
	"context"
	"fmt"
	"iter"

	"golang.org/x/sync/errgroup"

	"jiqiao"
)

// Batch says how everything is matched against everything.
type Batch struct {
	Query jiqiao.MatchQuery // of every subject; usually Brief
	// Workers match at the same time; 0 is 2.
	Workers int
	// Emit receives every subject with its matches, in the order of the subjects, from one goroutine.
	Emit func(ctx context.Context, subject jiqiao.Record, list jiqiao.MatchList) error
	// Checkpoint, when not nil, is told from time to time that all subjects up to this one have been emitted. A run
	// that continues after the last checkpoint emits nothing twice, if Emit's and Checkpoint's writes are one transaction,
	// and else at most batchChunk subjects twice.
	Checkpoint func(ctx context.Context, subject jiqiao.Record, done int) error
}

const (
	defaultWorkers = 2
	// batchChunk is how many subjects lie between two checkpoints.
	batchChunk = 64
)

// MatchAll matches every subject and answers how many it emitted. It stops at the first error, of the subjects, of a
// match or of a callback, and when ctx ends; what was emitted before stands.
func (m *Matcher) MatchAll(ctx context.Context, subjects iter.Seq2[jiqiao.Record, error], b Batch) (done int, err error) {
	if b.Workers <= 0 {
		b.Workers = defaultWorkers
	}
	chunk := make([]jiqiao.Record, 0, batchChunk)
	flush := func() error {
		if len(chunk) == 0 {
			return nil
		}
		if err := m.matchChunk(ctx, chunk, &b); err != nil {
			return err
		}
		done += len(chunk)
		last := chunk[len(chunk)-1]
		chunk = chunk[:0]
		if b.Checkpoint == nil {
			return nil
		}
		if err := b.Checkpoint(ctx, last, done); err != nil {
			return fmt.Errorf("checkpoint after %s: %w", last.Head().ID, err)
		}
		return nil
	}
	for rec, err := range subjects {
		if err != nil {
			return done, fmt.Errorf("read next record to match: %w", err)
		}
		if err := ctx.Err(); err != nil {
			return done, err
		}
		if chunk = append(chunk, rec); len(chunk) == batchChunk {
			if err := flush(); err != nil {
				return done, err
			}
		}
	}
	return done, flush()
}

// matchChunk matches a chunk in parallel and emits it in order.
func (m *Matcher) matchChunk(ctx context.Context, chunk []jiqiao.Record, b *Batch) error {
	lists := make([]jiqiao.MatchList, len(chunk))
	work, workCtx := errgroup.WithContext(ctx)
	work.SetLimit(b.Workers)
	for i, rec := range chunk {
		work.Go(func() error {
			list, err := m.Match(workCtx, rec, b.Query)
			if err != nil {
				return fmt.Errorf("match %s: %w", rec.Head().ID, err)
			}
			lists[i] = list
			return nil
		})
	}
	if err := work.Wait(); err != nil {
		return err
	}
	for i, rec := range chunk {
		if err := b.Emit(ctx, rec, lists[i]); err != nil {
			return fmt.Errorf("store matches of %s: %w", rec.Head().ID, err)
		}
	}
	return nil
}
