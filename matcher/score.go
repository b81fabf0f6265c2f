package matcher

import (
	"jiqiao"
	"jiqiao/matcher/rank"
)

// defaultRanker is the model that ships with the program, or the hand-set one where that does not fit these features.
func defaultRanker() *rank.Ranker {
	if r, err := rank.Default().Bind(FeatureNames()); err == nil {
		return r
	}
	r, err := rank.Fallback().Bind(FeatureNames())
	if err != nil {
		panic(err) // both files are part of the program, and a test binds them
	}
	return r
}

// Grade scores a pair by its features alone; id names the other side.
func (c *Collection) Grade(id string, f Features) Scored {
	r := c.ranker.Score(f[:])
	return Scored{ID: id, Score: r.Score, Level: r.Level, Probabilities: r.Probabilities, Features: f}
}

// Parts is what a score is made of; the points sum to the score but for rounding.
func (c *Collection) Parts(f Features) []jiqiao.ScorePart {
	return c.ranker.Parts(nil, f[:])
}
