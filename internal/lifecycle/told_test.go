package lifecycle

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/store/storetest"
)

// hears does the jobs that tell operators and owners, once they are due, and returns the notices by whom they are for.
func (d *desk) hears() map[string]jiqiao.Notice {
	d.t.Helper()
	d.clock.Advance(2 * time.Minute)
	for kind, do := range map[string]func(context.Context, jiqiao.Job) error{jiqiao.JobReviewsTold: d.Told, jiqiao.JobApprovedTold: d.ToldApproved} {
		due, err := d.store.ClaimJobs(d.t.Context(), "w", []string{kind}, 100, time.Hour)
		d.must(err)
		for _, j := range due {
			d.must(do(d.t.Context(), j))
			d.must(d.store.FinishJob(d.t.Context(), j, jiqiao.JobDone, ""))
		}
	}
	left, err := d.store.ClaimJobs(d.t.Context(), "w", []string{jiqiao.JobNotice}, 100, time.Hour)
	d.must(err)
	told := map[string]jiqiao.Notice{}
	for _, j := range left {
		var n jiqiao.Notice
		d.must(json.Unmarshal(j.Payload, &n))
		d.must(d.store.FinishJob(d.t.Context(), j, jiqiao.JobDone, ""))
		for _, user := range append(n.Users, n.Organisations...) {
			if _, twice := told[user]; twice {
				d.t.Errorf("%s is told twice", user)
			}
			told[user] = n
		}
	}
	return told
}

func TestOperatorsHearOfWhatWaitsTogether(t *testing.T) {
	d := open(t)
	operator := func(region string) string {
		return storetest.Person(t, d.store, "operator"+region, func(u *jiqiao.User) { u.Role, u.Region = jiqiao.RoleOperator, region })
	}
	city, county, everywhere, elsewhere := operator("320900"), operator("320981"), operator(""), operator("321000")
	first := d.draft("高温合金")
	_, err := d.step(d.enterprise, first, jiqiao.StepSubmit)
	d.must(err)
	told := d.hears()
	want := jiqiao.Notice{
		Template: "review.submitted", Users: []string{city}, Object: jiqiao.Ref{Type: "review", ID: first.ID}, Key: told[city].Key,
		Data: map[string]string{"kind": "技术需求", "title": "高温合金", "what": "提交了这条技术需求", "organisation": "甲公司"},
	}
	if diff := cmp.Diff(want, told[city]); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if _, there := told[elsewhere]; there || told[county].Template == "" || told[everywhere].Template == "" {
		t.Errorf("whom: %+v", told)
	}
	// Many at once are one notice to each; what is taken back at once is none.
	var last *jiqiao.Need
	for _, title := range []string{"一", "二", "三", "四", "五", "六", "七"} {
		last = d.draft(title)
		_, err := d.step(d.enterprise, last, jiqiao.StepSubmit)
		d.must(err)
	}
	_, err = d.step(d.enterprise, last, jiqiao.StepWithdraw)
	d.must(err)
	told = d.hears()
	if n := told[city]; n.Template != "review.several" || n.Object != (jiqiao.Ref{Type: "review"}) || n.Data["count"] != "6" ||
		n.Data["list"] != "1. 技术需求：一\n2. 技术需求：二\n3. 技术需求：三\n4. 技术需求：四\n5. 技术需求：五\n……另有 1 项" {
		t.Errorf("of several: %+v", n)
	}
	if told = d.hears(); len(told) != 0 {
		t.Errorf("told again: %+v", told)
	}
	d.fails(jiqiao.CodeInvalid, d.Told(t.Context(), jiqiao.Job{Payload: []byte("{")}))
}

func TestOperatorsHearOfChanges(t *testing.T) {
	d := open(t)
	city := storetest.Person(t, d.store, "operator", func(u *jiqiao.User) { u.Role, u.Region = jiqiao.RoleOperator, "320900" })
	n := d.published("高温合金")
	d.hears()
	changed := *d.get(n).(*jiqiao.Need)
	changed.Title = "高温合金二"
	_, err := d.Update(t.Context(), d.enterprise, &changed, 0)
	d.must(err)
	if told := d.hears()[city]; told.Data["what"] != "提交了对这条技术需求的修改" || told.Data["title"] != "高温合金二" {
		t.Errorf("told %+v", told)
	}
}

// approved is a need of the enterprise that passed review with the remark.
func (d *desk) approved(title, note string) *jiqiao.Need {
	d.t.Helper()
	n := d.draft(title)
	_, err := d.step(d.enterprise, n, jiqiao.StepSubmit)
	d.must(err)
	_, err = d.Step(d.t.Context(), d.operator, jiqiao.RecordMove{
		Kind: jiqiao.KindNeed, ID: n.ID, Version: d.get(n).Head().Version, Step: jiqiao.StepApprove, Note: note,
	}, true)
	d.must(err)
	return d.get(n).(*jiqiao.Need)
}

func TestOwnersHearTogetherOfWhatIsApproved(t *testing.T) {
	d := open(t)
	first := d.approved("一", "")
	told := d.hears()[d.enterprise.Organisation]
	want := jiqiao.Notice{
		Template: "record.approved", Organisations: []string{d.enterprise.Organisation}, Object: jiqiao.Ref{Type: "need", ID: first.ID}, Key: told.Key,
		Data: map[string]string{"kind": "技术需求", "title": "一", "status": "已发布", "valid_until": string(first.ValidUntil)},
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	for _, title := range []string{"二", "三", "四", "五", "六", "七"} {
		d.approved(title, "")
	}
	told = d.hears()[d.enterprise.Organisation]
	if told.Template != "record.several" || told.Object != (jiqiao.Ref{Type: "mine", ID: "need"}) || told.Data["count"] != "6" ||
		told.Data["list"] != "1. 技术需求：二\n2. 技术需求：三\n3. 技术需求：四\n4. 技术需求：五\n5. 技术需求：六\n……另有 1 项" {
		t.Errorf("of several: %+v", told)
	}
	// What the operator remarked is told by itself, and at once.
	d.approved("八", "描述清楚")
	if told = d.hears()[d.enterprise.Organisation]; told.Template != "record.approved" || told.Data["note"] != "描述清楚" {
		t.Errorf("with a remark: %+v", told)
	}
	d.fails(jiqiao.CodeInvalid, d.ToldApproved(t.Context(), jiqiao.Job{Payload: []byte("{")}))
}
