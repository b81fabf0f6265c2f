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
	return t.enqueueAll(ctx, []jiqiao.NewJob{j})
}

// enqueueAll leaves jobs of which no two have the same kind and key, many to a statement.
func (t *tx) enqueueAll(ctx context.Context, all []jiqiao.NewJob) error {
	if len(all) == 0 {
		return nil
	}
	rows := make([][]any, len(all))
	for i, j := range all {
		var err error
		if rows[i], err = t.jobRow(ctx, j); err != nil {
			return err
		}
	}
	err := t.insert(ctx, `
		INSERT INTO jobs (id, kind, key, payload, state, attempts, max_attempts, excused, priority, run_at, worker, stage, done, total,
			message, origin, created_at, updated_at)
		VALUES `, rows, `
		ON CONFLICT (kind, key) WHERE state = 'waiting' AND key <> '' DO UPDATE SET updated_at = excluded.updated_at,
			run_at = CASE WHEN excluded.run_at < jobs.run_at THEN excluded.run_at ELSE jobs.run_at END`)
	if err != nil {
		return fmt.Errorf("leave %d jobs, the first of kind %s: %w", len(all), all[0].Kind, err)
	}
	t.queued = true
	return nil
}

// jobRow is the job's columns in the order of enqueueAll.
func (t *tx) jobRow(ctx context.Context, j jiqiao.NewJob) ([]any, error) {
	payload := "null"
	if j.Payload != nil {
		var err error
		if payload, err = encodeJSON(j.Payload); err != nil {
			return nil, err
		}
	}
	if j.RunAt.IsZero() {
		j.RunAt = t.now
	}
	if j.MaxAttempts == 0 {
		j.MaxAttempts = jiqiao.DefaultAttempts
	}
	return []any{
		t.ids.next(jobPrefix), clean(j.Kind), clean(j.Key), payload, string(jiqiao.JobWaiting), 0, j.MaxAttempts, 0, j.Priority,
		micros(j.RunAt), "", "", 0, 0, "", clean(jiqiao.OriginOf(ctx).User), micros(t.now), micros(t.now),
	}, nil
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
