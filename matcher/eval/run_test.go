package eval

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/matcher"
)

// write makes a directory of files.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func gradedFiles() map[string]string {
	return map[string]string{
		"needs.jsonl": `{"id":"1","title":"滴灌控制","content":"果园节水灌溉"}
{"id":"2","title":"碳化硅烧结银","content":"空洞率"}
{"id":"3","title":"没有评级"}
`,
		// One with content, one with what old versions of the data lack.
		"achievements.jsonl": `{"id":"a","title":"灌溉 控制 系统"}
{"id":"b","title":"烧结 银膏","content":"碳化硅模块，空洞率低。"}
{"id":"c","title":"苹果 保鲜"}
`,
		"qrels.tsv": "need_id\tachievement_id\tlevel\n1\ta\t4\n1\tb\t1\n1\tc\t1\n2\ta\t1\n2\tb\t3\n",
	}
}

func TestRunGraded(t *testing.T) {
	var run bytes.Buffer
	steps := 0
	report, err := RunGraded(t.Context(), write(t, gradedFiles()), Options{
		Analyzer: testAnalyzer(t), RunTo: &run, Progress: func(done, total int) { steps += done*10 + total },
	})
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := report.Figure("jiqiao", "nDCG@10"); !ok || v.Value != 1 {
		t.Errorf("nDCG %+v", v)
	}
	if v, ok := report.Figure("constant", "1/(1+MAE)"); !ok || !near(v.Value, 1/(1+6.0/5)) {
		t.Errorf("a constant 2 has %+v", v)
	}
	if _, ok := report.Figure("jiqiao", "x"); ok {
		t.Error("a figure that is not there")
	}
	if got := strings.Count(run.String(), "\n"); got != 5 || steps != 34 {
		t.Errorf("run has %d rows, progress %d:\n%s", got, steps, run.String())
	}
	back, err := ReadRun(&run)
	if err != nil || len(back) != 5 {
		t.Errorf("run reads back as %d pairs, %v", len(back), err)
	}
	var text bytes.Buffer
	if err := report.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	column := -1
	for line := range strings.Lines(text.String()) {
		if i := strings.Index(line, "nDCG@10"); i >= 0 {
			column = displayWidth(line[:i])
		} else if i := strings.Index(line, "["); i > 8 && column > 0 && displayWidth(line[:i]) > column+9 {
			t.Errorf("%q is not aligned", line)
		}
	}
	data, err := json.Marshal(report)
	if err != nil || !strings.Contains(string(data), `"name":"bm25-bigram"`) {
		t.Errorf("%s, %v", data, err)
	}
}

func TestRunGradedRefusesBrokenData(t *testing.T) {
	for name, change := range map[string]func(f map[string]string){
		"no needs":        func(f map[string]string) { delete(f, "needs.jsonl") },
		"no judgements":   func(f map[string]string) { delete(f, "qrels.tsv") },
		"unknown text":    func(f map[string]string) { f["qrels.tsv"] += "1\tz\t2\n" },
		"broken JSON":     func(f map[string]string) { f["achievements.jsonl"] += "{" },
		"text without id": func(f map[string]string) { f["needs.jsonl"] += `{"title":"x"}` },
	} {
		files := gradedFiles()
		change(files)
		if _, err := RunGraded(t.Context(), write(t, files), Options{Analyzer: testAnalyzer(t)}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	broken := errors.New("broken")
	_, err := RunGraded(t.Context(), write(t, gradedFiles()), Options{
		Analyzer: testAnalyzer(t),
		Open:     func(context.Context, []jiqiao.Record) (matcher.Recaller, error) { return nil, broken },
	})
	if !errors.Is(err, broken) {
		t.Errorf("a broken index: %v", err)
	}
}

func TestRunRetrieval(t *testing.T) {
	dir := write(t, map[string]string{
		"docs.jsonl":  `{"id":"1","text":"碳化硅模块烧结银膏"}` + "\n" + `{"id":"2","text":"果园滴灌控制"}` + "\n" + `{"id":"3","text":"2468"}` + "\n",
		"queries.tsv": "q1\tmotivation\t烧结银空洞\nq2\tmotivation\t果园节水\nq3\tmotivation\t没有答案\nq4\tmotivation\t烧结银\n",
		"qrels.tsv":   "q1\t1\t1\nq2\t2\t1\nq4\t3\t1\n",
	})
	report, err := RunRetrieval(t.Context(), dir, Options{Analyzer: testAnalyzer(t)})
	if err != nil {
		t.Fatal(err)
	}
	for _, column := range []string{"MRR@10", "Recall@10", "Recall@50"} {
		if v, ok := report.Figure("jiqiao", column); !ok || !near(v.Value, 2.0/3) {
			t.Errorf("%s is %+v", column, v)
		}
	}
	if _, err := RunRetrieval(t.Context(), t.TempDir(), Options{Analyzer: testAnalyzer(t)}); err == nil {
		t.Error("an empty directory: no error")
	}
}

func TestRetrievalFigures(t *testing.T) {
	want := [][]float64{{1, 0.1, 0, 0, 0}, {1, 1, 0, 0, 0}, {1, 1, 1, 0, 0}}
	if diff := cmp.Diff(want, retrievalFigures([]int{1, 10, 11, 51, 0})); diff != "" {
		t.Error(diff)
	}
}

func TestBaselineBM25(t *testing.T) {
	x := newBM25([][]string{{"a", "a", "b"}, {"b"}, {"c", "c", "c", "c", "c"}})
	got := x.scores([]string{"a", "b", "b", "z"})
	// N 3, mean length 3; idf(a) = ln(1+2.5/1.5), idf(b) = ln(1+1.5/2.5).
	a, b := 0.9808292530117262, 0.4700036292457356
	want := []float64{a*2*2.2/(2+1.2) + 2*b*2.2/(1+1.2), 2 * b * 2.2 / (1 + 1.2*(0.25+0.75/3)), 0}
	for i := range want {
		if d := got[i] - want[i]; d > 1e-9 || d < -1e-9 {
			t.Errorf("document %d scores %v, want %v", i, got[i], want[i])
		}
	}
	if diff := cmp.Diff([]int{0, 1}, x.top([]string{"a", "b"}, 5)); diff != "" {
		t.Error(diff)
	}
}

func TestCharacterBigrams(t *testing.T) {
	if diff := cmp.Diff([]string{"废水", "水处", "处理", "5g", "a"}, characterBigrams("废水 处理，5G。A")); diff != "" {
		t.Error(diff)
	}
}

// TestGradedSet holds what the project promises of the staff's pairs.
func TestGradedSet(t *testing.T) {
	report, err := RunGraded(t.Context(), shared(t, "eval", "graded"), Options{Analyzer: testAnalyzer(t)})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		row, column string
		low, high   float64
	}{
		{"jiqiao", "nDCG@10", 0.69, 1},
		{"jiqiao", "成对准确率", 0.77, 1},
		{"jiqiao", "1/(1+MAE)", 0.705, 1},
		{"bm25-bigram", "nDCG@10", 0.645, 0.652},
		{"bm25-bigram", "成对准确率", 0.707, 0.711},
		{"constant", "1/(1+MAE)", 0.616, 0.618},
		{"constant", "成对准确率", 0.5, 0.5},
	} {
		if v, ok := report.Figure(c.row, c.column); !ok || v.Value < c.low || v.Value > c.high {
			t.Errorf("%s %s is %.4f, want %v to %v", c.row, c.column, v.Value, c.low, c.high)
		}
	}
}
