package sheet

import (
	"errors"
	"slices"
	"strings"

	"jiqiao"
)

// fields finds the column of a record's field, to turn what validation says into errors of cells.
type fields struct {
	columns []Column
	byPath  map[string]int
}

func fieldsOf(columns []Column) fields {
	f := fields{columns, make(map[string]int, len(columns))}
	for i, c := range columns {
		f.byPath[c.Path] = i
	}
	return f
}

// column is that of a JSON path: metrics[2].value belongs to metrics, price.min to price, owner to its name; nil when
// no column holds it.
func (f fields) column(path string) *Column {
	if at, ok := f.byPath[path+".name"]; ok {
		return &f.columns[at]
	}
	for path != "" {
		if at, ok := f.byPath[path]; ok {
			return &f.columns[at]
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return nil
}

// validate adds what the record's own rules say about the fields that could be read, and sets the checks for
// later. Has reports whether the file has a column.
func (f fields) validate(r *Row, has func(*Column) bool) {
	for _, e := range f.check(r.Number, r.Entry) {
		if !slices.ContainsFunc(r.Errors, func(had jiqiao.CellError) bool { return had.Column == e.Column && e.Column != "" }) {
			r.Errors = append(r.Errors, e)
		}
	}
	number := r.Number
	r.check = func(e Entry) []jiqiao.CellError { return f.check(number, e) }
	r.warn = func(e Entry) []jiqiao.CellError { return f.warn(number, e, has) }
}

// check is at most one error for each column.
func (f fields) check(row int, e Entry) []jiqiao.CellError {
	var invalid *jiqiao.Error
	if err := e.Record.Validate(); !errors.As(err, &invalid) {
		return nil
	}
	var found []jiqiao.CellError
	for _, field := range invalid.Fields {
		c := f.cellError(row, e, field)
		if c.Column == "" || !slices.ContainsFunc(found, func(had jiqiao.CellError) bool { return had.Column == c.Column }) {
			found = append(found, c)
		}
	}
	return found
}

func (f fields) warn(row int, e Entry, has func(*Column) bool) []jiqiao.CellError {
	var found []jiqiao.CellError
	for _, field := range e.Record.Warnings() {
		if column := f.column(field.Field); column == nil || has(column) {
			found = append(found, f.cellError(row, e, field))
		}
	}
	return found
}

func (f fields) cellError(row int, e Entry, field jiqiao.FieldError) jiqiao.CellError {
	c := jiqiao.CellError{Row: row, Message: field.Message}
	if column := f.column(field.Field); column != nil {
		c.Column = column.Header
		if column.Path != field.Field+".name" { // contact as a whole is not its name
			c.Value = cutRunes(column.write(&e), 100)
		}
	}
	return c
}
