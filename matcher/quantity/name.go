package quantity

import (
	"strings"
	"unicode/utf8"
)

// noun is the phrase that names a quantity; from and to are runes of the text, equal when there is none.
type noun struct {
	text, qualifier string
	from, to        int
}

// maxName is in characters: what is longer is a clause, of which the end is kept.
const maxName = 18

// name finds the noun phrase before the prefix. A verb of change at its start moves into the prefix.
func (s *scanner) name(p *prefix) noun {
	var n noun
	to := s.spacesBefore(p.start)
	if p.verb != "" {
		to = min(p.start+utf8.RuneCountInString(p.verb), len(s.r))
		for to > p.start && !strings.HasSuffix(p.verb, string(s.r[to-1])) {
			to--
		}
	}
	if s.at(to-1) == ':' {
		to = s.spacesBefore(to - 1)
	}
	if s.at(to-1) == ')' {
		if open := s.openBefore(to - 1); open > 0 {
			n.qualifier = strings.TrimSpace(s.text(open+1, to-1))
			to = s.spacesBefore(open)
			s.qualify(open)
		}
	} else if s.at(to-1) == '(' {
		to = s.spacesBefore(to - 1)
	}
	from := to
	limit := s.before(to)
	for from > limit && to-from < 40 && !clauseEnd(s.r[from-1]) && !oneOf(s.r[from-1], "():[]<>①②③④⑤⑥⑦⑧⑨⑩~") && !s.stop(from-1) {
		from--
	}
	from, to = s.trim(from, to, p)
	if from >= to {
		return noun{qualifier: n.qualifier}
	}
	n.text, n.from, n.to = strings.TrimSpace(s.text(from, to)), from, to
	return n
}

// stop reports a full stop of ASCII, which journals put after a Chinese sentence.
func (s *scanner) stop(i int) bool { return s.r[i] == '.' && !isDigit(s.at(i+1)) && isHan(s.at(i-1)) }

func (s *scanner) openBefore(closing int) int {
	for i := closing - 1; i > 0 && closing-i < 40; i-- {
		if s.r[i] == '(' {
			return i
		}
		if s.r[i] == ')' || s.r[i] == '\n' {
			break
		}
	}
	return -1
}

// trim cuts what is no part of a name from both ends.
func (s *scanner) trim(from, to int, p *prefix) (int, int) {
	for to > from {
		n := trailing.before(s.folded, to)
		if n == 0 || to-n < from || n == 1 && to-n == from {
			break
		}
		to = max(s.spacesBefore(to-n), from)
	}
	if p.kind != Absolute {
		to = s.cutComparison(from, to)
	}
	from = s.cutBefore(from, to)
	for again := true; again && from < to; {
		again = false
		from = min(s.spaces(from), to)
		if n := s.changeVerb(from, to, p); n > 0 {
			from, again = from+n, true
			continue
		}
		n := leading.at(s.folded, from)
		if n > 0 && from+n <= to && (n > 1 || !oneOf(s.at(from+1), goesOn[s.r[from]])) {
			from, again = from+n, true
		}
	}
	if to-from > maxName {
		from = s.spaces(to - maxName)
	}
	if to-from == 1 && isHan(s.r[from]) {
		return to, to // a rest of a phrase
	}
	for i := from; i < to; i++ {
		if isHan(s.r[i]) || isLetter(s.r[i]) || oneOf(s.r[i], "μΔαβγδεηθλσωΩ") {
			return from, to
		}
	}
	return to, to
}

// cutComparison takes 较传统工艺 off 能耗较传统工艺.
func (s *scanner) cutComparison(from, to int) int {
	for i := from; i < to; i++ {
		if comparing.at(s.folded, i) > 0 {
			return s.spacesBefore(i)
		}
	}
	if s.at(from) == '比' {
		return from
	}
	return to
}

// cutBefore goes to the last noun phrase: after 的, after a verb that governs the indicator.
func (s *scanner) cutBefore(from, to int) int {
	for i := to - 2; i >= from; i-- {
		if s.r[i] == '的' {
			return i + 1
		}
		if n := governing.at(s.folded, i); n > 0 && i+n < to {
			return i + n
		}
	}
	return from
}

// changeVerb reads a verb of change that opens the phrase (提高生产效率20%) into the prefix and answers its length.
func (s *scanner) changeVerb(from, to int, p *prefix) int {
	n := changing.at(s.folded, from)
	if n == 0 || from+n >= to || oneOf(s.at(from+n), verbGoesOn[s.r[from]]) {
		return 0
	}
	change := actNone
	for _, v := range changeVerbs {
		if v.text == s.text(from, from+n) {
			change = v.act
		}
	}
	switch {
	case p.sign || p.kind != Absolute || change == actNone:
	case p.to || p.at:
		if p.relation == Equal || p.relation == Reach {
			p.relation, p.stated = Reach, true
			if change == actDown {
				p.relation = Fall
			}
		}
	case change == actUp:
		p.kind = Increase
	default:
		p.kind = Decrease
	}
	return n
}

// nameAfter finds a name behind the quantity: 95%以上的准确率.
func (s *scanner) nameAfter(end int, n *noun) {
	at := s.spaces(end)
	if s.at(at) != '的' {
		return
	}
	from := at + 1
	to := from
	for to-from < 12 && isHan(s.at(to)) && !oneOf(s.at(to), "的和与及或并且为是在将使时下条") {
		to++
	}
	if to-from >= 2 && to-from <= 10 {
		n.text, n.from, n.to = s.text(from, to), from, to
	}
}

// namesEach gives one name to each of count items where the text says 分别: 强度和伸长率分别为 400MPa 和 20%. nil where it does
// not come out even.
func (s *scanner) namesEach(p *prefix, last noun, count int) []noun {
	if !p.each || count < 2 || last.from == last.to {
		return nil
	}
	from := last.from
	for from > s.before(last.from) && last.to-from < 60 && (s.r[from-1] == '、' || !clauseEnd(s.r[from-1])) && !oneOf(s.r[from-1], "():") {
		from--
	}
	var names []noun
	for start, i := from, from; i <= last.to; i++ {
		if i < last.to && !oneOf(s.r[i], "、和与及") {
			continue
		}
		a, b := s.trim(start, i, &prefix{})
		if a < b {
			names = append(names, noun{text: strings.TrimSpace(s.text(a, b)), from: a, to: b})
		}
		start = i + 1
	}
	if len(names) != count {
		return nil
	}
	return names
}

var leading = newLexicon(strings.Fields("而且 并且 并 且 其中 其 以及 及 和 与 或 同时 使得 使 将 把 让 要求 能够 能 可以 可 需要 需 应 须 必须 预期 预计 目标 指标 该 此 " +
	"本项目 本产品 本成果 项目 产品 最终 整体 总体 对 在 于 以 经 后 则 即 如 例如 平均每 有 具 也 还 均 约 到 至 · - / 、 . 公司 目前 现在 现 已 人均 大约 希望 提供 形成 建设 能把")...)

// trailing is cut from the end of a name; of one character only where something is left before it.
var trailing = newLexicon(strings.Fields("要求 需要 应当 必须 能够 可以 目标 一般 通常 平均 分别 大幅度 大幅 显著 有效 进一步 目前 不得 不应 最高 最低 最大 最小 总计 合计 稳定 保持 维持 控制 整体 " +
	"为 是 的 可 要 应 需 须 均 都 已 会 也 仅 只 则 将 并 且 就 在 于 到 至 了 由 从 有 约 达 共 各 又 再 , : - = 值为 大约 φ 保存 中 保存在 稳定")...)

// goesOn has what makes a word of a character that could be cut from the start of a name: 使用寿命, 能耗.
var goesOn = map[rune]string{
	'使': "用", '能': "耗量源效级带", '经': "济纬编", '对': "比称流位准", '在': "线", '以': "太", '后': "处端续", '即': "时", '有': "效机害功关", '可': "靠见溶回焊再", '需': "求氧水电",
	'应': "力变用急答", '把': "握手", '均': "匀方", '并': "网联行发", '及': "时", '还': "原", '如': "", '和': "易", '与': "", '则': "", '现': "场", '具': "", '约': "束", '到': "", '将': "",
}

var comparing = newLexicon("较", "与", "相比", "相较", "比现", "比传", "比原", "比国", "比同", "比目", "比普", "比常", "比进", "同比", "环比", "相对于")

var governing = newLexicon(
	"实现", "达到", "满足", "具有", "具备", "要求", "确保", "保证", "使得", "能够", "可以", "其中", "以及", "并且", "同时", "采用", "经过", "通过", "得到", "获得", "为了", "需要", "开发", "研发", "研制",
	"条件下", "情况下", "环境下", "温度下", "作用下", "使其", "完成", "建成", "形成", "制备", "生产出", "测得",
)

// verbGoesOn has what makes a noun of a verb of change: 压缩强度, 提升机, 增强纤维.
var verbGoesOn = map[rune]string{'压': "强性空机破永模比率成弹变载荷", '提': "机架装设", '增': "体材纤相剂型", '缩': "比", '降': "剂", '减': "器", '延': "管线"}

type verb struct {
	text string
	act  act
}

// changing finds changeVerbs at a place.
var changing = newLexicon(verbTexts()...)

func verbTexts() []string {
	texts := make([]string, len(changeVerbs))
	for i, v := range changeVerbs {
		texts[i] = v.text
	}
	return texts
}

var changeVerbs = []verb{
	{"提高", actUp}, {"提升", actUp}, {"增加", actUp}, {"增强", actUp}, {"延长", actUp}, {"扩大", actUp}, {"增大", actUp}, {"改善", actUp},
	{"降低", actDown}, {"减少", actDown}, {"减小", actDown}, {"缩短", actDown}, {"节约", actDown}, {"节省", actDown}, {"压缩", actDown}, {"减低", actDown}, {"缩小", actDown},
	{"控制", actNone}, {"大幅", actNone}, {"有效", actNone}, {"显著", actNone}, {"进一步", actNone},
}
