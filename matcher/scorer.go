package matcher

import (
	"cmp"
	"slices"
	"strings"

	"jiqiao"
)

// Scored is one candidate with its score and what the score is made of.
type Scored struct {
	ID    string
	Score float64
	Level jiqiao.Level
	// Probabilities are those of the four levels, from 无相关 to 强.
	Probabilities [4]float64
	Features      Features
}

// ScoreAll scores a record against the records of the other side that ids name, in the order of ids. Ids that the
// collection does not hold are left out. Matching, batches and evaluation all score this way.
func (c *Collection) ScoreAll(subject jiqiao.Record, ids []string) []Scored {
	s := c.subject(c.Read(subject))
	defer s.release()
	return c.scoreAll(s, ids)
}

// ScorePair is the score of one pair, whether the collection holds its records or not. Either may come first.
func (c *Collection) ScorePair(a, b jiqiao.Record) Scored {
	s := c.subject(c.Read(a))
	defer s.release()
	return c.scoreProfiles(s, []*Profile{c.Read(b)})[0]
}

// Read makes a record's profile as the collection does.
func (c *Collection) Read(rec jiqiao.Record) *Profile {
	return NewProfile(c.zh, c.words, jiqiao.Face(rec))
}

// subject prepares a profile under one state of the term statistics.
func (c *Collection) subject(p *Profile) *subject {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.newSubject(p)
}

// parallelScores is how many candidates are worth a second goroutine: about a third of a millisecond.
const parallelScores = 100

func (c *Collection) scoreAll(s *subject, ids []string) []Scored {
	return c.scoreProfiles(s, c.side(s.profile.Kind.Other(), ids))
}

func (c *Collection) scoreProfiles(s *subject, others []*Profile) []Scored {
	m := c.meet(s, others)
	defer m.release()
	out := make([]Scored, len(others))
	twin := s.twin() // before s is used
	halves(len(others), parallelScores,
		func(from, to int) { c.scoreInto(out[from:to], twin, m, others[from:to]) },
		func(from, to int) { c.scoreInto(out[from:to], s, m, others[from:to]) })
	return out
}

func (c *Collection) scoreInto(out []Scored, s *subject, m *meeting, others []*Profile) {
	for i, o := range others {
		out[i] = c.Grade(o.ID, c.weights.features(s, m, o))
	}
}

// side reads profiles under one lock; they do not change afterwards.
func (c *Collection) side(kind jiqiao.Kind, ids []string) []*Profile {
	c.mu.RLock()
	defer c.mu.RUnlock()
	found := make([]*Profile, 0, len(ids))
	for _, id := range ids {
		if p, ok := c.profiles[kind][id]; ok {
			found = append(found, p)
		}
	}
	return found
}

// Rank is ScoreAll, best first, equal scores by ID.
func (c *Collection) Rank(subject jiqiao.Record, ids []string) []Scored {
	scored := c.ScoreAll(subject, ids)
	sortScored(scored)
	return scored
}

// sortScored sorts places and moves each candidate once: they are large.
func sortScored(scored []Scored) {
	places := make([]int32, len(scored))
	for i := range places {
		places[i] = int32(i)
	}
	slices.SortFunc(places, func(i, j int32) int {
		a, b := &scored[i], &scored[j]
		return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(a.ID, b.ID))
	})
	sorted := make([]Scored, len(scored))
	for k, i := range places {
		sorted[k] = scored[i]
	}
	copy(scored, sorted)
}
