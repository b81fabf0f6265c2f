package sheet

import (
	"context"
	"fmt"
	"io"
	"iter"
	"reflect"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"jiqiao"
)

// Table writes rows as a workbook of one sheet with frozen titles; it is for reading and is not imported. Memory does not
// grow with the rows. A cell is nil or "" (left empty), a text, which no spreadsheet program can take for a formula,
// a number, a jiqiao.Fen (a number of 万元), a jiqiao.Money, a jiqiao.Date, a bool (是 or 否), a time (Beijing's, to the
// second; the zero time is left empty), or []string, whose parts are separated by ；. Any other cell, and a row that is not
// as long as columns, is an error. The first error of the sequence ends the export and is returned.
func Table(ctx context.Context, w io.Writer, title string, columns []string, rows iter.Seq2[[]any, error]) error {
	x := &xlsxWriter{w: w, book: excelize.NewFile()}
	write := func() error {
		titles := make([]string, len(columns))
		for i, c := range columns {
			titles[i] = neutralise(clean(c))
		}
		if err := x.startPlain(sheetName(title), titles); err != nil {
			return fmt.Errorf("start the table %s: %w", title, err)
		}
		for row, err := range rows {
			if err != nil {
				return err
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := x.tableRow(row, len(columns)); err != nil {
				return fmt.Errorf("write row %d of the table %s: %w", x.at, title, err)
			}
		}
		return nil
	}
	if err := write(); err != nil {
		x.Discard()
		return err
	}
	return x.Close()
}

func (x *xlsxWriter) tableRow(row []any, columns int) error {
	if len(row) != columns {
		return fmt.Errorf("%d cells for %d columns", len(row), columns)
	}
	if x.at >= excelize.TotalRows {
		return jiqiao.Fail(jiqiao.CodeTooLarge, "导出的行数超过一张工作表的上限（1048576 行），请缩小筛选范围后再导出", nil)
	}
	values := make([]any, len(row))
	for i, cell := range row {
		value, err := tableCell(cell)
		if err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
		switch value.(type) {
		case nil:
		case string:
			values[i] = excelize.Cell{StyleID: x.styles.text, Value: value}
		default:
			values[i] = excelize.Cell{StyleID: x.styles.number, Value: value}
		}
	}
	return x.values(values)
}

// tableCell is what is written for a cell: nil, a string, or a number.
func tableCell(cell any) (any, error) {
	switch c := cell.(type) {
	case nil:
		return nil, nil //nolint:nilnil // an empty cell is no error
	case jiqiao.Fen:
		return float64(c) / jiqiao.Wan, nil
	case jiqiao.Money:
		return c.String(), nil
	case bool:
		if c {
			return "是", nil
		}
		return "否", nil
	case time.Time:
		if c.IsZero() {
			return nil, nil //nolint:nilnil // as above
		}
		return c.In(shanghai).Format(time.DateTime), nil
	case *time.Time:
		if c == nil {
			return nil, nil //nolint:nilnil // as above
		}
		return tableCell(*c)
	case []string:
		return tableCell(strings.Join(c, "；"))
	}
	switch v := reflect.ValueOf(cell); v.Kind() {
	case reflect.String: // jiqiao.Date and the named strings of the vocabulary, too
		if text := neutralise(clean(v.String())); text != "" {
			return text, nil
		}
		return nil, nil //nolint:nilnil // as above
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int(), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return v.Uint(), nil
	case reflect.Float32, reflect.Float64:
		return v.Float(), nil
	default:
		return nil, fmt.Errorf("a cell cannot be a %T", cell)
	}
}

// sheetName is the title as a sheet may be called: at most 31 characters and none of those that formulas use.
func sheetName(title string) string {
	name := []rune(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'：`, r) || unprintable(r) {
			return ' '
		}
		return r
	}, title))
	if len(name) > excelize.MaxSheetNameLength {
		name = name[:excelize.MaxSheetNameLength]
	}
	if text := strings.TrimSpace(string(name)); text != "" {
		return text
	}
	return "导出"
}
