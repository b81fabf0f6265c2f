package sheet

import (
	"errors"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"

	"jiqiao"
)

// xlsxSource reads one sheet of a workbook row by row.
type xlsxSource struct {
	book *excelize.File
	rows *excelize.Rows
	row  int
	// last is the number of the sheet's last row as its XML says, 0 when unknown: the library ends silently at
	// broken XML, and rows must not be lost in silence.
	last   int
	rebase bool  // the workbook counts days from 1904
	dates  []int // the columns to rebase, once the titles are known
}

// openXLSX checks the archive, then finds the first visible sheet with this side's titles.
func openXLSX(path string, kind jiqiao.Kind, columns []Column, limits Limits) (source, heading, []numbered, int, error) {
	lastRows, err := checkParts(path, limits.Unzipped)
	if err != nil {
		return nil, heading{}, nil, 0, err
	}
	book, err := excelize.OpenFile(path, excelize.Options{
		RawCellValue: true, UnzipSizeLimit: limits.Unzipped, UnzipXMLSizeLimit: limits.Memory, TmpDir: limits.TempDir,
	})
	if err != nil {
		return nil, heading{}, nil, 0, damaged(err)
	}
	props, err := book.GetWorkbookProps()
	rebase := err == nil && props.Date1904 != nil && *props.Date1904
	firstErr := error(nil)
	for _, name := range book.GetSheetList() {
		if visible, err := book.GetSheetVisible(name); err != nil || !visible {
			continue
		}
		src := &xlsxSource{book: book, rebase: rebase, last: lastRows[name]}
		h, ahead, err := src.open(name, kind, columns)
		if err == nil {
			return src, h, ahead, src.last, nil
		}
		if firstErr == nil {
			firstErr = err
		}
	}
	if firstErr == nil {
		firstErr = fail(jiqiao.CodeInvalid, "工作簿里没有可见的工作表")
	}
	return nil, heading{}, nil, 0, errors.Join(firstErr, book.Close())
}

func (s *xlsxSource) open(name string, kind jiqiao.Kind, columns []Column) (heading, []numbered, error) {
	rows, err := s.book.Rows(name)
	if err != nil {
		return heading{}, nil, damaged(err)
	}
	s.rows = rows
	ahead, err := lookAhead(s)
	if err == nil {
		var h heading
		if h, err = findHeading(kind, columns, ahead); err == nil {
			ahead = after(ahead, h.row)
			if s.rebase {
				s.dates = dateColumns(columns, h)
				for _, row := range ahead {
					s.rebaseRow(row.cells)
				}
			}
			return h, ahead, nil
		}
	}
	_ = rows.Close() // read only: nothing can be lost
	return heading{}, nil, err
}

// rebaseRow brings the days of a row to the 1900 date system.
func (s *xlsxSource) rebaseRow(cells []string) {
	for _, at := range s.dates {
		if at < len(cells) {
			cells[at] = rebaseSerial(cells[at])
		}
	}
}

// dateColumns are the places of the file's columns that hold days.
func dateColumns(columns []Column, h heading) []int {
	var places []int
	for i, at := range h.columns {
		if at >= 0 && columns[at].Date {
			places = append(places, i)
		}
	}
	return places
}

func (s *xlsxSource) next() (numbered, error) {
	if !s.rows.Next() {
		if err := s.rows.Error(); err != nil {
			return numbered{}, damaged(err)
		}
		if s.row < s.last {
			return numbered{}, jiqiao.Fail(jiqiao.CodeInvalid, "工作表在第 "+strconv.Itoa(s.row)+" 行之后已损坏，请在 Excel 或 WPS 中重新保存后再上传", nil)
		}
		return numbered{}, io.EOF
	}
	s.row++
	cells, err := s.rows.Columns()
	if err != nil {
		return numbered{}, damaged(err)
	}
	s.rebaseRow(cells)
	return numbered{s.row, cells}, nil
}

func (s *xlsxSource) close() error {
	return errors.Join(s.rows.Close(), s.book.Close())
}
