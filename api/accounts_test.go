package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"jiqiao"
)

// login signs in over HTTP and gives the answer.
func (w *world) login(body string, header map[string]string, cookies ...*http.Cookie) *httptest.ResponseRecorder {
	w.t.Helper()
	r := w.request(ask{method: "POST", path: "/api/v1/auth/login", body: body, header: header})
	for _, c := range cookies {
		r.AddCookie(c)
	}
	rec := httptest.NewRecorder()
	w.server.ServeHTTP(rec, r)
	return rec
}

func sessionCookie(t *testing.T, rec *httptest.ResponseRecorder) *http.Cookie {
	t.Helper()
	for _, c := range rec.Result().Cookies() {
		if strings.HasSuffix(c.Name, plainCookie) || c.Name == secureCookie {
			return c
		}
	}
	t.Fatalf("no cookie: %d %s", rec.Code, rec.Body)
	return nil
}

func TestCookieIsOutOfReach(t *testing.T) {
	for _, secure := range []bool{false, true} {
		w := newWorld(t, func(o *Options) { o.SecureCookies = secure })
		p := w.as(jiqiao.RoleBroker)
		c := sessionCookie(t, w.login(fmt.Sprintf(`{"login":%q,"password":%q}`, p.Login, testPassword), nil))
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.Secure != secure || (c.Name == secureCookie) != secure {
			t.Errorf("secure %t: %+v", secure, c)
		}
	}
}

func TestSigningInChangesTheSession(t *testing.T) {
	w := newWorld(t)
	p := w.as(jiqiao.RoleBroker)
	body := fmt.Sprintf(`{"login":%q,"password":%q}`, p.Login, testPassword)
	// A cookie that an attacker planted does not become the session (fixation).
	planted := &http.Cookie{Name: plainCookie, Value: "planted-by-someone"}
	if c := sessionCookie(t, w.login(body, nil, planted)); c.Value == planted.Value {
		t.Error("the planted cookie is the session")
	}
	old := &http.Cookie{Name: plainCookie, Value: p.secret}
	fresh := sessionCookie(t, w.login(body, nil, old))
	if fresh.Value == p.secret {
		t.Error("signing in keeps the cookie")
	}
	if rec := w.do(ask{path: "/api/v1/sessions", user: p}); rec.Code != 401 {
		t.Errorf("the cookie before it still opens: %d", rec.Code)
	}
}

// Changes take the page's token and come from the page's site; everything else is refused before anything is done.
func TestChangesFromElsewhereAreRefused(t *testing.T) {
	w := newWorld(t)
	p := w.as(jiqiao.RoleBroker)
	other := w.newPerson(jiqiao.RoleBroker)
	send := func(method, path string, header map[string]string, body string) int {
		r := httptest.NewRequest(method, "http://jiqiao.test"+path, strings.NewReader(body))
		r.AddCookie(&http.Cookie{Name: plainCookie, Value: p.secret})
		for name, value := range header {
			r.Header.Set(name, value)
		}
		rec := httptest.NewRecorder()
		w.server.ServeHTTP(rec, r)
		return rec.Code
	}
	token, typed := csrfToken(p.secret), "application/json"
	change := `{"version":2,"name":"改了"}`
	for name, header := range map[string]map[string]string{
		"without a token":        {"Content-Type": typed},
		"with an empty one":      {"Content-Type": typed, csrfHeader: ""},
		"with another's":         {"Content-Type": typed, csrfHeader: csrfToken(other.secret)},
		"with the cookie as one": {"Content-Type": typed, csrfHeader: p.secret},
		"from another site":      {"Content-Type": typed, csrfHeader: token, "Sec-Fetch-Site": "cross-site"},
		"from a sister site":     {"Content-Type": typed, csrfHeader: token, "Sec-Fetch-Site": "same-site"},
		"from another origin":    {"Content-Type": typed, csrfHeader: token, "Origin": "https://evil.example"},
		"from no origin at all":  {"Content-Type": typed, csrfHeader: token, "Origin": "null"},
		"by a form":              {"Content-Type": "application/x-www-form-urlencoded"},
		"by a form of text":      {"Content-Type": "text/plain"},
	} {
		if code := send("PUT", "/api/v1/auth/profile", header, change); code != 403 {
			t.Errorf("%s: %d", name, code)
		}
		if code := send("POST", "/api/v1/auth/logout", header, ""); code != 403 {
			t.Errorf("signing out %s: %d", name, code)
		}
	}
	for _, media := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json-seq"} {
		if code := send("PUT", "/api/v1/auth/profile", map[string]string{"Content-Type": media, csrfHeader: token}, change); code != 415 {
			t.Errorf("as %s: %d", media, code)
		}
	}
	if got, _ := w.store.User(t.Context(), p.ID); got.Name == "改了" {
		t.Fatal("changed from elsewhere")
	}
	if code := send("PUT", "/api/v1/auth/profile", map[string]string{"Content-Type": typed, csrfHeader: token, "Origin": "http://jiqiao.test", "Sec-Fetch-Site": "same-origin"}, change); code != 200 {
		t.Errorf("from the page itself: %d", code)
	}
}

// A foreign page cannot sign a browser in as somebody else either.
func TestSigningInFromElsewhereIsRefused(t *testing.T) {
	w := newWorld(t)
	p := w.as(jiqiao.RoleBroker)
	body := fmt.Sprintf(`{"login":%q,"password":%q}`, p.Login, testPassword)
	for _, header := range []map[string]string{{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Content-Type": "text/plain"}} {
		if rec := w.login(body, header); rec.Code != 403 && rec.Code != 415 || len(rec.Result().Cookies()) > 0 {
			t.Errorf("%v: %d, cookies %v", header, rec.Code, rec.Result().Cookies())
		}
	}
}

func TestBadCookiesAreThePublic(t *testing.T) {
	w := newWorld(t)
	p := w.as(jiqiao.RoleOperator)
	w.put(need("碳化硅器件"))
	if rec := w.do(ask{method: "POST", path: "/api/v1/auth/logout", user: p}); rec.Code != 204 {
		t.Fatalf("signing out: %d", rec.Code)
	}
	for name, secret := range map[string]string{"replayed": p.secret, "never was": "x", "long": strings.Repeat("A", 4000), "an id": p.ID} {
		bad := &person{secret: secret}
		if rec := w.do(ask{path: "/api/v1/needs", user: bad}); rec.Code != 200 {
			t.Errorf("%s: public reading %d", name, rec.Code)
		}
		if rec := w.do(ask{path: "/api/v1/auth/session", user: bad}); !strings.Contains(rec.Body.String(), `"user":null`) {
			t.Errorf("%s: %s", name, rec.Body)
		}
		for _, a := range []ask{{path: "/api/v1/sessions"}, {path: "/api/v1/users"}, {path: "/api/v1/signups"}, {method: "POST", path: "/api/v1/auth/password", body: `{}`}} {
			if a.user = bad; w.do(a).Code != 401 {
				t.Errorf("%s: %s %s is not refused", name, a.method, a.path)
			}
		}
	}
	// A token in the header is what counts, and a bad one is refused although the cookie is good.
	fresh := w.signIn(p.Login, testPassword)
	if rec := w.do(ask{path: "/api/v1/needs", user: fresh, header: map[string]string{"Authorization": "Bearer jiqiao_x"}}); rec.Code != 401 {
		t.Errorf("a bad token beside a good cookie: %d", rec.Code)
	}
}

// Nothing but the password may be touched before the first one was changed.
func TestFirstPasswordOpensNothingElse(t *testing.T) {
	w := newWorld(t)
	p := w.newPerson(jiqiao.RoleOperator, func(u *jiqiao.User) { u.MustChangePassword = true })
	w.put(need("未公开的需求", func(n *jiqiao.Need) { n.Status = jiqiao.StatusDraft }))
	if rec := w.do(ask{path: "/api/v1/needs?statuses=*", user: p}); rec.Code != 200 || strings.Contains(rec.Body.String(), "未公开") {
		t.Errorf("sees more than the public: %d %s", rec.Code, rec.Body)
	}
	for _, path := range []string{"/api/v1/sessions", "/api/v1/signups", "/api/v1/users"} {
		if rec := w.do(ask{path: path, user: p}); rec.Code != 403 {
			t.Errorf("%s: %d", path, rec.Code)
		}
	}
	if rec := w.do(ask{path: "/api/v1/auth/session", user: p}); rec.Code != 200 || !strings.Contains(rec.Body.String(), `"must_change_password":true`) {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	rec := w.do(ask{method: "POST", path: "/api/v1/auth/password", user: p, body: fmt.Sprintf(`{"old_password":%q,"password":"Another1-way"}`, testPassword)})
	fresh := &person{secret: sessionCookie(t, rec).Value}
	if rec := w.do(ask{path: "/api/v1/signups", user: fresh}); rec.Code != 200 {
		t.Errorf("after the change: %d %s", rec.Code, rec.Body)
	}
	if rec := w.do(ask{path: "/api/v1/sessions", user: p}); rec.Code != 401 {
		t.Errorf("the cookie before: %d", rec.Code)
	}
}

// No field of an account can be set by naming it.
func TestNothingIsAssignedByTheMass(t *testing.T) {
	w := newWorld(t)
	lead := w.newPerson(jiqiao.RoleEnterprise, func(u *jiqiao.User) { u.Lead = false })
	admin := w.as(jiqiao.RoleSystemAdmin)
	for _, field := range []string{
		`"role":"security_admin"`, `"state":"active"`, `"lead":true`, `"organisation_id":"o_1"`, `"region":"320000"`, `"totp":false`, `"email_verified":true`,
		`"must_change_password":false`, `"id":"u_1"`, `"locked_until":null`, `"login":"other"`, `"credentials":{}`,
	} {
		for _, a := range []ask{
			{method: "PUT", path: "/api/v1/auth/profile", user: lead, body: `{"version":2,` + field + `}`},
			{method: "PUT", path: "/api/v1/users/" + lead.ID, user: admin, body: `{"version":2,` + field + `}`},
		} {
			if rec := w.do(a); rec.Code != 400 || !strings.Contains(rec.Body.String(), "没有这个字段") {
				t.Errorf("%s with %s: %d %s", a.path, field, rec.Code, rec.Body)
			}
		}
	}
	for _, field := range []string{`"state":"active"`, `"email_verified":true`, `"totp":true`, `"must_change_password":false`, `"id":"u_1"`} {
		body := `{"login":"neu","name":"新","role":"broker",` + field + `}`
		if rec := w.do(ask{method: "POST", path: "/api/v1/users", user: admin, body: body}); rec.Code != 400 {
			t.Errorf("a new account with %s: %d", field, rec.Code)
		}
	}
	body := `{"login":"neu","password":"Kx7-qiaoliang","name":"新","email":"a@b.cn","role":"operator","organisation":{"name":"甲","kind":"enterprise","credit_code":"91350100M000100Y43","region":"320900"}}`
	if rec := w.do(ask{method: "POST", path: "/api/v1/signups", body: body}); rec.Code != 400 {
		t.Errorf("a sign-up with a role: %d", rec.Code)
	}
}

// Each administrator's doors are shut to all other roles, and to machines; those who knock are in the audit.
func TestAdministratorsDoors(t *testing.T) {
	w := newWorld(t)
	id := w.newPerson(jiqiao.RoleBroker).ID
	doors := []struct {
		ask  ask
		open []jiqiao.Role
	}{
		{ask{path: "/api/v1/tokens"}, []jiqiao.Role{jiqiao.RoleSecurityAdmin}},
		{ask{method: "POST", path: "/api/v1/tokens", body: `{"name":"机器","scopes":["read"],"days":30}`}, []jiqiao.Role{jiqiao.RoleSecurityAdmin}},
		{ask{method: "POST", path: "/api/v1/users/" + id + "/grant", body: `{"role":"broker"}`}, []jiqiao.Role{jiqiao.RoleSecurityAdmin}},
		{ask{method: "POST", path: "/api/v1/users/" + id + "/totp/clear"}, []jiqiao.Role{jiqiao.RoleSecurityAdmin}},
		{ask{method: "POST", path: "/api/v1/users", body: `{"login":"x"}`}, []jiqiao.Role{jiqiao.RoleSystemAdmin}},
		{ask{path: "/api/v1/signups"}, []jiqiao.Role{jiqiao.RoleOperator}},
		{ask{path: "/api/v1/users"}, []jiqiao.Role{jiqiao.RoleOperator, jiqiao.RoleSystemAdmin, jiqiao.RoleSecurityAdmin}},
		{ask{path: "/api/v1/exports/users.xlsx"}, []jiqiao.Role{jiqiao.RoleOperator, jiqiao.RoleSystemAdmin, jiqiao.RoleSecurityAdmin}},
		{ask{method: "PUT", path: "/api/v1/settings/security", header: map[string]string{"If-Match": "*"}, body: jiqiao.DefaultSecurity()}, []jiqiao.Role{jiqiao.RoleSecurityAdmin}},
	}
	for _, door := range doors {
		for _, role := range jiqiao.Roles {
			a := door.ask
			a.user = w.as(role)
			may := false
			for _, r := range door.open {
				may = may || r == role
			}
			if code := w.do(a).Code; (code == 403) == may {
				t.Errorf("%s at %s %s: %d", role, a.method, a.path, code)
			}
		}
		for scope, want := range map[jiqiao.Scope]int{"": 401, reader: 403, writer: 403, admin: 403} {
			a := door.ask
			if a.as = scope; w.do(a).Code != want {
				t.Errorf("a machine with %q at %s %s is not refused with %d", scope, a.method, a.path, want)
			}
		}
	}
	page, err := w.store.AuditEntries(t.Context(), jiqiao.AuditQuery{Act: "access.denied", Limit: 5})
	if err != nil || page.Total < 50 || page.Entries[0].Result != jiqiao.AuditDenied || !strings.Contains(page.Entries[0].Object.ID, "/api/v1/") {
		t.Errorf("refusals in the audit: %d, %v", page.Total, err)
	}
}

func TestListsMaskAddresses(t *testing.T) {
	w := newWorld(t)
	u := w.newPerson(jiqiao.RoleBroker, func(u *jiqiao.User) { u.Email, u.Mobile = "geheim@example.cn", "13812348000" })
	security := w.as(jiqiao.RoleSecurityAdmin)
	w.play(t, []scenario{
		{name: "masked in lists", ask: ask{path: "/api/v1/users?role=broker", user: security}, status: 200, has: []string{"g***@example.cn", "138****8000"}, lacks: []string{"geheim", "13812348000"}},
		{name: "and exports", ask: ask{path: "/api/v1/exports/users.xlsx", user: security}, status: 200, lacks: []string{"geheim", "13812348000"}},
		{name: "whole for who opens it", ask: ask{path: "/api/v1/users/" + u.ID, user: security}, status: 200, has: []string{"geheim"}},
		{name: "not there for others", ask: ask{path: "/api/v1/users/" + u.ID, user: w.as(jiqiao.RoleEnterprise)}, status: 404},
		{name: "nor for machines", ask: ask{path: "/api/v1/users/" + u.ID, as: admin}, status: 403},
		{name: "bad filters", ask: ask{path: "/api/v1/users?role=x&state=x&sort=x&region=x&limit=0", user: security}, status: 400, has: []string{`"role"`, `"state"`, `"sort"`, `"region"`, `"limit"`}},
	})
}

// The whole way of an organisation: it signs up, is reviewed, invites, and its member comes.
func TestAnOrganisationComes(t *testing.T) {
	w := newWorld(t)
	operator := w.newPerson(jiqiao.RoleOperator, func(u *jiqiao.User) { u.Region = "320900" })
	body := `{"login":"zhao","password":"Kx7-qiaoliang","name":"赵六","email":"zhao@example.cn","organisation":{"name":"甲公司","kind":"enterprise","credit_code":"91350100M000100Y43","region":"320981"}}`
	var up struct{ ID string }
	rec := w.do(ask{method: "POST", path: "/api/v1/signups", body: body})
	if err := json.Unmarshal(rec.Body.Bytes(), &up); err != nil || rec.Code != 201 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	at := "/api/v1/signups/" + up.ID
	w.play(t, []scenario{
		{name: "waits", ask: ask{path: "/api/v1/signups?state=pending", user: operator}, status: 200, has: []string{`"total":1`, "甲公司", "z***@"}},
		{name: "of another region", ask: ask{path: "/api/v1/signups?region=330000", user: operator}, status: 200, has: []string{`"total":0`}},
		{name: "of a part of it", ask: ask{path: "/api/v1/signups?region=320981", user: operator}, status: 200, has: []string{`"total":1`}},
		{name: "one", ask: ask{path: at, user: operator}, status: 200, has: []string{"zhao@example.cn"}, lacks: []string{`"id":""`, "0001-01-01"}},
		{name: "as a workbook", ask: ask{path: "/api/v1/exports/signups.xlsx", user: operator}, status: 200, lacks: []string{"zhao@example.cn"}},
		{name: "not for others", ask: ask{path: "/api/v1/exports/signups.xlsx", user: w.as(jiqiao.RoleBroker)}, status: 403},
		{name: "not of another region", ask: ask{path: at, user: w.newPerson(jiqiao.RoleOperator, func(u *jiqiao.User) { u.Region = "330000" })}, status: 404},
		{name: "a reason is due", ask: ask{method: "POST", path: at + "/refuse", user: operator, body: `{"version":1,"reason":" "}`}, status: 400, has: []string{`"reason"`}},
		{name: "approved", ask: ask{method: "POST", path: at + "/approve", user: operator, body: `{"version":1}`}, status: 200, has: []string{`"approved"`, `"lead":true`}},
		{name: "once", ask: ask{method: "POST", path: at + "/refuse", user: operator, body: `{"version":2,"reason":"晚了"}`}, status: 409},
	})
	w.t = t
	lead := w.signIn("zhao", "Kx7-qiaoliang")
	rec = w.do(ask{method: "POST", path: "/api/v1/invitations", user: lead, body: `{"login":"qian","name":"钱七"}`})
	var invited jiqiao.Invited
	if err := json.Unmarshal(rec.Body.Bytes(), &invited); err != nil || rec.Code != 201 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	secret := invited.Link[strings.LastIndexByte(invited.Link, '/')+1:]
	link := func(rest string) string { return fmt.Sprintf(`{"purpose":"invitation","secret":%q%s}`, secret, rest) }
	w.play(t, []scenario{
		{name: "whose", ask: ask{method: "POST", path: "/api/v1/auth/link", body: link("")}, status: 200, has: []string{"qian", "钱七"}},
		{name: "weak", ask: ask{method: "POST", path: "/api/v1/auth/link/use", body: link(`,"password":"x"`)}, status: 400},
		{name: "comes", ask: ask{method: "POST", path: "/api/v1/auth/link/use", body: link(`,"password":"Another1-way"`)}, status: 204},
		{name: "once", ask: ask{method: "POST", path: "/api/v1/auth/link/use", body: link(`,"password":"Another1-way"`)}, status: 404},
		{name: "own organisation", ask: ask{path: "/api/v1/organisation", user: lead}, status: 200, has: []string{"甲公司"}},
		{name: "the members", ask: ask{path: "/api/v1/users", user: lead}, status: 200, has: []string{`"total":2`}},
	})
	w.t = t
	member := w.signIn("qian", "Another1-way")
	w.play(t, []scenario{
		{name: "a member does not change it", ask: ask{method: "PUT", path: "/api/v1/organisation", user: member, header: map[string]string{"If-Match": "*"}, body: `{"region":"320981"}`}, status: 403},
		{name: "the lead does", ask: ask{method: "PUT", path: "/api/v1/organisation", user: lead, header: map[string]string{"If-Match": "*"}, body: `{"region":"320981","products":"轴承"}`}, status: 200, has: []string{"轴承", "甲公司"}},
		{name: "never its name", ask: ask{method: "PUT", path: "/api/v1/organisation", user: lead, header: map[string]string{"If-Match": "*"}, body: `{"name":"乙公司"}`}, status: 400},
		{name: "a stale change", ask: ask{method: "PUT", path: "/api/v1/organisation", user: lead, header: map[string]string{"If-Match": `"1"`}, body: `{}`}, status: 412},
		{name: "members are not listed to members", ask: ask{path: "/api/v1/users", user: member}, status: 403},
	})
}

// Operators are shown contacts masked; what they save must not overwrite the contact with its mask.
func TestAMaskedContactIsNotWrittenBack(t *testing.T) {
	w := newWorld(t)
	operator := w.as(jiqiao.RoleOperator)
	o := jiqiao.Organisation{Kind: jiqiao.OrganisationEnterprise, Name: "甲公司", Region: "320981", Contact: jiqiao.Contact{Name: "王建国", Mobile: "13900001234"}}
	if err := w.store.PutOrganisation(t.Context(), &o); err != nil {
		t.Fatal(err)
	}
	at := "/api/v1/organisations/" + o.ID
	shown := o.Contact.Masked()
	change := func(c jiqiao.Contact) ask {
		return ask{
			method: "PUT", path: at, user: operator, header: map[string]string{"If-Match": "*"},
			body: map[string]any{"name": "乙公司", "kind": "enterprise", "region": "320981", "contact": c},
		}
	}
	kept := func() jiqiao.Contact {
		now, err := w.store.GetOrganisation(t.Context(), o.ID)
		if err != nil {
			t.Fatal(err)
		}
		return now.Contact
	}
	if rec := w.do(change(shown)); rec.Code != 200 || kept() != o.Contact || strings.Contains(rec.Body.String(), o.Contact.Mobile) {
		t.Errorf("%d, the contact is %v: %s", rec.Code, kept(), rec.Body)
	}
	fresh := jiqiao.Contact{Name: "李四", Mobile: "13900005678"}
	if rec := w.do(change(fresh)); rec.Code != 200 || kept() != fresh {
		t.Errorf("%d, the contact is %v", rec.Code, kept())
	}
	w.play(t, []scenario{
		{name: "in the region", ask: ask{path: "/api/v1/organisations?region=320981&sort=newest", user: operator}, status: 200, has: []string{`"total":1`, "乙公司"}},
		{name: "elsewhere", ask: ask{path: "/api/v1/organisations?region=310000", user: operator}, status: 200, has: []string{`"total":0`}},
		{name: "bad filters", ask: ask{path: "/api/v1/organisations?region=x&sort=x", user: operator}, status: 400, has: []string{`"region"`, `"sort"`}},
		{name: "as a workbook", ask: ask{path: "/api/v1/exports/organisations.xlsx", user: operator}, status: 200, lacks: []string{"13900005678"}},
		{name: "not for members", ask: ask{path: "/api/v1/exports/organisations.xlsx", user: w.as(jiqiao.RoleEnterprise)}, status: 403},
	})
}

func TestProviderThatIsNotThere(t *testing.T) {
	w := newWorld(t)
	w.play(t, []scenario{
		{name: "start", ask: ask{path: "/api/v1/auth/oidc/start"}, status: 503},
		{name: "link without a session", ask: ask{path: "/api/v1/auth/oidc/start?link=true"}, status: 401},
		{name: "a callback nobody began", ask: ask{path: "/api/v1/auth/oidc/callback?code=x&state=y"}, status: 303},
		{name: "an empty state", ask: ask{path: "/api/v1/auth/oidc/callback?code=x", header: map[string]string{"Cookie": plainCookie + "_oidc=.."}}, status: 303},
	})
}

// An operator's hand ends at the border of the region.
func TestOperatorsKeepToTheirRegion(t *testing.T) {
	w := newWorld(t)
	operator := w.newPerson(jiqiao.RoleOperator, func(u *jiqiao.User) { u.Region = "320900" })
	at := map[string]string{}
	for _, region := range []string{"320981", "330100", ""} {
		o := &jiqiao.Organisation{Name: "单位" + region, Kind: jiqiao.OrganisationEnterprise, Region: region}
		if err := w.store.PutOrganisation(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		at[region] = "/api/v1/organisations/" + o.ID
	}
	anyVersion := map[string]string{"If-Match": "*"}
	body := func(region string) string {
		return fmt.Sprintf(`{"name":"改名","kind":"enterprise","region":%q}`, region)
	}
	w.play(t, []scenario{
		{name: "changes one inside", ask: ask{method: "PUT", path: at["320981"], user: operator, header: anyVersion, body: body("320900")}, status: 200},
		{name: "moves it outside", ask: ask{method: "PUT", path: at["320981"], user: operator, header: anyVersion, body: body("330100")}, status: 400},
		{name: "changes one outside", ask: ask{method: "PUT", path: at["330100"], user: operator, header: anyVersion, body: body("320900")}, status: 404},
		{name: "deletes one outside", ask: ask{method: "DELETE", path: at["330100"], user: operator, header: anyVersion}, status: 404},
		{name: "changes one of no place", ask: ask{method: "PUT", path: at[""], user: operator, header: anyVersion, body: body("")}, status: 200},
		{name: "makes one outside", ask: ask{method: "POST", path: "/api/v1/organisations", user: operator, body: body("330100")}, status: 400},
		{name: "makes one inside", ask: ask{method: "POST", path: "/api/v1/organisations", user: operator, body: body("320981")}, status: 201},
		{name: "a machine is not bound", ask: ask{method: "DELETE", path: at["330100"], as: writer, header: anyVersion}, status: 204},
	})
}

// The workbook of the directory says what the list says to the same viewer, and no more.
func TestDirectoryInAFile(t *testing.T) {
	w := newWorld(t)
	o := &jiqiao.Organisation{
		Name: "=骐骥有限公司", Kind: jiqiao.OrganisationEnterprise, Region: "320981", Address: "人民路 1 号",
		Contact: jiqiao.Contact{Name: "封毅", Mobile: "13812348000", Email: "feng@example.cn"},
	}
	if err := w.store.PutOrganisation(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	const list, file = "/api/v1/organisations", "/api/v1/exports/organisations.xlsx"
	away := w.newPerson(jiqiao.RoleOperator, func(u *jiqiao.User) { u.Region = "140400" })
	admin, enterprise := w.as(jiqiao.RoleSystemAdmin), w.as(jiqiao.RoleEnterprise)
	hidden := []string{"13812348000", "feng@example.cn"}
	w.play(t, []scenario{
		{name: "signed out", ask: ask{path: file}, status: 401},
		{name: "not for enterprises", ask: ask{path: file, user: enterprise}, status: 403},
		{name: "the list masks contacts", ask: ask{path: list, user: away}, status: 200, has: []string{"骐骥"}, lacks: hidden},
		{name: "so does the file", ask: ask{path: file, user: away}, status: 200, has: []string{"骐骥"}, lacks: hidden},
		{name: "an administrator reads no contact and no address", ask: ask{path: list, user: admin}, status: 200, has: []string{"骐骥"}, lacks: append(hidden, "人民路", "封毅")},
		{name: "nor in the file", ask: ask{path: file, user: admin}, status: 200, has: []string{"骐骥"}, lacks: append(hidden, "人民路", "封毅")},
		{name: "narrowed like the list", ask: ask{path: file + "?region=330100", user: admin}, status: 200, lacks: []string{"骐骥"}},
		{name: "no such region", ask: ask{path: file + "?region=x", user: admin}, status: 400},
	})
}
