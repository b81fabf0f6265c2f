package api

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"jiqiao"
)

// reachable are the routes with an id that answer people who have nothing to do with the object, and why that is right.
// Every other one must refuse them: a new route fails the test until somebody has thought about it.
var reachable = map[string]string{
	"GET /codes/:name":             "open to everybody",
	"GET /templates/:file":         "open to everybody",
	"GET /exports/:file":           "what the asker may read: TestSecretsAreHiddenEverywhere",
	"GET /organisations/:id":       "brokers and operators read the directory of organisations, contacts masked",
	"GET /undertakings/:version":   "the text is the same for all who are introduced",
	"GET /match-runs/:id":          "a run is over the whole platform, and says of no record",
	"POST /match-runs/:id/cancel":  "as above, and audited",
	"GET /assignments/:id/items":   "an assignment that is not there has none",
	"GET /imports/:id":             "the intake of these tests knows no owner: internal/intake TestImportsAreTheirSenders",
	"POST /imports/:id/commit":     "as above",
	"POST /imports/:id/stop":       "as above",
	"POST /imports/:id/drop":       "as above",
	"GET /imports/:id/rows":        "as above",
	"GET /imports/:id/errors.xlsx": "as above",
}

// bodies are what the routes want to read before they look at who asks. The others take an empty object.
var bodies = map[string]string{
	"PUT /needs/:id":                   `{"title":"改成我的","owner":{"name":"我的单位"}}`,
	"POST /needs/:id/contact":          `{"reason":"想直接联系对方"}`,
	"PUT /achievements/:id":            `{"title":"改成我的","owner":{"name":"我的单位"}}`,
	"POST /achievements/:id/contact":   `{"reason":"想直接联系对方"}`,
	"PUT /organisations/:id":           `{"name":"改成我的","kind":"enterprise"}`,
	"POST /queue/:id/decision":         acceptBody,
	"POST /queue/opinions/:id":         acceptBody,
	"POST /queue/:id/hand":             `{"to":"BROKER"}`,
	"POST /queue/:id/questions":        `{"kind":"need","text":"预算多少？"}`,
	"POST /questions/:id/answer":       `{"answer":"五十万元"}`,
	"POST /introductions/:id/answer":   `{"answer":"interested","version":1}`,
	"POST /introductions/:id/messages": `{"text":"您好"}`,
	"POST /introductions/:id/read":     `{"message":"m_1"}`,
	"POST /introductions/:id/remind":   `{"side":"need"}`,
	"POST /introductions/:id/hand":     `{"broker":"BROKER"}`,
	"POST /introductions/:id/close":    `{"version":1,"reason":"changed"}`,
	"PUT /subscriptions/:id":           `{"kind":"search","name":"我的","side":"need","text":"碳化硅","active":true}`,
	"POST /introductions/:id/meeting":  `{"at":"2027-01-05T02:00:00Z","place":"线上"}`,
}

// elsewhere are the routes whose object this town lacks, and the tests that try them with one.
var elsewhere = map[string]string{
	"GET /:records/:id/revision": "TestWhoMustNotMoveRecordsOverHTTP", "DELETE /:records/:id/revision": "TestWhoMustNotMoveRecordsOverHTTP",
	"PUT /:records/:id/distinct/:other": "TestTheBureauEntersOnBehalfOverHTTP", "DELETE /:records/:id/distinct/:other": "TestTheBureauEntersOnBehalfOverHTTP",
	"GET /settings/:name/history": "TestSettingsHaveAHistory", "GET /queue/opinions/:id": "TestSecondOpinionsAreBlind", "POST /queue/opinions/:id": "TestSecondOpinionsAreBlind",
	"GET /assignments/:id": "TestAssignments", "GET /assignments/:id/items.xlsx": "TestAssignments", "POST /assignments/:id/cancel": "TestAssignments",
	"GET /deals/:id/contract": "TestDealMustNot", "GET /deals/:id/contract.xlsx": "TestDealMustNot", "DELETE /deals/:id/tasks/:task": "TestDealMustNot",
	"POST /deals/:id/subsidies/:subsidy/approve": "TestDealMustNot", "POST /deals/:id/subsidies/:subsidy/pay": "TestDealMustNot",
	"POST /deals/:id/subsidies/:subsidy/reject": "TestDealMustNot", "POST /deals/:id/subsidies/:subsidy/undo": "TestDealMustNot",
	"GET /introductions/:id/meeting.ics":     "TestIntroductionsOfOthers",
	"DELETE /mine/wishes/:need/:achievement": "TestOwnersAskForIntroductions",
	"GET /signups/:id":                       "TestOperatorsKeepToTheirRegion", "POST /signups/:id/approve": "TestOperatorsKeepToTheirRegion",
	"POST /signups/:id/refuse": "TestOperatorsKeepToTheirRegion", "POST /outbox/:id/resend": "TestOutboxHasNoText", "POST /outbox/:id/cancel": "TestOutboxHasNoText",
}

// town is one of everything, of an enterprise, a university, a broker and a bureau in Yancheng, and people from elsewhere.
type town struct {
	*pair
	ids       map[string]string // by the start of the route
	outsiders map[string]ask
	picture   []byte
	insiders  []*person
}

func newTown(t *testing.T) *town {
	w := &town{pair: newPair(t), ids: map[string]string{}, picture: picture(t)}
	ctx, st := t.Context(), w.store
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	hidden := need("未公开的需求", func(n *jiqiao.Need) {
		n.Owner.ID, n.Region, n.Status = w.enterprise.OrganisationID, "320981", jiqiao.StatusDraft
	})
	secret := achievement("未公开的成果", func(a *jiqiao.Achievement) {
		a.Owner.ID, a.Region, a.Status = w.university.OrganisationID, "320902", jiqiao.StatusDraft
	})
	w.put(hidden, secret)
	w.ids["/needs/"], w.ids["/achievements/"] = hidden.ID, secret.ID
	w.ids["/organisations/"] = w.enterprise.OrganisationID
	w.ids["/users/"], w.ids["/invitations/"] = w.enterprise.ID, w.enterprise.ID
	w.ids["/introductions/"] = w.introduce().ID
	other := need("另一条需求", func(n *jiqiao.Need) { n.Owner.ID, n.Region = w.enterprise.OrganisationID, "320981" })
	w.put(other)
	q := &queued{world: w.world, need: other, achievement: w.achievement}
	w.ids["/queue/"] = q.give(w.broker, "")
	w.ids["/queue/opinions/"] = w.ids["/queue/"]
	var deal jiqiao.Deal
	w.send(t, w.broker, "POST", "/deals", dealInput{NeedID: other.ID, AchievementID: w.achievement.ID}, &deal, http.StatusCreated)
	w.ids["/deals/"] = deal.ID
	third := need("第三条需求", func(n *jiqiao.Need) { n.Owner.ID, n.Region = w.enterprise.OrganisationID, "320981" })
	w.put(third)
	q.need = third
	asked := q.give(w.broker, "")
	w.send(t, w.broker, "POST", "/queue/"+asked+"/questions", map[string]any{"kind": "need", "text": "预算多少？"}, nil, http.StatusCreated)
	var questions jiqiao.QuestionPage
	w.send(t, w.enterprise, "GET", "/questions", nil, &questions, http.StatusOK)
	w.ids["/questions/"] = questions.Items[0].ID
	view := &jiqiao.SavedView{User: w.broker.ID, List: "queue", Name: "我的", Query: "level=4"}
	must(st.SaveView(ctx, view))
	w.ids["/views/"] = view.ID
	sub := &jiqiao.Subscription{User: w.enterprise.ID, Name: "碳化硅", Kind: jiqiao.SubscribeSearch, Side: jiqiao.KindAchievement, Active: true, Text: "碳化硅"}
	must(st.PutSubscription(ctx, sub))
	w.ids["/subscriptions/"] = sub.ID
	w.ids["/me/jobs/"] = w.leave(w.enterprise, "mine")
	decision := &jiqiao.Decision{NeedID: w.need.ID, AchievementID: w.achievement.ID, Verb: jiqiao.VerbAccept, By: w.broker.ID}
	must(st.PutDecision(ctx, decision))
	w.ids["/decisions/"] = decision.ID
	var sessions struct {
		Items []struct{ ID string } `json:"items"`
	}
	w.send(t, w.enterprise, "GET", "/sessions", nil, &sessions, http.StatusOK)
	w.ids["/sessions/"] = sessions.Items[0].ID
	_, file := w.attach(t, w.enterprise, "/needs/"+hidden.ID+"/attachments", "a.png", bytes.NewReader(picture(t)))
	w.ids["/attachments/"] = file.ID
	run := &jiqiao.MatchRun{Kind: jiqiao.KindNeed, State: jiqiao.RunRunning, Params: []byte(`{"limit":10}`)}
	must(st.SaveMatchRun(ctx, run, nil))
	w.ids["/match-runs/"] = run.ID
	w.insiders = []*person{w.enterprise, w.university, w.broker, w.operator}
	w.strangers(t)
	return w
}

func (w *town) strangers(t *testing.T) {
	agency := &jiqiao.Organisation{Name: "外地技术转移中心", Kind: jiqiao.OrganisationAgency, Region: "140400"}
	if err := w.store.PutOrganisation(t.Context(), agency); err != nil {
		t.Fatal(err)
	}
	enterprise := w.newPerson(jiqiao.RoleEnterprise, func(u *jiqiao.User) { u.Lead = true })
	secret, _, err := w.store.NewToken(t.Context(), jiqiao.Token{Name: "外地的系统", Scopes: []jiqiao.Scope{jiqiao.ScopeAdmin}, OrganisationID: enterprise.OrganisationID})
	if err != nil {
		t.Fatal(err)
	}
	w.tokens["bound"] = secret
	w.outsiders = map[string]ask{
		"the public": {}, "a machine of another organisation": {as: "bound"}, "the lead of another enterprise": {user: enterprise},
		"another university":         {user: w.newPerson(jiqiao.RoleUniversity)},
		"a broker of another agency": {user: w.newPerson(jiqiao.RoleBroker, func(u *jiqiao.User) { u.OrganisationID = agency.ID })},
		"an operator elsewhere":      {user: w.newPerson(jiqiao.RoleOperator, func(u *jiqiao.User) { u.Region = "140400" })},
	}
}

// fill asks for the route with the ids of the town.
func (w *town) fill(name string, a ask) ask {
	var pattern string
	a.method, pattern, _ = strings.Cut(name, " ")
	longest := ""
	for start := range w.ids {
		if strings.HasPrefix(pattern, start+":") && len(start) > len(longest) {
			longest = start
		}
	}
	parts := strings.Split(pattern, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, ":") {
			parts[i] = "1"
			if i == strings.Count(longest, "/") && longest != "" {
				parts[i] = w.ids[longest]
			}
		}
	}
	a.path = prefix + strings.Join(parts, "/")
	if a.method == http.MethodPut || a.method == http.MethodDelete {
		a.header = map[string]string{"If-Match": `"1"`}
	}
	switch {
	case a.method == http.MethodPost && strings.HasSuffix(pattern, "/attachments"):
		body, kind := upload("file", "说明.png", bytes.NewReader(w.picture))
		a.body, a.header = body, map[string]string{"Content-Type": kind}
	case bodies[name] != "":
		a.body = strings.ReplaceAll(bodies[name], "BROKER", w.broker.ID)
	case a.method == http.MethodPost || a.method == http.MethodPut:
		a.body = "{}"
	}
	return a
}

// rows are the lines of a backup by table, without those that every request writes.
func (w *town) rows(t *testing.T) map[string][]string {
	t.Helper()
	var file bytes.Buffer
	if _, err := w.store.Backup(t.Context(), &file); err != nil {
		t.Fatal(err)
	}
	zipped, err := gzip.NewReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	found, table := map[string][]string{}, ""
	lines := bufio.NewScanner(zipped)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var mark struct{ Table string }
		if json.Unmarshal(lines.Bytes(), &mark) == nil && mark.Table != "" {
			table = mark.Table
		} else if !slices.Contains([]string{"", "audit", "sessions", "tokens"}, table) && strings.HasPrefix(lines.Text(), "[") {
			found[table] = append(found[table], lines.Text())
		}
	}
	return found
}

// Nobody from elsewhere reaches anything by its id, and nothing happens when they try.
func TestForeignIDsAreOutOfReach(t *testing.T) {
	w := newTown(t)
	before := w.rows(t)
	refused := []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}
	var routes []route
	for _, r := range w.server.routes() {
		if name := r.method + " " + r.path; strings.Contains(r.path, "/:") && reachable[name] == "" {
			routes = append(routes, r)
		}
	}
	for _, r := range routes {
		name := r.method + " " + r.path
		for who, a := range w.outsiders {
			if rec := w.do(w.fill(name, a)); !slices.Contains(refused, rec.Code) {
				t.Errorf("%s, %s: %d %s", who, name, rec.Code, plain(t, rec))
			}
		}
	}
	for table, rows := range w.rows(t) {
		if !slices.Equal(rows, before[table]) {
			t.Errorf("the table %s changed:\n%v\n%v", table, before[table], rows)
		}
	}
	// The ids are those of something: whom it belongs to gets further.
	slices.SortStableFunc(routes, func(a, b route) int { return order(a.method) - order(b.method) })
	for _, r := range routes {
		name := r.method + " " + r.path
		may := slices.DeleteFunc(slices.Clone(w.insiders), func(p *person) bool { return !p.Viewer().May(r.permission) })
		general := strings.NewReplacer("/needs/", "/:records/", "/achievements/", "/:records/").Replace(name)
		if r.permission == jiqiao.PermSelf || len(may) == 0 || elsewhere[general] != "" {
			continue // one's own, each tested with its part; administrators
		}
		if !slices.ContainsFunc(may, func(p *person) bool { return !slices.Contains(refused, w.do(w.fill(name, ask{user: p})).Code) }) {
			t.Errorf("%s: nobody gets to it, so that the test says nothing", name)
		}
	}
}

// order has what reads come first, and what removes last.
func order(method string) int {
	return slices.Index([]string{http.MethodGet, http.MethodPut, http.MethodPost, http.MethodDelete}, method)
}

// The log of all that the town does names nobody: no name, login, address, number, title or words of theirs.
func TestLogNamesNobody(t *testing.T) {
	w := newTown(t)
	for _, r := range w.server.routes() {
		name := r.method + " " + r.path
		for _, p := range w.insiders {
			w.server.ServeHTTP(httptest.NewRecorder(), w.request(w.fill(name, ask{user: p})))
		}
	}
	for _, body := range []string{`{"login":"wang.xiaoming","password":"Kx7-qiaoliang"}`, `{"login":"` + w.enterprise.Login + `","password":"wrong"}`} {
		w.do(ask{method: "POST", path: prefix + "/auth/login", body: body})
	}
	log := w.log.String()
	if !strings.Contains(log, w.enterprise.ID) {
		t.Error("the log does not even have ids")
	}
	never := []string{"李工", "王教授", "13900001111", "13700002222", "碳化硅", "未公开的", "预算多少", "wang.xiaoming", testPassword, "@"}
	for _, p := range w.insiders {
		never = append(never, p.Name, p.Login, p.secret)
	}
	for _, word := range never {
		if at := strings.Index(log, word); word != "" && at >= 0 {
			t.Errorf("the log has %q: %s", word, log[max(0, at-200):min(len(log), at+100)])
		}
	}
}
