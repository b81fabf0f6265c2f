package matcher

import (
	"cmp"
	"math"
	"slices"

	"github.com/viterin/vek/vek32"

	"jiqiao"
)

const (
	maxEvidence = 3
	// minEvidence is the likeness below which two sentences prove nothing to a reader.
	minEvidence = 0.08
	// titlesTogether lowers two titles side by side: the reader sees both titles anyway.
	titlesTogether = 0.6
	// thinEvidence is the common rarity at which a pair of sentences counts half, so that 石墨烯 beside 石墨烯 does not
	// beat a sentence that answers a sentence. Two rare terms have about this much.
	thinEvidence = 100
	// minKin is the cosine from which on two different words add to the likeness of their sentences, as they add to the
	// score; with its fourth power, which is sharpText, less would add nothing.
	minKin = 0.5
)

// common is the weight of the terms that two sentences share.
func common(a, b *sentence) float64 {
	sum := 0.0
	for i, j := 0, 0; i < len(a.terms) && j < len(b.terms); {
		switch cmp.Compare(a.terms[i].term, b.terms[j].term) {
		case -1:
			i++
		case 1:
			j++
		default:
			sum += a.terms[i].weight
			i++
			j++
		}
	}
	return sum
}

// likeness is the cosine of two sentences over sets of terms weighted by rarity, with what words of near meaning add, and
// lowered when little is common; 0–1.
func likeness(a, b *sentence, kin float64) float64 {
	both := common(a, b) + kin
	if both == 0 {
		return 0
	}
	score := both / math.Sqrt(a.norm*b.norm) * both / (both + thinEvidence)
	if a.section.Field == jiqiao.FieldTitle && b.section.Field == jiqiao.FieldTitle {
		score *= titlesTogether
	}
	return min(score, 1)
}

// kin adds up, for every pair of sentences, what their words of near meaning are worth: those of the key words by which the
// records were scored. The table has a row per sentence of the subject.
func (x *explaining) kin(mine, theirs *reading, keys []subjectKey, other *Profile) []float64 {
	n := len(theirs.sentences)
	table := slices.Grow(x.table[:0], len(mine.sentences)*n)[:len(mine.sentences)*n]
	x.table = table
	clear(table)
	for i := range keys {
		a := mine.words[x.e.c.words.Word(keys[i].id)]
		if a == nil {
			continue
		}
		for _, k := range other.keys {
			if k.id == keys[i].id {
				continue
			}
			cos := float64(vek32.Dot(keys[i].row, x.e.c.words.Row(k.id)))
			if cos < minKin {
				continue
			}
			b := theirs.words[x.e.c.words.Word(k.id)]
			if b == nil {
				continue
			}
			worth := math.Pow(cos, sharpText)*min(x.weigher.word(a.term), x.weigher.word(b.term)) - x.shared(a.term, b.term)
			if worth <= 0 {
				continue
			}
			for _, s := range a.in {
				for _, t := range b.in {
					table[s*n+t] += worth
				}
			}
		}
	}
	return table
}

// shared is the weight of the terms that two words share: it counts already.
func (x *explaining) shared(a, b string) float64 {
	sum := 0.0
	eachTerm(units(a), func(t term) {
		eachTerm(units(b), func(u term) {
			if t == u {
				sum += x.weigher.weight(t)
			}
		})
	})
	return sum
}

// evidence picks the sentences of both records that say most alike, each sentence once, best first.
func (x *explaining) evidence(theirs *reading, other *Profile, mark *marker) []jiqiao.Evidence {
	type pair struct {
		a, b  int
		score float64
	}
	mine := x.e.reading
	kin := x.kin(mine, theirs, x.subject.keys, other)
	var pairs []pair
	for i := range mine.sentences {
		for j := range theirs.sentences {
			if s := likeness(&mine.sentences[i], &theirs.sentences[j], kin[i*len(theirs.sentences)+j]); s >= minEvidence {
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
