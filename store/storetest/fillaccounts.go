package storetest

import (
	"testing"
	"time"

	"jiqiao"
	"jiqiao/store"
)

// fillAccounts gives the store a broker with everything, signed in and with a link, a sign-up that was approved and one
// that waits, and a setting.
func fillAccounts(t testing.TB, st *store.Store) {
	t.Helper()
	ctx := t.Context()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	when := time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)
	a := &jiqiao.Account{
		User: jiqiao.User{
			Login: "wang@example.cn", Name: "王五", Email: "wang@example.cn", EmailVerified: true, Mobile: "13900000000", Position: "经理人",
			OrganisationID: "o_agency", Role: jiqiao.RoleBroker, Lead: true, Region: "320900", State: jiqiao.UserActive, MustChangePassword: true,
			TOTP: true, Broker: &jiqiao.BrokerProfile{Level: "senior", Capacity: 20, Fields: []string{"20"}}, LockedUntil: &when, LastLoginAt: &when,
			PasswordChangedAt: &when,
		},
		Credentials: jiqiao.Credentials{
			Password: "$argon2id$", History: []string{"$old"}, Failures: 2, TOTPSecret: "ABC", TOTPPending: "DEF", TOTPStep: 9, Recovery: []string{"x"}, Subject: "iss sub",
		},
	}
	// Far beyond any clock of a test: what is compared is what was kept, not whether it has ended.
	end := time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
	origin := jiqiao.WithOrigin(ctx, jiqiao.Origin{Address: "10.0.0.9"})
	check(st.CreateAccount(origin, a, jiqiao.AccountChange{
		Open:    &jiqiao.NewSession{Digest: "session", ExpiresAt: end, Idle: 80 * 365 * 24 * time.Hour, MustChange: true, Agent: "Firefox"},
		NewLink: &jiqiao.NewLink{Purpose: jiqiao.LinkReset, Digest: "link", ExpiresAt: end, ByMail: true},
	}))
	for i, code := range []string{"91350100M000100Y43", "91440300708461136T"} {
		up := jiqiao.SignUp{Organisation: jiqiao.Organisation{Name: "注册公司" + code, Kind: jiqiao.OrganisationEnterprise, CreditCode: code, Region: "320981"}}
		waits := &jiqiao.Account{User: jiqiao.User{Login: "signup" + code, Name: "赵六", Role: jiqiao.RoleEnterprise, State: jiqiao.UserPending}}
		check(st.CreateSignUp(ctx, &up, waits, jiqiao.AccountChange{}))
		if i == 0 {
			_, err := st.DecideSignUp(ctx, up.ID, 1, true, "可以", func(_ jiqiao.SignUp, a *jiqiao.Account) (jiqiao.AccountChange, error) {
				a.State = jiqiao.UserActive
				return jiqiao.AccountChange{}, nil
			})
			check(err)
		}
	}
	_, err := st.PutSetting(ctx, "targets", 0, map[string]int{"needs": 1000})
	check(err)
}

// accountContents is all that can be read of accounts.
func accountContents(t testing.TB, st *store.Store, keep func(name string, v any, err error)) {
	t.Helper()
	ctx := t.Context()
	page, err := st.Users(ctx, jiqiao.UserQuery{Sort: jiqiao.UsersOldest, Limit: jiqiao.MaxPageSize})
	keep("users", page, err)
	for _, u := range page.Items {
		a, err := st.Account(ctx, u.ID)
		keep("account of "+u.ID, a, err)
		sessions, err := st.Sessions(ctx, u.ID)
		keep("sessions of "+u.ID, sessions, err)
	}
	linked, err := st.LinkUser(ctx, jiqiao.LinkReset, "link")
	keep("whose link", linked, err)
	_, who, err := st.SessionUser(ctx, "session")
	keep("whose session", who, err)
	ups, err := st.SignUps(ctx, jiqiao.SignUpQuery{Oldest: true})
	keep("sign-ups", ups, err)
	var targets map[string]int
	version, err := st.Setting(ctx, "targets", &targets)
	keep("targets", []any{version, targets}, err)
}
