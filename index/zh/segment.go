package zh

// hanRun is the work space for one run of Han characters.
type hanRun struct {
	at    []int32   // byte offset in the folded text of each character, and of the end
	best  []int32   // cost of the cheapest way from each character to the end
	next  []int32   // character after the first word of that way
	found []foundAt // dictionary words of two and more characters, by start
	first []int32   // index in found of each character's words, and of the end
}

type foundAt struct {
	end  int32 // character after the word
	node uint32
}

// look finds all dictionary words of the run that starts at text[start] and answers where it ends.
func (h *hanRun) look(d *dict, text string, start int) int {
	h.at = h.at[:0]
	i := start
	for {
		_, n := hanAt(text[i:])
		h.at = append(h.at, int32(i))
		if n == 0 {
			break
		}
		i += n
	}
	count := len(h.at) - 1
	h.best = sized(h.best, count+1)
	h.next = sized(h.next, count+1)
	h.first = sized(h.first, count+1)
	h.found = h.found[:0]
	for c := range count {
		h.first[c] = int32(len(h.found))
		h.lookFrom(d, text, c, count)
	}
	h.first[count] = int32(len(h.found))
	return i
}

func sized(s []int32, n int) []int32 {
	if cap(s) < n {
		return make([]int32, n, n+n/2)
	}
	return s[:n]
}

// lookFrom finds the words that start at character c. next[c] holds the cost of the single character until solve.
func (h *hanRun) lookFrom(d *dict, text string, c, count int) {
	h.next[c] = unknownCost
	node := uint32(0)
	for e := c; e < count; e++ {
		r, _ := hanAt(text[h.at[e]:])
		if r >= 1<<16 {
			return
		}
		if node = d.child(node, r, false); node == 0 {
			return
		}
		cost := d.cost[node]
		switch {
		case cost < 0:
		case e == c:
			h.next[c] = int32(cost)
		default:
			h.found = append(h.found, foundAt{int32(e + 1), node})
		}
	}
}

// solve finds the cheapest way through the run, from its end.
func (h *hanRun) solve(d *dict) {
	count := len(h.at) - 1
	h.best[count] = 0
	for c := count - 1; c >= 0; c-- {
		best, next := h.next[c]+h.best[c+1], int32(c+1)
		for _, w := range h.found[h.first[c]:h.first[c+1]] {
			// At equal cost the longer word wins: fewer pieces.
			if cost := int32(d.cost[w.node]) + h.best[w.end]; cost <= best {
				best, next = cost, w.end
			}
		}
		h.best[c], h.next[c] = best, next
	}
}
