package app

import (
	"context"

	"jiqiao"
	"jiqiao/internal/introduction"
	"jiqiao/internal/workday"
)

// openIntroductions makes what brings the two sides together, over the calendar of working days.
func (a *App) openIntroductions() error {
	base, err := workday.Open(a.cfg.Holidays)
	if err != nil {
		return err
	}
	a.calendar = workday.NewBook(base, a.Store)
	a.introductions = introduction.New(introduction.Options{
		Store: a.Store, Threads: a.Store, Records: a.Store, Settings: a.Store, Calendar: a.calendar.Calendar, Match: a.explainPair,
		Operators: a.operators, Attach: a.attached, Notify: a.Store.Notify, Log: a.log, Now: a.now,
	})
	return nil
}

// operators are the accounts of operators that can sign in.
func (a *App) operators(ctx context.Context) ([]jiqiao.User, error) {
	var all []jiqiao.User
	for q := (jiqiao.UserQuery{Role: jiqiao.RoleOperator, State: jiqiao.UserActive, Limit: jiqiao.MaxPageSize}); ; {
		page, err := a.Store.Users(ctx, q)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if q.Cursor = page.Next; q.Cursor == "" {
			return all, nil
		}
	}
}

// maxExplained is how deep the owner's records are looked through for the one of the pair.
const maxExplained = 5 * jiqiao.MaxPageSize

// explainPair is the match of the need and the achievement, with its evidence: the achievement is looked for among those
// of its owner, so that others cannot crowd it out. CodeNotFound says that the matcher sees nothing in common.
func (a *App) explainPair(ctx context.Context, need, achievement jiqiao.Record) (jiqiao.Match, error) {
	q := jiqiao.MatchQuery{Brief: true, Limit: jiqiao.MaxPageSize, Filter: jiqiao.Filter{
		Organisations: []string{achievement.Head().Owner.ID}, Statuses: []jiqiao.Status{jiqiao.AnyStatus},
		Access: jiqiao.Access{Everything: true},
	}}
	for ; q.Offset < maxExplained; q.Offset += q.Limit {
		list, err := a.Matcher.Match(ctx, need, q)
		if err != nil {
			return jiqiao.Match{}, err
		}
		for n, m := range list.Matches {
			if m.AchievementID == achievement.Head().ID {
				return a.explainAt(ctx, need, q, n, m)
			}
		}
		if len(list.Matches) < q.Limit {
			break
		}
	}
	return jiqiao.Match{}, jiqiao.Fail(jiqiao.CodeNotFound, "两者没有可比的内容", nil)
}

// explainAt adds the evidence to the n-th match of the page; without it, should the ranks have changed meanwhile.
func (a *App) explainAt(ctx context.Context, need jiqiao.Record, q jiqiao.MatchQuery, n int, brief jiqiao.Match) (jiqiao.Match, error) {
	q.Brief, q.Offset, q.Limit = false, q.Offset+n, 1
	list, err := a.Matcher.Match(ctx, need, q)
	if err != nil || len(list.Matches) == 0 || list.Matches[0].AchievementID != brief.AchievementID {
		return brief, err
	}
	return list.Matches[0], nil
}
