package api

import (
	"fmt"
	"testing"

	"jiqiao"
)

// person is someone with an account, signed in.
type person struct {
	jiqiao.User
	secret string
}

// testPassword keeps the rules.
const testPassword = "Kx7-qiaoliang"

// as is a person of the role, signed in; the same one every time. Enterprises and universities have an organisation of
// their kind.
func (w *world) as(role jiqiao.Role) *person {
	w.t.Helper()
	if w.people[role] == nil {
		w.people[role] = w.newPerson(role)
	}
	return w.people[role]
}

// newPerson is another person of the role, signed in. change may set anything: the organisation, the region, the lead.
func (w *world) newPerson(role jiqiao.Role, change ...func(*jiqiao.User)) *person {
	w.t.Helper()
	ctx := w.t.Context()
	w.number++
	u := jiqiao.User{Login: fmt.Sprintf("%s-%d", role, w.number), Name: fmt.Sprintf("测试%d", w.number), Role: role, State: jiqiao.UserActive}
	for _, c := range change {
		c(&u)
	}
	kinds := map[jiqiao.Role]jiqiao.OrganisationKind{jiqiao.RoleEnterprise: jiqiao.OrganisationEnterprise, jiqiao.RoleUniversity: jiqiao.OrganisationUniversity}
	if kind := kinds[role]; kind != "" && u.OrganisationID == "" {
		o := &jiqiao.Organisation{Name: fmt.Sprintf("测试单位%d", w.number), Kind: kind, Region: "320900"}
		if err := w.store.PutOrganisation(ctx, o); err != nil {
			w.t.Fatal(err)
		}
		u.OrganisationID = o.ID
	}
	password, err := w.accounts.Hash(ctx, testPassword)
	if err != nil {
		w.t.Fatal(err)
	}
	a := &jiqiao.Account{User: u, Credentials: jiqiao.Credentials{Password: password}}
	if err := w.store.CreateAccount(ctx, a, jiqiao.AccountChange{}); err != nil {
		w.t.Fatal(err)
	}
	return w.signIn(a.Login, testPassword)
}

// signIn signs the account in, past HTTP.
func (w *world) signIn(login, password string) *person {
	w.t.Helper()
	in, err := w.accounts.SignIn(w.t.Context(), jiqiao.SignIn{Login: login, Password: password})
	if err != nil {
		w.t.Fatal(err)
	}
	return &person{User: in.User, secret: in.Secret}
}

// Every role signs in, sees who it is and what it may do.
func TestEveryRoleSignsIn(t *testing.T) {
	w := newWorld(t)
	for _, role := range jiqiao.Roles {
		p := w.as(role)
		if p != w.as(role) {
			t.Errorf("%s is another person the second time", role)
		}
		rec := w.do(ask{path: "/api/v1/auth/session", user: p})
		if rec.Code != 200 {
			t.Errorf("%s: %d %s", role, rec.Code, rec.Body)
		}
	}
}
