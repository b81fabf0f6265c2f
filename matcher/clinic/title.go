package clinic

import (
	"cmp"
	"regexp"
	"strings"
	"unicode/utf8"

	"jiqiao"
	"jiqiao/index/zh"
)

// title is what a title says: 动词 + 对象 + 指标.
type title struct {
	text string
	verb string
	// object is the product, material or process, empty when the title names none.
	object string
	// measure is a figure or a property (收率, 耐磨性) in the title.
	measure string
	// generic says that every word of the object would fit any other title: 自动化生产线改造.
	generic bool
}

var leadingVerbs = []string{
	"研究开发", "研究与开发", "研发", "研制", "开发", "设计", "解决", "寻求", "寻找", "攻克", "突破", "实现", "替代", "改进", "改善", "改造", "优化", "提高", "提升",
	"增强", "增加", "降低", "减少", "减小", "缩短", "延长", "抑制", "消除", "防止", "控制", "制备", "建立", "构建", "研究", "利用", "采用", "引进", "求购", "征集",
}

// trailingVerbs are what a title says at its end instead: 胶剂生产工艺研究.
var trailingVerbs = []string{"研究与应用", "研究及应用", "研究和应用", "研究与开发", "研究及产业化", "研究", "研发", "开发", "研制", "设计", "优化", "改造", "改进", "升级", "提升", "攻关", "国产化", "产业化", "移植"}

// heads are nouns that end a title without naming the thing.
var heads = []string{
	"及其应用", "与应用", "及应用", "示范工程", "关键技术", "核心技术", "共性技术", "技术需求", "技术难题", "技术问题", "解决方案", "系列产品", "新产品", "新技术", "新工艺",
	"难题", "问题", "需求", "技术", "方法", "方案", "项目", "课题", "示范", "应用", "合作",
}

var (
	titleNumber = regexp.MustCompile(`^[(（]?\d{1,2}[)）、.．]\s*`)
	// appliedIn is the other order of a title: 激光熔覆技术在液压油缸中的应用.
	appliedIn = regexp.MustCompile(`^(.{4,30})在.{2,24}(?:中|上|方面|领域)的?(?:应用|推广|使用).{0,8}$`)
	// actionWords say what is done where no verb opens or ends the title.
	actionWords = regexp.MustCompile(`治理|处理|回收|利用|分离|提纯|检测|监测|识别|焊接|加工|成型|制备|控制|防治|替代|合成|提取|清洗|修复|降低|提高|减少|解决|设计|开发|研发|研制|改造|优化`)
)

var titleOpeners = []string{"一种新型", "一种", "关于", "新型", "高性能", "先进"}

// genericWords name nothing that tells one record from another.
var genericWords = setOf(`产品 新产品 技术 新技术 设备 新设备 材料 新材料 工艺 新工艺 生产 生产线 产线 自动化 智能化 数字化 信息化 机械化 改造 升级 提升 质量 品质
性能 项目 系统 装置 平台 企业 公司 环保 节能 高端 智能 绿色 制造 加工 装备 研究 研发 开发 设计 应用 关键 核心 人才 合作 解决 解决方案 方案 问题 难题 难点 需求 提高 降低 效率 成本 转型
方法 创新 优化 实现 工程 领域 行业 产业 产业化 新型 高效 先进 相关 综合 利用 服务 管理 水平 能力 增产 增效 车间 现有 传统 国产化 进口 替代 技术改造 设备改造 智能化改造 技改 技术升级 产业升级 转型升级 新产品开发 产品升级 技术创新 科技 一种 系列 及其 以及 等 的 与 和 及 高 新 低 性`)

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

func (e *exam) readTitle(text string) title {
	t := title{text: strings.TrimSpace(text)}
	rest := strings.Trim(titleNumber.ReplaceAllString(t.text, ""), "“”\"《》。；;，, ")
	if m := appliedIn.FindStringSubmatch(rest); m != nil {
		rest, t.verb = m[1], "应用"
	}
	rest = cutPrefixes(rest, titleOpeners)
	for _, v := range leadingVerbs {
		if after, ok := strings.CutPrefix(rest, v); ok && after != "" {
			t.verb, rest = v, strings.TrimSpace(after)
			break
		}
	}
	rest = cutPrefixes(rest, titleOpeners)
	rest, last := cutTail(rest)
	if t.verb == "" {
		t.verb = cmp.Or(last, actionWords.FindString(t.text))
	}
	rest = firstPart(rest)
	t.measure = measureIn(t.text)
	t.object = strings.TrimSpace(rest)
	t.generic = !e.telling(t.object)
	if t.generic && !e.telling(t.text) {
		t.object = ""
	}
	return t
}

func cutPrefixes(s string, prefixes []string) string {
	for _, p := range prefixes {
		if after, ok := strings.CutPrefix(s, p); ok && after != "" {
			return after
		}
	}
	return s
}

// cutTail takes verbs and empty nouns off the end, as long as something is left to name the thing.
func cutTail(s string) (rest, verb string) {
	rest = s
	for {
		next, v := cutOneTail(rest)
		if next == rest || utf8.RuneCountInString(next) < 2 {
			return rest, verb
		}
		if v != "" {
			verb = v
		}
		rest = next
	}
}

func cutOneTail(s string) (rest, verb string) {
	for _, v := range trailingVerbs {
		if before, ok := strings.CutSuffix(s, v); ok && before != "" {
			return trimLinks(before), v
		}
	}
	for _, h := range heads {
		if before, ok := strings.CutSuffix(s, h); ok && before != "" {
			return trimLinks(before), ""
		}
	}
	return trimLinks(s), ""
}

func trimLinks(s string) string {
	s = strings.TrimRight(s, " 、，")
	for _, link := range []string{"的", "与", "和", "及", "等", "及其"} {
		if before, ok := strings.CutSuffix(s, link); ok && utf8.RuneCountInString(before) >= 2 {
			s = before
		}
	}
	return s
}

// firstPart is the title up to a second statement: 降低空洞率并替代进口银膏.
func firstPart(s string) string {
	for _, mark := range []string{"，", "；", "。", ",", "并替代", "并实现", "并提高", "并降低", "以提高", "以降低", "以实现"} {
		if i := strings.Index(s, mark); i > 0 && utf8.RuneCountInString(s[:i]) >= 4 {
			s = s[:i]
		}
	}
	return s
}

// telling says whether a phrase holds a word that would not fit any other title.
func (e *exam) telling(phrase string) bool {
	for _, t := range e.zh.Tokens(nil, phrase) {
		switch t.Kind {
		case zh.Bigram, zh.Unit, zh.Number, zh.Measure:
			continue
		}
		if !t.Part && !genericWords[t.Term] && (utf8.RuneCountInString(t.Term) > 1 || t.Kind == zh.Single) {
			return true
		}
	}
	return false
}

// maxName is how many characters of the object a question repeats.
const maxName = 20

// name is what questions call the thing, "这项技术" when the draft does not say.
func (e *exam) name() string {
	name := e.title.object
	if name == "" {
		if name = e.bestWord(); name == "" {
			return "这项技术"
		}
	}
	return e.shorten(bare(name), maxName)
}

// shorten keeps the end of a long phrase from the start of a word on: in Chinese the thing itself comes last.
func (e *exam) shorten(phrase string, most int) string {
	if utf8.RuneCountInString(phrase) <= most {
		return phrase
	}
	for _, t := range e.zh.Tokens(nil, phrase) {
		if t.Kind != zh.Bigram && !t.Part && utf8.RuneCountInString(phrase[t.Start:]) <= most {
			return phrase[t.Start:]
		}
	}
	r := []rune(phrase)
	return string(r[len(r)-most:])
}

// titleRemarks says how a title could say more.
func (e *exam) titleRemarks() []jiqiao.DraftRemark {
	t := e.title
	remark := func(message string) []jiqiao.DraftRemark {
		return []jiqiao.DraftRemark{{Kind: "title", Message: message, Quote: t.text, Field: "title"}}
	}
	length := utf8.RuneCountInString(t.text)
	switch {
	case t.text == "":
		return remark("还没有名称。第一行写一句名称，读者靠它决定要不要往下看。")
	case t.object == "":
		return remark("名称里看不出是什么产品、材料或工艺，换到哪家企业都可以用，请写出具体对象。")
	case length > 40:
		return remark("名称超过 40 个字，列表里显示不全，请只留“做什么、对什么、达到什么”。")
	case e.draft.need == nil:
		return nil
	case t.verb == "" && t.measure == "":
		return remark("名称只有对象，没有说要做什么。建议按“动词＋对象＋指标”写" + e.titleExample() + "。")
	case t.measure == "" && len(e.goals) > 0 && t.verb != "":
		return remark("名称没有说要改善哪一项。建议按“动词＋对象＋指标”写" + e.titleExample() + "。")
	}
	return nil
}

// titleExample writes the draft's own first goal as a title.
func (e *exam) titleExample() string {
	for _, g := range e.goals {
		if e.draft.sentences[g.sentence].role == roleTitle {
			continue
		}
		what := strings.TrimPrefix(g.what, "的")
		if utf8.RuneCountInString(what) > 8 || !measurablePattern.MatchString(what) || loose.MatchString(what) {
			continue
		}
		what = withoutRepeat(e.title.object, what)
		if strings.Contains(what, e.title.object) || utf8.RuneCountInString(e.title.object)+utf8.RuneCountInString(what) > 28 {
			return "，如“" + g.verb + what + "”"
		}
		return "，如“" + g.verb + e.title.object + "的" + what + "”"
	}
	return ""
}

// withoutRepeat takes the end of the object off the start of what is said of it: 涂层耐磨性 of a 激光熔覆涂层 is its 耐磨性.
func withoutRepeat(object, what string) string {
	for i := range what {
		if i > 0 && strings.HasSuffix(object, what[:i]) && utf8.RuneCountInString(what[i:]) >= minWhat {
			return what[i:]
		}
	}
	return what
}
