package matcher

import (
	"unicode/utf8"

	"jiqiao"
)

// marker marks what two records have in common in their sentences: words, words of near meaning and, in a sentence that has
// none of them, single characters, because they count in the score (滴灌, 灌溉).
type marker struct {
	words map[string]bool // folded
	chars map[rune]bool   // folded
	fold  func(string) string
}

func (m *marker) snippet(s *sentence) jiqiao.Snippet {
	return jiqiao.Snippet{Field: s.section.Field, Label: s.section.Label, Spans: m.spans(s.section.Text, s.tokens)}
}

// spans cuts a text into marked and unmarked spans, which joined are the text.
func (m *marker) spans(text string, tokens []spoken) []jiqiao.Span {
	hit, words := make([]bool, len(text)), false
	for _, t := range tokens {
		if m.words[t.word.term] {
			fill(hit[t.start:t.end])
			words = true
		}
	}
	if len(m.chars) > 0 && !words {
		for i, r := range text {
			if n := utf8.RuneLen(r); isHan16(r) && i+n <= len(text) && m.chars[m.foldRune(r)] {
				fill(hit[i : i+n])
			}
		}
	}
	var spans []jiqiao.Span
	for start, i := 0, 1; i <= len(text); i++ {
		if i == len(text) || hit[i] != hit[start] {
			spans = append(spans, jiqiao.Span{Text: text[start:i], Hit: hit[start]})
			start = i
		}
	}
	return spans
}

// foldRune folds one character, traditional to simplified.
func (m *marker) foldRune(r rune) rune {
	if m.chars[r] {
		return r
	}
	folded, _ := utf8.DecodeRuneInString(m.fold(string(r)))
	return folded
}

func isHan16(r rune) bool { return r < 1<<16 && isHan(uint16(r)) }

func fill(hit []bool) {
	for i := range hit {
		hit[i] = true
	}
}
