package lifecycle

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

// told takes the notices to owners that wait, as template and days.
func (d *desk) told() []string {
	d.t.Helper()
	page, err := d.store.Jobs(d.t.Context(), jiqiao.JobQuery{Kind: jiqiao.JobNotice, Limit: jiqiao.MaxPageSize})
	d.must(err)
	var all []string
	for i := len(page.Jobs) - 1; i >= 0; i-- {
		var n jiqiao.Notice
		d.must(json.Unmarshal(page.Jobs[i].Payload, &n))
		if n.Template != "record.approved" && len(n.Roles) == 0 {
			all = append(all, n.Template+" "+n.Data["days"])
		}
	}
	return all
}

func TestTheYearOfARecord(t *testing.T) {
	d := open(t)
	n := d.published("一") // until 2027-11-22
	for i := range 400 {
		d.must(d.Daily(t.Context(), jiqiao.Job{}))
		if i%7 == 0 {
			d.must(d.Daily(t.Context(), jiqiao.Job{})) // a retry
		}
		d.clock.Advance(24 * time.Hour)
	}
	want := []string{"record.confirm ", "record.expiring 30", "record.expiring 7", "record.expiring 1", "record.expired "}
	if diff := cmp.Diff(want, d.told()); diff != "" {
		t.Errorf("told in a year (-want +got):\n%s", diff)
	}
	if got := d.get(n).Head(); got.Status != jiqiao.StatusExpired {
		t.Errorf("%+v", got)
	}
	_, err := d.Step(t.Context(), d.enterprise, jiqiao.RecordMove{Kind: jiqiao.KindNeed, ID: n.ID, Version: d.get(n).Head().Version, Step: jiqiao.StepRenew, ValidUntil: "2027-01-01"}, false)
	d.fails(jiqiao.CodeInvalid, err)
	out, err := d.step(d.enterprise, n, jiqiao.StepRenew)
	d.must(err)
	if h := out.Record.Head(); h.Status != jiqiao.StatusPublished || h.ValidUntil != "2028-12-26" {
		t.Errorf("renewed: %+v", h)
	}
}

func TestAMissedDayIsMadeUpFor(t *testing.T) {
	d := open(t)
	d.published("一")
	d.clock.Advance(360 * 24 * time.Hour) // the service was down for months
	d.must(d.Daily(t.Context(), jiqiao.Job{}))
	if diff := cmp.Diff([]string{"record.expiring 5"}, d.told()); diff != "" {
		t.Error(diff)
	}
}

func TestTheLastDayCounts(t *testing.T) {
	d := open(t)
	n := d.published("一")
	last, err := n.ValidUntil.Time()
	d.must(err)
	d.clock.Advance(last.Add(15*time.Hour + 59*time.Minute).Sub(d.clock.Now())) // one minute to midnight in Beijing
	d.must(d.Daily(t.Context(), jiqiao.Job{}))
	if got := d.get(n).Head().Status; got != jiqiao.StatusPublished {
		t.Errorf("%s on the last day", got)
	}
	d.clock.Advance(2 * time.Minute)
	d.must(d.Daily(t.Context(), jiqiao.Job{}))
	if got := d.get(n).Head().Status; got != jiqiao.StatusExpired {
		t.Errorf("%s after the last day", got)
	}
}

func TestConfirmingPutsTheQuestionOff(t *testing.T) {
	d := open(t)
	n := d.published("一")
	d.clock.Advance(150 * 24 * time.Hour)
	_, err := d.step(d.enterprise, n, jiqiao.StepConfirm)
	d.must(err)
	d.clock.Advance(60 * 24 * time.Hour)
	d.must(d.Daily(t.Context(), jiqiao.Job{}))
	if got := d.told(); len(got) != 0 {
		t.Errorf("told %v", got)
	}
	_, err = d.step(d.operator, n, jiqiao.StepConfirm)
	d.fails(jiqiao.CodeForbidden, err)
}

func TestTalksAreNotCutOff(t *testing.T) {
	d := open(t)
	n := d.published("一")
	talks := func(step jiqiao.Step) {
		t.Helper()
		_, err := d.store.Move(t.Context(), jiqiao.RecordMove{Kind: jiqiao.KindNeed, ID: n.ID, Step: step, Actor: jiqiao.ActorDeal})
		d.must(err)
	}
	talks(jiqiao.StepEngage)
	talks(jiqiao.StepEngage)
	d.clock.Advance(500 * 24 * time.Hour)
	d.must(d.Daily(t.Context(), jiqiao.Job{}))
	if got := d.get(n).Head().Status; got != jiqiao.StatusEngaged {
		t.Errorf("%s", got)
	}
	talks(jiqiao.StepDisengage)
	d.must(d.Daily(t.Context(), jiqiao.Job{}))
	if got := d.get(n).Head().Status; got != jiqiao.StatusExpired {
		t.Errorf("%s", got)
	}
	_, err := d.step(d.enterprise, n, jiqiao.StepRenew)
	d.must(err)
	talks(jiqiao.StepSettle)
	_, err = d.step(d.enterprise, n, jiqiao.StepReopen)
	d.must(err)
}
