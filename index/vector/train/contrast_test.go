package train

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiqiao/index/vector"
)

// loss is what Contrast descends, computed the plain way.
func loss(t *tuner, batch []Pair) float64 {
	n, dim := len(batch), t.rows.Dim
	units := func(of func(Pair) []vector.ID) [][]float64 {
		out := make([][]float64, n)
		for i, p := range batch {
			sum := make([]float64, dim)
			for _, w := range count(of(p)) {
				for d, x := range t.rows.Row(int(w.id)) {
					sum[d] += float64(w.count) * float64(x)
				}
			}
			length := 0.0
			for _, x := range sum {
				length += x * x
			}
			for d := range sum {
				sum[d] /= math.Sqrt(length)
			}
			out[i] = sum
		}
		return out
	}
	a, b := units(func(p Pair) []vector.ID { return p.A }), units(func(p Pair) []vector.ID { return p.B })
	score := func(i, j int) float64 {
		s := 0.0
		for d := range a[i] {
			s += a[i][d] * b[j][d]
		}
		return s / t.Temperature
	}
	total := 0.0
	for i := range n {
		row, column := 0.0, 0.0
		for j := range n {
			row += math.Exp(score(i, j))
			column += math.Exp(score(j, i))
		}
		total += (math.Log(row)+math.Log(column))/2 - score(i, i)
	}
	return total
}

// The step must go down the slope of the loss: its direction is compared with differences of the loss itself.
func TestContrastDescendsItsLoss(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 8))
	const words, dim = 12, 4
	v := &Vectors{Dim: dim, Rows: make([]float32, words*dim)}
	for i := range v.Rows {
		v.Rows[i] = float32(random.NormFloat64())
	}
	weights := make([]float64, words)
	for i := range weights {
		weights[i] = 0.5 + random.Float64()
	}
	batch := []Pair{
		{[]vector.ID{0, 1, 1}, []vector.ID{2, 3}}, {[]vector.ID{4, 5}, []vector.ID{6, 7, 0}}, {[]vector.ID{8, 9}, []vector.ID{10, 11}},
	}
	o := ContrastOptions{Batch: len(batch), Temperature: 0.2}
	before := newTuner(v, weights, o)
	after := newTuner(v, weights, o)
	after.rate = 1e-4
	if err := after.step(t.Context(), batch, 1); err != nil {
		t.Fatal(err)
	}
	if was, is := loss(before, batch), loss(after, batch); !(is < was) {
		t.Errorf("the loss went from %v to %v", was, is)
	}
	for word := range words { // AdaGrad scales a row, so directions are compared row by row
		slope, moved := make([]float64, dim), make([]float64, dim)
		for d := range dim {
			const h = 1e-3
			at := word*dim + d
			kept := before.rows.Rows[at]
			before.rows.Rows[at] = kept + h
			up := loss(before, batch)
			before.rows.Rows[at] = kept - h
			slope[d] = up - loss(before, batch)
			before.rows.Rows[at] = kept
			moved[d] = float64(kept - after.rows.Rows[at])
		}
		if c := cosine(slope, moved); c < 0.98 {
			t.Errorf("word %d moved along %v, the slope is %v (cosine %.3f)", word, moved, slope, c)
		}
	}
}

func cosine(a, b []float64) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab, aa, bb = ab+a[i]*b[i], aa+a[i]*a[i], bb+b[i]*b[i]
	}
	return ab / math.Sqrt(aa*bb+1e-30)
}

func TestHideTakesCommonWordsOutOfOneSide(t *testing.T) {
	p := Pair{[]vector.ID{1, 2, 3, 3}, []vector.ID{2, 3, 4}}
	for seed := range uint64(20) {
		a, b := hide(p, 1, rand.New(rand.NewPCG(seed, 0)))
		in := map[vector.ID]int{}
		for _, side := range [][]term{a, b} {
			for _, w := range side {
				in[w.id]++
			}
		}
		if diff := cmp.Diff(map[vector.ID]int{1: 1, 2: 1, 3: 1, 4: 1}, in); diff != "" {
			t.Fatal(diff)
		}
	}
	a, b := hide(p, 0, nil)
	if len(a) != 3 || len(b) != 3 {
		t.Errorf("nothing was to be hidden: %v %v", a, b)
	}
}

func TestSplitsTakeEveryWordOnce(t *testing.T) {
	docs := []Document{
		{Title: []vector.ID{1, 2, 3, 4}},
		{Body: [][]vector.ID{{1, 2, 3, 4}}},
		{Body: [][]vector.ID{{1, 2}, {3, 4}}},
		{Title: []vector.ID{1}},
	}
	for epoch := range 5 {
		pairs := Splits(docs, 0, 3)(epoch)
		if len(pairs) != 3 {
			t.Fatalf("%d pairs of 3 documents that can be divided", len(pairs))
		}
		for _, p := range pairs {
			seen := map[vector.ID]bool{}
			for _, id := range append(p.A, p.B...) {
				seen[id] = true
			}
			if len(p.A)+len(p.B) != 4 || len(seen) != 4 {
				t.Errorf("%v", p)
			}
		}
	}
	if n := len(Splits(docs[:3], 2, 3)(0)); n != 2 {
		t.Errorf("%d pairs, at most 2 were asked for", n)
	}
}
