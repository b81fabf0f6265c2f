package quantity

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// unit is what a number is multiplied by: base = value × factor + offset.
type unit struct {
	text           string
	factor, offset float64
	dims           []power // ascending by symbol, no zero exponents
}

type power struct {
	symbol string
	exp    int
}

// dimension writes the powers: kg·m^-1·s^-2.
func (u unit) dimension() string {
	if len(u.dims) == 1 && u.dims[0].exp == 1 {
		return u.dims[0].symbol
	}
	var b strings.Builder
	for i, p := range u.dims {
		if i > 0 {
			b.WriteString("·")
		}
		b.WriteString(p.symbol)
		if p.exp != 1 {
			b.WriteString("^" + strconv.Itoa(p.exp))
		}
	}
	return b.String()
}

// times multiplies by another unit raised to exp.
func (u *unit) times(v unit, exp int) {
	u.factor *= math.Pow(v.factor, float64(exp))
	for _, p := range v.dims {
		at, found := slices.BinarySearchFunc(u.dims, p.symbol, func(a power, s string) int { return cmp.Compare(a.symbol, s) })
		if !found {
			u.dims = slices.Insert(u.dims, at, power{p.symbol, p.exp * exp})
			continue
		}
		if u.dims[at].exp += p.exp * exp; u.dims[at].exp == 0 {
			u.dims = slices.Delete(u.dims, at, at+1)
		}
	}
}

// unit reads a unit at i, after at most one space before letters, and answers its end; i when there is none.
func (f *folded) unit(i int) (unit, int) {
	at := i
	if isSpace(f.at(at)) {
		at++
	}
	over := f.at(i) == '/' // 1.2×10-6/K
	if over {
		at = i + 1
	}
	first, end, ok := f.factor(at, over)
	if !ok || over && isHan(f.at(at)) {
		return unit{}, i
	}
	if over {
		first.exp, at = -first.exp, i
	}
	u := unit{factor: 1, dims: make([]power, 0, 4)}
	u.times(first.unit, first.exp)
	plain, below := first.exp == 1, over
	for {
		next, stop, divided := f.nextFactor(end, below)
		if stop == end {
			break
		}
		below = below || divided
		for _, n := range next {
			exp := n.exp
			if below {
				exp = -exp
			}
			u.times(n.unit, exp)
		}
		plain, end = false, stop
	}
	if plain {
		u.offset = first.unit.offset
	}
	if len(u.dims) == 0 && len(first.unit.dims) > 0 {
		u.dims = []power{{"比(" + first.unit.dims[0].symbol + ")", 1}} // g/kg is no plain number, nor a share of just anything
	}
	u.text = strings.ReplaceAll(f.text(at, end), " ", "")
	return u, end
}

type factor struct {
	unit unit
	exp  int
}

// nextFactor reads /min, ·K, 每分钟, /(m·K), /100g after a unit that ends at i; i when nothing follows.
func (f *folded) nextFactor(i int, below bool) (factors []factor, end int, divided bool) {
	at := f.spaces(i)
	c := f.at(at)
	switch {
	case c == '/', c == '每':
		divided = true
	case oneOf(c, "·*.") && (below || c != '*'):
	default:
		return nil, i, false
	}
	at++
	if divided && f.at(at) == '(' {
		for at++; ; at++ {
			one, stop, ok := f.factor(at, true)
			if !ok {
				return nil, i, false
			}
			factors = append(factors, one)
			if f.at(stop) == ')' {
				return factors, stop + 1, true
			}
			if !oneOf(f.at(stop), "·*.") {
				return nil, i, false
			}
			at = stop
		}
	}
	per := 1.0
	if divided && isDigit(f.at(at)) {
		v, stop := f.decimal(at)
		if v != 10 && v != 100 && v != 1000 && v != 10000 {
			return nil, i, false
		}
		per, at = v, stop
	} else if divided {
		at = f.spaces(at)
	}
	if divided && f.has(at, "万") || f.has(at, "亿") {
		m, stop := f.magnitude(at)
		per, at = per*m, stop
	}
	one, stop, ok := f.factor(at, divided || below)
	if !ok {
		return nil, i, false
	}
	one.unit.factor *= per
	return append(factors, one), stop, divided
}

// factor reads one unit name with its power. Some names, such as 年 and 分, are units of time only below a stroke.
func (f *folded) factor(i int, below bool) (factor, int, bool) {
	if isHan(f.at(i)) {
		u, end, ok := f.hanUnit(i, below)
		return factor{u, 1}, end, ok
	}
	end := i
	for end-i < 9 && (isLetter(f.at(end)) || oneOf(f.at(end), "μΩ°℃%‰Å□″")) {
		end++
	}
	if end == i {
		return factor{}, i, false
	}
	name := f.text(i, end)
	if c := f.at(i); c == '%' || c == '‰' {
		if _, ok := units[name]; !ok {
			name, end = string(c), i+1 // 5%NaCl
		}
	}
	u, ok := lookup(name, below)
	if !ok {
		return factor{}, i, false
	}
	if c := f.at(end); u.milli && oneOf(c, "·*.") && f.at(end+1) == 's' && !isLetter(f.at(end+2)) {
		u.factor *= 1e-9 // mpa·s is a viscosity, where mpa alone is a pressure
	}
	exp, stop := f.unitPower(end)
	if stop == end && (isLetter(f.at(end)) || isDigit(f.at(end)) && !oneOf(f.r[end-1], "%‰℃")) {
		return factor{}, i, false
	}
	if name == "Nm" && exp == 3 {
		u.unit, exp = unit{factor: 1, dims: []power{{"Nm³", 1}}}, 1
	}
	return factor{u.unit, exp}, stop, true
}

// unitPower reads 2, ², ^2, -1, ⁻¹ after a unit name that ends at i: the exponent, 1 when there is none, and the end.
func (f *folded) unitPower(i int) (exp, end int) {
	c := f.at(i)
	switch {
	case c >= '2' && c <= '4' && !isDigit(f.at(i+1)) && !isLetter(f.at(i+1)) && f.at(i+1) != '.':
		return int(c - '0'), i + 1
	case c == '-' && f.at(i+1) >= '1' && f.at(i+1) <= '4' && (f.at(i+2) == 0 || oneOf(f.at(i+2), " ·./*，,。；;、)\n以")):
		return -int(f.at(i+1) - '0'), i + 2
	case c == '^', c == '⁻', oneOf(c, superscripts):
		if e, stop := f.exponent(i, false); stop > i && e != 0 && e >= -6 && e <= 6 {
			return e, stop
		}
	}
	return 1, i
}

// hanUnit reads the longest unit of Chinese characters at i.
func (f *folded) hanUnit(i int, below bool) (unit, int, bool) {
	for _, h := range hanUnits[f.at(i)] {
		if !f.has(i, h.name) || h.below && !below {
			continue
		}
		end := i + h.runes
		if h.runes == 1 && oneOf(f.at(end), notAfter[f.at(i)]) {
			return unit{}, i, false
		}
		return h.unit, end, true
	}
	return unit{}, i, false
}

func lookup(name string, below bool) (known, bool) {
	u, ok := units[name]
	if !ok {
		u, ok = loose[strings.ToLower(name)]
	}
	return u, ok && (below || !u.below)
}
