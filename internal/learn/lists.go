package learn

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"jiqiao"
)

// Past is what brokers saw and did.
type Past interface {
	Decisions(ctx context.Context, q jiqiao.DecisionQuery) (jiqiao.DecisionPage, error)
	EachImpression(ctx context.Context, since time.Time, fn func(jiqiao.Impression) error) error
	// GetMany leaves missing records out.
	GetMany(ctx context.Context, kind jiqiao.Kind, ids []string) ([]jiqiao.Record, error)
}

// listKey names a list of matches that one broker worked on.
type listKey struct {
	kind    jiqiao.Kind // the subject's side
	subject string
	by      string
}

// list is what one broker saw of a record's matches, and decided.
type list struct {
	listKey
	items []item // by place, then id
}

// item is one match of a list.
type item struct {
	other string
	rank  int // 0 when unknown
	shown bool
	// decision is the broker's last word on the match; nil when it was left alone.
	decision *jiqiao.Decision
}

func (l *list) pair(it *item) pair {
	if l.kind == jiqiao.KindNeed {
		return pair{l.subject, it.other}
	}
	return pair{it.other, l.subject}
}

// history is everything there is to learn from.
type history struct {
	decisions []jiqiao.Decision // the last word of each broker on each pair, oldest first
	lists     []list            // in the order of their keys
	// decided and shown count the matches of these lists by place, for estimateExamination.
	decided, shown map[int]int
}

func (h *history) countPlaces(l *list) {
	for i := range l.items {
		it := &l.items[i]
		if !it.shown {
			continue
		}
		h.shown[it.rank]++
		if it.decision != nil {
			h.decided[it.rank]++
		}
	}
}

// readHistory reads the decisions and impressions since a moment.
func readHistory(ctx context.Context, past Past, since time.Time) (*history, error) {
	h := &history{decided: map[int]int{}, shown: map[int]int{}}
	if err := h.readDecisions(ctx, past, since); err != nil {
		return nil, err
	}
	lists := map[listKey]map[string]*item{}
	err := past.EachImpression(ctx, since, func(i jiqiao.Impression) error {
		addImpression(lists, i)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read what was shown: %w", err)
	}
	h.addDecisions(lists)
	h.sortLists(lists)
	return h, nil
}

// readDecisions keeps, of each broker and pair, the last decision.
func (h *history) readDecisions(ctx context.Context, past Past, since time.Time) error {
	type key struct{ by, need, achievement string }
	last := map[key]jiqiao.Decision{}
	q := jiqiao.DecisionQuery{From: since, Oldest: true, Limit: jiqiao.MaxPageSize}
	for {
		page, err := past.Decisions(ctx, q)
		if err != nil {
			return fmt.Errorf("read decisions: %w", err)
		}
		for _, d := range page.Decisions {
			last[key{d.By, d.NeedID, d.AchievementID}] = d
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	for _, d := range last {
		h.decisions = append(h.decisions, d)
	}
	slices.SortFunc(h.decisions, func(a, b jiqiao.Decision) int { return strings.Compare(a.ID, b.ID) })
	return nil
}

// addImpression puts what was shown into its list; a match that was shown at several places counts at the highest.
func addImpression(lists map[listKey]map[string]*item, i jiqiao.Impression) {
	key := listKey{i.Kind, i.SubjectID, i.By}
	if lists[key] == nil {
		lists[key] = map[string]*item{}
	}
	for at, id := range i.IDs {
		rank := i.First + at
		it, known := lists[key][id]
		if !known {
			lists[key][id] = &item{other: id, rank: rank, shown: true}
		} else if rank < it.rank {
			it.rank = rank
		}
	}
}

// addDecisions puts each decision into the list of its need and into that of its achievement.
func (h *history) addDecisions(lists map[listKey]map[string]*item) {
	for i := range h.decisions {
		d := &h.decisions[i]
		for key, other := range map[listKey]string{
			{jiqiao.KindNeed, d.NeedID, d.By}:               d.AchievementID,
			{jiqiao.KindAchievement, d.AchievementID, d.By}: d.NeedID,
		} {
			if lists[key] == nil {
				lists[key] = map[string]*item{}
			}
			it := lists[key][other]
			if it == nil {
				it = &item{other: other, rank: d.Rank}
				lists[key][other] = it
			}
			it.decision = d
		}
	}
}

// sortLists keeps the lists that somebody decided on, in an order that does not depend on maps.
func (h *history) sortLists(lists map[listKey]map[string]*item) {
	for key, items := range lists {
		l := list{listKey: key}
		decided := false
		for _, it := range items {
			l.items = append(l.items, *it)
			decided = decided || it.decision != nil
		}
		if !decided {
			continue
		}
		slices.SortFunc(l.items, func(a, b item) int {
			return cmp.Or(cmp.Compare(a.rank, b.rank), strings.Compare(a.other, b.other))
		})
		h.lists = append(h.lists, l)
		h.countPlaces(&l)
	}
	slices.SortFunc(h.lists, func(a, b list) int {
		return cmp.Or(strings.Compare(string(a.kind), string(b.kind)), strings.Compare(a.subject, b.subject), strings.Compare(a.by, b.by))
	})
}
