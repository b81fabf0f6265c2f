package train

import (
	"context"
	"errors"
	"math"
	"slices"

	"jiqiao/index/vector"
)

// PPMIOptions say how the surroundings of words are counted and turned into vectors.
type PPMIOptions struct {
	Dim int
	// Window is how many words to either side are a word's surroundings; one at distance d counts 1/d.
	Window int
	// ContextPower smooths the frequency of contexts, so that rare ones are not overrated (Levy, Goldberg and Dagan
	// 2015: Improving distributional similarity with lessons learned from word embeddings; there 0.75).
	ContextPower float64
	// EigenPower weighs the directions by their singular value; 1 is plain SVD, 0 all alike (ibid.; 0.5 is usual).
	EigenPower float64
	// Iterations of the randomised SVD.
	Iterations int
	Progress   Progress
}

// Vectors are one vector per word of a corpus, any length, row after row.
type Vectors struct {
	Dim  int
	Rows []float32
}

// Row is the vector of word i.
func (v *Vectors) Row(i int) []float32 { return v.Rows[i*v.Dim : (i+1)*v.Dim] }

// PPMI factors the positive pointwise mutual information of words side by side.
func PPMI(ctx context.Context, c *Corpus, o PPMIOptions) (*Vectors, error) {
	if len(c.Words) < 2 {
		return nil, errors.New("train: fewer than two words are frequent enough for vectors")
	}
	m, err := cooccurrence(ctx, c, o)
	if err != nil {
		return nil, err
	}
	m.ppmi(o.ContextPower)
	return factor(ctx, m, o)
}

// sparse is a symmetric matrix by rows.
type sparse struct {
	columns [][]uint16 // ascending
	values  [][]float32
}

// boundary stands between documents.
const boundary = vector.MaxWords

// cooccurrence counts, for each word, the words around it. Each row is summed on its own in the order of the texts.
func cooccurrence(ctx context.Context, c *Corpus, o PPMIOptions) (*sparse, error) {
	flat := make([]uint16, 0, c.Tokens()+len(c.Documents))
	for i := range c.Documents {
		for id := range c.Documents[i].All() {
			flat = append(flat, uint16(id))
		}
		flat = append(flat, boundary)
	}
	n := len(c.Words)
	starts, places := positions(flat, n)
	m := &sparse{columns: make([][]uint16, n), values: make([][]float32, n)}
	type scratch struct {
		sums    []float32
		touched []uint16
	}
	free := make(chan *scratch, 256)
	err := parallel(ctx, n, func(i int) {
		var s *scratch
		select {
		case s = <-free:
		default:
			s = &scratch{sums: make([]float32, n)}
		}
		for _, p := range places[starts[i]:starts[i+1]] {
			s.touched = around(flat, int(p), o.Window, s.sums, s.touched)
		}
		slices.Sort(s.touched)
		m.columns[i] = slices.Clone(s.touched)
		m.values[i] = make([]float32, len(s.touched))
		for k, j := range s.touched {
			m.values[i][k] = s.sums[j]
			s.sums[j] = 0
		}
		s.touched = s.touched[:0]
		free <- s
	}, func(done int) { o.Progress.tell("统计共现", done, n) })
	return m, err
}

// positions lists the places of each word: those of word i are places[starts[i]:starts[i+1]].
func positions(flat []uint16, n int) (starts []int, places []uint32) {
	starts = make([]int, n+2)
	for _, id := range flat {
		if id != boundary {
			starts[int(id)+2]++
		}
	}
	for i := 2; i < len(starts); i++ {
		starts[i] += starts[i-1]
	}
	places = make([]uint32, starts[n+1])
	for p, id := range flat {
		if id != boundary {
			places[starts[int(id)+1]] = uint32(p)
			starts[int(id)+1]++
		}
	}
	return starts[:n+1], places
}

// around adds the surroundings of place p to sums and lists the words that were 0 there before.
func around(flat []uint16, p, window int, sums []float32, touched []uint16) []uint16 {
	for _, step := range [2]int{-1, 1} {
		for d := 1; d <= window; d++ {
			q := p + step*d
			if q < 0 || q >= len(flat) || flat[q] == boundary {
				break
			}
			j := flat[q]
			if sums[j] == 0 {
				touched = append(touched, j)
			}
			sums[j] += 1 / float32(d)
		}
	}
	return touched
}

// ppmi replaces counts by what they say beyond chance, nothing below it. The two directions, which differ by the
// smoothing of the context, are averaged, so that the matrix stays symmetric.
func (m *sparse) ppmi(power float64) {
	n := len(m.columns)
	sums, logs, smooth := make([]float64, n), make([]float64, n), 0.0
	for i, row := range m.values {
		for _, v := range row {
			sums[i] += float64(v)
		}
		if sums[i] > 0 {
			logs[i] = math.Log(sums[i])
			smooth += math.Pow(sums[i], power)
		}
	}
	base := math.Log(smooth)
	for i, row := range m.values {
		kept := 0
		for k, v := range row {
			j := m.columns[i][k]
			p := math.Log(float64(v)) + base - (1+power)/2*(logs[i]+logs[j])
			if p > 0 {
				m.columns[i][kept], row[kept] = j, float32(p)
				kept++
			}
		}
		m.columns[i], m.values[i] = m.columns[i][:kept], row[:kept]
	}
}
