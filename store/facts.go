package store

import (
	"context"
	"slices"

	"jiqiao"
)

// factSource states what an object adds to the figures; nothing when it is gone. It reads the object and what it belongs
// to, never figures or facts.
type factSource func(ctx context.Context, t *tx, object jiqiao.Ref) ([]jiqiao.Fact, error)

// factTables are the tables, beside the records, whose rows have facts of their own.
var factTables = []struct{ object, name string }{}

// factSourceOf is how the figures are defined: docs/adr/0015, codes/indicator.tsv.
func factSourceOf(object string) (factSource, bool) {
	switch object {
	case string(jiqiao.KindNeed), string(jiqiao.KindAchievement):
		return recordFacts, true
	}
	return nil, false
}

// counted are the statuses of records that count: those that are or were offered to the other side.
var counted = []jiqiao.Status{
	jiqiao.StatusPublished, jiqiao.StatusPaused, jiqiao.StatusEngaged, jiqiao.StatusSettled, jiqiao.StatusExpired,
}

func recordFacts(ctx context.Context, t *tx, object jiqiao.Ref) ([]jiqiao.Fact, error) {
	rec, err := t.load(ctx, jiqiao.Kind(object.Type), object.ID)
	switch {
	case jiqiao.CodeOf(err) == jiqiao.CodeNotFound:
		return nil, nil
	case err != nil:
		return nil, err
	}
	head := rec.Head()
	if !slices.Contains(counted, head.Status) {
		return nil, nil
	}
	fact := jiqiao.Fact{Object: object, Region: head.Region, Industry: section(head.Industries), Day: jiqiao.DayOf(head.CreatedAt), Value: 1}
	fact.Indicator = jiqiao.IndicatorNeeds
	if rec.Kind() == jiqiao.KindAchievement {
		fact.Indicator = jiqiao.IndicatorAchievements
	}
	return []jiqiao.Fact{fact}, nil
}

// section is the section of GB/T 4754 of the first industry: "C" of "C26".
func section(industries []string) string {
	if len(industries) == 0 || industries[0] == "" {
		return ""
	}
	return industries[0][:1]
}
