package api

import (
	"fmt"
	"net/http"
	"testing"

	"jiqiao"
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
