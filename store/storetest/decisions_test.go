package storetest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

func decisionTests() map[string]func(*env) {
	return map[string]func(*env){
		"DecisionIsKeptAndWithdrawn":    decisionIsKeptAndWithdrawn,
		"DecisionsArePagedAndFiltered":  decisionsArePagedAndFiltered,
		"LatestDecisionStands":          latestDecisionStands,
		"ImpressionsAreCountedAndAging": impressionsAreCountedAndAging,
	}
}

func (e *env) decide(need, achievement string, verb jiqiao.Verb, reason string) jiqiao.Decision {
	e.t.Helper()
	d := Decision(need, achievement, verb, reason)
	e.must(e.PutDecision(e.ctx, d))
	return *d
}

func decisionIsKeptAndWithdrawn(e *env) {
	d := Decision("n_1", "a_1", jiqiao.VerbReject, "field")
	d.Note = "'引号' $1 ? \x00 结束"
	e.must(e.PutDecision(e.ctx, d))
	if d.ID == "" || !d.DecidedAt.Equal(e.clock.Now().Truncate(time.Microsecond)) {
		e.t.Errorf("filled in: %+v", d)
	}
	page, err := e.another().Decisions(e.ctx, jiqiao.DecisionQuery{})
	e.must(err)
	want := *d
	want.Note = "'引号' $1 ?  结束"
	if diff := cmp.Diff(jiqiao.DecisionPage{Total: 1, Decisions: []jiqiao.Decision{want}}, page); diff != "" {
		e.t.Errorf("read differs (-want +got):\n%s", diff)
	}
	e.clock.Advance(time.Hour)
	gone, err := e.DeleteDecision(e.ctx, d.ID)
	e.must(err)
	e.clock.Advance(time.Hour)
	again, err := e.DeleteDecision(e.ctx, d.ID)
	e.must(err)
	if gone.WithdrawnAt == nil || !gone.WithdrawnAt.Equal(d.DecidedAt.Add(time.Hour)) || !again.WithdrawnAt.Equal(*gone.WithdrawnAt) {
		e.t.Errorf("withdrawn %v, then %v", gone.WithdrawnAt, again.WithdrawnAt)
	}
	page, err = e.Decisions(e.ctx, jiqiao.DecisionQuery{})
	e.must(err)
	all, err := e.Decisions(e.ctx, jiqiao.DecisionQuery{Withdrawn: true})
	e.must(err)
	if page.Total != 0 || len(page.Decisions) != 0 || all.Total != 1 || all.Decisions[0].ID != d.ID {
		e.t.Errorf("after undoing: %+v, all %+v", page, all)
	}
	for _, id := range []string{"", "d_", "d_00000000000000000000", "n_00000000000000000000", "\x00"} {
		_, err := e.DeleteDecision(e.ctx, id)
		e.fails(jiqiao.CodeNotFound, err)
	}
}

func decisionsArePagedAndFiltered(e *env) {
	var made []string
	for i := range 7 {
		d := Decision(fmt.Sprintf("n_%d", i%2), "a_1", jiqiao.VerbAccept, "")
		if i%3 == 0 {
			d.Verb, d.Reason, d.By = jiqiao.VerbReject, "cost", "李四"
		}
		e.must(e.PutDecision(e.ctx, d))
		made = append(made, d.ID)
		e.clock.Advance(time.Minute)
	}
	start := e.clock.Now().Add(-7 * time.Minute)
	reversed := slices.Clone(made)
	slices.Reverse(reversed)
	for name, c := range map[string]struct {
		q    jiqiao.DecisionQuery
		want []string
	}{
		"all, newest first": {jiqiao.DecisionQuery{}, reversed},
		"oldest first":      {jiqiao.DecisionQuery{Oldest: true}, made},
		"need":              {jiqiao.DecisionQuery{NeedID: "n_1", Oldest: true}, []string{made[1], made[3], made[5]}},
		"achievement":       {jiqiao.DecisionQuery{AchievementID: "a_2"}, nil},
		"verb and by":       {jiqiao.DecisionQuery{Verb: jiqiao.VerbReject, By: "李四", Oldest: true}, []string{made[0], made[3], made[6]}},
		"reason":            {jiqiao.DecisionQuery{Reason: "cost", NeedID: "n_1"}, []string{made[3]}},
		"time":              {jiqiao.DecisionQuery{From: start.Add(time.Minute), Until: start.Add(3 * time.Minute), Oldest: true}, made[1:3]},
		"zero byte":         {jiqiao.DecisionQuery{By: "\x00李四", NeedID: "n_0", Oldest: true}, []string{made[0], made[6]}},
	} {
		var got []string
		c.q.Limit = 2
		for first := true; first || c.q.Cursor != ""; first = false {
			page, err := e.Decisions(e.ctx, c.q)
			e.must(err)
			if page.Total != len(c.want) || len(page.Decisions) > 2 {
				e.t.Errorf("%s: total %d, page of %d", name, page.Total, len(page.Decisions))
			}
			for _, d := range page.Decisions {
				got = append(got, d.ID)
			}
			c.q.Cursor = page.Next
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			e.t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	_, err := e.Decisions(e.ctx, jiqiao.DecisionQuery{Cursor: "n_1"})
	e.fails(jiqiao.CodeInvalid, err)
}

func latestDecisionStands(e *env) {
	e.decide("n_1", "a_1", jiqiao.VerbDefer, "")
	accepted := e.decide("n_1", "a_1", jiqiao.VerbAccept, "")
	mistaken := e.decide("n_1", "a_1", jiqiao.VerbReject, "field")
	other := e.decide("n_1", "a_2", jiqiao.VerbReject, "metrics")
	elsewhere := e.decide("n_2", "a_1", jiqiao.VerbReject, "rights")
	_, err := e.DeleteDecision(e.ctx, mistaken.ID)
	e.must(err)
	for _, c := range []struct {
		kind jiqiao.Kind
		id   string
		want map[string]jiqiao.Decision
	}{
		{jiqiao.KindNeed, "n_1", map[string]jiqiao.Decision{"a_1": accepted, "a_2": other}},
		{jiqiao.KindAchievement, "a_1", map[string]jiqiao.Decision{"n_1": accepted, "n_2": elsewhere}},
		{jiqiao.KindNeed, "a_1", map[string]jiqiao.Decision{}},
	} {
		got, err := e.StandingDecisions(e.ctx, c.kind, c.id)
		e.must(err)
		if diff := cmp.Diff(c.want, got); diff != "" {
			e.t.Errorf("%s %s (-want +got):\n%s", c.kind, c.id, diff)
		}
	}
}

func impressionsAreCountedAndAging(e *env) {
	first := jiqiao.Impression{Kind: jiqiao.KindNeed, SubjectID: "n_1", First: 1, IDs: []string{"a_1", "a_2"}, Model: "v1", By: "张三"}
	second := first
	second.First, second.IDs = 21, []string{"a_9"}
	e.must(e.SaveImpressions(e.ctx, []jiqiao.Impression{first, second}))
	day := e.clock.Now().Truncate(time.Microsecond)
	e.clock.Advance(24 * time.Hour)
	e.must(e.SaveImpressions(e.ctx, []jiqiao.Impression{first}))
	first.Times, first.ShownAt = 2, day.Add(24*time.Hour)
	second.Times, second.ShownAt = 1, day
	read := func(since time.Time) (got []jiqiao.Impression) {
		e.must(e.EachImpression(e.ctx, since, func(i jiqiao.Impression) error {
			got = append(got, i)
			return nil
		}))
		return got
	}
	if diff := cmp.Diff([]jiqiao.Impression{second, first}, read(time.Time{})); diff != "" {
		e.t.Errorf("shown (-want +got):\n%s", diff)
	}
	stop := errors.New("enough")
	if err := e.EachImpression(e.ctx, day, func(jiqiao.Impression) error { return stop }); err != stop {
		e.t.Errorf("stopped with %v", err)
	}
	prune := func(before, undecided time.Time, want int, left ...jiqiao.Impression) {
		e.t.Helper()
		gone, err := e.PruneImpressions(e.ctx, before, undecided)
		e.must(err)
		if diff := cmp.Diff(left, read(time.Time{})); gone != want || diff != "" {
			e.t.Errorf("%d pruned, want %d (-want +got):\n%s", gone, want, diff)
		}
	}
	e.decide("n_1", "a_1", jiqiao.VerbReject, "field")
	prune(day, day.Add(48*time.Hour), 0, second, first) // 张三 decided on the need
	prune(day.Add(time.Hour), day.Add(48*time.Hour), 1, first)
	other := jiqiao.Impression{Kind: jiqiao.KindAchievement, SubjectID: "a_1", First: 1, IDs: []string{"n_1"}, By: "程序"}
	e.must(e.SaveImpressions(e.ctx, []jiqiao.Impression{other}))
	prune(day, day.Add(25*time.Hour), 1, first) // 张三 did, the program did not
}
