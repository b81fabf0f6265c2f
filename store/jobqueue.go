package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"jiqiao"
)

// A worker has a job by its name and by the number of the attempt: one that lost its lease meanwhile, and whose job was
// begun again, even by itself, changes nothing any more. Leases are by the clocks of the processes, which must agree
// within a fraction of the lease.

const (
	jobColumns = `id, kind, key, payload, state, attempts, max_attempts, excused, priority, run_at, worker, lease_until, stage, done,
		total, message, origin, created_at, updated_at, finished_at`
	// ready is what may begin: of one key nothing while another of that key is under way.
	ready = ` FROM jobs WHERE state = 'waiting' AND run_at <= ? AND kind IN (`
	alone = `) AND (key = '' OR NOT EXISTS (
		SELECT 1 FROM jobs other WHERE other.state = 'running' AND other.kind = jobs.kind AND other.key = jobs.key AND other.key <> ''))`
	expired = ` FROM jobs WHERE state = 'running' AND lease_until < ? AND kind IN (`
)

// ClaimJobs hands the worker up to n jobs of the kinds, which it has until the lease ends: first those whose worker let
// the lease end, then those that may begin, by priority and time. One that was begun too often without an end is dead.
func (s *Store) ClaimJobs(ctx context.Context, worker string, kinds []string, n int, lease time.Duration) ([]jiqiao.Job, error) {
	if n <= 0 || len(kinds) == 0 {
		return nil, nil
	}
	args := make([]any, 0, len(kinds)+2)
	args = append(args, micros(s.clock()))
	for _, k := range kinds {
		args = append(args, clean(k))
	}
	in := marks(len(kinds))
	// Looking first costs no writer's turn while there is nothing to do.
	var due bool
	err := s.reader().row(ctx, `SELECT EXISTS (SELECT 1`+ready+in+alone+`) OR EXISTS (SELECT 1`+expired+in+`))`,
		append(args[:len(args):len(args)], args...), &due)
	if err != nil || !due {
		return nil, wrap("look for jobs", err)
	}
	var claimed []jiqiao.Job
	err = s.tx(ctx, "claim jobs", func(t *tx) error {
		claimed = nil
		lost, err := t.jobs(ctx, expired+in+`) ORDER BY lease_until, id LIMIT ?`+t.d.skipLocked(), append(args[:len(args):len(args)], n)...)
		if err != nil {
			return err
		}
		for _, j := range lost {
			if j.Attempts-j.Excused >= j.MaxAttempts {
				if err := t.endJob(ctx, j, jiqiao.JobDead, brokeOff); err != nil {
					return err
				}
				continue
			}
			claimed = append(claimed, j)
		}
		waiting, err := t.jobs(ctx, ready+in+alone+` ORDER BY priority DESC, run_at, id LIMIT ?`+t.d.skipLocked(),
			append(args[:len(args):len(args)], n-len(claimed))...)
		if err != nil {
			return err
		}
		claimed = append(claimed, waiting...)
		return t.begin(ctx, claimed, worker, lease)
	})
	if err != nil {
		return nil, err
	}
	return claimed, nil
}

// brokeOff is the message of a job that ended its process, or was always cut off.
const brokeOff = "多次执行都中途断开，已停止重试；请查看服务日志后重试"

func (t *tx) begin(ctx context.Context, claimed []jiqiao.Job, worker string, lease time.Duration) error {
	until := t.now.Add(lease)
	for i := range claimed {
		j := &claimed[i]
		j.State, j.Worker, j.LeaseUntil, j.UpdatedAt = jiqiao.JobRunning, worker, &until, t.now
		j.Attempts++
		_, err := t.exec(ctx, `UPDATE jobs SET state = 'running', worker = ?, attempts = ?, lease_until = ?, updated_at = ? WHERE id = ?`,
			clean(worker), j.Attempts, micros(until), micros(t.now), j.ID)
		if err != nil {
			return err
		}
	}
	return nil
}

// mine is the condition that the worker still has the job.
const mine = ` WHERE id = ? AND worker = ? AND attempts = ? AND state = 'running'`

func mineArgs(j jiqiao.Job, args ...any) []any {
	return append(args, j.ID, clean(j.Worker), j.Attempts)
}

// lostJob is what a worker hears that no longer has the job.
func lostJob() error {
	return jiqiao.Fail(jiqiao.CodeConflict, "任务已被取消，或已由别的进程接手", nil)
}

// HoldJobs extends the leases of jobs as they were claimed, and returns the ids of those that the worker has no longer.
func (s *Store) HoldJobs(ctx context.Context, held []jiqiao.Job, lease time.Duration) (lost []string, err error) {
	err = s.tx(ctx, "hold jobs", func(t *tx) error {
		lost = nil
		for _, j := range held {
			n, err := t.exec(ctx, `UPDATE jobs SET lease_until = ?`+mine, mineArgs(j, micros(t.now.Add(lease)))...)
			if err != nil {
				return err
			}
			if n == 0 {
				lost = append(lost, j.ID)
			}
		}
		return nil
	})
	return lost, err
}

// SaveJobProgress notes how far a claimed job has come, and tells open pages. CodeConflict when the worker has it no longer.
func (s *Store) SaveJobProgress(ctx context.Context, j jiqiao.Job) error {
	return s.tx(ctx, "note a job's progress", func(t *tx) error {
		n, err := t.exec(ctx, `UPDATE jobs SET stage = ?, done = ?, total = ?, updated_at = ?`+mine,
			mineArgs(j, clean(j.Stage), j.Done, j.Total, micros(t.now))...)
		if err == nil && n == 0 {
			return lostJob()
		}
		t.tellJob(j)
		return err
	})
}

// FinishJob ends a claimed job as done, or as dead with a message. CodeConflict when the worker has it no longer.
func (s *Store) FinishJob(ctx context.Context, j jiqiao.Job, state jiqiao.JobState, message string) error {
	return s.tx(ctx, "finish a job", func(t *tx) error {
		if err := t.stillMine(ctx, j); err != nil {
			return err
		}
		return t.endJob(ctx, j, state, message)
	})
}

// stillMine locks the row, so that what is decided about it holds until the transaction ends.
func (t *tx) stillMine(ctx context.Context, j jiqiao.Job) error {
	n, err := t.exec(ctx, `UPDATE jobs SET updated_at = ?`+mine, mineArgs(j, micros(t.now))...)
	if err == nil && n == 0 {
		return lostJob()
	}
	return err
}

func (t *tx) endJob(ctx context.Context, j jiqiao.Job, state jiqiao.JobState, message string) error {
	_, err := t.exec(ctx, `UPDATE jobs SET state = ?, message = ?, worker = '', lease_until = NULL, stage = '', updated_at = ?, finished_at = ?
		WHERE id = ?`, string(state), clean(message), micros(t.now), micros(t.now), j.ID)
	if err == nil && state != jiqiao.JobDone {
		err = t.endWork(ctx, j, state, message)
	}
	if err != nil {
		return err
	}
	if state != jiqiao.JobDone || j.Origin != "" || j.Total > 0 {
		j.State = state
		t.tellJob(j)
	}
	t.queued = t.queued || j.Key != "" // the next of its key may begin
	return nil
}

// endWork ends the run or the assignment whose job will not be done.
func (t *tx) endWork(ctx context.Context, j jiqiao.Job, state jiqiao.JobState, message string) error {
	ended := jiqiao.RunCancelled
	if state == jiqiao.JobDead {
		ended = jiqiao.RunFailed
	}
	switch j.Kind {
	case jiqiao.JobMatchRun:
		return endBody(ctx, t, "match_runs", j.Key, func(run *jiqiao.MatchRun) jiqiao.RunState {
			run.State, run.Message, run.UpdatedAt = ended, message, t.now
			return ended
		})
	case jiqiao.JobAssignment:
		return endBody(ctx, t, "assignments", j.Key, func(a *jiqiao.Assignment) jiqiao.RunState {
			a.State, a.Message, a.UpdatedAt = ended, message, t.now
			return ended
		})
	}
	return nil
}

// endBody changes a row of the table that is under way; one that has ended stays.
func endBody[T any](ctx context.Context, t *tx, table, id string, change func(*T) jiqiao.RunState) error {
	var body []byte
	err := t.row(ctx, `SELECT body FROM `+table+` WHERE id = ? AND state = 'running'`, []any{id}, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	var v T
	if err := json.Unmarshal(body, &v); err != nil {
		return fmt.Errorf("decode %s of %s: %w", id, table, err)
	}
	state := change(&v)
	text, err := encodeJSON(v)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE `+table+` SET state = ?, body = ? WHERE id = ? AND state = 'running'`, string(state), text, id)
	return err
}

// ReturnJob puts a claimed job back, to begin again at the moment; excused does not count the attempt. Where another job
// of its kind and key waits already, that one stands for both. CodeConflict when the worker has it no longer.
func (s *Store) ReturnJob(ctx context.Context, j jiqiao.Job, at time.Time, excused bool, message string) error {
	return s.tx(ctx, "return a job", func(t *tx) error {
		if err := t.stillMine(ctx, j); err != nil {
			return err
		}
		if excused {
			j.Excused++
		}
		return t.putBack(ctx, j, at, message)
	})
}

// putBack makes a job wait that was under way or has ended.
func (t *tx) putBack(ctx context.Context, j jiqiao.Job, at time.Time, message string) error {
	var another bool
	err := t.row(ctx, `SELECT EXISTS (SELECT 1 FROM jobs WHERE state = 'waiting' AND kind = ? AND key = ? AND key <> '')`,
		[]any{j.Kind, j.Key}, &another)
	if err != nil {
		return err
	}
	if another {
		return t.endJob(ctx, j, jiqiao.JobCancelled, "已并入之后的同一项任务")
	}
	_, err = t.exec(ctx, `UPDATE jobs SET state = 'waiting', message = ?, run_at = ?, excused = ?, max_attempts = ?, worker = '',
		lease_until = NULL, updated_at = ?, finished_at = NULL WHERE id = ?`,
		clean(message), micros(at), j.Excused, j.MaxAttempts, micros(t.now), j.ID)
	t.queued = true
	return err
}

// ReleaseJobs puts back every job under way, for a process that knows itself to be the only one: those that did them have
// been killed.
func (s *Store) ReleaseJobs(ctx context.Context) error {
	return s.tx(ctx, "release jobs", func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE jobs SET lease_until = ? WHERE state = 'running'`, micros(t.now.Add(-time.Microsecond)))
		t.queued = true
		return err
	})
}

// tellJob has the pages of who asked for a job, and of the system's administrators, hear of it.
func (t *tx) tellJob(j jiqiao.Job) {
	e := jiqiao.Event{
		Topic: "job", Object: jiqiao.Ref{Type: "job", ID: j.ID}, Roles: []jiqiao.Role{jiqiao.RoleSystemAdmin},
		Data: map[string]string{"kind": j.Kind, "state": string(j.State)},
	}
	if j.Origin != "" {
		e.Users = []string{j.Origin}
	}
	t.tell(e)
}

// GetJob returns the job.
func (s *Store) GetJob(ctx context.Context, id string) (jiqiao.Job, error) {
	return s.reader().job(ctx, id)
}

const jobLabel = "这项任务"

func (s session) job(ctx context.Context, id string) (jiqiao.Job, error) {
	if !hasShape(id, jobPrefix) {
		return jiqiao.Job{}, notFound(jobLabel)
	}
	found, err := s.jobs(ctx, ` FROM jobs WHERE id = ?`, id)
	if err == nil && len(found) == 0 {
		return jiqiao.Job{}, notFound(jobLabel)
	}
	if err != nil {
		return jiqiao.Job{}, wrap("get a job", err)
	}
	return found[0], nil
}

// Jobs returns a page of jobs with the number of all that q finds.
func (s *Store) Jobs(ctx context.Context, q jiqiao.JobQuery) (jiqiao.JobPage, error) {
	if err := goodCursor(q.Cursor, jobPrefix); err != nil {
		return jiqiao.JobPage{}, err
	}
	q.Limit = pageSize(q.Limit)
	where, args := ` FROM jobs WHERE 1 = 1`, []any{}
	for _, part := range []struct{ column, value string }{{"kind", q.Kind}, {"state", string(q.State)}, {"origin", q.Origin}} {
		if part.value != "" {
			where, args = where+` AND `+part.column+` = ?`, append(args, clean(part.value))
		}
	}
	page := jiqiao.JobPage{Jobs: []jiqiao.Job{}}
	if err := s.reader().row(ctx, `SELECT count(*)`+where, args, &page.Total); err != nil {
		return jiqiao.JobPage{}, wrap("count jobs", err)
	}
	if q.Cursor != "" {
		where, args = where+` AND id < ?`, append(args, q.Cursor)
	}
	found, err := s.reader().jobs(ctx, where+` ORDER BY id DESC LIMIT ?`, append(args, q.Limit+1)...)
	if err != nil {
		return jiqiao.JobPage{}, wrap("list jobs", err)
	}
	if len(found) > q.Limit {
		found = found[:q.Limit]
		page.Next = found[q.Limit-1].ID
	}
	page.Jobs = append(page.Jobs, found...)
	return page, nil
}

// RetryJob begins a dead or cancelled job anew, with as many attempts as a new one has.
func (s *Store) RetryJob(ctx context.Context, id string) (jiqiao.Job, error) {
	return s.changeJob(ctx, id, "job.retry", func(t *tx, j jiqiao.Job) error {
		if j.State != jiqiao.JobDead && j.State != jiqiao.JobCancelled {
			return jiqiao.Fail(jiqiao.CodeConflict, "只有已停止重试或已取消的任务可以重试，这项任务"+j.State.Label(), nil)
		}
		j.Excused = j.Attempts
		return t.putBack(ctx, j, t.now, "")
	})
}

// CancelJob ends a job that has not ended; one under way is cut off when its worker next looks.
func (s *Store) CancelJob(ctx context.Context, id string) (jiqiao.Job, error) {
	return s.changeJob(ctx, id, "job.cancel", func(t *tx, j jiqiao.Job) error {
		if j.State.Ended() {
			return jiqiao.Fail(jiqiao.CodeConflict, "这项任务"+j.State.Label()+"，没有可以取消的内容", nil)
		}
		return t.endJob(ctx, j, jiqiao.JobCancelled, "")
	})
}

func (s *Store) changeJob(ctx context.Context, id, act string, change func(*tx, jiqiao.Job) error) (after jiqiao.Job, err error) {
	err = s.tx(ctx, "change a job", func(t *tx) error {
		// The row is locked before it is read, so that no worker changes it meanwhile.
		if _, err := t.exec(ctx, `UPDATE jobs SET updated_at = ? WHERE id = ?`, micros(t.now), clean(id)); err != nil {
			return err
		}
		before, err := t.job(ctx, id)
		if err != nil {
			return err
		}
		if err := change(t, before); err != nil {
			return err
		}
		if after, err = t.job(ctx, id); err != nil {
			return err
		}
		t.audit(jiqiao.Act{
			Name: act, Object: jiqiao.Ref{Type: "job", ID: id},
			Before: map[string]string{"kind": before.Kind, "state": string(before.State)}, After: map[string]string{"state": string(after.State)},
		})
		return nil
	})
	return after, err
}

// JobCounts counts the jobs of each kind in each state.
func (s *Store) JobCounts(ctx context.Context) ([]jiqiao.JobCount, error) {
	counts := []jiqiao.JobCount{}
	query := `SELECT kind, state, count(*), min(CASE WHEN state = 'waiting' THEN run_at END) FROM jobs GROUP BY kind, state ORDER BY kind, state`
	err := s.reader().each(ctx, query, nil, func(scan func(...any) error) error {
		var (
			c      jiqiao.JobCount
			oldest *int64
		)
		if err := scan(&c.Kind, &c.State, &c.Count, &oldest); err != nil {
			return err
		}
		if oldest != nil {
			c.Oldest = fromMicros(*oldest)
		}
		counts = append(counts, c)
		return nil
	})
	return counts, wrap("count jobs", err)
}

// PruneJobs forgets jobs that ended before the first moment, dead ones those before the second.
func (s *Store) PruneJobs(ctx context.Context, ended, dead time.Time) (int, error) {
	var gone int64
	err := s.tx(ctx, "prune jobs", func(t *tx) (err error) {
		gone, err = t.exec(ctx, `DELETE FROM jobs WHERE finished_at IS NOT NULL AND (finished_at < ? OR finished_at < ? AND state <> 'dead')`,
			micros(dead), micros(ended))
		return err
	})
	return int(gone), err
}

// jobs reads rows of the table; from is the statement after the columns.
func (s session) jobs(ctx context.Context, from string, args ...any) ([]jiqiao.Job, error) {
	var found []jiqiao.Job
	err := s.each(ctx, `SELECT `+jobColumns+from, args, func(scan func(...any) error) error {
		var (
			j                     jiqiao.Job
			payload               []byte
			runAt, created, moved int64
			lease, finished       *int64
		)
		err := scan(&j.ID, &j.Kind, &j.Key, &payload, &j.State, &j.Attempts, &j.MaxAttempts, &j.Excused, &j.Priority, &runAt, &j.Worker,
			&lease, &j.Stage, &j.Done, &j.Total, &j.Message, &j.Origin, &created, &moved, &finished)
		if err != nil {
			return err
		}
		j.Payload, j.RunAt, j.CreatedAt, j.UpdatedAt = payload, fromMicros(runAt), fromMicros(created), fromMicros(moved)
		j.LeaseUntil, j.FinishedAt = fromMicrosOrNil(lease), fromMicrosOrNil(finished)
		found = append(found, j)
		return nil
	})
	return found, err
}

// BeginPeriod leaves a job for the period of a schedule that began at the moment, unless any process has done so, and says
// whether it did. What has not been heard of before begins with its next period. A period noted as begun more than slack
// in the future is from a clock that was wrong, and is forgotten.
func (s *Store) BeginPeriod(ctx context.Context, name string, began time.Time, slack time.Duration, j jiqiao.NewJob) (bool, error) {
	begun := false
	err := s.tx(ctx, "begin a period", func(t *tx) error {
		var last int64
		err := t.row(ctx, `SELECT begun FROM schedules WHERE name = ?`, []any{clean(name)}, &last)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			_, err = t.exec(ctx, `INSERT INTO schedules (name, begun, begun_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING`,
				clean(name), micros(began), micros(t.now))
			return err
		case err != nil:
			return err
		case last >= micros(began) && !fromMicros(last).After(t.now.Add(slack)):
			return nil
		}
		n, err := t.exec(ctx, `UPDATE schedules SET begun = ?, begun_at = ? WHERE name = ? AND begun = ?`,
			micros(began), micros(t.now), clean(name), last)
		if err != nil || n == 0 || last > micros(began) {
			return err
		}
		begun = true
		return t.enqueue(ctx, j)
	})
	return begun && err == nil, err
}

// SchedulesBegun returns, for each schedule, the beginning of the period that was begun last.
func (s *Store) SchedulesBegun(ctx context.Context) (map[string]time.Time, error) {
	begun := map[string]time.Time{}
	err := s.reader().each(ctx, `SELECT name, begun FROM schedules`, nil, func(scan func(...any) error) error {
		var (
			name string
			at   int64
		)
		if err := scan(&name, &at); err != nil {
			return err
		}
		begun[strings.Clone(name)] = fromMicros(at)
		return nil
	})
	return begun, wrap("read schedules", err)
}
