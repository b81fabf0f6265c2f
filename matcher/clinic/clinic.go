// Package clinic examines a draft (需求诊断): what a need or an achievement says about the things a reader of the other side
// has to know, what it leaves open, and which questions would help most. A quarter of the needs that enterprises hand in
// are unclear; the clinic asks before staff have to.
//
//	draft.go                  a record or a pasted text -> sentences, each with the heading it stands under
//	title.go, phrases.go, figures.go   what a sentence says: object, goals, complaints, quantities
//	need.go, achievement.go   the aspects of either side: what counts as said, why it matters, what to ask
//	conflicts.go, vague.go    statements that cannot both hold; words that say nothing measurable
//	keywords.go, similar.go   what may be filled in; records that say the same
//	passages.go               the text with everything found marked
//
// It reads words, not meaning: it says what it found and where, and never that a statement is true. It is pure; similar
// records, codes and the clock come in.
package clinic

import (
	"context"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"jiqiao"
	"jiqiao/index/zh"
	"jiqiao/matcher"
)

// Similar finds records of the same side that say nearly the same, with their Record; the catalogue is one.
type Similar interface {
	Similar(ctx context.Context, rec jiqiao.Record, n int) ([]jiqiao.Duplicate, error)
}

// Coder suggests codes for a text.
type Coder interface {
	// Suggest lists codes of the list "industry" or "field" for the sections, the likeliest first; none when unsure.
	Suggest(list string, sections []jiqiao.Section) []jiqiao.CodeSuggestion
	// Rarity is how telling a folded word is, from 0 (every document holds it) to 1 (none does).
	Rarity(word string) float64
}

// Options wire a Clinic. Analyzer and Coder are required.
type Options struct {
	// Analyzer answers the analyzer in use; zh.Holder.Get is one.
	Analyzer func() *zh.Analyzer
	Coder    Coder
	// Similar may be nil: then no similar records are listed.
	Similar Similar
	// Now is the clock for what has passed; nil is time.Now.
	Now func() time.Time
}

// Clinic examines drafts. It is safe for concurrent use.
type Clinic struct{ o Options }

// New makes a clinic.
func New(o Options) *Clinic {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Clinic{o}
}

// maxSimilar is how many similar records are looked for. A caller may have to hide some.
const maxSimilar = 20

// ExamineText examines a pasted text of the given side. A text without a letter or digit is CodeInvalid.
func (c *Clinic) ExamineText(ctx context.Context, kind jiqiao.Kind, text string) (jiqiao.Diagnosis, error) {
	rec, err := matcher.ParseText(kind, text)
	if err != nil {
		return jiqiao.Diagnosis{}, err
	}
	d, err := c.Examine(ctx, rec)
	if n := utf8.RuneCountInString(text); err == nil && n > matcher.MaxPasted {
		d.Remarks = slices.DeleteFunc(d.Remarks, func(r jiqiao.DraftRemark) bool { return r.Kind == "length" })
		d.Remarks = append(d.Remarks, jiqiao.DraftRemark{Kind: "length", Message: fmt.Sprintf(
			"文字有 %d 个字，只读了前 %d 个；请删减到主要内容，先写问题和指标。", n, matcher.MaxPasted)})
	}
	return d, err
}

// Examine examines a record, stored or not; it may be incomplete and break rules. rec is not changed.
func (c *Clinic) Examine(ctx context.Context, rec jiqiao.Record) (jiqiao.Diagnosis, error) {
	e := newExam(c.o.Analyzer(), rec, c.o.Coder, jiqiao.DayOf(c.o.Now()))
	d := e.diagnose()
	d.Keywords = e.keywords()
	d.Industries = c.o.Coder.Suggest("industry", e.draft.sections)
	d.Fields = c.o.Coder.Suggest("field", e.draft.sections)
	d.Similar = []jiqiao.SimilarRecord{}
	if c.o.Similar == nil || len(e.draft.sections) == 0 {
		return d, nil
	}
	found, err := c.o.Similar.Similar(ctx, rec, maxSimilar)
	if err != nil {
		return jiqiao.Diagnosis{}, fmt.Errorf("look for similar records: %w", err)
	}
	d.Similar = e.similar(found)
	return d, nil
}

// Completeness is that of the diagnosis which Examine would make, without looking for similar records and codes.
func (c *Clinic) Completeness(rec jiqiao.Record) int {
	return newExam(c.o.Analyzer(), rec, c.o.Coder, jiqiao.DayOf(c.o.Now())).diagnose().Completeness
}

// exam is one examination.
type exam struct {
	zh    *zh.Analyzer
	coder Coder
	today jiqiao.Date
	draft *draft
	title title
	// goals and complaints are the wishes and faults the text names, in order.
	goals, complaints []phrase
	figures           []figure
	marks             []mark
}

func newExam(a *zh.Analyzer, rec jiqiao.Record, coder Coder, today jiqiao.Date) *exam {
	e := &exam{zh: a, coder: coder, today: today, draft: readDraft(rec)}
	e.title = e.readTitle(rec.Head().Title)
	e.readPhrases()
	e.figures = e.draft.readFigures()
	return e
}

// spec is one aspect of a side: its part in the whole, how it is found, and what is asked when it is not.
type spec struct {
	name, label string
	// heading is what an answer may stand under.
	heading string
	why     string
	max     int
	examine func(*exam) finding
	ask     func(*exam, finding) []string
}

// finding is what an examination says of one aspect.
type finding struct {
	state jiqiao.AspectState
	found string
	at    []place
}

func missing() finding { return finding{state: jiqiao.AspectMissing} }

// vagueShare is what a vague statement is worth: it tells the reader what to ask.
const vagueShare = 0.4

func (e *exam) diagnose() jiqiao.Diagnosis {
	specs := needAspects
	if e.draft.achievement != nil {
		specs = achievementAspects
	}
	d := jiqiao.Diagnosis{Kind: e.draft.rec.Kind(), Questions: []jiqiao.DraftQuestion{}, Remarks: []jiqiao.DraftRemark{}}
	var asked []question
	for i, s := range specs {
		f := s.examine(e)
		a := jiqiao.Aspect{
			Name: s.name, Label: s.label, State: f.state, StateLabel: f.state.Label(), Max: s.max, Found: f.found, Why: s.why,
			Points: points(s.max, f.state), Evidence: e.snippets(f.at),
		}
		d.Aspects = append(d.Aspects, a)
		d.Completeness += a.Points
		for _, p := range f.at {
			e.marks = append(e.marks, mark{place: p, aspect: s.name})
		}
		for j, text := range s.ask(e, f) {
			asked = append(asked, question{
				DraftQuestion: jiqiao.DraftQuestion{Aspect: s.name, Text: text, Why: s.why, Heading: s.heading},
				value:         (s.max - a.Points) >> min(j, 4), order: i,
			})
		}
	}
	d.Remarks = append(append(append(d.Remarks, e.conflicts()...), e.titleRemarks()...), e.vagueRemarks()...)
	d.Remarks = append(d.Remarks, e.lengthRemarks()...)
	d.Questions = append(d.Questions, ordered(asked)...)
	d.Verdict = verdict(d)
	d.VerdictLabel = d.Verdict.Label()
	d.Summary = summary(d)
	d.Passages = e.passages()
	return d
}

func points(most int, s jiqiao.AspectState) int {
	switch s {
	case jiqiao.AspectPresent:
		return most
	case jiqiao.AspectVague:
		return int(vagueShare*float64(most) + 0.5)
	default:
		return 0
	}
}
