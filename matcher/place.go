package matcher

import (
	"context"
	"fmt"
	"slices"

	"jiqiao"
)

// Place is where the record of the other side with the id stands among the subject's matches, as Match ranks them with
// the filter.
func (m *Matcher) Place(ctx context.Context, subject jiqiao.Record, id string, filter jiqiao.Filter) (jiqiao.MatchPlace, error) {
	c := m.Collection()
	sense, _ := m.sense(ctx, subject, true)
	q := RecallQuery{
		Kind: subject.Kind().Other(), Subject: subject, Filter: filter.Normalise(), Limit: m.o.Candidates, Sense: sense,
	}
	s := c.subject(c.Read(subject))
	defer s.release()
	s.sense = sense
	found, err := c.recall(ctx, m.o.Recaller, q, s)
	if err != nil {
		return jiqiao.MatchPlace{}, err
	}
	allowed, err := m.o.Recaller.Allowed(ctx, q.Kind, q.Filter, []string{id})
	if err != nil {
		return jiqiao.MatchPlace{}, fmt.Errorf("filter one record: %w", err)
	}
	ranked := c.rank(s, found)
	return jiqiao.MatchPlace{
		Rank:       1 + slices.IndexFunc(ranked, func(s Scored) bool { return s.ID == id }),
		Candidates: len(ranked),
		Recalls:    found.ways(id),
		Admitted:   len(allowed) == 1,
	}, nil
}

// ways are those that found the record.
func (r *recalled) ways(id string) []jiqiao.RecallWay {
	ways := []jiqiao.RecallWay{}
	for _, w := range []struct {
		way jiqiao.RecallWay
		ids []string
	}{
		{jiqiao.RecallWords, r.words}, {jiqiao.RecallTitles, r.titles}, {jiqiao.RecallMeaning, r.meaning},
		{jiqiao.RecallEmbedding, r.near},
	} {
		if slices.Contains(w.ids, id) {
			ways = append(ways, w.way)
		}
	}
	return ways
}
