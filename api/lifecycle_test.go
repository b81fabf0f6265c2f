package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"jiqiao"
)

// entered is a need that the person enters, by its answer.
func (w *world) entered(t *testing.T, p *person, title string) jiqiao.Need {
	t.Helper()
	var saved struct {
		Record   jiqiao.Need
		Warnings []jiqiao.FieldError
	}
	body := fmt.Sprintf(`{"title":%q,"problem":"难","status":"published","owner":{"name":"别的单位"},"region":"320981"}`, title)
	w.send(t, p, http.MethodPost, "/needs", body, &saved, 201)
	return saved.Record
}

func TestARecordFromDraftToMergeOverHTTP(t *testing.T) {
	w := newWorld(t)
	owner, operator := w.as(jiqiao.RoleEnterprise), w.as(jiqiao.RoleOperator)
	n := w.entered(t, owner, "需求一")
	if n.Status != jiqiao.StatusDraft || n.Owner.ID != owner.OrganisationID {
		t.Fatalf("a body chose status or owner: %+v", n.Header)
	}
	sub := "/needs/" + n.ID
	path := "/api/v1" + sub
	var out struct {
		Record jiqiao.Need
		Done   bool
	}
	w.send(t, owner, http.MethodPost, sub+"/submit", `{"version":1,"confirm":true}`, &out, 200)
	if !out.Done || out.Record.Status != jiqiao.StatusPending {
		t.Fatalf("%+v", out)
	}
	var queue struct {
		Total int
		Items []struct {
			RecordID string `json:"record_id"`
		}
	}
	w.send(t, operator, http.MethodGet, "/reviews?kind=need&region=320900&sort=newest", nil, &queue, 200)
	if queue.Total != 1 || queue.Items[0].RecordID != n.ID {
		t.Fatalf("%+v", queue)
	}
	w.send(t, operator, http.MethodPost, sub+"/return", `{"version":2,"comments":[{"field":"metrics","message":"请补充指标"}]}`, &out, 200)
	w.play(t, []scenario{
		{name: "the owner reads the comments", ask: ask{path: path + "/reviews", user: owner}, status: 200, has: []string{"请补充指标", `"returned"`}},
		{name: "and what may be done", ask: ask{path: path + "/steps", user: owner}, status: 200, has: []string{`"提交审核"`, `"未发布"`, `"actor":"owner"`}},
		{name: "and the own list", ask: ask{path: "/api/v1/mine/records", user: owner}, status: 200, has: []string{`"returned":1`, "需求一"}},
	})
	many := fmt.Sprintf(`{"items":[{"kind":"need","id":%q,"version":%%d}],"confirm":true}`, n.ID)
	w.send(t, owner, http.MethodPost, "/mine/records/submit", fmt.Sprintf(many, 3), nil, 200)
	w.send(t, operator, http.MethodPost, "/reviews/approve", strings.Replace(fmt.Sprintf(many, 4), `,"confirm":true`, "", 1), nil, 200)
	w.play(t, []scenario{
		{name: "the public sees it", ask: ask{path: path}, status: 200, has: []string{"需求一"}},
		{name: "and knows no steps", ask: ask{path: path + "/steps"}, status: 200, has: []string{`"征集中"`, `"actor":""`, `"steps":[]`}},
		{name: "the history", ask: ask{path: path + "/history?limit=2", user: owner}, status: 200, has: []string{`"record.approve"`, `"next":`, "待审核"}},
		{name: "a version", ask: ask{path: path + "/history/1", user: operator}, status: 200, has: []string{`"draft"`}},
		{name: "no such version", ask: ask{path: path + "/history/99", user: operator}, status: 404},
		{name: "no version at all", ask: ask{path: path + "/history/x", user: operator}, status: 404},
		{name: "the own list, sought and sorted", ask: ask{path: "/api/v1/mine/records?q=需求&sort=title", user: owner}, status: 200, has: []string{`"standing":{`}},
		{name: "the own list as a file", ask: ask{path: "/api/v1/exports/mine.xlsx?sort=newest", user: owner}, status: 200},
		{name: "no such order", ask: ask{path: "/api/v1/mine/records?sort=price", user: owner}, status: 400},
		{name: "the list of reviews", ask: ask{path: "/api/v1/exports/reviews.xlsx?state=approved", user: operator}, status: 200},
		{
			name: "a change waits", ask: ask{method: http.MethodPut, path: path, user: owner, header: map[string]string{"If-Match": `"5"`}, body: `{"title":"需求一改"}`},
			status: 202, has: []string{`"revision":`, `"title":"需求一"`},
		},
		{name: "and is read", ask: ask{path: path + "/revision", user: owner}, status: 200, has: []string{"需求一改"}},
		{
			name: "another change must name it", ask: ask{method: http.MethodPut, path: path, user: owner, header: map[string]string{"If-Match": `"5"`}, body: `{"title":"二"}`},
			status: 409,
		},
		{
			name: "and may then", ask: ask{method: http.MethodPut, path: path, user: owner, header: map[string]string{"If-Match": `"5.r1"`}, body: `{"title":"需求一再改"}`},
			status: 202,
		},
		{name: "it is taken back", ask: ask{method: http.MethodDelete, path: path + "/revision", user: owner}, status: 204},
		{
			name: "a stale change", ask: ask{method: http.MethodPut, path: path, user: owner, header: map[string]string{"If-Match": `"4.r1"`}, body: `{"title":"二"}`},
			status: 412,
		},
	})
	w.mergeOverHTTP(t, owner, operator, n)
}

// mergeOverHTTP merges the published need into another, is sent there, and takes it back.
func (w *world) mergeOverHTTP(t *testing.T, owner, operator *person, n jiqiao.Need) {
	t.Helper()
	into := need("需求一（全）")
	w.put(into)
	sub := "/needs/" + n.ID
	path := "/api/v1" + sub
	w.send(t, operator, http.MethodPost, sub+"/merge", fmt.Sprintf(`{"into":%q,"version":5,"into_version":1,"fields":["problem"]}`, into.ID), nil, 200)
	moved := w.do(ask{path: path})
	if moved.Code != http.StatusTemporaryRedirect || moved.Header().Get("Location") != "/api/v1/needs/"+into.ID {
		t.Errorf("the public is answered %d %v", moved.Code, moved.Header())
	}
	w.play(t, []scenario{
		{name: "the owner sees where it went", ask: ask{path: path, user: owner}, status: 200, has: []string{`"merged_into":"` + into.ID}},
		{name: "and the merge", ask: ask{path: path + "/merges", user: owner}, status: 200, has: []string{`"moved":`}},
		{name: "an owner undoes nothing", ask: ask{method: http.MethodPost, path: path + "/unmerge", user: owner, body: `{}`}, status: 403},
		{name: "an operator does", ask: ask{method: http.MethodPost, path: path + "/unmerge", user: operator}, status: 200, has: []string{`"published"`}},
		{name: "it is there again", ask: ask{path: path}, status: 200},
	})
}

func TestWhoMustNotMoveRecordsOverHTTP(t *testing.T) {
	w := newWorld(t)
	owner, rival := w.as(jiqiao.RoleEnterprise), w.newPerson(jiqiao.RoleEnterprise)
	n := w.entered(t, owner, "秘密的草稿")
	path := "/api/v1/needs/" + n.ID
	steps := []string{"submit", "withdraw", "pause", "resume", "renew", "confirm", "settle", "reopen"}
	for _, p := range []*person{rival, w.as(jiqiao.RoleUniversity)} {
		for _, step := range steps {
			rec := w.do(ask{method: http.MethodPost, path: path + "/" + step, user: p, body: `{"version":1,"note":"x"}`})
			if rec.Code != 404 || strings.Contains(rec.Body.String(), "秘密") {
				t.Errorf("%s by %s: %d %s", step, p.Role, rec.Code, rec.Body)
			}
		}
		for _, sub := range []string{"/history", "/history/1", "/reviews", "/revision", "/merges", "/steps"} {
			if rec := w.do(ask{path: path + sub, user: p}); rec.Code != 404 {
				t.Errorf("%s by %s: %d %s", sub, p.Role, rec.Code, rec.Body)
			}
		}
	}
	for _, role := range []jiqiao.Role{jiqiao.RoleEnterprise, jiqiao.RoleUniversity, jiqiao.RoleBroker, jiqiao.RoleSystemAdmin, jiqiao.RoleSecurityAdmin, jiqiao.RoleAuditor} {
		for _, c := range []ask{
			{method: http.MethodPost, path: path + "/approve", body: `{"version":1}`}, {method: http.MethodPost, path: path + "/return", body: `{"version":1,"note":"x"}`},
			{method: http.MethodPost, path: path + "/merge", body: `{"into":"n_1","version":1,"into_version":1}`}, {path: "/api/v1/reviews"},
			{method: http.MethodPost, path: "/api/v1/reviews/approve", body: `{"items":[]}`}, {path: "/api/v1/exports/reviews.xlsx"},
		} {
			c.user = w.as(role)
			if rec := w.do(c); rec.Code != 403 {
				t.Errorf("%s %s by %s: %d", c.method, c.path, role, rec.Code)
			}
		}
	}
	for _, sub := range []string{"/submit", "/approve", "/merge"} {
		if rec := w.do(ask{method: http.MethodPost, path: path + sub, body: `{"version":1}`}); rec.Code != 401 {
			t.Errorf("%s by the public: %d", sub, rec.Code)
		}
	}
}

func TestManyAreTakenBackAndOpenedAgain(t *testing.T) {
	w := newWorld(t)
	owner := w.as(jiqiao.RoleEnterprise)
	one, two := w.entered(t, owner, "需求一"), w.entered(t, owner, "需求二")
	foreign := w.entered(t, w.newPerson(jiqiao.RoleEnterprise), "别家的需求")
	many := func(step string, by *person, version int) ask {
		item := `{"kind":"need","id":%q,"version":%d}`
		body := fmt.Sprintf(`{"items":[`+item+`,`+item+`,`+item+`]}`, one.ID, version, two.ID, version, foreign.ID, 1)
		return ask{method: http.MethodPost, path: "/api/v1/mine/records/" + step, user: by, body: body}
	}
	mine := ask{path: "/api/v1/mine/records", user: owner}
	w.play(t, []scenario{
		{name: "not by brokers", ask: many("withdraw", w.as(jiqiao.RoleBroker), 1), status: 403},
		{name: "taken back, but for what is others'", ask: many("withdraw", owner, 1), status: 200, has: []string{`"not_found"`}, lacks: []string{`"conflict"`, "别家"}},
		{name: "both", ask: mine, status: 200, has: []string{`"withdrawn":2`}},
		{name: "opened again", ask: many("reopen", owner, 2), status: 200, has: []string{`"not_found"`}, lacks: []string{`"conflict"`}},
		{name: "as drafts", ask: mine, status: 200, has: []string{`"draft":2`}},
	})
}

func TestBadSteps(t *testing.T) {
	w := newWorld(t)
	owner, operator := w.as(jiqiao.RoleEnterprise), w.as(jiqiao.RoleOperator)
	n := w.entered(t, owner, "需求一")
	path := "/api/v1/needs/" + n.ID
	post := func(p *person, sub, body string) ask {
		return ask{method: http.MethodPost, path: path + sub, user: p, body: body}
	}
	w.play(t, []scenario{
		{name: "no version", ask: post(owner, "/submit", `{}`), status: 428},
		{name: "another version", ask: post(owner, "/submit", `{"version":7}`), status: 409},
		{name: "a step that does not follow", ask: post(operator, "/approve", `{"version":1}`), status: 409, has: []string{"现在可以：提交审核"}},
		{name: "a field that is not", ask: post(owner, "/submit", `{"version":1,"status":"published"}`), status: 400},
		{name: "a long note", ask: post(owner, "/withdraw", `{"version":1,"note":"`+strings.Repeat("长", 1001)+`"}`), status: 400},
		{name: "no date", ask: post(owner, "/renew", `{"version":1,"valid_until":"明年"}`), status: 400},
		{name: "nothing to do", ask: ask{method: http.MethodPost, path: "/api/v1/mine/records/submit", user: owner, body: `{"items":[]}`}, status: 400},
		{name: "no kind", ask: ask{method: http.MethodPost, path: "/api/v1/mine/records/submit", user: owner, body: `{"items":[{"id":"n_1","version":1}]}`}, status: 400},
		{name: "no such state", ask: ask{path: "/api/v1/reviews?state=x", user: operator}, status: 400},
		{name: "no such region", ask: ask{path: "/api/v1/reviews?region=999999&field=zz&sort=x&kind=y", user: operator}, status: 400, has: []string{"region", "field", "sort", "kind"}},
		{name: "no such page", ask: ask{path: "/api/v1/reviews?cursor=x", user: operator}, status: 400},
		{name: "no such list", ask: ask{path: "/api/v1/mine/records?status=x&kind=y", user: owner}, status: 400},
		{name: "into itself", ask: post(operator, "/merge", `{"into":"`+n.ID+`","version":1,"into_version":1}`), status: 400},
	})
}

// The whole life of a record of each side, step by step, every one of which the audit keeps.
func TestEveryStepOverHTTP(t *testing.T) {
	for side, role := range map[string]jiqiao.Role{"needs": jiqiao.RoleEnterprise, "achievements": jiqiao.RoleUniversity} {
		w := newWorld(t)
		owner, operator := w.as(role), w.as(jiqiao.RoleOperator)
		kind := map[string]jiqiao.Kind{"needs": jiqiao.KindNeed, "achievements": jiqiao.KindAchievement}[side]
		var saved struct {
			Record struct{ ID string }
		}
		w.send(t, owner, http.MethodPost, "/"+side, `{"title":"一"}`, &saved, 201)
		id := saved.Record.ID
		version := func() int64 {
			now, err := w.store.Version(t.Context(), kind, id)
			if err != nil {
				t.Fatal(err)
			}
			return now
		}
		for _, c := range []struct {
			as   *person
			step string
			want jiqiao.Status
		}{
			{owner, "submit", jiqiao.StatusPending}, {operator, "return", jiqiao.StatusReturned}, {owner, "submit", jiqiao.StatusPending},
			{operator, "approve", jiqiao.StatusPublished}, {owner, "pause", jiqiao.StatusPaused}, {owner, "resume", jiqiao.StatusPublished},
			{owner, "confirm", jiqiao.StatusPublished}, {owner, "renew", jiqiao.StatusPublished}, {nil, "engage", jiqiao.StatusEngaged},
			{operator, "disengage", jiqiao.StatusPublished}, {operator, "settle", jiqiao.StatusSettled}, {owner, "reopen", jiqiao.StatusPublished},
			{owner, "withdraw", jiqiao.StatusWithdrawn}, {owner, "reopen", jiqiao.StatusDraft},
		} {
			if c.as == nil {
				_, err := w.store.Move(t.Context(), jiqiao.RecordMove{Kind: kind, ID: id, Step: jiqiao.Step(c.step), Actor: jiqiao.ActorDeal})
				if err != nil {
					t.Fatal(err)
				}
				continue
			}
			var out struct {
				Record struct{ Status jiqiao.Status }
			}
			body := fmt.Sprintf(`{"version":%d,"note":"原因","confirm":true}`, version())
			w.send(t, c.as, http.MethodPost, "/"+side+"/"+id+"/"+c.step, body, &out, 200)
			if out.Record.Status != c.want {
				t.Errorf("%s of %s: %s, want %s", c.step, side, out.Record.Status, c.want)
			}
		}
		w.changeAndMerge(t, side, kind, owner, operator)
	}
}

// changeAndMerge takes a change of a published record back, merges the record and undoes it.
func (w *world) changeAndMerge(t *testing.T, side string, kind jiqiao.Kind, owner, operator *person) {
	t.Helper()
	recs := []jiqiao.Record{jiqiao.NewRecord(kind), jiqiao.NewRecord(kind)}
	for i, rec := range recs {
		h := rec.Head()
		h.Title, h.Status, h.Owner.ID = fmt.Sprint("合并", i), jiqiao.StatusPublished, owner.OrganisationID
		w.put(rec)
	}
	one, other := recs[0].Head().ID, recs[1].Head().ID
	path := "/" + side + "/" + one
	rec := w.do(ask{method: http.MethodPut, path: "/api/v1" + path, user: owner, header: map[string]string{"If-Match": `"1"`}, body: `{"title":"改"}`})
	if rec.Code != http.StatusAccepted {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	w.send(t, owner, http.MethodDelete, path+"/revision", nil, nil, 204)
	w.send(t, operator, http.MethodPost, path+"/merge", fmt.Sprintf(`{"into":%q,"version":1,"into_version":1}`, other), nil, 200)
	w.send(t, operator, http.MethodPost, path+"/unmerge", nil, nil, 200)
}
