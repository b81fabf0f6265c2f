package assign

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"jiqiao/matcher/assign/internal/flow"
)

// Solve finds the plan of the greatest worth.
func Solve(ctx context.Context, p *Problem) (*Plan, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	b := newBuilder(p)
	b.organisations()
	b.teams()
	b.achievements()
	b.needs()
	for i, at := range b.order {
		pair := &p.Pairs[at]
		b.arcs[i] = b.net.Arc(b.needNode[pair.Need], b.achievementNode[pair.Achievement], 1, -scaled(pair.Benefit))
	}
	if err := b.net.Solve(ctx); err != nil {
		return nil, fmt.Errorf("assign %d pairs: %w", len(b.order), err)
	}
	return b.plan(), nil
}

// builder lays a problem out as a network. Only what some pair can use becomes a node.
type builder struct {
	p   *Problem
	net *flow.Network
	// order lists the pairs that may be placed, by need and then the best first: solving does not depend on the order
	// in which they came.
	order []int
	arcs  []flow.Arc
	// How many such pairs each has: a limit above it does not matter.
	ofNeed, ofAchievement, ofTeam, ofOrganisation         []int
	needNode, achievementNode, teamNode, organisationNode []int
	groups                                                []group
}

// group is all needs that the same brokers may handle.
type group struct {
	brokers []int
	needs   []int
	node    int
	from    []flow.Arc // by broker of brokers
	to      []flow.Arc // by need of needs
}

func newBuilder(p *Problem) *builder {
	b := &builder{
		p: p, net: flow.New(),
		ofNeed: make([]int, len(p.Needs)), ofAchievement: make([]int, len(p.Achievements)),
		ofTeam: make([]int, len(p.Teams)), ofOrganisation: make([]int, len(p.Organisations)),
		needNode: make([]int, len(p.Needs)), achievementNode: make([]int, len(p.Achievements)),
		teamNode: make([]int, len(p.Teams)), organisationNode: make([]int, len(p.Organisations)),
	}
	for i := range p.Pairs {
		if !b.possible(&p.Pairs[i]) {
			continue
		}
		pair := &p.Pairs[i]
		team := p.Achievements[pair.Achievement].Team
		b.order = append(b.order, i)
		b.ofNeed[pair.Need]++
		b.ofAchievement[pair.Achievement]++
		b.ofTeam[team]++
		b.ofOrganisation[p.Teams[team].Organisation]++
	}
	slices.SortFunc(b.order, func(i, j int) int { return p.compare(&p.Pairs[i], &p.Pairs[j]) })
	b.arcs = make([]flow.Arc, len(b.order))
	return b
}

// compare orders pairs by need, then the best first.
func (p *Problem) compare(a, b *Pair) int {
	return cmp.Or(cmp.Compare(a.Need, b.Need), cmp.Compare(b.Benefit, a.Benefit), cmp.Compare(a.Achievement, b.Achievement))
}

// possible reports whether there was room for the pair before anything was placed.
func (b *builder) possible(pair *Pair) bool {
	p := b.p
	a := &p.Achievements[pair.Achievement]
	return pair.Bar == "" && p.Needs[pair.Need].room(1) > 0 && a.room(1) > 0 && p.Teams[a.Team].room(1) > 0 &&
		(len(p.Brokers) == 0 || slices.ContainsFunc(p.Needs[pair.Need].Brokers, func(i int) bool { return p.Brokers[i].room(1) > 0 }))
}

func (b *builder) organisations() {
	for i, count := range b.ofOrganisation {
		if count > 0 {
			b.organisationNode[i] = b.convex(flow.Ground, b.p.Organisations[i].Used, count)
		}
	}
}

func (b *builder) teams() {
	for i, count := range b.ofTeam {
		if t := &b.p.Teams[i]; count > 0 {
			b.teamNode[i], _ = b.net.Node(0, b.organisationNode[t.Organisation], t.room(count), 0)
		}
	}
}

func (b *builder) achievements() {
	for i, count := range b.ofAchievement {
		if a := &b.p.Achievements[i]; count > 0 {
			b.achievementNode[i] = b.convex(b.teamNode[a.Team], a.Used, a.room(count))
		}
	}
}

// single is how many recommendations have a bonus each of their own; later ones share the mean of ever longer runs, which
// is as concave and takes few arcs.
const single = 8

// convex makes a node whose units go to another node for the bonus of exposure: of the places used+1 to used+room.
func (b *builder) convex(to, used, room int) int {
	node := -1
	for done := 0; done < room; {
		run := 1
		if done >= single {
			run = min(done, room-done)
		}
		bonus := 0.0
		for j := done + 1; j <= done+run; j++ {
			bonus += b.p.Fairness / 2 / float64(used+j)
		}
		gain := scaled(bonus / float64(run))
		if b.p.Fairness == 0 {
			run = room
		}
		if node < 0 {
			node, _ = b.net.Node(0, to, run, -gain)
		} else {
			b.net.Arc(node, to, run, -gain)
		}
		done += run
	}
	return node
}

// needs makes the needs and, where there are brokers, the layer above them.
func (b *builder) needs() {
	if len(b.p.Brokers) > 0 {
		b.brokers()
		return
	}
	for i, count := range b.ofNeed {
		if room := b.p.Needs[i].room(count); count > 0 {
			b.needNode[i], _ = b.net.Node(room, flow.Ground, room+1, 0)
		}
	}
}

// brokers gives every broker's places to groups of needs, and those to the needs.
func (b *builder) brokers() {
	b.group()
	nodes := make([]int, len(b.p.Brokers))
	for i := range nodes {
		room := b.p.Brokers[i].room(len(b.order))
		nodes[i], _ = b.net.Node(room, flow.Ground, room+1, 0)
	}
	for g := range b.groups {
		group := &b.groups[g]
		group.node, _ = b.net.Node(0, flow.Ground, 1, 0)
		for _, i := range group.brokers {
			group.from = append(group.from, b.net.Arc(nodes[i], group.node, b.p.Brokers[i].room(len(b.order)), 0))
		}
		for _, i := range group.needs {
			b.needNode[i], _ = b.net.Node(0, flow.Ground, 1, 0)
			group.to = append(group.to, b.net.Arc(group.node, b.needNode[i], b.p.Needs[i].room(b.ofNeed[i]), 0))
		}
	}
}

func (b *builder) group() {
	places := map[string]int{}
	for i, count := range b.ofNeed {
		if count == 0 {
			continue
		}
		brokers := slices.Clone(b.p.Needs[i].Brokers)
		slices.Sort(brokers)
		brokers = slices.Compact(brokers)
		key := strings.Trim(fmt.Sprint(brokers), "[]")
		at, ok := places[key]
		if !ok {
			at = len(b.groups)
			places[key] = at
			b.groups = append(b.groups, group{brokers: brokers})
		}
		b.groups[at].needs = append(b.groups[at].needs, i)
	}
}

// plan reads the flow.
func (b *builder) plan() *Plan {
	plan := &Plan{Steps: b.net.Pivots(), Arcs: b.net.Arcs(), Worth: -float64(b.net.Cost()) / scale, Bound: -float64(b.net.Bound()) / scale}
	brokers := b.handled()
	for i, at := range b.order {
		if b.net.Flow(b.arcs[i]) == 0 {
			continue
		}
		pair := &b.p.Pairs[at]
		placed := Placement{Pair: at, Broker: -1}
		if left := brokers[pair.Need]; len(left) > 0 {
			placed.Broker, brokers[pair.Need] = left[0], left[1:]
		}
		plan.Placed = append(plan.Placed, placed)
		plan.Benefit += pair.Benefit
	}
	return plan
}

// handled lists, for each need, the brokers of its recommendations. Within a group it does not matter who takes which, so
// needs take brokers in turn and most have a single one.
func (b *builder) handled() map[int][]int {
	brokers := map[int][]int{}
	for _, g := range b.groups {
		at, left := -1, 0
		for i, need := range g.needs {
			for range b.net.Flow(g.to[i]) {
				for left == 0 {
					at++
					left = b.net.Flow(g.from[at])
				}
				left--
				brokers[need] = append(brokers[need], g.brokers[at])
			}
		}
	}
	return brokers
}
