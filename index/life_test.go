package index_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/blevesearch/bleve/v2"
	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/index"
	"jiqiao/index/indextest"
	"jiqiao/index/zh"
)

func titles(t *testing.T, x *index.Index, text string) []string {
	t.Helper()
	r, err := x.Search(t.Context(), jiqiao.SearchQuery{Kind: jiqiao.KindAchievement, Text: text, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	list := []string{}
	for _, h := range r.Hits {
		list = append(list, h.ID)
	}
	return list
}

// filled is a closed index of two achievements and a need, after three changes.
func filled(t *testing.T, h *zh.Holder) (dir string, src *indextest.Source) {
	t.Helper()
	dir = t.TempDir()
	records := []jiqiao.Record{
		indextest.Achievement(1, "光伏组件", "封装", indextest.Industry("C38"), indextest.Owner("o_1", "一厂"), indextest.Keywords("组件")),
		indextest.Achievement(2, "光伏支架", "跟踪", indextest.Region("320981"), indextest.Price(80), indextest.Until("2026-09-01")),
		indextest.Need(3, "求光伏组件", "封装"),
	}
	src = indextest.NewSource(records...)
	x := open(t, dir, h)
	if err := x.Apply(t.Context(), 3, records, nil); err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, src
}

func build(t *testing.T, dir string) string {
	t.Helper()
	name, err := os.ReadFile(filepath.Join(dir, "CURRENT"))
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, strings.TrimSpace(string(name)))
}

func TestColdOpen(t *testing.T) {
	h := newHolder(t)
	dir, _ := filled(t, h)
	x := open(t, dir, newHolder(t)) // another analyzer, as another process has
	if got := x.Seq(); got != 3 || x.Stale() != "" || x.Count(jiqiao.KindAchievement) != 2 || x.Count(jiqiao.KindNeed) != 1 {
		t.Fatalf("change %d, stale %q", got, x.Stale())
	}
	q := jiqiao.SearchQuery{Kind: jiqiao.KindAchievement, Text: "光伏", Facets: true}
	cold, err := x.Search(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	fresh := open(t, t.TempDir(), h)
	if err := fresh.Rebuild(t.Context(), indextest.NewSource(
		indextest.Achievement(1, "光伏组件", "封装", indextest.Industry("C38"), indextest.Owner("o_1", "一厂"), indextest.Keywords("组件")),
		indextest.Achievement(2, "光伏支架", "跟踪", indextest.Region("320981"), indextest.Price(80), indextest.Until("2026-09-01")),
		indextest.Need(3, "求光伏组件", "封装"),
	), nil); err != nil {
		t.Fatal(err)
	}
	warm, err := fresh.Search(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(warm, cold); diff != "" {
		t.Errorf("the index answers otherwise after opening it again (-before +after): %s", diff)
	}
	if x.Generation() != fresh.Generation() || x.Generation() == "" {
		t.Errorf("generations %q and %q of the same state", x.Generation(), fresh.Generation())
	}
	if s, err := x.Suggest(t.Context(), jiqiao.KindAchievement, "组", 5); err != nil || len(s) == 0 || s[0].Text != "组件" {
		t.Errorf("suggestions %v, %v", s, err)
	}
	if err := x.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestDamageIsRebuilt(t *testing.T) {
	h := newHolder(t)
	for name, damage := range map[string]func(t *testing.T, build string){
		"segment cut": func(t *testing.T, build string) {
			eachFile(t, build, ".zap", func(path string, data []byte) []byte { return data[:len(data)/2] })
		},
		"segment gone": func(t *testing.T, build string) {
			eachFile(t, build, ".zap", func(string, []byte) []byte { return nil })
		},
		"segment of zeros": func(t *testing.T, build string) {
			eachFile(t, build, ".zap", func(_ string, data []byte) []byte { return make([]byte, len(data)) })
		},
		"stored record changed": func(t *testing.T, build string) {
			eachFile(t, build, ".zap", func(_ string, data []byte) []byte {
				i := bytes.Index(data, []byte("光伏组件"))
				if i < 0 {
					i = bytes.Index(data, []byte("光伏"))
				}
				if i >= 0 {
					data[i] ^= 0x55
				}
				return data
			})
		},
		"root cut": func(t *testing.T, build string) {
			eachFile(t, build, ".bolt", func(_ string, data []byte) []byte { return data[:len(data)/3] })
		},
		"root of noise": func(t *testing.T, build string) {
			eachFile(t, build, ".bolt", func(_ string, data []byte) []byte { return bytes.Repeat([]byte("noise"), len(data)/5) })
		},
		"meta gone": func(t *testing.T, build string) {
			if err := os.Remove(filepath.Join(build, "index_meta.json")); err != nil {
				t.Fatal(err)
			}
		},
		"build gone": func(t *testing.T, build string) {
			if err := os.RemoveAll(build); err != nil {
				t.Fatal(err)
			}
		},
		"older mapping": func(t *testing.T, build string) {
			b, err := bleve.Open(build)
			if err != nil {
				t.Fatal(err)
			}
			if err := b.SetInternal([]byte("jiqiao.version"), []byte("m0-whatever")); err != nil {
				t.Fatal(err)
			}
			if err := b.Close(); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, src := filled(t, h)
			before := build(t, dir)
			damage(t, before)
			var log bytes.Buffer
			x, err := index.Open(t.Context(), index.Options{Dir: dir, Analyzer: h, Log: slog.New(slog.NewTextHandler(&log, nil))})
			if err != nil {
				t.Fatal(err)
			}
			defer x.Close()
			if x.Stale() == "" && x.Seq() == 0 && x.Count(jiqiao.KindNeed) == 0 {
				// bleve fell back to the state before the damaged segment, whose change number is as old: following
				// the store mends it.
				if n, err := (&index.Follower{Store: src, Index: x}).Step(t.Context()); n != 3 || err != nil {
					t.Errorf("following takes %d changes: %v", n, err)
				}
				if got := titles(t, x, "光伏"); len(got) != 2 {
					t.Errorf("after following: %v", got)
				}
				return
			}
			if x.Stale() == "" || !strings.Contains(log.String(), "rebuilt") {
				t.Fatalf("nobody noticed; log: %s", log.String())
			}
			_, err = x.Search(t.Context(), jiqiao.SearchQuery{Kind: jiqiao.KindNeed})
			if jiqiao.CodeOf(err) != jiqiao.CodeUnavailable {
				t.Errorf("search without an index: %v", err)
			}
			if err := x.Apply(t.Context(), 4, nil, nil); jiqiao.CodeOf(err) != jiqiao.CodeUnavailable {
				t.Errorf("apply without an index: %v", err)
			}
			if err := x.Rebuild(t.Context(), src, nil); err != nil {
				t.Fatal(err)
			}
			if got := titles(t, x, "光伏"); len(got) != 2 || x.Stale() != "" || x.Seq() != 3 {
				t.Errorf("after the rebuild: %v, stale %q, change %d", got, x.Stale(), x.Seq())
			}
			if _, err := os.Stat(before); err == nil && build(t, dir) != before {
				t.Error("the damaged build is still there")
			}
		})
	}
}

func eachFile(t *testing.T, dir, suffix string, change func(path string, data []byte) []byte) {
	t.Helper()
	changed := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, suffix) {
			return err
		}
		changed++
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if data = change(path, data); data == nil {
			return os.Remove(path)
		}
		return os.WriteFile(path, data, 0o600)
	})
	if err != nil || changed == 0 {
		t.Fatalf("changed %d files: %v", changed, err)
	}
}

func TestAnotherAnalysisAnswersUntilRebuilt(t *testing.T) {
	h := newHolder(t)
	dir, src := filled(t, h)
	x := open(t, dir, h)
	old := x.Generation()
	a, err := zh.New(zh.Options{UserDict: strings.NewReader("光伏支架\n")})
	if err != nil {
		t.Fatal(err)
	}
	h.Swap(a)
	if x.Stale() == "" || x.Generation() != old {
		t.Fatalf("stale %q, generation %q", x.Stale(), x.Generation())
	}
	if got := titles(t, x, "光伏"); len(got) != 2 {
		t.Errorf("while stale: %v", got)
	}
	again := open(t, dir2(t, dir, x), h) // also after a restart
	if got := titles(t, again, "光伏"); len(got) != 2 || again.Stale() == "" {
		t.Errorf("stale after a restart: %v, %q", got, again.Stale())
	}
	done := 0
	if err := again.Rebuild(t.Context(), src, func(n int) { done = n }); err != nil {
		t.Fatal(err)
	}
	if again.Stale() != "" || again.Generation() == old || done != 3 {
		t.Errorf("after the rebuild: stale %q, generation %q, progress %d", again.Stale(), again.Generation(), done)
	}
}

// dir2 closes x and answers its directory.
func dir2(t *testing.T, dir string, x *index.Index) string {
	t.Helper()
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestSecondProcessIsRefused(t *testing.T) {
	h := newHolder(t)
	dir, _ := filled(t, h)
	open(t, dir, h)
	_, err := index.Open(t.Context(), index.Options{Dir: dir, Analyzer: h})
	if jiqiao.CodeOf(err) != jiqiao.CodeUnavailable || !strings.Contains(err.Error(), "另一个程序") {
		t.Errorf("got %v", err)
	}
}

func TestCrashWhileRebuildingLeavesTheOldBuild(t *testing.T) {
	h := newHolder(t)
	dir, src := filled(t, h)
	before := build(t, dir)
	half := filepath.Join(dir, "build-000002")
	if err := os.MkdirAll(half, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "CURRENT.tmp"), []byte("build-0000"), 0o644); err != nil {
		t.Fatal(err)
	}
	x := open(t, dir, h)
	if got := titles(t, x, "光伏"); len(got) != 2 || build(t, dir) != before {
		t.Errorf("%v in %s", got, build(t, dir))
	}
	if _, err := os.Stat(half); !os.IsNotExist(err) {
		t.Errorf("the half-made build is still there: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := x.Rebuild(ctx, src, nil); err == nil {
		t.Error("a cancelled rebuild reports success")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 3 { // CURRENT, CURRENT.tmp and the build
		t.Errorf("a cancelled rebuild leaves %v", entries)
	}
	if err := x.Rebuild(t.Context(), src, nil); err != nil || build(t, dir) == before {
		t.Errorf("rebuild: %v, in %s", err, build(t, dir))
	}
}

func TestClosedIndexAnswersNothing(t *testing.T) {
	h := newHolder(t)
	dir, src := filled(t, h)
	x := open(t, dir, h)
	dir2(t, dir, x)
	if _, err := x.Search(t.Context(), jiqiao.SearchQuery{Kind: jiqiao.KindNeed}); jiqiao.CodeOf(err) != jiqiao.CodeUnavailable {
		t.Errorf("search: %v", err)
	}
	if err := x.Rebuild(t.Context(), src, nil); jiqiao.CodeOf(err) != jiqiao.CodeUnavailable {
		t.Errorf("rebuild: %v", err)
	}
	if x.Generation() != "" || x.Seq() != 0 || len(x.QueryTerms("光伏")) != 0 {
		t.Error("a closed index has a state")
	}
}

func TestMappingIsClosed(t *testing.T) {
	h := newHolder(t)
	dir, _ := filled(t, h)
	b, err := bleve.Open(build(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	fields, err := b.Fields()
	if err != nil {
		t.Fatal(err)
	}
	allowed := "_id budgets cooperation doc emerging fields industries keywords kind organisations regions statuses terms title trl years"
	for _, f := range fields {
		if !strings.Contains(" "+allowed+" ", " "+f+" ") {
			t.Errorf("field %q is in the index", f)
		}
	}
	if err := b.Index("x", map[string]any{"title": "光伏", "secret": "13800000000"}); err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"光伏", "13800000000"} {
		r, err := b.Search(bleve.NewSearchRequest(bleve.NewTermQuery(word)))
		if err != nil || r.Total != 0 {
			t.Errorf("a document outside the mapping is found by %s: %v, %v", word, r, err)
		}
	}
	q := bleve.NewTermQuery("光伏")
	q.SetField("title")
	if r, err := b.Search(bleve.NewSearchRequest(q)); err != nil || r.Total != 3 {
		t.Errorf("bleve itself finds %v, %v", r, err)
	}
}

func TestManySmallBatchesSurviveReopening(t *testing.T) {
	h := newHolder(t)
	dir := t.TempDir()
	x := open(t, dir, h)
	for i := range 30 {
		rec := indextest.Achievement(i%20, fmt.Sprintf("装置%d型", i), "文")
		if err := x.Apply(t.Context(), int64(i+1), []jiqiao.Record{rec}, nil); err != nil {
			t.Fatal(err)
		}
		if i%7 == 3 {
			x = open(t, dir2(t, dir, x), h)
		}
	}
	if got := titles(t, x, ""); len(got) != 20 || x.Seq() != 30 {
		t.Errorf("%d records at change %d", len(got), x.Seq())
	}
	if got := titles(t, x, "装置29型"); len(got) != 1 {
		t.Errorf("the last version of a record: %v", got)
	}
	if err := x.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}
