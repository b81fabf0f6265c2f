package api

import (
	"context"
	"strings"
	"testing"

	"jiqiao"
)

// parrot is a language model that says what it was given.
type parrot struct{ fails bool }

func (p parrot) ReadNeed(_ context.Context, text string) (jiqiao.Reading, error) {
	if p.fails {
		return jiqiao.Reading{}, jiqiao.Fail(jiqiao.CodeUnavailable, "语言模型没有及时回答", nil)
	}
	return jiqiao.Reading{Fields: []jiqiao.ReadField{{Name: "title", Label: "需求名称", Value: text, Quote: text}}, Dropped: 2, Model: "parrot"}, nil
}

func (p parrot) Rationales(_ context.Context, matches []jiqiao.Match) bool {
	for i := range matches {
		matches[i].Rationale = "理由" + strings.Repeat("。", i)
	}
	return p.fails
}

func TestLanguageModel(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Language = parrot{} })
	n, a := need("研制碳化硅功率器件"), achievement("碳化硅栅氧工艺")
	w.put(n, a)
	for range 6 {
		w.put(achievement("碳化硅衬底"))
	}
	matches := "/api/v1/needs/" + n.ID + "/matches"
	w.play(t, []scenario{
		{name: "read", ask: ask{method: "POST", path: "/api/v1/clinic/read", as: writer, body: `{"text":"色度"}`}, status: 200, has: []string{`"quote":"色度"`, `"dropped":2`}},
		{name: "read without a token", ask: ask{method: "POST", path: "/api/v1/clinic/read", body: `{"text":"色度"}`}, status: 401},
		{name: "read with a reader's token", ask: ask{method: "POST", path: "/api/v1/clinic/read", as: reader, body: `{"text":"色度"}`}, status: 403},
		{name: "read what is no text", ask: ask{method: "POST", path: "/api/v1/clinic/read", as: writer, body: `{"txt":"色度"}`}, status: 400},
		{name: "rationales", ask: ask{path: matches + "?rationale=true", as: reader}, status: 200, has: []string{`"rationale":"理由。。。。"`}, lacks: []string{`理由。。。。。`, "degraded"}},
		{name: "rationales for the public", ask: ask{path: matches + "?rationale=true"}, status: 401, lacks: []string{"理由。"}},
		{name: "none asked for", ask: ask{path: matches, as: reader}, status: 200, lacks: []string{`"rationale":"理由`}},
		{name: "asked for wrongly", ask: ask{path: matches + "?rationale=perhaps", as: reader}, status: 400, has: []string{"rationale"}},
	})
	for name, model := range map[string]LanguageModel{"failing": parrot{fails: true}, "none": nil} {
		w := newWorld(t, func(o *Options) { o.Language = model })
		w.put(need(n.Title), achievement("碳化硅栅氧工艺"))
		w.play(t, []scenario{
			{name: name + ": read", ask: ask{method: "POST", path: "/api/v1/clinic/read", as: writer, body: `{"text":"色度"}`}, status: 503, has: []string{"语言模型"}},
			{name: name + ": rationales", ask: ask{path: "/api/v1/achievements/" + first(w) + "/matches?rationale=true", as: reader}, status: 200, has: []string{`"degraded":["llm"]`, n.Title}},
		})
	}
}

// first is the id of an achievement.
func first(w *world) (id string) {
	w.t.Helper()
	if err := w.store.Each(context.Background(), jiqiao.KindAchievement, "", func(r jiqiao.Record) error { id = r.Head().ID; return nil }); err != nil {
		w.t.Fatal(err)
	}
	return id
}
