package fold

import (
	"strings"
	"sync"
)

// traditional maps simplified characters to the first traditional one by code point.
var traditional = sync.OnceValue(func() map[rune]rune {
	back := map[rune]rune{}
	pairs := []rune(strings.ReplaceAll(hantHans, "\n", ""))
	for i := 0; i+1 < len(pairs); i += 2 {
		hant, hans := pairs[i], pairs[i+1]
		if !unified(hant) || !unified(hans) || hant == hans {
			continue
		}
		if was, ok := back[hans]; !ok || hant < was {
			back[hans] = hant
		}
	}
	return back
})

// unified leaves radicals and compatibility forms out: nobody types them.
func unified(r rune) bool { return r >= 0x4E00 && r <= 0x9FFF }

// Traditional is the reverse of the table of characters.
func Traditional(text string) string {
	back := traditional()
	return strings.Map(func(r rune) rune {
		if t, ok := back[r]; ok {
			return t
		}
		return r
	}, text)
}
