package sheet

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"jiqiao"
)

func TestSeparators(t *testing.T) {
	columns := Columns(jiqiao.KindNeed)
	for text, want := range map[string]rune{
		"需求名称,单位名称\n":                     ',',
		"需求名称;单位名称;手机\n一;甲,乙;1\n":         ';',
		"需求名称\t单位名称\n":                    '\t',
		"需求名称|单位名称\n":                     '|',
		"需求名称，单位名称\n":                     '，',
		"关于征集、汇总，填报;的通知\n需求名称,单位名称\n":     ',',
		"\"需求名称\",\"单位,名称\",手机\n":         ',',
		"没有表头\n":                          ',',
		"":                                ',',
		"需求名称;单位名称\n\"一;二\n三\";\"甲;乙\"\n": ';',
	} {
		if got := separator([]byte(text), columns); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestEncodings(t *testing.T) {
	gbk := func(s string) string {
		out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	const rest = "需求名称,单位名称\n碳化硅𠮷,甲公司\n"
	latin := "name,x\n" + strings.Repeat("abc,def\n", 3)
	for name, c := range map[string]struct{ data, title string }{
		"utf-8":                    {rest, "碳化硅𠮷"},
		"gb18030 with four bytes":  {gbk(rest), "碳化硅𠮷"},
		"gb18030 below plain rows": {latin + gbk(rest), "碳化硅𠮷"},
		"utf-8 below plain rows":   {latin + rest, "碳化硅𠮷"},
		"a long first line":        {strings.Repeat("说明", 4000) + "\n" + rest, "碳化硅𠮷"},
	} {
		t.Run(name, func(t *testing.T) {
			rows := readAll(t, write(t, "x.csv", []byte(c.data)), jiqiao.KindNeed)
			if len(rows) != 1 || rows[0].Entry.Record.Head().Title != c.title {
				t.Errorf("%+v", rows)
			}
		})
	}
	t.Run("one bad byte in utf-8", func(t *testing.T) {
		rows := readAll(t, write(t, "x.csv", []byte(rest+"坏\xfe的,乙公司\n好的,丙公司\n")), jiqiao.KindNeed)
		if len(rows) != 3 || rows[1].OK() || !rows[0].OK() || !rows[2].OK() || !strings.Contains(Sentence(rows[1].Errors[0]), "第 3 行「需求名称」含有无法识别的字符") {
			t.Errorf("%+v", rows)
		}
	})
	t.Run("one bad byte in gb18030", func(t *testing.T) {
		rows := readAll(t, write(t, "x.csv", []byte(gbk(rest)+"\xff\xff,"+gbk("乙公司\n好的,丙公司\n"))), jiqiao.KindNeed)
		if len(rows) != 3 || rows[1].OK() || !rows[2].OK() {
			t.Errorf("%+v", rows)
		}
	})
}

// Quotes in the middle, quotes that never end, short and long rows: nothing is lost without a word.
func TestLooseCSV(t *testing.T) {
	for name, c := range map[string]struct {
		data string
		want []string // titles, or the first error
	}{
		"quote inside":   {"需求名称,单位名称\n5\" 晶圆,甲\n", []string{"5\" 晶圆"}},
		"short row":      {"需求名称,单位名称,手机\n一,甲\n", []string{"一"}},
		"long row":       {"需求名称,单位名称\n一,甲,多余,的\n", []string{"一"}},
		"endless quote":  {"需求名称,单位名称\n\"一,甲\n二,乙\n", []string{"「单位名称」必填，请填写"}},
		"blank lines":    {"\n\n需求名称,单位名称\n\n一,甲\n,\n \n二,乙\n", []string{"一", "二"}},
		"no line end":    {"需求名称,单位名称\n一,甲", []string{"一"}},
		"old mac quoted": {"需求名称,单位名称\r\n\"一\r\n二\",甲\r\n", []string{"一二"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, r := range readAll(t, write(t, "x.csv", []byte(c.data)), jiqiao.KindNeed) {
				if r.OK() {
					got = append(got, r.Entry.Record.Head().Title)
				} else {
					got = append(got, faultText(r.Errors[0]))
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSplit(t *testing.T) {
	for s, want := range map[string][]string{
		"": nil, "；；": nil, "a；b": {"a", "b"}, " a ；\tb ": {"a", "b"}, `a\；b；c`: {`a\；b`, "c"}, `a\\；b`: {`a\\`, "b"}, `a\`: {`a\`}, `a\ ；b`: {`a\ `, "b"},
	} {
		if got := split(s, entrySeparators); !cmp.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
	for s, want := range map[string]string{"": "", "abc": "abc", `a\；b`: "a；b", `\\`: `\`, `a\`: "a"} {
		if got := unescape(s); got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
		if back := unescape(escape(s)); back != s {
			t.Errorf("%q escaped reads %q", s, back)
		}
	}
}

// However the sheet's XML is cut into writes, the last row is found.
func TestLastRow(t *testing.T) {
	xml := `<worksheet><sheetData><row r="1"><c><v>row 7</v></c></row><row spans="1:3" r="12" ht="3"><c/></row>` +
		`<x:row r="345"><c t="inlineStr"><is><t>a row r="9" in words</t></is></c></x:row></sheetData></worksheet>`
	for size := 1; size < len(xml)+10; size += 7 {
		w := &lastRow{}
		for rest := []byte(xml); len(rest) > 0; rest = rest[min(size, len(rest)):] {
			if _, err := w.Write(rest[:min(size, len(rest))]); err != nil {
				t.Fatal(err)
			}
		}
		// Words in a cell may hide the last rows of one write; a number that is too high would be the harm.
		if w.number > 345 || size < 20 && w.number != 345 || !w.closed() {
			t.Errorf("in pieces of %d: row %d, closed %v", size, w.number, w.closed())
		}
	}
	if w := (&lastRow{}); w.closed() || w.number != 0 {
		t.Error("an empty part is closed")
	}
}

// Sheets are found by the workbook's relations, not by the order of their parts.
func TestSheetsByName(t *testing.T) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, text := range map[string]string{
		"xl/workbook.xml": `<workbook xmlns:r="r"><sheets><sheet name="甲" sheetId="1" r:id="rId2"/><sheet name="乙" sheetId="2" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Target="/xl/worksheets/Sheet1.xml"/>` +
			`<Relationship Id="rId2" Target="worksheets/sheet2.xml"/></Relationships>`,
	} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	got := bySheetName(r, map[string]int{"xl/worksheets/sheet1.xml": 10, "xl/worksheets/sheet2.xml": 20})
	if diff := cmp.Diff(map[string]int{"甲": 20, "乙": 10}, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzOpenCSV(f *testing.F) {
	f.Add([]byte("需求名称,单位名称\n一,甲\n"))
	f.Add([]byte("\xEF\xBB\xBF需求名称;单位名称\n\"一\n二\";甲\n"))
	f.Add([]byte(`{"title":"一","owner":{"name":"甲"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Open(write(t, "x", data), jiqiao.KindNeed, Limits{Rows: 100, CellRunes: 1000})
		for last := 0; err == nil; {
			var row *Row
			if row, err = r.Next(); err == nil {
				if row.Number <= last {
					t.Fatalf("row %d after row %d", row.Number, last)
				}
				last = row.Number
				if row.OK() && row.Entry.Record.Validate() != nil {
					t.Fatal("a good row is not valid")
				}
			}
		}
		if err.Error() != "EOF" && jiqiao.CodeOf(err) == jiqiao.CodeInternal {
			t.Fatalf("no error for people: %v", err)
		}
	})
}
