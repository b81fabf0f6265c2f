package zh

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite golden files")

// analyzer is loaded once: it is immutable.
var analyzer = func() *Analyzer {
	a, err := New(Options{})
	if err != nil {
		panic(err)
	}
	return a
}()

func TestTokenTables(t *testing.T) {
	const path = "testdata/tokens.txt"
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for line := range strings.Lines(string(old)) {
		line = strings.TrimRight(line, "\n")
		text, ok := strings.CutPrefix(line, "> ")
		if strings.HasPrefix(line, "\t") {
			continue
		}
		b.WriteString(line + "\n")
		if ok {
			for _, tok := range analyzer.Tokens(nil, text) {
				b.WriteString("\t" + row(tok) + "\n")
			}
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(old), b.String()); diff != "" && !*update {
		t.Errorf("tokens changed (-update rewrites them): %s", diff)
	}
}

func row(t Token) string {
	s := fmt.Sprintf("%s %s %d-%d @%d", t.Term, t.Kind, t.Start, t.End, t.Pos)
	if t.AlsoBigram {
		s += " +bigram"
	}
	if t.Part {
		s += " part"
	}
	if t.Synonym {
		s += fmt.Sprintf(" synonym×%.1f", t.Weight)
	}
	return s
}

func terms(tokens []Token) map[string]bool {
	set := map[string]bool{}
	for _, t := range tokens {
		set[t.Term] = true
	}
	return set
}

// A query finds a text when all its terms are terms of the text.
func TestQueriesFindTexts(t *testing.T) {
	for _, c := range []struct {
		query, text string
		found       bool
	}{
		{"处理", "待处理", true},
		{"工程", "在建工程", true},
		{"在建", "在建工程项目", true},
		{"烯薄", "石墨烯薄膜", true}, // no word, only a bigram
		{"19001", "符合GB/T 19001-2016", true},
		{"GB/T19001", "符合ＧＢ／Ｔ １９００１－２０１６", true},
		{"gb/t 19001—2016", "GB/T19001-2016", true},
		{"GBT19001", "GB/T 19001-2016", true},
		{"iso 9001", "ISO 9001:2015", true},
		{"ISO 9001", "ISO 9001:2015", true},
		{"ISO", "ISO 9001:2015", true},
		{"PE", "石墨烯/PE", true},
		{"石墨烯/pe", "采用石墨烯/PE复合", true},
		{"石墨烯", "采用石墨烯/PE复合", true},
		{"YOLO", "YOLOv8", true},
		{"yolov8", "YOLOv8", true},
		{"wifi", "Wi-Fi", true},
		{"304", "SUS304", true},
		{"304不锈钢", "304不锈钢管", true},
		{"不锈钢", "304不锈钢管", true},
		{"al2o3", "Al₂O₃陶瓷", true},
		{"AL2O3", "Al₂O₃陶瓷", true},
		{"Al2O3", "al2o3陶瓷", true},
		{"0.5mm", "≤0.5 mm", true},
		{"≤0.5 mm", "０．５ｍｍ", true},
		{"0.5毫米", "0.5mm", false}, // the unit's word is a term of its own
		{"0.5mm", "0.5毫米", true},
		{"85℃", "85 °C", true},
		{"85°C", "85摄氏度", true},
		{"5G", "5g", true},
		{"5G", "15G", false},
		{"10kV", "10 kv", true},
		{"PM2.5", "pm2.5治理", true},
		{"C++", "c++", true},
		{"C", "C++", false},
		{"3D打印", "金属3d打印技术", true},
		{"打印", "金属3D打印技术", true},
		{"毫米波", "20毫米波", true},
		{"钢", "钢与铝", true},
		{"軟體", "软件", true},
		{"软件", "軟體", true},
		{"機器學習", "机器学习", true},
		{"雷射", "激光", true},
		{"方程式", "方程序", false},
		{"氮化镓", "碳化硅", false},
	} {
		have := terms(analyzer.Tokens(nil, c.text))
		found := true
		for term := range terms(analyzer.Tokens(nil, c.query)) {
			found = found && have[term]
		}
		if found != c.found {
			t.Errorf("%q in %q: %v, want %v", c.query, c.text, found, c.found)
		}
	}
}

// Whatever run of two and more Han characters is asked, a text that holds it is found by its bigrams.
func TestEverySubstringIsFound(t *testing.T) {
	text := []rune("面向大功率碳化硅模块的双面散热银烧结封装与可靠性评估关键技术研究")
	have := terms(analyzer.Tokens(nil, string(text)))
	for i := range text {
		for j := i + 2; j <= len(text); j++ {
			for k := i; k+2 <= j; k++ {
				if !have[string(text[k:k+2])] {
					t.Fatalf("bigram %q is no term", string(text[k:k+2]))
				}
			}
		}
	}
}

func TestTraditionalAndSimplifiedAreOne(t *testing.T) {
	for _, c := range [][2]string{
		{"機器學習與半導體製程", "机器学习与半导体工艺"},
		{"積體電路設計軟體", "集成电路设计软件"},
		{"奈米材料", "纳米材料"},
		{"網際網路資訊安全", "互联网信息安全"},
		{"感測器與雷射雷達", "传感器与激光雷达"},
		{"矽晶圓", "硅晶圆"},
		{"程式碼最佳化", "代码优化"},
		{"線性方程式", "线性方程式"},
		{"顯著提高", "显著提高"},
		{"特徵提取", "特征提取"},
		{"乾燥設備", "干燥设备"},
		{"複合材料", "复合材料"},
		{"覆蓋", "覆盖"},
		{"臺灣", "台湾"},
		{"軟體機器人", "软件机器人"},
		{"⼯程", "工程"},
		{"金屬", "金属"},
		{"ＡＢＣ１２３", "abc123"},
		{"Ｈ₂Ｏ", "h2o"},
		{"㎡ ㎜ ㎏ ℃", "m2 mm kg °c"},
		{"10⁻⁶ x²", "10-6 x2"},
		{"µm", "μm"},
		{"≦ ⩽", "≤ ≤"},
		{"–—―−", "----"},
		{"Schrödinger", "schrodinger"},
		{"Schro\u0308dinger", "schrodinger"},
		{"①", "1"},
		{"𝑥𝟐", "x2"},
		{"深\u200b度\ufeff", "深度"},
		{"a\u00a0b　c", "a b c"},
		{"软体机器人", "软体机器人"}, // soft robots, not software
		{"影像", "影像"},
	} {
		got, want := analyzer.Fold(c[0]), analyzer.Fold(c[1])
		if got != want {
			t.Errorf("Fold(%q) = %q, Fold(%q) = %q", c[0], got, c[1], want)
		}
		if want != c[1] {
			t.Errorf("Fold(%q) = %q is not folded", c[1], want)
		}
	}
}

func TestLongTexts(t *testing.T) {
	for name, unit := range map[string]string{
		"one character": "硅", "words": "碳化硅功率器件", "letters": "a", "digits": "7", "strokes": "a-", "points": "1.", "marks": "，",
		"mixed": "3D打印Al₂O₃，≤0.5 mm；", "bad bytes": "\xff\xe7", "combining": "e\u0301\u0301", "traditional": "積體電路",
	} {
		text := strings.Repeat(unit, 100_000/len([]rune(unit)))
		checkTokens(t, name, text)
	}
}

// checkTokens checks what holds for every text.
func checkTokens(t *testing.T, name, text string) {
	t.Helper()
	last := 0
	for _, tok := range analyzer.Tokens(nil, text) {
		if tok.Start < last || tok.End <= tok.Start || tok.End > len(text) || tok.Term == "" || tok.Kind == 0 || tok.Pos < 0 || tok.Weight != 1 {
			t.Fatalf("%s: token %+v after %d in %d bytes", name, tok, last, len(text))
		}
		last = tok.Start
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"", sample, "GB/T 19001-2016", "-40～125℃", "1,200.5kg", "石墨烯/PE-石墨烯", "a\xffb\u0301", "°\u0301C", "奈\u200b米", "方程式碼",
		"2.4GHz/0.4kV", "m/s/", "5g·", "wt%", "DB32/T", "T/", "C++#", "𠀀𠀁硅"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		checkTokens(t, "fuzz", text)
		analyzer.QueryTokens(nil, text)
		once := analyzer.Fold(text)
		if twice := analyzer.Fold(once); twice != once {
			t.Fatalf("Fold(%q) = %q, again %q", text, once, twice)
		}
	})
}

// Folded texts need not have the tokens of the original: case tells formulas and units. But terms do not depend on width.
func TestTokensAppend(t *testing.T) {
	first := analyzer.Tokens(nil, "碳化硅")
	both := analyzer.Tokens(first[:len(first):len(first)], "氮化镓")
	if diff := cmp.Diff(analyzer.Tokens(nil, "碳化硅"), both[:len(first)]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(analyzer.Tokens(nil, "氮化镓"), both[len(first):]); diff != "" {
		t.Error(diff)
	}
}

func TestConcurrentUse(t *testing.T) {
	want := analyzer.Tokens(nil, sample)
	done := make(chan string)
	for range 4 {
		go func() {
			for range 50 {
				if diff := cmp.Diff(want, analyzer.Tokens(nil, sample)); diff != "" {
					done <- diff
					return
				}
			}
			done <- ""
		}()
	}
	for range 4 {
		if diff := <-done; diff != "" {
			t.Error(diff)
		}
	}
}

func TestKindNames(t *testing.T) {
	for k := Word; k <= Compound; k++ {
		if k.String() == "" || k.String() == "?" {
			t.Errorf("kind %d has no name", k)
		}
	}
	if Kind(99).String() != "?" {
		t.Error("an unknown kind has a name")
	}
}
