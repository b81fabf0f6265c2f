package train

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"jiqiao/index/vector"
)

// ContrastOptions say how vectors learn that two parts of one text belong together.
type ContrastOptions struct {
	Epochs int
	// Batch is how many pairs are told apart at a time: each part must find its own other part among Batch.
	Batch int
	// Temperature divides cosines; lower looks harder at the nearest wrong ones.
	Temperature float64
	// Rate is the step of the first epoch; it falls to a tenth by the last.
	Rate float64
	// Hide is the share of the words common to both parts that one of them loses, so that what the words mean must do
	// the work and not that they are the same.
	Hide     float64
	Seed     uint64
	Progress Progress
}

// Contrast tunes vectors so that, of a batch of pairs, each A is nearest to its own B and each B to its own A (the
// InfoNCE loss of van den Oord, Li and Vinyals 2018, with the rest of the batch as what is wrong). A text is the sum of
// its words' vectors times log(1+count), at unit length; the length of a word's vector is its weight. It starts from
// the directions in v and the weights given, and answers both, tuned.
func Contrast(ctx context.Context, v *Vectors, weights []float64, pairs func(epoch int) []Pair, o ContrastOptions) (*Vectors, []float64, error) {
	t := newTuner(v, weights, o)
	for epoch := range o.Epochs {
		list := pairs(epoch)
		if len(list) < o.Batch {
			return nil, nil, errors.New("train: the texts are too few to tune vectors")
		}
		random := rand.New(rand.NewPCG(o.Seed, uint64(epoch))) //nolint:gosec // a fixed seed is the point
		random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		batches := len(list) / o.Batch
		for b := range batches {
			if err := ctx.Err(); err != nil {
				return nil, nil, err
			}
			done := float64(epoch*batches+b) / float64(o.Epochs*batches)
			t.rate = o.Rate * (1 - 0.9*done)
			if err := t.step(ctx, list[b*o.Batch:(b+1)*o.Batch], random.Uint64()); err != nil {
				return nil, nil, err
			}
			if b%50 == 0 || b == batches-1 {
				o.Progress.tell("调整向量", epoch*batches+b+1, o.Epochs*batches)
			}
		}
	}
	tuned, lengths := t.split()
	return tuned, lengths, nil
}

// tuner holds the parameters and what one step needs.
type tuner struct {
	ContrastOptions
	rows   *Vectors
	spread []float64 // sum of squared gradients per word (AdaGrad by row)
	rate   float64
	a, b   side
	scores []float32 // Batch × Batch
}

// side is one half of a batch.
type side struct {
	texts   [][]term
	sums    []float32 // Batch × Dim, before normalisation
	units   []float32
	lengths []float32
	grads   []float32
}

// term is a word of a text with what it counts there.
type term struct {
	id    vector.ID
	count float32
}

func newTuner(v *Vectors, weights []float64, o ContrastOptions) *tuner {
	t := &tuner{ContrastOptions: o, rows: &Vectors{v.Dim, make([]float32, len(v.Rows))}, spread: make([]float64, len(weights))}
	for i, w := range weights {
		row := v.Row(i)
		if length := math.Sqrt(float64(dot(row, row))); length > 0 {
			axpy(float32(w/length), row, t.rows.Row(i))
		}
	}
	for _, s := range []*side{&t.a, &t.b} {
		s.texts = make([][]term, o.Batch)
		s.sums, s.units, s.grads = make([]float32, o.Batch*v.Dim), make([]float32, o.Batch*v.Dim), make([]float32, o.Batch*v.Dim)
		s.lengths = make([]float32, o.Batch)
	}
	t.scores = make([]float32, o.Batch*o.Batch)
	return t
}

// step moves the vectors by one batch.
func (t *tuner) step(ctx context.Context, batch []Pair, seed uint64) error {
	err := parallel(ctx, len(batch), func(i int) {
		random := rand.New(rand.NewPCG(seed, uint64(i))) //nolint:gosec // see above
		t.a.texts[i], t.b.texts[i] = hide(batch[i], t.Hide, random)
		t.a.encode(t.rows, i)
		t.b.encode(t.rows, i)
	}, nil)
	if err != nil {
		return err
	}
	n, dim := len(batch), t.rows.Dim
	a := blas32.General{Rows: n, Cols: dim, Stride: dim, Data: t.a.units}
	b := blas32.General{Rows: n, Cols: dim, Stride: dim, Data: t.b.units}
	s := blas32.General{Rows: n, Cols: n, Stride: n, Data: t.scores}
	blas32.Gemm(blas.NoTrans, blas.Trans, float32(1/t.Temperature), a, b, 0, s)
	t.slope(n)
	blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, s, b, 0, blas32.General{Rows: n, Cols: dim, Stride: dim, Data: t.a.grads})
	blas32.Gemm(blas.Trans, blas.NoTrans, 1, s, a, 0, blas32.General{Rows: n, Cols: dim, Stride: dim, Data: t.b.grads})
	t.move()
	return nil
}

// hide counts the words of both texts and takes a share of the common ones out of one of them.
func hide(p Pair, share float64, random *rand.Rand) (a, b []term) {
	a, b = count(p.A), count(p.B)
	if share == 0 {
		return a, b
	}
	in := make(map[vector.ID]bool, len(a))
	for _, t := range a {
		in[t.id] = true
	}
	lost := map[vector.ID]bool{}
	kept := b[:0]
	for _, t := range b {
		if in[t.id] && random.Float64() < share {
			if random.Float64() < 0.5 {
				continue
			}
			lost[t.id] = true
		}
		kept = append(kept, t)
	}
	b, kept = kept, a[:0]
	for _, t := range a {
		if !lost[t.id] {
			kept = append(kept, t)
		}
	}
	return kept, b
}

// count is the words of a text in the order of their first occurrence, each with log(1+count).
func count(ids []vector.ID) []term {
	place := make(map[vector.ID]int, len(ids))
	out := make([]term, 0, len(ids))
	for _, id := range ids {
		i, ok := place[id]
		if !ok {
			i = len(out)
			place[id] = i
			out = append(out, term{id: id})
		}
		out[i].count++
	}
	for i := range out {
		out[i].count = float32(math.Log1p(float64(out[i].count)))
	}
	return out
}

// encode sums text i up.
func (s *side) encode(rows *Vectors, i int) {
	sum, unit := s.sums[i*rows.Dim:(i+1)*rows.Dim], s.units[i*rows.Dim:(i+1)*rows.Dim]
	clear(sum)
	clear(unit)
	for _, t := range s.texts[i] {
		axpy(t.count, rows.Row(int(t.id)), sum)
	}
	s.lengths[i] = float32(math.Sqrt(float64(dot(sum, sum))) + 1e-6)
	axpy(1/s.lengths[i], sum, unit)
}

// slope replaces the scores by the loss's slope in them: softmax by rows and by columns, less the right answer.
func (t *tuner) slope(n int) {
	exps := make([]float64, n*n)
	rows, columns := make([]float64, n), make([]float64, n)
	for i := range n {
		for j := range n { // scores are at most 1/Temperature: no overflow in double precision
			e := math.Exp(float64(t.scores[i*n+j]))
			exps[i*n+j] = e
			rows[i] += e
			columns[j] += e
		}
	}
	scale := 1 / (2 * t.Temperature)
	for i := range n {
		for j := range n {
			g := exps[i*n+j]/rows[i] + exps[i*n+j]/columns[j]
			if i == j {
				g -= 2
			}
			t.scores[i*n+j] = float32(g * scale)
		}
	}
}

// move carries the slopes of the texts to their words and takes the step.
func (t *tuner) move() {
	dim := t.rows.Dim
	place, ids := map[vector.ID]int{}, []vector.ID{}
	var grads []float32
	for _, s := range []*side{&t.a, &t.b} {
		for i, text := range s.texts {
			g, u := s.grads[i*dim:(i+1)*dim], s.units[i*dim:(i+1)*dim]
			axpy(-dot(g, u), u, g) // moving along the text's own direction changes nothing
			for _, w := range text {
				p, ok := place[w.id]
				if !ok {
					p = len(ids)
					place[w.id] = p
					ids = append(ids, w.id)
					grads = append(grads, make([]float32, dim)...)
				}
				axpy(w.count/s.lengths[i], g, grads[p*dim:(p+1)*dim])
			}
		}
	}
	for p, id := range ids {
		g := grads[p*dim : (p+1)*dim]
		t.spread[id] += float64(dot(g, g)) / float64(dim)
		axpy(float32(-t.rate/math.Sqrt(t.spread[id]+1e-8)), g, t.rows.Row(int(id)))
	}
}

// split takes lengths and directions apart.
func (t *tuner) split() (*Vectors, []float64) {
	lengths := make([]float64, len(t.spread))
	for i := range lengths {
		row := t.rows.Row(i)
		lengths[i] = math.Sqrt(float64(dot(row, row)))
	}
	return t.rows, lengths
}
