package embed

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"jiqiao"
	"jiqiao/index/vector/scan"
)

// space is all vectors of one model, a scan for each side.
type space struct {
	model string

	mu    sync.RWMutex
	sides map[jiqiao.Kind]*scan.Index // nil before the first vector says how long they are
	usual usual
	count int // vectors when usual was measured
}

func newSpace(model string) *space { return &space{model: model} }

// side is nil while there are no vectors.
func (s *space) side(kind jiqiao.Kind) *scan.Index {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.sides[kind]
}

// put takes in a vector as kept. One of another length than the first is an error.
func (s *space) put(kind jiqiao.Kind, id string, kept []byte) error {
	s.mu.Lock()
	if s.sides == nil {
		s.sides = map[jiqiao.Kind]*scan.Index{}
		for _, k := range jiqiao.Kinds {
			s.sides[k] = scan.New(len(kept))
		}
	}
	side := s.sides[kind]
	s.mu.Unlock()
	return side.Put(id, unpack(kept))
}

// fits says that a kept vector is as long as the others.
func (s *space) fits(kept []byte) bool {
	side := s.side(jiqiao.KindNeed)
	return side == nil || side.Dim() == len(kept)
}

func (s *space) remove(kind jiqiao.Kind, id string) {
	if side := s.side(kind); side != nil {
		side.Delete(id)
	}
}

// pack writes a vector as one byte for each dimension: its direction, to within a two-hundred-and-fifty-fourth of its
// largest coordinate.
func pack(vec []float32) []byte {
	largest := 0.0
	for _, v := range vec {
		largest = max(largest, math.Abs(float64(v)))
	}
	kept := make([]byte, len(vec))
	for i, v := range vec {
		kept[i] = byte(int8(math.RoundToEven(float64(v) / largest * 127)))
	}
	return kept
}

func unpack(kept []byte) []float32 {
	vec := make([]float32, len(kept))
	for i, b := range kept {
		vec[i] = float32(int8(b))
	}
	return vec
}

// usual is how alike a need and an achievement drawn at random are: models differ much in that, some never go below 0.5.
type usual struct{ mean, sd float64 }

const (
	usualPairs = 2000
	// usualFew is the number of pairs below which measuring says nothing.
	usualFew = 30
	// usualGrowth is how much a collection grows before it is measured anew.
	usualGrowth = 1.25
)

// refresh measures the usual likeness anew when the collection has grown or shrunk much: over pairs that depend on the
// vectors there are and on nothing else. At 100,000 records it takes some tens of milliseconds, so nobody waits for it.
func (s *space) refresh() {
	needs, achievements := s.side(jiqiao.KindNeed), s.side(jiqiao.KindAchievement)
	if needs == nil || needs.Len() == 0 || achievements.Len() == 0 {
		return
	}
	now := float64(needs.Len() + achievements.Len())
	s.mu.RLock()
	was := float64(s.count)
	s.mu.RUnlock()
	if was != 0 && now <= usualGrowth*was && was <= usualGrowth*now {
		return
	}
	u := measure(needs, achievements)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.usual, s.count = u, int(now)
}

// measured is the usual likeness; ok is false while there are too few vectors to tell.
func (s *space) measured() (_ usual, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.usual, s.usual.sd > 0
}

func measure(needs, achievements *scan.Index) usual {
	a, b := needs.IDs(), achievements.IDs()
	slices.Sort(a)
	slices.Sort(b)
	r := rand.New(rand.NewPCG(1, 1))
	var sum, squares float64
	n := 0.0
	for range min(usualPairs, len(a)*len(b)) {
		if c, ok := needs.Cosine(a[r.IntN(len(a))], achievements, b[r.IntN(len(b))]); ok {
			sum, squares, n = sum+c, squares+c*c, n+1
		}
	}
	if n < usualFew {
		return usual{}
	}
	mean := sum / n
	return usual{mean, math.Sqrt(max(0, squares/n-mean*mean))}
}

// Sense is a text made ready to be compared with the other side's records.
type Sense struct {
	other *scan.Index
	vec   []float32
	codes scan.Codes
	usual usual
	wide  bool
}

// wideReach is how many times as many records are named where their order is that of a sketch, so that those wanted are
// among them.
const wideReach = 3

// Near names the records of the other side that allowed admits, the nearest first: n, or more where their order is
// only nearly right.
func (s *Sense) Near(ctx context.Context, n int, allowed func(id string) bool) ([]string, error) {
	if s.wide {
		n *= wideReach
	}
	hits, err := s.other.Search(ctx, s.vec, n, allowed)
	if err != nil {
		return nil, fmt.Errorf("search by meaning: %w", err)
	}
	ids := make([]string, len(hits))
	for i, h := range hits {
		ids[i] = h.ID
	}
	return ids, nil
}

// Likeness is how many standard deviations the pair's cosine lies above that of pairs drawn at random, the same from
// either side; ok is false for a record that has no vector.
func (s *Sense) Likeness(id string) (_ float64, ok bool) {
	cos, ok := s.other.Compare(s.codes, id)
	if !ok {
		return 0, false
	}
	return (cos - s.usual.mean) / s.usual.sd, true
}

// sense makes a vector as kept ready; an error when there is nothing to compare it with.
func (s *space) sense(kind jiqiao.Kind, kept []byte) (*Sense, error) {
	u, ok := s.measured()
	if !ok {
		return nil, ErrNoVector
	}
	other := s.side(kind.Other())
	vec := unpack(kept)
	codes, ok := other.Encode(vec)
	if !ok {
		return nil, fmt.Errorf("a vector of %d dimensions beside those of %d: %w", len(kept), other.Dim(), ErrNoVector)
	}
	return &Sense{other: other, vec: vec, codes: codes, usual: u, wide: !other.Exact()}, nil
}
