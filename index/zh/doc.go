// Package zh is the one Chinese analysis chain: index, recall, matcher and highlights all see a text through it, so that
// what one of them calls a word is a word for the others.
//
// # The chain
//
//  1. Fold (internal/fold): width, case, compatibility forms (Al₂O₃ → al2o3, ㎡ → m2, ℃ → °c), accents, dashes and
//     comparators to one form each, traditional → simplified by character, and regional words by phrase (軟體 → 软件).
//     Every folded byte remembers the bytes of the original it came from.
//  2. Scan: runs of Han characters, and runs of letters and digits. The latter become a Number, a Measure (0.5 mm →
//     0.5mm, 0.5毫米 too; both numbers of 10～20mm), a Formula, a Model, a Standard (GB/T 19001-2016 →
//     gb/t19001-2016) or plain Latin, whole and, marked Part, in the pieces a user would type (19001, yolo, pe, wifi).
//     Case as written decides what folding hides: 5G is no five grams, SiC a formula and PC none.
//  3. Segment (internal/seg): the most probable words of a Han run under a unigram dictionary; the dictionary words
//     inside a long word (Part); and every pair of neighbouring characters (Bigram), so that a word missing from the
//     dictionary is still found. A run of one character is a Single, as is a material's character left alone (钢与铝).
//  4. Mixed dictionary words (3d打印, 304不锈钢, x射线衍射) and things joined by a stroke (石墨烯/pe, Compound) are
//     added to their pieces.
//  5. Stop words are left out; bigrams and the words inside a stop word never are.
//  6. QueryTokens adds the synonyms of words, marked and at less weight.
//
// To count words, take every Kind but Bigram (with the Parts: on real pairs, leaving them out lost much). To count
// bigrams, take Bigram and the tokens with AlsoBigram. No token stands for both otherwise.
//
// An [Analyzer] is immutable and safe for concurrent use. A [Holder] swaps it when a list is reloaded; [Analyzer.Version]
// changes whenever the same text might give other tokens, and then an index must be rebuilt.
//
// # The site's lists
//
// A user dictionary has one word per line, optionally followed by a weight (a count; 0 takes the word out of the
// dictionary) and anything else as a third column. A synonym file has one group per line: words separated by commas (or
// 、 or ；) mean the same; "a, b => c" means that a query for a or b also searches c, not the reverse. A stop-word file
// has one word per line; "!word" takes a built-in stop word off. In all three "#" starts a comment, empty lines are
// skipped, the encoding is UTF-8, and words are folded as texts are.
//
// # The data
//
//   - data/dict.gz: 166,000 words, made by internal/mkdict (its comment has the command) from gse's simplified word list,
//     which comes from jieba's, from technical words mined in abstracts, patents and papers, and from extra.txt.
//   - internal/fold/hant-hans.txt: made by go generate from ICU's "Hant-Hans; NFKC" transform; phrases.txt by hand.
//   - data/stop.txt, singles.txt, synonyms.txt: by hand.
package zh
