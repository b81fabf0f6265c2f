package clinic

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"jiqiao/index/zh"
	"jiqiao/matcher/quantity"
)

// phrase is a wish (提高涂层耐磨性) or a fault (提取收率不高) that a text names.
type phrase struct {
	place
	verb, what string // of a wish: 提高, 涂层耐磨性
	text       string
	// measured says that a figure of the same statement says how much.
	measured bool
}

var (
	goalPattern = regexp.MustCompile(`(提高|提升|增加|增强|改善|改进|加快|延长|扩大|降低|减少|减小|减轻|缩短|削减|抑制|节约|节省|消除|避免|防止|保证|加强|克服)([^，,。；;：:！!？?\n（）()、]+)`)
	// measurable ends what can be measured.
	measurable = `(?:成本|能耗|电耗|水耗|消耗|损耗|磨损|效率|收率|产率|得率|良率|合格率|成品率|利用率|回收率|准确率|识别率|去除率|转化率|精度|纯度|强度|硬度|密度|厚度|温度|湿度|浓度|速度|粗糙度|灵敏度|稳定性|可靠性|一致性|均匀性|耐[\p{Han}]{1,3}性|[\p{Han}]{1,3}性能|[\p{Han}]性|寿命|周期|时间|质量|品质|产量|产能|含量|用量|排放量|排放|噪声|噪音|振动|变形|裂纹|污染|腐蚀|误差|偏差|压力|附着力|结合力|承载力|[\p{Han}]力|[\p{Han}]率|[\p{Han}]度|[\p{Han}]量|[\p{Han}]值|价格|费用|效果|性能|功率|重量|体积|面积)`
	complaint  = regexp.MustCompile(`([^，,。；;：:！!？?\n（）()、]{0,24}?` + measurable + `)(?:仍然|仍|也|还|都|又|普遍|相对|比较|非常|十分|明显)?(较|太|过|偏|很|更|极)?(不稳定|不足|不高|不够|不稳|不均匀|不均|不好|不佳|不理想|不达标|落后|难以控制|难以保证|无法保证|无法控制|严重|下降|波动大|超标|高|低|差|大|慢|长|短|弱|重)`)
	// dear is what is better less.
	dear = regexp.MustCompile(`(?:成本|能耗|电耗|水耗|消耗|损耗|磨损|粗糙度|周期|时间|含量|用量|排放量|排放|噪声|噪音|振动|变形|裂纹|污染|腐蚀|误差|偏差|浓度|价格|费用|重量|体积|面积)$`)
	// wished comes before what is wanted, not what is wrong: 获得纯净度高的产品.
	wished = regexp.MustCompile(`获得|得到|具有|具备|实现|制作出|制备出|生产出|开发出|研制出|要求|希望|达到|保证|做到`)
	// trouble tells a sentence about a difficulty.
	trouble = regexp.MustCompile(`难题|难点|瓶颈|问题|困难|难以|难于|无法|不能|不足|缺陷|缺点|痛点|制约|严重影响|影响.{0,8}(?:质量|生产|进度|使用|效率|寿命|安全|性能|交付)|导致|造成|引起|容易|易[\p{Han}]{1,3}|失效|依赖进口|卡脖子|受制于|偏高|偏低|过高|过低|较高|较低|较差|不高|不稳|不均|不良|浪费|隐患|缺乏|尚无|没有有效|人工成本|劳动强度|(?:出现|发生|产生|总是|经常|严重).{0,12}` + damage + `|` + damage + `.{0,6}(?:严重|现象|频繁|较多|较大)`)
	// damage is trouble where it happens, and a subject of research where it is studied.
	damage      = `(?:开裂|裂纹|断裂|脱落|堵塞|泄漏|渗漏|磨损|腐蚀|老化|变形|污染|故障|分层|粘连|结垢)`
	connectives = []string{
		"由于", "因为", "因", "导致", "造成", "使得", "致使", "但是", "然而", "而且", "并且", "同时", "目前", "现有", "存在", "容易", "如何", "以及", "因此", "所以", "这样", "其中", "主要是", "主要", "特别是", "尤其是", "且", "但", "而", "其", "也", "会", "在", "对", "使", "将", "与", "和", "及", "的", "可",
	}
	goalTails = regexp.MustCompile(`(?:并且|并|从而|以便|以期|以达到|以实现|以满足|使得|使其|的同时|同时|进而|的目的|的要求|的问题|的难题|的需要|等问题|等难题|是|为|达到|到|至|以上|\d).*$`)
)

// readPhrases finds wishes and faults. A company's description of itself is left out.
func (e *exam) readPhrases() {
	for i, s := range e.draft.sentences {
		switch s.role {
		case roleKeywords, roleCompany, roleBenefit, roleProperty, roleFoundation, roleBudget:
			continue
		}
		text := e.draft.text(s)
		for _, p := range e.goalsIn(text) {
			p.place = place{i, s.start + p.start, s.start + p.end}
			e.goals = append(e.goals, p)
		}
		for _, m := range complaint.FindAllStringSubmatchIndex(text, -1) {
			if p, ok := e.fault(text, m); ok && isFault(text, m) {
				p.place = place{i, s.start + p.start, s.start + p.end}
				e.complaints = append(e.complaints, p)
			}
		}
	}
}

// goalsIn finds the wishes of a sentence. One may begin in what the pattern took for the rest of another: 提高强度并降低成本.
func (e *exam) goalsIn(text string) []phrase {
	var out []phrase
	for at := 0; ; {
		m := goalPattern.FindStringSubmatchIndex(text[at:])
		if m == nil {
			return out
		}
		for i := range m {
			m[i] += at
		}
		at = m[3]
		if p, ok := e.goal(text, m); ok {
			out, at = append(out, p), p.end
		}
	}
}

// What a wish or fault may be long, in characters without the verb.
const minWhat, maxWhat = 2, 16

func (e *exam) goal(text string, m []int) (phrase, bool) {
	verb, rest := text[m[2]:m[3]], text[m[4]:m[5]]
	if i := strings.LastIndexAny(text[:m[2]], clauseMarks); strings.Contains(text[max(i, 0):m[2]], "已") {
		return phrase{}, false // 已提高: what was done
	}
	if taken.MatchString(text[m[2]:]) || fibre.MatchString(text[:m[2]]) || empty.MatchString(rest) {
		return phrase{}, false
	}
	measured := len(quantity.Parse(text[m[2]:m[5]])) > 0 || quantified(text[m[5]:])
	what := goalTails.ReplaceAllString(rest, "")
	what = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(what, "了"), "其"))
	if next := goalPattern.FindStringIndex(what); next != nil && next[0] > 0 {
		what = trimLinks(what[:next[0]])
	}
	n := utf8.RuneCountInString(what)
	if n < minWhat || n > maxWhat || !e.telling(what) && !measurablePattern.MatchString(what) {
		return phrase{}, false
	}
	end := m[4] + strings.Index(rest, what) + len(what)
	return phrase{place: place{0, m[2], end}, verb: verb, what: what, text: text[m[2]:end], measured: measured}, true
}

var (
	// taken begins a thing and not a wish; fibre ends one: 纤维增强复合材料.
	taken = regexp.MustCompile(`^(?:增强(?:复合|材料|塑料|基|体|型|尼龙|现实)|加强筋|保证书|延长线|减速|改进型)`)
	fibre = regexp.MustCompile(`(?:纤维|颗粒|晶须|织物|玻纤|碳纤|自)$`)
	// empty are wishes that no technology answers.
	empty = regexp.MustCompile(`经济效益|综合效益|社会效益|企业效益|收益|竞争力|市场|知名度|影响力|收入|就业|水平$`)
)

var measurablePattern = regexp.MustCompile(measurable)

// maxReach is how far behind a wish its figure may stand, in bytes.
const maxReach = 48

// quantified says whether the statement goes on with a figure before the next one begins: …的收率，达到95%以上.
func quantified(after string) bool {
	if i := strings.IndexAny(after, "。；;\n"); i >= 0 {
		after = after[:i]
	}
	if next := goalPattern.FindStringIndex(after); next != nil {
		after = after[:next[0]]
	}
	found := quantity.Parse(after)
	return len(found) > 0 && found[0].Span.Start < maxReach
}

// isFault tells 成本高 from 强度高, and 收率低 from 低温 and from a wish.
func isFault(text string, m []int) bool {
	what, very, how := text[m[2]:m[3]], m[4] >= 0, text[m[6]:m[7]]
	if wished.MatchString(clauseAt(text, m[2], m[7])) || wished.MatchString(what) {
		return false
	}
	next, _ := utf8.DecodeRuneInString(text[m[7]:])
	if how == "不高" && (next == '于' || next == '过') {
		return false // 温度不高于250℃ is a bound
	}
	if strings.ContainsRune("温压效频速分端性品质的", next) && utf8.RuneCountInString(how) == 1 && next != '的' {
		return false
	}
	switch how {
	case "高", "大", "长", "重":
		return dear.MatchString(what) || very && text[m[4]:m[5]] != "更" && !strings.HasSuffix(what, "效率") || how == "大" && strings.HasSuffix(what, "量")
	case "低", "短", "弱", "差", "慢":
		return !dear.MatchString(what)
	}
	return true
}

func (e *exam) fault(text string, m []int) (phrase, bool) {
	start, end := m[2], m[7]
	for again := true; again; {
		again = false
		for _, c := range connectives {
			if strings.HasPrefix(text[start:end], c) && utf8.RuneCountInString(text[start+len(c):end]) >= 3 {
				start += len(c)
				again = true
			}
		}
	}
	for _, c := range []string{"导致", "造成", "使得", "存在", "引起"} {
		if i := strings.LastIndex(text[start:m[3]], c); i >= 0 {
			start += i + len(c)
		}
	}
	if short := e.shorten(text[start:end], maxWhat); len(short) < end-start {
		start = end - len(short)
	}
	if cut, ok := strings.CutPrefix(text[start:end], "的"); ok {
		start = end - len(cut) // 烧结层与镀银层的结合力下降, cut short
	}
	if strings.TrimSpace(text[start:end]) == "" || !e.startsWord(text, start) {
		return phrase{}, false
	}
	measured := strings.ContainsAny(clauseAt(text, start, end), "0123456789") || quantified(text[end:])
	return phrase{place: place{0, start, end}, what: text[start:m[3]], text: text[start:end], measured: measured}, true
}

// startsWord says whether a word, and not the middle of one, begins at the byte.
func (e *exam) startsWord(text string, at int) bool {
	for _, t := range e.zh.Tokens(nil, text) {
		if t.Kind != zh.Bigram && !t.Part && t.Start < at && at < t.End {
			return false
		}
	}
	return true
}

// measureIn is a figure or a measurable property in a title.
func measureIn(title string) string {
	if found := quantity.Parse(title); len(found) > 0 {
		return title[found[0].Span.Start:found[0].Span.End]
	}
	return measurablePattern.FindString(title)
}

// open are the wishes and faults without a figure, each property once, wishes first.
func (e *exam) open() []phrase {
	var out []phrase
	seen := map[string]bool{}
	for _, list := range [][]phrase{e.goals, e.complaints} {
		for _, p := range list {
			key := measurablePattern.FindString(p.what)
			if key == "" {
				key = p.what
			}
			if !p.measured && !seen[key] && measurablePattern.MatchString(p.what) {
				seen[key] = true
				out = append(out, p)
			}
		}
	}
	return out
}
