package matcher

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"jiqiao"
)

// A first line of at most maxTitleLine characters is the title of a pasted text; a longer one is its first paragraph.
const maxTitleLine = 60

// MaxPasted bounds a pasted text, in characters; what follows is not read. It is what a profile holds, with room for
// headings.
const MaxPasted = 2 * maxMainRunes

var titleLabels = []string{
	"技术需求名称", "企业需求名称", "需求名称", "需求标题", "成果名称", "项目名称", "技术名称", "难题名称", "标题", "题目", "名称",
}

// ParseText makes a record of a text that someone pasted: a short first line is the title, the rest the problem of a need
// or the abstract of an achievement. The record has no ID. A text without a single letter or digit is CodeInvalid.
func ParseText(kind jiqiao.Kind, text string) (jiqiao.Record, error) {
	if !kind.Valid() {
		return nil, jiqiao.Invalid([]jiqiao.FieldError{{Field: "kind", Message: "请选择“技术需求”或“科技成果”"}})
	}
	text = strings.TrimSpace(strings.ToValidUTF8(cut(text, MaxPasted), "\ufffd"))
	if !strings.ContainsFunc(text, isWordRune) {
		return nil, jiqiao.Invalid([]jiqiao.FieldError{{Field: "text", Message: "请输入要匹配的文字，不能为空或只有标点"}})
	}
	title, rest := splitTitle(text)
	rec := jiqiao.NewRecord(kind)
	rec.Head().Title = title
	switch r := rec.(type) {
	case *jiqiao.Need:
		r.Problem = rest
	case *jiqiao.Achievement:
		r.Abstract = rest
	}
	return rec, nil
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func splitTitle(text string) (title, rest string) {
	first, rest, _ := strings.Cut(text, "\n")
	first = strings.TrimSpace(first)
	for _, label := range titleLabels {
		if after, ok := strings.CutPrefix(first, label); ok {
			after = strings.TrimLeft(after, " \t")
			if mark, n := utf8.DecodeRuneInString(after); mark == '：' || mark == ':' {
				first = strings.TrimSpace(after[n:])
				break
			}
		}
	}
	rest = strings.TrimSpace(rest)
	if first == "" && rest != "" {
		return splitTitle(rest)
	}
	if utf8.RuneCountInString(first) > maxTitleLine || !strings.ContainsFunc(first, isWordRune) {
		return "", text
	}
	return first, rest
}
