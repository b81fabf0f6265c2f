package account

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"jiqiao"
)

func TestSignInOpensASession(t *testing.T) {
	w := newWorld(t)
	u := w.person("zhang", jiqiao.RoleBroker)
	out := w.signIn(" ＺHANG ", password)
	session, who, err := w.Resume(w.ctx, out.Secret)
	w.must(err)
	if who.ID != u.ID || who.LastLoginAt == nil || session.Address != "10.0.0.1" || len(out.Secret) < 40 {
		t.Errorf("%+v of %+v", session, who)
	}
	if got := w.acts(); !slices.Equal(got, []string{"user.login/done by zhang"}) {
		t.Errorf("audit: %v", got)
	}
}

// Every way of failing says the same sentence: nobody learns which logins exist.
func TestSignInTellsNobodyWhatIsWrong(t *testing.T) {
	w := newWorld(t)
	w.person("zhang", jiqiao.RoleBroker)
	w.person("none", jiqiao.RoleBroker, func(a *jiqiao.Account) { a.Credentials.Password = "" })
	w.person("disabled", jiqiao.RoleBroker, func(a *jiqiao.Account) { a.State = jiqiao.UserDisabled })
	var said []string
	for _, c := range []jiqiao.SignIn{
		{Login: "zhang", Password: "wrong"}, {Login: "zhang"}, {Login: "nobody", Password: password}, {Login: "none", Password: ""},
		{Login: "none", Password: password}, {Login: "disabled", Password: "wrong"}, {}, {Login: "\x00", Password: "\x00"},
		{Login: strings.Repeat("长", 10_000), Password: strings.Repeat("x", 1<<20)}, {Login: "zhang' OR '1'='1", Password: "x"},
	} {
		_, err := w.SignIn(w.ctx, c)
		w.fails(jiqiao.CodeUnauthorized, err)
		said = append(said, err.Error())
	}
	if slices.Sort(said); len(slices.Compact(said)) != 1 {
		t.Errorf("said: %q", slices.Compact(said))
	}
	// A long password is not its beginning.
	long := strings.Repeat("Aa1-", jiqiao.MaxPassword/4)
	fresh, err := w.Hash(w.ctx, long)
	w.must(err)
	w.person("long", jiqiao.RoleBroker, func(a *jiqiao.Account) { a.Credentials.Password = fresh })
	_, err = w.SignIn(w.ctx, jiqiao.SignIn{Login: "long", Password: long + "x"})
	w.fails(jiqiao.CodeUnauthorized, err)
	w.signIn("long", long)
}

func TestAccountsThatAreNotInUse(t *testing.T) {
	w := newWorld(t)
	for _, state := range []jiqiao.UserState{jiqiao.UserPending, jiqiao.UserLocked, jiqiao.UserDisabled} {
		w.person(string(state), jiqiao.RoleBroker, func(a *jiqiao.Account) { a.State = state })
		_, err := w.SignIn(w.ctx, jiqiao.SignIn{Login: string(state), Password: password})
		w.fails(jiqiao.CodeForbidden, err)
	}
	if got := w.acts(); !slices.Equal(got, slices.Repeat([]string{"user.login/denied by public"}, 3)) {
		t.Errorf("audit: %v", got)
	}
}

func TestFiveFailuresLockForFifteenMinutes(t *testing.T) {
	w := newWorld(t)
	u := w.person("zhang", jiqiao.RoleBroker)
	open := w.signIn("zhang", password).Secret
	try := func(secret string) error {
		_, err := w.SignIn(w.ctx, jiqiao.SignIn{Login: "zhang", Password: secret})
		return err
	}
	for range 4 {
		w.fails(jiqiao.CodeUnauthorized, try("wrong"))
	}
	w.must(try(password)) // a right one begins anew
	for range 5 {
		w.fails(jiqiao.CodeUnauthorized, try("wrong"))
	}
	if locked := w.user(u.ID).LockedUntil; locked == nil || locked.Sub(w.clock.Now()).Round(time.Second) != 15*time.Minute {
		t.Fatalf("locked until %v", locked)
	}
	right, wrong := try(password), try("wrong")
	if w.fails(jiqiao.CodeUnauthorized, right); right.Error() != wrong.Error() {
		t.Errorf("the lock tells that the password is right: %v, %v", right, wrong)
	}
	if !w.opens(open) {
		t.Error("guessing at somebody's password throws them out")
	}
	w.later(15*time.Minute - time.Second)
	w.fails(jiqiao.CodeUnauthorized, try(password))
	w.later(time.Second)
	w.fails(jiqiao.CodeUnauthorized, try("wrong")) // counts from one
	w.must(try(password))
	if got := w.acts(); slices.Index(got, "user.lock/done by public") < 0 {
		t.Errorf("audit: %v", got)
	}
}

// Guesses that come all at once are counted each.
func TestGuessesAtOnceAreCounted(t *testing.T) {
	w := newWorld(t)
	u := w.person("zhang", jiqiao.RoleBroker)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { _, _ = w.SignIn(w.ctx, jiqiao.SignIn{Login: "zhang", Password: "wrong"}) })
	}
	all.Wait()
	if w.user(u.ID).LockedUntil == nil {
		t.Error("eight guesses at once do not lock")
	}
}

// What a thief may have: the cookie of a session that is over, in every way that one can be over.
func TestStolenCookiesAreWorthlessAfter(t *testing.T) {
	for name, end := range map[string]func(w *world, u jiqiao.User, s jiqiao.Session){
		"signing out":            func(w *world, _ jiqiao.User, s jiqiao.Session) { w.must(w.SignOut(w.ctx, s)) },
		"signing out everywhere": func(w *world, _ jiqiao.User, s jiqiao.Session) { w.must(w.SignOutEverywhere(w.ctx, s)) },
		"ending it elsewhere": func(w *world, _ jiqiao.User, s jiqiao.Session) {
			other := w.signIn("zhang", password)
			w.must(w.EndSession(w.ctx, other.Session, s.ID))
		},
		"another password": func(w *world, _ jiqiao.User, s jiqiao.Session) {
			_, err := w.ChangePassword(w.ctx, s, password, "Another1-way")
			w.must(err)
		},
		"a reset": func(w *world, u jiqiao.User, _ jiqiao.Session) {
			w.must(w.RequestReset(w.ctx, "zhang"))
			w.must(w.UseLink(w.ctx, jiqiao.LinkReset, w.mailed("account.reset"), "Another1-way"))
		},
		"an administrator's reset": func(w *world, u jiqiao.User, _ jiqiao.Session) {
			_, err := w.ResetPassword(w.ctx, w.person("xitong", jiqiao.RoleSystemAdmin).Viewer(), u.ID, false)
			w.must(err)
		},
		"a lock": func(w *world, u jiqiao.User, _ jiqiao.Session) {
			_, err := w.SetState(w.ctx, w.person("anquan", jiqiao.RoleSecurityAdmin).Viewer(), u.ID, jiqiao.UserActLock)
			w.must(err)
		},
		"a lock that is over": func(w *world, u jiqiao.User, _ jiqiao.Session) {
			admin := w.person("anquan", jiqiao.RoleSecurityAdmin).Viewer()
			for _, act := range []jiqiao.UserAct{jiqiao.UserActLock, jiqiao.UserActUnlock} {
				_, err := w.SetState(w.ctx, admin, u.ID, act)
				w.must(err)
			}
		},
		"disabling": func(w *world, u jiqiao.User, _ jiqiao.Session) {
			_, err := w.SetState(w.ctx, w.person("anquan", jiqiao.RoleSecurityAdmin).Viewer(), u.ID, jiqiao.UserActDisable)
			w.must(err)
		},
		"another role": func(w *world, u jiqiao.User, _ jiqiao.Session) {
			_, err := w.SetGrant(w.ctx, w.person("anquan", jiqiao.RoleSecurityAdmin).Viewer(), u.ID, jiqiao.UserGrant{Role: jiqiao.RoleOperator})
			w.must(err)
		},
		"a second factor": func(w *world, _ jiqiao.User, s jiqiao.Session) {
			key, err := w.Enrol(w.ctx, s, password)
			w.must(err)
			code, err := totp.GenerateCode(key.Secret, w.clock.Now())
			w.must(err)
			_, _, err = w.Confirm(w.ctx, s, code)
			w.must(err)
		},
		"thirty idle minutes": func(w *world, _ jiqiao.User, _ jiqiao.Session) { w.later(30 * time.Minute) },
		"twelve busy hours": func(w *world, _ jiqiao.User, s jiqiao.Session) {
			for range 12*60/20 - 1 {
				w.later(20 * time.Minute)
				w.store.TouchSession(w.ctx, s)
			}
			w.later(20 * time.Minute)
		},
		"signing in again in its place": func(w *world, _ jiqiao.User, s jiqiao.Session) {
			_, err := w.SignIn(w.ctx, jiqiao.SignIn{Login: "zhang", Password: password, Replaces: s.ID})
			w.must(err)
		},
		"a clock that steps back an hour": func(w *world, _ jiqiao.User, _ jiqiao.Session) { w.later(-time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			u := w.person("zhang", jiqiao.RoleBroker, mailbox)
			first := w.signIn("zhang", password)
			if !w.opens(first.Secret) {
				t.Fatal("the session does not open anything to begin with")
			}
			end(w, u, first.Session)
			if w.opens(first.Secret) {
				t.Error("the old cookie still opens")
			}
		})
	}
}

func TestCookiesThatNeverWere(t *testing.T) {
	w := newWorld(t)
	w.person("zhang", jiqiao.RoleBroker)
	good := w.signIn("zhang", password)
	for _, bad := range []string{
		"", "x", good.Session.ID, digest(good.Secret), good.Secret[1:], good.Secret + "A", strings.ToUpper(good.Secret), "\x00", strings.Repeat("A", 1<<20), "' OR '1'='1",
	} {
		if w.opens(bad) {
			t.Errorf("%.40q opens", bad)
		}
	}
}

// A clock that steps back a little gives no time: the session ends when it would have.
func TestStepsOfTheClockGiveNoTime(t *testing.T) {
	w := newWorld(t)
	w.person("zhang", jiqiao.RoleBroker)
	out := w.signIn("zhang", password)
	w.later(20 * time.Minute)
	if !w.opens(out.Secret) { // and notes that it was seen
		t.Fatal("ended early")
	}
	for range 20 { // back and forth within the skew
		w.later(-time.Minute)
		if !w.opens(out.Secret) {
			t.Fatal("a small step ends it")
		}
		w.later(time.Minute)
	}
	w.later(-time.Minute)
	w.later(31 * time.Minute)
	if w.opens(out.Secret) {
		t.Error("idle for thirty minutes after it was last seen, and open")
	}
}

func TestSessionsGiveWayToNewOnes(t *testing.T) {
	w := newWorld(t)
	w.person("zhang", jiqiao.RoleBroker)
	var secrets []string
	for range 6 {
		w.later(time.Second)
		secrets = append(secrets, w.signIn("zhang", password).Secret)
	}
	if w.opens(secrets[0]) || !w.opens(secrets[1]) || !w.opens(secrets[5]) {
		t.Error("of six the first gives way")
	}
	session, _, err := w.Resume(w.ctx, secrets[3])
	w.must(err)
	sessions, err := w.Sessions(w.ctx, session)
	w.must(err)
	current := 0
	for _, s := range sessions {
		if s.Current {
			current++
		}
	}
	if len(sessions) != 5 || current != 1 {
		t.Errorf("%d sessions, %d current", len(sessions), current)
	}
}

func TestOthersSessionsAreNotMine(t *testing.T) {
	w := newWorld(t)
	w.person("zhang", jiqiao.RoleBroker)
	w.person("li", jiqiao.RoleBroker)
	mine, theirs := w.signIn("zhang", password), w.signIn("li", password)
	w.fails(jiqiao.CodeNotFound, w.EndSession(w.ctx, mine.Session, theirs.Session.ID))
	if !w.opens(theirs.Secret) {
		t.Error("ended")
	}
}

func TestDigestsAreMadeAnewAtAnotherCost(t *testing.T) {
	w := newWorld(t)
	u := w.person("zhang", jiqiao.RoleBroker)
	dear := New(Options{Store: w.store, Cost: Cost{Memory: 16, Time: 2, Threads: 1}, Now: w.clock.Now})
	_, err := dear.SignIn(w.ctx, jiqiao.SignIn{Login: "zhang", Password: password})
	w.must(err)
	a, err := w.store.Account(w.ctx, u.ID)
	w.must(err)
	if !strings.Contains(a.Credentials.Password, "m=16,t=2,p=1") || len(a.Credentials.History) != 0 {
		t.Errorf("kept %q, history %v", a.Credentials.Password, a.Credentials.History)
	}
	w.signIn("zhang", password)
}

func TestPolicyIsKeptAndTightensSessions(t *testing.T) {
	w := newWorld(t)
	w.person("zhang", jiqiao.RoleBroker)
	out := w.signIn("zhang", password)
	p, version, err := w.Policy(w.ctx)
	w.must(err)
	weak := p
	weak.MinLength, weak.Classes, weak.MaxFailures, weak.LockMinutes, weak.IdleMinutes = 4, 1, 100, 1, 600
	_, err = w.SetPolicy(w.ctx, weak, version)
	w.fails(jiqiao.CodeInvalid, err)
	p.IdleMinutes, p.MaxFailures = 5, 3
	version, err = w.SetPolicy(w.ctx, p, version)
	w.must(err)
	_, err = w.SetPolicy(w.ctx, p, version-1)
	w.fails(jiqiao.CodeConflict, err)
	w.later(5 * time.Minute)
	if w.opens(out.Secret) {
		t.Error("an open session keeps the wider limit")
	}
	for range 3 {
		_, _ = w.SignIn(w.ctx, jiqiao.SignIn{Login: "zhang", Password: "wrong"})
	}
	_, err = w.SignIn(w.ctx, jiqiao.SignIn{Login: "zhang", Password: password})
	w.fails(jiqiao.CodeUnauthorized, err)
}
