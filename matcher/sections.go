package matcher

import (
	"strings"

	"jiqiao"
)

// piece is a stretch of a section with one weight class.
type piece struct {
	part part
	text string
}

// asideHeadings open a passage about the enterprise instead of about what it needs. They are matched at the start of a line, as
// the forms print them; the passage ends at the next heading that opens the need itself.
var asideHeadings = []string{
	"现有工作基础", "已有工作基础", "工作基础", "现有基础", "已有基础", "前期基础", "研究基础", "现有条件", "企业现状",
	"企业简介", "企业概况", "企业情况", "公司简介", "公司概况", "单位简介", "经济效益", "市场前景", "合作方式", "合作意向",
}

var mainHeadings = []string{
	"需求内容", "技术需求", "需求描述", "预期目标", "技术指标", "主要技术指标", "拟解决", "需要解决", "技术难题", "关键技术",
	"主要研究内容", "研究内容", "目标", "解决的问题", "需求背景",
}

// pieces splits one section by weight. What a form sets apart has its own section; in a pasted text the headings tell.
func pieces(s jiqiao.Section) []piece {
	switch {
	case s.Field == jiqiao.FieldTitle:
		return []piece{{partTitle, s.Text}}
	case s.Field == jiqiao.FieldKeywords:
		return []piece{{partKeywords, s.Text}}
	case asideLabel(s.Label):
		return []piece{{partAside, s.Text}}
	}
	var out []piece
	current, start := partMain, 0
	for at := 0; at < len(s.Text); {
		line := s.Text[at:]
		if i := strings.IndexByte(line, '\n'); i >= 0 {
			line = line[:i+1]
		}
		if next, ok := headingOf(line); ok && next != current {
			if at > start {
				out = append(out, piece{current, s.Text[start:at]})
			}
			current, start = next, at
		}
		at += len(line)
	}
	return append(out, piece{current, s.Text[start:]})
}

func asideLabel(label string) bool {
	return label == "已有基础" || label == "商业分析" || label == "应用情况"
}

// headingOf reads the heading at the start of a line, after numbering such as 三、 or (2).
func headingOf(line string) (part, bool) {
	line = strings.TrimLeft(line, " \t\r　0123456789.、()（）一二三四五六七八九十【[#*")
	for _, h := range asideHeadings {
		if rest, ok := strings.CutPrefix(line, h); ok && endsHeading(rest) {
			return partAside, true
		}
	}
	for _, h := range mainHeadings {
		if strings.HasPrefix(line, h) {
			return partMain, true
		}
	}
	return 0, false
}

// endsHeading keeps 现有基础设施不足 from opening an aside.
func endsHeading(rest string) bool {
	rest = strings.TrimLeft(rest, " 　")
	for _, mark := range []string{"：", ":", "\n", "\r", "】", "]", "及", "和", "。"} {
		if strings.HasPrefix(rest, mark) {
			return true
		}
	}
	return rest == ""
}
