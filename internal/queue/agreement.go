package queue

import (
	"math"

	"jiqiao"
)

// table counts pairs of judgements: the first row and column are accepted, the second rejected.
type table [2][2]int

func (t *table) add(p jiqiao.OpinionPair) { t[judged(p.First)][judged(p.Second)]++ }

func judged(v jiqiao.QueueVerb) int {
	if v == jiqiao.QueueAccept {
		return 0
	}
	return 1
}

// normal95 is the 97.5 % quantile of the normal distribution.
const normal95 = 1.959963984540054

func (t *table) agreement() jiqiao.Agreement {
	a := jiqiao.Agreement{
		Pairs: t[0][0] + t[0][1] + t[1][0] + t[1][1], BothAccept: t[0][0], BothReject: t[1][1], FirstOnly: t[0][1], SecondOnly: t[1][0],
	}
	k := t.kappa()
	a.Observed, a.Expected = k.observed, k.expected
	if k.defined {
		low, high := max(-1, k.value-normal95*k.deviation), min(1, k.value+normal95*k.deviation)
		a.Kappa, a.Low, a.High = &k.value, &low, &high
	}
	return a
}

// kappa is Cohen's κ of a table with its asymptotic standard deviation.
type kappa struct {
	value, deviation, observed, expected float64
	// defined is false without pairs, and where both always said the same one thing: chance alone then agrees fully.
	defined bool
}

// kappa follows Cohen, A coefficient of agreement for nominal scales, Educ. Psychol. Meas. 20 (1960), and for the
// deviation Fleiss, Cohen and Everitt, Large sample standard errors of kappa and weighted kappa, Psychol. Bull. 72 (1969).
func (t *table) kappa() (k kappa) {
	n := float64(t[0][0] + t[0][1] + t[1][0] + t[1][1])
	if n == 0 {
		return k
	}
	var p [2][2]float64
	var row, column [2]float64
	for i := range p {
		for j := range p {
			p[i][j] = float64(t[i][j]) / n
			row[i] += p[i][j]
			column[j] += p[i][j]
		}
	}
	k.observed = p[0][0] + p[1][1]
	k.expected = row[0]*column[0] + row[1]*column[1]
	if k.expected >= 1 {
		return k
	}
	k.defined = true
	k.value = (k.observed - k.expected) / (1 - k.expected)
	spread := 0.0
	for i := range p {
		own := 1 - (row[i]+column[i])*(1-k.value)
		spread += p[i][i] * own * own
		for j := range p {
			if i != j {
				both := column[i] + row[j]
				spread += (1 - k.value) * (1 - k.value) * p[i][j] * both * both
			}
		}
	}
	chance := k.value - k.expected*(1-k.value)
	k.deviation = math.Sqrt(max(0, spread-chance*chance)/n) / (1 - k.expected)
	return k
}
