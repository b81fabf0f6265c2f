package app

import (
	"context"
	"errors"
	"fmt"

	"jiqiao"
	"jiqiao/internal/city"
	"jiqiao/sample"
)

// cityNotes are what owners say when they ask for an introduction.
var cityNotes = map[jiqiao.Kind][]string{
	jiqiao.KindNeed:        {"样件已经备好，希望下个月做一轮试验。", "和我们的产线很接近，想先到现场看看。", "预算已经落实，希望今年内签约。"},
	jiqiao.KindAchievement: {"团队在当地有中试基地，可以随时接待。", "类似项目已在两家企业应用，愿意提供检测报告。"},
}

// wishCity has owners whose accounts are there to be tried ask for introductions, as many of each side as there are notes:
// of the best matches of what they published last, the first that no broker has answered.
func (a *App) wishCity(ctx context.Context, c *city.City) error {
	users, err := sample.Users()
	if err != nil {
		return err
	}
	tried := map[string]bool{} // by name
	for _, u := range users {
		tried[u.OrganisationName] = true
	}
	asked := map[jiqiao.Kind]int{}
	done := map[string]bool{} // owners
	for i := len(c.Published) - 1; i >= 0; i-- {
		kind := c.Published[i].Record.Kind()
		rec, err := a.Store.Get(ctx, kind, c.Published[i].Record.Head().ID)
		if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
			continue
		}
		if err != nil {
			return err
		}
		v, ok := c.Members[rec.Head().Owner.ID]
		if !ok || !tried[rec.Head().Owner.Name] || done[v.Organisation] || asked[kind] == len(cityNotes[kind]) || rec.Head().Status != jiqiao.StatusPublished {
			continue
		}
		sent, err := a.wishOne(ctx, v, rec, cityNotes[kind][asked[kind]])
		if err != nil {
			return err
		}
		if sent {
			asked[kind]++
			done[v.Organisation] = true
		}
	}
	return a.workOff(ctx)
}

// wishOne asks for the record's best match that can be asked for.
func (a *App) wishOne(ctx context.Context, v jiqiao.Viewer, rec jiqiao.Record, note string) (bool, error) {
	q := jiqiao.MatchQuery{Filter: v.Narrow(jiqiao.Filter{Statuses: []jiqiao.Status{jiqiao.StatusPublished}}), Limit: 5, Brief: true}
	found, err := a.Matcher.Match(ctx, rec, q)
	if err != nil || found.Abstained {
		return false, err
	}
	own := jiqiao.WithOrigin(ctx, jiqiao.Origin{Viewer: v, Request: "demo"})
	for _, m := range found.Matches {
		if m.Record == nil || !v.Sees(m.Record) {
			continue
		}
		need, isNeed := rec.(*jiqiao.Need)
		achievement, isAchievement := m.Record.(*jiqiao.Achievement)
		if !isNeed {
			need, isNeed = m.Record.(*jiqiao.Need)
			achievement, isAchievement = rec.(*jiqiao.Achievement)
		}
		if !isNeed || !isAchievement {
			return false, errors.New("a match is of two records of the same side")
		}
		_, err := a.queue.Wish(own, v, jiqiao.Wish{NeedID: need.ID, AchievementID: achievement.ID, Note: note}, need, achievement)
		if jiqiao.CodeOf(err) == jiqiao.CodeConflict {
			continue
		}
		if err != nil {
			return false, fmt.Errorf("ask for %s × %s: %w", need.Title, achievement.Title, err)
		}
		return true, nil
	}
	return false, nil
}
