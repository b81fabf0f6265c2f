package llm

import "strings"

// claims decides what may be said: words of the evidence, and words that every such text is made of.
type claims struct {
	evidence []rune
	codes    map[string]bool
}

func newClaims(evidence string) *claims {
	folded := fold(evidence)
	return &claims{evidence: folded, codes: codesOf(folded)}
}

// maxWord is the longest piece that is looked up; longer ones are covered by several.
const maxWord = 12

// cover says whether a text falls into pieces that may all be said. Numbers and Latin words must stand in the evidence
// as they are, a unit with its number. A piece of Han characters must stand there with two characters at least: single
// ones would let any word be spelled.
func (c *claims) cover(text string) bool {
	run := fold(text)
	for code := range codesOf(run) {
		if !c.codes[code] {
			return false
		}
	}
	reached := make([]bool, len(run)+1)
	reached[0] = true
	for i, r := range run {
		if !reached[i] {
			continue
		}
		if !isHan(r) || strings.ContainsRune(particles, r) {
			reached[i+1] = true
		}
		if inCode(r) && i > 0 && inCode(run[i-1]) {
			continue // the rest of a number stands for nothing
		}
		for n := 2; n <= maxWord && i+n <= len(run); n++ {
			if piece := run[i : i+n]; usualWords[string(piece)] || c.says(piece) {
				reached[i+n] = true
			}
		}
	}
	return reached[len(run)]
}

// says finds a piece in the evidence, numbers whole.
func (c *claims) says(piece []rune) bool {
	for from := 0; ; {
		at := indexRunes(c.evidence[from:], piece)
		if at < 0 {
			return false
		}
		at += from
		end := at + len(piece)
		cutBefore := at > 0 && inCode(piece[0]) && inCode(c.evidence[at-1])
		cutAfter := end < len(c.evidence) && inCode(piece[len(piece)-1]) && inCode(c.evidence[end])
		if !cutBefore && !cutAfter {
			return true
		}
		from = at + 1
	}
}

// particles may stand by themselves.
const particles = "的了和与或及在对于为是其该此这将由从以用把被而但且也均都仍尚未需应可能有无不中上下内外间时后前较更最等并向至到给让使就所之两二一"

// usualWords say nothing about any technology.
var usualWords = func() map[string]bool {
	words := map[string]bool{}
	for _, w := range strings.Fields(`
		成果 需求 企业 技术 方案 方法 工艺 产品 项目 团队 双方 一方 本项 该项 这项 此项 两者 二者 之间 方面 方向 领域 问题 难题 要求 目标 指标 条件
		依据 证据 说明 提到 提及 写明 给出 列出 包括 包含 涉及 针对 面向 用于 适用 适合 可用 可用于 可能 可以 能够 有望 或可 需要 希望 寻求
		解决 应对 提供 提出 采用 采取 利用 通过 基于 围绕 对应 相应 相关 有关 相近 相似 相同 一致 吻合 契合 接近 匹配 对接 互补 支持 支撑 帮助
		满足 达到 达标 优于 符合 高于 超过 低于 不足 未达 未说明 没有 尚未 仍需 还需 仍要 还要 留意 注意 关注 确认 核实 核对 验证 了解 沟通 洽谈 进一步 建议
		但是 不过 然而 同时 此外 另外 其中 因此 所以 由于 因为 如果 以及 并且 而且 虽然 尽管 只是 对于 关于 根据 按照 其他 其它 主要 重点 核心 关键 较为 比较 更为 最要
		全部 部分 完全 所有 各项 多项 一项 两项 几项 是否 能否 如何 以上 以下 之一 之处 情况 内容 文字 资料 数据 名称 概念 含义 意思 表述 说法`) {
		words[w] = true
	}
	return words
}()
