package train

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiqiao/index/vector"
	"jiqiao/index/zh"
)

var chain = sync.OnceValues(func() (*zh.Analyzer, error) { return zh.New(zh.Options{}) })

func analyzer(t testing.TB) *zh.Analyzer {
	t.Helper()
	a, err := chain()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

var made = sync.OnceValues(func() (*vector.Words, error) {
	a, err := chain()
	if err != nil {
		return nil, err
	}
	return Make(context.Background(), a, tale(400), small())
})

// vocabulary is made from tale(400) by the small recipe.
func vocabulary(t testing.TB) *vector.Words {
	t.Helper()
	w, err := made()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// subjects are groups of words that stand together in made-up texts.
var subjects = [][]string{
	{"污水", "废水", "处理", "净化", "沉淀", "脱氮", "水质", "排放"},
	{"电池", "电极", "充电", "电解液", "储能", "锂", "正极", "隔膜"},
	{"传感器", "信号", "测量", "振动", "监测", "采集", "滤波", "精度"},
	{"水稻", "小麦", "种子", "育种", "产量", "土壤", "施肥", "病害"},
}

// tale is made-up texts: each has one subject, two sentences of words of it at random, and a title.
func tale(n int) []Text {
	random := rand.New(rand.NewPCG(1, 1))
	sentence := func(words []string, k int) string {
		var s []string
		for range k {
			s = append(s, words[random.IntN(len(words))])
		}
		return strings.Join(s, " ")
	}
	out := make([]Text, n)
	for i := range out {
		words := subjects[i%len(subjects)]
		out[i] = Text{ID: fmt.Sprintf("t%d", i), Title: sentence(words, 3), Body: sentence(words, 6) + "。" + sentence(words, 6) + "。"}
	}
	return out
}

// small is a recipe for made-up texts.
func small() Recipe {
	r := DefaultRecipe()
	r.Read = ReadOptions{MinCount: 2}
	r.PPMI.Dim, r.PPMI.Window = 16, 3
	r.SGNS = DefaultSGNS(16, 3)
	r.SGNS.Sample, r.SGNS.Epochs = 1, 10
	r.Contrast.Batch, r.Contrast.Epochs = 32, 2
	r.Finish.Telling = 0.05
	return r
}

func train(t testing.TB, texts []Text, r Recipe) *vector.Words {
	t.Helper()
	w, err := Make(t.Context(), analyzer(t), texts, r)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func bytesOf(t testing.TB, w *vector.Words) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := w.Write(&buf); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// apart is by how much words of one subject are nearer to each other than to those of others.
func apart(w *vector.Words) float64 {
	var same, other, ns, no float64
	for i, a := range subjects {
		for j, b := range subjects {
			for _, x := range a {
				for _, y := range b {
					p, ok := w.ID(x)
					q, known := w.ID(y)
					switch s := float64(0); {
					case !ok || !known || x == y:
					case i == j:
						s = float64(w.Similarity(p, q))
						same, ns = same+s, ns+1
					default:
						s = float64(w.Similarity(p, q))
						other, no = other+s, no+1
					}
				}
			}
		}
	}
	return same/ns - other/no
}

func TestWordsOfOneSubjectComeToLieTogether(t *testing.T) {
	texts := tale(400)
	untuned, skip := small(), small()
	untuned.Contrast.Epochs = 0
	skip.Method, skip.Contrast.Epochs = MethodSGNS, 0
	for name, r := range map[string]Recipe{"ppmi and contrast": small(), "ppmi": untuned, "sgns": skip} {
		if d := apart(train(t, texts, r)); !(d > 0.3) {
			t.Errorf("%s: words of one subject are only %.2f nearer than others", name, d)
		}
	}
}

func TestTheSameTextsGiveTheSameBytes(t *testing.T) {
	texts := tale(300)
	for _, method := range []string{MethodPPMI, MethodSGNS} {
		r := small()
		r.Method = method
		first := bytesOf(t, train(t, texts, r))
		for _, procs := range []int{1, 3} {
			before := runtime.GOMAXPROCS(procs)
			again := bytesOf(t, train(t, texts, r))
			runtime.GOMAXPROCS(before)
			if !bytes.Equal(first, again) {
				t.Errorf("%s: other bytes on %d processors", method, procs)
			}
		}
	}
}

func TestMakeStopsWhenTold(t *testing.T) {
	for _, method := range []string{MethodPPMI, MethodSGNS} {
		r := small()
		r.Method = method
		for _, stage := range []string{"分词", "统计共现", "矩阵分解", "跳字模型", "调整向量"} {
			ctx, stop := context.WithCancel(t.Context())
			reached := false
			r.Progress = func(s string, _, _ int) {
				if s == stage {
					reached = true
					stop()
				}
			}
			_, err := Make(ctx, analyzer(t), tale(300), r)
			stop()
			if reached && !errors.Is(err, context.Canceled) {
				t.Errorf("%s stopped at %s: %v", method, stage, err)
			}
		}
	}
}

func TestMakeRefusesWhatItCannotDo(t *testing.T) {
	unknown, many := small(), small()
	unknown.Method = "magic"
	many.Contrast.Batch = 1000
	for name, c := range map[string]struct {
		texts []Text
		r     Recipe
	}{
		"no texts":       {nil, small()},
		"one word":       {[]Text{{ID: "1", Body: "污水 污水 污水"}}, small()},
		"unknown method": {tale(50), unknown},
		"too few pairs":  {tale(50), many},
	} {
		if _, err := Make(t.Context(), analyzer(t), c.texts, c.r); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestReadKeepsFrequentWordsBySentence(t *testing.T) {
	c, err := Read(t.Context(), analyzer(t), []Text{
		{ID: "a#1", Title: "处理", Body: "污水，净化。电池 0.5mm 充电"},
		{ID: "a#2", Body: "污水。电池"},
	}, ReadOptions{MinCount: 2})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"污水", "电池"}, c.Words); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{2, 2}, c.Counts); diff != "" {
		t.Error(diff)
	}
	want := []Document{
		{Group: "a", Title: []vector.ID{}, Body: [][]vector.ID{{0}, {1}}},
		{Group: "a", Title: []vector.ID{}, Body: [][]vector.ID{{0}, {1}}},
	}
	if diff := cmp.Diff(want, c.Documents); diff != "" {
		t.Error(diff)
	}
}

func TestReadFilesOfACorpus(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte(`{"id":"2","text":"电池"}` + "\n"))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	write("a.jsonl", `{"id":"1","title":"题","text":"污水"}`+"\n")
	write("b.jsonl.gz", packed.String())
	write("bad.jsonl", "{\n")
	write("README.md", "no corpus")
	files, err := Files(dir)
	if err != nil || len(files) != 3 {
		t.Fatalf("%v, %v", files, err)
	}
	var got []Text
	for _, f := range files[:2] {
		for text, err := range ReadFile(f) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, text)
		}
	}
	if diff := cmp.Diff([]Text{{ID: "1", Title: "题", Body: "污水"}, {ID: "2", Body: "电池"}}, got); diff != "" {
		t.Error(diff)
	}
	for _, err := range ReadFile(files[2]) {
		if err == nil || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("a bad line: %v", err)
		}
	}
	if _, err := Files(filepath.Join(dir, "absent")); err == nil {
		t.Error("a directory that is not there: no error")
	}
	if _, err := Files(t.TempDir()); err == nil {
		t.Error("an empty directory: no error")
	}
}

// The factorisation must find a matrix that it can represent exactly.
func TestFactorFindsTheDirections(t *testing.T) {
	const n, rank = 40, 3
	random := rand.New(rand.NewPCG(5, 6))
	truth := make([]float64, n*rank)
	for i := range truth {
		truth[i] = random.NormFloat64()
	}
	m := &sparse{columns: make([][]uint16, n), values: make([][]float32, n)}
	for i := range n {
		for j := range n {
			s := 0.0
			for k := range rank {
				s += truth[i*rank+k] * truth[j*rank+k]
			}
			m.columns[i], m.values[i] = append(m.columns[i], uint16(j)), append(m.values[i], float32(s))
		}
	}
	v, err := factor(t.Context(), m, PPMIOptions{Dim: rank, EigenPower: 0.5, Iterations: 4})
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		for j := range n {
			if got := dot(v.Row(i), v.Row(j)); math.Abs(float64(got-m.values[i][j])) > 1e-3 {
				t.Fatalf("%d, %d: %v, want %v", i, j, got, m.values[i][j])
			}
		}
	}
}

func TestRarity(t *testing.T) {
	r := Rarities([]int{900, 99, 1}, 0.01)
	if !(r[0] < 0.02 && r[1] < r[2] && r[2] < 1) {
		t.Errorf("%v", r)
	}
	if diff := cmp.Diff([]float64{0.5, 1, 0}, relative([]float64{1, 2, 0})); diff != "" {
		t.Error(diff)
	}
}
