package matcher

import "jiqiao"

// Features are what of two texts is compared, each 0 or more and unbounded: the sum, over the terms of one class that
// both hold, of rarity × weight in the need × weight in the achievement.
type Features [featureCount]float64

type feature int

const (
	featureCharacters feature = iota
	featurePairs
	featureCodes
	featureCount
)

var featureOf = [termClasses]feature{
	classCharacter: featureCharacters, classPair: featurePairs, classCode: featureCodes,
}

var featureNames = [featureCount]struct{ name, label string }{
	featureCharacters: {"characters", "用字相近"},
	featurePairs:      {"pairs", "用词相同"},
	featureCodes:      {"codes", "型号、缩写与数值相同"},
}

// strength is the weighted sum of the features, unbounded.
func (w *Weights) strength(f Features) float64 {
	sum := 0.0
	for i, v := range f {
		sum += w.Features[i] * v
	}
	return sum
}

// Score brings the strength into 0–1: a strength of Half gives ½. It orders as the strength does.
func (w *Weights) Score(f Features) float64 {
	s := w.strength(f)
	return s / (s + w.Half)
}

// Parts divides the score among the features; the points sum to the score but for rounding.
func (w *Weights) Parts(f Features) []jiqiao.ScorePart {
	scale := w.strength(f) + w.Half
	parts := make([]jiqiao.ScorePart, featureCount)
	for i, v := range f {
		parts[i] = jiqiao.ScorePart{
			Name:   featureNames[i].name,
			Label:  featureNames[i].label,
			Value:  v / (v + w.Half),
			Weight: w.Features[i],
			Points: w.Features[i] * v / scale,
		}
	}
	return parts
}

// level is the grade a score stands for: the highest whose threshold it reaches.
func (w *Weights) level(score float64, a, b *Profile) jiqiao.Level {
	thresholds := w.LevelsTitle
	if min(a.lengths[partMain], b.lengths[partMain]) >= uint16(w.TextLength) {
		thresholds = w.LevelsText
	}
	level := jiqiao.LevelNone
	for _, t := range thresholds {
		if score < t {
			break
		}
		level++
	}
	return level
}
