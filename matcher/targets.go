package matcher

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"jiqiao"
	"jiqiao/index/zh"
	"jiqiao/matcher/quantity"
)

// figure is one indicator of a record with its value: a target of a need or a figure of an achievement.
type figure struct {
	name  indicator // empty until asked for: most figures of a text are never compared
	said  string    // the name as written
	q     quantity.Quantity
	valid bool // q holds a value; an indicator in words has none
	field bool // it comes from a form's field of metrics
	text  string
	words string // the requirement of an indicator in words
	at    place
}

// read makes the name ready to be compared.
func (f *figure) read(fold func(string) string) {
	if f.name.written == "" {
		f.name = readIndicator(fold, f.said)
	}
}

// place is a byte range of a section with a part of it to mark.
type place struct {
	section          jiqiao.Section
	start, end       int
	hitFrom, hitUpTo int
}

// snippet shows the sentence with the marked part.
func (p place) snippet() *jiqiao.Snippet {
	text := p.section.Text
	s := &jiqiao.Snippet{Field: p.section.Field, Label: p.section.Label}
	add := func(from, to int, hit bool) {
		if from < to {
			s.Spans = append(s.Spans, jiqiao.Span{Text: text[from:to], Hit: hit})
		}
	}
	from, to := max(p.hitFrom, p.start), min(p.hitUpTo, p.end)
	if from >= to {
		add(p.start, p.end, false)
		return s
	}
	add(p.start, from, false)
	add(from, to, true)
	add(to, p.end, false)
	return s
}

// metricsLabel is the section that a record makes of its metrics; metricSeparator stands between them there.
const (
	metricsLabel    = "技术指标"
	metricSeparator = "；"
)

func metricsOf(rec jiqiao.Record) []jiqiao.Metric {
	switch r := rec.(type) {
	case *jiqiao.Need:
		return r.Metrics
	case *jiqiao.Achievement:
		return r.Metrics
	}
	return nil
}

// fieldFigures reads the metrics of a record's form.
func fieldFigures(rec jiqiao.Record, passages []passage) []figure {
	metrics := metricsOf(rec)
	if len(metrics) == 0 {
		return nil
	}
	var section jiqiao.Section
	for _, s := range passages {
		if s.Label == metricsLabel && s.Field == jiqiao.FieldProblem {
			section = s.Section
		}
	}
	figures := make([]figure, 0, len(metrics))
	at := 0
	for _, m := range metrics {
		text := m.String()
		if !strings.HasPrefix(section.Text[min(at, len(section.Text)):], text) {
			return figures
		}
		f := figure{said: m.Name, field: true, text: text, words: m.Text}
		f.at = place{section, at, at + len(text), at + min(len(m.Name), len(text)), at + len(text)}
		f.q, f.valid = quantity.Of(m)
		figures = append(figures, f)
		at += len(text) + len(metricSeparator)
	}
	return figures
}

// textFigures reads the quantities of a record's texts that pass keep.
func textFigures(passages []passage, keep func(s jiqiao.Section, text string, at quantity.Span, q *quantity.Quantity) bool) []figure {
	var figures []figure
	for _, s := range passages {
		if s.Label == metricsLabel || s.Field == jiqiao.FieldKeywords || !strings.ContainsFunc(s.Text, figureLike) {
			continue
		}
		for _, q := range quantity.Parse(s.Text) {
			if q.Role != quantity.Stated || q.Name == "" {
				continue
			}
			in, ok := sentenceAround(s.sentences, q.Span)
			if !ok || !keep(s.Section, s.Text[in.Start:in.End], q.Span, &q) {
				continue
			}
			figures = append(figures, figure{
				said: q.Name, q: q, valid: true, text: written(s.Text, &q),
				at: place{s.Section, in.Start, in.End, q.Span.Start, q.Span.End},
			})
		}
	}
	return figures
}

func sentenceAround(sentences []zh.Span, span quantity.Span) (zh.Span, bool) {
	for _, s := range sentences {
		if s.Start <= span.Start && span.End <= s.End {
			return s, true
		}
	}
	return zh.Span{}, false
}

// maxWritten is how much of a text is quoted as one figure, in bytes.
const maxWritten = 90

// written quotes the quantity with its name as they stand, the quantity alone where the name is far off.
func written(text string, q *quantity.Quantity) string {
	from, to := q.Span.Start, q.Span.End
	if n := q.NameSpan; n.End > n.Start {
		from, to = min(from, n.Start), max(to, n.End)
	}
	whole := strings.TrimSpace(text[from:to])
	if strings.Contains(whole, "(") && !strings.Contains(whole, ")") || strings.Contains(whole, "（") && !strings.Contains(whole, "）") {
		if r, n := utf8.DecodeRuneInString(text[to:]); r == ')' || r == '）' {
			whole = strings.TrimSpace(text[from : to+n])
		}
	}
	if len(whole) > maxWritten || strings.ContainsAny(whole, "。；;\n") {
		return text[q.Span.Start:q.Span.End]
	}
	return whole
}

// Bounds on the targets of a need: what is more is a datasheet, and no broker reads on.
const (
	maxTargets     = 24
	maxTextTargets = 8
)

// targetsOf lists what a need demands in figures: its metrics, and what its texts say beyond them.
func targetsOf(fold func(string) string, n *jiqiao.Need, texts []passage) []figure {
	targets := fieldFigures(n, texts)
	known := len(targets)
	for i := range targets {
		targets[i].read(fold)
	}
	read := map[string]*headed{}
	for _, f := range textFigures(texts, func(s jiqiao.Section, sentence string, at quantity.Span, q *quantity.Quantity) bool {
		h := read[s.Text]
		if h == nil {
			h = &headed{targetPassages(s), asides(s)}
			read[s.Text] = h
		}
		if within(h.asides, at.Start) || q.FallsShort(s.Text) {
			return false
		}
		if next, _ := utf8.DecodeRuneInString(s.Text[at.End:]); q.Relation == quantity.Equal && q.Dimension == "%" && unicode.Is(unicode.Han, next) {
			return false // 90%节点压力误差小于26kPa
		}
		inPassage := within(h.targets, at.Start)
		return demands(sentence, q, inPassage) && (inPassage || !strings.HasPrefix(s.Text[at.Start:], "±"))
	}) {
		if len(targets)-known == maxTextTargets {
			break
		}
		f.read(fold)
		if !repeats(targets, f) {
			targets = append(targets, f)
		}
	}
	return targets[:min(len(targets), maxTargets)]
}

// headed is a section with the stretches that its headings open.
type headed struct{ targets, asides []zh.Span }

// asides are the stretches of a section about the enterprise instead of about what it needs.
func asides(s jiqiao.Section) []zh.Span {
	var spans []zh.Span
	at := 0
	for _, p := range pieces(s) {
		if p.part == partAside {
			spans = append(spans, zh.Span{Start: at, End: at + len(p.text)})
		}
		at += len(p.text)
	}
	return spans
}

// repeats reports whether a target was read before: the same indicator in the same dimension.
func repeats(targets []figure, f figure) bool {
	for _, t := range targets {
		if !t.valid || t.q.Kind != f.q.Kind || t.q.Dimension != f.q.Dimension {
			continue
		}
		if t.name.alike(f.name) >= sameIndicator || t.q.Low == f.q.Low && t.q.High == f.q.High && sameHead(t.name.folded, f.name.folded) {
			return true
		}
	}
	return false
}

func within(spans []zh.Span, at int) bool {
	for _, s := range spans {
		if s.Start <= at && at < s.End {
			return true
		}
	}
	return false
}

// targetHeadings open a passage in which figures are targets even without a word of demand.
var targetHeadings = []string{"预期目标", "技术指标", "主要技术指标", "考核指标", "主要考核指标", "指标要求", "性能指标", "预期指标", "目标", "技术要求", "主要指标", "预期达到", "指标"}

// targetPassages are the stretches of a section under such a heading, up to the next heading.
func targetPassages(s jiqiao.Section) []zh.Span {
	var spans []zh.Span
	open := -1
	for at := 0; at < len(s.Text); {
		line := s.Text[at:]
		if i := strings.IndexByte(line, '\n'); i >= 0 {
			line = line[:i+1]
		}
		trimmed := strings.TrimLeft(line, " \t\r　0123456789.、()（）一二三四五六七八九十【[#*")
		_, heading := headingOf(line)
		target := anyPrefix(trimmed, targetHeadings)
		if (heading || target) && open >= 0 {
			spans = append(spans, zh.Span{Start: open, End: at})
			open = -1
		}
		if target {
			open = at
		}
		at += len(line)
	}
	if open >= 0 {
		spans = append(spans, zh.Span{Start: open, End: len(s.Text)})
	}
	return spans
}

var (
	// demandWords make a target of a figure that only states, descriptionWords tell of the world as it is.
	strongWords      = []string{"要求", "目标", "希望", "需要", "须", "应", "预期", "力争", "拟"} // beside a figure that may also describe: 最高达
	demandWords      = []string{"要求", "需要", "需求", "目标", "希望", "应", "达到", "满足", "实现", "确保", "保证", "拟", "预期", "须", "必须", "不得", "不低于", "不高于", "不超过", "不大于", "不小于", "不少于"}
	descriptionWords = []string{"目前", "现有", "我国", "国内", "国外", "市场", "公司", "企业", "每年", "现状", "试用", "以往", "传统", "行业", "据统计", "已建", "投入", "投资", "占地"}
	// countedThings are the dimensions of what a project delivers or an enterprise owns, which no achievement is measured by.
	countedThings = map[string]bool{
		"元": true, "美元": true, "欧元": true, "个": true, "项": true, "篇": true, "人": true, "家": true, "台": true, "套": true, "部": true, "户": true, "种": true, "组": true, "批": true,
		"辆": true, "座": true, "门": true, "条": true, "份": true, "例": true, "车": true, "班": true, "": true,
	}
)

// demands decides whether a quantity in a need's text is a target. Outside a passage of targets it takes a bound and a
// word that demands.
func demands(sentence string, q *quantity.Quantity, inPassage bool) bool {
	if countedThings[q.Dimension] && (q.Dimension != "" || !q.Bounded()) || utf8.RuneCountInString(q.Name) < 2 {
		return false
	}
	if q.Dimension == "年" && !strings.Contains(q.Name, "寿命") && !strings.Contains(q.Name, "质保") || strings.HasSuffix(q.Name, "面积") && strings.Contains(sentence, "厂") {
		return false
	}
	if inPassage {
		return q.Bounded() || q.Kind != quantity.Absolute || q.Dimension != ""
	}
	switch q.Relation {
	case quantity.Equal, quantity.About, quantity.Range, quantity.Tolerance:
		return false
	case quantity.Reach, quantity.Fall:
		return containsAny(sentence, strongWords) && !containsAny(sentence, descriptionWords)
	}
	return containsAny(sentence, demandWords) && !containsAny(sentence, descriptionWords)
}

func containsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// figureLike are the characters one of which every quantity has.
func figureLike(r rune) bool {
	return r >= '0' && r <= '9' || r >= '０' && r <= '９' || strings.ContainsRune("零一二两三四五六七八九十百千半½¼¾", r)
}

// figuresOf lists the figures of an achievement, those of its form first. With endings only sentences with one of them are
// read; nil reads all.
func figuresOf(a *jiqiao.Achievement, texts []passage, endings []string) []figure {
	if endings != nil {
		texts = naming(texts, endings)
	}
	return append(fieldFigures(a, texts), textFigures(texts, func(s jiqiao.Section, _ string, _ quantity.Span, q *quantity.Quantity) bool {
		return q.Dimension != "元" && s.Label != "商业分析"
	})...)
}

// naming makes a passage of each sentence that may name an indicator with one of the endings. Sentences that were not
// folded may.
func naming(texts []passage, endings []string) []passage {
	var kept []passage
	for _, p := range texts {
		if p.Label == metricsLabel {
			kept = append(kept, p)
			continue
		}
		for i, span := range p.sentences {
			if i < len(p.folded) && !containsAny(strings.ReplaceAll(p.folded[i], " ", ""), endings) {
				continue
			}
			one := passage{Section: p.Section, sentences: []zh.Span{{End: span.End - span.Start}}}
			one.Text = p.Text[span.Start:span.End]
			kept = append(kept, one)
		}
	}
	return kept
}
