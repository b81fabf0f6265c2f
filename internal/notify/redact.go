package notify

import "regexp"

// hiddenNumber stands where a phone number or mail address was.
const hiddenNumber = "（联系方式请登录查看）"

// Shapes of phone numbers as people write them: mobiles with or without +86, in groups by blanks or hyphens; landlines
// with an area code; 400 numbers; full-width digits likewise. What is longer, or stands inside a word, is a number of
// something else: a credit code, a patent, an id.
const (
	digit = `[0-9０-９]`
	gap   = `[-－—–  \t.·]?`
)

var (
	phones = regexp.MustCompile(`(?:(?:\+|＋|00)?(?:86|８６)` + gap + `)?[1１][3-9３-９]` + digit + gap + digit + `{4}` + gap + digit + `{4}` +
		`|[0０]` + digit + `{2,3}[-－—–  ]?` + digit + `{7,8}` +
		`|[（(][0０]` + digit + `{2,3}[)）]\s?` + digit + `{7,8}` +
		`|[48４８][0０][0０]` + gap + digit + `{3,4}` + gap + digit + `{3,4}`)
	addresses = regexp.MustCompile(`[A-Za-z0-9._%+-]+[@＠][A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)
)

// Redact takes phone numbers and mail addresses out of a text.
func Redact(text string) string {
	text = addresses.ReplaceAllString(text, hiddenNumber)
	found := phones.FindAllStringIndex(text, -1)
	if found == nil {
		return text
	}
	var out []byte
	end := 0
	for _, at := range found {
		if wordBefore(text[:at[0]]) || wordAfter(text[at[1]:]) {
			continue
		}
		out = append(append(out, text[end:at[0]]...), hiddenNumber...)
		end = at[1]
	}
	return string(append(out, text[end:]...))
}

func wordBefore(s string) bool { return s != "" && wordByte(s[len(s)-1]) }
func wordAfter(s string) bool  { return s != "" && wordByte(s[0]) }

func wordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
}
