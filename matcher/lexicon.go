package matcher

import (
	"math"
	"math/bits"

	"github.com/viterin/vek/vek32"

	"jiqiao/index/vector"
)

// lexicon tells which words of a vocabulary mean something like each other.
type lexicon struct {
	*vector.Words
	// signs holds, for each word, a bit for each dimension: whether the component is positive.
	signs []uint64
	width int // of 64 bits for a word
	far   int // words whose signs differ in more dimensions are not compared
}

// signedDim is from how many dimensions on signs tell anything.
const signedDim = 64

// newLexicon reads the signs. Of two words with a cosine of 0.5 a third of the signs differ, of two chance words half of
// them, each give or take √dim/2. The bound, 1.25 √dim below half, spares all but one in sixty of the products of a match;
// what it loses are words little above minLikeness, which count by a power and so for nearly nothing.
func newLexicon(words *vector.Words) *lexicon {
	dim := words.Dim()
	l := &lexicon{Words: words, width: (dim + 63) / 64, far: dim}
	if dim >= signedDim {
		l.far = dim/2 - int(1.25*math.Sqrt(float64(dim)))
	}
	l.signs = make([]uint64, words.Len()*l.width)
	for id := range words.Len() {
		signs := l.signsOf(vector.ID(id))
		for i, x := range words.Row(vector.ID(id)) {
			if x > 0 {
				signs[i/64] |= 1 << (i % 64)
			}
		}
	}
	return l
}

// gather puts the signs of words side by side.
func (l *lexicon) gather(keys []subjectKey) []uint64 {
	signs := make([]uint64, 0, len(keys)*l.width)
	for i := range keys {
		signs = append(signs, l.signsOf(keys[i].id)...)
	}
	return signs
}

func (l *lexicon) signsOf(id vector.ID) []uint64 {
	return l.signs[int(id)*l.width : (int(id)+1)*l.width]
}

// likeness is the cosine of two words in 255 steps, the same number whichever comes first; false below minLikeness.
func (l *lexicon) likeness(a, b vector.ID) (uint8, bool) {
	if differ(l.signsOf(a), l.signsOf(b)) > l.far {
		return 0, false
	}
	return l.cosine(a, b)
}

// differ counts the signs that differ.
func differ(a, b []uint64) int {
	n := 0
	if len(a) == 4 && len(b) == 4 { // the vectors that ship; a loop costs as much again
		return bits.OnesCount64(a[0]^b[0]) + bits.OnesCount64(a[1]^b[1]) + bits.OnesCount64(a[2]^b[2]) + bits.OnesCount64(a[3]^b[3])
	}
	for i, x := range a {
		n += bits.OnesCount64(x ^ b[i])
	}
	return n
}

func (l *lexicon) cosine(a, b vector.ID) (uint8, bool) {
	if a == b {
		return 255, true
	}
	cos := vek32.Dot(l.Row(a), l.Row(b))
	if cos < minLikeness {
		return 0, false
	}
	return uint8(min(254, math.Round(float64(cos)*255))), true
}
