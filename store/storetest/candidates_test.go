package storetest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"jiqiao"
)

func queueTests() map[string]func(*env) {
	return map[string]func(*env){
		"candidates are kept whole":                  testCandidateKept,
		"candidates are filled again":                testCandidatesFilledAgain,
		"candidates wait for a broker":               testCandidatesWait,
		"candidates in pages and orders":             testCandidatePages,
		"candidates by filter and scope":             testCandidateFilters,
		"candidates expire and come back":            testCandidatesExpire,
		"candidates deferred and resumed":            testCandidatesResumed,
		"candidate decided and undone":               testCandidateDecided,
		"candidate decided twice":                    testCandidateDecidedTwice,
		"candidate decided by two at once":           testCandidateRace,
		"candidate of an introduction is not undone": testCandidateIntroduced,
		"candidates decided in bulk":                 testCandidatesBulk,
		"candidate leased":                           testCandidateLeased,
		"candidate handed over":                      testCandidateHanded,
		"candidate out of reach":                     testCandidateOutOfReach,
		"questions asked and answered":               testQuestions,
		"second opinions are blind":                  testOpinions,
		"loads":                                      testLoads,
		"pace":                                       testPace,
		"saved views":                                testSavedViews,
		"places are given one after another":         testPlacingRace,
		"queues filled while others decide":          testFillingRace,
	}
}

// everywhere reaches every candidate.
var everywhere = jiqiao.QueueScope{All: true}

func (e *env) queue(broker, need string, achievements ...string) []jiqiao.Candidate {
	e.t.Helper()
	return Queue(e.t, e.Store, broker, need, achievements...)
}

func (e *env) candidate(id string) jiqiao.Candidate {
	e.t.Helper()
	c, err := e.Candidate(e.ctx, id)
	e.must(err)
	return c
}

func (e *env) list(q jiqiao.CandidateQuery) jiqiao.CandidatePage {
	e.t.Helper()
	page, err := e.Candidates(e.ctx, q)
	e.must(err)
	return page
}

// decides is one decision, which must come about.
func (e *env) decides(by jiqiao.Deciding, d jiqiao.QueueDecision) jiqiao.Candidate {
	e.t.Helper()
	c, err := e.tryDecide(by, d)
	e.must(err)
	return c
}

func (e *env) tryDecide(by jiqiao.Deciding, d jiqiao.QueueDecision) (jiqiao.Candidate, error) {
	results, err := e.DecideCandidates(e.ctx, by, []jiqiao.QueueDecision{d})
	if err != nil {
		return jiqiao.Candidate{}, err
	}
	if results[0].Error != nil {
		return jiqiao.Candidate{}, results[0].Error
	}
	return *results[0].Candidate, nil
}

func (e *env) acts(id string) (acts []string) {
	e.t.Helper()
	found, err := e.CandidateActs(e.ctx, id)
	e.must(err)
	for _, a := range found {
		acts = append(acts, a.Act)
	}
	return acts
}

func accept(id string) jiqiao.QueueDecision {
	return jiqiao.QueueDecision{CandidateID: id, Verb: jiqiao.QueueAccept}
}

func reject(id, reason string) jiqiao.QueueDecision {
	return jiqiao.QueueDecision{CandidateID: id, Verb: jiqiao.QueueReject, Reason: reason}
}

func testCandidateKept(e *env) {
	c := e.queue("u_1", "n_1", "a_1")[0]
	now := e.clock.Now().Truncate(time.Microsecond)
	want := Candidate("n_1", "a_1")
	want.ID, want.State, want.StateLabel, want.LevelLabel = c.ID, jiqiao.CandidateOpen, "待处理", "较强"
	want.Broker, want.Agency, want.Version = "u_1", "o_agency", 1
	want.QueuedAt, want.CreatedAt, want.UpdatedAt, want.DueAt = now, now, now, time.Date(2026, 11, 25, 16, 0, 0, 0, time.UTC)
	if diff := cmp.Diff(want, c); diff != "" {
		e.t.Errorf("kept (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, e.candidate(c.ID)); diff != "" {
		e.t.Errorf("by id (-want +got):\n%s", diff)
	}
	for _, id := range []string{"", "k_", "k_00000000000000000000", "n_00000000000000000000", "\x00", "k_'; DROP TABLE cand"} {
		_, err := e.Candidate(e.ctx, id)
		e.fails(jiqiao.CodeNotFound, err)
	}
	_, err := e.CandidateOf(e.ctx, "n_1", "a_9\x00")
	e.fails(jiqiao.CodeNotFound, err)
}

func testCandidatesFilledAgain(e *env) {
	all := e.queue("u_1", "n_1", "a_1", "a_2", "a_3")
	e.decides(As("u_1"), reject(all[0].ID, "field"))
	better := Candidate("n_1", "a_2")
	better.Score, better.Level, better.Model, better.Need = 0.9, jiqiao.LevelStrong, "v2", "新的题目"
	decided := Candidate("n_1", "a_1")
	decided.Score = 0.99
	about := Candidate("n_1", "")
	about.Need, about.Region, about.Fields = "新的题目", "140400", []string{"30"}
	done, err := e.FillCandidates(e.ctx, jiqiao.KindNeed, about, []jiqiao.Candidate{decided, better, Candidate("n_1", "a_4")}, time.Time{}, Give("u_2", e.clock.Now()))
	e.must(err)
	if done != (jiqiao.Filled{Added: 1, Placed: 1, Updated: 1}) {
		e.t.Errorf("done %+v", done)
	}
	if c := e.candidate(all[0].ID); c.State != jiqiao.CandidateRejected || c.Score == 0.99 {
		e.t.Errorf("a decided one was changed: %+v", c)
	}
	if c := e.candidate(all[1].ID); c.Score != 0.9 || c.Level != jiqiao.LevelStrong || c.Model != "v2" || c.Broker != "u_1" {
		e.t.Errorf("an open one: %+v", c)
	}
	if c := e.candidate(all[2].ID); c.Need != "新的题目" || c.Region != "140400" || c.Fields[0] != "30" || c.Score != 1.0/3 {
		e.t.Errorf("one that was not found again does not know its need any more: %+v", c)
	}
	if c, err := e.CandidateOf(e.ctx, "n_1", "a_4"); err != nil || c.Broker != "u_2" {
		e.t.Errorf("the new one: %+v, %v", c, err)
	}
}

func testCandidatesWait(e *env) {
	all := e.queue("", "n_1", "a_1", "a_2")
	page := e.list(jiqiao.CandidateQuery{Scope: everywhere, Unplaced: true})
	if page.Total != 2 || page.Items[0].Waiting != "名额已满" || page.Items[0].Broker != "" {
		e.t.Errorf("waiting: %+v", page)
	}
	only := func(c *jiqiao.Candidate, p *jiqiao.Placing) {
		Give("", c.DueAt)(c, p)
		if p.Placed["u_1"] == 0 {
			Give("u_1", e.clock.Now())(c, p)
			c.Waiting = ""
		}
	}
	done, next, err := e.PlaceWaiting(e.ctx, "", time.Time{}, only)
	e.must(err)
	if done.Placed != 1 || done.Waiting != 1 || next != "" {
		e.t.Errorf("placed %+v, next %q", done, next)
	}
	if left := e.list(jiqiao.CandidateQuery{Scope: everywhere, Unplaced: true}); left.Total != 1 {
		e.t.Errorf("still waiting: %d", left.Total)
	}
	if acts := slices.Concat(e.acts(all[0].ID), e.acts(all[1].ID)); len(acts) != 1 || acts[0] != "placed" {
		e.t.Errorf("history: %v", acts)
	}
	// A waiting one is placed also when its record is matched again.
	e.queue("u_2", "n_1", "a_1", "a_2")
	if left := e.list(jiqiao.CandidateQuery{Scope: everywhere, Unplaced: true}); left.Total != 0 {
		e.t.Errorf("still waiting: %d", left.Total)
	}
}

func testCandidatePages(e *env) {
	for i := range 7 {
		c := Candidate(fmt.Sprintf("n_%d", i), "a_1")
		c.Score = float64(i%3) / 3 // ties
		due := e.clock.Now().Add(time.Duration(i%2) * time.Hour)
		_, err := e.FillCandidates(e.ctx, jiqiao.KindNeed, c, []jiqiao.Candidate{c}, time.Time{}, Give("u_1", due))
		e.must(err)
		if i%2 == 0 {
			e.clock.Advance(time.Minute)
		}
	}
	for sort, before := range map[jiqiao.CandidateSort]func(a, b jiqiao.Candidate) bool{
		jiqiao.CandidatesByDue:    func(a, b jiqiao.Candidate) bool { return a.DueAt.Before(b.DueAt) },
		jiqiao.CandidatesByScore:  func(a, b jiqiao.Candidate) bool { return a.Score > b.Score },
		jiqiao.CandidatesByNewest: func(a, b jiqiao.Candidate) bool { return a.QueuedAt.After(b.QueuedAt) },
	} {
		q := jiqiao.CandidateQuery{Scope: jiqiao.QueueScope{Broker: "u_1"}, Sort: sort, Limit: 3}
		var all []jiqiao.Candidate
		for first := true; first || q.Cursor != ""; first = false {
			page := e.list(q)
			if page.Total != 7 || page.States[jiqiao.CandidateOpen] != 7 || len(page.Items) > 3 {
				e.t.Errorf("%s: %d of %d, %v", sort, len(page.Items), page.Total, page.States)
			}
			all = append(all, page.Items...)
			q.Cursor = page.Next
		}
		seen := map[string]bool{}
		for i, c := range all {
			seen[c.ID] = true
			if i > 0 && before(c, all[i-1]) {
				e.t.Errorf("%s: out of order at %d", sort, i)
			}
		}
		if len(all) != 7 || len(seen) != 7 {
			e.t.Errorf("%s: %d listed, %d different", sort, len(all), len(seen))
		}
		var walked []jiqiao.Candidate
		e.must(e.EachCandidate(e.ctx, q, func(c jiqiao.Candidate) error {
			walked = append(walked, c)
			return nil
		}))
		if diff := cmp.Diff(all, walked); diff != "" {
			e.t.Errorf("%s: walked (-listed +walked):\n%s", sort, diff)
		}
	}
	by := func(sort jiqiao.CandidateSort) string {
		return e.list(jiqiao.CandidateQuery{Scope: everywhere, Sort: sort, Limit: 1}).Next
	}
	for _, cursor := range []string{"x", "!", by(jiqiao.CandidatesByDue), by(jiqiao.CandidatesByNewest)} {
		_, err := e.Candidates(e.ctx, jiqiao.CandidateQuery{Scope: everywhere, Sort: jiqiao.CandidatesByScore, Cursor: cursor})
		e.fails(jiqiao.CodeInvalid, err)
	}
}

func testCandidateFilters(e *env) {
	all := e.queue("u_1", "n_1", "a_1", "a_2")
	other := Candidate("n_2", "a_1")
	other.Region, other.Fields, other.Level = "140400", nil, jiqiao.LevelStrong
	_, err := e.FillCandidates(e.ctx, jiqiao.KindNeed, other, []jiqiao.Candidate{other}, time.Time{}, Give("u_2", e.clock.Now()))
	e.must(err)
	e.decides(As("u_1"), accept(all[0].ID))
	mine := jiqiao.QueueScope{Broker: "u_1"}
	agency := jiqiao.QueueScope{Broker: "u_1", Agency: "o_agency"}
	for name, c := range map[string]struct {
		q     jiqiao.CandidateQuery
		total int
	}{
		"nobody":              {jiqiao.CandidateQuery{}, 0},
		"nobody's broker":     {jiqiao.CandidateQuery{Broker: "u_1"}, 0},
		"everywhere":          {jiqiao.CandidateQuery{Scope: everywhere}, 3},
		"of a province":       {jiqiao.CandidateQuery{Scope: jiqiao.QueueScope{All: true, Region: "320000"}}, 2},
		"of another county":   {jiqiao.CandidateQuery{Scope: jiqiao.QueueScope{All: true, Region: "320982"}}, 0},
		"mine":                {jiqiao.CandidateQuery{Scope: mine}, 2},
		"mine alone":          {jiqiao.CandidateQuery{Scope: mine, Broker: "u_2"}, 0},
		"my agency's":         {jiqiao.CandidateQuery{Scope: agency}, 3},
		"a colleague's":       {jiqiao.CandidateQuery{Scope: agency, Broker: "u_2"}, 1},
		"mine of the agency":  {jiqiao.CandidateQuery{Scope: agency, Broker: "u_1"}, 2},
		"open":                {jiqiao.CandidateQuery{Scope: mine, States: []jiqiao.CandidateState{jiqiao.CandidateOpen}}, 1},
		"open or accepted":    {jiqiao.CandidateQuery{Scope: mine, States: []jiqiao.CandidateState{jiqiao.CandidateOpen, jiqiao.CandidateAccepted}}, 2},
		"strong":              {jiqiao.CandidateQuery{Scope: everywhere, MinLevel: jiqiao.LevelStrong}, 1},
		"of a field":          {jiqiao.CandidateQuery{Scope: everywhere, Field: "201"}, 2},
		"of the second field": {jiqiao.CandidateQuery{Scope: everywhere, Field: "402"}, 2},
		"of no such field":    {jiqiao.CandidateQuery{Scope: everywhere, Field: "01"}, 0},
		"of a city":           {jiqiao.CandidateQuery{Scope: everywhere, Region: "140400"}, 1},
		"of a need":           {jiqiao.CandidateQuery{Scope: everywhere, NeedID: "n_2"}, 1},
		"of an achievement":   {jiqiao.CandidateQuery{Scope: everywhere, AchievementID: "a_1"}, 2},
		"overdue":             {jiqiao.CandidateQuery{Scope: everywhere, DueBefore: e.clock.Now().Add(time.Second)}, 1},
		"waiting long":        {jiqiao.CandidateQuery{Scope: everywhere, QueuedBefore: e.clock.Now()}, 0},
		"placed":              {jiqiao.CandidateQuery{Scope: everywhere, Unplaced: true}, 0},
		"of words":            {jiqiao.CandidateQuery{Scope: everywhere, Text: " A_2 "}, 1},
		"of an owner":         {jiqiao.CandidateQuery{Scope: everywhere, Text: "乙大学"}, 3},
		"of strange words":    {jiqiao.CandidateQuery{Scope: everywhere, Text: `%\_'`}, 0},
		"strange":             {jiqiao.CandidateQuery{Scope: everywhere, Field: "%", Region: "_'\x00", NeedID: "' OR 1=1 --"}, 0},
	} {
		page := e.list(c.q)
		if page.Total != c.total || len(page.Items) != c.total {
			e.t.Errorf("%s: %d, %d listed, want %d", name, page.Total, len(page.Items), c.total)
		}
	}
	page := e.list(jiqiao.CandidateQuery{Scope: mine, States: []jiqiao.CandidateState{jiqiao.CandidateRejected}})
	if diff := cmp.Diff(map[jiqiao.CandidateState]int{jiqiao.CandidateOpen: 1, jiqiao.CandidateAccepted: 1}, page.States); diff != "" {
		e.t.Errorf("counts are not without regard to the states asked for:\n%s", diff)
	}
}

func testCandidatesExpire(e *env) {
	all := e.queue("u_1", "n_1", "a_1", "a_2", "a_3")
	e.queue("u_1", "n_2", "a_1")
	e.decides(As("u_1"), accept(all[0].ID))
	_, err := e.AskQuestion(e.ctx, As("u_1"), all[1].ID, &jiqiao.Question{Kind: jiqiao.KindNeed, Text: "?"})
	e.must(err)
	n, err := e.ExpireCandidates(e.ctx, jiqiao.KindNeed, "n_1")
	e.must(err)
	again, err := e.ExpireCandidates(e.ctx, jiqiao.KindNeed, "n_1")
	e.must(err)
	if n != 2 || again != 0 {
		e.t.Errorf("expired %d, then %d", n, again)
	}
	if c := e.candidate(all[0].ID); c.State != jiqiao.CandidateAccepted {
		e.t.Errorf("a decided one: %s", c.State)
	}
	_, err = e.tryDecide(As("u_1"), accept(all[1].ID))
	e.fails(jiqiao.CodeConflict, err)
	asked, err := e.Questions(e.ctx, jiqiao.QuestionQuery{CandidateID: all[1].ID})
	e.must(err)
	if asked.Items[0].State != jiqiao.QuestionDropped || asked.Items[0].ClosedAt == nil {
		e.t.Errorf("the question: %+v", asked.Items[0])
	}
	e.queue("u_2", "n_1", "a_1", "a_2", "a_3")
	if c := e.candidate(all[1].ID); c.State != jiqiao.CandidateOpen || c.Broker != "u_2" {
		e.t.Errorf("published again: %s, %s", c.State, c.Broker)
	}
	if diff := cmp.Diff([]string{"placed", "asked", "expired", "placed"}, e.acts(all[1].ID)); diff != "" {
		e.t.Errorf("history:\n%s", diff)
	}
}

func testCandidatesResumed(e *env) {
	c := e.queue("u_1", "n_1", "a_1")[0]
	c = e.decides(As("u_1"), jiqiao.QueueDecision{CandidateID: c.ID, Verb: jiqiao.QueueDefer, Until: "2026-12-01"})
	if c.State != jiqiao.CandidateDeferred || c.DeferUntil != "2026-12-01" {
		e.t.Errorf("deferred: %+v", c)
	}
	due := e.clock.Now().Add(time.Hour).Truncate(time.Microsecond)
	for _, day := range []struct {
		today jiqiao.Date
		want  int
	}{{"2026-11-30", 0}, {"2026-12-01", 1}, {"2026-12-02", 0}} {
		n, err := e.ResumeCandidates(e.ctx, day.today, due)
		e.must(err)
		if n != day.want {
			e.t.Errorf("%s: %d resumed, want %d", day.today, n, day.want)
		}
	}
	if c = e.candidate(c.ID); c.State != jiqiao.CandidateOpen || !c.DueAt.Equal(due) || c.DeferUntil != "" {
		e.t.Errorf("resumed: %+v", c)
	}
}

func testCandidateDecided(e *env) {
	c := e.queue("u_1", "n_1", "a_1")[0]
	e.clock.Advance(time.Minute)
	d := reject(c.ID, "cost")
	d.Note = "太贵\x00 'x' ? $1"
	decided := e.decides(As("u_1"), d)
	if decided.State != jiqiao.CandidateRejected || decided.DecidedBy != "u_1" || decided.DecisionID == "" || decided.Version != c.Version+1 {
		e.t.Errorf("decided: %+v", decided)
	}
	found, err := e.Decisions(e.ctx, jiqiao.DecisionQuery{})
	e.must(err)
	want := []jiqiao.Decision{{
		ID: decided.DecisionID, NeedID: "n_1", AchievementID: "a_1", Verb: jiqiao.VerbReject, Reason: "cost", Note: "太贵 'x' ? $1",
		Score: 1.0 / 3, Level: jiqiao.LevelFair, Model: "v1", By: "u_1", DecidedAt: e.clock.Now().Truncate(time.Microsecond),
	}}
	if diff := cmp.Diff(want, found.Decisions); diff != "" {
		e.t.Errorf("what the ranker learns from (-want +got):\n%s", diff)
	}
	_, err = e.UndoCandidate(e.ctx, As("u_2"), c.ID, time.Time{})
	e.fails(jiqiao.CodeNotFound, err)
	stranger := As("u_2")
	stranger.Scope.Broker = "u_1"
	_, err = e.UndoCandidate(e.ctx, stranger, c.ID, time.Time{})
	e.fails(jiqiao.CodeConflict, err)
	_, err = e.UndoCandidate(e.ctx, As("u_1"), c.ID, e.clock.Now().Add(time.Second))
	e.fails(jiqiao.CodeConflict, err)
	undone, err := e.UndoCandidate(e.ctx, As("u_1"), c.ID, e.clock.Now().Truncate(time.Microsecond))
	e.must(err)
	if undone.State != jiqiao.CandidateOpen || undone.DecisionID != "" || undone.DecidedAt != nil || undone.Reason != "" || undone.Broker != "u_1" {
		e.t.Errorf("undone: %+v", undone)
	}
	if found, err = e.Decisions(e.ctx, jiqiao.DecisionQuery{}); err != nil || found.Total != 0 {
		e.t.Errorf("the decision still teaches: %+v, %v", found, err)
	}
	_, err = e.UndoCandidate(e.ctx, As("u_1"), c.ID, time.Time{})
	e.fails(jiqiao.CodeConflict, err)
	if diff := cmp.Diff([]string{"placed", "rejected", "undone"}, e.acts(c.ID)); diff != "" {
		e.t.Errorf("history:\n%s", diff)
	}
	e.decides(As("u_1"), accept(c.ID))
	operator := jiqiao.Deciding{User: "u_9", Scope: everywhere}
	_, err = e.UndoCandidate(e.ctx, operator, c.ID, time.Time{})
	e.must(err)
	if e.jobWaits(jiqiao.JobIntroduce, c.ID) {
		e.t.Error("the next acceptance would be introduced at the time of this one")
	}
}

func testCandidateDecidedTwice(e *env) {
	c := e.queue("u_1", "n_1", "a_1")[0]
	first := e.decides(As("u_1"), accept(c.ID))
	second := e.decides(As("u_1"), accept(c.ID))
	if first.DecisionID != second.DecisionID || first.Version != second.Version {
		e.t.Errorf("a double click decided twice: %+v, %+v", first, second)
	}
	_, err := e.tryDecide(As("u_1"), reject(c.ID, "cost"))
	e.fails(jiqiao.CodeConflict, err)
	colleague := As("u_2")
	colleague.Scope.Agency = "o_agency"
	_, err = e.tryDecide(colleague, accept(c.ID))
	e.fails(jiqiao.CodeConflict, err)
	if !strings.Contains(err.Error(), "经理人u_1") {
		e.t.Errorf("the other is not named: %v", err)
	}
	page, err := e.Decisions(e.ctx, jiqiao.DecisionQuery{Withdrawn: true})
	e.must(err)
	if page.Total != 1 {
		e.t.Errorf("%d decisions", page.Total)
	}
}

func testCandidateRace(e *env) {
	c := e.queue("u_1", "n_1", "a_1")[0]
	colleague := As("u_2")
	colleague.Scope.Agency = "o_agency"
	other := e.another()
	errs := make([]error, 8)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			st, by, d := e.Store, As("u_1"), accept(c.ID)
			if i%2 == 1 {
				st, by, d = other, colleague, reject(c.ID, "cost")
			}
			results, err := st.DecideCandidates(e.ctx, by, []jiqiao.QueueDecision{d})
			if err == nil && results[0].Error != nil {
				err = results[0].Error
			}
			errs[i] = err
		})
	}
	all.Wait()
	won := e.candidate(c.ID)
	for i, err := range errs {
		if mine := (i%2 == 0) == (won.DecidedBy == "u_1"); mine && err != nil || !mine && jiqiao.CodeOf(err) != jiqiao.CodeConflict {
			e.t.Errorf("%d, when %s won: %v", i, won.DecidedBy, err)
		}
	}
	page, err := e.Decisions(e.ctx, jiqiao.DecisionQuery{Withdrawn: true})
	e.must(err)
	if page.Total != 1 {
		e.t.Errorf("%d decisions", page.Total)
	}
}

func testCandidateIntroduced(e *env) {
	c := e.queue("u_1", "n_1", "a_1")[0]
	e.decides(As("u_1"), accept(c.ID))
	i := Introduction("n_1", "a_1")
	i.CandidateID = c.ID
	e.must(e.CreateIntroduction(e.ctx, i, Quiet))
	if c = e.candidate(c.ID); c.IntroductionID != i.ID {
		e.t.Errorf("the candidate does not know its introduction: %+v", c)
	}
	for _, by := range []jiqiao.Deciding{As("u_1"), {User: "u_9", Scope: everywhere}} {
		_, err := e.UndoCandidate(e.ctx, by, c.ID, time.Time{})
		e.fails(jiqiao.CodeConflict, err)
	}
	// What is no longer accepted is not introduced.
	undone := e.queue("u_1", "n_2", "a_1")[0]
	e.decides(As("u_1"), accept(undone.ID))
	_, err := e.UndoCandidate(e.ctx, As("u_1"), undone.ID, time.Time{})
	e.must(err)
	late := Introduction("n_2", "a_1")
	late.CandidateID = undone.ID
	e.fails(jiqiao.CodeConflict, e.CreateIntroduction(e.ctx, late, Quiet))
}

func testCandidatesBulk(e *env) {
	all := e.queue("u_1", "n_1", "a_1", "a_2", "a_3")
	theirs := e.queue("u_2", "n_2", "a_1")[0]
	_, err := e.LeaseCandidate(e.ctx, jiqiao.Deciding{User: "u_3", Scope: jiqiao.QueueScope{Agency: "o_agency"}}, all[2].ID, e.clock.Now().Add(time.Minute))
	e.must(err)
	results, err := e.DecideCandidates(e.ctx, As("u_1"), []jiqiao.QueueDecision{
		reject(all[1].ID, "cost"), accept(theirs.ID), accept(all[2].ID), accept("k_00000000000000000000"), accept(all[0].ID), accept(all[0].ID), accept("x"),
	})
	e.must(err)
	var codes []jiqiao.Code
	for _, r := range results {
		code := jiqiao.Code("")
		if r.Error != nil {
			code = r.Error.Code
		} else if r.Candidate.ID != r.CandidateID {
			e.t.Errorf("%s answered for %s", r.Candidate.ID, r.CandidateID)
		}
		codes = append(codes, code)
	}
	want := []jiqiao.Code{"", jiqiao.CodeNotFound, jiqiao.CodeConflict, jiqiao.CodeNotFound, "", "", jiqiao.CodeNotFound}
	if diff := cmp.Diff(want, codes); diff != "" {
		e.t.Errorf("results (-want +got):\n%s", diff)
	}
	page, err := e.Decisions(e.ctx, jiqiao.DecisionQuery{})
	e.must(err)
	if page.Total != 2 {
		e.t.Errorf("%d decisions", page.Total)
	}
}

func testCandidateLeased(e *env) {
	c := e.queue("u_1", "n_1", "a_1")[0]
	colleague := As("u_2")
	colleague.Scope.Agency = "o_agency"
	until := e.clock.Now().Add(10 * time.Minute).Truncate(time.Microsecond)
	leased, err := e.LeaseCandidate(e.ctx, As("u_1"), c.ID, until)
	e.must(err)
	if diff := cmp.Diff(&jiqiao.Lease{User: "u_1", Until: until}, leased.Lease); diff != "" || leased.Version != c.Version {
		e.t.Errorf("lease:\n%s", diff)
	}
	_, err = e.LeaseCandidate(e.ctx, colleague, c.ID, until)
	e.fails(jiqiao.CodeConflict, err)
	if !strings.Contains(err.Error(), "经理人u_1") {
		e.t.Errorf("the other is not named: %v", err)
	}
	_, err = e.tryDecide(colleague, accept(c.ID))
	e.fails(jiqiao.CodeConflict, err)
	_, err = e.AskQuestion(e.ctx, colleague, c.ID, &jiqiao.Question{Kind: jiqiao.KindNeed, Text: "?"})
	e.fails(jiqiao.CodeConflict, err)
	_, err = e.LeaseCandidate(e.ctx, colleague, c.ID, time.Time{}) // giving back what is not theirs
	e.must(err)
	free := jiqiao.CandidateQuery{Scope: colleague.Scope, FreeFor: "u_2"}
	if e.candidate(c.ID).Lease == nil || e.list(free).Total != 0 {
		e.t.Error("someone gave another's lease back")
	}
	free.FreeFor = "u_1"
	if e.list(free).Total != 1 {
		e.t.Error("one's own lease stands in one's way")
	}
	_, err = e.LeaseCandidate(e.ctx, As("u_1"), c.ID, time.Time{})
	e.must(err)
	if e.candidate(c.ID).Lease != nil {
		e.t.Error("it was not given back")
	}
	_, err = e.LeaseCandidate(e.ctx, colleague, c.ID, until)
	e.must(err)
	e.clock.Advance(10 * time.Minute)
	if got := e.candidate(c.ID); got.Lease != nil {
		e.t.Errorf("it did not end: %+v", got.Lease)
	}
	decided := e.decides(As("u_1"), accept(c.ID))
	if decided.Lease != nil {
		e.t.Errorf("decided and leased: %+v", decided.Lease)
	}
}

func testCandidateHanded(e *env) {
	c := e.queue("u_1", "n_1", "a_1")[0]
	to := jiqiao.Broker{ID: "u_2", Organisation: "o_other"}
	limits := jiqiao.QueueLimits{Open: 1, Week: 1}
	_, err := e.HandCandidate(e.ctx, As("u_3"), c.ID, to, "", time.Time{}, limits)
	e.fails(jiqiao.CodeNotFound, err)
	_, err = e.HandCandidate(e.ctx, As("u_1"), c.ID, jiqiao.Broker{ID: "u_1"}, "", time.Time{}, limits)
	e.fails(jiqiao.CodeConflict, err)
	handed, err := e.HandCandidate(e.ctx, As("u_1"), c.ID, to, "您更熟悉", time.Time{}, limits)
	e.must(err)
	if handed.Broker != "u_2" || handed.Agency != "o_other" || !handed.QueuedAt.Equal(c.QueuedAt) {
		e.t.Errorf("handed: %+v", handed)
	}
	second := e.queue("u_1", "n_1", "a_2")[0]
	_, err = e.HandCandidate(e.ctx, As("u_1"), second.ID, to, "", time.Time{}, limits)
	e.fails(jiqiao.CodeConflict, err)
	e.decides(As("u_2"), accept(c.ID))
	_, err = e.HandCandidate(e.ctx, As("u_2"), c.ID, jiqiao.Broker{ID: "u_1"}, "", time.Time{}, jiqiao.QueueLimits{Open: 9, Week: 9})
	e.fails(jiqiao.CodeConflict, err)
	acts, err := e.CandidateActs(e.ctx, c.ID)
	e.must(err)
	got := acts[1]
	want := jiqiao.CandidateAct{CandidateID: c.ID, User: "u_1", Act: "handed", From: "u_1", To: "u_2", Note: "您更熟悉"}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(jiqiao.CandidateAct{}, "ID", "At")); diff != "" {
		e.t.Errorf("history:\n%s", diff)
	}
}

func testCandidateOutOfReach(e *env) {
	c := e.queue("u_1", "n_1", "a_1")[0]
	e.decides(As("u_1"), accept(c.ID))
	for name, by := range map[string]jiqiao.Deciding{
		"nobody":             {User: "u_2"},
		"another broker":     As("u_2"),
		"another agency":     {User: "u_2", Scope: jiqiao.QueueScope{Broker: "u_2", Agency: "o_other"}},
		"of no agency":       {User: "u_2", Scope: jiqiao.QueueScope{Broker: "u_2", Agency: ""}},
		"another region":     {User: "u_2", Scope: jiqiao.QueueScope{All: true, Region: "140000"}},
		"an unknown account": {Scope: jiqiao.QueueScope{Broker: ""}},
	} {
		_, lease := e.LeaseCandidate(e.ctx, by, c.ID, e.clock.Now().Add(time.Hour))
		_, decide := e.tryDecide(by, accept(c.ID))
		_, undo := e.UndoCandidate(e.ctx, by, c.ID, time.Time{})
		_, hand := e.HandCandidate(e.ctx, by, c.ID, jiqiao.Broker{ID: "u_2"}, "", time.Time{}, jiqiao.QueueLimits{Open: 9, Week: 9})
		_, ask := e.AskQuestion(e.ctx, by, c.ID, &jiqiao.Question{Kind: jiqiao.KindNeed, Text: "?"})
		for i, err := range []error{lease, decide, undo, hand, ask} {
			if jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
				e.t.Errorf("%s, act %d: %v", name, i, err)
			}
		}
	}
	if c = e.candidate(c.ID); c.State != jiqiao.CandidateAccepted || c.Broker != "u_1" || c.Lease != nil {
		e.t.Errorf("something was done: %+v", c)
	}
}

func testQuestions(e *env) {
	c := e.queue("u_1", "n_1", "a_1")[0]
	due := e.clock.Now().Add(time.Hour).Truncate(time.Microsecond)
	first := &jiqiao.Question{Kind: jiqiao.KindNeed, Text: "预算？", DueAt: &due}
	asked, err := e.AskQuestion(e.ctx, As("u_1"), c.ID, first)
	e.must(err)
	second := &jiqiao.Question{Kind: jiqiao.KindAchievement, Text: "样机？"}
	_, err = e.AskQuestion(e.ctx, As("u_1"), c.ID, second)
	e.must(err)
	if asked.State != jiqiao.CandidateAsked || asked.Questions != 1 || first.Title != c.Need || first.Organisation != "o_need" || second.Organisation != "o_achievement" {
		e.t.Errorf("asked %+v, %+v, %+v", asked, first, second)
	}
	_, err = e.AnswerQuestion(e.ctx, "o_achievement", "u_8", first.ID, "不是我们的", due)
	e.fails(jiqiao.CodeNotFound, err)
	_, err = e.AnswerQuestion(e.ctx, "", "u_8", first.ID, "谁也不是", due)
	e.fails(jiqiao.CodeNotFound, err)
	answered, err := e.AnswerQuestion(e.ctx, "o_need", "u_7", first.ID, "五十万\x00元", due)
	e.must(err)
	if answered.State != jiqiao.QuestionAnswered || answered.Answer != "五十万元" || answered.AnsweredBy != "u_7" {
		e.t.Errorf("answered: %+v", answered)
	}
	_, err = e.AnswerQuestion(e.ctx, "o_need", "u_7", first.ID, "五十万元", due) // a double click
	e.must(err)
	_, err = e.AnswerQuestion(e.ctx, "o_need", "u_6", first.ID, "一百万元", due)
	e.fails(jiqiao.CodeConflict, err)
	if c = e.candidate(c.ID); c.State != jiqiao.CandidateAsked || c.Answers != 1 {
		e.t.Errorf("one of two answered: %+v", c)
	}
	_, err = e.AnswerQuestion(e.ctx, "o_achievement", "u_8", second.ID, "有", due)
	e.must(err)
	if c = e.candidate(c.ID); c.State != jiqiao.CandidateOpen || c.Answers != 2 || !c.DueAt.Equal(due) {
		e.t.Errorf("both answered: %+v", c)
	}
	third := &jiqiao.Question{Kind: jiqiao.KindNeed, Text: "还有？"}
	_, err = e.AskQuestion(e.ctx, As("u_1"), c.ID, third)
	e.must(err)
	e.decides(As("u_1"), accept(c.ID)) // without waiting
	_, err = e.AnswerQuestion(e.ctx, "o_need", "u_7", third.ID, "迟了", due)
	e.fails(jiqiao.CodeConflict, err)
	_, err = e.AskQuestion(e.ctx, As("u_1"), c.ID, third)
	e.fails(jiqiao.CodeConflict, err)
	e.questionLists()
}

func (e *env) questionLists() {
	e.t.Helper()
	for name, c := range map[string]struct {
		q     jiqiao.QuestionQuery
		total int
	}{
		"to the enterprise": {jiqiao.QuestionQuery{Organisation: "o_need"}, 2},
		"to the university": {jiqiao.QuestionQuery{Organisation: "o_achievement"}, 1},
		"of the broker":     {jiqiao.QuestionQuery{Broker: "u_1", State: jiqiao.QuestionAnswered}, 2},
		"dropped":           {jiqiao.QuestionQuery{State: jiqiao.QuestionDropped}, 1},
		"of nobody":         {jiqiao.QuestionQuery{Organisation: "o_x"}, 0},
	} {
		var got []string
		c.q.Limit = 1
		for first := true; first || c.q.Cursor != ""; first = false {
			page, err := e.Questions(e.ctx, c.q)
			e.must(err)
			if page.Total != c.total {
				e.t.Errorf("%s: total %d, want %d", name, page.Total, c.total)
			}
			for _, q := range page.Items {
				got = append(got, q.ID)
			}
			c.q.Cursor = page.Next
		}
		if len(got) != c.total || !slices.IsSortedFunc(got, func(a, b string) int { return strings.Compare(b, a) }) {
			e.t.Errorf("%s: %v", name, got)
		}
	}
	_, err := e.Questions(e.ctx, jiqiao.QuestionQuery{Cursor: "x"})
	e.fails(jiqiao.CodeInvalid, err)
	nobody := e.queueOfNobody()
	_, err = e.AskQuestion(e.ctx, As("u_1"), nobody, &jiqiao.Question{Kind: jiqiao.KindNeed, Text: "?"})
	e.fails(jiqiao.CodeInvalid, err)
}

// queueOfNobody is a candidate whose need has no owner who could answer.
func (e *env) queueOfNobody() string {
	e.t.Helper()
	c := Candidate("n_9", "a_9")
	c.NeedOwner = ""
	_, err := e.FillCandidates(e.ctx, jiqiao.KindNeed, c, []jiqiao.Candidate{c}, time.Time{}, Give("u_1", e.clock.Now()))
	e.must(err)
	c, err = e.CandidateOf(e.ctx, "n_9", "a_9")
	e.must(err)
	return c.ID
}

func testOpinions(e *env) {
	all := e.queue("u_1", "n_1", "a_1", "a_2", "a_3")
	by := As("u_1")
	by.Second = func(*jiqiao.Candidate) string { return "u_2" }
	reason := reject(all[0].ID, "cost")
	reason.Note = "秘密的理由"
	e.decides(by, reason)
	e.decides(by, accept(all[1].ID))
	e.decides(by, jiqiao.QueueDecision{CandidateID: all[2].ID, Verb: jiqiao.QueueDefer, Until: "2026-12-01"}) // no judgement
	found, err := e.SecondOpinions(e.ctx, "u_2", 10)
	e.must(err)
	if len(found) != 2 {
		e.t.Fatalf("%d asked for", len(found))
	}
	for _, o := range found {
		c := o.Candidate
		if c.State != jiqiao.CandidateOpen || c.DecidedBy+c.Reason+c.Note+c.DecisionID+c.Broker+c.Agency != "" || c.DecidedAt != nil || c.Version != 0 || c.Need == "" || c.Score == 0 {
			e.t.Errorf("not blind: %+v", c)
		}
	}
	if theirs, err := e.SecondOpinions(e.ctx, "u_1", 10); err != nil || len(theirs) != 0 {
		e.t.Errorf("%v, %v", theirs, err)
	}
	e.fails(jiqiao.CodeNotFound, e.GiveOpinion(e.ctx, "u_3", accept(all[0].ID)))
	e.fails(jiqiao.CodeNotFound, e.GiveOpinion(e.ctx, "u_2", accept("x")))
	e.must(e.GiveOpinion(e.ctx, "u_2", reject(all[0].ID, "field")))
	e.must(e.GiveOpinion(e.ctx, "u_2", reject(all[0].ID, "field")))
	e.fails(jiqiao.CodeConflict, e.GiveOpinion(e.ctx, "u_2", accept(all[0].ID)))
	e.must(e.GiveOpinion(e.ctx, "u_2", reject(all[1].ID, "field")))
	pairs := func(region string) (got []jiqiao.OpinionPair) {
		e.must(e.EachOpinionPair(e.ctx, region, time.Time{}, func(p jiqiao.OpinionPair) { got = append(got, p) }))
		slices.SortFunc(got, func(a, b jiqiao.OpinionPair) int { return strings.Compare(string(a.First), string(b.First)) })
		return got
	}
	want := []jiqiao.OpinionPair{
		{First: jiqiao.QueueAccept, Second: jiqiao.QueueReject, Fields: []string{"20101", "402"}},
		{First: jiqiao.QueueReject, Second: jiqiao.QueueReject, Fields: []string{"20101", "402"}},
	}
	if diff := cmp.Diff(want, pairs("320900")); diff != "" {
		e.t.Errorf("pairs:\n%s", diff)
	}
	if got := pairs("140000"); len(got) != 0 {
		e.t.Errorf("of another region: %v", got)
	}
	if c := e.candidate(all[1].ID); c.State != jiqiao.CandidateAccepted {
		e.t.Errorf("a second opinion changed the decision: %s", c.State)
	}
	_, err = e.UndoCandidate(e.ctx, As("u_1"), all[1].ID, time.Time{})
	e.must(err)
	if got := pairs(""); len(got) != 1 {
		e.t.Errorf("an undone decision still counts: %v", got)
	}
}

func testLoads(e *env) {
	all := e.queue("u_1", "n_1", "a_1", "a_2", "a_3", "a_4")
	e.queue("u_2", "n_2", "a_1")
	e.queue("", "n_3", "a_1")
	by := As("u_1")
	by.Second = func(*jiqiao.Candidate) string { return "u_2" }
	e.decides(by, accept(all[0].ID))
	_, err := e.AskQuestion(e.ctx, by, all[1].ID, &jiqiao.Question{Kind: jiqiao.KindNeed, Text: "?"})
	e.must(err)
	week := e.clock.Now().Add(-time.Hour)
	loads, err := e.QueueLoads(e.ctx, "", week, e.clock.Now().Add(240*time.Hour))
	e.must(err)
	want := map[string]*jiqiao.QueueLoad{
		"u_1": {Broker: "u_1", Open: 2, Asked: 1, DueToday: 2, Accepted: 1, Placed: 4},
		"u_2": {Broker: "u_2", Open: 1, DueToday: 1, Placed: 1, Opinions: 1},
	}
	if diff := cmp.Diff(want, loads); diff != "" {
		e.t.Errorf("loads (-want +got):\n%s", diff)
	}
	e.clock.Advance(30 * 24 * time.Hour)
	loads, err = e.QueueLoads(e.ctx, "u_1", e.clock.Now(), e.clock.Now().Add(time.Hour))
	e.must(err)
	want = map[string]*jiqiao.QueueLoad{"u_1": {Broker: "u_1", Open: 2, Asked: 1, Overdue: 2}}
	if diff := cmp.Diff(want, loads); diff != "" {
		e.t.Errorf("a month later (-want +got):\n%s", diff)
	}
}

func testPace(e *env) {
	all := e.queue("u_1", "n_1", "a_1", "a_2", "a_3")
	e.queue("u_2", "n_2", "a_1")
	since := e.clock.Now()
	e.clock.Advance(time.Hour)
	e.decides(As("u_1"), accept(all[0].ID))
	var got []jiqiao.DecidedCandidate
	waiting := 0
	read := func(q jiqiao.CandidateQuery, since time.Time) {
		got, waiting = nil, 0
		e.must(e.EachDecided(e.ctx, q, since, func(d jiqiao.DecidedCandidate) { got = append(got, d) }, func(time.Time) { waiting++ }))
	}
	read(jiqiao.CandidateQuery{Scope: As("u_1").Scope, Broker: "u_1"}, since)
	if len(got) != 1 || got[0].State != jiqiao.CandidateAccepted || got[0].DecidedAt.Sub(got[0].Queued) != time.Hour || waiting != 2 {
		e.t.Errorf("%+v, %d wait", got, waiting)
	}
	read(jiqiao.CandidateQuery{Scope: jiqiao.QueueScope{All: true}}, e.clock.Now().Add(time.Second))
	if len(got) != 0 || waiting != 3 {
		e.t.Errorf("of all: %+v, %d wait", got, waiting)
	}
}

func testSavedViews(e *env) {
	v := &jiqiao.SavedView{User: "u_1", List: "queue", Name: "强", Query: "level=4"}
	e.must(e.SaveView(e.ctx, v))
	again := &jiqiao.SavedView{User: "u_1", List: "queue", Name: "强", Query: "level=3"}
	e.must(e.SaveView(e.ctx, again))
	e.must(e.SaveView(e.ctx, &jiqiao.SavedView{User: "u_2", List: "queue", Name: "强", Query: "sort=due"}))
	e.must(e.SaveView(e.ctx, &jiqiao.SavedView{User: "u_1", List: "deals", Name: "强", Query: "stage=talks"}))
	found, err := e.SavedViews(e.ctx, "u_1", "queue")
	e.must(err)
	if diff := cmp.Diff([]jiqiao.SavedView{*again}, found); diff != "" || again.ID != v.ID {
		e.t.Errorf("saved (-want +got):\n%s", diff)
	}
	e.fails(jiqiao.CodeNotFound, e.DeleteView(e.ctx, "u_2", v.ID))
	e.must(e.DeleteView(e.ctx, "u_1", v.ID))
	e.fails(jiqiao.CodeNotFound, e.DeleteView(e.ctx, "u_1", v.ID))
	for i := range jiqiao.MaxSavedViews {
		e.must(e.SaveView(e.ctx, &jiqiao.SavedView{User: "u_1", List: "queue", Name: fmt.Sprint(i)}))
	}
	e.fails(jiqiao.CodeConflict, e.SaveView(e.ctx, &jiqiao.SavedView{User: "u_1", List: "queue", Name: "一个太多"}))
	e.must(e.SaveView(e.ctx, &jiqiao.SavedView{User: "u_1", List: "deals", Name: "另一个列表"}))
}

// testPlacingRace fills from two processes at once: nobody gets more than the limit.
func testPlacingRace(e *env) {
	const limit = 3
	place := func(c *jiqiao.Candidate, p *jiqiao.Placing) {
		Give("", e.clock.Now())(c, p)
		if p.Left("u_1", jiqiao.QueueLimits{Open: limit, Week: limit}) > 0 {
			Give("u_1", e.clock.Now())(c, p)
			c.Waiting = ""
		}
	}
	other := e.another()
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			st := e.Store
			if i%2 == 1 {
				st = other
			}
			need := fmt.Sprintf("n_%d", i)
			_, err := st.FillCandidates(e.ctx, jiqiao.KindNeed, Candidate(need, ""), []jiqiao.Candidate{Candidate(need, "a_1"), Candidate(need, "a_2")}, time.Time{}, place)
			if err != nil {
				e.t.Error(err)
			}
		})
	}
	all.Wait()
	page := e.list(jiqiao.CandidateQuery{Scope: everywhere, Broker: "u_1"})
	waiting := e.list(jiqiao.CandidateQuery{Scope: everywhere, Unplaced: true})
	if page.Total != limit || waiting.Total != 12-limit {
		e.t.Errorf("%d placed, %d waiting", page.Total, waiting.Total)
	}
}

// testFillingRace has three kinds of writers lock the same rows, each several in a transaction.
func testFillingRace(e *env) {
	ids := []string{"a_1", "a_2", "a_3", "a_4", "a_5", "a_6"}
	all := e.queue("", "n_1", ids...)
	slices.Reverse(all)
	var bulk []jiqiao.QueueDecision
	for _, c := range all {
		bulk = append(bulk, jiqiao.QueueDecision{CandidateID: c.ID, Verb: jiqiao.QueueDefer, Until: "2026-12-01"})
	}
	by := As("u_1")
	by.Scope = everywhere
	var found []jiqiao.Candidate
	for _, id := range ids {
		found = append(found, Candidate("n_1", id))
	}
	slices.Reverse(found)
	var writers sync.WaitGroup
	write := func(what func(n int) error) {
		writers.Go(func() {
			for n := range 10 {
				if err := what(n); err != nil {
					e.t.Error(err)
				}
			}
		})
	}
	write(func(n int) error {
		for i := range bulk { // a day later each time: not the same decision once more
			bulk[i].Until = jiqiao.Date(fmt.Sprintf("2026-12-%02d", n+1))
		}
		_, err := e.DecideCandidates(e.ctx, by, bulk)
		return err
	})
	write(func(n int) error {
		about := Candidate("n_1", "")
		about.Need = fmt.Sprintf("第 %d 稿", n)
		_, err := e.FillCandidates(e.ctx, jiqiao.KindNeed, about, found, time.Time{}, Give("", e.clock.Now()))
		return err
	})
	write(func(n int) error {
		_, _, err := e.PlaceWaiting(e.ctx, "", time.Time{}, func(c *jiqiao.Candidate, p *jiqiao.Placing) {
			Give("", e.clock.Now())(c, p)
			c.Waiting = fmt.Sprint(n)
		})
		return err
	})
	writers.Wait()
	if page := e.list(jiqiao.CandidateQuery{Scope: everywhere}); page.Total != len(ids) {
		e.t.Errorf("%d candidates", page.Total)
	}
}
