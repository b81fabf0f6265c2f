package app

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"jiqiao"
	"jiqiao/matcher"
)

// profiles keeps the matcher's collection in step with the store: all records once, then the change log.
type profiles struct {
	source     profileSource
	collection *matcher.Collection
	log        *slog.Logger
	applied    atomic.Int64 // last change in the collection; of no meaning before started
	started    atomic.Bool  // all records have been read
}

// profileSource is what profiles reads of the store.
type profileSource interface {
	Changes(ctx context.Context, after int64, limit int) ([]jiqiao.Change, error)
	LastSeq(ctx context.Context) (int64, error)
	WaitChange(ctx context.Context, after int64) error
	GetMany(ctx context.Context, kind jiqiao.Kind, ids []string) ([]jiqiao.Record, error)
	Each(ctx context.Context, kind jiqiao.Kind, afterID string, fn func(jiqiao.Record) error) error
}

// profileBatch bounds the records held at once while following.
const profileBatch = 500

// run reads everything, then follows until ctx ends.
func (p *profiles) run(ctx context.Context) error {
	if !p.started.Load() {
		if err := p.load(ctx); err != nil {
			return err
		}
	}
	for ctx.Err() == nil {
		if err := p.catchUp(ctx); err != nil {
			return err
		}
		if err := p.source.WaitChange(ctx, p.applied.Load()); err != nil && ctx.Err() == nil {
			return fmt.Errorf("wait for changes: %w", err)
		}
	}
	return nil
}

// loadAhead is how many records may wait between being read and being digested.
const loadAhead = 256

// load reads all records, both sides at once, and digests them on all processors: at 100,000 records this is most of
// the time that a start takes. A change made meanwhile has a number above the one remembered first and
// is applied again by catchUp, which does no harm.
func (p *profiles) load(ctx context.Context) error {
	seq, err := p.source.LastSeq(ctx)
	if err != nil {
		return fmt.Errorf("read the last change: %w", err)
	}
	records := make(chan jiqiao.Record, loadAhead)
	read, readCtx := errgroup.WithContext(ctx)
	for _, kind := range jiqiao.Kinds {
		read.Go(func() error {
			return p.source.Each(readCtx, kind, "", func(rec jiqiao.Record) error {
				select {
				case records <- rec:
					return nil
				case <-readCtx.Done():
					return readCtx.Err()
				}
			})
		})
	}
	var digest errgroup.Group
	for range runtime.GOMAXPROCS(0) {
		digest.Go(func() error {
			for rec := range records {
				p.collection.Put(rec)
			}
			return nil
		})
	}
	err = read.Wait()
	close(records)
	_ = digest.Wait() // its goroutines return no error
	if err != nil {
		return fmt.Errorf("read all records: %w", err)
	}
	p.applied.Store(seq)
	p.started.Store(true)
	return nil
}

func (p *profiles) catchUp(ctx context.Context) error {
	for {
		changes, err := p.source.Changes(ctx, p.applied.Load(), profileBatch)
		if err != nil || len(changes) == 0 {
			return err
		}
		if err := p.apply(ctx, changes); err != nil {
			return err
		}
		p.applied.Store(changes[len(changes)-1].Seq)
	}
}

// apply brings in the present state of every record that changed; one that is gone by now is taken out.
func (p *profiles) apply(ctx context.Context, changes []jiqiao.Change) error {
	for _, kind := range jiqiao.Kinds {
		var ids []string
		changed := map[string]bool{}
		for _, c := range changes {
			if c.Kind == kind && !changed[c.ID] {
				changed[c.ID] = true
				ids = append(ids, c.ID)
			}
		}
		recs, err := p.source.GetMany(ctx, kind, ids)
		if err != nil {
			return fmt.Errorf("read changed records: %w", err)
		}
		for _, rec := range recs {
			delete(changed, rec.Head().ID)
		}
		p.collection.Put(recs...)
		for id := range changed {
			p.collection.Delete(kind, id)
		}
	}
	return nil
}
