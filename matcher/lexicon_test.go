package matcher

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"jiqiao/index/vector"
)

func TestLikenessIsTheCosine(t *testing.T) {
	l := newLexicon(vector.Default())
	id := func(word string) vector.ID {
		id, ok := l.ID(word)
		if !ok {
			t.Fatalf("no word %s", word)
		}
		return id
	}
	for _, c := range []struct {
		a, b string
		near bool
	}{{"污水", "废水", true}, {"电池", "锂离子", true}, {"传感器", "传感", true}, {"污水", "轴承", false}} {
		got, ok := l.likeness(id(c.a), id(c.b))
		want := math.Round(float64(l.Similarity(id(c.a), id(c.b))) * 255)
		if ok != c.near || ok && float64(got) != want {
			t.Errorf("%s, %s: %d, %v; the cosine is %v", c.a, c.b, got, ok, want/255)
		}
	}
	if same, _ := l.likeness(id("污水"), id("污水")); same != 255 {
		t.Errorf("a word is like itself by %d", same)
	}
}

// TestLikenessOfRandomWords holds the shortcut to its promises: one number from both sides, never too high, and nothing
// lost that is much alike.
func TestLikenessOfRandomWords(t *testing.T) {
	l := newLexicon(vector.Default())
	rapid.Check(t, func(t *rapid.T) {
		a := vector.ID(rapid.IntRange(0, l.Len()-1).Draw(t, "a"))
		b := vector.ID(rapid.IntRange(0, l.Len()-1).Draw(t, "b"))
		forth, ok := l.likeness(a, b)
		back, okBack := l.likeness(b, a)
		if forth != back || ok != okBack {
			t.Fatalf("%d from one side, %d from the other", forth, back)
		}
		cos := l.Similarity(a, b)
		if ok && math.Abs(float64(forth)/255-float64(cos)) > 0.003 && a != b {
			t.Fatalf("likeness %d, cosine %v", forth, cos)
		}
		if !ok && cos > 0.75 {
			t.Fatalf("lost a cosine of %v", cos)
		}
	})
}

func TestFewDimensionsHaveNoSigns(t *testing.T) {
	w, err := vector.New(vector.Source{
		Words: []string{"甲", "乙"}, Rows: []float32{1, 0.9, 0.1, -0.1, 1, 0.9, -0.1, 0.1}, Dim: 4, Rarity: []float64{0.5, 0.5},
	})
	if err != nil {
		t.Fatal(err)
	}
	if like, ok := newLexicon(w).likeness(0, 1); !ok || like < 200 {
		t.Errorf("likeness %d, %v", like, ok)
	}
}
