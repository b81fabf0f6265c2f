package sheet

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"

	"jiqiao"
)

// Names of the sheets of a workbook.
const (
	guideSheet = "填写说明"
	codesSheet = "字典"
)

// lastValidated is the last row that offers drop-downs.
const lastValidated = DefaultRows + 1

// xlsxWriter streams rows into a workbook with guide, drop-downs and frozen titles. The rows go through a temporary
// file; the finished archive is held in memory once, in Close.
type xlsxWriter struct {
	w       io.Writer
	columns []Column
	book    *excelize.File
	stream  *excelize.StreamWriter
	styles  bookStyles
	at      int // the last row written
}

type bookStyles struct{ title, required, text, number, sample, wrong, fault int }

func newXLSXWriter(w io.Writer, kind jiqiao.Kind, columns []Column) (*xlsxWriter, error) {
	return startWorkbook(w, kind, columns, plainSheet(columns))
}

// sheetColumn is one column of the data sheet: a title, the side's column it belongs to, if any, and the place of its
// cell in a row of the file it came from.
type sheetColumn struct {
	title  string
	column *Column
	from   int
}

func plainSheet(columns []Column) []sheetColumn {
	all := make([]sheetColumn, len(columns))
	for i := range columns {
		all[i] = sheetColumn{columns[i].title(), &columns[i], i}
	}
	return all
}

func startWorkbook(w io.Writer, kind jiqiao.Kind, columns []Column, layout []sheetColumn) (*xlsxWriter, error) {
	x := &xlsxWriter{w: w, columns: columns, book: excelize.NewFile()}
	if err := x.start(kind, layout); err != nil {
		return nil, errors.Join(fmt.Errorf("start workbook: %w", err), x.book.Close())
	}
	return x, nil
}

func (x *xlsxWriter) start(kind jiqiao.Kind, layout []sheetColumn) error {
	data := kind.Label()
	if err := x.book.SetSheetName("Sheet1", data); err != nil {
		return err
	}
	if err := x.makeStyles(); err != nil {
		return err
	}
	if err := x.writeGuide(kind); err != nil {
		return err
	}
	ranges, err := x.writeCodes()
	if err != nil {
		return err
	}
	if err := x.addDropDowns(data, layout, ranges); err != nil {
		return err
	}
	if x.stream, err = x.book.NewStreamWriter(data); err != nil {
		return err
	}
	return x.writeTitles(layout)
}

func (x *xlsxWriter) makeStyles() error {
	grid := []excelize.Border{{Type: "bottom", Color: "D9D9D9", Style: 1}, {Type: "right", Color: "D9D9D9", Style: 1}}
	fill := func(colour string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
	}
	top := &excelize.Alignment{Vertical: "top", WrapText: true}
	middle := &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}
	const text = 49 // the number format "@": long numbers keep their digits
	for into, style := range map[*int]*excelize.Style{
		&x.styles.title:    {Font: &excelize.Font{Bold: true}, Fill: fill("DCE6F1"), Border: grid, Alignment: middle, NumFmt: text},
		&x.styles.required: {Font: &excelize.Font{Bold: true, Color: "C00000"}, Fill: fill("DCE6F1"), Border: grid, Alignment: middle, NumFmt: text},
		&x.styles.text:     {Alignment: top, NumFmt: text},
		&x.styles.number:   {Alignment: &excelize.Alignment{Vertical: "top"}},
		&x.styles.sample:   {Font: &excelize.Font{Italic: true, Color: "7F7F7F"}, Fill: fill("F2F2F2"), Alignment: top, NumFmt: text},
		&x.styles.wrong:    {Fill: fill("FFC7CE"), Font: &excelize.Font{Color: "9C0006"}, Alignment: top, NumFmt: text},
		&x.styles.fault:    {Font: &excelize.Font{Color: "9C0006"}, Alignment: top, NumFmt: text},
	} {
		id, err := x.book.NewStyle(style)
		if err != nil {
			return err
		}
		*into = id
	}
	return nil
}

// writeGuide writes the sheet 填写说明.
func (x *xlsxWriter) writeGuide(kind jiqiao.Kind) error {
	if _, err := x.book.NewSheet(guideSheet); err != nil {
		return err
	}
	rows := [][]any{
		{kind.Label() + "填写说明"},
		{"1. 请在「" + kind.Label() + "」表中填写，一行一条；列名带 * 的必填，列的顺序可以调整，不用的列可以删除。"},
		{"2. 第 2 行是示例，导入时会跳过；请在它下面填写，或直接改写（去掉「" + sampleMark + "」）。"},
		{"3. 同一单位（统一社会信用代码或单位名称）的同名记录再次导入时更新原记录，不会重复；空白的格不改动原有内容。"},
		{"4. 一格填多项时用分号（；）或顿号（、）隔开。有下拉列表的列可填名称或代码。"},
		{"5. 日期可写 2026-11-22、2026/11/22、2026年11月；金额单位为万元，可写 80、50-100、50万元、1.2亿、面议。"},
		{"6. 单位规模、简介等单位信息，同一单位填一行即可。"},
		{},
		{"列名", "必填", "填写说明", "示例", "可选值"},
	}
	titlesAt := len(rows)
	for _, c := range x.columns {
		must := ""
		if c.Required {
			must = "是"
		}
		rows = append(rows, []any{c.Header, must, c.Hint, c.Sample, c.choices()})
	}
	for i, row := range rows {
		if err := x.book.SetSheetRow(guideSheet, "A"+strconv.Itoa(i+1), &row); err != nil {
			return err
		}
	}
	for i, width := range []float64{18, 6, 60, 50, 60} {
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := x.book.SetColWidth(guideSheet, name, name, width); err != nil {
			return err
		}
	}
	at := strconv.Itoa(titlesAt)
	if err := x.book.SetCellStyle(guideSheet, "A"+strconv.Itoa(titlesAt+1), "E"+strconv.Itoa(len(rows)), x.styles.text); err != nil {
		return err
	}
	return x.book.SetCellStyle(guideSheet, "A"+at, "E"+at, x.styles.title)
}

// choices says what a column with a list accepts.
func (c *Column) choices() string {
	if c.List == flagList {
		return "是、否"
	}
	list, ok := jiqiao.LookupList(c.List)
	if !ok {
		return ""
	}
	text := ""
	if len(list.Items) > 20 {
		text = "见下拉列表（" + list.Source + "）"
	} else {
		for i, item := range list.Items {
			if i > 0 {
				text += "、"
			}
			text += item.Label
		}
	}
	if c.Many {
		text += "；可多项"
	}
	return text
}

// writeCodes writes the hidden sheet that the drop-downs point to, one column per list, and returns the lists' ranges.
func (x *xlsxWriter) writeCodes() (map[string]string, error) {
	if _, err := x.book.NewSheet(codesSheet); err != nil {
		return nil, err
	}
	ranges := make(map[string]string)
	at := 0
	for i := range x.columns {
		list := x.columns[i].List
		if _, done := ranges[list]; list == "" || done {
			continue
		}
		at++
		name, err := excelize.ColumnNumberToName(at)
		if err != nil {
			return nil, err
		}
		title, items := options(list)
		if n := x.columns[i].Offered; n > 0 {
			items = items[:n] // no other column of the side has this list
		}
		cells := append([]string{title}, items...)
		if err := x.book.SetSheetCol(codesSheet, name+"1", &cells); err != nil {
			return nil, err
		}
		ranges[list] = fmt.Sprintf("%s!$%s$2:$%s$%d", codesSheet, name, name, len(cells))
	}
	return ranges, x.book.SetSheetVisible(codesSheet, false)
}

// options are a list's title and what its drop-down offers.
func options(list string) (title string, items []string) {
	if list == flagList {
		return "是否", []string{"是", "否"}
	}
	all, _ := jiqiao.LookupList(list)
	for _, item := range all.Items {
		items = append(items, codeText(list, item.Code))
	}
	return all.Label, items
}

// addDropDowns offers the lists. Other entries are allowed with a warning: several values in one cell, and spellings
// that reading understands.
func (x *xlsxWriter) addDropDowns(data string, layout []sheetColumn, ranges map[string]string) error {
	for i, s := range layout {
		if s.column == nil || s.column.List == "" {
			continue
		}
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		dv := excelize.NewDataValidation(true)
		dv.SetSqref(fmt.Sprintf("%s2:%s%d", name, name, lastValidated))
		dv.SetSqrefDropList(ranges[s.column.List])
		dv.ShowErrorMessage = !s.column.Many
		dv.SetError(excelize.DataValidationErrorStyleWarning, "不在列表中", "请尽量从下拉列表中选择。仍要使用填写的内容吗？")
		if s.column.Many {
			dv.ShowErrorMessage = false
			dv.SetInput(s.column.Header, "可填多项，用分号（；）隔开")
		}
		if err := x.book.AddDataValidation(data, dv); err != nil {
			return err
		}
	}
	return nil
}

func (x *xlsxWriter) writeTitles(layout []sheetColumn) error {
	titles := make([]any, len(layout))
	for i, s := range layout {
		width, style := 20.0, x.styles.title
		if s.column != nil {
			width = s.column.Width
			if s.column.Required {
				style = x.styles.required
			}
		}
		if s.title == ErrorHeader {
			width = 60
		}
		if err := x.stream.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
		if err := x.stream.SetColStyle(i+1, i+1, x.styles.text); err != nil {
			return err
		}
		titles[i] = excelize.Cell{StyleID: style, Value: s.title}
	}
	if err := x.stream.SetPanes(&excelize.Panes{Freeze: true, XSplit: 1, YSplit: 1, TopLeftCell: "B2", ActivePane: "bottomRight"}); err != nil {
		return err
	}
	x.at = 1
	return x.stream.SetRow("A1", titles, excelize.RowOpts{Height: 32})
}

// row writes cells in one style; 0 is the columns' own.
func (x *xlsxWriter) row(cells []string, style int) error {
	values := make([]any, len(cells))
	for i, c := range cells {
		if c != "" {
			values[i] = excelize.Cell{StyleID: style, Value: c}
		}
	}
	return x.values(values)
}

func (x *xlsxWriter) values(values []any) error {
	x.at++
	return x.stream.SetRow("A"+strconv.Itoa(x.at), values)
}

// Write implements Writer.
func (x *xlsxWriter) Write(e Entry) error {
	return x.row(cellsOf(x.columns, &e), x.styles.text)
}

// Close implements Writer.
func (x *xlsxWriter) Close() error {
	err := x.stream.Flush()
	if err == nil {
		err = x.book.Write(x.w)
	}
	return errors.Join(err, x.book.Close())
}

// Discard implements Writer.
func (x *xlsxWriter) Discard() { _ = x.book.Close() } // only temporary files are left behind, and the system clears those
