// Package learn makes the ranker better from what brokers decide, and keeps it from getting worse.
//
//	decisions, impressions -> lists -> comparisons -> tune -> compare -> registry -> watch -> the running matcher
//
// A decision is evidence about an order, not a grade: what was accepted should stand above what was rejected for a reason
// that speaks against the match (reasons.go), and above what was shown beside it and left alone. What stands lower is
// looked at less, so the second kind counts in inverse proportion to the chance that the accepted one was looked at all
// (examine.go; Joachims, Swaminathan and Schnabel 2017). What was never shown says nothing.
//
// [Learner.Learn] tunes the model that grades or hands have made, the root of the one that serves: its shapes stay where
// the decisions do not ask for a change, and few decisions change little (tune.go). The result is compared with the
// model that serves on decisions it has not seen and on judged pairs (compare.go), kept in the registry with its
// figures whatever they are, and made active only when it is no worse on both. [Watch] brings the active version into a
// running process.
package learn
