package matcher

import (
	"context"

	"jiqiao"
)

// DegradedEmbedding is the word in an answer's Degraded for an embedding model that was asked and could not help.
const DegradedEmbedding = "embedding"

// Semantics knows records by the vectors of an embedding model, beside the word vectors that are built in.
type Semantics interface {
	// Sense makes a subject ready. Without wait it is only looked up; with it the model may be asked, for as long as
	// someone may be kept waiting. An error means that matching goes on without.
	Sense(ctx context.Context, subject jiqiao.Record, wait bool) (Sense, error)
}

// Sense is a subject as the model sees it.
type Sense interface {
	// Near names records of the other side that pass the filter, the nearest first: n, or a few times as many.
	Near(ctx context.Context, filter jiqiao.Filter, n int) ([]string, error)
	// Likeness is how many standard deviations the pair's cosine lies above that of pairs drawn at random, the same
	// number from either side; ok is false for a record that has no vector.
	Likeness(id string) (z float64, ok bool)
}

// usual is how alike needs and achievements are that are paired at random, by the built-in vectors: mean and standard
// deviation over 5,000 pairs of the graded set. The model's likeness is brought to the same scale, so that the ranker,
// which was trained on the built-in one, reads both.
var usual = [...]struct{ mean, sd float64 }{
	featureTitlesAlike:           {0.16, 0.15},
	featureNeedTitleAlike:        {0.16, 0.15},
	featureAchievementTitleAlike: {0.19, 0.16},
	featureTextsAlike:            {0.19, 0.16},
}

// senseShare is what the model's likeness counts beside the built-in one. Half makes the mean of two measures whose
// errors differ: a model that is much the better one loses little by it, and a poor one does little harm.
const senseShare = 0.5

// feel joins the model's likeness of the two records to the built-in ones, where there is one.
func (s *subject) feel(f *Features, id string) {
	if s.sense == nil {
		return
	}
	z, ok := s.sense.Likeness(id)
	if !ok {
		return
	}
	for i := featureTitlesAlike; i <= featureTextsAlike; i++ {
		u := usual[i]
		f[i] = (1-senseShare)*f[i] + senseShare*min(1, max(0, u.mean+u.sd*z))
	}
}

// sense is nil where no model is configured, or it does not know the subject and could not be asked, which degraded says.
func (m *Matcher) sense(ctx context.Context, subject jiqiao.Record, wait bool) (_ Sense, degraded []string) {
	if m.o.Semantics == nil {
		return nil, nil
	}
	s, err := m.o.Semantics.Sense(ctx, subject, wait)
	if err != nil {
		return nil, []string{DegradedEmbedding} //nolint:nilerr // matching goes on without
	}
	return s, nil
}

// near recalls by the model; it has nothing to add where there is none.
func (q *RecallQuery) near(ctx context.Context) ([]string, error) {
	if q.Sense == nil {
		return nil, nil
	}
	return q.Sense.Near(ctx, q.Filter, q.Limit)
}
