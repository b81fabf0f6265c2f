package matcher

import (
	"cmp"
	"math"
	"slices"

	"jiqiao"
)

const (
	maxEvidence = 3
	// minEvidence is the likeness below which two sentences prove nothing to a reader.
	minEvidence = 0.08
	// seenAlready lowers what the reader sees anyway: two titles side by side, two metrics, and keywords on either side,
	// which say no more than the common terms.
	seenAlready = 0.6
	// thinEvidence is the common rarity at which a pair of sentences counts half, so that 石墨烯 beside 石墨烯 does not
	// beat a sentence that answers a sentence. Two rare terms have about this much.
	thinEvidence = 100
	// minKin is the likeness, in 255 steps, from which on two different words add to that of their sentences, as they add to
	// the score; with its fourth power, which is sharpText, less would add nothing.
	minKin = 128
	// maxKinKeys is how many key words of each record are held against each other, the most telling ones.
	maxKinKeys = 24
)

// resemblance is the cosine of two sentences over sets of terms weighted by rarity, common being what they share, lowered when
// that is little; 0–1.
func resemblance(a, b *sentence, common float64) float64 {
	if common == 0 {
		return 0
	}
	score := common / math.Sqrt(a.norm*b.norm) * common / (common + thinEvidence)
	if a.section.Field == jiqiao.FieldTitle && b.section.Field == jiqiao.FieldTitle || a.section.Label == metricsLabel && b.section.Label == metricsLabel {
		score *= seenAlready
	}
	for _, s := range []*sentence{a, b} {
		if s.section.Field == jiqiao.FieldKeywords {
			score *= seenAlready
		}
	}
	return min(score, 1)
}

// addKin adds to the table what words of near meaning are worth: those of the key words by which the records were scored.
func (x *explaining) addKin(theirs *reading, other *Profile) {
	words, mine := x.e.c.words, x.e.reading
	width := len(mine.sentences)
	keys := x.subject.keys
	for i := range keys[:min(len(keys), maxKinKeys)] {
		a := mine.words[words.Word(keys[i].id)]
		if a == nil {
			continue
		}
		for _, k := range other.keys[:min(len(other.keys), maxKinKeys)] {
			if k.id == keys[i].id {
				continue
			}
			like, ok := x.e.c.lexicon.likeness(keys[i].id, k.id)
			if !ok || like < minKin {
				continue
			}
			b := theirs.words[words.Word(k.id)]
			if b == nil {
				continue
			}
			worth := sharpened[1][like]*min(x.e.index.word(a.term), x.e.index.word(b.term)) - x.shared(a.term, b.term)
			if worth <= 0 {
				continue
			}
			for _, t := range b.in {
				for _, s := range a.in {
					x.table[t*width+s] += worth
				}
			}
		}
	}
}

// shared is the weight of the terms that two words share: it counts already.
func (x *explaining) shared(a, b string) float64 {
	sum := 0.0
	eachTerm(units(a), func(t term) {
		eachTerm(units(b), func(u term) {
			if t == u {
				sum += x.e.index.weight(t)
			}
		})
	})
	return sum
}

// evidence picks the sentences of both records that say most alike, each sentence once, best first. x.table is used up.
func (x *explaining) evidence(theirs *reading, other *Profile, mark *marker) []jiqiao.Evidence {
	type pair struct {
		a, b  int
		score float64
	}
	mine := x.e.reading
	x.addKin(theirs, other)
	var pairs []pair
	for i := range mine.sentences {
		for j := range theirs.sentences {
			if s := resemblance(&mine.sentences[i], &theirs.sentences[j], x.table[j*len(mine.sentences)+i]); s >= minEvidence {
				pairs = append(pairs, pair{i, j, s})
			}
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.a, b.a), cmp.Compare(a.b, b.b))
	})
	usedA, usedB := map[int]bool{}, map[int]bool{}
	var out []jiqiao.Evidence
	for _, p := range pairs {
		if len(out) == maxEvidence {
			break
		}
		if usedA[p.a] || usedB[p.b] {
			continue
		}
		need, achievement := mark.snippet(&mine.sentences[p.a]), mark.snippet(&theirs.sentences[p.b])
		if !marked(need) || !marked(achievement) {
			continue // alike in numbers and units only: 断栅率≤0.3% beside 有机残留低于 0.3%
		}
		usedA[p.a], usedB[p.b] = true, true
		if x.e.record.Kind() == jiqiao.KindAchievement {
			need, achievement = achievement, need
		}
		out = append(out, jiqiao.Evidence{Need: need, Achievement: achievement, Score: p.score})
	}
	return out
}

func marked(s jiqiao.Snippet) bool {
	return slices.ContainsFunc(s.Spans, func(span jiqiao.Span) bool { return span.Hit })
}
