package vector

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jiqiao/index/zh"
)

func analyzer(t testing.TB) *zh.Analyzer {
	t.Helper()
	a, err := zh.New(zh.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// made is a small vocabulary with vectors at random.
func made(t testing.TB, words ...string) *Words {
	t.Helper()
	random := rand.New(rand.NewPCG(3, 4))
	s := Source{Words: words, Dim: 12, Common: [][]float32{make([]float32, 12)}}
	s.Common[0][3] = 1
	for range words {
		for range s.Dim {
			s.Rows = append(s.Rows, float32(random.NormFloat64()))
		}
		s.Rarity = append(s.Rarity, random.Float64())
	}
	w, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func file(t testing.TB, w *Words) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := w.Write(&buf); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestWhatIsWrittenReadsBackToTheBit(t *testing.T) {
	w := made(t, "污水", "废水", "电池", "污", "水")
	back, err := Read(bytes.NewReader(file(t, w)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(w, back, cmp.AllowUnexported(Words{})); diff != "" {
		t.Error(diff)
	}
}

func TestRowsHaveUnitLength(t *testing.T) {
	w := made(t, "污水", "废水", "电池")
	for i := range w.Len() {
		if s := w.Similarity(ID(i), ID(i)); math.Abs(float64(s)-1) > 1e-5 {
			t.Errorf("%s: length² %v", w.Word(ID(i)), s)
		}
	}
}

func TestVersionNamesTheContent(t *testing.T) {
	one, same, other := made(t, "污水", "废水"), made(t, "污水", "废水"), made(t, "污水", "电池")
	if one.Version() != same.Version() {
		t.Error("equal vocabularies have two versions")
	}
	if one.Version() == other.Version() {
		t.Error("different vocabularies have one version")
	}
}

func TestReadRefusesWhatIsDamaged(t *testing.T) {
	good := file(t, made(t, "污水", "废水", "电池"))
	resummed := func(change func(b []byte) []byte) []byte {
		body := change(slices.Clone(good[:len(good)-sha256.Size]))
		sum := sha256.Sum256(body)
		return append(body, sum[:]...)
	}
	flipped := slices.Clone(good)
	flipped[len(flipped)/2] ^= 1
	for name, data := range map[string][]byte{
		"empty":          nil,
		"no vocabulary":  []byte("hello, this is no vocabulary at all, however long it may go on"),
		"cut off":        good[:len(good)-1],
		"longer":         append(slices.Clone(good), 0),
		"one bit":        flipped,
		"too many words": resummed(func(b []byte) []byte { b[8] = 200; return b }),
		"no words":       resummed(func(b []byte) []byte { b[8] = 0; return b }),
		"no dimension":   resummed(func(b []byte) []byte { b[12], b[13] = 0, 0; return b }),
		"rest":           resummed(func(b []byte) []byte { return append(b, 1) }),
		"a word twice":   resummed(func(b []byte) []byte { copy(b[17:], b[24:30]); return b }),
	} {
		if _, err := Read(bytes.NewReader(data)); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	good := file(f, made(f, "污水", "废水"))
	f.Add(good[:len(good)-sha256.Size])
	f.Fuzz(func(t *testing.T, body []byte) {
		sum := sha256.Sum256(body)
		data := append(slices.Clone(body), sum[:]...)
		w, err := Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		w.Near(w.Word(0), 1)
		w.Sentence(make([]float32, w.Dim()), []Weighted{{0, 1}})
	})
}

func TestNewRefusesWhatMakesNoSense(t *testing.T) {
	nan := float32(math.NaN())
	for name, s := range map[string]Source{
		"no words":         {Dim: 1},
		"no dimension":     {Words: []string{"水"}, Rarity: []float64{1}},
		"too few rows":     {Words: []string{"水", "电"}, Dim: 1, Rows: []float32{1}, Rarity: []float64{1, 1}},
		"too few rarities": {Words: []string{"水", "电"}, Dim: 1, Rows: []float32{1, 1}, Rarity: []float64{1}},
		"not a number":     {Words: []string{"水"}, Dim: 1, Rows: []float32{nan}, Rarity: []float64{1}},
		"rarity":           {Words: []string{"水"}, Dim: 1, Rows: []float32{1}, Rarity: []float64{1.1}},
		"twice":            {Words: []string{"水", "水"}, Dim: 1, Rows: []float32{1, 1}, Rarity: []float64{1, 1}},
		"empty word":       {Words: []string{""}, Dim: 1, Rows: []float32{1}, Rarity: []float64{1}},
		"common":           {Words: []string{"水"}, Dim: 1, Rows: []float32{1}, Rarity: []float64{1}, Common: [][]float32{{1, 2}}},
	} {
		if _, err := New(s); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestNearListsTheNearestFirst(t *testing.T) {
	s := Source{
		Words: []string{"污水", "废水", "电池", "电"}, Dim: 2, Rarity: []float64{1, 1, 1, 1},
		Rows: []float32{1, 0, 1, 0.2, 0, 1, -1, 1},
	}
	w, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range w.Near("污水", 2) {
		got = append(got, n.Word)
	}
	if diff := cmp.Diff([]string{"废水", "电池"}, got); diff != "" {
		t.Error(diff)
	}
	if got := w.Near("猫", 2); got != nil {
		t.Errorf("a word of which nothing is known has neighbours: %v", got)
	}
	if got := w.Near("废水电", 9); len(got) != 4 {
		t.Errorf("a composed word has %d neighbours, want all 4 words", len(got))
	}
}

func TestSentenceHasUnitLengthAndNoCommonPart(t *testing.T) {
	w := made(t, "污水", "废水", "电池", "传感器")
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOf(rapid.Custom(func(t *rapid.T) Weighted {
			return Weighted{ID(rapid.IntRange(0, 3).Draw(t, "word")), rapid.Float32Range(0.01, 2).Draw(t, "weight")}
		})).Draw(t, "words")
		v := make([]float32, w.Dim())
		w.Sentence(v, words)
		length, shared := 0.0, 0.0
		for i, x := range v {
			length += float64(x * x)
			shared += float64(x * w.Common()[0][i])
		}
		want := 1.0
		if len(words) == 0 {
			want = 0
		}
		if math.Abs(length-want) > 1e-4 || math.Abs(shared) > 1e-5 {
			t.Errorf("length² %v, common part %v", length, shared)
		}
	})
}
