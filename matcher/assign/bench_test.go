package assign

import "testing"

// BenchmarkRecommend solves 5,000 needs × 20,000 achievements, with fairness and without.
func BenchmarkRecommend(b *testing.B) {
	for _, c := range []struct {
		name                string
		candidates, brokers int
	}{{"50 candidates", 50, 0}, {"50 candidates, 40 brokers", 50, 40}, {"100 candidates, 40 brokers", 100, 40}} {
		p := market(5000, 20000, c.candidates, c.brokers, 0.05)
		b.Run(c.name, func(b *testing.B) {
			var r *Recommendation
			for b.Loop() {
				var err error
				if r, err = Recommend(b.Context(), p); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(p.Pairs)), "pairs")
			b.ReportMetric(float64(r.Arcs), "arcs")
			b.ReportMetric(float64(r.Steps), "steps")
			b.ReportMetric(float64(len(r.Placed)), "placed")
			b.ReportMetric(r.Before.Gini, "gini-before")
			b.ReportMetric(r.After.Gini, "gini-after")
			b.ReportMetric(float64(r.Before.Unserved), "unserved-before")
			b.ReportMetric(float64(r.After.Unserved), "unserved-after")
			b.ReportMetric(100*r.GivenUp()/r.Plain.Benefit, "%given-up")
			b.ReportMetric(r.Bound-r.Worth, "gap")
		})
	}
}
