package postings

import "math"

// Params are BM25's constants: K1 above 0, B from 0 to below 1.
type Params struct{ K1, B float64 }

// DefaultParams are the customary values: K1 bounds what repetition adds, B says how much of a text's length is wordiness.
func DefaultParams() Params { return Params{K1: 1.2, B: 0.75} }

// IDF is Lucene's: never negative, so that a match never speaks against a document.
func IDF(docs int, df uint32) float64 {
	return math.Log1p((float64(docs) - float64(df) + 0.5) / (float64(df) + 0.5))
}

// norm is 1/(1 + k1·(1 - b + b·len/avglen)). Where no document has a length the average is 0, and so is every length.
func (p Params) norm(length uint32, avg float64) float32 {
	ratio := 0.0
	if avg > 0 {
		ratio = float64(length) / avg
	}
	return float32(1 / (1 + p.K1*(1-p.B+p.B*ratio)))
}

// saturate is the formula's tf/(tf + k1·(…)) for a weight and a norm, as a fraction: tf/(tf - 1 + 1/norm).
func saturate(tf uint8, norm float32) (numerator, denominator float64) {
	n, f := float64(norm), float64(tf)
	return n * f, n*(f-1) + 1
}

// Stats are the statistics of one side.
type Stats struct {
	// Docs is the number of live documents.
	Docs int
	// WordLen and GramLen are mean lengths per channel, in weights.
	WordLen, GramLen float64
}

// DF is the number of live documents that hold a term, per channel.
type DF struct{ Word, Gram uint32 }
