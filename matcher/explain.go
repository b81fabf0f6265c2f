package matcher

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"jiqiao"
	"jiqiao/index/zh"
)

// What an explanation shows at most, and from which share of the score on a term is worth showing.
const (
	maxTerms     = 12
	minTermShare = 0.01
	minLoneShare = 0.03 // a single character outside any common word has to be telling
)

// explainer says why records of the other side fit one subject. It prepares the subject once for a page of matches and
// is used by one goroutine.
type explainer struct {
	c         *Collection
	zh        *zh.Analyzer
	record    jiqiao.Record
	subject   *subject
	words     map[string]bool
	sentences []sentence
	figures   []figure // the subject's targets or figures
	today     jiqiao.Date
}

func (c *Collection) newExplainer(a *zh.Analyzer, rec jiqiao.Record, now time.Time) *explainer {
	e := &explainer{
		c: c, zh: a, record: rec, subject: c.subject(c.Read(rec)),
		words:     wordsOf(a, rec),
		sentences: c.sentencesOf(a, rec),
		today:     jiqiao.DayOf(now),
	}
	e.figures = e.figuresOf(rec)
	return e
}

func (e *explainer) figuresOf(rec jiqiao.Record) []figure {
	if n, ok := rec.(*jiqiao.Need); ok {
		return targetsOf(e.zh.Fold, n)
	}
	return figuresOf(e.zh.Fold, rec.(*jiqiao.Achievement))
}

// checks holds the need's targets against the achievement's figures, whichever of them is the subject.
func (e *explainer) checks(other jiqiao.Record) []jiqiao.MetricCheck {
	if other.Kind() == jiqiao.KindNeed {
		return checkMetrics(e.figuresOf(other), e.figures)
	}
	if len(e.figures) == 0 {
		return nil
	}
	return checkMetrics(e.figures, e.figuresOf(other))
}

func (e *explainer) close() { e.subject.release() }

// explain fills in what the match does not say yet.
func (e *explainer) explain(m *jiqiao.Match, f Features) {
	shares := e.shares(e.c.Read(m.Record))
	m.Parts = e.c.Parts(f)
	m.Terms = e.terms(m.Record, shares)
	m.Evidence = e.evidence(m.Record, m.Terms)
	need, achievement := sides(e.record, m.Record)
	m.Metrics = e.checks(m.Record)
	m.Against = against(need, achievement, claimsOf(need), claimsOf(achievement), m.Metrics, e.today)
}

// sides puts a pair in order.
func sides(a, b jiqiao.Record) (*jiqiao.Need, *jiqiao.Achievement) {
	if n, ok := a.(*jiqiao.Need); ok {
		return n, b.(*jiqiao.Achievement)
	}
	return b.(*jiqiao.Need), a.(*jiqiao.Achievement)
}

// shares is what each common term contributes to the strength, as a share of it.
func (e *explainer) shares(other *Profile) map[term]float64 {
	shares := map[term]float64{}
	total := 0.0
	e.c.weights.lexical(e.subject, other, func(t term, v float64) {
		points := e.c.weights.Classes[classOf(t)] * v
		shares[t] = points
		total += points
	})
	for t, points := range shares {
		shares[t] = points / total
	}
	return shares
}

// terms names the common words by their share of the score. Every character and pair is given to one term only, the
// strongest word that holds it, so that the weights sum to at most 1. shares is used up.
func (e *explainer) terms(other jiqiao.Record, shares map[term]float64) []jiqiao.TermMatch {
	var terms []jiqiao.TermMatch
	for _, w := range e.commonWords(other, shares) {
		if share := take(shares, w); share >= minTermShare {
			terms = append(terms, jiqiao.TermMatch{Term: w, Weight: share})
		}
	}
	for t, share := range shares {
		if classOf(t) == classCharacter && share >= minLoneShare {
			terms = append(terms, jiqiao.TermMatch{Term: string(rune(t)), Weight: share})
		}
	}
	slices.SortFunc(terms, func(a, b jiqiao.TermMatch) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), strings.Compare(a.Term, b.Term))
	})
	return terms[:min(len(terms), maxTerms)]
}

// commonWords lists the words of both records, those first that explain most.
func (e *explainer) commonWords(other jiqiao.Record, shares map[term]float64) []string {
	type candidate struct {
		word  string
		share float64
	}
	var common []candidate
	for w := range wordsOf(e.zh, other) {
		if !e.words[w] {
			continue
		}
		c := candidate{word: w}
		eachTerm(units(w), func(t term) { c.share += shares[t] })
		common = append(common, c)
	}
	slices.SortFunc(common, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.share, a.share), strings.Compare(a.word, b.word))
	})
	words := make([]string, len(common))
	for i, c := range common {
		words[i] = c.word
	}
	return words
}

// take answers what is left of a word's terms, and leaves nothing of them.
func take(shares map[term]float64, word string) float64 {
	sum := 0.0
	eachTerm(units(word), func(t term) {
		sum += shares[t]
		delete(shares, t)
	})
	return sum
}

// units is a folded word in the form that profiles are kept in.
func units(folded string) []uint16 {
	out := make([]uint16, 0, utf8.RuneCountInString(folded))
	for _, r := range folded {
		if r < 1<<16 {
			out = append(out, uint16(r))
		} else {
			out = append(out, 0)
		}
	}
	return out
}

// wordsOf is the set of folded words of a record that may be named: without pairs of characters, and without units and
// the numbers of measures, because two records that both say mm or 0.3 have nothing in common that a reader would accept.
func wordsOf(a *zh.Analyzer, rec jiqiao.Record) map[string]bool {
	words := map[string]bool{}
	var tokens []zh.Token
	for _, s := range rec.Sections() {
		tokens = a.Tokens(tokens[:0], cut(s.Text, maxMainRunes))
		for _, t := range tokens {
			if telling(t) && !words[t.Term] {
				words[strings.Clone(t.Term)] = true
			}
		}
	}
	return words
}

func telling(t zh.Token) bool {
	switch t.Kind {
	case zh.Bigram, zh.Unit:
		return false
	case zh.Number:
		return !t.Part && !strings.Contains(t.Term, ".") // 304 names a steel, 0.3 names nothing
	default:
		return true
	}
}
