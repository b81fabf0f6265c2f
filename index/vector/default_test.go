package vector

import (
	"slices"
	"testing"
)

// What ships is a file made by make vectors: these tests say what it must be able to do.

func TestShippedFileIsSmall(t *testing.T) {
	if n := len(shipped); n > 16<<20 {
		t.Errorf("%d bytes, want at most 16 MiB", n)
	}
	w := Default()
	if bytes := w.Len() * w.Dim() * 4; bytes > 45<<20 {
		t.Errorf("%d bytes of vectors in memory", bytes)
	}
}

func TestShippedWordsKnowWhatMeansTheSame(t *testing.T) {
	w := Default()
	for word, near := range map[string]string{
		"污水": "废水", "电池": "锂电池", "传感器": "传感", "农药": "除草剂", "光伏": "风电",
	} {
		id, ok := w.ID(word)
		other, known := w.ID(near)
		if !ok || !known {
			t.Errorf("%s or %s is not in the vocabulary", word, near)
			continue
		}
		rank := slices.IndexFunc(w.Near(word, 30), func(n Neighbour) bool { return n.Word == near })
		if rank < 0 {
			t.Errorf("%s (%.2f) is not among the 30 nearest of %s: %v", near, w.Similarity(id, other), word, w.Near(word, 10))
		}
	}
}

func TestShippedSentencesTellSubjectsApart(t *testing.T) {
	w, a := Default(), analyzer(t)
	vec := func(text string) []float32 {
		var words []Weighted
		for _, id := range w.IDs(nil, a, text) {
			words = append(words, Weighted{id, float32(w.Rarity(id))})
		}
		v := make([]float32, w.Dim())
		w.Sentence(v, words)
		return v
	}
	cosine := func(a, b []float32) (s float32) {
		for i := range a {
			s += a[i] * b[i]
		}
		return s
	}
	need := vec("生活污水脱氮除磷成本高，需要新的处理工艺")
	fits, not := cosine(need, vec("工业废水的生物净化装置")), cosine(need, vec("高速列车轴承故障诊断方法"))
	if fits < not+0.2 {
		t.Errorf("what fits %.2f, what does not %.2f", fits, not)
	}
}

func BenchmarkSimilarity(b *testing.B) {
	w := Default()
	for i := 0; b.Loop(); i++ {
		w.Similarity(ID(i%w.Len()), ID((i*7)%w.Len()))
	}
}

func BenchmarkSentence(b *testing.B) {
	w, words := Default(), make([]Weighted, 50)
	for i := range words {
		words[i] = Weighted{ID(i * 97), 0.5}
	}
	dst := make([]float32, w.Dim())
	for b.Loop() {
		w.Sentence(dst, words)
	}
}
