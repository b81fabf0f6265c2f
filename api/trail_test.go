package api

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"jiqiao"
)

// unaudited are the writes, and the files taken away, that leave nothing in the audit, and why that is right.
var unaudited = map[string]string{
	"POST /match":                  "reads",
	"POST /clinic":                 "reads",
	"POST /clinic/read":            "reads",
	"POST /auth/link":              "reads",
	"POST /queue/:id/lease":        "lasts minutes and decides nothing",
	"DELETE /queue/:id/lease":      "as above",
	"POST /queue/next":             "as above",
	"POST /views":                  "one's own view",
	"DELETE /views/:id":            "as above",
	"POST /subscriptions":          "one's own view",
	"PUT /subscriptions/:id":       "as above",
	"DELETE /subscriptions/:id":    "as above",
	"POST /inbox/mark":             "one's own inbox",
	"POST /introductions/:id/read": "a mark, moved whenever a thread is open",
	"POST /inbox/:id/feedback":     "counted in the report of notices",
	"POST /introductions/:id/hand": "to who has it already changes nothing; else introduction.hand",
	"POST /queue/handover":         "of what is refused nothing is done; each that is handed over: storetest, candidate.hand",
	"POST /imports":                "the store notes it, and the intake of these tests has none: storetest ImportsAreAudited",
	"POST /imports/:id/commit":     "as above",
	"POST /imports/:id/stop":       "as above",
	"POST /imports/:id/drop":       "as above",
	"POST /match-runs":             "a run that is under way is answered as it is; one that starts: storetest RunsAreAudited",
	"GET /exports/:file":           "what the public may read is taken away by whoever likes; the rest: TestFilesTakenAwayAreAudited",
	"GET /exports/inbox.xlsx":      "one's own messages",
}

// lastAct is the number of the newest entry of the audit.
func (w *world) lastAct() int64 {
	w.t.Helper()
	page, err := w.store.AuditEntries(context.Background(), jiqiao.AuditQuery{Limit: 1})
	if err != nil {
		w.t.Fatal(err)
	}
	if len(page.Entries) == 0 {
		return 0
	}
	return page.Entries[0].Seq
}

// leavesTrace reports whether an answer to the request must be in the audit: of writes, and of lists taken away.
func leavesTrace(r *http.Request) bool {
	return r.Method != http.MethodGet && r.Method != http.MethodHead || r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, prefix+"/exports/")
}

// traced holds that what succeeded is in the audit. before is the number of the newest entry before it. Every test that
// asks through world.do is a test of this.
func (w *world) traced(r *http.Request, rec *httptest.ResponseRecorder, before int64) {
	w.t.Helper()
	name := w.routeOf(r)
	if _, excused := unaudited[name]; name == "" || excused || rec.Code >= http.StatusMultipleChoices || rec.Header().Get(replayedHeader) != "" {
		return
	}
	if _, again := w.said.LoadOrStore(sentence(r), true); w.lastAct() == before && !again {
		w.t.Errorf("%s leaves nothing in the audit: write an act, or say in unaudited why not", name)
	}
}

// sentence tells one write from another: the second click on a button changes nothing, and says nothing new.
func sentence(r *http.Request) string {
	body := []byte{}
	if r.GetBody != nil {
		if again, err := r.GetBody(); err == nil {
			body, _ = io.ReadAll(again)
		}
	}
	return r.Method + " " + r.URL.String() + " " + string(body)
}

// routeOf names the route that serves the request; empty for pages and unknown paths. Of two that fit, the one without
// parameters serves.
func (w *world) routeOf(r *http.Request) string {
	found := ""
	for _, known := range w.server.routes() {
		if known.method == r.Method && fits(prefix+known.path, r.URL.Path) && (found == "" || strings.Contains(found, ":")) {
			found = known.method + " " + known.path
		}
	}
	return found
}

// fits reports whether the path is one of the pattern's.
func fits(pattern, path string) bool {
	return slices.EqualFunc(strings.Split(pattern, "/"), strings.Split(path, "/"), func(p, v string) bool { return p == v || strings.HasPrefix(p, ":") })
}

func TestUnauditedRoutesExist(t *testing.T) {
	left := maps.Clone(unaudited)
	for _, r := range newWorld(t).server.routes() {
		delete(left, r.method+" "+r.path)
	}
	for name := range left {
		t.Errorf("unaudited names %s, which is no route", name)
	}
}

// A list that holds more than the public may read is not taken away unnoticed.
func TestFilesTakenAwayAreAudited(t *testing.T) {
	w := newWorld(t)
	w.put(need("研制碳化硅功率器件"))
	for _, c := range []struct {
		name    string
		ask     ask
		audited bool
	}{
		{"the public", ask{}, false}, {"a machine that reads contacts", ask{as: reader}, true}, {"an operator", ask{user: w.as(jiqiao.RoleOperator)}, true},
		{"an enterprise", ask{user: w.as(jiqiao.RoleEnterprise)}, true},
	} {
		c.ask.path = "/api/v1/exports/need.jsonl?statuses=*"
		before := w.lastAct()
		if rec := w.do(c.ask); rec.Code != http.StatusOK || (w.lastAct() > before) != c.audited {
			t.Errorf("%s: %d, audited %t", c.name, rec.Code, w.lastAct() > before)
		}
	}
	for role, path := range map[jiqiao.Role]string{
		jiqiao.RoleOperator: "/exports/users.xlsx", jiqiao.RoleBroker: "/exports/decisions.xlsx", jiqiao.RoleSystemAdmin: "/exports/outbox.xlsx",
	} {
		if rec := w.do(ask{path: prefix + path, user: w.as(role)}); rec.Code != http.StatusOK { // do holds that it is audited
			t.Errorf("%s: %d", path, rec.Code)
		}
	}
}
