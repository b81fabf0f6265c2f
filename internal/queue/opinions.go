package queue

import (
	"context"
	"slices"
	"strings"
	"time"

	"jiqiao"
)

// Opinions lists what waits for the viewer's second opinion, oldest first.
func (s *Service) Opinions(ctx context.Context, v jiqiao.Viewer) ([]jiqiao.SecondOpinion, error) {
	return s.o.Store.SecondOpinions(ctx, v.User, jiqiao.MaxPageSize)
}

// Opinion is one that the viewer was asked for.
func (s *Service) Opinion(ctx context.Context, v jiqiao.Viewer, id string) (jiqiao.SecondOpinion, error) {
	return s.o.Store.SecondOpinion(ctx, v.User, id)
}

// GiveOpinion keeps the viewer's opinion: accept, or reject with a reason.
func (s *Service) GiveOpinion(ctx context.Context, v jiqiao.Viewer, d jiqiao.QueueDecision) error {
	if d.Verb == jiqiao.QueueDefer {
		return jiqiao.Invalid([]jiqiao.FieldError{{Field: "verb", Message: "复核意见应为 accept（采纳）或 reject（不采纳）"}})
	}
	if err := d.Validate(jiqiao.DayOf(s.o.Now())); err != nil {
		return err
	}
	return s.o.Store.GiveOpinion(ctx, v.User, d)
}

// topField is the part of a code of "field" that names one of its eight groups.
const topField = 2

// Agreement is how far brokers agree since the moment: over all, then by the groups of fields that have pairs. A need of
// several groups counts in each.
func (s *Service) Agreement(ctx context.Context, v jiqiao.Viewer, since time.Time) ([]jiqiao.Agreement, error) {
	scope := scopeOf(v)
	tables := map[string]*table{"": {}}
	err := s.o.Store.EachOpinionPair(ctx, scope.Region, since, func(p jiqiao.OpinionPair) {
		tables[""].add(p)
		var groups []string
		for _, field := range p.Fields {
			if group := field[:min(topField, len(field))]; !slices.Contains(groups, group) {
				groups = append(groups, group)
			}
		}
		for _, group := range groups {
			if tables[group] == nil {
				tables[group] = &table{}
			}
			tables[group].add(p)
		}
	})
	if err != nil {
		return nil, err
	}
	all := make([]jiqiao.Agreement, 0, len(tables))
	for field, t := range tables {
		a := t.agreement()
		if a.Field, a.Label = field, jiqiao.CodeLabel("field", field); field == "" {
			a.Label = "全部"
		}
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b jiqiao.Agreement) int { return strings.Compare(a.Field, b.Field) })
	return all, nil
}
