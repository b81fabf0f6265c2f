package sheet

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"

	"jiqiao"
)

// Form writes one form as a workbook of one sheet: a heading, then a line for each field with the part of the form in the
// first column, the field's name in the second and what is filled in in the third. Texts cannot become formulas.
func Form(w io.Writer, title string, fields []jiqiao.FormField) error {
	x := &xlsxWriter{w: w, book: excelize.NewFile()}
	name := sheetName(title)
	err := errors.Join(x.book.SetSheetName("Sheet1", name), x.makeStyles())
	if err == nil {
		err = x.writeForm(name, title, fields)
	}
	if err == nil {
		err = x.book.Write(w)
	}
	if err = errors.Join(err, x.book.Close()); err != nil {
		return fmt.Errorf("write the form %s: %w", title, err)
	}
	return nil
}

func (x *xlsxWriter) writeForm(name, title string, fields []jiqiao.FormField) error {
	if err := errors.Join(
		x.book.SetCellStr(name, "A1", neutralise(clean(title))), x.book.MergeCell(name, "A1", "C1"),
		x.book.SetCellStyle(name, "A1", "C1", x.styles.title), x.book.SetRowHeight(name, 1, 32),
		x.book.SetColWidth(name, "A", "A", 20), x.book.SetColWidth(name, "B", "B", 24), x.book.SetColWidth(name, "C", "C", 60),
	); err != nil {
		return err
	}
	for i, f := range fields {
		at := strconv.Itoa(i + 2)
		value, err := tableCell(f.Value)
		if err != nil {
			return err
		}
		style := x.styles.text
		if _, text := value.(string); !text && value != nil {
			style = x.styles.number
		}
		if err := errors.Join(
			x.book.SetCellStr(name, "A"+at, f.Group), x.book.SetCellStr(name, "B"+at, f.Label), x.book.SetCellValue(name, "C"+at, value),
			x.book.SetCellStyle(name, "A"+at, "B"+at, x.styles.title), x.book.SetCellStyle(name, "C"+at, "C"+at, style),
		); err != nil {
			return err
		}
	}
	return nil
}
