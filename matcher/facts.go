package matcher

import (
	"math"
	"slices"
	"strings"
	"time"

	"jiqiao"
	"jiqiao/matcher/quantity"
)

// factCount is the number of facts; factNames are their features, in order.
const factCount = 8

// Facts compare what the fields of the forms say, where both sides say something: 1 is all that one could wish, 0 nothing
// to go by, -1 as far apart as it gets. There are no graded pairs with filled fields, so that nothing is learned of
// them: the ranker's model gives each a small bounded offset, set by hand, which decisions may move later.
var factNames = [factCount]struct{ name, label string }{
	{"fact_field", "技术领域"},
	{"fact_industry", "行业"},
	{"fact_maturity", "技术成熟度"},
	{"fact_budget", "资金与价格"},
	{"fact_cooperation", "合作方式"},
	{"fact_region", "地区"},
	{"fact_freshness", "成果新近"},
	{"fact_metrics", "技术指标"},
}

// facts is what of a record's fields is compared: about 200 bytes of a filled form.
type facts struct {
	fields, industries []string
	readiness          int8 // an achievement's, or the least that a need asks; 0 is unstated
	price              jiqiao.Money
	cooperation        []string
	region             string
	// day counts from 1970, of an achievement's completion or a need's writing; 0 is unstated.
	day     int32
	metrics []jiqiao.Metric
}

func readFacts(rec jiqiao.Record) facts {
	h := rec.Head()
	f := facts{fields: h.Fields, industries: h.Industries, price: h.Price, cooperation: h.Cooperation, region: h.Region}
	switch r := rec.(type) {
	case *jiqiao.Need:
		f.readiness, f.metrics = int8(r.MinTRL), r.Metrics
		if !r.CreatedAt.IsZero() {
			f.day = dayOf(r.CreatedAt)
		}
	case *jiqiao.Achievement:
		f.readiness, f.metrics = int8(r.Readiness()), r.Metrics
		if done, err := r.CompletedOn.Time(); err == nil {
			f.day = dayOf(done)
		}
	}
	return f
}

func dayOf(t time.Time) int32 { return int32(t.Unix() / (24 * 60 * 60)) }

// compareFacts writes the facts of a pair to dst.
func compareFacts(need, achievement *facts, dst []float64) {
	for i, compare := range [factCount]func(need, achievement *facts) float64{
		sameField, sameIndustry, ripe, affordable, sameMode, near, fresh, answered,
	} {
		dst[i] = compare(need, achievement)
	}
}

// sameField compares codes of 高新技术领域, two digits of the domain and more within it: 1 for one inside the other from
// the second level on, ½ for one domain, -1 for different ones.
func sameField(need, achievement *facts) float64 {
	return closest(need.fields, achievement.fields, func(a, b string) float64 {
		switch n := commonPrefix(a, b); {
		case n >= 3 && n == min(len(a), len(b)):
			return 1
		case n >= 2:
			return 0.5
		}
		return -1
	})
}

// sameIndustry compares codes of GB/T 4754: 1 for one division (C26), ½ for one section (C). A different industry says
// less than a different field: what cleans the water of a dye works cleans that of a tannery.
func sameIndustry(need, achievement *facts) float64 {
	return closest(need.industries, achievement.industries, func(a, b string) float64 {
		switch n := commonPrefix(a, b); {
		case n >= 3:
			return 1
		case n >= 1:
			return 0.5
		}
		return -0.5
	})
}

// closest is the best likeness of any two codes, 0 when either side has none.
func closest(a, b []string, like func(a, b string) float64) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	best := math.Inf(-1)
	for _, x := range a {
		for _, y := range b {
			best = max(best, like(x, y))
		}
	}
	return best
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// ripe is 1 when the achievement is as mature as the need asks, and falls by a third for each level below.
func ripe(need, achievement *facts) float64 {
	if need.readiness == 0 || achievement.readiness == 0 {
		return 0
	}
	short := float64(need.readiness - achievement.readiness)
	if short <= 0 {
		return 1
	}
	return max(-1, -short/3)
}

// affordable is 1 when the least that is asked is within the most that will be spent, and -1 from four times on. An open
// upper end (至少) spends anything.
func affordable(need, achievement *facts) float64 {
	if need.price.Kind != jiqiao.MoneyAmount || achievement.price.Kind != jiqiao.MoneyAmount {
		return 0
	}
	ask, spend := float64(achievement.price.Min), float64(need.price.Max)
	if spend == 0 || ask <= spend {
		return 1
	}
	return max(-1, -math.Log2(ask/spend)/2)
}

func sameMode(need, achievement *facts) float64 {
	switch {
	case len(need.cooperation) == 0 || len(achievement.cooperation) == 0:
		return 0
	case slices.ContainsFunc(need.cooperation, func(c string) bool { return slices.Contains(achievement.cooperation, c) }):
		return 1
	case apart(need.cooperation, achievement.cooperation):
		return -1
	}
	return 0
}

// openCooperation are modes that exclude no other.
const openCooperation = "other"

// apart reports whether two lists of modes share none. The score may count it; it is no objection, see opposed.
func apart(a, b []string) bool {
	if len(a) == 0 || len(b) == 0 || slices.Contains(a, openCooperation) || slices.Contains(b, openCooperation) {
		return false
	}
	return !slices.ContainsFunc(a, func(code string) bool { return slices.Contains(b, code) })
}

// near is 1 for one city, ½ for one province; distance is no fault.
func near(need, achievement *facts) float64 {
	switch n := commonPrefix(need.region, achievement.region); {
	case n >= 4:
		return 1
	case n >= 2:
		return 0.5
	}
	return 0
}

// fresh compares an achievement's completion with the need's writing: 1 for newer, falling to -1 at twelve years. Today
// plays no part, so that a pair's score does not change over night.
func fresh(need, achievement *facts) float64 {
	if need.day == 0 || achievement.day == 0 {
		return 0
	}
	years := float64(need.day-achievement.day) / 365.25
	return min(1, max(-1, 1-years/6))
}

// answered is the share of the need's targets that a comparable figure of the achievement reaches, less the share that
// all comparable figures miss.
func answered(need, achievement *facts) float64 {
	if len(need.metrics) == 0 {
		return 0
	}
	balance := 0
	for _, target := range need.metrics {
		balance += verdict(target, achievement.metrics)
	}
	return float64(balance) / float64(len(need.metrics))
}

// verdict is 1 when a figure of the same name reaches the target, -1 when some fall short and none reaches it. Figures
// under other names are for the evidence, which shows them to a person.
func verdict(target jiqiao.Metric, figures []jiqiao.Metric) int {
	found := 0
	for _, f := range figures {
		if !sameName(f.Name, target.Name) {
			continue
		}
		want, ok := quantity.Of(target)
		has, also := quantity.Of(f)
		if !ok || !also {
			continue
		}
		switch outcome, _ := quantity.Compare(want, has); outcome {
		case quantity.Met:
			return 1
		case quantity.Unmet:
			found = -1
		}
	}
	return found
}

func sameName(a, b string) bool {
	return strings.EqualFold(strings.ReplaceAll(a, " ", ""), strings.ReplaceAll(b, " ", ""))
}

// fallen reports the facts of a pair that speak against it, by label: what the nearest misses lack.
func fallen(values []float64) string {
	var labels []string
	for i, v := range values {
		if v < 0 {
			labels = append(labels, factNames[i].label)
		}
	}
	return strings.Join(labels, "、")
}
