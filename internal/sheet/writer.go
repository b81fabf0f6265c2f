package sheet

import (
	"bufio"
	"encoding/csv"
	"io"

	"jiqiao"
)

// Writer writes records as a file that reads back unchanged. Close finishes the file; nothing may have reached the
// underlying writer before.
type Writer interface {
	Write(e Entry) error
	Close() error
}

// NewWriter starts a file. What a viewer may not see must be taken out of the entries before.
func NewWriter(w io.Writer, kind jiqiao.Kind, format Format) (Writer, error) {
	columns := Columns(kind)
	switch format {
	case XLSX:
		return newXLSXWriter(w, kind, columns)
	case CSV:
		return newCSVWriter(w, columns)
	default:
		return &jsonlWriter{bufio.NewWriter(w)}, nil
	}
}

// Template writes the empty form with its sample row, as xlsx or csv.
func Template(w io.Writer, kind jiqiao.Kind, format Format) error {
	sample := make([]string, 0, 64)
	for _, c := range Columns(kind) {
		sample = append(sample, c.Sample)
	}
	switch format {
	case XLSX:
		x, err := newXLSXWriter(w, kind, Columns(kind))
		if err != nil {
			return err
		}
		if err := x.row(sample, x.styles.sample); err != nil {
			return err
		}
		return x.Close()
	case CSV:
		c, err := newCSVWriter(w, Columns(kind))
		if err != nil {
			return err
		}
		if err := c.csv.Write(sample); err != nil {
			return err
		}
		return c.Close()
	}
	return fail(jiqiao.CodeUnsupported, "模板只有 xlsx 和 csv 两种格式")
}

// Sample is the template's sample row as a record that can be imported: without the mark that makes reading pass it
// over.
func Sample(kind jiqiao.Kind) Entry {
	e := NewEntry(kind)
	for _, c := range Columns(kind) {
		_ = c.set(&e, c.Sample) // a test reads every sample
	}
	head(&e).Title = head(&e).Title[len(sampleMark):]
	return e
}

func cellsOf(columns []Column, e *Entry) []string {
	cells := make([]string, len(columns))
	for i, c := range columns {
		cells[i] = neutralise(c.write(e))
	}
	return cells
}

type csvWriter struct {
	columns []Column
	csv     *csv.Writer
}

// newCSVWriter begins with a byte-order mark, without which Excel takes the file for GBK, and ends lines as Excel does.
func newCSVWriter(w io.Writer, columns []Column) (*csvWriter, error) {
	if _, err := w.Write(utf8Mark); err != nil {
		return nil, err
	}
	c := &csvWriter{columns, csv.NewWriter(w)}
	c.csv.UseCRLF = true
	titles := make([]string, len(columns))
	for i, column := range columns {
		titles[i] = column.title()
	}
	return c, c.csv.Write(titles)
}

func (c *csvWriter) Write(e Entry) error { return c.csv.Write(cellsOf(c.columns, &e)) }

func (c *csvWriter) Close() error {
	c.csv.Flush()
	return c.csv.Error()
}

// title is the header as shown, required ones marked.
func (c *Column) title() string {
	if c.Required {
		return c.Header + "*"
	}
	return c.Header
}

type jsonlWriter struct{ w *bufio.Writer }

func (j *jsonlWriter) Write(e Entry) error {
	line, err := jsonLine(e)
	if err != nil {
		return err
	}
	_, err = j.w.Write(line)
	return err
}

func (j *jsonlWriter) Close() error { return j.w.Flush() }
