package zh

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"jiqiao/index/zh/internal/seg"
)

// scan is one pass over a folded text.
type scan struct {
	a    *Analyzer
	w    *workspace
	orig string // the text as written: case tells 5G from 5g
	s    string // the folded text
	dst  []Token
	pos  int
	// The last word or atom, to join 石墨烯/pe.
	lastStart, lastEnd int
	lastHan            bool
}

// Tokens appends the tokens of a text as they are indexed, in order of Start.
func (a *Analyzer) Tokens(dst []Token, text string) []Token {
	w := a.borrow()
	defer a.work.Put(w)
	a.table.Fold(&w.folded, text)
	x := scan{a: a, w: w, orig: text, s: string(w.folded.Bytes), dst: dst, lastEnd: -1}
	first := len(dst)
	for i := 0; i < len(x.s); {
		if _, n := seg.HanAt(x.s[i:]); n > 0 {
			i = x.han(i)
			continue
		}
		if n := alnumAt(x.s, i); n > 0 || x.signAt(i) {
			i = x.atom(i)
			continue
		}
		_, n := utf8.DecodeRuneInString(x.s[i:])
		i += n
	}
	order(x.dst[first:])
	return x.dst
}

// order sorts by Start, keeping the order of equals. Tokens are nearly in order already.
func order(t []Token) {
	for i := 1; i < len(t); i++ {
		for j := i; j > 0 && t[j].Start < t[j-1].Start; j-- {
			t[j], t[j-1] = t[j-1], t[j]
		}
	}
}

// emit appends the token of s[start:end].
func (x *scan) emit(term string, start, end int, kind Kind, part bool) *Token {
	from, to := x.w.folded.Span(start, end)
	x.dst = append(x.dst, Token{Term: term, Start: from, End: to, Pos: x.pos, Kind: kind, Part: part, Weight: 1})
	return &x.dst[len(x.dst)-1]
}

// alnumAt is the length of the letter or digit (not Han) at s[i], or 0.
func alnumAt(s string, i int) int {
	if i >= len(s) {
		return 0
	}
	c := s[i]
	if c < utf8.RuneSelf {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			return 1
		}
		return 0
	}
	r, n := utf8.DecodeRuneInString(s[i:])
	if !seg.IsHan(r) && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
		return n
	}
	return 0
}

func isDigit(s string, i int) bool { return i >= 0 && i < len(s) && s[i] >= '0' && s[i] <= '9' }

// signAt says whether s[i] is the sign of a number and not a dash or a range.
func (x *scan) signAt(i int) bool {
	if x.s[i] != '-' || !isDigit(x.s, i+1) {
		return false
	}
	if i == 0 {
		return true
	}
	r, _ := utf8.DecodeLastRuneInString(x.s[:i])
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != ')'
}

// han emits the words and bigrams of the run at i and answers its end.
func (x *scan) han(i int) int {
	h, d := &x.w.run, x.a.dict
	end := h.Look(d, x.s, i)
	count, before := h.Chars(), x.pos
	if count == 1 {
		x.single(i, end)
	} else {
		h.Solve(d)
		for c := 0; c < count; {
			next := int(h.Next[c])
			x.word(h, c, next)
			c = next
			x.pos++
		}
	}
	if x.strokeBefore(i) && !x.lastHan {
		first := int(h.At[1])
		if count > 1 {
			first = int(h.At[h.Next[0]])
		}
		pos := x.pos
		x.pos = before
		x.join(first)
		x.pos = pos
	}
	x.lastStart, x.lastEnd, x.lastHan = int(h.At[count-1]), end, true
	if count > 1 {
		for c := 0; c < count; c = int(h.Next[c]) {
			x.lastStart = int(h.At[c])
		}
	}
	return end
}

func (x *scan) single(start, end int) {
	if !x.a.stop[x.s[start:end]] {
		x.emit(x.s[start:end], start, end, Single, false)
	}
	x.pos++
}

// name emits a character that names a material on its own.
func (x *scan) name(h *seg.Run, c int) {
	r, _ := seg.HanAt(x.s[h.At[c]:])
	if x.a.singles[r] {
		start, end := int(h.At[c]), int(h.At[c+1])
		x.emit(x.s[start:end], start, end, Single, false)
	}
}

// word emits the word of characters c to next, what the dictionary knows inside it, and the bigrams that start in it.
func (x *scan) word(h *seg.Run, c, next int) {
	count := h.Chars()
	if next == c+1 {
		x.name(h, c)
	}
	for i := c; i < next; i++ {
		pair := false
		for _, w := range h.Words(i) {
			if int(w.End) > next {
				break
			}
			start, end := int(h.At[i]), int(h.At[w.End])
			term := x.a.dict.Text(w, end-start)
			if x.a.stop[term] {
				continue
			}
			t := x.emit(term, start, end, Word, i != c || int(w.End) != next)
			if int(w.End) == i+2 {
				t.AlsoBigram, pair = true, true
			}
		}
		if i+1 < count && !pair {
			start, end := int(h.At[i]), int(h.At[i+2])
			x.emit(x.s[start:end], start, end, Bigram, next > i+2 || (next == i+2 && i > c))
		}
	}
}

// join emits the last word or atom, the stroke and what follows it up to end, at the last word's position.
func (x *scan) join(end int) {
	x.pos--
	x.emit(x.s[x.lastStart:end], x.lastStart, end, Compound, false)
	x.pos++
}

// strokeBefore says that a stroke right before i joins it to the last word.
func (x *scan) strokeBefore(i int) bool {
	return i > 0 && x.lastEnd == i-1 && (x.s[i-1] == '/' || x.s[i-1] == '-')
}

// atom emits what starts at the letter, digit or sign at i and answers its end.
func (x *scan) atom(i int) int {
	end := x.standard(i)
	if end == 0 {
		end = x.quantity(i)
	}
	if end == 0 {
		end = x.compound(i)
	}
	x.mixed(i, end)
	if x.strokeBefore(i) && x.lastHan {
		x.join(end)
	}
	x.lastStart, x.lastEnd, x.lastHan = i, end, false
	x.pos++
	return end
}

// mixed emits the dictionary words of letters or digits with Han characters around s[i:end].
func (x *scan) mixed(i, end int) {
	for _, m := range x.a.dict.Mixed(x.s[i:end]) {
		if strings.HasSuffix(x.s[:i], m.Before) && strings.HasPrefix(x.s[end:], m.After) {
			x.emit(m.Word, i-len(m.Before), end+len(m.After), Word, false)
		}
	}
}
