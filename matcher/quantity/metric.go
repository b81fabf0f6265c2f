package quantity

import (
	"math"
	"strings"

	"jiqiao"
)

// Of reads a metric's fields. The second result is false when they hold no quantity: an indicator in words, or a unit
// that nobody knows (then numbers of the same unit still compare, as a dimension of its own).
func Of(m jiqiao.Metric) (Quantity, bool) {
	if m.Text != "" || m.Comparator == "" || strings.TrimSpace(m.Name) == "" || !finite(m.Value) || !finite(m.Upper) {
		return ofText(m)
	}
	q := Quantity{Kind: Absolute}
	q.Name, q.Qualifier = SplitName(m.Name)
	u := unitOf(m.Unit)
	q.Unit, q.Dimension, q.scale, q.offset = strings.ReplaceAll(m.Unit, " ", ""), u.dimension(), u.factor, u.offset
	if name, ok := changeOf(q.Name); ok && (q.Dimension == "%" || q.Dimension == "倍") {
		q.Kind, q.Name = name.kind, name.rest
	}
	q.settle(m.Comparator == jiqiao.ComparatorTolerance && m.Value == 0)
	low, high := m.Value, m.Value
	switch m.Comparator {
	case jiqiao.ComparatorAtLeast:
		q.Relation = AtLeast
	case jiqiao.ComparatorAtMost:
		q.Relation = AtMost
	case jiqiao.ComparatorMore:
		q.Relation = More
	case jiqiao.ComparatorLess:
		q.Relation = Less
	case jiqiao.ComparatorRange:
		q.Relation, high = Range, m.Upper
	case jiqiao.ComparatorTolerance:
		q.Relation, low, high = Tolerance, m.Value-m.Upper, m.Value+m.Upper
		if m.Value == 0 {
			q.Relation, high = AtMost, m.Upper
		}
	}
	q.Low, q.High = low*q.scale+q.offset, high*q.scale+q.offset
	q.open()
	q.Covers = covers(q.Name)
	return q, true
}

// ofText reads an indicator in words that hold a number after all: 效率：达到 90% 以上.
func ofText(m jiqiao.Metric) (Quantity, bool) {
	if m.Text == "" {
		return Quantity{}, false
	}
	for _, q := range Parse(m.Name + "：" + m.Text) {
		if q.Role == Stated && q.Name != "" {
			q.Span, q.NameSpan = Span{}, Span{}
			return q, true
		}
	}
	return Quantity{}, false
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// unitOf reads a unit of its own. One that nobody knows is a dimension by itself.
func unitOf(text string) unit {
	f := fold(strings.TrimSpace(text))
	if len(f.r) == 0 {
		return unit{factor: 1}
	}
	i, scale := 0, 1.0
	if m, stop := f.magnitude(0); stop > 0 {
		scale, i = m, stop
	}
	if v, stop := f.number(i); stop > i && i == 0 {
		if _, end := f.unit(stop); end == len(f.r) {
			scale, i = v, stop // 10⁵ CFU/mL
		}
	}
	u, end := f.unit(i)
	if end != len(f.r) || end == i {
		return unit{factor: 1, dims: []power{{"单位" + strings.ToLower(strings.ReplaceAll(string(f.r), " ", "")), 1}}}
	}
	u.factor *= scale
	return u
}

// SplitName divides 寿命(80℃) into the indicator and what its brackets say.
func SplitName(name string) (indicator, qualifier string) {
	f := fold(strings.TrimSpace(name))
	n := len(f.r)
	if n > 2 && f.r[n-1] == ')' {
		if open := f.openAt(n - 1); open > 0 {
			return strings.TrimSpace(f.text(0, open)), strings.TrimSpace(f.text(open+1, n-1))
		}
	}
	return string(f.r), ""
}

func (f *folded) openAt(closing int) int {
	depth := 0
	for i := closing; i >= 0; i-- {
		switch f.r[i] {
		case ')':
			depth++
		case '(':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

type change struct {
	kind Kind
	rest string
}

// changeOf reads an indicator that is a change: 能耗降低, 效率提升率, 提高生产效率.
func changeOf(name string) (change, bool) {
	trimmed := name
	for _, tail := range []string{"幅度", "比例", "率", "量"} {
		trimmed = strings.TrimSuffix(trimmed, tail)
	}
	for _, v := range changeVerbs {
		if v.act != actUp && v.act != actDown {
			continue
		}
		kind := Increase
		if v.act == actDown {
			kind = Decrease
		}
		if rest, ok := strings.CutSuffix(trimmed, v.text); ok && rest != "" {
			return change{kind, rest}, true
		}
		if rest, ok := strings.CutPrefix(name, v.text); ok && rest != "" && !strings.HasPrefix(rest, "剂") {
			return change{kind, rest}, true
		}
	}
	return change{}, false
}
