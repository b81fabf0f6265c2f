// Package fold brings a text to the one form in which texts are compared, and remembers the way back: width, case,
// compatibility forms, accents, dashes, traditional characters and regional words.
//
// hant-hans.txt holds the characters that ICU's "Hant-Hans; NFKC" changes, in pairs; phrases.txt is written by hand.
package fold

//go:generate go run ./mkhans -o hant-hans.txt

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

//go:embed hant-hans.txt
var hantHans string

//go:embed phrases.txt
var phraseLines string

// Table maps characters one by one, and holds the exceptions. It is immutable. A simple entry is the folded character itself.
type Table struct {
	bmp     [1 << 16]uint16 // 0: see wide; otherwise the folded character
	wide    map[rune]string // folded to none or several characters, or outside the BMP
	phrases map[rune][]phrase
}

// phrase is a regional word. A plain one has no traditional character: it is compared after folding, because folding
// its result again must find nothing new. The others are compared as they were written.
type phrase struct {
	from  []rune
	to    string
	plain bool
}

// New builds the table (a few milliseconds).
func New() *Table {
	t := &Table{wide: map[rune]string{}, phrases: map[rune][]phrase{}}
	hans := map[rune]rune{}
	pairs := []rune(strings.ReplaceAll(hantHans, "\n", ""))
	for i := 0; i+1 < len(pairs); i += 2 {
		hans[pairs[i]] = pairs[i+1]
	}
	for r := rune(1); r < 1<<16; r++ {
		t.add(r, hans)
	}
	for r := range hans {
		if r >= 1<<16 {
			t.add(r, hans)
		}
	}
	for r := rune(0x1D400); r <= 0x1D7FF; r++ { // mathematical letters, as pasted from formulas
		t.add(r, hans)
	}
	t.wide[0] = " "
	t.readPhrases()
	return t
}

func (t *Table) add(r rune, hans map[rune]rune) {
	s := foldRune(r, hans)
	first, size := utf8.DecodeRuneInString(s)
	if r < 1<<16 && s != "" && size == len(s) && first < 1<<16 {
		t.bmp[r] = uint16(first)
	} else if s != string(r) {
		t.wide[r] = s
	}
}

// foldRune folds one character to its fixed point, so that folding twice changes nothing.
func foldRune(r rune, hans map[rune]rune) string {
	s := string(r)
	if r >= 0x4E00 && r <= 0x9FFF && hans[r] == 0 {
		return s
	}
	for range 4 {
		next := foldOnce(s, hans)
		if next == s {
			break
		}
		s = next
	}
	return s
}

func foldOnce(s string, hans map[rune]rune) string {
	if r, n := utf8.DecodeRuneInString(s); n == len(s) && r >= 0xC0 && r < 0x250 && s != "å" && s != "Å" || r >= 0x1E00 && r < 0x1F00 {
		s = norm.NFKD.String(s) // without its accent
	} else {
		s = norm.NFKC.String(s)
	}
	var b strings.Builder
	for _, r := range s {
		if h, ok := hans[r]; ok {
			r = h
		}
		writeFolded(&b, unicode.ToLower(r))
	}
	return b.String()
}

func writeFolded(b *strings.Builder, r rune) {
	switch {
	case r >= 0x300 && r <= 0x36F, r >= 0xFE00 && r <= 0xFE0F, unicode.Is(unicode.Cf, r):
		// combining accents, variation selectors, invisible characters: part of the character before
	case r >= 0x2010 && r <= 0x2015, r == 0x2212, r == 0xAD:
		b.WriteByte('-')
	case r == '≦', r == '⩽':
		b.WriteRune('≤')
	case r == '≧', r == '⩾':
		b.WriteRune('≥')
	case r == '•', r == '‧', r == '・', r == '∙', r == '⋅':
		b.WriteRune('·')
	case r == '∕', r == '⁄':
		b.WriteByte('/')
	case r == utf8.RuneError, r != '\n' && unicode.IsSpace(r), r < ' ' && r != '\n', r == 0x7F:
		b.WriteByte(' ')
	default:
		b.WriteRune(r)
	}
}

// readPhrases reads the regional words. One that a table character starts is found before the table is asked.
func (t *Table) readPhrases() {
	starters := map[rune]bool{}
	for line := range strings.Lines(phraseLines) {
		from, to, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || strings.HasPrefix(from, "#") {
			continue
		}
		p := phrase{from: []rune(from), to: to, plain: true}
		for _, r := range p.from {
			p.plain = p.plain && t.bmp[r] == uint16(r)
		}
		starters[p.from[0]] = true
		t.phrases[p.from[0]] = append(t.phrases[p.from[0]], p)
	}
	for _, list := range t.phrases {
		sortLongestFirst(list)
	}
	for r, to := range t.bmp {
		if to != 0 && (starters[rune(r)] || starters[rune(to)]) {
			t.wide[rune(r)] = string(rune(to))
			t.bmp[r] = 0
		}
	}
}

func sortLongestFirst(list []phrase) {
	for i := range list {
		for j := i; j > 0 && len(list[j].from) > len(list[j-1].from); j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
}

// Text is a folded text with the way back. It may be used again.
type Text struct {
	Bytes []byte
	// From[i] is the offset in the original of the character that gave Bytes[i]; From[len(Bytes)] is the original's length.
	From []int32
}

// Span is the original byte range of Bytes[start:end], widened to whole original characters.
func (f *Text) Span(start, end int) (int, int) {
	for end < len(f.Bytes) && f.From[end] == f.From[end-1] {
		end++
	}
	return int(f.From[start]), int(f.From[end])
}

func (f *Text) put(s string, at int) {
	for i := range len(s) {
		f.Bytes = append(f.Bytes, s[i])
		f.From = append(f.From, int32(at))
	}
}

// Fold fills f with the folded text. Folding what is folded changes nothing.
func (t *Table) Fold(f *Text, text string) {
	f.Bytes, f.From = f.Bytes[:0], f.From[:0]
	for i := 0; i < len(text); {
		r, n := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(text[i:])
		}
		var to rune
		if r < 1<<16 {
			to = rune(t.bmp[r])
		}
		switch {
		case to == 0:
			n = t.foldWide(f, text, i, r, n)
		case to < utf8.RuneSelf:
			f.Bytes = append(f.Bytes, byte(to))
			f.From = append(f.From, int32(i))
		case to >= 0x800:
			f.Bytes = append(f.Bytes, 0xE0|byte(to>>12), 0x80|byte(to>>6)&0xBF, 0x80|byte(to)&0xBF)
			f.From = append(f.From, int32(i), int32(i), int32(i))
		default:
			f.Bytes = append(f.Bytes, 0xC0|byte(to>>6), 0x80|byte(to)&0xBF)
			f.From = append(f.From, int32(i), int32(i))
		}
		i += n
	}
	f.From = append(f.From, int32(len(text)))
}

// foldWide folds a character that is not one for one, and answers how many bytes it took.
func (t *Table) foldWide(f *Text, text string, at int, r rune, n int) int {
	if r == utf8.RuneError && n == 1 {
		f.put(" ", at)
		return 1
	}
	s, ok := t.wide[r]
	if !ok {
		s = string(r)
	}
	if m := t.foldPhrase(f, text, at, t.phrases[r], false); m > 0 {
		return m
	}
	first, size := utf8.DecodeRuneInString(s)
	if size == len(s) {
		if m := t.foldPhrase(f, text, at, t.phrases[first], true); m > 0 {
			return m
		}
	}
	f.put(s, at)
	return n
}

func (t *Table) foldPhrase(f *Text, text string, at int, list []phrase, plain bool) int {
	for i := range list {
		if list[i].plain != plain {
			continue
		}
		ends, ok := t.match(text[at:], &list[i])
		if !ok {
			continue
		}
		t.putPhrase(f, &list[i], at, ends)
		return ends[len(list[i].from)-1]
	}
	return 0
}

const maxPhrase = 12 // characters

// match answers where each character of the phrase ends in s.
func (t *Table) match(s string, p *phrase) (ends [maxPhrase]int, ok bool) {
	n := 0
	for i := 0; i < len(p.from); {
		r, size := utf8.DecodeRuneInString(s[n:])
		if size == 0 {
			return ends, false
		}
		n += size
		if p.plain {
			to := t.one(r)
			if to == 0 && i > 0 {
				ends[i-1] = n
				continue
			}
			r = to
		}
		if r != p.from[i] {
			return ends, false
		}
		ends[i] = n
		i++
	}
	return ends, true
}

// one is the folded character, 0 when it folds to nothing, and RuneError when it folds to several.
func (t *Table) one(r rune) rune {
	if r < 1<<16 && t.bmp[r] != 0 {
		return rune(t.bmp[r])
	}
	s, ok := t.wide[r]
	switch first, n := utf8.DecodeRuneInString(s); {
	case !ok:
		return r
	case s == "":
		return 0
	case n == len(s):
		return first
	}
	return utf8.RuneError
}

// putPhrase keeps character offsets when the phrase has as many characters on both sides.
func (t *Table) putPhrase(f *Text, p *phrase, at int, ends [maxPhrase]int) {
	if utf8.RuneCountInString(p.to) != len(p.from) {
		f.put(p.to, at)
		return
	}
	i, start := 0, 0
	for _, r := range p.to {
		f.put(string(r), at+start)
		start = ends[i]
		i++
	}
}

// String is the folded form of a text.
func (t *Table) String(text string) string {
	var f Text
	t.Fold(&f, text)
	return string(f.Bytes)
}

// Source is the data that the table is made of; a version is derived from it.
func Source() string { return hantHans + phraseLines }
