package clinic

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"jiqiao"
)

// conflicts are statements that cannot both hold, and what publishing would refuse.
func (e *exam) conflicts() []jiqiao.DraftRemark {
	var out []jiqiao.DraftRemark
	add := func(field, format string, args ...any) {
		out = append(out, jiqiao.DraftRemark{Kind: "conflict", Message: fmt.Sprintf(format, args...), Field: field})
	}
	h := e.draft.rec.Head()
	if h.ValidUntil != "" && h.ValidUntil < e.today {
		add("valid_until", "有效期到 %s，已经过了，发布后马上就会下架，请改为今后的日期。", h.ValidUntil)
	}
	if n := e.draft.need; n != nil {
		if n.Deadline != "" && n.Deadline < e.today {
			add("deadline", "期望完成时间 %s 已经过去，请改为今后的日期。", n.Deadline)
		}
		if n.Challenge && n.Bounty.Kind != jiqiao.MoneyAmount {
			add("bounty", "标为揭榜挂帅，却没有写榜单金额。")
		}
		metricConflicts(n.Metrics, add)
	}
	if a := e.draft.achievement; a != nil {
		if a.CompletedOn != "" && a.CompletedOn > e.today {
			add("completed_on", "完成时间 %s 还没有到，请核对；没有完成的请在成熟度里写明正在研发。", a.CompletedOn)
		}
		if stage := jiqiao.MaturityTRL(a.Maturity); stage > 0 && a.TRL > 0 && (a.TRL < stage-2 || a.TRL > stage+2 && a.TRL < 10) {
			add("trl", "成熟度写“%s”，技术就绪度却是 %d 级，两者相差太远，请核对。", jiqiao.CodeLabel("maturity", a.Maturity), a.TRL)
		}
		metricConflicts(a.Metrics, add)
	}
	out = append(out, e.reversedRanges()...)
	out = append(out, e.passedDates()...)
	return append(out, e.refused()...)
}

var leadingNumber = regexp.MustCompile(`^[^\d\-－]{0,6}([-－]?\d+(?:\.\d+)?)`)

func metricConflicts(metrics []jiqiao.Metric, add func(field, format string, args ...any)) {
	low, high := map[string]jiqiao.Metric{}, map[string]jiqiao.Metric{}
	for i, m := range metrics {
		field := fmt.Sprintf("metrics[%d]", i)
		if m.Comparator == jiqiao.ComparatorRange && m.Upper < m.Value {
			add(field+".upper", "“%s”的范围上下限颠倒了。", m)
		}
		if current := leadingNumber.FindStringSubmatch(m.Current); current != nil && (m.Unit == "" || strings.Contains(m.Current, m.Unit)) {
			now, err := strconv.ParseFloat(strings.ReplaceAll(current[1], "－", "-"), 64)
			if err == nil && met(m, now) {
				add(field+".current", "“%s”的现状值 %s 已经达到目标，请核对现状值或目标值。", m, m.Current)
			}
		}
		key := m.Name + "\x00" + m.Unit
		switch m.Comparator {
		case jiqiao.ComparatorAtLeast, jiqiao.ComparatorMore:
			low[key] = m
		case jiqiao.ComparatorAtMost, jiqiao.ComparatorLess:
			high[key] = m
		}
		if l, ok := low[key]; ok {
			if h, ok := high[key]; ok && l.Value > h.Value && (l == m || h == m) {
				add(field, "“%s”与“%s”不能同时满足，请核对。", l, h)
			}
		}
	}
}

// met says whether a present value fulfils a target strictly: 98 for ≥95, not for ≥98.
func met(m jiqiao.Metric, now float64) bool {
	switch m.Comparator {
	case jiqiao.ComparatorAtLeast, jiqiao.ComparatorMore:
		return now > m.Value
	case jiqiao.ComparatorAtMost, jiqiao.ComparatorLess:
		return now < m.Value
	}
	return false
}

var rangePattern = regexp.MustCompile(`(\d+(?:\.\d+)?)\s*(?:[～~–]|至|到)\s*(\d+(?:\.\d+)?)`)

// reversedRanges finds 20～10 mm. A hyphen may be a code or a minus, and 10～2 after a power is none: those are left alone.
func (e *exam) reversedRanges() []jiqiao.DraftRemark {
	var out []jiqiao.DraftRemark
	for i, s := range e.draft.sentences {
		if s.role == roleKeywords {
			continue
		}
		text := e.draft.text(s)
		for _, m := range rangePattern.FindAllStringSubmatchIndex(text, -1) {
			if m[0] > 0 && strings.ContainsRune("-－.^×*降减缩从由", lastRune(text[:m[0]])) {
				continue
			}
			low, err1 := strconv.ParseFloat(text[m[2]:m[3]], 64)
			high, err2 := strconv.ParseFloat(text[m[4]:m[5]], 64)
			if err1 != nil || err2 != nil || low <= high || falls(text[:m[0]]) {
				continue
			}
			p := place{i, s.start + m[0], s.start + m[1]}
			out = append(out, jiqiao.DraftRemark{Kind: "conflict", Message: "“" + e.draft.quote(p) + "”前大后小，范围是不是写反了？", Quote: e.draft.quote(p)})
		}
	}
	return out
}

func lastRune(s string) rune {
	r := []rune(s)
	return r[len(r)-1]
}

// falls says whether the words before tell of something that falls: 由 20 降到 10, 温度从 90 到 20.
func falls(before string) bool {
	if i := strings.LastIndexAny(before, clauseMarks); i >= 0 {
		before = before[i:]
	}
	return strings.ContainsAny(before, "由从降减缩")
}

var fullDate = regexp.MustCompile(`(20\d\d)\s*年\s*(?:(\d{1,2})\s*月)?`)

// passedDates finds a deadline in the text that has passed.
func (e *exam) passedDates() []jiqiao.DraftRemark {
	var out []jiqiao.DraftRemark
	for _, s := range e.draft.sentences {
		if s.role != roleDeadline {
			continue
		}
		for _, m := range fullDate.FindAllStringSubmatch(e.draft.text(s), -1) {
			month, _ := strconv.Atoi(m[2])
			if m[2] == "" {
				month = 12
			}
			if date := fmt.Sprintf("%s-%02d-31", m[1], month); date < string(e.today) {
				out = append(out, jiqiao.DraftRemark{Kind: "conflict", Message: "期限“" + m[0] + "”已经过去，请改为今后的时间。", Quote: m[0]})
			}
		}
	}
	return out
}

// refused are the errors that publishing a structured record would meet, except that something is missing: the aspects
// say that better.
func (e *exam) refused() []jiqiao.DraftRemark {
	var known *jiqiao.Error
	if !errors.As(e.draft.rec.Validate(), &known) {
		return nil
	}
	var out []jiqiao.DraftRemark
	for _, f := range known.Fields {
		if strings.HasPrefix(f.Message, "请填写") {
			continue
		}
		out = append(out, jiqiao.DraftRemark{Kind: "invalid", Message: f.Message + "。", Field: f.Field})
	}
	return out
}
