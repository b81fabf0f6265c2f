package matcher

import (
	"slices"

	"jiqiao"
	"jiqiao/index/vector"
	"jiqiao/index/zh"
)

// part is the weight class of a piece of a record's text.
type part int

const (
	partTitle part = iota
	partKeywords
	partMain  // what is asked for or offered
	partAside // what stands around it: the enterprise's present state, market and profit
	partCount
)

// Longest texts that count, in characters. Forms ask for at most a few thousand; what is pasted beyond is annex, and
// the bound keeps one pair below 50 µs.
const (
	maxTitleRunes = 200
	maxMainRunes  = 4000
	maxAsideRunes = 1000
)

var maxRunes = [partCount]int{maxTitleRunes, maxTitleRunes, maxMainRunes, maxAsideRunes}

// Profile is what of a record the score reads. Its text takes two bytes per character, so that 100,000 records of 400
// characters take 80 MB, its key words and vectors at most 450 bytes. It is immutable.
type Profile struct {
	Kind jiqiao.Kind
	ID   string
	text []uint16
	ends [partCount]uint16
	// lengths counts the characters of each part, separators apart.
	lengths [partCount]uint16
	meaning
	facts facts
	// common says that everybody may read the record. Of no other does the rarity of words tell anything.
	common bool
}

// NewProfile reads the record's sections. Records with the same sections have the same profile, whichever way they
// came: stored, or parsed from free text.
func NewProfile(a *zh.Analyzer, words *vector.Words, rec jiqiao.Record) *Profile {
	p := &Profile{Kind: rec.Kind(), ID: rec.Head().ID, facts: readFacts(rec), common: common(rec)}
	var parts [partCount][]uint16
	r := newReader(a, words)
	for _, s := range rec.Sections() {
		for _, piece := range pieces(s) {
			k := piece.part
			if room := maxRunes[k] - len(parts[k]); room > 0 {
				text := cut(piece.text, room)
				parts[k] = appendFolded(parts[k], a.Fold(text), maxRunes[k])
				r.read(k, text)
			}
		}
	}
	p.meaning = r.meaning()
	p.text = slices.Concat(parts[:]...)
	end := 0
	for k, text := range parts {
		end += len(text)
		p.ends[k] = uint16(end)
		p.lengths[k] = uint16(countUnits(text))
	}
	return p
}

// common reports whether everybody may read the record; one without a status has not been stored.
func common(rec jiqiao.Record) bool {
	h := rec.Head()
	return (h.Status == jiqiao.StatusPublished || h.Status == "") && h.Disclosure.Offered()
}

// cut keeps the first n characters, so that a book is not folded for its first page.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for i := range text {
		if n == 0 {
			return text[:i]
		}
		n--
	}
	return text
}

// appendFolded adds a section and a separator. Runs of white space and marks shrink to one separator, except that a
// single space between Han characters, which typesetting and segmenters leave, is dropped.
func appendFolded(dst []uint16, folded string, limit int) []uint16 {
	space := false
	for _, r := range folded {
		if len(dst) >= limit {
			break
		}
		if r == ' ' || r == '\n' {
			space = true
			continue
		}
		c := uint16(0)
		if r < 1<<16 && (isHan(uint16(r)) || isCode(uint16(r)) || joinsCode(uint16(r))) {
			c = uint16(r)
		}
		if space && len(dst) > 0 && (!isHan(c) || !isHan(dst[len(dst)-1])) {
			dst = append(dst, 0)
		}
		space = false
		dst = append(dst, c)
	}
	return append(dst, 0)
}

func countUnits(text []uint16) int {
	n := 0
	for _, c := range text {
		if c != 0 {
			n++
		}
	}
	return n
}

// part is the folded text of one weight class.
func (p *Profile) part(k part) []uint16 {
	start := uint16(0)
	if k > 0 {
		start = p.ends[k-1]
	}
	return p.text[start:p.ends[k]]
}
