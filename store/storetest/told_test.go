package storetest

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"jiqiao"
)

func toldTests() map[string]func(*env) {
	return map[string]func(*env){
		"NoticeToARoleWithinARegion":      noticeToARoleWithinARegion,
		"OperatorsHearOfWhatIsSubmitted":  operatorsHearOfWhatIsSubmitted,
		"OperatorsHearOfSignUps":          operatorsHearOfSignUps,
		"BrokersHearOfCandidatesTogether": brokersHearOfCandidatesTogether,
	}
}

// operatorOf is an account of an operator whom the region binds.
func (e *env) operatorOf(region string) string {
	e.t.Helper()
	return Person(e.t, e.Store, "operator"+region, func(u *jiqiao.User) { u.Role, u.Region = jiqiao.RoleOperator, region })
}

func noticeToARoleWithinARegion(e *env) {
	name := map[string]string{}
	for _, region := range []string{"", "320000", "320900", "320981", "320300", "140000"} {
		name[e.operatorOf(region)] = region
	}
	name[Person(e.t, e.Store, "broker", func(u *jiqiao.User) { u.Region = "320981" })] = "broker"
	operators := []jiqiao.Role{jiqiao.RoleOperator}
	for title, c := range map[string]struct {
		n    jiqiao.Notice
		want []string
	}{
		"no limit":               {jiqiao.Notice{Roles: operators}, []string{"", "140000", "320000", "320300", "320900", "320981"}},
		"a county":               {jiqiao.Notice{Roles: operators, Regions: []string{"320981"}}, []string{"", "320000", "320900", "320981"}},
		"a city":                 {jiqiao.Notice{Roles: operators, Regions: []string{"320900"}}, []string{"", "320000", "320900"}},
		"a province":             {jiqiao.Notice{Roles: operators, Regions: []string{"320000"}}, []string{"", "320000"}},
		"one of two":             {jiqiao.Notice{Roles: operators, Regions: []string{"320300", "140400"}}, []string{"", "140000", "320000", "320300"}},
		"nowhere that is known":  {jiqiao.Notice{Roles: operators, Regions: []string{""}}, []string{""}},
		"no code at all":         {jiqiao.Notice{Roles: operators, Regions: []string{"32' OR '1"}}, []string{""}},
		"another role":           {jiqiao.Notice{Roles: []jiqiao.Role{jiqiao.RoleBroker}, Regions: []string{"320981"}}, []string{"broker"}},
		"not the users by name":  {jiqiao.Notice{Users: []string{e.userOf(name, "140000")}, Regions: []string{"320981"}}, []string{"140000"}},
		"users and role at once": {jiqiao.Notice{Users: []string{e.userOf(name, "140000")}, Roles: operators, Regions: []string{"320981"}}, []string{"", "140000", "320000", "320900", "320981"}},
	} {
		found, err := e.Recipients(e.ctx, c.n, false, "", 100)
		e.must(err)
		var got []string
		for _, r := range found {
			got = append(got, name[r.User])
		}
		slices.Sort(got)
		if diff := cmp.Diff(c.want, got, cmpopts.EquateEmpty()); diff != "" {
			e.t.Errorf("%s (-want +got):\n%s", title, diff)
		}
	}
}

// userOf is the account that is called so.
func (e *env) userOf(names map[string]string, name string) string {
	e.t.Helper()
	for id, n := range names {
		if n == name {
			return id
		}
	}
	e.t.Fatalf("no account %q", name)
	return ""
}

// reviewNotices are the notices to operators that wait, oldest first.
func (e *env) reviewNotices() []jiqiao.Notice {
	e.t.Helper()
	var found []jiqiao.Notice
	for _, j := range e.jobsOf(jiqiao.JobNotice) {
		var n jiqiao.Notice
		e.must(json.Unmarshal(j.Payload, &n))
		if len(n.Roles) > 0 {
			found = append(found, n)
		}
	}
	return found
}

func operatorsHearOfWhatIsSubmitted(e *env) {
	n := draft("甲公司", "高温合金")
	e.put(n)
	if got := e.reviewNotices(); len(got) != 0 {
		e.t.Fatalf("told of a draft: %+v", got)
	}
	e.steps(n, jiqiao.StepSubmit)
	got := e.reviewNotices()
	if len(got) != 1 {
		e.t.Fatalf("%d notices", len(got))
	}
	want := jiqiao.Notice{
		Template: "review.submitted", Roles: []jiqiao.Role{jiqiao.RoleOperator}, Regions: []string{"320981"},
		Object: jiqiao.Ref{Type: "review", ID: n.ID}, Key: got[0].Key,
		Data: map[string]string{"kind": "技术需求", "title": "高温合金", "what": "提交了这条技术需求", "organisation": "甲公司"},
	}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		e.t.Errorf("told (-want +got):\n%s", diff)
	}
	// Back and again is another review; a change of what is published, too, but not its next edition.
	e.steps(n, jiqiao.StepReturn, jiqiao.StepSubmit, jiqiao.StepApprove)
	_, err := e.Propose(e.ctx, e.changed(e.get(n), "高温合金二"), 0)
	e.must(err)
	_, err = e.Propose(e.ctx, e.changed(e.get(n), "高温合金三"), 1)
	e.must(err)
	got = e.reviewNotices()
	if len(got) != 3 || got[0].Key == got[1].Key || got[2].Data["what"] != "提交了对这条技术需求的修改" || got[2].Data["title"] != "高温合金二" {
		e.t.Errorf("after a return and a change: %+v", got)
	}
	// What an operator enters is no news to operators.
	own := draft("乙公司", "自行录入")
	own.Status = jiqiao.StatusPending
	e.must(e.Put(jiqiao.WithOrigin(e.ctx, jiqiao.Origin{Viewer: jiqiao.Viewer{User: "u_op", Role: jiqiao.RoleOperator}}), own))
	if after := e.reviewNotices(); len(after) != 3 {
		e.t.Errorf("told of what an operator entered: %+v", after[3:])
	}
	// Many at once are one notice for each region; who knows no region is for all.
	var batch []jiqiao.Record
	for _, title := range []string{"一", "二", "三", "四", "五", "六", "七"} {
		r := draft("丙公司", title)
		r.Status = jiqiao.StatusPending
		batch = append(batch, r)
	}
	batch[6].Head().Region = ""
	_, err = e.PutMany(e.ctx, batch)
	e.must(err)
	got = e.reviewNotices()[3:]
	if len(got) != 2 || got[0].Template != "review.submitted" || got[0].Regions != nil || got[1].Data["count"] != "6" || got[1].Object.ID != "" ||
		got[1].Data["list"] != "1. 技术需求：一\n2. 技术需求：二\n3. 技术需求：三\n4. 技术需求：四\n5. 技术需求：五\n……另有 1 项" {
		e.t.Errorf("of a batch: %+v", got)
	}
}

func operatorsHearOfSignUps(e *env) {
	up := e.signUp("zhang", "甲公司", creditCode)
	got := e.reviewNotices()
	want := []jiqiao.Notice{{
		Template: "review.signup", Roles: []jiqiao.Role{jiqiao.RoleOperator}, Regions: []string{"320981"},
		Object: jiqiao.Ref{Type: "signup", ID: up.ID}, Data: map[string]string{"organisation": "甲公司"}, Key: "review.signup:" + up.ID,
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		e.t.Errorf("told (-want +got):\n%s", diff)
	}
	_, err := e.DecideSignUp(e.ctx, up.ID, 1, true, "", letIn)
	e.must(err)
	joining := e.signUp("li", "甲公司", creditCode)
	if got = e.reviewNotices(); len(got) != 2 || got[1].Object.ID != joining.ID || got[1].Data["joins"] == "" {
		e.t.Errorf("of one who joins: %+v", got)
	}
}

func brokersHearOfCandidatesTogether(e *env) {
	start := e.clock.Now().UTC().Truncate(time.Microsecond)
	first := e.queue("u_1", "n_1", "a_1", "a_2")
	e.clock.Advance(5 * time.Minute)
	e.queue("u_1", "n_2", "a_1") // within the time in which they are gathered
	e.queue("u_2", "n_3", "a_1")
	e.queue("", "n_4", "a_1") // nobody's
	e.queue("u_1", "n_1", "a_1", "a_2")
	jobs := e.jobsOf(jiqiao.JobQueueTold)
	var keys []string
	for _, j := range jobs {
		keys = append(keys, j.Key)
	}
	if diff := cmp.Diff([]string{"u_1", "u_2"}, keys); diff != "" {
		e.t.Fatalf("jobs (-want +got):\n%s", diff)
	}
	var told jiqiao.QueueTold
	e.must(json.Unmarshal(jobs[0].Payload, &told))
	if !told.Since.Equal(start) || !jobs[0].RunAt.Equal(start.Add(10*time.Minute)) {
		e.t.Errorf("since %s at %s, want %s", told.Since, jobs[0].RunAt, start)
	}
	count := func(broker string, since time.Time) (int, int) {
		e.t.Helper()
		n, best, err := e.NewCandidates(e.ctx, broker, since, 2)
		e.must(err)
		return n, len(best)
	}
	if n, best := count("u_1", told.Since); n != 3 || best != 2 {
		e.t.Errorf("%d new ones, %d named", n, best)
	}
	if n, _ := count("u_1", start.Add(time.Minute)); n != 1 {
		e.t.Errorf("%d since the first came", n)
	}
	e.decides(As("u_1"), accept(first[0].ID))
	if n, _ := count("u_1", told.Since); n != 2 {
		e.t.Errorf("%d when one is decided", n)
	}
	if n, best := count("u_3", told.Since); n != 0 || best != 0 {
		e.t.Errorf("%d for another", n)
	}
	// Once told, what comes next is told again.
	for _, j := range jobs {
		_, err := e.CancelJob(e.ctx, j.ID)
		e.must(err)
	}
	e.queue("u_2", "n_5", "a_1")
	if jobs = e.jobsOf(jiqiao.JobQueueTold); len(jobs) != 3 {
		e.t.Errorf("%d jobs", len(jobs))
	}
}
