package sheet

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

// Titles as they stand in forms that are in use: the bureau's 企业技术需求征集表, a city's import template, the
// 科技成果信息表 of a university.
func TestTitlesInUse(t *testing.T) {
	for _, c := range []struct {
		kind        jiqiao.Kind
		title, path string
	}{
		{jiqiao.KindNeed, "技术需求名称", "title"}, {jiqiao.KindNeed, "需求名称*", "title"}, {jiqiao.KindNeed, "＊需求名称（必填）", "title"},
		{jiqiao.KindNeed, "★需求名称", "title"}, {jiqiao.KindNeed, "需 求 名 称", "title"}, {jiqiao.KindNeed, "需求\n名称：", "title"},
		{jiqiao.KindNeed, "关键字", "keywords"}, {jiqiao.KindNeed, "有效期", "valid_until"}, {jiqiao.KindNeed, "需求领域", "fields"},
		{jiqiao.KindNeed, "技术需求类别", "category"}, {jiqiao.KindNeed, "合作方式", "cooperation"}, {jiqiao.KindNeed, "合作价格", "price"},
		{jiqiao.KindNeed, "意向合作单位", "intended_partners"}, {jiqiao.KindNeed, "意向合作专家", "intended_experts"},
		{jiqiao.KindNeed, "技术需求详情", "problem"}, {jiqiao.KindNeed, "技术指标", "metrics"}, {jiqiao.KindNeed, "单位名称", "owner.name"},
		{jiqiao.KindNeed, "地址", "organisation.address"}, {jiqiao.KindNeed, "法人", "organisation.legal_person"}, {jiqiao.KindNeed, "联系人", "contact.name"},
		{jiqiao.KindNeed, "联系人电话", "contact.mobile"}, {jiqiao.KindNeed, "座机", "contact.phone"}, {jiqiao.KindNeed, "电子邮箱", "contact.email"},
		{jiqiao.KindNeed, "企业名称", "owner.name"}, {jiqiao.KindNeed, "企业类型/资质", "organisation.qualifications"}, {jiqiao.KindNeed, "国民经济行业", "industries"},
		{jiqiao.KindNeed, "需求背景/应用场景", "background"}, {jiqiao.KindNeed, "拟解决的主要技术难题", "problem"},
		{jiqiao.KindNeed, "约束条件（成本、工艺、环境、法规）", "constraints"}, {jiqiao.KindNeed, "已有基础(进展、投入、设备、人员)", "foundation"},
		{jiqiao.KindNeed, "拟投入资金（万元）", "price"}, {jiqiao.KindNeed, "拟投入资金【万元】", "price"}, {jiqiao.KindNeed, "期望完成时间", "deadline"},
		{jiqiao.KindNeed, "是否揭榜挂帅", "challenge"}, {jiqiao.KindNeed, "榜单金额(万元)", "bounty"}, {jiqiao.KindNeed, "是否公开", "disclosure"},
		{jiqiao.KindNeed, "是否接受专家调研", "expert_visits"}, {jiqiao.KindNeed, "是否参与方案筛选", "joins_selection"}, {jiqiao.KindNeed, "其他需求", "services"},
		{jiqiao.KindAchievement, "成果权属人", "owner.name"}, {jiqiao.KindAchievement, "完成时间", "completed_on"}, {jiqiao.KindAchievement, "资助情况", "funding"},
		{jiqiao.KindAchievement, "应用领域", "applications"}, {jiqiao.KindAchievement, "获得方式", "acquisition"}, {jiqiao.KindAchievement, "技术成熟度", "maturity"},
		{jiqiao.KindAchievement, "获奖情况", "awards"}, {jiqiao.KindAchievement, "知识产权形式", "ips"}, {jiqiao.KindAchievement, "成果简介", "abstract"},
		{jiqiao.KindAchievement, "商业分析", "benefit"}, {jiqiao.KindAchievement, "登记号", "registry_number"}, {jiqiao.KindAchievement, "成果体现形式", "form"},
		{jiqiao.KindAchievement, "所处阶段", "maturity"}, {jiqiao.KindAchievement, "转化方式意向", "cooperation"}, {jiqiao.KindAchievement, "高新技术领域", "fields"},
		{jiqiao.KindAchievement, "学科分类", "subjects"}, {jiqiao.KindAchievement, "完成人", "team"}, {jiqiao.KindAchievement, "E-MAIL", "contact.email"},
		{jiqiao.KindNeed, "成果名称", ""}, {jiqiao.KindNeed, "序号", ""}, {jiqiao.KindNeed, "", ""}, {jiqiao.KindNeed, "（）", ""}, {jiqiao.KindNeed, "需求图片", ""},
		{jiqiao.KindAchievement, "需求名称", ""}, {jiqiao.KindAchievement, "备注", ""},
	} {
		columns := Columns(c.kind)
		got := ""
		if at := titlesOf(columns).find(c.title); at >= 0 {
			got = columns[at].Path
		}
		if got != c.path {
			t.Errorf("%s %q: got %q, want %q", c.kind, c.title, got, c.path)
		}
	}
}

// A title that two columns claim would go to whichever is first: none may.
func TestTitlesAreUnambiguous(t *testing.T) {
	for _, kind := range jiqiao.Kinds {
		claimed, paths := map[string]string{}, map[string]bool{}
		for _, c := range Columns(kind) {
			if paths[c.Path] {
				t.Errorf("%s: two columns for %s", kind, c.Path)
			}
			paths[c.Path] = true
			for _, title := range append([]string{c.Header}, c.Aliases...) {
				key := headerKey(title)
				if other, taken := claimed[key]; taken && other != c.Header {
					t.Errorf("%s: %q belongs to %q and %q", kind, title, other, c.Header)
				}
				claimed[key] = c.Header
			}
			if c.List != "" && c.List != flagList {
				if _, ok := jiqiao.LookupList(c.List); !ok {
					t.Errorf("%s: no list %q", c.Header, c.List)
				}
			}
			if c.Header != strings.TrimSpace(c.Header) || c.Width <= 0 {
				t.Errorf("%+v", c)
			}
		}
	}
}

func TestFindHeading(t *testing.T) {
	columns := Columns(jiqiao.KindNeed)
	row := func(n int, cells ...string) numbered { return numbered{n, cells} }
	for name, c := range map[string]struct {
		rows    []numbered
		row     int
		ignored []string
		help    string
	}{
		"first row":        {[]numbered{row(1, "需求名称", "单位名称")}, 1, nil, ""},
		"below headings":   {[]numbered{row(1, "汇总表"), row(2), row(4, "序号", "需求名称", "单位名称", "备注")}, 4, []string{"序号", "备注"}, ""},
		"title twice":      {[]numbered{row(1, "需求名称", "单位名称", "技术需求名称")}, 1, []string{"技术需求名称"}, ""},
		"our error column": {[]numbered{row(1, "需求名称", "单位名称", "错误说明")}, 1, nil, ""},
		"words in a text":  {[]numbered{row(1, "请填写需求名称和单位名称"), row(2, "需求名称", "单位名称")}, 2, nil, ""},
		"no owner":         {[]numbered{row(3, "需求名称", "手机")}, 3, nil, "（第 3 行）缺少必填的列：「单位名称」"},
		"no title":         {[]numbered{row(1, "单位名称", "手机", "邮箱")}, 1, nil, "「需求名称」"},
		"other side":       {[]numbered{row(1, "成果名称", "单位名称", "成果简介")}, 1, nil, "这是一份科技成果表"},
		"nothing":          {nil, 0, nil, "找不到表头"},
		"only data":        {[]numbered{row(1, "一", "二")}, 0, nil, "找不到表头"},
		"one word is luck": {[]numbered{row(1, "手机", "二")}, 1, nil, "找不到表头"},
	} {
		t.Run(name, func(t *testing.T) {
			h, err := findHeading(jiqiao.KindNeed, columns, c.rows)
			switch {
			case c.help == "" && err != nil, c.help != "" && (err == nil || !strings.Contains(err.Error(), c.help)):
				t.Fatalf("got %v, want %q", err, c.help)
			case h.row != c.row:
				t.Errorf("row %d, want %d", h.row, c.row)
			}
			if diff := cmp.Diff(c.ignored, h.ignored); c.help == "" && diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The same on the side of achievements: the titles are others, the rules are not.
func TestAchievementSheets(t *testing.T) {
	path := write(t, "x.csv", []byte("成果名称;成果权属人;技术成熟度;知识产权情况;完成人;合作价格（万元）;完成时间;关键词\n"+
		"大尺寸碳化硅外延;示例大学;通过中试;发明专利 ZL202010123456.7 已授权、\n已授权;张三、李四;1.2亿;2026年6月;碳化硅 外延\n"+
		"“引号”成果;示例大学;小试;软件著作权2020SR0123456;张三/教授/负责人；李四;面议;2026.6.30;碳化硅/外延\n"))
	rows := readAll(t, path, jiqiao.KindAchievement)
	if len(rows) != 3 {
		t.Fatalf("%d rows", len(rows))
	}
	good := rows[2].Entry.Record.(*jiqiao.Achievement)
	want := &jiqiao.Achievement{
		Maturity: "lab", CompletedOn: "2026-06-30", IPs: []jiqiao.IP{{Kind: "software", Number: "2020SR0123456"}},
		Team: []jiqiao.TeamMember{{Name: "张三", Title: "教授", Role: "负责人"}, {Name: "李四"}},
	}
	want.Title, want.Owner.Name, want.Price, want.Keywords = "“引号”成果", "示例大学", jiqiao.Negotiable(), []string{"碳化硅/外延"}
	if diff := cmp.Diff(want, good); diff != "" || !rows[2].OK() {
		t.Error(diff, rows[2].Errors)
	}
}
