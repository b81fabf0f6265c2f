package fold

import (
	"strings"
	"testing"
	"unicode/utf8"
)

var table = New()

func TestEveryCharacterFoldsToAFixedPoint(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		once := table.String(string(r))
		if twice := table.String(once); twice != once {
			t.Errorf("%U folds to %q, then to %q", r, once, twice)
		}
	}
}

func TestCharacters(t *testing.T) {
	for in, want := range map[string]string{
		"Ａ": "a", "ａ": "a", "０": "0", "　": " ", "\t": " ", "\n": "\n", "\r": " ", "\x00": " ", "\ufffd": " ", "\xff": " ",
		"₂": "2", "³": "3", "⁻": "-", "℃": "°c", "㎡": "m2", "Ω": "ω", "\u212b": "å", "\u00c5": "å", "é": "e", "ñ": "n", "ß": "ß", "ﬁ": "fi",
		"—": "-", "－": "-", "\u00ad": "", "\u200d": "", "\ufe0f": "", "\u0301": "", "≦": "≤", "•": "·", "⁄": "/",
		"龍": "龙", "體": "体", "著": "著", "覆": "覆", "乾": "干", "于": "于", "於": "于", "⼀": "一", "金": "金", "𠀀": "𠀀", "が": "が", "한": "한",
	} {
		if got := table.String(in); got != want {
			t.Errorf("%q folds to %q, want %q", in, got, want)
		}
	}
}

func TestPhraseData(t *testing.T) {
	n := 0
	for line := range strings.Lines(phraseLines) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		from, to, ok := strings.Cut(line, " ")
		if !ok || from == "" || to == "" || strings.Contains(to, " ") {
			t.Errorf("line %q is no pair", line)
		}
		if utf8.RuneCountInString(from) > maxPhrase {
			t.Errorf("%q is longer than %d characters", from, maxPhrase)
		}
		if got := table.String(to); got != to {
			t.Errorf("%q is written %q but folds on to %q", from, to, got)
		}
		if got := table.String(from); got != to {
			t.Errorf("%q folds to %q, not %q", from, got, to)
		}
		n++
	}
	if n < 80 {
		t.Errorf("only %d phrases", n)
	}
	if !strings.Contains(Source(), "軟體 软件") || !strings.Contains(Source(), "龍龙") {
		t.Error("Source lacks the data")
	}
}

func TestLongestPhraseWins(t *testing.T) {
	for in, want := range map[string]string{
		"程式碼": "代码", "程式設計": "程序设计", "方程式碼": "方程式码", "快閃記憶體": "闪存", "網際網路": "互联网", "網路": "网络", "智慧製造與人工智慧": "智能制造与人工智能",
		"程\u200b式": "程序", "軟\u200b體": "软体", "奈": "奈", "奈何": "奈何",
	} {
		if got := table.String(in); got != want {
			t.Errorf("%q folds to %q, want %q", in, got, want)
		}
	}
}

// back is the original of the first place of sub in the folded text.
func back(t *testing.T, text, sub string) string {
	t.Helper()
	var f Text
	table.Fold(&f, text)
	i := strings.Index(string(f.Bytes), sub)
	if i < 0 {
		t.Fatalf("%q is not in folded %q", sub, text)
	}
	start, end := f.Span(i, i+len(sub))
	return text[start:end]
}

func TestSpan(t *testing.T) {
	for _, c := range []struct{ text, sub, want string }{
		{"用ＡＢＣ法", "b", "Ｂ"},
		{"面积㎡大", "m", "㎡"}, // half a character is the whole
		{"面积㎡大", "2", "㎡"},
		{"e\u0301a", "e", "e\u0301"},
		{"软\u200b件", "软", "软\u200b"},
		{"軟體業", "件", "體"},      // as many characters on both sides: one for one
		{"網際網路業", "联", "網際網路"}, // not as many: all of it
		{"坏\xff\xfe好", "好", "好"},
		{"尾\u0301", "尾", "尾\u0301"},
	} {
		if got := back(t, c.text, c.sub); got != c.want {
			t.Errorf("%q in %q came from %q, want %q", c.sub, c.text, got, c.want)
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"", "Ａl₂Ｏ₃", "軟體\xff", "程\u200b式\u0301", "°\u0301C", "方\u200b程\u200b式", "\uf90c米"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var out Text
		table.Fold(&out, text)
		if len(out.From) != len(out.Bytes)+1 || int(out.From[len(out.Bytes)]) != len(text) || !utf8.Valid(out.Bytes) {
			t.Fatalf("%d offsets for %d bytes", len(out.From), len(out.Bytes))
		}
		for i := 1; i < len(out.From); i++ {
			if out.From[i] < out.From[i-1] {
				t.Fatalf("offsets go back at %d", i)
			}
		}
		once := string(out.Bytes)
		if twice := table.String(once); twice != once {
			t.Fatalf("%q folds to %q, then to %q", text, once, twice)
		}
	})
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New()
	}
}
