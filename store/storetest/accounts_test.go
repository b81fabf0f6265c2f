package storetest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"jiqiao"
	"jiqiao/store"
)

func accountTests() map[string]func(*env) {
	return map[string]func(*env){
		"AccountIsKeptWhole":               accountIsKeptWhole,
		"LoginIsOnePersons":                loginIsOnePersons,
		"AccountChangesWaitForEachOther":   accountChangesWait,
		"AccountChangeIsAllOrNothing":      accountChangeIsAllOrNothing,
		"LastAdministratorStays":           lastAdministratorStays,
		"TwoAdministratorsCannotBothLeave": twoAdministratorsCannotBothLeave,
		"SubjectIsOneAccounts":             subjectIsOneAccounts,
		"AddressFindsVerifiedOnly":         addressFindsVerifiedOnly,
		"UsersArePagedInEveryOrder":        usersArePaged,
		"UsersAreFiltered":                 usersAreFiltered,
		"SessionLivesAndEnds":              sessionLivesAndEnds,
		"SessionsGiveWay":                  sessionsGiveWay,
		"SessionsTighten":                  sessionsTighten,
		"LinkOpensOnce":                    linkOpensOnce,
		"LinkIsReplaced":                   linkIsReplaced,
		"SignUpBecomesAnOrganisation":      signUpBecomesAnOrganisation,
		"SignUpJoins":                      signUpJoins,
		"SignUpIsDecidedOnce":              signUpIsDecidedOnce,
		"SettingIsChangedByOne":            settingIsChangedByOne,
		"TokenOfAnOrganisation":            tokenOfAnOrganisation,
		"PeopleMoveWithTheirOrganisation":  peopleMoveWithTheirOrganisation,
	}
}

// person is an account that is not kept yet.
func person(login string, role jiqiao.Role, change ...func(*jiqiao.Account)) *jiqiao.Account {
	a := &jiqiao.Account{User: jiqiao.User{Login: login, Name: "姓名" + login, Role: role, State: jiqiao.UserActive}}
	for _, c := range change {
		c(a)
	}
	return a
}

func (e *env) account(login string, role jiqiao.Role, change ...func(*jiqiao.Account)) *jiqiao.Account {
	e.t.Helper()
	a := person(login, role, change...)
	e.must(e.CreateAccount(e.ctx, a, jiqiao.AccountChange{}))
	return a
}

func (e *env) change(id string, change func(*jiqiao.Account) jiqiao.AccountChange) jiqiao.Account {
	e.t.Helper()
	a, err := e.ChangeAccount(e.ctx, id, func(a *jiqiao.Account) (jiqiao.AccountChange, error) { return change(a), nil })
	e.must(err)
	return a
}

// audited are the names of the acts in the audit, the oldest first.
func (e *env) audited() []string {
	e.t.Helper()
	var all []string
	page, err := e.AuditEntries(e.ctx, jiqiao.AuditQuery{Limit: jiqiao.MaxPageSize})
	e.must(err)
	for _, entry := range page.Entries {
		all = append(all, entry.Act)
	}
	slices.Reverse(all)
	return all
}

func accountIsKeptWhole(e *env) {
	when := e.clock.Now().UTC().Truncate(time.Microsecond)
	a := person("Ｚhang@Example.cn", jiqiao.RoleBroker, func(a *jiqiao.Account) {
		a.Name, a.Email, a.EmailVerified, a.Mobile, a.Position = "张\x00三", "z@example.cn", true, "13800000000", "科长"
		a.OrganisationID, a.Lead, a.Region, a.MustChangePassword, a.TOTP = "o_1", true, "320900", true, true
		a.Broker = &jiqiao.BrokerProfile{Level: "senior", Fields: []string{"20"}, Regions: []string{"320900"}, Capacity: 12, Certificate: "C-1"}
		a.LockedUntil, a.LastLoginAt, a.PasswordChangedAt = &when, &when, &when
		a.Credentials = jiqiao.Credentials{
			Password: "$p", History: []string{"$a", "$b"}, Failures: 3, TOTPSecret: "S", TOTPPending: "P", TOTPStep: 7, Recovery: []string{"r"}, Subject: "iss sub",
		}
	})
	e.must(e.CreateAccount(e.ctx, a, jiqiao.AccountChange{Acts: []jiqiao.Act{{Name: "user.create"}}}))
	got, err := e.Account(e.ctx, a.ID)
	e.must(err)
	want := *a
	want.Name = "张三"
	if diff := cmp.Diff(want, got); diff != "" {
		e.t.Errorf("account (-want +got):\n%s", diff)
	}
	for _, login := range []string{"zhang@example.cn", " ZHANG@EXAMPLE.CN ", "Ｚhang@Example.cn"} {
		if got, err := e.AccountByLogin(e.ctx, login); err != nil || got.ID != a.ID {
			e.t.Errorf("%q finds %q, %v", login, got.ID, err)
		}
	}
	for _, id := range []string{"", "u_", "u_00000000000000000000", "\x00", "n_00000000000000000000"} {
		_, err := e.Account(e.ctx, id)
		e.fails(jiqiao.CodeNotFound, err)
		_, err = e.ChangeAccount(e.ctx, id, nil)
		e.fails(jiqiao.CodeNotFound, err)
	}
	_, err = e.AccountByLogin(e.ctx, "")
	e.fails(jiqiao.CodeNotFound, err)
	if got := e.audited(); !slices.Equal(got, []string{"user.create"}) {
		e.t.Errorf("audit: %v", got)
	}
}

func loginIsOnePersons(e *env) {
	first := e.account("Zhang San", jiqiao.RoleBroker)
	e.fails(jiqiao.CodeConflict, e.CreateAccount(e.ctx, person("ｚｈａｎｇsan", jiqiao.RoleBroker), jiqiao.AccountChange{}))
	other := e.account("lisi", jiqiao.RoleBroker)
	_, err := e.ChangeAccount(e.ctx, other.ID, func(a *jiqiao.Account) (jiqiao.AccountChange, error) {
		a.Login = "ZHANGSAN"
		return jiqiao.AccountChange{}, nil
	})
	e.fails(jiqiao.CodeConflict, err)
	e.change(first.ID, func(a *jiqiao.Account) jiqiao.AccountChange { a.Login = "ZhangSan"; return jiqiao.AccountChange{} })
}

func accountChangesWait(e *env) {
	a := e.account("zhang", jiqiao.RoleBroker)
	second := e.another()
	var all sync.WaitGroup
	for i := range 10 {
		st := []*store.Store{e.Store, second}[i%2]
		all.Go(func() {
			_, err := st.ChangeAccount(e.ctx, a.ID, func(a *jiqiao.Account) (jiqiao.AccountChange, error) {
				a.Credentials.Failures++
				return jiqiao.AccountChange{}, nil
			})
			if err != nil {
				e.t.Error(err)
			}
		})
	}
	all.Wait()
	got, err := e.Account(e.ctx, a.ID)
	e.must(err)
	if got.Credentials.Failures != 10 || got.Version != 11 {
		e.t.Errorf("%d failures, version %d after 10 changes", got.Credentials.Failures, got.Version)
	}
}

func accountChangeIsAllOrNothing(e *env) {
	a := e.account("zhang", jiqiao.RoleBroker)
	acts := len(e.audited())
	_, err := e.ChangeAccount(e.ctx, a.ID, func(a *jiqiao.Account) (jiqiao.AccountChange, error) {
		a.State = jiqiao.UserDisabled
		return jiqiao.AccountChange{Acts: []jiqiao.Act{{Name: "user.disable"}}}, jiqiao.Fail(jiqiao.CodeForbidden, "不行", nil)
	})
	e.fails(jiqiao.CodeForbidden, err)
	got, err := e.Account(e.ctx, a.ID)
	e.must(err)
	if diff := cmp.Diff(*a, got); diff != "" || len(e.audited()) != acts {
		e.t.Errorf("something stayed: %s %v", diff, e.audited())
	}
}

func lastAdministratorStays(e *env) {
	only := e.account("only", jiqiao.RoleSecurityAdmin)
	e.account("other", jiqiao.RoleSystemAdmin)
	e.account("waits", jiqiao.RoleSecurityAdmin, func(a *jiqiao.Account) { a.State = jiqiao.UserPending })
	for name, change := range map[string]func(*jiqiao.Account){
		"disabled":    func(a *jiqiao.Account) { a.State = jiqiao.UserDisabled },
		"locked":      func(a *jiqiao.Account) { a.State = jiqiao.UserLocked },
		"other role":  func(a *jiqiao.Account) { a.Role = jiqiao.RoleOperator },
		"other admin": func(a *jiqiao.Account) { a.Role = jiqiao.RoleAuditor },
	} {
		_, err := e.ChangeAccount(e.ctx, only.ID, func(a *jiqiao.Account) (jiqiao.AccountChange, error) {
			change(a)
			return jiqiao.AccountChange{}, nil
		})
		if jiqiao.CodeOf(err) != jiqiao.CodeConflict {
			e.t.Errorf("the last one was %s: %v", name, err)
		}
	}
	e.account("second", jiqiao.RoleSecurityAdmin)
	e.change(only.ID, func(a *jiqiao.Account) jiqiao.AccountChange {
		a.State = jiqiao.UserDisabled
		return jiqiao.AccountChange{}
	})
}

func twoAdministratorsCannotBothLeave(e *env) {
	second := e.another()
	for round := range 5 {
		role := jiqiao.RoleSystemAdmin
		a, b := e.account(fmt.Sprint("a", round), role), e.account(fmt.Sprint("b", round), role)
		var all sync.WaitGroup
		for i, id := range []string{a.ID, b.ID} {
			st := []*store.Store{e.Store, second}[i]
			all.Go(func() {
				_, err := st.ChangeAccount(e.ctx, id, func(a *jiqiao.Account) (jiqiao.AccountChange, error) {
					a.State = jiqiao.UserDisabled
					return jiqiao.AccountChange{}, nil
				})
				if code := jiqiao.CodeOf(err); code != "" && code != jiqiao.CodeConflict {
					e.t.Error(err)
				}
			})
		}
		all.Wait()
		page, err := e.Users(e.ctx, jiqiao.UserQuery{Role: role, State: jiqiao.UserActive})
		e.must(err)
		if page.Total != 1 {
			e.t.Fatalf("round %d: %d administrators are left", round, page.Total)
		}
	}
}

func subjectIsOneAccounts(e *env) {
	a := e.account("a", jiqiao.RoleBroker, func(a *jiqiao.Account) { a.Credentials.Subject = "iss 1" })
	b := e.account("b", jiqiao.RoleBroker)
	got, err := e.AccountBySubject(e.ctx, "iss 1")
	e.must(err)
	if got.ID != a.ID {
		e.t.Errorf("finds %s", got.ID)
	}
	for _, subject := range []string{"", "iss 2", "\x00"} {
		_, err := e.AccountBySubject(e.ctx, subject)
		e.fails(jiqiao.CodeNotFound, err)
	}
	_, err = e.ChangeAccount(e.ctx, b.ID, func(a *jiqiao.Account) (jiqiao.AccountChange, error) {
		a.Credentials.Subject = "iss 1"
		return jiqiao.AccountChange{}, nil
	})
	e.fails(jiqiao.CodeConflict, err)
}

func addressFindsVerifiedOnly(e *env) {
	with := func(mail string, verified bool) func(*jiqiao.Account) {
		return func(a *jiqiao.Account) { a.Email, a.EmailVerified = mail, verified }
	}
	e.account("nobody", jiqiao.RoleBroker, with("a@example.cn", false))
	e.account("none", jiqiao.RoleBroker, with("", true))
	one := e.account("one", jiqiao.RoleBroker, with("B@example.cn", true))
	e.account("two", jiqiao.RoleBroker, with("c@example.cn", true))
	e.account("three", jiqiao.RoleBroker, with("c@example.cn", true))
	for _, mail := range []string{"", "a@example.cn", "c@example.cn", "%"} {
		_, err := e.AccountByEmail(e.ctx, mail)
		e.fails(jiqiao.CodeNotFound, err)
	}
	got, err := e.AccountByEmail(e.ctx, "b@EXAMPLE.cn")
	e.must(err)
	if got.ID != one.ID {
		e.t.Errorf("finds %s", got.Login)
	}
}

func usersArePaged(e *env) {
	org := &jiqiao.Organisation{Name: "某某公司", Kind: jiqiao.OrganisationEnterprise}
	e.must(e.PutOrganisation(e.ctx, org))
	var ids []string
	for i, name := range []string{"丙", "甲", "甲", "乙", "丁"} {
		e.clock.Advance(time.Second)
		at := e.clock.Now()
		a := e.account(fmt.Sprint("user", i), jiqiao.RoleEnterprise, func(a *jiqiao.Account) {
			a.Name, a.OrganisationID, a.Lead = name, org.ID, true
			if i%2 == 0 {
				a.LastLoginAt = &at
			}
		})
		ids = append(ids, a.ID)
	}
	for sort, want := range map[jiqiao.UserSort][]int{
		"": {4, 3, 2, 1, 0}, jiqiao.UsersNewest: {4, 3, 2, 1, 0}, jiqiao.UsersOldest: {0, 1, 2, 3, 4}, jiqiao.UsersByName: {4, 0, 3, 1, 2},
		jiqiao.UsersLastLogin: {4, 2, 0, 3, 1},
	} {
		var got []int
		q := jiqiao.UserQuery{Sort: sort, Limit: 2}
		for {
			page, err := e.Users(e.ctx, q)
			e.must(err)
			for _, u := range page.Items {
				got = append(got, slices.Index(ids, u.ID))
				if page.Total != 5 || u.OrganisationName != org.Name || !u.Lead || u.CreatedAt.IsZero() {
					e.t.Errorf("total %d, %+v", page.Total, u)
				}
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			e.t.Errorf("by %q: %v, want %v", sort, got, want)
		}
	}
	for _, cursor := range []string{"x", "u_0", "' OR 1=1"} {
		_, err := e.Users(e.ctx, jiqiao.UserQuery{Cursor: cursor})
		e.fails(jiqiao.CodeInvalid, err)
	}
}

func usersAreFiltered(e *env) {
	e.account("zhangsan", jiqiao.RoleEnterprise, func(a *jiqiao.Account) { a.Name, a.OrganisationID, a.Region = "张三", "o_1", "320981" })
	e.account("lisi", jiqiao.RoleUniversity, func(a *jiqiao.Account) {
		a.Name, a.OrganisationID, a.Region, a.State = "李四", "o_2", "320100", jiqiao.UserPending
	})
	e.account("admin_%", jiqiao.RoleAuditor, func(a *jiqiao.Account) { a.Name = "王五" })
	for name, c := range map[string]struct {
		q    jiqiao.UserQuery
		want string
	}{
		"all":                 {jiqiao.UserQuery{}, "admin_% lisi zhangsan"},
		"role":                {jiqiao.UserQuery{Role: jiqiao.RoleUniversity}, "lisi"},
		"state":               {jiqiao.UserQuery{State: jiqiao.UserPending}, "lisi"},
		"organisation":        {jiqiao.UserQuery{Organisation: "o_1"}, "zhangsan"},
		"province":            {jiqiao.UserQuery{Region: "320000"}, "lisi zhangsan"},
		"city":                {jiqiao.UserQuery{Region: "320900"}, "zhangsan"},
		"county":              {jiqiao.UserQuery{Region: "320981"}, "zhangsan"},
		"elsewhere":           {jiqiao.UserQuery{Region: "330000"}, ""},
		"a pattern is no way": {jiqiao.UserQuery{Region: "%"}, ""},
		"name":                {jiqiao.UserQuery{Text: "张"}, "zhangsan"},
		"login":               {jiqiao.UserQuery{Text: "LISI"}, "lisi"},
		"marks are text":      {jiqiao.UserQuery{Text: "_%"}, "admin_%"},
	} {
		page, err := e.Users(e.ctx, c.q)
		e.must(err)
		var got []string
		for _, u := range page.Items {
			got = append(got, u.Login)
		}
		slices.Sort(got)
		if text := strings.Join(got, " "); text != c.want || page.Total != len(got) {
			e.t.Errorf("%s: %q of %d, want %q", name, text, page.Total, c.want)
		}
	}
}

// open begins a session of the account.
func (e *env) open(id, digest string, limit int) jiqiao.Session {
	e.t.Helper()
	open := &jiqiao.NewSession{Digest: digest, ExpiresAt: e.clock.Now().Add(12 * time.Hour), Idle: 30 * time.Minute, Agent: "Firefox", MustChange: true}
	e.change(id, func(*jiqiao.Account) jiqiao.AccountChange { return jiqiao.AccountChange{Open: open, Limit: limit} })
	return open.Session
}

func sessionLivesAndEnds(e *env) {
	a := e.account("zhang", jiqiao.RoleBroker)
	opened := e.open(a.ID, "d1", 0)
	got, user, err := e.SessionUser(e.ctx, "d1")
	e.must(err)
	if diff := cmp.Diff(opened, got, cmpopts.EquateApproxTime(time.Microsecond)); diff != "" || user.ID != a.ID || !got.Live(e.clock.Now()) {
		e.t.Errorf("session: %s of %s", diff, user.ID)
	}
	_, _, err = e.SessionUser(e.ctx, "d2")
	e.fails(jiqiao.CodeUnauthorized, err)
	e.TouchSession(e.ctx, got) // too soon
	e.clock.Advance(5 * time.Minute)
	e.TouchSession(e.ctx, got)
	e.clock.Advance(-3 * time.Minute)
	e.TouchSession(e.ctx, got) // never back
	got, _, err = e.SessionUser(e.ctx, "d1")
	e.must(err)
	if want := opened.SeenAt.Add(5 * time.Minute); !got.SeenAt.Equal(want) {
		e.t.Errorf("seen %v, want %v", got.SeenAt, want)
	}
	other := e.account("other", jiqiao.RoleBroker)
	e.fails(jiqiao.CodeNotFound, e.EndSession(e.ctx, other.ID, opened.ID))
	e.fails(jiqiao.CodeNotFound, e.EndSession(e.ctx, a.ID, "s_0"))
	e.must(e.EndSession(e.ctx, a.ID, opened.ID))
	e.must(e.EndSession(e.ctx, a.ID, opened.ID))
	if got, _, err = e.SessionUser(e.ctx, "d1"); err != nil || got.Live(e.clock.Now()) {
		e.t.Errorf("an ended session lives: %v", err)
	}
	e.open(a.ID, "d3", 0)
	e.change(a.ID, func(*jiqiao.Account) jiqiao.AccountChange { return jiqiao.AccountChange{EndSessions: true} })
	if sessions, err := e.Sessions(e.ctx, a.ID); err != nil || len(sessions) != 0 {
		e.t.Errorf("left: %v, %v", sessions, err)
	}
	e.clock.Advance(13 * time.Hour)
	if n, err := e.PruneSessions(e.ctx, e.clock.Now()); err != nil || n != 2 {
		e.t.Errorf("pruned %d, %v", n, err)
	}
}

func sessionsGiveWay(e *env) {
	a := e.account("zhang", jiqiao.RoleBroker)
	for i := range 4 {
		e.clock.Advance(time.Minute)
		e.open(a.ID, fmt.Sprint("d", i), 3)
	}
	sessions, err := e.Sessions(e.ctx, a.ID)
	e.must(err)
	if len(sessions) != 3 {
		e.t.Fatalf("%d sessions", len(sessions))
	}
	first, _, err := e.SessionUser(e.ctx, "d0")
	e.must(err)
	if first.Live(e.clock.Now()) {
		e.t.Error("the one least recently seen goes on")
	}
}

func sessionsTighten(e *env) {
	a := e.account("zhang", jiqiao.RoleBroker)
	opened := e.open(a.ID, "d", 0)
	e.must(e.TightenSessions(e.ctx, time.Hour, 24*time.Hour)) // wider: nothing
	got, _, err := e.SessionUser(e.ctx, "d")
	e.must(err)
	if got.Idle != opened.Idle || !got.ExpiresAt.Equal(opened.ExpiresAt.Truncate(time.Microsecond)) {
		e.t.Errorf("widened: %+v", got)
	}
	e.must(e.TightenSessions(e.ctx, 5*time.Minute, time.Hour))
	got, _, err = e.SessionUser(e.ctx, "d")
	e.must(err)
	if got.Idle != 5*time.Minute || !got.ExpiresAt.Equal(got.CreatedAt.Add(time.Hour)) {
		e.t.Errorf("not tightened: %+v", got)
	}
}

func (e *env) linkFor(id, digest string, purpose jiqiao.LinkPurpose) {
	e.t.Helper()
	l := &jiqiao.NewLink{Purpose: purpose, Digest: digest, ExpiresAt: e.clock.Now().Add(time.Hour), ByMail: true}
	e.change(id, func(*jiqiao.Account) jiqiao.AccountChange { return jiqiao.AccountChange{NewLink: l} })
}

func linkOpensOnce(e *env) {
	a := e.account("zhang", jiqiao.RoleBroker)
	e.linkFor(a.ID, "d1", jiqiao.LinkReset)
	use := func(digest string, purpose jiqiao.LinkPurpose, fail error) error {
		_, err := e.UseLink(e.ctx, purpose, digest, func(a *jiqiao.Account, byMail bool) (jiqiao.AccountChange, error) {
			a.EmailVerified = byMail
			return jiqiao.AccountChange{}, fail
		})
		return err
	}
	e.fails(jiqiao.CodeNotFound, use("d2", jiqiao.LinkReset, nil))
	e.fails(jiqiao.CodeNotFound, use("d1", jiqiao.LinkInvitation, nil))
	e.fails(jiqiao.CodeInvalid, use("d1", jiqiao.LinkReset, jiqiao.Fail(jiqiao.CodeInvalid, "密码太短", nil)))
	if u, err := e.LinkUser(e.ctx, jiqiao.LinkReset, "d1"); err != nil || u.ID != a.ID {
		e.t.Errorf("after a failure the link opens no more: %v", err)
	}
	done, second := make(chan error, 2), e.another()
	for _, st := range []*store.Store{e.Store, second} {
		go func() {
			_, err := st.UseLink(e.ctx, jiqiao.LinkReset, "d1", func(a *jiqiao.Account, byMail bool) (jiqiao.AccountChange, error) {
				a.EmailVerified = byMail
				return jiqiao.AccountChange{}, nil
			})
			done <- err
		}()
	}
	codes := []string{string(jiqiao.CodeOf(<-done)), string(jiqiao.CodeOf(<-done))}
	slices.Sort(codes)
	if !slices.Equal(codes, []string{"", "not_found"}) {
		e.t.Errorf("two at once: %q", codes)
	}
	if got, _ := e.User(e.ctx, a.ID); !got.EmailVerified {
		e.t.Error("the change was not kept")
	}
	e.linkFor(a.ID, "d3", jiqiao.LinkReset)
	e.clock.Advance(time.Hour)
	e.fails(jiqiao.CodeNotFound, use("d3", jiqiao.LinkReset, nil))
}

func linkIsReplaced(e *env) {
	a := e.account("zhang", jiqiao.RoleBroker)
	e.linkFor(a.ID, "d1", jiqiao.LinkReset)
	e.linkFor(a.ID, "i1", jiqiao.LinkInvitation)
	e.linkFor(a.ID, "d2", jiqiao.LinkReset)
	opens := func(purpose jiqiao.LinkPurpose, digest string) bool {
		_, err := e.LinkUser(e.ctx, purpose, digest)
		return err == nil
	}
	if opens(jiqiao.LinkReset, "d1") || !opens(jiqiao.LinkReset, "d2") || !opens(jiqiao.LinkInvitation, "i1") {
		e.t.Error("a new link replaces those for the same purpose")
	}
	e.change(a.ID, func(*jiqiao.Account) jiqiao.AccountChange { return jiqiao.AccountChange{EndLinks: true} })
	if opens(jiqiao.LinkReset, "d2") || opens(jiqiao.LinkInvitation, "i1") {
		e.t.Error("ended links open")
	}
}

// signUp is a sign-up that was received.
func (e *env) signUp(login, name, code string) jiqiao.SignUp {
	e.t.Helper()
	up := jiqiao.SignUp{Organisation: jiqiao.Organisation{Name: name, Kind: jiqiao.OrganisationEnterprise, CreditCode: code, Region: "320981"}}
	a := person(login, jiqiao.RoleEnterprise, func(a *jiqiao.Account) { a.State = jiqiao.UserPending })
	e.must(e.CreateSignUp(e.ctx, &up, a, jiqiao.AccountChange{}))
	return up
}

func letIn(_ jiqiao.SignUp, a *jiqiao.Account) (jiqiao.AccountChange, error) {
	a.State = jiqiao.UserActive
	return jiqiao.AccountChange{}, nil
}

const creditCode = "91350100M000100Y43"

func signUpBecomesAnOrganisation(e *env) {
	up := e.signUp("zhang", "甲公司", creditCode)
	if up.Joins || up.State != jiqiao.SignUpPending {
		e.t.Errorf("received: %+v", up)
	}
	for region, want := range map[string]int{"": 1, "320900": 1, "330000": 0} {
		if page, err := e.SignUps(e.ctx, jiqiao.SignUpQuery{Region: region, State: jiqiao.SignUpPending}); err != nil || page.Total != want || len(page.Items) != want {
			e.t.Errorf("in %q: %+v, %v", region, page, err)
		}
	}
	done, err := e.DecideSignUp(e.ctx, up.ID, 1, true, "", letIn)
	e.must(err)
	org, err := e.GetOrganisation(e.ctx, done.OrganisationID)
	e.must(err)
	u := done.User
	if org.Name != "甲公司" || done.State != jiqiao.SignUpApproved || u.State != jiqiao.UserActive || !u.Lead || u.OrganisationID != org.ID || u.Region != "320981" {
		e.t.Errorf("approved: %+v", done)
	}
	// An import may make an organisation that nobody belongs to: then the first who signs up leads it.
	imported := &jiqiao.Organisation{Name: "乙公司", Kind: jiqiao.OrganisationEnterprise, CreditCode: "91440300708461136T", Region: "320900"}
	e.must(e.PutOrganisation(e.ctx, imported))
	up = e.signUp("li", "乙", "91440300708461136t")
	if name, members, err := e.MembersOf(e.ctx, "91440300708461136T"); err != nil || name != "乙公司" || members != 0 {
		e.t.Errorf("%q has %d members, %v", name, members, err)
	}
	done, err = e.DecideSignUp(e.ctx, up.ID, 1, true, "", letIn)
	e.must(err)
	if done.OrganisationID != imported.ID || !done.User.Lead || done.User.Region != "320900" {
		e.t.Errorf("approved: %+v", done)
	}
}

func signUpJoins(e *env) {
	first, second := e.signUp("zhang", "甲公司", creditCode), e.signUp("li", "甲公司", creditCode)
	one, err := e.DecideSignUp(e.ctx, first.ID, 1, true, "", letIn)
	e.must(err)
	two, err := e.DecideSignUp(e.ctx, second.ID, 1, true, "", letIn)
	e.must(err)
	if one.OrganisationID != two.OrganisationID || !one.User.Lead || two.User.Lead {
		e.t.Errorf("one organisation, one lead: %+v %+v", one.User, two.User)
	}
	third := e.signUp("wang", "甲公司", creditCode)
	if !third.Joins || third.OrganisationID != one.OrganisationID {
		e.t.Errorf("received: %+v", third)
	}
	if page, err := e.SignUps(e.ctx, jiqiao.SignUpQuery{Oldest: true, Limit: 2}); err != nil || page.Total != 3 || page.Items[0].ID != first.ID || page.Next == "" {
		e.t.Errorf("page: %+v, %v", page, err)
	} else if rest, err := e.SignUps(e.ctx, jiqiao.SignUpQuery{Oldest: true, Limit: 2, Cursor: page.Next}); err != nil || len(rest.Items) != 1 || rest.Items[0].Members != 2 {
		e.t.Errorf("the rest: %+v, %v", rest, err)
	}
}

func signUpIsDecidedOnce(e *env) {
	up := e.signUp("zhang", "甲公司", creditCode)
	_, err := e.DecideSignUp(e.ctx, "y_00000000000000000000", 1, true, "", letIn)
	e.fails(jiqiao.CodeNotFound, err)
	_, err = e.DecideSignUp(e.ctx, up.ID, 2, true, "", letIn)
	e.fails(jiqiao.CodeConflict, err)
	refused, err := e.DecideSignUp(e.ctx, up.ID, 1, false, "代码不符", func(_ jiqiao.SignUp, a *jiqiao.Account) (jiqiao.AccountChange, error) {
		a.State = jiqiao.UserDisabled
		return jiqiao.AccountChange{}, nil
	})
	e.must(err)
	if refused.State != jiqiao.SignUpRefused || refused.Reason != "代码不符" || refused.OrganisationID != "" || refused.DecidedAt == nil {
		e.t.Errorf("refused: %+v", refused)
	}
	for _, approve := range []bool{true, false} {
		_, err = e.DecideSignUp(e.ctx, up.ID, 2, approve, "", letIn)
		e.fails(jiqiao.CodeConflict, err)
	}
	_, err = e.SignUp(e.ctx, "x")
	e.fails(jiqiao.CodeNotFound, err)
}

func settingIsChangedByOne(e *env) {
	type targets struct{ Needs int }
	have := targets{Needs: 7}
	if v, err := e.Setting(e.ctx, "targets", &have); err != nil || v != 0 || have.Needs != 7 {
		e.t.Errorf("unset: %d %+v %v", v, have, err)
	}
	version, err := e.PutSetting(e.ctx, "targets", 0, targets{1})
	e.must(err)
	for _, stale := range []int64{0, 2} {
		_, err = e.PutSetting(e.ctx, "targets", stale, targets{9})
		e.fails(jiqiao.CodeConflict, err)
	}
	version, err = e.PutSetting(e.ctx, "targets", version, targets{2})
	e.must(err)
	if v, err := e.Setting(e.ctx, "targets", &have); err != nil || v != version || have.Needs != 2 {
		e.t.Errorf("set: %d %+v %v", v, have, err)
	}
	_, err = e.PutSetting(e.ctx, "others", 3, targets{1})
	e.fails(jiqiao.CodeConflict, err)
	if v, err := e.Setting(e.ctx, "others", &have); err != nil || v != 0 {
		e.t.Errorf("a refused setting left a row: %d, %v", v, err)
	}
}

func peopleMoveWithTheirOrganisation(e *env) {
	org := &jiqiao.Organisation{Name: "甲公司", Kind: jiqiao.OrganisationEnterprise, Region: "320900"}
	e.must(e.PutOrganisation(e.ctx, org))
	in := func(a *jiqiao.Account) { a.OrganisationID, a.Region = org.ID, "320900" }
	member, operator := e.account("member", jiqiao.RoleEnterprise, in), e.account("operator", jiqiao.RoleOperator, in)
	org.Region = "330100"
	e.must(e.PutOrganisation(e.ctx, org))
	for id, want := range map[string]string{member.ID: "330100", operator.ID: "320900"} {
		if u, err := e.User(e.ctx, id); err != nil || u.Region != want {
			e.t.Errorf("%s is reached from %q, %v", u.Login, u.Region, err)
		}
	}
}

func tokenOfAnOrganisation(e *env) {
	write := []jiqiao.Scope{jiqiao.ScopeWrite}
	_, _, err := e.NewToken(e.ctx, jiqiao.Token{Name: "x", Scopes: write, OrganisationID: "o_00000000000000000000"})
	e.fails(jiqiao.CodeNotFound, err)
	org := &jiqiao.Organisation{Name: "甲公司", Kind: jiqiao.OrganisationEnterprise}
	e.must(e.PutOrganisation(e.ctx, org))
	secret, made, err := e.NewToken(e.ctx, jiqiao.Token{Name: "x", Scopes: write, OrganisationID: org.ID, ID: "t_mine", MadeBy: "u_me"})
	e.must(err)
	if made.ID == "t_mine" || made.MadeBy != "" {
		e.t.Errorf("made: %+v", made)
	}
	v, err := e.Authenticate(e.ctx, secret)
	e.must(err)
	if v.Organisation != org.ID || v.May(jiqiao.PermRecordWriteAny) || !v.May(jiqiao.PermRecordWriteOwn) {
		e.t.Errorf("viewer %+v", v)
	}
	e.must(e.RevokeToken(e.ctx, made.ID))
	if got := e.audited(); !slices.Equal(got, []string{"organisation.create", "token.create", "token.revoke"}) {
		e.t.Errorf("audit: %v", got)
	}
}
