package postings

import (
	"encoding/binary"
	"errors"
)

// DocTerm is one term of a document.
type DocTerm struct {
	ID uint32
	// Word and Gram are the term's weights in the two channels, at most MaxWeight; at least one is not 0.
	Word, Gram uint8
	// Head says that the title or the keywords hold the term.
	Head bool
}

// MaxWeight is where weights saturate. BM25 hardly tells 100 occurrences from 127, and it leaves a bit for Head.
const MaxWeight = 127

// Forward lists and inverted lists share one coding. A number grows along the list (the term id in a document, the
// document in a term's list); each entry is a varint of the gap to the one before, shifted by two bits that say:
const (
	codeGram     = iota // weight 1 as a bigram
	codeBoth            // weight 1 in both channels
	codeWord            // weight 1 as a word
	codeExplicit        // two bytes follow: Head<<7 | Word, and Gram
)

const headBit = 0x80

// entryCode is the shortest code of a term's weights.
func entryCode(t DocTerm) uint32 {
	switch {
	case t.Head:
	case t.Word == 0 && t.Gram == 1:
		return codeGram
	case t.Word == 1 && t.Gram == 1:
		return codeBoth
	case t.Word == 1 && t.Gram == 0:
		return codeWord
	}
	return codeExplicit
}

// putEntry appends an entry whose number lies gap above the one before it (the first: above -1).
func putEntry(dst []byte, gap uint32, t DocTerm) []byte {
	code := entryCode(t)
	dst = binary.AppendUvarint(dst, uint64(gap)<<2|uint64(code))
	if code == codeExplicit {
		word := t.Word
		if t.Head {
			word |= headBit
		}
		dst = append(dst, word, t.Gram)
	}
	return dst
}

// entrySize is the number of bytes that putEntry appends.
func entrySize(gap uint32, code uint32) uint32 {
	size := uint32(1)
	for v := uint64(gap) << 2; v >= 0x80; v >>= 7 {
		size++
	}
	if code == codeExplicit {
		size += 2
	}
	return size
}

// reader walks a list.
type reader struct {
	data []byte
	at   int
	last uint32 // the number of the entry read last, -1 (all ones) before the first
}

func newReader(data []byte) reader { return reader{data: data, last: ^uint32(0)} }

// next reads an entry into t, its number as ID.
func (r *reader) next(t *DocTerm) bool {
	if r.at >= len(r.data) {
		return false
	}
	v, n := binary.Uvarint(r.data[r.at:])
	r.at += n
	r.last += uint32(v >> 2)
	*t = DocTerm{ID: r.last}
	switch v & 3 {
	case codeGram:
		t.Gram = 1
	case codeBoth:
		t.Word, t.Gram = 1, 1
	case codeWord:
		t.Word = 1
	default:
		word := r.data[r.at]
		t.Word, t.Head, t.Gram = word&^headBit, word&headBit != 0, r.data[r.at+1]
		r.at += 2
	}
	return true
}

// Doc is a document as ranking sees it: its terms in order of id, coded. The zero Doc has none.
type Doc struct {
	data []byte
	// WordLen and GramLen are the sums of the weights in each channel.
	WordLen, GramLen uint32
}

// NewDoc codes terms, which must be in order of ID without repeats.
func NewDoc(terms []DocTerm) Doc {
	d := Doc{data: make([]byte, 0, 3*len(terms))}
	last := ^uint32(0)
	for _, t := range terms {
		t.Word, t.Gram = min(t.Word, MaxWeight), min(t.Gram, MaxWeight)
		d.data = putEntry(d.data, t.ID-last, t)
		d.WordLen += uint32(t.Word)
		d.GramLen += uint32(t.Gram)
		last = t.ID
	}
	return d
}

// Bytes is the coded form, which DecodeDoc reads. It must not be changed.
func (d Doc) Bytes() []byte { return d.data }

// Len is the number of different terms.
func (d Doc) Len() int {
	n := 0
	for range d.Terms {
		n++
	}
	return n
}

// Terms calls yield for each term in order of ID until it answers false. It is a range function.
func (d Doc) Terms(yield func(DocTerm) bool) {
	r := newReader(d.data)
	for t := (DocTerm{}); r.next(&t); {
		if !yield(t) {
			return
		}
	}
}

var errCorrupt = errors.New("postings: corrupt document")

// DecodeDoc checks and takes over the coded form of a document whose term ids must lie below terms.
func DecodeDoc(data []byte, terms int) (Doc, error) {
	d := Doc{data: data}
	next := uint64(0) // one above the last id
	for at := 0; at < len(data); {
		v, n := binary.Uvarint(data[at:])
		gap := v >> 2
		if n <= 0 || gap == 0 || gap > uint64(terms)-next {
			return Doc{}, errCorrupt
		}
		next += gap
		at += n
		word, gram := uint8(0), uint8(0)
		switch v & 3 {
		case codeGram:
			gram = 1
		case codeBoth:
			word, gram = 1, 1
		case codeWord:
			word = 1
		default:
			if at+2 > len(data) {
				return Doc{}, errCorrupt
			}
			word, gram = data[at]&^headBit, data[at+1]
			at += 2
		}
		if word > MaxWeight || gram > MaxWeight || word|gram == 0 {
			return Doc{}, errCorrupt
		}
		d.WordLen += uint32(word)
		d.GramLen += uint32(gram)
	}
	return d, nil
}
