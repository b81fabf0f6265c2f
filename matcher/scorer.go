package matcher

import (
	"cmp"
	"slices"
	"strings"

	"jiqiao"
)

// Scorer scores pairs over one collection. It is the only way from two texts to a score: matching in either direction,
// batches and evaluation all go through it.
type Scorer struct {
	collection *Collection
	weights    Weights
}

// NewScorer scores with the given weights over the collection's term statistics.
func NewScorer(c *Collection, w Weights) *Scorer { return &Scorer{c, w} }

// Scored is one candidate with its score.
type Scored struct {
	ID       string
	Score    float64
	Features Features
}

// Rank scores the subject against the records of the other side that ids name, best first, equal scores by ID. Ids
// that the collection does not hold are left out.
func (s *Scorer) Rank(subject *Profile, ids []string) []Scored {
	out := s.ScoreAll(subject, ids)
	slices.SortFunc(out, func(a, b Scored) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(a.ID, b.ID))
	})
	return out
}

// ScoreAll is Rank in the order of ids.
func (s *Scorer) ScoreAll(subject *Profile, ids []string) []Scored {
	prepared, others := s.prepare(subject, ids)
	defer prepared.release()
	out := make([]Scored, len(others))
	for i, o := range others {
		f := s.weights.features(prepared, o, nil)
		out[i] = Scored{ID: o.ID, Score: s.weights.Score(f), Features: f}
	}
	return out
}

// ScorePair is the score of one pair; either may come first.
func (s *Scorer) ScorePair(a, b *Profile) Scored {
	prepared := s.subject(a)
	defer prepared.release()
	f := s.weights.features(prepared, b, nil)
	return Scored{ID: b.ID, Score: s.weights.Score(f), Features: f}
}

// Profile reads a record as the collection does.
func (s *Scorer) Profile(rec jiqiao.Record) *Profile { return NewProfile(s.collection.fold, rec) }

// Level is the grade of a score.
func (s *Scorer) Level(score float64) jiqiao.Level { return s.weights.Level(score) }

func (s *Scorer) subject(p *Profile) *subject {
	s.collection.mu.RLock()
	defer s.collection.mu.RUnlock()
	return s.weights.newSubject(s.collection, p)
}

// prepare reads term statistics and profiles under one state of the collection; profiles do not change afterwards.
func (s *Scorer) prepare(p *Profile, ids []string) (*subject, []*Profile) {
	c := s.collection
	c.mu.RLock()
	defer c.mu.RUnlock()
	others := make([]*Profile, 0, len(ids))
	side := c.profiles[p.Kind.Other()]
	for _, id := range ids {
		if o, ok := side[id]; ok {
			others = append(others, o)
		}
	}
	return s.weights.newSubject(c, p), others
}
