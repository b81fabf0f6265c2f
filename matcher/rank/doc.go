// Package rank turns the features of a pair into its score, the probabilities of the four levels and one level.
//
// A [Model] is additive: each feature goes through a rising piecewise-linear [Shape], and the sum, in log odds, orders the
// pairs. That is what a person can review in a text file, and why every score explains itself: the share of a feature is its
// shape's value. Boosted trees were no better on needs left out (docs/ranker.md).
//
//	features -> Shape … -> strength -> logistic -> Score
//	                          └-> Step … -> Probabilities -> Level
//
// Titles and full texts share words by chance to different degrees, so a model has two [Regime]s and goes over from one to
// the other as the achievement's text grows. Facts, what the forms' fields say, add bounded offsets to both.
//
// Package rank reads no data and knows no record; jiqiao/matcher/rank/train fits models.
package rank
