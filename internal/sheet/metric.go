package sheet

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"jiqiao"
)

// Metrics in one cell: 击穿电压≥1200V（现状：800V）；工作温度-40～125℃；孔径2±0.1μm；阻燃等级：UL94 V-0.
// Nothing that is typed here is an error: what has no number we understand becomes a metric of text.

const (
	plainNumber = `[-+]?\d+(?:,\d{3})*(?:\.\d+)?(?:[eE][-+]?\d+|[×xX*]10\^?[-+]?\d+)?`
	rangeSigns  = `～|~|—|–|至|到|-`
)

var (
	metricNumber = regexp.MustCompile(`^(` + plainNumber + `)\s*(.*)$`)
	// The first number's own unit may be repeated: -40℃~125℃.
	metricRange     = regexp.MustCompile(`^(` + plainNumber + `)\s*([^\d\s～~—–±至到-]{0,8})\s*(?:` + rangeSigns + `)\s*(` + plainNumber + `)\s*(.*)$`)
	metricTolerance = regexp.MustCompile(`^(` + plainNumber + `)\s*(?:±|\+/-)\s*(` + plainNumber + `)\s*(.*)$`)
	metricBetween   = regexp.MustCompile(`^(.*?[^\d\s.,～~—–±-])\s*(` + plainNumber + `\s*[^\d\s～~—–±至到-]{0,8}\s*(?:～|~|±|至|到).*)$`)
	metricAtEnd     = regexp.MustCompile(`^(.*?[^\d\s.,])\s*(` + plainNumber + `)\s*([^\d\s]{0,8}?)(?:及)?(以上|以下|以内)$`)
	currentPattern  = regexp.MustCompile(`^(.*?)\s*[（(]\s*(?:现状|目前|当前|现有)(?:值|水平|指标)?\s*[:：为]?\s*(.*)[）)]$`)
	// 循环寿命2000次: without any sign only a Chinese name and a unit of signs, or of one or two Han characters, count.
	metricBare   = regexp.MustCompile(`^(.*\p{Han}\p{Han}[)）]?)\s*(` + plainNumber + `)\s*([^\d\s\p{Han}]{1,10}|\p{Han}{1,2})$`)
	bareVerb     = regexp.MustCompile(`(?:采用|支持|基于|符合|达到|满足|通过|使用|兼容|标准|等级|型号|第)$`)
	powerPattern = regexp.MustCompile(`[×xX*]10\^?([-+]?\d+)$`)
)

// comparators in the order they are tried: longer spellings first.
var comparators = []struct {
	spelling string
	sign     jiqiao.Comparator
}{
	{"大于或等于", jiqiao.ComparatorAtLeast}, {"大于等于", jiqiao.ComparatorAtLeast}, {"不低于", jiqiao.ComparatorAtLeast},
	{"不小于", jiqiao.ComparatorAtLeast}, {"不少于", jiqiao.ComparatorAtLeast}, {"至少", jiqiao.ComparatorAtLeast},
	{"小于或等于", jiqiao.ComparatorAtMost}, {"小于等于", jiqiao.ComparatorAtMost}, {"不高于", jiqiao.ComparatorAtMost},
	{"不大于", jiqiao.ComparatorAtMost}, {"不超过", jiqiao.ComparatorAtMost}, {"不多于", jiqiao.ComparatorAtMost},
	{">=", jiqiao.ComparatorAtLeast}, {"≥", jiqiao.ComparatorAtLeast}, {"≧", jiqiao.ComparatorAtLeast}, {"＞＝", jiqiao.ComparatorAtLeast},
	{"<=", jiqiao.ComparatorAtMost}, {"≤", jiqiao.ComparatorAtMost}, {"≦", jiqiao.ComparatorAtMost}, {"＜＝", jiqiao.ComparatorAtMost},
	{"大于", jiqiao.ComparatorMore}, {"高于", jiqiao.ComparatorMore}, {"超过", jiqiao.ComparatorMore}, {">", jiqiao.ComparatorMore}, {"＞", jiqiao.ComparatorMore},
	{"小于", jiqiao.ComparatorLess}, {"低于", jiqiao.ComparatorLess}, {"<", jiqiao.ComparatorLess}, {"＜", jiqiao.ComparatorLess},
	{"等于", jiqiao.ComparatorEqual}, {"=", jiqiao.ComparatorEqual}, {"＝", jiqiao.ComparatorEqual},
}

func parseMetrics(cell string) ([]jiqiao.Metric, error) {
	cell = clean(cell)
	if blank(cell) {
		return nil, nil
	}
	var metrics []jiqiao.Metric
	for _, piece := range split(cell, entrySeparators) {
		metrics = append(metrics, parseMetric(numbering.ReplaceAllString(piece, "${first}")))
	}
	return metrics, nil
}

// numbering is what people put before the items of a list: "1、", "（2）", "③".
var numbering = regexp.MustCompile(`^(?:\d{1,2}[、.．)）]\s*(?P<first>[^\d\s])|[（(]\d{1,2}[)）]\s*|[①-⑳]\s*)`)

func parseMetric(s string) jiqiao.Metric {
	var current string
	if m := currentPattern.FindStringSubmatch(s); m != nil && m[1] != "" && !escapedAt(s, strings.IndexAny(s[len(m[1]):], "（(")+len(m[1])) {
		s, current = m[1], unescape(m[2])
	}
	metric, ok := comparedMetric(s)
	if !ok {
		metric = textMetric(s)
	}
	metric.Current = current
	return metric
}

// comparedMetric reads the forms that hold a number.
func comparedMetric(s string) (jiqiao.Metric, bool) {
	if name, sign, rest, ok := cutComparator(s); ok {
		m := jiqiao.Metric{Name: unescape(trimRightUnescaped(name, " ：:")), Comparator: sign}
		return m, m.Name != "" && setValue(&m, rest)
	}
	if i, _ := indexUnescaped(s, "：:"); i > 0 {
		// 名称：80-100 MPa has the colon where the sign would be.
		name, rest := s[:i], strings.TrimLeft(s[i:], "：: ")
		m := jiqiao.Metric{Name: unescape(trimUnescaped(name)), Comparator: jiqiao.ComparatorEqual}
		if spanned, ok := spanMetric(m.Name, rest); ok {
			return spanned, true
		}
		return m, m.Name != "" && setValue(&m, rest) && utf8.RuneCountInString(m.Unit) <= 12
	}
	if m := metricBetween.FindStringSubmatch(s); m != nil && !escapedAt(s, len(m[1])) {
		if spanned, ok := spanMetric(unescape(trimUnescaped(m[1])), m[2]); ok {
			return spanned, true
		}
	}
	if m := metricAtEnd.FindStringSubmatch(s); m != nil && !strings.Contains(m[0], `\`) {
		metric := jiqiao.Metric{Name: strings.TrimSpace(m[1]), Comparator: jiqiao.ComparatorAtMost}
		if m[4] == "以上" {
			metric.Comparator = jiqiao.ComparatorAtLeast
		}
		return metric, setValue(&metric, m[2]+m[3])
	}
	if m := metricBare.FindStringSubmatch(s); m != nil && !strings.Contains(s, `\`) && !bareVerb.MatchString(m[1]) {
		metric := jiqiao.Metric{Name: strings.TrimSpace(m[1]), Comparator: jiqiao.ComparatorEqual}
		return metric, setValue(&metric, m[2]+m[3])
	}
	return jiqiao.Metric{}, false
}

// spanMetric reads a range or a tolerance.
func spanMetric(name, s string) (jiqiao.Metric, bool) {
	m := jiqiao.Metric{Name: name, Comparator: jiqiao.ComparatorRange}
	var first, second string
	if parts := metricTolerance.FindStringSubmatch(s); parts != nil {
		m.Comparator = jiqiao.ComparatorTolerance
		first, second, m.Unit = parts[1], parts[2], parts[3]
	} else if parts := metricRange.FindStringSubmatch(s); parts != nil && (parts[2] == "" || strings.HasPrefix(parts[4], parts[2])) {
		first, second, m.Unit = parts[1], parts[3], parts[4]
	} else {
		return m, false
	}
	var ok1, ok2 bool
	m.Value, ok1 = number(first)
	m.Upper, ok2 = number(second)
	m.Unit = unescape(m.Unit)
	return m, name != "" && ok1 && ok2
}

// setValue reads a number and its unit.
func setValue(m *jiqiao.Metric, s string) bool {
	parts := metricNumber.FindStringSubmatch(strings.TrimSpace(s))
	if parts == nil {
		return false
	}
	var ok bool
	m.Value, ok = number(parts[1])
	m.Unit = unescape(parts[2])
	return ok
}

func number(s string) (float64, bool) {
	s = powerPattern.ReplaceAllString(strings.ReplaceAll(s, ",", ""), "e$1")
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && !math.IsInf(v, 0) && !math.IsNaN(v)
}

// cutComparator splits at the first sign of comparison that a number follows.
func cutComparator(s string) (name string, sign jiqiao.Comparator, rest string, ok bool) {
	at := len(s)
	for _, c := range comparators {
		// Of two spellings at one place the longer is tried first, and of 不大于 the 不 comes first: both win over 大于.
		for i := 0; ; i += len(c.spelling) {
			next := strings.Index(s[i:at], c.spelling)
			if next < 0 {
				break
			}
			i += next
			after := strings.TrimSpace(s[i+len(c.spelling):])
			if !escapedAt(s, i) && metricNumber.MatchString(after) {
				at, name, sign, rest, ok = i, s[:i], c.sign, after, true
				break
			}
			if i+len(c.spelling) > at {
				break
			}
		}
	}
	return name, sign, rest, ok
}

// unnamedMetric names a requirement that was typed without a name: 符合GB/T 19001.
const unnamedMetric = "指标"

func textMetric(s string) jiqiao.Metric {
	if i, _ := indexUnescaped(s, "：:"); i > 0 {
		name, text := trimUnescaped(s[:i]), trimUnescaped(strings.TrimLeft(s[i:], "：: "))
		if text != "" {
			return jiqiao.Metric{Name: unescape(name), Text: unescape(text)}
		}
	}
	return jiqiao.Metric{Name: unnamedMetric, Text: unescape(s)}
}

func formatMetrics(metrics []jiqiao.Metric) string {
	parts := make([]string, len(metrics))
	for i, m := range metrics {
		parts[i] = plainOr(
			func(quote quoting) string { return writeMetric(m, quote) },
			func(cell string) bool {
				back, err := parseMetrics(cell)
				return err == nil && slices.Equal(back, []jiqiao.Metric{m})
			})
	}
	return strings.Join(parts, "；")
}

func writeMetric(m jiqiao.Metric, quote quoting) string {
	spans := m.Comparator == jiqiao.ComparatorRange || m.Comparator == jiqiao.ComparatorTolerance
	if last, _ := utf8.DecodeLastRuneInString(m.Name); spans && m.Text == "" && (quote == escaping || !unicode.IsLetter(last)) {
		m.Name = quote.text(m.Name) + "：" // a range has no sign before it that would end the name
	} else {
		m.Name = quote.text(m.Name)
	}
	m.Text, m.Unit = quote.text(m.Text), quote.text(m.Unit)
	s := m.String()
	if m.Current != "" {
		s += "（现状：" + quote.text(m.Current) + "）"
	}
	return s
}
