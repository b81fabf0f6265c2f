package index_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"jiqiao"
	"jiqiao/index"
	"jiqiao/index/indextest"
)

// loadSize is the collection that the figures of docs/benchmarks.md are for.
const loadSize = 100_000

// loadDir names a directory to keep the index in from one run of the benchmarks to the next.
const loadDir = "JIQIAO_LOAD_DIR"

// loaded is one index of loadSize records for all benchmarks, built once: it takes half a minute.
var loaded = sync.OnceValue(func() *load { return &load{} })

type load struct {
	once    sync.Once
	x       *index.Index
	dir     string
	scratch string                // dir, when it is to be removed
	held    []*jiqiao.Achievement // texts that are not in the index
	titles  []string
	built   time.Duration
	texts   int // bytes
	peakMiB float64
}

func loadedIndex(b *testing.B) *load {
	b.Helper()
	l := loaded()
	records := 0
	l.once.Do(func() {
		all := indextest.Corpus(b, loadSize+2000)
		l.held = all[min(len(all), loadSize):]
		all = all[:min(len(all), loadSize)]
		dir, err := os.Getenv(loadDir), error(nil)
		if dir == "" {
			if dir, err = os.MkdirTemp("", "jiqiao-load"); err != nil {
				b.Fatal(err)
			}
			l.scratch = dir
		}
		l.dir = dir
		l.x, err = index.Open(context.Background(), index.Options{Dir: dir, Analyzer: newHolder(b)})
		if err != nil {
			b.Fatal(err)
		}
		var list []jiqiao.Record
		for _, a := range all {
			list = append(list, a)
			l.texts += indextest.TextBytes(a)
			l.titles = append(l.titles, a.Title)
		}
		if l.x.Count(jiqiao.KindAchievement) == len(list) {
			return
		}
		start, cpu := time.Now(), usedCPU()
		if err := l.x.Rebuild(context.Background(), indextest.NewSource(list...), nil); err != nil {
			b.Fatal(err)
		}
		l.built, records = time.Since(start), len(list)
		l.peakMiB = peakMiB()
		b.Logf("indexed %d texts (%d MiB) in %v: %.0f texts/s, %.0f per second of processor time; disk %.2f of the text; peak memory of the process %.0f MiB",
			records, l.texts>>20, l.built, float64(records)/l.built.Seconds(), float64(records)/(usedCPU()-cpu).Seconds(), float64(diskSize(b, dir))/float64(l.texts), l.peakMiB)
	})
	if l.x == nil {
		b.Skip("no corpus for load")
	}
	return l
}

func TestMain(m *testing.M) {
	code := m.Run()
	if dir := loaded().scratch; dir != "" {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

func peakMiB() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Maxrss) / 1024
}

func diskSize(t testing.TB, dir string) (total int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return total
}

// usedCPU is the processor time of the process, which other programs on the machine do not disturb much.
func usedCPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// percentiles runs op over and over and reports p50, p99 and the mean processor time.
func percentiles(b *testing.B, op func(i int)) {
	b.Helper()
	op(0)
	var took []time.Duration
	i := 0
	cpu := usedCPU()
	for b.Loop() {
		start := time.Now()
		op(i)
		took = append(took, time.Since(start))
		i++
	}
	b.ReportMetric(float64((usedCPU()-cpu).Microseconds())/1000/float64(len(took)), "cpu-ms")
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}

// BenchmarkRecallLongNeed measures recall as matching asks for it and exactly, and how much of the exact first ten the
// former still has.
func BenchmarkRecallLongNeed(b *testing.B) {
	l := loadedIndex(b)
	ask := func(b *testing.B, i int, exact bool) []string {
		need := indextest.LongNeed(l.held[i%len(l.held)])
		got, err := l.x.Recall(b.Context(), index.RecallQuery{Kind: jiqiao.KindAchievement, Sections: need.Sections(), Limit: 200, Exact: exact})
		if err != nil || len(got) != 200 {
			b.Fatal(len(got), err)
		}
		ids := make([]string, len(got))
		for i, c := range got {
			ids[i] = c.ID
		}
		return ids
	}
	for _, exact := range []bool{false, true} {
		b.Run(fmt.Sprintf("exact=%v", exact), func(b *testing.B) {
			percentiles(b, func(i int) { ask(b, i, exact) })
			kept := 0
			for i := range 100 {
				kept += common(ask(b, i, true)[:10], ask(b, i, exact))
			}
			b.ReportMetric(float64(kept)/1000, "exact10-in-200")
		})
	}
}

// shortQuery is what a user types: two to four characters from each of two places of a title.
func shortQuery(title string) string {
	r := []rune(title)
	if len(r) < 10 {
		return title
	}
	return string(r[2:6]) + " " + string(r[len(r)-4:])
}

func BenchmarkShortSearchWithFacets(b *testing.B) {
	l := loadedIndex(b)
	for name, q := range map[string]func(i int) jiqiao.SearchQuery{
		"words": func(i int) jiqiao.SearchQuery {
			return jiqiao.SearchQuery{Text: shortQuery(l.held[i%len(l.held)].Title)}
		},
		"common": func(int) jiqiao.SearchQuery { return jiqiao.SearchQuery{Text: "材料"} },
		"filters": func(i int) jiqiao.SearchQuery {
			return jiqiao.SearchQuery{Text: "系统", Filter: jiqiao.Filter{Industries: []string{"C"}, Regions: []string{"320000"}, TRLMin: 4}}
		},
		"everything": func(int) jiqiao.SearchQuery { return jiqiao.SearchQuery{} },
	} {
		b.Run(name, func(b *testing.B) {
			percentiles(b, func(i int) {
				q := q(i)
				q.Kind, q.Facets = jiqiao.KindAchievement, true
				if _, err := l.x.Search(b.Context(), q); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}

func BenchmarkSuggest(b *testing.B) {
	l := loadedIndex(b)
	percentiles(b, func(i int) {
		title := []rune(l.titles[i*31%len(l.titles)])
		prefix := string(title[:min(len(title), 1+i%6)])
		if _, err := l.x.Suggest(b.Context(), jiqiao.KindAchievement, prefix, 10); err != nil {
			b.Fatal(err)
		}
	})
}

func BenchmarkSimilar(b *testing.B) {
	l := loadedIndex(b)
	percentiles(b, func(i int) {
		if _, err := l.x.Similar(b.Context(), l.held[i%len(l.held)], 10); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkOpen opens the large index and reports what it holds in memory.
func BenchmarkOpen(b *testing.B) {
	l := loadedIndex(b)
	if err := l.x.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		x, err := index.Open(b.Context(), index.Options{Dir: l.dir, Analyzer: newHolder(b)})
		if err != nil {
			b.Fatal(err)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(diskSize(b, l.dir))/float64(l.texts), "disk/text")
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "heap-MiB")
		if err := x.Close(); err != nil {
			b.Fatal(err)
		}
	}
	var err error
	if l.x, err = index.Open(context.Background(), index.Options{Dir: l.dir, Analyzer: newHolder(b)}); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkForward reports the bytes that a record's forward list takes.
func BenchmarkForward(b *testing.B) {
	l := loadedIndex(b)
	total, runes, n := 0, 0, 0
	for b.Loop() {
		for i := 1; i <= 1000; i++ {
			doc, ok := l.x.Forward(jiqiao.KindAchievement, indextest.Achievement(i, "", "").ID)
			if !ok {
				b.Fatal(i)
			}
			total += len(doc.Bytes())
			runes += utf8.RuneCountInString(l.titles[i])
			n++
		}
	}
	b.ReportMetric(float64(total)/float64(n), "B/record")
}
