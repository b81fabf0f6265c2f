package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"jiqiao"
)

// readThrough reads a file as an import does. Rows come in order, good ones are valid, bad ones say why, and what ends the
// file early is an error for people.
func readThrough(t *testing.T, path string, kind jiqiao.Kind) {
	r, err := Open(path, kind, Limits{Rows: 200, CellRunes: 1000, Bytes: 1 << 20})
	if err == nil {
		defer func() { _ = r.Close() }()
	}
	for last := 0; err == nil; {
		var row *Row
		if row, err = r.Next(); err != nil {
			break
		}
		if row.Number <= last {
			t.Fatalf("row %d after row %d", row.Number, last)
		}
		last = row.Number
		if row.OK() && row.Entry.Record.Validate() != nil {
			t.Fatalf("row %d is good and not valid", row.Number)
		}
		for _, e := range row.Errors {
			if e.Row != row.Number || e.Message == "" {
				t.Fatalf("row %d has the error %+v", row.Number, e)
			}
		}
	}
	if !errors.Is(err, io.EOF) && jiqiao.CodeOf(err) == jiqiao.CodeInternal {
		t.Fatalf("no error for people: %v", err)
	}
}

// FuzzOpenXLSX puts anything where a workbook has its sheet and its shared strings.
func FuzzOpenXLSX(f *testing.F) {
	base := workbook(f, [][]any{{"需求名称", "单位名称", "拟投入资金"}, {"研制", "甲", 50}, {"开发", "乙", "面议"}}, func(x *excelize.File) {
		_ = x.SetCellValue("Sheet1", "D1", "主要技术难题")
	})
	parts := map[string]string{}
	archive, err := zip.NewReader(bytes.NewReader(base), int64(len(base)))
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range archive.File {
		in, err := file.Open()
		if err != nil {
			f.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			f.Fatal(err)
		}
		parts[file.Name] = string(content)
	}
	sheet, shared := parts["xl/worksheets/sheet1.xml"], parts["xl/sharedStrings.xml"]
	if sheet == "" || shared == "" {
		f.Fatalf("the workbook has changed: %d parts", len(parts))
	}
	f.Add(sheet, shared)
	f.Add(strings.ReplaceAll(sheet, `r="A2"`, `r="XFD2"`), shared)
	f.Add(strings.ReplaceAll(sheet, `r="2"`, `r="1048577"`), shared)
	f.Add(strings.ReplaceAll(sheet, `t="s"`, `t="e"`), shared)
	f.Add(strings.Replace(sheet, "<v>1</v>", "<v>99999999</v>", 1), shared)
	f.Add(strings.Replace(sheet, "<v>0</v>", "<v>-1</v>", 1), strings.Replace(shared, "研制", "&#x0;", 1))
	f.Add(sheet[:len(sheet)/2], shared)
	f.Add(sheet, "")
	f.Fuzz(func(t *testing.T, sheet, shared string) {
		data := repack(t, base, func(name string, content []byte) []byte {
			switch name {
			case "xl/worksheets/sheet1.xml":
				return []byte(sheet)
			case "xl/sharedStrings.xml":
				return []byte(shared)
			}
			return content
		}, nil)
		readThrough(t, write(t, "x.xlsx", data), jiqiao.KindNeed)
	})
}

func FuzzOpenJSONL(f *testing.F) {
	for _, seed := range []string{
		`{"title":"研制","owner":{"name":"甲"}}`, "{\"title\":1}\n\n{}", `{"kind":"achievement","title":"x"}`, `[]`, `{"price":{"min":1e99}}`,
		`{"title":"研制","owner":{"name":"甲"},"metrics":[{"name":"a","value":1e400}],"organisation":{"scale":"x"}}`, "{\"title\":\"\xff\"}", `{"team":[null]}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range jiqiao.Kinds {
			readThrough(t, write(t, "x.jsonl", []byte(`{"title":"一","owner":{"name":"甲"}}`+"\n"+text)), kind)
		}
	})
}

func TestWrongTypesAreNamedInChinese(t *testing.T) {
	for line, want := range map[string]string{
		`{"title":["需求"]}`:                   "第 1 行「需求名称」字段 title 的类型不对，不能是列表",
		`{"title":"需求","keywords":"a"}`:      "第 1 行「关键词」字段 keywords 的类型不对，不能是文字",
		`{"title":"需求","challenge":{}}`:      "第 1 行「是否揭榜挂帅」字段 challenge 的类型不对，不能是对象",
		`{"title":"需求","price":{"min":1.5}}`: "第 1 行「拟投入资金」字段 price.min 的类型不对，不能是数字1.5",
		`{"title":true}`:                     "第 1 行「需求名称」字段 title 的类型不对，不能是 true 或 false",
	} {
		rows := readAll(t, write(t, "x.jsonl", []byte(line)), jiqiao.KindNeed)
		if len(rows) != 1 || len(rows[0].Errors) == 0 {
			t.Errorf("%s: no error", line)
		} else if got := Sentence(rows[0].Errors[0]); got != want {
			t.Errorf("%s:\n%s, want\n%s", line, got, want)
		}
	}
}
