package assign

import (
	"slices"

	"jiqiao"
)

// exposure is how a plan spreads the recommendations of the week, those made before included, over what has a pair that
// may be placed.
func (p *Problem) exposure(plan *Plan) jiqiao.Exposure {
	u := p.usage(plan)
	organisations, achievements := map[int]bool{}, map[int]bool{}
	for i := range p.Pairs {
		if pair := &p.Pairs[i]; pair.Bar == "" {
			achievements[pair.Achievement] = true
			organisations[p.Teams[p.Achievements[pair.Achievement].Team].Organisation] = true
		}
	}
	e := jiqiao.Exposure{Organisations: len(organisations)}
	var ofOrganisations, ofAchievements []int
	for i := range organisations {
		n := p.Organisations[i].Used + u.organisations[i]
		if n == 0 {
			e.Unserved++
		}
		ofOrganisations = append(ofOrganisations, n)
	}
	for i := range achievements {
		ofAchievements = append(ofAchievements, p.Achievements[i].Used+u.achievements[i])
	}
	e.Gini, e.AchievementGini = Gini(ofOrganisations), Gini(ofAchievements)
	return e
}

// Gini is the coefficient of inequality of counts, half the mean absolute difference over the mean: 0–1, 0 for none.
func Gini(counts []int) float64 {
	counts = slices.Sorted(slices.Values(counts))
	sum, weighted := 0, 0
	for i, c := range counts {
		sum += c
		weighted += (2*i + 1 - len(counts)) * c
	}
	if sum == 0 {
		return 0
	}
	return float64(weighted) / float64(len(counts)*sum)
}
