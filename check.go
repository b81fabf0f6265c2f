package jiqiao

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// checker gathers what is wrong, field by field.
type checker struct{ found []FieldError }

func (ck *checker) add(field, message string) {
	ck.found = append(ck.found, FieldError{Field: field, Message: message})
}

// line checks a text of one line.
func (ck *checker) line(field, label, text string, limit int) {
	ck.text(field, label, text, limit)
	if strings.ContainsAny(text, "\n\r") {
		ck.add(field, label+"只能写一行，请去掉换行")
	}
}

// text checks length, encoding and control characters; an empty text is fine.
func (ck *checker) text(field, label, text string, limit int) {
	if n := utf8.RuneCountInString(text); n > limit {
		ck.add(field, label+"有 "+strconv.Itoa(n)+" 个字，最多 "+strconv.Itoa(limit)+" 个，请精简，详细材料可另附")
	}
	if !utf8.ValidString(text) {
		ck.add(field, label+"含有乱码，请以 UTF-8 编码重新填写")
		return
	}
	if strings.ContainsFunc(text, isControl) {
		ck.add(field, label+"含有不可见的控制字符，请删除后重新填写")
	}
}

// isControl leaves out the characters that texts need: newline, carriage return, tab.
func isControl(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == '\x7f' }

func (ck *checker) required(field, label, text string) {
	if strings.TrimSpace(text) == "" {
		ck.add(field, "请填写"+label)
	}
}

// code checks one code; an empty one is fine.
func (ck *checker) code(field, list, code string) {
	if code == "" {
		return
	}
	if _, ok := lookupCode(list, code); ok {
		return
	}
	l, _ := LookupList(list)
	if right, ok := CodeByLabel(list, code); ok {
		ck.add(field, l.Label+"请填写代码「"+right+"」，而不是「"+clip(code)+"」")
		return
	}
	ck.add(field, l.Label+"中没有「"+clip(code)+"」，请从列表中选择")
}

func (ck *checker) codeList(field, list string, codes []string) {
	l, _ := LookupList(list)
	ck.count(field, l.Label, len(codes), MaxCodes)
	seen := make(map[string]bool, len(codes))
	for i, code := range codes {
		at := index(field, i)
		switch {
		case code == "":
			ck.add(at, l.Label+"有空项，请删除")
		case seen[code]:
			ck.add(at, l.Label+"重复选择了「"+clip(code)+"」，请删除一个")
		default:
			ck.code(at, list, code)
		}
		seen[code] = true
	}
}

// lines checks a list of short texts.
func (ck *checker) lines(field, label string, items []string, limit, each int) {
	ck.count(field, label, len(items), limit)
	for i, item := range items {
		ck.required(index(field, i), label, item)
		ck.line(index(field, i), label, item, each)
	}
}

func (ck *checker) count(field, label string, n, limit int) {
	if n > limit {
		ck.add(field, label+"有 "+strconv.Itoa(n)+" 项，最多 "+strconv.Itoa(limit)+" 项，请保留最重要的")
	}
}

func (ck *checker) date(field, label string, d Date) {
	if d == "" {
		return
	}
	day, err := d.Time()
	switch {
	case err != nil:
		ck.add(field, label+"「"+clip(string(d))+"」不是有效日期，请写成 2026-11-22")
	case day.Year() < MinYear || day.Year() > MaxYear:
		ck.add(field, label+"的年份应在 "+strconv.Itoa(MinYear)+"～"+strconv.Itoa(MaxYear)+" 之间，请核对")
	}
}

func (ck *checker) money(field string, m Money) {
	if problem := m.problem(); problem != "" {
		ck.add(field, problem)
	}
}

func (ck *checker) readiness(field, label string, trl, limit int) {
	if trl < 0 || trl > limit {
		ck.add(field, label+"应为 1～"+strconv.Itoa(limit)+" 的整数，不清楚可以不填")
	}
}

func (ck *checker) metrics(metrics []Metric) {
	ck.count("metrics", "技术指标", len(metrics), MaxMetrics)
	for i, m := range metrics {
		ck.metric(index("metrics", i), m)
	}
}

func (ck *checker) metric(at string, m Metric) {
	ck.required(at+".name", "指标名称", m.Name)
	ck.line(at+".name", "指标名称", m.Name, MaxShort)
	ck.line(at+".unit", "单位", m.Unit, MaxUnit)
	ck.line(at+".current", "现状值", m.Current, MaxShort)
	ck.text(at+".text", "指标说明", m.Text, MaxText)
	if strings.ContainsAny(m.Unit, "≥≤<>=＝＜＞～") {
		ck.add(at+".unit", "单位里不要写比较符号，请把它选在「比较」一栏")
	}
	if !finite(m.Value) {
		ck.add(at+".value", "目标值应为数字")
	}
	if !finite(m.Upper) {
		ck.add(at+".upper", "上限应为数字")
	}
	switch m.Comparator {
	case "":
		if m.Text == "" {
			ck.add(at, "请填写指标的比较符号和目标值，或用文字说明")
		}
		return
	case ComparatorRange:
		if m.Upper < m.Value {
			ck.add(at+".upper", "范围的上限小于下限，请对调或改正")
		}
	case ComparatorTolerance:
		if m.Upper < 0 {
			ck.add(at+".upper", "公差不能为负数")
		}
	case ComparatorAtLeast, ComparatorAtMost, ComparatorMore, ComparatorLess, ComparatorEqual:
	default:
		ck.add(at+".comparator", "比较符号应为 ≥ ≤ > < = ～ ± 之一")
	}
	if m.Text != "" {
		ck.add(at+".text", "数值和文字说明只填一种")
	}
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

func index(field string, i int) string { return field + "[" + strconv.Itoa(i) + "]" }

// clip keeps what is quoted in a message short.
func clip(s string) string {
	if runes := []rune(s); len(runes) > 20 {
		return string(runes[:20]) + "…"
	}
	return s
}
