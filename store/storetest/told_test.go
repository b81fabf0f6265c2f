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

// reviewsTold are the jobs that tell operators; they are taken away.
func (e *env) reviewsTold() []jiqiao.Job {
	e.t.Helper()
	var waiting []jiqiao.Job
	for _, j := range e.jobsOf(jiqiao.JobReviewsTold) {
		if j.State == jiqiao.JobWaiting {
			waiting = append(waiting, j)
			_, err := e.CancelJob(e.ctx, j.ID)
			e.must(err)
		}
	}
	return waiting
}

func operatorsHearOfWhatIsSubmitted(e *env) {
	n := draft("甲公司", "高温合金")
	e.put(n)
	if got := e.reviewsTold(); len(got) != 0 {
		e.t.Fatalf("told of a draft: %+v", got)
	}
	start := e.clock.Now().UTC().Truncate(time.Microsecond)
	e.steps(n, jiqiao.StepSubmit)
	e.clock.Advance(time.Minute)
	// An import of many, in two transactions: all of it is told together.
	for _, titles := range [][]string{{"一", "二", "三"}, {"四", "五"}} {
		var batch []jiqiao.Record
		for _, title := range titles {
			r := draft("丙公司", title)
			r.Status = jiqiao.StatusPending
			batch = append(batch, r)
		}
		_, err := e.PutMany(e.ctx, batch)
		e.must(err)
	}
	got := e.reviewsTold()
	if len(got) != 1 {
		e.t.Fatalf("%d jobs", len(got))
	}
	var told jiqiao.QueueTold
	e.must(json.Unmarshal(got[0].Payload, &told))
	if !told.Since.Equal(start) || !got[0].RunAt.Equal(start.Add(2*time.Minute)) {
		e.t.Errorf("since %s at %s, want %s", told.Since, got[0].RunAt, start)
	}
	// Back and again is another review; a change of what is published, too, but not its next edition.
	e.steps(n, jiqiao.StepReturn)
	if got = e.reviewsTold(); len(got) != 0 {
		e.t.Errorf("told of a return: %+v", got)
	}
	e.steps(n, jiqiao.StepSubmit, jiqiao.StepApprove)
	if got = e.reviewsTold(); len(got) != 1 {
		e.t.Errorf("%d jobs after it was submitted again", len(got))
	}
	_, err := e.Propose(e.ctx, e.changed(e.get(n), "高温合金二"), 0)
	e.must(err)
	if got = e.reviewsTold(); len(got) != 1 {
		e.t.Errorf("%d jobs after a change", len(got))
	}
	_, err = e.Propose(e.ctx, e.changed(e.get(n), "高温合金三"), 1)
	e.must(err)
	// What an operator enters is no news to operators.
	own := draft("乙公司", "自行录入")
	own.Status = jiqiao.StatusPending
	operator := jiqiao.Viewer{User: e.operatorOf("320900"), Role: jiqiao.RoleOperator}
	e.must(e.Put(jiqiao.WithOrigin(e.ctx, jiqiao.Origin{Viewer: operator}), own))
	if got = e.reviewsTold(); len(got) != 0 {
		e.t.Errorf("told of an edition, or of what an operator entered: %+v", got)
	}
	for not, want := range map[jiqiao.Role]int{"": 7, jiqiao.RoleOperator: 6, jiqiao.RoleBroker: 7} {
		page, err := e.Reviews(e.ctx, jiqiao.ReviewQuery{State: jiqiao.ReviewPending, NotBy: not})
		e.must(err)
		if page.Total != want {
			e.t.Errorf("%d not by %q, want %d", page.Total, not, want)
		}
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
