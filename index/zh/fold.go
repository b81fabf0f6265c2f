package zh

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

//go:embed data/hant-hans.txt
var hantHans string

//go:embed data/phrases.txt
var phraseLines string

// foldTable maps characters one by one, and holds the exceptions. A simple entry is the folded character itself.
type foldTable struct {
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

func newFoldTable() *foldTable {
	t := &foldTable{wide: map[rune]string{}, phrases: map[rune][]phrase{}}
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

func (t *foldTable) add(r rune, hans map[rune]rune) {
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
		s = norm.NFD.String(s)
	}
	var b strings.Builder
	for _, r := range norm.NFKC.String(s) {
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
func (t *foldTable) readPhrases() {
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

// folded is a folded text with the way back.
type folded struct {
	text []byte
	// from[i] is the offset in the original of the character that gave text[i]; from[len(text)] is the original's length.
	from []int32
}

// span is the original byte range of text[start:end], widened to whole original characters.
func (f *folded) span(start, end int) (int, int) {
	for end < len(f.text) && f.from[end] == f.from[end-1] {
		end++
	}
	return int(f.from[start]), int(f.from[end])
}

func (f *folded) put(s string, at int) {
	for i := range len(s) {
		f.text = append(f.text, s[i])
		f.from = append(f.from, int32(at))
	}
}

// fold fills f with the folded text.
func (t *foldTable) fold(f *folded, text string) {
	f.text, f.from = f.text[:0], f.from[:0]
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
			f.text = append(f.text, byte(to))
			f.from = append(f.from, int32(i))
		case to >= 0x800:
			f.text = append(f.text, 0xE0|byte(to>>12), 0x80|byte(to>>6)&0xBF, 0x80|byte(to)&0xBF)
			f.from = append(f.from, int32(i), int32(i), int32(i))
		default:
			f.text = append(f.text, 0xC0|byte(to>>6), 0x80|byte(to)&0xBF)
			f.from = append(f.from, int32(i), int32(i))
		}
		i += n
	}
	f.from = append(f.from, int32(len(text)))
}

// foldWide folds a character that is not one for one, and answers how many bytes it took.
func (t *foldTable) foldWide(f *folded, text string, at int, r rune, n int) int {
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

func (t *foldTable) foldPhrase(f *folded, text string, at int, list []phrase, plain bool) int {
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
func (t *foldTable) match(s string, p *phrase) (ends [maxPhrase]int, ok bool) {
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
func (t *foldTable) one(r rune) rune {
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
func (t *foldTable) putPhrase(f *folded, p *phrase, at int, ends [maxPhrase]int) {
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
