package quantity

import (
	"math"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

// show writes quantities in short: 断裂伸长率≥400%; a change has ↑ or ↓ before its relation, a former value or a
// condition a word after it.
func show(quantities []Quantity) string {
	var parts []string
	for _, q := range quantities {
		var b strings.Builder
		b.WriteString(q.Name)
		if q.Qualifier != "" {
			b.WriteString("(" + q.Qualifier + ")")
		}
		b.WriteString([]string{"", "↑", "↓"}[q.Kind])
		low, high := Number(q.in(q.Low)), Number(q.in(q.High))
		switch q.Relation {
		case Equal:
			b.WriteString("=" + low)
		case AtLeast:
			b.WriteString("≥" + low)
		case AtMost:
			b.WriteString("≤" + high)
		case More:
			b.WriteString(">" + low)
		case Less:
			b.WriteString("<" + high)
		case Range:
			b.WriteString("=" + low + "~" + high)
		case Tolerance:
			b.WriteString("=" + low + "±" + high)
		case About:
			b.WriteString("≈" + low)
		case Reach:
			b.WriteString("→" + low)
		case Fall:
			b.WriteString("↘" + low)
		}
		b.WriteString(q.Unit)
		b.WriteString([]string{"", "!原", "!下"}[q.Role])
		parts = append(parts, b.String())
	}
	return strings.Join(parts, " | ")
}

func TestParse(t *testing.T) {
	file, err := os.ReadFile("testdata/phrases.txt")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for line := range strings.Lines(string(file)) {
		line = strings.TrimRight(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		text, want, ok := strings.Cut(line, " => ")
		if !ok {
			text, want = strings.TrimSuffix(line, " =>"), ""
		}
		count++
		if got := show(Parse(text)); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
	if count < 150 {
		t.Errorf("%d phrasings only", count)
	}
}

// checkSpans holds what Parse promises of every text.
func checkSpans(t *testing.T, text string) {
	t.Helper()
	end := 0
	for _, q := range Parse(text) {
		s := q.Span
		if s.Start < end || s.End <= s.Start || s.End > len(text) {
			t.Fatalf("%q: span %v after %d of %d", text, s, end, len(text))
		}
		end = s.End
		for _, at := range []int{s.Start, s.End, q.NameSpan.Start, q.NameSpan.End} {
			if at < 0 || at > len(text) || at < len(text) && utf8.ValidString(text) && !utf8.RuneStart(text[at]) {
				t.Fatalf("%q: bound %d of %v, %v splits a character", text, at, s, q.NameSpan)
			}
		}
		if q.NameSpan.Start > q.NameSpan.End {
			t.Fatalf("%q: name %v", text, q.NameSpan)
		}
		if math.IsNaN(q.Low) || math.IsNaN(q.High) || q.Low > q.High {
			t.Fatalf("%q: %v to %v", text, q.Low, q.High)
		}
		if o, _ := Compare(q, q); o == Unlike {
			t.Fatalf("%q: unlike itself", text)
		}
	}
}

func FuzzParse(f *testing.F) {
	file, err := os.ReadFile("testdata/phrases.txt")
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.Lines(string(file)) {
		f.Add(line)
	}
	f.Add("1×10^99999e5～-")
	f.Add("\xff3mm\xfe±5%")
	f.Add("㎡5㎡～9㎡㎡")
	f.Fuzz(checkSpans)
}

func TestWordsThatNameNothing(t *testing.T) {
	for word, want := range map[string]bool{"毫米": true, "张": true, "万次": true, "万吨": true, "钢": false, "碳化硅": false, "mm": false, "万能": false, "": false} {
		if Measuring(word) != want {
			t.Errorf("%q measures: %v", word, !want)
		}
	}
	for word, want := range map[string]bool{"以内": true, "不低于": true, "降到": true, "提高": true, "节能": false, "左右": true, "碳化硅": false} {
		if Comparing(word) != want {
			t.Errorf("%q compares: %v", word, !want)
		}
	}
}
