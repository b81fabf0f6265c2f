package account

import (
	"strings"
	"testing"

	"jiqiao"
)

const creditCode = "91350100M000100Y43"

func asking(login string, change ...func(*jiqiao.SignUp)) jiqiao.SignUp {
	up := jiqiao.SignUp{
		Organisation: jiqiao.Organisation{Name: "甲公司", Kind: jiqiao.OrganisationEnterprise, CreditCode: creditCode, Region: "320981"},
		User:         jiqiao.User{Login: login, Name: "赵六", Email: login + "@example.cn"},
	}
	for _, c := range change {
		c(&up)
	}
	return up
}

func TestSignUpIsReviewed(t *testing.T) {
	w := newWorld(t)
	operator := w.person("yewu", jiqiao.RoleOperator, func(a *jiqiao.Account) { a.Region = "320900" }).Viewer()
	far := w.person("far", jiqiao.RoleOperator, func(a *jiqiao.Account) { a.Region = "330000" }).Viewer()
	up, err := w.SignUp(w.ctx, asking("zhao", func(up *jiqiao.SignUp) {
		// What nobody says of themselves.
		up.User.Role, up.User.State, up.User.Lead, up.User.OrganisationID = jiqiao.RoleSystemAdmin, jiqiao.UserActive, true, "o_1"
	}), password, false)
	w.must(err)
	if u := w.user(up.User.ID); u.Role != jiqiao.RoleEnterprise || u.State != jiqiao.UserPending || u.Lead || u.OrganisationID != "" {
		t.Errorf("waits as %+v", u)
	}
	_, err = w.SignIn(w.ctx, jiqiao.SignIn{Login: "zhao", Password: password})
	w.fails(jiqiao.CodeForbidden, err)
	_, err = w.SignUpByID(w.ctx, far, up.ID)
	w.fails(jiqiao.CodeNotFound, err)
	_, err = w.DecideSignUp(w.ctx, far, up.ID, 1, true, "")
	w.fails(jiqiao.CodeNotFound, err)
	if page, err := w.SignUps(w.ctx, far, jiqiao.SignUpQuery{Region: "320900"}); err != nil || page.Total != 0 {
		t.Errorf("far away: %+v, %v", page, err)
	}
	_, err = w.DecideSignUp(w.ctx, operator, up.ID, 1, false, "  ")
	w.fails(jiqiao.CodeInvalid, err)
	_, err = w.DecideSignUp(w.ctx, operator, up.ID, 7, true, "")
	w.fails(jiqiao.CodeConflict, err)
	// Nobody lets in past the review.
	admin := w.person("anquan", jiqiao.RoleSecurityAdmin).Viewer()
	_, err = w.SetState(w.ctx, admin, up.User.ID, jiqiao.UserActEnable)
	w.fails(jiqiao.CodeConflict, err)
	done, err := w.DecideSignUp(w.ctx, operator, up.ID, 1, true, "")
	w.must(err)
	if out := w.signIn("zhao", password); !out.User.Lead || out.User.OrganisationID != done.OrganisationID || !strings.HasPrefix(done.OrganisationID, "o_") {
		t.Errorf("let in as %+v", out.User)
	}
	_, err = w.DecideSignUp(w.ctx, operator, up.ID, 2, false, "晚了")
	w.fails(jiqiao.CodeConflict, err)
}

func TestSignUpOfAnOrganisationThatIsThere(t *testing.T) {
	w := newWorld(t)
	operator := w.person("yewu", jiqiao.RoleOperator).Viewer()
	first, err := w.SignUp(w.ctx, asking("zhao"), password, false)
	w.must(err)
	_, err = w.DecideSignUp(w.ctx, operator, first.ID, 1, true, "")
	w.must(err)
	_, err = w.SignUp(w.ctx, asking("qian"), password, false)
	w.fails(jiqiao.CodeConflict, err)
	if !strings.Contains(err.Error(), "甲公司") {
		t.Errorf("says %v", err)
	}
	second, err := w.SignUp(w.ctx, asking("qian"), password, true)
	w.must(err)
	done, err := w.DecideSignUp(w.ctx, operator, second.ID, 1, true, "")
	w.must(err)
	if done.User.Lead || done.User.OrganisationID != w.user(first.User.ID).OrganisationID {
		t.Errorf("joined as %+v", done.User)
	}
}

func TestWhoWasRefusedMayAskAnew(t *testing.T) {
	w := newWorld(t)
	operator := w.person("yewu", jiqiao.RoleOperator).Viewer()
	up, err := w.SignUp(w.ctx, asking("zhao"), password, false)
	w.must(err)
	_, err = w.DecideSignUp(w.ctx, operator, up.ID, 1, false, "代码不符")
	w.must(err)
	_, err = w.SignIn(w.ctx, jiqiao.SignIn{Login: "zhao", Password: password})
	w.fails(jiqiao.CodeUnauthorized, err)
	_, err = w.SignUp(w.ctx, asking("zhao"), password, false)
	w.must(err)
}

func TestSignUpsThatAreNotWhole(t *testing.T) {
	w := newWorld(t)
	w.person("taken", jiqiao.RoleBroker)
	for name, c := range map[string]struct {
		change   func(*jiqiao.SignUp)
		password string
		field    string
	}{
		"a bureau":            {change: func(up *jiqiao.SignUp) { up.Organisation.Kind = jiqiao.OrganisationBureau }, field: "organisation.kind"},
		"no kind":             {change: func(up *jiqiao.SignUp) { up.Organisation.Kind = "" }, field: "organisation.kind"},
		"no credit code":      {change: func(up *jiqiao.SignUp) { up.Organisation.CreditCode = "无" }, field: "organisation.credit_code"},
		"no region":           {change: func(up *jiqiao.SignUp) { up.Organisation.Region = "" }, field: "organisation.region"},
		"no name":             {change: func(up *jiqiao.SignUp) { up.User.Name = "" }, field: "name"},
		"no way to tell":      {change: func(up *jiqiao.SignUp) { up.User.Email = "" }, field: "email"},
		"no address":          {change: func(up *jiqiao.SignUp) { up.User.Email = "x" }, field: "email"},
		"no mobile":           {change: func(up *jiqiao.SignUp) { up.User.Mobile = "123" }, field: "mobile"},
		"a weak password":     {password: "12345678", field: "password"},
		"a login that is had": {change: func(up *jiqiao.SignUp) { up.User.Login = "TAKEN" }, field: "login"},
	} {
		up := asking("zhao")
		if c.change != nil {
			c.change(&up)
		}
		if c.password == "" {
			c.password = password
		}
		_, err := w.SignUp(w.ctx, up, c.password, false)
		if err == nil || !strings.Contains(err.Error(), "; "+c.field+": ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if page, err := w.SignUps(w.ctx, jiqiao.Viewer{}, jiqiao.SignUpQuery{}); err != nil || page.Total != 0 {
		t.Errorf("kept: %+v, %v", page, err)
	}
}
