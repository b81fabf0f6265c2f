package train

import (
	"math"
	"slices"

	"jiqiao"
)

// Report is what a cross-validation found. All shares are 0–1.
type Report struct {
	Needs    int `json:"needs"`
	Examples int `json:"examples"`
	// PairAccuracy is the share of pairs of one need, differently graded, that the scores order as the grades do.
	PairAccuracy float64 `json:"pair_accuracy"`
	// LevelScore is 1/(1+MAE) of the level.
	LevelScore float64 `json:"level_score"`
	// CalibrationErrors are expected calibration errors: of 弱 or better, of 较强 or better, of 强, and last the mean over
	// the four levels one by one.
	WeakError   float64 `json:"ece_weak"`
	FairError   float64 `json:"ece_fair"`
	StrongError float64 `json:"ece_strong"`
	LevelError  float64 `json:"ece_level"`
	// LogLoss is the mean of -log(probability of the true level).
	LogLoss float64 `json:"log_loss"`
	// Confusion counts, by true level and by given level, from 无相关.
	Confusion [4][4]int `json:"confusion"`
}

// NewReport measures predictions.
func NewReport(examples []Example, predictions []Prediction) Report {
	r := Report{Examples: len(predictions)}
	r.Needs, r.PairAccuracy = pairAccuracy(examples, predictions)
	errors, logs := 0.0, 0.0
	for _, p := range predictions {
		e := &examples[p.Example]
		errors += math.Abs(float64(p.Level - e.Level))
		logs -= math.Log(max(p.Probabilities[e.Level-1], 1e-9))
		r.Confusion[e.Level-1][p.Level-1]++
	}
	if n := float64(len(predictions)); n > 0 {
		r.LevelScore, r.LogLoss = 1/(1+errors/n), logs/n
	}
	atLeast := func(l jiqiao.Level) float64 {
		return calibrationError(predictions, func(p *Prediction) (float64, bool) {
			return p.AtLeast(l), examples[p.Example].Level >= l
		})
	}
	r.WeakError, r.FairError, r.StrongError = atLeast(jiqiao.LevelWeak), atLeast(jiqiao.LevelFair), atLeast(jiqiao.LevelStrong)
	for l := jiqiao.LevelNone; l <= jiqiao.LevelStrong; l++ {
		r.LevelError += calibrationError(predictions, func(p *Prediction) (float64, bool) {
			return p.Probabilities[l-1], examples[p.Example].Level == l
		}) / 4
	}
	return r
}

// Figures are the report's numbers by name, as a model's file and the registry hold them.
func (r *Report) Figures() map[string]float64 {
	figures := map[string]float64{
		"needs": float64(r.Needs), "examples": float64(r.Examples),
		"pair_accuracy": r.PairAccuracy, "level_score": r.LevelScore,
		"ece_weak": r.WeakError, "ece_fair": r.FairError, "ece_strong": r.StrongError, "ece_level": r.LevelError,
		"log_loss": r.LogLoss,
	}
	for name, v := range figures {
		figures[name] = math.Round(v*1e4) / 1e4
	}
	return figures
}

func pairAccuracy(examples []Example, predictions []Prediction) (needs int, accuracy float64) {
	byNeed := map[string][]*Prediction{}
	for i := range predictions {
		need := examples[predictions[i].Example].Need
		byNeed[need] = append(byNeed[need], &predictions[i])
	}
	right, total := 0, 0 // in halves
	for _, ps := range byNeed {
		for k, a := range ps {
			for _, b := range ps[:k] {
				d := examples[a.Example].Level - examples[b.Example].Level
				if d == 0 {
					continue
				}
				total += 2
				switch s := (a.Score - b.Score) * float64(d); {
				case s > 0:
					right += 2
				case s == 0:
					right++
				}
			}
		}
	}
	if total == 0 {
		return len(byNeed), 0
	}
	return len(byNeed), float64(right) / float64(total)
}

// Bin is one point of a reliability curve: of Count predictions with the mean probability Predicted, the share Observed
// came true.
type Bin struct {
	Predicted float64 `json:"predicted"`
	Observed  float64 `json:"observed"`
	Count     int     `json:"count"`
}

// reliabilityBins is the usual number; each holds as many predictions as the next.
const reliabilityBins = 10

// Reliability sorts predictions by the probability of an event and compares, in ten bins of equal size, what was
// predicted with what was seen.
func Reliability(predictions []Prediction, event func(*Prediction) (probability float64, happened bool)) []Bin {
	type outcome struct {
		p float64
		y float64
	}
	all := make([]outcome, len(predictions))
	for i := range predictions {
		p, happened := event(&predictions[i])
		all[i].p = p
		if happened {
			all[i].y = 1
		}
	}
	slices.SortStableFunc(all, func(a, b outcome) int {
		switch {
		case a.p < b.p:
			return -1
		case a.p > b.p:
			return 1
		}
		return 0
	})
	var bins []Bin
	for k := range reliabilityBins {
		from, to := k*len(all)/reliabilityBins, (k+1)*len(all)/reliabilityBins
		if from == to {
			continue
		}
		b := Bin{Count: to - from}
		for _, o := range all[from:to] {
			b.Predicted += o.p / float64(b.Count)
			b.Observed += o.y / float64(b.Count)
		}
		bins = append(bins, b)
	}
	return bins
}

// calibrationError is the mean distance of the bins from the diagonal, by count (Naeini et al., 2015).
func calibrationError(predictions []Prediction, event func(*Prediction) (float64, bool)) float64 {
	sum := 0.0
	for _, b := range Reliability(predictions, event) {
		sum += math.Abs(b.Predicted-b.Observed) * float64(b.Count)
	}
	return sum / float64(max(len(predictions), 1))
}
