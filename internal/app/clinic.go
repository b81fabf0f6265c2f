package app

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"jiqiao"
	"jiqiao/matcher/clinic"
	"jiqiao/matcher/clinic/codes"
)

// openClinic makes the clinic over the catalogue. What it suggests as codes is learned from the platform's records by the
// task codes.
func (a *App) openClinic() *clinic.Clinic {
	suggester := codes.New(codes.Default(a.analyzer.Get().Fold), a.analyzer.Get)
	a.codes = &codeLearner{source: a.Store, suggester: suggester}
	return clinic.New(clinic.Options{Analyzer: a.analyzer.Get, Coder: suggester, Similar: a.Catalog, Now: a.now})
}

// codeLearner teaches the suggester the platform's own coded records: all once, then what changes.
type codeLearner struct {
	source    profileSource
	suggester *codes.Suggester
	applied   atomic.Int64 // last change learned; of no meaning before started
	started   atomic.Bool
}

// reached says whether everything up to a change has been learned.
func (l *codeLearner) reached(seq int64) bool { return l.started.Load() && l.applied.Load() >= seq }

// run learns until ctx ends. Called again after an error it goes on where it stopped.
func (l *codeLearner) run(ctx context.Context) error {
	if !l.started.Load() {
		if err := l.load(ctx); err != nil {
			return err
		}
	}
	for ctx.Err() == nil {
		changes, err := l.source.Changes(ctx, l.applied.Load(), profileBatch)
		if err != nil {
			return fmt.Errorf("read changes for the codes: %w", err)
		}
		if len(changes) > 0 {
			if err := l.apply(ctx, changes); err != nil {
				return err
			}
			l.applied.Store(changes[len(changes)-1].Seq)
			continue
		}
		if err := l.source.WaitChange(ctx, l.applied.Load()); err != nil && ctx.Err() == nil {
			return fmt.Errorf("wait for changes: %w", err)
		}
	}
	return nil
}

// maxExamples bounds the records of one side that are read at the start: the suggester keeps few per code anyway, and a
// large collection must not make the start slow.
const maxExamples = 5000

var errExamplesRead = errors.New("enough examples")

// load reads the first records of both sides.
func (l *codeLearner) load(ctx context.Context) error {
	seq, err := l.source.LastSeq(ctx)
	if err != nil {
		return fmt.Errorf("read the last change: %w", err)
	}
	for _, kind := range jiqiao.Kinds {
		left := maxExamples
		err := l.source.Each(ctx, kind, "", func(rec jiqiao.Record) error {
			if left--; left < 0 {
				return errExamplesRead
			}
			l.suggester.Learn(rec)
			return ctx.Err()
		})
		if err != nil && !errors.Is(err, errExamplesRead) {
			return fmt.Errorf("read coded records: %w", err)
		}
	}
	l.applied.Store(seq)
	l.started.Store(true)
	return nil
}

func (l *codeLearner) apply(ctx context.Context, changes []jiqiao.Change) error {
	ids := map[jiqiao.Kind][]string{}
	for _, c := range changes {
		l.suggester.Forget(c.ID) // one that is gone by now is not read again
		ids[c.Kind] = append(ids[c.Kind], c.ID)
	}
	for _, kind := range jiqiao.Kinds {
		recs, err := l.source.GetMany(ctx, kind, ids[kind])
		if err != nil {
			return fmt.Errorf("read changed records for the codes: %w", err)
		}
		for _, rec := range recs {
			l.suggester.Learn(rec)
		}
	}
	return nil
}
