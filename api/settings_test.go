package api

import (
	"fmt"
	"net/http"
	"testing"

	"jiqiao"
	"jiqiao/store/storetest"
)

// Who set the bureau's rules, from what to what: for those who set them, and no other settings.
func TestSettingsHaveAHistory(t *testing.T) {
	w := newWorld(t)
	operator, broker := w.as(jiqiao.RoleOperator), w.as(jiqiao.RoleBroker)
	policy, history := "/api/v1/settings/reviews", "/api/v1/settings/reviews/history"
	w.play(t, []scenario{
		{name: "before anyone set it", ask: ask{path: policy, user: operator}, status: 200, has: []string{`"answer_days":3`, `"version":0`}},
		{name: "no history", ask: ask{path: history, user: operator}, status: 200, has: []string{`"total":0`, `"items":[]`}},
		{name: "a broker sets nothing", ask: ask{method: http.MethodPut, path: policy, user: broker, body: `{"answer_days":5,"version":0}`}, status: 403},
		{name: "too long", ask: ask{method: http.MethodPut, path: policy, user: operator, body: `{"answer_days":90,"version":0}`}, status: 400, has: []string{"answer_days", "审核时限"}},
		{name: "set", ask: ask{method: http.MethodPut, path: policy, user: operator, body: `{"answer_days":5,"version":0}`}, status: 200, has: []string{`"version":1`}},
		{name: "set by two at once", ask: ask{method: http.MethodPut, path: policy, user: operator, body: `{"answer_days":6,"version":0}`}, status: 409},
		{name: "set again", ask: ask{method: http.MethodPut, path: policy, user: operator, body: `{"answer_days":7,"version":1}`}, status: 200},
		{name: "the newest first", ask: ask{path: history + "?limit=1", user: operator}, status: 200, has: []string{`"total":2`, `"before":{"answer_days":5}`, `"after":{"answer_days":7}`, `"next":"`}},
		{name: "a broker reads none", ask: ask{path: history, user: broker}, status: 403},
		{name: "nor the public", ask: ask{path: history}, status: 401},
		{name: "that of security is the auditor's", ask: ask{path: "/api/v1/settings/security/history", user: operator}, status: 404},
	})
}

// Policies and texts are never changed: the history of each is what took over from what.
func TestWhatIsMadeAnewHasAHistory(t *testing.T) {
	p := newPair(t)
	policy := func(name, region string, rate int64) ask {
		one := storetest.SubsidyPolicy()
		one.Name, one.Region, one.Rate = name, region, rate
		return ask{method: http.MethodPost, path: "/api/v1/policies/subsidy", user: p.operator, body: one}
	}
	subsidy, undertaking := "/api/v1/settings/subsidy/history", "/api/v1/settings/undertaking/history"
	p.play(t, []scenario{
		{name: "no policy yet", ask: ask{path: subsidy, user: p.operator}, status: 200, has: []string{`"total":0`, `"items":[]`}},
		{name: "a policy", ask: policy("甲", "320900", 500), status: 201},
		{name: "one for a district", ask: policy("乙", "320902", 600), status: 201},
		{name: "that takes over from none", ask: ask{path: subsidy + "?limit=1", user: p.operator}, status: 200, has: []string{`"total":2`, `"name":"乙"`, `"role":"operator"`}, lacks: []string{`"before"`, `"name":"甲"`}},
		{name: "the city's next", ask: policy("丙", "320900", 700), status: 201},
		{name: "takes over from the city's", ask: ask{path: subsidy + "?limit=1", user: p.operator}, status: 200, has: []string{`"total":3`, `"name":"丙"`, `"before":`, `"name":"甲"`, `"next":"`}, lacks: []string{`"name":"乙"`}},
		{name: "the first text is read", ask: ask{path: "/api/v1/undertakings/current", user: p.enterprise}, status: 200},
		{name: "and is the service's own", ask: ask{path: undertaking, user: p.operator}, status: 200, has: []string{`"total":1`, `"by":""`, "商业秘密"}, lacks: []string{`"before"`, `"role"`}},
		{name: "the next", ask: ask{method: http.MethodPost, path: "/api/v1/undertakings", user: p.operator, body: map[string]any{"title": "第二版", "text": "改过的正文"}}, status: 201},
		{name: "takes over from it", ask: ask{path: undertaking + "?limit=1", user: p.operator}, status: 200, has: []string{`"total":2`, "改过的正文", `"before":`, "商业秘密", `"role":"operator"`}},
		{name: "brokers read neither", ask: ask{path: undertaking, user: p.broker}, status: 403},
	})
}

// The bureau enters for an organisation; a broker does not, and what is told apart is told back.
func TestTheBureauEntersOnBehalfOverHTTP(t *testing.T) {
	w := newWorld(t)
	owner, operator, broker := w.as(jiqiao.RoleEnterprise), w.as(jiqiao.RoleOperator), w.as(jiqiao.RoleBroker)
	body := fmt.Sprintf(`{"title":"代填的","problem":"难","status":"draft","owner":{"id":%q}}`, owner.OrganisationID)
	var saved struct{ Record jiqiao.Need }
	w.send(t, operator, http.MethodPost, "/needs", body, &saved, 201)
	n, twin := saved.Record, w.entered(t, owner, "代填的！")
	if n.Owner.ID != owner.OrganisationID || n.Status != jiqiao.StatusDraft || n.Region == "" {
		t.Fatalf("%+v", n.Header)
	}
	path := "/api/v1/needs/" + n.ID
	apart := path + "/distinct/" + twin.ID
	w.play(t, []scenario{
		{name: "a broker does not", ask: ask{method: http.MethodPost, path: "/api/v1/needs", user: broker, body: body}, status: 403},
		{name: "what was entered is found again", ask: ask{path: "/api/v1/mine/entered?kind=need", user: operator}, status: 200, has: []string{`"total":1`, "代填的", `"draft":1`}},
		{name: "by the bureau alone", ask: ask{path: "/api/v1/mine/entered?kind=need", user: owner}, status: 403},
		{name: "the owner has it", ask: ask{path: "/api/v1/mine/records", user: owner}, status: 200, has: []string{n.ID}},
		{name: "and reads who entered it", ask: ask{path: path + "/history", user: owner}, status: 200, has: []string{`"record.enter"`}},
		{name: "an owner tells nothing apart", ask: ask{method: http.MethodPut, path: apart, user: owner}, status: 403},
		{name: "nor a broker", ask: ask{method: http.MethodPut, path: apart, user: broker}, status: 403},
		{name: "an operator does", ask: ask{method: http.MethodPut, path: apart, user: operator}, status: 204},
		{name: "from what is there", ask: ask{method: http.MethodPut, path: path + "/distinct/n_00000000000000000000", user: operator}, status: 404},
		{name: "and takes it back", ask: ask{method: http.MethodDelete, path: apart, user: operator}, status: 204},
	})
}
