package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"jiqiao"
	"jiqiao/internal/deal"
	"jiqiao/internal/lifecycle"
	"jiqiao/jobs"
	"jiqiao/store"
)

// This file is where the parts of the platform meet the queue of jobs. A part that has work done in the background adds
// one line to handlers, the kind of its jobs and who does them, and, where it is due again and again, one to schedules.
// Whoever leaves a job names the kind; see package jobs for what a handler may rely on.

// Kinds of jobs that schedules leave.
const (
	jobLearn    = "learn"
	jobSessions = "sessions.prune"
)

// sessionsKept is how long sessions and one-time links are kept after their end, for who looks into a break-in.
const sessionsKept = 30 * 24 * time.Hour

// handlers are who does which kind of job.
func (a *App) handlers() map[string]jobs.Handler {
	deals := deal.New(a.Store, a.now, a.log)
	return map[string]jobs.Handler{
		jiqiao.JobMatchRun:   a.doMatchRun,
		jiqiao.JobAssignment: a.doAssignment,
		jobLearn:             a.doLearning,
		jobSessions:          a.pruneSessions,
		jobHousekeeping:      a.doHousekeeping,
		lifecycle.JobDaily:   a.doRecords,

		jiqiao.JobReviewsTold:  a.tellReviewers,
		jiqiao.JobApprovedTold: a.tellOwners,

		jiqiao.JobAttachmentText:  a.attachments.ReadText,
		jiqiao.JobAttachmentPurge: a.purgeAttachment,

		store.NoticeJob: a.teller.Handle,
		jobAlerts:       a.alerts.Handle,
		jobDigest:       a.alerts.HandleDigest,

		jiqiao.JobCandidates: a.queue.Fill,
		jiqiao.JobRefill:     a.queue.Refill,
		jiqiao.JobSweep:      a.queue.Sweep,
		jiqiao.JobAssigned:   a.queue.Assigned,
		jiqiao.JobQueueTold:  a.queue.Told,

		jiqiao.JobWishTold:     a.queue.WishTold,
		jiqiao.JobWishAnswered: a.queue.WishAnswered,

		jiqiao.JobIntroduce:         a.introductions.Introduce,
		jiqiao.JobIntroductionClock: a.introductions.Clock,

		jiqiao.JobDeal:        deals.FromIntroduction,
		jiqiao.JobDealRecords: deals.Records,
		jiqiao.JobDealTasks:   deals.Remind,
	}
}

// schedules are what is due again and again. A name stays for ever: it is how the database knows the schedule.
func (a *App) schedules() []jobs.Schedule {
	due := []jobs.Schedule{
		{Name: "housekeeping", Kind: jobHousekeeping, At: "04:00"},
		{Name: "notices.alerts", Kind: jobAlerts, Every: 10 * time.Minute},
		{Name: "notices.digest", Kind: jobDigest, Every: 7 * 24 * time.Hour},
		{Name: "records", Kind: lifecycle.JobDaily, At: "07:30"},
		{Name: "queue.sweep", Kind: jiqiao.JobSweep, Every: time.Hour},
		{Name: "queue.refill", Kind: jiqiao.JobRefill, At: "04:30"},
		{Name: "introduction.clock", Kind: jiqiao.JobIntroductionClock, Every: 10 * time.Minute},
		{Name: "deal.tasks", Kind: jiqiao.JobDealTasks, At: "08:00"},
		{Name: "sessions.prune", Kind: jobSessions, At: "02:10"},
	}
	if a.cfg.LearnAt != "" {
		due = append(due, jobs.Schedule{Name: "learn", Kind: jobLearn, At: a.cfg.LearnAt})
	}
	return due
}

// long are the kinds that take minutes.
func long() []string { return []string{jiqiao.JobMatchRun, jiqiao.JobAssignment, jobLearn, jobAlerts} }

// keepPlatform does every kind of job, and what is due.
func (a *App) keepPlatform() {
	a.keepJobs(&jobs.Runner{Handlers: a.handlers(), Long: long(), Schedules: a.schedules()})
}

// Work does match runs and assignments, for a process that does not serve: a command that waits for one.
func (a *App) Work() {
	all := a.handlers()
	kinds := []string{jiqiao.JobMatchRun, jiqiao.JobAssignment}
	some := map[string]jobs.Handler{}
	for _, kind := range kinds {
		some[kind] = all[kind]
	}
	a.keepJobs(&jobs.Runner{Handlers: some, Long: kinds})
}

func (a *App) keepJobs(r *jobs.Runner) {
	r.Store, r.Log, r.Now, r.Worker, r.Observe = a.Store, a.log, a.now, workerName(), a.work.observe
	a.tasks.keep("jobs", func(ctx context.Context) error {
		// With SQLite the lock on the data directory keeps other processes away: jobs that are under way are those of a
		// process that was killed, and need not wait for their leases to end.
		if strings.HasPrefix(a.cfg.StoreURL(), "sqlite") {
			if err := a.Store.ReleaseJobs(ctx); err != nil {
				return err
			}
		}
		return r.Run(ctx)
	})
}

// workerName tells this start of this process from all others.
func workerName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "?"
	}
	return fmt.Sprintf("%s:%d:%s", host, os.Getpid(), rand.Text()[:8])
}

// pruneSessions forgets what ended long ago.
func (a *App) pruneSessions(ctx context.Context, _ jiqiao.Job) error {
	_, err := a.Store.PruneSessions(ctx, a.now().Add(-sessionsKept))
	return err
}

// doMatchRun does a run from where it was saved last.
func (a *App) doMatchRun(ctx context.Context, j jiqiao.Job) error {
	run, err := a.Store.GetMatchRun(ctx, j.Key)
	if err != nil {
		return err
	}
	if err := stillWanted("批量匹配", run.State); err != nil {
		return settled(err)
	}
	if err := a.WaitCaughtUp(ctx); err != nil {
		return err
	}
	return settled(a.match(ctx, &run, func(done, total int) { jobs.Progress(ctx, "全量匹配", done, total) }))
}

// doAssignment does an assignment.
func (a *App) doAssignment(ctx context.Context, j jiqiao.Job) error {
	as, err := a.Store.GetAssignment(ctx, j.Key)
	if err != nil {
		return err
	}
	if err := stillWanted("分配", as.State); err != nil {
		return settled(err)
	}
	if err := a.WaitCaughtUp(ctx); err != nil {
		return err
	}
	return settled(a.assign(ctx, &as))
}

// stillWanted tells work that has ended, which is nothing to do, from work that failed and whose job was tried once more.
func stillWanted(what string, state jiqiao.RunState) error {
	switch state {
	case jiqiao.RunRunning:
		return nil
	case jiqiao.RunFailed:
		return jiqiao.Fail(jiqiao.CodeInvalid, "这次"+what+"已经失败，请重新开始一次", nil)
	default:
		return jiqiao.Fail(jiqiao.CodeConflict, "这次"+what+state.Label(), nil)
	}
}

// settled is what the queue hears of a run or an assignment. That it ended meanwhile, cancelled or done by another
// process, is no failure. What does not pass by itself is final: whoever waits for the result should hear of it now.
func settled(err error) error {
	switch jiqiao.CodeOf(err) {
	case "", jiqiao.CodeConflict:
		return nil
	case jiqiao.CodeUnavailable, jiqiao.CodeTimeout:
		return err
	case jiqiao.CodeInternal:
		if jobs.Waits(err) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			return err
		}
	}
	var told *jiqiao.Error
	if errors.As(err, &told) {
		return jiqiao.Fail(jiqiao.CodeInvalid, told.Message, err)
	}
	return jiqiao.Fail(jiqiao.CodeInvalid, "处理时出错，请稍后重试；如仍失败，请查看服务日志", err)
}
