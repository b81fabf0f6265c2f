package sheet

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lists inside one cell. People separate by 、 ； ， their half-width forms and line ends; we write "；". A backslash
// takes the next character literally, which is needed only for the rare item that holds a separator itself: writing
// tries without and escapes when the result would not read back (see plainOr).

const (
	itemSeparators  = "、；;，,\n"
	entrySeparators = "；;\n" // between metrics, patents, people: their parts may hold commas
)

// split cuts s at any of the separators that is not escaped. Pieces keep their escapes, are trimmed, and empty ones
// are left out.
func split(s, separators string) []string {
	var pieces []string
	start, escaped := 0, false
	add := func(piece string) {
		if piece = trimUnescaped(piece); piece != "" {
			pieces = append(pieces, piece)
		}
	}
	for i, r := range s {
		switch {
		case escaped:
			escaped = false
		case r == '\\':
			escaped = true
		case strings.ContainsRune(separators, r):
			add(s[start:i])
			start = i + len(string(r))
		}
	}
	add(s[start:])
	return pieces
}

// trimUnescaped trims blanks, but not one at the end that is escaped.
func trimUnescaped(s string) string {
	return trimRightUnescaped(strings.TrimLeftFunc(s, unicode.IsSpace), " 　\n\t\u00a0")
}

// trimRightUnescaped trims any of the characters at the end that are not escaped.
func trimRightUnescaped(s, characters string) string {
	for {
		r, size := utf8.DecodeLastRuneInString(s)
		if size == 0 || !strings.ContainsRune(characters, r) || escapedAt(s, len(s)-size) {
			return s
		}
		s = s[:len(s)-size]
	}
}

// escapedAt reports whether an odd number of backslashes stands before place i.
func escapedAt(s string, i int) bool {
	before := s[:i]
	return (len(before)-len(strings.TrimRight(before, `\`)))%2 == 1
}

// indexUnescaped is the place of the first character of characters in s that is not escaped, or -1, and that character.
func indexUnescaped(s, characters string) (int, rune) {
	escaped := false
	for i, r := range s {
		switch {
		case escaped:
			escaped = false
		case r == '\\':
			escaped = true
		case strings.ContainsRune(characters, r):
			return i, r
		}
	}
	return -1, 0
}

func unescape(s string) string {
	if !strings.ContainsRune(s, '\\') {
		return s
	}
	var b strings.Builder
	escaped := false
	for _, r := range s {
		if r == '\\' && !escaped {
			escaped = true
			continue
		}
		escaped = false
		b.WriteRune(r)
	}
	return b.String()
}

// escape takes literally every character that is no letter, and the first one, lest the word as a whole mean something:
// blunt, but it needs to know nothing about the syntax around it.
func escape(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i == 0 || !unicode.IsLetter(r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// quoting says whether texts are written as they are or escaped.
type quoting bool

const (
	verbatim quoting = false
	escaping quoting = true
)

func (q quoting) text(s string) string {
	if q == escaping {
		return escape(s)
	}
	return s
}

// plainOr is write with the texts as they are when that reads back to the same, else write with the texts escaped.
func plainOr(write func(quoting) string, same func(cell string) bool) string {
	if plain := write(verbatim); same(plain) {
		return plain
	}
	return write(escaping)
}

// parseList reads a list of free words. Without any separator, blanks separate Chinese words (关键词: 碳化硅 外延).
func parseList(cell string) ([]string, error) {
	cell = clean(cell)
	if blank(cell) {
		return nil, nil
	}
	pieces := split(cell, itemSeparators)
	if len(pieces) == 1 {
		if words := split(cell, " 　"); len(words) > 1 && !slices.ContainsFunc(words, noHan) {
			pieces = words
		}
	}
	items := make([]string, 0, len(pieces))
	for _, piece := range pieces {
		if item := unescape(piece); !slices.Contains(items, item) {
			items = append(items, item)
		}
	}
	return items, nil
}

func noHan(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

func formatList(items []string) string {
	write := func(quote quoting) string {
		quoted := make([]string, len(items))
		for i, item := range items {
			quoted[i] = quote.text(item)
		}
		return strings.Join(quoted, "；")
	}
	return plainOr(write, func(cell string) bool {
		back, err := parseList(cell)
		return err == nil && slices.Equal(back, items)
	})
}
