package seg

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func dictOf(t testing.TB, entries ...Entry) *Dict {
	t.Helper()
	d := New(8)
	if err := d.Insert(entries); err != nil {
		t.Fatal(err)
	}
	return d
}

// cut is the best words of the run at the start of text.
func cut(d *Dict, text string) []string {
	var run Run
	run.Look(d, text, 0)
	run.Solve(d)
	var words []string
	for c := 0; c < run.Chars(); c = int(run.Next[c]) {
		words = append(words, text[run.At[c]:run.At[run.Next[c]]])
	}
	return words
}

func TestCut(t *testing.T) {
	d := dictOf(t, Entry{"研究", 70}, Entry{"研究生", 90}, Entry{"生命", 80}, Entry{"命", 100}, Entry{"起源", 85}, Entry{"生", 75}, Entry{"碳化硅", 100})
	for _, c := range []struct{ text, want string }{
		{"研究生命起源", "研究 生命 起源"}, // the greedy longest word would be 研究生
		{"研究生", "研究生"},
		{"碳化硅", "碳化硅"},
		{"碳化", "碳 化"},
		{"不认识", "不 认 识"},
		{"𠀀研究", "𠀀 研究"},
		{"研究，生命", "研究"},
		{"", ""},
	} {
		if got := strings.Join(cut(d, c.text), " "); got != c.want {
			t.Errorf("cut(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}

// The trellis agrees with trying every way.
func TestCutIsCheapest(t *testing.T) {
	var entries []Entry
	for i, w := range []string{"甲乙", "乙丙", "丙丁", "甲乙丙", "乙丙丁", "丁甲", "甲", "乙丙丁甲"} {
		entries = append(entries, Entry{w, 40 + 17*i%60})
	}
	d := dictOf(t, entries...)
	cost := func(w string) int {
		if c, ok := d.Cost(w); ok {
			return c
		}
		return UnknownCost
	}
	var best func(runes []rune) int
	best = func(runes []rune) int {
		if len(runes) == 0 {
			return 0
		}
		least := 1 << 30
		for n := 1; n <= len(runes); n++ {
			if _, known := d.Cost(string(runes[:n])); known || n == 1 {
				least = min(least, cost(string(runes[:n]))+best(runes[n:]))
			}
		}
		return least
	}
	letters := []rune("甲乙丙丁")
	for n := range 4 * 4 * 4 * 4 * 4 * 4 {
		var text []rune
		for k := n; len(text) < 6; k /= 4 {
			text = append(text, letters[k%4])
		}
		total := 0
		for _, w := range cut(d, string(text)) {
			total += cost(w)
		}
		if want := best(text); total != want {
			t.Fatalf("%s costs %d, the cheapest way %d", string(text), total, want)
		}
	}
}

func TestInsertRemove(t *testing.T) {
	d := dictOf(t, Entry{"硅片", 50}, Entry{"3d打印", 50}, Entry{"3d打印", 50}, Entry{"abc", 50}, Entry{"", 50})
	if d.Len() != 2 {
		t.Errorf("%d words, want 2: 硅片 and 3d打印", d.Len())
	}
	if diff := cmp.Diff([]Mixed{{"", "打印", "3d打印"}}, d.Mixed("3d")); diff != "" {
		t.Error(diff)
	}
	d.Remove("硅片")
	d.Remove("硅片")
	d.Remove("没有")
	d.Remove("3d打印")
	if _, ok := d.Cost("硅片"); ok || d.Len() != 0 || len(d.Mixed("3d")) != 0 {
		t.Errorf("%d words left", d.Len())
	}
}

func TestMixedAroundLetters(t *testing.T) {
	d := dictOf(t, Entry{"维生素b12", 0}, Entry{"n型硅", 0}, Entry{"非x光片", 0})
	for key, want := range map[string]Mixed{
		"b12": {"维生素", "", "维生素b12"}, "n": {"", "型硅", "n型硅"}, "x": {"非", "光片", "非x光片"},
	} {
		if diff := cmp.Diff([]Mixed{want}, d.Mixed(key)); diff != "" {
			t.Error(diff)
		}
	}
}

// Growing past the first table loses nothing.
func TestManyWords(t *testing.T) {
	d := New(0)
	var entries []Entry
	for i := range 30_000 {
		entries = append(entries, Entry{fmt.Sprintf("%c%c%c", 0x4E00+i%170, 0x5000+i/170, 0x6000+i%7919), i % 150})
	}
	if err := d.Insert(entries); err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if c, ok := d.Cost(e.Word); !ok || c != max(e.Cost, 1) {
			t.Fatalf("cost of %q is %d %v, want %d", e.Word, c, ok, e.Cost)
		}
	}
}

func TestWriteLoad(t *testing.T) {
	entries := []Entry{{"3d打印", 9}, {"石墨", 7}, {"石墨烯", 8}, {"碳", 5}}
	var b bytes.Buffer
	if err := Write(&b, entries); err != nil {
		t.Fatal(err)
	}
	d, err := Load(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if d.Len() != 4 || len(d.Mixed("3d")) != 1 {
		t.Errorf("%d words", d.Len())
	}
	if got := strings.Join(cut(d, "石墨烯碳"), " "); got != "石墨烯 碳" {
		t.Errorf("cut to %q", got)
	}
	var run Run
	run.Look(d, "石墨烯", 0)
	if text := d.Text(run.Words(0)[1], len("石墨烯")); text != "石墨烯" {
		t.Errorf("the dictionary's copy is %q", text)
	}
}

func TestLoadBadData(t *testing.T) {
	var notDict, noCost, huge, negative bytes.Buffer
	for b, s := range map[*bytes.Buffer]string{&notDict: "x\n", &noCost: "3\n石墨\n", &huge: "99999999\n", &negative: "-7\n石墨 5\n"} {
		write(t, b, s)
	}
	for name, data := range map[string][]byte{
		"empty": nil, "not gzip": []byte("hello, world"), "truncated": noCost.Bytes()[:20],
		"no head": notDict.Bytes(), "no cost": noCost.Bytes(), "huge": huge.Bytes(), "negative": negative.Bytes(),
	} {
		if _, err := Load(data); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// FuzzDict does to a dictionary what the fuzzer says, and to a map, which cannot be wrong. Every text is then cut whole.
func FuzzDict(f *testing.F) {
	for _, seed := range []string{"石墨烯|石墨|-石墨|碳|石墨烯碳", "3d打印|-3d打印|3d打印|b12", "〇|𠮷|丁𠮷|-丁", "|-|--", "甲|甲乙|甲乙丙|-甲乙|甲乙"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, script string) {
		d, words := New(0), map[string]int{}
		for i, word := range strings.Split(script, "|") {
			if rest, gone := strings.CutPrefix(word, "-"); gone {
				d.Remove(rest)
				delete(words, rest)
				continue
			}
			cost := i%(UnknownCost-2) + 1
			if err := d.Insert([]Entry{{word, cost}}); err != nil {
				t.Fatal(err)
			}
			if isHanWord(word) {
				words[word] = cost
			}
		}
		for word, want := range words {
			if got, ok := d.Cost(word); !ok || got != want {
				t.Fatalf("%q costs %d %v, want %d", word, got, ok, want)
			}
		}
		for _, word := range strings.Split(script, "|") {
			if _, known := words[word]; !known && isHanWord(word) {
				if _, ok := d.Cost(word); ok {
					t.Fatalf("%q was taken out and is there", word)
				}
			}
			if isHanWord(word) && strings.Join(cut(d, word), "") != word {
				t.Fatalf("%q is cut to %q", word, cut(d, word))
			}
		}
	})
}

// FuzzLoad: a dictionary is refused or whole, whatever the bytes inside the archive.
func FuzzLoad(f *testing.F) {
	for _, seed := range []string{"4\n石墨 7\n石墨烯 8\n", "-1\n", "0\n石墨 99999\n", "2\n石墨 -4", "1\n a 1\n", "\n", "9\n3d打印 1\n\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var b bytes.Buffer
		write(t, &b, text)
		d, err := Load(b.Bytes())
		if err != nil {
			return
		}
		_, rest, _ := strings.Cut(text, "\n")
		for line := range strings.Lines(rest) {
			word, _, _ := strings.Cut(line, " ")
			if _, ok := d.Cost(word); !ok && isHanWord(word) {
				t.Fatalf("%q is not in the dictionary of %q", word, text)
			}
		}
	})
}
