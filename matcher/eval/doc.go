// Package eval measures rankings against pairs that technology-transfer staff graded, and against queries with known
// answers. It runs the real matcher: records are loaded into an index that the caller supplies, and the score of a pair
// is the score the service would show.
//
// Measures (all higher is better):
//
//   - nDCG@10 with gain 2^(level-1)-1, the mean over needs (Järvelin and Kekäläinen 2002, exponential gain);
//   - pairwise ordering accuracy: of all pairs of achievements that one need's judges graded differently, the share
//     that the ranking orders their way, equal scores counting half;
//   - 1/(1+MAE) of the level, the measure of CCF BDCI 2019.
//
// Only judged pairs count, because an unjudged pair is unknown rather than irrelevant. Equal scores are ordered against
// the system in nDCG, so that a constant score earns nothing. Intervals are 95 % percentile bootstraps over needs: the
// pairs of one need share its text and are not independent.
package eval
