package index

import (
	"context"
	"encoding/binary"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"

	"github.com/blevesearch/bleve/v2"
	"golang.org/x/sync/errgroup"

	"jiqiao"
	"jiqiao/index/postings"
	"jiqiao/index/zh"
)

// state is one build of the index: a bleve directory and what memory holds of it. One writer at a time, any number of
// readers, who never touch the disk.
type state struct {
	dir     string
	zh      *zh.Analyzer
	version string
	seq     atomic.Int64 // the last change applied

	disk  bleve.Index // nil after a failed write, until reopened
	saved int         // dictionary entries that are on disk

	terms   *postings.Terms
	sides   map[jiqiao.Kind]*postings.Side[columns]
	symbols *symbols
	suggest map[jiqiao.Kind]*suggester
}

func newState(dir string, a *zh.Analyzer) *state {
	st := &state{
		dir: dir, zh: a, version: versionOf(a),
		terms:   postings.NewTerms(),
		sides:   map[jiqiao.Kind]*postings.Side[columns]{},
		symbols: newSymbols(),
		suggest: map[jiqiao.Kind]*suggester{},
	}
	for _, k := range jiqiao.Kinds {
		st.sides[k] = postings.NewSide[columns](postings.DefaultParams())
		st.suggest[k] = newSuggester(st.symbols)
	}
	return st
}

// versionOf is what an index must have been built with to be used: the mapping and the analysis.
func versionOf(a *zh.Analyzer) string { return mappingPrefix + a.Version() }

const mappingPrefix = "m" + mappingVersion + "-"

// Ref names a record.
type Ref struct {
	Kind jiqiao.Kind
	ID   string
}

// prepared is a record analysed.
type prepared struct {
	rec jiqiao.Record
	row row
	analysed
}

// apply commits a batch to disk and then shows it in memory. After an error nothing of it is shown, and it can be applied
// again.
func (st *state) apply(ctx context.Context, seq int64, puts []jiqiao.Record, deletes []Ref) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	puts, deletes = split(puts, deletes)
	ready, err := st.prepare(ctx, puts)
	if err != nil {
		return err
	}
	if err := st.commit(seq, ready, deletes); err != nil {
		return err
	}
	for _, k := range jiqiao.Kinds {
		st.show(k, ready, deletes)
	}
	st.seq.Store(seq)
	return nil
}

// split moves deleted records to the deletes.
func split(puts []jiqiao.Record, deletes []Ref) ([]jiqiao.Record, []Ref) {
	live := make([]jiqiao.Record, 0, len(puts))
	for _, rec := range puts {
		if h := rec.Head(); h.DeletedAt != nil {
			deletes = append(deletes, Ref{rec.Kind(), h.ID})
		} else {
			live = append(live, rec)
		}
	}
	return live, deletes
}

// prepare analyses on all processors.
func (st *state) prepare(ctx context.Context, puts []jiqiao.Record) ([]prepared, error) {
	ready := make([]prepared, len(puts))
	workers := max(1, min(runtime.GOMAXPROCS(0), len(puts)/16))
	g, ctx := errgroup.WithContext(ctx)
	for w := range workers {
		g.Go(func() error {
			a := newAnalyser(st.zh, st.terms)
			for i := w; i < len(puts); i += workers {
				if err := ctx.Err(); err != nil {
					return err
				}
				face := jiqiao.Face(puts[i])
				ready[i] = prepared{face, rowOf(face), a.document(face.Sections())}
			}
			return nil
		})
	}
	return ready, g.Wait()
}

// Internal keys of bleve.
var (
	keySeq     = []byte("jiqiao.seq")
	keyVersion = []byte("jiqiao.version")
)

// commit writes a batch to disk, the number of its last change with it.
func (st *state) commit(seq int64, ready []prepared, deletes []Ref) error {
	if err := st.reopen(); err != nil {
		return err
	}
	b := st.disk.NewBatch()
	for _, p := range ready {
		if err := b.Index(p.rec.Head().ID, p.document()); err != nil {
			return fmt.Errorf("index: map record %s: %w", p.rec.Head().ID, err)
		}
	}
	for _, d := range deletes {
		b.Delete(d.ID)
	}
	known := st.terms.Len()
	if known > st.saved {
		if err := b.Index(termsID(st.saved), st.newTerms(known)); err != nil {
			return fmt.Errorf("index: map terms from %d: %w", st.saved, err)
		}
	}
	b.SetInternal(keySeq, binary.BigEndian.AppendUint64(nil, uint64(seq)))
	b.SetInternal(keyVersion, []byte(st.version))
	if err := st.disk.Batch(b); err != nil {
		st.abandon()
		return fmt.Errorf("index: write a batch of %d records to %s: %w", len(ready), st.dir, err)
	}
	st.saved = known
	return nil
}

func (st *state) newTerms(known int) bleveTerms {
	list := make([]string, 0, known-st.saved)
	for id := st.saved; id < known; id++ {
		list = append(list, st.terms.Term(uint32(id)))
	}
	return bleveTerms{fieldTerms: string(encodeTerms(st.saved, list))}
}

// document is the record as bleve gets it.
func (p *prepared) document() bleveRecord {
	d := bleveRecord{fieldKind: string(p.row.kind), fieldStored: string(encodeStored(p.row, p.doc.Bytes()))}
	for f, words := range p.head {
		if words != "" {
			d[string(f)] = words
		}
	}
	for f, codes := range p.row.codes {
		if facet(f) == facetOrganisations {
			codes = codes[:min(len(codes), 1)] // the id alone, not the name
		}
		if len(codes) > 0 {
			d[facets[f].name] = codes
		}
	}
	return d
}

// show makes a committed batch visible.
func (st *state) show(k jiqiao.Kind, ready []prepared, deletes []Ref) {
	var puts []postings.Put[columns]
	var gone []string
	for _, p := range ready {
		if p.row.kind == k {
			puts = append(puts, postings.Put[columns]{ID: strings.Clone(p.rec.Head().ID), Doc: p.doc, Payload: p.row.columns(st.symbols)})
		}
	}
	for _, d := range deletes {
		if d.Kind == k {
			gone = append(gone, d.ID)
		}
	}
	st.showAll(k, puts, gone)
}

func (st *state) showAll(k jiqiao.Kind, puts []postings.Put[columns], gone []string) {
	if len(puts)+len(gone) == 0 {
		return
	}
	st.suggest[k].update(st.sides[k], st.zh, puts, gone)
	st.sides[k].Apply(puts, gone)
}
