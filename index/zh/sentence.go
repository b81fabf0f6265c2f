package zh

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"jiqiao/index/zh/internal/seg"
)

// Sentences longer than maxSentence bytes (about 120 Han characters) are cut at commas, and longer than twice that
// anywhere between characters.
const maxSentence = 360

// Sentences answers the sentences of a text in order, without the white space around them. They end at 。！？；…, at line
// breaks, at a full stop after a word and before space, and before the numbers of a list (1、 （2） ①); never inside
// a number or a standard's name (GB/T 1.1).
func Sentences(text string) []Span {
	var spans []Span
	start := 0
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '\n' || r == '\r' || i > start && listNumber(text, i) > 0:
			spans = addSentence(spans, text, start, i)
			start = i
			if r == '\n' || r == '\r' {
				start = i + n
			}
		case sentenceEnd(text, i, r, n):
			for i+n < len(text) && trailer(text[i+n:]) > 0 {
				n += trailer(text[i+n:])
			}
			spans = addSentence(spans, text, start, i+n)
			start = i + n
		}
		i += n
	}
	return addSentence(spans, text, start, len(text))
}

// sentenceEnd says whether the character at i ends a sentence.
func sentenceEnd(text string, i int, r rune, n int) bool {
	switch r {
	case '。', '！', '？', '；', '!', '?', ';', '｡', '…':
		return true
	case '.', '．':
		// A full stop: not between digits or letters, not after one letter or a list number.
		next, _ := utf8.DecodeRuneInString(text[i+n:])
		last, size := utf8.DecodeLastRuneInString(text[:i])
		if seg.IsHan(last) {
			return i+n == len(text) || next == ' ' || next == '\n' || seg.IsHan(next)
		}
		before, _ := utf8.DecodeLastRuneInString(text[:i-size])
		return (i+n == len(text) || next == ' ') && (unicode.IsLetter(before) || last == ')' || unicode.IsDigit(before)) && !unicode.IsSpace(before)
	}
	return false
}

// trailer is the length of closing quotes, brackets and repeated marks after a sentence's end.
func trailer(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	if strings.ContainsRune("”’」』）)》】\"。！？…!?", r) {
		return n
	}
	return 0
}

// listNumber is the length of a list's number at i: 1、 2． (3) （4） 一、 ①; it must follow white space, a mark or nothing.
func listNumber(text string, i int) int {
	r, n := utf8.DecodeRuneInString(text[i:])
	if r >= '①' && r <= '⑳' {
		return n
	}
	if i > 0 {
		last, _ := utf8.DecodeLastRuneInString(text[:i])
		if !unicode.IsSpace(last) && !strings.ContainsRune("：:，,、；;。）)", last) {
			return 0
		}
	}
	j := i
	open := r == '（' || r == '('
	if open {
		j += n
	}
	digits := 0
	for j < len(text) && digits < 3 {
		r, n := utf8.DecodeRuneInString(text[j:])
		if !(r >= '0' && r <= '9' || r >= '０' && r <= '９' || strings.ContainsRune("一二三四五六七八九十", r)) {
			break
		}
		j += n
		digits++
	}
	if digits == 0 || j >= len(text) {
		return 0
	}
	r, n = utf8.DecodeRuneInString(text[j:])
	switch {
	case open && (r == '）' || r == ')'):
		return j + n - i
	case !open && (r == '、' || r == '）' || r == ')'):
		// "一、二、三" in a sentence is an enumeration: a list's number is followed by a word.
		next, _ := utf8.DecodeRuneInString(text[j+n:])
		if unicode.IsDigit(next) || strings.ContainsRune("一二三四五六七八九十", next) {
			return 0
		}
		return j + n - i
	}
	return 0
}

// addSentence adds text[start:end] without white space around it, cut where it is very long.
func addSentence(spans []Span, text string, start, end int) []Span {
	for start < end {
		r, n := utf8.DecodeRuneInString(text[start:end])
		if !unicode.IsSpace(r) {
			break
		}
		start += n
	}
	for start < end {
		r, n := utf8.DecodeLastRuneInString(text[start:end])
		if !unicode.IsSpace(r) {
			break
		}
		end -= n
	}
	if start == end {
		return spans
	}
	if end-start > maxSentence {
		if cut := cutAt(text[start:end]); cut > 0 && cut < end-start {
			spans = append(spans, Span{start, start + cut})
			return addSentence(spans, text, start+cut, end)
		}
	}
	return append(spans, Span{start, end})
}

// cutAt is where a very long sentence is cut: after the last comma within maxSentence bytes, else the first within twice
// that, else between characters.
func cutAt(s string) int {
	cut := 0
	for i, r := range s {
		if i > 2*maxSentence {
			if cut == 0 {
				return i
			}
			break
		}
		if r == '，' || r == '、' || r == '：' || r == ',' && !isDigit(s, i+1) {
			at := i + utf8.RuneLen(r)
			if at > maxSentence && cut > 0 {
				break
			}
			cut = at
		}
	}
	return cut
}
