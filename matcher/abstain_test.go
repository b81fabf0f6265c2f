package matcher_test

import (
	"strings"
	"testing"

	"jiqiao"
)

func TestNothingFits(t *testing.T) {
	for _, c := range []struct {
		name    string
		kind    jiqiao.Kind
		text    string
		abstain bool
		want    string
	}{
		{"another world", jiqiao.KindNeed, "唐代诗歌格律与音韵的文献校勘", true, "暂无合适成果。最接近的是“"},
		{"another world, the other way", jiqiao.KindAchievement, "唐代诗歌格律与音韵的文献校勘", true, "暂无合适需求。最接近的是“"},
		{"what we have", jiqiao.KindNeed, "碳化硅功率模块烧结银空洞率高，功率循环寿命不足", false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, _, _ := world(t, stock()...)
			list, err := m.MatchText(t.Context(), c.kind, c.text, jiqiao.MatchQuery{Brief: true})
			if err != nil {
				t.Fatal(err)
			}
			if list.Abstained != c.abstain || !strings.HasPrefix(list.Message, c.want) || c.want == "" && list.Message != "" {
				t.Fatalf("abstained %v, %q", list.Abstained, list.Message)
			}
			if c.abstain && (len(list.Matches) == 0 || !strings.Contains(list.Message, list.Matches[0].Record.Head().Title)) {
				t.Errorf("%d nearest misses, message %q", len(list.Matches), list.Message)
			}
		})
	}
}

func TestNothingAtAll(t *testing.T) {
	m, _, _ := world(t)
	list, err := m.MatchText(t.Context(), jiqiao.KindNeed, "碳化硅功率模块烧结银", jiqiao.MatchQuery{})
	if err != nil {
		t.Fatal(err)
	}
	if !list.Abstained || list.Message != "暂无合适成果" || list.Total != 0 {
		t.Errorf("list %+v", list)
	}
}

func TestNearestMissSaysWhatItLacks(t *testing.T) {
	offer := achievement("a_1", "小麦条锈病抗性基因的克隆技术", "克隆并验证了小麦条锈病抗性基因。")
	offer.TRL, offer.Fields = 2, []string{"207"}
	m, _, _ := world(t, offer)
	n := need("n_1", "碳化硅功率模块烧结银技术", "空洞率高，功率循环寿命不足。")
	n.MinTRL, n.Fields = 7, []string{"102"}
	list, err := m.Match(t.Context(), n, jiqiao.MatchQuery{})
	if err != nil {
		t.Fatal(err)
	}
	if !list.Abstained || !strings.Contains(list.Message, "技术领域、技术成熟度不符") {
		t.Errorf("abstained %v, %q", list.Abstained, list.Message)
	}
}
