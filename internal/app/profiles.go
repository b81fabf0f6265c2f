package app

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"jiqiao"
	"jiqiao/matcher"
)

// profiles keeps the matcher's collection in step with the store: all records once, then the change log.
type profiles struct {
	source  profileSource
	log     *slog.Logger
	applied atomic.Int64 // last change in the collection; of no meaning before started
	started atomic.Bool  // all records have been read

	mu         sync.Mutex // held while changes are brought in, and while another collection takes over
	collection *matcher.Collection
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
		p.mu.Lock()
		seq, err := p.follow(ctx, p.collection, p.applied.Load(), &p.applied)
		p.mu.Unlock()
		if err != nil {
			return err
		}
		if err := p.source.WaitChange(ctx, seq); err != nil && ctx.Err() == nil {
			return fmt.Errorf("wait for changes: %w", err)
		}
	}
	return nil
}

// loadAhead is how many records may wait between being read and being digested.
const loadAhead = 256

// load fills the collection for the first time.
func (p *profiles) load(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	seq, err := p.fill(ctx, p.collection)
	if err != nil {
		return err
	}
	p.applied.Store(seq)
	p.started.Store(true)
	return nil
}

// replace fills another collection beside the one in use, tells ready when it has caught up, and goes on with it.
func (p *profiles) replace(ctx context.Context, c *matcher.Collection, ready func()) error {
	seq, err := p.fill(ctx, c)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if seq, err = p.follow(ctx, c, seq, nil); err != nil {
		return err
	}
	p.collection = c
	p.applied.Store(seq)
	p.started.Store(true)
	ready()
	return nil
}

// fill reads all records, both sides at once, and digests them on all processors: at 100,000 records this is most of
// the time that a start takes. It answers the number of the last change that c holds for certain; a change made meanwhile
// has a higher one and is applied again by follow, which does no harm.
func (p *profiles) fill(ctx context.Context, c *matcher.Collection) (int64, error) {
	seq, err := p.source.LastSeq(ctx)
	if err != nil {
		return 0, fmt.Errorf("read the last change: %w", err)
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
				c.Put(rec)
			}
			return nil
		})
	}
	err = read.Wait()
	close(records)
	_ = digest.Wait() // its goroutines return no error
	if err != nil {
		return 0, fmt.Errorf("read all records: %w", err)
	}
	return seq, nil
}

// follow brings all changes after seq into c and answers the number of the last. told, when not nil, hears of each batch.
func (p *profiles) follow(ctx context.Context, c *matcher.Collection, seq int64, told *atomic.Int64) (int64, error) {
	for {
		changes, err := p.source.Changes(ctx, seq, profileBatch)
		if err != nil || len(changes) == 0 {
			return seq, err
		}
		if err := p.apply(ctx, c, changes); err != nil {
			return seq, err
		}
		seq = changes[len(changes)-1].Seq
		if told != nil {
			told.Store(seq)
		}
	}
}

// apply brings in the present state of every record that changed; one that is gone by now is taken out.
func (p *profiles) apply(ctx context.Context, c *matcher.Collection, changes []jiqiao.Change) error {
	for _, kind := range jiqiao.Kinds {
		var ids []string
		changed := map[string]bool{}
		for _, change := range changes {
			if change.Kind == kind && !changed[change.ID] {
				changed[change.ID] = true
				ids = append(ids, change.ID)
			}
		}
		recs, err := p.source.GetMany(ctx, kind, ids)
		if err != nil {
			return fmt.Errorf("read changed records: %w", err)
		}
		for _, rec := range recs {
			delete(changed, rec.Head().ID)
		}
		c.Put(recs...)
		for id := range changed {
			c.Delete(kind, id)
		}
	}
	return nil
}
