package matcher

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"jiqiao"
)

// Recaller names the candidates that are worth scoring; the index is one.
type Recaller interface {
	// Recall lists ids of the side q.Kind that pass the filter, the likeliest first, at most q.Limit.
	Recall(ctx context.Context, q RecallQuery) ([]string, error)
	// Allowed keeps, in their order, the ids that name a record of that side and pass the filter.
	Allowed(ctx context.Context, kind jiqiao.Kind, filter jiqiao.Filter, ids []string) ([]string, error)
}

// RecallQuery asks for candidates.
type RecallQuery struct {
	Kind    jiqiao.Kind   // the side looked for
	Subject jiqiao.Record // of the other side; its sections are the query
	Filter  jiqiao.Filter
	Limit   int
	// Sense is the subject by an embedding model, nil without one.
	Sense Sense
}

const (
	// DefaultCandidates is how many candidates each of the recalls gives, by words, by titles and by meaning: about 500 in all.
	// They lose about 0.005 nDCG@10 against scoring every record.
	DefaultCandidates = 200
	// titleReach is how much further recall by titles looks before the filter thins it out.
	titleReach = 2
)

// Search scores the candidates for a subject, best first, equal scores by ID: those that the recaller finds by words
// over the whole text, those whose titles share the subject's telling characters, those whose texts mean the like by the
// built-in vectors, and those that q.Sense finds near.
// Candidates that share nothing are left out. The recalls run side by side: each takes about half of the time that a
// match may take.
func (c *Collection) Search(ctx context.Context, r Recaller, q RecallQuery) ([]Scored, error) {
	s := c.subject(c.Read(q.Subject))
	defer s.release()
	s.sense = q.Sense
	found, err := c.recall(ctx, r, q, s)
	if err != nil {
		return nil, err
	}
	return c.rank(s, found), nil
}

// recalled are the candidates by the way that found them, the likeliest first.
type recalled struct{ words, titles, meaning, near []string }

// recall asks all ways side by side.
func (c *Collection) recall(ctx context.Context, r Recaller, q RecallQuery, s *subject) (found recalled, _ error) {
	work, workCtx := errgroup.WithContext(ctx)
	work.Go(func() (err error) {
		if found.words, err = r.Recall(workCtx, q); err != nil {
			return fmt.Errorf("recall by words: %w", err)
		}
		return nil
	})
	work.Go(func() (err error) {
		if found.titles, err = c.allowedTitles(workCtx, r, q, s); err != nil {
			return fmt.Errorf("filter recall by titles: %w", err)
		}
		return nil
	})
	work.Go(func() (err error) {
		if found.meaning, err = c.recallMeaning(workCtx, r, q, s); err != nil {
			return fmt.Errorf("recall by meaning: %w", err)
		}
		return nil
	})
	work.Go(func() (err error) {
		if found.near, err = q.near(workCtx); err != nil {
			return fmt.Errorf("recall by the embedding model: %w", err)
		}
		return nil
	})
	return found, work.Wait()
}

// rank scores what was recalled, best first.
func (c *Collection) rank(s *subject, found recalled) []Scored {
	scored := slices.DeleteFunc(c.scoreAll(s, join(found.words, found.titles, found.meaning, found.near)),
		func(s Scored) bool { return s.Features.nothing() })
	sortScored(scored)
	return scored
}

// allowedTitles recalls by titles and keeps what passes the filter. Most filters admit nearly all of what is looked at
// first, so it asks about no more than it needs.
func (c *Collection) allowedTitles(ctx context.Context, r Recaller, q RecallQuery, s *subject) ([]string, error) {
	limit := q.Limit
	ids := c.recallTitles(s, titleReach*limit)
	var kept []string
	for len(kept) < limit && len(ids) > 0 {
		n := min(limit-len(kept), len(ids))
		allowed, err := r.Allowed(ctx, q.Kind, q.Filter, ids[:n])
		if err != nil {
			return nil, err
		}
		kept, ids = append(kept, allowed...), ids[n:]
	}
	return kept, nil
}

// join puts lists together, each id once, where it stands first.
func join(lists ...[]string) []string {
	total := 0
	for _, ids := range lists {
		total += len(ids)
	}
	known := make(map[string]bool, total)
	all := make([]string, 0, total)
	for _, ids := range lists {
		for _, id := range ids {
			if !known[id] {
				known[id] = true
				all = append(all, id)
			}
		}
	}
	return all
}

func (c *Collection) recallTitles(s *subject, limit int) []string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.heads[s.profile.Kind.Other()].recall(s, limit)
}
