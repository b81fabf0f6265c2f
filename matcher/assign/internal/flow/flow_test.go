package flow

import (
	"context"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

// drawn is a network with what it was made of.
type drawn struct {
	net *Network
	// wayOut is, by node, the arc made with it.
	wayOut []Arc
}

// draw makes a small network: nodes with supplies and ways out, then arcs of any direction and any sign of cost.
func draw(t *rapid.T) drawn {
	d := drawn{net: New(), wayOut: []Arc{none}}
	nodes := rapid.IntRange(1, 7).Draw(t, "nodes")
	for v := 1; v <= nodes; v++ {
		supply := rapid.IntRange(0, 3).Draw(t, "supply")
		to := rapid.IntRange(0, v-1).Draw(t, "to")
		_, out := d.net.Node(supply, to, 22, rapid.Int64Range(-4, 4).Draw(t, "way out"))
		d.wayOut = append(d.wayOut, out)
	}
	for range rapid.IntRange(0, 14).Draw(t, "arcs") {
		tail := rapid.IntRange(0, nodes).Draw(t, "tail")
		head := rapid.IntRange(0, nodes).Draw(t, "head")
		if tail != head {
			d.net.Arc(tail, head, rapid.IntRange(0, 3).Draw(t, "capacity"), rapid.Int64Range(-5, 5).Draw(t, "cost"))
		}
	}
	return d
}

// cancelCycles is another way to the same cost: from the flow along the ways out, it pushes around cycles of negative
// cost (Bellman and Ford) until there is none.
func cancelCycles(n *Network) int64 {
	arcs := append([]arc(nil), n.arcs...)
	below := append([]int64(nil), n.supply...)
	for v := len(below) - 1; v > 0; v-- {
		out := &arcs[n.nodes[v].via]
		out.flow = int32(below[v])
		below[out.head] += below[v]
	}
	for {
		from, forward := negativeCycle(arcs, len(n.nodes))
		if from == nil {
			break
		}
		for i, a := range from {
			arcs[a].flow--
			if forward[i] {
				arcs[a].flow += 2
			}
		}
	}
	total := int64(0)
	for _, a := range arcs {
		total += int64(a.flow) * a.cost
	}
	return total
}

func negativeCycle(arcs []arc, nodes int) (cycle []int, forward []bool) {
	distance, via, ahead := make([]int64, nodes), make([]int, nodes), make([]bool, nodes)
	last := -1
	for range nodes {
		last = -1
		for i, a := range arcs {
			if a.flow < a.capacity && distance[a.tail]+a.cost < distance[a.head] {
				distance[a.head], via[a.head], ahead[a.head], last = distance[a.tail]+a.cost, i, true, int(a.head)
			}
			if a.flow > 0 && distance[a.head]-a.cost < distance[a.tail] {
				distance[a.tail], via[a.tail], ahead[a.tail], last = distance[a.head]-a.cost, i, false, int(a.tail)
			}
		}
	}
	if last < 0 {
		return nil, nil
	}
	back := func(v int) int {
		if ahead[v] {
			return int(arcs[via[v]].tail)
		}
		return int(arcs[via[v]].head)
	}
	for range nodes {
		last = back(last)
	}
	for v := last; ; {
		cycle, forward = append(cycle, via[v]), append(forward, ahead[v])
		if v = back(v); v == last {
			return cycle, forward
		}
	}
}

// lawful checks capacities and that every node sends on what it gets and makes.
func lawful(t *rapid.T, n *Network) {
	left := append([]int64(nil), n.supply...)
	for i, a := range n.arcs {
		if a.flow < 0 || a.flow > a.capacity {
			t.Fatalf("arc %d holds %d of %d", i, a.flow, a.capacity)
		}
		left[a.tail] -= int64(a.flow)
		left[a.head] += int64(a.flow)
	}
	for v := 1; v < len(left); v++ {
		if left[v] != 0 {
			t.Fatalf("node %d keeps %d", v, left[v])
		}
	}
}

// proven checks the optimality conditions arc by arc.
func proven(t *rapid.T, n *Network) {
	for i := range n.arcs {
		a := &n.arcs[i]
		if r := n.reduced(a); r < 0 && a.flow < a.capacity || r > 0 && a.flow > 0 {
			t.Fatalf("arc %d: reduced cost %d with %d of %d", i, r, a.flow, a.capacity)
		}
	}
}

func TestSolveFindsTheLeastCostAndProvesIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		want := cancelCycles(d.net)
		if err := d.net.Solve(context.Background()); err != nil {
			t.Fatal(err)
		}
		lawful(t, d.net)
		proven(t, d.net)
		if got, bound := d.net.Cost(), d.net.Bound(); got != want || bound != want {
			t.Fatalf("cost %d, bound %d, want %d", got, bound, want)
		}
	})
}

func TestBoundHoldsBeforeSolving(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		least := cancelCycles(d.net)
		for v := range d.net.nodes[1:] {
			d.net.nodes[v+1].potential = rapid.Int64Range(-9, 9).Draw(t, "potential")
		}
		if bound := d.net.Bound(); bound > least {
			t.Fatalf("a bound of %d above the least cost %d", bound, least)
		}
	})
}

func TestParallelArcsFillFromTheCheapest(t *testing.T) {
	n := New()
	v, _ := n.Node(5, Ground, 6, 0)
	gains := []Arc{n.Arc(v, Ground, 1, -9), n.Arc(v, Ground, 1, -4), n.Arc(v, Ground, 2, -1), n.Arc(v, Ground, 9, 2)}
	if err := n.Solve(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{1, 1, 2, 0} {
		if got := n.Flow(gains[i]); got != want {
			t.Errorf("arc %d holds %d, want %d", i, got, want)
		}
	}
	if n.Cost() != -15 || n.Bound() != -15 || n.Pivots() == 0 || n.Arcs() != 5 {
		t.Errorf("cost %d, bound %d, %d pivots, %d arcs", n.Cost(), n.Bound(), n.Pivots(), n.Arcs())
	}
}

func TestSolveEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	n := New()
	n.Node(1, Ground, 2, 0)
	if err := n.Solve(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
