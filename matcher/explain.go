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
	minLoneShare = 0.03 // a single character outside any common word has to be telling to be marked
)

// explainer says why records of the other side fit one subject. It reads the subject once for a page of matches and does
// not change afterwards.
type explainer struct {
	c       *Collection
	zh      *zh.Analyzer
	record  jiqiao.Record
	subject *subject
	reading *reading
	index   sentenceIndex
	content contentIndex
	figures []figure // the subject's targets or figures
	endings []string // of the names of a subject's targets
	claims  claims
	today   jiqiao.Date
}

func (c *Collection) newExplainer(a *zh.Analyzer, rec jiqiao.Record, now time.Time) *explainer {
	e := &explainer{c: c, zh: a, record: rec, subject: c.subject(c.Read(rec)), today: jiqiao.DayOf(now)}
	e.readSubject()
	e.content = e.indexContent()
	e.figures = e.figuresOf(rec, e.reading)
	if rec.Kind() == jiqiao.KindNeed {
		e.endings = endingsOf(e.figures)
	}
	e.claims = claimsOf(rec.Kind(), e.reading.passages)
	return e
}

func (e *explainer) close() { e.subject.release() }

// explaining is the work of one goroutine.
type explaining struct {
	e       *explainer
	subject *subject
	weigher weigher
	table   []float64
	found   []*said
}

// parallelExplanations is how many matches are worth a second goroutine.
const parallelExplanations = 4

// explain fills in what the matches do not say yet. Each is explained by itself, so that it does not matter who does it.
func (e *explainer) explain(matches []jiqiao.Match, features []Features) {
	twin := e.subject.twin() // before the subject is used
	halves(len(matches), parallelExplanations,
		func(from, to int) { e.explainSome(twin, matches[from:to], features[from:to]) },
		func(from, to int) { e.explainSome(e.subject, matches[from:to], features[from:to]) })
}

func (e *explainer) explainSome(s *subject, matches []jiqiao.Match, features []Features) {
	x := &explaining{e: e, subject: s}
	for i := range matches {
		x.explain(&matches[i], features[i])
	}
}

func (x *explaining) explain(m *jiqiao.Match, f Features) {
	e := x.e
	other := e.profile(m.Record)
	theirs := x.readOther(m.Record)
	m.Parts = e.c.Parts(f)
	shares := x.shares(other)
	terms, lone := x.terms(theirs, shares)
	m.Terms = shown(terms)
	near := x.close(theirs)
	m.Close = e.pairs(near)
	m.Evidence = x.evidence(theirs, other, e.marker(terms, lone, near))
	need, achievement := sides(e.record, m.Record)
	m.Metrics = e.checks(m.Record, theirs)
	wants, has := e.claims, claimsOf(m.Record.Kind(), theirs.passages)
	if e.record.Kind() == jiqiao.KindAchievement {
		wants, has = has, wants
	}
	m.Against = against(need, achievement, wants, has, m.Metrics, e.today)
	m.Lift = lift(need, achievement, m)
}

// profile is what the collection holds of a record, or what it would hold.
func (e *explainer) profile(rec jiqiao.Record) *Profile {
	if p, ok := e.c.Profile(rec.Kind(), rec.Head().ID); ok {
		return p
	}
	return e.c.Read(rec)
}

func (e *explainer) figuresOf(rec jiqiao.Record, r *reading) []figure {
	if n, ok := rec.(*jiqiao.Need); ok {
		return targetsOf(e.zh.Fold, n, r.passages)
	}
	return figuresOf(rec.(*jiqiao.Achievement), r.passages, e.endings)
}

// endingsOf are the endings of all names that could answer the targets.
func endingsOf(targets []figure) []string {
	endings := []string{}
	for i := range targets {
		endings = append(endings, targets[i].name.endings()...)
	}
	slices.Sort(endings)
	return slices.Compact(endings)
}

// checks holds the need's targets against the achievement's figures, whichever of them is the subject.
func (e *explainer) checks(other jiqiao.Record, r *reading) []jiqiao.MetricCheck {
	if other.Kind() == jiqiao.KindNeed {
		return checkMetrics(e.zh.Fold, e.figuresOf(other, r), e.figures)
	}
	if len(e.figures) == 0 {
		return nil
	}
	return checkMetrics(e.zh.Fold, e.figures, e.figuresOf(other, r))
}

// sides puts a pair in order.
func sides(a, b jiqiao.Record) (*jiqiao.Need, *jiqiao.Achievement) {
	if n, ok := a.(*jiqiao.Need); ok {
		return n, b.(*jiqiao.Achievement)
	}
	return b.(*jiqiao.Need), a.(*jiqiao.Achievement)
}

// shares is what each common term contributes to the strength of the words, as a share of it.
func (x *explaining) shares(other *Profile) map[term]float64 {
	shares := map[term]float64{}
	total := 0.0
	x.e.c.weights.lexical(x.subject, other, func(t term, v float64) {
		points := x.e.c.weights.Classes[classOf(t)] * v
		shares[t] = points
		total += points
	})
	for t, points := range shares {
		shares[t] = points / total
	}
	return shares
}

// sharedTerm is a word that both records hold.
type sharedTerm struct {
	mine  *said
	share float64
}

func shown(terms []sharedTerm) []jiqiao.TermMatch {
	var out []jiqiao.TermMatch
	for _, t := range terms {
		out = append(out, jiqiao.TermMatch{Term: t.mine.text, Weight: t.share})
	}
	return out
}

// terms names the common words by their share of the score, as the subject writes them, and the characters that are common
// beside them. Every character and pair is given to one word only, the strongest that holds it, so that the weights sum to
// at most 1. shares is used up.
func (x *explaining) terms(theirs *reading, shares map[term]float64) (terms []sharedTerm, lone map[rune]bool) {
	for _, w := range x.commonWords(theirs, shares) {
		if share := take(shares, w.mine.term); share >= minTermShare {
			terms = append(terms, sharedTerm{w.mine, share})
		}
	}
	slices.SortFunc(terms, func(a, b sharedTerm) int {
		return cmp.Or(cmp.Compare(b.share, a.share), strings.Compare(a.mine.term, b.mine.term))
	})
	lone = map[rune]bool{}
	for t, share := range shares {
		if classOf(t) == classCharacter && share >= minLoneShare {
			lone[rune(t)] = true
		}
	}
	return terms[:min(len(terms), maxTerms)], lone
}

// commonWords lists the telling words of both records, those first that explain most. A word that stands in both only
// inside longer ones is none.
func (x *explaining) commonWords(theirs *reading, shares map[term]float64) []sharedTerm {
	var words []sharedTerm
	for _, w := range x.e.reading.order {
		o := theirs.words[w.term]
		if o == nil || !w.alone && !o.alone || !w.tells() {
			continue
		}
		if single := utf8.RuneCountInString(w.term) == 1; single && (!w.alone || !o.alone) {
			continue
		}
		c := sharedTerm{mine: w}
		eachTerm(units(w.term), func(t term) { c.share += shares[t] })
		words = append(words, c)
	}
	slices.SortFunc(words, func(a, b sharedTerm) int {
		return cmp.Or(cmp.Compare(b.share, a.share), strings.Compare(a.mine.term, b.mine.term))
	})
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

func (e *explainer) marker(terms []sharedTerm, lone map[rune]bool, near []closeWords) *marker {
	m := &marker{words: map[string]bool{}, chars: lone, fold: e.zh.Fold}
	for _, t := range terms {
		m.words[t.mine.term] = true
	}
	for _, c := range near {
		m.words[c.mine.term], m.words[c.theirs.term] = true, true
	}
	return m
}
