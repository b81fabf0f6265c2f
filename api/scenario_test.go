package api

import (
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"jiqiao"
)

// scenario is one line of the tables below: who asks what, and what must and must not come back.
type scenario struct {
	name   string
	ask    ask
	status int
	has    []string
	lacks  []string
}

func (w *world) play(t *testing.T, scenarios []scenario) {
	t.Helper()
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			w.t = t
			rec := w.do(s.ask)
			body := string(plain(t, rec))
			if rec.Code != s.status {
				t.Errorf("status %d, want %d: %s", rec.Code, s.status, body)
			}
			for _, want := range s.has {
				if !strings.Contains(body, want) {
					t.Errorf("lacks %q: %s", want, body)
				}
			}
			for _, never := range s.lacks {
				if strings.Contains(body, never) {
					t.Errorf("has %q: %s", never, body)
				}
			}
		})
	}
}

const writer, reader, insider, admin = jiqiao.ScopeWrite, jiqiao.ScopeRead, jiqiao.ScopeReadPrivate, jiqiao.ScopeAdmin

func TestReading(t *testing.T) {
	w := newWorld(t)
	n, a := need("研制碳化硅功率器件"), achievement("碳化硅栅氧工艺")
	w.put(n, need("开发氢能储罐"), a)
	org := n.Owner.ID
	w.play(t, []scenario{
		{name: "search finds by text", ask: ask{path: "/api/v1/search?kind=need&q=碳化硅"}, status: 200, has: []string{`"total":1`, n.ID, `"hit":true`}, lacks: []string{"氢能"}},
		{name: "search without text finds all", ask: ask{path: "/api/v1/search?kind=need"}, status: 200, has: []string{`"total":2`}, lacks: []string{`"facets"`}},
		{name: "search with facets", ask: ask{path: "/api/v1/search?kind=need&facets=true"}, status: 200, has: []string{`"regions"`, `"values":[]`}},
		{name: "search with every filter", ask: ask{path: "/api/v1/search?kind=need&industries=C39&fields=20&emerging=3&regions=320000&cooperation=joint&organisations=" + org + "&years=2025,2026&budgets=lt50&trl_min=1&trl_max=9&statuses=published&sort=newest&limit=5"}, status: 200},
		{name: "search nothing", ask: ask{path: "/api/v1/search?kind=need&q=没有的词"}, status: 200, has: []string{`"hits":[]`}},
		{name: "search without kind", ask: ask{path: "/api/v1/search?q=x"}, status: 400, has: []string{`"invalid"`, `"kind"`}},
		{name: "search with everything wrong", ask: ask{path: "/api/v1/search?kind=need&limit=1000&years=x&trl_min=99&facets=maybe"}, status: 400, has: []string{"limit", "years", "trl_min", "facets"}},
		{name: "search by a code no list has", ask: ask{path: "/api/v1/search?kind=need&industries=Q99"}, status: 400, has: []string{"industries"}},
		{name: "search in an order there is not", ask: ask{path: "/api/v1/search?kind=need&sort=best"}, status: 400, has: []string{"sort"}},
		{name: "search with invalid UTF-8", ask: ask{path: "/api/v1/search?kind=need&q=%ff%fe"}, status: 400, has: []string{"UTF-8"}},
		{name: "search with a bad cursor", ask: ask{path: "/api/v1/search?kind=need&cursor=zzz"}, status: 400, has: []string{"cursor"}},
		{name: "a long text is cut", ask: ask{path: "/api/v1/search?kind=need&q=" + strings.Repeat("x", 5000)}, status: 200, has: []string{`"truncated":true`}},
		{name: "pages", ask: ask{path: "/api/v1/needs?limit=1"}, status: 200, has: []string{`"next":"1"`, `"total":2`}},
		{name: "last page", ask: ask{path: "/api/v1/needs?limit=1&cursor=1"}, status: 200, lacks: []string{`"next"`}},
		{name: "achievements", ask: ask{path: "/api/v1/achievements"}, status: 200, has: []string{a.ID}},
		{name: "suggest", ask: ask{path: "/api/v1/suggest?kind=need&q=研制"}, status: 200, has: []string{n.ID, "碳化硅器件"}},
		{name: "suggest too many", ask: ask{path: "/api/v1/suggest?kind=need&q=研&limit=21"}, status: 400, has: []string{"limit"}},
		{name: "facets", ask: ask{path: "/api/v1/facets?kind=need"}, status: 200, has: []string{`"total":2`, `"regions"`}, lacks: []string{"hits"}},
		{name: "a need", ask: ask{path: "/api/v1/needs/" + n.ID}, status: 200, has: []string{"研制碳化硅功率器件"}},
		{name: "a need that is none", ask: ask{path: "/api/v1/needs/n_00000000000000000000"}, status: 404, has: []string{"not_found"}},
		{name: "a need's id that cannot be", ask: ask{path: "/api/v1/needs/%ff'--"}, status: 404},
		{name: "an achievement is no need", ask: ask{path: "/api/v1/needs/" + a.ID}, status: 404},
		{name: "matches of a need", ask: ask{path: "/api/v1/needs/" + n.ID + "/matches"}, status: 200, has: []string{`"kind":"achievement"`, a.ID, "evidence", "较强"}},
		{name: "matches in brief", ask: ask{path: "/api/v1/needs/" + n.ID + "/matches?brief=true"}, status: 200, has: []string{a.ID}, lacks: []string{"evidence"}},
		{name: "matches beyond the end", ask: ask{path: "/api/v1/needs/" + n.ID + "/matches?offset=1000"}, status: 200, has: []string{`"matches":[]`}},
		{name: "matches too deep", ask: ask{path: "/api/v1/needs/" + n.ID + "/matches?offset=1001"}, status: 400, has: []string{"offset"}},
		{name: "matches of an achievement", ask: ask{path: "/api/v1/achievements/" + a.ID + "/matches?limit=1"}, status: 200, has: []string{`"kind":"need"`, `"total":2`}},
		{name: "matches of nothing", ask: ask{path: "/api/v1/needs/n_00000000000000000000/matches"}, status: 404},
		{name: "similar", ask: ask{path: "/api/v1/needs/" + n.ID + "/similar"}, status: 200, has: []string{"氢能"}},
		{name: "similar to nothing", ask: ask{path: "/api/v1/achievements/a_00000000000000000000/similar"}, status: 404},
		{name: "a pasted text", ask: ask{method: "POST", path: "/api/v1/match", body: `{"kind":"need","text":"碳化硅","limit":1}`}, status: 200, has: []string{a.ID, `"kind":"achievement"`}},
		{name: "a pasted text with a filter", ask: ask{method: "POST", path: "/api/v1/match", body: `{"kind":"achievement","text":"碳化硅","filter":{"years":[2026],"regions":["320000"]}}`}, status: 200, has: []string{`"kind":"need"`}},
		{name: "nothing pasted", ask: ask{method: "POST", path: "/api/v1/match", body: `{"kind":"need"}`}, status: 400, has: []string{`"text"`}},
		{name: "pasted as nothing known", ask: ask{method: "POST", path: "/api/v1/match", body: `{"kind":"x","text":"y","offset":9999}`}, status: 400, has: []string{`"kind"`, `"offset"`}},
		{name: "rights cannot be pasted", ask: ask{method: "POST", path: "/api/v1/match", body: `{"kind":"need","text":"y","filter":{"Private":true}}`}, status: 400, has: []string{"Private"}},
		{name: "organisations of the public", ask: ask{path: "/api/v1/organisations"}, status: 401},
		{name: "an organisation of the public", ask: ask{path: "/api/v1/organisations/" + org}, status: 401, lacks: []string{"某某机械"}},
		{name: "organisations", ask: ask{path: "/api/v1/organisations?limit=1", as: reader}, status: 200, has: []string{`"next"`}},
		{name: "organisations by kind", ask: ask{path: "/api/v1/organisations?kind=university", as: reader}, status: 200, has: []string{"某某大学"}, lacks: []string{"机械"}},
		{name: "organisations by name", ask: ask{path: "/api/v1/organisations?q=机械", as: reader}, status: 200, has: []string{"机械"}, lacks: []string{"大学"}},
		{name: "organisations of no kind", ask: ask{path: "/api/v1/organisations?kind=club", as: reader}, status: 400, has: []string{"kind"}},
		{name: "an organisation", ask: ask{path: "/api/v1/organisations/" + org, as: reader}, status: 200, has: []string{"某某机械有限公司"}},
		{name: "no organisation", ask: ask{path: "/api/v1/organisations/o_00000000000000000000", as: reader}, status: 404},
		{name: "code lists", ask: ask{path: "/api/v1/codes"}, status: 200, has: []string{`"industry"`, `"region"`, `"count"`}},
		{name: "a code list", ask: ask{path: "/api/v1/codes/maturity"}, status: 200, has: []string{`"items"`}},
		{name: "no code list", ask: ask{path: "/api/v1/codes/colours"}, status: 404},
		{name: "template", ask: ask{path: "/api/v1/templates/need.xlsx"}, status: 200, has: []string{"template need xlsx"}},
		{name: "template as csv", ask: ask{path: "/api/v1/templates/achievement.csv"}, status: 200, has: []string{"template achievement csv"}},
		{name: "no template", ask: ask{path: "/api/v1/templates/need.jsonl"}, status: 404},
		{name: "export all", ask: ask{path: "/api/v1/exports/need.jsonl"}, status: 200, has: []string{"碳化硅", "氢能"}},
		{name: "export what a search finds", ask: ask{path: "/api/v1/exports/need.xlsx?q=碳化硅"}, status: 200, has: []string{"碳化硅"}, lacks: []string{"氢能"}},
		{name: "export as csv", ask: ask{path: "/api/v1/exports/achievement.csv?statuses=published"}, status: 200, has: []string{a.ID}},
		{name: "no export", ask: ask{path: "/api/v1/exports/deal.csv"}, status: 404},
		{name: "export with a bad filter", ask: ask{path: "/api/v1/exports/need.csv?years=x"}, status: 400, has: []string{"years"}},
		{name: "stats", ask: ask{path: "/api/v1/stats"}, status: 200, has: []string{`"needs":2`, `"achievements":1`, `"organisations":2`, `"generation":"g1"`}},
		{name: "health", ask: ask{path: "/healthz"}, status: 200, has: []string{"ok", "test"}},
		{name: "ready", ask: ask{path: "/readyz"}, status: 200, has: []string{`"ready":true`}},
		{name: "the description", ask: ask{path: "/api/openapi.yaml"}, status: 200, has: []string{"openapi: 3.1.0"}},
		{name: "the description as JSON", ask: ask{path: "/api/openapi.json"}, status: 200, has: []string{`"openapi":"3.1.0"`}},
		{name: "the documentation", ask: ask{path: "/api/docs"}, status: 200, has: []string{"接口说明", "curl", "schema-MatchList"}, lacks: []string{"<script", "http://cdn", "https://cdn"}},
		{name: "metrics", ask: ask{path: "/metrics"}, status: 200, has: []string{"jiqiao_http_requests_total", "jiqiao_index_lag 0", "go_goroutines"}},
		{name: "no such API", ask: ask{path: "/api/v1/nothing"}, status: 404, has: []string{`"not_found"`}, lacks: []string{"<!doctype"}},
		{name: "no such API at all", ask: ask{path: "/api/v9"}, status: 404, has: []string{`"not_found"`}},
		{name: "the web page", ask: ask{path: "/needs/n_1"}, status: 200, has: []string{"<!doctype"}},
		{name: "a method that is not", ask: ask{method: "PATCH", path: "/api/v1/needs/" + n.ID}, status: 405, has: []string{"PATCH"}},
	})
}

func TestWriting(t *testing.T) {
	w := newWorld(t)
	n := need("研制碳化硅功率器件")
	w.put(n)
	path, org := "/api/v1/needs/"+n.ID, "/api/v1/organisations/"+n.Owner.ID
	good := `{"title":"研制高压继电器","owner":{"name":"甲公司"}}`
	v := func(tag string) map[string]string { return map[string]string{"If-Match": tag} }
	w.play(t, []scenario{
		{name: "without a token", ask: ask{method: "POST", path: "/api/v1/needs", body: good}, status: 401, has: []string{"unauthorized", "令牌"}},
		{name: "with a reader's token", ask: ask{method: "POST", path: "/api/v1/needs", as: reader, body: good}, status: 403, has: []string{"forbidden"}},
		{name: "with an insider's token", ask: ask{method: "DELETE", path: path, as: insider}, status: 403},
		{name: "with a wrong token", ask: ask{method: "POST", path: "/api/v1/needs", header: map[string]string{"Authorization": "Bearer x"}, body: good}, status: 401},
		{name: "with a wrong token, reading", ask: ask{path: path, header: map[string]string{"Authorization": "Bearer x"}}, status: 401},
		{name: "with a password", ask: ask{path: path, header: map[string]string{"Authorization": "Basic eDp5"}}, status: 401, has: []string{"Bearer"}},
		{name: "create", ask: ask{method: "POST", path: "/api/v1/needs", as: writer, body: good}, status: 201, has: []string{`"version":1`, `"warnings":[`, "published", "甲公司"}},
		{name: "create with what reading gave", ask: ask{method: "POST", path: "/api/v1/achievements", as: writer, body: `{"id":"a_x","version":7,"title":"某工艺","owner":{"name":"乙大学"},"created_at":"2020-01-01T00:00:00Z"}`}, status: 201, has: []string{`"version":1`}, lacks: []string{"a_x"}},
		{name: "create without title", ask: ask{method: "POST", path: "/api/v1/needs", as: writer, body: `{"owner":{"name":"甲公司"}}`}, status: 400, has: []string{`"title"`}},
		{name: "create as deleted", ask: ask{method: "POST", path: "/api/v1/needs", as: writer, body: `{"title":"x","deleted_at":"2020-01-01T00:00:00Z"}`}, status: 400, has: []string{"deleted_at"}},
		{name: "update without If-Match", ask: ask{method: "PUT", path: path, as: writer, body: good}, status: 428, has: []string{"precondition", "ETag"}},
		{name: "update of another version", ask: ask{method: "PUT", path: path, as: writer, header: v(`"9"`), body: good}, status: 412, has: []string{"conflict", "重新读取"}},
		{name: "update by a weak tag", ask: ask{method: "PUT", path: path, as: writer, header: v(`W/"1"`), body: good}, status: 412},
		{name: "update by no tag", ask: ask{method: "PUT", path: path, as: writer, header: v(`1`), body: good}, status: 412},
		{name: "update of nothing", ask: ask{method: "PUT", path: "/api/v1/needs/n_00000000000000000000", as: writer, header: v(`"1"`), body: good}, status: 404},
		{name: "update that is invalid", ask: ask{method: "PUT", path: path, as: writer, header: v(`"1"`), body: `{"title":"","owner":{"name":"甲"}}`}, status: 400, has: []string{"title"}},
		{name: "update", ask: ask{method: "PUT", path: path, as: writer, header: v(`"1"`), body: good}, status: 200, has: []string{`"version":2`, "研制高压继电器"}},
		{name: "update again from the old", ask: ask{method: "PUT", path: path, as: writer, header: v(`"1"`), body: good}, status: 412},
		{name: "update from one of several", ask: ask{method: "PUT", path: path, as: writer, header: v(`"7", "2"`), body: good}, status: 200, has: []string{`"version":3`}},
		{name: "update from any", ask: ask{method: "PUT", path: path, as: writer, header: v(`*`), body: good}, status: 200, has: []string{`"version":4`}},
		{name: "delete without If-Match", ask: ask{method: "DELETE", path: path, as: writer}, status: 428},
		{name: "delete an old version", ask: ask{method: "DELETE", path: path, as: writer, header: v(`"1"`)}, status: 412},
		{name: "delete", ask: ask{method: "DELETE", path: path, as: writer, header: v(`"4"`)}, status: 204},
		{name: "delete again", ask: ask{method: "DELETE", path: path, as: writer, header: v(`"4"`)}, status: 404},
		{name: "read what was deleted", ask: ask{path: path, as: writer}, status: 404},
		{name: "create an organisation", ask: ask{method: "POST", path: "/api/v1/organisations", as: writer, body: `{"kind":"institute","name":"丙研究所","contact":{"name":"王工"}}`}, status: 201, has: []string{"丙研究所", "王工"}},
		{name: "an organisation without a name", ask: ask{method: "POST", path: "/api/v1/organisations", as: writer, body: `{"kind":"institute"}`}, status: 400, has: []string{`"name"`}},
		{name: "an organisation as deleted", ask: ask{method: "POST", path: "/api/v1/organisations", as: writer, body: `{"kind":"institute","name":"x","deleted_at":"2020-01-01T00:00:00Z"}`}, status: 400},
		{name: "organisation without If-Match", ask: ask{method: "PUT", path: org, as: writer, body: `{"kind":"enterprise","name":"新名公司"}`}, status: 428},
		{name: "organisation of another version", ask: ask{method: "PUT", path: org, as: writer, header: v(`"9"`), body: `{"kind":"enterprise","name":"新名公司"}`}, status: 412},
		{name: "organisation", ask: ask{method: "PUT", path: org, as: writer, header: v(`"1"`), body: `{"kind":"enterprise","name":"新名公司"}`}, status: 200, has: []string{"新名公司", `"version":2`}},
		{name: "delete organisation without a right", ask: ask{method: "DELETE", path: org, as: reader, header: v(`"2"`)}, status: 403},
		{name: "delete no organisation", ask: ask{method: "DELETE", path: "/api/v1/organisations/o_00000000000000000000", as: writer, header: v(`"2"`)}, status: 404},
	})
}

func TestBadBodies(t *testing.T) {
	w := newWorld(t)
	post := func(body any) ask { return ask{method: "POST", path: "/api/v1/needs", as: writer, body: body} }
	w.play(t, []scenario{
		{name: "empty", ask: post(""), status: 400, has: []string{"空"}},
		{name: "spaces", ask: post(" \n "), status: 400, has: []string{"空"}},
		{name: "null", ask: post("null"), status: 400},
		{name: "broken", ask: post("{\n  \"title\": \"x\",,\n}"), status: 400, has: []string{"第 2 行第 16 个字符"}},
		{name: "cut short", ask: post(`{"title":"x"`), status: 400, has: []string{"不完整"}},
		{name: "two values", ask: post(`{"title":"x"} {}`), status: 400, has: []string{"多余"}},
		{name: "a list", ask: post(`[]`), status: 400, has: []string{"对象"}},
		{name: "an unknown field", ask: post(`{"titel":"x"}`), status: 400, has: []string{`"titel"`, "没有这个字段"}},
		{name: "a wrong type", ask: post(`{"title":1}`), status: 400, has: []string{`"field":"title"`, "文字"}},
		{name: "a wrong type deep inside", ask: post(`{"title":"x","metrics":[{"name":"a","value":"b"}]}`), status: 400, has: []string{"metrics", "数字"}},
		{name: "money in yuan and jiao", ask: post(`{"title":"x","price":{"kind":"amount","min":1.5}}`), status: 400, has: []string{"price.min", "整数"}},
		{name: "invalid UTF-8", ask: post([]byte("{\"title\":\"\xff\"}")), status: 400, has: []string{"UTF-8", "第 1 行第 10 个字符"}},
		{name: "another media type", ask: ask{method: "POST", path: "/api/v1/needs", as: writer, body: "title=x", header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}}, status: 415, has: []string{"unsupported"}},
		{name: "too large", ask: post(`{"title":"` + strings.Repeat("x", 1<<20) + `"}`), status: 413, has: []string{"too_large", "1 MiB"}},
		{name: "deep nesting", ask: post(strings.Repeat("[", 20_000)), status: 400},
	})
}

// What an inner error says stays inside, whatever breaks.
func TestInternalErrorsStayInside(t *testing.T) {
	w := newWorld(t)
	n := need("研制碳化硅功率器件")
	w.put(n)
	w.desk.fail = errors.New("pq: password authentication failed for user SECRET")
	w.intake.fail = w.desk.fail
	w.status.lagFail = w.desk.fail
	for _, path := range []string{
		"/api/v1/search?kind=need", "/api/v1/suggest?kind=need&q=x", "/api/v1/facets?kind=need", "/api/v1/needs", "/api/v1/needs/" + n.ID + "/matches",
		"/api/v1/needs/" + n.ID + "/similar", "/api/v1/exports/need.csv?q=x", "/api/v1/stats",
	} {
		rec := w.do(ask{path: path})
		if rec.Code != 500 || strings.Contains(rec.Body.String(), "SECRET") || !strings.Contains(rec.Body.String(), `"internal"`) {
			t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
		}
	}
	body, kind := upload("file", "a.csv", strings.NewReader("x"))
	rec := w.do(ask{method: "POST", path: "/api/v1/imports?kind=need", as: writer, body: body, header: map[string]string{"Content-Type": kind}})
	if rec.Code != 500 || strings.Contains(rec.Body.String(), "SECRET") {
		t.Errorf("import: %d %s", rec.Code, rec.Body)
	}
	if rec := w.do(ask{path: "/readyz"}); rec.Code != 503 || strings.Contains(rec.Body.String(), "SECRET") {
		t.Errorf("readyz: %d %s", rec.Code, rec.Body)
	}
	if !strings.Contains(w.log.String(), "SECRET") {
		t.Error("the cause is not in the log")
	}
}

func TestErrorsHaveTheirStatus(t *testing.T) {
	for _, code := range jiqiao.Codes {
		if _, ok := statusOf[code]; !ok {
			t.Errorf("code %s has no status", code)
		}
	}
	w := newWorld(t)
	for _, c := range []struct {
		code   jiqiao.Code
		status int
	}{{jiqiao.CodeUnavailable, 503}, {jiqiao.CodeTimeout, 504}, {jiqiao.CodeInvalid, 400}, {jiqiao.CodeTooManyRequests, 429}, {"unheard-of", 500}} {
		w.desk.fail = jiqiao.Fail(c.code, "请稍后再试", errors.New("SECRET"))
		r := w.request(ask{path: "/api/v1/needs"})
		rec := record(w.server, r)
		if rec.Code != c.status || !strings.Contains(rec.Body.String(), "请稍后再试") || strings.Contains(rec.Body.String(), "SECRET") {
			t.Errorf("%s: %d %s", c.code, rec.Code, rec.Body)
		}
	}
}

// Every route is described, and everything described is a route.
func TestSpecAndRoutesAgree(t *testing.T) {
	s := newWorld(t).server
	if err := s.spec.doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	var laid, described []string
	for _, r := range s.routes() {
		laid = append(laid, r.method+" "+prefix+r.path)
	}
	for _, r := range s.service() {
		laid = append(laid, r.method+" "+r.path)
	}
	for path, item := range s.spec.doc.Paths.Map() {
		for method, op := range item.Operations() {
			described = append(described, method+" "+strings.NewReplacer("{", ":", "}", "").Replace(path))
			if op.Summary == "" || op.OperationID == "" || len(op.Tags) != 1 {
				t.Errorf("%s %s lacks a summary, an id or its tag", method, path)
			}
		}
	}
	slices.Sort(laid)
	slices.Sort(described)
	if !slices.Equal(laid, described) {
		t.Errorf("laid %q\ndescribed %q", laid, described)
	}
}

var parameter = regexp.MustCompile(`:(\w+)`)

// A token is asked for in the description exactly where the routes ask for one.
func TestSpecSaysWhereATokenIsNeeded(t *testing.T) {
	s := newWorld(t).server
	for _, r := range s.routes() {
		path := prefix + parameter.ReplaceAllString(r.path, "{$1}")
		op := s.spec.doc.Paths.Value(path).GetOperation(r.method)
		if described := describeOperation(r.method, path, op).Token; described != (r.permission != "") {
			t.Errorf("%s %s: the description says token %t, the route asks for %q", r.method, path, described, r.permission)
		}
	}
}

// The code lists of the description are those of the vocabulary.
func TestSpecEnumsAreTheVocabulary(t *testing.T) {
	schemas := newWorld(t).server.spec.doc.Components.Schemas
	texts := func(values []any) (all []string) {
		for _, v := range values {
			all = append(all, v.(string))
		}
		return all
	}
	codes := func(list string) (all []string) {
		l, _ := jiqiao.LookupList(list)
		for _, item := range l.Items {
			all = append(all, item.Code)
		}
		return all
	}
	var errorCodes []string
	for _, c := range jiqiao.Codes {
		errorCodes = append(errorCodes, string(c))
	}
	for name, c := range map[string]struct{ got, want []string }{
		"Status":           {texts(schemas["Status"].Value.Enum), codes("status")},
		"OrganisationKind": {texts(schemas["OrganisationKind"].Value.Enum), codes("organisation_kind")},
		"Error.code":       {texts(schemas["Error"].Value.Properties["code"].Value.Enum), errorCodes},
	} {
		slices.Sort(c.got)
		slices.Sort(c.want)
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s: %q, want %q", name, c.got, c.want)
		}
	}
}

func TestMissingOptionsAreNamed(t *testing.T) {
	_, err := New(Options{})
	for _, name := range []string{"Searcher", "Records", "Organisations", "Matcher", "Importer", "Sheets", "Status", "Authenticator", "Decisions", "Models", "Log"} {
		if err == nil || !strings.Contains(err.Error(), "Options."+name+" ") {
			t.Errorf("the error does not name %s: %v", name, err)
		}
	}
	w := newWorld(t)
	opts := w.server.opts
	opts.TrustedProxies = []string{"not an address"}
	if _, err := New(opts); err == nil {
		t.Error("a bad proxy address passes")
	}
}

var _ http.Handler = (*Server)(nil)
