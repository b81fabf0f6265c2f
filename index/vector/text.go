package vector

import (
	"math"
	"unicode/utf8"

	"github.com/viterin/vek/vek32"

	"jiqiao/index/zh"
)

// Weighted is a word of a text and what it counts there; Rarity times how often it stands there is usual.
type Weighted struct {
	ID     ID
	Weight float32
}

// IDs appends the words of a text in their order; unknown words as their pieces.
func (w *Words) IDs(dst []ID, a *zh.Analyzer, text string) []ID {
	for _, t := range a.Tokens(nil, text) {
		dst = w.Token(dst, t)
	}
	return dst
}

// Token appends the word that a token stands for, or the pieces it is composed of; nothing for tokens without a meaning
// of their own and for those inside another (Part).
func (w *Words) Token(dst []ID, t zh.Token) []ID {
	if !Meant(t) {
		return dst
	}
	return w.compose(dst, t.Term)
}

// Meant reports whether a token stands for a word that may have a vector: no bigram, number, unit or standard, and not a
// part of a longer token.
func Meant(t zh.Token) bool {
	if t.Part {
		return false
	}
	switch t.Kind {
	case zh.Word, zh.Single, zh.Latin, zh.Formula, zh.Model:
		return true
	default:
		return false
	}
}

// minLatinPiece is the shortest piece of an unknown Latin word that counts: two letters are in every other word.
const minLatinPiece = 3

// compose appends the word, if it is known, or else the longest known pieces of it from left to right. Characters that
// no piece covers are passed over.
func (w *Words) compose(dst []ID, word string) []ID {
	if id, ok := w.ids[word]; ok {
		return append(dst, id)
	}
	for at := 0; at < len(word); {
		id, length := w.longest(word[at:])
		if length == 0 {
			_, length = utf8.DecodeRuneInString(word[at:])
		} else {
			dst = append(dst, id)
		}
		at += length
	}
	return dst
}

// longest finds the longest known word that text begins with, and its length in bytes, 0 when there is none.
func (w *Words) longest(text string) (ID, int) {
	for end := min(len(text), maxWordLength); end > 0; end-- {
		if end < len(text) && !utf8.RuneStart(text[end]) {
			continue
		}
		if text[end-1] < utf8.RuneSelf && end < minLatinPiece {
			continue
		}
		if id, ok := w.ids[text[:end]]; ok {
			return id, end
		}
	}
	return 0, 0
}

// Sentence writes to dst, of length Dim, the weighted mean of the words' vectors without the common components, at unit
// length. It is zero when nothing is known of the text. The order of words does not matter but for rounding.
func (w *Words) Sentence(dst []float32, words []Weighted) {
	clear(dst)
	scaled := make([]float32, w.dim)
	for _, x := range words {
		vek32.MulNumber_Into(scaled, w.Row(x.ID), x.Weight)
		vek32.Add_Inplace(dst, scaled)
	}
	for _, c := range w.common {
		vek32.MulNumber_Into(scaled, c, -vek32.Dot(dst, c))
		vek32.Add_Inplace(dst, scaled)
	}
	unit(dst)
}

// unit brings v to length 1; one of nearly 0 becomes 0.
func unit(v []float32) {
	length := math.Sqrt(float64(vek32.Dot(v, v)))
	if !(length > 1e-9) {
		clear(v)
		return
	}
	vek32.MulNumber_Inplace(v, float32(1/length))
}
