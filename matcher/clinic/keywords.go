package clinic

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"jiqiao"
	"jiqiao/index/zh"
)

// What a keyword may be, in characters, and how many are suggested.
const (
	minKeyword, maxKeyword = 2, 10
	maxKeywords            = 5
)

// What an occurrence counts by where it stands, and how much a compound is preferred to one of its words: 烧结银膏 tells
// more than 烧结.
const (
	titleCount, keywordCount, openingCount = 3.0, 2.0, 1.5
	compoundGain                           = 1.25
	minRarity                              = 0.35
)

type candidate struct {
	word   string
	count  float64
	times  int
	first  int // order of appearance
	joined bool
}

// keywords are the telling words and compounds of the draft, by rarity and place, none inside another.
func (e *exam) keywords() []jiqiao.Keyword {
	all := e.candidates()
	weight := func(c candidate) float64 {
		rarity := e.rarity(c.word)
		w := rarity * rarity * math.Log1p(c.count)
		if c.joined {
			w *= compoundGain
		}
		return w
	}
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(weight(b), weight(a)), cmp.Compare(a.first, b.first))
	})
	out := []jiqiao.Keyword{}
	for _, c := range all {
		if len(out) == maxKeywords || weight(c) == 0 {
			break
		}
		if !slices.ContainsFunc(out, func(k jiqiao.Keyword) bool { return overlaps(k.Word, c.word) }) {
			out = append(out, jiqiao.Keyword{Word: c.word, Weight: math.Round(weight(c)/weight(all[0])*1000) / 1000})
		}
	}
	return out
}

// bestWord is the most telling word of a draft without a title.
func (e *exam) bestWord() string {
	if k := e.keywords(); len(k) > 0 {
		return k[0].Word
	}
	return ""
}

// overlaps says whether two keywords share two characters in a row: 氮化硼单晶 beside 单晶生长 says little more.
func overlaps(a, b string) bool {
	var last rune
	for i, r := range a {
		if i > 0 && strings.Contains(b, string([]rune{last, r})) {
			return true
		}
		last = r
	}
	return strings.Contains(b, a)
}

// rarity of a compound is that of its rarest part, as far as the parts are known.
func (e *exam) rarity(word string) float64 {
	best := 0.0
	for _, t := range e.zh.Tokens(nil, word) {
		if t.Kind != zh.Bigram && !t.Part && !genericWords[t.Term] {
			best = max(best, e.coder.Rarity(t.Term))
		}
	}
	if best < minRarity {
		return 0
	}
	return best
}

func (e *exam) candidates() []candidate {
	var order []string
	found := map[string]*candidate{}
	add := func(word string, count float64, joined bool) {
		n := utf8.RuneCountInString(word)
		if n < minKeyword || n > maxKeyword {
			return
		}
		if found[word] == nil {
			found[word] = &candidate{word: word, first: len(order), joined: joined}
			order = append(order, word)
		}
		found[word].count += count
		found[word].times++
	}
	for _, s := range e.draft.sentences {
		if s.role == roleCompany || s.role == roleBenefit || s.role == roleBudget || s.role == roleCooperation {
			continue
		}
		count := 1.0
		switch {
		case s.role == roleTitle:
			count = titleCount
		case s.role == roleKeywords:
			count = keywordCount
		case s.start == 0:
			count = openingCount
		case s.role == roleFoundation:
			count = 0.5
		}
		e.eachName(e.draft.tail(s), func(word string, joined bool) { add(word, count, joined) })
	}
	out := make([]candidate, 0, len(order))
	for _, w := range order {
		if c := found[w]; !c.joined || c.times > 1 { // a compound said once may be an accident of word order
			out = append(out, *c)
		}
	}
	return out
}

// eachName calls fn for the words of a text that name things, and for two neighbouring ones together.
func (e *exam) eachName(text string, fn func(word string, joined bool)) {
	var last zh.Token
	for _, t := range e.zh.Tokens(nil, text) {
		if t.Kind == zh.Bigram || t.Part {
			continue
		}
		if !names(t) {
			last = zh.Token{}
			continue
		}
		fn(text[t.Start:t.End], false)
		if last.End == t.Start && last.End > 0 && !verbs[last.Term] && !verbs[t.Term] {
			fn(text[last.Start:t.End], true)
		}
		last = t
	}
}

// verbs join no compound.
var verbs = setOf(`提高 提升 降低 减少 增加 解决 实现 采用 使用 进行 开发 研发 研制 研究 需要 希望 达到 满足 要求 存在 导致 造成 形成 保证 具有 可以 能够 通过 利用 应用 改善 改进 优化 控制 目前 现有 主要 公司 企业 我们 出现 产生 容易 包括 以及 针对 根据 由于 因此 同时 以上 以下 左右 低于 高于 大于 小于 少于 多于 超过 不足 不到 不低于 不高于 不超过 不大于 不小于 不少于 万次 国产 其中 每年 产品 问题 技术 产出 变慢 技术难题 原材料 材质 现象 情况 过程 方面 阶段 要求 指标 目标 内容 基地 科研 一次性 以内 之间 方式 原因 结果 影响 作用 条件 基于 本企业 我公司 合作方 达标 运行 使得 难以 无法 领先水平 先进水平 国内领先 国际先进 国际领先 国内先进 自主知识产权 知识产权 应用前景 市场前景 国内外 行业 优异 自主 广泛 拥有 处于 水平 优势 效果 特点 本装置 本项目 本技术`)

func names(t zh.Token) bool {
	switch t.Kind {
	case zh.Word:
		last, _ := utf8.DecodeLastRuneInString(t.Term)
		return !genericWords[t.Term] && !verbs[t.Term] && utf8.RuneCountInString(t.Term) > 1 && !strings.ContainsRune("高低大小多少慢快好差再内外", last)
	case zh.Latin, zh.Model, zh.Formula, zh.Compound:
		return utf8.RuneCountInString(t.Term) > 1
	}
	return false
}
