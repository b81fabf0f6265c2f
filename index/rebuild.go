package index

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/blevesearch/bleve/v2/index/scorch"

	"jiqiao"
)

// Rebuild makes a new build from all records of the store, beside the live one, and switches when it has caught up with
// the live one and the store. progress, if not nil, is told how many records are done. Only one Rebuild runs at a time; a
// second is CodeConflict. After an error everything is as before.
func (x *Index) Rebuild(ctx context.Context, src Source, progress func(done int)) error {
	if !x.rebuild.TryLock() {
		return jiqiao.Fail(jiqiao.CodeConflict, "索引已在重建，请等它完成", nil)
	}
	defer x.rebuild.Unlock()
	next, err := x.build(ctx, src, progress)
	if err != nil {
		return err
	}
	old, err := x.switchTo(ctx, src, next)
	if err != nil {
		next.abandon()
		return errors.Join(err, os.RemoveAll(next.dir))
	}
	x.broken.Store(nil)
	if old != nil { // readers hold its memory, none its files
		if err := old.close(); err != nil {
			x.log.Warn("cannot close the old build", "error", err)
		}
	}
	x.sweep(filepath.Base(next.dir))
	return nil
}

func (x *Index) build(ctx context.Context, src Source, progress func(int)) (*state, error) {
	dir, err := x.nextDir()
	if err != nil {
		return nil, err
	}
	st, err := createState(dir, x.analyzer.Get())
	if err == nil {
		err = st.fill(ctx, src, progress)
	}
	if err == nil {
		err = st.compact(ctx)
	}
	if err != nil {
		if st != nil {
			st.abandon()
		}
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return st, nil
}

func (x *Index) nextDir() (string, error) {
	entries, err := os.ReadDir(x.dir)
	if err != nil {
		return "", fmt.Errorf("index: look for builds: %w", err)
	}
	last := 0
	for _, e := range entries {
		if n, ok := buildNumber(e.Name()); ok {
			last = max(last, n)
		}
	}
	return filepath.Join(x.dir, buildName(last+1)), nil
}

// fill reads the whole store. Changes made meanwhile come after it: they have numbers above the one asked for first.
func (st *state) fill(ctx context.Context, src Source, progress func(int)) error {
	seq, err := src.LastSeq(ctx)
	if err != nil {
		return fmt.Errorf("index: ask for the last change: %w", err)
	}
	done := 0
	var pending []jiqiao.Record
	flush := func(seq int64) error {
		if err := st.apply(ctx, seq, pending, nil); err != nil {
			return err
		}
		done += len(pending)
		pending = pending[:0]
		if progress != nil {
			progress(done)
		}
		return nil
	}
	for _, kind := range jiqiao.Kinds {
		err := src.Each(ctx, kind, "", func(rec jiqiao.Record) error {
			if pending = append(pending, rec); len(pending) < batchSize {
				return nil
			}
			return flush(0)
		})
		if err != nil {
			return fmt.Errorf("index: read all records of %s: %w", kind, err)
		}
	}
	return flush(seq)
}

// compact merges what a bulk load left in many files.
func (st *state) compact(ctx context.Context) error {
	advanced, err := st.disk.Advanced()
	if err != nil {
		return fmt.Errorf("index: compact %s: %w", st.dir, err)
	}
	s, ok := advanced.(*scorch.Scorch)
	if !ok {
		return fmt.Errorf("index: compact %s: unknown type %T", st.dir, advanced)
	}
	if err := s.ForceMerge(ctx, nil); err != nil {
		return fmt.Errorf("index: compact %s: %w", st.dir, err)
	}
	return st.commit(st.seq.Load(), nil, nil) // bleve removes merged files when it next writes
}

// follow applies changes until there are none.
func (st *state) follow(ctx context.Context, src Source) error {
	for {
		b, err := collect(ctx, src, st.seq.Load())
		if err != nil || b.changes == 0 {
			return err
		}
		if err := st.apply(ctx, b.seq, b.puts, b.deletes); err != nil {
			return err
		}
	}
}

// switchTo brings next up to the store and makes it the live build. The last changes are applied with writers shut out, so
// that nobody sees the number of changes go back.
func (x *Index) switchTo(ctx context.Context, src Source, next *state) (old *state, err error) {
	if err := next.follow(ctx, src); err != nil {
		return nil, err
	}
	x.write.Lock()
	defer x.write.Unlock()
	if x.closed.Load() {
		return nil, x.unavailable()
	}
	if err := next.follow(ctx, src); err != nil {
		return nil, err
	}
	if err := writeCurrent(x.dir, filepath.Base(next.dir)); err != nil {
		return nil, err
	}
	return x.live.Swap(next), nil
}
