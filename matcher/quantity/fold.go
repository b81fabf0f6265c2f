package quantity

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// folded is a text by runes in one spelling; start and end are the bytes that a rune came from.
type folded struct {
	r          []rune
	start, end []int32
}

func fold(text string) *folded {
	f := &folded{}
	f.fold(text)
	return f
}

// fold reads a text in place of what f held before.
func (f *folded) fold(text string) {
	n := len(text)/2 + 8
	f.r, f.start, f.end = slices.Grow(f.r[:0], n), slices.Grow(f.start[:0], n), slices.Grow(f.end[:0], n)
	for i, r := range text {
		size := utf8.RuneLen(r)
		if r == utf8.RuneError {
			_, size = utf8.DecodeRuneInString(text[i:])
		}
		if r < 0x80 {
			f.add(r, i, 1)
			continue
		}
		if whole, ok := expansions[r]; ok {
			for _, part := range whole {
				f.add(part, i, size)
			}
			continue
		}
		f.add(foldRune(r), i, size)
	}
}

func (f *folded) add(r rune, at, size int) {
	f.r = append(f.r, r)
	f.start = append(f.start, int32(at))
	f.end = append(f.end, int32(at+size))
}

// at is the rune at i, 0 outside.
func (f *folded) at(i int) rune {
	if i < 0 || i >= len(f.r) {
		return 0
	}
	return f.r[i]
}

// has reports whether s stands at i.
func (f *folded) has(i int, s string) bool {
	for _, r := range s {
		if f.at(i) != r {
			return false
		}
		i++
	}
	return true
}

// lexicon finds the longest of a few words at a place, by its first or by its last character.
type lexicon struct{ first, last map[rune][][]rune }

func newLexicon(words ...string) lexicon {
	l := lexicon{map[rune][][]rune{}, map[rune][][]rune{}}
	for _, w := range words {
		r := []rune(w)
		first, last := r[0], r[len(r)-1]
		l.first[first] = append(l.first[first], r)
		l.last[last] = append(l.last[last], r)
	}
	for _, side := range []map[rune][][]rune{l.first, l.last} {
		for _, list := range side {
			slices.SortStableFunc(list, func(a, b []rune) int { return cmp.Compare(len(b), len(a)) })
		}
	}
	return l
}

// at is the length of the longest word at i, 0 for none.
func (l lexicon) at(f *folded, i int) int {
	for _, w := range l.first[f.at(i)] {
		if f.hasRunes(i, w) {
			return len(w)
		}
	}
	return 0
}

// before is the length of the longest word that ends at i, 0 for none.
func (l lexicon) before(f *folded, i int) int {
	for _, w := range l.last[f.at(i-1)] {
		if len(w) <= i && f.hasRunes(i-len(w), w) {
			return len(w)
		}
	}
	return 0
}

func (f *folded) hasRunes(i int, w []rune) bool {
	return i >= 0 && i+len(w) <= len(f.r) && slices.Equal(f.r[i:i+len(w)], w)
}

// hasBefore answers how many runes of s end at i, 0 when it does not stand there.
func (f *folded) hasBefore(i int, s string) int {
	n := utf8.RuneCountInString(s)
	if n <= i && f.has(i-n, s) {
		return n
	}
	return 0
}

func (f *folded) spaces(i int) int {
	for isSpace(f.at(i)) {
		i++
	}
	return i
}

func (f *folded) spacesBefore(i int) int {
	for i > 0 && isSpace(f.r[i-1]) {
		i--
	}
	return i
}

func (f *folded) text(from, to int) string {
	if from >= to {
		return ""
	}
	return string(f.r[from:to])
}

func (f *folded) span(from, to int) Span {
	if from >= to {
		return Span{}
	}
	return Span{int(f.start[from]), int(f.end[to-1])}
}

func foldRune(r rune) rune {
	switch {
	case r == '，': // a clause ends here, as it does not at the comma of 1,200
		return r
	case r >= '！' && r <= '～':
		if r == '－' || r == '～' {
			break
		}
		return r - '！' + '!'
	case r < 0x2E80:
	default:
		if s, ok := simplified[r]; ok {
			return s
		}
	}
	if s, ok := spellings[r]; ok {
		return s
	}
	return r
}

var spellings = pairs("～~〜~∼~˜~－-—-–-−-‐-‑-―-─-≧≥≦≤⩾≥⩽≤µμΩΩ⋅·•·∙·・·∗*✕×╳×﹪%∶:﹣-﹥>﹤<øφØφΦφФφ\u3000 \u00a0 ")

// simplified has the traditional characters of the words this package looks for.
var simplified = pairs("萬万億亿噸吨於于過过達达時时鐘钟減减縮缩長长電电壓压強强溫温約约內内個个積积貫贯條条種种組组兩两頻频產产開开優优轉转顆颗" +
	"畝亩顧顾級级寬宽異异為为質质廣广負负從从現现無无僅仅將将當当達达應应須须間间準准確确錯错誤误納纳釐厘鐘钟焦焦歐欧測测範范圍围聲声殘残變变雜杂損损")

func pairs(list string) map[rune]rune {
	m := map[rune]rune{}
	all := []rune(list)
	for i := 0; i+1 < len(all); i += 2 {
		m[all[i]] = all[i+1]
	}
	return m
}

var expansions = map[rune]string{
	'㎡': "m2", '㎥': "m3", '㎜': "mm", '㎝': "cm", '㎞': "km", '㎏': "kg", '㎎': "mg", '㎖': "ml", '㎛': "μm", '㎚': "nm",
	'㎠': "cm2", '㎟': "mm2", '㎤': "cm3", '㎍': "μg", '㎑': "kHz", '㎒': "MHz", '㎓': "GHz", '㎩': "Pa", '㎪': "kPa",
	'㎫': "MPa", '㎬': "GPa", '㎾': "kW", '㎿': "MW", '㎸': "kV", '㎷': "mV", '㏄': "ml", '㏑': "ln", '㎐': "Hz", '℉': "°F",
	'½': "0.5", '¼': "0.25", '¾': "0.75",
}

func isDigit(r rune) bool  { return r >= '0' && r <= '9' }
func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }
func isSpace(r rune) bool  { return r == ' ' || r == '\t' }
func isHan(r rune) bool    { return r >= 0x3400 && r <= 0x9FFF || r >= 0xF900 && r <= 0xFAFF }

func oneOf(r rune, set string) bool { return r != 0 && strings.ContainsRune(set, r) }
