package sheet

import (
	"strings"
	"unicode"
)

// fold brings a short cell to one form: full-width letters, digits and punctuation become half-width, every kind of
// space one blank, invisible characters go, and the ends are trimmed. It is for codes, numbers and names of columns;
// running text keeps its punctuation, see clean.
func fold(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r >= 0xFF01 && r <= 0xFF5E:
			return r - 0xFEE0
		case r == 0xFFE5:
			return '¥'
		case r == '\n', r == '\t':
			return r
		case unicode.IsSpace(r), r == 0x3000:
			return ' '
		case r == 0x200B, r == 0x200C, r == 0x200D, r == 0x2060, r == 0xFEFF, unicode.IsControl(r):
			return -1
		}
		return r
	}, s))
}

// clean is the form of running text: line ends become \n, control characters go, the ends are trimmed.
func clean(s string) string {
	if strings.ContainsRune(s, '\r') {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	if strings.ContainsFunc(s, unprintable) {
		s = strings.Map(func(r rune) rune {
			if unprintable(r) {
				return -1
			}
			return r
		}, s)
	}
	return strings.TrimSpace(s)
}

// oneLine is clean with the line ends that people put in to wrap a long title taken out.
func oneLine(s string) string {
	s = clean(s)
	if strings.ContainsRune(s, '\n') {
		lines := strings.Split(s, "\n")
		for i := range lines {
			lines[i] = strings.TrimSpace(lines[i])
		}
		s = strings.Join(lines, "")
	}
	return s
}

// unprintable names characters that XML, and so xlsx, cannot hold, beside the byte-order mark.
func unprintable(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || r == 0xFEFF || r == 0xFFFE || r == 0xFFFF
}

// squeeze is fold without any blanks.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, fold(s))
}

// says nothing: what people type to mark a cell as deliberately empty.
func blank(s string) bool {
	switch squeeze(s) {
	case "", "-", "--", "—", "——", "/", "\\", "无", "暂无", "没有", "未填写", "N/A", "n/a", "NA":
		return true
	}
	return false
}

// cutRunes keeps at most n characters.
func cutRunes(s string, n int) string {
	count := 0
	for i := range s {
		if count == n {
			return s[:i] + "…"
		}
		count++
	}
	return s
}

// A cell that begins with one of these is a formula, or becomes one, when a spreadsheet program opens a csv file
// (CWE-1236). Full-width forms count: Excel folds them.
const formulaStarts = "=+-@\t\r＝＋－＠"

// neutralise puts an apostrophe before what a spreadsheet program could run. Texts that already begin with
// apostrophes and such a character get one more, so that restore undoes it exactly.
func neutralise(s string) string {
	if startsFormula(strings.TrimLeft(s, "'")) {
		return "'" + s
	}
	return s
}

// restore is the reverse of neutralise.
func restore(s string) string {
	if strings.HasPrefix(s, "'") && startsFormula(strings.TrimLeft(s, "'")) {
		return s[1:]
	}
	return s
}

func startsFormula(s string) bool {
	for _, r := range s {
		return strings.ContainsRune(formulaStarts, r)
	}
	return false
}
