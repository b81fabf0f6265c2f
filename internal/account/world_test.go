package account

import (
	"context"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"encoding/json"

	"jiqiao"
	"jiqiao/store"
	"jiqiao/store/sqlitetest"
	"jiqiao/store/storetest"
)

// cheap makes a digest in no time.
var cheap = Cost{Memory: 8, Time: 1, Threads: 1}

// world is the rules over a real store, with a clock that is moved by hand.
type world struct {
	*Service
	t     testing.TB
	ctx   context.Context
	store *store.Store
	clock *storetest.Clock
}

func newWorld(t testing.TB) *world {
	t.Helper()
	clock := storetest.NewClock()
	st, err := store.Open(t.Context(), store.Config{
		URL: sqlitetest.New(t), Now: clock.Now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	s := New(Options{Store: st, Cost: cheap, PublicURL: "https://jiqiao.test", Now: clock.Now, Log: slog.New(slog.DiscardHandler)})
	ctx := jiqiao.WithOrigin(t.Context(), jiqiao.Origin{Address: "10.0.0.1"})
	return &world{Service: s, t: t, ctx: ctx, store: st, clock: clock}
}

const password = "Kx7-qiaoliang"

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) fails(want jiqiao.Code, err error) {
	w.t.Helper()
	if got := jiqiao.CodeOf(err); got != want {
		w.t.Fatalf("code %q, want %q: %v", got, want, err)
	}
}

// organisation is one that is there.
func (w *world) organisation(name string, kind jiqiao.OrganisationKind, region string) jiqiao.Organisation {
	w.t.Helper()
	o := &jiqiao.Organisation{Name: name, Kind: kind, Region: region}
	w.must(w.store.PutOrganisation(w.ctx, o))
	return *o
}

// person has an account in use with the password.
func (w *world) person(login string, role jiqiao.Role, change ...func(*jiqiao.Account)) jiqiao.User {
	w.t.Helper()
	fresh, err := w.Hash(w.ctx, password)
	w.must(err)
	now := w.clock.Now().UTC()
	a := &jiqiao.Account{
		User:        jiqiao.User{Login: login, Name: "某" + login, Role: role, State: jiqiao.UserActive, PasswordChangedAt: &now},
		Credentials: jiqiao.Credentials{Password: fresh},
	}
	for _, c := range change {
		c(a)
	}
	w.must(w.store.CreateAccount(w.ctx, a, jiqiao.AccountChange{}))
	return a.User
}

func in(o jiqiao.Organisation, lead bool) func(*jiqiao.Account) {
	return func(a *jiqiao.Account) { a.OrganisationID, a.Region, a.Lead = o.ID, o.Region, lead }
}

func mailbox(a *jiqiao.Account) { a.Email = a.Login + "@example.cn" }

func (w *world) signIn(login, secret string) jiqiao.SignedIn {
	w.t.Helper()
	out, err := w.SignIn(w.ctx, jiqiao.SignIn{Login: login, Password: secret})
	w.must(err)
	return out
}

// signedIn is a person's session and whether its cookie opens anything.
func (w *world) opens(secret string) bool {
	w.t.Helper()
	_, _, err := w.Resume(w.ctx, secret)
	if code := jiqiao.CodeOf(err); code != "" && code != jiqiao.CodeUnauthorized {
		w.t.Fatal(err)
	}
	return err == nil
}

func (w *world) user(id string) jiqiao.User {
	w.t.Helper()
	u, err := w.store.User(w.ctx, id)
	w.must(err)
	return u
}

// acts are the audit's entries as "act/result by whom".
func (w *world) acts() []string {
	w.t.Helper()
	page, err := w.store.AuditEntries(w.ctx, jiqiao.AuditQuery{Limit: jiqiao.MaxPageSize})
	w.must(err)
	var all []string
	for _, e := range page.Entries {
		by := "public"
		if e.User != "" {
			by = w.user(e.User).Login
		}
		all = append([]string{e.Act + "/" + string(e.Result) + " by " + by}, all...)
	}
	return all
}

// mailed is the secret in the link of the last notice of the template, "" when there is none.
func (w *world) mailed(template string) string {
	w.t.Helper()
	jobs, err := w.store.Jobs(w.ctx, jiqiao.JobQuery{Kind: store.NoticeJob, Limit: jiqiao.MaxPageSize})
	w.must(err)
	for _, j := range jobs.Jobs {
		var n jiqiao.Notice
		w.must(json.Unmarshal(j.Payload, &n))
		if n.Template == template {
			return secretOf(w.t, n.Data["link"])
		}
	}
	return ""
}

func secretOf(t testing.TB, link string) string {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil || u.Host != "jiqiao.test" {
		t.Fatalf("link %q: %v", link, err)
	}
	return u.Path[strings.LastIndexByte(u.Path, '/')+1:]
}

// later moves the clock.
func (w *world) later(d time.Duration) { w.clock.Advance(d) }
