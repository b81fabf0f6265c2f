package store

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"jiqiao"
)

// maxKeyRunes keeps a key well below what a PostgreSQL index row holds (2,704 bytes).
const maxKeyRunes = 200

// fold is the form in which names and titles are the same: full and half width, case, spaces and invisible characters
// make no difference. A text of more than maxKeyRunes keeps its beginning and a digest of the whole.
func fold(s string) string {
	s = foldAll(s)
	if utf8.RuneCountInString(s) <= maxKeyRunes {
		return s
	}
	digest := sha256.Sum256([]byte(s))
	return string([]rune(s)[:maxKeyRunes-33]) + "#" + hex.EncodeToString(digest[:16])
}

// foldAll is the same for a text of any length.
func foldAll(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || !unicode.IsGraphic(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(strings.ToValidUTF8(s, "")))
}

// words are what a row is searched by, each in its folded form on a line of its own, so that no text is found across two.
func words(texts ...string) string {
	var lines []string
	for _, text := range texts {
		if text = foldAll(text); text != "" && !slices.Contains(lines, text) {
			lines = append(lines, text)
		}
	}
	return strings.Join(lines, "\n")
}

// containing is the pattern of LIKE for what holds the text in its folded form; "" for no text.
func containing(text string) string {
	if text = foldAll(text); text == "" {
		return ""
	}
	return "%" + escapeLike(text) + "%"
}

// creditKey is the credit code when it can tell organisations apart: people also write 无 or / into the field.
func creditKey(code string) string {
	code = jiqiao.FoldCreditCode(code)
	if len(code) != 18 {
		return ""
	}
	for _, c := range []byte(code) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return ""
		}
	}
	return code
}

// clean makes s a text that PostgreSQL takes.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
}

func micros(t time.Time) int64 { return t.UnixMicro() }

func microsOrNil(t *time.Time) any {
	if t == nil {
		return nil
	}
	return t.UnixMicro()
}

func fromMicros(us int64) time.Time { return time.UnixMicro(us).UTC() }

func fromMicrosOrNil(us *int64) *time.Time {
	if us == nil {
		return nil
	}
	t := fromMicros(*us)
	return &t
}
