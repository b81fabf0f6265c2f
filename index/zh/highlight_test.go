package zh

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

// marked writes spans with [ ] around hits.
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

func joined(spans []jiqiao.Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

// queryHit says yes to the terms of a query.
func queryHit(query string) func(string) bool {
	set := terms(analyzer.QueryTokens(nil, query))
	return func(term string) bool { return set[term] }
}

func TestHighlight(t *testing.T) {
	for _, c := range []struct{ query, text, want string }{
		{"处理", "待处理的污水", "待[处理]的污水"},
		{"碳化硅", "碳化硅模块与碳化硅衬底", "[碳化硅]模块与[碳化硅]衬底"},
		{"软件", "開發軟體平台", "開發[軟體]平台"},
		{"互联网", "網際網路安全", "[網際網路]安全"},
		{"al2o3", "高纯Al₂O₃陶瓷", "高纯[Al₂O₃]陶瓷"},
		{"0.5mm", "厚度≤0.5 mm，误差", "厚度≤[0.5 mm]，误差"},
		{"GB/T 19001", "符合ＧＢ／Ｔ　１９００１—２０１６标准", "符合[ＧＢ／Ｔ　１９００１]—２０１６标准"},
		{"YOLO", "改进YOLOv8算法", "改进[YOLO]v8算法"},
		{"schrodinger", "Schro\u0308dinger方程", "[Schro\u0308dinger]方程"},
		{"深度", "深\u200b度学习", "[深\u200b度]学习"},
		{"m2", "面积5 ㎡左右", "面积5 [㎡]左右"},
		{"学习", "坏\xff学习\xfe字", "坏\xff[学习]\xfe字"},
		{"二氧化钛", "TiO2光催化", "[TiO2]光催化"}, // a synonym
		{"激光", "没有", "没有"},
		{"激光", "", ""},
		{"激光雷达", "激光雷达", "[激光雷达]"},
	} {
		spans := analyzer.Highlight(c.text, queryHit(c.query))
		if diff := cmp.Diff(c.want, marked(spans)); diff != "" {
			t.Errorf("%q in %q: %s", c.query, c.text, diff)
		}
	}
}

func TestHighlightSpansAlternate(t *testing.T) {
	spans := analyzer.Highlight(sample, queryHit("碳化硅模块封装与热阻 GB/T 29332"))
	for i := 1; i < len(spans); i++ {
		if spans[i].Hit == spans[i-1].Hit {
			t.Errorf("spans %d and %d are both hit=%v", i-1, i, spans[i].Hit)
		}
	}
	if len(spans) < 5 {
		t.Errorf("only %d spans", len(spans))
	}
}

func FuzzHighlight(f *testing.F) {
	for _, s := range []string{sample, "", "\xff\xfe\xed\xa0\x80", "e\u0301\u0301\u0301x", "網際網路", "㎡℃①½㈱", "\u200b\u200b硅\u200b", "ﷺ", "程\u200b式"} {
		f.Add(s, uint8(3))
	}
	f.Fuzz(func(t *testing.T, text string, mod uint8) {
		hit := func(term string) bool { return mod == 0 || len(term)%int(mod) == 0 }
		spans := analyzer.Highlight(text, hit)
		if got := joined(spans); got != text {
			t.Fatalf("spans join to %q, want %q", got, text)
		}
		for _, s := range spans {
			if s.Text == "" {
				t.Fatal("empty span")
			}
		}
	})
}
