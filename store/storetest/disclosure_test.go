package storetest

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"jiqiao"
)

func disclosureTests() map[string]func(*env) {
	return map[string]func(*env){
		"GrantsOpenRecordsToAnOrganisation": grantsOpenRecords,
		"RevealsAreKeptLimitedAndAudited":   revealsAreKept,
		"RevealsArePaged":                   revealsArePaged,
		"RevealsAtOnceKeepTheLimit":         revealsAtOnce,
	}
}

func needRef(id string) jiqiao.Ref { return jiqiao.Ref{Type: string(jiqiao.KindNeed), ID: id} }

func grantsOpenRecords(e *env) {
	g := jiqiao.Grant{Record: needRef("n_2"), Organisation: "o_1", Reason: "p_1"}
	for range 2 { // again changes nothing
		e.must(e.Grant(e.ctx, g))
	}
	e.must(e.Grant(e.ctx, jiqiao.Grant{Record: needRef("n_1"), Organisation: "o_1"}))
	for organisation, want := range map[string][]string{"o_1": {"n_1", "n_2"}, "o_2": nil, "": nil} {
		got, err := e.another().Granted(e.ctx, organisation)
		e.must(err)
		if !slices.Equal(got, want) {
			e.t.Errorf("granted to %q: %v, want %v", organisation, got, want)
		}
	}
	e.must(e.Revoke(e.ctx, g))
	e.must(e.Revoke(e.ctx, jiqiao.Grant{Record: needRef("n_9"), Organisation: "o_1"}))
	if got, err := e.Granted(e.ctx, "o_1"); err != nil || !slices.Equal(got, []string{"n_1"}) {
		e.t.Errorf("after taking back: %v, %v", got, err)
	}
}

func revealsAreKept(e *env) {
	since := e.clock.Now().Add(-time.Hour)
	reveal := func(user string) (jiqiao.Reveal, error) {
		r := jiqiao.Reveal{Record: needRef("n_1"), Owner: "o_1", User: user, Name: "王经理", Role: jiqiao.RoleBroker, Organisation: "o_9", Reason: "电话确认需求"}
		return r, e.Reveal(e.ctx, &r, since, 2)
	}
	var want []jiqiao.Reveal
	for range 2 {
		r, err := reveal("u_1")
		e.must(err)
		want = append(want, r)
	}
	if _, err := reveal("u_1"); jiqiao.CodeOf(err) != jiqiao.CodeTooManyRequests {
		e.t.Errorf("the third of two: %v", err)
	}
	other, err := reveal("u_2")
	e.must(err)
	want = append(want, other)
	slices.Reverse(want)
	page, err := e.another().Reveals(e.ctx, "n_1", "", 10)
	e.must(err)
	if diff := cmp.Diff(jiqiao.RevealPage{Total: 3, Items: want}, page, cmpopts.EquateApproxTime(0)); diff != "" {
		e.t.Error(diff)
	}
	since = e.clock.Now().Add(time.Hour) // another day
	if _, err := reveal("u_1"); err != nil {
		e.t.Errorf("the next day: %v", err)
	}
}

func revealsArePaged(e *env) {
	for i := range 5 {
		r := jiqiao.Reveal{Record: needRef("n_1"), User: fmt.Sprint("u_", i), Reason: "核实"}
		e.must(e.Reveal(e.ctx, &r, e.clock.Now(), 1))
	}
	var users []string
	cursor := ""
	for {
		page, err := e.Reveals(e.ctx, "n_1", cursor, 2)
		e.must(err)
		for _, r := range page.Items {
			users = append(users, r.User)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if want := []string{"u_4", "u_3", "u_2", "u_1", "u_0"}; !slices.Equal(users, want) {
		e.t.Errorf("paged: %v", users)
	}
	if _, err := e.Reveals(e.ctx, "n_1", "v_1' OR '1'='1", 2); jiqiao.CodeOf(err) != jiqiao.CodeInvalid {
		e.t.Errorf("a bad cursor: %v", err)
	}
}

func revealsAtOnce(e *env) {
	const limit = 3
	user, since := Account(e.t, e.Store, jiqiao.RoleBroker, "b1"), e.clock.Now()
	var shown atomic.Int32
	var clicks sync.WaitGroup
	for range 12 {
		clicks.Go(func() {
			r := jiqiao.Reveal{Record: needRef("n_1"), User: user, Reason: "核实"}
			switch err := e.Reveal(e.ctx, &r, since, limit); jiqiao.CodeOf(err) {
			case "":
				shown.Add(1)
			case jiqiao.CodeTooManyRequests:
			default:
				e.t.Error(err)
			}
		})
	}
	clicks.Wait()
	if n := shown.Load(); n != limit {
		e.t.Errorf("%d were shown", n)
	}
}
