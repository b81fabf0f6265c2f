package train

import (
	"cmp"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// oversampling is how many directions more than wanted are followed, so that the last wanted ones come out right.
const oversampling = 20

// factor is the randomised eigendecomposition of a symmetric matrix (Halko, Martinsson and Tropp 2011: Finding structure
// with randomness), its directions weighed by the power of their eigenvalue.
func factor(ctx context.Context, m *sparse, o PPMIOptions) (*Vectors, error) {
	n := len(m.columns)
	k := min(o.Dim+oversampling, n)
	dim := min(o.Dim, k)
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a fixed seed is the point
	q := make([]float32, n*k)
	for i := range q {
		q[i] = float32(random.NormFloat64())
	}
	for it := range o.Iterations {
		y, err := m.times(ctx, q, k)
		if err != nil {
			return nil, err
		}
		if q, err = orthonormal(ctx, y, k); err != nil {
			return nil, err
		}
		o.Progress.tell("矩阵分解", it+1, o.Iterations+1)
	}
	y, err := m.times(ctx, q, k)
	if err != nil {
		return nil, err
	}
	small, err := gram(ctx, q, y, k)
	if err != nil {
		return nil, err
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(mat.NewSymDense(k, small), true) {
		return nil, errors.New("train: the eigendecomposition did not converge")
	}
	o.Progress.tell("矩阵分解", o.Iterations+1, o.Iterations+1)
	return project(ctx, q, k, dim, &eigen, o.EigenPower)
}

// project turns the rows of q onto the strongest dim eigenvectors.
func project(ctx context.Context, q []float32, k, dim int, eigen *mat.EigenSym, power float64) (*Vectors, error) {
	values := eigen.Values(nil)
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	order := make([]int, k)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(math.Abs(values[b]), math.Abs(values[a])) })
	turn := make([]float32, k*dim) // by rows of q's columns
	for d, column := range order[:dim] {
		weight := math.Pow(math.Abs(values[column]), power)
		for a := range k {
			turn[a*dim+d] = float32(vectors.At(a, column) * weight)
		}
	}
	n := len(q) / k
	out := &Vectors{Dim: dim, Rows: make([]float32, n*dim)}
	err := parallel(ctx, n, func(i int) {
		for a, x := range q[i*k : (i+1)*k] {
			axpy(x, turn[a*dim:(a+1)*dim], out.Row(i))
		}
	}, nil)
	return out, err
}

// times is m·q for a q of k columns.
func (m *sparse) times(ctx context.Context, q []float32, k int) ([]float32, error) {
	out := make([]float32, len(q))
	err := parallel(ctx, len(m.columns), func(i int) {
		dst := out[i*k : (i+1)*k]
		for e, j := range m.columns[i] {
			axpy(m.values[i][e], q[int(j)*k:(int(j)+1)*k], dst)
		}
	}, nil)
	return out, err
}

// orthonormal makes the columns of y orthonormal by Cholesky QR, twice for exactness.
func orthonormal(ctx context.Context, y []float32, k int) ([]float32, error) {
	for range 2 {
		g, err := gram(ctx, y, y, k)
		if err != nil {
			return nil, err
		}
		trace := 0.0
		for a := range k {
			trace += g[a*k+a]
		}
		for a := range k { // a small text has fewer directions than asked for
			g[a*k+a] += 1e-10 * trace / float64(k)
		}
		var chol mat.Cholesky
		if !chol.Factorize(mat.NewSymDense(k, g)) {
			return nil, errors.New("train: the texts are too few for vectors of this dimension")
		}
		var upper, inverse mat.TriDense
		chol.UTo(&upper)
		if err := inverse.InverseTri(&upper); err != nil {
			var condition mat.Condition
			if !errors.As(err, &condition) {
				return nil, err
			}
		}
		if y, err = timesUpper(ctx, y, k, &inverse); err != nil {
			return nil, err
		}
	}
	return y, nil
}

// gram is xᵀ·y in double precision.
func gram(ctx context.Context, x, y []float32, k int) ([]float64, error) {
	parts := make([][]float64, stripes)
	err := striped(ctx, len(x)/k, func(stripe, from, to int) {
		sum, wide := make([]float64, k*k), make([]float64, k)
		for i := from; i < to; i++ {
			for b, v := range y[i*k : (i+1)*k] {
				wide[b] = float64(v)
			}
			row := blas64.Vector{N: k, Data: wide, Inc: 1}
			for a, v := range x[i*k : (i+1)*k] {
				blas64.Axpy(float64(v), row, blas64.Vector{N: k, Data: sum[a*k : (a+1)*k], Inc: 1})
			}
		}
		parts[stripe] = sum
	})
	if err != nil {
		return nil, err
	}
	for _, p := range parts[1:] {
		for i, v := range p {
			parts[0][i] += v
		}
	}
	return parts[0], nil
}

// timesUpper multiplies each row of y by an upper triangular matrix.
func timesUpper(ctx context.Context, y []float32, k int, u *mat.TriDense) ([]float32, error) {
	out := make([]float32, len(y))
	raw := u.RawTriangular()
	err := striped(ctx, len(y)/k, func(_, from, to int) {
		sum := make([]float64, k)
		for i := from; i < to; i++ {
			clear(sum)
			for a, v := range y[i*k : (i+1)*k] {
				row := blas64.Vector{N: k - a, Data: raw.Data[a*raw.Stride+a : a*raw.Stride+k], Inc: 1}
				blas64.Axpy(float64(v), row, blas64.Vector{N: k - a, Data: sum[a:], Inc: 1})
			}
			for b, v := range sum {
				out[i*k+b] = float32(v)
			}
		}
	})
	return out, err
}

// axpy adds a·x to y. gonum's is used because its sums are the same on every processor of an architecture.
func axpy(a float32, x, y []float32) {
	blas32.Axpy(a, blas32.Vector{N: len(x), Data: x, Inc: 1}, blas32.Vector{N: len(y), Data: y, Inc: 1})
}

func dot(x, y []float32) float32 {
	return blas32.Dot(blas32.Vector{N: len(x), Data: x, Inc: 1}, blas32.Vector{N: len(y), Data: y, Inc: 1})
}
