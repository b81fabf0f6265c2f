package vector

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestIDsAreTheWordsOfAText(t *testing.T) {
	w := made(t, "石墨烯", "石墨", "电极", "污水", "处理", "yolo", "钢", "基", "材料")
	a := analyzer(t)
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"known words in their order", "石墨烯电极，处理污水", []string{"石墨烯", "电极", "处理", "污水"}},
		{"traditional and full width", "污水處理ＹＯＬＯ", []string{"污水", "处理", "yolo"}},
		{"a longer word in pieces", "污水处理", []string{"污水", "处理"}},
		{"a model's letters", "yolov8", []string{"yolo"}},
		{"numbers and units mean nothing here", "304 0.5mm 85℃", nil},
		{"nothing known", "汽车", nil},
		{"empty", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, id := range w.IDs(nil, a, c.text) {
				got = append(got, w.Word(id))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestComposeTakesTheLongestPieces(t *testing.T) {
	w := made(t, "石墨烯", "石墨", "烯", "基", "ab", "abc", "电极")
	for word, want := range map[string][]string{
		"石墨烯":    {"石墨烯"},
		"石墨烯基电极": {"石墨烯", "基", "电极"},
		"石墨化电极":  {"石墨", "电极"},
		"abx":    nil, // two letters are too few
		"abcd":   {"abc"},
		"化":      nil,
	} {
		var got []string
		for _, id := range w.compose(nil, word) {
			got = append(got, w.Word(id))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", word, diff)
		}
	}
}
