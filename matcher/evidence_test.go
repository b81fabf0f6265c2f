package matcher

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/index/zh"
	"jiqiao/sample"
)

// spokenIn finds the words of a text as a reading does.
func spokenIn(text string) []spoken {
	var out []spoken
	for _, t := range testAnalyzer().Tokens(nil, text) {
		if nameable(&t) {
			out = append(out, spoken{&said{term: t.Term}, t.Start, t.End})
		}
	}
	return out
}

func TestMarkerSpans(t *testing.T) {
	m := &marker{words: map[string]bool{"碳化硅": true, "sic": true}, chars: map[rune]bool{'灌': true, '无': true}, fold: testAnalyzer().Fold}
	for text, want := range map[string]string{
		"碳化硅模块灌封":      "[碳化硅]模块灌封",
		"ＳｉＣ 与碳化硅":     "[ＳｉＣ] 与[碳化硅]",
		"無關":           "[無]關",
		"灌溉、滴灌。":       "[灌]溉、滴[灌]。",
		"":             "",
		"灌灌\xff灌":      "[灌灌]\xff[灌]",
		"用 SiC：灌溉、滴灌。": "用 [SiC]：灌溉、滴灌。",
	} {
		got, joined := "", ""
		for _, s := range m.spans(text, spokenIn(text)) {
			joined += s.Text
			if s.Hit {
				got += "[" + s.Text + "]"
			} else {
				got += s.Text
			}
		}
		if got != want || joined != text {
			t.Errorf("%q is marked %q, want %q", text, got, want)
		}
	}
}

func TestResemblance(t *testing.T) {
	like := func(needTitle, needText, otherTitle, otherText string) float64 {
		n, a := &jiqiao.Need{Problem: needText}, &jiqiao.Achievement{Abstract: otherText}
		n.Title, a.Title = needTitle, otherTitle
		e := newTestCollection().newExplainer(testAnalyzer(), n, time.Time{})
		defer e.close()
		x := &explaining{e: e, subject: e.subject}
		theirs := x.readOther(a)
		x.addKin(theirs, e.c.Read(a))
		return resemblance(&e.reading.sentences[0], &theirs.sentences[0], x.table[0])
	}
	asked := "要求烧结银层空洞率低于百分之三"
	answer, chatter := like("", asked, "", "烧结银层的空洞率不超过百分之二"), like("", asked, "", "本项目的研究具有重要的意义")
	if answer <= chatter || answer > 1 || chatter < 0 {
		t.Errorf("answer %v, chatter %v", answer, chatter)
	}
	if a, b := like("", "污水厂的污泥脱水", "", "淤泥干化设备"), like("", "污水厂的污泥脱水", "", "淤地坝干线道路"); a <= b {
		t.Errorf("near words %v, other words %v", a, b)
	}
	if like("烧结银膏的空洞率", "", "烧结银膏", "") >= like("烧结银膏的空洞率", "", "", "烧结银膏") {
		t.Error("two titles are not put behind a title and a sentence")
	}
	sentences := [2]sentence{{norm: 100, section: jiqiao.Section{Field: jiqiao.FieldKeywords}}, {norm: 100, section: jiqiao.Section{Field: jiqiao.FieldBody}}}
	if resemblance(&sentences[0], &sentences[1], 50) >= resemblance(&sentences[1], &sentences[1], 50) {
		t.Error("keywords are not put behind sentences")
	}
	if got := like("", "甲", "", "乙"); got != 0 {
		t.Errorf("nothing in common is %v", got)
	}
}

func TestCloseWords(t *testing.T) {
	c := newTestCollection()
	for _, p := range []struct {
		need, achievement string
		want              []string
	}{
		{"污水处理厂的污泥", "废水净化", []string{"污水≈废水"}},
		{"大棚里的番茄", "温室栽培番茄", []string{"大棚≈温室"}},
		{"抑菌敷料", "抗菌纱布", []string{"抑菌≈抗菌"}},
		{"用激光雷達盘点", "采用LiDAR扫描", []string{"激光雷達≈LiDAR"}},
		{"动力电池的回收", "电池拆解", nil}, // 电池 is common
		{"电压过高", "电流过大", nil},
		{"高压压缩机", "低压压缩机", nil},
		{"碳化硅陶瓷", "氮化硅陶瓷", nil},
		{"铁素体钢", "奥氏体钢", nil},
		{"淬火裂纹", "回火裂纹", nil},
		{"铜的回收率", "镍的回收率", nil},
		{"非金属夹杂", "金属夹杂", nil},
		{"污水和废水", "废水", nil}, // said already
		{"研究高效的方法", "开发先进的技术", nil},
	} {
		need, achievement := &jiqiao.Need{Problem: p.need}, &jiqiao.Achievement{Abstract: p.achievement}
		for _, subject := range []jiqiao.Record{need, achievement} {
			e := c.newExplainer(testAnalyzer(), subject, time.Time{})
			other := jiqiao.Record(achievement)
			if subject == other {
				other = need
			}
			x := &explaining{e: e, subject: e.subject}
			var got []string
			for _, pair := range e.pairs(x.close(x.readOther(other))) {
				got = append(got, pair.Need+"≈"+pair.Achievement)
				if pair.Similarity <= 0 || pair.Similarity > 1 {
					t.Errorf("%v: similarity %v", got, pair.Similarity)
				}
			}
			if diff := cmp.Diff(p.want, got); diff != "" {
				t.Errorf("%s | %s, from the %s (-want +got):\n%s", p.need, p.achievement, subject.Kind(), diff)
			}
			e.close()
		}
	}
}

// TestCloseListIsFolded: a word that the analyzer folds otherwise would never be found.
func TestCloseListIsFolded(t *testing.T) {
	a := testAnalyzer()
	for w := range closeGroups {
		if a.Fold(w) != w {
			t.Errorf("%q folds to %q", w, a.Fold(w))
		}
	}
	for a, others := range contrasts {
		for b := range others {
			if !contrasts[b][a] {
				t.Errorf("%c against %c, and not the reverse", a, b)
			}
		}
	}
}

func sampleCollection(t *testing.T) (*Collection, []jiqiao.Record, []jiqiao.Record) {
	t.Helper()
	c := newTestCollection()
	sides := map[jiqiao.Kind][]jiqiao.Record{}
	for _, kind := range jiqiao.Kinds {
		recs, err := sample.Records(kind)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range recs {
			r.Head().ID = string(kind) + strings.Repeat("x", i/26) + string(rune('a'+i%26))
			c.Put(r)
		}
		sides[kind] = recs
	}
	return c, sides[jiqiao.KindNeed], sides[jiqiao.KindAchievement]
}

// TestExplanationsSayWhatTheTextsSay holds everything that is explained of the sample's best matches against their texts:
// every sentence, term and figure stands in its record.
func TestExplanationsSayWhatTheTextsSay(t *testing.T) {
	c, needs, achievements := sampleCollection(t)
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	says := func(r jiqiao.Record, text string) bool {
		return slices.ContainsFunc(r.Sections(), func(s jiqiao.Section) bool { return strings.Contains(s.Text, text) })
	}
	for _, pair := range [][2][]jiqiao.Record{{needs[:30], achievements}, {achievements[:8], needs}} {
		for _, subject := range pair[0] {
			for _, m := range explained(c, subject, pair[1], 4, now) {
				n, a := sides(subject, m.Record)
				for _, e := range m.Evidence {
					if !says(n, joined(&e.Need)) || !says(a, joined(&e.Achievement)) || hits(&e.Need) == "" || hits(&e.Achievement) == "" {
						t.Errorf("%s: evidence %q beside %q", n.Title, joined(&e.Need), joined(&e.Achievement))
					}
				}
				sum := 0.0
				for _, term := range m.Terms {
					sum += term.Weight
					if !says(subject, term.Term) {
						t.Errorf("%s: term %q stands nowhere", subject.Head().Title, term.Term)
					}
				}
				if sum > 1+1e-9 {
					t.Errorf("terms of %s sum to %v", n.Title, sum)
				}
				for _, p := range m.Close {
					if !says(n, p.Need) || !says(a, p.Achievement) || says(n, p.Achievement) && says(a, p.Need) {
						t.Errorf("%s: %v", n.Title, p)
					}
				}
				for _, check := range m.Metrics {
					if check.Figure != "" && !says(a, check.Figure) || !says(n, check.Target) {
						t.Errorf("%s: %v", n.Title, check)
					}
				}
			}
		}
	}
}

// explained explains the best limit records for a subject.
func explained(c *Collection, subject jiqiao.Record, others []jiqiao.Record, limit int, now time.Time) []jiqiao.Match {
	ids, byID := []string{}, map[string]jiqiao.Record{}
	for _, o := range others {
		ids, byID[o.Head().ID] = append(ids, o.Head().ID), o
	}
	var matches []jiqiao.Match
	var features []Features
	for _, s := range c.Rank(subject, ids)[:limit] {
		matches, features = append(matches, match("", subject, byID[s.ID], s)), append(features, s.Features)
	}
	e := c.newExplainer(testAnalyzer(), subject, now)
	defer e.close()
	e.explain(matches, features)
	return matches
}

// TestExplanationsDoNotDependOnTheCompany: a match is explained the same alone and on a page, whoever does it.
func TestExplanationsDoNotDependOnTheCompany(t *testing.T) {
	c, needs, achievements := sampleCollection(t)
	page := explained(c, needs[0], achievements, 12, time.Time{})
	again := explained(c, needs[0], achievements, 12, time.Time{})
	if diff := cmp.Diff(page, again); diff != "" {
		t.Errorf("the same page differs:\n%s", diff)
	}
	alone := explained(c, needs[0], achievements, 1, time.Time{})
	if diff := cmp.Diff(page[:1], alone); diff != "" {
		t.Errorf("the first match alone differs:\n%s", diff)
	}
}

func TestTermsAreWords(t *testing.T) {
	c := newTestCollection()
	need := &jiqiao.Need{Problem: "碳化硅模块的空洞率降到2%以内，提高可靠性，使用氮化鋁基板。"}
	achievement := &jiqiao.Achievement{Abstract: "氮化硅陶瓷基板与氮化铝，模块空洞率降到1%以内，研究其可靠性。"}
	e := c.newExplainer(testAnalyzer(), need, time.Time{})
	defer e.close()
	m := jiqiao.Match{Record: achievement}
	e.explain([]jiqiao.Match{m}, []Features{{}})
	x := &explaining{e: e, subject: e.subject}
	terms, _ := x.terms(x.readOther(achievement), x.shares(c.Read(achievement)))
	var got []string
	for _, term := range shown(terms) {
		got = append(got, term.Term)
	}
	slices.Sort(got)
	want := []string{"可靠性", "基板", "模块", "氮化鋁", "空洞"}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTelling(t *testing.T) {
	for word, want := range map[string]bool{"碳化硅": true, "钢": true, "以内": false, "降到": false, "研究": false, "不低于": false, "304": true, "30": false, "5g": true} {
		kind := map[string]zh.Kind{"钢": zh.Single, "304": zh.Number, "30": zh.Number, "5g": zh.Latin}[word]
		if kind == 0 {
			kind = zh.Word
		}
		if telling(word, kind) != want {
			t.Errorf("%s may be named: %v", word, !want)
		}
	}
}

// TestUnusualRecordsAreExplained: texts that say nothing, or too much, are explained as any.
func TestUnusualRecordsAreExplained(t *testing.T) {
	c := newTestCollection()
	texts := []string{
		"", "。。。；；", "🚀🚀", "\xff\xfe", "12345", "≥", strings.Repeat("碳", 9000), strings.Repeat("强度≥5MPa；", 2000), "繁體字與ＦＵＬＬ　ＷＩＤＴＨ≥５０％",
	}
	for _, need := range texts {
		for _, achievement := range texts {
			n, a := &jiqiao.Need{Problem: need}, &jiqiao.Achievement{Abstract: achievement}
			for _, subject := range []jiqiao.Record{n, a} {
				m := jiqiao.Match{Record: a}
				if subject.Kind() == jiqiao.KindAchievement {
					m.Record = n
				}
				e := c.newExplainer(testAnalyzer(), subject, time.Time{})
				matches := []jiqiao.Match{m}
				e.explain(matches, []Features{{}})
				e.close()
				for _, term := range matches[0].Terms {
					if !(term.Weight > 0 && term.Weight <= 1+1e-9) {
						t.Errorf("%.20q beside %.20q: term %v", need, achievement, term)
					}
				}
				if len(matches[0].Metrics) > maxTargets {
					t.Errorf("%d targets", len(matches[0].Metrics))
				}
			}
		}
	}
}

// oddRecord is no record that an explanation can read: it fails as a fault of the program would.
type oddRecord struct{ *jiqiao.Achievement }

func TestExplainPanicsWhereTheCallerRecovers(t *testing.T) {
	subject := &jiqiao.Need{Header: jiqiao.Header{ID: "n", Title: "陶瓷膜污水处理"}}
	matches := make([]jiqiao.Match, parallelExplanations)
	for i := range matches {
		matches[i].Record = &jiqiao.Achievement{Header: jiqiao.Header{ID: "a", Title: "陶瓷膜装置"}}
	}
	matches[0].Record = oddRecord{&jiqiao.Achievement{}} // another goroutine explains the first ones
	e := newTestCollection().newExplainer(testAnalyzer(), subject, time.Time{})
	defer e.close()
	defer func() {
		if recover() == nil {
			t.Error("nothing to recover")
		}
	}()
	e.explain(matches, make([]Features, len(matches)))
}
