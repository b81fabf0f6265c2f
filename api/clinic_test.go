package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"jiqiao"
)

// Examine quotes every section and counts the records of the side as similar.
func (d *desk) Examine(ctx context.Context, rec jiqiao.Record) (jiqiao.Diagnosis, error) {
	diagnosis := jiqiao.Diagnosis{
		Kind: rec.Kind(), Verdict: jiqiao.DraftImprove, VerdictLabel: jiqiao.DraftImprove.Label(), Completeness: 50, Summary: "测试",
		Aspects: []jiqiao.Aspect{{
			Name: "object", Label: "对象", State: jiqiao.AspectPresent, StateLabel: jiqiao.AspectPresent.Label(), Points: 15, Max: 15,
			Found: rec.Head().Title, Evidence: snippets(rec, "碳"), Why: "测试",
		}},
		Questions:  []jiqiao.DraftQuestion{{Aspect: "metrics", Text: "达到多少？", Why: "测试", Heading: "技术指标"}},
		Remarks:    []jiqiao.DraftRemark{{Kind: "vague", Message: "请写数值", Quote: "尽快", Field: "problem"}},
		Passages:   []jiqiao.Passage{},
		Keywords:   []jiqiao.Keyword{{Word: "碳化硅", Weight: 1}},
		Industries: []jiqiao.CodeSuggestion{{Code: "C39", Label: "计算机、通信和其他电子设备制造业", Path: []string{"制造业"}, Confidence: .5, Words: []string{"碳化硅"}}},
		Fields:     []jiqiao.CodeSuggestion{},
	}
	for _, s := range rec.Sections() {
		diagnosis.Passages = append(diagnosis.Passages, jiqiao.Passage{Field: s.Field, Label: s.Label, Spans: []jiqiao.PassageSpan{{Text: s.Text, Aspects: []string{"object"}, Vague: true}}})
	}
	found, err := d.Similar(ctx, rec, 10)
	for _, s := range found {
		diagnosis.Similar = append(diagnosis.Similar, jiqiao.SimilarRecord{Duplicate: s, Level: "duplicate", LevelLabel: "重复", Why: "用词相同"})
	}
	return diagnosis, err
}

// Completeness agrees with Examine.
func (d *desk) Completeness(jiqiao.Record) int { return 50 }

func (d *desk) ExamineText(ctx context.Context, kind jiqiao.Kind, text string) (jiqiao.Diagnosis, error) {
	if strings.TrimSpace(text) == "……" {
		return jiqiao.Diagnosis{}, jiqiao.Invalid([]jiqiao.FieldError{{Field: "text", Message: "请输入文字"}})
	}
	rec := jiqiao.NewRecord(kind)
	rec.Head().Title = text
	return d.Examine(ctx, rec)
}

func TestClinic(t *testing.T) {
	w := newWorld(t)
	n, a := need("研制碳化硅功率器件"), achievement("碳化硅栅氧工艺")
	w.put(n, need("开发氢能储罐"), a)
	post := func(body string) ask { return ask{method: http.MethodPost, path: "/api/v1/clinic", body: body} }
	w.play(t, []scenario{
		{name: "a text", ask: post(`{"kind":"need","text":"提高耐磨性"}`), status: 200, has: []string{`"kind":"need"`, "提高耐磨性", "达到多少", n.ID, `"level_label":"重复"`}},
		{name: "a record", ask: post(`{"kind":"achievement","record":{"title":"碳化硅外延","trl":6}}`), status: 200, has: []string{"碳化硅外延", a.ID}},
		{name: "a record without a title", ask: post(`{"kind":"need","record":{"problem":"总是开裂"}}`), status: 200, has: []string{"总是开裂"}},
		{name: "a record that publishing would refuse", ask: post(`{"kind":"need","record":{"title":"x","region":"999999"}}`), status: 200},
		{name: "a record by labels", ask: post(`{"kind":"need","record":{"title":"x","cooperation":["技术转让"]}}`), status: 200},
		{name: "its own record is no duplicate", ask: post(`{"kind":"need","record":{"id":"` + n.ID + `","title":"研制碳化硅功率器件"}}`), status: 200, has: []string{"氢能储罐"}, lacks: []string{n.ID}},
		{name: "neither", ask: post(`{"kind":"need"}`), status: 400, has: []string{`"text"`}},
		{name: "both", ask: post(`{"kind":"need","text":"x","record":{"title":"y"}}`), status: 400, has: []string{"只能填一个"}},
		{name: "no kind", ask: post(`{"text":"x"}`), status: 400, has: []string{`"kind"`}},
		{name: "punctuation", ask: post(`{"kind":"need","text":"……"}`), status: 400, has: []string{`"text"`}},
		{name: "an unknown field of the record", ask: post(`{"kind":"need","record":{"titel":"x"}}`), status: 400, has: []string{"titel"}},
		{name: "a record of a wrong type", ask: post(`{"kind":"need","record":[1]}`), status: 400},
		{name: "no JSON", ask: post(`需求`), status: 400},
		{name: "a need", ask: ask{path: "/api/v1/needs/" + n.ID + "/clinic"}, status: 200, has: []string{"研制碳化硅功率器件", "氢能储罐"}},
		{name: "an achievement", ask: ask{path: "/api/v1/achievements/" + a.ID + "/clinic"}, status: 200, has: []string{`"kind":"achievement"`}},
		{name: "an achievement is no need", ask: ask{path: "/api/v1/needs/" + a.ID + "/clinic"}, status: 404},
		{name: "nothing there", ask: ask{path: "/api/v1/needs/n_00000000000000000000/clinic"}, status: 404},
	})
}

func TestClinicHidesWhatItsReaderMayNotSee(t *testing.T) {
	w := newWorld(t)
	secret := need("某某机械有限公司的碳化硅模块", func(n *jiqiao.Need) {
		n.Disclosure = jiqiao.DisclosureAnonymous
		n.Problem = "某某机械有限公司的模块开裂"
	})
	private := need("保密的碳化硅课题", func(n *jiqiao.Need) { n.Disclosure = jiqiao.DisclosurePrivate })
	unpublished := need("未公布的碳化硅课题", func(n *jiqiao.Need) { n.Status = jiqiao.StatusDraft })
	w.put(secret, private, unpublished)
	w.desk.leaky = true
	const text = `{"kind":"need","text":"碳化硅"}`
	post := func(as jiqiao.Scope) ask {
		return ask{method: http.MethodPost, path: "/api/v1/clinic", body: text, as: as}
	}
	w.play(t, []scenario{
		{name: "an anonymous owner is not quoted", ask: ask{path: "/api/v1/needs/" + secret.ID + "/clinic"}, status: 200, has: []string{jiqiao.HiddenOwner}, lacks: []string{"某某机械"}},
		{name: "but to those who may read it", ask: ask{path: "/api/v1/needs/" + secret.ID + "/clinic", as: reader}, status: 200, has: []string{"某某机械"}},
		{name: "a private need is not there", ask: ask{path: "/api/v1/needs/" + private.ID + "/clinic"}, status: 404},
		{name: "nor for those who read contacts", ask: ask{path: "/api/v1/needs/" + private.ID + "/clinic", as: reader}, status: 404},
		{name: "for insiders it is", ask: ask{path: "/api/v1/needs/" + private.ID + "/clinic", as: insider}, status: 200},
		{name: "similar records of others stay hidden", ask: post(""), status: 200, has: []string{jiqiao.HiddenOwner}, lacks: []string{"保密的", "未公布的", "某某机械"}},
		{name: "insiders see them", ask: post(insider), status: 200, has: []string{"保密的", "未公布的"}},
	})
}

func TestClinicListsNoMoreThanFitAPage(t *testing.T) {
	w := newWorld(t)
	for range defaultSuggestions + 3 {
		w.put(need("研制碳化硅功率器件"))
	}
	var got struct{ Similar []json.RawMessage }
	rec := w.do(ask{method: http.MethodPost, path: "/api/v1/clinic", body: `{"kind":"need","text":"碳化硅"}`})
	if err := json.Unmarshal(plain(t, rec), &got); err != nil || len(got.Similar) != defaultSuggestions {
		t.Errorf("%d similar, %v", len(got.Similar), err)
	}
}
