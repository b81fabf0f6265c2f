package queue

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"jiqiao"
)

func near(a, b float64) bool { return math.Abs(a-b) < 5e-4 }

// TestKappa holds κ against the well-known tables of textbooks, and its deviation against the same formula in the shape that
// Agresti gives it (Categorical Data Analysis, §11.5), worked out apart from this code.
func TestKappa(t *testing.T) {
	for name, c := range map[string]struct {
		table            table
		value, deviation float64
		defined          bool
	}{
		// po 0.7, pe 0.5: the textbook's grant proposals.
		"textbook":          {table{{20, 5}, {10, 15}}, 0.4, 0.1269961, true},
		"mostly yes":        {table{{45, 15}, {25, 15}}, 0.1304348, 0.0986615, true},
		"mostly split":      {table{{25, 35}, {5, 35}}, 0.2592593, 0.0771597, true},
		"full agreement":    {table{{10, 0}, {0, 10}}, 1, 0, true},
		"full disagreement": {table{{0, 10}, {10, 0}}, -1, 0, true},
		"chance":            {table{{25, 25}, {25, 25}}, 0, 0.1, true},
		"nothing":           {table{}, 0, 0, false},
		"one answer only":   {table{{10, 0}, {0, 0}}, 0, 0, false},
	} {
		k := c.table.kappa()
		if k.defined != c.defined || !near(k.value, c.value) || c.deviation != 0 && !near(k.deviation, c.deviation) {
			t.Errorf("%s: κ %.7f ± %.7f, %t", name, k.value, k.deviation, k.defined)
		}
	}
}

func TestAgreementIsWithinItsBounds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var tab, turned, swapped table
		for i := range 2 {
			for j := range 2 {
				n := rapid.IntRange(0, 50).Draw(rt, "n")
				tab[i][j], turned[j][i], swapped[1-i][1-j] = n, n, n
			}
		}
		a := tab.agreement()
		if a.Pairs == 0 || a.Kappa == nil {
			return
		}
		if *a.Kappa < -1 || *a.Kappa > 1 || *a.Low > *a.Kappa || *a.High < *a.Kappa || math.IsNaN(*a.Low) {
			rt.Fatalf("%+v", a)
		}
		// It does not matter who is the first, nor what the answers are called.
		if k := *a.Kappa; !near(k, turned.kappa().value) || !near(k, swapped.kappa().value) || !near(tab.kappa().deviation, turned.kappa().deviation) {
			rt.Fatalf("κ %v, turned %v, renamed %v", k, turned.kappa(), swapped.kappa())
		}
		if (*a.Kappa == 1) != (a.FirstOnly+a.SecondOnly == 0) {
			rt.Fatalf("full agreement and κ %v", *a.Kappa)
		}
	})
}

func TestAgreementNamesItsNumbers(t *testing.T) {
	var tab table
	for _, p := range []jiqiao.OpinionPair{
		{First: jiqiao.QueueAccept, Second: jiqiao.QueueAccept}, {First: jiqiao.QueueAccept, Second: jiqiao.QueueReject},
		{First: jiqiao.QueueAccept, Second: jiqiao.QueueReject}, {First: jiqiao.QueueReject, Second: jiqiao.QueueReject},
	} {
		tab.add(p)
	}
	a := tab.agreement()
	if a.Pairs != 4 || a.BothAccept != 1 || a.FirstOnly != 2 || a.SecondOnly != 0 || a.BothReject != 1 || a.Observed != 0.5 {
		t.Errorf("%+v", a)
	}
}
