package main

import (
	"strings"
	"unicode/utf8"

	"jiqiao/index/zh/internal/seg"
)

// Mixed words (x射线衍射, 3d打印) are keywords, entries of the general list and hand-written ones; this is how often the
// corpus must hold a keyword.
const minMixed = 10

// addMixed adds the keywords of letters and Han characters, and drops the general list's mixed words that the corpus lacks.
func (v *vocabulary) addMixed(c *corpus) {
	counts := map[string]int{}
	for k := range c.keywords {
		if isMixed(k) {
			counts[k] = 0
		}
	}
	for text, w := range v.words {
		if isMixed(text) && !w.keep {
			counts[text] = 0
		}
	}
	for _, text := range c.texts {
		for start, end := range atoms(text) {
			countAround(counts, text, start, end)
		}
	}
	for k, n := range counts {
		if n >= minMixed {
			v.word(k).count = n
		} else {
			delete(v.words, k)
		}
	}
}

// isMixed says whether a word is one run of letters and digits with Han characters on one side or both.
func isMixed(s string) bool {
	kinds := 0
	last := -1
	latin := 0
	for _, r := range s {
		kind := 0
		switch {
		case seg.IsHan(r):
			kind = 1
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 'α' && r <= 'ω':
			latin++
		case r == '-' || r == '+' || r == '/' || r == '.':
		default:
			return false
		}
		if kind != last {
			kinds++
			last = kind
		}
	}
	digitsFirst := s != "" && s[0] >= '0' && s[0] <= '9' && strings.IndexFunc(s, func(r rune) bool { return r >= 'a' && r <= 'z' }) < 0
	return latin > 0 && hasHan(s) && kinds <= 3 && !digitsFirst
}

// atoms yields the runs of letters, digits and strokes between other characters.
func atoms(text string) func(yield func(start, end int) bool) {
	return func(yield func(start, end int) bool) {
		start := -1
		for i, r := range text + " " {
			in := r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 'α' && r <= 'ω' || r == '-' || r == '/' || r == '.' || r == '+'
			switch {
			case in && start < 0:
				start = i
			case !in && start >= 0:
				if !yield(start, i) {
					return
				}
				start = -1
			}
		}
	}
}

// countAround counts the words made of text[start:end] and up to seven characters around it.
func countAround(counts map[string]int, text string, start, end int) {
	lefts := []int{start}
	for i := start; len(lefts) < maxWord; {
		r, n := utf8.DecodeLastRuneInString(text[:i])
		if !seg.IsHan(r) {
			break
		}
		i -= n
		lefts = append(lefts, i)
	}
	for _, left := range lefts {
		for right, n := end, 0; n < maxWord; n++ {
			if _, ok := counts[text[left:right]]; ok {
				counts[text[left:right]]++
			}
			_, size := seg.HanAt(text[right:])
			if size == 0 {
				break
			}
			right += size
		}
	}
}
