package matcher_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"jiqiao"
)

// summarised is stock with a need whose details are not public, and its owner neither.
func summarised(disclosure jiqiao.Disclosure) *jiqiao.Need {
	n := need("n_9", "降低碳化硅模块烧结银空洞率", "星火特钢的密法烧结曲线导致空洞率高，剪切强度只有20MPa。")
	n.Owner = jiqiao.OrganisationRef{ID: "o_9", Name: "江苏星火特钢有限公司"}
	n.Disclosure, n.Summary = disclosure, "需要改进功率模块的银烧结质量。"
	n.Confidential = "保密：甲醇还原。"
	n.Metrics = []jiqiao.Metric{{Name: "剪切强度", Comparator: jiqiao.ComparatorAtLeast, Value: 41, Unit: "MPa"}}
	return n
}

// What is quoted is what the asker may read of either side, and the score is one for all.
func TestMatchesQuoteWhatTheAskerReads(t *testing.T) {
	n := summarised(jiqiao.DisclosureSummaryAnonymous)
	m, _, store := world(t, append(stock(), n)...)
	broker, owner := jiqiao.Access{Broker: true}, jiqiao.Access{Organisation: "o_9"}
	for _, c := range []struct {
		name    string
		access  jiqiao.Access
		subject jiqiao.Record
		whole   bool
	}{
		{"the public, of the need", jiqiao.Access{}, n, false},
		{"the public, of the achievement", jiqiao.Access{}, store["a_3"], false},
		{"another organisation", jiqiao.Access{Organisation: "o_1", Masked: true}, n, false},
		{"a broker", broker, n, true},
		{"a broker, of the achievement", broker, store["a_3"], true},
		{"its owner", owner, n, true},
		{"who was granted it", jiqiao.Access{Organisation: "o_2", Granted: []string{"n_9"}}, store["a_3"], true},
	} {
		list, err := m.Match(t.Context(), c.subject, jiqiao.MatchQuery{Filter: jiqiao.Filter{Access: c.access}, Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		text, _ := json.Marshal(list)
		for _, secret := range []string{"密法", "甲醇", "星火", "41MPa"} {
			if got := strings.Contains(string(text), secret); got && !c.whole {
				t.Errorf("%s reads %s", c.name, secret)
			}
		}
		if c.whole && !strings.Contains(string(text), "41MPa") {
			t.Errorf("%s is quoted nothing", c.name)
		}
	}
	score := func(a jiqiao.Access) map[string]float64 {
		list, err := m.Match(t.Context(), n, jiqiao.MatchQuery{Filter: jiqiao.Filter{Access: a}, Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		scores := map[string]float64{}
		for _, match := range list.Matches {
			scores[match.AchievementID] = match.Score
		}
		return scores
	}
	if public, all := score(jiqiao.Access{}), score(jiqiao.Access{Everything: true}); !reflect.DeepEqual(public, all) || len(all) == 0 {
		t.Errorf("scores depend on who asks: %v, %v", public, all)
	}
}

// Details, the owner's name and records that are not offered leave no trace in anybody's scores.
func TestScoresKnowNothingConfidential(t *testing.T) {
	base, changed := summarised(jiqiao.DisclosureSummaryAnonymous), summarised(jiqiao.DisclosureSummaryAnonymous)
	changed.Problem, changed.Confidential, changed.Owner.Name = "双极板涂层耐腐蚀。", "燃料电池", "燃料电池有限公司"
	changed.MinTRL, changed.Metrics = 9, []jiqiao.Metric{{Name: "接触电阻", Comparator: jiqiao.ComparatorAtMost, Value: 5, Unit: "mΩ"}}
	hidden := need("n_8", "双极板涂层耐腐蚀", "质子交换膜燃料电池双极板")
	hidden.Disclosure = jiqiao.DisclosureBroker
	draft := need("n_7", "双极板涂层耐腐蚀", "质子交换膜燃料电池双极板")
	draft.Status = jiqiao.StatusDraft
	answer := func(recs ...jiqiao.Record) string {
		m, _, _ := world(t, append(stock(), recs...)...)
		list, err := m.MatchText(t.Context(), jiqiao.KindAchievement, "双极板涂层\n质子交换膜燃料电池用，耐腐蚀。", jiqiao.MatchQuery{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	want := answer(base)
	for name, recs := range map[string][]jiqiao.Record{"other details": {changed}, "a record for brokers": {base, hidden}, "a draft": {base, draft}} {
		if got := answer(recs...); got != want {
			t.Errorf("%s change the answer", name)
		}
	}
}

func TestExplainedToSomebody(t *testing.T) {
	n := summarised(jiqiao.DisclosureSummaryAnonymous)
	m, _, store := world(t, append(stock(), n)...)
	for whole, access := range map[bool]jiqiao.Access{false: {}, true: {Broker: true}} {
		match, err := m.Explain(t.Context(), access, n, store["a_3"].(*jiqiao.Achievement))
		if err != nil || match.NeedID != "n_9" || match.AchievementID != "a_3" || len(match.Parts) == 0 {
			t.Fatalf("%+v, %v", match, err)
		}
		text, _ := json.Marshal(match)
		if got := strings.Contains(string(text), "41MPa"); got != whole {
			t.Errorf("with %+v the details are quoted: %t", access, got)
		}
	}
}
