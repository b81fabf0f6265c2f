package codes

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"jiqiao"
	"jiqiao/index/zh"
)

// text is what counts of a record: its known words with their weights, in order of appearance, and the folded text in which
// seeds are looked for.
type text struct {
	words  []weighted
	total  float64
	folded string
	// twice is the folded title, whose seeds count again.
	title string
}

type weighted struct {
	word   string
	weight float64
	entry  *entry
}

// What an occurrence counts by where it stands, and how many characters of a record are read.
const (
	titleCount, keywordCount = 3.0, 2.0
	maxRunes                 = 6000
)

func (s *Suggester) read(sections []jiqiao.Section) text {
	a := s.analyzer()
	counts := map[string]float64{}
	var order []string
	var folded, title strings.Builder
	left := maxRunes
	for _, section := range sections {
		count := 1.0
		raw := firstRunes(section.Text, left)
		left -= utf8.RuneCountInString(raw)
		switch section.Field {
		case jiqiao.FieldTitle:
			count = titleCount
			title.WriteString(a.Fold(raw) + "\n")
		case jiqiao.FieldKeywords:
			count = keywordCount
		}
		folded.WriteString(a.Fold(raw) + "\n")
		tokens := a.Tokens(nil, raw)
		for i, t := range tokens {
			if !s.counts(tokens, i) {
				continue
			}
			if _, seen := counts[t.Term]; !seen {
				order = append(order, strings.Clone(t.Term))
			}
			counts[t.Term] += count
		}
	}
	out := text{folded: folded.String(), title: title.String()}
	for _, w := range order {
		if e, known := s.table.words[w]; known {
			weight := e.rarity * math.Log1p(counts[w])
			out.words = append(out.words, weighted{w, weight, e})
			out.total += weight
		}
	}
	return out
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// counts says whether a token counts: a known word of its own, or a known part of an unknown one.
func (s *Suggester) counts(tokens []zh.Token, at int) bool {
	t := tokens[at]
	switch t.Kind {
	case zh.Word, zh.Single, zh.Latin, zh.Formula, zh.Model:
	default:
		return false
	}
	if s.table.words[t.Term] == nil || !t.Part {
		return !t.Part
	}
	for _, step := range [...]int{-1, 1} {
		for i := at + step; i >= 0 && i < len(tokens) && tokens[i].Pos == t.Pos; i += step {
			whole := tokens[i]
			if !whole.Part && whole.Kind != zh.Bigram && whole.Start <= t.Start && t.End <= whole.End {
				return s.table.words[whole.Term] == nil
			}
		}
	}
	return false
}

// What seeds and the platform's records count beside the learned words, whose mean is about 0.1 for the best code.
const (
	seedShare   = 0.05
	recordShare = 0.3
)

// fewWords is the weight of telling words at which a text counts half: a handful of them may be an accident.
const fewWords = 4

// scores are the codes' in the order of the list: what the words say, what the seeds say, what the records say.
func (s *Suggester) scores(l *list, t text) []float64 {
	out := make([]float64, len(l.codes))
	s.mu.RLock()
	known := s.learned[l.name]
	for _, w := range t.words {
		for _, x := range w.entry.weights[l.at] {
			out[x.code] += w.weight * x.weight
		}
		known.add(out, w, recordShare)
	}
	s.mu.RUnlock()
	for i := range out {
		out[i] /= t.total + fewWords
	}
	seeds := l.seeds(t)
	if most := slices.Max(seeds); most > 0 {
		for i, v := range seeds {
			out[i] += seedShare * v / most
		}
	}
	return out
}

// probabilities turns scores into an estimate of how likely each code is among those that staff would give.
func (l *list) probabilities(scores []float64) []float64 {
	top := slices.Max(scores)
	p := make([]float64, len(scores))
	sum := 0.0
	for i, v := range scores {
		p[i] = math.Exp((v - top) * l.sharpness)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

// choice is a code with the estimate for it; members are the places of the codes that it stands for.
type choice struct {
	code       string
	confidence float64
	members    []int
}

// enoughOfParent is from which share of its parent's probability on a code of the third level is named instead of the
// parent.
const enoughOfParent = 0.4

// choose lists the codes by probability. Where a code of the third level is unsure, and the level above is not, that stands
// in its place, once.
func (l *list) choose(p []float64) []choice {
	var out []choice
	parents := map[string]*choice{}
	for i, c := range l.codes {
		parent := l.parents[i]
		if parent == "" {
			out = append(out, choice{c, p[i], []int{i}})
			continue
		}
		if parents[parent] == nil {
			parents[parent] = &choice{code: parent}
		}
		group := parents[parent]
		group.confidence += p[i]
		group.members = append(group.members, i)
	}
	for i, c := range l.codes {
		if group := parents[l.parents[i]]; group != nil && p[i] >= enoughOfParent*group.confidence {
			out = append(out, choice{c, p[i], []int{i}})
			group.members = slices.DeleteFunc(slices.Clone(group.members), func(m int) bool { return m == i })
			group.confidence -= p[i]
		}
	}
	for i := range l.codes {
		if group := parents[l.parents[i]]; group != nil && len(group.members) > 1 {
			out = append(out, *group)
			delete(parents, l.parents[i])
		}
	}
	slices.SortStableFunc(out, func(a, b choice) int {
		return cmp.Or(cmp.Compare(b.confidence, a.confidence), cmp.Compare(a.code, b.code))
	})
	return out
}

// maxReasons is how many words are named that led to a code.
const maxReasons = 4

// reasons are the words that counted most for the codes.
func (s *Suggester) reasons(l *list, t text, codes []int) []string {
	type reason struct {
		word   string
		points float64
	}
	var all []reason
	s.mu.RLock()
	known := s.learned[l.name]
	row := make([]float64, len(l.codes))
	for _, w := range t.words {
		clear(row)
		for _, x := range w.entry.weights[l.at] {
			row[x.code] += w.weight * x.weight
		}
		known.add(row, w, recordShare)
		points := 0.0
		for _, c := range codes {
			points = max(points, row[c])
		}
		if points > 0 && utf8.RuneCountInString(w.word) > 1 {
			all = append(all, reason{w.word, points})
		}
	}
	s.mu.RUnlock()
	slices.SortStableFunc(all, func(a, b reason) int { return cmp.Compare(b.points, a.points) })
	words := []string{}
	for _, r := range all[:min(len(all), maxReasons)] {
		words = append(words, r.word)
	}
	return words
}

// Score is a code with its score or probability.
type Score struct {
	Code  string
	Value float64
}

// SortScores puts the highest first, equal ones by code.
func SortScores(s []Score) {
	slices.SortFunc(s, func(a, b Score) int {
		return cmp.Or(cmp.Compare(b.Value, a.Value), cmp.Compare(a.Code, b.Code))
	})
}

// Scores are all codes of a list that has seeds for them, the highest first, before they become probabilities.
func (s *Suggester) Scores(list string, sections []jiqiao.Section) []Score {
	l := s.table.lists[list]
	return l.sorted(s.scores(l, s.read(sections)))
}

// Probabilities are the same as estimates of how likely each code is right. They sum to 1.
func (s *Suggester) Probabilities(list string, sections []jiqiao.Section) []Score {
	l := s.table.lists[list]
	return l.sorted(l.probabilities(s.scores(l, s.read(sections))))
}

func (l *list) sorted(values []float64) []Score {
	out := make([]Score, len(values))
	for i, v := range values {
		out[i] = Score{l.codes[i], v}
	}
	SortScores(out)
	return out
}

// Words are the words of a record that the table knows.
func (s *Suggester) Words(sections []jiqiao.Section) []string {
	t := s.read(sections)
	out := make([]string, len(t.words))
	for i, w := range t.words {
		out[i] = w.word
	}
	return out
}
