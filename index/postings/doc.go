// Package postings answers "which records share terms with this text, and how strongly" from memory: exact BM25 over
// words and over character bigrams, with filters applied inside, at a fraction of the time that a disk index takes for
// a query of three hundred terms.
//
// # Terms, channels and weights
//
// A [Terms] dictionary numbers term strings; both sides of a match share one. A document holds, for every term, its
// weight as a word and its weight as a bigram: the two channels. A two-character word counts in both, for it stands for
// the bigram of the same characters too. Weights are sums over occurrences of the weight of the field (a title's terms
// count twice). Head marks terms of the title and the keywords.
//
// # Structure
//
// A [Side] is a list of immutable segments, as in Lucene: each batch of writes makes one, and segments of like size are
// merged. A segment keeps its documents twice: inverted, for ranking, and forward, for rescoring a candidate without
// analysing it again, for merging, and for taking a deleted document out of the statistics. Document frequencies and
// lengths count live documents only, always exactly. Readers never wait for a writer longer than it takes to update
// the counts of one batch; a ranking sees the state between two batches, never half of one.
//
// The payload C carries whatever the owner filters and sorts by; the package only hands it back.
//
// # Formula
//
// Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with Lucene's idf, which is
// never negative:
//
//	Σ weight(q,t) · ln(1 + (N - df + ½)/(df + ½)) · tf·(k1+1) / (tf + k1·(1 - b + b·len/avglen))
//
// per channel, where len is the sum of the channel's weights in the document.
package postings
