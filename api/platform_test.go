package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

// leave puts a job into the queue as the person, nil for the service, and returns its id.
func (w *world) leave(p *person, kind string) string {
	w.t.Helper()
	ctx := w.t.Context()
	if p != nil {
		ctx = jiqiao.WithOrigin(ctx, jiqiao.Origin{Viewer: jiqiao.Viewer{User: p.ID}})
	}
	if err := w.store.Enqueue(ctx, jiqiao.NewJob{Kind: kind, Payload: map[string]string{"secret": "不外传"}}); err != nil {
		w.t.Fatal(err)
	}
	page, err := w.store.Jobs(w.t.Context(), jiqiao.JobQuery{Kind: kind})
	if err != nil || len(page.Jobs) == 0 {
		w.t.Fatal(page, err)
	}
	return page.Jobs[0].ID
}

func TestJobsAreForTheSystemsAdministrator(t *testing.T) {
	w := newWorld(t)
	id := w.leave(nil, "mail")
	for _, role := range jiqiao.Roles {
		for _, c := range []struct{ method, path string }{
			{http.MethodGet, "/jobs"}, {http.MethodGet, "/jobs/" + id}, {http.MethodGet, "/job-counts"}, {http.MethodGet, "/exports/jobs.xlsx"},
			{http.MethodPost, "/jobs/" + id + "/cancel"}, {http.MethodPost, "/jobs/" + id + "/retry"},
		} {
			want := 403
			if role == jiqiao.RoleSystemAdmin {
				want = 200
			}
			if rec := w.do(ask{method: c.method, path: "/api/v1" + c.path, user: w.as(role)}); rec.Code != want {
				t.Errorf("%s %s %s: %d %s", role, c.method, c.path, rec.Code, rec.Body)
			}
		}
	}
	if rec := w.do(ask{path: "/api/v1/jobs"}); rec.Code != 401 {
		t.Errorf("the public: %d", rec.Code)
	}
}

func TestJobsAreListedWithoutTheirPayload(t *testing.T) {
	w := newWorld(t)
	admin := w.as(jiqiao.RoleSystemAdmin)
	id := w.leave(nil, "mail")
	w.leave(nil, "alert")
	rec := w.do(ask{path: "/api/v1/jobs?kind=mail&state=waiting", user: admin})
	var page jiqiao.JobPage
	if err := json.Unmarshal(plain(t, rec), &page); err != nil || page.Total != 1 || page.Jobs[0].ID != id || strings.Contains(rec.Body.String(), "不外传") {
		t.Errorf("%d %s, %v", rec.Code, rec.Body, err)
	}
	for _, path := range []string{"/jobs?state=asleep", "/jobs?cursor=x", "/jobs?limit=9999"} {
		if rec := w.do(ask{path: "/api/v1" + path, user: admin}); rec.Code != 400 {
			t.Errorf("%s: %d", path, rec.Code)
		}
	}
	if rec := w.do(ask{path: "/api/v1/jobs/j_00000000000000000000", user: admin}); rec.Code != 404 {
		t.Errorf("no such job: %d", rec.Code)
	}
	if rec := w.do(ask{method: http.MethodPost, path: "/api/v1/jobs/" + id + "/retry", user: admin}); rec.Code != 409 {
		t.Errorf("a waiting job again: %d %s", rec.Code, rec.Body)
	}
	rec = w.do(ask{path: "/api/v1/job-counts", user: admin})
	if !strings.Contains(string(plain(t, rec)), `"kind":"alert","state":"waiting","count":1`) {
		t.Errorf("counts: %s", rec.Body)
	}
}

func TestOnesOwnJobs(t *testing.T) {
	w := newWorld(t)
	me, other := w.as(jiqiao.RoleOperator), w.as(jiqiao.RoleBroker)
	mine, theirs := w.leave(me, "mine"), w.leave(other, "theirs")
	w.leave(nil, "nobody's")
	var page jiqiao.JobPage
	rec := w.do(ask{path: "/api/v1/me/jobs", user: me})
	if err := json.Unmarshal(plain(t, rec), &page); err != nil || page.Total != 1 || page.Jobs[0].ID != mine {
		t.Errorf("%d %s, %v", rec.Code, rec.Body, err)
	}
	for id, want := range map[string]int{mine: 200, theirs: 404, "j_x": 404} {
		if rec := w.do(ask{path: "/api/v1/me/jobs/" + id, user: me}); rec.Code != want {
			t.Errorf("%s: %d, want %d", id, rec.Code, want)
		}
	}
	if rec := w.do(ask{path: "/api/v1/me/jobs", as: jiqiao.ScopeAdmin}); rec.Code != 403 {
		t.Errorf("a machine: %d", rec.Code)
	}
}

func TestAuditIsForTheAuditorAlone(t *testing.T) {
	w := newWorld(t)
	paths := []string{"/audit", "/audit/verify", "/exports/audit.xlsx"}
	for _, role := range jiqiao.Roles {
		want := 403
		if role == jiqiao.RoleAuditor {
			want = 200
		}
		for _, path := range paths {
			if rec := w.do(ask{path: "/api/v1" + path, user: w.as(role)}); rec.Code != want {
				t.Errorf("%s %s: %d %s", role, path, rec.Code, rec.Body)
			}
		}
	}
	for _, path := range paths {
		if rec := w.do(ask{path: "/api/v1" + path, as: jiqiao.ScopeAdmin}); rec.Code != 403 {
			t.Errorf("a token of the widest scope %s: %d", path, rec.Code)
		}
		if rec := w.do(ask{path: "/api/v1" + path}); rec.Code != 401 {
			t.Errorf("the public %s: %d", path, rec.Code)
		}
	}
}

// What is done in a deal is told by the deal's name, also while its records rest: they are engaged for that long.
func TestTheAuditNamesTheDeal(t *testing.T) {
	w := newDealWorld(t)
	d := w.signed(t)
	pay := map[string]any{"amount": 60 * jiqiao.Wan, "received_on": "2026-11-20", "voucher": "1", "kind": "deposit"}
	w.send(t, w.broker, "POST", "/deals/"+d.ID+"/payments", pay, nil, http.StatusCreated)
	w.send(t, w.broker, "POST", "/deals/"+d.ID+"/tasks", map[string]any{"title": "催款"}, nil, http.StatusCreated)
	names := func() map[string]string {
		t.Helper()
		var page jiqiao.AuditPage
		w.send(t, w.as(jiqiao.RoleAuditor), "GET", "/audit?object="+d.ID+"&limit=100", nil, &page, http.StatusOK)
		found := map[string]string{}
		for _, e := range page.Entries {
			found[e.Act] = e.ObjectTitle
		}
		return found
	}
	name := func(need, achievement jiqiao.Status, hidden bool) {
		t.Helper()
		for _, rec := range []jiqiao.Record{w.need, w.achievement} {
			now, err := w.store.Get(t.Context(), rec.Kind(), rec.Head().ID)
			if err != nil {
				t.Fatal(err)
			}
			now.Head().Status = achievement
			if rec.Kind() == jiqiao.KindNeed {
				now.Head().Status = need
				if hidden {
					now.Head().Disclosure = jiqiao.DisclosurePrivate
				}
			}
			w.put(now)
		}
	}
	for _, c := range []struct {
		status jiqiao.Status
		hidden bool
		want   string
	}{
		{jiqiao.StatusEngaged, false, w.need.Title},
		{jiqiao.StatusSettled, false, w.need.Title},
		{jiqiao.StatusEngaged, true, w.achievement.Title},
		{jiqiao.StatusDraft, true, ""},
	} {
		name(c.status, c.status, c.hidden)
		found := names()
		for _, act := range []string{"deal.create", "contract.put", "deal.advance", "payment.add", "deal.task_add"} {
			if got, there := found[act]; !there || got != c.want {
				t.Errorf("%s of what is %s is about %q (%t), want %q", act, c.status, got, there, c.want)
			}
		}
	}
}

func TestReadingTheAuditIsAudited(t *testing.T) {
	w := newWorld(t)
	auditor := w.as(jiqiao.RoleAuditor)
	from := "/api/v1/audit?act=audit&from=2026-01-01&until=2099-12-31&result=done&object_type=audit&user=" + auditor.ID
	w.do(ask{path: "/api/v1/exports/audit.xlsx?act=audit", user: auditor})
	w.do(ask{path: "/api/v1/audit/verify", user: auditor})
	rec := w.do(ask{path: from, user: auditor})
	var page jiqiao.AuditPage
	if err := json.Unmarshal(plain(t, rec), &page); err != nil {
		t.Fatal(err)
	}
	var acts []string
	for _, e := range page.Entries {
		acts = append(acts, e.Act+" "+e.ActLabel)
		if e.User != auditor.ID || e.Role != jiqiao.RoleAuditor || e.Address == "" || e.Request == "" {
			t.Errorf("who and from where: %+v", e)
		}
	}
	if diff := cmp.Diff([]string{"audit.read 查看审计记录", "audit.verify 校验审计记录", "audit.export 导出审计记录"}, acts); diff != "" {
		t.Errorf("acts (-want +got):\n%s", diff)
	}
	for _, path := range []string{"/audit?result=maybe", "/audit?from=yesterday", "/audit?cursor=x", "/exports/audit.xlsx?result=maybe"} {
		if rec := w.do(ask{path: "/api/v1" + path, user: auditor}); rec.Code != 400 {
			t.Errorf("%s: %d", path, rec.Code)
		}
	}
}

// organisations is how many there are of the name.
func (w *world) organisations(name string) int {
	w.t.Helper()
	page, err := w.store.ListOrganisations(w.t.Context(), jiqiao.OrganisationQuery{Text: name, Limit: 100})
	if err != nil {
		w.t.Fatal(err)
	}
	return page.Total
}

func create(key, name string, change ...func(*ask)) ask {
	a := ask{
		method: http.MethodPost, path: "/api/v1/organisations", as: jiqiao.ScopeWrite, header: map[string]string{"Idempotency-Key": key},
		body: map[string]any{"name": name, "kind": "enterprise"},
	}
	for _, c := range change {
		c(&a)
	}
	return a
}

func TestAWriteSentTwiceIsDoneOnce(t *testing.T) {
	w := newWorld(t)
	first := w.do(create("k1", "甲公司"))
	again := w.do(create("k1", "甲公司"))
	if first.Code != 201 || again.Code != 201 || again.Header().Get("Idempotency-Replayed") != "true" || first.Header().Get("Idempotency-Replayed") != "" {
		t.Fatalf("%d, then %d %v", first.Code, again.Code, again.Header())
	}
	if diff := cmp.Diff(string(plain(t, first)), string(plain(t, again))); diff != "" {
		t.Errorf("another answer:\n%s", diff)
	}
	for _, name := range []string{"Content-Type", "Location", "ETag"} {
		if first.Header().Get(name) != again.Header().Get(name) {
			t.Errorf("%s is %q, then %q", name, first.Header().Get(name), again.Header().Get(name))
		}
	}
	if n := w.organisations("甲公司"); n != 1 {
		t.Errorf("%d were made", n)
	}
	if rec := w.do(create("k1", "乙公司")); rec.Code != 422 || !strings.Contains(rec.Body.String(), "Idempotency-Key") {
		t.Errorf("another body under the key: %d %s", rec.Code, rec.Body)
	}
	// The key belongs to who sent it, and to the route.
	operator := w.as(jiqiao.RoleOperator)
	if rec := w.do(create("k1", "丙公司", func(a *ask) { a.as, a.user = "", operator })); rec.Code != 201 {
		t.Errorf("another's key: %d %s", rec.Code, rec.Body)
	}
	if rec := w.do(create("k2", "甲公司", func(a *ask) { a.body = map[string]any{"name": "", "kind": "enterprise"} })); rec.Code != 400 {
		t.Errorf("a wrong body: %d", rec.Code)
	}
	for _, key := range []string{"有汉字", "a b", strings.Repeat("x", 201)} {
		if rec := w.do(create(key, "丁公司")); rec.Code != 400 || w.organisations("丁公司") != 0 {
			t.Errorf("the key %q: %d", key, rec.Code)
		}
	}
}

func TestADoubleClickIsOneWrite(t *testing.T) {
	w := newWorld(t)
	codes := make([]int, 8)
	var clicks sync.WaitGroup
	for i := range codes {
		clicks.Go(func() {
			rec := httptest.NewRecorder()
			w.server.ServeHTTP(rec, w.request(create("double", "连点公司")))
			codes[i] = rec.Code
		})
	}
	clicks.Wait()
	for _, code := range codes {
		if code != 201 && code != 409 {
			t.Errorf("one of the clicks: %d", code)
		}
	}
	if n := w.organisations("连点公司"); n != 1 {
		t.Errorf("%d were made", n)
	}
}

// TestWhatWasNotDoneMayBeTriedAgain: no answer is kept that says nothing about the request.
func TestWhatWasNotDoneMayBeTriedAgain(t *testing.T) {
	broken := &brokenOrganisations{}
	w := newWorld(t, func(o *Options) { broken.Organisations, o.Organisations = o.Organisations, broken })
	for _, how := range []func(){
		func() { broken.err = jiqiao.Fail(jiqiao.CodeUnavailable, "数据库忙", nil) },
		func() { broken.err, broken.panics = nil, true },
	} {
		how()
		if rec := w.do(create("k", "甲公司")); rec.Code < 500 {
			t.Errorf("broken: %d", rec.Code)
		}
	}
	broken.panics = false
	if rec := w.do(create("k", "甲公司")); rec.Code != 201 || rec.Header().Get("Idempotency-Replayed") != "" {
		t.Errorf("mended: %d %s", rec.Code, rec.Body)
	}
	if rec := w.do(create("forbidden", "乙公司", func(a *ask) { a.as = jiqiao.ScopeRead })); rec.Code != 403 {
		t.Errorf("forbidden: %d", rec.Code)
	}
	if rec := w.do(create("forbidden", "乙公司", func(a *ask) { a.as = "" })); rec.Code != 401 {
		t.Errorf("the public: %d", rec.Code)
	}
}

type brokenOrganisations struct {
	Organisations
	err    error
	panics bool
}

func (b *brokenOrganisations) PutOrganisation(ctx context.Context, o *jiqiao.Organisation) error {
	if b.panics {
		panic("no")
	}
	if b.err != nil {
		return b.err
	}
	return b.Organisations.PutOrganisation(ctx, o)
}

func TestSecretsAndLongAnswersAreNotKept(t *testing.T) {
	for name, h := range map[string]func(held *heldAnswer){
		"a cookie":      func(h *heldAnswer) { h.Header().Set("Set-Cookie", "a=b"); _, _ = h.WriteString("x") },
		"a secret":      func(h *heldAnswer) { h.Header().Set("Cache-Control", "no-store"); _, _ = h.WriteString("x") },
		"a long answer": func(h *heldAnswer) { _, _ = h.WriteString(strings.Repeat("x", maxAnswer)); _, _ = h.WriteString("y") },
		"in pieces":     func(h *heldAnswer) { _, _ = h.WriteString("x"); h.Flush() },
	} {
		rec := httptest.NewRecorder()
		c, _ := gin.CreateTestContext(rec)
		held := &heldAnswer{ResponseWriter: c.Writer}
		h(held)
		if held.keepable() {
			t.Errorf("%s is kept", name)
		}
		held.release()
		if rec.Body.Len() == 0 {
			t.Errorf("%s is not sent", name)
		}
	}
}

func TestPeopleAreLimitedWhereverTheyAsk(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	w := newWorld(t, func(o *Options) {
		o.UserRatePerSecond, o.UserRateBurst = 1, 3
		o.Now = func() time.Time { return now }
	})
	operator, broker := w.as(jiqiao.RoleOperator), w.as(jiqiao.RoleBroker)
	from := func(p *person, n int) int {
		r := w.request(ask{path: "/api/v1/me/jobs", user: p})
		r.RemoteAddr = fmt.Sprintf("192.0.2.%d:9", n)
		return record(w.server, r).Code
	}
	for i := range 3 {
		if code := from(operator, i); code != 200 {
			t.Errorf("request %d: %d", i, code)
		}
	}
	if code := from(operator, 99); code != 429 {
		t.Errorf("from one more address: %d", code)
	}
	if code := from(broker, 99); code != 200 {
		t.Errorf("somebody else: %d", code)
	}
	for range 9 {
		if rec := w.do(ask{path: "/api/v1/organisations", as: jiqiao.ScopeRead}); rec.Code != 200 {
			t.Errorf("a machine: %d", rec.Code)
		}
	}
}

func TestSigningInIsLimitedByAddressAndByName(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	w := newWorld(t, func(o *Options) {
		o.SignInsPerMinute = 3
		o.Now = func() time.Time { return now }
	})
	try := func(address, login string) int {
		r := w.request(ask{method: http.MethodPost, path: "/api/v1/auth/login", body: map[string]string{"login": login, "password": "nope-nope-1"}})
		r.RemoteAddr = address + ":9"
		return record(w.server, r).Code
	}
	for i := range 3 {
		if code := try("192.0.2.1", fmt.Sprint("somebody-", i)); code != 401 {
			t.Errorf("attempt %d: %d", i, code)
		}
	}
	if code := try("192.0.2.1", "somebody-else"); code != 429 {
		t.Errorf("one address, many names: %d", code)
	}
	for i := range 3 {
		if code := try(fmt.Sprint("198.51.100.", i), "victim"); code != 401 {
			t.Errorf("attempt %d: %d", i, code)
		}
	}
	if code := try("198.51.100.99", " VICTIM "); code != 429 {
		t.Errorf("many addresses, one name: %d", code)
	}
	if rec := w.do(ask{path: "/api/v1/auth/session"}); rec.Code != 200 {
		t.Errorf("others are limited, too: %d", rec.Code)
	}
}

// TestWhatCanBeGuessedIsLimited finds a new way in that was forgotten.
func TestWhatCanBeGuessedIsLimited(t *testing.T) {
	w := newWorld(t)
	harmless := map[string]bool{"/match": true, "/clinic": true, "/auth/logout": true, "/unsubscribe": true}
	for _, r := range w.server.routes() {
		if r.method == http.MethodPost && r.permission == "" && !guessed(r) && !harmless[r.path] {
			t.Errorf("anybody may try %s as often as they like", r.path)
		}
	}
}

// timedAnswers notes until when there was time to keep an answer.
type timedAnswers struct {
	Answers
	until time.Time
}

func (a *timedAnswers) KeepAnswer(ctx context.Context, id, lease string, answered jiqiao.Answered, keep time.Duration) error {
	a.until, _ = ctx.Deadline()
	return a.Answers.KeepAnswer(ctx, id, lease, answered, keep)
}

// slowOrganisations take a moment, and note when they were done.
type slowOrganisations struct {
	Organisations
	done time.Time
}

func (o *slowOrganisations) PutOrganisation(ctx context.Context, org *jiqiao.Organisation) error {
	time.Sleep(time.Millisecond)
	err := o.Organisations.PutOrganisation(ctx, org)
	o.done = time.Now()
	return err
}

func TestTheTimeToKeepAnAnswerBeginsWhenItIsMade(t *testing.T) {
	w := newWorld(t)
	slow, answers := &slowOrganisations{Organisations: w.server.opts.Organisations}, &timedAnswers{Answers: w.server.opts.Answers}
	w.server.opts.Organisations, w.server.opts.Answers = slow, answers
	if rec := w.do(create("slow", "甲公司")); rec.Code != 201 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if answers.until.Before(slow.done.Add(answerTimeout)) {
		t.Errorf("a request that takes long leaves %s to keep its answer", answers.until.Sub(slow.done))
	}
}
