package account

import (
	"strings"
	"testing"
	"time"

	"jiqiao"
)

func TestDigestOfAPassword(t *testing.T) {
	h, ctx := newHasher(cheap, 2), t.Context()
	a, err := h.hash(ctx, "密码 Aa1")
	if err != nil {
		t.Fatal(err)
	}
	b, _ := h.hash(ctx, "密码 Aa1")
	if a == b || !strings.HasPrefix(a, "$argon2id$v=19$m=8,t=1,p=1$") {
		t.Errorf("%q and %q", a, b)
	}
	for password, want := range map[string]bool{"密码 Aa1": true, "密码 Aa2": false, "": false, "密码 Aa1\x00": false} {
		if right, stale, err := h.verify(ctx, a, password); right != want || stale || err != nil {
			t.Errorf("%q: %t %t %v", password, right, stale, err)
		}
	}
	if right, _, err := h.verify(ctx, "", ""); right || err != nil {
		t.Errorf("no digest: %t %v", right, err)
	}
}

// A digest from a foreign backup is an error, never a yes, and never takes the machine.
func TestDigestsThatAreNone(t *testing.T) {
	h := newHasher(cheap, 1)
	good, _ := h.hash(t.Context(), "x")
	for _, bad := range []string{
		"x", "$", "$argon2i$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAA", strings.Replace(good, "v=19", "v=16", 1), strings.Replace(good, "m=8", "m=99999999", 1),
		strings.Replace(good, "m=8", "m=0", 1), strings.Replace(good, "t=1", "t=0", 1), strings.Replace(good, "t=1", "t=4000000000", 1),
		strings.Replace(good, "p=1", "p=0", 1), strings.Replace(good, "p=1", "p=x", 1), good[:len(good)-30], good + "$x", strings.ReplaceAll(good, "$", "§"),
	} {
		if right, _, err := h.verify(t.Context(), bad, "x"); right || err == nil {
			t.Errorf("%q: %t, %v", bad, right, err)
		}
	}
}

func FuzzParseDigest(f *testing.F) {
	h := newHasher(cheap, 1)
	f.Add(h.nobody)
	f.Add("$argon2id$v=19$m=8,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, digest string) {
		cost, salt, key, err := parse(digest)
		if err == nil && (cost.Memory == 0 || cost.Memory > maxMemory || cost.Time == 0 || cost.Time > maxTime || cost.Threads == 0 || len(salt) < 8 || len(key) < 16) {
			t.Errorf("%q is read as %+v", digest, cost)
		}
	})
}

func TestOneTimePasswordsKeepEveryPolicy(t *testing.T) {
	strict := jiqiao.DefaultSecurity()
	strict.Classes = 4
	seen := map[string]bool{}
	for range 200 {
		p := oneTimePassword()
		if found := strict.CheckPassword("password", p, jiqiao.User{}); len(found) > 0 || seen[p] {
			t.Fatalf("%q: %v", p, found)
		}
		seen[p] = true
	}
}

func TestChangePassword(t *testing.T) {
	w := newWorld(t)
	w.person("zhangsan", jiqiao.RoleBroker)
	s := w.signIn("zhangsan", password).Session
	for name, c := range map[string]struct{ old, fresh string }{
		"short": {password, "Aa1-"}, "two classes": {password, "abcdefgh1"}, "the login": {password, "Zhangsan-2026"}, "common": {password, "P@ssw0rd123"},
		"the present one": {password, password}, "none": {password, ""}, "a wrong old one": {"wrong", "Another1-way"},
	} {
		if _, err := w.ChangePassword(w.ctx, s, c.old, c.fresh); jiqiao.CodeOf(err) != jiqiao.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	out, err := w.ChangePassword(w.ctx, s, password, "Another1-way")
	w.must(err)
	if !w.opens(out.Secret) || out.Session.ExpiresAt.After(s.ExpiresAt) {
		t.Error("the new session is open, and no longer than the one before")
	}
	out, err = w.ChangePassword(w.ctx, out.Session, "Another1-way", "Third-way-3")
	w.must(err)
	for _, had := range []string{password, "Another1-way", "Third-way-3"} {
		_, err = w.ChangePassword(w.ctx, out.Session, "Third-way-3", had)
		w.fails(jiqiao.CodeInvalid, err)
	}
	_, err = w.SignIn(w.ctx, jiqiao.SignIn{Login: "zhangsan", Password: password})
	w.fails(jiqiao.CodeUnauthorized, err)
	w.signIn("zhangsan", "Third-way-3")
}

// Who sits at an open session and guesses the old password is thrown out after five.
func TestGuessingTheOldPasswordLocks(t *testing.T) {
	w := newWorld(t)
	w.person("zhang", jiqiao.RoleBroker)
	out := w.signIn("zhang", password)
	for range 5 {
		_, err := w.ChangePassword(w.ctx, out.Session, "wrong", "Another1-way")
		w.fails(jiqiao.CodeInvalid, err)
	}
	if w.opens(out.Secret) {
		t.Error("the session goes on")
	}
	_, err := w.ChangePassword(w.ctx, out.Session, password, "Another1-way")
	w.fails(jiqiao.CodeInvalid, err)
}

func TestOldPasswordsMustBeChanged(t *testing.T) {
	w := newWorld(t)
	w.person("zhang", jiqiao.RoleBroker)
	w.later(90*24*time.Hour - time.Second)
	if w.signIn("zhang", password).Session.MustChange {
		t.Error("a day too early")
	}
	w.later(time.Second)
	out := w.signIn("zhang", password)
	if !out.Session.MustChange {
		t.Fatal("ninety days and good")
	}
	out, err := w.ChangePassword(w.ctx, out.Session, password, "Another1-way")
	w.must(err)
	if out.Session.MustChange || w.signIn("zhang", "Another1-way").Session.MustChange {
		t.Error("changed and still asked to")
	}
}

func TestResetTellsNobodyWhoIsThere(t *testing.T) {
	w := newWorld(t)
	w.person("zhang", jiqiao.RoleBroker) // has no address
	w.person("off", jiqiao.RoleBroker, mailbox, func(a *jiqiao.Account) { a.State = jiqiao.UserDisabled })
	for _, login := range []string{"zhang", "off", "nobody", "", "\x00"} {
		w.must(w.RequestReset(w.ctx, login))
	}
	if secret := w.mailed("account.reset"); secret != "" {
		t.Error("a mail goes out")
	}
}

func TestResetByLink(t *testing.T) {
	w := newWorld(t)
	u := w.person("zhang", jiqiao.RoleBroker, mailbox)
	w.must(w.RequestReset(w.ctx, "ZHANG"))
	first := w.mailed("account.reset")
	w.later(time.Second)
	w.must(w.RequestReset(w.ctx, "zhang"))
	second := w.mailed("account.reset")
	if first == second {
		second = w.mailed("account.reset")
	}
	got, err := w.LinkUser(w.ctx, jiqiao.LinkReset, second)
	w.must(err)
	if got.ID != u.ID {
		t.Errorf("whose: %+v", got)
	}
	w.fails(jiqiao.CodeNotFound, w.UseLink(w.ctx, jiqiao.LinkInvitation, second, "Another1-way"))
	w.fails(jiqiao.CodeInvalid, w.UseLink(w.ctx, jiqiao.LinkReset, second, "short"))
	w.must(w.UseLink(w.ctx, jiqiao.LinkReset, second, "Another1-way"))
	w.fails(jiqiao.CodeNotFound, w.UseLink(w.ctx, jiqiao.LinkReset, second, "Another2-way"))
	w.signIn("zhang", "Another1-way")
	if !w.user(u.ID).EmailVerified {
		t.Error("who followed the link has the address")
	}
	w.must(w.RequestReset(w.ctx, "zhang"))
	w.later(time.Hour)
	w.fails(jiqiao.CodeNotFound, w.UseLink(w.ctx, jiqiao.LinkReset, w.mailed("account.reset"), "Another2-way"))
	for _, bad := range []string{"", "x", strings.Repeat("A", 1<<20), digest(second)} {
		w.fails(jiqiao.CodeNotFound, w.UseLink(w.ctx, jiqiao.LinkReset, bad, "Another2-way"))
	}
}

// A link that was on its way when the account was locked opens nothing.
func TestLinksOfLockedAccounts(t *testing.T) {
	w := newWorld(t)
	u := w.person("zhang", jiqiao.RoleBroker, mailbox)
	w.must(w.RequestReset(w.ctx, "zhang"))
	_, err := w.SetState(w.ctx, w.person("anquan", jiqiao.RoleSecurityAdmin).Viewer(), u.ID, jiqiao.UserActLock)
	w.must(err)
	w.fails(jiqiao.CodeNotFound, w.UseLink(w.ctx, jiqiao.LinkReset, w.mailed("account.reset"), "Another1-way"))
}
