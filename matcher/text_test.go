package matcher

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/index/vector"
	"jiqiao/index/zh"
)

// testAnalyzer is loaded once.
var testAnalyzer = sync.OnceValue(func() *zh.Analyzer {
	a, err := zh.New(zh.Options{})
	if err != nil {
		panic(err)
	}
	return a
})

func newTestCollection() *Collection {
	return NewCollection(testAnalyzer(), vector.Default(), DefaultWeights())
}

func newTestProfile(rec jiqiao.Record) *Profile {
	return NewProfile(testAnalyzer(), vector.Default(), rec)
}

// code is the term of a run, however it is written.
func code(s string) term {
	var last term
	eachTerm(units(s), func(t term) { last = t })
	return last
}

func TestEachTerm(t *testing.T) {
	han := func(a, b rune) term { return term(a)<<16 | term(b) }
	for _, c := range []struct {
		text string
		want []term
	}{
		{"", nil},
		{"，。 -./", nil},
		{"滴灌", []term{'滴', '灌', han('滴', '灌')}},
		{"滴，灌", []term{'滴', '灌'}},
		{"a", nil}, // says nothing
		{"5", nil}, // says nothing
		{"30", nil},
		{"304", []term{code("304")}},
		{"5g", []term{code("5g")}},
		{"sic模块", []term{code("sic"), '模', '块', han('模', '块')}},
		{"yolo-v8", []term{code("yolo"), code("v8"), code("yolov8")}},
		{"-sic-", []term{code("sic")}},
		{"a/b", []term{code("ab")}},
	} {
		var got []term
		eachTerm(units(c.text), func(t term) { got = append(got, t) })
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.text, diff)
		}
	}
	for _, c := range []struct {
		t    term
		want termClass
	}{{'技', classCharacter}, {han('技', '术'), classPair}, {han('㐀', '㐀'), classPair}, {code("sic"), classCode}} {
		if got := classOf(c.t); got != c.want {
			t.Errorf("class of %x is %d, want %d", c.t, got, c.want)
		}
	}
}

// TestTallyCountsAsEachTerm holds the fast loop against the plain one.
func TestTallyCountsAsEachTerm(t *testing.T) {
	texts := []string{
		"碳化硅sic功率模块，烧结-银 1200v gb/t19001", "硅，碳化sic 1200v模块", "", "模块模块sic-sic",
	}
	c := newTestCollection()
	for _, a := range texts {
		n := &jiqiao.Need{Problem: a}
		s := c.subject(c.Read(n))
		for _, b := range texts {
			want := make([]float64, len(s.terms))
			eachTerm(units(b), func(t term) {
				if i := slices.IndexFunc(s.terms, func(x subjectTerm) bool { return x.term == t }); i >= 0 {
					want[i]++
				}
			})
			clear(s.found)
			s.tally(units(b), 1)
			if diff := cmp.Diff(want, s.found); diff != "" {
				t.Errorf("%q in %q:\n%s", a, b, diff)
			}
		}
		s.release()
	}
}

func TestPieces(t *testing.T) {
	text := "需求内容：\n开发新牌号。\n预期目标：韧性≥67%。\n三、现有工作基础：\n1、公司厂房三栋。\n技术指标：密度1.8。\n现有基础设施不足。\n"
	var got []string
	for _, p := range pieces(jiqiao.Section{Field: jiqiao.FieldProblem, Label: "技术难题", Text: text}) {
		got = append(got, map[part]string{partMain: "main ", partAside: "aside "}[p.part]+p.text)
	}
	want := []string{
		"main 需求内容：\n开发新牌号。\n预期目标：韧性≥67%。\n",
		"aside 三、现有工作基础：\n1、公司厂房三栋。\n",
		"main 技术指标：密度1.8。\n现有基础设施不足。\n",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for field, want := range map[jiqiao.Section]part{
		{Field: jiqiao.FieldTitle, Text: "工作基础："}:                  partTitle,
		{Field: jiqiao.FieldKeywords, Text: "x"}:                   partKeywords,
		{Field: jiqiao.FieldBody, Label: "已有基础", Text: "x"}:        partAside,
		{Field: jiqiao.FieldBody, Label: "应用领域", Text: "x"}:        partMain,
		{Field: jiqiao.FieldAbstract, Label: "成果简介", Text: "x\ny"}: partMain,
	} {
		if got := pieces(field); len(got) != 1 || got[0].part != want || got[0].text != field.Text {
			t.Errorf("%v is %v, want part %d", field, got, want)
		}
	}
}

func TestParseText(t *testing.T) {
	long := strings.Repeat("技", maxTitleLine+1)
	for _, c := range []struct{ text, title, rest string }{
		{"滴灌控制", "滴灌控制", ""},
		{"滴灌控制\n需要节水。", "滴灌控制", "需要节水。"},
		{"\n\n 滴灌控制 \r\n\r\n需要节水。\n", "滴灌控制", "需要节水。"},
		{"需求名称：滴灌控制\n需要节水。", "滴灌控制", "需要节水。"},
		{"项目名称 : 滴灌控制\n需要节水。", "滴灌控制", "需要节水。"},
		{"成果名称：\n滴灌控制\n需要节水。", "滴灌控制", "需要节水。"},
		{"标题党治理", "标题党治理", ""},
		{long, "", long},
		{long + "\n第二段", "", long + "\n第二段"},
		{"——\n滴灌", "", "——\n滴灌"},
		{"滴灌\xff控制", "滴灌\ufffd控制", ""},
	} {
		for _, kind := range jiqiao.Kinds {
			rec, err := ParseText(kind, c.text)
			if err != nil {
				t.Errorf("%q: %v", c.text, err)
				continue
			}
			rest := ""
			for _, s := range rec.Sections()[min(1, len(rec.Sections())):] {
				rest += s.Text
			}
			if rec.Head().Title == "" {
				rest = rec.Sections()[0].Text
			}
			if rec.Kind() != kind || rec.Head().Title != c.title || rest != c.rest {
				t.Errorf("%q is title %q and %q, want %q and %q", c.text, rec.Head().Title, rest, c.title, c.rest)
			}
		}
	}
}

func FuzzParseText(f *testing.F) {
	for _, s := range []string{"", "滴灌\n节水", "标题：\n\n标题：", "\xff\n\xfe", "名称：名称：x", "🚀\n\n🚀"} {
		f.Add(s)
	}
	c := newTestCollection()
	f.Fuzz(func(t *testing.T, text string) {
		rec, err := ParseText(jiqiao.KindNeed, text)
		if err != nil {
			return
		}
		if !utf8.ValidString(rec.Head().Title) || utf8.RuneCountInString(rec.Head().Title) > maxTitleLine {
			t.Errorf("title %q", rec.Head().Title)
		}
		n := rec.(*jiqiao.Need)
		a := &jiqiao.Achievement{Abstract: n.Problem}
		a.Title = n.Title
		if s, r := c.ScorePair(n, a).Score, c.ScorePair(a, n).Score; s != r || s < 0 || s >= 1 {
			t.Errorf("scores %v and %v", s, r)
		}
	})
}

func TestProfileBounds(t *testing.T) {
	n := &jiqiao.Need{Problem: strings.Repeat("硅", 100_000), Foundation: strings.Repeat("银", 100_000)}
	n.Title = strings.Repeat("碳", 100_000)
	p := newTestProfile(n)
	if got := len(p.text); got > maxTitleRunes+maxMainRunes+maxAsideRunes+int(partCount) {
		t.Errorf("profile of an endless record has %d characters", got)
	}
	if p.lengths[partTitle] != maxTitleRunes || p.lengths[partMain] != maxMainRunes || p.lengths[partAside] != maxAsideRunes {
		t.Errorf("lengths are %v", p.lengths)
	}
	spaced, plain := &jiqiao.Achievement{}, &jiqiao.Achievement{}
	spaced.Title, plain.Title = "硅碳 负极  材料 SiC 粉", "硅碳负极材料 SiC 粉"
	if diff := cmp.Diff(newTestProfile(plain).text, newTestProfile(spaced).text); diff != "" {
		t.Errorf("spaces between Han characters count:\n%s", diff)
	}
}
