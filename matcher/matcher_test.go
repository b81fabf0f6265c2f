package matcher_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/index/vector"
	"jiqiao/matcher"
)

func TestMatchBothWays(t *testing.T) {
	m, _, store := world(t, stock()...)
	forth, err := m.Match(t.Context(), store["n_3"], jiqiao.MatchQuery{})
	if err != nil {
		t.Fatal(err)
	}
	back, err := m.Match(t.Context(), store["a_3"], jiqiao.MatchQuery{})
	if err != nil {
		t.Fatal(err)
	}
	if forth.Kind != jiqiao.KindAchievement || back.Kind != jiqiao.KindNeed || forth.Generation != "g1" {
		t.Errorf("lists are of %s and %s, generation %q", forth.Kind, back.Kind, forth.Generation)
	}
	a, b := forth.Matches[0], back.Matches[0]
	if a.Record.Head().ID != "a_3" || b.Record.Head().ID != "n_3" {
		t.Fatalf("best are %s and %s", a.Record.Head().ID, b.Record.Head().ID)
	}
	a.Record, b.Record = nil, nil
	a.Evidence, b.Evidence = nil, nil // equal but for the order of sentences that tie
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("the pair differs by direction:\n%s", diff)
	}
}

func TestMatchExplains(t *testing.T) {
	m, _, store := world(t, stock()...)
	list, err := m.Match(t.Context(), store["n_3"], jiqiao.MatchQuery{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	match := list.Matches[0]
	if match.Model == "" || match.LevelLabel != match.Level.Label() || match.NeedID != "n_3" || match.AchievementID != "a_3" {
		t.Errorf("match is %+v", match)
	}
	points, share := 0.0, 0.0
	for _, p := range match.Parts {
		points += p.Points
	}
	if d := points - match.Score; d > 1e-9 || d < -1e-9 {
		t.Errorf("parts sum to %v, score is %v", points, match.Score)
	}
	var terms []string
	for i, term := range match.Terms {
		terms = append(terms, term.Term)
		share += term.Weight
		if i > 0 && term.Weight > match.Terms[i-1].Weight {
			t.Errorf("term %d outweighs the one before: %v", i, match.Terms)
		}
	}
	if share <= 0 || share > 1+1e-9 {
		t.Errorf("terms sum to %v", share)
	}
	for _, want := range []string{"碳化硅", "烧结", "空洞"} {
		if !strings.Contains(strings.Join(terms, " "), want) {
			t.Errorf("terms %v lack %s", terms, want)
		}
	}
	if len(match.Evidence) == 0 {
		t.Fatal("no evidence")
	}
	for _, e := range match.Evidence {
		inRecord(t, store["n_3"], e.Need)
		inRecord(t, match.Record, e.Achievement)
		if e.Score <= 0 || e.Score > 1 {
			t.Errorf("evidence scores %v", e.Score)
		}
	}
}

// inRecord checks that a snippet's spans joined are a stretch of the section they name, and that something is marked.
func inRecord(t *testing.T, rec jiqiao.Record, s jiqiao.Snippet) {
	t.Helper()
	text, hits := "", 0
	for _, span := range s.Spans {
		text += span.Text
		if span.Hit {
			hits++
		}
	}
	for _, section := range rec.Sections() {
		if section.Label == s.Label && section.Field == s.Field && strings.Contains(section.Text, text) {
			if hits == 0 {
				t.Errorf("nothing marked in %q", text)
			}
			return
		}
	}
	t.Errorf("%q is not in %s of %s", text, s.Label, rec.Head().ID)
}

func TestMatchPagesAndFilters(t *testing.T) {
	recs := stock()
	recs[5].Head().Status = jiqiao.StatusDraft // a_3
	m, _, store := world(t, recs...)
	all, err := m.Match(t.Context(), store["n_3"], jiqiao.MatchQuery{Brief: true})
	if err != nil {
		t.Fatal(err)
	}
	for i, match := range all.Matches {
		if match.AchievementID == "a_3" {
			t.Error("a draft was matched")
		}
		if match.Parts != nil || match.Terms != nil || match.Evidence != nil {
			t.Error("a brief match explains itself")
		}
		page, err := m.Match(t.Context(), store["n_3"], jiqiao.MatchQuery{Brief: true, Offset: i, Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		if page.Total != all.Total || len(page.Matches) != 1 || page.Matches[0].AchievementID != match.AchievementID {
			t.Errorf("page %d is %+v", i, page)
		}
	}
	beyond, err := m.Match(t.Context(), store["n_3"], jiqiao.MatchQuery{Offset: 1000})
	if err != nil || len(beyond.Matches) != 0 || beyond.Matches == nil {
		t.Errorf("beyond the end: %+v, %v", beyond, err)
	}
	if _, err := m.Match(t.Context(), store["n_3"], jiqiao.MatchQuery{Limit: -1}); jiqiao.CodeOf(err) != jiqiao.CodeInvalid {
		t.Errorf("a negative limit: %v", err)
	}
}

// TestExplanationRestsOnWords: a unit or the number of a measure is no common term, and no evidence by itself.
func TestExplanationRestsOnWords(t *testing.T) {
	m, _, _ := world(t, append(stock(),
		achievement("a_7", "有机载体配方", "残留低于 0.3%。膜厚 250 μm。304 不锈钢焊接。YOLOv8 检测。"))...)
	n := need("n_7", "栅线金属化", "断栅率≤0.3%。线宽 250 μm。选用 304 不锈钢。用 YOLOv8 判断。")
	list, err := m.Match(t.Context(), n, jiqiao.MatchQuery{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list.Matches, func(x jiqiao.Match) bool { return x.AchievementID == "a_7" })
	var terms []string
	for _, term := range list.Matches[i].Terms {
		terms = append(terms, term.Term)
	}
	for _, not := range []string{"0.3", "%", "μm", "250"} {
		if slices.Contains(terms, not) {
			t.Errorf("%s is named as common: %v", not, terms)
		}
	}
	for _, want := range []string{"304", "YOLOv8"} {
		if !slices.Contains(terms, want) {
			t.Errorf("%s is not named as common: %v", want, terms)
		}
	}
	for _, e := range list.Matches[i].Evidence {
		for _, s := range []jiqiao.Snippet{e.Need, e.Achievement} {
			if !slices.ContainsFunc(s.Spans, func(x jiqiao.Span) bool { return x.Hit }) {
				t.Errorf("nothing is marked in the evidence %+v", s)
			}
		}
	}
}

func TestMatchLeavesOutWhatWasDeletedMeanwhile(t *testing.T) {
	m, _, store := world(t, stock()...)
	recalled := store["a_3"]
	gone := memory{}
	for id, r := range store {
		gone[id] = r
	}
	delete(gone, recalled.Head().ID)
	_ = m
	c := matcher.NewCollection(analyzer(t), vector.Default(), matcher.DefaultWeights())
	c.Put(stock()...)
	late := matcher.New(matcher.Options{Collection: c, Recaller: store, Records: gone, Analyzer: analyzerFunc(t)})
	list, err := late.Match(t.Context(), store["n_3"], jiqiao.MatchQuery{})
	if err != nil {
		t.Fatal(err)
	}
	for _, match := range list.Matches {
		if match.AchievementID == "a_3" || match.Record == nil {
			t.Errorf("deleted record shown: %+v", match)
		}
	}
}

func TestMatchText(t *testing.T) {
	m, _, store := world(t, stock()...)
	list, err := m.MatchText(t.Context(), jiqiao.KindNeed, "需求名称：碳化硅模块用烧结银\n空洞率低于3%，剪切强度大于40MPa。", jiqiao.MatchQuery{})
	if err != nil {
		t.Fatal(err)
	}
	if list.Matches[0].Record.Head().ID != "a_3" || list.Matches[0].NeedID != "" {
		t.Errorf("best match of the text: %+v", list.Matches[0])
	}
	// The words of a stored record, pasted, score as the record.
	n := store["n_3"].(*jiqiao.Need)
	pasted, err := m.MatchText(t.Context(), jiqiao.KindNeed, n.Title+"\n"+n.Problem, jiqiao.MatchQuery{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	stored, err := m.Match(t.Context(), n, jiqiao.MatchQuery{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	if pasted.Matches[0].Score != stored.Matches[0].Score {
		t.Errorf("pasted scores %v, stored %v", pasted.Matches[0].Score, stored.Matches[0].Score)
	}
	for _, text := range []string{"", " \n", "。。。", "—（）"} {
		if _, err := m.MatchText(t.Context(), jiqiao.KindNeed, text, jiqiao.MatchQuery{}); jiqiao.CodeOf(err) != jiqiao.CodeInvalid {
			t.Errorf("text %q: %v, want invalid", text, err)
		}
	}
	if _, err := m.MatchText(t.Context(), jiqiao.KindNeed, strings.Repeat("碳化硅功率模块。", 12_500), jiqiao.MatchQuery{}); err != nil {
		t.Errorf("100,000 characters: %v", err)
	}
	if _, err := m.MatchText(t.Context(), "other", "碳化硅", jiqiao.MatchQuery{}); jiqiao.CodeOf(err) != jiqiao.CodeInvalid {
		t.Errorf("unknown side: %v", err)
	}
}

type brokenRecall struct{ memory }

var errBroken = errors.New("broken")

func (brokenRecall) Recall(context.Context, matcher.RecallQuery) ([]string, error) {
	return nil, errBroken
}

func TestMatchReportsBrokenParts(t *testing.T) {
	_, c, store := world(t, stock()...)
	m := matcher.New(matcher.Options{Collection: c, Recaller: brokenRecall{store}, Records: store, Analyzer: analyzerFunc(t)})
	if _, err := m.Match(t.Context(), store["n_1"], jiqiao.MatchQuery{}); !errors.Is(err, errBroken) {
		t.Errorf("error is %v", err)
	}
}

// TestRecallByTitles finds what shares no word and no pair with the need.
func TestRecallByTitles(t *testing.T) {
	recs := []jiqiao.Record{need("n_1", "滴灌", ""), achievement("a_1", "灌水器", ""), achievement("a_2", "轴承", "")}
	_, c, store := world(t, recs...)
	found, err := c.Search(t.Context(), nothing{store}, matcher.RecallQuery{Kind: jiqiao.KindAchievement, Subject: recs[0], Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 || found[0].ID != "a_1" {
		t.Errorf("found %+v", found)
	}
	c.Put(achievement("a_1", "轴承座", ""))
	if found, _ = c.Search(t.Context(), nothing{store}, matcher.RecallQuery{Kind: jiqiao.KindAchievement, Subject: recs[0], Limit: 10}); slices.ContainsFunc(found, func(s matcher.Scored) bool { return s.Features[0] > 0 }) {
		t.Errorf("found %+v by an old title", found)
	}
}

// nothing is a recaller by words that finds no word.
type nothing struct{ memory }

func (nothing) Recall(context.Context, matcher.RecallQuery) ([]string, error) { return nil, nil }

// TestMatchWhileRecordsChange is for the race detector.
func TestMatchWhileRecordsChange(t *testing.T) {
	m, c, store := world(t, stock()...)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 200 {
			c.Put(achievement("a_9", "碳化硅烧结银膏", strings.Repeat("空洞率", i%5)))
			if i%3 == 0 {
				c.Delete(jiqiao.KindAchievement, "a_9")
			}
		}
	}()
	for range 50 {
		list, err := m.Match(t.Context(), store["n_3"], jiqiao.MatchQuery{Limit: 2})
		if err != nil || list.Matches[0].AchievementID != "a_3" {
			t.Fatalf("%+v, %v", list, err)
		}
	}
	<-done
}
