package quantity

import (
	"math"
	"strings"
)

// phrase is what stands around the items of a list.
type phrase struct {
	prefix
	noun
	names     []noun // one for each item, where the text says so
	heir      int    // the place in out of the quantity whose name is taken over, or -1
	suffix    Relation
	suffixed  bool
	condition bool
	stop      int
}

// around reads the phrase and gives the items the scale that stands before them, as in HRC60.
func (s *scanner) around(items []item) phrase {
	first := &items[0]
	hardness := s.hardnessBefore(first.start)
	for i := range items {
		if hardness != "" && items[i].bare {
			items[i].unit = unit{text: hardness, factor: 1, dims: []power{{hardness, 1}}}
			items[i].bare = false
		}
	}
	at := first.start - len(hardness)
	ph := phrase{prefix: s.prefixBefore(at, s.before(at)), stop: items[len(items)-1].end}
	if relation, stop, ok := s.suffix(ph.stop); ok {
		ph.suffix, ph.suffixed, ph.stop = relation, true, stop
	}
	ph.noun = s.name(&ph.prefix)
	if ph.text == "" {
		s.nameAfter(ph.stop, &ph.noun)
	}
	if formerly.before(s.folded, ph.from) > 0 && ph.noun.to > ph.from {
		ph.former = true // 由原来的检测时间 60 min
	}
	ph.heir = s.inherit(&ph.prefix, &ph.noun, first.start, first.unit.dimension())
	ph.names = s.namesEach(&ph.prefix, ph.noun, len(items))
	ph.condition = s.condition(ph.stop)
	return ph
}

// emit names the items of a list and adds what is a quantity. It answers where to go on.
func (s *scanner) emit(items []item) int {
	ph := s.around(items)
	for i, it := range items {
		if !s.accepts(&it, &ph.prefix, &ph.noun, ph.suffixed) {
			continue
		}
		own := ph.noun
		if ph.names != nil {
			own = ph.names[i]
		} else if i > 0 && it.unit.dimension() != items[0].unit.dimension() {
			own = noun{}
		}
		q := s.quantity(it, &ph.prefix, own)
		s.finish(&q, &ph)
		from, to := it.start, it.end
		if i == 0 {
			from = ph.start
		}
		if i == len(items)-1 {
			to = ph.stop
		}
		q.Span = s.span(from, to)
		s.add(q, it, &ph.prefix)
	}
	s.passed = append(s.passed, ph.stop)
	return ph.stop
}

// finish adds what the phrase says beyond prefix and name.
func (s *scanner) finish(q *Quantity, ph *phrase) {
	if ph.heir >= 0 {
		q.NameSpan = s.out[ph.heir].NameSpan
	}
	switch q.Relation {
	case Equal, Reach, Fall, About:
		if ph.suffixed {
			q.bound(ph.suffix)
		}
	}
	if q.Kind != Absolute {
		return
	}
	bracketed := s.at(ph.start-1) == '(' && containsEnding(q.Name, "低温", "高温", "常温", "室温", "低压", "高压", "条件")
	if ph.condition || bracketed {
		q.Role = Condition // 低温(≤110℃)烧结
	}
	if ph.suffixed && ph.suffix == AtMost && !ph.stated && q.Dimension == "s" && !containsEnding(q.Name, timeNames...) {
		q.Name, q.NameSpan = "", Span{} // 在 15 min 内完成: what is done, not what lasts
	}
}

// formerly stands before the name of a value that was.
var formerly = newLexicon("由", "从", "原来的", "原有的", "目前的", "现有的", "传统的", "以往的", "原", "原先的")

// inherit gives a value that was reached, 由 60 min 缩短到 10 min, the name of the one before, and answers where that is in
// out; -1 when there is none.
func (s *scanner) inherit(p *prefix, n *noun, start int, dimension string) int {
	last := len(s.out) - 1
	if n.text != "" || last < 0 || !p.to && p.relation != Reach && p.relation != Fall {
		return -1
	}
	from := &s.out[last]
	if from.Role != Former || from.Name == "" || from.Dimension != dimension && from.Dimension != "Δ"+dimension {
		return -1
	}
	for i := s.before(start); i < start; i++ {
		if clauseEnd(s.r[i]) && s.r[i] != '，' {
			return -1
		}
	}
	n.text, n.qualifier = from.Name, from.Qualifier
	return last
}

// add appends q, or the two that 由 3% 降至 1% written as a range (由 3% 到 1%) stands for.
func (s *scanner) add(q Quantity, it item, p *prefix) {
	if !p.former || it.relation != Range || !it.turn {
		s.out = append(s.out, q)
		return
	}
	before, after := q, q
	before.Role, after.Role = Former, Stated
	before.Relation, after.Relation = Equal, Reach
	before.High, after.Low = before.Low, after.High
	if after.Low < before.Low {
		after.Relation = Fall
	}
	middle := int(s.start[it.mid])
	before.Span.End, after.Span.Start = middle, middle
	s.out = append(s.out, before, after)
}

// accepts refuses numbers that are no quantities: dates, models, pure numbers that nothing compares.
func (s *scanner) accepts(it *item, p *prefix, n *noun, suffixed bool) bool {
	compared := p.stated || p.better || p.kind != Absolute || suffixed || it.relation == Tolerance
	whole := it.low == math.Trunc(it.low)
	switch it.unit.text {
	case "":
		if it.bare {
			return s.acceptsPure(it, p, n, compared)
		}
	case "年":
		year := func(v float64) bool { return v >= 1900 && v <= 2100 }
		return !(whole && year(it.low) && year(it.high) && !it.magnified) && !oneOf(s.at(it.end), "来前初底末间")
	case "K", "B", "N", "S", "U", "C", "D", "A":
		if isSpace(s.at(it.end - 2)) {
			return true
		}
		if it.unit.text == "C" {
			return strings.Contains(n.text, "倍率") || strings.Contains(n.text, "充") || strings.Contains(n.text, "放电")
		}
		if it.unit.text == "A" {
			return !oneOf(s.at(it.end), "级类型股")
		}
		return compared || oneLetterNames[it.unit.text] != nil && containsAny(n.text, oneLetterNames[it.unit.text]...) || it.unit.text == "K" && it.low >= 20
	case "d":
		return compared || !whole || it.low > 3
	}
	return true
}

// oneLetterNames are in the names of indicators that a unit of one letter goes with, so that 10B and 304N are not taken for
// quantities.
var oneLetterNames = map[string][]string{
	"K": {"温", "热", "熔", "冷"}, "N": {"力", "载", "荷"}, "U": {"酶", "活"}, "B": {"大小", "容量", "长度"}, "S": {"电导"},
}

// acceptsPure decides about a number without a unit: it needs a name, and a comparator or an indicator that has no unit.
func (s *scanner) acceptsPure(it *item, p *prefix, n *noun, compared bool) bool {
	if n.text == "" || strings.HasSuffix(n.text, "号") || strings.HasSuffix(n.text, "第") {
		return false
	}
	next := s.at(s.spaces(it.end))
	if isHan(next) && !oneOf(next, "以及左上的且和与或并时条之") {
		return false // 不低于304不锈钢, 3维
	}
	if whole := it.low == math.Trunc(it.low); !p.sign && whole && it.low >= 1900 && it.low <= 2100 {
		return false
	}
	return compared && it.relation != Range || unitless(n.text) || p.stated
}

// unitlessNames are endings of indicators that are pure numbers.
var unitlessNames = []string{
	"pH", "PH", "pH值", "PH值", "系数", "指数", "因子", "折射率", "介电常数", "AUC", "F1", "F1值", "mAP", "MAP", "R²", "比", "倍率", "黏度比", "功率因数",
	"酸碱度", "HRC", "HV", "HB", "HRB", "HRA", "硬度", "Q值", "信噪比", "相关性", "阿贝数", "泊松比", "显色指数", "压缩比", "准确率", "精确率", "召回率",
}

func unitless(name string) bool {
	return containsEnding(name, unitlessNames...)
}

// quantity puts an item, its prefix and its name together.
func (s *scanner) quantity(it item, p *prefix, n noun) Quantity {
	q := Quantity{Name: n.text, Qualifier: n.qualifier, Relation: it.relation, Kind: p.kind, Unit: it.unit.text}
	if n.to > n.from {
		q.NameSpan = s.span(n.from, n.to)
	}
	if p.former {
		q.Role = Former
	}
	if it.relation == Equal || it.relation == About {
		switch {
		case p.better:
			q.Relation = More
			if lowerIsBetter(n.text, it.unit.dimension()) {
				q.Relation = Less
			}
		case p.stated:
			q.Relation = p.relation
		case p.relation == About:
			q.Relation = About
		}
	}
	deviation := it.relation == AtMost
	q.Dimension, q.scale, q.offset = it.unit.dimension(), it.unit.factor, it.unit.offset
	q.settle(deviation)
	upper := q.scale
	if it.relation == Range && len(it.second.dims) > 0 {
		upper *= it.second.factor / it.unit.factor
	}
	q.Low, q.High = it.low*q.scale+q.offset, it.high*upper+q.offset
	if q.Low > q.High {
		q.Low, q.High = q.High, q.Low
	}
	q.open()
	q.Covers = covers(n.text)
	return q
}

// hardnessBefore is the scale that stands before its number, as in HRC60.
func (s *scanner) hardnessBefore(i int) string {
	if u := s.namedUnitBefore(i); strings.HasPrefix(u, "H") {
		return u
	}
	return ""
}

// settle gives units that depend on the indicator their dimension: degrees, differences of temperature, units before
// the number.
func (q *Quantity) settle(deviation bool) {
	switch q.Dimension {
	case "K":
		if deviation || q.Kind != Absolute || containsAny(q.Name, "温差", "温升", "波动", "精度", "误差", "偏差", "均匀", "漂移", "过热度", "过冷度", "温漂") {
			q.Dimension, q.offset = "ΔK", 0
		}
	case "度":
		switch {
		case strings.Contains(q.Name, "温"):
			q.Dimension, q.offset = "K", 273.15
		case containsAny(q.Name, "角", "倾", "弯", "转", "坡", "视场", "相位", "姿态", "航向"):
			q.Dimension, q.scale = "rad", math.Pi/180
		}
	case "":
		for _, u := range []string{"HRC", "HRB", "HRA", "HV", "HB"} {
			if strings.HasSuffix(q.Name, u) {
				q.Dimension, q.Unit = u, u
			}
		}
	}
}

// bound replaces the relation by what stands after the quantity.
func (q *Quantity) bound(r Relation) {
	if q.Relation == Equal && r == About || r != About {
		q.Relation = r
	}
	if low, high := q.Low, q.High; math.IsInf(low, 0) || math.IsInf(high, 0) {
		if math.IsInf(low, 0) {
			q.Low = high
		} else {
			q.High = low
		}
	}
	q.open()
}

// open removes the bound on the side that the relation leaves open.
func (q *Quantity) open() {
	switch q.Relation {
	case AtLeast, More:
		q.High = math.Inf(1)
	case AtMost, Less:
		q.Low = math.Inf(-1)
	}
}

// timeNames are endings of indicators that last.
var timeNames = []string{"时间", "周期", "寿命", "耗时", "用时", "节拍", "延迟", "时延", "延时", "时长", "工期", "期限", "交期", "时效", "历时", "间隔", "期"}

func containsEnding(s string, endings ...string) bool {
	for _, e := range endings {
		if strings.HasSuffix(s, e) {
			return true
		}
	}
	return false
}

func containsAny(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// lowerIsBetter tells for 优于 and 达到 whether less of an indicator is more of what it stands for.
func lowerIsBetter(name, dimension string) bool {
	if containsAny(name, "精度", "分辨率", "分辨力", "平整度", "同轴度", "圆度", "平面度", "直线度") {
		return dimension != "%" && dimension != "" && dimension != "bit" && dimension != "像素"
	}
	return containsAny(name, "误差", "偏差", "公差", "粗糙度", "能耗", "损耗", "电耗", "水耗", "煤耗", "油耗", "药耗", "成本", "缺陷", "空洞率", "孔洞率", "不良率", "次品率", "废品率",
		"故障率", "误报率", "漏报率", "漏检率", "误检率", "误码率", "丢包率", "残留", "排放", "噪声", "噪音", "时延", "延时", "延迟", "响应时间", "泄漏", "漏率", "翘曲", "收缩率", "磨损",
		"温升", "变形", "杂质", "缺失率", "断栅率", "破损率", "破碎率", "损失率", "腐蚀速率", "波动", "畸变", "重量", "灰分", "含水率", "盲区")
}

func covers(name string) bool {
	return strings.HasSuffix(name, "范围") || strings.HasSuffix(name, "区间") || strings.HasSuffix(name, "量程") ||
		containsAny(name, "工作温度", "使用温度", "环境温度", "适用温度", "服役温度", "工作频率", "工作电压", "输入电压", "频段", "波段", "工作湿度", "适用")
}
