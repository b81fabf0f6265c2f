package jiqiao

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNormaliseNeed(t *testing.T) {
	n := &Need{
		Header: Header{
			Title: " 开发\x00新工艺 \xff", Keywords: []string{" 碳化硅", "", "碳化硅", "栅氧"},
			Owner:  OrganisationRef{Name: "　某某公司 ", CreditCode: "９１４４０３００708461136t", Kind: "企业"},
			Region: "江苏/盐城", Industries: []string{"c39", "C39", ""}, Fields: []string{"新材料"}, Cooperation: []string{"合作开发", "不认识"},
			Disclosure: "公开", Contact: Contact{Mobile: "+86 138-1234-8000", Email: " Ａ@x.cn "},
		},
		Category: "技术难题", Problem: "一\r\n二\r三\n", Outcomes: []string{"样机"}, Services: []string{"人才"},
		Metrics: []Metric{{Name: " 厚度 ", Unit: " mm"}}, IntendedExperts: []string{" 王教授 ", ""},
	}
	Normalise(n)
	want := &Need{
		Header: Header{
			Title: "开发新工艺", Keywords: []string{"碳化硅", "栅氧"}, Status: StatusPublished,
			Owner:  OrganisationRef{Name: "某某公司", CreditCode: "91440300708461136T", Kind: OrganisationEnterprise},
			Region: "320900", Industries: []string{"C39"}, Fields: []string{"40"}, Cooperation: []string{"joint", "不认识"},
			Disclosure: DisclosurePublic, Contact: Contact{Mobile: "13812348000", Email: "A@x.cn"},
		},
		Category: "research", Problem: "一\n二\n三", Outcomes: []string{"prototype"}, Services: []string{"talent"},
		Metrics: []Metric{{Name: "厚度", Unit: "mm"}}, IntendedExperts: []string{"王教授"},
	}
	if diff := cmp.Diff(want, n); diff != "" {
		t.Error(diff)
	}
}

func TestNormaliseAchievement(t *testing.T) {
	a := &Achievement{
		Header:   Header{Title: "成果", Status: "草稿"},
		Maturity: "中试", Attribute: "原始创新", Form: "新工艺", Level: "国内领先", Evaluation: "鉴定", Acquisition: "自主研发",
		Subjects: []string{"材料科学"}, IPs: []IP{{Kind: "发明", State: "授权", Number: " ZL1 "}}, Team: []TeamMember{{Name: " 王敏 "}},
	}
	Normalise(a)
	want := &Achievement{
		Header:   Header{Title: "成果", Status: StatusDraft},
		Maturity: "pilot", Attribute: "original", Form: "process", Level: "china_leading", Evaluation: "appraisal", Acquisition: "own",
		Subjects: []string{"430"}, IPs: []IP{{Kind: "invention", State: "granted", Number: "ZL1"}}, Team: []TeamMember{{Name: "王敏"}},
	}
	if diff := cmp.Diff(want, a); diff != "" {
		t.Error(diff)
	}
}

func TestNormaliseOrganisation(t *testing.T) {
	o := &Organisation{Name: " 某大学\t", Kind: "大学", CreditCode: "12100000400000624d", Region: "南京市鼓楼区", Industry: "教育", Scale: "大型企业", Qualifications: []string{"高企"}}
	o.Normalise()
	want := &Organisation{Name: "某大学", Kind: OrganisationUniversity, CreditCode: "12100000400000624D", Region: "320106", Industry: "P", Scale: "large", Qualifications: []string{"high_tech"}}
	if diff := cmp.Diff(want, o); diff != "" {
		t.Error(diff)
	}
}

func TestFilterNormalise(t *testing.T) {
	in := Filter{Industries: []string{"C27", "c26", "C26"}, Regions: []string{"盐城"}, Budgets: []string{"面议"}, Years: []int{2026, 2024, 2026}, Organisations: []string{"o_2", "o_1", "o_2"}}
	want := Filter{Industries: []string{"C26", "C27"}, Regions: []string{"320900"}, Budgets: []string{"negotiable"}, Years: []int{2024, 2026},
		Organisations: []string{"o_1", "o_2"}, Statuses: []Status{StatusPublished}}
	got := in.Normalise()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(got, got.Normalise()); diff != "" {
		t.Errorf("a second time changes it: %s", diff)
	}
	if in.Industries[0] != "C27" || in.Years[0] != 2026 {
		t.Error("the filter given was changed")
	}
	if got := (Filter{Statuses: []Status{"draft", "*"}}).Normalise().Statuses; !cmp.Equal(got, []Status{AnyStatus}) {
		t.Errorf("statuses %v", got)
	}
}

func TestFilterRefused(t *testing.T) {
	for want, f := range map[string]Filter{
		"industries[1]": {Industries: []string{"C26", "X"}}, "fields[0]": {Fields: []string{"9"}}, "emerging[0]": {Emerging: []string{"0"}},
		"regions[0]": {Regions: []string{"000000"}}, "cooperation[0]": {Cooperation: []string{"?"}}, "budgets[0]": {Budgets: []string{"50"}},
		"statuses[0]": {Statuses: []Status{"?"}}, "years[0]": {Years: []int{26}}, "trl_min": {TRLMin: -1}, "trl_max": {TRLMin: 6, TRLMax: 5},
		"organisations": {Organisations: make([]string, MaxFilterValues+1)},
	} {
		if got := fieldsOf(t, f.Validate()); len(got) == 0 || got[0] != want {
			t.Errorf("%+v: complains of %v, want %s", f, got, want)
		}
	}
	ok := Filter{Industries: []string{"C"}, Statuses: []Status{AnyStatus}, TRLMin: 5, TRLMax: 13, Years: []int{2026}}
	if err := ok.Validate(); err != nil {
		t.Error(err)
	}
}

func TestSearchQuery(t *testing.T) {
	for want, q := range map[string]SearchQuery{
		"kind": {Kind: "x"}, "sort": {Kind: KindNeed, Sort: "x"}, "limit": {Kind: KindNeed, Limit: MaxPageSize + 1}, "trl_min": {Kind: KindNeed, Filter: Filter{TRLMin: 99}},
	} {
		if got := fieldsOf(t, q.Validate()); len(got) != 1 || got[0] != want {
			t.Errorf("%+v: complains of %v, want %s", q, got, want)
		}
	}
	q, cut := SearchQuery{Kind: KindNeed, Text: "  碳化硅\xff  "}.Normalise()
	if cut || q.Text != "碳化硅" || q.Sort != SortRelevance || q.Limit != DefaultPage {
		t.Errorf("%+v %v", q, cut)
	}
	q, cut = SearchQuery{Kind: KindNeed, Text: strings.Repeat("硅", 100_000)}.Normalise()
	if !cut || q.Text != strings.Repeat("硅", MaxQueryRunes) {
		t.Errorf("kept %d bytes, cut %v", len(q.Text), cut)
	}
	if q, _ := (SearchQuery{Kind: KindNeed}).Normalise(); q.Sort != SortNewest {
		t.Errorf("without a text sorts by %s", q.Sort)
	}
	if q, cut := (SearchQuery{Text: strings.Repeat("硅", MaxQueryRunes)}).Normalise(); cut || len(q.Text) != 3*MaxQueryRunes {
		t.Error("a text of exactly the limit was cut")
	}
	if err := q.Validate(); err != nil {
		t.Error(err)
	}
}

func TestMatchQuery(t *testing.T) {
	for want, q := range map[string]MatchQuery{"limit": {Limit: -1}, "offset": {Offset: -1}, "years[0]": {Filter: Filter{Years: []int{1}}}} {
		if got := fieldsOf(t, q.Validate()); len(got) != 1 || got[0] != want {
			t.Errorf("complains of %v, want %s", got, want)
		}
	}
	if q := (MatchQuery{}).Normalise(); q.Limit != DefaultPage || len(q.Filter.Statuses) != 1 {
		t.Errorf("%+v", q)
	}
}

func FuzzNormalise(f *testing.F) {
	f.Add("题", "江苏/盐城", "c26")
	f.Add("\xff\x00", "", "\r\n")
	f.Fuzz(func(t *testing.T, title, region, industry string) {
		n := &Need{Header: Header{Title: title, Region: region, Industries: []string{industry}, Keywords: []string{title}, Contact: Contact{Mobile: region}}}
		Normalise(n)
		once := *n
		once.Industries = append([]string(nil), n.Industries...)
		Normalise(n)
		if diff := cmp.Diff(&once, n); diff != "" {
			t.Fatalf("not settled after the first time: %s", diff)
		}
		_, _ = n.Validate(), n.Warnings()
	})
}
