package index_test

import (
	"os"
	"testing"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/search/query"

	"jiqiao"
	"jiqiao/index"
	"jiqiao/index/indextest"
	"jiqiao/index/zh"
)

// choices is what ADR 1 compares: bleve with all our tokens of all texts in one field, as it would have to be to answer a
// long need, beside the index as it is.
type choices struct {
	*load
	zh    *zh.Analyzer
	bleve bleve.Index
	df    map[string]int
}

func newChoices(b *testing.B) *choices {
	c := &choices{load: loadedIndex(b), zh: newHolder(b).Get(), df: map[string]int{}}
	dir, err := os.MkdirTemp("", "jiqiao-choices")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = os.RemoveAll(dir) })
	m := bleve.NewIndexMapping()
	if err := m.AddCustomAnalyzer("tokens", map[string]any{"type": "custom", "tokenizer": "jiqiao_tokens"}); err != nil {
		b.Fatal(err)
	}
	f := bleve.NewTextFieldMapping()
	f.Analyzer, f.Store, f.IncludeTermVectors, f.IncludeInAll, f.DocValues = "tokens", false, false, false, false
	doc := bleve.NewDocumentStaticMapping()
	doc.AddFieldMappingsAt("text", f)
	m.DefaultMapping = doc
	if c.bleve, err = bleve.NewUsing(dir+"/b", m, scorch.Name, scorch.Name, nil); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = c.bleve.Close() })
	batch := c.bleve.NewBatch()
	for i, a := range indextest.Corpus(b, loadSize) {
		if err := batch.Index(a.ID, map[string]string{"text": c.tokens(a.Sections(), true)}); err != nil {
			b.Fatal(err)
		}
		if batch.Size() == 1000 || i == loadSize-1 {
			if err := c.bleve.Batch(batch); err != nil {
				b.Fatal(err)
			}
			batch.Reset()
		}
	}
	b.Logf("bleve with all tokens takes %.2f of the text", float64(diskSize(b, dir))/float64(c.texts))
	return c
}

// tokens joins the tokens of sections, those of the title twice, and with count adds each to df.
func (c *choices) tokens(sections []jiqiao.Section, count bool) string {
	text, seen := "", map[string]bool{}
	var buffer []byte
	for _, s := range sections {
		for range map[bool]int{true: 2, false: 1}[s.Field == jiqiao.FieldTitle] {
			for _, t := range c.zh.Tokens(nil, s.Text) {
				buffer = append(append(buffer, 0x1f), t.Term...)
				if count && !seen[t.Term] {
					seen[t.Term] = true
					c.df[t.Term]++
				}
			}
		}
	}
	if len(buffer) > 0 {
		text = string(buffer[1:])
	}
	return text
}

// ask is the long need as a bleve query that leaves out terms in more than share of the records.
func (c *choices) ask(b *testing.B, sections []jiqiao.Section, share float64) []string {
	weights := map[string]float64{}
	for _, s := range sections {
		for _, t := range c.zh.Tokens(nil, s.Text) {
			weights[t.Term] += map[bool]float64{true: 2, false: 1}[s.Field == jiqiao.FieldTitle]
		}
	}
	var terms []query.Query
	for term, w := range weights {
		if n := c.df[term]; n == 0 || float64(n) > share*loadSize {
			continue
		}
		q := bleve.NewTermQuery(term)
		q.SetField("text")
		q.SetBoost(w)
		terms = append(terms, q)
	}
	found, err := c.bleve.Search(bleve.NewSearchRequestOptions(bleve.NewDisjunctionQuery(terms...), 200, 0, false))
	if err != nil {
		b.Fatal(err)
	}
	var ids []string
	for _, h := range found.Hits {
		ids = append(ids, h.ID)
	}
	return ids
}

func (c *choices) memory(b *testing.B, sections []jiqiao.Section, exact bool) []string {
	got, err := c.x.Recall(b.Context(), index.RecallQuery{Kind: jiqiao.KindAchievement, Sections: sections, Limit: 200, Exact: exact})
	if err != nil {
		b.Fatal(err)
	}
	var ids []string
	for _, h := range got {
		ids = append(ids, h.ID)
	}
	return ids
}

// BenchmarkRecallChoices measures time, and how much of the exact ranking's first ten is among the first ten and the
// first 200.
func BenchmarkRecallChoices(b *testing.B) {
	c := newChoices(b)
	for _, choice := range []struct {
		name string
		ask  func(b *testing.B, s []jiqiao.Section) []string
	}{
		{"bleve, all terms", func(b *testing.B, s []jiqiao.Section) []string { return c.ask(b, s, 1) }},
		{"bleve, terms in at most 20%", func(b *testing.B, s []jiqiao.Section) []string { return c.ask(b, s, 0.2) }},
		{"bleve, terms in at most 5%", func(b *testing.B, s []jiqiao.Section) []string { return c.ask(b, s, 0.05) }},
		{"bleve, terms in at most 1%", func(b *testing.B, s []jiqiao.Section) []string { return c.ask(b, s, 0.01) }},
		{"memory, all terms", func(b *testing.B, s []jiqiao.Section) []string { return c.memory(b, s, true) }},
		{"memory, rarest terms", func(b *testing.B, s []jiqiao.Section) []string { return c.memory(b, s, false) }},
	} {
		b.Run(choice.name, func(b *testing.B) {
			in10, in200, asked := 0, 0, 0
			for i := range 50 {
				s := indextest.LongNeed(c.held[i]).Sections()
				want, got := c.memory(b, s, true)[:10], choice.ask(b, s)
				in10 += common(want, got[:min(10, len(got))])
				in200 += common(want, got)
				asked += 10
			}
			percentiles(b, func(i int) { choice.ask(b, indextest.LongNeed(c.held[i%len(c.held)]).Sections()) })
			b.ReportMetric(float64(in10)/float64(asked), "exact10-in-10")
			b.ReportMetric(float64(in200)/float64(asked), "exact10-in-200")
		})
	}
}

func common(a, b []string) int {
	in := map[string]bool{}
	for _, s := range b {
		in[s] = true
	}
	n := 0
	for _, s := range a {
		if in[s] {
			n++
		}
	}
	return n
}
