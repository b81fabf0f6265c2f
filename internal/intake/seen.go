package intake

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"jiqiao"
	"jiqiao/internal/sheet"
)

// seen remembers the natural keys of the rows read so far.
type seen struct{ rows map[string]int }

func newSeen() *seen { return &seen{make(map[string]int)} }

// check is the error for a row whose record stood in the file before: the same title of the same owner, known by its
// credit code or by its name. Only the first of them is imported.
func (s *seen) check(row *sheet.Row) *jiqiao.CellError {
	h := row.Entry.Record.Head()
	title := "\n" + foldKey(h.Title)
	keys := []string{"n" + foldKey(h.Owner.Name) + title}
	if h.Owner.CreditCode != "" {
		keys = append(keys, "c"+foldKey(h.Owner.CreditCode)+title)
	}
	for _, key := range keys {
		if first, ok := s.rows[key]; ok {
			return &jiqiao.CellError{Row: row.Number, Message: "与第 " + strconv.Itoa(first) + " 行重复（同一单位的同名" + row.Entry.Record.Kind().Label() + "），请删除一行或改名"}
		}
	}
	for _, key := range keys {
		s.rows[key] = row.Number
	}
	return nil
}

// foldKey is the form in which names and titles are the same, as in the store: width, case, spaces and invisible
// characters make no difference.
func foldKey(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || !unicode.IsGraphic(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(s))
}
