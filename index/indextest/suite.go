package indextest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/index"
)

// Engine is what a search engine must offer.
type Engine interface {
	Apply(ctx context.Context, seq int64, puts []jiqiao.Record, deletes []index.Ref) error
	Seq() int64
	Generation() string
	Search(ctx context.Context, q jiqiao.SearchQuery) (jiqiao.SearchResult, error)
	Suggest(ctx context.Context, kind jiqiao.Kind, prefix string, n int) ([]jiqiao.Suggestion, error)
	Similar(ctx context.Context, rec jiqiao.Record, n int) ([]jiqiao.Duplicate, error)
	Recall(ctx context.Context, q index.RecallQuery) ([]index.Candidate, error)
	Allowed(ctx context.Context, kind jiqiao.Kind, f jiqiao.Filter, ids []string) ([]string, error)
}

// Admitter is an Engine that gives its filter out of its hands.
type Admitter interface {
	Admits(ctx context.Context, kind jiqiao.Kind, f jiqiao.Filter) (func(id string) bool, error)
}

// Run runs the suite; open makes an empty engine.
func Run(t *testing.T, open func(t *testing.T) Engine) {
	for name, test := range map[string]func(*testing.T, Engine){
		"text":        testText,
		"phrases":     testPhrases,
		"ranking":     testRanking,
		"filters":     testFilters,
		"facets":      testFacets,
		"visibility":  testVisibility,
		"sorting":     testSorting,
		"paging":      testPaging,
		"updates":     testUpdates,
		"bad queries": testBadQueries,
		"suggest":     testSuggest,
		"similar":     testSimilar,
		"recall":      testRecall,
		"generation":  testGeneration,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func put(t *testing.T, e Engine, records ...jiqiao.Record) {
	t.Helper()
	if err := e.Apply(t.Context(), e.Seq()+int64(len(records)), records, nil); err != nil {
		t.Fatal(err)
	}
}

func search(t *testing.T, e Engine, q jiqiao.SearchQuery) jiqiao.SearchResult {
	t.Helper()
	if q.Kind == "" {
		q.Kind = jiqiao.KindAchievement
	}
	r, err := e.Search(t.Context(), q)
	if err != nil {
		t.Fatalf("search %+v: %v", q, err)
	}
	if len(r.Hits) > 0 && r.Total < len(r.Hits) {
		t.Fatalf("%d hits of %d", len(r.Hits), r.Total)
	}
	return r
}

// numbers are the n of the records found.
func numbers(r jiqiao.SearchResult) []int {
	list := []int{}
	for _, h := range r.Hits {
		list = append(list, number(h.ID))
	}
	return list
}

func number(id string) int {
	n := 0
	_, _ = fmt.Sscanf(id[2:], "%d", &n)
	return n
}

func sorted(n []int) []int {
	slices.Sort(n)
	return n
}

func testText(t *testing.T, e Engine) {
	put(t, e,
		Achievement(1, "待处理废液的回收装置", "用于电镀废水。"),
		Achievement(2, "在建工程质量监测系统", "基于机器学习与半导体制程的监测。"),
		Achievement(3, "基于YOLOv8的缺陷检测方法", "对碳化硅衬底的表面缺陷进行检测，精度≤0.5 mm。"),
		Achievement(4, "石墨烯/PE复合薄膜", "符合GB/T 19001-2016，含Al₂O₃填料，支持5G基站散热。"),
		Achievement(5, "碳化硅衬底的磨削工艺", "晶圆减薄。"),
		Need(6, "碳化硅衬底的清洗", "求清洗方法"),
	)
	for _, c := range []struct {
		text string
		want []int
	}{
		{"处理", []int{1}},
		{"工程", []int{2}},
		{"機器學習與半導體製程", []int{2}},
		{"yolov8", []int{3}},
		{"ＹＯＬＯｖ８", []int{3}},
		{"0.5mm", []int{3}},
		{"GB/T 19001-2016", []int{4}},
		{"al2o3", []int{4}},
		{"石墨烯", []int{4}},
		{"5g", []int{4}},
		{"碳化硅衬底", []int{3, 5}},
		{"碳化硅衬底 缺陷", []int{3}},
		{"碳化硅衬底缺陷检测", []int{3}},
		{"光刻胶", []int{}},
		{"碳化硅 光刻胶", []int{3, 5}}, // no record has both: those with half
		{"硅", []int{3, 5}},
		{"晶", []int{5}},
		{"，。！？", []int{}},
		{"的", []int{}},
		{"", []int{1, 2, 3, 4, 5}},
		{"   ", []int{1, 2, 3, 4, 5}},
	} {
		if got := sorted(numbers(search(t, e, jiqiao.SearchQuery{Text: c.text}))); !cmp.Equal(got, c.want) {
			t.Errorf("%q finds %v, want %v", c.text, got, c.want)
		}
	}
}

func testPhrases(t *testing.T, e Engine) {
	put(t, e,
		Achievement(1, "硅基负极材料", "用于锂离子电池。"),
		Achievement(2, "负极用硅材料的基础研究", "锂电池。"),
		Achievement(3, "Deep learning for 材料", "learning deep 负极"),
	)
	for _, c := range []struct {
		text string
		want []int
	}{
		{`"硅基负极"`, []int{1}},
		{"“硅基负极” 电池", []int{1}},
		{"「硅基负极」 光刻胶", []int{1}}, // the phrase stays demanded when the rest is relaxed
		{`"光刻胶" 负极`, []int{}},
		{`"硅基负极`, []int{1}}, // no closing mark: an ordinary text
		{`""`, []int{}},
		{`"负极" 材料`, []int{1, 2, 3}},
	} {
		if got := sorted(numbers(search(t, e, jiqiao.SearchQuery{Text: c.text}))); !cmp.Equal(got, c.want) {
			t.Errorf("%s finds %v, want %v", c.text, got, c.want)
		}
	}
}

func testRanking(t *testing.T, e Engine) {
	put(t, e,
		Achievement(1, "一种装置", "涉及氢燃料电池的双极板，也涉及许多别的事情和别的领域，例如包装、运输和仓储。"),
		Achievement(2, "氢燃料电池双极板", "金属双极板。"),
		Achievement(3, "电池与双极晶体管的氢气检测", "燃料与板材无关。"),
		Achievement(4, "水泵", "叶轮。", Keywords("氢燃料电池", "双极板")),
	)
	got := numbers(search(t, e, jiqiao.SearchQuery{Text: "氢燃料电池双极板"}))
	if len(got) < 3 || got[0] != 2 || slices.Index(got, 4) > slices.Index(got, 1) {
		t.Errorf("order %v: the title should come first, keywords before the text", got)
	}
	r := search(t, e, jiqiao.SearchQuery{Text: "氢燃料电池双极板"})
	if !slices.IsSortedFunc(r.Hits, func(a, b jiqiao.Hit) int { return int(1e9 * (b.Score - a.Score)) }) || r.Hits[0].Score <= 0 {
		t.Errorf("scores do not fall: %+v", r.Hits)
	}
}

func testFilters(t *testing.T, e Engine) {
	put(t, e,
		Achievement(1, "甲", "文", Industry("C26"), Region("320981"), TRL(4), Price(30), Owner("o_1", "一厂"),
			With(func(h *jiqiao.Header) { h.Fields, h.Cooperation = []string{"20101"}, []string{"licence"} })),
		Achievement(2, "乙", "文", Industry("C27", "A01"), Region("320100"), TRL(8), Price(300), Owner("o_2", "二厂"),
			With(func(h *jiqiao.Header) { h.Emerging, h.Cooperation = []string{"3.1"}, []string{"joint", "licence"} })),
		Achievement(3, "丙", "文", Industry("A01"), Region("110101"), With(func(h *jiqiao.Header) { h.Price = jiqiao.Negotiable() })),
		Achievement(4, "丁", "文", Status(jiqiao.StatusDraft), Industry("C26"),
			With(func(h *jiqiao.Header) { h.CreatedAt = Day(-200) })),
		func() jiqiao.Record {
			a := Achievement(5, "戊", "文")
			a.CompletedOn, a.Maturity = "2019-05-01", "pilot"
			return a
		}(),
	)
	for name, c := range map[string]struct {
		f    jiqiao.Filter
		want []int
	}{
		"none":            {jiqiao.Filter{}, []int{1, 2, 3, 5}},
		"section":         {jiqiao.Filter{Industries: []string{"C"}}, []int{1, 2}},
		"division":        {jiqiao.Filter{Industries: []string{"C26"}}, []int{1}},
		"two divisions":   {jiqiao.Filter{Industries: []string{"C26", "A01"}}, []int{1, 2, 3}},
		"province":        {jiqiao.Filter{Regions: []string{"320000"}}, []int{1, 2}},
		"city":            {jiqiao.Filter{Regions: []string{"320900"}}, []int{1}},
		"county":          {jiqiao.Filter{Regions: []string{"320981"}}, []int{1}},
		"field prefix":    {jiqiao.Filter{Fields: []string{"201"}}, []int{1}},
		"emerging prefix": {jiqiao.Filter{Emerging: []string{"3"}}, []int{2}},
		"cooperation":     {jiqiao.Filter{Cooperation: []string{"joint"}}, []int{2}},
		"both must hold":  {jiqiao.Filter{Cooperation: []string{"licence"}, Industries: []string{"A"}}, []int{2}},
		"organisation":    {jiqiao.Filter{Organisations: []string{"o_1"}}, []int{1}},
		"any status":      {jiqiao.Filter{Statuses: []jiqiao.Status{jiqiao.AnyStatus}, Access: jiqiao.Access{Everything: true}}, []int{1, 2, 3, 4, 5}},
		"draft":           {jiqiao.Filter{Statuses: []jiqiao.Status{jiqiao.StatusDraft}, Access: jiqiao.Access{Everything: true}}, []int{4}},
		"year":            {jiqiao.Filter{Years: []int{2019}}, []int{5}},
		"budget":          {jiqiao.Filter{Budgets: []string{"lt50", "negotiable"}}, []int{1, 3}},
		"from TRL":        {jiqiao.Filter{TRLMin: 5}, []int{2, 5}},
		"up to TRL":       {jiqiao.Filter{TRLMax: 4}, []int{1}},
		"TRL range":       {jiqiao.Filter{TRLMin: 4, TRLMax: 8}, []int{1, 2, 5}},
		"nobody":          {jiqiao.Filter{Organisations: []string{"o_9"}}, []int{}},
	} {
		for _, text := range []string{"", "文"} {
			r := search(t, e, jiqiao.SearchQuery{Filter: c.f, Text: text})
			if got := sorted(numbers(r)); text == "" && !cmp.Equal(got, c.want) {
				t.Errorf("%s: %v, want %v", name, got, c.want)
			}
		}
		ids, err := e.Allowed(t.Context(), jiqiao.KindAchievement, c.f, []string{"a_0", Achievement(5, "", "").ID, Achievement(1, "", "").ID})
		want := []string{}
		for _, n := range []int{5, 1} {
			if slices.Contains(c.want, n) {
				want = append(want, Achievement(n, "", "").ID)
			}
		}
		if err != nil || !cmp.Equal(ids, want) {
			t.Errorf("%s allows %v (%v), want %v", name, ids, err, want)
		}
		admits, err := e.(Admitter).Admits(t.Context(), jiqiao.KindAchievement, c.f)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{1, 5} {
			if id := Achievement(n, "", "").ID; admits(id) != slices.Contains(want, id) || admits("a_0") {
				t.Errorf("%s: asked about %d alone it says %v", name, n, admits(id))
			}
		}
	}
}

func testFacets(t *testing.T, e Engine) {
	put(t, e,
		Achievement(1, "光伏组件", "文", Industry("C38"), Region("320100"), TRL(4), Owner("o_1", "一厂")),
		Achievement(2, "光伏支架", "文", Industry("C38"), Region("320200"), TRL(6), Owner("o_1", "一厂")),
		Achievement(3, "光伏玻璃", "文", Industry("C30"), Region("110000")),
		Achievement(4, "水泥", "文", Industry("C30"), Region("110000")),
		Achievement(5, "光伏逆变", "文", Industry("C38"), Status(jiqiao.StatusDraft)),
	)
	counts := func(r jiqiao.SearchResult, name string) map[string]int {
		m := map[string]int{}
		for _, f := range r.Facets {
			if f.Name != name {
				continue
			}
			for _, v := range f.Values {
				m[v.Code] = v.Count
				if v.Label == "" || f.Label == "" {
					t.Errorf("%s %s has no label", name, v.Code)
				}
			}
		}
		return m
	}
	if got := counts(search(t, e, jiqiao.SearchQuery{Text: "光伏", Facets: true}), "statuses"); !cmp.Equal(got, map[string]int{"published": 3}) {
		t.Errorf("the public counts drafts: %v", got)
	}
	r := search(t, e, jiqiao.SearchQuery{Text: "光伏", Facets: true, Filter: jiqiao.Filter{Access: jiqiao.Access{Everything: true}}})
	for name, want := range map[string]map[string]int{
		"industries":    {"C": 3, "C38": 2, "C30": 1},
		"regions":       {"320000": 2, "320100": 1, "320200": 1, "110000": 1},
		"organisations": {"o_1": 2},
		"statuses":      {"published": 3, "draft": 1},
		"trl":           {"4": 1, "6": 1},
		"years":         {"2026": 3},
		"budgets":       {"unstated": 3},
	} {
		if got := counts(r, name); !cmp.Equal(got, want) {
			t.Errorf("%s %v, want %v", name, got, want)
		}
	}
	// Each facet is counted without its own restriction, but with all others.
	r = search(t, e, jiqiao.SearchQuery{Text: "光伏", Facets: true, Filter: jiqiao.Filter{Industries: []string{"C38"}, Regions: []string{"320100"}}})
	if r.Total != 1 {
		t.Errorf("total %d, want 1", r.Total)
	}
	if got, want := counts(r, "industries"), map[string]int{"C": 1, "C38": 1}; !cmp.Equal(got, want) {
		t.Errorf("industries %v, want %v", got, want)
	}
	if got, want := counts(r, "regions"), map[string]int{"320000": 2, "320100": 1, "320200": 1}; !cmp.Equal(got, want) {
		t.Errorf("regions %v, want %v", got, want)
	}
	if r := search(t, e, jiqiao.SearchQuery{Text: "光伏"}); r.Facets != nil {
		t.Error("facets that nobody asked for")
	}
}

func testVisibility(t *testing.T, e Engine) {
	put(t, e,
		Achievement(1, "光伏组件", "文", Owner("o_1", "一厂")),
		Achievement(2, "光伏支架", "文", Owner("o_1", "一厂"), Disclosure(jiqiao.DisclosureAnonymous)),
		Achievement(3, "光伏秘方", "文", Owner("o_1", "一厂"), Disclosure(jiqiao.DisclosurePrivate)),
		Achievement(4, "光伏电池", "文", Owner("o_1", "一厂"), Disclosure(jiqiao.DisclosureBroker), Region("320904")),
		Achievement(5, "光伏浆料", "文", Owner("o_1", "一厂"), Status(jiqiao.StatusDraft), Region("320904")),
		Achievement(6, "光伏银粉", "文", Owner("o_1", "一厂"), Status(jiqiao.StatusEngaged), Region("140400")),
	)
	all := []jiqiao.Status{jiqiao.AnyStatus}
	for name, c := range map[string]struct {
		f    jiqiao.Filter
		want []int
		own  int // the count of o_1
	}{
		"the public":                 {jiqiao.Filter{}, []int{1, 2}, 1},
		"by owner":                   {jiqiao.Filter{Organisations: []string{"o_1"}}, []int{1}, 1},
		"the public by status":       {jiqiao.Filter{Statuses: all}, []int{1, 2}, 1},
		"a draft of nobody's":        {jiqiao.Filter{Statuses: []jiqiao.Status{jiqiao.StatusDraft}}, []int{}, 0},
		"who sees owners":            {jiqiao.Filter{Organisations: []string{"o_1"}, Access: jiqiao.Access{Owners: true}}, []int{1, 2}, 2},
		"who sees everything":        {jiqiao.Filter{Statuses: all, Access: jiqiao.Access{Everything: true}}, []int{1, 2, 3, 4, 5, 6}, 6},
		"everything published":       {jiqiao.Filter{Access: jiqiao.Access{Everything: true}}, []int{1, 2, 3, 4}, 4},
		"its owner":                  {jiqiao.Filter{Statuses: all, Access: jiqiao.Access{Organisation: "o_1"}}, []int{1, 2, 3, 4, 5, 6}, 6},
		"another":                    {jiqiao.Filter{Statuses: all, Access: jiqiao.Access{Organisation: "o_2", Granted: []string{"a_000005"}}}, []int{1, 2}, 1},
		"a broker":                   {jiqiao.Filter{Statuses: all, Access: jiqiao.Access{Broker: true}}, []int{1, 2, 4, 6}, 4},
		"an operator of the county":  {jiqiao.Filter{Statuses: all, Access: jiqiao.Access{Operator: true, Region: "320904"}}, []int{1, 2, 3, 4, 5}, 5},
		"of the province":            {jiqiao.Filter{Statuses: all, Access: jiqiao.Access{Operator: true, Region: "320000"}}, []int{1, 2, 3, 4, 5}, 5},
		"of another county":          {jiqiao.Filter{Statuses: all, Access: jiqiao.Access{Operator: true, Region: "140400"}}, []int{1, 2, 3, 6}, 4},
		"of a place without records": {jiqiao.Filter{Statuses: all, Access: jiqiao.Access{Operator: true, Region: "410000"}}, []int{1, 2, 3}, 3},
		"of everywhere":              {jiqiao.Filter{Statuses: all, Access: jiqiao.Access{Operator: true}}, []int{1, 2, 3, 4, 5, 6}, 6},
	} {
		r := search(t, e, jiqiao.SearchQuery{Text: "光伏", Filter: c.f, Facets: true})
		if got := sorted(numbers(r)); !cmp.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		for _, f := range r.Facets {
			if f.Name == "organisations" && c.own > 0 && (len(f.Values) != 1 || f.Values[0].Count != c.own || f.Values[0].Label != "一厂") {
				t.Errorf("%s: organisations %+v, want %d", name, f.Values, c.own)
			}
		}
	}
	if r := search(t, e, jiqiao.SearchQuery{Text: "光伏秘方"}); slices.Contains(numbers(r), 3) || r.Total != 2 {
		t.Errorf("a private record turns up, or what is hidden keeps the query strict: %v", numbers(r))
	}
}

func testSorting(t *testing.T, e Engine) {
	put(t, e,
		Achievement(1, "甲", "文", Price(100), Until("2026-12-01"), With(func(h *jiqiao.Header) { h.UpdatedAt = Day(30) })),
		Achievement(2, "乙", "文", Price(5)),
		Achievement(3, "丙", "文", Until("2026-03-01"), With(func(h *jiqiao.Header) {
			h.Price = jiqiao.Money{Kind: jiqiao.MoneyAmount, Min: 10 * jiqiao.Wan, Max: 900 * jiqiao.Wan}
		})),
		Achievement(4, "丁", "文", With(func(h *jiqiao.Header) { h.Price = jiqiao.Negotiable() })),
	)
	for by, want := range map[jiqiao.Sort][]int{
		"":                   {4, 3, 2, 1},
		jiqiao.SortNewest:    {4, 3, 2, 1},
		jiqiao.SortUpdated:   {1, 4, 3, 2},
		jiqiao.SortPriceHigh: {3, 1, 2, 4},
		jiqiao.SortPriceLow:  {2, 3, 1, 4},
		jiqiao.SortDeadline:  {3, 1, 2, 4},
		jiqiao.SortRelevance: {1, 2, 3, 4}, // without a text all are as relevant: by id
	} {
		if got := numbers(search(t, e, jiqiao.SearchQuery{Sort: by})); !cmp.Equal(got, want) {
			t.Errorf("%q: %v, want %v", by, got, want)
		}
	}
}

func testPaging(t *testing.T, e Engine) {
	var all []jiqiao.Record
	for i := range 57 { // many ties: four days, few scores
		all = append(all, Achievement(i, fmt.Sprintf("光伏组件%d号", i%3), "文", With(func(h *jiqiao.Header) { h.CreatedAt = Day(i % 4) })))
	}
	put(t, e, all...)
	for _, q := range []jiqiao.SearchQuery{{}, {Text: "光伏"}, {Text: "光伏", Sort: jiqiao.SortNewest}, {Sort: jiqiao.SortPriceHigh}} {
		q.Kind, q.Limit = jiqiao.KindAchievement, 100
		want := search(t, e, q).Hits
		for _, size := range []int{1, 7, 19, 57} {
			q.Limit, q.Cursor = size, ""
			var got []jiqiao.Hit
			for range 60 {
				r := search(t, e, q)
				if r.Total != 57 || len(r.Hits) > size {
					t.Fatalf("total %d, page of %d", r.Total, len(r.Hits))
				}
				got = append(got, r.Hits...)
				if q.Cursor = r.Next; r.Next == "" {
					break
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%+v in pages of %d: %s", q, size, diff)
			}
		}
	}
	// What is written on the way neither repeats nor hides what stood there before.
	q := jiqiao.SearchQuery{Kind: jiqiao.KindAchievement, Sort: jiqiao.SortUpdated, Limit: 20}
	first := search(t, e, q)
	put(t, e, Achievement(99, "新", "文", With(func(h *jiqiao.Header) { h.UpdatedAt = Day(99) })))
	q.Cursor = first.Next
	for _, h := range search(t, e, q).Hits {
		if number(h.ID) == 99 || slices.ContainsFunc(first.Hits, func(f jiqiao.Hit) bool { return f.ID == h.ID }) {
			t.Errorf("%s is out of place on the second page", h.ID)
		}
	}
}

func testUpdates(t *testing.T, e Engine) {
	put(t, e, Achievement(1, "光伏组件", "文"), Achievement(2, "光伏支架", "文"))
	put(t, e, Achievement(1, "风电叶片", "文"))
	if got := numbers(search(t, e, jiqiao.SearchQuery{Text: "光伏"})); !cmp.Equal(got, []int{2}) {
		t.Errorf("after the change: %v, want [2]", got)
	}
	gone := Achievement(2, "光伏支架", "文")
	if err := e.Apply(t.Context(), e.Seq()+1, nil, []index.Ref{{Kind: gone.Kind(), ID: gone.ID}}); err != nil {
		t.Fatal(err)
	}
	deleted := Achievement(1, "风电叶片", "文", With(func(h *jiqiao.Header) { d := Day(3); h.DeletedAt = &d }))
	put(t, e, deleted)
	if r := search(t, e, jiqiao.SearchQuery{}); r.Total != 0 || e.Seq() != 5 {
		t.Errorf("%d records at change %d, want none at 5", r.Total, e.Seq())
	}
	for range 2 { // a batch may be repeated
		if err := e.Apply(t.Context(), 9, []jiqiao.Record{Achievement(3, "水泥", "文"), Achievement(3, "水泥窑", "文")}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if r := search(t, e, jiqiao.SearchQuery{}); r.Total != 1 || e.Seq() != 9 {
		t.Errorf("%d records at change %d, want one at 9", r.Total, e.Seq())
	}
}

func testBadQueries(t *testing.T, e Engine) {
	put(t, e, Achievement(1, "光伏组件", "文"), Achievement(2, "光伏支架", "文"))
	for name, q := range map[string]jiqiao.SearchQuery{
		"no side":           {Text: "光伏"},
		"unknown order":     {Kind: jiqiao.KindAchievement, Sort: "random"},
		"page too large":    {Kind: jiqiao.KindAchievement, Limit: 101},
		"unknown industry":  {Kind: jiqiao.KindAchievement, Filter: jiqiao.Filter{Industries: []string{"ZZ"}}},
		"cursor of nothing": {Kind: jiqiao.KindAchievement, Cursor: "!!"},
		"cursor cut":        {Kind: jiqiao.KindAchievement, Cursor: "AAAA"},
		"cursor of another": {Kind: jiqiao.KindAchievement, Cursor: search(t, e, jiqiao.SearchQuery{Limit: 1, Sort: jiqiao.SortUpdated}).Next},
	} {
		if _, err := e.Search(t.Context(), q); jiqiao.CodeOf(err) != jiqiao.CodeInvalid {
			t.Errorf("%s: %v, want %s", name, err, jiqiao.CodeInvalid)
		}
	}
	long := ""
	for len(long) < 300_000 {
		long += "光伏组件的封装材料与工艺"
	}
	if r := search(t, e, jiqiao.SearchQuery{Text: long}); !r.Truncated || r.Total != 2 {
		t.Errorf("a long text finds %d, truncated %v", r.Total, r.Truncated)
	}
	if r := search(t, e, jiqiao.SearchQuery{Text: "\xff\xfe光伏\xff"}); r.Total != 2 {
		t.Errorf("invalid UTF-8 around a word finds %d, want 2", r.Total)
	}
}

func testSuggest(t *testing.T, e Engine) {
	put(t, e,
		Achievement(1, "激光切割头的自动调焦", "文", Keywords("激光切割", "调焦")),
		Achievement(2, "激光焊接质量监测", "文", Keywords("激光焊接", "激光切割")),
		Achievement(3, "高功率光纤激光器", "文"),
		Achievement(4, "激光秘方", "文", Disclosure(jiqiao.DisclosurePrivate), Keywords("激光机密")),
		Achievement(5, "激光草稿", "文", Status(jiqiao.StatusDraft), Keywords("激光未定")),
		Need(6, "激光清洗需求", "文"),
	)
	list := func(prefix string, n int) []string {
		t.Helper()
		got, err := e.Suggest(t.Context(), jiqiao.KindAchievement, prefix, n)
		if err != nil {
			t.Fatal(err)
		}
		words := []string{}
		for _, s := range got {
			words = append(words, s.Text)
		}
		return words
	}
	for _, c := range []struct {
		prefix string
		want   []string
	}{
		{"激光", []string{"激光切割", "激光焊接", "激光切割头的自动调焦", "激光焊接质量监测", "高功率光纤激光器"}},
		{"激光切", []string{"激光切割", "激光切割头的自动调焦", "激光焊接质量监测"}}, // the last by its keyword
		{"jgqg", []string{"激光切割", "激光切割头的自动调焦"}},
		{"JGh", []string{"激光焊接", "激光焊接质量监测"}},
		{"光纤", []string{"高功率光纤激光器"}},
		{"！", []string{}},
		{"", []string{}},
		{"没有", []string{}},
	} {
		if got := list(c.prefix, 10); !cmp.Equal(got, c.want) {
			t.Errorf("%q suggests %v, want %v", c.prefix, got, c.want)
		}
	}
	if got := list("激光", 2); len(got) != 2 {
		t.Errorf("asked for 2, got %v", got)
	}
	put(t, e, Achievement(2, "等离子焊接", "文"))
	if got := list("激光焊", 10); len(got) != 0 {
		t.Errorf("what was renamed is still suggested: %v", got)
	}
}

func testSimilar(t *testing.T, e Engine) {
	text := "采用磁控溅射在不锈钢双极板表面制备非晶碳涂层，接触电阻小于5毫欧平方厘米，耐腐蚀电流低于每平方厘米0.5微安。"
	put(t, e,
		Achievement(1, "双极板非晶碳涂层", text),
		Achievement(2, "金属双极板非晶碳涂层", text+"已中试。"),
		Achievement(3, "双极板冲压模具", "冲压成形与模具寿命的研究，面向金属双极板。"),
		Achievement(4, "双极板非晶碳涂层", text, Disclosure(jiqiao.DisclosurePrivate)),
		Need(5, "双极板非晶碳涂层", text),
	)
	got, err := e.Similar(t.Context(), Achievement(1, "双极板非晶碳涂层", text), 5)
	if err != nil || len(got) != 1 || number(got[0].ID) != 2 || got[0].Similarity < 0.8 || got[0].Similarity >= 1 {
		t.Errorf("like 1: %+v, %v; want 2 alone", got, err)
	}
	fresh := Achievement(9, "双极板非晶碳涂层", text)
	fresh.ID = "" // not stored yet
	got, err = e.Similar(t.Context(), fresh, 5)
	if err != nil || len(got) != 2 || number(got[0].ID) != 1 || got[0].Similarity != 1 {
		t.Errorf("like a new one: %+v, %v; want 1, then 2", got, err)
	}
	if got, err := e.Similar(t.Context(), Achievement(8, "魔芋粉", "魔芋精粉的干法加工"), 5); err != nil || len(got) != 0 {
		t.Errorf("like nothing: %+v, %v", got, err)
	}
}

func testRecall(t *testing.T, e Engine) {
	put(t, e,
		Achievement(1, "双极板非晶碳涂层", "磁控溅射。", Industry("C26")),
		Achievement(2, "双极板冲压", "模具。", Industry("C35")),
		Achievement(3, "魔芋粉", "干法加工。", Industry("C26")),
		Achievement(4, "双极板涂层草稿", "溅射。", Industry("C26"), Status(jiqiao.StatusDraft)),
	)
	need := Need(9, "求双极板涂层", "需要磁控溅射制备非晶碳涂层")
	got, err := e.Recall(t.Context(), index.RecallQuery{Kind: jiqiao.KindAchievement, Sections: need.Sections(), Limit: 10, Parts: true})
	if err != nil || len(got) != 2 || number(got[0].ID) != 1 || number(got[1].ID) != 2 {
		t.Fatalf("%+v, %v; want 1, 2", got, err)
	}
	for _, c := range got {
		if d := c.Score - c.Word - c.Gram; d > 1e-6 || d < -1e-6 || c.Word <= 0 || c.Gram <= 0 {
			t.Errorf("%+v does not add up", c)
		}
	}
	filter := jiqiao.Filter{Industries: []string{"C35"}}
	got, err = e.Recall(t.Context(), index.RecallQuery{Kind: jiqiao.KindAchievement, Sections: need.Sections(), Filter: filter, Limit: 10})
	if err != nil || len(got) != 1 || number(got[0].ID) != 2 {
		t.Errorf("filtered: %+v, %v; want 2", got, err)
	}
	if got, err := e.Recall(t.Context(), index.RecallQuery{Kind: jiqiao.KindNeed, Sections: need.Sections(), Limit: 10}); err != nil || len(got) != 0 {
		t.Errorf("of an empty side: %+v, %v", got, err)
	}
}

func testGeneration(t *testing.T, e Engine) {
	before := e.Generation()
	put(t, e, Achievement(1, "双极板", "文"))
	after := e.Generation()
	if before == "" || before == after || after != e.Generation() {
		t.Errorf("generations %q, %q, %q", before, after, e.Generation())
	}
}
