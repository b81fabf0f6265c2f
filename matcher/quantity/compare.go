package quantity

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Outcome is what comparing a figure with a target proves.
type Outcome int

// The outcomes.
const (
	// Unlike quantities cannot be compared: another dimension, or a change beside a value.
	Unlike Outcome = iota
	// Unclear figures compare, but prove nothing for certain.
	Unclear
	Unmet
	Met
)

// slack is how far apart two numbers are that only arithmetic made differ: 0.1 μm and 100 nm.
const slack = 1e-9

// Compare holds an achievement's figure against a need's target and says why in Chinese; the reason names no number that
// is not one of the two quantities or the figure in the target's unit.
//
// A figure proves that it meets a target only when all it allows does, and that it does not when nothing it allows
// does. A bound in the direction of the target is taken at its word: who writes ≥31 and reaches 50 would write so.
func Compare(target, figure Quantity) (Outcome, string) {
	switch {
	case target.Kind != figure.Kind:
		return Unlike, "一个是变化幅度，一个是数值，不能直接比较"
	case target.Dimension != figure.Dimension:
		return Unlike, fmt.Sprintf("单位不同（%s 与 %s），不能比较", unitName(target.Unit), unitName(figure.Unit))
	}
	outcome, reason := target.against(figure)
	if same := converted(target, figure); same != "" {
		reason = same + "，" + reason
	}
	if target.Kind != Absolute && (target.Dimension == "%" || target.Dimension == "倍") {
		reason += "（各按自己的比较基准）"
	}
	return outcome, reason
}

// against decides by the target's relation.
func (q Quantity) against(figure Quantity) (Outcome, string) {
	switch q.direction() {
	case AtLeast:
		return q.atLeast(figure, q.Low)
	case AtMost:
		return q.atMost(figure, q.High)
	case Range:
		return q.spans(figure)
	}
	if low, high := figure.value(); low == high && near(low, q.Low) && near(high, q.High) {
		return Met, "数值相同"
	}
	return Unclear, "需求给出的是定值，是否可用需要确认"
}

// direction is which side of a target is good: AtLeast, AtMost, Range or, for a value to hit, Equal.
func (q Quantity) direction() Relation {
	switch q.Relation {
	case AtLeast, More:
		return AtLeast
	case AtMost, Less, Fall:
		return AtMost
	case Range, Tolerance:
		if q.Kind != Absolute {
			return AtLeast // 提高20%～30%
		}
		return Range
	case Reach:
		if lowerIsBetter(q.Name, q.Dimension) {
			return AtMost
		}
		return AtLeast
	}
	if q.Kind != Absolute {
		return AtLeast // 提高20%: more of a change is better
	}
	return Equal
}

// value is what a figure may be, taking a lone bound at its word.
func (q Quantity) value() (low, high float64) {
	low, high = q.Low, q.High
	if math.IsInf(low, -1) {
		low = high
	}
	if math.IsInf(high, 1) {
		high = low
	}
	return low, high
}

func (q Quantity) atLeast(figure Quantity, bound float64) (Outcome, string) {
	if figure.Covers && figure.Relation == Range {
		if above(figure.High, bound) {
			return Met, "范围的上限达到目标"
		}
		return Unmet, "范围的上限低于目标"
	}
	strict := q.Relation == More
	low, high := figure.value()
	switch r := figure.Relation; {
	case r == AtMost || r == Less:
		if bound > high && !near(bound, high) {
			return Unmet, "成果的上限低于目标"
		}
		return Unclear, "成果只给出上限，不能确定达到目标"
	case r == About && math.Abs(low-bound) <= aboutShare*math.Abs(bound):
		return Unclear, "成果为约数，与目标接近，需要确认"
	case above(low, bound):
		if strict && near(low, bound) && r != More {
			return Unclear, "成果恰好等于目标值，而需求要求高于它"
		}
		return Met, "不低于目标"
	case high < bound:
		return Unmet, "低于目标"
	}
	return Unclear, "成果的范围只有一部分达到目标"
}

func (q Quantity) atMost(figure Quantity, bound float64) (Outcome, string) {
	strict := q.Relation == Less
	low, high := figure.value()
	switch r := figure.Relation; {
	case r == AtLeast || r == More:
		if low > bound && !near(bound, low) {
			return Unmet, "成果的下限高于目标"
		}
		return Unclear, "成果只给出下限，不能确定达到目标"
	case r == About && math.Abs(low-bound) <= aboutShare*math.Abs(bound):
		return Unclear, "成果为约数，与目标接近，需要确认"
	case above(bound, high):
		if strict && near(high, bound) && r != Less {
			return Unclear, "成果恰好等于目标值，而需求要求低于它"
		}
		return Met, "不高于目标"
	case low > bound:
		return Unmet, "高于目标"
	}
	return Unclear, "成果的范围只有一部分达到目标"
}

// spans compares with a range: one to be covered, or one to lie within.
func (q Quantity) spans(figure Quantity) (Outcome, string) {
	bounded := !math.IsInf(figure.Low, 0) && !math.IsInf(figure.High, 0)
	if q.Covers {
		switch {
		case figure.Relation != Range && figure.Relation != Tolerance:
			return Unclear, "需求给出范围，成果只给出一个数值，不能确定覆盖"
		case above(q.Low, figure.Low) && above(figure.High, q.High):
			return Met, "成果的范围覆盖需求的范围"
		}
		return Unmet, "成果的范围没有覆盖需求的范围"
	}
	switch {
	case bounded && above(figure.Low, q.Low) && above(q.High, figure.High):
		return Met, "在需求的范围以内"
	case figure.High < q.Low && !near(figure.High, q.Low), figure.Low > q.High && !near(figure.Low, q.High):
		return Unmet, "在需求的范围以外"
	}
	return Unclear, "成果的范围与需求的范围只有一部分重合"
}

// aboutShare is how near a round number (约 50) has to be to a bound to leave it open.
const aboutShare = 0.1

func near(a, b float64) bool {
	return a == b || math.Abs(a-b) <= slack*max(math.Abs(a), math.Abs(b))
}

func above(a, b float64) bool { return a >= b || near(a, b) }

// converted says what the figure is in the target's unit, "" when the two are written in the same.
func converted(target, figure Quantity) string {
	if near(target.scale, figure.scale) && target.offset == figure.offset {
		return ""
	}
	low, high := figure.value()
	text := Number(target.in(low))
	if !near(low, high) {
		text += "～" + Number(target.in(high))
	}
	return "成果合 " + text + space(target.Unit)
}

func space(unit string) string {
	if unit == "" || strings.HasPrefix(unit, "%") || strings.HasPrefix(unit, "℃") || strings.HasPrefix(unit, "°") {
		return unit
	}
	return " " + unit
}

func unitName(unit string) string {
	if unit == "" {
		return "无单位"
	}
	return unit
}

// Number writes a value with at most six significant digits, as people do: 0.05, 120000, 1.5e-7.
func Number(v float64) string {
	text := strconv.FormatFloat(v, 'g', 6, 64)
	rounded, err := strconv.ParseFloat(text, 64)
	if err != nil || math.Abs(rounded) >= 1e12 || rounded != 0 && math.Abs(rounded) < 1e-5 {
		return text
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}
