package lifecycle

import (
	"testing"

	"jiqiao"
)

// create enters a record as the person.
func (d *desk) create(v jiqiao.Viewer, rec jiqiao.Record) error {
	d.t.Helper()
	v.Name = "李业务"
	return d.Create(jiqiao.WithOrigin(d.t.Context(), jiqiao.Origin{Viewer: v}), v, rec)
}

// forEnterprise is a draft that an operator enters for the enterprise.
func (d *desk) forEnterprise(title string) *jiqiao.Need {
	return &jiqiao.Need{Header: jiqiao.Header{
		Title: title, Status: jiqiao.StatusDraft, Owner: jiqiao.OrganisationRef{ID: d.enterprise.Organisation},
	}, Problem: "难"}
}

func TestOperatorsEnterOnBehalf(t *testing.T) {
	d := open(t)
	org, err := d.store.GetOrganisation(t.Context(), d.enterprise.Organisation)
	d.must(err)
	org.Contact = jiqiao.Contact{Name: "王工", Mobile: "13800138000"}
	d.must(d.store.PutOrganisation(t.Context(), &org))

	n := d.forEnterprise("代填的")
	d.must(d.create(d.operator, n))
	got := d.get(n).Head()
	if got.Status != jiqiao.StatusDraft || got.Owner.ID != org.ID || got.Region != org.Region || got.Contact != org.Contact {
		t.Errorf("%+v", got)
	}
	versions, err := d.History(t.Context(), d.enterprise, jiqiao.KindNeed, n.ID, 0, 0)
	d.must(err)
	if v := versions.Items[0]; v.Act != "record.enter" || v.By != "李业务" || v.User != d.operator.User {
		t.Errorf("the owner reads %+v", v)
	}
	audit, err := d.store.AuditEntries(t.Context(), jiqiao.AuditQuery{Act: "record.enter"})
	d.must(err)
	if audit.Total != 1 || audit.Entries[0].User != d.operator.User || string(audit.Entries[0].After) != `{"owner":"`+org.ID+`","status":"draft"}` {
		t.Errorf("the audit has %+v", audit.Entries)
	}

	page, err := d.Entered(t.Context(), d.operator, jiqiao.OwnQuery{Kind: jiqiao.KindNeed})
	d.must(err)
	if page.Total != 1 || len(page.Items) != 1 || page.Count[jiqiao.StatusDraft] != 1 || page.Items[0].Head().Contact == org.Contact {
		t.Errorf("entered %+v", page)
	}
	if page, err = d.Entered(t.Context(), d.other, jiqiao.OwnQuery{Kind: jiqiao.KindNeed}); err != nil || page.Total != 0 {
		t.Errorf("another operator entered %+v, %v", page, err)
	}
	_, err = d.Entered(t.Context(), d.operator, jiqiao.OwnQuery{})
	d.fails(jiqiao.CodeInvalid, err)

	// The owner goes on with it.
	_, err = d.step(d.enterprise, n, jiqiao.StepSubmit)
	d.must(err)
}

// What an operator submits for an organisation is told to it; what it submits itself is not.
func TestOwnersHearWhatWasEnteredForThem(t *testing.T) {
	d := open(t)
	n := d.forEnterprise("代填的")
	d.must(d.create(d.operator, n))
	_, err := d.step(d.operator, n, jiqiao.StepSubmit)
	d.must(err)
	own := d.draft("自己填的")
	_, err = d.step(d.enterprise, own, jiqiao.StepSubmit)
	d.must(err)
	entered := 0
	for _, template := range d.told() {
		if template == "record.entered " {
			entered++
		}
	}
	if entered != 1 {
		t.Errorf("told %v", d.told())
	}
}

func TestWhoMayNotEnterOnBehalf(t *testing.T) {
	d := open(t)
	for name, c := range map[string]struct {
		v    jiqiao.Viewer
		code jiqiao.Code
		rec  jiqiao.Record
	}{
		"the next city's operator": {d.other, jiqiao.CodeForbidden, d.forEnterprise("一")},
		"nor with a region of its own": {d.other, jiqiao.CodeForbidden, &jiqiao.Need{Header: jiqiao.Header{
			Title: "一", Status: jiqiao.StatusDraft, Region: "321000", Owner: jiqiao.OrganisationRef{ID: d.enterprise.Organisation},
		}}},
		"a broker":   {jiqiao.Viewer{User: "u_9", Role: jiqiao.RoleBroker, Organisation: "o_1"}, jiqiao.CodeForbidden, d.forEnterprise("一")},
		"an auditor": {jiqiao.Viewer{User: "u_9", Role: jiqiao.RoleAuditor}, jiqiao.CodeForbidden, d.forEnterprise("一")},
		"for an organisation that is none": {d.operator, jiqiao.CodeInvalid, &jiqiao.Need{Header: jiqiao.Header{
			Title: "一", Status: jiqiao.StatusDraft, Owner: jiqiao.OrganisationRef{ID: "o_00000000000000000000"},
		}}},
	} {
		d.fails(c.code, d.create(c.v, c.rec))
		if d.t.Failed() {
			t.Fatal(name)
		}
	}
	// A member of another organisation enters for its own, whatever it says.
	rival := jiqiao.Viewer{User: "u_9", Role: jiqiao.RoleUniversity, Organisation: d.university.Organisation}
	a := &jiqiao.Achievement{Header: jiqiao.Header{Title: "一", Owner: jiqiao.OrganisationRef{ID: d.enterprise.Organisation}}}
	d.must(d.create(rival, a))
	if a.Owner.ID != d.university.Organisation {
		t.Errorf("entered for %s", a.Owner.ID)
	}
}

func TestWhatWasToldApartIsNoDuplicate(t *testing.T) {
	d := open(t)
	twin := d.draft("研制击穿电压不低于1200V的碳化硅器件")
	n := d.draft("研制击穿电压不低于 1200V 的碳化硅器件！")
	out, err := d.step(d.enterprise, n, jiqiao.StepSubmit)
	d.must(err)
	if len(out.Diagnosis.Similar) != 1 {
		t.Fatalf("similar: %+v", out.Diagnosis.Similar)
	}
	ctx := jiqiao.WithOrigin(t.Context(), jiqiao.Origin{Viewer: jiqiao.Viewer{User: d.operator.User, Name: "李业务"}})
	d.fails(jiqiao.CodeForbidden, d.Distinguish(ctx, d.enterprise, jiqiao.KindNeed, n.ID, twin.ID, true))
	d.fails(jiqiao.CodeNotFound, d.Distinguish(ctx, d.other, jiqiao.KindNeed, n.ID, twin.ID, true))
	d.fails(jiqiao.CodeInvalid, d.Distinguish(ctx, d.operator, jiqiao.KindNeed, n.ID, n.ID, true))
	d.must(d.Distinguish(ctx, d.operator, jiqiao.KindNeed, n.ID, twin.ID, true))

	judged := func() *jiqiao.Distinction {
		page, err := d.Queue(t.Context(), d.operator, jiqiao.ReviewQuery{State: jiqiao.ReviewPending})
		d.must(err)
		return page.Items[0].Diagnosis.Similar[0].Distinct
	}
	if j := judged(); j == nil || j.By != "李业务" || j.At.IsZero() {
		t.Errorf("the reviewer reads %+v", j)
	}
	// Seen from the other side it is the same judgement.
	if out, err = d.step(d.enterprise, twin, jiqiao.StepSubmit); err != nil || len(out.Diagnosis.Similar) != 0 {
		t.Errorf("the twin resembles %+v, %v", out.Diagnosis.Similar, err)
	}
	d.must(d.Distinguish(ctx, d.operator, jiqiao.KindNeed, twin.ID, n.ID, false))
	if j := judged(); j != nil {
		t.Errorf("taken back, yet %+v", j)
	}
}

func TestReviewsAreDueByThePolicy(t *testing.T) {
	d := open(t)
	n := d.draft("一")
	_, err := d.step(d.enterprise, n, jiqiao.StepSubmit)
	d.must(err)
	_, err = d.SetReviewPolicy(t.Context(), 0, jiqiao.ReviewPolicy{AnswerDays: 61})
	d.fails(jiqiao.CodeInvalid, err)
	version, err := d.SetReviewPolicy(t.Context(), 0, jiqiao.ReviewPolicy{AnswerDays: 7})
	d.must(err)
	_, err = d.SetReviewPolicy(t.Context(), 0, jiqiao.ReviewPolicy{AnswerDays: 5})
	d.fails(jiqiao.CodeConflict, err)
	p, now, err := d.ReviewPolicy(t.Context())
	d.must(err)
	if p.AnswerDays != 7 || now != version {
		t.Errorf("%+v, version %d", p, now)
	}
	page, err := d.Queue(t.Context(), d.operator, jiqiao.ReviewQuery{State: jiqiao.ReviewPending})
	d.must(err)
	due := page.Items[0].DueAt
	if want := jiqiao.DayStart(d.clock.Now()).AddDate(0, 0, 8); due == nil || !due.Equal(want) {
		t.Errorf("due %v, want %v", due, want)
	}
	for days, late := range map[int]bool{7: false, 8: true} {
		clock, err := d.Clock(t.Context(), d.clock.Now().AddDate(0, 0, days))
		d.must(err)
		if got := page.Items[0].SubmittedAt.Before(clock.ReviewLate); got != late {
			t.Errorf("after %d days late is %t", days, got)
		}
	}
}
