package app

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/jobs"
	"jiqiao/matcher/assign"
)

func (a *App) assignmentState(t *testing.T, id string) func() (jiqiao.RunState, error) {
	return func() (jiqiao.RunState, error) {
		as, err := a.GetAssignment(t.Context(), id)
		return as.State, err
	}
}

// assigned starts an assignment and waits for its end; a must be working.
func assigned(t *testing.T, a *App, change func(*jiqiao.AssignmentParams)) (jiqiao.Assignment, []jiqiao.AssignmentItem) {
	t.Helper()
	p := jiqiao.DefaultAssignmentParams()
	p.MinLevel = jiqiao.LevelWeak
	change(&p)
	started, err := a.StartAssignment(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	ended(t, a.assignmentState(t, started.ID))
	as, err := a.GetAssignment(t.Context(), started.ID)
	if err != nil {
		t.Fatal(err)
	}
	var items []jiqiao.AssignmentItem
	if err := a.EachAssignmentItem(t.Context(), as.ID, jiqiao.AssignmentItemQuery{}, func(item jiqiao.AssignmentItem) error {
		items = append(items, item)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return as, items
}

func placed(items []jiqiao.AssignmentItem) (all []jiqiao.AssignmentItem) {
	for _, item := range items {
		if item.Outcome == jiqiao.OutcomePlaced {
			all = append(all, item)
		}
	}
	return all
}

// tally counts how often a name of the placed items comes.
func tally(items []jiqiao.AssignmentItem, name func(jiqiao.AssignmentItem) string) map[string]int {
	counts := map[string]int{}
	for _, item := range placed(items) {
		counts[name(item)]++
	}
	return counts
}

func most(counts map[string]int) (most int) {
	for _, n := range counts {
		most = max(most, n)
	}
	return most
}

var (
	byNeed        = func(i jiqiao.AssignmentItem) string { return i.NeedID }
	byAchievement = func(i jiqiao.AssignmentItem) string { return i.AchievementID }
	byTeam        = func(i jiqiao.AssignmentItem) string { return i.Team }
	byBroker      = func(i jiqiao.AssignmentItem) string { return i.Broker }
	byPair        = func(i jiqiao.AssignmentItem) string { return i.NeedID + i.AchievementID }
)

func TestAssignmentsShareTheWeek(t *testing.T) {
	a := withSample(t)
	a.Work()
	two := func(p *jiqiao.AssignmentParams) {
		p.PerNeed, p.PerAchievement, p.PerTeam = 2, 2, 3
		p.Brokers = []jiqiao.BrokerQuota{{Name: "王五", Capacity: 20}, {Name: "李四", Capacity: 15}}
	}
	trial, _ := assigned(t, a, func(p *jiqiao.AssignmentParams) { two(p); p.Trial = true })
	first, items := assigned(t, a, two)
	if first.State != jiqiao.RunDone || first.Summary == nil || first.Summary.Placed == 0 || first.MatchRun == "" {
		t.Fatalf("assigned: %+v", first)
	}
	if trial.MatchRun != first.MatchRun || trial.Summary.Placed != first.Summary.Placed {
		t.Errorf("a trial took places or scored again: %+v, then %+v", trial.Summary, first.Summary)
	}
	checkSummary(t, first, items)
	second, more := assigned(t, a, two)
	both := append(placed(items), placed(more)...)
	for name, c := range map[string]struct{ got, limit int }{
		"need": {most(tally(both, byNeed)), 2}, "achievement": {most(tally(both, byAchievement)), 2}, "team": {most(tally(both, byTeam)), 3},
		"pair": {most(tally(both, byPair)), 1}, "王五": {tally(both, byBroker)["王五"], 20}, "李四": {tally(both, byBroker)["李四"], 15},
	} {
		if c.got > c.limit {
			t.Errorf("%s has %d places this week, at most %d are allowed", name, c.got, c.limit)
		}
	}
	if _, err := a.CancelAssignment(t.Context(), second.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := a.CancelAssignment(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	third, _ := assigned(t, a, two)
	if diff := cmp.Diff(first.Summary.Placed, third.Summary.Placed); diff != "" {
		t.Errorf("after both were taken back:\n%s", diff)
	}
}

// checkSummary counts the items again.
func checkSummary(t *testing.T, as jiqiao.Assignment, items []jiqiao.AssignmentItem) {
	t.Helper()
	s := as.Summary
	benefit, unplaced := 0.0, map[string]int{}
	for i, item := range items {
		benefit += item.Benefit
		if item.Line != i+1 || item.Text == "" {
			t.Errorf("item %d: %+v", i+1, item)
		}
		if item.Outcome == jiqiao.OutcomePlaced && (item.NeedRank < 1 || item.AchievementRank < 1 || item.LevelLabel == "" || item.Organisation == "" || item.Team == "") {
			t.Errorf("an incomplete recommendation: %+v", item)
		}
		if item.Outcome == jiqiao.OutcomeNeed {
			unplaced[item.Reason]++
		}
	}
	if math.Abs(benefit-s.Benefit) > 1e-9 || s.Gap > 1e-6 || s.Candidates == 0 || s.Candidates > s.Pairs {
		t.Errorf("benefit %v: %+v", benefit, s)
	}
	got := []int{len(placed(items)), len(tally(items, byNeed)), len(tally(items, byAchievement))}
	if diff := cmp.Diff([]int{s.Placed, s.PlacedNeeds, s.PlacedAchievements}, got); diff != "" {
		t.Errorf("counts (-summary +items):\n%s", diff)
	}
	if diff := cmp.Diff(s.Unplaced, unplaced); diff != "" {
		t.Errorf("unplaced (-summary +items):\n%s", diff)
	}
	if s.PlacedNeeds+sum(unplaced) != s.Needs {
		t.Errorf("%d needs, %d placed, %v not", s.Needs, s.PlacedNeeds, unplaced)
	}
}

func sum(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

func TestDecisionsBarPairs(t *testing.T) {
	a := withSample(t)
	a.Work()
	everything := func(p *jiqiao.AssignmentParams) { p.PerNeed, p.PerAchievement, p.PerTeam, p.Trial = 1, 0, 0, true }
	_, items := assigned(t, a, everything)
	chosen := placed(items)
	rejected, accepted, undone := chosen[0], chosen[1], chosen[2]
	for _, d := range []struct {
		item jiqiao.AssignmentItem
		verb jiqiao.Verb
	}{{rejected, jiqiao.VerbReject}, {accepted, jiqiao.VerbAccept}, {undone, jiqiao.VerbReject}, {undone, jiqiao.VerbDefer}} {
		decision := &jiqiao.Decision{NeedID: d.item.NeedID, AchievementID: d.item.AchievementID, Verb: d.verb}
		if d.verb == jiqiao.VerbReject {
			decision.Reason = "field"
		}
		if err := a.Store.PutDecision(t.Context(), decision); err != nil {
			t.Fatal(err)
		}
	}
	_, items = assigned(t, a, everything)
	pairs := tally(items, byPair)
	if pairs[byPair(rejected)] != 0 || pairs[byPair(accepted)] != 0 || pairs[byPair(undone)] != 1 {
		t.Errorf("rejected %d, accepted %d, deferred %d times", pairs[byPair(rejected)], pairs[byPair(accepted)], pairs[byPair(undone)])
	}
}

func TestAssignmentGoesOnAfterAStop(t *testing.T) {
	cfg := settings(t.TempDir())
	a := open(t, cfg)
	put(t, a.Store, need("提高碳化硅模块烧结层致密度"))
	as, err := a.StartAssignment(t.Context(), jiqiao.DefaultAssignmentParams())
	if err != nil {
		t.Fatal(err)
	}
	// As a process leaves it that is killed while it scores: the run is noted and has begun.
	run := startRun(t, a, jiqiao.DefaultRunLimit, false)
	as.MatchRun = run.ID
	if err := a.Store.SaveAssignment(t.Context(), &as, nil); err != nil {
		t.Fatal(err)
	}
	if err := a.Stop(); err != nil {
		t.Fatal(err)
	}
	again := following(t, cfg)
	again.Work()
	if state := ended(t, again.assignmentState(t, as.ID)); state != jiqiao.RunDone {
		t.Errorf("after a restart: %s", state)
	}
	if state := ended(t, again.runState(t, run.ID)); state != jiqiao.RunDone {
		t.Errorf("its run: %s", state)
	}
	page, err := again.AssignmentItems(t.Context(), as.ID, jiqiao.AssignmentItemQuery{Outcome: jiqiao.OutcomeNeed})
	if err != nil || page.Total != 1 || page.Items[0].Text != "没有找到相关的成果" {
		t.Errorf("items: %+v, %v", page, err)
	}
	if _, err := again.AssignmentItems(t.Context(), "s_00000000000000000000", jiqiao.AssignmentItemQuery{}); jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
		t.Errorf("items of nothing: %v", err)
	}
}

func TestAssignmentsThatCannotBe(t *testing.T) {
	a := following(t, settings(t.TempDir()))
	if _, err := a.StartAssignment(t.Context(), jiqiao.AssignmentParams{}); jiqiao.CodeOf(err) != jiqiao.CodeInvalid {
		t.Errorf("without a level: %v", err)
	}
	as, err := a.StartAssignment(t.Context(), jiqiao.DefaultAssignmentParams())
	if err != nil {
		t.Fatal(err)
	}
	run := startRun(t, a, jiqiao.DefaultRunLimit, false)
	as.MatchRun = run.ID
	if err := a.Store.SaveAssignment(t.Context(), &as, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := a.CancelMatchRun(t.Context(), run.ID); err != nil {
		t.Fatal(err)
	}
	a.Work()
	if state := ended(t, a.assignmentState(t, as.ID)); state != jiqiao.RunFailed {
		t.Errorf("its run was cancelled, and it is %s", state)
	}
	if _, err := a.CancelAssignment(t.Context(), as.ID); jiqiao.CodeOf(err) != jiqiao.CodeConflict {
		t.Errorf("cancelled after it failed: %v", err)
	}
	if all, err := a.Assignments(t.Context(), 10); err != nil || len(all) != 1 || all[0].Message == "" {
		t.Errorf("all: %+v, %v", all, err)
	}
}

func TestAssignmentsUseFreshResults(t *testing.T) {
	a := following(t, settings(t.TempDir()))
	run := startRun(t, a, jiqiao.DefaultRunLimit, false)
	if err := a.match(t.Context(), &run, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for _, c := range []struct {
		name    string
		later   time.Duration
		rematch bool
		same    bool
	}{{"fresh", 0, false, true}, {"asked for", 0, true, false}, {"old", 25 * time.Hour, false, false}} {
		a.now = func() time.Time { return began.Add(c.later) }
		as := jiqiao.Assignment{Params: jiqiao.AssignmentParams{Rematch: c.rematch}, State: jiqiao.RunRunning}
		if err := a.Store.SaveAssignment(t.Context(), &as, nil); err != nil {
			t.Fatal(err)
		}
		used, err := a.scored(t.Context(), &as)
		if !c.same {
			if !jobs.Waits(err) || used.State != jiqiao.RunRunning {
				t.Errorf("%s: does not wait for a new run: %+v, %v", c.name, used, err)
			}
			if err := a.match(t.Context(), &used, func(int, int) {}); err != nil {
				t.Fatal(err)
			}
			used, err = a.scored(t.Context(), &as)
		}
		if err != nil || used.State != jiqiao.RunDone || as.MatchRun != used.ID || (used.ID == run.ID) != c.same {
			t.Errorf("%s: %+v, %v", c.name, used, err)
		}
		run = used
	}
}

func TestWeekStart(t *testing.T) {
	for at, want := range map[string]string{
		"2026-11-22T15:59:59Z": "2026-11-16", // Sunday, just before midnight in Beijing
		"2026-11-22T16:00:00Z": "2026-11-23",
		"2026-11-18T00:00:00Z": "2026-11-16",
		"2027-01-02T00:00:00Z": "2026-12-28",
	} {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := weekStart(moment).Format(time.RFC3339); got != want+"T00:00:00+08:00" {
			t.Errorf("%s is in the week of %s, want %s", at, got, want)
		}
	}
}

func TestBenefit(t *testing.T) {
	r := jiqiao.MatchResult{Score: 0.3, Probabilities: [4]float64{0.1, 0.2, 0.3, 0.4}}
	for least, want := range map[jiqiao.Level]float64{jiqiao.LevelWeak: 0.9, jiqiao.LevelFair: 0.7, jiqiao.LevelStrong: 0.4} {
		if got := benefit(r, least); math.Abs(got-want) > 1e-12 {
			t.Errorf("at least %d: %v, want %v", least, got, want)
		}
	}
	if got := benefit(jiqiao.MatchResult{Score: 0.3}, jiqiao.LevelFair); got != 0.3 {
		t.Errorf("without probabilities %v", got)
	}
}

func TestTeams(t *testing.T) {
	achievement := func(id, owner, name, maker string) *jiqiao.Achievement {
		a := &jiqiao.Achievement{}
		a.ID, a.Title, a.Owner = id, "成果"+id, jiqiao.OrganisationRef{ID: owner, Name: name}
		if maker != "" {
			a.Team = []jiqiao.TeamMember{{Name: maker}, {Name: "别人"}}
		}
		return a
	}
	m := &market{need: map[string]int{}, achievement: map[string]int{}, team: map[string]int{}, teamOf: map[string]int{}, organisation: map[string]int{}}
	p := &jiqiao.AssignmentParams{PerTeam: 4, PerAchievement: 2}
	for _, a := range []*jiqiao.Achievement{
		achievement("a_1", "o_1", "大学", "张"), achievement("a_2", "o_1", "大学", "张"), achievement("a_3", "o_1", "大学", "李"),
		achievement("a_4", "o_1", "大学", ""), achievement("a_5", "o_2", "学院", "张"), achievement("a_6", "", "", ""), achievement("a_7", "", "", ""),
	} {
		m.add(p, a)
	}
	var teams []int
	for _, a := range m.Achievements {
		teams = append(teams, a.Team)
	}
	if diff := cmp.Diff([]int{0, 0, 1, 2, 3, 4, 5}, teams); diff != "" {
		t.Errorf("teams:\n%s", diff)
	}
	want := []assign.Team{
		{Name: "大学 张", Organisation: 0, Quota: assign.Quota{Limit: 4}}, {Name: "大学 李", Organisation: 0, Quota: assign.Quota{Limit: 4}},
		{Name: "大学", Organisation: 0, Quota: assign.Quota{Limit: 4}}, {Name: "学院 张", Organisation: 1, Quota: assign.Quota{Limit: 4}},
		{Name: "成果a_6", Organisation: 2, Quota: assign.Quota{Limit: 4}}, {Name: "成果a_7", Organisation: 3, Quota: assign.Quota{Limit: 4}},
	}
	if diff := cmp.Diff(want, m.Teams); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// What was used before counts for the team, even of an achievement that is gone.
	m.use(jiqiao.AssignmentItem{AchievementID: "a_1", Team: "大学 张"})
	m.use(jiqiao.AssignmentItem{AchievementID: "a_gone", Team: "大学 张"})
	if m.Teams[0].Used != 2 || m.Achievements[0].Used != 1 || m.Organisations[0].Used != 2 {
		t.Errorf("used: team %d, achievement %d, organisation %d", m.Teams[0].Used, m.Achievements[0].Used, m.Organisations[0].Used)
	}
}
