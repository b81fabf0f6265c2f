package matcher

import (
	"cmp"
	_ "embed"
	"slices"
	"strings"
	"unicode/utf8"

	"jiqiao"
	"jiqiao/index/zh"
)

// Vectors put what stands in the same surroundings together, and opposites do: 铁素体 and 奥氏体 have a cosine of 0.96, 电压
// and 电流 0.94, 高压 and 低压 0.81, where 大棚 and 温室 have 0.81 and 抑菌 and 抗菌 0.86. No threshold tells the two sorts apart;
// what does is how the words are written. Two words count as close in meaning when their vectors are near and one is
// the other with something added (动力电池, 电池), or both say the same thing of one morpheme (污水, 废水) and what differs is
// no contrast of the trade. What shares no character is close only where the list of synonyms says so.
const (
	minClose       = 0.60 // cosine from which on one word and the same with something added are close; read over 600 pairs
	minCloseTwin   = 0.78 // the same for two words that differ in one character
	minCloseListed = 0.30 // the same for words that the list of synonyms puts together
	minCloseRarity = 0.75 // below lie 优化, 系统 and other words of everywhere
	maxClose       = 8
)

//go:embed close.txt
var closeText string

// closeGroups are words of one meaning in engineering, written by hand: a line each.
var closeGroups = func() map[string][]int {
	groups := map[string][]int{}
	n := 0
	for line := range strings.Lines(closeText) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, w := range strings.Fields(line) {
			groups[w] = append(groups[w], n)
		}
		n++
	}
	return groups
}()

func listedTogether(a, b string) bool {
	for _, g := range closeGroups[a] {
		if slices.Contains(closeGroups[b], g) {
			return true
		}
	}
	return false
}

// closeWords are a word of the subject and a word of the other record that mean nearly the same.
type closeWords struct {
	mine, theirs *said
	cosine       float64
}

// close finds them, nearest first, each word once.
func (x *explaining) close(theirs *reading) []closeWords {
	mine := x.e.reading
	var found []closeWords
	for _, o := range theirs.order {
		if !o.content() || mine.words[o.term] != nil {
			continue
		}
		for _, w := range x.candidates(o) {
			if theirs.words[w.term] != nil {
				continue
			}
			if cos, ok := x.e.nearness(w, o); ok && o.tells() {
				found = append(found, closeWords{w, o, cos})
			}
		}
	}
	slices.SortFunc(found, func(a, b closeWords) int {
		return cmp.Or(cmp.Compare(b.cosine, a.cosine), strings.Compare(a.mine.term, b.mine.term), strings.Compare(a.theirs.term, b.theirs.term))
	})
	used := map[*said]bool{}
	kept := found[:0]
	for _, c := range found {
		if len(kept) < maxClose && !used[c.mine] && !used[c.theirs] {
			used[c.mine], used[c.theirs] = true, true
			kept = append(kept, c)
		}
	}
	return kept
}

// content reports whether a word may stand in a pair: a word of the trade that stands by itself.
func (w *said) content() bool {
	return w.alone && (w.kind == zh.Word && utf8.RuneCountInString(w.term) >= 2 || w.kind == zh.Latin || w.kind == zh.Formula)
}

// contentIndex finds the subject's words that may stand in a pair: by their characters, and by what is listed beside them.
type contentIndex struct {
	byRune   map[rune][]*said
	byGroup  map[int][]*said
	synonyms map[string][]*said // by what the site's list puts beside a word
}

func (e *explainer) indexContent() contentIndex {
	index := contentIndex{map[rune][]*said{}, map[int][]*said{}, map[string][]*said{}}
	var tokens []zh.Token
	for _, w := range e.reading.order {
		if !w.content() || !w.tells() {
			continue
		}
		for i, r := range w.term {
			if r >= utf8.RuneSelf && !strings.ContainsRune(w.term[:i], r) {
				index.byRune[r] = append(index.byRune[r], w)
			}
		}
		for _, g := range closeGroups[w.term] {
			index.byGroup[g] = append(index.byGroup[g], w)
		}
		tokens = e.zh.QueryTokens(tokens[:0], w.term)
		for _, t := range tokens {
			if t.Synonym && !t.Part {
				index.synonyms[strings.Clone(t.Term)] = append(index.synonyms[strings.Clone(t.Term)], w)
			}
		}
	}
	return index
}

// candidates are the subject's words that may be close to a word of the other side. It may name one twice.
func (x *explaining) candidates(o *said) []*said {
	index := &x.e.content
	x.found = append(x.found[:0], index.synonyms[o.term]...)
	out := x.found
	for _, g := range closeGroups[o.term] {
		out = append(out, index.byGroup[g]...)
	}
	for _, r := range o.term {
		for _, w := range index.byRune[r] {
			if extends(w.term, o.term) || twins(w.term, o.term) {
				out = append(out, w)
			}
		}
	}
	x.found = out
	return out
}

// nearness is the cosine of two words that are close in meaning, not ok for any others.
func (e *explainer) nearness(a, b *said) (float64, bool) {
	i, knownA := e.c.words.ID(a.term)
	j, knownB := e.c.words.ID(b.term)
	known, cos := knownA && knownB, 0.0
	if known {
		cos = min(1, float64(e.c.words.Similarity(i, j)))
	}
	switch {
	case listedTogether(a.term, b.term) || slices.Contains(e.content.synonyms[b.term], a):
		return max(cos, minCloseListed), !known || cos >= minCloseListed
	case !known || min(e.c.words.Rarity(i), e.c.words.Rarity(j)) < minCloseRarity:
		return 0, false
	case extends(a.term, b.term):
		return cos, cos >= minClose
	default:
		return cos, cos >= minCloseTwin && twins(a.term, b.term)
	}
}

// pairs writes them as an answer does, the need's word first.
func (e *explainer) pairs(found []closeWords) []jiqiao.ClosePair {
	var out []jiqiao.ClosePair
	for _, c := range found {
		p := jiqiao.ClosePair{Need: c.mine.text, Achievement: c.theirs.text, Similarity: c.cosine}
		if e.record.Kind() == jiqiao.KindAchievement {
			p.Need, p.Achievement = p.Achievement, p.Need
		}
		out = append(out, p)
	}
	return out
}

// contrasts are characters that tell things apart when they stand at one place of two words: 高压 and 低压, 碳化硅 and 氮化硅.
var contrasts = contrastTable(`
高低 高中低 正负 正反 阴阳 内外 前后 上下 左右 先后 冷热 干湿 快慢 大小 大中小 长短 厚薄 强弱 轻重 粗细 深浅 宽窄 软硬 疏亲 吸解 有无 主从 主次 主副 交直 串并 单双三多 升降 增减 加减
开关 启停 进出 入出 输入出 早晚 新旧 老幼 东西南北 春夏秋冬 昼夜 日夜 公母 雌雄 男女 父母 动静 虚实 明暗 黑白红绿蓝黄紫灰 酸碱 氧还 拉压弯剪扭 淬回退 力变 压流阻容感功 压位 始终 初终
定转 源宿 生死 水油气 海陆空 海湖河江 地天 山田 固液气 顺逆 纵横 径轴周 横竖 点线面体 光声电磁热 光电热磁 软硬 旱水 林农牧渔 畜禽 猪牛羊鸡鸭鹅鱼虾蟹 稻麦棉豆薯 花果叶茎根 籽果
铁铝铜镍钴锰锌钒钛铬钨钼锂钠钾钙镁铅锡金银铂钯钌铱稀 碳氮硅硼磷硫氯氟氧氢溴碘 甲乙丙丁戊己 醇醛酸酮酯醚胺酚烷烯炔苯 聚单 一二三四五六七八九十 甲乙丙丁 左中右 头尾 顶底 侧端 首末
心肝脾肺肾胃肠脑 心脑 骨肌 眼耳口鼻 牙 男妇儿 内外妇儿 抗促 急慢 良恶 显隐 原衍 静动 客货 公私 国省市县 城乡 车船机 飞船 路桥隧 煤油气 风光水火核 焊铆 铸锻轧 车铣刨磨 氨尿 蛋肉奶
菌毒 粉粒片 毫微纳皮 千万亿 吨克 米 秒分时 年月日 充放 拆装 编解 加解 收发 读写 上下 存取 供需 买卖 租售 起止 引推 浓稀 聚散 分合 离合 湿燥 膨缩 胀缩 凝溶 熔凝 沸凝 溶沉 萃 吸脱 润燥
`)

func contrastTable(text string) map[rune]map[rune]bool {
	table := map[rune]map[rune]bool{}
	for _, group := range strings.Fields(text) {
		for _, a := range group {
			if table[a] == nil {
				table[a] = map[rune]bool{}
			}
			for _, b := range group {
				if a != b {
					table[a][b] = true
				}
			}
		}
	}
	return table
}

// additions may follow a word without making it another thing: 阻燃剂, 导热性.
var additions = []string{"性", "化", "剂", "器", "机", "法", "作用", "技术", "系统", "装置", "设备", "方法", "量", "率", "材料", "能力", "工艺", "处理"}

// maxModifier is how many characters may stand before a word and still name a kind of it: 玉米秸秆.
const maxModifier = 3

// extends reports whether one of two words is the other with a modifier before it or an addition behind.
func extends(a, b string) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	if utf8.RuneCountInString(b) < 2 {
		return false
	}
	if rest, ok := strings.CutSuffix(a, b); ok {
		return utf8.RuneCountInString(rest) <= maxModifier && !strings.ContainsAny(rest, "非无不反逆抗未脱去除半副准类假伪")
	}
	rest, ok := strings.CutPrefix(a, b)
	return ok && slices.Contains(additions, rest)
}

// twins reports whether two words of two characters end in the same one and do not begin with a contrast: 抑菌, 抗菌.
func twins(a, b string) bool {
	x, y := []rune(a), []rune(b)
	return len(x) == 2 && len(y) == 2 && x[1] == y[1] && !contrasts[x[0]][y[0]]
}
