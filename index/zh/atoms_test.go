package zh

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// kinds writes a text's tokens of some kinds as "term term", parts in brackets.
func kinds(text string, want ...Kind) string {
	var all []string
	for _, tok := range analyzer.Tokens(nil, text) {
		for _, k := range want {
			if tok.Kind == k && tok.Part {
				all = append(all, "("+tok.Term+")")
			} else if tok.Kind == k {
				all = append(all, tok.Term)
			}
		}
	}
	return strings.Join(all, " ")
}

func TestMeasures(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"厚0.5mm", "0.5mm"},
		{"厚0.5 mm", "0.5mm"},
		{"厚0.5  mm", ""}, // two spaces: a table's columns
		{"厚０．５ｍｍ", "0.5mm"},
		{"厚.5mm", "5mm"}, // written without the nought it cannot be told from a full stop
		{"500um 500μm 500µm", "500μm 500μm 500μm"},
		{"100 µL 5 uL", "100μl 5μl"},
		{"25℃ 25°C 25 °C 25 ° C", "25℃ 25℃ 25℃ 25°"},
		{"77°F", "77℉"},
		{"90° 90度", "90°"},
		{"10kΩ 10kΩ", "10kω 10kω"},
		{"5Å", "5å"},
		{"30m² 30m2 30㎡ 30 m^2", "30m2 30m2 30m2 30m2"},
		{"3cm⁻¹ 3cm-1", "3cm-1 3cm-1"},
		{"5m-20m", "5m 20m"},
		{"60 mg/L 60mg·L⁻¹", "60mg/l 60mg·l-1"},
		{"2.5 W/m2 150mAh/g 0.3 kg/m3", "2.5w/m2 150mah/g 0.3kg/m3"},
		{"5 m/x", "5m"},
		{"95% 3‰ 20ppm 5wt%", "95% 3‰ 20ppm 5wt%"},
		{"10MPa 10Gbps 10TB 10GB", "10mpa 10gbps 10tb 10gb"},
		{"5G 4K 10M", ""},
		{"5g 300K 4 K 10m", "5g 300k 4k 10m"},
		{"3D 7nmx", ""},
		{"1,200V 1,200,000 V 1,20V", "1200v 1200000v 20v"},
		{"5毫米 5千瓦 5小时 5吨 5兆帕", "5mm 5kw 5h 5t 5mpa"},
		{"10～20mm 10-20mm 10至20mm 10到20mm", "10mm 20mm 10mm 20mm 10mm 20mm 10mm 20mm"},
		{"2±0.1μm", "2μm 0.1μm"},
		{"10~20个", ""},
		{"-40℃ −40℃ (-40℃)", "-40℃ -40℃ -40℃"},
		{"A-40℃", ""}, // a model
		{"192.168.1.1 v1.2.3m", ""},
	} {
		if diff := cmp.Diff(c.want, kinds(c.text, Measure)); diff != "" {
			t.Errorf("measures of %q: %s", c.text, diff)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"共304个", "304"},
		{"2016-2020年", "2016 2020"},
		{"0.5mm", "(0.5)"},
		{"1,200V", "(1200)"},
		{"1,20", "1 20"},
		{"1.5.", "1.5"},
		{"-5", "-5"},
		{"--5", "5"},
		{"甲-5", "5"}, // a stroke, not a sign
		{"7075-T6", "(7075)"},
		{"SUS304", "(304)"},
		{"Q235B", "(235)"},
		{"ResNet50", ""},
		{"GB/T 19001-2016", "(19001)"},
	} {
		if diff := cmp.Diff(c.want, kinds(c.text, Number)); diff != "" {
			t.Errorf("numbers of %q: %s", c.text, diff)
		}
	}
}

func TestFormulas(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Al2O3 Al₂O₃ H2O CO2 SO₂ N2 H2", "al2o3 al2o3 h2o co2 so2 n2 h2"},
		{"SiC GaN NaCl LiFePO4 Ga₂O₃", "sic gan nacl lifepo4 ga2o3"},
		{"LiNi0.8Co0.1Mn0.1O2", "lini0.8co0.1mn0.1o2"},
		{"SiC/SiC C/SiC", "sic/sic (sic) (sic) (sic)"},
		{"PC HIV CO NO BP C60 SUS304 TC4 Word Basic", ""},
		{"al2o3", ""}, // in small letters it is a model, with the same term
	} {
		if diff := cmp.Diff(c.want, kinds(c.text, Formula)); diff != "" {
			t.Errorf("formulas of %q: %s", c.text, diff)
		}
	}
}

func TestModels(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"YOLOv8", "yolov8 (yolo)"},
		{"v8", "v8"},
		{"GPT4", "gpt4 (gpt)"},
		{"Li-ion", "li-ion (liion) (li) (ion)"},
		{"TCP/IP", "tcp/ip (tcp) (ip)"},
		{"R&D", "r&d"},
		{"C++ C# F#", "c++ c# f#"},
		{"A++ C+", "a++ c"},
		{"node.js", "node.js (node) (js)"},
		{"结束.下一句", ""},
		{"AEC-Q101", "aec-q101 (aecq101) (aec) (q101)"},
		{"p-n", "p-n (pn)"},
		{"a_b-c/d", "a_b-c/d"},
		{"the of DNA", "dna"},
		{"α相 β-葡聚糖", "α β"},
		{"カタカナ", "カタカナ"},
		{strings.Repeat("a", 60), ""},
		{strings.Repeat("ab-", 30) + "cd", strings.TrimSpace(strings.Repeat("ab ", 30)) + " cd"},
	} {
		if diff := cmp.Diff(c.want, kinds(c.text, Model, Latin)); diff != "" {
			t.Errorf("models of %q: %s", c.text, diff)
		}
	}
}

func TestStandards(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"GB/T 19001-2016", "gb/t19001-2016 (gb/t19001)"},
		{"GB/T19001—2016", "gb/t19001-2016 (gb/t19001)"},
		{"gb/t 19001-2016", "gb/t19001-2016 (gb/t19001)"},
		{"GBT 19001", "gb/t19001"},
		{"GB 4943.1-2011", "gb4943.1-2011 (gb4943.1)"},
		{"GB/T 1.1", "gb/t1.1"},
		{"ISO 9001:2015 iso9001", "iso9001-2015 (iso9001) iso9001"},
		{"ISO/IEC 27001", "iso/iec27001"},
		{"ISO/TS 16949", "iso/ts16949"},
		{"IEC 61000-4-2:2008", "iec61000-4-2-2008 (iec61000-4-2)"},
		{"ISO 14040-1", "iso14040-1"},
		{"IEEE 802.11", "ieee802.11"},
		{"ASTM D638 JIS G3101", "astmd638 jisg3101"},
		{"DB32/T 1234-2020", "db32/t1234-2020 (db32/t1234)"},
		{"T/CSTM 00123-2021", "t/cstm00123-2021 (t/cstm00123)"},
		{"JB/T 8126 jb/t 8126", "jb/t8126 jb/t8126"},
		{"GB/T 19001-20160", "gb/t19001"},
		{"GB/T", ""},
		{"DB32 1234", ""},
		{"T/A 12", ""},
		{"en 50 ISO标准 XYZ 123", ""},
		{"GB 19001abc", ""},
	} {
		if diff := cmp.Diff(c.want, kinds(c.text, Standard)); diff != "" {
			t.Errorf("standards of %q: %s", c.text, diff)
		}
	}
}

func TestCompounds(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"石墨烯/PE", "石墨烯/pe"},
		{"PE/石墨烯", "pe/石墨烯"},
		{"石墨烯／ＰＥ", "石墨烯/pe"},
		{"铜-Al2O3", "铜-al2o3"},
		{"石墨烯/PE/碳纳米管", "石墨烯/pe pe/碳纳米管"},
		{"光伏/储能", ""},
		{"石墨烯 / PE", ""},
		{"PE", ""},
		{"/PE", ""},
		{"石墨烯/", ""},
	} {
		if diff := cmp.Diff(c.want, kinds(c.text, Compound)); diff != "" {
			t.Errorf("compounds of %q: %s", c.text, diff)
		}
	}
}

func TestMixedWords(t *testing.T) {
	a := with(t, Options{UserDict: strings.NewReader("维生素B12\nn型硅\nCAR-T疗法\n304不锈钢\n非X光片")})
	for _, c := range []struct{ text, want string }{
		{"补充维生素B12片", "维生素b12"},
		{"n型硅片", "n型硅"},
		{"CAR-T疗法", "car-t疗法"},
		{"304不锈钢", "304不锈钢"},
		{"SUS304不锈钢", ""}, // another steel's name
		{"非X光片", "非x光片"},
		{"维生素B2", ""},
	} {
		found := ""
		for _, tok := range a.Tokens(nil, c.text) {
			if tok.Term == c.want && tok.Kind == Word {
				found = tok.Term
				if text := a.Fold(c.text[tok.Start:tok.End]); text != c.want {
					t.Errorf("%q is marked at %q", c.want, text)
				}
			}
			if tok.Term == "304不锈钢" && strings.HasPrefix(c.text, "SUS") {
				t.Error("304不锈钢 found in SUS304不锈钢")
			}
		}
		if found != c.want {
			t.Errorf("%q has no mixed word %q", c.text, c.want)
		}
	}
}

// Every token's place in the original folds to its term, but for normal forms, which are known.
func TestPlacesHoldTheirTerms(t *testing.T) {
	for _, text := range []string{sample, "開發複合材料與塗層，用ＧＢ／Ｔ標準", "Schro\u0308dinger 深\u200b度学习 ㎡"} {
		for _, tok := range analyzer.Tokens(nil, text) {
			place := analyzer.Fold(text[tok.Start:tok.End])
			switch tok.Kind {
			case Measure, Unit, Standard, Number:
				continue
			case Model:
				place = strings.ReplaceAll(place, "-", "")
				tok.Term = strings.ReplaceAll(tok.Term, "-", "")
			}
			if place != tok.Term {
				t.Errorf("%s %q stands at %q", tok.Kind, tok.Term, place)
			}
		}
	}
}

// Positions count words upwards, and a part stays at its word's.
func TestPositions(t *testing.T) {
	pos := map[string]int{}
	last := 0
	for _, tok := range analyzer.Tokens(nil, "高纯碳化硅的3D打印，GB/T 19001-2016认证") {
		pos[tok.Term] = tok.Pos
		if tok.Pos < last-1 {
			t.Errorf("position of %q falls to %d", tok.Term, tok.Pos)
		}
		last = tok.Pos
	}
	if pos["碳化"] != pos["碳化硅"] || pos["19001"] != pos["gb/t19001-2016"] || pos["3d"] != pos["3d打印"] {
		t.Errorf("parts have other positions than their words: %v", pos)
	}
	if pos["3d"] != pos["碳化硅"]+2 {
		t.Errorf("碳化硅 at %d, 3d at %d: the stop word between them counts", pos["碳化硅"], pos["3d"])
	}
}
