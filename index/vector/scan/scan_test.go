package scan_test

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jiqiao/index/vector/scan"
)

func random(r *rand.Rand, dim int) []float32 {
	v := make([]float32, dim)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	return v
}

func cosine(a, b []float32) float64 {
	var dot, aa, bb float64
	for i := range a {
		dot += float64(a[i]) * float64(b[i])
		aa += float64(a[i]) * float64(a[i])
		bb += float64(b[i]) * float64(b[i])
	}
	return dot / math.Sqrt(aa*bb)
}

func put(t testing.TB, x *scan.Index, id string, v []float32) {
	t.Helper()
	if err := x.Put(id, v); err != nil {
		t.Fatal(err)
	}
}

func search(t testing.TB, x *scan.Index, q []float32, n int, allowed func(string) bool) []scan.Hit {
	t.Helper()
	hits, err := x.Search(context.Background(), q, n, allowed)
	if err != nil {
		t.Fatal(err)
	}
	return hits
}

// byBruteForce compares the query's codes with every row's.
func byBruteForce(x *scan.Index, ids []string, q []float32, n int, allowed func(string) bool) []scan.Hit {
	hits := []scan.Hit{}
	codes, ok := x.Encode(q)
	if !ok {
		return hits
	}
	for _, id := range ids {
		if s, ok := x.Compare(codes, id); ok && (allowed == nil || allowed(id)) {
			hits = append(hits, scan.Hit{ID: id, Score: s})
		}
	}
	slices.SortFunc(hits, func(a, b scan.Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(a.ID, b.ID))
	})
	return hits[:min(n, len(hits))]
}

func TestSearchIsExact(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dim := rapid.IntRange(1, 256).Draw(rt, "dim")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		x := scan.New(dim)
		var ids []string
		for i := range rapid.IntRange(0, 300).Draw(rt, "records") {
			id := fmt.Sprintf("n_%d", i%200) // some are replaced
			v := random(r, dim)
			if i%7 == 0 {
				v = slices.Repeat([]float32{1}, dim) // equal ones, which ids order
			}
			if err := x.Put(id, v); err != nil {
				rt.Fatal(err)
			}
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
		for i := 0; i < len(ids); i += 5 {
			x.Delete(ids[i])
		}
		var allowed func(string) bool
		if rapid.Bool().Draw(rt, "filtered") {
			allowed = func(id string) bool { return strings.HasSuffix(id, "3") || strings.HasSuffix(id, "6") }
		}
		n := rapid.IntRange(1, 50).Draw(rt, "n")
		for _, q := range [][]float32{random(r, dim), slices.Repeat([]float32{1}, dim)} {
			got, err := x.Search(context.Background(), q, n, allowed)
			if err != nil {
				rt.Fatal(err)
			}
			if diff := gocmp.Diff(byBruteForce(x, ids, q, n, allowed), got); diff != "" {
				rt.Fatal(diff)
			}
		}
	})
}

// clustered are vectors as texts have them: around some subjects, with a common part, and most of what they say in few
// directions.
func clustered(r *rand.Rand, n, dim int) [][]float32 {
	fixed := rand.New(rand.NewPCG(7, uint64(dim)))
	common := random(fixed, dim)
	subjects := make([][]float32, 50)
	for i := range subjects {
		subjects[i] = random(fixed, dim)
	}
	all := make([][]float32, n)
	for i := range all {
		v, s := random(r, dim), subjects[r.IntN(len(subjects))]
		for j := range v {
			v[j] = (v[j] + 0.7*common[j] + 0.7*s[j]) / float32(math.Sqrt(1+float64(j)/20))
		}
		all[i] = v
	}
	return all
}

// TestRecall measures against the cosines of the vectors as they were given: recall@100 of the first depth×100.
func TestRecall(t *testing.T) {
	for _, c := range []struct{ dim, depth int }{{64, 1}, {200, 1}, {256, 1}, {384, 3}, {512, 3}, {768, 3}, {1024, 3}} {
		t.Run(fmt.Sprint(c.dim), func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, uint64(c.dim)))
			x := scan.New(c.dim)
			vectors := clustered(r, 4000, c.dim)
			for i, v := range vectors {
				put(t, x, fmt.Sprint(i), v)
			}
			found, wanted := 0, 0
			for _, q := range clustered(r, 8, c.dim) {
				order := make([]int, len(vectors))
				scores := make([]float64, len(vectors))
				for i, v := range vectors {
					order[i], scores[i] = i, cosine(q, v)
				}
				slices.SortFunc(order, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
				got := map[string]bool{}
				for _, h := range search(t, x, q, 100*c.depth, nil) {
					got[h.ID] = true
				}
				for _, i := range order[:100] {
					wanted++
					if got[fmt.Sprint(i)] {
						found++
					}
				}
			}
			recall := float64(found) / float64(wanted)
			t.Logf("recall@100 within %d: %.4f", 100*c.depth, recall)
			if recall < 0.97 {
				t.Errorf("recall@100 = %.4f", recall)
			}
		})
	}
}

func TestCosineIsOneNumberFromBothSides(t *testing.T) {
	for _, dim := range []int{3, 200, 300, 1024, 3000} {
		r := rand.New(rand.NewPCG(2, 2))
		needs, achievements := scan.New(dim), scan.New(dim)
		v, w := random(r, dim), random(r, dim)
		for i := range w {
			w[i] += v[i]
		}
		put(t, needs, "n", v)
		put(t, achievements, "a", w)
		ab, _ := needs.Cosine("n", achievements, "a")
		ba, _ := achievements.Cosine("a", needs, "n")
		if ab != ba {
			t.Errorf("dim %d: %v and %v", dim, ab, ba)
		}
		if want := cosine(v, w); math.Abs(ab-want) > 0.12 { // 2 bits shrink a cosine by an eighth
			t.Errorf("dim %d: %v, want about %v", dim, ab, want)
		}
		if dim <= 256 {
			if hit := search(t, achievements, v, 1, nil)[0]; hit.Score != ab {
				t.Errorf("dim %d: search says %v, Cosine %v", dim, hit.Score, ab)
			}
		}
		if self, _ := needs.Cosine("n", needs, "n"); self != 1 {
			t.Errorf("dim %d: with itself %v", dim, self)
		}
		if _, ok := needs.Cosine("n", achievements, "gone"); ok {
			t.Error("compared with what is not there")
		}
		if _, ok := needs.Cosine("n", scan.New(dim+64), "a"); ok {
			t.Error("compared with vectors of another length")
		}
	}
}

func TestWhatIsNoVector(t *testing.T) {
	x := scan.New(2)
	put(t, x, "a", []float32{1, 2})
	for _, bad := range [][]float32{nil, {1}, {1, 2, 3}, {float32(math.NaN()), 1}, {1, float32(math.Inf(1))}} {
		if x.Put("a", bad) == nil {
			t.Errorf("%v was put in", bad)
		}
		if _, err := x.Search(t.Context(), bad, 1, nil); err == nil {
			t.Errorf("%v was searched", bad)
		}
		if _, ok := x.Encode(bad); ok {
			t.Errorf("%v was encoded", bad)
		}
	}
	if x.Len() != 1 {
		t.Error("a refused vector changed the index")
	}
	if hits := search(t, x, []float32{0, 0}, 5, nil); len(hits) != 0 {
		t.Errorf("a zero query found %v", hits)
	}
	put(t, x, "a", []float32{0, 0})
	if x.Len() != 0 {
		t.Error("a zero vector is kept")
	}
	// Numbers at the edge of the format keep their direction.
	wide := scan.New(300)
	v := slices.Repeat([]float32{math.MaxFloat32}, 300)
	put(t, wide, "a", v)
	if hits := search(t, wide, slices.Repeat([]float32{math.SmallestNonzeroFloat32}, 300), 1, nil); len(hits) != 1 || hits[0].Score < 0.9 {
		t.Errorf("extreme numbers: %v", hits)
	}
}

func TestCancelledSearch(t *testing.T) {
	x := scan.New(8)
	put(t, x, "a", slices.Repeat([]float32{1}, 8))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := x.Search(ctx, slices.Repeat([]float32{1}, 8), 1, nil); err == nil {
		t.Error("a cancelled search answered")
	}
}

func TestChangesWhileSearching(t *testing.T) {
	x := scan.New(16)
	r := rand.New(rand.NewPCG(3, 3))
	stay := random(r, 16)
	for i := range 5000 {
		put(t, x, fmt.Sprint("x", i), random(r, 16))
	}
	put(t, x, "stay", stay)
	var work sync.WaitGroup
	work.Go(func() {
		r := rand.New(rand.NewPCG(4, 4))
		for i := range 5000 {
			if id := fmt.Sprint("x", i); i%2 == 0 {
				x.Delete(id)
			} else if err := x.Put(id, random(r, 16)); err != nil {
				t.Error(err)
			}
		}
	})
	for range 2 {
		work.Go(func() {
			for range 50 {
				if hits := search(t, x, stay, 3, nil); len(hits) != 3 || hits[0].ID != "stay" || hits[0].Score != 1 {
					t.Errorf("got %v", hits)
				}
			}
		})
	}
	work.Wait()
	if x.Len() != 2501 {
		t.Errorf("%d are left", x.Len())
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func BenchmarkSearch(b *testing.B) {
	for _, c := range []struct{ rows, dim int }{{100_000, 200}, {100_000, 256}, {500_000, 200}, {100_000, 512}, {100_000, 1024}} {
		b.Run(fmt.Sprintf("%d×%d", c.rows, c.dim), func(b *testing.B) {
			r := rand.New(rand.NewPCG(5, 5))
			pool := clustered(r, 5000, c.dim)
			before := heap()
			x := scan.New(c.dim)
			for i := range c.rows {
				v := slices.Clone(pool[i%len(pool)])
				for j := 0; j < c.dim; j += 2 {
					v[j] += float32(r.NormFloat64())
				}
				put(b, x, fmt.Sprintf("n_%020d", i), v)
			}
			taken := (float64(heap()) - float64(before)) / float64(c.rows)
			runtime.KeepAlive(pool)
			queries := clustered(r, 16, c.dim)
			for i := 0; b.Loop(); i++ {
				search(b, x, queries[i%len(queries)], 100, nil)
			}
			b.ReportMetric(taken, "B/record")
		})
	}
}
