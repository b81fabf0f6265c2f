package assign

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jiqiao"
)

func drawQuota(t *rapid.T) Quota {
	return Quota{Limit: rapid.IntRange(0, 3).Draw(t, "limit"), Used: rapid.IntRange(0, 2).Draw(t, "used")}
}

// drawProblem is small enough to try every choice.
func drawProblem(t *rapid.T) *Problem {
	p := &Problem{Fairness: rapid.SampledFrom([]float64{0, 0.01, 0.2, 1}).Draw(t, "fairness")}
	for range rapid.IntRange(1, 2).Draw(t, "organisations") {
		p.Organisations = append(p.Organisations, Organisation{Used: rapid.IntRange(0, 2).Draw(t, "exposed")})
	}
	for range rapid.IntRange(1, 3).Draw(t, "teams") {
		p.Teams = append(p.Teams, Team{Organisation: rapid.IntRange(0, len(p.Organisations)-1).Draw(t, "organisation"), Quota: drawQuota(t)})
	}
	for range rapid.IntRange(1, 4).Draw(t, "achievements") {
		p.Achievements = append(p.Achievements, Achievement{Team: rapid.IntRange(0, len(p.Teams)-1).Draw(t, "team"), Quota: drawQuota(t)})
	}
	for range rapid.IntRange(0, 2).Draw(t, "brokers") {
		p.Brokers = append(p.Brokers, Broker{Quota: drawQuota(t)})
	}
	for range rapid.IntRange(1, 4).Draw(t, "needs") {
		n := Need{Quota: drawQuota(t)}
		for b := range p.Brokers {
			if rapid.Bool().Draw(t, "eligible") {
				n.Brokers = append(n.Brokers, b)
			}
		}
		p.Needs = append(p.Needs, n)
	}
	for n := range p.Needs {
		for a := range p.Achievements {
			if len(p.Pairs) < 9 && rapid.Bool().Draw(t, "pair") {
				pair := Pair{Need: n, Achievement: a, Benefit: float64(rapid.IntRange(0, 20).Draw(t, "benefit")) / 20, Level: jiqiao.LevelFair}
				if rapid.IntRange(0, 5).Draw(t, "bar") == 0 {
					pair.Bar = BarLevel
				}
				p.Pairs = append(p.Pairs, pair)
			}
		}
	}
	return p
}

// worth is what a choice is worth by the definition, and whether it keeps all limits; brokers are left out.
func (p *Problem) worth(chosen []int) (float64, bool) {
	needs, achievements := make([]int, len(p.Needs)), make([]int, len(p.Achievements))
	teams, organisations := make([]int, len(p.Teams)), make([]int, len(p.Organisations))
	total := 0.0
	for _, i := range chosen {
		pair := p.Pairs[i]
		a := p.Achievements[pair.Achievement]
		org := p.Teams[a.Team].Organisation
		if pair.Bar != "" {
			return 0, false
		}
		needs[pair.Need]++
		achievements[pair.Achievement]++
		teams[a.Team]++
		organisations[org]++
		total += pair.Benefit + p.Fairness/2/float64(a.Used+achievements[pair.Achievement]) +
			p.Fairness/2/float64(p.Organisations[org].Used+organisations[org])
	}
	fits := func(q Quota, n int) bool { return n == 0 || q.Limit == 0 || q.Used+n <= q.Limit }
	for i, n := range needs {
		if !fits(p.Needs[i].Quota, n) {
			return 0, false
		}
	}
	for i, n := range achievements {
		if !fits(p.Achievements[i].Quota, n) {
			return 0, false
		}
	}
	for i, n := range teams {
		if !fits(p.Teams[i].Quota, n) {
			return 0, false
		}
	}
	return total, true
}

// handled tries every broker for every chosen pair.
func (p *Problem) handled(chosen []int, used []int) bool {
	if len(p.Brokers) == 0 || len(chosen) == 0 {
		return true
	}
	for _, b := range p.Needs[p.Pairs[chosen[0]].Need].Brokers {
		if q := p.Brokers[b].Quota; q.Limit == 0 || q.Used+used[b] < q.Limit {
			used[b]++
			ok := p.handled(chosen[1:], used)
			used[b]--
			if ok {
				return true
			}
		}
	}
	return false
}

func (p *Problem) best() float64 {
	best := 0.0
	for set := range 1 << len(p.Pairs) {
		var chosen []int
		for i := range p.Pairs {
			if set>>i&1 == 1 {
				chosen = append(chosen, i)
			}
		}
		if worth, ok := p.worth(chosen); ok && worth > best && p.handled(chosen, make([]int, len(p.Brokers))) {
			best = worth
		}
	}
	return best
}

// within checks every limit of a plan of any size, brokers and their rights included.
func within(t interface{ Errorf(string, ...any) }, p *Problem, plan *Plan) {
	var chosen []int
	handled := make([]int, len(p.Brokers))
	for _, placed := range plan.Placed {
		chosen = append(chosen, placed.Pair)
		need := p.Needs[p.Pairs[placed.Pair].Need]
		if len(p.Brokers) == 0 {
			if placed.Broker != -1 {
				t.Errorf("broker %d where there are none", placed.Broker)
			}
			continue
		}
		if !slices.Contains(need.Brokers, placed.Broker) {
			t.Errorf("broker %d may not handle the need", placed.Broker)
			continue
		}
		handled[placed.Broker]++
	}
	worth, ok := p.worth(chosen)
	if !ok {
		t.Errorf("a limit is broken by %v", plan.Placed)
	}
	for i, b := range p.Brokers {
		if handled[i] > 0 && b.Limit > 0 && b.Used+handled[i] > b.Limit {
			t.Errorf("broker %d has %d + %d of %d", i, b.Used, handled[i], b.Limit)
		}
	}
	// Beyond the first few recommendations the bonus is that of straight pieces below the curve.
	if plan.Worth > worth+1e-6 || plan.Worth < 0.999*worth-1e-6 {
		t.Errorf("worth %v, by the definition %v", plan.Worth, worth)
	}
}

func TestSolveIsAsGoodAsTryingEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		plan, err := Solve(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		within(t, p, plan)
		if best := p.best(); math.Abs(plan.Worth-best) > 1e-6 || math.Abs(plan.Bound-best) > 1e-6 {
			t.Fatalf("worth %v, bound %v, best %v\n%+v", plan.Worth, plan.Bound, best, p)
		}
	})
}

func TestSolveDoesNotDependOnTheOrderOfPairs(t *testing.T) {
	p := market(60, 200, 12, 5, 0.1)
	plan, err := Solve(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	within(t, p, plan)
	shuffled := *p
	shuffled.Pairs = slices.Clone(p.Pairs)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(p.Pairs), func(i, j int) {
		shuffled.Pairs[i], shuffled.Pairs[j] = shuffled.Pairs[j], shuffled.Pairs[i]
	})
	again, err := Solve(t.Context(), &shuffled)
	if err != nil {
		t.Fatal(err)
	}
	type choice struct{ Need, Achievement, Broker int }
	choices := func(p *Problem, plan *Plan) (all []choice) {
		for _, placed := range plan.Placed {
			all = append(all, choice{p.Pairs[placed.Pair].Need, p.Pairs[placed.Pair].Achievement, placed.Broker})
		}
		return all
	}
	if diff := cmp.Diff(choices(p, plan), choices(&shuffled, again)); diff != "" {
		t.Errorf("another order, another plan:\n%s", diff)
	}
	if plan.Benefit != again.Benefit {
		t.Errorf("benefit %v and %v", plan.Benefit, again.Benefit)
	}
}

// famous is the case that fairness is for: ten needs, a famous university that scores a hair higher for each, and a small
// college.
func famous(lead, fairness float64) *Problem {
	p := &Problem{
		Organisations: []Organisation{{Name: "名校"}, {Name: "学院"}},
		Teams:         []Team{{Name: "甲", Organisation: 0}, {Name: "乙", Organisation: 1}},
		Achievements:  []Achievement{{Name: "名校成果", Team: 0}, {Name: "学院成果", Team: 1}},
		Fairness:      fairness,
	}
	for i := range 10 {
		p.Needs = append(p.Needs, Need{Name: "需求", Quota: Quota{Limit: 1}})
		p.Pairs = append(p.Pairs, Pair{Need: i, Achievement: 0, Benefit: 0.8 + lead, Level: 4}, Pair{Need: i, Achievement: 1, Benefit: 0.8, Level: 4})
	}
	return p
}

func TestFairnessKeepsASmallCollegeFromStarving(t *testing.T) {
	for _, c := range []struct {
		name           string
		lead, fairness float64
		college        int
	}{
		{"none", 0.01, 0, 0},
		{"a hair, fairness of five hundredths", 0.01, 0.05, 3},
		{"more than fairness gives", 0.06, 0.05, 0},
		{"the same score", 0, 0.05, 5},
	} {
		r, err := Recommend(t.Context(), famous(c.lead, c.fairness))
		if err != nil {
			t.Fatal(err)
		}
		college := 0
		for _, placed := range r.Placed {
			college += r.p.Pairs[placed.Pair].Achievement
		}
		if college != c.college || len(r.Placed) != 10 {
			t.Errorf("%s: %d of %d for the college, want %d", c.name, college, len(r.Placed), c.college)
		}
		if want := c.lead * float64(c.college); math.Abs(r.GivenUp()-want) > 1e-9 {
			t.Errorf("%s: gave up %v, want %v", c.name, r.GivenUp(), want)
		}
		if c.college > 0 && c.lead > 0 && (r.After.Gini >= r.Before.Gini || r.Before.Unserved != 1 || r.After.Unserved != 0) {
			t.Errorf("%s: before %+v, after %+v", c.name, r.Before, r.After)
		}
	}
}

func TestFairnessGivesUpNoMoreThanItsPrice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		r, err := Recommend(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		if limit := p.Fairness*float64(len(r.Placed)) + 1e-6; r.GivenUp() > limit {
			t.Fatalf("gave up %v, at most %v was allowed", r.GivenUp(), limit)
		}
		within(t, p, r.Plan)
	})
}

func TestSolveRefusesNonsense(t *testing.T) {
	for name, spoil := range map[string]func(*Problem){
		"need":         func(p *Problem) { p.Pairs[0].Need = 10 },
		"achievement":  func(p *Problem) { p.Pairs[0].Achievement = -1 },
		"team":         func(p *Problem) { p.Achievements[0].Team = 2 },
		"organisation": func(p *Problem) { p.Teams[0].Organisation = 2 },
		"broker":       func(p *Problem) { p.Needs[0].Brokers = []int{0} },
		"negative":     func(p *Problem) { p.Pairs[0].Benefit = -0.1 },
		"not a number": func(p *Problem) { p.Pairs[0].Benefit = math.NaN() },
		"fairness":     func(p *Problem) { p.Fairness = math.Inf(1) },
	} {
		p := famous(0.01, 0)
		spoil(p)
		if _, err := Solve(t.Context(), p); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Recommend(ctx, famous(0, 0.1)); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled search says %v", err)
	}
}

func TestGini(t *testing.T) {
	for _, c := range []struct {
		counts []int
		want   float64
	}{{nil, 0}, {[]int{0, 0}, 0}, {[]int{3, 3, 3}, 0}, {[]int{0, 0, 0, 4}, 0.75}, {[]int{3, 1}, 0.25}, {[]int{1, 3}, 0.25}} {
		if got := Gini(c.counts); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("Gini(%v) = %v, want %v", c.counts, got, c.want)
		}
	}
}
