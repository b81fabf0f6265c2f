package embed

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"jiqiao"
)

// readBatch bounds the records held at once while reading and following.
const readBatch = 256

// Run reads all records, then follows the change log and embeds what waits until ctx ends. It may be called again after
// it failed, and goes on where it was; two calls at once are not allowed.
func (f *Follower) Run(ctx context.Context) error {
	if !f.loaded {
		seq, err := f.load(ctx)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // it was told to end
		}
		if err != nil {
			return err
		}
		f.applied, f.loaded = seq, true
	}
	work, workCtx := errgroup.WithContext(ctx)
	work.Go(func() error { return f.follow(workCtx) })
	work.Go(func() error { return f.drain(workCtx) })
	if err := work.Wait(); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

// load brings in what is kept, and deletes what was kept of texts that are gone. A change made meanwhile is applied again,
// which does no harm.
func (f *Follower) load(ctx context.Context) (seq int64, err error) {
	start, live := f.o.Now(), map[string]bool{}
	if seq, err = f.o.Store.LastSeq(ctx); err != nil {
		return 0, fmt.Errorf("read the last change: %w", err)
	}
	if err := f.chooseServing(ctx); err != nil {
		return 0, err
	}
	for _, kind := range jiqiao.Kinds {
		var batch []jiqiao.Record
		err := f.o.Store.Each(ctx, kind, "", func(rec jiqiao.Record) error {
			live[hashOf(Text(rec))] = true
			if batch = append(batch, rec); len(batch) < readBatch {
				return nil
			}
			err := f.takeIn(ctx, kind, batch)
			batch = batch[:0]
			return err
		})
		if err == nil {
			err = f.takeIn(ctx, kind, batch)
		}
		if err != nil {
			return 0, fmt.Errorf("read all records: %w", err)
		}
	}
	if _, err := f.o.Store.SweepEmbeddings(ctx, f.o.Model, live, start); err != nil {
		f.o.Log.Warn("vectors of texts that are gone could not be deleted", "err", err)
	}
	return seq, nil
}

// chooseServing lets the vectors answer that answered before. Without any, the new ones answer as they come.
func (f *Follower) chooseServing(ctx context.Context) error {
	if f.serving.Load() != nil {
		return nil
	}
	model, err := f.o.Store.ServingEmbeddings(ctx)
	if err != nil {
		return err
	}
	if model != "" && model != f.o.Model {
		f.serving.Store(newSpace(model))
		return nil
	}
	f.serving.Store(f.next)
	return f.o.Store.ServeEmbeddings(ctx, f.o.Model)
}

// takeIn puts records beside the vectors that are kept of their texts, and queues the others.
func (f *Follower) takeIn(ctx context.Context, kind jiqiao.Kind, recs []jiqiao.Record) error {
	hashes := make([]string, len(recs))
	for i, rec := range recs {
		hashes[i] = hashOf(Text(rec))
	}
	kept, err := f.o.Store.Embeddings(ctx, f.o.Model, hashes)
	if err != nil {
		return err
	}
	var before map[string][]byte // of the old model
	old := f.serving.Load()
	if old != f.next {
		if before, err = f.o.Store.Embeddings(ctx, old.model, hashes); err != nil {
			return err
		}
	}
	for i, rec := range recs {
		id := rec.Head().ID
		if v, ok := before[hashes[i]]; ok {
			if err := old.put(kind, id, v); err != nil {
				return err
			}
		}
		f.work.changed(key{kind, id}, func() bool {
			v, ok := kept[hashes[i]]
			// A vector that does not fit was made by another model of that name: it is made anew.
			return ok && f.next.put(kind, id, v) == nil
		})
	}
	old.refresh()
	f.next.refresh()
	f.version.Add(1)
	return nil
}

// follow applies changes from the log.
func (f *Follower) follow(ctx context.Context) error {
	for ctx.Err() == nil {
		changes, err := f.o.Store.Changes(ctx, f.applied, readBatch)
		if err != nil {
			return fmt.Errorf("read changes: %w", err)
		}
		if len(changes) == 0 {
			if err := f.o.Store.WaitChange(ctx, f.applied); err != nil && ctx.Err() == nil {
				return fmt.Errorf("wait for changes: %w", err)
			}
			continue
		}
		if err := f.apply(ctx, changes); err != nil {
			return err
		}
		f.applied = changes[len(changes)-1].Seq
	}
	return nil
}

// apply brings in the present state of every record that changed; one that is gone by now is taken out. While a new text
// has no vector, that of the old one stays.
func (f *Follower) apply(ctx context.Context, changes []jiqiao.Change) error {
	for _, kind := range jiqiao.Kinds {
		var ids []string
		gone := map[string]bool{}
		for _, c := range changes {
			if c.Kind == kind && !gone[c.ID] {
				gone[c.ID] = true
				ids = append(ids, c.ID)
			}
		}
		recs, err := f.o.Store.GetMany(ctx, kind, ids)
		if err != nil {
			return fmt.Errorf("read changed records: %w", err)
		}
		if err := f.takeIn(ctx, kind, recs); err != nil {
			return err
		}
		for _, rec := range recs {
			delete(gone, rec.Head().ID)
		}
		for id := range gone {
			f.work.forget(key{kind, id})
			f.next.remove(kind, id)
			f.serving.Load().remove(kind, id)
		}
	}
	return nil
}
