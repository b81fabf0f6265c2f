package sheet

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"slices"

	"jiqiao"
)

// Writer writes records as a file that reads back unchanged.
type Writer interface {
	Write(e Entry) error
	// Close finishes the file; of an xlsx file nothing reaches the underlying writer before.
	Close() error
	// Discard gives up the file and releases what Close would.
	Discard()
}

// NewWriter starts a file. What a viewer may not see must be taken out of the entries before.
func NewWriter(w io.Writer, kind jiqiao.Kind, format Format) (Writer, error) {
	return newWriter(w, kind, format, Columns(kind))
}

func newWriter(w io.Writer, kind jiqiao.Kind, format Format, columns []Column) (Writer, error) {
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

// Export writes records in order. organisation gives the details of an owner by id; one that is not found is left out.
// Nil makes a file for the public, without the columns that the public may not see: empty ones would delete what is
// stored when the file comes back. The first error of the sequence ends the export and is returned.
func Export(ctx context.Context, w io.Writer, kind jiqiao.Kind, format Format, records iter.Seq2[jiqiao.Record, error],
	organisation func(ctx context.Context, id string) (jiqiao.Organisation, error),
) error {
	columns := Columns(kind)
	if organisation == nil {
		columns = slices.DeleteFunc(columns, Column.confidential)
	}
	out, err := newWriter(w, kind, format, columns)
	if err != nil {
		return err
	}
	owners := make(map[string]jiqiao.Organisation)
	write := func() error {
		for rec, err := range records {
			if err != nil {
				return err
			}
			e := Entry{Record: rec}
			if id := rec.Head().Owner.ID; id != "" && organisation != nil {
				if _, known := owners[id]; !known {
					org, err := organisation(ctx, id)
					if err != nil && jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
						return fmt.Errorf("get owner %s: %w", id, err)
					}
					owners[id] = org
				}
				e.Organisation = owners[id]
			}
			if err := out.Write(e); err != nil {
				return fmt.Errorf("write record %s: %w", rec.Head().ID, err)
			}
		}
		return nil
	}
	if err := write(); err != nil {
		out.Discard()
		return err
	}
	return out.Close()
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

func (c *csvWriter) Discard() {}

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

func (j *jsonlWriter) Discard() {}
