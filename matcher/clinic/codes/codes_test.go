package codes

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/index/zh"
	"jiqiao/sample"
)

var analyzer, analyzerErr = zh.New(zh.Options{})

func get() *zh.Analyzer { return analyzer }

var shippedTable = sync.OnceValue(func() *Table { return Default(analyzer.Fold) })

func newSuggester(t testing.TB) *Suggester {
	t.Helper()
	if analyzerErr != nil {
		t.Fatal(analyzerErr)
	}
	return New(shippedTable(), get)
}

func sections(title, text string) []jiqiao.Section {
	return []jiqiao.Section{{Field: jiqiao.FieldTitle, Label: "需求名称", Text: title}, {Field: jiqiao.FieldProblem, Label: "技术难题", Text: text}}
}

func TestPlainTexts(t *testing.T) {
	s := newSuggester(t)
	for _, c := range []struct{ title, text, industry, field string }{
		{"化工高盐废水零排放", "化工废水含盐量高，蒸发结晶能耗大，COD 难以降解", "N77", "70102"},
		{"水稻病虫害绿色防控", "稻瘟病和螟虫发生重，需要生物农药与天敌防治", "A01", "20703"},
		{"数控机床主轴热误差补偿", "加工中心主轴高速切削时热变形大，影响加工精度", "C34", "80401"},
		{"猪用灭活疫苗佐剂", "研制新型疫苗佐剂，提高抗体水平", "C27", "20101"},
		{"钙钛矿太阳能电池封装", "光伏组件湿热老化快，需要封装胶膜", "C38", "60101"},
		{"电解水制氢电解槽", "碱性电解槽电流密度低，制氢能耗高", "", "60202"},
	} {
		for list, want := range map[string]string{"industry": c.industry, "field": c.field} {
			got := s.Suggest(list, sections(c.title, c.text))
			if want == "" {
				continue
			}
			if !slices.ContainsFunc(got, func(g jiqiao.CodeSuggestion) bool { return g.Code == want }) {
				t.Errorf("%s: %s %+v, want %s", c.title, list, got, want)
			}
			for i, g := range got {
				if g.Confidence < minConfidence || g.Confidence > 1 || i > 0 && g.Confidence > got[i-1].Confidence || len(g.Words) == 0 ||
					g.Label == "" || g.Path[len(g.Path)-1] != g.Label {
					t.Errorf("%s: %+v", c.title, g)
				}
			}
		}
	}
}

func TestUnsureTextsHaveNoSuggestions(t *testing.T) {
	s := newSuggester(t)
	for _, text := range []string{"", "合作", "需要合作人才专家、技术人才、管理人才等", "？！……", "公司希望提高效率，降低成本，请各位专家支持"} {
		for _, list := range Lists {
			for _, g := range s.Suggest(list, sections("", text)) {
				if g.Confidence > 0.5 {
					t.Errorf("%s: sure of %s %.2f for %v", text, g.Label, g.Confidence, g.Words)
				}
			}
		}
	}
	if got := s.Suggest("region", sections("水稻", "水稻育种")); got == nil || len(got) != 0 {
		t.Errorf("another list: %v", got)
	}
}

func TestLevelAboveStandsInForAnUnsureCode(t *testing.T) {
	l := &list{codes: []string{"70101", "70102", "70103", "706"}, parents: []string{"701", "701", "701", ""}}
	for _, c := range []struct {
		p    []float64
		want string
	}{
		{[]float64{.7, .1, .1, .1}, "70101"},
		{[]float64{.3, .3, .3, .1}, "701"},
		{[]float64{.1, .1, .1, .7}, "706"},
		{[]float64{.45, .45, 0, .1}, "70101"},
	} {
		got := l.choose(c.p)
		if got[0].code != c.want {
			t.Errorf("%v: %+v", c.p, got)
		}
		sum := 0.0
		for _, g := range got {
			sum += g.confidence
		}
		if sum > 1.0001 {
			t.Errorf("%v: sums to %f", c.p, sum)
		}
	}
}

func TestRecordsTeach(t *testing.T) {
	s := newSuggester(t)
	text := sections("藏香制作工艺", "藏香配方与手工搓制，香体燃烧慢，留香时间短")
	confidence := func() float64 {
		for _, g := range s.Probabilities("industry", text) {
			if g.Code == "C26" {
				return g.Value
			}
		}
		return 0
	}
	before := confidence()
	for i := range 8 {
		s.Learn(&jiqiao.Need{
			Header:  jiqiao.Header{ID: fmt.Sprint("n_", i), Status: jiqiao.StatusPublished, Title: "藏香配方改良", Industries: []string{"C26"}},
			Problem: "藏香手工搓制，香体燃烧与留香时间",
		})
	}
	taught := confidence()
	if taught <= before {
		t.Errorf("%f before, %f after", before, taught)
	}
	for i := range 8 {
		s.Forget(fmt.Sprint("n_", i))
	}
	if got := confidence(); got != before {
		t.Errorf("%f after forgetting, %f before", got, before)
	}
}

func TestWhatIsNotLearned(t *testing.T) {
	s := newSuggester(t)
	n := &jiqiao.Need{Header: jiqiao.Header{ID: "n_1", Status: jiqiao.StatusPublished, Title: "水稻育种", Industries: []string{"A01", "A"}, Fields: []string{"20701"}}}
	s.Learn(n)
	s.Learn(n)
	k := s.learned["industry"]
	if len(k.kept) != 1 || k.records[s.table.lists["industry"].place["A01"]] != 1 {
		t.Errorf("twice the same: %v", k.kept)
	}
	n.Status = jiqiao.StatusWithdrawn
	s.Learn(n)
	if len(k.kept) != 0 || len(k.sums) != 0 || len(s.learned["field"].kept) != 0 {
		t.Errorf("a withdrawn record stays: %v", k.kept)
	}
	for i := range 3 * maxPerCode {
		s.Learn(&jiqiao.Need{Header: jiqiao.Header{ID: fmt.Sprint(i), Status: jiqiao.StatusPublished, Title: "水稻育种", Industries: []string{"A01"}}})
	}
	if len(k.kept) != maxPerCode {
		t.Errorf("%d records kept", len(k.kept))
	}
}

func TestSharedByReadersAndTeachers(t *testing.T) {
	s := newSuggester(t)
	done := make(chan bool)
	go func() {
		for i := range 50 {
			s.Learn(&jiqiao.Need{Header: jiqiao.Header{ID: fmt.Sprint(i % 7), Status: jiqiao.StatusPublished, Title: "水稻育种", Industries: []string{"A01"}}})
		}
		close(done)
	}()
	for range 20 {
		s.Suggest("industry", sections("水稻育种", "水稻新品种选育与栽培"))
	}
	<-done
}

func TestTableSurvivesWriting(t *testing.T) {
	fold := analyzer.Fold
	words := []Word{
		{Word: "激光熔覆", Rarity: .71, Weights: [...]map[string]float64{{"C33": .21, "C35": .18}, {"40105": .32}}},
		{Word: "的", Rarity: 0, Weights: [...]map[string]float64{{}, {}}},
	}
	table, err := NewTable("v1", "made for a test", [...]float64{40, 55.5}, words, fold)
	if err != nil {
		t.Fatal(err)
	}
	var first, second bytes.Buffer
	if err := table.Write(&first); err != nil {
		t.Fatal(err)
	}
	again, err := Read(bytes.NewReader(first.Bytes()), fold)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Write(&second); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) || again.Version != "v1" || again.Provenance != "made for a test" {
		t.Error("what is read back differs")
	}
	if diff := cmp.Diff(table.words, again.words, cmp.AllowUnexported(entry{}, weight{})); diff != "" {
		t.Error(diff)
	}
}

func TestDamagedTables(t *testing.T) {
	packed := func(text string) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	const head = "# v\n# p\nsharpness\t1\t1\n"
	for name, data := range map[string][]byte{
		"nothing":    nil,
		"no gzip":    []byte("# v\n"),
		"cut":        packed(head + "词\t50\tC33=1\t\n")[:20],
		"no head":    packed("词\t50\t\t\n"),
		"sharpness":  packed("# v\n# p\nsharpness\tx\t1\n"),
		"columns":    packed(head + "词\t50\n"),
		"rarity":     packed(head + "词\tx\t\t\n"),
		"pair":       packed(head + "词\t50\tC33\t\n"),
		"weight":     packed(head + "词\t50\tC33=x\t\n"),
		"not number": packed(head + "词\t50\tC33=NaN\t\n"),
	} {
		if _, err := Read(bytes.NewReader(data), analyzer.Fold); err == nil {
			t.Errorf("%s is read", name)
		}
	}
}

func TestShippedTable(t *testing.T) {
	if len(shipped) > 1<<20 {
		t.Errorf("%d bytes", len(shipped))
	}
	table := shippedTable()
	if table.Version == "" || !strings.Contains(table.Provenance, "CSL") || len(table.words) < 10_000 {
		t.Errorf("%q %q, %d words", table.Version, table.Provenance, len(table.words))
	}
	for _, name := range Lists {
		l := table.lists[name]
		for i, code := range l.codes {
			if jiqiao.CodeLabel(name, code) == "" {
				t.Errorf("%s has no code %s", name, code)
			}
			if l.parents[i] != "" && jiqiao.CodeLabel(name, l.parents[i]) == "" {
				t.Errorf("%s has no code %s", name, l.parents[i])
			}
		}
	}
	seen := map[string]bool{}
	for _, code := range table.lists["field"].codes {
		seen[code] = true
	}
	all, _ := jiqiao.LookupList("field")
	children := map[string]bool{}
	for _, item := range all.Items {
		children[item.Parent] = true
	}
	for _, item := range all.Items {
		if !children[item.Code] && !seen[item.Code] {
			t.Errorf("no words for %s %s", item.Code, item.Label)
		}
	}
}

// The sample records taught nothing but the sharpness. The floors are a little below what was measured (docs/evaluation.md).
func TestSampleAccuracy(t *testing.T) {
	s := newSuggester(t)
	found, top, n := map[string]int{}, map[string]int{}, 0
	for _, kind := range jiqiao.Kinds {
		records, err := sample.Records(kind)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			n++
			for list, truth := range map[string][]string{"industry": r.Head().Industries, "field": r.Head().Fields} {
				for i, got := range s.Scores(list, r.Sections())[:3] {
					if slices.Contains(truth, got.Code) {
						found[list]++
						if i == 0 {
							top[list]++
						}
						break
					}
				}
			}
		}
	}
	for list, floor := range map[string][2]float64{"industry": {.48, .78}, "field": {.44, .66}} {
		first, three := float64(top[list])/float64(n), float64(found[list])/float64(n)
		if first < floor[0] || three < floor[1] {
			t.Errorf("%s: top 1 %.3f, top 3 %.3f", list, first, three)
		}
	}
}

func TestRarity(t *testing.T) {
	s := newSuggester(t)
	if common, rare := s.Rarity("方法"), s.Rarity("激光熔覆"); !(common < rare) || rare > 1 || common < 0 {
		t.Errorf("方法 %f, 激光熔覆 %f", common, rare)
	}
	if s.Rarity("不在表中的生词") != unknownRarity || s.Rarity("㐂") != 0 {
		t.Error("unknown words")
	}
}

func TestStatedConfidenceIsOne(t *testing.T) {
	last := 0.0
	for p := 0.0; p <= 1; p += .01 {
		c := stated(p)
		if c < last || c > 1 || math.IsNaN(c) {
			t.Errorf("stated(%f) = %f", p, c)
		}
		last = c
	}
}

func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	table, err := NewTable("v", "p", [...]float64{1, 1}, []Word{{Word: "词", Rarity: .5}}, strings.ToLower)
	if err != nil {
		f.Fatal(err)
	}
	if err := table.Write(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		if table, err := Read(bytes.NewReader(data), strings.ToLower); (table == nil) == (err == nil) {
			t.Error("neither a table nor an error")
		}
	})
}

func BenchmarkSuggest(b *testing.B) {
	s := newSuggester(b)
	text := sections("化工高盐废水零排放", strings.Repeat("化工废水含盐量高，蒸发结晶能耗大，COD 难以降解。", 20))
	for b.Loop() {
		s.Suggest("field", text)
	}
}

func BenchmarkDefault(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Default(analyzer.Fold)
	}
}
