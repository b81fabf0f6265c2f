package store_test

import (
	"fmt"
	"strings"
	"testing"

	"jiqiao"
	"jiqiao/store"
	"jiqiao/store/storetest"
)

// The benchmarks' PostgreSQL does not sync unless JIQIAO_PG_FSYNC=on; SQLite always does.

func benchBoth(b *testing.B, bench func(b *testing.B, st *store.Store)) {
	for name, url := range map[string]func(testing.TB) string{"SQLite": sqliteURL, "PostgreSQL": postgresURL} {
		b.Run(name, func(b *testing.B) { bench(b, open(b, url(b))) })
	}
}

// long is a need of about a thousand characters, as they come.
func long(i int) *jiqiao.Need {
	n := storetest.Need(fmt.Sprintf("公司 %d", i%100), fmt.Sprintf("提高第 %d 号部件的导热率", i))
	n.Background = strings.Repeat("现有工艺的良品率偏低，设备老化，能耗较高。", 20)
	n.Constraints = strings.Repeat("成本不高于现有方案，满足环保要求。", 20)
	n.Keywords = []string{"石墨烯", "导热膜", "良品率"}
	n.Metrics = []jiqiao.Metric{{Name: "导热率", Comparator: jiqiao.ComparatorAtLeast, Value: 1500, Unit: "W/(m·K)"}}
	return n
}

func fill(b *testing.B, st *store.Store, n int) []string {
	b.Helper()
	var ids []string
	for start := 0; start < n; start += 500 {
		var batch []jiqiao.Record
		for i := start; i < min(start+500, n); i++ {
			batch = append(batch, long(i))
		}
		results, err := st.PutMany(b.Context(), batch)
		if err != nil {
			b.Fatal(err)
		}
		for _, r := range results {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

func BenchmarkPut(b *testing.B) {
	benchBoth(b, func(b *testing.B, st *store.Store) {
		for i := 0; b.Loop(); i++ {
			if err := st.Put(b.Context(), long(i)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkPutParallel(b *testing.B) {
	benchBoth(b, func(b *testing.B, st *store.Store) {
		b.SetParallelism(8)
		b.RunParallel(func(pb *testing.PB) {
			for i := 0; pb.Next(); i++ {
				if err := st.Put(b.Context(), long(i)); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

func BenchmarkPutMany500(b *testing.B) {
	benchBoth(b, func(b *testing.B, st *store.Store) {
		for round := 0; b.Loop(); round++ {
			batch := make([]jiqiao.Record, 500)
			for i := range batch {
				batch[i] = long(round*500 + i)
			}
			if _, err := st.PutMany(b.Context(), batch); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N)*500/b.Elapsed().Seconds(), "records/s")
	})
}

func BenchmarkPutMany500Unchanged(b *testing.B) {
	benchBoth(b, func(b *testing.B, st *store.Store) {
		for b.Loop() {
			fill(b, st, 500)
		}
		b.ReportMetric(float64(b.N)*500/b.Elapsed().Seconds(), "records/s")
	})
}

func BenchmarkGet(b *testing.B) {
	benchBoth(b, func(b *testing.B, st *store.Store) {
		ids := fill(b, st, 5000)
		for i := 0; b.Loop(); i++ {
			if _, err := st.Get(b.Context(), jiqiao.KindNeed, ids[i*7919%len(ids)]); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkGetMany50(b *testing.B) {
	benchBoth(b, func(b *testing.B, st *store.Store) {
		ids := fill(b, st, 5000)
		ask := make([]string, 50)
		for i := 0; b.Loop(); i++ {
			for j := range ask {
				ask[j] = ids[(i*50+j)*7919%len(ids)]
			}
			if got, err := st.GetMany(b.Context(), jiqiao.KindNeed, ask); err != nil || len(got) != 50 {
				b.Fatal(len(got), err)
			}
		}
	})
}

func BenchmarkVersion(b *testing.B) {
	benchBoth(b, func(b *testing.B, st *store.Store) {
		ids := fill(b, st, 5000)
		for i := 0; b.Loop(); i++ {
			if _, err := st.Version(b.Context(), jiqiao.KindNeed, ids[i*7919%len(ids)]); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkEach(b *testing.B) {
	benchBoth(b, func(b *testing.B, st *store.Store) {
		fill(b, st, 5000)
		n := 0
		for b.Loop() {
			err := st.Each(b.Context(), jiqiao.KindNeed, "", func(jiqiao.Record) error {
				n++
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "records/s")
	})
}

func BenchmarkAuthenticate(b *testing.B) {
	benchBoth(b, func(b *testing.B, st *store.Store) {
		secret := storetest.Fill(b, st)
		for b.Loop() {
			if _, err := st.Authenticate(b.Context(), secret); err != nil {
				b.Fatal(err)
			}
		}
	})
}
