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

func (l *lexicon) signsOf(id vector.ID) []uint64 {
	return l.signs[int(id)*l.width : (int(id)+1)*l.width]
}

// likeness is the cosine of two words in 255 steps, the same number whichever comes first; false below minLikeness.
func (l *lexicon) likeness(a, b vector.ID) (uint8, bool) {
	if a == b {
		return 255, true
	}
	differ := 0
	other := l.signsOf(b)
	for i, x := range l.signsOf(a) {
		differ += bits.OnesCount64(x ^ other[i])
	}
	if differ > l.far {
		return 0, false
	}
	cos := vek32.Dot(l.Row(a), l.Row(b))
	if cos < minLikeness {
		return 0, false
	}
	return uint8(min(254, math.Round(float64(cos)*255))), true
}
