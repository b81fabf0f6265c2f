package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/store/storetest"
)

// tell puts a notice into the inboxes of people, and mail for them into the outbox.
func (w *world) tell(id string, topic jiqiao.NoticeTopic, title string, people ...*person) {
	w.t.Helper()
	n := storetest.Told(id, topic)
	n.Title = title
	n, err := w.store.BeginNotice(w.t.Context(), n)
	if err != nil {
		w.t.Fatal(err)
	}
	var to []jiqiao.Recipient
	var out []jiqiao.NewDelivery
	for _, p := range people {
		to = append(to, jiqiao.Recipient{Viewer: p.Viewer()})
		out = append(out, jiqiao.NewDelivery{Target: jiqiao.MailTarget(p.ID), Kind: jiqiao.ChannelMail, User: p.ID, NextAt: time.Now()})
	}
	if err := w.store.TellNotice(w.t.Context(), n, to, out, "", true); err != nil {
		w.t.Fatal(err)
	}
}

// answers sends the request, checks the status, and reads the body into v unless it is nil.
func (w *world) answers(status int, v any, a ask) *httptest.ResponseRecorder {
	w.t.Helper()
	rec := w.do(a)
	if rec.Code != status {
		w.t.Fatalf("%s %s → %d, want %d: %s", a.method, a.path, rec.Code, status, plain(w.t, rec))
	}
	if v != nil {
		if err := json.Unmarshal(plain(w.t, rec), v); err != nil {
			w.t.Fatal(err)
		}
	}
	return rec
}

func TestInboxIsOnesOwn(t *testing.T) {
	w := newWorld(t)
	me, other := w.as(jiqiao.RoleBroker), w.as(jiqiao.RoleOperator)
	hostile := "<script>alert(1)</script>=cmd|' /C calc'!A0"
	w.tell("k_1", jiqiao.TopicDeal, hostile, me, other)
	w.tell("k_2", jiqiao.TopicMatch, "提醒", me)
	var page jiqiao.MessagePage
	rec := w.answers(200, &page, ask{path: "/api/v1/inbox?unread=true&topics=deal,match&limit=1", user: me})
	if page.Total != 2 || len(page.Items) != 1 || page.Next == "" || page.Items[0].Title != "提醒" {
		t.Fatalf("%+v", page)
	}
	if kind := rec.Header().Get("Content-Type"); !strings.HasPrefix(kind, "application/json") || rec.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("served as %q", kind)
	}
	w.answers(200, &page, ask{path: "/api/v1/inbox", user: other})
	theirs := page.Items[0].ID
	if page.Total != 1 || page.Items[0].Title != hostile {
		t.Errorf("%+v", page)
	}
	var changed map[string]int
	mark := func(body string) ask { return ask{method: "POST", path: "/api/v1/inbox/mark", user: me, body: body} }
	w.answers(200, &changed, mark(`{"mark":"read","ids":["`+theirs+`"]}`))
	if changed["changed"] != 0 {
		t.Error("somebody else's message was marked")
	}
	w.answers(404, nil, ask{method: "POST", path: "/api/v1/inbox/" + theirs + "/feedback", user: me, body: `{"feedback":"irrelevant"}`})
	w.answers(204, nil, ask{method: "POST", path: "/api/v1/inbox/" + theirs + "/feedback", user: other, body: `{"feedback":"irrelevant"}`})
	w.answers(200, &changed, mark(`{"mark":"read","all":true,"topic":"match"}`))
	var count jiqiao.InboxCount
	w.answers(200, &count, ask{path: "/api/v1/inbox/count", user: me})
	if changed["changed"] != 1 || count.Unread != 1 || count.Topics[jiqiao.TopicDeal] != 1 {
		t.Errorf("%v, %+v", changed, count)
	}
	// Both messages are about the same need.
	const about = `"object":{"type":"need","id":"n_1"}`
	w.answers(200, &changed, mark(`{"mark":"read",`+about+`}`))
	w.answers(200, &count, ask{path: "/api/v1/inbox/count", user: me})
	if changed["changed"] != 1 || count.Unread != 0 {
		t.Errorf("%v, %+v", changed, count)
	}
	for _, body := range []string{
		`{}`, `{"mark":"read"}`, `{"mark":"eat","all":true}`, `{"mark":"read","all":true,"ids":["x"]}`, `{"mark":"read","all":true,"topic":"none"}`,
		`{"mark":"read","all":true,` + about + `}`, `{"mark":"read","object":{"type":"need","id":""}}`,
	} {
		w.answers(400, nil, mark(body))
	}
	for _, query := range []string{"topics=none", "cursor=x", "limit=0", "unread=perhaps"} {
		w.answers(400, nil, ask{path: "/api/v1/inbox?" + query, user: me})
	}
	w.answers(400, nil, ask{method: "POST", path: "/api/v1/inbox/" + theirs + "/feedback", user: other, body: `{"feedback":"nice"}`})
	if rec := w.answers(200, nil, ask{path: "/api/v1/exports/inbox.xlsx", user: me}); !strings.Contains(rec.Body.String(), "提醒") {
		t.Error("the export is empty")
	}
	// A machine has no inbox, the public none either.
	w.answers(403, nil, ask{path: "/api/v1/inbox", as: jiqiao.ScopeAdmin})
	w.answers(401, nil, ask{path: "/api/v1/inbox"})
}

func TestPreferencesAreOnesOwn(t *testing.T) {
	w := newWorld(t)
	me := w.as(jiqiao.RoleEnterprise)
	var p jiqiao.NoticePreferences
	w.answers(200, &p, ask{path: "/api/v1/notice-preferences", user: me})
	p.Topics[jiqiao.TopicDeal] = jiqiao.TopicPreference{Mail: jiqiao.MailNow}
	put := func(v any) ask { return ask{method: "PUT", path: "/api/v1/notice-preferences", user: me, body: v} }
	w.answers(200, nil, put(p))
	w.answers(409, nil, put(p)) // the version is old
	p.Version = 1
	for name, change := range map[string]func(*jiqiao.NoticePreferences){
		"time":  func(p *jiqiao.NoticePreferences) { p.QuietFrom = "25:00" },
		"short": func(p *jiqiao.NoticePreferences) { p.DigestAt = "8:30" },
		"topic": func(p *jiqiao.NoticePreferences) { p.Topics["none"] = jiqiao.TopicPreference{Mail: jiqiao.MailNow} },
		"mode":  func(p *jiqiao.NoticePreferences) { p.Topics[jiqiao.TopicDeal] = jiqiao.TopicPreference{Mail: "loud"} },
		"level": func(p *jiqiao.NoticePreferences) { p.AlertLevel = 9 },
		"limit": func(p *jiqiao.NoticePreferences) { p.AlertsPerWeek = -1 },
	} {
		bad := jiqiao.DefaultPreferences()
		bad.Version = 1
		change(&bad)
		if rec := w.do(put(bad)); rec.Code != 400 {
			t.Errorf("%s: %d", name, rec.Code)
		}
	}
	w.answers(200, &p, ask{path: "/api/v1/notice-preferences", user: w.as(jiqiao.RoleBroker)})
	if p.Version != 0 {
		t.Errorf("somebody else's changed: %+v", p)
	}
}

func TestSubscriptionsAreOnesOwn(t *testing.T) {
	w := newWorld(t)
	me, other := w.as(jiqiao.RoleBroker), w.as(jiqiao.RoleUniversity)
	body := map[string]any{"kind": "search", "name": "激光", "side": "need", "text": "激光熔覆", "filter": map[string]any{"fields": []string{"804"}}}
	var sub jiqiao.Subscription
	rec := w.answers(201, &sub, ask{method: "POST", path: "/api/v1/subscriptions", user: me, body: body})
	path := rec.Header().Get("Location")
	if !strings.HasSuffix(path, sub.ID) || !sub.Active || sub.Text != "激光熔覆" {
		t.Fatalf("%s, %+v", path, sub)
	}
	w.answers(404, nil, ask{path: path, user: other})
	w.answers(404, nil, ask{method: "DELETE", path: path, user: other})
	body["version"], body["active"] = 1, false
	w.answers(404, nil, ask{method: "PUT", path: path, user: other, body: body})
	w.answers(200, &sub, ask{method: "PUT", path: path, user: me, body: body})
	if sub.Active || sub.Version != 2 {
		t.Errorf("%+v", sub)
	}
	w.answers(409, nil, ask{method: "PUT", path: path, user: me, body: body})
	var list struct {
		Total int
		Items []jiqiao.Subscription
	}
	w.answers(200, &list, ask{path: "/api/v1/subscriptions", user: me})
	if list.Total != 1 || list.Items[0].ID != sub.ID {
		t.Errorf("%+v", list)
	}
	for _, bad := range []map[string]any{
		{"kind": "search", "side": "need"}, {"kind": "rumour", "name": "x", "side": "need"}, {"kind": "field", "name": "x", "side": "need"},
		{"kind": "organisation", "name": "x", "side": "need"}, {"kind": "search", "name": "x", "side": "both"},
		{"kind": "search", "name": "x", "side": "need", "user": "u_1"}, {"kind": "search", "name": "x", "side": "need", "filter": map[string]any{"private": true}},
	} {
		if rec := w.do(ask{method: "POST", path: "/api/v1/subscriptions", user: me, body: bad}); rec.Code != 400 {
			t.Errorf("%v: %d", bad, rec.Code)
		}
	}
	w.answers(204, nil, ask{method: "DELETE", path: path, user: me})
	w.answers(404, nil, ask{path: path, user: me})
}

func TestChannelsKeepTheirSecrets(t *testing.T) {
	w := newWorld(t)
	admin := w.as(jiqiao.RoleSystemAdmin)
	var heard []string
	bot := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		heard = append(heard, r.URL.Query().Get("key"))
		_, _ = rw.Write([]byte(`{"errcode":0}`))
	}))
	defer bot.Close()
	body := map[string]any{"kind": "wecom", "name": "工作群", "address": bot.URL + "/send?key=GEHEIM", "secret": "SEHRGEHEIM", "role": "broker", "topics": []string{"queue"}, "active": true}
	var c jiqiao.Channel
	rec := w.answers(201, &c, ask{method: "POST", path: "/api/v1/channels", user: admin, body: body})
	path := rec.Header().Get("Location")
	for _, a := range []ask{{path: path, user: admin}, {path: "/api/v1/channels", user: admin}} {
		if text := w.answers(200, nil, a).Body.String() + rec.Body.String(); strings.Contains(text, "GEHEIM") {
			t.Errorf("%s shows a secret: %s", a.path, text)
		}
	}
	// What comes back as it was shown stays what it is.
	body["address"], body["secret"], body["version"], body["name"] = c.Address, c.Secret, 1, "新名"
	w.answers(200, &c, ask{method: "PUT", path: path, user: admin, body: body})
	w.answers(204, nil, ask{method: "POST", path: path + "/test", user: admin})
	if len(heard) != 1 || heard[0] != "GEHEIM" || c.Version != 2 {
		t.Errorf("heard %v, %+v", heard, c)
	}
	w.answers(409, nil, ask{method: "PUT", path: path, user: admin, body: body})
	for _, bad := range []map[string]any{
		{"kind": "mail", "name": "x", "address": "https://x", "role": "broker"}, {"kind": "wecom", "name": "x", "address": "ftp://x", "role": "broker"},
		{"kind": "wecom", "name": "x", "address": "https://x"}, {"kind": "wecom", "name": "x", "address": "https://x", "role": "broker", "organisation": "o_1"},
		{"kind": "webhook", "name": "x", "address": "https://x", "role": "broker", "secret": "short"}, {"kind": "wecom", "name": "x", "address": "https://x", "role": "king"},
		{"kind": "wecom", "name": "", "address": "https://x", "role": "broker"}, {"kind": "wecom", "name": "x", "address": "https://x", "role": "broker", "topics": []string{"none"}},
	} {
		if rec := w.do(ask{method: "POST", path: "/api/v1/channels", user: admin, body: bad}); rec.Code != 400 {
			t.Errorf("%v: %d %s", bad, rec.Code, rec.Body)
		}
	}
	w.answers(428, nil, ask{method: "DELETE", path: path, user: admin})
	w.answers(412, nil, ask{method: "DELETE", path: path, user: admin, header: map[string]string{"If-Match": `"1"`}})
	w.answers(204, nil, ask{method: "DELETE", path: path, user: admin, header: map[string]string{"If-Match": `"2"`}})
	w.answers(404, nil, ask{path: path, user: admin})
	if strings.Contains(w.log.String(), "GEHEIM") {
		t.Error("the log has a secret")
	}
	for _, role := range jiqiao.Roles {
		if role != jiqiao.RoleSystemAdmin {
			w.answers(403, nil, ask{path: "/api/v1/channels", user: w.as(role)})
		}
	}
}

func TestOutboxHasNoText(t *testing.T) {
	w := newWorld(t)
	me, operator := w.as(jiqiao.RoleBroker), w.as(jiqiao.RoleOperator)
	w.tell("k_1", jiqiao.TopicDeal, "密件标题", me)
	var page jiqiao.DeliveryPage
	rec := w.answers(200, &page, ask{path: "/api/v1/outbox?channel=mail&states=waiting,dead", user: operator})
	if page.Total != 1 || strings.Contains(rec.Body.String(), "密件") {
		t.Fatalf("%s", rec.Body)
	}
	path := "/api/v1/outbox/" + page.Items[0].ID
	w.answers(409, nil, ask{method: "POST", path: path + "/resend", user: operator})
	w.answers(200, nil, ask{method: "POST", path: path + "/cancel", user: operator})
	w.answers(200, nil, ask{method: "POST", path: path + "/resend", user: operator})
	w.answers(404, nil, ask{method: "POST", path: "/api/v1/outbox/y_x/resend", user: operator})
	for _, query := range []string{"states=lost", "channel=pigeon", "cursor=x", "from=yesterday"} {
		w.answers(400, nil, ask{path: "/api/v1/outbox?" + query, user: operator})
	}
	var report struct{ Items []jiqiao.NoticeFigures }
	w.answers(200, &report, ask{path: "/api/v1/notices/report", user: operator})
	if len(report.Items) != 2 || report.Items[0].Channel != jiqiao.ChannelInbox || report.Items[1].Waiting != 1 {
		t.Errorf("%+v", report)
	}
	var receipts jiqiao.ReceiptPage
	rec = w.answers(200, &receipts, ask{path: "/api/v1/notices/receipts?template=deal.test&outcome=unread", user: operator})
	if receipts.Total != 1 || receipts.Items[0].User != me.ID || strings.Contains(rec.Body.String(), "密件") {
		t.Errorf("%s", rec.Body)
	}
	w.answers(400, nil, ask{path: "/api/v1/notices/receipts?outcome=loved", user: operator})
	for _, file := range []string{"outbox", "notices"} {
		if rec := w.answers(200, nil, ask{path: "/api/v1/exports/" + file + ".xlsx", user: operator}); strings.Contains(rec.Body.String(), "密件") || rec.Body.Len() == 0 {
			t.Errorf("%s: %s", file, rec.Body)
		}
	}
	w.answers(403, nil, ask{path: "/api/v1/outbox", user: me})
}

func TestUnsubscribeByMailLink(t *testing.T) {
	w := newWorld(t)
	me := w.as(jiqiao.RoleBroker)
	for _, token := range []string{"", "x", "a.b", strings.Repeat("x", 300)} {
		for _, method := range []string{"GET", "POST"} {
			rec := w.answers(400, nil, ask{method: method, path: "/api/v1/unsubscribe?token=" + token})
			if !strings.Contains(rec.Body.String(), "链接无效") || strings.Contains(rec.Body.String(), "<form") {
				t.Errorf("%s %q: %s", method, token, rec.Body)
			}
		}
	}
	link, err := url.Parse(w.outbox.UnsubscribeLink(me.ID, jiqiao.TopicDeal))
	if err != nil {
		t.Fatal(err)
	}
	never := func() bool {
		p, err := w.store.Preferences(t.Context(), me.ID)
		if err != nil {
			t.Fatal(err)
		}
		return p.Topic(jiqiao.TopicDeal).Mail == jiqiao.MailNever
	}
	rec := w.answers(200, nil, ask{path: link.RequestURI()})
	if text := string(plain(t, rec)); !strings.Contains(text, "对接项目") || !strings.Contains(text, "<form") || never() {
		t.Errorf("looking is enough, or the page is not there: %s", text)
	}
	if policy := rec.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "form-action 'self'") {
		t.Errorf("policy %q", policy)
	}
	// Signed in as somebody else, with no token of the page: the link is what counts.
	r := w.request(ask{method: "POST", path: link.RequestURI(), user: w.as(jiqiao.RoleOperator), body: "List-Unsubscribe=One-Click", header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}})
	r.Header.Del(csrfHeader)
	got := httptest.NewRecorder()
	w.server.ServeHTTP(got, r)
	if got.Code != 200 || !never() {
		t.Errorf("one click: %d %s", got.Code, got.Body)
	}
}
