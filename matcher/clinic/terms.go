package clinic

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"jiqiao"
)

var (
	moneyPattern  = regexp.MustCompile(`\d+(?:\.\d+)?\s*(?:[～~\-—至到]\s*\d+(?:\.\d+)?)?\s*(?:万元|亿元|万|元)(?:以上|以下|以内|左右)?`)
	budgetWords   = regexp.MustCompile(`预算|拟投入|拟出资|出资|计划投入|准备投入|可投入|愿意投入|投入资金|研发经费|项目经费|项目资金|榜单金额|悬赏|资助`)
	spentWords    = regexp.MustCompile(`累计|已投入|已经投入|销售|产值|营收|利润|注册资本|固定资产|总投资|每年|年产|节约|节省`)
	openPrice     = regexp.MustCompile(`面议|面谈|协商|另议`)
	datePattern   = regexp.MustCompile(`20\d\d\s*[年.\-/]\s*(?:\d{1,2}\s*月?)?(?:底|末|前|初|之前|以前|上半年|下半年)?|[一二两三四五六七八九十半\d.]+\s*个?(?:月|年|周)(?:以内|之内|内|左右|的时间)?|(?:今年|明年|本年度|年)(?:底|内)(?:前|之前)?`)
	deadlineWords = regexp.MustCompile(`完成|期限|交付|验收|投产|截止|项目周期|研发周期|时间要求|之前|年底前|解决|上线|实现|供货|计划用|攻关`)
	soonWords     = regexp.MustCompile(`尽快|尽早|近期|短期内|急需|迫切`)
	modeWords     = regexp.MustCompile(`技术转让|技术许可|专利许可|技术入股|作价入股|联合开发|联合攻关|联合研发|合作开发|合作研发|共同开发|共同研发|委托开发|委托研发|技术咨询|技术服务|产学研合作|共建|技术引进|购买技术|揭榜`)
	anyMode       = regexp.MustCompile(`合作|对接|寻求专家|引进人才|技术支持|技术指导`)
)

// budget reads what the owner will spend.
func (e *exam) budget() finding {
	h := e.draft.rec.Head()
	if h.Price.Kind == jiqiao.MoneyAmount {
		return finding{state: jiqiao.AspectPresent, found: h.Price.String()}
	}
	if n := e.draft.need; n != nil && n.Bounty.Kind == jiqiao.MoneyAmount {
		return finding{state: jiqiao.AspectPresent, found: "榜单金额 " + n.Bounty.String()}
	}
	if p, ok := e.moneyPlace(); ok {
		return finding{state: jiqiao.AspectPresent, found: e.draft.quote(p), at: []place{p}}
	}
	if h.Price.Kind == jiqiao.MoneyNegotiable {
		return finding{state: jiqiao.AspectVague, found: "面议"}
	}
	for i, s := range e.draft.sentences {
		if s.role == roleBudget || budgetWords.MatchString(e.draft.text(s)) {
			if m := openPrice.FindStringIndex(e.draft.text(s)); m != nil {
				p := place{i, s.start + m[0], s.start + m[1]}
				return finding{state: jiqiao.AspectVague, found: e.draft.quote(p), at: []place{p}}
			}
		}
	}
	return missing()
}

// moneyPlace is a sum that is offered or asked, not one that was spent or earned.
func (e *exam) moneyPlace() (place, bool) {
	for i, s := range e.draft.sentences {
		text := e.draft.text(s)
		if s.role != roleBudget && (!budgetWords.MatchString(text) || spentWords.MatchString(text)) {
			continue
		}
		if m := moneyPattern.FindStringIndex(text); m != nil {
			return place{i, s.start + m[0], s.start + m[1]}, true
		}
	}
	return place{}, false
}

func (e *exam) askBudget(f finding) []string {
	switch f.state {
	case jiqiao.AspectPresent:
		return nil
	case jiqiao.AspectVague:
		return []string{"写了“" + f.found + "”，能否给一个区间：50 万元以下、50～200 万元、200～500 万元，还是 500 万元以上？"}
	}
	return []string{"准备为这件事投入多少资金（万元）？说个区间也可以：50 以下、50～200、200～500、500 以上，或面议。"}
}

func (e *exam) deadline() finding {
	if n := e.draft.need; n != nil && n.Deadline != "" {
		return finding{state: jiqiao.AspectPresent, found: string(n.Deadline)}
	}
	var soon finding
	for i, s := range e.draft.sentences {
		switch s.role {
		case roleFoundation, roleCompany, roleBenefit, roleKeywords, roleProperty, roleUse:
			continue
		}
		text := e.draft.text(s)
		for _, m := range datePattern.FindAllStringIndex(text, -1) {
			if s.role == roleDeadline || deadlineWords.MatchString(clauseAt(text, m[0], m[1])) && future(text[m[0]:m[1]], e.today) {
				p := place{i, s.start + m[0], s.start + m[1]}
				return finding{state: jiqiao.AspectPresent, found: e.draft.quote(p), at: []place{p}}
			}
		}
		if m := soonWords.FindStringIndex(text); m != nil && soon.found == "" {
			p := place{i, s.start + m[0], s.start + m[1]}
			soon = finding{state: jiqiao.AspectVague, found: e.draft.quote(p), at: []place{p}}
		}
	}
	if soon.found != "" {
		return soon
	}
	return missing()
}

// future keeps a year that has passed, and a bare year without 前 or 底 in a text about the market, from being a date.
func future(date string, today jiqiao.Date) bool {
	if strings.HasPrefix(date, "20") && len(date) >= 4 && len(today) >= 4 {
		return date[:4] >= string(today[:4])
	}
	return strings.Contains(date, "月") || strings.Contains(date, "内") || strings.Contains(date, "前") || strings.Contains(date, "时间")
}

func (e *exam) askDeadline(f finding) []string {
	switch f.state {
	case jiqiao.AspectPresent:
		return nil
	case jiqiao.AspectVague:
		return []string{"您写了“" + f.found + "”，具体希望在哪个月之前拿到样品或解决？"}
	}
	return []string{"希望在什么时候之前解决（年月）？有没有客户交货或投产的时间点？"}
}

func (e *exam) cooperation() finding {
	if modes := e.draft.rec.Head().Cooperation; len(modes) > 0 {
		var labels []string
		for _, c := range modes {
			labels = append(labels, jiqiao.CodeLabel("cooperation", c))
		}
		return finding{state: jiqiao.AspectPresent, found: strings.Join(labels, "、")}
	}
	if p, ok := e.first(modeWords); ok {
		return finding{state: jiqiao.AspectPresent, found: e.draft.quote(p), at: []place{p}}
	}
	for i, s := range e.draft.sentences {
		if s.role == roleCooperation && s.body < s.end {
			return finding{state: jiqiao.AspectPresent, found: clip(e.draft.tail(s), 24), at: []place{{i, s.body, s.end}}}
		}
	}
	if p, ok := e.first(anyMode); ok {
		return finding{state: jiqiao.AspectVague, found: e.draft.quote(p), at: []place{p}}
	}
	return missing()
}

// first is the first place outside titles and the company's own description where the pattern holds.
func (e *exam) first(pattern *regexp.Regexp) (place, bool) {
	for i, s := range e.draft.sentences {
		if s.role == roleTitle || s.role == roleKeywords || s.role == roleCompany {
			continue
		}
		if m := pattern.FindStringIndex(e.draft.text(s)); m != nil {
			return place{i, s.start + m[0], s.start + m[1]}, true
		}
	}
	return place{}, false
}

func (e *exam) askCooperation(f finding) []string {
	switch f.state {
	case jiqiao.AspectPresent:
		return nil
	case jiqiao.AspectVague:
		return []string{"您写了“" + f.found + "”，倾向哪一种：委托研发、联合开发、技术转让或许可、技术服务？"}
	}
	return []string{"愿意怎样合作：委托研发、联合开发、技术转让或许可，还是技术咨询服务？"}
}

// bare is a text without the quotation marks that a question puts around it.
func bare(s string) string { return strings.Trim(quotes.Replace(s), " ") }

var quotes = strings.NewReplacer("“", "", "”", "", "\"", "")

// clip keeps the first n characters.
func clip(s string, n int) string {
	s = bare(strings.Join(strings.Fields(s), " "))
	if utf8.RuneCountInString(s) <= n {
		return strings.TrimRight(s, "，。；、：")
	}
	return strings.TrimRight(string([]rune(s)[:n]), "，。；、：") + "…"
}

// unique keeps the first n different ones.
func unique(words []string, n int) []string {
	var out []string
	seen := map[string]bool{}
	for _, w := range words {
		if !seen[w] && len(out) < n {
			seen[w] = true
			out = append(out, w)
		}
	}
	return out
}

// lengthRemarks says that a text is too short to judge, or too long to be read.
func (e *exam) lengthRemarks() []jiqiao.DraftRemark {
	const short, long = 60, 4000
	switch n := e.draft.runes(); {
	case n < short:
		return []jiqiao.DraftRemark{{Kind: "length", Message: fmt.Sprintf("正文只有 %d 个字，多数专家无法判断能不能做；写到 150～600 字比较合适。", n)}}
	case n > long:
		return []jiqiao.DraftRemark{{Kind: "length", Message: fmt.Sprintf("正文有 %d 个字，重点不容易看到；请把企业介绍和背景压缩，先写问题和指标。", n)}}
	}
	return nil
}
