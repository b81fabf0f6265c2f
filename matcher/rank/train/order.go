package train

import "math"

// order learns weights from pairs of examples of one need: Σ log(1+exp(-w·(better-worse))) weighted to a mean of one, plus
// ridge/2 × Σ (w·spread)², with no weight below 0. Newton's method with coordinate descent inside; it starts from 0 and is
// deterministic.
type order struct {
	x      [][]float64 // columns by example
	pairs  []preference
	total  float64
	spread []float64 // standard deviation of each column: the unit in which weights are shrunk
}

type preference struct {
	better, worse int
	weight        float64
}

const (
	newtonSteps = 15
	innerSteps  = 100
	converged   = 1e-6
)

// newOrder reads the pairs within each group. weight is an example's, by its position in x.
func newOrder(x [][]float64, groups [][]int, examples []Example, weight []float64) *order {
	o := &order{x: x}
	for _, g := range groups {
		for k, i := range g {
			for _, j := range g[:k] {
				better, worse := i, j
				switch a, b := examples[i].Level, examples[j].Level; {
				case a == b:
					continue
				case a < b:
					better, worse = j, i
				}
				if w := weight[i] * weight[j]; w > 0 {
					o.pairs = append(o.pairs, preference{better, worse, w})
					o.total += w
				}
			}
		}
	}
	o.spread = spreads(x, groups)
	return o
}

func spreads(x [][]float64, groups [][]int) []float64 {
	var n float64
	var sum, square []float64
	for _, g := range groups {
		for _, i := range g {
			if sum == nil {
				sum, square = make([]float64, len(x[i])), make([]float64, len(x[i]))
			}
			n++
			for c, v := range x[i] {
				sum[c] += v
				square[c] += v * v
			}
		}
	}
	out := make([]float64, len(sum))
	for c := range out {
		mean := sum[c] / n
		out[c] = max(math.Sqrt(max(0, square[c]/n-mean*mean)), 1e-3)
	}
	return out
}

func (o *order) fit(ridge float64) []float64 {
	w := make([]float64, len(o.spread))
	for range newtonSteps {
		gradient, curvature := o.derivatives(w)
		for c := range w {
			r := ridge * o.spread[c] * o.spread[c]
			gradient[c] -= r * w[c]
			curvature[c][c] += r
		}
		if step(w, gradient, curvature) < converged {
			break
		}
	}
	return w
}

// derivatives of the mean log likelihood at w; the curvature is symmetric and complete.
func (o *order) derivatives(w []float64) (gradient []float64, curvature [][]float64) {
	k := len(w)
	gradient, curvature = make([]float64, k), make([][]float64, k)
	for c := range curvature {
		curvature[c] = make([]float64, k)
	}
	d := make([]float64, k)
	for _, p := range o.pairs {
		margin := 0.0
		better, worse := o.x[p.better], o.x[p.worse]
		for c := range d {
			d[c] = better[c] - worse[c]
			margin += w[c] * d[c]
		}
		wrong := 1 / (1 + math.Exp(margin))
		g, h := p.weight*wrong, p.weight*wrong*(1-wrong)
		for c, v := range d {
			if v == 0 {
				continue
			}
			gradient[c] += g * v
			for e, u := range d[:c+1] {
				curvature[c][e] += h * v * u
			}
		}
	}
	for c := range k {
		gradient[c] /= o.total
		for e := range c + 1 {
			curvature[c][e] /= o.total
			curvature[e][c] = curvature[c][e]
		}
	}
	return gradient, curvature
}

// step moves w to the best point of the quadratic model that has no negative weight, and answers the longest move.
func step(w, gradient []float64, curvature [][]float64) float64 {
	move := make([]float64, len(w))
	for range innerSteps {
		change := 0.0
		for c := range w {
			rest := gradient[c]
			for e, m := range move {
				if e != c {
					rest -= curvature[c][e] * m
				}
			}
			next := max(rest/curvature[c][c], -w[c])
			change = max(change, math.Abs(next-move[c]))
			move[c] = next
		}
		if change < converged {
			break
		}
	}
	longest := 0.0
	for c, m := range move {
		w[c] += m
		longest = max(longest, math.Abs(m))
	}
	return longest
}
