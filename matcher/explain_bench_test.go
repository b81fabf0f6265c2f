package matcher

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/sample"
)

// BenchmarkExplain50 explains a page of fifty for each of the sample's needs, whose records have a usual form's texts.
func BenchmarkExplain50(b *testing.B) {
	c := newTestCollection()
	sides := map[jiqiao.Kind][]jiqiao.Record{}
	for _, kind := range jiqiao.Kinds {
		recs, err := sample.Records(kind)
		if err != nil {
			b.Fatal(err)
		}
		for i, r := range recs {
			r.Head().ID = fmt.Sprintf("%s_%d", kind, i)
		}
		c.Put(recs...)
		sides[kind] = recs
	}
	const page = 50
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		subject := sides[jiqiao.KindNeed][i%len(sides[jiqiao.KindNeed])]
		matches, features := make([]jiqiao.Match, page), make([]Features, page)
		for k := range matches {
			matches[k] = match("", subject, sides[jiqiao.KindAchievement][(i+k)%len(sides[jiqiao.KindAchievement])], Scored{})
		}
		at := time.Now()
		e := c.newExplainer(testAnalyzer(), subject, at)
		e.explain(matches, features)
		e.close()
		took = append(took, time.Since(at))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}
