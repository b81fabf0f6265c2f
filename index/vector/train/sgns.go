package train

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"

	"jiqiao/index/vector"
)

// SGNSOptions say how skip-gram learns (Mikolov and others 2013: Distributed representations of words and phrases).
type SGNSOptions struct {
	Dim, Window, Epochs int
	// Negatives is how many words at random each true neighbour is told from.
	Negatives int
	// Sample is the frequency above which occurrences are passed over at random.
	Sample   float64
	Rate     float64 // falls to nothing
	Seed     uint64
	Progress Progress
}

// DefaultSGNS are usual options.
func DefaultSGNS(dim, window int) SGNSOptions {
	return SGNSOptions{Dim: dim, Window: window, Epochs: 5, Negatives: 5, Sample: 1e-4, Rate: 0.025, Seed: 1}
}

// SGNS learns vectors by telling a word's true neighbours from words at random. It runs on one goroutine: the usual
// trick of letting several write at once would give other vectors every time.
func SGNS(ctx context.Context, c *Corpus, o SGNSOptions) (*Vectors, error) {
	if len(c.Words) < 2 {
		return nil, errors.New("train: fewer than two words are frequent enough for vectors")
	}
	s := newSkipGram(c, o)
	for epoch := range o.Epochs {
		for i := range c.Documents {
			if i%chunk == 0 {
				if err := ctx.Err(); err != nil {
					return nil, err
				}
			}
			done := float64(epoch*len(c.Documents)+i) / float64(o.Epochs*len(c.Documents))
			s.rate = float32(o.Rate * max(1-done, 1e-4))
			s.document(&c.Documents[i])
		}
		o.Progress.tell("跳字模型", epoch+1, o.Epochs)
	}
	return s.in, nil
}

// skipGram is the state of the training.
type skipGram struct {
	SGNSOptions
	random  *rand.Rand
	rate    float32
	in, out *Vectors
	keep    []float64   // chance that an occurrence counts
	noise   []vector.ID // words in proportion to frequency^0.75
	line    []vector.ID
	slope   []float32
}

const noiseTable = 1 << 22

func newSkipGram(c *Corpus, o SGNSOptions) *skipGram {
	n := len(c.Words)
	s := &skipGram{
		SGNSOptions: o, random: rand.New(rand.NewPCG(o.Seed, 9)), //nolint:gosec // a fixed seed is the point
		in: &Vectors{o.Dim, make([]float32, n*o.Dim)}, out: &Vectors{o.Dim, make([]float32, n*o.Dim)},
		keep: make([]float64, n), slope: make([]float32, o.Dim),
	}
	for i := range s.in.Rows {
		s.in.Rows[i] = (s.random.Float32() - 0.5) / float32(o.Dim)
	}
	total, smooth := float64(c.Tokens()), 0.0
	for i, k := range c.Counts {
		share := float64(k) / total / o.Sample
		s.keep[i] = min(1, (math.Sqrt(share)+1)/share)
		smooth += math.Pow(float64(k), 0.75)
	}
	sum := 0.0
	for i, k := range c.Counts {
		sum += math.Pow(float64(k), 0.75) / smooth
		for float64(len(s.noise)) < sum*noiseTable {
			s.noise = append(s.noise, vector.ID(i))
		}
	}
	return s
}

func (s *skipGram) document(d *Document) {
	s.line = s.line[:0]
	for id := range d.All() {
		if s.random.Float64() < s.keep[id] {
			s.line = append(s.line, id)
		}
	}
	for i, word := range s.line {
		reach := 1 + s.random.IntN(s.Window)
		for j := max(0, i-reach); j <= min(len(s.line)-1, i+reach); j++ {
			if j != i {
				s.pair(word, s.line[j])
			}
		}
	}
}

// pair moves a word towards its neighbour and away from words at random.
func (s *skipGram) pair(word, neighbour vector.ID) {
	in := s.in.Row(int(word))
	clear(s.slope)
	for k := range s.Negatives + 1 {
		other, want := neighbour, float32(1)
		if k > 0 {
			if other, want = s.noise[s.random.IntN(len(s.noise))], 0; other == neighbour {
				continue
			}
		}
		out := s.out.Row(int(other))
		g := s.rate * (want - float32(1/(1+math.Exp(-float64(dot(in, out))))))
		axpy(g, out, s.slope)
		axpy(g, in, out)
	}
	axpy(1, s.slope, in)
}
