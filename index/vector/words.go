package vector

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/viterin/vek/vek32"
)

//go:embed words.vec
var shipped []byte

var defaultWords = sync.OnceValue(Builtin)

// Default is the vocabulary that ships with the program, read at the first call (about 0.1 s, 45 MB) and kept.
func Default() *Words { return defaultWords() }

// Builtin reads the vocabulary that ships with the program anew: for those that need it once and then no more.
func Builtin() *Words {
	w, err := Read(bytes.NewReader(shipped))
	if err != nil {
		panic("vector: the embedded words.vec: " + err.Error()) // a fault of the build, found by every test
	}
	return w
}

// BuiltinVersion is the version of the vocabulary that ships with the program, at no cost.
func BuiltinVersion() string { return versionOf(shipped[len(shipped)-sha256.Size:]) }

// ID is a word of one vocabulary; another vocabulary gives it to another word.
type ID uint16

// MaxWords is how many words a vocabulary can hold.
const MaxWords = 1<<16 - 1

// Words is a vocabulary with a vector of unit length for each word. It is immutable and safe for concurrent use.
type Words struct {
	version string
	dim     int
	words   []string
	ids     map[string]ID
	rows    []float32 // len(words) × dim
	rarity  []float32
	common  [][]float32 // orthonormal
}

// Source is what a vocabulary is made of.
type Source struct {
	// Words are folded terms of package zh, each once, the most frequent first.
	Words []string
	// Rows holds the vectors one after another, len(Words) × Dim; their lengths do not matter.
	Rows []float32
	Dim  int
	// Rarity is how telling each word is, 0–1.
	Rarity []float64
	// Common are orthonormal directions that Sentence takes out.
	Common [][]float32
}

// New makes a vocabulary. Vectors are rounded to what a file can hold, so that what is written reads back as it was.
func New(s Source) (*Words, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	w := &Words{dim: s.Dim, words: slices.Clone(s.Words), rows: make([]float32, len(s.Rows)), common: s.Common}
	q := make([]int8, s.Dim)
	for i := range s.Words {
		quantise(q, s.Rows[i*s.Dim:(i+1)*s.Dim])
		expand(w.rows[i*s.Dim:(i+1)*s.Dim], q)
	}
	for _, r := range s.Rarity {
		w.rarity = append(w.rarity, float32(r))
	}
	return w, w.finish()
}

func (s *Source) check() error {
	switch n := len(s.Words); {
	case n == 0 || n > MaxWords:
		return fmt.Errorf("vector: a vocabulary of %d words, want 1 to %d", n, MaxWords)
	case s.Dim < 1 || s.Dim > maxDim:
		return fmt.Errorf("vector: dimension %d, want 1 to %d", s.Dim, maxDim)
	case len(s.Rows) != n*s.Dim || len(s.Rarity) != n:
		return fmt.Errorf("vector: %d words of dimension %d with %d components and %d rarities", n, s.Dim, len(s.Rows), len(s.Rarity))
	}
	for _, c := range s.Common {
		if len(c) != s.Dim {
			return fmt.Errorf("vector: a common direction of dimension %d, want %d", len(c), s.Dim)
		}
	}
	for _, x := range s.Rows {
		if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
			return errors.New("vector: a component is not a number")
		}
	}
	for i, r := range s.Rarity {
		if !(r >= 0 && r <= 1) {
			return fmt.Errorf("vector: the rarity of %q is %g, want 0 to 1", s.Words[i], r)
		}
	}
	return nil
}

// finish indexes the words and names the version after all that the vocabulary holds.
func (w *Words) finish() error {
	w.ids = make(map[string]ID, len(w.words))
	for i, word := range w.words {
		if _, twice := w.ids[word]; twice || word == "" || len(word) > maxWordLength {
			return fmt.Errorf("vector: word %d, %q, is empty, too long or there twice", i, word)
		}
		w.ids[word] = ID(i)
	}
	sum, err := w.encode(nil)
	if err != nil {
		return err
	}
	w.version = versionOf(sum)
	return nil
}

// quantise rounds v to 255 steps of its largest component; a vector of zeros stays one.
func quantise(dst []int8, v []float32) {
	largest := float32(0)
	for _, x := range v {
		largest = max(largest, x, -x)
	}
	if largest == 0 {
		clear(dst)
		return
	}
	for i, x := range v {
		dst[i] = int8(math.RoundToEven(float64(x) / float64(largest) * 127))
	}
}

// expand makes a vector of unit length of rounded components.
func expand(dst []float32, q []int8) {
	sum := 0
	for _, x := range q {
		sum += int(x) * int(x)
	}
	length := 1.0
	if sum > 0 {
		length = 1 / math.Sqrt(float64(sum))
	}
	for i, x := range q {
		dst[i] = float32(float64(x) * length)
	}
}

// Version stands for everything the vocabulary holds: vocabularies of one version are equal.
func (w *Words) Version() string { return w.version }

// Dim is the length of a vector.
func (w *Words) Dim() int { return w.dim }

// Len counts the words.
func (w *Words) Len() int { return len(w.words) }

// ID finds a folded term.
func (w *Words) ID(word string) (ID, bool) {
	id, ok := w.ids[word]
	return id, ok
}

// Word is the term that id stands for.
func (w *Words) Word(id ID) string { return w.words[id] }

// Row is the word's vector, of unit length. It is shared: it must not be changed.
func (w *Words) Row(id ID) []float32 {
	return w.rows[int(id)*w.dim : (int(id)+1)*w.dim : (int(id)+1)*w.dim]
}

// Rarity is how telling the word is, from 0 for one that is everywhere to 1.
func (w *Words) Rarity(id ID) float64 { return float64(w.rarity[id]) }

// Common are the directions that Sentence takes out. They are shared: they must not be changed.
func (w *Words) Common() [][]float32 { return w.common }

// Similarity is the cosine of two words' vectors, -1 to 1.
func (w *Words) Similarity(a, b ID) float32 { return vek32.Dot(w.Row(a), w.Row(b)) }

// Neighbour is a word beside another.
type Neighbour struct {
	ID         ID
	Word       string
	Similarity float32
}

// Near lists the n words nearest to a folded term, nearest first, the term itself left out. A term that the vocabulary
// lacks and cannot compose has none.
func (w *Words) Near(word string, n int) []Neighbour {
	parts := w.compose(nil, word)
	if len(parts) == 0 || n <= 0 {
		return nil
	}
	query := make([]float32, w.dim)
	for _, id := range parts {
		vek32.Add_Inplace(query, w.Row(id))
	}
	unit(query)
	all := make([]Neighbour, 0, len(w.words))
	for i, other := range w.words {
		if other != word {
			all = append(all, Neighbour{ID(i), other, vek32.Dot(query, w.Row(ID(i)))})
		}
	}
	slices.SortFunc(all, func(a, b Neighbour) int {
		if a.Similarity != b.Similarity {
			if a.Similarity > b.Similarity {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Word, b.Word)
	})
	return slices.Clone(all[:min(n, len(all))])
}
