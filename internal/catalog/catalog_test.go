package catalog

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/index"
	"jiqiao/index/indextest"
	"jiqiao/index/zh"
)

// fixture is a catalogue over a real index whose store holds the records.
func fixture(t *testing.T, records ...jiqiao.Record) (*Catalog, *indextest.Source) {
	t.Helper()
	a, err := zh.New(zh.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h := zh.NewHolder(a)
	x, err := index.Open(t.Context(), index.Options{Dir: t.TempDir(), Analyzer: h})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	src := indextest.NewSource(records...)
	if err := x.Apply(t.Context(), int64(len(records)), records, nil); err != nil {
		t.Fatal(err)
	}
	return New(x, src, h), src
}

func search(t *testing.T, c *Catalog, q jiqiao.SearchQuery) jiqiao.SearchResult {
	t.Helper()
	q.Kind = jiqiao.KindAchievement
	r, err := c.Search(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// marked writes hits in brackets.
func marked(spans []jiqiao.Span) string {
	var b strings.Builder
	for _, s := range spans {
		if s.Hit {
			b.WriteString("[" + s.Text + "]")
		} else {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func TestSearchShowsTheSentencesThatAnswer(t *testing.T) {
	a := indextest.Achievement(1, "碳化硅衬底磨削", "本项目始于2019年。针对碳化硅衬底，采用超声辅助。团队有八人。衬底翘曲小于10微米，碳化硅衬底缺陷少。")
	a.Innovations = "首创在线修整。"
	c, _ := fixture(t, a)
	r := search(t, c, jiqiao.SearchQuery{Text: "碳化硅襯底 缺陷"})
	if len(r.Hits) != 1 || r.Hits[0].Record != jiqiao.Record(a) {
		t.Fatalf("%+v", r)
	}
	h := r.Hits[0]
	if got, want := marked(h.Title), "[碳化硅衬底]磨削"; got != want {
		t.Errorf("title %s, want %s", got, want)
	}
	var got []string
	for _, s := range h.Snippets {
		got = append(got, s.Label+"："+marked(s.Spans))
	}
	want := []string{"成果简介：针对[碳化硅衬底]，采用超声辅助。", "成果简介：[衬底]翘曲小于10微米，[碳化硅衬底缺陷]少。"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// Without a text, or with one that only the title answers, the first sentence stands for the record.
	for _, text := range []string{"", "磨削"} {
		h = search(t, c, jiqiao.SearchQuery{Text: text}).Hits[0]
		if len(h.Snippets) != 1 || marked(h.Snippets[0].Spans) != "首创在线修整。" {
			t.Errorf("%q: %+v", text, h.Snippets)
		}
	}
}

func TestSearchLeavesOutWhatTheStoreTookBack(t *testing.T) {
	one := indextest.Achievement(1, "光伏组件", "文")
	two := indextest.Achievement(2, "光伏支架", "文")
	three := indextest.Achievement(3, "光伏玻璃", "文")
	four := indextest.Achievement(4, "光伏胶膜", "文")
	c, src := fixture(t, one, two, three, four)
	src.Delete(two.Kind(), two.ID)
	src.Put(indextest.Achievement(3, "光伏玻璃", "文", indextest.Disclosure(jiqiao.DisclosurePrivate)))
	src.Put(indextest.Achievement(4, "光伏胶膜", "文", indextest.Status(jiqiao.StatusWithdrawn)))
	r := search(t, c, jiqiao.SearchQuery{Text: "光伏"})
	if len(r.Hits) != 1 || r.Hits[0].ID != one.ID {
		t.Errorf("hits %+v, want the first record alone", r.Hits)
	}
	all := jiqiao.Filter{Access: jiqiao.Access{Everything: true}, Statuses: []jiqiao.Status{jiqiao.AnyStatus}}
	if r := search(t, c, jiqiao.SearchQuery{Text: "光伏", Filter: all}); len(r.Hits) != 3 {
		t.Errorf("who may see everything sees %d, want 3", len(r.Hits))
	}
}

func TestFacetsHaveNoHits(t *testing.T) {
	c, _ := fixture(t, indextest.Achievement(1, "光伏组件", "文", indextest.Industry("C38")), indextest.Achievement(2, "光伏支架", "文"))
	r, err := c.Facets(t.Context(), jiqiao.SearchQuery{Kind: jiqiao.KindAchievement, Text: "光伏"})
	if err != nil || r.Total != 2 || len(r.Hits) != 0 || r.Next != "" || len(r.Facets) == 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestSimilarIsVerifiedOnTheRecords(t *testing.T) {
	text := "采用磁控溅射在不锈钢双极板表面制备非晶碳涂层，接触电阻小于5毫欧平方厘米。"
	one := indextest.Achievement(1, "双极板涂层", text)
	two := indextest.Achievement(2, "双极板涂层", text)
	c, src := fixture(t, one, two)
	src.Put(indextest.Achievement(2, "双极板涂层", text+"后来又加了一句很长的话，说明已经完成中试并通过验收。"))
	got, err := c.Similar(t.Context(), one, 5)
	if err != nil || len(got) != 1 || got[0].Record == nil || got[0].Similarity >= 0.9 || got[0].Similarity < 0.4 {
		t.Errorf("%+v, %v; the similarity should be that of the new text", got, err)
	}
}

// broken is an index that cannot answer.
type broken struct{ Index }

func (broken) Search(context.Context, jiqiao.SearchQuery) (jiqiao.SearchResult, error) {
	return jiqiao.SearchResult{}, jiqiao.Fail(jiqiao.CodeUnavailable, "索引正在重建，请稍后再试", nil)
}

func TestErrorsOfTheIndexPassThrough(t *testing.T) {
	c, _ := fixture(t)
	c.index = broken{c.index}
	if _, err := c.Search(t.Context(), jiqiao.SearchQuery{Kind: jiqiao.KindNeed}); jiqiao.CodeOf(err) != jiqiao.CodeUnavailable {
		t.Errorf("got %v", err)
	}
}
