package cache

import (
	"context"
	"encoding/json"
	"fmt"

	"jiqiao"
)

// Degraded is the word in an answer's Degraded for a cache that does not work.
const Degraded = "cache"

// Matching ranks the other side; matcher.Matcher is one, and so is Matcher.
type Matching interface {
	Match(ctx context.Context, subject jiqiao.Record, q jiqiao.MatchQuery) (jiqiao.MatchList, error)
	MatchText(ctx context.Context, kind jiqiao.Kind, text string, q jiqiao.MatchQuery) (jiqiao.MatchList, error)
}

// Records reads records; the store is one.
type Records interface {
	// GetMany keeps the order of ids and leaves missing ones out.
	GetMany(ctx context.Context, kind jiqiao.Kind, ids []string) ([]jiqiao.Record, error)
}

// Matcher is a Matching that keeps the answers of another. Records are not kept with them but read from the store for
// every answer: no contact ever reaches the cache.
type Matcher struct {
	next    Matching
	records Records
	answers *Answers
}

// NewMatcher puts answers before next.
func NewMatcher(next Matching, records Records, answers *Answers) *Matcher {
	return &Matcher{next, records, answers}
}

// Match implements Matching. A subject without ID is no record, and is matched as next does.
func (m *Matcher) Match(ctx context.Context, subject jiqiao.Record, q jiqiao.MatchQuery) (jiqiao.MatchList, error) {
	h := subject.Head()
	if h.ID == "" {
		return m.next.Match(ctx, subject, q)
	}
	// The subject's own version is part of the name: the caller may have read it before it changed.
	what := fmt.Sprintf("match v%d", h.Version)
	return m.kept(ctx, subject.Kind(), h.ID, what, q, func(ctx context.Context) (jiqiao.MatchList, error) {
		return m.next.Match(ctx, subject, q)
	})
}

// MatchText implements Matching.
func (m *Matcher) MatchText(ctx context.Context, kind jiqiao.Kind, text string, q jiqiao.MatchQuery) (jiqiao.MatchList, error) {
	return m.kept(ctx, kind, "", name("text", text), q, func(ctx context.Context) (jiqiao.MatchList, error) {
		return m.next.MatchText(ctx, kind, text, q)
	})
}

func (m *Matcher) kept(ctx context.Context, kind jiqiao.Kind, id, what string, q jiqiao.MatchQuery, match func(context.Context) (jiqiao.MatchList, error)) (jiqiao.MatchList, error) {
	params, err := matchParams(what, q.Normalise())
	if err != nil {
		return jiqiao.MatchList{}, err
	}
	kept, err := m.answers.Do(ctx, kind, id, params, func(ctx context.Context, degraded bool) ([]byte, error) {
		list, err := match(ctx)
		if err != nil {
			return nil, err
		}
		list.Matches = append([]jiqiao.Match{}, list.Matches...)
		for i := range list.Matches {
			list.Matches[i].Record = nil
		}
		if degraded {
			list.Degraded = append(list.Degraded, Degraded)
		}
		return json.Marshal(list)
	})
	if err != nil {
		return jiqiao.MatchList{}, err
	}
	var list jiqiao.MatchList
	if err := json.Unmarshal(kept, &list); err != nil {
		return jiqiao.MatchList{}, fmt.Errorf("read kept matches: %w", err)
	}
	return m.withRecords(ctx, list)
}

// matchParams names a query. The rights in a filter are not part of its JSON.
func matchParams(what string, q jiqiao.MatchQuery) (string, error) {
	params, err := json.Marshal(q)
	if err != nil {
		return "", fmt.Errorf("name the question: %w", err)
	}
	return fmt.Sprintf("%s for %s %s", what, q.Filter.Access.Key(), params), nil
}

// withRecords reads the records of a list; matches whose record is gone are left out.
func (m *Matcher) withRecords(ctx context.Context, list jiqiao.MatchList) (jiqiao.MatchList, error) {
	ids := make([]string, len(list.Matches))
	for i, match := range list.Matches {
		ids[i] = match.NeedID
		if list.Kind == jiqiao.KindAchievement {
			ids[i] = match.AchievementID
		}
	}
	if len(ids) == 0 {
		return list, nil
	}
	records, err := m.records.GetMany(ctx, list.Kind, ids)
	if err != nil {
		return jiqiao.MatchList{}, fmt.Errorf("read matched records: %w", err)
	}
	byID := make(map[string]jiqiao.Record, len(records))
	for _, r := range records {
		byID[r.Head().ID] = r
	}
	present := list.Matches[:0]
	for i, match := range list.Matches {
		if rec, ok := byID[ids[i]]; ok {
			match.Record = rec
			present = append(present, match)
		}
	}
	list.Matches = present
	return list, nil
}
