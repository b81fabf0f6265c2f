package learn

import "math"

// Examination is the chance that a broker looks at a place of the list: 1/rank^Steepness, 1 at the top.
type Examination struct {
	Steepness float64
	// Estimated says that Steepness comes from the decisions, and not from DefaultSteepness.
	Estimated bool
}

const (
	// DefaultSteepness is what Joachims, Swaminathan and Schnabel (2017) found for lists of search results.
	DefaultSteepness = 1
	// leastChance keeps one lucky find at place 40 from outvoting a week of decisions. Twice as much lets habit grow in
	// TestDebiasing.
	leastChance = 0.1
	// An estimate needs this many decisions with a known place, on this many different places of the first maxPlace.
	enoughPlaced = 200
	enoughPlaces = 5
	maxPlace     = 50
	maxSteepness = 2
)

// Chance is the probability that the place, from 1, was looked at; an unknown place (0) counts as the first.
func (e Examination) Chance(rank int) float64 {
	if rank <= 1 {
		return 1
	}
	return max(math.Pow(float64(rank), -e.Steepness), leastChance)
}

// estimateExamination fits the steepness to how often matches at each place were decided about at all, out of how often
// something stood there. It supposes that whoever looks at a match is as likely to decide on it at place 20 as at place 2;
// rejections count, so that better matches at the top do not pass for more attention.
//
// The counts are taken as Poisson with mean shown × c × rank^-steepness; c drops out of the likelihood.
func estimateExamination(decided, shown map[int]int) Examination {
	fallback := Examination{Steepness: DefaultSteepness}
	total, places := 0, 0
	for rank, n := range decided {
		if rank < 1 || rank > maxPlace || shown[rank] < n {
			continue
		}
		total += n
		places++
	}
	if total < enoughPlaced || places < enoughPlaces {
		return fallback
	}
	likelihood := func(steepness float64) float64 {
		sum, mass := 0.0, 0.0
		for rank := 1; rank <= maxPlace; rank++ {
			if shown[rank] < decided[rank] || shown[rank] == 0 {
				continue
			}
			log := math.Log(float64(rank))
			sum -= steepness * log * float64(decided[rank])
			mass += float64(shown[rank]) * math.Exp(-steepness*log)
		}
		return sum - float64(total)*math.Log(mass)
	}
	return Examination{Steepness: peak(likelihood, 0, maxSteepness), Estimated: true}
}

// peak finds the highest point of a concave function by golden section, to 10⁻⁴.
func peak(f func(float64) float64, low, high float64) float64 {
	const golden = 0.6180339887498949
	for high-low > 1e-4 {
		a, b := high-golden*(high-low), low+golden*(high-low)
		if f(a) < f(b) {
			low = a
		} else {
			high = b
		}
	}
	return (low + high) / 2
}
