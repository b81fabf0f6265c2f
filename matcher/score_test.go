package matcher_test

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/matcher"
)

// stock is a little world of needs and achievements that overlap in part.
func stock() []jiqiao.Record {
	return []jiqiao.Record{
		need("n_1", "滴灌系统智能控制技术", "需要适合丘陵果园的滴灌控制器，支持 LoRa 通信，节水率≥30%。\n现有工作基础：公司有厂房三栋。"),
		need("n_2", "高韧性立方氮化硼单晶", "抗冲击韧性≥67%，堆积密度≥1.80 g/cm3，氮化硼六方相到立方相转变。"),
		need("n_3", "SiC MOSFET 功率模块烧结银", "1200V 碳化硅模块，空洞率≤3%，剪切强度≥40MPa。"),
		achievement("a_1", "果园精准灌溉控制系统", "基于 LoRa 的灌溉控制器，根据土壤墒情自动灌水，节水 35%。"),
		achievement("a_2", "立方氮化硼聚晶合成", "高温高压合成立方氮化硼聚晶，触媒自制，韧性好。"),
		achievement("a_3", "低温烧结银膏", "用于碳化硅功率模块封装的纳米银膏，空洞率低于 2%，剪切强度 45MPa。"),
		achievement("a_4", "苹果采后保鲜", "气调贮藏技术。"),
	}
}

func TestScoreIsTheSameFromBothSides(t *testing.T) {
	_, c, store := world(t, stock()...)
	for _, n := range []string{"n_1", "n_2", "n_3"} {
		for _, a := range []string{"a_1", "a_2", "a_3", "a_4"} {
			forth := c.ScoreAll(store[n], []string{a})[0]
			back := c.ScoreAll(store[a], []string{n})[0]
			pair := c.ScorePair(store[a], store[n])
			if math.Float64bits(forth.Score) != math.Float64bits(back.Score) || forth.Score != pair.Score {
				t.Errorf("%s, %s: %v from the need, %v from the achievement, %v as a pair", n, a, forth.Score, back.Score, pair.Score)
			}
			if forth.Level != back.Level || forth.Features != back.Features {
				t.Errorf("%s, %s: level or features differ: %v, %v", n, a, forth, back)
			}
		}
	}
}

// TestScoreOfRandomTextsIsSymmetric looks for sums that depend on who asks.
func TestScoreOfRandomTextsIsSymmetric(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	alphabet := []rune("氮化硼高温合成灌溉控制系统果园节水银膏烧结模块强度a1b2-./ 。，\n的了")
	text := func(n int) string {
		out := make([]rune, rng.IntN(n))
		for i := range out {
			out[i] = alphabet[rng.IntN(len(alphabet))]
		}
		return string(out)
	}
	_, c, _ := world(t, stock()...)
	for range 300 {
		n, a := need("n_x", text(30), text(300)), achievement("a_x", text(30), text(300))
		n.Foundation, a.Keywords = text(100), []string{text(6), text(6)}
		c.Put(n, a)
		forth, back := c.ScoreAll(n, []string{"a_x"}), c.ScoreAll(a, []string{"n_x"})
		if forth[0].Score != back[0].Score {
			t.Fatalf("%v and %v for\n%q\n%q", forth[0].Score, back[0].Score, n.Problem, a.Abstract)
		}
	}
}

func TestScoreRepeats(t *testing.T) {
	recs := stock()
	_, c, store := world(t, recs...)
	_, other, _ := world(t, recs[6], recs[5], recs[4], recs[3], recs[2], recs[1], recs[0])
	for range 20 {
		first := c.Rank(store["n_3"], []string{"a_1", "a_2", "a_3", "a_4"})
		again := other.Rank(store["n_3"], []string{"a_4", "a_3", "a_2", "a_1"})
		if diff := cmp.Diff(first, again); diff != "" {
			t.Fatalf("the order of loading or asking changed scores:\n%s", diff)
		}
	}
}

// TestSharedRareTermNeverLowersTheScore adds a term to both texts, wherever it may stand.
// dilution is what a score may lose when both texts gain a word: all their other words become a smaller part of them.
const dilution = 0.02

func TestSharedRareTermNeverLowersTheScore(t *testing.T) {
	_, c, _ := world(t, stock()...)
	for _, rare := range []string{"铌酸锂", "YOLOv8", "蛋白石", "GB/T 19001-2016", "镓"} {
		for _, r := range stock() {
			n, ok := r.(*jiqiao.Need)
			if !ok {
				continue
			}
			for _, o := range stock() {
				a, ok := o.(*jiqiao.Achievement)
				if !ok {
					continue
				}
				before := c.ScorePair(n, a).Score
				places := map[string]func(n *jiqiao.Need, a *jiqiao.Achievement){
					"both titles":         func(n *jiqiao.Need, a *jiqiao.Achievement) { n.Title += rare; a.Title += rare },
					"both texts":          func(n *jiqiao.Need, a *jiqiao.Achievement) { n.Problem += rare; a.Abstract += rare },
					"need title and text": func(n *jiqiao.Need, a *jiqiao.Achievement) { n.Title += rare; a.Abstract += rare },
					"text and title":      func(n *jiqiao.Need, a *jiqiao.Achievement) { n.Problem += rare; a.Title += rare },
					"keywords": func(n *jiqiao.Need, a *jiqiao.Achievement) {
						n.Keywords, a.Keywords = append(n.Keywords, rare), append(a.Keywords, rare)
					},
				}
				for place, add := range places {
					n2, a2 := *n, *a
					add(&n2, &a2)
					if after := c.ScorePair(&n2, &a2).Score; after < before-dilution {
						t.Errorf("%s in %s of %s, %s: %.4f fell to %.4f", rare, place, n.ID, a.ID, before, after)
					}
				}
			}
		}
	}
}

func TestRankPutsThePartnerFirst(t *testing.T) {
	_, c, store := world(t, stock()...)
	all := []string{"a_1", "a_2", "a_3", "a_4"}
	for n, want := range map[string]string{"n_1": "a_1", "n_2": "a_2", "n_3": "a_3"} {
		if got := c.Rank(store[n], all)[0].ID; got != want {
			t.Errorf("best for %s is %s, want %s", n, got, want)
		}
	}
}

func TestTraditionalAndWideTextScoresAsSimplified(t *testing.T) {
	_, c, store := world(t, stock()...)
	want := c.ScorePair(need("n_9", "碳化硅功率模块 SiC", ""), store["a_3"]).Score
	got := c.ScorePair(need("n_9", "碳化矽功率模組 ＳｉＣ", ""), store["a_3"]).Score
	traditional := c.ScorePair(need("n_9", "碳化硅功率模塊 ＳＩＣ", ""), store["a_3"]).Score
	if traditional != want {
		t.Errorf("traditional text scores %v, simplified %v", traditional, want)
	}
	if got == 0 {
		t.Error("regional wording shares nothing")
	}
}

func TestPartsSumToTheScore(t *testing.T) {
	_, c, _ := world(t)
	for _, f := range []matcher.Features{{}, {0.3, 0.2, 0.1}, {0.1, 0, 0}, {0.6, 0.5, 0.4, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1000}} {
		sum := 0.0
		for _, p := range c.Parts(f) {
			sum += p.Points
			if p.Value < 0 || p.Value > 1 || p.Label == "" || p.Name == "" {
				t.Errorf("part %+v of %v", p, f)
			}
		}
		if score := c.Grade("a_1", f).Score; math.Abs(sum-score) > 1e-12 || score < 0 || score >= 1 {
			t.Errorf("parts of %v sum to %v, score %v", f, sum, score)
		}
	}
}

func TestUnusualTexts(t *testing.T) {
	_, c, store := world(t, stock()...)
	for name, text := range map[string]string{
		"empty": "", "marks": "。，！？……（）", "bytes": "\xff\xfe\x00", "emoji": "🚀🚀", "rare": "𠮷𡈽",
		"endless": strings.Repeat("碳化硅功率模块烧结银，", 10_000), "one word": strings.Repeat("a", 100_000),
	} {
		n := need("n_9", text, text)
		c.Put(n)
		s := c.ScorePair(n, store["a_3"])
		if math.IsNaN(s.Score) || s.Score < 0 || s.Score >= 1 {
			t.Errorf("%s: score %v", name, s.Score)
		}
		if name == "empty" || name == "marks" || name == "emoji" {
			var nothing matcher.Features
			at := slices.Index(matcher.FeatureNames(), "achievement_text")
			nothing[at] = s.Features[at]
			if s.Features != nothing || s.Level != jiqiao.LevelNone {
				t.Errorf("%s: level %v, features %v, want nothing in common", name, s.Level, s.Features)
			}
		}
		c.Delete(jiqiao.KindNeed, "n_9")
	}
	if c.Len(jiqiao.KindNeed) != 3 {
		t.Errorf("%d needs left", c.Len(jiqiao.KindNeed))
	}
}

// TestCollectionForgets checks that replacing and deleting leave no trace in the statistics.
func TestCollectionForgets(t *testing.T) {
	_, c, store := world(t, stock()...)
	want := c.Rank(store["n_1"], []string{"a_1", "a_2", "a_3", "a_4"})
	for i := range 50 {
		c.Put(achievement(fmt.Sprint("a_x", i%3), "滴灌控制器", strings.Repeat("节水灌溉", i)))
		c.Put(store["a_1"], store["n_1"])
	}
	for i := range 3 {
		c.Delete(jiqiao.KindAchievement, fmt.Sprint("a_x", i))
		c.Delete(jiqiao.KindAchievement, fmt.Sprint("a_x", i))
	}
	if diff := cmp.Diff(want, c.Rank(store["n_1"], []string{"a_1", "a_2", "a_3", "a_4"})); diff != "" {
		t.Errorf("scores changed:\n%s", diff)
	}
}

// TestCollectionIsWhatItHolds puts, replaces and deletes at random. What is found and how it scores must depend on the
// records that are left alone, not on the way there: a collection that has run for a year answers as a restarted one.
func TestCollectionIsWhatItHolds(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	phrases := []string{"滴灌", "灌溉控制器", "立方氮化硼", "烧结银膏", "碳化硅模块", "LoRa", "YOLOv8", "节水35%", "的研究与应用", "𠮷"}
	text := func(most int) string {
		var out []string
		for range rng.IntN(most) {
			out = append(out, phrases[rng.IntN(len(phrases))])
		}
		return strings.Join(out, []string{"", "，", "\n"}[rng.IntN(3)])
	}
	_, churned, _ := world(t)
	left := memory{}
	for range 2000 {
		n := rng.IntN(25)
		var rec jiqiao.Record = need(fmt.Sprintf("n_%02d", n), text(4), text(8))
		if rng.IntN(2) == 0 {
			rec = achievement(fmt.Sprintf("a_%02d", n), text(4), text(8))
		}
		if rng.IntN(3) == 0 {
			churned.Delete(rec.Kind(), rec.Head().ID)
			delete(left, rec.Head().ID)
			continue
		}
		churned.Put(rec)
		left[rec.Head().ID] = rec
	}
	var recs []jiqiao.Record
	for _, id := range slices.Sorted(maps.Keys(left)) {
		recs = append(recs, left[id])
	}
	_, fresh, store := world(t, recs...)
	compared := 0
	for _, rec := range recs {
		q := matcher.RecallQuery{Kind: rec.Kind().Other(), Subject: rec, Limit: 100}
		for name, by := range map[string]matcher.Recaller{"words and titles": store, "titles alone": nothing{store}} {
			want, err := fresh.Search(t.Context(), by, q)
			if err != nil {
				t.Fatal(err)
			}
			got, err := churned.Search(t.Context(), by, q)
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Fatalf("%s by %s: %v\n%s", rec.Head().ID, name, err, diff)
			}
			compared += len(want)
		}
	}
	if compared < 500 {
		t.Errorf("only %d scores were compared", compared)
	}
}

func BenchmarkScorePair(b *testing.B) {
	_, c, store := world(b, stock()...)
	ids := []string{"a_1", "a_2", "a_3", "a_4"}
	for b.Loop() {
		c.ScoreAll(store["n_1"], ids)
	}
}
