package report

import (
	"math"
	"strconv"
	"strings"

	"jiqiao"
)

// measures are the measure words of what is counted.
var measures = map[string]string{
	"needs": "条", "achievements": "项", "candidates": "个", "introductions": "次", "mutual": "次", "deals": "个",
	"contracts": "份", "registrations": "份",
}

// number writes a number with at most the decimals, no zeros at its end and its thousands separated, as the page does.
func number(v float64, decimals int) string {
	s := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	whole, part, _ := strings.Cut(s, ".")
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + "," + whole[at:]
	}
	if part != "" {
		whole += "." + part
	}
	return either(v < 0 && s != "0", "-", "") + whole
}

// count writes how many there are.
func count[N int | int64](n N) string { return number(float64(n), 0) }

// percent writes a part of 1.
func percent(part float64) string { return number(part*100, 1) + "%" }

// wan writes 分 in 万元.
func wan(fen float64) string { return number(fen/1_000_000, 2) }

// value writes a card's value with its unit: "28 次", "45 万元", "76.4%".
func value(c jiqiao.Card, v float64) string {
	switch c.Unit {
	case jiqiao.UnitMoney:
		return wan(v) + " 万元"
	case jiqiao.UnitPart:
		return percent(v)
	case jiqiao.UnitHours:
		return number(v, 1) + " 小时"
	}
	measure := measures[c.Name]
	if measure == "" {
		measure = "个"
	}
	return number(v, 0) + " " + measure
}

// change says how a value stands beside an earlier one: "比上月（9 条）减少 44.4%". Rates differ by points, hours by
// hours, and of a zero there is no percentage.
func change(c jiqiao.Card, now float64, then *float64, when string) string {
	if then == nil || when == "" {
		return ""
	}
	before := *then
	shown := value(c, before)
	if value(c, now) == shown {
		if now == 0 {
			return "与" + when + "同为零"
		}
		return "与" + when + "持平"
	}
	difference := math.Abs(now - before)
	up := now > before
	switch {
	case c.Unit == jiqiao.UnitPart:
		return "比" + when + "（" + shown + "）" + either(up, "提高 ", "降低 ") + number(difference*100, 1) + " 个百分点"
	case c.Unit == jiqiao.UnitHours:
		return "比" + when + "（" + shown + "）" + either(up, "延长 ", "缩短 ") + number(difference, 1) + " 小时"
	case before <= 0:
		return when + "为" + either(before == 0, "零", "负数")
	}
	return "比" + when + "（" + shown + "）" + either(up, "增长 ", "下降 ") + percent(difference/before)
}

func either(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

// sentence says a card's value and how it changed.
func sentence(c jiqiao.PeriodCard, before, lastYear string) string {
	if !c.Has {
		return c.Label + "：没有可计算的数"
	}
	parts := []string{c.Label + " " + value(c.Card, c.Value)}
	for _, said := range []string{change(c.Card, c.Value, c.Before, before), change(c.Card, c.Value, c.LastYear, lastYear)} {
		if said != "" {
			parts = append(parts, said)
		}
	}
	return strings.Join(parts, "，")
}

// growth is the change as a cell of a table: "+12.5%", "-3 个百分点"; "—" where there is nothing to compare.
func growth(c jiqiao.PeriodCard, then *float64) string {
	if then == nil || !c.Has {
		return "—"
	}
	sign := either(c.Value > *then, "+", "")
	switch {
	case c.Unit == jiqiao.UnitPart:
		return sign + number((c.Value-*then)*100, 1) + " 个百分点"
	case c.Unit == jiqiao.UnitHours:
		return sign + number(c.Value-*then, 1) + " 小时"
	case *then <= 0:
		return either(c.Value == *then, "0%", "—")
	}
	return sign + percent(c.Value / *then - 1)
}

// chineseMonth is "2026年10月".
func chineseMonth(month string) string {
	return month[:4] + "年" + strings.TrimPrefix(month[5:7], "0") + "月"
}
