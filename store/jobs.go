package store

import (
	"context"
	"fmt"

	"jiqiao"
)

const jobPrefix = "j_"

// enqueue leaves a job that is begun once the transaction is committed. Of a kind and key that already wait it makes no
// second one, but holds the row that waits: on PostgreSQL nobody claims it before this transaction's writes can be seen.
func (t *tx) enqueue(ctx context.Context, j jiqiao.NewJob) error {
	payload := "null"
	if j.Payload != nil {
		var err error
		if payload, err = encodeJSON(j.Payload); err != nil {
			return err
		}
	}
	if j.RunAt.IsZero() {
		j.RunAt = t.now
	}
	if j.MaxAttempts == 0 {
		j.MaxAttempts = jiqiao.DefaultAttempts
	}
	_, err := t.exec(ctx, `
		INSERT INTO jobs (id, kind, key, payload, state, attempts, max_attempts, excused, priority, run_at, worker, stage, done, total,
			message, origin, created_at, updated_at)
		VALUES (?, ?, ?, ?, 'waiting', 0, ?, 0, ?, ?, '', '', 0, 0, '', ?, ?, ?)
		ON CONFLICT (kind, key) WHERE state = 'waiting' AND key <> '' DO UPDATE SET updated_at = excluded.updated_at,
			run_at = CASE WHEN excluded.run_at < jobs.run_at THEN excluded.run_at ELSE jobs.run_at END`,
		t.ids.next(jobPrefix), clean(j.Kind), clean(j.Key), payload, j.MaxAttempts, j.Priority, micros(j.RunAt),
		clean(jiqiao.OriginOf(ctx).User), micros(t.now), micros(t.now))
	if err != nil {
		return fmt.Errorf("leave a job %s: %w", j.Kind, err)
	}
	t.queued = true
	return nil
}

// workAttempts is how often a run or an assignment is begun: long ones meet more restarts of the service than short jobs.
const workAttempts = 20

// enqueueWork leaves the job that does an unfinished run or assignment.
func (t *tx) enqueueWork(ctx context.Context, kind, id string, state jiqiao.RunState) error {
	if state != jiqiao.RunRunning {
		return nil
	}
	return t.enqueue(ctx, jiqiao.NewJob{Kind: kind, Key: id, MaxAttempts: workAttempts})
}

// Enqueue leaves a job.
func (s *Store) Enqueue(ctx context.Context, j jiqiao.NewJob) error {
	return s.tx(ctx, "leave a job", func(t *tx) error { return t.enqueue(ctx, j) })
}

// NoticeJob is the kind of job that tells people of a Notice, its payload.
const NoticeJob = jiqiao.JobNotice

// notify tells people of something once the transaction is committed.
func (t *tx) notify(ctx context.Context, n jiqiao.Notice) error {
	return t.enqueue(ctx, jiqiao.NewJob{Kind: NoticeJob, Key: n.Key, Payload: n})
}

// Notify tells people of something that no transaction of the store is about.
func (s *Store) Notify(ctx context.Context, n jiqiao.Notice) error {
	return s.tx(ctx, "leave a notice", func(t *tx) error { return t.notify(ctx, n) })
}

// tell has open pages hear of something once the transaction is committed.
func (t *tx) tell(e jiqiao.Event) { t.events = append(t.events, e) }

// JobQueued is closed when this process next leaves a job. Take it before looking for jobs.
func (s *Store) JobQueued() <-chan struct{} { return s.jobBell.rung() }

// committed lets those know who wait for what the transaction did.
func (s *Store) committed(t *tx) {
	if t.queued {
		s.jobBell.ring()
	}
	if len(t.events) > 0 && s.events != nil {
		s.events(t.events)
	}
}
