package zh

import (
	"slices"
	"testing"
)

func jaccard(a, b []uint64) float64 {
	set := map[uint64]bool{}
	for _, g := range a {
		set[g] = true
	}
	both := 0
	for _, g := range b {
		if set[g] {
			both++
		}
	}
	return float64(both) / float64(len(a)+len(b)-both)
}

func TestGrams(t *testing.T) {
	for _, c := range []struct {
		a, b     string
		min, max float64
	}{
		{"碳化硅模块双面散热封装", "碳化硅模块双面散热封装", 1, 1},
		{"碳化硅模块，双面散热！封装", "碳化硅模块 双面散热 封装", 1, 1}, // marks do not count
		{"積體電路設計軟體", "集成电路设计软件", 1, 1},
		{"碳化硅模块双面散热封装技术", "碳化硅模块双面散热封装方法", 0.5, 0.9},
		{"碳化硅模块双面散热封装", "农作物秸秆还田腐熟菌剂", 0, 0},
		{"硅", "硅", 1, 1},
		{"硅", "锗", 0, 0},
	} {
		if got := jaccard(analyzer.Grams(c.a), analyzer.Grams(c.b)); got < c.min || got > c.max {
			t.Errorf("similarity of %q and %q is %.2f, want %.2f–%.2f", c.a, c.b, got, c.min, c.max)
		}
	}
	if n := len(analyzer.Grams("，。 ！")); n != 0 {
		t.Errorf("marks have %d shingles", n)
	}
	grams := analyzer.Grams(sample + sample)
	if !slices.IsSorted(grams) || len(slices.Compact(slices.Clone(grams))) != len(grams) {
		t.Error("shingles are not a sorted set")
	}
}
