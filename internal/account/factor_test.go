package account

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"jiqiao"
)

// withFactor is a person who has switched one-time codes on.
func (w *world) withFactor(login string) (u jiqiao.User, secret string, recovery []string, out jiqiao.SignedIn) {
	w.t.Helper()
	u = w.person(login, jiqiao.RoleOperator)
	s := w.signIn(login, password).Session
	key, err := w.Enrol(w.ctx, s, password)
	w.must(err)
	recovery, out, err = w.Confirm(w.ctx, s, w.code(key.Secret))
	w.must(err)
	return u, key.Secret, recovery, out
}

func (w *world) code(secret string) string {
	w.t.Helper()
	code, err := totp.GenerateCode(secret, w.clock.Now())
	w.must(err)
	return code
}

func TestSecondFactor(t *testing.T) {
	w := newWorld(t)
	u, secret, recovery, _ := w.withFactor("zhang")
	sign := func(password, code string) (jiqiao.SignedIn, error) {
		return w.SignIn(w.ctx, jiqiao.SignIn{Login: "zhang", Password: password, Code: code})
	}
	if out, err := sign(password, ""); err != nil || !out.SecondFactor || out.Secret != "" || out.User.ID != "" {
		t.Fatalf("without a code: %+v, %v", out, err)
	}
	_, err := sign(password, w.code(secret)) // taken to confirm
	w.fails(jiqiao.CodeUnauthorized, err)
	w.later(time.Minute)
	code := w.code(secret)
	_, err = sign("wrong", code)
	w.fails(jiqiao.CodeUnauthorized, err)
	if out, err := sign(password, code[:3]+" "+code[3:]); err != nil || out.Secret == "" {
		t.Fatalf("with a code: %+v, %v", out, err)
	}
	_, err = sign(password, code)
	w.fails(jiqiao.CodeUnauthorized, err) // replayed
	w.later(time.Minute)
	old := w.code(secret)
	w.later(30 * time.Second)
	if _, err = sign(password, old); err != nil {
		t.Errorf("the clock of a phone may differ by a step: %v", err)
	}
	w.later(5 * time.Minute)
	stale := w.code(secret)
	w.later(90 * time.Second)
	_, err = sign(password, stale)
	w.fails(jiqiao.CodeUnauthorized, err)
	if len(recovery) != recoveryCodes {
		t.Fatalf("recovery codes: %v", recovery)
	}
	for _, form := range []string{recovery[0], strings.ToUpper(recovery[1]), strings.ReplaceAll(recovery[2], "-", "")} {
		_, err = sign(password, form)
		w.must(err)
		_, err = sign(password, form)
		w.fails(jiqiao.CodeUnauthorized, err)
	}
	a, err := w.store.Account(w.ctx, u.ID)
	w.must(err)
	if len(a.Credentials.Recovery) != recoveryCodes-3 {
		t.Errorf("%d recovery codes are left", len(a.Credentials.Recovery))
	}
}

// Who has the password and guesses codes is locked like who guesses passwords; asking for the code does not begin anew.
func TestGuessingCodesLocks(t *testing.T) {
	w := newWorld(t)
	_, secret, recovery, _ := w.withFactor("zhang")
	for range 5 {
		out, err := w.SignIn(w.ctx, jiqiao.SignIn{Login: "zhang", Password: password})
		w.must(err)
		if !out.SecondFactor {
			t.Fatal("signed in without a code")
		}
		_, err = w.SignIn(w.ctx, jiqiao.SignIn{Login: "zhang", Password: password, Code: "000000"})
		w.fails(jiqiao.CodeUnauthorized, err)
	}
	w.later(time.Minute)
	for _, code := range []string{w.code(secret), recovery[0]} {
		_, err := w.SignIn(w.ctx, jiqiao.SignIn{Login: "zhang", Password: password, Code: code})
		w.fails(jiqiao.CodeUnauthorized, err)
	}
}

func TestEnrolling(t *testing.T) {
	w := newWorld(t)
	u := w.person("zhang", jiqiao.RoleOperator)
	s := w.signIn("zhang", password).Session
	_, _, err := w.Confirm(w.ctx, s, "123456")
	w.fails(jiqiao.CodeConflict, err)
	_, err = w.Enrol(w.ctx, s, "wrong")
	w.fails(jiqiao.CodeInvalid, err)
	key, err := w.Enrol(w.ctx, s, password)
	w.must(err)
	if !strings.HasPrefix(key.URL, "otpauth://totp/") || !strings.Contains(key.URL, key.Secret) {
		t.Errorf("url %q", key.URL)
	}
	if w.user(u.ID).TOTP {
		t.Error("in force before it was confirmed")
	}
	_, _, err = w.Confirm(w.ctx, s, "000000")
	w.fails(jiqiao.CodeInvalid, err)
	_, out, err := w.Confirm(w.ctx, s, w.code(key.Secret))
	w.must(err)
	if !w.user(u.ID).TOTP || !w.opens(out.Secret) {
		t.Error("not in force after it was confirmed")
	}
	_, err = w.DropSecondFactor(w.ctx, out.Session, "wrong", w.code(key.Secret))
	w.fails(jiqiao.CodeInvalid, err)
	_, err = w.DropSecondFactor(w.ctx, out.Session, password, w.code(key.Secret)) // taken
	w.fails(jiqiao.CodeInvalid, err)
	w.later(time.Minute)
	_, err = w.DropSecondFactor(w.ctx, out.Session, password, w.code(key.Secret))
	w.must(err)
	if w.user(u.ID).TOTP {
		t.Error("still on")
	}
}

func TestLostSecondFactor(t *testing.T) {
	w := newWorld(t)
	u, _, _, out := w.withFactor("zhang")
	for _, role := range []jiqiao.Role{jiqiao.RoleSystemAdmin, jiqiao.RoleAuditor, jiqiao.RoleBroker} {
		if err := w.ClearSecondFactor(w.ctx, w.person(string(role), role).Viewer(), u.ID); err == nil {
			t.Errorf("%s clears it", role)
		}
	}
	admin := w.person("anquan", jiqiao.RoleSecurityAdmin)
	w.fails(jiqiao.CodeForbidden, w.ClearSecondFactor(w.ctx, admin.Viewer(), admin.ID))
	w.must(w.ClearSecondFactor(w.ctx, admin.Viewer(), u.ID))
	if w.user(u.ID).TOTP || w.opens(out.Secret) {
		t.Error("cleared, and the session ends")
	}
	if !slices.Contains(w.acts(), "user.totp_clear/done by public") {
		t.Errorf("audit: %v", w.acts())
	}
}
