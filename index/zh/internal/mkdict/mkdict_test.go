package main

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiqiao/index/zh/internal/seg"
)

// writeCorpus writes documents as a corpus of one file and answers its directory.
func writeCorpus(t *testing.T, docs []map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "a.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	zw := gzip.NewWriter(f)
	for _, d := range docs {
		if err := json.NewEncoder(zw).Encode(d); err != nil {
			t.Fatal(err)
		}
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// made runs the whole command and answers the dictionary.
func made(t *testing.T, words string, docs []map[string]string) *seg.Dict {
	t.Helper()
	list, out := filepath.Join(t.TempDir(), "words.txt"), filepath.Join(t.TempDir(), "dict.gz")
	if err := os.WriteFile(list, []byte(words), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := run(list, writeCorpus(t, docs), out, out+".mined", slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	packed, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	d, err := seg.Load(packed)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDictionaryOfSmallCorpus(t *testing.T) {
	var docs []map[string]string
	around := []string{"采用", "制备", "沉积", "生长", "优化", "测试", "比较", "提高", "研究", "降低"}
	for i := range 60 {
		docs = append(docs, map[string]string{
			"title": around[i%10] + "瑶光" + around[(i/10+i)%10],
			"text":  fmt.Sprintf("%s瑶光%s，器件%s。瑶光；β相瑶光薄膜", around[(i+3)%10], around[(i+7)%10], around[i%10]),
			"field": "天枢工艺 β相瑶光",
		})
	}
	words := "采用 900 v\n制备 500 v\n沉积 100 v\n生长 100 v\n优化 100 v\n測試 100 v\n比较 100 v\n提高 100 v\n研究 100 v\n降低 100 v\n器件 50 n\n" +
		"薄膜 50 n\n罕见 3 n\n常见 300 n\n张三丰 5 nr\n瑶 5 n\n光 50 n\n"
	d := made(t, words, docs)
	for word, want := range map[string]bool{
		"瑶光": true, "器件": true, "测试": true, "常见": true, "天枢工艺": true, // mined, used, folded, frequent, keyword
		"罕见": false, "张三丰": false, "器件采用": false,
		"石墨烯": true, // hand-written
	} {
		if _, ok := d.Cost(word); ok != want {
			t.Errorf("%q in the dictionary: %v, want %v", word, ok, want)
		}
	}
	if len(d.Mixed("β")) < 1 || len(d.Mixed("3d")) < 5 {
		t.Error("the mixed words are missing")
	}
	mined, _ := d.Cost("瑶光")
	rare, _ := d.Cost("常见")
	if mined >= rare {
		t.Errorf("瑶光 costs %d and 常见, which the corpus lacks, %d", mined, rare)
	}
}

func TestErrors(t *testing.T) {
	corpus := writeCorpus(t, nil)
	good := filepath.Join(t.TempDir(), "words.txt")
	bad := filepath.Join(t.TempDir(), "bad.txt")
	for path, text := range map[string]string{good: "器件 5 n\n", bad: "器件 many\n"} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, args := range map[string][3]string{
		"no words":  {"/nonexistent", corpus, "/dev/null"},
		"bad count": {bad, corpus, "/dev/null"},
		"no corpus": {good, t.TempDir(), "/dev/null"},
		"no output": {good, corpus, "/nonexistent/dict.gz"},
	} {
		if err := run(args[0], args[1], args[2], "", slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestIsMixed(t *testing.T) {
	for s, want := range map[string]bool{
		"3d打印": true, "x射线": true, "维生素b12": true, "p型": true, "car-t疗法": true,
		"石墨烯": false, "abc": false, "3米": false, "a与b与c": false, "a b型": false, "": false,
	} {
		if isMixed(s) != want {
			t.Errorf("isMixed(%q) is %v", s, !want)
		}
	}
}

func TestCountAround(t *testing.T) {
	counts := map[string]int{"3d打印": 0, "金属3d打印": 0, "3d": 0, "打印": 0, "维生素b12": 0}
	text := "金属3d打印，3d打印与维生素b12"
	for start, end := range atoms(text) {
		countAround(counts, text, start, end)
	}
	want := map[string]int{"3d打印": 2, "金属3d打印": 1, "3d": 2, "打印": 0, "维生素b12": 1}
	if diff := cmp.Diff(want, counts); diff != "" {
		t.Error(diff)
	}
}

func TestEntropy(t *testing.T) {
	if h := entropy(map[int32]int{1: 10}); h != 0 {
		t.Errorf("one neighbour has entropy %f", h)
	}
	if h := entropy(map[int32]int{1: 5, 2: 5}); h < 0.69 || h > 0.70 {
		t.Errorf("two neighbours have entropy %f, want ln 2", h)
	}
}
