package quantity

import "strings"

// prefix is what stands before a number, read from right to left.
type prefix struct {
	relation Relation
	stated   bool // a comparator stood there
	kind     Kind
	to       bool // 到, 至, 为: the value reached, not the change
	better   bool // 优于: which side depends on the indicator
	former   bool
	verb     string // the word of a change that names itself: 节能
	start    int    // where the prefix starts
	each     bool   // 分别
	at       bool   // 在: what follows is where the value stands, not by how much it changed
	sign     bool   // a sign rather than a word stood there
}

// prefixBefore reads 不低于, 提高到约, ≥ … that end at i and start at limit or later.
func (f *folded) prefixBefore(i, limit int) prefix {
	p := prefix{start: i}
	for range 5 {
		at := f.spacesBefore(p.start)
		w, n := f.wordBefore(at)
		if n == 0 || at-n < limit {
			break
		}
		if w.needsThan && !f.comparesBefore(at-n) {
			break
		}
		if (p.kind != Absolute || p.relation == Reach || p.relation == Fall) && w.act == actEqual {
			break // 为降低20%
		}
		p.apply(w)
		p.start = at - n
		if w.ends {
			break
		}
	}
	return p
}

func (p *prefix) apply(w word) {
	switch w.act {
	case actRelation:
		if !p.stated {
			p.relation, p.stated, p.sign = w.relation, true, w.sign
		}
		p.to = p.to || w.relation == Reach || w.relation == Fall
	case actBetter:
		p.better, p.stated = true, true
	case actAbout:
		if !p.stated && p.relation == Equal {
			p.relation = About
		}
	case actUp, actDown:
		if p.to { // 提高 … 到
			if !p.stated || p.relation == Reach {
				p.relation, p.stated = Reach, true
				if w.act == actDown {
					p.relation = Fall
				}
			}
			return
		}
		p.kind = Increase
		if w.act == actDown {
			p.kind = Decrease
		}
		if w.named {
			p.verb = w.text
		}
	case actTo:
		p.to = true
	case actFormer:
		p.former = true
	case actEqual:
		p.at = p.at || w.text == "在"
		p.each = p.each || strings.HasPrefix(w.text, "分别")
	}
}

// wordBefore is the longest word of the table that ends at i.
func (f *folded) wordBefore(i int) (word, int) {
	if i <= 0 {
		return word{}, 0
	}
	for _, w := range prefixWords[f.r[i-1]] {
		if n := len(w.runes); n <= i && f.hasRunes(i-n, w.runes) {
			return w, n
		}
	}
	return word{}, 0
}

// comparesBefore reports whether the clause that ends at i compares with something: 比传统工艺高.
func (f *folded) comparesBefore(i int) bool {
	for n := 0; i > 0 && n < 24; n++ {
		i--
		if oneOf(f.r[i], "比较") {
			return true
		}
		if clauseEnd(f.r[i]) {
			return false
		}
	}
	return false
}

// suffix reads 以上, 以内, 左右, 的水平 after a quantity that ends at i.
func (f *folded) suffix(i int) (relation Relation, end int, ok bool) {
	at := f.spaces(i)
	for _, w := range suffixWords[f.at(at)] {
		n := len(w.text)
		if !f.hasRunes(at, w.text) {
			continue
		}
		if next := f.at(at + 1); n == 1 && (oneOf(next, "径部层壁衬腔孔") || w.text[0] == '起' && isHan(next)) {
			continue // 内径, 起效
		}
		return w.relation, at + n, true
	}
	return Equal, i, false
}

// conditions follow a quantity that is one.
var (
	conditions = newLexicon("条件", "的条件", "下", "的高温", "环境", "的环境", "工况", "的工况", "时,", "时，", "的温度下", "恒温", "高温", "的情况", "温度下", "压力下")
	downward   = newLexicon("下降", "下限", "下跌", "下滑")
)

// condition reports whether what follows a quantity says that it is a condition: 下, 条件下, 时, 环境中.
func (f *folded) condition(i int) bool {
	at := f.spaces(i)
	return conditions.at(f, at) > 0 && downward.at(f, at) == 0
}

func clauseEnd(r rune) bool {
	switch r {
	case '。', '；', ';', '，', ',', '!', '！', '?', '？', '\n', '\r', '|', '…', '“', '”', '"', '《', '》', '【', '】', '、':
		return true
	}
	return false
}

// Comparing reports whether a word only compares: 以内, 不低于, 降到, 提高. It names nothing.
func Comparing(word string) bool { return comparisons[word] }

var comparisons = func() map[string]bool {
	m := map[string]bool{}
	for _, words := range prefixWords {
		for _, w := range words {
			m[w.text] = !w.named
		}
	}
	for _, words := range suffixWords {
		for _, w := range words {
			m[string(w.text)] = true
		}
	}
	for _, v := range changeVerbs {
		m[v.text] = true
	}
	return m
}()

// Measuring reports whether a word is only a unit or counts in one: 毫米, 张, 万次. It names nothing either.
func Measuring(word string) bool {
	f := fold(word)
	_, at := f.magnitude(0)
	_, end := f.unit(at)
	return end == len(f.r) && end > at && isHan(f.r[len(f.r)-1])
}
