package seg

// Run is the work space for one run of Han characters. It may be used again.
type Run struct {
	At    []int32 // byte offset in the text of each character, and of the end
	Next  []int32 // after Solve: by character where a word may start, the character after the best word
	chars []rune
	best  []int32 // cost of the cheapest way from each character to the end
	found []Found // dictionary words of two and more characters, by start
	first []int32 // index in found of each character's words, and of the end
}

// Found is a dictionary word at a place of a run.
type Found struct {
	End  int32 // character after the word
	node uint32
}

// Chars is the number of characters of the run.
func (h *Run) Chars() int { return len(h.chars) }

// Words are the dictionary words of two and more characters that start at character c, shortest first.
func (h *Run) Words(c int) []Found { return h.found[h.first[c]:h.first[c+1]] }

// Text is the dictionary's copy of a word of the given length in bytes; it does not keep the text alive.
func (d *Dict) Text(w Found, length int) string {
	at := d.text[w.node]
	return d.words[at : at+uint32(length)]
}

// Look finds the dictionary words of the run that starts at text[start] and answers where the run ends.
func (h *Run) Look(d *Dict, text string, start int) int {
	h.At, h.chars, h.found = h.At[:0], h.chars[:0], h.found[:0]
	i := start
	for {
		r, n := HanAt(text[i:])
		h.At = append(h.At, int32(i))
		if n == 0 {
			break
		}
		h.chars = append(h.chars, r)
		i += n
	}
	count := len(h.chars)
	h.best = sized(h.best, count+1)
	h.Next = sized(h.Next, count+1)
	h.first = sized(h.first, count+1)
	for c := range count {
		h.first[c] = int32(len(h.found))
		h.best[c] = h.lookFrom(d, c)
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

// lookFrom finds the words that start at character c and answers the cost of the character alone.
func (h *Run) lookFrom(d *Dict, c int) int32 {
	alone := int32(UnknownCost)
	node := uint32(0)
	for e := c; e < len(h.chars) && h.chars[e] < 1<<16; e++ {
		if node = d.child(node, h.chars[e]); node == 0 {
			break
		}
		cost := d.cost[node]
		switch {
		case cost < 0:
		case e == c:
			alone = int32(cost)
		default:
			h.found = append(h.found, Found{int32(e + 1), node})
		}
	}
	return alone
}

// Solve finds the cheapest way through the run, from its end: the most probable words if each comes independently.
func (h *Run) Solve(d *Dict) {
	count := len(h.chars)
	h.best[count] = 0
	for c := count - 1; c >= 0; c-- {
		best, next := h.best[c]+h.best[c+1], int32(c+1) // Look left the cost of the character alone here
		for _, w := range h.Words(c) {
			// At equal cost the longer word wins: fewer pieces.
			if cost := int32(d.cost[w.node]) + h.best[w.End]; cost <= best {
				best, next = cost, w.End
			}
		}
		h.best[c], h.Next[c] = best, next
	}
}
