package store

import (
	"context"

	"jiqiao"
)

const (
	dealTaskPrefix = "lk_"
	dealNotePrefix = "ln_"
)

// lockDeal makes others who change the deal wait, and returns it.
func (t *tx) lockDeal(ctx context.Context, id string) (jiqiao.Deal, error) {
	if !hasShape(id, dealPrefix) {
		return jiqiao.Deal{}, notFound(dealLabel)
	}
	n, err := t.exec(ctx, `UPDATE deals SET version = version WHERE id = ?`, id)
	if err != nil {
		return jiqiao.Deal{}, err
	}
	if n == 0 {
		return jiqiao.Deal{}, notFound(dealLabel)
	}
	return t.oneDeal(ctx, `id = ?`, id)
}

// AddDealTask adds a task and fills in what the store gives; without an assignee it is the broker's.
func (s *Store) AddDealTask(ctx context.Context, task *jiqiao.DealTask) error {
	before := *task
	err := s.tx(ctx, "add a task", func(t *tx) error {
		d, err := t.lockDeal(ctx, task.DealID)
		if err != nil {
			return err
		}
		if task.Assignee == "" {
			task.Assignee = d.Broker
		}
		if err := t.taskAssignee(ctx, task.Assignee); err != nil {
			return err
		}
		task.ID, task.CreatedAt, task.DoneAt, task.CreatedBy = t.ids.next(dealTaskPrefix), t.now, nil, jiqiao.OriginOf(ctx).User
		_, err = t.exec(ctx, `INSERT INTO deal_tasks (id, deal_id, title, due, assignee, created_by, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			task.ID, task.DealID, clean(task.Title), clean(string(task.Due)), clean(task.Assignee), clean(task.CreatedBy), micros(t.now))
		if err != nil {
			return err
		}
		t.audit(jiqiao.Act{Name: "deal.task_add", Object: dealRef(d.ID), After: map[string]string{"task": task.ID, "due": string(task.Due)}})
		return t.dealDue(ctx, &d)
	})
	if err != nil {
		*task = before
	}
	return err
}

// taskAssignee checks that the account is somebody who works on deals.
func (t *tx) taskAssignee(ctx context.Context, user string) error {
	if user == "" {
		return nil
	}
	var n int
	err := t.row(ctx, `SELECT count(*) FROM users WHERE id = ? AND role IN (?, ?) AND state = 'active'`,
		[]any{clean(user), string(jiqiao.RoleBroker), string(jiqiao.RoleOperator)}, &n)
	if err == nil && n == 0 {
		err = jiqiao.Invalid([]jiqiao.FieldError{{Field: "assignee", Message: "负责人应是在用的技术经理人或业务员账号，请重新选择"}})
	}
	return err
}

// UpdateDealTask changes the task of that id: its text, day and assignee, and whether it is done.
func (s *Store) UpdateDealTask(ctx context.Context, task jiqiao.DealTask, done bool) (jiqiao.DealTask, error) {
	var changed jiqiao.DealTask
	err := s.tx(ctx, "change a task", func(t *tx) error {
		d, err := t.lockDeal(ctx, task.DealID)
		if err != nil {
			return err
		}
		if err := t.taskAssignee(ctx, task.Assignee); err != nil {
			return err
		}
		var at any
		if done {
			at = micros(t.now)
		}
		// A new day is reminded of again.
		n, err := t.exec(ctx, `UPDATE deal_tasks SET title = ?, assignee = ?,
				reminded_at = CASE WHEN due = ? THEN reminded_at ELSE NULL END, due = ?,
				done_at = CASE WHEN CAST(? AS BIGINT) IS NULL THEN NULL ELSE coalesce(done_at, CAST(? AS BIGINT)) END
			WHERE id = ? AND deal_id = ?`,
			clean(task.Title), clean(task.Assignee), clean(string(task.Due)), clean(string(task.Due)), at, at, clean(task.ID), d.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return notFound("这项任务")
		}
		found, err := t.tasks(ctx, `id = ?`, clean(task.ID))
		if err != nil {
			return err
		}
		changed = found[0]
		t.audit(jiqiao.Act{Name: "deal.task_update", Object: dealRef(d.ID), After: map[string]any{"task": task.ID, "due": task.Due, "done": done}})
		return t.dealDue(ctx, &d)
	})
	return changed, err
}

// DeleteDealTask takes a task away.
func (s *Store) DeleteDealTask(ctx context.Context, deal, id string) error {
	return s.tx(ctx, "delete a task", func(t *tx) error {
		d, err := t.lockDeal(ctx, deal)
		if err != nil {
			return err
		}
		n, err := t.exec(ctx, `DELETE FROM deal_tasks WHERE id = ? AND deal_id = ?`, clean(id), d.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return notFound("这项任务")
		}
		t.audit(jiqiao.Act{Name: "deal.task_delete", Object: dealRef(d.ID), Before: map[string]string{"task": id}})
		return t.dealDue(ctx, &d)
	})
}

// dealDue notes the first day on which something is due.
func (t *tx) dealDue(ctx context.Context, d *jiqiao.Deal) error {
	_, err := t.exec(ctx, `UPDATE deals SET next_due = coalesce((SELECT min(due) FROM deal_tasks
		WHERE deal_id = deals.id AND done_at IS NULL AND due <> ''), ?) WHERE id = ?`, noDue, d.ID)
	t.tellDeal(d)
	return err
}

func (s session) dealTasks(ctx context.Context, deal string) ([]jiqiao.DealTask, error) {
	return s.tasks(ctx, `deal_id = ? ORDER BY id`, deal)
}

func (s session) tasks(ctx context.Context, where string, args ...any) ([]jiqiao.DealTask, error) {
	found := []jiqiao.DealTask{}
	err := s.each(ctx, `SELECT id, deal_id, title, due, assignee, done_at, created_by, created_at FROM deal_tasks WHERE `+where, args,
		func(scan func(...any) error) error {
			var (
				task jiqiao.DealTask
				at   int64
				done *int64
			)
			if err := scan(&task.ID, &task.DealID, &task.Title, &task.Due, &task.Assignee, &done, &task.CreatedBy, &at); err != nil {
				return err
			}
			task.CreatedAt, task.DoneAt = fromMicros(at), fromMicrosOrNil(done)
			found = append(found, task)
			return nil
		})
	return found, err
}

// remindAtOnce bounds the tasks that one transaction reminds of.
const remindAtOnce = 200

// RemindDealTasks reminds the assignees of open tasks that are due by the day, once each, and says how many it found. Call it
// again until that is 0. What rests in deals that are not open waits.
func (s *Store) RemindDealTasks(ctx context.Context, by jiqiao.Date) (int, error) {
	reminded := 0
	err := s.tx(ctx, "remind of tasks", func(t *tx) error {
		reminded = 0
		found, err := t.tasks(ctx, `done_at IS NULL AND reminded_at IS NULL AND due <> '' AND due <= ?
			AND (SELECT state FROM deals WHERE deals.id = deal_tasks.deal_id) = 'open' ORDER BY due, id LIMIT ?`, clean(string(by)), remindAtOnce)
		if err != nil {
			return err
		}
		for _, task := range found {
			n, err := t.exec(ctx, `UPDATE deal_tasks SET reminded_at = ? WHERE id = ? AND reminded_at IS NULL`, micros(t.now), task.ID)
			if err != nil {
				return err
			}
			if n == 0 || task.Assignee == "" {
				continue // another process was here, or there is nobody to tell
			}
			err = t.notify(ctx, jiqiao.Notice{
				Template: "deal.task_due", Users: []string{task.Assignee}, Object: dealRef(task.DealID),
				Key: "deal.task_due:" + task.ID + ":" + string(task.Due), Data: map[string]string{"task": task.Title, "due": string(task.Due)},
			})
			if err != nil {
				return err
			}
		}
		reminded = len(found)
		return nil
	})
	return reminded, err
}

// AddDealNote adds a note and fills in what the store gives. A shared one is told to those on the other sides.
func (s *Store) AddDealNote(ctx context.Context, note *jiqiao.DealNote) error {
	before := *note
	err := s.tx(ctx, "add a note", func(t *tx) error {
		if !hasShape(note.DealID, dealPrefix) {
			return notFound(dealLabel)
		}
		d, err := t.oneDeal(ctx, `id = ?`, note.DealID)
		if err != nil {
			return err
		}
		note.ID, note.CreatedAt = t.ids.next(dealNotePrefix), t.now
		_, err = t.exec(ctx, `INSERT INTO deal_notes (id, deal_id, author, organisation, shared, text, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			note.ID, note.DealID, clean(note.Author), clean(note.Organisation), flag(note.Shared), clean(note.Text), micros(t.now))
		if err != nil {
			return err
		}
		t.audit(jiqiao.Act{Name: "deal.note", Object: dealRef(d.ID), After: map[string]any{"note": note.ID, "shared": note.Shared}})
		if !note.Shared {
			return nil
		}
		t.tellDeal(&d)
		n := t.dealNotice(&d, "deal.note")
		n.Users = without(n.Users, note.Author)
		n.Organisations = without(n.Organisations, note.Organisation)
		return t.notifySome(ctx, n)
	})
	if err != nil {
		*note = before
	}
	return err
}

func without(all []string, one string) []string {
	var some []string
	for _, id := range all {
		if id != one {
			some = append(some, id)
		}
	}
	return some
}

func (s session) dealNotes(ctx context.Context, deal string) ([]jiqiao.DealNote, error) {
	found := []jiqiao.DealNote{}
	err := s.each(ctx, `SELECT id, deal_id, author, organisation, shared, text, created_at FROM deal_notes WHERE deal_id = ? ORDER BY id`,
		[]any{deal}, func(scan func(...any) error) error {
			var (
				note   jiqiao.DealNote
				shared int
				at     int64
			)
			if err := scan(&note.ID, &note.DealID, &note.Author, &note.Organisation, &shared, &note.Text, &at); err != nil {
				return err
			}
			note.Shared, note.CreatedAt = shared != 0, fromMicros(at)
			found = append(found, note)
			return nil
		})
	return found, err
}
