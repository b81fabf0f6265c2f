package zh

import (
	"strings"
	"unicode/utf8"

	"jiqiao/index/zh/internal/seg"
)

// quantity emits the number at i, with its unit if it has one, and answers its end; 0 when letters follow that are no unit,
// as in 3d or 6061-t6.
func (x *scan) quantity(i int) int {
	end, term := x.number(i)
	if end == 0 {
		return 0
	}
	if unit, at, stop := x.unit(end); unit != "" && !x.notUnit(i, at, stop) {
		x.measure(i, end, term, unit, at, stop)
		if _, n := seg.HanAt(x.s[at:]); n > 0 {
			return end // 毫米 is read again as a word: it may be the start of 毫米波
		}
		return stop
	}
	if alnumAt(x.s, end) > 0 || end < len(x.s) && strings.IndexByte("-/_", x.s[end]) >= 0 && alnumAt(x.s, end+1) > 0 && !isDigit(x.s, end+1) {
		return 0
	}
	if unit := x.rangeUnit(end); unit != "" {
		x.emit(term+unit, i, end, Measure, false)
		x.emit(term, i, end, Number, true)
		return end
	}
	x.emit(term, i, end, Number, false)
	return end
}

func (x *scan) measure(i, end int, number, unit string, at, stop int) {
	whole := x.s[i:stop]
	if len(whole) != len(number)+len(unit) || whole[len(number):] != unit {
		whole = number + unit
	}
	x.emit(whole, i, stop, Measure, false)
	x.emit(number, i, end, Number, true)
	x.emit(unit, at, stop, Unit, true)
}

// number reads -1,200.5 at i: its end and the term without separators.
func (x *scan) number(i int) (end int, term string) {
	start := i
	if x.s[i] == '-' {
		i++
	}
	if !isDigit(x.s, i) {
		return 0, ""
	}
	first := i
	for isDigit(x.s, i) {
		i++
	}
	commas := false
	for i-first <= 3 && i < len(x.s) && x.s[i] == ',' && threeDigits(x.s[i+1:]) {
		commas = true
		i += 4
		first = i - 3
	}
	if i+1 < len(x.s) && x.s[i] == '.' && isDigit(x.s, i+1) {
		i++
		for isDigit(x.s, i) {
			i++
		}
		if i+1 < len(x.s) && x.s[i] == '.' && isDigit(x.s, i+1) {
			return 0, "" // a version or an address: 1.2.3
		}
	}
	term = x.s[start:i]
	if commas {
		term = strings.ReplaceAll(term, ",", "")
	}
	return i, term
}

func threeDigits(s string) bool {
	return isDigit(s, 0) && isDigit(s, 1) && isDigit(s, 2) && !isDigit(s, 3)
}

// rangeUnit is the unit of the second number of a range whose first number ends at i: 40~125℃.
func (x *scan) rangeUnit(i int) string {
	for _, dash := range []string{"~", "-", "至", "到", "±"} {
		if rest, ok := strings.CutPrefix(x.s[i:], dash); ok && rest != "" {
			at := i + len(dash)
			if end, _ := x.number(at); end > 0 {
				if unit, uat, stop := x.unit(end); unit != "" && !x.notUnit(at, uat, stop) {
					return unit
				}
			}
		}
	}
	return ""
}

// unit reads a unit at i, after at most one space: its normal form and where it starts and stops. It is empty when
// there is none or when it is the start of a longer word.
func (x *scan) unit(i int) (unit string, at, stop int) {
	at = i
	if at < len(x.s) && x.s[at] == ' ' {
		at++
	}
	if at == i {
		if name, n := hanUnit(x.s[at:]); n > 0 {
			return name, at, at + n
		}
	}
	name, n := unitAtom(x.s[at:])
	if n == 0 {
		return "", 0, 0
	}
	stop = at + n
	for stop < len(x.s) && (x.s[stop] == '/' || strings.HasPrefix(x.s[stop:], "·")) {
		_, size := utf8.DecodeRuneInString(x.s[stop:])
		next, n := unitAtom(x.s[stop+size:])
		if n == 0 {
			break
		}
		name += x.s[stop:stop+size] + next
		stop += size + n
	}
	if alnumAt(x.s, stop) > 0 {
		return "", 0, 0
	}
	return name, at, stop
}

// notUnit refuses what only folding made a unit: 5G, 4K, 10M.
func (x *scan) notUnit(number, at, stop int) bool {
	if stop-at != 1 {
		return false
	}
	c := x.original(at, stop)
	return c == "G" || c == "M" || c == "K" && at-number == 1
}

// unitAtom reads one unit with its power: cm2, s-1. Its boundary is the caller's to check.
func unitAtom(s string) (name string, n int) {
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if (r < 'a' || r > 'z') && !strings.ContainsRune("μωå°℃℉%‰", r) {
			break
		}
		n += size
	}
	name, ok := units[s[:n]]
	if !ok {
		return "", 0
	}
	power := 0
	if rest := s[n:]; strings.HasPrefix(rest, "^") && isDigit(rest, 1) {
		return name + rest[1:2], n + 2
	} else if isDigit(rest, 0) && rest[0] <= '4' {
		power = 1
	} else if strings.HasPrefix(rest, "-") && isDigit(rest, 1) && rest[1] <= '4' {
		power = 2
	}
	if power > 0 && alnumAt(s, n+power) == 0 && !strings.HasPrefix(s[n+power:], ".") {
		return name + s[n:n+power], n + power
	}
	return name, n
}

func hanUnit(s string) (name string, n int) {
	if _, size := seg.HanAt(s); size == 0 {
		return "", 0
	}
	for _, u := range hanUnits {
		if strings.HasPrefix(s, u[0]) {
			return u[1], len(u[0])
		}
	}
	return "", 0
}

// hanUnits are unit words after a number, longest first where one starts another. 克 and 米 alone are left out where they
// would cut words apart.
var hanUnits = [][2]string{
	{"毫米", "mm"}, {"微米", "μm"}, {"纳米", "nm"}, {"厘米", "cm"}, {"千米", "km"}, {"公里", "km"}, {"米", "m"},
	{"摄氏度", "℃"}, {"千克", "kg"}, {"公斤", "kg"}, {"毫克", "mg"}, {"微克", "μg"}, {"毫升", "ml"},
	{"千伏", "kv"}, {"毫伏", "mv"}, {"伏", "v"}, {"千瓦时", "kwh"}, {"千瓦", "kw"}, {"兆瓦", "mw"}, {"吉瓦", "gw"},
	{"毫安时", "mah"}, {"毫安", "ma"}, {"赫兹", "hz"}, {"千赫", "khz"}, {"兆赫", "mhz"}, {"兆帕", "mpa"}, {"千帕", "kpa"},
	{"小时", "h"}, {"分钟", "min"}, {"毫秒", "ms"}, {"微秒", "μs"}, {"秒", "s"}, {"吨", "t"},
}

// units are the unit names as folded, with their normal form.
var units = unitNames("m dm cm mm μm um=μm nm pm=pm km å kg g mg μg ug=μg ng t kt s ms μs us=μs ns ps fs min h hr=h " +
	"v kv mv μv a ka ma μa w kw mw gw μw wh kwh mwh gwh ah mah va kva mva var kvar hz khz mhz ghz thz pa kpa mpa gpa hpa bar mbar torr " +
	"k °c=℃ ℃ °f=℉ ° j kj mj n kn mn nm ω kω mω f nf pf μf l ml μl ul=μl mol mmol μmol % ‰ ppm ppb bit kb mb gb tb pb bps kbps mbps gbps tbps " +
	"dpi fps rpm r db dbm dbi cd lm lx ev kev mev gev rad mrad deg hv hrc hb iu cp cst cfu wt% vol% mol% at% tops tflops flops gy kgy bq kbq c")

func unitNames(list string) map[string]string {
	m := map[string]string{}
	for _, f := range strings.Fields(list) {
		name, normal, ok := strings.Cut(f, "=")
		if !ok {
			normal = name
		}
		m[name] = normal
	}
	return m
}
