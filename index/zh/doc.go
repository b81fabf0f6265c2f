// Package zh is the one Chinese analysis chain: index, recall, matcher and highlights all see a text through it, so that
// what one of them calls a word is a word for the others.
//
// # The chain
//
//  1. Fold: width, case, compatibility forms (Al₂O₃ → al2o3), traditional → simplified, regional words (軟體 → 软件),
//     dashes and comparators to one form each. Every folded byte remembers the bytes of the original it came from.
//  2. Scan: runs of Han characters, and runs of letters and digits. The latter become numbers, measures (0.5 mm →
//     0.5mm), formulas, models, standards (GB/T 19001-2016 → gb/t19001-2016) or plain Latin words, whole and, marked
//     Part, in the pieces a user would type (19001, yolo, pe).
//  3. Segment: the most probable words of a Han run under a unigram dictionary, the dictionary words inside a long
//     word (Part), and every pair of neighbouring characters (Bigram), so that a word missing from the dictionary is
//     still found. A run of one character is a Single.
//  4. Stop words are left out, bigrams never.
//  5. QueryTokens adds synonyms.
//
// An [Analyzer] is immutable and safe for concurrent use. A [Holder] swaps it when dictionary or synonyms are reloaded;
// [Analyzer.Version] changes whenever the same text might give other tokens, and then an index must be rebuilt.
//
// # Files
//
// A user dictionary has one word per line, optionally followed by a positive weight (a count; 0 removes the word from
// the dictionary). A synonym file has one group per line: words separated by commas mean the same; "a, b => c" means
// that a query for a or b also searches c, not the reverse. A stop-word file has one word per line. In all three, "#" starts
// a comment, empty lines are skipped and words are folded as texts are.
package zh
