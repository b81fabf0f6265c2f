package clinic

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"jiqiao"
)

// achievementAspects are what an achievement should say to an enterprise that has never heard of it.
var achievementAspects = []spec{
	{"object", "是什么", "成果简介", "企业先看这是产品、材料、工艺还是软件，能不能用在自己的线上。", 15, (*exam).object, (*exam).askWhat},
	{"problem", "解决的问题", "成果简介", "企业按自己的问题来找，而不是按原理来找。", 15, (*exam).solved, (*exam).askSolved},
	{"advantage", "优势与对比", "技术指标", "有数据、有对比对象，企业才相信值得换。", 25, (*exam).advantage, (*exam).askAdvantage},
	{"maturity", "成熟度", "技术成熟度", "企业要知道拿回去还要投入多久；小试、中试和量产的谈法不同。", 15, (*exam).maturity, (*exam).askMaturity},
	{"ip", "知识产权", "知识产权", "没有权属说明，法务和投资都过不了。", 10, (*exam).property, (*exam).askProperty},
	{"application", "应用案例", "应用情况", "一家用过的企业，比十条创新点更有说服力。", 12, (*exam).application, (*exam).askApplication},
	{"cooperation", "合作与价格", "合作方式", "写明合作方式和价格区间，企业才会打第一个电话。", 8, (*exam).offer, (*exam).askOffer},
}

func (e *exam) askWhat(f finding) []string {
	switch {
	case f.state == jiqiao.AspectPresent:
		return nil
	case f.found != "":
		return []string{fmt.Sprintf("“%s”是一种产品、材料、工艺、设备还是软件？请用一句话让外行的企业看懂它是什么、用在哪里。", clip(f.found, 24))}
	}
	return []string{"这项成果是什么：产品、材料、工艺、设备还是软件？请写出名称和用途。"}
}

var (
	solvedWords = regexp.MustCompile(`针对|解决了|解决|克服|突破|攻克|替代|弥补|填补|避免了|消除了|传统.{0,20}(?:不足|缺点|问题|难以|无法)|现有.{0,20}(?:不足|缺点|问题|难以|无法)|难题|痛点|瓶颈|难以|无法`)
	baseline    = regexp.MustCompile(`相比|相较|对比|比(?:传统|现有|常规|进口|同类|国外|市售|原|普通|未)|较(?:传统|现有|常规|进口|同类|国外|市售|原|普通|未)|优于|高于(?:国|行|同|进|现)|低于(?:国|行|同|进|现)|为进口|是进口|替代进口|与(?:传统|现有|常规|进口|同类|国外|市售|普通)|提高(?:了)?\s*(?:约)?\d|降低(?:了)?\s*(?:约)?\d|减少(?:了)?\s*(?:约)?\d|缩短(?:了)?\s*(?:约)?\d|提升(?:了)?\s*(?:约)?\d|\d倍|由.{1,12}(?:提高|降|减|缩短|提升)(?:到|至)?|从.{1,12}(?:提高|降|减|缩短|提升)(?:到|至)?`)
	praise      = regexp.MustCompile(`国际先进|国际领先|国内领先|国内先进|世界领先|性能优异|性能优良|成本低|效率高|精度高|稳定性好|效果好|优势明显|显著`)
)

// unsolved tells of a problem that is left.
var unsolved = regexp.MustCompile(`尚未|未解决|有待|仍需|还不能|暂不`)

func (e *exam) solved() finding {
	var f finding
	for i, s := range e.draft.sentences {
		switch s.role {
		case roleTitle, roleKeywords, roleCompany, roleProperty:
			continue
		}
		text := e.draft.tail(s)
		if m := solvedWords.FindStringIndex(text); m != nil && utf8.RuneCountInString(text) >= 8 && !unsolved.MatchString(text) {
			from, to := clauseBounds(text, m[0], m[1])
			f.at = append(f.at, place{i, s.body + from, s.body + to})
		}
	}
	switch {
	case len(f.at) > 0:
		f.state = jiqiao.AspectPresent
		f.found = clip(e.draft.tail(e.draft.sentences[f.at[0].sentence]), 30)
	case len(e.goals) > 0:
		f.state, f.found, f.at = jiqiao.AspectVague, e.goals[0].text, []place{e.goals[0].place}
	case e.draft.achievement.Applications != "":
		f.state, f.found = jiqiao.AspectVague, "写了用在哪里，没有写解决什么问题"
	default:
		return missing()
	}
	return f
}

func (e *exam) askSolved(f finding) []string {
	switch {
	case f.state == jiqiao.AspectPresent:
		return nil
	case len(e.goals) > 0:
		return []string{fmt.Sprintf("您写了“%s”，企业现在的做法是什么，吃的什么亏？请从用户的问题写起。", f.found)}
	}
	return []string{fmt.Sprintf("“%s”替企业解决什么问题？没有它时企业怎么做，损失在哪里？", e.name())}
}

// advantage wants figures, and something to hold them against.
func (e *exam) advantage() finding {
	var figures, against, praised []place
	for _, g := range e.figures {
		switch e.draft.sentences[g.sentence].role {
		case roleKeywords, roleCompany, roleProperty, roleBudget:
			continue
		}
		if !counted[g.Unit] && (!moneyUnits[g.Unit] || costWords.MatchString(g.clause)) {
			figures = append(figures, g.place)
		}
	}
	measured := len(figures)
	for _, m := range e.draft.achievement.Metrics {
		if m.Comparator != "" {
			measured++
		}
	}
	for i, s := range e.draft.sentences {
		if s.role == roleKeywords || s.role == roleTitle {
			continue
		}
		for _, m := range baseline.FindAllStringIndex(e.draft.text(s), -1) {
			against = append(against, place{i, s.start + m[0], s.start + m[1]})
		}
		for _, m := range praise.FindAllStringIndex(e.draft.text(s), -1) {
			praised = append(praised, place{i, s.start + m[0], s.start + m[1]})
		}
	}
	switch {
	case measured > 0 && len(against) > 0:
		return finding{jiqiao.AspectPresent, fmt.Sprintf("有数据 %d 处，对比：%s", measured, clip(e.draft.quote(against[0]), 16)), append(against, figures...)}
	case measured > 0:
		return finding{jiqiao.AspectVague, fmt.Sprintf("有数据 %d 处，没有说和什么比", measured), figures}
	case len(praised) > 0:
		return finding{jiqiao.AspectVague, "只有评价，没有数据：" + e.draft.quote(praised[0]), praised}
	case len(against) > 0:
		return finding{jiqiao.AspectVague, "有对比，没有数据", against}
	}
	return missing()
}

func (e *exam) askAdvantage(f finding) []string {
	switch {
	case f.state == jiqiao.AspectPresent:
		return nil
	case f.state == jiqiao.AspectVague && len(f.at) > 0 && strings.HasPrefix(f.found, "有数据"):
		s, p := e.draft.sentences[f.at[0].sentence], f.at[0]
		clause := clauseAt(e.draft.text(s), p.start-s.start, p.end-s.start)
		return []string{fmt.Sprintf("“%s”——同类产品或企业现在的做法是多少？好在哪里、好多少，谁测的？", clip(clause, 28))}
	case f.state == jiqiao.AspectVague && strings.HasPrefix(f.found, "只有评价"):
		return []string{fmt.Sprintf("您写了“%s”，与哪种产品或技术相比，哪一项指标好多少？有没有检测报告？", e.draft.quote(f.at[0]))}
	}
	return []string{fmt.Sprintf("“%s”比现有做法好在哪里？请给 2～3 个数据和对比对象，如%s。", e.name(), e.hint())}
}

var (
	stageWords = regexp.MustCompile(`中试|小试|样机|样品|量产|批量生产|规模化生产|产业化|生产线|示范(?:工程|线|基地|应用)|试运行|稳定运行|连续运行|工程应用|检测报告|第三方检测|装机|实验室|现场试验|工业试验|试制|定型|验收|鉴定|安装\s*\d|累计(?:安装|应用|运行|推广|销售)|建成.{0,14}(?:线|装置|示范|基地)|\d\s*(?:家|个|套|台|座|地级市|县).{0,10}(?:应用|使用|运行|安装|试用)|应用于\s*\d|送样`)
	stageFirm  = regexp.MustCompile(`中试|量产|批量生产|规模化|产业化|生产线|示范|运行|装机|检测报告|工业试验|试制|验收|鉴定|样机|安装\s*\d|累计(?:安装|应用|运行|推广|销售)|建成.{0,14}(?:线|装置|示范|基地)|\d\s*(?:家|个|套|台|座|地级市|县).{0,10}(?:应用|使用|运行|安装|试用)|应用于\s*\d|送样`)
)

func (e *exam) maturity() finding {
	a := e.draft.achievement
	code := ""
	if a.TRL > 0 {
		code = fmt.Sprintf("技术就绪度 %d 级", a.TRL)
	} else if a.Maturity != "" {
		code = jiqiao.CodeLabel("maturity", a.Maturity)
	}
	p, told := e.first(stageWords)
	firm, proven := e.first(stageFirm)
	switch {
	case code != "" && told:
		return finding{jiqiao.AspectPresent, code + "，依据：" + e.draft.quote(p), []place{p}}
	case proven:
		return finding{jiqiao.AspectPresent, e.draft.quote(firm), []place{firm}}
	case code != "":
		return finding{jiqiao.AspectVague, code + "，没有写依据", nil}
	case told:
		return finding{jiqiao.AspectVague, e.draft.quote(p), []place{p}}
	}
	return missing()
}

func (e *exam) askMaturity(f finding) []string {
	switch {
	case f.state == jiqiao.AspectPresent:
		return nil
	case f.state == jiqiao.AspectVague && len(f.at) > 0:
		return []string{fmt.Sprintf("您提到“%s”，做到多大规模、跑了多久、谁测的？离量产还差什么？", e.draft.quote(f.at[0]))}
	case f.state == jiqiao.AspectVague:
		return []string{"成熟度有什么可以看的依据：样机、检测报告、中试规模和时间、用户试用证明？"}
	}
	return []string{fmt.Sprintf("“%s”做到哪一步：实验室、小试、中试还是量产？规模多大，有没有样品或检测报告？", e.name())}
}

var (
	rightsWords  = regexp.MustCompile(`(?:发明|实用新型|授权|国家|申请|国际|PCT)?专利\s*\d*\s*[项件个]?|软件著作权|软著|ZL\s?\d{6,}|CN\d{6,}|植物新品种权|自主知识产权`)
	rightsNumber = regexp.MustCompile(`\d\s*[项件个]|ZL|CN\d|授权|申请`)
)

func (e *exam) property() finding {
	if ips := e.draft.achievement.IPs; len(ips) > 0 {
		stated := 0
		for _, ip := range ips {
			if ip.State != "" || ip.Number != "" || ip.Kind == "none" {
				stated++
			}
		}
		if stated == 0 {
			return finding{state: jiqiao.AspectVague, found: fmt.Sprintf("%d 项，没有状态或编号", len(ips))}
		}
		return finding{state: jiqiao.AspectPresent, found: fmt.Sprintf("%d 项", len(ips))}
	}
	p, ok := e.first(rightsWords)
	if !ok {
		return missing()
	}
	s := e.draft.sentences[p.sentence]
	if rightsNumber.MatchString(clauseAt(e.draft.text(s), p.start-s.start, p.end-s.start)) {
		return finding{jiqiao.AspectPresent, clip(clauseAt(e.draft.text(s), p.start-s.start, p.end-s.start), 24), []place{p}}
	}
	return finding{jiqiao.AspectVague, e.draft.quote(p), []place{p}}
}

func (e *exam) askProperty(f finding) []string {
	switch f.state {
	case jiqiao.AspectPresent:
		return nil
	case jiqiao.AspectVague:
		return []string{"知识产权目前是什么状态：已授权、申请中，还是技术秘密？请写专利号或申请号，以及权利人是谁。"}
	}
	return []string{"有没有专利、软件著作权或技术秘密？权利人是谁，是否许可过别人？没有也请写“未涉及”。"}
}

var (
	usedWords   = regexp.MustCompile(`应用于.{2,20}(?:公司|企业|厂|矿|医院|基地|项目|工程)|(?:公司|企业|厂家|医院|用户|客户|基地).{0,16}(?:应用|使用|试用|采用|推广|装机|送样|供货|示范)|在.{2,24}(?:公司|企业|厂|集团|矿|医院|基地|工程|项目).{0,10}(?:应用|使用|运行|推广|实施|示范)|已(?:应用|推广|供货|销售|装机|送样|在)|推广面积|累计(?:应用|推广|销售|安装)|安装\s*\d|\d\s*(?:家|个|套|台|座|地级市|县).{0,10}(?:应用|使用|运行|安装|试用)|应用于\s*\d|送样|装机\s*\d|示范\s*\d|用户\s*\d`)
	usableWords = regexp.MustCompile(`可(?:广泛)?(?:应用|用)于|适用于|广泛应用|应用前景|市场前景|可推广|具有.{0,8}前景`)
)

func (e *exam) application() finding {
	if p, ok := e.first(usedWords); ok {
		return finding{jiqiao.AspectPresent, clip(e.draft.text(e.draft.sentences[p.sentence]), 30), []place{p}}
	}
	if u := e.draft.achievement.Usage; utf8.RuneCountInString(u) >= 8 {
		return finding{state: jiqiao.AspectPresent, found: clip(u, 30), at: e.structuredPlaces("应用情况")}
	}
	if p, ok := e.first(usableWords); ok {
		return finding{jiqiao.AspectVague, "只写了可以用在哪里，没有用过的例子", []place{p}}
	}
	if e.draft.achievement.Applications != "" {
		return finding{state: jiqiao.AspectVague, found: "只写了可以用在哪里，没有用过的例子", at: e.structuredPlaces("应用领域")}
	}
	return missing()
}

func (e *exam) askApplication(f finding) []string {
	if f.state == jiqiao.AspectPresent {
		return nil
	}
	return []string{fmt.Sprintf("“%s”有没有企业用过或试过？哪一类企业、什么规模、效果如何？没有的话，最想先在哪种场合试？", e.name())}
}

// offer is mode and price together.
func (e *exam) offer() finding {
	mode, price := e.cooperation(), e.budget()
	if price.state == jiqiao.AspectVague { // 面议 is an answer where a price depends on the mode
		price.state = jiqiao.AspectPresent
	}
	both := finding{found: strings.Trim(mode.found+"；"+price.found, "；"), at: append(mode.at, price.at...)}
	switch {
	case mode.state == jiqiao.AspectPresent && price.state == jiqiao.AspectPresent:
		both.state = jiqiao.AspectPresent
	case mode.state == jiqiao.AspectMissing && price.state == jiqiao.AspectMissing:
		return missing()
	default:
		both.state = jiqiao.AspectVague
	}
	return both
}

func (e *exam) askOffer(f finding) []string {
	switch f.state {
	case jiqiao.AspectPresent:
		return nil
	case jiqiao.AspectVague:
		return []string{fmt.Sprintf("已写“%s”，请补上另一半：接受哪几种合作方式（转让、许可、入股、联合开发），价格区间多少或面议？", f.found)}
	}
	return []string{"接受哪几种合作方式（转让、许可、入股、联合开发、技术服务）？价格区间多少，或面议？"}
}
