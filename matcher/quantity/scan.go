package quantity

import (
	"math"
	"slices"
	"strings"
	"sync"
)

// Parse reads the quantities of a text in the order in which they stand. Their spans lie within the text, on the bounds
// of characters, and do not overlap.
func Parse(text string) []Quantity {
	room := rooms.Get().(*folded)
	defer rooms.Put(room)
	room.fold(text)
	s := &scanner{folded: room}
	for i := 0; i < len(s.r); {
		switch c := s.r[i]; {
		case isDigit(c):
			i = max(s.atDigit(i), i+1)
		case c == '±' && isDigit(s.at(s.spaces(i+1))):
			i = max(s.deviation(i), i+1)
		case c == '百' && s.has(i, "百分之"):
			i = max(s.percent(i), i+1)
		case hanDigit(c) >= 0 || oneOf(c, "两十百千半"):
			i = max(s.atHan(i), i+1)
		default:
			i++
		}
	}
	return s.out
}

// rooms are used again: a text's runes take more than all that is kept of it.
var rooms = sync.Pool{New: func() any { return new(folded) }}

// scanner is one reading of a text.
type scanner struct {
	*folded
	out []Quantity
	// passed are the ends of the quantities and sizes so far: no name reaches over one.
	passed []int
}

// before is the last of passed at or before i.
func (s *scanner) before(i int) int {
	for k := len(s.passed) - 1; k >= 0; k-- {
		if s.passed[k] <= i {
			return s.passed[k]
		}
	}
	return 0
}

// qualify makes conditions of the quantities in the bracket that opens at i: 寿命(80℃).
func (s *scanner) qualify(i int) {
	for k := len(s.out) - 1; k >= 0 && s.out[k].Span.Start > int(s.start[i]); k-- {
		s.out[k].Role = Condition
	}
}

// item is a number, range or tolerance with its unit, not yet named.
type item struct {
	low, high  float64 // as written
	unit       unit
	bare       bool // without a unit of its own
	second     unit // the unit of a range's upper end where it differs: 10 μm～1 mm
	relation   Relation
	turn       bool // 到 or 至 stands between the ends: with 由 it is a change
	mid        int  // where the second number of a range starts
	start, end int
	magnified  bool
}

// atDigit reads what starts with the digit at i and answers where to go on.
func (s *scanner) atDigit(i int) int {
	if s.model(i) || s.listNumber(i) {
		return s.skipRun(i)
	}
	first, ok := s.item(i)
	if !ok {
		return max(first.end, s.skipRun(i))
	}
	if end := s.size(first.end); end > first.end {
		s.passed = append(s.passed, end)
		return end
	}
	items := s.list(first)
	return s.emit(items)
}

// item reads one number with what belongs to it. Not ok: end says where to go on.
func (s *scanner) item(i int) (item, bool) {
	it := item{start: i, relation: Equal}
	v, end := s.number(i)
	if end == i || s.ratio(end) || s.at(end) == '#' {
		return item{end: s.skipRun(i)}, false
	}
	if s.at(i-1) == '-' && s.negative(i-1, end) {
		it.start, v = i-1, -v
	}
	if n := s.hasBefore(i, "零下"); n > 0 {
		it.start, v = i-n, -v
	}
	v, end = s.rest(v, end, &it)
	it.low, it.high, it.end = v, v, end
	if it.bare && isLetter(s.at(end)) {
		return item{end: s.skipRun(end)}, false
	}
	if s.tolerance(&it) || s.rangeTo(&it) {
		return it, true
	}
	return it, true
}

// rest reads 余, 万, 多 and the unit after a number.
func (s *scanner) rest(v float64, end int, it *item) (float64, int) {
	more := func() {
		if at := s.spaces(end); oneOf(s.at(at), "余多几") && !oneOf(s.at(at+1), "热种样功元维级") {
			it.relation = About
			end = at + 1
		}
	}
	more()
	m, stop := s.magnitude(end)
	if stop > end {
		it.magnified, v, end = true, v*m, stop
		more()
	}
	u, stop := s.unit(end)
	it.bare = stop == end
	it.unit = u
	if it.bare {
		it.unit = unit{factor: 1}
	}
	return v, stop
}

// negative decides whether the stroke at i is a sign: 温度-40℃ has one, 型号A-40 and 10-20 have none.
func (s *scanner) negative(i, end int) bool {
	before := s.at(i - 1)
	if before == 0 || oneOf(before, " (:：≥≤<>=~～至到为达于在,，是约从由、\n±") {
		return !isDigit(s.at(s.spacesBefore(i)-1)) || s.spacesBefore(i) == i
	}
	if !isHan(before) {
		return false
	}
	u, stop := s.unit(end)
	if stop == end {
		at := s.spaces(end) // -40～125℃
		if !oneOf(s.at(at), "~～-至到") {
			return false
		}
		at = s.spaces(at + 1)
		if oneOf(s.at(at), "+-") {
			at++
		}
		_, stop := s.number(at)
		u, _ = s.unit(stop)
	}
	switch u.dimension() {
	case "K", "dB", "dBm", "度":
		return true
	}
	return false
}

// tolerance reads ±0.5mm or ±5% after a number.
func (s *scanner) tolerance(it *item) bool {
	at := s.spaces(it.end)
	switch {
	case s.at(at) == '±':
		at++
	case s.has(at, "+/-"):
		at += 3
	default:
		return false
	}
	at = s.spaces(at)
	half, end := s.number(at)
	if end == at {
		return false
	}
	if m, stop := s.magnitude(end); stop > end {
		half, end = half*m, stop
		if !it.magnified {
			it.low, it.high, it.magnified = it.low*m, it.high*m, true // 5±0.5万次
		}
	}
	u, stop := s.unit(end)
	switch {
	case stop > end && it.bare:
		it.unit, it.bare = u, false
	case stop > end && u.dimension() == "%" && it.unit.dimension() != "%":
		half *= math.Abs(it.low) * u.factor
	case stop > end && u.dimension() == it.unit.dimension():
		half *= u.factor / it.unit.factor
	case stop > end:
		return false
	}
	it.low, it.high, it.end, it.relation = it.low-half, it.high+half, stop, Tolerance
	return true
}

// rangeTo reads ～20μm after a number and its unit.
func (s *scanner) rangeTo(it *item) bool {
	at := s.spaces(it.end)
	sep := s.at(at)
	if !oneOf(sep, "~～-至到") {
		return false
	}
	at, sign := s.afterSeparator(at+1, sep)
	v, end := s.number(at)
	if end == at || isLetter(s.at(at-1)) {
		return false
	}
	other := item{relation: Equal}
	v, end = s.rest(sign*v, end, &other)
	if other.bare && (isLetter(s.at(end)) || s.at(end) == '-' && isDigit(s.at(end+1))) {
		return false // 2019-10-12, 1990-3a
	}
	if it.bare && other.magnified && !it.magnified && math.Abs(it.low) < math.Abs(v) {
		if m := magnified(s, at, end); it.low*m <= v {
			it.low *= m // 30-50万
		}
	}
	switch {
	case it.bare:
		it.unit, it.bare = other.unit, other.bare
	case other.bare:
		other.unit = it.unit
	case other.unit.dimension() != it.unit.dimension():
		return false
	}
	it.second = other.unit
	it.high, it.end, it.mid, it.relation = v, end, at, Range
	it.turn = sep == '到' || sep == '至'
	return true
}

// afterSeparator is where the second number of a range starts, and its sign.
func (s *scanner) afterSeparator(at int, sep rune) (start int, sign float64) {
	for sep == '-' && s.at(at) == '-' || oneOf(sep, "~～") && oneOf(s.at(at), "~～") {
		if sep == '-' && isDigit(s.at(at+1)) {
			break // -40--20
		}
		at++
	}
	at = s.spaces(at)
	if s.at(at) == 'φ' {
		at++
	}
	sign = 1
	if oneOf(s.at(at), "-+") && isDigit(s.at(at+1)) {
		if s.at(at) == '-' {
			sign = -1
		}
		at++
	}
	return at, sign
}

// magnified is the factor that stands after the number at i.
func magnified(s *scanner, i, end int) float64 {
	_, stop := s.number(i)
	for ; stop < end; stop++ {
		if m, after := s.magnitude(stop); after > stop {
			return m
		}
	}
	return 1
}

// size answers the end of 5 mm×5 mm×2 mm or 7×24 whose first number ends at i: it is neither number.
func (s *scanner) size(i int) int {
	for {
		at := s.spaces(i)
		if !oneOf(s.at(at), "×xX*") {
			return i
		}
		at = s.spaces(at + 1)
		if s.at(at) == 'φ' {
			at++
		}
		_, end := s.number(at)
		if end == at {
			return i
		}
		_, end = s.unit(end)
		i = end
	}
}

// list reads 、15%、23% after the first item and gives a unit to those that share the last one's.
func (s *scanner) list(first item) []item {
	items := []item{first}
	for len(items) < 12 {
		last := &items[len(items)-1]
		at := s.spaces(last.end)
		if !oneOf(s.at(at), "、和与及或") {
			break
		}
		at = s.spaces(at + 1)
		if s.at(at) == '-' && isDigit(s.at(at+1)) {
			at++
		}
		if !isDigit(s.at(at)) || s.listNumber(at) {
			break
		}
		next, ok := s.item(at)
		if !ok || s.size(next.end) > next.end || next.bare && !last.bare {
			break
		}
		items = append(items, next)
	}
	for i := len(items) - 2; i >= 0; i-- {
		if items[i].bare {
			items[i].unit, items[i].second, items[i].bare = items[i+1].unit, items[i+1].unit, items[i+1].bare
		}
	}
	return items
}

// deviation reads a lone ±0.1mm at i.
func (s *scanner) deviation(i int) int {
	at := s.spaces(i + 1)
	it, ok := s.item(at)
	if !ok || it.bare || it.relation != Equal {
		return it.end
	}
	it.start = i
	it.relation = AtMost
	return s.emit([]item{it})
}

// percent reads 百分之五, 百分之 30.
func (s *scanner) percent(i int) int {
	at := s.spaces(i + len([]rune("百分之")))
	v, end := s.number(at)
	if end == at {
		v, end = s.hanNumber(at)
	}
	if end == at {
		return i + 1
	}
	u, _ := lookup("%", false)
	u.text = "%"
	return s.emit([]item{{low: v, high: v, unit: u.unit, start: i, end: end, relation: Equal}})
}

// hanCountable are the units that a number in Chinese characters may have; with others it is mostly part of a word
// (一次性, 三维).
var hanCountable = []string{"年", "个月", "小时", "个小时", "分钟", "天", "周", "倍", "万吨", "吨", "米", "公里", "毫米", "微米", "公斤", "千克", "元", "万元", "亿元", "次", "个百分点"}

// notBefore are characters after which a numeral in Chinese characters is part of a word: 第三, 每年, 其一.
const notBefore = "第每上下当这那其几数同头去今明后千百十万亿分双"

// atHan reads 三倍, 十万次, 七成 at i.
func (s *scanner) atHan(i int) int {
	v, end := s.hanNumber(i)
	alone := end == i+1 && oneOf(s.at(i), "十百千") // 百年
	if end == i || alone || hanDigit(s.at(i-1)) >= 0 || oneOf(s.at(i-1), notBefore) {
		return max(end, i+1)
	}
	if share, stop := s.hanShare(i, v, end); stop > end {
		return s.emit([]item{share})
	}
	u, stop := s.unit(end)
	if stop == end || !slices.Contains(hanCountable, u.text) || (u.text == "次" || u.text == "元") && v < 10 {
		return end // 二次开发, 一元方程
	}
	bounded := s.has(stop, "以上") || s.has(stop, "以下") || s.has(stop, "以内")
	if !bounded && oneOf(s.at(stop), "性生发以年级") {
		return end // 一次性, 三年级
	}
	return s.emit([]item{{start: i, low: v, high: v, unit: u, end: stop}})
}

// hanShare reads 分之一 or 成 after a numeral that stands at i and ends at end; its end is end when there is neither.
func (s *scanner) hanShare(i int, v float64, end int) (item, int) {
	it := item{start: i, low: v, high: v, unit: unit{factor: 1, dims: []power{{"%", 1}}}}
	if s.has(end, "分之") {
		top, stop := s.hanNumber(end + 2)
		if stop == end+2 || v == 0 || v < top {
			return it, end
		}
		it.low, it.high, it.end = top/v, top/v, stop
		return it, stop
	}
	if next := s.at(end + 1); s.at(end) != '成' || end != i+1 || v > 10 || isHan(next) && !oneOf(next, "以左多的") {
		return it, end // 三成分
	}
	it.unit.factor, it.unit.text, it.end = 0.1, "成", end+1
	return it, it.end
}

// model reports whether the digit at i belongs to a name: YOLOv8, 6061-T6, GB/T 19001-2016, 第3条.
func (s *scanner) model(i int) bool {
	before := s.at(i - 1)
	switch {
	case isLetter(before) || before == '_':
		return s.namedUnitBefore(i) == ""
	case before == '-' || before == '/':
		return isLetter(s.at(i-2)) && (before == '-' || s.namedUnitBefore(i-1) == "")
	case before == '.':
		return isLetter(s.at(i-2)) || isDigit(s.at(i-2))
	case oneOf(before, "第№#"):
		return true
	}
	return s.standardBefore(s.spacesBefore(i))
}

// namedUnits stand before their number: HRC60, pH7.
var namedUnits = []string{"HRC", "HRB", "HRA", "HV", "HB", "HBW", "pH", "PH", "Ra", "Rz"}

func (s *scanner) namedUnitBefore(i int) string {
	if !isLetter(s.at(i - 1)) {
		return ""
	}
	for _, u := range namedUnits {
		if n := s.hasBefore(i, u); n > 0 && !isLetter(s.at(i-n-1)) {
			return u
		}
	}
	return ""
}

const standardBodies = " GB GJB ISO IEC IEEE ASTM EN DIN JIS ANSI SAE UL ITU HJ HG JB YB YS QB JT DL NB SH SY TB CJ JG QC YY WS JJF JJG CB AQ MT SJ YD ZL CN FZ "

// standardBefore reports whether letters such as GB/T or ISO end at i.
func (s *scanner) standardBefore(i int) bool {
	first := i
	for first > 0 && i-first < 12 && (isLetter(s.r[first-1]) || s.r[first-1] == '/') {
		first--
	}
	if first == i {
		return false
	}
	body, _, cut := strings.Cut(s.text(first, i), "/")
	return strings.Contains(standardBodies, " "+strings.ToUpper(body)+" ") || cut && s.at(i-1) == 'T' && len(body) <= 2
}

// ratio reports whether a number that ends at i goes on as 1:3 or 1/3.
func (s *scanner) ratio(i int) bool {
	return oneOf(s.at(i), ":：/") && isDigit(s.at(i+1))
}

// listNumber reports whether the number at i counts the points of a list: 1、 2. (3).
func (s *scanner) listNumber(i int) bool {
	end := i
	for isDigit(s.at(end)) {
		end++
	}
	if end-i > 2 {
		return false
	}
	at := s.spacesBefore(i)
	before := s.at(at - 1)
	switch c := s.at(end); {
	case before == '(' && c == ')':
		return true
	case c == ')':
		return before == 0 || clauseEnd(before) || before == ':'
	case c == '、':
		return (before == 0 || clauseEnd(before) && before != '、' || before == ':' && !isDigit(s.at(end+1)))
	case c == '.':
		return !isDigit(s.at(end+1)) && (before == 0 || clauseEnd(before) || before == ':')
	}
	return false
}

// skipRun is the end of the letters, digits and strokes at i.
func (s *scanner) skipRun(i int) int {
	for i < len(s.r) && (isDigit(s.r[i]) || isLetter(s.r[i]) || oneOf(s.r[i], "-_./:：#") && (isDigit(s.at(i+1)) || isLetter(s.at(i+1)))) {
		i++
	}
	return i
}
