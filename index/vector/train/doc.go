// Package train makes word vectors: from a corpus, and from shipped vectors and a platform's own records.
//
//	corpus.go    texts -> words, sentences, vocabulary
//	ppmi.go      vocabulary and texts -> how much likelier than chance two words stand side by side
//	svd.go       that matrix -> one vector per word
//	sgns.go      the same by skip-gram with negative sampling
//	contrast.go  vectors and weights -> better ones: the two halves of one text closer than halves of two
//	finish.go    vectors -> vector.Words, with the components that all texts share
//	adapt.go     shipped vectors and the collection's records -> its own vectors
//
// Everything is reproducible to the byte on one processor architecture: seeds are fixed, and work is divided among
// goroutines so that no sum depends on their number or their timing.
package train
