package storetest

import (
	"fmt"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/store"
)

func jobTests() map[string]func(*env) {
	return map[string]func(*env){
		"JobsAreClaimedOnce":          jobsAreClaimedOnce,
		"JobsOfOneKeyRunAlone":        jobsOfOneKeyRunAlone,
		"LostLeasesFence":             lostLeasesFence,
		"ReturnedJobsWait":            returnedJobsWait,
		"JobsThatEndProcessesDie":     jobsThatEndProcessesDie,
		"JobsAreCancelledAndRetried":  jobsAreCancelledAndRetried,
		"JobsAreListedAndPruned":      jobsAreListedAndPruned,
		"JobsTellPages":               jobsTellPages,
		"PeriodsBeginOnce":            periodsBeginOnce,
		"UnfinishedWorkLeavesJobs":    unfinishedWorkLeavesJobs,
		"AnswersAreGivenOnce":         answersAreGivenOnce,
		"ReleasedJobsNeedNotWait":     releasedJobsNeedNotWait,
		"PrioritiesAndTimesGoFirst":   prioritiesAndTimesGoFirst,
		"EnqueuedWithATransactionSet": enqueuedKeysAreOne,
	}
}

const testLease = 30 * time.Second

func (e *env) leave(jobs ...jiqiao.NewJob) {
	e.t.Helper()
	for _, j := range jobs {
		e.must(e.Enqueue(e.ctx, j))
	}
}

func (e *env) claim(st *store.Store, worker string, n int, kinds ...string) []jiqiao.Job {
	e.t.Helper()
	claimed, err := st.ClaimJobs(e.ctx, worker, kinds, n, testLease)
	e.must(err)
	return claimed
}

// one claims a job that must be there.
func (e *env) one(worker string, kinds ...string) jiqiao.Job {
	e.t.Helper()
	claimed := e.claim(e.Store, worker, 1, kinds...)
	if len(claimed) != 1 {
		e.t.Fatalf("%d jobs of %v for %s", len(claimed), kinds, worker)
	}
	return claimed[0]
}

func (e *env) job(id string) jiqiao.Job {
	e.t.Helper()
	j, err := e.GetJob(e.ctx, id)
	e.must(err)
	return j
}

func jobsAreClaimedOnce(e *env) {
	const n = 60
	for i := range n {
		e.leave(jiqiao.NewJob{Kind: "a", Payload: map[string]int{"n": i}})
	}
	e.leave(jiqiao.NewJob{Kind: "other"})
	var mu sync.Mutex
	times := map[string]int{}
	var wg sync.WaitGroup
	for w := range 4 {
		st := e.another()
		wg.Go(func() {
			for {
				claimed, err := st.ClaimJobs(e.ctx, fmt.Sprint("w", w), []string{"a", "b"}, 7, testLease)
				if err != nil {
					e.t.Error(err)
					return
				}
				if len(claimed) == 0 {
					return
				}
				mu.Lock()
				for _, j := range claimed {
					times[j.ID]++
					if j.State != jiqiao.JobRunning || j.Attempts != 1 || j.Worker == "" || j.LeaseUntil == nil {
						e.t.Errorf("claimed as %+v", j)
					}
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	// With SKIP LOCKED a worker may find nothing for a moment while others take the last rows; what is left is there still.
	for _, j := range e.claim(e.Store, "last", n, "a") {
		times[j.ID]++
	}
	if len(times) != n {
		e.t.Errorf("%d of %d jobs were claimed", len(times), n)
	}
	for id, k := range times {
		if k != 1 {
			e.t.Errorf("%s was claimed %d times", id, k)
		}
	}
	if again := e.claim(e.Store, "w", 10, "a"); len(again) != 0 {
		e.t.Errorf("claimed again: %+v", again)
	}
}

func jobsOfOneKeyRunAlone(e *env) {
	e.leave(jiqiao.NewJob{Kind: "a", Key: "k"})
	first := e.one("w1", "a")
	e.leave(jiqiao.NewJob{Kind: "a", Key: "k"}, jiqiao.NewJob{Kind: "a", Key: "k"}, jiqiao.NewJob{Kind: "a", Key: "other"})
	if next := e.claim(e.Store, "w2", 9, "a"); len(next) != 1 || next[0].Key != "other" {
		e.t.Errorf("beside a job of the key: %+v", next)
	}
	e.must(e.FinishJob(e.ctx, first, jiqiao.JobDone, ""))
	if next := e.claim(e.Store, "w2", 9, "a"); len(next) != 1 || next[0].Key != "k" {
		e.t.Errorf("after it: %+v", next)
	}
}

func lostLeasesFence(e *env) {
	e.leave(jiqiao.NewJob{Kind: "a", Key: "k"})
	old := e.one("w1", "a")
	if lost, err := e.HoldJobs(e.ctx, []jiqiao.Job{old}, testLease); err != nil || len(lost) != 0 {
		e.t.Errorf("held: %v, %v", lost, err)
	}
	e.clock.Advance(testLease - time.Second)
	if early := e.claim(e.Store, "w2", 1, "a"); len(early) != 0 {
		e.t.Errorf("taken over before the lease ended: %+v", early)
	}
	e.clock.Advance(2 * time.Second)
	e.leave(jiqiao.NewJob{Kind: "a", Key: "k"}) // one more of the key does not keep the lost one from being taken over
	again := e.one("w1", "a")                   // even by a worker of the same name
	if again.ID != old.ID || again.Attempts != 2 {
		e.t.Errorf("taken over: %+v", again)
	}
	if lost, err := e.HoldJobs(e.ctx, []jiqiao.Job{old}, testLease); err != nil || len(lost) != 1 {
		e.t.Errorf("held by who lost it: %v, %v", lost, err)
	}
	old.Stage = "迟到"
	e.fails(jiqiao.CodeConflict, e.SaveJobProgress(e.ctx, old))
	e.fails(jiqiao.CodeConflict, e.FinishJob(e.ctx, old, jiqiao.JobDone, ""))
	e.fails(jiqiao.CodeConflict, e.ReturnJob(e.ctx, old, e.clock.Now(), false, ""))
	again.Stage, again.Done, again.Total = "第二次", 1, 3
	e.must(e.SaveJobProgress(e.ctx, again))
	if j := e.job(old.ID); j.Stage != "第二次" || j.Done != 1 || j.Total != 3 || j.State != jiqiao.JobRunning {
		e.t.Errorf("progress: %+v", j)
	}
	e.must(e.FinishJob(e.ctx, again, jiqiao.JobDone, ""))
	e.fails(jiqiao.CodeConflict, e.FinishJob(e.ctx, again, jiqiao.JobDone, ""))
	if j := e.job(old.ID); j.State != jiqiao.JobDone || j.FinishedAt == nil || j.Worker != "" || j.LeaseUntil != nil {
		e.t.Errorf("done: %+v", j)
	}
}

func returnedJobsWait(e *env) {
	e.leave(jiqiao.NewJob{Kind: "a", Key: "k"})
	j := e.one("w", "a")
	at := e.clock.Now().Add(time.Minute).Truncate(time.Microsecond)
	e.must(e.ReturnJob(e.ctx, j, at, false, "没有成功"))
	got := e.job(j.ID)
	if got.State != jiqiao.JobWaiting || !got.RunAt.Equal(at) || got.Message != "没有成功" || got.Attempts != 1 || got.Excused != 0 {
		e.t.Errorf("returned: %+v", got)
	}
	if early := e.claim(e.Store, "w", 1, "a"); len(early) != 0 {
		e.t.Errorf("before its time: %+v", early)
	}
	e.clock.Advance(time.Minute)
	j = e.one("w", "a")
	e.must(e.ReturnJob(e.ctx, j, e.clock.Now(), true, ""))
	if got = e.job(j.ID); got.Attempts != 2 || got.Excused != 1 {
		e.t.Errorf("excused: %+v", got)
	}
	// A job left meanwhile stands for both.
	j = e.one("w", "a")
	e.leave(jiqiao.NewJob{Kind: "a", Key: "k"})
	e.must(e.ReturnJob(e.ctx, j, e.clock.Now(), false, ""))
	if got = e.job(j.ID); got.State != jiqiao.JobCancelled || got.Message == "" {
		e.t.Errorf("merged: %+v", got)
	}
	if next := e.claim(e.Store, "w", 9, "a"); len(next) != 1 || next[0].ID == j.ID {
		e.t.Errorf("of two: %+v", next)
	}
}

func jobsThatEndProcessesDie(e *env) {
	run := &jiqiao.MatchRun{Kind: jiqiao.KindNeed, State: jiqiao.RunRunning}
	e.must(e.SaveMatchRun(e.ctx, run, nil))
	e.leave(jiqiao.NewJob{Kind: "a", MaxAttempts: 2})
	for range 25 {
		e.claim(e.Store, "w", 9, "a", jiqiao.JobMatchRun)
		e.clock.Advance(testLease + time.Second)
	}
	page, err := e.Jobs(e.ctx, jiqiao.JobQuery{State: jiqiao.JobDead})
	e.must(err)
	if page.Total != 2 || page.Jobs[0].Message == "" {
		e.t.Errorf("dead: %+v", page)
	}
	for _, j := range page.Jobs {
		if j.Attempts != j.MaxAttempts {
			e.t.Errorf("begun %d times, at most %d", j.Attempts, j.MaxAttempts)
		}
	}
	got, err := e.GetMatchRun(e.ctx, run.ID)
	e.must(err)
	if got.State != jiqiao.RunFailed || got.Message == "" {
		e.t.Errorf("its run: %+v", got)
	}
}

func jobsAreCancelledAndRetried(e *env) {
	_, err := e.GetJob(e.ctx, "j_00000000000000000000")
	e.fails(jiqiao.CodeNotFound, err)
	_, err = e.CancelJob(e.ctx, "j_\x00")
	e.fails(jiqiao.CodeNotFound, err)
	e.leave(jiqiao.NewJob{Kind: "a", Key: "k", MaxAttempts: 1})
	j := e.one("w", "a")
	_, err = e.RetryJob(e.ctx, j.ID)
	e.fails(jiqiao.CodeConflict, err)
	got, err := e.CancelJob(e.ctx, j.ID)
	e.must(err)
	if got.State != jiqiao.JobCancelled {
		e.t.Errorf("cancelled: %+v", got)
	}
	e.fails(jiqiao.CodeConflict, e.FinishJob(e.ctx, j, jiqiao.JobDone, ""))
	_, err = e.CancelJob(e.ctx, j.ID)
	e.fails(jiqiao.CodeConflict, err)
	got, err = e.RetryJob(e.ctx, j.ID)
	e.must(err)
	if got.State != jiqiao.JobWaiting || got.FinishedAt != nil {
		e.t.Errorf("retried: %+v", got)
	}
	j = e.one("w", "a")
	if j.Attempts-j.Excused != 1 {
		e.t.Errorf("a retried job has no attempts left: %+v", j)
	}
	e.must(e.FinishJob(e.ctx, j, jiqiao.JobDead, "不行"))
	page, err := e.AuditEntries(e.ctx, jiqiao.AuditQuery{Act: "job"})
	e.must(err)
	if page.Total != 2 || page.Entries[0].Act != "job.retry" || page.Entries[1].Act != "job.cancel" {
		e.t.Errorf("audit: %+v", page)
	}
}

func jobsAreListedAndPruned(e *env) {
	ctx := jiqiao.WithOrigin(e.ctx, jiqiao.Origin{Viewer: jiqiao.Viewer{User: "u_1"}})
	e.must(e.Enqueue(ctx, jiqiao.NewJob{Kind: "a", Payload: []int{1}}))
	for range 4 {
		e.leave(jiqiao.NewJob{Kind: "b"})
	}
	mine, err := e.Jobs(e.ctx, jiqiao.JobQuery{Origin: "u_1"})
	e.must(err)
	if mine.Total != 1 || string(mine.Jobs[0].Payload) != "[1]" || mine.Jobs[0].Origin != "u_1" {
		e.t.Errorf("mine: %+v", mine)
	}
	var ids []string
	q := jiqiao.JobQuery{Limit: 2}
	for {
		page, err := e.Jobs(e.ctx, q)
		e.must(err)
		for _, j := range page.Jobs {
			ids = append(ids, j.ID)
		}
		if page.Total != 5 {
			e.t.Errorf("of %d", page.Total)
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	if len(ids) != 5 || ids[4] != mine.Jobs[0].ID {
		e.t.Errorf("paged: %v", ids)
	}
	_, err = e.Jobs(e.ctx, jiqiao.JobQuery{Cursor: "j_'"})
	e.fails(jiqiao.CodeInvalid, err)
	claimed := e.claim(e.Store, "w", 2, "b")
	e.must(e.FinishJob(e.ctx, claimed[0], jiqiao.JobDone, ""))
	e.must(e.FinishJob(e.ctx, claimed[1], jiqiao.JobDead, "不行"))
	counts, err := e.JobCounts(e.ctx)
	e.must(err)
	got := map[string]int{}
	for _, c := range counts {
		got[c.Kind+" "+string(c.State)] = c.Count
		if (c.State == jiqiao.JobWaiting) == c.Oldest.IsZero() {
			e.t.Errorf("oldest of %+v", c)
		}
	}
	if diff := cmp.Diff(map[string]int{"a waiting": 1, "b waiting": 2, "b done": 1, "b dead": 1}, got); diff != "" {
		e.t.Errorf("counts (-want +got):\n%s", diff)
	}
	e.clock.Advance(time.Hour)
	for _, c := range []struct {
		ended, dead time.Duration
		gone        int
	}{{2 * time.Hour, 2 * time.Hour, 0}, {time.Minute, 2 * time.Hour, 1}, {time.Minute, time.Minute, 1}} {
		n, err := e.PruneJobs(e.ctx, e.clock.Now().Add(-c.ended), e.clock.Now().Add(-c.dead))
		e.must(err)
		if n != c.gone {
			e.t.Errorf("%d forgotten, want %d", n, c.gone)
		}
	}
}

func jobsTellPages(e *env) {
	var told []jiqiao.Event
	st, err := store.Open(e.ctx, store.Config{URL: e.url, Now: e.clock.Now, Events: func(all []jiqiao.Event) { told = append(told, all...) }})
	e.must(err)
	defer st.Close()
	ctx := jiqiao.WithOrigin(e.ctx, jiqiao.Origin{Viewer: jiqiao.Viewer{User: "u_1"}})
	queued := st.JobQueued()
	e.must(st.Enqueue(ctx, jiqiao.NewJob{Kind: "a"}))
	select {
	case <-queued:
	default:
		e.t.Error("nobody was woken")
	}
	j := e.claim(st, "w", 1, "a")[0]
	j.Stage = "读取"
	e.must(st.SaveJobProgress(e.ctx, j))
	e.must(st.FinishJob(e.ctx, j, jiqiao.JobDone, ""))
	e.must(st.Enqueue(e.ctx, jiqiao.NewJob{Kind: "a"})) // of the service itself, and short: nobody watches
	e.must(st.FinishJob(e.ctx, e.claim(st, "w", 1, "a")[0], jiqiao.JobDone, ""))
	var states []string
	for _, event := range told {
		states = append(states, event.Topic+" "+event.Data["state"]+" "+fmt.Sprint(event.Users))
	}
	if diff := cmp.Diff([]string{"job running [u_1]", "job done [u_1]"}, states); diff != "" {
		e.t.Errorf("told (-want +got):\n%s", diff)
	}
}

func periodsBeginOnce(e *env) {
	other := e.another()
	begin := func(st *store.Store, at time.Time, want bool) {
		e.t.Helper()
		begun, err := st.BeginPeriod(e.ctx, "nightly", at, time.Hour, jiqiao.NewJob{Kind: "a", Key: "nightly"})
		e.must(err)
		if begun != want {
			e.t.Errorf("period %v begun: %t, want %t", at, begun, want)
		}
	}
	hour := e.clock.Now().Truncate(time.Hour)
	begin(e.Store, hour, false) // new: it begins with its next period
	begin(other, hour, false)
	e.clock.Advance(time.Hour)
	hour = hour.Add(time.Hour)
	begin(other, hour, true)
	begin(e.Store, hour, false)
	// After a downtime one job makes up for all.
	e.clock.Advance(10 * time.Hour)
	hour = hour.Add(10 * time.Hour)
	begin(e.Store, hour, true)
	begin(e.Store, hour, false)
	// The clock steps back a little: nothing is done twice.
	begin(e.Store, hour.Add(-time.Hour), false)
	begin(e.Store, hour, false)
	// A clock that was ten years ahead is forgotten, without a job, and the next period begins.
	begin(e.Store, hour.AddDate(10, 0, 0), true)
	begin(e.Store, hour, false)
	e.clock.Advance(time.Hour)
	begin(e.Store, hour.Add(time.Hour), true)
	page, err := e.Jobs(e.ctx, jiqiao.JobQuery{Kind: "a"})
	e.must(err)
	if page.Total != 1 {
		e.t.Errorf("%d jobs wait for one key", page.Total)
	}
	begun, err := e.SchedulesBegun(e.ctx)
	e.must(err)
	if got := begun["nightly"]; !got.Equal(hour.Add(time.Hour)) {
		e.t.Errorf("begun last: %v", got)
	}
}

func unfinishedWorkLeavesJobs(e *env) {
	run := &jiqiao.MatchRun{Kind: jiqiao.KindNeed, State: jiqiao.RunRunning}
	e.must(e.SaveMatchRun(e.ctx, run, nil))
	run.Done = 3
	e.must(e.SaveMatchRun(e.ctx, run, nil)) // goes on: no second job
	as := assignment()
	as.ID, as.State = "", jiqiao.RunRunning
	e.must(e.SaveAssignment(e.ctx, as, nil))
	e.must(e.SaveMatchRun(e.ctx, &jiqiao.MatchRun{Kind: jiqiao.KindNeed, State: jiqiao.RunDone}, nil))
	page, err := e.Jobs(e.ctx, jiqiao.JobQuery{})
	e.must(err)
	got := map[string]string{}
	for _, j := range page.Jobs {
		got[j.Kind] = j.Key
	}
	if diff := cmp.Diff(map[string]string{jiqiao.JobMatchRun: run.ID, jiqiao.JobAssignment: as.ID}, got); diff != "" || page.Total != 2 {
		e.t.Errorf("%d jobs (-want +got):\n%s", page.Total, diff)
	}
}

func releasedJobsNeedNotWait(e *env) {
	e.leave(jiqiao.NewJob{Kind: "a", Key: "k"})
	j := e.one("killed", "a")
	e.must(e.ReleaseJobs(e.ctx))
	if again := e.one("w", "a"); again.ID != j.ID || again.Attempts != 2 {
		e.t.Errorf("after a release: %+v", again)
	}
}

func prioritiesAndTimesGoFirst(e *env) {
	e.leave(jiqiao.NewJob{Kind: "a", Key: "later", RunAt: e.clock.Now().Add(time.Second)})
	e.leave(jiqiao.NewJob{Kind: "a", Key: "first"}, jiqiao.NewJob{Kind: "a", Key: "second"}, jiqiao.NewJob{Kind: "a", Key: "urgent", Priority: 5})
	var keys []string
	for len(keys) < 3 {
		keys = append(keys, e.one("w", "a").Key)
	}
	if diff := cmp.Diff([]string{"urgent", "first", "second"}, keys); diff != "" {
		e.t.Errorf("order (-want +got):\n%s", diff)
	}
	if none := e.claim(e.Store, "w", 9, "a"); len(none) != 0 {
		e.t.Errorf("before its time: %+v", none)
	}
	e.clock.Advance(time.Second)
	if j := e.one("w", "a"); j.Key != "later" {
		e.t.Errorf("then %+v", j)
	}
	if none := e.claim(e.Store, "w", 0, "a"); none != nil {
		e.t.Errorf("none asked for: %+v", none)
	}
}

func enqueuedKeysAreOne(e *env) {
	e.leave(jiqiao.NewJob{Kind: "a", Key: "k", RunAt: e.clock.Now().Add(time.Hour)}, jiqiao.NewJob{Kind: "a", Key: "k"}, jiqiao.NewJob{Kind: "b", Key: "k"})
	e.leave(jiqiao.NewJob{Kind: "a"}, jiqiao.NewJob{Kind: "a"}) // without a key every one counts
	if got := e.claim(e.Store, "w", 9, "a", "b"); len(got) != 4 {
		e.t.Errorf("%d jobs: %+v", len(got), got)
	}
}

func answersAreGivenOnce(e *env) {
	const hold, keep = time.Minute, 24 * time.Hour
	begin := func(digest, lease string) (jiqiao.Answered, bool, error) {
		return e.BeginAnswer(e.ctx, "id", digest, lease, hold)
	}
	_, found, err := begin("d1", "first")
	if err != nil || found {
		e.t.Fatalf("a new request: %t, %v", found, err)
	}
	_, _, err = begin("d1", "second")
	e.fails(jiqiao.CodeConflict, err)
	_, _, err = begin("d2", "second")
	e.fails(jiqiao.CodeInvalid, err)
	// Whoever began it is gone: the lease ends, and another begins it. The first one's answer comes too late.
	e.clock.Advance(hold + time.Second)
	_, found, err = begin("d1", "second")
	if err != nil || found {
		e.t.Fatalf("after the lease: %t, %v", found, err)
	}
	want := jiqiao.Answered{Status: 201, Header: map[string]string{"Location": "/x"}, Body: []byte{0, '{', 0xff}}
	e.must(e.KeepAnswer(e.ctx, "id", "first", jiqiao.Answered{Status: 500}, keep))
	e.must(e.DropAnswer(e.ctx, "id", "first"))
	e.must(e.KeepAnswer(e.ctx, "id", "second", want, keep))
	got, found, err := begin("d1", "third")
	if diff := cmp.Diff(want, got); err != nil || !found || diff != "" {
		e.t.Errorf("%t, %v, (-want +got):\n%s", found, err, diff)
	}
	_, _, err = begin("d2", "third")
	e.fails(jiqiao.CodeInvalid, err)
	e.must(e.DropAnswer(e.ctx, "id", "second")) // it is no longer under way
	if _, found, _ = begin("d1", "third"); !found {
		e.t.Error("an answer was dropped")
	}
	if n, err := e.PruneAnswers(e.ctx); err != nil || n != 0 {
		e.t.Errorf("%d pruned, %v", n, err)
	}
	e.clock.Advance(keep + time.Second)
	if n, err := e.PruneAnswers(e.ctx); err != nil || n != 1 {
		e.t.Errorf("%d pruned, %v", n, err)
	}
	_, found, err = begin("d2", "fourth")
	if err != nil || found {
		e.t.Errorf("after a day: %t, %v", found, err)
	}
	e.must(e.DropAnswer(e.ctx, "id", "fourth"))
	if _, found, err = begin("d3", "fifth"); err != nil || found {
		e.t.Errorf("after a request that was not done: %t, %v", found, err)
	}
	var wg sync.WaitGroup
	var begun sync.Map
	for i := range 8 {
		st := e.another()
		wg.Go(func() {
			if _, found, err := st.BeginAnswer(e.ctx, "many", "d", fmt.Sprint(i), hold); err == nil && !found {
				begun.Store(i, true)
			} else if jiqiao.CodeOf(err) != jiqiao.CodeConflict {
				e.t.Errorf("one of many: %t, %v", found, err)
			}
		})
	}
	wg.Wait()
	n := 0
	begun.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		e.t.Errorf("%d of many at once began", n)
	}
}
