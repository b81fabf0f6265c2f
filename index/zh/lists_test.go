package zh

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"jiqiao"
)

func with(t *testing.T, o Options) *Analyzer {
	t.Helper()
	a, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func hasWord(a *Analyzer, text, word string) bool {
	for _, tok := range a.Tokens(nil, text) {
		if tok.Term == word && tok.Kind == Word {
			return true
		}
	}
	return false
}

func TestUserDictionary(t *testing.T) {
	const text = "采用瑶光焊膏与7Q5胶膜烧结银浆料，碳化硅器件"
	if hasWord(analyzer, text, "瑶光焊膏") || hasWord(analyzer, text, "7q5胶膜") || !hasWord(analyzer, text, "碳化硅") {
		t.Fatal("the built-in dictionary is not what this test expects")
	}
	a := with(t, Options{UserDict: strings.NewReader("\ufeff# 用户词典\n瑶光焊膏\n７Ｑ５膠膜 10 # 繁体、全角也可以\n\n碳化硅 0\r\n燒結銀漿料 5 n\n")})
	for word, want := range map[string]bool{"瑶光焊膏": true, "7q5胶膜": true, "烧结银浆料": true, "碳化硅": false} {
		if hasWord(a, text, word) != want {
			t.Errorf("word %q: %v, want %v", word, !want, want)
		}
	}
	if !hasWord(analyzer, text, "碳化硅") {
		t.Error("one analyzer's user dictionary changed another analyzer")
	}
}

func TestStopWords(t *testing.T) {
	a := with(t, Options{StopWords: strings.NewReader("碳化硅\n!the\n")})
	got := terms(a.Tokens(nil, "碳化硅 the of"))
	if got["碳化硅"] || !got["the"] || got["of"] {
		t.Errorf("terms %v", got)
	}
	if !got["碳化"] {
		t.Error("stopping a word stopped the words inside it")
	}
}

func TestSynonyms(t *testing.T) {
	a := with(t, Options{Synonyms: strings.NewReader("银烧结，烧结银、 nano-silver\n凸点 => 焊球\n")})
	for _, c := range []struct {
		query, term string
		want        bool
	}{
		{"银烧结工艺", "烧结银", true},
		{"烧结银", "银烧结", true},
		{"银烧结", "nano-silver", true},
		{"凸点", "焊球", true},
		{"焊球", "凸点", false},
		{"二氧化钛", "tio2", true}, // built in
		{"TiO2", "二氧化钛", true},
		{"人工智能", "ai", true},
	} {
		found := false
		for _, tok := range a.QueryTokens(nil, c.query) {
			if tok.Term == c.term {
				found = true
				if !tok.Synonym || tok.Weight >= 1 || tok.Weight <= 0 || tok.End > len(c.query) {
					t.Errorf("%q → %+v is not a weighted synonym", c.query, tok)
				}
			}
		}
		if found != c.want {
			t.Errorf("query %q has %q: %v, want %v", c.query, c.term, found, c.want)
		}
		if terms(a.Tokens(nil, c.query))[c.term] {
			t.Errorf("Tokens(%q) added the synonym %q: only queries have them", c.query, c.term)
		}
	}
}

func TestQueryKeepsWhatWasAsked(t *testing.T) {
	want := analyzer.Tokens(nil, sample)
	var got []Token
	for _, tok := range analyzer.QueryTokens(nil, sample) {
		if !tok.Synonym {
			got = append(got, tok)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d tokens, want %d", len(got), len(want))
	}
}

func TestListErrors(t *testing.T) {
	long := strings.Repeat("长", 40)
	for _, c := range []struct {
		name string
		o    Options
		want []string
	}{
		{"weight", Options{UserDict: strings.NewReader("好词\n坏词 abc\n")}, []string{"用户词典第 2 行", "abc", "不小于 0"}},
		{"negative", Options{UserDict: strings.NewReader("坏词 -1\n")}, []string{"用户词典第 1 行"}},
		{"not a number", Options{UserDict: strings.NewReader("坏词 NaN\n")}, []string{"用户词典第 1 行"}},
		{"too many columns", Options{UserDict: strings.NewReader("\n\n一 2 n x\n")}, []string{"用户词典第 3 行", "多出了内容"}},
		{"long word", Options{UserDict: strings.NewReader(long)}, []string{"用户词典第 1 行", "超过 32 个字"}},
		{"not UTF-8", Options{UserDict: strings.NewReader("\xb4\xca\xb5\xe4\n")}, []string{"用户词典第 1 行", "UTF-8"}},
		{"long line", Options{StopWords: strings.NewReader("短\n" + strings.Repeat("a", 70_000))}, []string{"停用词表第 2 行", "过长"}},
		{"lonely synonym", Options{Synonyms: strings.NewReader("# 注释\n银烧结\n")}, []string{"同义词表第 2 行", "至少要有两个"}},
		{"no right side", Options{Synonyms: strings.NewReader("凸点 =>\n")}, []string{"同义词表第 1 行", "缺少词语"}},
		{"no left side", Options{Synonyms: strings.NewReader("=> 凸点\n")}, []string{"同义词表第 1 行", "缺少词语"}},
		{"only a mark", Options{StopWords: strings.NewReader("!\n")}, []string{"停用词表第 1 行", "缺少词语"}},
		{"two lists", Options{UserDict: strings.NewReader("坏 x"), Synonyms: strings.NewReader("一")}, []string{"用户词典第 1 行", "同义词表第 1 行"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := New(c.o)
			if jiqiao.CodeOf(err) != jiqiao.CodeInvalid {
				t.Fatalf("error %v, want an invalid one", err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not say %q", err, want)
				}
			}
		})
	}
}

func TestListErrorsAreBounded(t *testing.T) {
	_, err := New(Options{UserDict: strings.NewReader(strings.Repeat("坏 x\n", 1000))})
	var e *jiqiao.Error
	if !errors.As(err, &e) || len(e.Fields) != maxListProblems {
		t.Fatalf("error %v", err)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("disk on fire") }

func TestUnreadableList(t *testing.T) {
	_, err := New(Options{Synonyms: brokenReader{}})
	if err == nil || !strings.Contains(err.Error(), "disk on fire") {
		t.Fatalf("error %v", err)
	}
}

func TestLargeUserDictionary(t *testing.T) {
	var b strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&b, "%c%c%c\n", 0x4E00+i%5000, 0x5E00+i/7%3000, 0x6E00+i%911)
	}
	a := with(t, Options{UserDict: strings.NewReader(b.String())})
	if a.Words() < analyzer.Words()+15_000 {
		t.Errorf("%d words, %d without the user's", a.Words(), analyzer.Words())
	}
	if !hasWord(a, "碳化硅模块", "碳化硅") {
		t.Error("the built-in words are gone")
	}
}

func TestVersion(t *testing.T) {
	seen := map[string]string{analyzer.Version(): "default"}
	if again := with(t, Options{}).Version(); again != analyzer.Version() {
		t.Errorf("the same chain has versions %s and %s", again, analyzer.Version())
	}
	for name, o := range map[string]Options{
		"user":     {UserDict: strings.NewReader("瑶光")},
		"stop":     {StopWords: strings.NewReader("瑶光")},
		"synonyms": {Synonyms: strings.NewReader("瑶光,天枢")},
		"weight":   {UserDict: strings.NewReader("瑶光 7")},
	} {
		v := with(t, o).Version()
		if other, ok := seen[v]; ok {
			t.Errorf("%s and %s have the same version %s", name, other, v)
		}
		seen[v] = name
	}
}

func TestReload(t *testing.T) {
	h := NewHolder(with(t, Options{}))
	old := h.Get()
	if err := h.Reload(Options{UserDict: strings.NewReader("坏 x")}); err == nil || h.Get() != old {
		t.Fatalf("a bad dictionary was put in use: %v", err)
	}
	var readers sync.WaitGroup
	stop := make(chan struct{})
	for range 2 {
		readers.Add(1)
		go func() {
			defer readers.Done()
			for {
				select {
				case <-stop:
					return
				default:
					h.Get().Tokens(nil, "瑶光焊膏")
				}
			}
		}()
	}
	if err := h.Reload(Options{UserDict: strings.NewReader("瑶光焊膏")}); err != nil {
		t.Fatal(err)
	}
	close(stop)
	readers.Wait()
	if !hasWord(h.Get(), "瑶光焊膏", "瑶光焊膏") || h.Get().Version() == old.Version() {
		t.Error("the new dictionary is not in use")
	}
	if hasWord(old, "瑶光焊膏", "瑶光焊膏") {
		t.Error("the old analyzer changed")
	}
	if before := h.Swap(old); before == old || h.Get() != old {
		t.Error("Swap did not swap")
	}
}

func TestTraditionalFoldsBack(t *testing.T) {
	a := with(t, Options{})
	for _, text := range []string{"污水处理与资源化", "锂离子电池隔膜的热稳定性", "数控机床主轴轴承", "发动机后处理系统"} {
		other := Traditional(text)
		if other == text {
			t.Errorf("%s has no traditional form", text)
		}
		if got := a.Fold(other); got != a.Fold(text) {
			t.Errorf("%s → %s → %s", text, other, got)
		}
	}
}
