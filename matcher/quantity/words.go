package quantity

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

type act int

const (
	actNone act = iota // 为, 仅: stands there and says nothing
	actEqual
	actRelation
	actBetter
	actAbout
	actUp
	actDown
	actTo
	actFormer
)

type word struct {
	text      string
	runes     []rune
	act       act
	relation  Relation
	sign      bool
	needsThan bool // counts only in a clause that compares: 比传统工艺高20%
	named     bool // the word is itself the indicator: 节能20%
	ends      bool
}

type suffixWord struct {
	text     []rune
	relation Relation
}

// prefixWords are by their last character, longest first.
var prefixWords = wordTable()

func wordTable() map[rune][]word {
	table := map[rune][]word{}
	add := func(proto word, list string) {
		for _, text := range strings.Fields(list) {
			proto.text, proto.runes = text, []rune(text)
			last, _ := utf8.DecodeLastRuneInString(text)
			table[last] = append(table[last], proto)
		}
	}
	sign := func(r Relation, list string) { add(word{act: actRelation, relation: r, sign: true}, list) }
	say := func(r Relation, list string) { add(word{act: actRelation, relation: r}, list) }
	sign(AtLeast, "≥ >= => ≮")
	sign(AtMost, "≤ <= =< ≯")
	sign(More, ">")
	sign(Less, "<")
	say(AtLeast, "不低于 不小于 不少于 不短于 不亚于 不得低于 不得小于 不得少于 不应低于 不应小于 不应少于 不能低于 不能小于 不可低于 大于等于 大于或等于 大于或者等于 "+
		"高于等于 高于或等于 至少 至少为 至少要 下限为 多于等于 不薄于 不下于")
	say(AtMost, "不高于 不大于 不超过 不多于 不长于 不超出 不得超过 不得大于 不得高于 不应超过 不应大于 不应高于 不能超过 不能大于 不能高于 小于等于 小于或等于 "+
		"小于或者等于 低于等于 低于或等于 至多 最多 控制在 控制到 控制至 限制在 上限为 不厚于 不迟于 不晚于")
	say(More, "大于 高于 超过 超出 多于 长于 突破 优于或大于 超")
	say(Less, "小于 低于 少于 短于 不足 不到 薄于 快于")
	add(word{act: actBetter}, "优于 不劣于 好于 不差于 优于等于")
	add(word{act: actAbout}, "约 大约 约为 大概 近 接近 将近 ~ ≈ 大致")
	say(Reach, "达到 达到了 达 可达 可达到 能达到 高达 多达 长达 达至 提高到 提高至 提升到 提升至 提高为 提升为 增加到 增至 增加至 升至 上升到 上升至 延长到 延长至 扩大到 扩大至 提至 升到")
	say(Fall, "降到 降至 降为 降低到 降低至 降低为 减少到 减少至 减至 减小到 减小至 下降到 下降至 缩短到 缩短至 缩短为 缩小到 缩小至 低至 压缩到 压缩至 减为 降低在")
	up := word{act: actUp}
	add(up, "提高 提高了 提升 提升了 增加 增加了 增长 增长了 增大 上升 增强 增强了 延长 延长了 高出 扩大 扩大了 加快 改善 提高量 拉高")
	down := word{act: actDown}
	add(down, "降低 降低了 下降 下降了 减少 减少了 减小 减小了 缩短 缩短了 缩小 减轻 减轻了 节约 节约了 节省 节省了 压缩 压降 削减 下调 减薄 减低")
	up.named, down.named = true, true
	add(up, "增产 增效 增收 提速 增重 增幅 增幅达 提效")
	add(down, "节能 节电 节水 节材 节油 节气 节药 节肥 减重 减排 降耗 降本 减量 降幅 降幅达 省电 减药 减肥 增幅减")
	than := word{needsThan: true}
	than.act = actUp
	add(than, "高 快 长 多 大 强 增")
	than.act = actDown
	add(than, "低 短 少 小 轻 减 省 降")
	add(word{act: actTo}, "到 至")
	add(word{act: actFormer, ends: true}, "由 从 由原来的 从原来的 由目前的 从目前的 由现在的 从现在的 目前为 现为 原来的 目前 现状 原 现有 由原来 从原来 由传统的")
	add(word{act: actEqual}, "= 为 是 等于 : 在 仅 仅为 只有 有 可 的 需 应 要 均 稳定在 保持在 维持在 一般为 平均为 平均 最高 最低 最大 最小 须 设为 设定为 取 分别为 分别是 均为 分别 共 总 也 都 已 已经 φ 了")
	for _, words := range table {
		slices.SortStableFunc(words, func(a, b word) int {
			return cmp.Compare(utf8.RuneCountInString(b.text), utf8.RuneCountInString(a.text))
		})
	}
	return table
}

// suffixWords are by their first character, the longer before the shorter.
var suffixWords = suffixTable(map[Relation]string{
	AtLeast: "及其以上 (含)以上 (及)以上 及以上 或以上 以上 之上 起",
	AtMost:  "(含)以下 及以下 或以下 以下 以内 之内 之下 内",
	About:   "左右 上下",
})

func suffixTable(lists map[Relation]string) map[rune][]suffixWord {
	table := map[rune][]suffixWord{}
	for relation, list := range lists {
		for _, text := range strings.Fields(list) {
			r := []rune(text)
			table[r[0]] = append(table[r[0]], suffixWord{r, relation})
		}
	}
	for _, words := range table {
		slices.SortFunc(words, func(a, b suffixWord) int {
			return cmp.Or(cmp.Compare(len(b.text), len(a.text)), slices.Compare(a.text, b.text))
		})
	}
	return table
}
