// Package vector knows what technical words mean: every word of its vocabulary has a vector, and words that stand in
// the same surroundings have vectors of nearly the same direction (污水, 废水). It is pure: it reads no file but what it
// is given, and starts nothing.
//
// [Words] is a vocabulary with its vectors; [Default] is the one that ships inside the program. docs/vectors.md says
// how it was trained, on what, and what was tried; package train makes it and adapts it to a platform's own records.
//
// # Words of a text
//
// Texts are cut by package zh, the one analysis chain. A word that the vocabulary lacks is composed of the longest
// pieces that it knows, in the end of single characters, so that 石墨烯基电极 still means something. Numbers, units and
// standards have no vector: what they say is not a matter of surroundings.
//
// # Sentences
//
// The vector of a text is the weighted mean of its words', less the components that all texts have in common (Arora,
// Liang and Ma 2017: A simple but tough-to-beat baseline for sentence embeddings). Rarity is the usual weight.
//
// # The file
//
// A head, the words, one byte for each component, and a checksum; file.go has the layout. What is read equals what was
// written to the last bit, so that a pair scores the same before and after.
package vector
