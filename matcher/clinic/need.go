package clinic

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"jiqiao"
)

// needAspects are what a need should say, in the order of the form (企业技术需求征集表). The points are a judgement:
// object, problem and targets make the need, the rest the deal.
var needAspects = []spec{
	{"object", "对象", "需求内容", "知道是什么产品、材料或工艺，专家才能判断自己是否做过。", 15, (*exam).object, (*exam).askObject},
	{"problem", "问题", "技术难题", "说清现在卡在哪里，专家才能对症提方案，而不是介绍自己的全部成果。", 20, (*exam).problem, (*exam).askProblem},
	{"metrics", "指标", "技术指标", "有可测的目标值，才能判断一项成果够不够，验收也有依据。", 25, (*exam).metrics, (*exam).askMetrics},
	{"conditions", "约束条件", "约束条件", "成本、工艺、环境和法规的限制会排除大部分看起来合适的方案。", 10, (*exam).conditions, (*exam).askConditions},
	{"foundation", "已有基础", "已有基础", "知道企业已有的设备、数据和试过的办法，可以避免重复，也便于估算投入。", 9, (*exam).foundation, (*exam).askFoundation},
	{"outcome", "成果形式", "成果形式", "要样机、配方还是软件，决定由谁来做和怎样合作。", 6, (*exam).outcome, (*exam).askOutcome},
	{"budget", "预算", "拟投入资金", "有预算区间，团队才能决定是否响应。", 6, (*exam).budget, (*exam).askBudget},
	{"deadline", "期限", "期望完成时间", "时间决定能否从头研发，还是只能用成熟成果。", 4, (*exam).deadline, (*exam).askDeadline},
	{"cooperation", "合作方式", "合作方式", "转让、许可、联合开发的权属和付款方式不同，事先说明可以少谈一轮。", 5, (*exam).cooperation, (*exam).askCooperation},
}

func (e *exam) object() finding {
	f := finding{state: jiqiao.AspectPresent, found: e.title.object}
	if e.title.object == "" {
		word := e.bestWord()
		if word == "" {
			return missing()
		}
		f.state, f.found = jiqiao.AspectVague, word
		f.at = e.occurrences(word)
		return f
	}
	if e.title.generic {
		f.state = jiqiao.AspectVague
	}
	f.at = e.occurrences(e.title.object)
	return f
}

// occurrences is the first place of a phrase.
func (e *exam) occurrences(phrase string) []place {
	for i, s := range e.draft.sentences {
		if at := strings.Index(e.draft.text(s), phrase); at >= 0 {
			return []place{{i, s.start + at, s.start + at + len(phrase)}}
		}
	}
	return nil
}

func (e *exam) askObject(f finding) []string {
	switch {
	case f.state == jiqiao.AspectPresent:
		return nil
	case f.found != "" && e.title.text != "":
		return []string{fmt.Sprintf("“%s”具体指哪一种产品、材料或工艺？请写出名称、型号或规格，以及用在哪里。", clip(e.title.text, 24))}
	case f.found != "":
		return []string{fmt.Sprintf("这项需求针对的是“%s”吗？请用一句话写出名称：对哪种产品、材料或工艺，要做到什么。", f.found)}
	}
	return []string{"要解决的是哪一种产品、材料或工艺的问题？请写出名称、型号或规格，以及用在哪里。"}
}

func (e *exam) problem() finding {
	var f finding
	difficulties := 0
	for _, c := range e.complaints {
		f.at = append(f.at, c.place)
		difficulties++
	}
	for i, s := range e.draft.sentences {
		switch s.role {
		case roleMain, roleProblem, roleBackground, roleTargets, roleConditions:
		default:
			continue
		}
		text := e.draft.tail(s)
		m := trouble.FindStringIndex(text)
		if m == nil || utf8.RuneCountInString(text) < 8 || s.role >= roleTargets && !toSolve.MatchString(text) {
			continue
		}
		from, to := clauseBounds(text, m[0], m[1])
		f.at = append(f.at, place{i, s.body + from, s.body + to})
		difficulties++
	}
	switch {
	case difficulties > 1 || difficulties == 1 && e.draft.runes() >= 40:
		f.state = jiqiao.AspectPresent
		f.found = e.problemWords(f.at)
	case difficulties == 1 || len(e.goals) > 0:
		f.state = jiqiao.AspectVague
		if len(e.goals) > 0 {
			f.found = clip(e.goals[0].text, maxName)
			f.at = append(f.at, e.goals[0].place)
		} else {
			f.found = e.problemWords(f.at)
		}
	case e.draft.need != nil && e.draft.runes() >= 80:
		f.state, f.found = jiqiao.AspectVague, "写了要做什么，没有写现在卡在哪里"
	default:
		return missing()
	}
	return f
}

// toSolve tells of a problem under a heading of targets or conditions.
var toSolve = regexp.MustCompile(`解决|难题|问题`)

// problemWords are the faults in few words, else the first troubled sentence.
func (e *exam) problemWords(at []place) string {
	var words []string
	for _, c := range e.complaints {
		words = append(words, c.text)
	}
	if len(words) == 0 {
		s := e.draft.sentences[at[0].sentence]
		return clip(strings.TrimSpace(e.draft.tail(s)), 30)
	}
	return strings.Join(words[:min(3, len(words))], "、")
}

func (e *exam) askProblem(f finding) []string {
	switch {
	case f.state == jiqiao.AspectPresent:
		return nil
	case len(e.goals) > 0:
		return []string{fmt.Sprintf("您想“%s”，现在主要卡在哪里？试过哪些办法，为什么不行？", clip(e.goals[0].text, 24))}
	case f.state == jiqiao.AspectVague:
		return []string{fmt.Sprintf("做“%s”时，现在出现什么现象（如开裂、收率低、成本高），多大比例？试过哪些办法？", e.name())}
	}
	return []string{fmt.Sprintf("为什么需要“%s”？现在的做法是什么，遇到什么问题，造成多大损失？", e.name())}
}

func (e *exam) metrics() finding {
	var f finding
	var words []string
	add := func(text string, p place) {
		words, f.at = append(words, text), append(f.at, p)
	}
	structured := 0
	if n := e.draft.need; n != nil {
		for _, m := range n.Metrics {
			if m.Comparator != "" || strings.ContainsAny(m.Text, "0123456789") {
				structured++
				words = append(words, m.String())
			}
		}
		f.at = append(f.at, e.structuredPlaces("技术指标")...)
	}
	if structured == 0 {
		for _, t := range e.targets() {
			add(strings.TrimSpace(clip(t.clause, 24)), t.place)
		}
		for _, p := range e.standards() {
			add(e.draft.quote(p), p)
		}
	}
	open := e.open()
	switch {
	case len(words) >= 2 || len(words) == 1 && len(open) <= 1:
		f.state, f.found = jiqiao.AspectPresent, fmt.Sprintf("%d 项可测的目标：%s", len(words), strings.Join(unique(words, 3), "；"))
	case len(words) == 1:
		f.state, f.found = jiqiao.AspectVague, "只有一项可测："+words[0]
	case len(open) > 0:
		f.state, f.found = jiqiao.AspectVague, "有方向，没有数值："+open[0].text
		for _, p := range open {
			f.at = append(f.at, p.place)
		}
	default:
		return missing()
	}
	return f
}

// structuredPlaces are whole sentences of the sections with that label.
func (e *exam) structuredPlaces(label string) []place {
	var out []place
	for i, s := range e.draft.sentences {
		if e.draft.sections[s.section].Label == label {
			out = append(out, place{i, s.start, s.end})
		}
	}
	return out
}

// loose ends a wish that names several properties at once.
var loose = regexp.MustCompile(`(?:综合性能|整体性能|性能|质量|品质|效果|适应性)$`)

// maxAskedMetrics is how many wishes are asked for their figures.
const maxAskedMetrics = 3

func (e *exam) askMetrics(f finding) []string {
	if f.state == jiqiao.AspectPresent {
		return nil
	}
	var out []string
	for _, p := range e.open() {
		q := askFigure(p)
		if out = append(out, q); len(out) == maxAskedMetrics {
			break
		}
	}
	if len(out) == 0 {
		out = append(out, fmt.Sprintf("“%s”做到什么程度算成功？请给出 2～3 个能测的目标值，如%s。", e.name(), e.hint()))
	}
	return out
}

// askFigure asks for the figures of one wish or fault.
func askFigure(p phrase) string {
	what := bare(p.text)
	switch {
	case loose.MatchString(p.what):
		return fmt.Sprintf("您提到“%s”，具体指哪几项？各自现在是多少、希望达到多少？", what)
	case strings.Contains(what, "成本") || strings.Contains(what, "价格"):
		return fmt.Sprintf("您提到“%s”，现在每件（每吨）多少元、希望不高于多少元？", what)
	case strings.Contains(what, "周期") || strings.Contains(what, "时间"):
		return fmt.Sprintf("您提到“%s”，现在要多长时间、希望缩短到多少？", what)
	case p.verb == "":
		return fmt.Sprintf("您提到“%s”，现在大约是多少、希望做到多少？用什么标准或方法测？", what)
	}
	return fmt.Sprintf("您提到“%s”，现在是多少、希望达到多少？用什么标准或方法测？", what)
}

var (
	conditionWords = regexp.MustCompile(`不得|不允许|不能使用|不使用|禁止|必须|须|兼容|不改变|不改造|不影响|不增加|防爆|防腐|防水|防尘|无毒|食品级|占地|场地|环境温度|工作温度|使用温度|工况|在[^，,。；;]{2,16}(?:条件|环境)下|连续运行|排放标准|环保要求|安全要求|符合|认证|法规|标准要求|利用现有|现有设备上`)
	looseCost      = regexp.MustCompile(`低成本|成本低|经济|环保|绿色|安全`)
)

func (e *exam) conditions() finding {
	if n := e.draft.need; n != nil && n.Constraints != "" {
		return finding{state: jiqiao.AspectPresent, found: clip(n.Constraints, 30), at: e.structuredPlaces("约束条件")}
	}
	var f finding
	loose := finding{state: jiqiao.AspectVague}
	for i, s := range e.draft.sentences {
		switch s.role {
		case roleFoundation, roleCompany, roleBenefit, roleKeywords, roleTitle, roleProperty, roleUse:
			continue
		}
		text := e.draft.text(s)
		m := conditionWords.FindStringIndex(text)
		if m == nil && costWords.MatchString(text) {
			for _, g := range e.figures {
				if g.sentence == i && costWords.MatchString(g.clause) {
					m = []int{g.start - s.start, g.end - s.start}
				}
			}
		}
		if m != nil || s.role == roleConditions {
			if m == nil {
				m = []int{0, len(text)}
			}
			f.at = append(f.at, place{i, s.start + m[0], s.start + m[1]})
			continue
		}
		if m := looseCost.FindStringIndex(text); m != nil && e.startsWord(text, m[0]) {
			loose.at = append(loose.at, place{i, s.start + m[0], s.start + m[1]})
			loose.found = e.draft.quote(loose.at[0])
		}
	}
	if len(f.at) > 0 {
		f.state = jiqiao.AspectPresent
		f.found = clip(e.draft.text(e.draft.sentences[f.at[0].sentence]), 30)
		return f
	}
	if len(loose.at) > 0 {
		return loose
	}
	return missing()
}

func (e *exam) askConditions(f finding) []string {
	switch f.state {
	case jiqiao.AspectPresent:
		return nil
	case jiqiao.AspectVague:
		return []string{fmt.Sprintf("您写了“%s”，具体限制是什么？例如成本上限（元/件、元/吨）、排放或安全标准、能不能改动现有生产线。", f.found)}
	}
	return []string{fmt.Sprintf("“%s”用在什么工况下（温度、介质、场地、连续运行时间）？成本上限、必须符合的标准和不能改动的地方有哪些？", e.name())}
}

var foundationWords = regexp.MustCompile(`(?:公司|企业|我们|我司|我公司|本公司|单位|工厂)(?:目前(?:已|有|拥有|采用|生产|配套|主要|具备|使用)|现(?:已|有)|已|拥有|具备|具有|建有|配备)|已(?:完成|建成|投入|进行|开展|具备|积累|研制|取得|获得|有)|累计投入|现有(?:设备|生产线|技术|工艺|基础|条件)|具备.{0,12}(?:能力|条件)|正在(?:试验|研发|实验|开发)|年产\d|年产能`)

func (e *exam) foundation() finding {
	if n := e.draft.need; n != nil && n.Foundation != "" {
		return finding{state: jiqiao.AspectPresent, found: clip(n.Foundation, 30), at: e.structuredPlaces("已有基础")}
	}
	var f finding
	for i, s := range e.draft.sentences {
		if s.role == roleTitle || s.role == roleKeywords {
			continue
		}
		text := e.draft.text(s)
		m := foundationWords.FindStringIndex(text)
		if (s.role == roleFoundation || s.role == roleCompany) && utf8.RuneCountInString(e.draft.tail(s)) >= 4 {
			m = []int{s.body - s.start, len(text)}
		}
		if m != nil {
			f.at = append(f.at, place{i, s.start + m[0], s.start + m[1]})
		}
	}
	if len(f.at) == 0 {
		return missing()
	}
	f.state = jiqiao.AspectPresent
	s := e.draft.sentences[f.at[0].sentence]
	f.found = clip(e.draft.tail(s), 30)
	if utf8.RuneCountInString(f.found) < 10 && len(f.at) == 1 {
		f.state = jiqiao.AspectVague
	}
	return f
}

func (e *exam) askFoundation(f finding) []string {
	switch f.state {
	case jiqiao.AspectPresent:
		return nil
	case jiqiao.AspectVague:
		return []string{fmt.Sprintf("您写了“%s”，做到哪一步了？有没有样品、试验数据，用的什么设备？", f.found)}
	}
	return []string{fmt.Sprintf("围绕“%s”，企业已经做过什么？有哪些设备、样品、试验数据和技术人员可以配合？", e.name())}
}

var outcomeWords = regexp.MustCompile(`样机|样品|配方|工艺包|工艺路线|工艺方案|工艺参数|软件|算法|模型|设备|装备|装置|机器人|系统|平台|生产线|专利|检测报告|图纸|设计方案|技术方案|解决方案`)
var wishWords = regexp.MustCompile(`提交|提供|形成|得到|交付|研制|研发|开发|设计|需要|需求|寻求|希望|建立|制定`)

func (e *exam) outcome() finding {
	if n := e.draft.need; n != nil && len(n.Outcomes) > 0 {
		var labels []string
		for _, c := range n.Outcomes {
			labels = append(labels, jiqiao.CodeLabel("outcome", c))
		}
		return finding{state: jiqiao.AspectPresent, found: strings.Join(labels, "、")}
	}
	for i, s := range e.draft.sentences {
		text := e.draft.text(s)
		switch s.role {
		case roleFoundation, roleCompany, roleBenefit, roleKeywords, roleProperty:
			continue
		case roleOutcome:
			return finding{state: jiqiao.AspectPresent, found: clip(e.draft.tail(s), 24), at: []place{{i, s.body, s.end}}}
		case roleTitle:
		default:
		}
		for _, m := range outcomeWords.FindAllStringIndex(text, -1) {
			clause := clauseAt(text, m[0], m[1])
			if s.role != roleTitle && (!wishWords.MatchString(clause) || presentWords.MatchString(clause)) {
				continue
			}
			p := place{i, s.start + m[0], s.start + m[1]}
			return finding{state: jiqiao.AspectPresent, found: e.draft.quote(p), at: []place{p}}
		}
	}
	return missing()
}

func (e *exam) askOutcome(f finding) []string {
	if f.state == jiqiao.AspectPresent {
		return nil
	}
	return []string{"希望最后拿到什么：样机、工艺、配方、软件、设备、专利，还是技术服务？"}
}
