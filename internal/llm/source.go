package llm

import (
	"slices"
	"strings"
	"unicode"
)

// source is a text that statements must stand on. It is compared without white space, in half-width and lower case, and
// quoted as it was written.
type source struct {
	original []rune
	folded   []rune
	places   []int // of each folded character in original
}

func newSource(text string) *source {
	s := &source{original: []rune(text)}
	for i, r := range s.original {
		if r = foldRune(r); r != 0 {
			s.folded = append(s.folded, r)
			s.places = append(s.places, i)
		}
	}
	return s
}

// foldRune is 0 for white space.
func foldRune(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return 0
	case r >= '！' && r <= '～': // full-width forms lie in the order of ASCII
		r -= '！' - '!'
	}
	return unicode.ToLower(r)
}

func fold(text string) []rune { return newSource(text).folded }

// find is the first place where the text says words, in its own writing. Words without a letter or digit are nowhere.
func (s *source) find(words string) (quote string, start int, ok bool) {
	wanted := fold(words)
	if !slices.ContainsFunc(wanted, telling) {
		return "", 0, false
	}
	at := indexRunes(s.folded, wanted)
	if at < 0 {
		return "", 0, false
	}
	first, last := s.places[at], s.places[at+len(wanted)-1]
	return string(s.original[first : last+1]), first, true
}

func telling(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func indexRunes(text, wanted []rune) int {
	for i := 0; i+len(wanted) <= len(text); i++ {
		if slices.Equal(text[i:i+len(wanted)], wanted) {
			return i
		}
	}
	return -1
}

// bears says whether a value could be put together from the text: all its numbers and Latin words stand there, and of
// its pairs of Han characters all but those where two quotes meet, at most a third.
func (s *source) bears(value string) bool {
	folded := fold(value)
	if !slices.ContainsFunc(folded, telling) {
		return false
	}
	codes := codesOf(s.folded)
	for code := range codesOf(folded) {
		if !codes[code] {
			return false
		}
	}
	pairs, known := 0, 0
	for i := 1; i < len(folded); i++ {
		if isHan(folded[i-1]) && isHan(folded[i]) {
			pairs++
			if indexRunes(s.folded, folded[i-1:i+1]) >= 0 {
				known++
			}
		}
	}
	return 3*known >= 2*pairs
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// codesOf are the runs of Latin letters, digits and what belongs to numbers.
func codesOf(folded []rune) map[string]bool {
	found := map[string]bool{}
	for _, run := range strings.FieldsFunc(string(folded), func(r rune) bool { return !inCode(r) }) {
		if run = strings.Trim(run, ".-/+"); run != "" {
			found[run] = true
		}
	}
	return found
}

func inCode(r rune) bool {
	return !isHan(r) && (unicode.IsLetter(r) || unicode.IsDigit(r)) || strings.ContainsRune(".-/+%‰℃°", r)
}
