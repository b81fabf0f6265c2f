package zh

import (
	"slices"
	"unicode"
)

// gramLength is the number of characters of a shingle: four Han characters are about two words.
const gramLength = 4

// Grams is the sorted set of hashes of a text's shingles: all runs of four letters, digits or Han characters of the
// folded text, whatever stands between them. Two texts' Jaccard similarity over Grams says how nearly they are the same.
// A text of fewer characters has one shingle; a text of none has none.
func (a *Analyzer) Grams(text string) []uint64 {
	var window [gramLength]rune
	var grams []uint64
	n := 0
	for _, r := range a.Fold(text) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		copy(window[:], window[1:])
		window[gramLength-1] = r
		if n++; n >= gramLength {
			grams = append(grams, hashRunes(window[:]))
		}
	}
	if n > 0 && n < gramLength {
		grams = append(grams, hashRunes(window[gramLength-n:]))
	}
	slices.Sort(grams)
	return slices.Compact(grams)
}

// hashRunes is FNV-1a over the characters, with a final mix because its low bits are weak.
func hashRunes(runes []rune) uint64 {
	h := uint64(14695981039346656037)
	for _, r := range runes {
		h = (h ^ uint64(r)) * 1099511628211
	}
	h ^= h >> 32
	h *= 0x9E3779B97F4A7C15
	return h ^ h>>29
}
