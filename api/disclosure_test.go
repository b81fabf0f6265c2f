package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"jiqiao"
)

const wholeMobile = "13812348000"

// disclosed is a world with one need in 盐城大丰, its owner's member, and people of every kind around it.
type disclosed struct {
	*world
	need                                              *jiqiao.Need
	own, other, broker, here, away, lone, admin, exam *person
}

func newDisclosed(t *testing.T, change ...func(*jiqiao.Need)) *disclosed {
	w := newWorld(t, func(o *Options) { o.ContactsPerDay = 3 })
	d := &disclosed{world: w, own: w.newPerson(jiqiao.RoleEnterprise), other: w.newPerson(jiqiao.RoleUniversity), broker: w.newPerson(jiqiao.RoleBroker)}
	at := func(region string) func(*jiqiao.User) { return func(u *jiqiao.User) { u.Region = region } }
	d.here, d.away = w.newPerson(jiqiao.RoleOperator, at("320900")), w.newPerson(jiqiao.RoleOperator, at("140400"))
	d.lone, d.admin, d.exam = w.newPerson(jiqiao.RoleBroker), w.newPerson(jiqiao.RoleSystemAdmin), w.newPerson(jiqiao.RoleAuditor)
	d.need = need("研制碳化硅功率器件", func(n *jiqiao.Need) {
		n.Owner, n.Region = jiqiao.OrganisationRef{ID: d.own.OrganisationID}, "320904"
		n.Contact = jiqiao.Contact{Name: "陈建国", Mobile: wholeMobile, Email: "chen@example.com"}
		n.Problem, n.Confidential = "烧结空洞率高", "甲醇还原"
		for _, c := range change {
			c(n)
		}
	})
	w.put(d.need)
	return d
}

func (d *disclosed) path(sub string) string { return prefix + "/needs/" + d.need.ID + sub }

func (d *disclosed) grant() {
	d.t.Helper()
	g := jiqiao.Grant{Record: jiqiao.Ref{Type: "need", ID: d.need.ID}, Organisation: d.other.OrganisationID}
	if err := d.store.Grant(d.t.Context(), g); err != nil {
		d.t.Fatal(err)
	}
}

const because = `{"reason":"电话核实需求指标"}`

func TestWhoMayHaveAContactShown(t *testing.T) {
	d := newDisclosed(t)
	d.play(t, []scenario{
		{name: "the public", ask: ask{method: "POST", path: d.path("/contact"), body: because}, status: 401, lacks: []string{wholeMobile}},
		{name: "a token", ask: ask{method: "POST", path: d.path("/contact"), as: writer, body: because}, status: 403},
		{name: "another organisation", ask: ask{method: "POST", path: d.path("/contact"), user: d.other, body: because}, status: 403, lacks: []string{wholeMobile}},
		{name: "an administrator", ask: ask{method: "POST", path: d.path("/contact"), user: d.admin, body: because}, status: 403},
		{name: "an auditor", ask: ask{method: "POST", path: d.path("/contact"), user: d.exam, body: because}, status: 403},
		{name: "an operator of elsewhere", ask: ask{method: "POST", path: d.path("/contact"), user: d.away, body: because}, status: 403, lacks: []string{wholeMobile}},
		{name: "without a reason", ask: ask{method: "POST", path: d.path("/contact"), user: d.broker, body: `{"reason":"  "}`}, status: 400, has: []string{"reason"}},
		{name: "with hardly a reason", ask: ask{method: "POST", path: d.path("/contact"), user: d.broker, body: `{"reason":"查看"}`}, status: 400},
		{name: "with a novel", ask: ask{method: "POST", path: d.path("/contact"), user: d.broker, body: `{"reason":"` + strings.Repeat("因", 201) + `"}`}, status: 400},
		{name: "without a body", ask: ask{method: "POST", path: d.path("/contact"), user: d.broker, body: ``}, status: 400},
		{name: "of nothing", ask: ask{method: "POST", path: prefix + "/needs/n_0/contact", user: d.broker, body: because}, status: 404},
		{name: "of the other side", ask: ask{method: "POST", path: prefix + "/achievements/" + d.need.ID + "/contact", user: d.broker, body: because}, status: 404},
		{name: "a broker", ask: ask{method: "POST", path: d.path("/contact"), user: d.broker, body: because}, status: 200, has: []string{wholeMobile, "chen@example.com", "陈建国"}},
		{name: "an operator", ask: ask{method: "POST", path: d.path("/contact"), user: d.here, body: because}, status: 200, has: []string{wholeMobile}},
	})
}

func TestContactsOfWhatABrokerMayNotSeeStayHidden(t *testing.T) {
	for name, change := range map[string]func(*jiqiao.Need){
		"private": func(n *jiqiao.Need) { n.Disclosure = jiqiao.DisclosurePrivate },
		"draft":   func(n *jiqiao.Need) { n.Status = jiqiao.StatusDraft },
	} {
		d := newDisclosed(t, change)
		d.play(t, []scenario{
			{name: name, ask: ask{method: "POST", path: d.path("/contact"), user: d.broker, body: because}, status: 404, lacks: []string{wholeMobile}},
			{name: name + " for its operator", ask: ask{method: "POST", path: d.path("/contact"), user: d.here, body: because}, status: 200, has: []string{wholeMobile}},
		})
	}
}

// A day's worth, counted for each person alone; what is refused shows nothing and stands in the audit.
func TestContactsPerDayAreLimited(t *testing.T) {
	d := newDisclosed(t)
	for i := range 5 {
		want := http.StatusOK
		if i >= 3 {
			want = http.StatusTooManyRequests
		}
		rec := d.do(ask{method: "POST", path: d.path("/contact"), user: d.broker, body: because})
		if rec.Code != want || (rec.Code == 200) != strings.Contains(rec.Body.String(), wholeMobile) {
			t.Errorf("%d: %d %s", i+1, rec.Code, rec.Body)
		}
		if i == 0 && rec.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("a contact may be kept: %v", rec.Header())
		}
	}
	if rec := d.do(ask{method: "POST", path: d.path("/contact"), user: d.lone, body: because}); rec.Code != 200 {
		t.Errorf("another broker: %d", rec.Code)
	}
}

func TestOwnersSeeWhoSawTheContact(t *testing.T) {
	d := newDisclosed(t)
	for _, p := range []*person{d.broker, d.here} {
		d.do(ask{method: "POST", path: d.path("/contact"), user: p, body: because})
	}
	d.play(t, []scenario{
		{name: "the public", ask: ask{path: d.path("/reveals")}, status: 401},
		{name: "another", ask: ask{path: d.path("/reveals"), user: d.other}, status: 403, lacks: []string{d.broker.Name}},
		{name: "a broker", ask: ask{path: d.path("/reveals"), user: d.broker}, status: 403},
		{name: "an operator of elsewhere", ask: ask{path: d.path("/reveals"), user: d.away}, status: 403},
		{name: "a bad page", ask: ask{path: d.path("/reveals?cursor=x"), user: d.own}, status: 400},
		{name: "the owner", ask: ask{path: d.path("/reveals"), user: d.own}, status: 200, has: []string{`"total":2`, d.broker.Name, d.here.Name, "电话核实需求指标"}, lacks: []string{wholeMobile}},
		{name: "the operator", ask: ask{path: d.path("/reveals?limit=1"), user: d.here}, status: 200, has: []string{`"next":`}},
	})
}

// What a record shows to whom, by HTTP.
func TestRecordsShowWhatTheirReaderMaySee(t *testing.T) {
	d := newDisclosed(t, func(n *jiqiao.Need) {
		n.Disclosure, n.Summary = jiqiao.DisclosureSummary, "改进银烧结"
	})
	masked := []string{"138****8000", "陈*", "c***@example.com"}
	d.play(t, []scenario{
		{name: "the public", ask: ask{path: d.path("")}, status: 200, has: []string{"改进银烧结"}, lacks: []string{"空洞", "甲醇", "138", "陈"}},
		{name: "a reader's token", ask: ask{path: d.path(""), as: reader}, status: 200, has: []string{wholeMobile}, lacks: []string{"空洞", "甲醇"}},
		{name: "an administrator", ask: ask{path: d.path(""), user: d.admin}, status: 200, lacks: []string{"空洞", "甲醇", "138", "陈"}},
		{name: "another organisation", ask: ask{path: d.path(""), user: d.other}, status: 200, has: masked, lacks: []string{"空洞", "甲醇", wholeMobile}},
		{name: "an operator of elsewhere", ask: ask{path: d.path(""), user: d.away}, status: 200, has: masked, lacks: []string{"空洞", "甲醇", wholeMobile}},
		{name: "a broker", ask: ask{path: d.path(""), user: d.broker}, status: 200, has: append([]string{"空洞", "甲醇"}, masked...), lacks: []string{wholeMobile}},
		{name: "an operator", ask: ask{path: d.path(""), user: d.here}, status: 200, has: append([]string{"空洞", "甲醇"}, masked...), lacks: []string{wholeMobile}},
		{name: "the owner", ask: ask{path: d.path(""), user: d.own}, status: 200, has: []string{"空洞", "甲醇", wholeMobile}},
		{name: "an insider's token", ask: ask{path: d.path(""), as: insider}, status: 200, has: []string{"空洞", "甲醇", wholeMobile}},
	})
}

// A grant shows at once, also to a browser that has an older answer; taken back, it no longer does.
func TestGrantsChangeTheAnswer(t *testing.T) {
	d := newDisclosed(t, func(n *jiqiao.Need) { n.Disclosure, n.Summary = jiqiao.DisclosureSummaryAnonymous, "改进银烧结" })
	get := func(tag string) (int, string, string) {
		rec := d.do(ask{path: d.path(""), user: d.other, header: map[string]string{"If-None-Match": tag}})
		return rec.Code, rec.Header().Get("ETag"), rec.Body.String()
	}
	_, before, body := get("")
	if strings.Contains(body, "甲醇") || strings.Contains(body, d.need.Owner.ID) {
		t.Errorf("before: %s", body)
	}
	d.grant()
	code, after, body := get(before)
	if code != 200 || !strings.Contains(body, "甲醇") || !strings.Contains(body, wholeMobile) {
		t.Errorf("granted: %d %s", code, body)
	}
	if err := d.store.Revoke(t.Context(), jiqiao.Grant{Record: jiqiao.Ref{Type: "need", ID: d.need.ID}, Organisation: d.other.OrganisationID}); err != nil {
		t.Fatal(err)
	}
	if code, _, body := get(after); code != 200 || strings.Contains(body, "甲醇") {
		t.Errorf("taken back: %d %s", code, body)
	}
}

// Nobody brings a grant along.
func TestGrantsComeFromTheStoreAlone(t *testing.T) {
	d := newDisclosed(t, func(n *jiqiao.Need) { n.Disclosure, n.Summary = jiqiao.DisclosureSummary, "改进银烧结" })
	for _, query := range []string{"?granted=" + d.need.ID, "?Granted=" + d.need.ID, "?access=everything", "?organisation=" + d.need.Owner.ID} {
		if body := d.do(ask{path: d.path(query), user: d.other}).Body.String(); strings.Contains(body, "甲醇") {
			t.Errorf("%s: %s", query, body)
		}
	}
	body := `{"kind":"achievement","text":"银烧结","filter":{"statuses":["*"],"access":{"everything":true},"Access":{"Everything":true}}}`
	if rec := d.do(ask{method: "POST", path: prefix + "/match", user: d.other, body: body}); strings.Contains(rec.Body.String(), "甲醇") {
		t.Errorf("by a filter: %s", rec.Body)
	}
}

// An operator who sends back what was shown masked changes no contact.
func TestMaskedContactsAreNotWrittenBack(t *testing.T) {
	d := newDisclosed(t)
	rec := d.do(ask{path: d.path(""), user: d.here})
	var shown map[string]any
	if err := json.Unmarshal(rec.Body.Bytes(), &shown); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"id", "version", "created_at", "updated_at"} {
		delete(shown, key)
	}
	shown["problem"] = "烧结空洞率偏高"
	shown["contact"].(map[string]any)["email"] = "new@example.com"
	got := d.do(ask{method: "PUT", path: d.path(""), user: d.here, body: shown, header: map[string]string{"If-Match": rec.Header().Get("ETag")}})
	if got.Code != 200 || strings.Contains(got.Body.String(), wholeMobile) {
		t.Fatalf("%d %s", got.Code, got.Body)
	}
	now, err := d.store.Get(t.Context(), jiqiao.KindNeed, d.need.ID)
	if err != nil {
		t.Fatal(err)
	}
	if want := (jiqiao.Contact{Name: "陈建国", Mobile: wholeMobile, Email: "new@example.com"}); now.Head().Contact != want {
		t.Errorf("stored: %+v", now.Head().Contact)
	}
}
