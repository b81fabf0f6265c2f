// Package quantity reads the quantities of Chinese technical texts and compares two of them: 断裂伸长率≥400%,
// 工作温度-40～125℃, 3万吨/年, 精度±0.1mm, 能耗降低20%以上, 百分之五, 1×10⁵ CFU/mL.
//
// A [Quantity] has the noun phrase that names it, how it bounds its value, and the value in the base unit of its
// dimension, so that 50 bar and 5 MPa compare. What does not compare is kept apart: an improvement (提高20%) is another
// [Kind] than a value (达到20%), HRC is another dimension than HV, 年 another than 小时, because a machine does not run all
// year. Numbers that are no quantities are passed over: dates, standards, models, numbers of a list, sizes, ratios.
//
// # How a text is read
//
//	fold.go    width, spelling of signs; every rune remembers its bytes
//	number.go  digits, powers of ten, 万 and 亿, Chinese numerals
//	unit.go    units and their products, as a factor and a dimension; table.go has them
//	scan.go    a number with its unit, range, tolerance and list
//	relation.go, words.go  what stands before and after: 不低于, 达到, 提高, 以上
//	name.go    the noun phrase
//	compare.go whether a figure meets a target
//
// It knows no record: it reads a text, or the fields of a [jiqiao.Metric].
package quantity

import (
	"math"
	"strings"
)

// Relation says how a quantity bounds its value.
type Relation int

// The relations.
const (
	Equal     Relation = iota // 为, =, or nothing
	AtLeast                   // ≥, 不低于, 以上
	AtMost                    // ≤, 不超过, 以内
	More                      // >, 高于
	Less                      // <, 低于
	Range                     // 10～20
	Tolerance                 // 10±2
	About                     // 约, 左右, 余
	Reach                     // 达到, 提高到: a value as a figure, a lower bound as a target
	Fall                      // 降至, 缩短到: a value as a figure, an upper bound as a target
)

// Kind keeps values and changes apart.
type Kind int

// The kinds.
const (
	Absolute Kind = iota
	Increase      // 提高20%
	Decrease      // 降低20%
)

// Role says what a quantity is in its sentence.
type Role int

// The roles.
const (
	Stated    Role = iota // a target or a figure
	Former                // what was before: 由 3% 降至 1%
	Condition             // under which something else holds: 在 85℃ 条件下
)

// Span is a byte range, End excluded.
type Span struct{ Start, End int }

// Quantity is one quantity of a text.
type Quantity struct {
	// Name is the indicator's noun phrase without brackets, and Qualifier what its brackets hold: 寿命(80℃). Either
	// may be empty.
	Name      string
	Qualifier string
	// Span covers the quantity as written, from its comparator to its unit and suffix; NameSpan the name. NameSpan is
	// empty when there is none, and both are zero for a quantity that did not come from a text.
	Span, NameSpan Span
	Relation       Relation
	Kind           Kind
	Role           Role
	// Low and High bound the value in the base unit; an open side is infinite. A lone ±0.1 is AtMost 0.1 from 0.
	Low, High float64
	// Unit is written without spaces, "" for a pure number. Its Dimension is "" for a pure number, "%" for shares,
	// and otherwise names base units: "kg·m^-1·s^-2". Quantities of different dimensions are never compared.
	Unit      string
	Dimension string
	// Covers says that the indicator is a range to be covered (工作温度, 量程) rather than a value to lie within.
	Covers bool

	scale, offset float64 // base = value × scale + offset
}

// FallsShort says that the text it was read from complains of the quantity: 不足3万次, 不到八成. That is how things are and
// never what is wanted.
func (q Quantity) FallsShort(text string) bool {
	from := text[q.Span.Start:]
	return strings.HasPrefix(from, "不足") || strings.HasPrefix(from, "不到")
}

// Value is the quantity's number in its own unit: the bound, or the middle of a range.
func (q Quantity) Value() float64 {
	v := q.Low
	switch {
	case math.IsInf(q.Low, -1), q.Relation == AtMost, q.Relation == Less:
		v = q.High
	case q.Relation == Range, q.Relation == Tolerance:
		v = (q.Low + q.High) / 2
	}
	return q.in(v)
}

// in is a number of the base unit in the quantity's own.
func (q Quantity) in(base float64) float64 { return (base - q.offset) / q.scale }

// Bounded says whether the quantity says which side is better, so that it can be a target.
func (q Quantity) Bounded() bool { return q.Relation != Equal && q.Relation != About }
