package jiqiao

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCodeListsAreSound(t *testing.T) {
	if len(CodeLists()) != len(codeNames) {
		t.Fatalf("%d lists, want %d", len(CodeLists()), len(codeNames))
	}
	for _, l := range CodeLists() {
		seen := make(map[string]bool)
		if l.Label == "" || l.Source == "" || len(l.Items) < 2 {
			t.Errorf("%s: label %q, source %q, %d items", l.Name, l.Label, l.Source, len(l.Items))
		}
		for _, item := range l.Items {
			if item.Label == "" || strings.TrimSpace(item.Label) != item.Label {
				t.Errorf("%s %s: label %q", l.Name, item.Code, item.Label)
			}
			if seen[item.Code] {
				t.Errorf("%s %s: twice", l.Name, item.Code)
			}
			if item.Parent != "" && !seen[item.Parent] {
				t.Errorf("%s %s: parent %q does not stand before it", l.Name, item.Code, item.Parent)
			}
			seen[item.Code] = true
			if item.Parent != "" && !CodeMatches(l.Name, item.Parent, item.Code) {
				t.Errorf("%s: %s does not hold %s", l.Name, item.Parent, item.Code)
			}
			if got, ok := CodeByLabel(l.Name, item.Code); !ok || got != item.Code {
				t.Errorf("%s: code %s resolves to %q", l.Name, item.Code, got)
			}
		}
	}
}

// A label may be ambiguous only where the standard itself repeats it.
func TestLabelsResolve(t *testing.T) {
	for _, l := range CodeLists() {
		for _, item := range l.Items {
			label := item.Label
			if l.Name == "region" {
				label = regionPath(item.Code)
			}
			got, ok := CodeByLabel(l.Name, label)
			if got == item.Code || ok && CodeLabel(l.Name, got) == item.Label && CodeMatches(l.Name, got, item.Code) {
				continue // the section P 教育 speaks for its division P83 教育
			}
			t.Errorf("%s %s %s: resolves to %q %v", l.Name, item.Code, label, got, ok)
		}
	}
}

func TestListSizes(t *testing.T) {
	want := map[string]int{"industry": 20 + 97, "emerging": 9 + 40, "field": 8 + 49, "subject": 62, "trl": 13, "region": 3000}
	for name, atLeast := range want {
		l, ok := LookupList(name)
		if !ok || len(l.Items) < atLeast {
			t.Errorf("%s: %d entries, want at least %d", name, len(l.Items), atLeast)
		}
	}
	if _, ok := LookupList("no such list"); ok {
		t.Error("found a list that does not exist")
	}
}

func TestCodeByLabelRefuses(t *testing.T) {
	for _, c := range []struct{ list, text string }{
		{"no such list", "C26"}, {"industry", ""}, {"industry", "C99"}, {"industry", "煮咖啡"}, {"industry", "  "},
		{"trl", "0"}, {"trl", "14"}, {"trl", "-5"}, {"trl", "1-3"}, {"trl", "6.5"},
		{"region", "朝阳区"}, {"region", "鼓楼区"}, {"region", "滨海"}, {"region", "江苏省石家庄市"}, {"region", "盐城市江苏省"},
		{"region", "吉林市吉林省"}, {"region", "亚特兰蒂斯"}, {"region", "999999"}, {"region", "320999"}, {"region", "市辖区"},
		{"region", "盐城市人民政府"}, {"region", "盐城市盐城市"}, {"maturity", "快好了"}, {"budget", "50"},
	} {
		if got, ok := CodeByLabel(c.list, c.text); ok {
			t.Errorf("%s %q resolves to %q", c.list, c.text, got)
		}
	}
}

func TestCodeByLabelTolerates(t *testing.T) {
	for _, c := range []struct{ list, text, want string }{
		{"industry", "c26", "C26"}, {"industry", "26", "C26"}, {"industry", "Ｃ２６", "C26"}, {"industry", "制造业", "C"},
		{"industry", "化学原料和化学制品制造业", "C26"}, {"industry", "化学原料和化学制品", "C26"}, {"industry", "C26 化学原料和化学制品制造业", "C26"},
		{"industry", "农业", "A01"}, {"industry", "教育", "P"}, {"industry", "酒、饮料和精制茶制造业", "C15"}, {"industry", "酒，饮料和精制茶制造业", "C15"},
		{"field", "20101", "20101"}, {"field", "新型疫苗", "20101"}, {"field", "新材料", "40"}, {"field", "gis软件", "10106"},
		{"emerging", "新一代信息技术", "1"}, {"emerging", "３．１", "3.1"}, {"emerging", "先进钢铁", "3.1"},
		{"trl", "TRL6", "6"}, {"trl", "trl 6", "6"}, {"trl", "ＴＲＬ－６级", ""}, {"trl", "6级", "6"}, {"trl", "第6级", "6"}, {"trl", "正样级", "6"},
		{"trl", "6 正样级", "6"}, {"trl", "13", "13"},
		{"maturity", "小试", "lab"}, {"maturity", "通过小试", "lab"}, {"maturity", "中试阶段", "pilot"}, {"maturity", "可以量产", "production"},
		{"maturity", "量产", "production"}, {"maturity", "样机", "sample"}, {"maturity", "在研", "researching"}, {"maturity", " 已有样品 ", "sample"},
		{"cooperation", "合作开发", "joint"}, {"cooperation", "联合(合作)开发", "joint"}, {"cooperation", "联合（合作）开发", "joint"},
		{"cooperation", "技术转让", "transfer"}, {"cooperation", "作价入股", "equity"}, {"cooperation", "委托团队、专家长期技术服务", "expert_service"},
		{"cooperation", "共建新研发/生产实体", "joint_entity"}, {"cooperation", "共建新研发、生产实体", "joint_entity"},
		{"budget", "面议", "negotiable"}, {"budget", "<50", "lt50"}, {"budget", "50-200万元", "50to200"}, {"budget", "50～200 万元", "50to200"},
		{"budget", "200—500万", "200to500"}, {"budget", ">500万", "gt500"}, {"budget", "500万元以上", "gt500"},
		{"ip", "发明", "invention"}, {"ip", "软著", "software"}, {"ip", "实用新型专利", "utility"}, {"ip_state", "已授权", "granted"},
		{"qualification", "专精特新\"小巨人\"", "little_giant"}, {"qualification", "专精特新“小巨人”", "little_giant"}, {"qualification", "高企", "high_tech"},
		{"need_category", "技术研发(关键、核心技术)", "research"}, {"level", "国际先进", "world_advanced"}, {"status", "已发布", "published"},
		{"organisation_kind", "高校", "university"}, {"disclosure", "公开", "public"}, {"scale", "中型企业", "medium"}, {"subject", "材料科学", "430"},
		{"region", "盐城市", "320900"}, {"region", "江苏省盐城市", "320900"}, {"region", "江苏/盐城", "320900"}, {"region", "江苏 盐城", "320900"},
		{"region", "盐城", "320900"}, {"region", "江苏省 盐城市 大丰区", "320904"}, {"region", "江苏盐城大丰", "320904"}, {"region", "盐城市大丰区", "320904"},
		{"region", "大丰", "320904"}, {"region", "大丰市", "320904"}, {"region", "东台", "320981"}, {"region", "江苏省-盐城市-东台市", ""},
		{"region", "北京市", "110000"}, {"region", "北京", "110000"}, {"region", "北京市市辖区朝阳区", "110105"}, {"region", "北京朝阳区", "110105"}, {"region", "110100", "110000"},
		{"region", "吉林", "220000"}, {"region", "吉林市", "220200"}, {"region", "吉林省吉林市", "220200"}, {"region", "南京市鼓楼区", "320106"},
		{"region", "内蒙古", "150000"}, {"region", "广西", "450000"}, {"region", "新疆", "650000"}, {"region", "恩施", "422800"}, {"region", "香港", "810000"},
		{"region", "3209", "320900"}, {"region", "32", "320000"}, {"region", "320900000000", "320900"}, {"region", "３２０９００", "320900"},
		{"region", "中国江苏省盐城市", "320900"}, {"region", "长治", "140400"}, {"region", "邢台", "130500"}, {"region", "济源市", "419001"}, {"region", "东莞市", "441900"},
		{"region", "海南", "460000"}, {"region", "上海浦东", "310115"}, {"region", "江苏滨海", "320922"},
	} {
		got, ok := CodeByLabel(c.list, c.text)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%s %q: got %q %v, want %q", c.list, c.text, got, ok, c.want)
		}
	}
}

func TestCodeMatches(t *testing.T) {
	for _, c := range []struct {
		list, filter, code string
		want               bool
	}{
		{"region", "320000", "330100", false}, {"region", "320981", "320900", false}, {"region", "320900", "321000", false},
		{"region", "", "320900", false}, {"region", "32", "320900", false}, {"region", "320900", "", false},
		{"region", "320000", "320981", true}, {"region", "320900", "320981", true}, {"region", "320981", "320981", true}, {"region", "110000", "110105", true},
		{"industry", "C26", "C", false}, {"industry", "", "C26", false}, {"industry", "C", "C26", true}, {"industry", "C26", "C26", true},
		{"field", "20", "10", false}, {"field", "201", "20", false}, {"field", "20", "20101", true}, {"field", "201", "20101", true},
		{"emerging", "3.1", "3.2", false}, {"emerging", "3", "3.1", true}, {"emerging", "", "3", false},
		{"trl", "1", "13", false}, {"trl", "1", "1", true}, {"ip", "in", "invention", false}, {"maturity", "lab", "lab", true},
	} {
		if got := CodeMatches(c.list, c.filter, c.code); got != c.want {
			t.Errorf("%s: %q holds %q = %v", c.list, c.filter, c.code, got)
		}
	}
}

// regionPath is a region's full name, from the province down: 江苏省 盐城市 大丰区.
func regionPath(code string) string {
	var names []string
	for _, item := range CodePath("region", code) {
		names = append(names, item.Label)
	}
	return strings.Join(names, " ")
}

func TestRegionNames(t *testing.T) {
	for code, want := range map[string]string{
		"320904": "江苏省 盐城市 大丰区", "320900": "江苏省 盐城市", "320000": "江苏省", "110105": "北京市 朝阳区", "000000": "", "": "",
	} {
		if got := regionPath(code); got != want {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
	for name, want := range map[string]string{
		"盐城市": "盐城", "黔西南布依族苗族自治州": "黔西南", "巴音郭楞蒙古自治州": "巴音郭楞", "浦东新区": "浦东", "区": "", "忻州": "忻州",
	} {
		if got := regionShort(name); got != want {
			t.Errorf("%s: short %q, want %q", name, got, want)
		}
	}
}

func TestCodePath(t *testing.T) {
	want := []CodeItem{{Code: "40", Label: "新材料"}, {Code: "401", Label: "金属", Parent: "40"}}
	if diff := cmp.Diff(want, CodePath("field", "401")); diff != "" {
		t.Error(diff)
	}
	if got := CodePath("field", "999"); got != nil {
		t.Errorf("unknown code: %v", got)
	}
	if got := CodeLabel("field", "999"); got != "" {
		t.Errorf("unknown code: %q", got)
	}
}

func TestMaturityTRL(t *testing.T) {
	for stage, want := range map[string]int{"": 0, "other": 0, "researching": 2, "sample": 4, "lab": 5, "pilot": 6, "production": 8} {
		if got := MaturityTRL(stage); got != want {
			t.Errorf("%q: %d, want %d", stage, got, want)
		}
	}
}

func FuzzCodeByLabel(f *testing.F) {
	for _, s := range []string{"", "盐城", "江苏/盐城", "TRL6", "ＴＲＬ６", "面议", "吉林吉林吉林吉林吉林", "\xff\xfe", "320900000000", "市辖区市辖区"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, name := range codeNames {
			code, ok := CodeByLabel(name, s)
			if ok != (code != "") || ok && CodeLabel(name, code) == "" {
				t.Fatalf("%s %q: %q %v", name, s, code, ok)
			}
			if again, _ := CodeByLabel(name, code); ok && again != code {
				t.Fatalf("%s: code %q resolves to %q", name, code, again)
			}
		}
	})
}

func BenchmarkCodeByLabelRegionPath(b *testing.B) {
	for b.Loop() {
		CodeByLabel("region", "江苏省 盐城市 大丰区")
	}
}

func BenchmarkLoadCodes(b *testing.B) {
	for b.Loop() {
		loadCodes()
	}
}
