package postings

import (
	"math/rand"
	"testing"
)

// BenchmarkList measures the inner loop per posting, over a list as a common term has it.
func BenchmarkList(b *testing.B) {
	const docs = 100_000
	r := rand.New(rand.NewSource(1))
	for name, explicit := range map[string]float64{"weight 1": 0, "a third heavier": 0.33} {
		b.Run(name, func(b *testing.B) {
			var data []byte
			n := 0
			last := ^uint32(0)
			norms := make([]norm, docs)
			for d := range uint32(docs) {
				norms[d] = norm{0.4, 0.5}
				if r.Intn(4) > 0 {
					continue
				}
				t := DocTerm{Word: 1, Gram: 1}
				if r.Float64() < explicit {
					t.Word, t.Gram = 2, 3
				}
				data = putEntry(data, d-last, t)
				last = d
				n++
			}
			blk := block{1, make([]float64, docs), make([]uint64, docs), norms}
			for b.Loop() {
				l := list{data: data, last: ^uint32(0), word: 1, gram: 1}
				l.add(&blk, docs)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/posting")
		})
	}
}
