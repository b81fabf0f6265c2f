package sheet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"jiqiao"
)

// maxComments bounds the notes on cells; every error is in the column 错误说明 as well.
const maxComments = 2000

// ErrorBook is a workbook of the user's own rows that failed, their bad cells coloured and annotated, with one more
// column that says what to do. Corrected, it is imported like any file.
type ErrorBook struct {
	x      *xlsxWriter
	kind   jiqiao.Kind
	layout []sheetColumn
	notes  int
}

// NewErrorBook starts a workbook for rows of a file with these titles, as Reader.Headers gives them; nil titles mean a
// jsonl file, whose rows are laid out as the template's.
func NewErrorBook(w io.Writer, kind jiqiao.Kind, headers []string) (*ErrorBook, error) {
	columns := Columns(kind)
	layout := plainSheet(columns)
	if headers != nil {
		layout = layoutOf(columns, headers)
	}
	b := &ErrorBook{kind: kind, layout: append(layout, sheetColumn{title: ErrorHeader})}
	var err error
	b.x, err = startWorkbook(w, kind, columns, b.layout)
	return b, err
}

// layoutOf keeps the file's own columns and order. A column of errors from an earlier round is left out.
func layoutOf(columns []Column, headers []string) []sheetColumn {
	h := titlesOf(columns).read(columns, 1, headers)
	var layout []sheetColumn
	for i, title := range headers {
		if headerKey(title) == ErrorHeader {
			continue
		}
		s := sheetColumn{title: neutralise(clean(title)), from: i}
		if at := h.columns[i]; at >= 0 {
			s.column = &columns[at]
		}
		layout = append(layout, s)
	}
	return layout
}

// Write adds a row with its errors.
func (b *ErrorBook) Write(cells []string, faults []jiqiao.CellError) error {
	wrong := make(map[string]string)
	var all []string
	for _, f := range faults {
		wrong[f.Column] = f.Message
		all = append(all, faultText(f))
	}
	values := make([]any, len(b.layout))
	at := b.x.at + 1
	for i, s := range b.layout[:len(b.layout)-1] {
		value, style := "", 0
		if s.from < len(cells) {
			value = neutralise(strings.ToValidUTF8(restore(cells[s.from]), "�"))
		}
		if s.column != nil && wrong[s.column.Header] != "" {
			style = b.x.styles.wrong
			if err := b.note(i+1, at, wrong[s.column.Header]); err != nil {
				return err
			}
		}
		if value != "" || style != 0 {
			values[i] = excelize.Cell{StyleID: style, Value: value}
		}
	}
	values[len(values)-1] = excelize.Cell{StyleID: b.x.styles.fault, Value: neutralise(strings.Join(all, "\n"))}
	return b.x.values(values)
}

// faultText is an error without its row, which changes in the workbook.
func faultText(f jiqiao.CellError) string {
	if f.Column == "" {
		return f.Message
	}
	return "「" + f.Column + "」" + f.Message
}

func (b *ErrorBook) note(column, row int, text string) error {
	if b.notes++; b.notes > maxComments {
		return nil
	}
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return err
	}
	return b.x.book.AddComment(b.kind.Label(), excelize.Comment{Cell: name, Author: "导入检查", Text: text})
}

// Close finishes the workbook.
func (b *ErrorBook) Close() error {
	if err := b.x.Close(); err != nil {
		return fmt.Errorf("write error workbook: %w", err)
	}
	return nil
}

// Sentence is an error in full: 第 12 行「拟投入资金」应为数字(万元)或「面议」，现为"好多".
func Sentence(f jiqiao.CellError) string {
	s := faultText(f)
	if f.Row > 0 {
		s = "第 " + strconv.Itoa(f.Row) + " 行" + s
	}
	if f.Value != "" {
		s += `，现为"` + f.Value + `"`
	}
	return s
}

// CopyErrors writes the workbook of every failed row of an open file. More adds errors found outside the sheet, by
// row; a row with neither is left out.
func CopyErrors(ctx context.Context, w io.Writer, r *Reader, kind jiqiao.Kind, more func(*Row) []jiqiao.CellError) (err error) {
	book, err := NewErrorBook(w, kind, r.Headers())
	if err != nil {
		return err
	}
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return book.Close()
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			book.x.Discard()
			return err
		}
		faults := slices.Concat(row.Errors, more(row))
		if len(faults) == 0 {
			continue
		}
		if err := book.Write(row.Cells, faults); err != nil {
			book.x.Discard()
			return fmt.Errorf("write row %d: %w", row.Number, err)
		}
	}
}
