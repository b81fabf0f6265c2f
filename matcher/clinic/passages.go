package clinic

import (
	"slices"

	"jiqiao"
)

// mark is a place and what is said of it.
type mark struct {
	place
	aspect string // "" for a vague word
}

// maxEvidence is how many sentences show one aspect.
const maxEvidence = 4

// snippets are the sentences of the places, each once, the places marked.
func (e *exam) snippets(at []place) []jiqiao.Snippet {
	var order []int
	bySentence := map[int][]place{}
	for _, p := range at {
		if bySentence[p.sentence] == nil {
			order = append(order, p.sentence)
		}
		bySentence[p.sentence] = append(bySentence[p.sentence], p)
	}
	var out []jiqiao.Snippet
	for _, i := range order[:min(len(order), maxEvidence)] {
		s := e.draft.sentences[i]
		section := e.draft.sections[s.section]
		snippet := jiqiao.Snippet{Field: section.Field, Label: section.Label}
		eachStretch(s.start, s.end, bySentence[i], func(start, end int, in []int) {
			snippet.Spans = append(snippet.Spans, jiqiao.Span{Text: section.Text[start:end], Hit: len(in) > 0})
		})
		out = append(out, snippet)
	}
	return out
}

// passages are all texts with the marks in them.
func (e *exam) passages() []jiqiao.Passage {
	out := []jiqiao.Passage{}
	for i, section := range e.draft.sections {
		var marks []mark
		var at []place
		for _, m := range e.marks {
			if e.draft.sentences[m.sentence].section == i {
				marks, at = append(marks, m), append(at, m.place)
			}
		}
		p := jiqiao.Passage{Field: section.Field, Label: section.Label}
		eachStretch(0, len(section.Text), at, func(start, end int, in []int) {
			span := jiqiao.PassageSpan{Text: section.Text[start:end]}
			for _, k := range in {
				if name := marks[k].aspect; name == "" {
					span.Vague = true
				} else if !slices.Contains(span.Aspects, name) {
					span.Aspects = append(span.Aspects, name)
				}
			}
			p.Spans = append(p.Spans, span)
		})
		out = append(out, p)
	}
	return out
}

// eachStretch cuts start–end where a place begins or ends, and calls fn for each piece with the places that hold it.
func eachStretch(start, end int, at []place, fn func(start, end int, in []int)) {
	cuts := []int{start, end}
	for _, p := range at {
		cuts = append(cuts, p.start, p.end)
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	for i := range len(cuts) - 1 {
		from, to := cuts[i], cuts[i+1]
		if from < start || to > end {
			continue
		}
		var in []int
		for k, p := range at {
			if p.start <= from && to <= p.end {
				in = append(in, k)
			}
		}
		fn(from, to, in)
	}
}
