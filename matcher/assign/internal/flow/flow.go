// Package flow finds minimum-cost flows by the primal network simplex method on strongly feasible trees (Cunningham,
// "A network simplex method", Mathematical Programming 11, 1976), which cannot cycle. Costs are whole numbers, so the
// answer is exact and the potentials that come with it prove it: see [Network.Bound].
//
// A network grows from one node, the ground, which takes and gives whatever the others leave over. Every further node is
// made together with its way out, an arc towards the ground. Sending all supply along the ways out is a flow, so there is
// always one, and the search starts from it without artificial arcs.
package flow

import (
	"context"
	"fmt"
	"math"
)

// Ground is the node that every network begins with. Its supply is what makes all supplies sum to 0.
const Ground = 0

// Arc names an arc of a network.
type Arc int32

// arc is a directed edge; flow runs from tail to head.
type arc struct {
	tail, head     int32
	capacity, flow int32
	cost           int64
	state          int8
}

// Where an arc outside the tree is: multiplied by its reduced cost, it is negative where flow should change.
const (
	atUpper int8 = -1
	inTree  int8 = 0
	atLower int8 = 1
)

// Network is a directed graph with capacities and costs. It is built, solved once, and then read; it is not safe for
// concurrent use.
type Network struct {
	arcs   []arc
	nodes  []node
	supply []int64
	scan   int // where the search for the next arc goes on
	pivots int
}

// node is a node's place in the tree. Its children are a list linked both ways.
type node struct {
	parent, via       int32 // the arc via joins it to its parent
	depth             int32
	child, next, prev int32
	potential         int64
	up                bool // via runs from the node to its parent
}

const none = -1

// New is a network of the ground alone.
func New() *Network {
	return &Network{nodes: []node{{parent: none, via: none, child: none, next: none, prev: none}}, supply: []int64{0}}
}

// Node adds a node that sends supply units, and its way out: an arc to an earlier node. The way out must be able to hold
// more than all supplies that come through it.
func (n *Network) Node(supply, to, capacity int, cost int64) (id int, out Arc) {
	id = len(n.nodes)
	n.supply = append(n.supply, int64(supply))
	n.nodes = append(n.nodes, node{child: none, next: none, prev: none, up: true})
	out = n.Arc(id, to, capacity, cost)
	n.arcs[out].state = inTree
	n.nodes[id].via = int32(out)
	n.hang(int32(id), int32(to))
	return id, out
}

// Arc adds an arc. Arcs side by side with growing costs make a convex cost.
func (n *Network) Arc(tail, head, capacity int, cost int64) Arc {
	capacity = min(max(capacity, 0), math.MaxInt32)
	n.arcs = append(n.arcs, arc{tail: int32(tail), head: int32(head), capacity: int32(capacity), cost: cost, state: atLower})
	return Arc(len(n.arcs) - 1)
}

// Flow is how many units run through the arc.
func (n *Network) Flow(a Arc) int { return int(n.arcs[a].flow) }

// Arcs counts the arcs, Pivots the steps that Solve took.
func (n *Network) Arcs() int { return len(n.arcs) }

// Pivots counts the steps that Solve took.
func (n *Network) Pivots() int { return n.pivots }

// Cost is what the flow costs.
func (n *Network) Cost() int64 {
	total := int64(0)
	for i := range n.arcs {
		total += int64(n.arcs[i].flow) * n.arcs[i].cost
	}
	return total
}

// Bound is a cost that no flow goes below, whatever the potentials are: by weak duality, cost·x = Σ reduced·x − Σ
// potential·supply for every flow x, and no term of the first sum is less than capacity·min(0, reduced). After Solve it
// equals Cost, which proves the flow optimal.
func (n *Network) Bound() int64 {
	total := int64(0)
	for i := range n.arcs {
		a := &n.arcs[i]
		total += int64(a.capacity) * min(0, n.reduced(a))
	}
	for v, supply := range n.supply {
		total -= n.nodes[v].potential * supply
	}
	return total
}

func (n *Network) reduced(a *arc) int64 {
	return a.cost + n.nodes[a.tail].potential - n.nodes[a.head].potential
}

// patience is how many pivots pass between two looks at the context.
const patience = 4096

// Solve finds a flow of least cost. It ends early only when ctx does.
func (n *Network) Solve(ctx context.Context) error {
	n.start()
	for {
		if n.pivots%patience == 0 && ctx.Err() != nil {
			return fmt.Errorf("solve a flow of %d arcs, after %d steps: %w", len(n.arcs), n.pivots, ctx.Err())
		}
		in := n.entering()
		if in < 0 {
			return nil
		}
		n.pivot(in)
		n.pivots++
	}
}

// start sends all supply along the ways out. Nodes come after those their ways lead to.
func (n *Network) start() {
	below := append([]int64(nil), n.supply...)
	for v := len(n.nodes) - 1; v > 0; v-- {
		a := &n.arcs[n.nodes[v].via]
		a.flow = int32(below[v])
		below[n.nodes[v].parent] += below[v]
	}
	for v := 1; v < len(n.nodes); v++ {
		p := &n.nodes[n.nodes[v].parent]
		n.nodes[v].depth = p.depth + 1
		n.nodes[v].potential = p.potential - n.arcs[n.nodes[v].via].cost
	}
}

// entering is the arc whose change gains most among the next block of arcs, or −1 when none gains. Blocks of about √arcs
// balance the price of looking against the worth of a good choice.
func (n *Network) entering() int {
	block := max(16, int(math.Sqrt(float64(len(n.arcs)))))
	best, gain := -1, int64(0)
	left := block
	for seen := 0; seen < len(n.arcs); seen++ {
		if n.scan >= len(n.arcs) {
			n.scan = 0
		}
		a := &n.arcs[n.scan]
		if a.state != inTree {
			if g := int64(a.state) * n.reduced(a); g < gain {
				best, gain = n.scan, g
			}
		}
		n.scan++
		if left--; left == 0 {
			if best >= 0 {
				return best
			}
			left = block
		}
	}
	return best
}

// pivot brings an arc into the tree: flow is pushed around the cycle that the arc closes until an arc is full or empty,
// and that one leaves the tree. Of several such arcs the last one, seen from the top of the cycle in the direction of the
// push, leaves: this keeps a way with room from every node to the ground, and so the method from going in circles.
func (n *Network) pivot(in int) {
	a := &n.arcs[in]
	first, second := a.tail, a.head
	if a.state == atUpper {
		first, second = second, first
	}
	join := n.join(first, second)
	push, out, side := a.capacity, int32(none), none
	for v := first; v != join; v = n.nodes[v].parent {
		if room := n.room(v, false); room < push {
			push, out, side = room, v, int(first)
		}
	}
	for v := second; v != join; v = n.nodes[v].parent {
		if room := n.room(v, true); room <= push {
			push, out, side = room, v, int(second)
		}
	}
	if push > 0 {
		n.push(a, first, second, join, push)
	}
	if out == none {
		a.state = -a.state
		return
	}
	leaving := &n.arcs[n.nodes[out].via]
	leaving.state = atUpper
	if leaving.flow == 0 {
		leaving.state = atLower
	}
	a.state = inTree
	if side == int(first) {
		n.rehang(first, second, out, int32(in))
	} else {
		n.rehang(second, first, out, int32(in))
	}
}

func (n *Network) join(u, v int32) int32 {
	for u != v {
		if n.nodes[u].depth < n.nodes[v].depth {
			u, v = v, u
		}
		u = n.nodes[u].parent
	}
	return u
}

// room is how much more can run between v and its parent, upwards or down.
func (n *Network) room(v int32, upwards bool) int32 {
	a := &n.arcs[n.nodes[v].via]
	if n.nodes[v].up == upwards {
		return a.capacity - a.flow
	}
	return a.flow
}

func (n *Network) push(in *arc, first, second, join, amount int32) {
	in.flow += amount * int32(in.state)
	for v := first; v != join; v = n.nodes[v].parent {
		n.add(v, false, amount)
	}
	for v := second; v != join; v = n.nodes[v].parent {
		n.add(v, true, amount)
	}
}

func (n *Network) add(v int32, upwards bool, amount int32) {
	if n.nodes[v].up != upwards {
		amount = -amount
	}
	n.arcs[n.nodes[v].via].flow += amount
}

// rehang cuts the subtree at out off and hangs it, turned so that in is on top, below to, by the arc via.
func (n *Network) rehang(in, to, out, via int32) {
	at, parent, up := in, to, n.arcs[via].tail == in
	for {
		nd := &n.nodes[at]
		oldParent, oldVia, oldUp := nd.parent, nd.via, nd.up
		n.cut(at)
		nd.via, nd.up = via, up
		n.hang(at, parent)
		if at == out {
			break
		}
		parent, at, via, up = at, oldParent, oldVia, !oldUp
	}
	top := &n.nodes[in]
	want := n.nodes[to].potential + n.arcs[top.via].cost
	if top.up {
		want = n.nodes[to].potential - n.arcs[top.via].cost
	}
	n.settle(in, want-top.potential)
}

// settle brings depths and potentials below top up to date; all potentials there move by the same amount.
func (n *Network) settle(top int32, by int64) {
	v := top
	for {
		nd := &n.nodes[v]
		nd.potential += by
		nd.depth = n.nodes[nd.parent].depth + 1
		if nd.child != none {
			v = nd.child
			continue
		}
		for v != top && n.nodes[v].next == none {
			v = n.nodes[v].parent
		}
		if v == top {
			return
		}
		v = n.nodes[v].next
	}
}

func (n *Network) hang(v, parent int32) {
	nd, p := &n.nodes[v], &n.nodes[parent]
	nd.parent, nd.prev, nd.next = parent, none, p.child
	if p.child != none {
		n.nodes[p.child].prev = v
	}
	p.child = v
}

func (n *Network) cut(v int32) {
	nd := &n.nodes[v]
	if nd.prev != none {
		n.nodes[nd.prev].next = nd.next
	} else {
		n.nodes[nd.parent].child = nd.next
	}
	if nd.next != none {
		n.nodes[nd.next].prev = nd.prev
	}
}
