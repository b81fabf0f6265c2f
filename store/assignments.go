package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"jiqiao"
)

const (
	assignmentPrefix = "s_"
	assignmentLabel  = "这次分配"
)

// SaveAssignment stores how far an assignment has come, and its items when there are any, in one transaction. An empty
// ID makes a new one and leaves the job that does it; ID, CreatedAt and UpdatedAt are filled in. One that has ended can
// only be cancelled any more; else the answer is CodeConflict.
func (s *Store) SaveAssignment(ctx context.Context, a *jiqiao.Assignment, items []jiqiao.AssignmentItem) error {
	before := *a
	err := s.tx(ctx, "save an assignment", func(t *tx) error {
		a.UpdatedAt = t.now
		if a.ID == "" {
			a.ID, a.CreatedAt = t.ids.next(assignmentPrefix), t.now
			if err := t.enqueueWork(ctx, jiqiao.JobAssignment, a.ID, a.State); err != nil {
				return err
			}
			t.audit(jiqiao.Act{Name: "assignment.start", Object: jiqiao.Ref{Type: "assignment", ID: a.ID}})
		}
		if a.State == jiqiao.RunCancelled {
			t.audit(jiqiao.Act{Name: "assignment.cancel", Object: jiqiao.Ref{Type: "assignment", ID: a.ID}})
		}
		if !hasShape(a.ID, assignmentPrefix) {
			return notFound(assignmentLabel)
		}
		body, err := encodeJSON(a)
		if err != nil {
			return err
		}
		n, err := t.exec(ctx, `
			INSERT INTO assignments (id, state, created_at, body) VALUES (?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET state = excluded.state, body = excluded.body
			WHERE assignments.state = 'running' OR excluded.state = 'cancelled'`,
			a.ID, clean(string(a.State)), micros(a.CreatedAt), body)
		if err != nil {
			return err
		}
		if n == 0 {
			return hasEnded(assignmentLabel)
		}
		if err := t.addItems(ctx, a.ID, items); err != nil {
			return err
		}
		if a.State != jiqiao.RunDone || a.Params.Trial || len(a.Params.Brokers) == 0 {
			return nil
		}
		return t.enqueue(ctx, jiqiao.NewJob{Kind: jiqiao.JobAssigned, Key: a.ID}) // into the queues of its brokers
	})
	if err != nil {
		*a = before
	}
	return err
}

func hasEnded(what string) error {
	return jiqiao.Fail(jiqiao.CodeConflict, what+"已结束或已取消，请刷新后再看", nil)
}

func (t *tx) addItems(ctx context.Context, id string, items []jiqiao.AssignmentItem) error {
	rows := make([][]any, len(items))
	for i := range items {
		item := &items[i]
		body, err := encodeJSON(item)
		if err != nil {
			return err
		}
		rows[i] = []any{
			id, item.Line, string(item.Outcome), clean(item.NeedID), clean(item.AchievementID), clean(item.Broker), clean(item.Reason), clean(body),
		}
	}
	return t.insert(ctx, `INSERT INTO assignment_items (assignment_id, line, outcome, need_id, achievement_id, broker, reason, body) VALUES `,
		rows, ``)
}

// GetAssignment returns the assignment without its items.
func (s *Store) GetAssignment(ctx context.Context, id string) (jiqiao.Assignment, error) {
	if !hasShape(id, assignmentPrefix) {
		return jiqiao.Assignment{}, notFound(assignmentLabel)
	}
	found, err := s.assignments(ctx, `id = ?`, id)
	if err != nil {
		return jiqiao.Assignment{}, wrap("get an assignment", err)
	}
	if len(found) == 0 {
		return jiqiao.Assignment{}, notFound(assignmentLabel)
	}
	return found[0], nil
}

// Assignments returns the latest ones made since the moment, newest first; with a state only those in it.
func (s *Store) Assignments(ctx context.Context, state jiqiao.RunState, since time.Time, limit int) ([]jiqiao.Assignment, error) {
	where, args := `1 = 1`, []any{}
	if state != "" {
		where, args = where+` AND state = ?`, append(args, clean(string(state)))
	}
	if !since.IsZero() {
		where, args = where+` AND created_at >= ?`, append(args, micros(since))
	}
	found, err := s.assignments(ctx, where+` ORDER BY id DESC LIMIT ?`, append(args, limit)...)
	return found, wrap("list assignments", err)
}

func (s *Store) assignments(ctx context.Context, where string, args ...any) ([]jiqiao.Assignment, error) {
	var found []jiqiao.Assignment
	err := s.reader().each(ctx, `SELECT body FROM assignments WHERE `+where, args, func(scan func(...any) error) error {
		var body []byte
		if err := scan(&body); err != nil {
			return err
		}
		var a jiqiao.Assignment
		if err := json.Unmarshal(body, &a); err != nil {
			return fmt.Errorf("decode an assignment: %w", err)
		}
		found = append(found, a)
		return nil
	})
	return found, err
}

// AssignmentItems returns a page of an assignment's items by line, with the number of all that q finds.
func (s *Store) AssignmentItems(ctx context.Context, id string, q jiqiao.AssignmentItemQuery) (jiqiao.AssignmentItemPage, error) {
	after := 0
	if q.Cursor != "" {
		var err error
		if after, err = strconv.Atoi(q.Cursor); err != nil {
			return jiqiao.AssignmentItemPage{}, badCursor()
		}
	}
	q.Limit = pageSize(q.Limit)
	where, args := itemFilter(id, q)
	page := jiqiao.AssignmentItemPage{Items: []jiqiao.AssignmentItem{}}
	if err := s.reader().row(ctx, `SELECT count(*) FROM assignment_items WHERE `+where, args, &page.Total); err != nil {
		return jiqiao.AssignmentItemPage{}, wrap("count assignment items", err)
	}
	err := s.items(ctx, where+` AND line > ? ORDER BY line LIMIT ?`, append(args, after, q.Limit+1), func(item jiqiao.AssignmentItem) error {
		page.Items = append(page.Items, item)
		return nil
	})
	if err != nil {
		return jiqiao.AssignmentItemPage{}, wrap("list assignment items", err)
	}
	if len(page.Items) > q.Limit {
		page.Items = page.Items[:q.Limit]
		page.Next = strconv.Itoa(page.Items[q.Limit-1].Line)
	}
	return page, nil
}

// EachAssignmentItem calls fn for every item of the assignment that q finds, by line; q's page is not read. It stops at
// fn's first error and returns it as it is. fn must not use the store's writer.
func (s *Store) EachAssignmentItem(ctx context.Context, id string, q jiqiao.AssignmentItemQuery, fn func(jiqiao.AssignmentItem) error) error {
	var stopped error
	where, args := itemFilter(id, q)
	err := s.items(ctx, where+` ORDER BY line`, args, func(item jiqiao.AssignmentItem) error {
		stopped = fn(item)
		return stopped
	})
	if stopped != nil {
		return stopped
	}
	return wrap("read assignment items", err)
}

func itemFilter(id string, q jiqiao.AssignmentItemQuery) (where string, args []any) {
	where, args = `assignment_id = ?`, []any{clean(id)}
	for _, part := range []struct{ column, value string }{
		{"outcome", string(q.Outcome)}, {"need_id", q.NeedID}, {"achievement_id", q.AchievementID}, {"broker", q.Broker}, {"reason", q.Reason},
	} {
		if part.value != "" {
			where, args = where+` AND `+part.column+` = ?`, append(args, clean(part.value))
		}
	}
	return where, args
}

func (s *Store) items(ctx context.Context, where string, args []any, fn func(jiqiao.AssignmentItem) error) error {
	return s.reader().each(ctx, `SELECT body FROM assignment_items WHERE `+where, args, func(scan func(...any) error) error {
		var body []byte
		if err := scan(&body); err != nil {
			return err
		}
		var item jiqiao.AssignmentItem
		if err := json.Unmarshal(body, &item); err != nil {
			return fmt.Errorf("decode an assignment item: %w", err)
		}
		return fn(item)
	})
}
