package quantity

import (
	"math"
	"strconv"
	"strings"
)

// maxDigits keeps a telephone book from being a number.
const maxDigits = 40

// number reads 1,200.5, 1.2E-3, 3×10⁵, 10^-6 at i and answers the value and where it ends; i when there is none.
func (f *folded) number(i int) (v float64, end int) {
	v, end = f.decimal(i)
	if end == i {
		return 0, i
	}
	if at := f.powerOfTen(end); at > end {
		exp, stop := f.exponent(at, true)
		if stop > at {
			return v * math.Pow10(exp), stop
		}
	}
	if v == 10 && end == i+2 {
		if exp, stop := f.exponent(end, false); stop > end {
			return math.Pow10(exp), stop
		}
	}
	if c := f.at(end); (c == 'e' || c == 'E') && (isDigit(f.at(end+1)) || oneOf(f.at(end+1), "+-") && isDigit(f.at(end+2))) {
		if exp, stop := f.exponent(end+1, true); stop > end+1 && !isLetter(f.at(stop)) {
			return v * math.Pow10(exp), stop
		}
	}
	return v, end
}

// decimal reads digits with separators of thousands and a point.
func (f *folded) decimal(i int) (v float64, end int) {
	var text [maxDigits]byte
	n := 0
	put := func(r rune) bool {
		if n == maxDigits {
			return false
		}
		text[n] = byte(r)
		n++
		return true
	}
	end = i
	for isDigit(f.at(end)) {
		if !put(f.at(end)) {
			return 0, i
		}
		end++
	}
	for group := end - i; group > 0 && group <= 3 && f.at(end) == ',' && f.threeDigits(end+1); {
		for _, r := range f.r[end+1 : end+4] {
			if !put(r) {
				return 0, i
			}
		}
		end += 4
		group = 3
	}
	if end > i && f.at(end) == '.' && isDigit(f.at(end+1)) {
		put('.')
		for end++; isDigit(f.at(end)); end++ {
			if !put(f.at(end)) {
				return 0, i
			}
		}
		if f.at(end) == '.' && isDigit(f.at(end+1)) {
			return 0, i // a version: 1.2.3
		}
	}
	v, err := strconv.ParseFloat(string(text[:n]), 64)
	if err != nil {
		return 0, i
	}
	return v, end
}

func (f *folded) threeDigits(i int) bool {
	return isDigit(f.at(i)) && isDigit(f.at(i+1)) && isDigit(f.at(i+2)) && !isDigit(f.at(i+3))
}

// powerOfTen is the place after ×10 that follows a number ending at i, or i.
func (f *folded) powerOfTen(i int) int {
	at := f.spaces(i)
	if !oneOf(f.at(at), "×xX*·") {
		return i
	}
	at = f.spaces(at + 1)
	if !f.has(at, "10") {
		return i
	}
	return at + 2
}

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹"

// exponent reads ^-6, ⁻⁶, 的5次方; bare digits too when plain, which typesetting leaves of a superscript (1×10-6).
func (f *folded) exponent(i int, plain bool) (exp, end int) {
	at, sign, caret := i, 1, false
	if f.at(at) == '^' {
		caret = true
		at++
	} else if f.at(at) == '的' {
		v, stop := f.decimal(at + 1)
		if stop > at+1 && f.has(stop, "次方") {
			return clampExponent(int(v)), stop + 2
		}
		return 0, i
	}
	open := caret && oneOf(f.at(at), "({")
	if open {
		at++
	}
	if c := f.at(at); c == '⁻' || (plain || caret) && c == '-' {
		sign = -1
		at++
	} else if c == '⁺' || (plain || caret) && c == '+' {
		at++
	}
	first := at
	for at-first < 3 {
		c := f.at(at)
		if d := strings.IndexRune(superscripts, c); c != 0 && d >= 0 {
			exp = exp*10 + superscriptDigit(c)
		} else if (plain || caret) && isDigit(c) {
			exp = exp*10 + int(c-'0')
		} else {
			break
		}
		at++
	}
	if at == first || isDigit(f.at(at)) {
		return 0, i
	}
	if open && oneOf(f.at(at), ")}") {
		at++
	}
	return sign * clampExponent(exp), at
}

func superscriptDigit(c rune) int {
	for d, r := range []rune(superscripts) {
		if r == c {
			return d
		}
	}
	return 0
}

func clampExponent(exp int) int { return min(max(exp, 0), 60) }

// magnitude reads 万, 亿, 千 … after a number; 千 before a unit that begins with it (千米) is left to the unit.
func (f *folded) magnitude(i int) (factor float64, end int) {
	at := f.spaces(i)
	factor, end = 1, i
	for _, m := range magnitudes {
		if f.has(at, m.word) {
			factor, end = m.factor, at+m.runes
			break
		}
	}
	if end == i {
		return 1, i
	}
	switch f.r[end-1] {
	case '千', '百':
		if oneOf(f.at(end), "米克瓦伏帕赫卡牛焦安欧周家分") {
			return 1, i
		}
	case '万', '亿':
		if oneOf(f.at(end), "能向有一用") { // 万能, 万向, 万有引力
			return 1, i
		}
	}
	return factor, end
}

var magnitudes = []struct {
	word   string
	runes  int
	factor float64
}{
	{"万亿", 2, 1e12}, {"千亿", 2, 1e11}, {"百亿", 2, 1e10}, {"十亿", 2, 1e9}, {"千万", 2, 1e7}, {"百万", 2, 1e6}, {"十万", 2, 1e5},
	{"万", 1, 1e4}, {"亿", 1, 1e8}, {"千", 1, 1e3}, {"百", 1, 1e2},
}

const (
	hanDigits = "零一二三四五六七八九"
	hanSteps  = "十百千"
)

// hanNumber reads 三, 十二, 三千五百, 两万, 三点五, 半 at i and answers the value and its end; i when there is none.
func (f *folded) hanNumber(i int) (v float64, end int) {
	if f.at(i) == '半' {
		return 0.5, i + 1
	}
	total, section, digit := 0.0, 0.0, -1.0
	at := i
loop:
	for ; at-i < 12; at++ {
		c := f.at(at)
		switch {
		case c == '两' || hanDigit(c) >= 0:
			if digit > 0 {
				break loop // 二三: a guess, not a number
			}
			digit = float64(max(hanDigit(c), 0))
			if c == '两' {
				digit = 2
			}
		case oneOf(c, hanSteps):
			step := map[rune]float64{'十': 10, '百': 100, '千': 1000}[c]
			if digit < 0 {
				digit = 1
			}
			section += digit * step
			digit = -1
		case (c == '万' || c == '亿') && at > i:
			section += max(digit, 0)
			total += section * map[rune]float64{'万': 1e4, '亿': 1e8}[c]
			section, digit = 0, -1
		default:
			break loop
		}
	}
	if at == i {
		return 0, i
	}
	v = total + section + max(digit, 0)
	if f.at(at) == '点' && hanDigit(f.at(at+1)) >= 0 {
		at++
		for place := 0.1; hanDigit(f.at(at)) >= 0 && at-i < 16; at++ {
			v += place * float64(hanDigit(f.at(at)))
			place /= 10
		}
	}
	return v, at
}

func hanDigit(c rune) int {
	if c == '〇' {
		return 0
	}
	at := strings.IndexRune(hanDigits, c)
	if c == 0 || at < 0 {
		return -1
	}
	return at / len("零")
}
