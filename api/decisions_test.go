package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

func (w *world) decide(t *testing.T, as jiqiao.Scope, body string) jiqiao.Decision {
	t.Helper()
	rec := w.do(ask{method: "POST", path: "/api/v1/decisions", as: as, body: body})
	if rec.Code != http.StatusCreated {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	var d jiqiao.Decision
	if err := json.Unmarshal(plain(t, rec), &d); err != nil {
		t.Fatal(err)
	}
	if rec.Header().Get("Location") != "/api/v1/decisions/"+d.ID {
		t.Errorf("location %q of %s", rec.Header().Get("Location"), d.ID)
	}
	return d
}

func pairJSON(n *jiqiao.Need, a *jiqiao.Achievement, more string) string {
	return `{"need_id":"` + n.ID + `","achievement_id":"` + a.ID + `",` + more + `}`
}

func TestDecisions(t *testing.T) {
	w := newWorld(t)
	n, a, other := need("研制碳化硅功率器件"), achievement("碳化硅栅氧工艺"), achievement("氢能储罐")
	w.put(n, a, other)
	first := w.decide(t, writer, pairJSON(n, a, `"verb":"reject","reason":"field","note":"不是一回事","rank":2,"shown":10,"score":0.5,"level":3,"model":"v1"`))
	if first.By != "test write" || first.Rank != 2 || first.Level != jiqiao.LevelFair || first.DecidedAt.IsZero() {
		t.Errorf("decided: %+v", first)
	}
	second := w.decide(t, writer, pairJSON(n, other, `"verb":"defer","reason":"immature"`))
	third := w.decide(t, writer, pairJSON(n, a, `"verb":"accept"`))
	all, matches := "/api/v1/decisions", "/api/v1/needs/"+n.ID+"/matches"
	post := func(body string) ask { return ask{method: "POST", path: all, as: writer, body: body} }
	w.play(t, []scenario{
		{name: "the public may not decide", ask: ask{method: "POST", path: all, body: pairJSON(n, a, `"verb":"accept"`)}, status: 401},
		{name: "nor a reader", ask: ask{method: "POST", path: all, as: insider, body: pairJSON(n, a, `"verb":"accept"`)}, status: 403},
		{name: "the public may not read decisions", ask: ask{path: all}, status: 401},
		{name: "nor a reader of contacts", ask: ask{path: all, as: reader}, status: 403},
		{name: "a rejection needs a reason", ask: post(pairJSON(n, a, `"verb":"reject"`)), status: 400, has: []string{`"reason"`, "请选择原因"}},
		{name: "a reason of the list", ask: post(pairJSON(n, a, `"verb":"reject","reason":"colour"`)), status: 400, has: []string{`"reason"`}},
		{name: "the label for the code", ask: post(pairJSON(n, a, `"verb":"reject","reason":"领域不符"`)), status: 400, has: []string{"「field」"}},
		{name: "no reason to accept", ask: post(pairJSON(n, a, `"verb":"accept","reason":"field"`)), status: 400, has: []string{`"reason"`}},
		{name: "no such verb", ask: post(pairJSON(n, a, `"verb":"maybe"`)), status: 400, has: []string{`"verb"`}},
		{name: "records that are not there", ask: post(`{"need_id":"n_00000000000000000000","achievement_id":"x","verb":"accept"}`), status: 400, has: []string{`"need_id"`, `"achievement_id"`, "没有这条"}},
		{name: "nothing given", ask: post(`{}`), status: 400, has: []string{`"need_id"`, `"achievement_id"`, `"verb"`}},
		{name: "figures out of bounds", ask: post(pairJSON(n, a, `"verb":"accept","rank":5,"shown":2,"score":7,"level":9`)), status: 400, has: []string{`"rank"`, `"score"`, `"level"`}},
		{name: "nobody else's name", ask: post(pairJSON(n, a, `"verb":"accept","by":"别人"`)), status: 400, has: []string{`"by"`}},
		{name: "newest first", ask: ask{path: all + "?limit=2", as: insider}, status: 200, has: []string{`"total":3`, third.ID, second.ID, `"next"`}, lacks: []string{first.ID}},
		{name: "oldest first", ask: ask{path: all + "?limit=1&sort=oldest", as: insider}, status: 200, has: []string{first.ID}},
		{name: "the next page", ask: ask{path: all + "?limit=2&cursor=" + second.ID, as: insider}, status: 200, has: []string{first.ID}, lacks: []string{`"next"`}},
		{name: "filters", ask: ask{path: all + "?need=" + n.ID + "&achievement=" + a.ID + "&verb=reject&reason=field&by=test+write&from=2020-01-01&until=2099-12-31", as: insider}, status: 200, has: []string{`"total":1`, first.ID, "不是一回事"}},
		{name: "before they were", ask: ask{path: all + "?until=2020-01-01", as: insider}, status: 200, has: []string{`"total":0`, `"decisions":[]`}},
		{name: "an exact time", ask: ask{path: all + "?from=2020-01-01T00:00:00%2B08:00", as: insider}, status: 200, has: []string{`"total":3`}},
		{name: "filters that are wrong", ask: ask{path: all + "?verb=x&reason=x&sort=x&from=gestern&withdrawn=x", as: insider}, status: 400, has: []string{`"verb"`, `"reason"`, `"sort"`, `"from"`, `"withdrawn"`}},
		{name: "a bad cursor", ask: ask{path: all + "?cursor=zzz", as: insider}, status: 400, has: []string{"cursor"}},
		{name: "matches show the last decision", ask: ask{path: matches, as: insider}, status: 200, has: []string{third.ID, second.ID, `"verb":"accept"`}, lacks: []string{first.ID}},
		{name: "from the other side too", ask: ask{path: "/api/v1/achievements/" + a.ID + "/matches", as: writer}, status: 200, has: []string{third.ID}},
		{name: "not to the public", ask: ask{path: matches}, status: 200, lacks: []string{`"decision"`, `"d_`}},
		{name: "not to readers of contacts", ask: ask{path: matches, as: reader}, status: 200, lacks: []string{`"decision"`}},
		{name: "exported", ask: ask{path: "/api/v1/exports/decisions.xlsx?sort=oldest", as: insider}, status: 200, has: []string{first.ID + " 不采纳 研制碳化硅功率器件", third.ID}},
		{name: "exported with a filter", ask: ask{path: "/api/v1/exports/decisions.xlsx?verb=defer", as: insider}, status: 200, has: []string{second.ID}, lacks: []string{first.ID}},
		{name: "not exported to the public", ask: ask{path: "/api/v1/exports/decisions.xlsx"}, status: 401},
		{name: "exports of records stay", ask: ask{path: "/api/v1/exports/need.csv"}, status: 200},
		{name: "undo needs the right", ask: ask{method: "DELETE", path: all + "/" + third.ID, as: insider}, status: 403},
		{name: "undo", ask: ask{method: "DELETE", path: all + "/" + third.ID, as: writer}, status: 204},
		{name: "undo twice", ask: ask{method: "DELETE", path: all + "/" + third.ID, as: writer}, status: 204},
		{name: "undo nothing", ask: ask{method: "DELETE", path: all + "/d_00000000000000000000", as: writer}, status: 404},
		{name: "what stood before stands again", ask: ask{path: matches, as: insider}, status: 200, has: []string{first.ID}, lacks: []string{third.ID}},
		{name: "the undone is listed when asked for", ask: ask{path: all + "?withdrawn=true", as: insider}, status: 200, has: []string{`"total":3`, `"withdrawn_at"`}},
		{name: "and not else", ask: ask{path: all, as: insider}, status: 200, has: []string{`"total":2`}, lacks: []string{third.ID}},
	})
}

func TestShownMatchesAreNoted(t *testing.T) {
	var shown []jiqiao.Impression
	w := newWorld(t, func(o *Options) { o.Shown = func(i jiqiao.Impression) { shown = append(shown, i) } })
	n, a, b := need("研制碳化硅功率器件"), achievement("碳化硅栅氧工艺"), achievement("氢能储罐")
	w.put(n, a, b)
	matches := "/api/v1/needs/" + n.ID + "/matches"
	for _, quiet := range []ask{
		{path: matches}, {path: matches, as: reader}, {path: matches, as: insider}, {path: matches + "?brief=true", as: writer},
		{path: matches + "?offset=5", as: writer},
	} {
		w.do(quiet)
	}
	if len(shown) != 0 {
		t.Errorf("noted without need: %+v", shown)
	}
	w.do(ask{path: matches + "?offset=1&limit=5", as: writer})
	w.do(ask{path: "/api/v1/achievements/" + a.ID + "/matches", as: writer})
	want := []jiqiao.Impression{
		{Kind: jiqiao.KindNeed, SubjectID: n.ID, First: 2, IDs: []string{b.ID}, Model: "test", By: "test write"},
		{Kind: jiqiao.KindAchievement, SubjectID: a.ID, First: 1, IDs: []string{n.ID}, Model: "test", By: "test write"},
	}
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Errorf("noted (-want +got):\n%s", diff)
	}
}

func TestModels(t *testing.T) {
	w := newWorld(t)
	for _, v := range []string{"r1", "r2"} {
		m := jiqiao.ModelVersion{
			Kind: jiqiao.ModelRanker, Version: v, Provenance: "测试", Accepted: v == "r1", Message: strings.Repeat("较差", len(v)-1),
			Figures: map[string]float64{"pairwise": .8, "parent_pairwise": .79},
		}
		if err := w.store.PutModel(t.Context(), m, []byte("{}")); err != nil {
			t.Fatal(err)
		}
	}
	activate := func(as jiqiao.Scope, what string) ask {
		return ask{method: "POST", path: "/api/v1/models/" + what + "/activate", as: as}
	}
	w.play(t, []scenario{
		{name: "not for the public", ask: ask{path: "/api/v1/models"}, status: 401},
		{name: "all", ask: ask{path: "/api/v1/models", as: insider}, status: 200, has: []string{`"r1"`, `"r2"`, `"active":false`, "parent_pairwise"}, lacks: []string{`"active":true`}},
		{name: "of a kind", ask: ask{path: "/api/v1/models?kind=vectors", as: insider}, status: 200, has: []string{`"models":[]`}},
		{name: "of no kind", ask: ask{path: "/api/v1/models?kind=x", as: insider}, status: 400, has: []string{`"kind"`}},
		{name: "activating needs the right", ask: activate(insider, "ranker/r1"), status: 403},
		{name: "which writing is not", ask: activate(writer, "ranker/r1"), status: 403},
		{name: "activate", ask: activate(admin, "ranker/r1"), status: 200, has: []string{`"active":true`, `"activated_at"`}},
		{name: "what is not there", ask: activate(admin, "ranker/r9"), status: 404},
		{name: "of no kind at all", ask: activate(admin, "colour/r1"), status: 404},
		{name: "the built-in one", ask: activate(admin, "ranker/builtin"), status: 200, lacks: []string{`"active":true`}},
	})
	if !strings.Contains(w.log.String(), `msg="model activated"`) {
		t.Error("activating leaves no trace in the log")
	}
}
