package lifecycle

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/store"
	"jiqiao/store/sqlitetest"
	"jiqiao/store/storetest"
)

// desk is a service over a real store with a clinic of one's choice.
type desk struct {
	*Service
	t      *testing.T
	store  *store.Store
	clock  *storetest.Clock
	clinic *clinic
	// enterprise and university are members of organisations, operator is the city's, other the next city's.
	enterprise, university, operator, other jiqiao.Viewer
}

// clinic finds what it is told to.
type clinic struct {
	missing bool
	similar []jiqiao.SimilarRecord
	fail    error
	asked   int
}

func (c *clinic) Completeness(jiqiao.Record) int { return 60 }

func (c *clinic) Examine(_ context.Context, rec jiqiao.Record) (jiqiao.Diagnosis, error) {
	c.asked++
	state := jiqiao.AspectPresent
	if c.missing {
		state = jiqiao.AspectMissing
	}
	return jiqiao.Diagnosis{
		Kind: rec.Kind(), Completeness: 60, Similar: c.similar,
		Aspects:   []jiqiao.Aspect{{Name: "metrics", State: state}, {Name: "problem", State: jiqiao.AspectVague}},
		Questions: []jiqiao.DraftQuestion{{Aspect: "metrics", Text: "要达到什么指标？"}},
	}, c.fail
}

func open(t *testing.T) *desk {
	t.Helper()
	clock := storetest.NewClock()
	st, err := store.Open(t.Context(), store.Config{
		URL: sqlitetest.New(t), Now: clock.Now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	d := &desk{t: t, store: st, clock: clock, clinic: &clinic{}}
	d.Service = New(Options{Store: st, Clinic: d.clinic, Log: slog.New(slog.DiscardHandler), Now: clock.Now})
	organisation := func(name string, kind jiqiao.OrganisationKind) string {
		org := jiqiao.Organisation{Name: name, Kind: kind, Region: "320981"}
		if err := st.PutOrganisation(t.Context(), &org); err != nil {
			t.Fatal(err)
		}
		return org.ID
	}
	d.enterprise = jiqiao.Viewer{User: "u_1", Role: jiqiao.RoleEnterprise, Organisation: organisation("甲公司", jiqiao.OrganisationEnterprise)}
	d.university = jiqiao.Viewer{User: "u_2", Role: jiqiao.RoleUniversity, Organisation: organisation("某大学", jiqiao.OrganisationUniversity)}
	d.operator = jiqiao.Viewer{User: "u_3", Role: jiqiao.RoleOperator, Region: "320900"}
	d.other = jiqiao.Viewer{User: "u_4", Role: jiqiao.RoleOperator, Region: "321000"}
	return d
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) fails(want jiqiao.Code, err error) {
	d.t.Helper()
	if got := jiqiao.CodeOf(err); got != want {
		d.t.Fatalf("got %q (%v), want %q", got, err, want)
	}
}

// draft is a need that the enterprise enters.
func (d *desk) draft(title string) *jiqiao.Need {
	d.t.Helper()
	n := &jiqiao.Need{Header: jiqiao.Header{Title: title, Status: jiqiao.StatusDraft}, Problem: "难"}
	d.must(d.Create(d.t.Context(), d.enterprise, n))
	return n
}

func (d *desk) step(v jiqiao.Viewer, rec jiqiao.Record, step jiqiao.Step) (jiqiao.StepOutcome, error) {
	return d.Step(d.t.Context(), v, jiqiao.RecordMove{
		Kind: rec.Kind(), ID: rec.Head().ID, Version: d.get(rec).Head().Version, Step: step, Note: "原因",
	}, true)
}

func (d *desk) get(rec jiqiao.Record) jiqiao.Record {
	d.t.Helper()
	got, err := d.store.Get(d.t.Context(), rec.Kind(), rec.Head().ID)
	d.must(err)
	return got
}

// published is a need of the enterprise that passed review.
func (d *desk) published(title string) *jiqiao.Need {
	d.t.Helper()
	n := d.draft(title)
	_, err := d.step(d.enterprise, n, jiqiao.StepSubmit)
	d.must(err)
	_, err = d.step(d.operator, n, jiqiao.StepApprove)
	d.must(err)
	return d.get(n).(*jiqiao.Need)
}

func (d *desk) update(v jiqiao.Viewer, n jiqiao.Need, edition int) (jiqiao.SavedRecord, error) {
	return d.Update(d.t.Context(), v, &n, edition)
}

func TestOwnersChooseNeitherOwnerNorStatus(t *testing.T) {
	d := open(t)
	n := &jiqiao.Need{Header: jiqiao.Header{
		ID: "n_00000000000000000000", Version: 7, Title: "一", Status: jiqiao.StatusPublished, MergedInto: "n_2",
		Owner: jiqiao.OrganisationRef{ID: d.university.Organisation, Name: "某大学"},
	}}
	d.must(d.Create(t.Context(), d.enterprise, n))
	got := d.get(n).Head()
	if got.Status != jiqiao.StatusDraft || got.Owner.ID != d.enterprise.Organisation || got.MergedInto != "" || got.Version != 1 || got.Region != "320981" {
		t.Errorf("%+v", got)
	}
	c := *n
	c.Status, c.Owner, c.MergedInto = jiqiao.StatusPublished, jiqiao.OrganisationRef{ID: d.university.Organisation}, "n_2"
	_, err := d.update(d.enterprise, c, 0)
	d.must(err)
	if got := d.get(n).Head(); got.Status != jiqiao.StatusDraft || got.Owner.ID != d.enterprise.Organisation || got.MergedInto != "" {
		t.Errorf("%+v", got)
	}
}

func TestWhoMayNotEnter(t *testing.T) {
	d := open(t)
	for name, c := range map[string]struct {
		v   jiqiao.Viewer
		rec jiqiao.Record
	}{
		"an enterprise, an achievement":      {d.enterprise, &jiqiao.Achievement{Header: jiqiao.Header{Title: "一"}}},
		"a university, a need":               {d.university, &jiqiao.Need{Header: jiqiao.Header{Title: "一"}}},
		"an enterprise without organisation": {jiqiao.Viewer{User: "u_9", Role: jiqiao.RoleEnterprise}, &jiqiao.Need{Header: jiqiao.Header{Title: "一"}}},
		"a broker":                           {jiqiao.Viewer{User: "u_9", Role: jiqiao.RoleBroker, Organisation: "o_1"}, &jiqiao.Need{Header: jiqiao.Header{Title: "一"}}},
		"an operator, elsewhere":             {d.operator, &jiqiao.Need{Header: jiqiao.Header{Title: "一", Region: "110000", Status: jiqiao.StatusPublished}}},
		"the public":                         {jiqiao.Viewer{}, &jiqiao.Need{Header: jiqiao.Header{Title: "一"}}},
		"an auditor":                         {jiqiao.Viewer{User: "u_9", Role: jiqiao.RoleAuditor}, &jiqiao.Need{Header: jiqiao.Header{Title: "一"}}},
		"a reading machine of an enterprise": {jiqiao.Viewer{Organisation: d.enterprise.Organisation, Scopes: []jiqiao.Scope{jiqiao.ScopeReadPrivate}}, &jiqiao.Need{Header: jiqiao.Header{Title: "一"}}},
	} {
		if err := d.Create(t.Context(), c.v, c.rec); jiqiao.CodeOf(err) != jiqiao.CodeForbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
	n := &jiqiao.Need{Header: jiqiao.Header{Title: "一", Region: "320900", Status: jiqiao.StatusSettled, Owner: jiqiao.OrganisationRef{Name: "乙公司"}}}
	d.fails(jiqiao.CodeInvalid, d.Create(t.Context(), d.operator, n))
}

func TestOthersCannotTouchARecord(t *testing.T) {
	d := open(t)
	draft, shown := d.draft("草稿"), d.published("已发布")
	rival := jiqiao.Viewer{User: "u_9", Role: jiqiao.RoleEnterprise, Organisation: "o_rival"}
	broker := jiqiao.Viewer{User: "u_8", Role: jiqiao.RoleBroker}
	for name, v := range map[string]jiqiao.Viewer{"a rival": rival, "a university": d.university, "a broker": broker, "the next city": d.other, "the public": {}} {
		ctx := t.Context()
		hidden, seen := jiqiao.CodeNotFound, jiqiao.CodeForbidden
		for what, got := range map[string][2]error{
			"step":     {func() error { _, err := d.step(v, draft, jiqiao.StepSubmit); return err }(), func() error { _, err := d.step(v, shown, jiqiao.StepPause); return err }()},
			"update":   {func() error { _, err := d.update(v, *draft, 0); return err }(), func() error { _, err := d.update(v, *shown, 0); return err }()},
			"delete":   {d.Delete(ctx, v, jiqiao.KindNeed, draft.ID, 1), d.Delete(ctx, v, jiqiao.KindNeed, shown.ID, 3)},
			"history":  {func() error { _, err := d.History(ctx, v, jiqiao.KindNeed, draft.ID, 0, 0); return err }(), func() error { _, err := d.History(ctx, v, jiqiao.KindNeed, shown.ID, 0, 0); return err }()},
			"version":  {func() error { _, err := d.Version(ctx, v, jiqiao.KindNeed, draft.ID, 1); return err }(), func() error { _, err := d.Version(ctx, v, jiqiao.KindNeed, shown.ID, 1); return err }()},
			"reviews":  {func() error { _, err := d.ReviewsOf(ctx, v, jiqiao.KindNeed, draft.ID, "", 0); return err }(), func() error { _, err := d.ReviewsOf(ctx, v, jiqiao.KindNeed, shown.ID, "", 0); return err }()},
			"revision": {func() error { _, err := d.Revision(ctx, v, jiqiao.KindNeed, draft.ID); return err }(), func() error { _, err := d.Revision(ctx, v, jiqiao.KindNeed, shown.ID); return err }()},
			"merges":   {func() error { _, err := d.Merges(ctx, v, jiqiao.KindNeed, draft.ID); return err }(), func() error { _, err := d.Merges(ctx, v, jiqiao.KindNeed, shown.ID); return err }()},
		} {
			if a, b := jiqiao.CodeOf(got[0]), jiqiao.CodeOf(got[1]); a != hidden || b != seen {
				t.Errorf("%s, %s: %q of a draft and %q of what is shown", name, what, a, b)
			}
		}
	}
	if d.get(draft).Head().Version != 1 || d.get(shown).Head().Version != 3 {
		t.Error("something was written")
	}
}

func TestOwnersDoNotApproveThemselves(t *testing.T) {
	d := open(t)
	n := d.draft("一")
	_, err := d.step(d.enterprise, n, jiqiao.StepSubmit)
	d.must(err)
	for _, s := range []jiqiao.Step{jiqiao.StepApprove, jiqiao.StepReturn} {
		_, err = d.step(d.enterprise, n, s)
		d.fails(jiqiao.CodeForbidden, err)
	}
	machine := jiqiao.Viewer{Organisation: d.enterprise.Organisation, Scopes: []jiqiao.Scope{jiqiao.ScopeWrite}}
	_, err = d.step(machine, n, jiqiao.StepApprove)
	d.fails(jiqiao.CodeForbidden, err)
	for _, s := range []jiqiao.Step{jiqiao.StepEngage, jiqiao.StepDisengage, jiqiao.StepExpire} {
		_, err = d.step(d.operator, d.published("二"+string(s)), s)
		if code := jiqiao.CodeOf(err); code != jiqiao.CodeForbidden && code != jiqiao.CodeConflict {
			t.Errorf("%s by an operator: %v", s, err)
		}
	}
}

func TestSubmitAsksTheClinicFirst(t *testing.T) {
	d := open(t)
	n := d.draft("一")
	d.clinic.missing = true
	m := jiqiao.RecordMove{Kind: jiqiao.KindNeed, ID: n.ID, Version: 1, Step: jiqiao.StepSubmit}
	out, err := d.Step(t.Context(), d.enterprise, m, false)
	d.must(err)
	if out.Done || out.Diagnosis == nil || len(out.Diagnosis.Questions) != 1 || d.get(n).Head().Status != jiqiao.StatusDraft {
		t.Errorf("submitted with an aspect missing: %+v", out)
	}
	out, err = d.Step(t.Context(), d.enterprise, m, true)
	d.must(err)
	if !out.Done || out.Record.Head().Status != jiqiao.StatusPending {
		t.Errorf("confirmed: %+v", out)
	}
	page, err := d.Queue(t.Context(), d.operator, jiqiao.ReviewQuery{State: jiqiao.ReviewPending})
	d.must(err)
	if page.Total != 1 || page.Items[0].Diagnosis.Completeness != 60 || page.Items[0].Record.Head().Title != "一" {
		t.Errorf("the reviewer sees %+v", page)
	}
	_, err = d.Step(t.Context(), d.enterprise, m, true) // a double click
	d.fails(jiqiao.CodeConflict, err)
}

func TestSubmitWithoutAClinic(t *testing.T) {
	d := open(t)
	n := d.draft("一")
	d.clinic.fail = errors.New("down")
	out, err := d.step(d.enterprise, n, jiqiao.StepSubmit)
	d.must(err)
	if !out.Done || out.Diagnosis != nil {
		t.Errorf("%+v", out)
	}
}

func TestNearDuplicatesAreShownToWhoMaySeeThem(t *testing.T) {
	d := open(t)
	twin := d.draft("研制击穿电压不低于1200V的碳化硅器件")
	far := d.draft("污水处理用生物膜载体")
	secret := &jiqiao.Need{Header: jiqiao.Header{Title: "别家的草稿", Status: jiqiao.StatusDraft, Region: "320981", Owner: jiqiao.OrganisationRef{Name: "乙公司"}}}
	d.must(d.store.Put(t.Context(), secret))
	d.clinic.similar = []jiqiao.SimilarRecord{{Duplicate: jiqiao.Duplicate{ID: secret.ID, Similarity: .9, Record: secret}, Level: "close"}}
	n := d.draft("研制击穿电压不低于 1200V 的碳化硅器件！")
	out, err := d.step(d.enterprise, n, jiqiao.StepSubmit)
	d.must(err)
	similar := out.Diagnosis.Similar
	if len(similar) != 1 || similar[0].ID != twin.ID || similar[0].Level != "duplicate" {
		t.Errorf("the owner sees %+v (%s is far)", similar, far.ID)
	}
	page, err := d.Queue(t.Context(), d.operator, jiqiao.ReviewQuery{State: jiqiao.ReviewPending})
	d.must(err)
	if similar := page.Items[0].Diagnosis.Similar; len(similar) != 2 || similar[1].Record.Head().Title != "别家的草稿" {
		t.Errorf("the reviewer sees %+v", similar)
	}
	own, err := d.ReviewsOf(t.Context(), d.enterprise, jiqiao.KindNeed, n.ID, "", 0)
	d.must(err)
	if similar := own.Items[0].Diagnosis.Similar; len(similar) != 1 {
		t.Errorf("the owner sees later %+v", similar)
	}
}

func TestPublishingSetsAnEnd(t *testing.T) {
	d := open(t)
	if n := d.published("一"); n.ValidUntil != "2027-11-22" {
		t.Errorf("ends %s", n.ValidUntil)
	}
	n := &jiqiao.Need{Header: jiqiao.Header{Title: "二", Status: jiqiao.StatusPublished, Region: "320900", Owner: jiqiao.OrganisationRef{Name: "乙公司"}}}
	d.must(d.Create(t.Context(), d.operator, n))
	if n.ValidUntil != "2027-11-22" {
		t.Errorf("ends %s", n.ValidUntil)
	}
	past := d.draft("三")
	past.ValidUntil = "2026-11-21"
	_, err := d.update(d.enterprise, *past, 0)
	d.must(err)
	_, err = d.step(d.enterprise, past, jiqiao.StepSubmit)
	d.fails(jiqiao.CodeInvalid, err)
}

func TestChangesOfWhatIsShownWaitForReview(t *testing.T) {
	d := open(t)
	n := d.published("一")
	c := *n
	c.Title = "二"
	c.Contact.Mobile = "13812345678"
	saved, err := d.update(d.enterprise, c, 0)
	d.must(err)
	shown := d.get(n).(*jiqiao.Need)
	if shown.Title != "一" || shown.Contact.Mobile != "13812345678" || shown.Status != jiqiao.StatusPublished || saved.Revision == nil {
		t.Errorf("%+v %+v", shown.Head(), saved.Revision)
	}
	if diff := cmp.Diff([]string{"title"}, names(saved.Revision.Changes)); diff != "" {
		t.Error(diff)
	}
	// Another change names the one that waits.
	c = *shown
	c.Title = "三"
	_, err = d.update(d.enterprise, c, 0)
	d.fails(jiqiao.CodeConflict, err)
	_, err = d.update(d.enterprise, c, 1)
	d.must(err)
	// The reviewer approves the edition that was read.
	m := jiqiao.RecordMove{Kind: jiqiao.KindNeed, ID: n.ID, Version: shown.Version, Edition: 1, Step: jiqiao.StepApprove}
	_, err = d.Step(t.Context(), d.operator, m, false)
	d.fails(jiqiao.CodeConflict, err)
	m.Edition = 2
	out, err := d.Step(t.Context(), d.operator, m, false)
	d.must(err)
	if out.Record.Head().Title != "三" {
		t.Errorf("%+v", out.Record.Head())
	}
	_, err = d.Revision(t.Context(), d.enterprise, jiqiao.KindNeed, n.ID)
	d.fails(jiqiao.CodeNotFound, err)
}

func names(changes []jiqiao.FieldChange) []string {
	var all []string
	for _, c := range changes {
		all = append(all, c.Field)
	}
	return all
}

func TestHidingHoldsAtOnceAndShowingWaits(t *testing.T) {
	for _, c := range []struct {
		from, to jiqiao.Disclosure
		atOnce   bool
	}{
		{"", jiqiao.DisclosurePrivate, true},
		{jiqiao.DisclosurePublic, jiqiao.DisclosureAnonymous, true},
		{jiqiao.DisclosureAnonymous, jiqiao.DisclosureSummaryAnonymous, true},
		{jiqiao.DisclosureSummary, jiqiao.DisclosureBroker, true},
		{jiqiao.DisclosureBroker, jiqiao.DisclosurePrivate, true},
		{jiqiao.DisclosureAnonymous, jiqiao.DisclosureSummary, false}, // names the owner
		{jiqiao.DisclosureSummary, jiqiao.DisclosureAnonymous, false}, // shows the detail
		{jiqiao.DisclosurePrivate, jiqiao.DisclosureBroker, false},
		{jiqiao.DisclosureBroker, jiqiao.DisclosureAnonymous, false},
		{jiqiao.DisclosurePrivate, "", false},
	} {
		if got := hidesMore(c.from, c.to); got != c.atOnce {
			t.Errorf("%q → %q at once: %t", c.from, c.to, got)
		}
	}
	d := open(t)
	n := d.published("一")
	c := *n
	c.Disclosure = jiqiao.DisclosurePrivate
	saved, err := d.update(d.enterprise, c, 0)
	d.must(err)
	if saved.Revision != nil || d.get(n).Head().Disclosure != jiqiao.DisclosurePrivate {
		t.Errorf("%+v", saved)
	}
	c = *d.get(n).(*jiqiao.Need)
	c.Disclosure = ""
	saved, err = d.update(d.enterprise, c, 0)
	d.must(err)
	if saved.Revision == nil || d.get(n).Head().Disclosure != jiqiao.DisclosurePrivate {
		t.Errorf("shown without review: %+v", saved)
	}
}

func TestWhatHasEndedIsNotEdited(t *testing.T) {
	d := open(t)
	for _, s := range []jiqiao.Step{jiqiao.StepWithdraw, jiqiao.StepSettle} {
		n := d.published(string(s))
		_, err := d.step(d.enterprise, n, s)
		d.must(err)
		c := *d.get(n).(*jiqiao.Need)
		c.Title = "改"
		_, err = d.update(d.enterprise, c, 0)
		d.fails(jiqiao.CodeConflict, err)
		if !strings.Contains(err.Error(), "重新打开") {
			t.Errorf("%v does not say what is possible", err)
		}
	}
}

func TestOperatorsDoNotOverwriteContactsTheyDoNotSee(t *testing.T) {
	d := open(t)
	n := d.draft("一")
	n.Contact = jiqiao.Contact{Name: "张三丰", Mobile: "13812345678"}
	_, err := d.update(d.enterprise, *n, 0)
	d.must(err)
	_, err = d.step(d.enterprise, n, jiqiao.StepSubmit)
	d.must(err)
	seen := *d.operator.Show(d.get(n)).(*jiqiao.Need)
	if seen.Contact.Mobile == "13812345678" {
		t.Fatal("the operator sees the contact: the test tests nothing")
	}
	seen.Title = "改过的"
	_, err = d.update(d.operator, seen, 0)
	d.must(err)
	if got := d.get(n).Head(); got.Contact.Mobile != "13812345678" || got.Title != "改过的" || got.Status != jiqiao.StatusPending {
		t.Errorf("%+v", got)
	}
	seen = *d.operator.Show(d.get(n)).(*jiqiao.Need)
	seen.Region = "110000"
	_, err = d.update(d.operator, seen, 0)
	d.fails(jiqiao.CodeInvalid, err)
}

func TestDeletion(t *testing.T) {
	d := open(t)
	shown := d.published("一")
	d.fails(jiqiao.CodeConflict, d.Delete(t.Context(), d.enterprise, jiqiao.KindNeed, shown.ID, shown.Version))
	draft := d.draft("二")
	d.fails(jiqiao.CodeConflict, d.Delete(t.Context(), d.enterprise, jiqiao.KindNeed, draft.ID, 9))
	d.must(d.Delete(t.Context(), d.enterprise, jiqiao.KindNeed, draft.ID, 1))
	d.must(d.Delete(t.Context(), d.operator, jiqiao.KindNeed, shown.ID, shown.Version))
}

func TestQueueKeepsToTheRegion(t *testing.T) {
	d := open(t)
	n := d.draft("一")
	_, err := d.step(d.enterprise, n, jiqiao.StepSubmit)
	d.must(err)
	for want, c := range map[int][]struct {
		v      jiqiao.Viewer
		region string
	}{
		1: {{d.operator, ""}, {d.operator, "320000"}, {d.operator, "320981"}, {jiqiao.Viewer{User: "u", Role: jiqiao.RoleOperator}, "320981"}},
		0: {{d.other, ""}, {d.other, "320981"}, {d.other, "320900"}, {d.operator, "110000"}, {d.operator, "320982"}},
	} {
		for _, q := range c {
			page, err := d.Queue(t.Context(), q.v, jiqiao.ReviewQuery{State: jiqiao.ReviewPending, Region: q.region})
			d.must(err)
			if page.Total != want || len(page.Items) != want {
				t.Errorf("%s asks for %q: %d, want %d", q.v.Region, q.region, page.Total, want)
			}
		}
	}
}

func TestBulkTellsOfEach(t *testing.T) {
	d := open(t)
	good, stale := d.draft("一"), d.draft("二")
	for _, n := range []*jiqiao.Need{good, stale} {
		_, err := d.step(d.enterprise, n, jiqiao.StepSubmit)
		d.must(err)
	}
	move := func(id string, version int64) jiqiao.RecordMove {
		return jiqiao.RecordMove{Kind: jiqiao.KindNeed, ID: id, Version: version, Step: jiqiao.StepApprove}
	}
	results, err := d.Steps(t.Context(), d.operator, []jiqiao.RecordMove{move(good.ID, 2), move(stale.ID, 1), move("n_x", 1), move(good.ID, 2)}, false)
	d.must(err)
	var codes []jiqiao.Code
	for _, r := range results {
		if r.Error == nil {
			codes = append(codes, "")
		} else {
			codes = append(codes, r.Error.Code)
		}
	}
	if diff := cmp.Diff([]jiqiao.Code{"", jiqiao.CodeConflict, jiqiao.CodeNotFound, jiqiao.CodeConflict}, codes); diff != "" {
		t.Error(diff)
	}
}

func TestOwnRecords(t *testing.T) {
	d := open(t)
	for _, title := range []string{"一", "二", "三"} {
		d.draft(title)
		d.clock.Advance(time.Second)
	}
	d.published("四")
	page, err := d.Own(t.Context(), d.enterprise, jiqiao.OwnQuery{Organisation: "o_other", Limit: 2})
	d.must(err)
	if diff := cmp.Diff(map[jiqiao.Status]int{jiqiao.StatusDraft: 3, jiqiao.StatusPublished: 1}, page.Count); diff != "" || page.Total != 4 || len(page.Items) != 2 {
		t.Errorf("%s %+v", diff, page)
	}
	next, err := d.Own(t.Context(), d.enterprise, jiqiao.OwnQuery{Limit: 2, Cursor: page.Next})
	d.must(err)
	if len(next.Items) != 2 || next.Items[1].Head().Title != "一" || next.Next != "" {
		t.Errorf("%+v", next)
	}
	if s := page.Standing[page.Items[0].Head().ID]; s.Completeness == nil || *s.Completeness != 60 || s.Review != jiqiao.ReviewApproved || s.SubmittedAt == nil {
		t.Errorf("where the first stands: %+v", s)
	}
	drafts, err := d.Own(t.Context(), d.enterprise, jiqiao.OwnQuery{Status: jiqiao.StatusDraft})
	d.must(err)
	if drafts.Total != 3 || len(drafts.Items) != 3 {
		t.Errorf("%+v", drafts)
	}
	for _, v := range []jiqiao.Viewer{{}, d.operator, {User: "u", Role: jiqiao.RoleEnterprise}} {
		_, err := d.Own(t.Context(), v, jiqiao.OwnQuery{Kind: jiqiao.KindNeed})
		d.fails(jiqiao.CodeForbidden, err)
	}
	_, err = d.Own(t.Context(), d.enterprise, jiqiao.OwnQuery{Cursor: "x"})
	d.fails(jiqiao.CodeInvalid, err)
}

func TestMergingIsForOperators(t *testing.T) {
	d := open(t)
	a, b := d.published("一"), d.published("二")
	m := jiqiao.MergeRequest{Kind: jiqiao.KindNeed, From: a.ID, Into: b.ID, FromVersion: a.Version, IntoVersion: b.Version}
	_, err := d.Merge(t.Context(), d.enterprise, m)
	d.fails(jiqiao.CodeForbidden, err)
	_, err = d.Merge(t.Context(), d.other, m)
	d.fails(jiqiao.CodeForbidden, err)
	none := m
	none.Into = "n_00000000000000000000"
	_, err = d.Merge(t.Context(), d.operator, none)
	d.fails(jiqiao.CodeInvalid, err)
	_, err = d.Merge(t.Context(), d.operator, m)
	d.must(err)
	for name, v := range map[string]jiqiao.Viewer{"the public": {}, "the owner": d.enterprise} {
		into, err := d.Survivor(t.Context(), v, jiqiao.KindNeed, a.ID)
		if err != nil || into != b.ID {
			t.Errorf("%s is sent to %q, %v", name, into, err)
		}
	}
	_, err = d.step(d.operator, b, jiqiao.StepPause)
	d.must(err)
	if into, err := d.Survivor(t.Context(), jiqiao.Viewer{}, jiqiao.KindNeed, a.ID); err != nil || into != "" {
		t.Errorf("the public is sent to what it may not see: %q %v", into, err)
	}
	_, err = d.UndoMerge(t.Context(), d.enterprise, jiqiao.KindNeed, a.ID)
	d.fails(jiqiao.CodeForbidden, err)
	_, err = d.UndoMerge(t.Context(), d.operator, jiqiao.KindNeed, a.ID)
	d.must(err)
}

func TestVersionsHideContactsOfWhoMayNotSeeThem(t *testing.T) {
	d := open(t)
	n := d.draft("一")
	n.Contact.Mobile = "13812345678"
	_, err := d.update(d.enterprise, *n, 0)
	d.must(err)
	_, err = d.step(d.enterprise, n, jiqiao.StepSubmit)
	d.must(err)
	for name, c := range map[string]struct {
		v    jiqiao.Viewer
		want string
	}{"the owner": {d.enterprise, "13812345678"}, "an operator": {d.operator, ""}} {
		rec, err := d.Version(t.Context(), c.v, jiqiao.KindNeed, n.ID, 2)
		d.must(err)
		if got := rec.Head().Contact.Mobile; got != c.want {
			t.Errorf("%s sees %q", name, got)
		}
	}
}
