package matcher_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/index/vector"
	"jiqiao/matcher"
)

// corpusSize is the size the service is promised for.
const corpusSize = 100_000

// fixedRecall stands in for the index, whose own benchmark measures it: it names records all over the collection.
type fixedRecall struct{ ids []string }

func (f fixedRecall) Recall(context.Context, matcher.RecallQuery) ([]string, error) {
	return f.ids, nil
}

func (f fixedRecall) Allowed(_ context.Context, _ jiqiao.Kind, _ jiqiao.Filter, ids []string) ([]string, error) {
	return ids, nil
}

// BenchmarkMatch100k measures a long need against 100,000 achievements of real text, all of the matcher's own work:
// recall by titles, scoring, explaining the first page.
func BenchmarkMatch100k(b *testing.B) {
	recs := corpus(b)
	before := heap()
	start := time.Now()
	c := matcher.NewCollection(analyzer(b), vector.Default(), matcher.DefaultWeights())
	c.Put(recs...)
	b.Logf("loaded %d records in %v, %d MiB", len(recs), time.Since(start).Round(time.Millisecond), (heap()-before)>>20)
	store := memory{}
	var some []string
	for i, r := range recs {
		store[r.Head().ID] = r
		if i%(corpusSize/matcher.DefaultCandidates) == 0 {
			some = append(some, r.Head().ID)
		}
	}
	m := matcher.New(matcher.Options{Collection: c, Recaller: fixedRecall{some}, Records: store, Analyzer: analyzerFunc(b)})
	needs := needsOf(recs)
	for _, brief := range []bool{true, false} {
		b.Run(fmt.Sprintf("brief=%v", brief), func(b *testing.B) {
			var took []time.Duration
			for i := 0; b.Loop(); i++ {
				at := time.Now()
				if _, err := m.Match(b.Context(), needs[i%len(needs)], jiqiao.MatchQuery{Brief: brief}); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(at))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
		})
	}
}

// needsOf makes long needs, a title and 300 characters, of records far apart.
func needsOf(recs []jiqiao.Record) []jiqiao.Record {
	var needs []jiqiao.Record
	for i := 0; i < len(recs); i += 500 {
		a := recs[i].(*jiqiao.Achievement)
		n := &jiqiao.Need{Problem: string([]rune(a.Abstract)[:min(300, len([]rune(a.Abstract)))])}
		n.Title = a.Title
		needs = append(needs, n)
	}
	return needs
}

func heap() uint64 {
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}

func corpus(b *testing.B) []jiqiao.Record {
	dir := filepath.Join(shared(b), "corpus")
	var recs []jiqiao.Record
	for _, name := range []string{"abstracts.jsonl.gz", "patents.jsonl.gz", "passages.jsonl.gz"} {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			b.Skipf("no corpus: %v", err)
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			b.Fatal(err)
		}
		for in := json.NewDecoder(bufio.NewReader(z)); in.More() && len(recs) < corpusSize; {
			var t struct{ ID, Title, Text string }
			if err := in.Decode(&t); err != nil {
				b.Fatal(err)
			}
			a := &jiqiao.Achievement{Abstract: t.Text}
			a.ID, a.Title = "a_"+t.ID, t.Title
			if runes := []rune(t.Text); a.Title == "" { // half of the corpus has none
				a.Title = string(runes[:min(16, len(runes))])
			}
			recs = append(recs, a)
		}
	}
	return recs
}
