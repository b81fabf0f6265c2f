package account

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"jiqiao"
)

// town is a world with people of every kind, in two regions.
type town struct {
	*world
	people map[string]jiqiao.User
}

func newTown(t *testing.T) town {
	w := newWorld(t)
	at := func(region string) func(*jiqiao.Account) { return func(a *jiqiao.Account) { a.Region = region } }
	here, there := w.organisation("甲公司", jiqiao.OrganisationEnterprise, "320981"), w.organisation("乙公司", jiqiao.OrganisationEnterprise, "330100")
	people := map[string]jiqiao.User{}
	for login, c := range map[string]struct {
		role   jiqiao.Role
		change func(*jiqiao.Account)
	}{
		"lead": {jiqiao.RoleEnterprise, in(here, true)}, "member": {jiqiao.RoleEnterprise, in(here, false)},
		"foreign-lead": {jiqiao.RoleEnterprise, in(there, true)}, "foreigner": {jiqiao.RoleEnterprise, in(there, false)},
		"broker": {jiqiao.RoleBroker, at("320900")}, "operator": {jiqiao.RoleOperator, at("320900")}, "elsewhere": {jiqiao.RoleOperator, at("330000")},
		"system": {jiqiao.RoleSystemAdmin, at("")}, "system-here": {jiqiao.RoleSystemAdmin, at("320900")}, "security": {jiqiao.RoleSecurityAdmin, at("")},
		"security-here": {jiqiao.RoleSecurityAdmin, at("320900")}, "auditor": {jiqiao.RoleAuditor, at("")},
	} {
		people[login] = w.person(login, c.role, c.change)
	}
	return town{w, people}
}

// verdict is what comes back: "" for done, else the code.
func (w town) verdicts(do func(v jiqiao.Viewer, target jiqiao.User) error) map[string]string {
	w.t.Helper()
	logins := []string{}
	for login := range w.people {
		logins = append(logins, login)
	}
	slices.Sort(logins)
	got := map[string]string{}
	for _, actor := range logins {
		var done []string
		for _, target := range logins {
			switch code := jiqiao.CodeOf(do(w.people[actor].Viewer(), w.people[target])); code {
			case "", jiqiao.CodeConflict, jiqiao.CodeInvalid: // let through; what was asked does not fit
				done = append(done, target)
			case jiqiao.CodeForbidden, jiqiao.CodeNotFound:
			default:
				w.t.Errorf("%s to %s: %s", actor, target, code)
			}
		}
		if len(done) > 0 {
			got[actor] = strings.Join(done, " ")
		}
	}
	return got
}

func (w town) expect(what string, got, want map[string]string) {
	w.t.Helper()
	for _, actor := range slices.Sorted(keys(got, want)) {
		if got[actor] != want[actor] {
			w.t.Errorf("%s: %s reaches %q, want %q", what, actor, got[actor], want[actor])
		}
	}
}

func keys(maps ...map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		seen := map[string]bool{}
		for _, m := range maps {
			for k := range m {
				if !seen[k] && !yield(k) {
					return
				}
				seen[k] = true
			}
		}
	}
}

// Each row is who may do it, and to whom; whoever is not named must not, to anybody.
func TestWhoMayDoWhatToWhom(t *testing.T) {
	const (
		business     = "broker elsewhere foreign-lead foreigner lead member operator"
		businessHere = "broker lead member operator"
		all          = "auditor broker elsewhere foreign-lead foreigner lead member operator security security-here system system-here"
	)
	name := "新名字"
	for what, c := range map[string]struct {
		do   func(w town, v jiqiao.Viewer, u jiqiao.User) error
		want map[string]string
	}{
		"see": {func(w town, v jiqiao.Viewer, u jiqiao.User) error { _, err := w.User(w.ctx, v, u.ID); return err }, map[string]string{
			"system": all, "security": all, "system-here": businessHere + " security-here system-here", "security-here": businessHere + " security-here system-here",
			"operator": businessHere + " security-here system-here", "elsewhere": "elsewhere foreign-lead foreigner", "lead": "lead member",
			"foreign-lead": "foreign-lead foreigner", "member": "member", "foreigner": "foreigner", "broker": "broker", "auditor": "auditor",
		}},
		"edit": {func(w town, v jiqiao.Viewer, u jiqiao.User) error {
			_, err := w.EditUser(w.ctx, v, u.ID, w.user(u.ID).Version, jiqiao.UserEdit{Name: &name})
			return err
		}, map[string]string{"system": business, "system-here": businessHere, "lead": "member", "foreign-lead": "foreigner"}},
		"reset": {func(w town, v jiqiao.Viewer, u jiqiao.User) error {
			_, err := w.ResetPassword(w.ctx, v, u.ID, false)
			return err
		}, map[string]string{"system": business, "system-here": businessHere, "lead": "member", "foreign-lead": "foreigner"}},
		"lock": {func(w town, v jiqiao.Viewer, u jiqiao.User) error {
			_, err := w.SetState(w.ctx, v, u.ID, jiqiao.UserActLock)
			if err == nil {
				_, err = w.Console().SetState(w.ctx, u.Login, jiqiao.UserActUnlock)
			}
			return err
		}, map[string]string{
			"system": business, "system-here": businessHere, "lead": "member", "foreign-lead": "foreigner",
			"security":      "auditor broker elsewhere foreign-lead foreigner lead member operator security-here system system-here",
			"security-here": businessHere + " system-here",
		}},
		"grant": {func(w town, v jiqiao.Viewer, u jiqiao.User) error {
			now := w.user(u.ID)
			_, err := w.SetGrant(w.ctx, v, u.ID, jiqiao.UserGrant{Role: now.Role, OrganisationID: now.OrganisationID, Lead: now.Lead, Region: now.Region})
			return err
		}, map[string]string{
			"security":      "auditor broker elsewhere foreign-lead foreigner lead member operator security-here system system-here",
			"security-here": businessHere + " system-here",
		}},
		"lead": {func(w town, v jiqiao.Viewer, u jiqiao.User) error {
			_, err := w.SetLead(w.ctx, v, u.ID, u.Lead)
			return err
		}, map[string]string{"lead": "member", "foreign-lead": "foreigner"}},
		"sign out": {func(w town, v jiqiao.Viewer, u jiqiao.User) error { return w.EndUserSessions(w.ctx, v, u.ID) }, map[string]string{
			"system": business, "system-here": businessHere, "lead": "member", "foreign-lead": "foreigner",
			"security":      "auditor broker elsewhere foreign-lead foreigner lead member operator security-here system system-here",
			"security-here": businessHere + " system-here",
		}},
		"invite again": {func(w town, v jiqiao.Viewer, u jiqiao.User) error {
			_, err := w.InviteAgain(w.ctx, v, u.ID)
			return err
		}, map[string]string{
			"system": business, "system-here": businessHere, "lead": "member", "foreign-lead": "foreigner",
		}},
	} {
		t.Run(what, func(t *testing.T) {
			w := newTown(t)
			w.expect(what, w.verdicts(func(v jiqiao.Viewer, u jiqiao.User) error { return c.do(w, v, u) }), c.want)
		})
	}
}

// What one does not reach does not exist: the answer is the one for an id that never was.
func TestOutOfReachIsNotThere(t *testing.T) {
	w := newTown(t)
	for actor, target := range map[string]string{"member": "lead", "lead": "foreigner", "operator": "foreigner", "broker": "system", "auditor": "member"} {
		_, err := w.User(w.ctx, w.people[actor].Viewer(), w.people[target].ID)
		w.fails(jiqiao.CodeNotFound, err)
		_, none := w.User(w.ctx, w.people[actor].Viewer(), "u_00000000000000000000")
		w.fails(jiqiao.CodeNotFound, none)
	}
}

func TestListsReachAsFar(t *testing.T) {
	w := newTown(t)
	for actor, want := range map[string]int{"system": 12, "security": 12, "operator": 6, "elsewhere": 3, "lead": 2, "foreign-lead": 2, "member": -1, "broker": -1, "auditor": -1} {
		page, err := w.Users(w.ctx, w.people[actor].Viewer(), jiqiao.UserQuery{})
		if want < 0 {
			w.fails(jiqiao.CodeForbidden, err)
			continue
		}
		if w.must(err); page.Total != want {
			t.Errorf("%s lists %d, want %d", actor, page.Total, want)
		}
	}
	// A filter widens nothing.
	for name, c := range map[string]struct {
		actor string
		q     jiqiao.UserQuery
	}{
		"another region":       {"operator", jiqiao.UserQuery{Region: "330000"}},
		"the region around":    {"operator", jiqiao.UserQuery{Region: "320000"}},
		"another organisation": {"lead", jiqiao.UserQuery{Organisation: w.people["foreigner"].OrganisationID}},
		"another's, by region": {"operator", jiqiao.UserQuery{Organisation: w.people["foreigner"].OrganisationID}},
	} {
		page, err := w.Users(w.ctx, w.people[c.actor].Viewer(), c.q)
		if w.must(err); len(page.Items) != 0 {
			t.Errorf("%s: %+v", name, page.Items)
		}
	}
}

func TestWhoMayMakeAccounts(t *testing.T) {
	w := newTown(t)
	here, there := w.people["lead"].OrganisationID, w.people["foreigner"].OrganisationID
	u := func(role jiqiao.Role, organisation, region string) jiqiao.User {
		return jiqiao.User{Name: "新人", Role: role, OrganisationID: organisation, Region: region}
	}
	n := 0
	for name, c := range map[string]struct {
		actor string
		u     jiqiao.User
		want  jiqiao.Code
		state jiqiao.UserState
	}{
		"an enterprise":              {"system", u(jiqiao.RoleEnterprise, here, ""), "", jiqiao.UserActive},
		"a broker":                   {"system", u(jiqiao.RoleBroker, "", "320900"), "", jiqiao.UserActive},
		"an operator waits":          {"system", u(jiqiao.RoleOperator, "", "320900"), "", jiqiao.UserPending},
		"an administrator waits":     {"system", u(jiqiao.RoleSecurityAdmin, "", ""), "", jiqiao.UserPending},
		"in the region":              {"system-here", u(jiqiao.RoleOperator, "", "320981"), "", jiqiao.UserPending},
		"beyond the region":          {"system-here", u(jiqiao.RoleOperator, "", "330100"), jiqiao.CodeInvalid, ""},
		"without a region":           {"system-here", u(jiqiao.RoleOperator, "", ""), jiqiao.CodeInvalid, ""},
		"into a foreign one":         {"system-here", u(jiqiao.RoleEnterprise, there, "320900"), jiqiao.CodeInvalid, ""},
		"of the wrong kind":          {"system", u(jiqiao.RoleUniversity, here, ""), jiqiao.CodeInvalid, ""},
		"of no organisation":         {"system", u(jiqiao.RoleEnterprise, "", ""), jiqiao.CodeInvalid, ""},
		"of one that is not there":   {"system", u(jiqiao.RoleEnterprise, "o_00000000000000000000", ""), jiqiao.CodeInvalid, ""},
		"of no role":                 {"system", u("root", "", ""), jiqiao.CodeInvalid, ""},
		"an operator in a company":   {"system", u(jiqiao.RoleOperator, here, ""), jiqiao.CodeInvalid, ""},
		"by the security admin":      {"security", u(jiqiao.RoleEnterprise, here, ""), jiqiao.CodeForbidden, ""},
		"by an operator":             {"operator", u(jiqiao.RoleEnterprise, here, ""), jiqiao.CodeForbidden, ""},
		"by a member":                {"member", u(jiqiao.RoleEnterprise, here, ""), jiqiao.CodeForbidden, ""},
		"by a broker":                {"broker", u(jiqiao.RoleEnterprise, here, ""), jiqiao.CodeForbidden, ""},
		"by the public":              {"", u(jiqiao.RoleEnterprise, here, ""), jiqiao.CodeForbidden, ""},
		"with what is not for input": {"system", jiqiao.User{Name: "x", Role: jiqiao.RoleBroker, State: jiqiao.UserLocked, TOTP: true, EmailVerified: true}, "", jiqiao.UserActive},
	} {
		n++
		c.u.Login = fmt.Sprint("new", n)
		made, password, err := w.CreateUser(w.ctx, w.people[c.actor].Viewer(), c.u)
		if jiqiao.CodeOf(err) != c.want || made.State != c.state || (password != "") != (c.want == "") || made.TOTP || made.EmailVerified {
			t.Errorf("%s: %+v %q %v", name, made, password, err)
		}
		if c.want == "" && !made.MustChangePassword {
			t.Errorf("%s: may keep the first password", name)
		}
	}
}

// The system administrator makes the account, the security administrator lets it in (三员).
func TestPrivilegedAccountsTakeTwo(t *testing.T) {
	w := newTown(t)
	system, security := w.people["system"].Viewer(), w.people["security"].Viewer()
	u, first, err := w.CreateUser(w.ctx, system, jiqiao.User{Login: "second", Name: "二号", Role: jiqiao.RoleSystemAdmin})
	w.must(err)
	_, err = w.SignIn(w.ctx, jiqiao.SignIn{Login: "second", Password: first})
	w.fails(jiqiao.CodeForbidden, err)
	_, err = w.SetState(w.ctx, system, u.ID, jiqiao.UserActEnable)
	w.fails(jiqiao.CodeForbidden, err)
	_, err = w.SetState(w.ctx, security, u.ID, jiqiao.UserActEnable)
	w.must(err)
	if out := w.signIn("second", first); !out.Session.MustChange {
		t.Error("the one-time password opens everything")
	}
}

func TestNobodyRaisesThemselves(t *testing.T) {
	w := newTown(t)
	for login, u := range w.people {
		v := u.Viewer()
		for _, g := range []jiqiao.UserGrant{{Role: jiqiao.RoleSecurityAdmin}, {Role: jiqiao.RoleOperator}, {Role: u.Role, OrganisationID: u.OrganisationID, Lead: true}, {Role: u.Role}} {
			if _, err := w.SetGrant(w.ctx, v, u.ID, g); err == nil {
				t.Errorf("%s gives themselves %+v", login, g)
			}
		}
		if _, err := w.SetLead(w.ctx, v, u.ID, true); err == nil {
			t.Errorf("%s makes themselves lead", login)
		}
		for _, act := range []jiqiao.UserAct{jiqiao.UserActEnable, jiqiao.UserActUnlock, jiqiao.UserActDisable, jiqiao.UserActLock} {
			if _, err := w.SetState(w.ctx, v, u.ID, act); err == nil {
				t.Errorf("%s does %s to themselves", login, act)
			}
		}
	}
	// A bounded security administrator gives nothing beyond the own region.
	here := w.people["security-here"].Viewer()
	for _, region := range []string{"", "330000", "320000"} {
		_, err := w.SetGrant(w.ctx, here, w.people["operator"].ID, jiqiao.UserGrant{Role: jiqiao.RoleOperator, Region: region})
		w.fails(jiqiao.CodeInvalid, err)
	}
}

func TestGrantEndsWhatWas(t *testing.T) {
	w := newTown(t)
	out := w.signIn("broker", password)
	got, err := w.SetGrant(w.ctx, w.people["security"].Viewer(), w.people["broker"].ID, jiqiao.UserGrant{Role: jiqiao.RoleOperator, Region: "320900"})
	w.must(err)
	if got.Role != jiqiao.RoleOperator || w.opens(out.Secret) {
		t.Errorf("%+v", got)
	}
	if _, err = w.SetGrant(w.ctx, w.people["security"].Viewer(), w.people["member"].ID, jiqiao.UserGrant{Role: jiqiao.RoleEnterprise}); jiqiao.CodeOf(err) != jiqiao.CodeInvalid {
		t.Errorf("an enterprise without organisation: %v", err)
	}
}

func TestInvitations(t *testing.T) {
	w := newTown(t)
	lead := w.people["lead"]
	// Whatever a lead asks for, it is a member of the own organisation.
	out, err := w.Invite(w.ctx, lead.Viewer(), jiqiao.User{
		Login: "xin", Name: "新人", Role: jiqiao.RoleSystemAdmin, OrganisationID: w.people["foreigner"].OrganisationID, Region: "110000", State: jiqiao.UserActive,
	})
	w.must(err)
	if u := out.User; u.Role != jiqiao.RoleEnterprise || u.OrganisationID != lead.OrganisationID || u.State != jiqiao.UserPending || u.Region != "320981" || out.Link == "" {
		t.Errorf("invited %+v %q", u, out.Link)
	}
	again, err := w.InviteAgain(w.ctx, lead.Viewer(), out.User.ID)
	w.must(err)
	w.fails(jiqiao.CodeNotFound, w.UseLink(w.ctx, jiqiao.LinkInvitation, secretOf(t, out.Link), "Another1-way"))
	w.must(w.UseLink(w.ctx, jiqiao.LinkInvitation, secretOf(t, again.Link), "Another1-way"))
	w.fails(jiqiao.CodeNotFound, w.UseLink(w.ctx, jiqiao.LinkInvitation, secretOf(t, again.Link), "Another1-way"))
	if signed := w.signIn("xin", "Another1-way"); signed.User.State != jiqiao.UserActive || signed.User.EmailVerified {
		t.Errorf("came %+v", signed.User)
	}
	_, err = w.InviteAgain(w.ctx, lead.Viewer(), out.User.ID)
	w.fails(jiqiao.CodeConflict, err)
	// By mail the link goes to the address alone.
	mailed, err := w.Invite(w.ctx, lead.Viewer(), jiqiao.User{Login: "mail", Name: "邮件", Email: "m@example.cn"})
	w.must(err)
	if mailed.Link != "" {
		t.Error("who invites sees a link that proves another's address")
	}
	w.must(w.UseLink(w.ctx, jiqiao.LinkInvitation, w.mailed("account.invited"), "Another1-way"))
	if !w.user(mailed.User.ID).EmailVerified {
		t.Error("who followed the link has the address")
	}
	late, err := w.Invite(w.ctx, lead.Viewer(), jiqiao.User{Login: "late", Name: "迟到"})
	w.must(err)
	w.later(7 * 24 * time.Hour)
	w.fails(jiqiao.CodeNotFound, w.UseLink(w.ctx, jiqiao.LinkInvitation, secretOf(t, late.Link), "Another1-way"))
	_, err = w.Invite(w.ctx, w.people["member"].Viewer(), jiqiao.User{Login: "no", Name: "不行"})
	w.fails(jiqiao.CodeForbidden, err)
	_, err = w.Invite(w.ctx, lead.Viewer(), jiqiao.User{Login: "XIN", Name: "重名"})
	w.fails(jiqiao.CodeConflict, err)
}

func TestOwnProfile(t *testing.T) {
	w := newWorld(t)
	u := w.person("broker", jiqiao.RoleBroker, mailbox, func(a *jiqiao.Account) {
		a.EmailVerified, a.Broker = true, &jiqiao.BrokerProfile{Level: "junior", Capacity: 5, Certificate: "C-1"}
	})
	s := w.signIn("broker", password).Session
	name, mail := "新名", "new@example.cn"
	version := w.user(u.ID).Version
	_, err := w.EditSelf(w.ctx, s, version, jiqiao.UserEdit{Email: &mail})
	w.fails(jiqiao.CodeInvalid, err)
	version = w.user(u.ID).Version
	_, err = w.EditSelf(w.ctx, s, version-1, jiqiao.UserEdit{Name: &name})
	w.fails(jiqiao.CodeConflict, err)
	got, err := w.EditSelf(w.ctx, s, version, jiqiao.UserEdit{
		Name: &name, Email: &mail, Password: password,
		Broker: &jiqiao.BrokerProfile{Level: "senior", Capacity: 500, Certificate: "C-9", Fields: []string{"20"}, Regions: []string{"320900"}},
	})
	w.must(err)
	if b := got.Broker; got.Name != name || got.EmailVerified || b.Level != "junior" || b.Capacity != 5 || b.Certificate != "C-1" || b.Fields[0] != "20" {
		t.Errorf("%+v %+v", got, got.Broker)
	}
}
