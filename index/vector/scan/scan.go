// Package scan finds the nearest vectors by looking at all of them.
//
// A vector is kept as small integers, at most 256 bytes of them: 8 bits a dimension up to 256 dimensions, 4 bits up to
// 512, 2 bits up to 1024. Vectors of more than 256 dimensions are first turned by a fixed random rotation, which spreads
// what they say over all coordinates, so that few bits for each do; of more than 1024 rotated coordinates 1024 are kept.
//
// Up to 256 dimensions the search is exact: it answers what comparing the quantised query with every quantised row
// answers, in integers, so that the cosine of two vectors is one number from whichever side one looks, to the last digit.
// Beyond, the order is that of the quantised rows; ask for three times as many as are wanted, and those wanted are among
// them (the tests say how surely).
//
// There is no assembly: four products are made by one multiplication of 64-bit words, see kernel.go.
package scan

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// Hit is a vector found.
type Hit struct {
	ID string
	// Score is the cosine, -1 to 1.
	Score float64
}

// Index holds vectors by id and finds those nearest to a query. A row takes its codes, at most 256 bytes, and about 90
// bytes for the id and its place. It is safe for concurrent use: a change waits for the searches under way, some
// milliseconds at most.
type Index struct {
	format format

	mu     sync.RWMutex
	places map[string]int32
	ids    []string
	facts  []facts
	chunks [][]uint64 // of chunkRows rows each
}

// facts are what of a row is worked out once.
type facts struct {
	sum     int32   // of the centred codes
	square  uint32  // sum of their squares
	inverse float32 // 1 over the root of square
}

// chunkRows rows share an allocation, so that growing copies nothing; it is also the unit of work of a goroutine.
const chunkRows = 2048

// New is an empty index of vectors of dim dimensions.
func New(dim int) *Index {
	return &Index{format: formatOf(dim), places: map[string]int32{}}
}

// Dim is the number of dimensions of the vectors put in.
func (x *Index) Dim() int { return x.format.dim }

// Len counts the vectors.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.ids)
}

// Put adds or replaces a vector, of any length above 0. A zero vector points nowhere: its id is taken out.
func (x *Index) Put(id string, vec []float32) error {
	c, ok, err := x.format.encode(vec)
	if err != nil {
		return fmt.Errorf("put vector %q: %w", id, err)
	}
	if !ok {
		x.Delete(id)
		return nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	at, known := x.places[id]
	if !known {
		at = int32(len(x.ids))
		x.places[id] = at
		x.ids = append(x.ids, id)
		x.facts = append(x.facts, facts{})
		if int(at)/chunkRows == len(x.chunks) {
			x.chunks = append(x.chunks, make([]uint64, chunkRows*x.format.words))
		}
	}
	copy(x.row(int(at)), c.words)
	x.facts[at] = c.facts
	return nil
}

// Delete takes a vector out; one that is not there is no error.
func (x *Index) Delete(id string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	at, ok := x.places[id]
	if !ok {
		return
	}
	delete(x.places, id)
	last := len(x.ids) - 1
	if int(at) != last {
		x.ids[at], x.facts[at] = x.ids[last], x.facts[last]
		copy(x.row(int(at)), x.row(last))
		x.places[x.ids[at]] = at
	}
	x.ids[last] = ""
	x.ids, x.facts = x.ids[:last], x.facts[:last]
	if spare := (last + chunkRows - 1) / chunkRows; spare+1 < len(x.chunks) {
		x.chunks = x.chunks[:spare+1] // one is kept, so that adding and removing at a border allocates nothing
	}
}

func (x *Index) row(i int) []uint64 {
	w := x.format.words
	at := i % chunkRows * w
	return x.chunks[i/chunkRows][at : at+w]
}

// Search lists the n vectors of the highest cosine with the query that are allowed, best first, equal ones by id. A nil
// allowed allows all. It is asked only about vectors near enough to be listed, from two goroutines at once, and must not
// call back into the index. A zero query finds nothing.
func (x *Index) Search(ctx context.Context, query []float32, n int, allowed func(id string) bool) ([]Hit, error) {
	q, ok, err := x.format.query(query)
	if err != nil {
		return nil, fmt.Errorf("search vectors: %w", err)
	}
	if !ok || n <= 0 {
		return []Hit{}, nil
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.search(ctx, q, n, allowed)
}

// searchers is how many goroutines share one search: two, so that the searches of several clients do not starve each
// other.
const searchers = 2

func (x *Index) search(ctx context.Context, q *query, n int, allowed func(id string) bool) ([]Hit, error) {
	n = min(n, len(x.ids))
	chunks := (len(x.ids) + chunkRows - 1) / chunkRows
	var next atomic.Int32
	var tops [searchers]top
	work, workCtx := errgroup.WithContext(ctx)
	for i := range min(searchers, runtime.GOMAXPROCS(0), chunks) {
		work.Go(func() error {
			t := top{limit: n, bar: math.Inf(-1)}
			for workCtx.Err() == nil {
				chunk := int(next.Add(1)) - 1
				if chunk >= chunks {
					break
				}
				x.searchChunk(q, chunk, &t, allowed)
			}
			tops[i] = t
			return workCtx.Err()
		})
	}
	if err := work.Wait(); err != nil {
		return nil, fmt.Errorf("search vectors: %w", err)
	}
	return best(n, tops[:]...), nil
}

// searchChunk offers the rows of a chunk to t. A first look with a coarse query costs half of the exact one, and its
// error is bounded: only rows that could be listed are looked at again.
func (x *Index) searchChunk(q *query, chunk int, t *top, allowed func(id string) bool) {
	w := x.format.words
	first := chunk * chunkRows
	count := min(chunkRows, len(x.ids)-first)
	codes := x.chunks[chunk]
	for i := range count {
		row := codes[i*w : i*w+w : i*w+w]
		f := &x.facts[first+i]
		s := q.look(row, f)
		if s+q.slack < t.bar {
			continue
		}
		if q.slack > 0 {
			s = q.exact(row, f)
		}
		id := x.ids[first+i]
		if t.admits(s, id) && (allowed == nil || allowed(id)) {
			t.add(Hit{id, s})
		}
	}
}

// Cosine compares a vector of x with one of other, an index of the same number of dimensions: the same number from
// either side. ok is false when one of them is missing.
func (x *Index) Cosine(id string, other *Index, otherID string) (_ float64, ok bool) {
	a, okA := x.codes(id)
	b, okB := other.codes(otherID)
	if !okA || !okB || x.format != other.format {
		return 0, false
	}
	return x.format.cosine(a, b), true
}

// Codes is the quantised form of a vector, for comparing it with many.
type Codes struct {
	words []uint64
	facts
}

// Codes is the quantised form of a stored vector.
func (x *Index) Codes(id string) (_ Codes, ok bool) { return x.codes(id) }

// Encode quantises a vector that is not stored; ok is false for a zero vector, and for one that does not fit.
func (x *Index) Encode(vec []float32) (_ Codes, ok bool) {
	c, ok, err := x.format.encode(vec)
	return c, ok && err == nil
}

// Compare is the cosine of c with a stored vector; ok is false when that is missing. c must come from an index of as
// many dimensions.
func (x *Index) Compare(c Codes, id string) (_ float64, ok bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	at, ok := x.places[id]
	if !ok || len(c.words) != x.format.words {
		return 0, false
	}
	return x.format.cosine(c, Codes{x.row(int(at)), x.facts[at]}), true
}

func (x *Index) codes(id string) (Codes, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	at, ok := x.places[id]
	if !ok {
		return Codes{}, false
	}
	return Codes{append([]uint64(nil), x.row(int(at))...), x.facts[at]}, true
}

func (f *facts) finish() { f.inverse = float32(1 / math.Sqrt(float64(f.square))) }

// IDs lists the ids of all vectors, in no order.
func (x *Index) IDs() []string {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return append([]string(nil), x.ids...)
}

// Exact says whether searches compare all that is kept of the vectors, as they do up to 256 dimensions.
func (x *Index) Exact() bool { return !x.format.rotated }
