package sheet

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"jiqiao"
)

func tableRows(rows [][]any, last error) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
		if last != nil {
			yield(nil, last)
		}
	}
}

// readTable is what a spreadsheet program finds in the first sheet.
func readTable(t *testing.T, file io.Reader) (*excelize.File, string, [][]string) {
	t.Helper()
	book, err := excelize.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = book.Close() })
	name := book.GetSheetName(0)
	rows, err := book.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	return book, name, rows
}

func TestTable(t *testing.T) {
	at := time.Date(2026, 11, 22, 17, 30, 1, 5, time.UTC) // the next day in Beijing
	var gone *time.Time
	var file bytes.Buffer
	columns := []string{"名称", "=数", "金额", "日期", "时间", "标记", "多项"}
	err := Table(t.Context(), &file, "对接/项目", columns, tableRows([][]any{
		{"净水", 3, jiqiao.Fen(12_345_678), jiqiao.Date("2026-11-22"), at, true, []string{"甲", "乙"}},
		{`=HYPERLINK("http://x")`, -1.5, jiqiao.WanYuan(80), nil, &at, false, []string(nil)},
		{"＠全角", int64(1_234_567_890), jiqiao.Fen(-1), jiqiao.Date(""), gone, nil, []string{"-1+1", "x"}},
		{jiqiao.StatusPublished, uint8(7), "007", "", time.Time{}, "a\x00\x0bb", "+1"},
	}, nil))
	if err != nil {
		t.Fatal(err)
	}
	book, name, rows := readTable(t, &file)
	if name != "对接 项目" {
		t.Errorf("the sheet is called %q", name)
	}
	want := [][]string{
		{"名称", "'=数", "金额", "日期", "时间", "标记", "多项"},
		{"净水", "3", "12.345678", "2026-11-22", "2026-11-23 01:30:01", "是", "甲；乙"},
		{`'=HYPERLINK("http://x")`, "-1.5", "80 万元", "", "2026-11-23 01:30:01", "否"},
		{"'＠全角", "1234567890", "-0.000001", "", "", "", "'-1+1；x"},
		{"published", "7", "007", "", "", "ab", "'+1"},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for cell, want := range map[string]excelize.CellType{"B2": excelize.CellTypeUnset, "C2": excelize.CellTypeUnset, "C5": excelize.CellTypeInlineString} {
		if got, err := book.GetCellType(name, cell); err != nil || got != want {
			t.Errorf("%s has type %v, %v; want %v", cell, got, err, want)
		}
	}
	if formula, err := book.GetCellFormula(name, "A3"); err != nil || formula != "" {
		t.Errorf("A3 is a formula: %q, %v", formula, err)
	}
}

func TestTableFails(t *testing.T) {
	broken := errors.New("broken")
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx  context.Context
		rows iter.Seq2[[]any, error]
		want func(error) bool
	}{
		"a broken source": {t.Context(), tableRows(nil, broken), func(err error) bool { return errors.Is(err, broken) }},
		"cancelled":       {cancelled, tableRows([][]any{{"a"}}, nil), func(err error) bool { return errors.Is(err, context.Canceled) }},
		"a short row":     {t.Context(), tableRows([][]any{{}}, nil), func(err error) bool { return err != nil }},
		"a strange cell":  {t.Context(), tableRows([][]any{{struct{}{}}}, nil), func(err error) bool { return err != nil }},
	} {
		t.Run(name, func(t *testing.T) {
			var file bytes.Buffer
			if err := Table(c.ctx, &file, "表", []string{"列"}, c.rows); !c.want(err) || file.Len() > 0 {
				t.Errorf("Table: %v, %d bytes written", err, file.Len())
			}
		})
	}
}

func TestSheetName(t *testing.T) {
	for title, want := range map[string]string{
		"": "导出", "[a]:b": "a  b", "'": "导出", strings.Repeat("长", 40): strings.Repeat("长", 31),
	} {
		if got := sheetName(title); got != want {
			t.Errorf("sheetName(%q) = %q, want %q", title, got, want)
		}
	}
}

// Rows go to the temporary file, so that ten times the rows hold no more memory while they are written.
func TestTableMemory(t *testing.T) {
	held := func(n int) uint64 {
		var most uint64
		rows := func(yield func([]any, error) bool) {
			for i := range n {
				if i%(n/8) == 0 {
					var m runtime.MemStats
					runtime.GC()
					runtime.ReadMemStats(&m)
					most = max(most, m.HeapAlloc)
				}
				if !yield([]any{strings.Repeat("净水", 200), i}, nil) {
					return
				}
			}
		}
		if err := Table(t.Context(), io.Discard, "表", []string{"列", "数"}, rows); err != nil {
			t.Fatal(err)
		}
		return most
	}
	held(2000)
	few, many := held(20_000), held(60_000)
	if many > few+24<<20 {
		t.Errorf("%d rows hold %d bytes, %d rows %d", 20_000, few, 60_000, many)
	}
}
