// Package matcher holds the rules of matching: which records of the other side are worth a look, how well two texts fit,
// what level that is, and why. It is pure: the index, the store and the clock come in through small interfaces.
//
// # The way of a match
//
//	Recaller            candidates by words over the whole text, with the filter applied
//	heads.go            candidates by the characters of titles; the recaller filters them
//	cloud.go            candidates by the vectors of whole texts, the filter inside
//	profile.go, terms.go  what the score reads of a text: characters, pairs of characters, codes
//	keys.go, sketch.go  what it means: its key words, and the vectors of its title and of everything
//	compare.go          what two texts share of the first
//	meeting.go, lexicon.go  what they share of the second: key words met by words that mean the like
//	features.go, facts.go  both, and what the forms' fields say -> Features, the same numbers from either side
//	sense.go            an embedding model, where there is one: candidates, and a word in the likenesses
//	score.go            Features -> score -> level, and the parts that sum to the score
//	explain.go          why, for the page shown: common terms and what follows
//	reading.go, weigh.go, evidence.go, mark.go  a record cut into sentences and words, sentences side by side
//	close.go            words that differ and mean nearly the same
//	targets.go, indicator.go, metrics.go  the need's targets one by one; package quantity reads and compares them
//	against.go, claims.go, lift.go  what stands in the way, and what would raise the match
//
// The numbers by which features are made are in weights.json, what they are worth in the model of package rank;
// docs/evaluation.md says what each gives. A [Collection] is the matcher's memory
// of all records and follows the store as the index does. Everything that scores goes through it, so that a pair has
// one score: for the need, for the achievement, in a batch and in the evaluation.
package matcher
