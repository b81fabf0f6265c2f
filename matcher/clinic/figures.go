package clinic

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"jiqiao/matcher/quantity"
)

// figure is a quantity in a sentence.
type figure struct {
	place
	// clause is the part of the sentence between marks that holds the figure.
	clause string
	// bound says that it is compared or a change: ≥, 不低于, 以上, 达到, 提高20%.
	bound bool
	quantity.Quantity
}

// standardPattern is a standard or grade that a target may be: GB/T 1234, UL94 V-0, 一级A.
var standardPattern = regexp.MustCompile(`(?:GB|GJB|HG|JB|YY|SH|NB|YS|YB|QB|HJ|CJ|JG|TB|QC|DL|SY|MT|NY|SC|WS|ISO|IEC|ASTM|UL|EN|DIN|JIS|T/)[/A-Z]{0,8}\s?[-—]?\d[\d.\-—]*|一级\s?A|IP[56]\d|V-0|(?:国家|行业|国际|企业|地方)标准|国标|行标|GMP|RoHS|REACH|FDA`)

const clauseMarks = "，,。；;：:！!？?\n（）()、"

// counted are units of things that a company has, not of what a technology achieves.
var counted = setOf("人 名 家 位 篇 项 台 套 条 万台 万套 平方米 平米 亩 公顷 年 月 日 个 头 个月 周 栋 座 余人 余台 多台 多人 台套 种")

// never is what no technology is measured by.
var never = setOf("项 篇 人 名 家 位")

// spans are units of time that a project takes, unless the clause is about how long something lasts.
var spans = setOf("年 月 个月 周")

var lasting = regexp.MustCompile(`寿命|保质期|质保|使用年限|周期|保存|贮存|储存|无故障|免维护|不生锈|耐候`)

var moneyUnits = setOf("万元 亿元 元 万 亿")

// readFigures lists the quantities of every sentence, in order.
func (d *draft) readFigures() []figure {
	var out []figure
	for i, s := range d.sentences {
		text := d.text(s)
		for _, q := range quantity.Parse(text) {
			out = append(out, figure{
				place: place{i, s.start + q.Span.Start, s.start + q.Span.End}, clause: clauseAt(text, q.Span.Start, q.Span.End),
				bound: q.Bounded() || q.Kind != quantity.Absolute, Quantity: q,
			})
		}
	}
	return out
}

// clauseAt is the text between the marks around start–end.
func clauseAt(text string, start, end int) string {
	from, to := clauseBounds(text, start, end)
	return text[from:to]
}

func clauseBounds(text string, start, end int) (from, to int) {
	from = strings.LastIndexAny(text[:start], clauseMarks)
	if from >= 0 {
		_, n := utf8.DecodeRuneInString(text[from:])
		from += n
	} else {
		from = 0
	}
	if to = strings.IndexAny(text[end:], clauseMarks); to < 0 {
		to = len(text) - end
	}
	return from, end + to
}

var (
	presentWords = regexp.MustCompile(`目前|现有|现状|现在|当前|仅为|仅|只有|原有|原来|以往|一般为|通常为|已有|已建|现为`)
	targetWords  = regexp.MustCompile(`达到|达|要求|目标|指标|控制在|提高|提升|降低|降至|缩短|减少|增加|实现|满足|希望|不低于|不高于|不超过|不大于|不小于|保证|预期`)
	costWords    = regexp.MustCompile(`成本|单价|价格|费用|售价|造价`)
)

// market tells of the world and not of the technology.
var market = regexp.MustCompile(`我国|全国|全球|世界|国内市场|市场|行业|产值|经济损失|销售|专利|论文`)

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
	if f.FallsShort(e.draft.text(s)) || e.ails(s, f) {
		return false
	}
	if f.Role != quantity.Stated || never[f.Unit] || spans[f.Unit] && !lasting.MatchString(f.clause) {
		return false
	}
	switch s.role {
	case roleFoundation, roleCompany, roleBenefit, roleBudget, roleDeadline, roleCooperation, roleKeywords, roleProperty, roleConditions:
		return false
	case roleTitle:
		return f.Bounded() // 降低 1200V 模块的空洞率 is no fall by 1200V
	case roleTargets:
		return (f.bound || !counted[f.Unit]) && (!presentWords.MatchString(f.clause) || e.draft.saysBound(f))
	}
	switch {
	case market.MatchString(f.clause):
		return false
	case moneyUnits[f.Unit]:
		return costWords.MatchString(f.clause) && f.bound
	case counted[f.Unit] && !targetWords.MatchString(f.clause):
		return false
	case presentWords.MatchString(f.clause) && !e.draft.saysBound(f):
		return false
	case s.role == roleBackground && !targetWords.MatchString(f.clause):
		return false
	}
	return f.bound || targetWords.MatchString(f.clause)
}

// asks are the words of a sentence that wants something.
var asks = regexp.MustCompile(`要求|希望|需要|需|目标|指标|解决|拟|预期|应|力争|确保|保证`)

// ails says whether a value without a bound belongs to a sentence that only tells of trouble: 空洞率达到6%～9%，出现分层.
func (e *exam) ails(s sentence, f figure) bool {
	switch f.Relation {
	case quantity.Equal, quantity.About, quantity.Range:
	default:
		return false
	}
	text := e.draft.text(s)
	return s.role != roleTargets && f.Kind == quantity.Absolute && trouble.MatchString(text) && !asks.MatchString(text)
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
			if strings.Contains(clause, "制定") || strings.Contains(clause, "修订") || strings.Contains(clause, "已") {
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
