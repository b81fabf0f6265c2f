package matcher

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jiqiao"
)

func factsOf(change func(n *jiqiao.Need, a *jiqiao.Achievement)) []float64 {
	n, a := &jiqiao.Need{}, &jiqiao.Achievement{}
	change(n, a)
	needs, offers := readFacts(n), readFacts(a)
	out := make([]float64, factCount)
	compareFacts(&needs, &offers, out)
	return out
}

func TestFacts(t *testing.T) {
	const year = 365 * 24 * time.Hour
	now := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name   string
		fact   string
		change func(n *jiqiao.Need, a *jiqiao.Achievement)
		want   float64
	}{
		{"nothing said", "fact_field", func(*jiqiao.Need, *jiqiao.Achievement) {}, 0},
		{"one field", "fact_field", func(n *jiqiao.Need, a *jiqiao.Achievement) { n.Fields, a.Fields = []string{"207"}, []string{"20701"} }, 1},
		{"one domain", "fact_field", func(n *jiqiao.Need, a *jiqiao.Achievement) { n.Fields, a.Fields = []string{"20701"}, []string{"20704"} }, 0.5},
		{"the domain alone", "fact_field", func(n *jiqiao.Need, a *jiqiao.Achievement) { n.Fields, a.Fields = []string{"20"}, []string{"20704"} }, 0.5},
		{"another domain", "fact_field", func(n *jiqiao.Need, a *jiqiao.Achievement) { n.Fields, a.Fields = []string{"10101"}, []string{"20704"} }, -1},
		{"the best of several", "fact_field", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.Fields, a.Fields = []string{"10101", "20704"}, []string{"30", "20704"}
		}, 1},
		{"one side silent", "fact_field", func(n *jiqiao.Need, _ *jiqiao.Achievement) { n.Fields = []string{"10101"} }, 0},
		{"one division", "fact_industry", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.Industries, a.Industries = []string{"C26"}, []string{"C26"}
		}, 1},
		{"one section", "fact_industry", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.Industries, a.Industries = []string{"C26"}, []string{"C"}
		}, 0.5},
		{"another section", "fact_industry", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.Industries, a.Industries = []string{"C26"}, []string{"A01"}
		}, -0.5},
		{"ripe", "fact_maturity", func(n *jiqiao.Need, a *jiqiao.Achievement) { n.MinTRL, a.TRL = 6, 6 }, 1},
		{"a level early", "fact_maturity", func(n *jiqiao.Need, a *jiqiao.Achievement) { n.MinTRL, a.TRL = 6, 5 }, -1.0 / 3},
		{"far too early", "fact_maturity", func(n *jiqiao.Need, a *jiqiao.Achievement) { n.MinTRL, a.TRL = 9, 1 }, -1},
		{"ripe by its stage", "fact_maturity", func(n *jiqiao.Need, a *jiqiao.Achievement) { n.MinTRL, a.Maturity = 6, "pilot" }, 1},
		{"affordable", "fact_budget", func(n *jiqiao.Need, a *jiqiao.Achievement) { n.Price, a.Price = amount(10, 100), amount(100, 500) }, 1},
		{"twice the budget", "fact_budget", func(n *jiqiao.Need, a *jiqiao.Achievement) { n.Price, a.Price = amount(10, 100), amount(200, 500) }, -0.5},
		{"ten times the budget", "fact_budget", func(n *jiqiao.Need, a *jiqiao.Achievement) { n.Price, a.Price = amount(10, 10), amount(100, 500) }, -1},
		{"an open budget", "fact_budget", func(n *jiqiao.Need, a *jiqiao.Achievement) { n.Price, a.Price = amount(10, 0), amount(100, 500) }, 1},
		{"negotiable", "fact_budget", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.Price, a.Price = jiqiao.Money{Kind: jiqiao.MoneyNegotiable}, amount(100, 500)
		}, 0},
		{"a mode shared", "fact_cooperation", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.Cooperation, a.Cooperation = []string{"joint", "licence"}, []string{"licence"}
		}, 1},
		{"no mode shared", "fact_cooperation", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.Cooperation, a.Cooperation = []string{"joint"}, []string{"licence"}
		}, -1},
		{"other excludes nothing", "fact_cooperation", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.Cooperation, a.Cooperation = []string{"joint"}, []string{"other"}
		}, 0},
		{"one city", "fact_region", func(n *jiqiao.Need, a *jiqiao.Achievement) { n.Region, a.Region = "320902", "320981" }, 1},
		{"one province", "fact_region", func(n *jiqiao.Need, a *jiqiao.Achievement) { n.Region, a.Region = "320902", "320100" }, 0.5},
		{"far away", "fact_region", func(n *jiqiao.Need, a *jiqiao.Achievement) { n.Region, a.Region = "320902", "440100" }, 0},
		{"new", "fact_freshness", func(n *jiqiao.Need, a *jiqiao.Achievement) { n.CreatedAt, a.CompletedOn = now, "2026-05-01" }, 1},
		{"newer than the need", "fact_freshness", func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.CreatedAt, a.CompletedOn = now.Add(-3*year), "2026-05-01"
		}, 1},
		{"thirty years old", "fact_freshness", func(n *jiqiao.Need, a *jiqiao.Achievement) { n.CreatedAt, a.CompletedOn = now, "1996-05-01" }, -1},
		{"no date", "fact_freshness", func(n *jiqiao.Need, a *jiqiao.Achievement) { n.CreatedAt, a.CompletedOn = now, "去年" }, 0},
		{"target reached", "fact_metrics", metrics("强度≥30MPa", "强度≥31MPa"), 1},
		{"target missed", "fact_metrics", metrics("强度≥30MPa", "强度=20MPa"), -1},
		{"another unit of the same kind", "fact_metrics", metrics("强度≥30MPa", "强度=2GPa"), 1},
		{"a smaller unit", "fact_metrics", metrics("强度≥30MPa", "强度=200kPa"), -1},
		{"a unit that does not compare", "fact_metrics", metrics("强度≥30MPa", "强度=20℃"), 0},
		{"another name", "fact_metrics", metrics("强度≥30MPa", "硬度=20MPa"), 0},
		{"one figure of two", "fact_metrics", metrics("强度≥30MPa", "强度=20MPa", "强度≥40MPa"), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := slices.IndexFunc(factNames[:], func(f struct{ name, label string }) bool { return f.name == c.fact })
			if got := factsOf(c.change)[at]; math.Abs(got-c.want) > 1e-9 {
				t.Errorf("%s = %v, want %v", c.fact, got, c.want)
			}
		})
	}
}

// TestFactsFallAsTheyGetWorse draws pairs of which one is worse in a way that nobody disputes.
func TestFactsFallAsTheyGetWorse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		trl := rapid.IntRange(1, 9).Draw(t, "asked")
		low, more := rapid.IntRange(1, 9).Draw(t, "level"), rapid.IntRange(0, 4).Draw(t, "more")
		price, dearer := rapid.Int64Range(1, 1000).Draw(t, "price"), rapid.Int64Range(0, 1000).Draw(t, "dearer")
		worse := factsOf(func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.MinTRL, a.TRL, n.Price, a.Price = trl, low, amount(1, 300), amount(price+dearer, price+dearer)
		})
		better := factsOf(func(n *jiqiao.Need, a *jiqiao.Achievement) {
			n.MinTRL, a.TRL, n.Price, a.Price = trl, low+more, amount(1, 300), amount(price, price)
		})
		for i := range worse {
			if worse[i] > better[i] || worse[i] < -1 || better[i] > 1 {
				t.Fatalf("%s: %v, better %v", factNames[i].name, worse[i], better[i])
			}
		}
	})
}
