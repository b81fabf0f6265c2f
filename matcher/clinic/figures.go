package clinic

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// figure is a number with a unit in a sentence.
type figure struct {
	place
	// clause is the part of the sentence between marks that holds the figure.
	clause string
	unit   string
	// bound says that it is compared: ≥, 不低于, 以上, 达到.
	bound bool
}

const (
	comparators = `≥|≧|≤|≦|＞|＜|>|<|＝|=|±|不低于|不小于|不少于|不高于|不大于|不超过|不多于|大于等于|小于等于|大于|小于|高于|低于|超过|达到|达|至少|最高|最低|最大|最小|控制在|控制到|提高到|提升到|提高至|提升至|降低到|降低至|降到|降至|缩短到|缩短至|缩短|减少|降低|提高|提升|增加|增长|下降`
	unitPattern = `[%％‰℃Ω°]C?|[A-Za-zμµ²³Ω][A-Za-z0-9μµ²³·/^()Ω]*|万元|亿元|元|万吨|吨|公斤|千克|毫克|微克|克|立方米|平方米|亩|毫米|微米|纳米|厘米|公里|千米|米|毫升|升|小时|分钟|毫秒|秒|天|日|个月|年|周|万次|次|倍|万?件|万?台|万?套|条|人|名|项|家|篇|个|块|片|万?只|支|瓶|株|头|级|兆帕|千瓦|度|目|伏|安|瓦|赫兹|分贝`
)

var (
	figurePattern = regexp.MustCompile(`(` + comparators + `)?[了约为在到至：:\s]{0,2}([-－]?\d+(?:[.,]\d+)*)(\s*(?:[～~–—至到±\-]|\+/-)\s*[-－]?\d+(?:\.\d+)?)?\s*(` + unitPattern + `)?((?:/|每)(?:[A-Za-zμ²³]+|m[²³]?|\p{Han}{1,2}))?(及?以上|及?以下|以内|之内)?`)
	clauseMarks   = "，,。；;：:！!？?\n（）()、"
	// standardPattern is a standard or grade that a target may be: GJB 2837, UL94 V-0, 一级A.
	standardPattern = regexp.MustCompile(`(?:GB|GJB|HG|JB|YY|SH|NB|YS|YB|QB|HJ|CJ|JG|TB|QC|DL|SY|MT|NY|SC|WS|ISO|IEC|ASTM|UL|EN|DIN|JIS|T/)[/A-Z]{0,8}\s?[-—]?\d[\d.\-—]*|一级\s?A|IP[56]\d|V-0|(?:国家|行业|国际|企业|地方)标准|国标|行标|GMP|RoHS|REACH|FDA`)
)

// counted are units of things that a company has, not of what a technology achieves.
var counted = setOf("人 名 家 篇 项 台 套 条 万台 万套 平方米 亩 年 月 日 个 头 个月 周")

var moneyUnits = setOf("万元 亿元 元")

// readFigures lists every number with a unit, or compared with something, in order.
func (d *draft) readFigures() []figure {
	var out []figure
	for i, s := range d.sentences {
		text := d.text(s)
		for _, m := range figurePattern.FindAllStringSubmatchIndex(text, -1) {
			f := figure{place: place{i, s.start + m[0], s.start + m[1]}, unit: group(text, m, 4)}
			f.bound = m[2] >= 0 || m[12] >= 0 || m[6] >= 0
			before, _ := utf8.DecodeLastRuneInString(text[:m[4]])
			if f.unit == "" && m[2] < 0 || partOfCode(before, text, m) {
				continue
			}
			f.clause = clauseAt(text, m[0], m[1])
			out = append(out, f)
		}
	}
	return out
}

func group(s string, m []int, n int) string {
	if m[2*n] < 0 {
		return ""
	}
	return s[m[2*n]:m[2*n+1]]
}

// partOfCode keeps T700 and 6061-T6 from being figures.
func partOfCode(before rune, text string, m []int) bool {
	if m[4] > 0 && (before >= 'A' && before <= 'Z' || before >= 'a' && before <= 'z' || before >= '0' && before <= '9' || before == '.' || before == '-') {
		return true
	}
	after, _ := utf8.DecodeRuneInString(text[m[1]:])
	return group(text, m, 4) == "" && (after >= 'A' && after <= 'Z' || after >= 'a' && after <= 'z' || after == '、' || after == ')' || after == '）')
}

// clauseAt is the text between the marks around start–end.
func clauseAt(text string, start, end int) string {
	from := strings.LastIndexAny(text[:start], clauseMarks)
	if from >= 0 {
		_, n := utf8.DecodeRuneInString(text[from:])
		from += n
	} else {
		from = 0
	}
	to := strings.IndexAny(text[end:], clauseMarks)
	if to < 0 {
		to = len(text) - end
	}
	return text[from : end+to]
}

var (
	presentWords = regexp.MustCompile(`目前|现有|现状|现在|当前|仅为|仅|只有|原有|原来|以往|一般为|通常为|已有|已建|现为`)
	targetWords  = regexp.MustCompile(`达到|达|要求|目标|指标|控制在|提高|提升|降低|降至|缩短|减少|增加|实现|满足|希望|不低于|不高于|不超过|不大于|不小于|保证|预期`)
	costWords    = regexp.MustCompile(`成本|单价|价格|费用|售价|造价`)
)

// targets are the figures a need asks for: compared or under a heading of targets, and not what the company has or pays.
func (e *exam) targets() []figure {
	var out []figure
	for _, f := range e.figures {
		if e.isTarget(f) {
			out = append(out, f)
		}
	}
	return out
}

func (e *exam) isTarget(f figure) bool {
	s := e.draft.sentences[f.sentence]
	switch s.role {
	case roleFoundation, roleCompany, roleBenefit, roleBudget, roleDeadline, roleCooperation, roleKeywords, roleProperty:
		return false
	case roleTargets:
		return !(counted[f.unit] && !f.bound)
	}
	switch {
	case moneyUnits[f.unit]:
		return costWords.MatchString(f.clause) && f.bound
	case counted[f.unit] && !targetWords.MatchString(f.clause):
		return false
	case presentWords.MatchString(f.clause) && !e.draft.saysBound(f):
		return false
	case s.role == roleBackground && !targetWords.MatchString(f.clause):
		return false
	}
	return f.bound || targetWords.MatchString(f.clause)
}

// saysBound says whether the figure itself is written as a bound, which a present value is not.
func (d *draft) saysBound(f figure) bool {
	return strings.ContainsAny(d.quote(f.place), "≥≤＞＜><") || strings.Contains(d.quote(f.place), "不")
}

// standards are the places where a standard or grade is named as something to be met.
func (e *exam) standards() []place {
	var out []place
	for i, s := range e.draft.sentences {
		switch s.role {
		case roleFoundation, roleCompany, roleProperty, roleBenefit:
			continue
		}
		text := e.draft.text(s)
		for _, m := range standardPattern.FindAllStringIndex(text, -1) {
			clause := clauseAt(text, m[0], m[1])
			if strings.Contains(clause, "制定") || strings.Contains(clause, "修订") {
				continue
			}
			if s.role == roleTargets || regexpMeets.MatchString(clause) {
				out = append(out, place{i, s.start + m[0], s.start + m[1]})
			}
		}
	}
	return out
}

var regexpMeets = regexp.MustCompile(`达到|达|符合|满足|执行|按|依据|通过|要求`)
