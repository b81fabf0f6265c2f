package app

import (
	"context"
	"time"

	"jiqiao"
	"jiqiao/jobs"
	"jiqiao/matcher/assign"
)

// StartAssignment leaves an assignment for whichever process takes its job, and returns it.
func (a *App) StartAssignment(ctx context.Context, p jiqiao.AssignmentParams) (jiqiao.Assignment, error) {
	return StartAssignment(ctx, a.Store, p, a.now())
}

// assignmentStore is what starting and cancelling assignments needs of the store.
type assignmentStore interface {
	GetAssignment(ctx context.Context, id string) (jiqiao.Assignment, error)
	SaveAssignment(ctx context.Context, a *jiqiao.Assignment, items []jiqiao.AssignmentItem) error
}

// StartAssignment is App.StartAssignment for a process that has the database alone: the service finds it there.
func StartAssignment(ctx context.Context, st assignmentStore, p jiqiao.AssignmentParams, now time.Time) (jiqiao.Assignment, error) {
	if err := p.Validate(); err != nil {
		return jiqiao.Assignment{}, err
	}
	as := jiqiao.Assignment{Params: p, State: jiqiao.RunRunning, Stage: "等待开始", Week: jiqiao.DayOf(weekStart(now))}
	return as, st.SaveAssignment(ctx, &as, nil)
}

// GetAssignment is the assignment as it was saved last, without its items.
func (a *App) GetAssignment(ctx context.Context, id string) (jiqiao.Assignment, error) {
	return a.Store.GetAssignment(ctx, id)
}

// CancelAssignment ends an assignment, or takes back one that is done, whose places are free then. One that failed is
// CodeConflict.
func (a *App) CancelAssignment(ctx context.Context, id string) (jiqiao.Assignment, error) {
	return CancelAssignment(ctx, a.Store, id)
}

// CancelAssignment is App.CancelAssignment for a process that has the database alone.
func CancelAssignment(ctx context.Context, st assignmentStore, id string) (jiqiao.Assignment, error) {
	as, err := st.GetAssignment(ctx, id)
	if err != nil {
		return as, err
	}
	if as.State == jiqiao.RunFailed {
		return as, jiqiao.Fail(jiqiao.CodeConflict, "这次分配已经失败，没有可以取消的内容", nil)
	}
	as.State = jiqiao.RunCancelled
	return as, st.SaveAssignment(ctx, &as, nil)
}

// assign does an assignment once what it is based on is scored.
func (a *App) assign(ctx context.Context, as *jiqiao.Assignment) error {
	run, err := a.scored(ctx, as)
	if err != nil {
		return err
	}
	if err := a.stage(ctx, as, "选择推荐", 0, 0); err != nil {
		return err
	}
	start := a.now()
	m, err := a.newMarket(ctx, &as.Params, run.CreatedAt)
	if err != nil {
		return err
	}
	best, err := assign.Recommend(ctx, &m.Problem)
	if err != nil {
		return err
	}
	items := m.items(best)
	as.Summary = m.summary(best, items)
	as.Summary.Seconds = a.now().Sub(start).Seconds()
	as.Stage, as.Done, as.Total, as.State = "", 0, 0, jiqiao.RunDone
	return a.Store.SaveAssignment(ctx, as, items)
}

func (a *App) stage(ctx context.Context, as *jiqiao.Assignment, stage string, done, total int) error {
	jobs.Progress(ctx, stage, done, total)
	as.Stage, as.Done, as.Total = stage, done, total
	return a.Store.SaveAssignment(ctx, as, nil)
}

// freshRun is how old results may be that an assignment uses.
const freshRun = 24 * time.Hour

// scored is the run whose results are used: the latest that is done, or a new one where that is no longer fresh or the
// assignment asks for it. A new one is a job of its own, which another process may do; it is noted in the assignment, whose
// job comes again until the run is done.
func (a *App) scored(ctx context.Context, as *jiqiao.Assignment) (jiqiao.MatchRun, error) {
	var run jiqiao.MatchRun
	switch done, err := a.Store.MatchRuns(ctx, jiqiao.RunDone, 1); {
	case err != nil:
		return run, err
	case as.MatchRun != "":
		if run, err = a.Store.GetMatchRun(ctx, as.MatchRun); err != nil {
			return run, err
		}
	case len(done) > 0 && !as.Params.Rematch && a.now().Sub(done[0].CreatedAt) < freshRun:
		run = done[0]
	default:
		if run, err = newRun(ctx, a.Store, jiqiao.MatchRunParams{Limit: jiqiao.DefaultRunLimit}); err != nil {
			return run, err
		}
	}
	as.MatchRun = run.ID
	switch run.State {
	case jiqiao.RunDone:
		return run, nil
	case jiqiao.RunRunning:
	default:
		return run, jiqiao.Fail(jiqiao.CodeInvalid, "所依据的全量匹配"+run.State.Label()+"，请重新分配", nil)
	}
	if err := a.stage(ctx, as, "全量匹配", run.Done, run.Total); err != nil {
		return run, err
	}
	return run, jobs.Again(a.now().Add(scoredPoll), nil)
}

// scoredPoll is how often an assignment looks whether the run that it waits for has ended.
const scoredPoll = 500 * time.Millisecond

// items lists the recommendations, then needs and achievements without one.
func (m *market) items(r *assign.Recommendation) []jiqiao.AssignmentItem {
	var items []jiqiao.AssignmentItem
	add := func(item jiqiao.AssignmentItem) {
		item.Line = len(items) + 1
		items = append(items, item)
	}
	for _, placed := range r.Placed {
		pair := &m.Pairs[placed.Pair]
		item := jiqiao.AssignmentItem{
			Outcome: jiqiao.OutcomePlaced, Score: m.scores[placed.Pair], Level: pair.Level, LevelLabel: pair.Level.Label(), Benefit: pair.Benefit,
			Text: r.WhyPlaced(placed.Pair),
		}
		item.NeedRank, _ = r.RankForNeed(placed.Pair)
		item.AchievementRank, _ = r.RankForAchievement(placed.Pair)
		if placed.Broker >= 0 {
			item.Broker = m.Brokers[placed.Broker].Name
		}
		m.nameNeed(&item, pair.Need)
		m.nameAchievement(&item, pair.Achievement)
		add(item)
	}
	for _, u := range r.Needs() {
		item := jiqiao.AssignmentItem{Outcome: jiqiao.OutcomeNeed, Reason: string(u.Reason), Text: u.Text}
		m.nameNeed(&item, u.Index)
		add(item)
	}
	for _, u := range r.Achievements() {
		item := jiqiao.AssignmentItem{Outcome: jiqiao.OutcomeAchievement, Reason: string(u.Reason), Text: u.Text}
		m.nameAchievement(&item, u.Index)
		add(item)
	}
	return items
}

func (m *market) nameNeed(item *jiqiao.AssignmentItem, i int) {
	item.NeedID, item.Need, item.Enterprise = m.needs[i].ID, m.needs[i].Title, m.needs[i].Owner.Name
}

func (m *market) nameAchievement(item *jiqiao.AssignmentItem, i int) {
	a := m.achievements[i]
	team := m.Teams[m.Achievements[i].Team]
	item.AchievementID, item.Achievement, item.Organisation, item.Team = a.ID, a.Title, m.Organisations[team.Organisation].Name, team.Name
}

func (m *market) summary(r *assign.Recommendation, items []jiqiao.AssignmentItem) *jiqiao.AssignmentSummary {
	s := &jiqiao.AssignmentSummary{
		Needs: len(m.Needs), Achievements: len(m.Achievements), Pairs: len(m.Pairs), Placed: len(r.Placed),
		Benefit: r.Benefit, PlainBenefit: r.Plain.Benefit, GivenUp: r.GivenUp(), Gap: max(0, r.Bound-r.Worth),
		Before: r.Before, After: r.After, Unplaced: map[string]int{},
	}
	for i := range m.Pairs {
		if m.Pairs[i].Bar == "" {
			s.Candidates++
		}
	}
	needs, achievements := map[string]bool{}, map[string]bool{}
	for i := range items {
		switch item := &items[i]; item.Outcome {
		case jiqiao.OutcomePlaced:
			needs[item.NeedID], achievements[item.AchievementID] = true, true
		case jiqiao.OutcomeNeed:
			s.Unplaced[item.Reason]++
		}
	}
	s.PlacedNeeds, s.PlacedAchievements = len(needs), len(achievements)
	return s
}

// Assignments lists the latest ones, newest first.
func (a *App) Assignments(ctx context.Context, limit int) ([]jiqiao.Assignment, error) {
	return a.Store.Assignments(ctx, "", time.Time{}, limit)
}

// AssignmentItems is a page of an assignment's items.
func (a *App) AssignmentItems(ctx context.Context, id string, q jiqiao.AssignmentItemQuery) (jiqiao.AssignmentItemPage, error) {
	if _, err := a.Store.GetAssignment(ctx, id); err != nil {
		return jiqiao.AssignmentItemPage{}, err
	}
	return a.Store.AssignmentItems(ctx, id, q)
}

// EachAssignmentItem walks an assignment's items.
func (a *App) EachAssignmentItem(ctx context.Context, id string, q jiqiao.AssignmentItemQuery, fn func(jiqiao.AssignmentItem) error) error {
	return a.Store.EachAssignmentItem(ctx, id, q, fn)
}
