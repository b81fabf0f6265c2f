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
		case sentenceEnd(text, start, i, r, n):
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

// sentenceEnd says whether the character at i ends the sentence that began at start.
func sentenceEnd(text string, start, i int, r rune, n int) bool {
	switch r {
	case '。', '！', '？', '；', '!', '?', ';', '｡', '…':
		return true
	case '.', '．':
		return fullStop(text, start, i, i+n)
	}
	return false
}

// fullStop says whether the point at text[i:after] ends a sentence. Journals write "方法.结果"; a point in a number, a name,
// an abbreviation of one letter or after a list's number is none.
func fullStop(text string, start, i, after int) bool {
	before := strings.TrimLeftFunc(text[start:i], unicode.IsSpace)
	if before == "" || len(before) <= 2 && strings.Trim(before, "0123456789") == "" {
		return false
	}
	rest := strings.TrimLeft(text[after:], " ")
	next, _ := utf8.DecodeRuneInString(rest)
	last, size := utf8.DecodeLastRuneInString(before)
	switch {
	case rest == "" || next == '\n' || next == '\r':
		return true
	case last == '.' || next == '.':
		return false
	case seg.IsHan(next) || seg.IsHan(last):
		return !unicode.IsDigit(next)
	case len(rest) < len(text)-after: // space follows
		previous, _ := utf8.DecodeLastRuneInString(before[:len(before)-size])
		return unicode.IsUpper(next) && !unicode.IsSpace(previous) && unicode.IsLetter(last) && previous != '.'
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

const listDigits = "0123456789０１２３４５６７８９一二三四五六七八九十"

// listNumber is the length of a list's number at i: 1、 (3) （4） 一、 ①; it must follow white space, a mark or nothing.
func listNumber(text string, i int) int {
	if last, _ := utf8.DecodeLastRuneInString(text[:i]); i > 0 && !unicode.IsSpace(last) && !strings.ContainsRune("：:，,、；;。）)", last) {
		return 0
	}
	r, n := utf8.DecodeRuneInString(text[i:])
	if r >= '①' && r <= '⑳' {
		return n
	}
	j := i
	open := r == '（' || r == '('
	if open {
		j += n
	}
	first := j
	for count := 0; count < 3; count++ {
		r, n = utf8.DecodeRuneInString(text[j:])
		if n == 0 || !strings.ContainsRune(listDigits, r) {
			break
		}
		j += n
	}
	r, n = utf8.DecodeRuneInString(text[j:])
	if closed := r == '）' || r == ')'; j == first || !closed && (open || r != '、') {
		return 0
	}
	// "一、二、三" in a sentence is an enumeration: a list's number is followed by a word.
	if next, _ := utf8.DecodeRuneInString(text[j+n:]); !open && strings.ContainsRune(listDigits, next) {
		return 0
	}
	return j + n - i
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
