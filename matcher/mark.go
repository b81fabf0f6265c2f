package matcher

import (
	"unicode/utf8"

	"jiqiao"
	"jiqiao/index/zh"
)

// marker marks terms in texts. Unlike a highlight of words it also marks single characters, because they count in the score.
type marker struct {
	zh    *zh.Analyzer
	words map[string]bool
	chars map[string]bool
}

func newMarker(a *zh.Analyzer, terms []jiqiao.TermMatch) *marker {
	m := &marker{zh: a, words: map[string]bool{}, chars: map[string]bool{}}
	for _, t := range terms {
		if utf8.RuneCountInString(t.Term) == 1 {
			m.chars[t.Term] = true
		} else {
			m.words[t.Term] = true
		}
	}
	return m
}

func (m *marker) snippet(s jiqiao.Section) jiqiao.Snippet {
	return jiqiao.Snippet{Field: s.Field, Label: s.Label, Spans: m.spans(s.Text)}
}

// spans cuts a text into marked and unmarked spans, which joined are the text.
func (m *marker) spans(text string) []jiqiao.Span {
	hit := make([]bool, len(text))
	for _, t := range m.zh.Tokens(nil, text) {
		if m.words[t.Term] {
			fill(hit[t.Start:t.End])
		}
	}
	if len(m.chars) > 0 {
		for i, r := range text {
			if n := utf8.RuneLen(r); r >= utf8.RuneSelf && i+n <= len(text) && m.chars[m.zh.Fold(string(r))] {
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

func fill(hit []bool) {
	for i := range hit {
		hit[i] = true
	}
}
