package queue

import (
	"cmp"
	"hash/fnv"
	"time"

	"jiqiao"
)

const (
	waitNobody = "没有负责该领域和地区的技术经理人，请补充经理人资料或手工移交"
	waitFull   = "负责该领域和地区的技术经理人名额已满，有余量后自动分给"
	waitGone   = "分配指定的技术经理人没有有效账号，请手工移交"
	waitNamed  = "分配指定的技术经理人名额已满，有余量后自动分给"
)

// placer gives candidates to brokers: to the one whom an assignment names, to the one who has the need's other
// candidates, else to the one with the smallest share of his limits used. The same numbers always give the same broker.
func placer(st staff, rules jiqiao.QueueRules, due time.Time) jiqiao.Place {
	return func(c *jiqiao.Candidate, p *jiqiao.Placing) {
		c.DueAt = due
		b, waiting := choose(st, rules, c, p)
		if b == nil {
			c.Broker, c.Agency, c.Waiting = "", "", waiting
			return
		}
		c.Broker, c.Agency, c.Waiting = b.ID, b.Organisation, ""
	}
}

func choose(st staff, rules jiqiao.QueueRules, c *jiqiao.Candidate, p *jiqiao.Placing) (_ *jiqiao.Broker, waiting string) {
	room := func(b *jiqiao.Broker) bool { return p.Left(b.ID, rules.Limits(b)) > 0 }
	if c.Broker != "" {
		switch b := st.byID[c.Broker]; {
		case b == nil:
			return nil, waitGone
		case !room(b):
			return nil, waitNamed
		default:
			return b, ""
		}
	}
	if b := st.byID[p.Keeper]; b != nil && b.Handles(c.Fields, c.Region) && room(b) {
		return b, ""
	}
	var best *jiqiao.Broker
	waiting = waitNobody
	for i := range st.all {
		b := &st.all[i]
		if !b.Handles(c.Fields, c.Region) {
			continue
		}
		waiting = waitFull
		if room(b) && (best == nil || lighter(b, best, rules, p)) {
			best = b
		}
	}
	return best, waiting
}

// lighter reports whether a has used less of what he takes on than b; b comes first in the list.
func lighter(a, b *jiqiao.Broker, rules jiqiao.QueueRules, p *jiqiao.Placing) bool {
	return cmp.Or(
		cmp.Compare(used(a, rules, p), used(b, rules, p)),
		cmp.Compare(p.Placed[a.ID], p.Placed[b.ID]),
		cmp.Compare(p.Open[a.ID], p.Open[b.ID]),
	) < 0
}

// used is the share of the tighter of a broker's limits that one more candidate would fill.
func used(b *jiqiao.Broker, rules jiqiao.QueueRules, p *jiqiao.Placing) float64 {
	l := rules.Limits(b)
	return max(float64(p.Open[b.ID]+1)/float64(l.Open), float64(p.Placed[b.ID]+1)/float64(l.Week))
}

// second picks who gives a second opinion on a decided candidate, "" where it is not of the sample. Sample and broker
// follow from the candidate's id alone, so that nobody can choose what is judged twice. Colleagues of the one who decided
// could look the decision up, and are left out.
func second(c *jiqiao.Candidate, st staff, share float64) string {
	if share <= 0 || float64(digest(c.ID)>>11)/(1<<53) >= share {
		return ""
	}
	best, top := "", uint64(0)
	for i := range st.all {
		b := &st.all[i]
		if b.ID == c.DecidedBy || b.ID == c.Broker || c.Agency != "" && b.Organisation == c.Agency || !b.Handles(c.Fields, c.Region) {
			continue
		}
		if d := digest(c.ID + "\x00" + b.ID); best == "" || d > top {
			best, top = b.ID, d
		}
	}
	return best
}

// digest spreads texts evenly. FNV alone leaves what is alike close together; the last steps, those of MurmurHash3's
// finaliser, part it.
func digest(text string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text)) // never fails
	x := h.Sum64()
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}
