package api

import (
	"net/http"
	"testing"

	"jiqiao"
	"jiqiao/store/storetest"
)

// Lists across deals hold what the viewer handles or takes part in, and nothing else.
func TestListsAcrossDeals(t *testing.T) {
	w := newDealWorld(t)
	policy := storetest.SubsidyPolicy()
	policy.Region = "320900"
	w.send(t, w.operator, "POST", "/policies/subsidy", policy, nil, http.StatusCreated)
	d := w.signed(t)
	at := "/deals/" + d.ID
	w.send(t, w.broker, "POST", at+"/tasks", map[string]any{"title": "催首付款", "due": "2026-11-01"}, nil, http.StatusCreated)
	w.send(t, w.broker, "POST", at+"/payments", map[string]any{"amount": 60 * jiqiao.Wan, "received_on": "2026-11-20", "voucher": "银收 7", "kind": "deposit"}, nil, http.StatusCreated)
	w.send(t, w.operator, "POST", at+"/subsidies", map[string]any{}, nil, http.StatusCreated)
	const tasks, payments, subsidies = "/api/v1/tasks", "/api/v1/payments", "/api/v1/subsidies"
	const empty = `"total":0`
	w.play(t, []scenario{
		{name: "a broker's tasks", ask: ask{path: tasks + "?state=open&due_until=2026-11-30&mine=true", user: w.broker}, status: 200, has: []string{"催首付款", "碳化硅", `"assignee_name"`}},
		{name: "not yet due", ask: ask{path: tasks + "?due_from=2026-11-02", user: w.broker}, status: 200, has: []string{empty}},
		{name: "the city's", ask: ask{path: tasks, user: w.operator}, status: 200, has: []string{"催首付款"}},
		{name: "none of the operator's own", ask: ask{path: tasks + "?mine=true", user: w.operator}, status: 200, has: []string{empty}},
		{name: "another broker", ask: ask{path: tasks, user: w.other}, status: 200, has: []string{empty}},
		{name: "another city", ask: ask{path: tasks, user: w.far}, status: 200, has: []string{empty}},
		{name: "a party has no tasks", ask: ask{path: tasks, user: w.enterprise}, status: 403},
		{name: "no such day", ask: ask{path: tasks + "?due_until=tomorrow", user: w.broker}, status: 400, has: []string{`"due_until"`}},
		{name: "no such order", ask: ask{path: tasks + "?sort=x", user: w.broker}, status: 400, has: []string{`"sort"`}},
		{name: "tasks in a file", ask: ask{path: "/api/v1/exports/tasks.xlsx?state=open", user: w.broker}, status: 200, has: []string{"催首付款", "截止日期"}},

		{name: "payments", ask: ask{path: payments + "?valid=true", user: w.broker}, status: 200, has: []string{"银收 7", `"amount":60000000`, `"by"`}},
		{name: "a party's, without who noted them", ask: ask{path: payments, user: w.university}, status: 200, has: []string{"银收 7"}, lacks: []string{`"by"`}},
		{name: "a stranger's", ask: ask{path: payments, user: w.stranger}, status: 200, has: []string{empty}},
		{name: "payments elsewhere", ask: ask{path: payments, user: w.far}, status: 200, has: []string{empty}},
		{name: "payments in a file", ask: ask{path: "/api/v1/exports/payments.xlsx", user: w.university}, status: 200, has: []string{"银收 7", "首付款"}},
		{name: "of no kind", ask: ask{path: payments + "?kind=bribe", user: w.broker}, status: 400, has: []string{`"kind"`}},

		{name: "subsidies", ask: ask{path: subsidies + "?state=applied&year=2026", user: w.operator}, status: 200, has: []string{`"amount":3000000`, "碳化硅"}},
		{name: "subsidies elsewhere", ask: ask{path: subsidies, user: w.far}, status: 200, has: []string{empty}},
		{name: "a broker has no list of them", ask: ask{path: subsidies, user: w.broker}, status: 403},
		{name: "the year", ask: ask{path: subsidies + "/years", user: w.operator}, status: 200, has: []string{`"year":2026`, `"applied":3000000`}},
		{name: "no such year", ask: ask{path: subsidies + "/years?year=26", user: w.operator}, status: 400},
		{name: "subsidies in a file", ask: ask{path: "/api/v1/exports/subsidies.xlsx", user: w.operator}, status: 200, has: []string{"2026 年办法"}},
		{name: "for nobody in public", ask: ask{path: payments}, status: 401},
		{name: "deals under way", ask: ask{path: "/api/v1/deals?under_way=true", user: w.broker}, status: 200, has: []string{`"total":1`}},
	})
}
