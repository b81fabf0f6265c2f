package app

import (
	"context"
	"fmt"
	"time"

	"jiqiao"
	"jiqiao/matcher/assign"
)

// market is a problem of assignment together with the records that it is about.
type market struct {
	assign.Problem
	needs        []*jiqiao.Need
	achievements []*jiqiao.Achievement
	scores       []float64 // by pair
	need         map[string]int
	achievement  map[string]int
	team         map[string]int // by key
	teamOf       map[string]int // by name
	organisation map[string]int
}

// newMarket reads all that may be recommended today: records, results since a moment, brokers, what was recommended this
// week before, and what brokers have decided.
func (a *App) newMarket(ctx context.Context, p *jiqiao.AssignmentParams, since time.Time) (*market, error) {
	m := &market{
		need: map[string]int{}, achievement: map[string]int{}, team: map[string]int{}, teamOf: map[string]int{}, organisation: map[string]int{},
	}
	m.Fairness = p.Fairness
	for _, b := range p.Brokers {
		limit := b.Capacity
		if limit == 0 {
			limit = p.PerBroker
		}
		m.Brokers = append(m.Brokers, assign.Broker{Name: b.Name, Quota: assign.Quota{Limit: limit}})
	}
	today := jiqiao.DayOf(a.now())
	for _, kind := range jiqiao.Kinds {
		for rec, err := range a.published(ctx, kind, "") {
			if err != nil {
				return nil, fmt.Errorf("read records to assign: %w", err)
			}
			if !rec.Head().ValidUntil.Passed(today) {
				m.add(p, rec)
			}
		}
	}
	barred, err := a.decided(ctx)
	if err != nil {
		return nil, err
	}
	if err := a.countWeek(ctx, m, barred); err != nil {
		return nil, err
	}
	err = a.Store.EachRecentResult(ctx, since, func(r jiqiao.MatchResult) error {
		m.pair(p, r, barred)
		return nil
	})
	return m, err
}

func (m *market) add(p *jiqiao.AssignmentParams, rec jiqiao.Record) {
	head := rec.Head()
	if n, ok := rec.(*jiqiao.Need); ok {
		need := assign.Need{Name: head.Title, Quota: assign.Quota{Limit: p.PerNeed}}
		for i := range p.Brokers {
			if p.Brokers[i].Handles(n) {
				need.Brokers = append(need.Brokers, i)
			}
		}
		m.need[head.ID] = len(m.Needs)
		m.Needs, m.needs = append(m.Needs, need), append(m.needs, n)
		return
	}
	record, ok := rec.(*jiqiao.Achievement)
	if !ok {
		return
	}
	m.achievement[head.ID] = len(m.Achievements)
	m.Achievements = append(m.Achievements, assign.Achievement{Name: head.Title, Team: m.teamFor(p, record), Quota: assign.Quota{Limit: p.PerAchievement}})
	m.achievements = append(m.achievements, record)
}

// teamFor is the achievement's team: its first named maker with the owner, or the owner alone. An achievement of nobody is
// a team by itself.
func (m *market) teamFor(p *jiqiao.AssignmentParams, a *jiqiao.Achievement) int {
	owner, name := a.Owner.ID, a.Owner.Name
	if owner == "" {
		owner = "\x00" + name
	}
	if name == "" {
		owner, name = a.ID, a.Title
	}
	organisation := place(m.organisation, owner, func() { m.Organisations = append(m.Organisations, assign.Organisation{Name: name}) })
	key := owner
	if len(a.Team) > 0 {
		key, name = owner+"\x00"+a.Team[0].Name, name+" "+a.Team[0].Name
	}
	team := place(m.team, key, func() {
		m.Teams = append(m.Teams, assign.Team{Name: name, Organisation: organisation, Quota: assign.Quota{Limit: p.PerTeam}})
	})
	if _, ok := m.teamOf[name]; !ok {
		m.teamOf[name] = team
	}
	return team
}

// place is the number of key; add is called when it is new.
func place(known map[string]int, key string, add func()) int {
	i, ok := known[key]
	if !ok {
		i = len(known)
		known[key] = i
		add()
	}
	return i
}

// pairKey is a pair of record ids.
type pairKey struct{ need, achievement string }

// decided lists the pairs that brokers have turned down or taken up, by their latest decision.
func (a *App) decided(ctx context.Context) (map[pairKey]assign.Reason, error) {
	barred := map[pairKey]assign.Reason{}
	q := jiqiao.DecisionQuery{Oldest: true, Limit: jiqiao.MaxPageSize}
	for {
		page, err := a.Store.Decisions(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, d := range page.Decisions {
			key := pairKey{d.NeedID, d.AchievementID}
			switch d.Verb {
			case jiqiao.VerbReject:
				barred[key] = assign.BarRejected
			case jiqiao.VerbAccept:
				barred[key] = assign.BarAccepted
			default:
				delete(barred, key)
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return barred, nil
		}
	}
}

// countWeek takes the places that earlier assignments of this week have used, and bars their pairs.
func (a *App) countWeek(ctx context.Context, m *market, barred map[pairKey]assign.Reason) error {
	earlier, err := a.Store.Assignments(ctx, jiqiao.RunDone, weekStart(a.now()), jiqiao.MaxPerWeek)
	if err != nil {
		return err
	}
	for _, as := range earlier {
		if as.Params.Trial {
			continue
		}
		err := a.Store.EachAssignmentItem(ctx, as.ID, jiqiao.AssignmentItemQuery{Outcome: jiqiao.OutcomePlaced}, func(item jiqiao.AssignmentItem) error {
			barred[pairKey{item.NeedID, item.AchievementID}] = assign.BarRepeated
			m.use(item)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// use counts a recommendation made before. What it names may be gone by now; its team still has had its place.
func (m *market) use(item jiqiao.AssignmentItem) {
	if i, ok := m.need[item.NeedID]; ok {
		m.Needs[i].Used++
	}
	team, known := m.teamOf[item.Team]
	if i, ok := m.achievement[item.AchievementID]; ok {
		m.Achievements[i].Used++
		team, known = m.Achievements[i].Team, true
	}
	if known {
		m.Teams[team].Used++
		m.Organisations[m.Teams[team].Organisation].Used++
	}
	for i := range m.Brokers {
		if m.Brokers[i].Name == item.Broker {
			m.Brokers[i].Used++
		}
	}
}

// pair adds a result whose records may both be recommended.
func (m *market) pair(p *jiqiao.AssignmentParams, r jiqiao.MatchResult, barred map[pairKey]assign.Reason) {
	need, ok := m.need[r.NeedID]
	achievement, known := m.achievement[r.AchievementID]
	if !ok || !known {
		return
	}
	pair := assign.Pair{Need: need, Achievement: achievement, Benefit: benefit(r, p.MinLevel), Level: r.Level, Bar: barred[pairKey{r.NeedID, r.AchievementID}]}
	if pair.Bar == "" && r.Level < p.MinLevel {
		pair.Bar = assign.BarLevel
	}
	m.Pairs, m.scores = append(m.Pairs, pair), append(m.scores, r.Score)
}

// benefit is the probability that the pair's level is at least least, or its score where the model gave none.
func benefit(r jiqiao.MatchResult, least jiqiao.Level) float64 {
	all, good := 0.0, 0.0
	for i, p := range r.Probabilities {
		all += p
		if jiqiao.Level(i+1) >= least {
			good += p
		}
	}
	if all == 0 {
		return min(1, max(0, r.Score))
	}
	return min(1, max(0, good))
}

// weekStart is the Monday, midnight in Beijing, of the week that t is in.
func weekStart(t time.Time) time.Time {
	t = t.In(time.FixedZone("Asia/Shanghai", 8*60*60))
	day := (int(t.Weekday()) + 6) % 7
	return time.Date(t.Year(), t.Month(), t.Day()-day, 0, 0, 0, 0, t.Location())
}
