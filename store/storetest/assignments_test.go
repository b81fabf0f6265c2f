package storetest

import (
	"errors"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

func assignmentTests() map[string]func(*env) {
	return map[string]func(*env){
		"AssignmentIsKept":        assignmentIsKept,
		"AssignmentEnds":          assignmentEnds,
		"AssignmentItemsArePaged": assignmentItemsArePaged,
	}
}

func assignmentIsKept(e *env) {
	a := assignment()
	a.State = jiqiao.RunRunning
	e.must(e.SaveAssignment(e.ctx, a, nil))
	early := e.clock.Now()
	e.clock.Advance(time.Hour)
	later := assignment()
	e.must(e.SaveAssignment(e.ctx, later, nil))
	a.Stage, a.Done, a.Total = "打分", 3, 5
	e.must(e.SaveAssignment(e.ctx, a, nil))
	for _, c := range []struct {
		state jiqiao.RunState
		since time.Time
		limit int
		want  []jiqiao.Assignment
	}{
		{"", time.Time{}, 9, []jiqiao.Assignment{*later, *a}},
		{"", time.Time{}, 1, []jiqiao.Assignment{*later}},
		{jiqiao.RunRunning, time.Time{}, 9, []jiqiao.Assignment{*a}},
		{"", early.Add(time.Minute), 9, []jiqiao.Assignment{*later}},
		{"\x00", time.Time{}, 9, []jiqiao.Assignment{*later, *a}},
	} {
		if c.state == "\x00" { // not a state, and refused by PostgreSQL as a text
			c.want = nil
		}
		got, err := e.another().Assignments(e.ctx, c.state, c.since, c.limit)
		e.must(err)
		if diff := cmp.Diff(c.want, got); diff != "" {
			e.t.Errorf("%q since %v (-want +got):\n%s", c.state, c.since, diff)
		}
	}
	for _, id := range []string{"", "s_", "s_00000000000000000000", "r_00000000000000000000"} {
		_, err := e.GetAssignment(e.ctx, id)
		e.fails(jiqiao.CodeNotFound, err)
	}
	e.fails(jiqiao.CodeNotFound, e.SaveAssignment(e.ctx, &jiqiao.Assignment{ID: "s_"}, nil))
}

func assignmentEnds(e *env) {
	a := assignment()
	e.must(e.SaveAssignment(e.ctx, a, assignmentItems()))
	again := *a
	again.State = jiqiao.RunRunning
	e.fails(jiqiao.CodeConflict, e.SaveAssignment(e.ctx, &again, nil))
	if again.UpdatedAt != a.UpdatedAt {
		e.t.Error("a refused write changed what was given")
	}
	again.State = jiqiao.RunCancelled
	e.must(e.SaveAssignment(e.ctx, &again, nil))
	got, err := e.GetAssignment(e.ctx, a.ID)
	e.must(err)
	if got.State != jiqiao.RunCancelled {
		e.t.Errorf("state %s", got.State)
	}
	e.fails(jiqiao.CodeConflict, e.SaveAssignment(e.ctx, a, nil))
}

func assignmentItemsArePaged(e *env) {
	a, other := assignment(), assignment()
	items := assignmentItems()
	e.must(e.SaveAssignment(e.ctx, a, items))
	e.must(e.SaveAssignment(e.ctx, other, items[:1]))
	for name, c := range map[string]struct {
		query jiqiao.AssignmentItemQuery
		want  jiqiao.AssignmentItemPage
	}{
		"all":         {jiqiao.AssignmentItemQuery{}, jiqiao.AssignmentItemPage{Total: 3, Items: items}},
		"first":       {jiqiao.AssignmentItemQuery{Limit: 2}, jiqiao.AssignmentItemPage{Total: 3, Items: items[:2], Next: "2"}},
		"second":      {jiqiao.AssignmentItemQuery{Limit: 2, Cursor: "2"}, jiqiao.AssignmentItemPage{Total: 3, Items: items[2:]}},
		"outcome":     {jiqiao.AssignmentItemQuery{Outcome: jiqiao.OutcomeNeed}, jiqiao.AssignmentItemPage{Total: 1, Items: items[1:2]}},
		"need":        {jiqiao.AssignmentItemQuery{NeedID: "n_1"}, jiqiao.AssignmentItemPage{Total: 1, Items: items[:1]}},
		"achievement": {jiqiao.AssignmentItemQuery{AchievementID: "a_2"}, jiqiao.AssignmentItemPage{Total: 1, Items: items[2:]}},
		"broker":      {jiqiao.AssignmentItemQuery{Broker: "王五"}, jiqiao.AssignmentItemPage{Total: 1, Items: items[:1]}},
		"reason":      {jiqiao.AssignmentItemQuery{Reason: "need_taken"}, jiqiao.AssignmentItemPage{Total: 1, Items: items[2:]}},
		"nothing":     {jiqiao.AssignmentItemQuery{Broker: "\xff\x00x"}, jiqiao.AssignmentItemPage{Items: []jiqiao.AssignmentItem{}}},
	} {
		got, err := e.AssignmentItems(e.ctx, a.ID, c.query)
		e.must(err)
		if diff := cmp.Diff(c.want, got); diff != "" {
			e.t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	_, err := e.AssignmentItems(e.ctx, a.ID, jiqiao.AssignmentItemQuery{Cursor: "x"})
	e.fails(jiqiao.CodeInvalid, err)
	var placed []jiqiao.AssignmentItem
	e.must(e.EachAssignmentItem(e.ctx, a.ID, jiqiao.AssignmentItemQuery{Outcome: jiqiao.OutcomePlaced}, func(item jiqiao.AssignmentItem) error {
		placed = append(placed, item)
		return nil
	}))
	if diff := cmp.Diff(items[:1], placed); diff != "" {
		e.t.Errorf("placed (-want +got):\n%s", diff)
	}
	stop := errors.New("enough")
	if err := e.EachAssignmentItem(e.ctx, a.ID, jiqiao.AssignmentItemQuery{}, func(jiqiao.AssignmentItem) error { return stop }); err != stop {
		e.t.Errorf("stopped with %v", err)
	}
}
