package catalog

import (
	"slices"
	"strings"
	"unicode/utf8"

	"jiqiao"
	"jiqiao/index/zh"
)

// maxSnippets is how many passages of a record a result shows.
const maxSnippets = 2

// marker marks the terms of one query in records.
type marker struct {
	zh    *zh.Analyzer
	terms []string
	known map[string]bool
}

func newMarker(a *zh.Analyzer, terms []string) *marker {
	m := &marker{a, terms, make(map[string]bool, len(terms))}
	for _, t := range terms {
		m.known[t] = true
	}
	return m
}

func (m *marker) hit(term string) bool { return m.known[term] }

// record is the marked title, and the sentences that hold most of the query, in reading order. Without any such sentence
// it is the record's first, so that a result always says more than its title.
func (m *marker) record(rec jiqiao.Record) (title []jiqiao.Span, snippets []jiqiao.Snippet) {
	var best []passage
	var first *passage
	order := 0
	for _, s := range rec.Sections() {
		if s.Field == jiqiao.FieldTitle || s.Field == jiqiao.FieldKeywords {
			continue
		}
		for _, at := range zh.Sentences(s.Text) {
			p := passage{section: s, text: s.Text[at.Start:at.End], order: order}
			order++
			if first == nil {
				first = &p
			}
			if p.worth = m.worth(p.text); p.worth > 0 {
				best = append(best, p)
			}
		}
	}
	slices.SortStableFunc(best, func(a, b passage) int { return b.worth - a.worth })
	best = best[:min(len(best), maxSnippets)]
	if len(best) == 0 && first != nil {
		best = append(best, *first)
	}
	slices.SortFunc(best, func(a, b passage) int { return a.order - b.order })
	for _, p := range best {
		snippets = append(snippets, jiqiao.Snippet{Field: p.section.Field, Label: p.section.Label, Spans: m.zh.Highlight(p.text, m.hit)})
	}
	return m.zh.Highlight(rec.Head().Title, m.hit), snippets
}

// passage is a sentence that may be shown.
type passage struct {
	section jiqiao.Section
	text    string
	order   int
	worth   int
}

// worth is how many characters of the query's terms the sentence holds, each term once. It looks for strings, not for
// tokens: choosing among all sentences of a page of records may not cost more than the search.
func (m *marker) worth(sentence string) int {
	if len(m.terms) == 0 {
		return 0
	}
	folded := m.zh.Fold(sentence)
	worth := 0
	for _, t := range m.terms {
		if strings.Contains(folded, t) {
			worth += utf8.RuneCountInString(t)
		}
	}
	return worth
}
