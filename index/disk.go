package index

import (
	"encoding/binary"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"golang.org/x/sync/errgroup"

	"jiqiao"
	"jiqiao/index/postings"
	"jiqiao/index/zh"
)

var (
	// errOther says that the index was built by another version of mapping or analysis.
	errOther = errors.New("index: built by another version")
	// errLocked says that another process has the directory open.
	errLocked = errors.New("index: in use by another process")
)

// lockPatience is how long opening waits for another process to let go; one that stops needs a moment.
const lockPatience = "2s"

// createState makes an empty index in a directory that does not exist.
func createState(dir string, a *zh.Analyzer) (*state, error) {
	m, err := newMapping()
	if err != nil {
		return nil, fmt.Errorf("index: mapping: %w", err)
	}
	st := newState(dir, a)
	if st.disk, err = bleve.NewUsing(dir, m, scorch.Name, scorch.Name, map[string]any{}); err != nil {
		return nil, fmt.Errorf("index: create %s: %w", dir, err)
	}
	b := st.disk.NewBatch()
	b.SetInternal(keySeq, make([]byte, 8))
	b.SetInternal(keyVersion, []byte(st.version))
	if err := st.disk.Batch(b); err != nil {
		st.abandon()
		return nil, fmt.Errorf("index: create %s: %w", dir, err)
	}
	return st, nil
}

// openState opens an index and reads it into memory. Damage of any kind is an error; bleve answers some with a panic, and
// reading beyond the end of a file that was cut, which it maps into memory, is a fault.
func openState(dir string, a *zh.Analyzer) (st *state, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("index: open %s: damaged: %v", dir, p)
		}
		if err != nil && st != nil {
			st.abandon()
			st = nil
		}
	}()
	st = newState(dir, a)
	if err := st.reopen(); err != nil {
		return st, err
	}
	version, err := st.disk.GetInternal(keyVersion)
	if err != nil {
		return st, fmt.Errorf("index: read the version of %s: %w", dir, err)
	}
	if !strings.HasPrefix(string(version), mappingPrefix) {
		return st, fmt.Errorf("%w: %q, now %q", errOther, version, st.version)
	}
	st.version = string(version) // after another analysis it is stale but answers until it is rebuilt
	return st, st.load()
}

// reopen opens the directory when it is not open.
func (st *state) reopen() error {
	if st.disk != nil {
		return nil
	}
	x, err := bleve.OpenUsing(st.dir, map[string]any{"bolt_timeout": lockPatience})
	if err != nil {
		if strings.Contains(err.Error(), "timeout") { // bbolt's ErrTimeout, which bleve does not wrap
			return errLocked
		}
		return fmt.Errorf("index: open %s: %w", st.dir, err)
	}
	st.disk = x
	return nil
}

// abandon closes bleve after a failed write. Its background tasks retry without pause otherwise, and a later open finds
// the last state that was written whole.
func (st *state) abandon() {
	if st.disk != nil {
		_ = st.disk.Close() // there is nothing left to save
		st.disk = nil
	}
}

func (st *state) close() error {
	if st.disk == nil {
		return nil
	}
	err := st.disk.Close()
	st.disk = nil
	if err != nil {
		return fmt.Errorf("index: close %s: %w", st.dir, err)
	}
	return nil
}

// load fills memory from disk.
func (st *state) load() error {
	seq, err := st.disk.GetInternal(keySeq)
	if err != nil || len(seq) != 8 {
		return errors.Join(fmt.Errorf("index: %s has no change number", st.dir), err)
	}
	advanced, err := st.disk.Advanced()
	if err != nil {
		return fmt.Errorf("index: read %s: %w", st.dir, err)
	}
	reader, err := advanced.Reader()
	if err != nil {
		return fmt.Errorf("index: read %s: %w", st.dir, err)
	}
	defer reader.Close()
	snapshot, ok := reader.(*scorch.IndexSnapshot)
	if !ok {
		return fmt.Errorf("index: %s is of the unknown type %T", st.dir, reader)
	}
	if err := st.loadTerms(snapshot); err != nil {
		return err
	}
	if err := st.loadRecords(snapshot); err != nil {
		return err
	}
	st.seq.Store(int64(binary.BigEndian.Uint64(seq)))
	debug.FreeOSMemory() // loading left more garbage than the service makes in an hour
	return nil
}

// eachStored visits the stored field of every live document whose id begins with the prefix, or, with except, does not.
func eachStored(s *scorch.IndexSnapshot, prefix string, except bool, field string, visit func(id string, data []byte) error) error {
	for _, segment := range s.Segments() {
		numbers := segment.DocNumbersLive().Iterator()
		for numbers.HasNext() {
			n := uint64(numbers.Next())
			id, err := segment.DocID(n)
			if err != nil {
				return fmt.Errorf("index: read document %d: %w", n, err)
			}
			name := string(id)
			if strings.HasPrefix(name, prefix) == except {
				continue
			}
			var failed error
			err = segment.VisitDocument(n, func(f string, _ byte, value []byte, _ []uint64) bool {
				if f != field {
					return true
				}
				failed = visit(name, value)
				return false
			})
			if err := errors.Join(err, failed); err != nil {
				return fmt.Errorf("index: read document %s: %w", name, err)
			}
		}
	}
	return nil
}

func (st *state) loadTerms(s *scorch.IndexSnapshot) error {
	batches := map[int][]string{}
	err := eachStored(s, termsPrefix, false, fieldTerms, func(_ string, data []byte) error {
		first, terms, err := decodeTerms(data)
		batches[first] = terms
		return err
	})
	if err != nil {
		return err
	}
	for next := 0; len(batches) > 0; {
		terms, ok := batches[next]
		if !ok {
			return fmt.Errorf("index: dictionary of %s lacks entry %d", st.dir, next)
		}
		delete(batches, next)
		for i, t := range terms {
			if st.terms.Add(t) != uint32(next+i) {
				return fmt.Errorf("index: dictionary of %s has %q twice", st.dir, t)
			}
		}
		next += len(terms)
	}
	st.saved = st.terms.Len()
	return nil
}

func (st *state) loadRecords(s *scorch.IndexSnapshot) error {
	puts := map[jiqiao.Kind][]postings.Put[columns]{}
	err := eachStored(s, termsPrefix, true, fieldStored, func(id string, data []byte) error {
		r, coded, err := decodeStored(data)
		if err != nil {
			return err
		}
		doc, err := postings.DecodeDoc(append([]byte(nil), coded...), st.terms.Len())
		if err != nil {
			return err
		}
		puts[r.kind] = append(puts[r.kind], postings.Put[columns]{ID: id, Doc: doc, Payload: r.columns(st.symbols)})
		return nil
	})
	if err != nil {
		return err
	}
	var g errgroup.Group
	before := postings.NewSide[columns](postings.DefaultParams()) // there was nothing
	for k, list := range puts {
		g.Go(func() error {
			st.suggest[k].update(before, st.zh, list, nil)
			return nil
		})
		g.Go(func() error {
			st.sides[k].Apply(list, nil)
			return nil
		})
	}
	return g.Wait()
}
