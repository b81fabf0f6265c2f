package matcher

import (
	"cmp"
	"math"
	"slices"

	"jiqiao"
	"jiqiao/index/zh"
)

const (
	maxEvidence = 3
	// minEvidence is the likeness below which two sentences prove nothing to a reader.
	minEvidence = 0.08
	// maxSentences bounds the sentences compared of one record: the first ones say what it is about.
	maxSentences = 60
	// titlesTogether lowers two titles side by side: the reader sees both titles anyway.
	titlesTogether = 0.6
	// thinEvidence is the common rarity at which a pair of sentences counts half, so that 石墨烯 beside 石墨烯 does not
	// beat a sentence that answers a sentence. Two rare terms have about this much.
	thinEvidence = 100
)

// sentence is a sentence of a record with its terms.
type sentence struct {
	section jiqiao.Section // Text is the sentence alone
	terms   []weighted     // ascending by term
	norm    float64
}

type weighted struct {
	term   term
	weight float64
}

// sentencesOf cuts a record's texts into sentences; those without a term are left out.
func (c *Collection) sentencesOf(a *zh.Analyzer, rec jiqiao.Record) []sentence {
	var out []sentence
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, s := range rec.Sections() {
		text := cut(s.Text, maxMainRunes)
		for _, span := range zh.Sentences(text) {
			one := sentence{section: s}
			one.section.Text = text[span.Start:span.End]
			c.weigh(&one, a.Fold(one.section.Text))
			if one.norm > 0 {
				out = append(out, one)
			}
			if len(out) == maxSentences {
				return out
			}
		}
	}
	return out
}

func (c *Collection) weigh(s *sentence, folded string) {
	var all []term
	eachTerm(appendFolded(nil, folded, maxMainRunes), func(t term) { all = append(all, t) })
	slices.Sort(all)
	for _, t := range slices.Compact(all) {
		w := c.rarity(t) * c.weights.Classes[classOf(t)]
		s.terms = append(s.terms, weighted{t, w})
		s.norm += w
	}
}

// likeness is the cosine of two sentences over sets of terms weighted by rarity, lowered when little is common; 0–1.
func likeness(a, b *sentence) float64 {
	common := 0.0
	for i, j := 0, 0; i < len(a.terms) && j < len(b.terms); {
		switch cmp.Compare(a.terms[i].term, b.terms[j].term) {
		case -1:
			i++
		case 1:
			j++
		default:
			common += a.terms[i].weight
			i++
			j++
		}
	}
	if common == 0 {
		return 0
	}
	score := common / math.Sqrt(a.norm*b.norm) * common / (common + thinEvidence)
	if a.section.Field == jiqiao.FieldTitle && b.section.Field == jiqiao.FieldTitle {
		score *= titlesTogether
	}
	return min(score, 1)
}

// evidence picks the sentences of both records that say most alike, each sentence once, best first.
func (e *explainer) evidence(other jiqiao.Record, terms []jiqiao.TermMatch) []jiqiao.Evidence {
	type pair struct {
		a, b  int
		score float64
	}
	others := e.c.sentencesOf(e.zh, other)
	var pairs []pair
	for i := range e.sentences {
		for j := range others {
			if s := likeness(&e.sentences[i], &others[j]); s >= minEvidence {
				pairs = append(pairs, pair{i, j, s})
			}
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.a, b.a), cmp.Compare(a.b, b.b))
	})
	usedA, usedB := map[int]bool{}, map[int]bool{}
	mark := newMarker(e.zh, terms)
	var out []jiqiao.Evidence
	for _, p := range pairs {
		if len(out) == maxEvidence {
			break
		}
		if usedA[p.a] || usedB[p.b] {
			continue
		}
		need, achievement := mark.snippet(e.sentences[p.a].section), mark.snippet(others[p.b].section)
		if !marked(need) || !marked(achievement) {
			continue // alike in numbers and units only: 断栅率≤0.3% beside 有机残留低于 0.3%
		}
		usedA[p.a], usedB[p.b] = true, true
		if e.record.Kind() == jiqiao.KindAchievement {
			need, achievement = achievement, need
		}
		out = append(out, jiqiao.Evidence{Need: need, Achievement: achievement, Score: p.score})
	}
	return out
}

func marked(s jiqiao.Snippet) bool {
	return slices.ContainsFunc(s.Spans, func(span jiqiao.Span) bool { return span.Hit })
}
