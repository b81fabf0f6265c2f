package clinic

import (
	"strings"

	"jiqiao"
	"jiqiao/index/zh"
)

// role is what a sentence is about, as far as the form's field or a heading tells.
type role int

const (
	roleMain role = iota
	roleTitle
	roleKeywords
	roleBackground
	roleProblem
	roleTargets
	roleConditions
	roleFoundation
	roleOutcome
	roleBudget
	roleDeadline
	roleCooperation
	roleProperty // intellectual property
	roleUse
	roleBenefit
	roleCompany
)

// labelRoles are the roles of a form's own fields (jiqiao.Section.Label).
var labelRoles = map[string]role{
	"需求名称": roleTitle, "成果名称": roleTitle, "关键词": roleKeywords, "技术难题": roleProblem, "技术指标": roleTargets,
	"需求背景": roleBackground, "约束条件": roleConditions, "已有基础": roleFoundation,
	"创新点": roleMain, "成果简介": roleMain, "应用领域": roleBackground, "应用情况": roleUse, "商业分析": roleBenefit,
}

// headings open a passage in a pasted text, as the forms print them. Longer ones come before those they begin with.
var headings = []struct {
	role  role
	words []string
}{
	{roleBudget, []string{"拟投入资金", "投入资金", "项目预算", "经费预算", "资金预算", "研发预算", "预算", "拟投入", "资金投入", "合作价格", "转让价格"}},
	{roleDeadline, []string{"期望完成时间", "完成时间", "完成期限", "时间要求", "期限要求", "期限", "截止时间", "截止日期", "项目周期", "研发周期", "进度要求"}},
	{roleCooperation, []string{"合作方式", "合作意向", "合作模式", "转化方式", "拟合作方式"}},
	{roleOutcome, []string{"期望成果形式", "成果形式", "交付形式", "交付物", "预期成果", "提交成果"}},
	{roleConditions, []string{"约束条件", "限制条件", "应用条件", "使用条件", "工况条件", "工况要求", "使用环境", "环境要求", "工况"}},
	{roleFoundation, []string{
		"现有工作基础", "已有工作基础", "工作基础", "现有基础", "已有基础", "前期基础", "研究基础", "实验基础", "科研基础", "现有条件", "现有技术基础", "前期工作", "目前研究进展", "研究进展", "目前进展", "已有条件",
	}},
	{roleCompany, []string{"企业简介", "企业概况", "企业情况", "公司简介", "公司概况", "单位简介", "企业现状"}},
	{roleBenefit, []string{"经济效益", "市场前景", "商业分析", "效益分析", "社会效益"}},
	{roleTargets, []string{
		"主要技术指标", "技术指标", "主要考核指标", "考核指标", "性能指标", "技术参数", "预期目标", "技术要求", "具体要求", "研究目标", "目标要求", "指标要求", "技术目标", "目标", "指标",
	}},
	{roleProperty, []string{"知识产权情况", "知识产权", "专利情况"}},
	{roleUse, []string{"应用情况", "应用案例", "推广应用情况", "推广情况", "转化情况"}},
	{roleProblem, []string{"拟解决的主要技术难题", "主要技术难题", "技术难题", "技术难点", "存在问题", "存在的问题", "需要解决的问题", "拟解决的问题", "问题描述", "技术问题", "难点", "现状与问题", "现状及问题"}},
	{roleBackground, []string{"需求背景", "项目背景", "背景", "应用领域", "应用场景", "应用范围"}},
	{roleMain, []string{"需求内容", "技术需求", "需求描述", "需求", "主要研究内容", "研究内容", "成果简介", "技术简介", "项目简介", "成果介绍", "技术特点", "创新点", "简介"}},
}

// sentence is one sentence of a section; start and end are bytes of the section's text.
type sentence struct {
	section    int
	start, end int
	role       role
	// body is where the text after the heading begins.
	body int
}

// draft is a record as the clinic reads it.
type draft struct {
	rec         jiqiao.Record
	need        *jiqiao.Need
	achievement *jiqiao.Achievement
	sections    []jiqiao.Section
	sentences   []sentence
	// structured says that the record came from a form: the title stands apart, and more than one text is filled in.
	structured bool
}

// maxRead bounds what of a draft is examined, in bytes: some 12,000 characters, several times what anyone reads.
const maxRead = 36_000

func readDraft(rec jiqiao.Record) *draft {
	d := &draft{rec: rec, sections: rec.Sections()}
	d.need, _ = rec.(*jiqiao.Need)
	d.achievement, _ = rec.(*jiqiao.Achievement)
	texts, read := 0, 0
	for i, s := range d.sections {
		first, named := labelRoles[s.Label]
		if s.Field != jiqiao.FieldTitle && s.Field != jiqiao.FieldKeywords {
			texts++
		}
		current := first
		for _, span := range zh.Sentences(s.Text) {
			if read += span.End - span.Start; read > maxRead {
				break
			}
			one := sentence{section: i, start: span.Start, end: span.End, body: span.Start}
			if !named || first == roleMain || first == roleProblem {
				if r, n := headingAt(s.Text[span.Start:span.End]); n > 0 {
					current, one.body = r, span.Start+n
				}
			}
			one.role = current
			d.sentences = append(d.sentences, one)
		}
	}
	d.structured = texts > 1
	return d
}

// headingAt reads a heading at the start of a sentence, after numbering such as 三、 or (2): its role, and how far it goes.
func headingAt(s string) (role, int) {
	rest := strings.TrimLeft(s, " \t\r　0123456789.、()（）一二三四五六七八九十【[#*")
	for _, h := range headings {
		for _, w := range h.words {
			after, ok := strings.CutPrefix(rest, w)
			if !ok {
				continue
			}
			if end, ok := headingEnd(after); ok {
				return h.role, len(s) - len(after) + end
			}
		}
	}
	return 0, 0
}

// headingEnd keeps 目标检测 from opening a passage: a heading stands alone or before a colon or bracket.
func headingEnd(after string) (int, bool) {
	trimmed := strings.TrimLeft(after, " 　")
	for _, mark := range []string{"：", ":", "】", "]", "为：", "如下：", "如下:", "要求：", "及要求：", "（万元）：", "(万元)："} {
		if strings.HasPrefix(trimmed, mark) {
			return len(after) - len(trimmed) + len(mark), true
		}
	}
	return len(after), strings.TrimRight(trimmed, "。； ") == ""
}

func (d *draft) text(s sentence) string { return d.sections[s.section].Text[s.start:s.end] }

// tail is the sentence after its heading.
func (d *draft) tail(s sentence) string { return d.sections[s.section].Text[s.body:s.end] }

// runes is how long the draft is, title and keywords left out.
func (d *draft) runes() int {
	n := 0
	for _, s := range d.sections {
		if s.Field != jiqiao.FieldTitle && s.Field != jiqiao.FieldKeywords {
			n += len([]rune(s.Text))
		}
	}
	return n
}

// place is a stretch of a sentence, in bytes of its section.
type place struct {
	sentence   int
	start, end int
}

func (d *draft) quote(p place) string {
	return d.sections[d.sentences[p.sentence].section].Text[p.start:p.end]
}
