package rank

import (
	"math"

	"jiqiao"
)

// Ranker is a model bound to a feature vector. It is immutable and safe for concurrent use.
type Ranker struct {
	model Model
	width int
}

// Result is what a model says of one pair.
type Result struct {
	// Score is 0–1 and orders; ½ lies in the middle of 弱.
	Score float64
	// Probabilities are those of the four levels, from 无相关 to 强; they sum to 1.
	Probabilities [4]float64
	// Level has the least expected distance from the true level: the median of Probabilities.
	Level jiqiao.Level
}

// AtLeast is the probability that the pair has this level or a better one.
func (r *Result) AtLeast(l jiqiao.Level) float64 {
	sum := 0.0
	for _, p := range r.Probabilities[l-1:] {
		sum += p
	}
	return sum
}

// Version is the model's.
func (r *Ranker) Version() string { return r.model.Version }

// Abstain is the model's threshold; see [Model].
func (r *Ranker) Abstain() float64 { return r.model.Abstain }

// Score scores one pair. x has a place for each name that the ranker is bound to. It does not allocate.
func (r *Ranker) Score(x []float64) Result {
	_ = x[r.width-1] // a vector of another layout is a programmer's mistake
	var out Result
	facts := sum(r.model.Facts, x)
	share := r.model.Blend.text(x)
	if share < 1 {
		r.model.Title.add(&out, 1-share, facts, x)
	}
	if share > 0 {
		r.model.Text.add(&out, share, facts, x)
	}
	out.Level = median(out.Probabilities)
	return out
}

func sum(shapes []Shape, x []float64) float64 {
	total := 0.0
	for i := range shapes {
		total += shapes[i].value(x[shapes[i].at])
	}
	return total
}

// add mixes the regime's opinion into out.
func (g *Regime) add(out *Result, share, facts float64, x []float64) {
	strength := g.Base + sum(g.Shapes, x) + facts
	out.Score += share * logistic(strength)
	for i, p := range g.probabilities(strength) {
		out.Probabilities[i] += share * p
	}
}

// probabilities multiplies the steps, so that better levels are never likelier than worse ones taken together.
func (g *Regime) probabilities(strength float64) [4]float64 {
	weak := g.Levels[0].chance(strength)
	fair := weak * g.Levels[1].chance(strength)
	strong := fair * g.Levels[2].chance(strength)
	return [4]float64{1 - weak, weak - fair, fair - strong, strong}
}

func median(p [4]float64) jiqiao.Level {
	level, below := jiqiao.LevelNone, p[0]
	for below < 0.5 && level < jiqiao.LevelStrong {
		below += p[level]
		level++
	}
	return level
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// basePart names what a pair with nothing in common scores.
const basePart = "base"

// Parts appends what the score is made of; the points sum to the score but for rounding. The logistic is divided among
// the shapes in proportion to their values, which is Aumann and Shapley's rule for a sum, so that a fact that lowers a
// score has negative points.
func (r *Ranker) Parts(dst []jiqiao.ScorePart, x []float64) []jiqiao.ScorePart {
	share := r.model.Blend.text(x)
	facts := sum(r.model.Facts, x)
	title, titleRate := r.model.Title.rate(facts, x)
	text, textRate := r.model.Text.rate(facts, x)
	dst = append(dst, jiqiao.ScorePart{Name: basePart, Label: "起点", Value: 1, Points: (1-share)*title + share*text})
	first := len(dst)
	if share < 1 {
		dst = parts(dst, first, r.model.Title.Shapes, x, (1-share)*titleRate)
	}
	if share > 0 {
		dst = parts(dst, first, r.model.Text.Shapes, x, share*textRate)
	}
	return parts(dst, first, r.model.Facts, x, (1-share)*titleRate+share*textRate)
}

// rate is the score at the base and what one unit of log odds above it is worth.
func (g *Regime) rate(facts float64, x []float64) (base, rate float64) {
	base = logistic(g.Base)
	rise := sum(g.Shapes, x) + facts
	if math.Abs(rise) < 1e-9 {
		return base, base * (1 - base)
	}
	return base, (logistic(g.Base+rise) - base) / rise
}

// parts adds the points of shapes, to the part of the same feature where an earlier regime left one.
func parts(dst []jiqiao.ScorePart, first int, shapes []Shape, x []float64, rate float64) []jiqiao.ScorePart {
	for i := range shapes {
		s := &shapes[i]
		part := jiqiao.ScorePart{Name: s.Feature, Label: s.Label, Weight: s.rise()}
		v := s.value(x[s.at])
		if part.Weight > 0 {
			part.Value = (v - s.Values[0]) / part.Weight
		}
		part.Points = v * rate
		at := first
		for at < len(dst) && dst[at].Name != part.Name {
			at++
		}
		if at < len(dst) {
			dst[at].Points += part.Points
			continue
		}
		dst = append(dst, part)
	}
	return dst
}

// TextShare is how much of the pair is the Text regime's business, 0–1.
func (r *Ranker) TextShare(x []float64) float64 { return r.model.Blend.text(x) }

// Facts is what the facts of the pair add to the strength of either regime.
func (r *Ranker) Facts(x []float64) float64 { return sum(r.model.Facts, x) }
