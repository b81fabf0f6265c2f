package main

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"jiqiao/index/zh/internal/seg"
)

// Thresholds of mining, set by reading its result.
const (
	minPair       = 25   // times a pair must occur
	minDocuments  = 8    // in as many documents
	minNPMI       = 0.42 // normalised pointwise mutual information (Bouma 2009) of two words
	minNPMISingle = 0.36 // when one side is a single character: a word the list lacks, 石墨|烯
	minEntropy    = 1.2  // nats of what stands left and right: a part of a longer word has a fixed neighbour
	rounds        = 2    // a pair of pairs is a word of up to four
	minKeyword    = 2    // documents that name a keyword
)

// barred are the tags of words that start or end no term: particles, pronouns, numbers, prepositions, adverbs, names.
var barred = []string{"u", "p", "c", "d", "r", "m", "q", "y", "f", "e", "o", "k", "h", "x", "nr", "t", "ns", "z"}

// barredChars start or end no mined word, whatever their tag.
const barredChars = "的了着和与及或在是为对等中将其该本此这那从由以于而且但也都则又被把向并就还不有上下地得之所个很更最已仅各每当若如因用使可能会要应需与同于至到后前内外间时年月日号第图表式节章文者们们种类型组例名次倍度率量性化较进示其某另均即再又"

// barredWords are the verbs and adjectives of reports; a term holds none of them. 研究表明 is frequent and no term.
const barredWords = " 显著 明显 具有 提供 能够 表明 发现 高于 低于 主要 是否 存在 实现 重要 本发明 涉及 原因 目的 探讨 表现 反映 筛选 " +
	"鉴别 陷入 综合考虑 未见 研究 实验结果 试验结果 结果 不同 相关 有效 实际 以下 所述 根据 基于 利用 采用 通过 进行 分别 可能 增加 减少 降低 提高 " +
	"影响 包括 属于 认为 指出 作为 成为 达到 方面 情况 过程中 其他 其它 部分 一定 之间 依据 科学依据 理论依据 上升 下降 差异 比较 探究 "

type pair struct{ left, right int32 }

type candidate struct {
	pair
	text    string
	count   int
	npmi    float64
	entropy float64
}

// miner holds the corpus as word numbers; -1 ends a run, -2 a document.
type miner struct {
	ids    map[string]int32
	texts  []string
	counts []int
	stream []int32
}

// mine adds to the vocabulary the pairs of words that belong together, and answers them for reading.
func (v *vocabulary) mine(c *corpus) ([]candidate, error) {
	d, err := v.dict()
	if err != nil {
		return nil, err
	}
	m := &miner{ids: map[string]int32{}}
	m.read(c, d)
	var all []candidate
	for range rounds {
		found := m.round(v)
		m.merge(found)
		all = append(all, found...)
	}
	for _, f := range all {
		v.word(f.text).count = f.count
	}
	return all, nil
}

func (m *miner) read(c *corpus, d *seg.Dict) {
	var run seg.Run
	for _, text := range c.texts {
		for i := 0; i < len(text); {
			if _, n := seg.HanAt(text[i:]); n == 0 {
				_, n = utf8.DecodeRuneInString(text[i:])
				i += n
				continue
			}
			i = run.Look(d, text, i)
			run.Solve(d)
			for c := 0; c < run.Chars(); c = int(run.Next[c]) {
				m.stream = append(m.stream, m.id(text[run.At[c]:run.At[run.Next[c]]]))
			}
			m.stream = append(m.stream, -1)
		}
		m.stream = append(m.stream, -2)
	}
}

func (m *miner) id(text string) int32 {
	id, ok := m.ids[text]
	if !ok {
		id = int32(len(m.texts))
		text = strings.Clone(text)
		m.ids[text] = id
		m.texts = append(m.texts, text)
		m.counts = append(m.counts, 0)
	}
	m.counts[id]++
	return id
}

// round finds the pairs that pass all thresholds.
func (m *miner) round(v *vocabulary) []candidate {
	may := make([]bool, len(m.texts))
	for id, text := range m.texts {
		may[id] = mayJoin(text, v.words[text])
	}
	counts := map[pair]int{}
	documents := map[pair]int32{}
	last := map[pair]int32{}
	doc := int32(0)
	for i, id := range m.stream {
		if id == -2 {
			doc++
		}
		if i == 0 || id < 0 || m.stream[i-1] < 0 || !may[id] || !may[m.stream[i-1]] {
			continue
		}
		p := pair{m.stream[i-1], id}
		if counts[p]++; last[p] != doc+1 {
			documents[p]++
			last[p] = doc + 1
		}
	}
	var found []candidate
	for p, n := range counts {
		if c, ok := m.judge(v, p, n, int(documents[p])); ok {
			found = append(found, c)
		}
	}
	found = m.bounded(found)
	slices.SortFunc(found, func(a, b candidate) int { return cmp.Or(b.count-a.count, cmp.Compare(a.text, b.text)) })
	return found
}

func mayJoin(text string, w *word) bool {
	first, _ := utf8.DecodeRuneInString(text)
	last, n := utf8.DecodeLastRuneInString(text)
	if n == len(text) && strings.ContainsRune(barredChars, first) || first == last && n < len(text) && len(text) == 2*n {
		return false
	}
	if strings.Contains(barredWords, " "+text+" ") {
		return false
	}
	if w == nil {
		return true
	}
	for _, tag := range barred {
		if strings.HasPrefix(w.tag, tag) && w.tag != "nrt" && w.tag != "nz" && n < len(text) {
			return false
		}
	}
	return true
}

func (m *miner) judge(v *vocabulary, p pair, n, documents int) (candidate, bool) {
	text := m.texts[p.left] + m.texts[p.right]
	length := utf8.RuneCountInString(text)
	if n < minPair || documents < minDocuments || length > maxWord || v.words[text] != nil {
		return candidate{}, false
	}
	total := float64(len(m.stream))
	joint := float64(n) / total
	pmi := math.Log(joint / (float64(m.counts[p.left]) / total * float64(m.counts[p.right]) / total))
	npmi := pmi / -math.Log(joint)
	least := minNPMI
	if utf8.RuneCountInString(m.texts[p.left]) == 1 || utf8.RuneCountInString(m.texts[p.right]) == 1 {
		least = minNPMISingle
	}
	return candidate{pair: p, text: text, count: n, npmi: npmi}, npmi >= least
}

// bounded keeps the candidates that have many different neighbours on both sides.
func (m *miner) bounded(found []candidate) []candidate {
	index := map[pair]int{}
	for i, c := range found {
		index[c.pair] = i
	}
	left := make([]map[int32]int, len(found))
	right := make([]map[int32]int, len(found))
	for i := range found {
		left[i], right[i] = map[int32]int{}, map[int32]int{}
	}
	for i := 1; i < len(m.stream); i++ {
		at, ok := index[pair{m.stream[i-1], m.stream[i]}]
		if !ok {
			continue
		}
		// The end of a run is a different neighbour each time: punctuation bounds a word better than anything.
		before, after := int32(-i), int32(-i)
		if i >= 2 && m.stream[i-2] >= 0 {
			before = m.stream[i-2]
		}
		if i+1 < len(m.stream) && m.stream[i+1] >= 0 {
			after = m.stream[i+1]
		}
		left[at][before]++
		right[at][after]++
	}
	kept := found[:0]
	for i, c := range found {
		if c.entropy = min(entropy(left[i]), entropy(right[i])); c.entropy >= minEntropy {
			kept = append(kept, c)
		}
	}
	return kept
}

func entropy(counts map[int32]int) float64 {
	total, h := 0.0, 0.0
	for _, n := range counts {
		total += float64(n)
	}
	for _, n := range counts {
		p := float64(n) / total
		h -= p * math.Log(p)
	}
	return h
}

// merge rewrites the stream with the pairs as words.
func (m *miner) merge(found []candidate) {
	index := map[pair]int32{}
	for _, c := range found {
		index[c.pair] = m.id(c.text)
		m.counts[index[c.pair]]--
	}
	out := m.stream[:0]
	for i := 0; i < len(m.stream); i++ {
		id := m.stream[i]
		if i+1 < len(m.stream) {
			if joined, ok := index[pair{id, m.stream[i+1]}]; ok {
				m.counts[id]--
				m.counts[m.stream[i+1]]--
				m.counts[joined]++
				id = joined
				i++
			}
		}
		out = append(out, id)
	}
	m.stream = out
}

// addKeywords adds the keywords of Han characters that several documents name.
func (v *vocabulary) addKeywords(c *corpus) {
	for k, n := range c.keywords {
		if n >= minKeyword && allHan(k) && v.words[k] == nil && !strings.Contains(k, "分类号") {
			v.word(k).count = n
		}
	}
}

func writeMined(path string, found []candidate) error {
	var b strings.Builder
	for _, c := range found {
		fmt.Fprintf(&b, "%s\t%d\t%.2f\t%.2f\n", c.text, c.count, c.npmi, c.entropy)
	}
	return os.WriteFile(path, []byte(b.String()), 0o644)
}
