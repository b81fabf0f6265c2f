package intake

import (
	"context"
	"slices"
	"unicode/utf8"

	"jiqiao"
	"jiqiao/internal/sheet"
)

// maxCell bounds the text of a cell that is shown, in characters.
const maxCell = 300

// defaultRows and maxRows are how many rows a part has.
const (
	defaultRows = 50
	maxRows     = 200
)

// Rows is a part of an imported file as it was typed, with what was found in each row.
func (s *Service) Rows(ctx context.Context, id string, q jiqiao.ImportRowsQuery) (jiqiao.ImportRows, error) {
	imp, err := s.GetImport(ctx, id)
	if err != nil {
		return jiqiao.ImportRows{}, err
	}
	release, err := s.turn(ctx)
	if err != nil {
		return jiqiao.ImportRows{}, err
	}
	defer release()
	r, err := s.reopen(&imp)
	if err != nil {
		return jiqiao.ImportRows{}, err
	}
	found := jiqiao.ImportRows{Headers: r.Headers(), Items: []jiqiao.ImportRow{}}
	s.closeReader(r)
	if found.Headers == nil {
		for _, c := range sheet.Columns(imp.Kind) {
			found.Headers = append(found.Headers, c.Header)
		}
	}
	found.Fields = sheet.FieldsOf(imp.Kind, found.Headers)
	if q.Limit <= 0 {
		q.Limit = defaultRows
	}
	q.Limit = min(q.Limit, maxRows)
	notes := notesOf(&imp)
	err = s.eachRow(ctx, &imp, func(row *sheet.Row) (bool, error) {
		if row.Number <= q.After {
			return true, nil
		}
		one := notes.row(row)
		if !wanted(q.Only, one) {
			return true, nil
		}
		if len(found.Items) == q.Limit {
			found.Next = found.Items[q.Limit-1].Row
			return false, nil
		}
		found.Items = append(found.Items, one)
		return true, nil
	})
	return found, err
}

func wanted(only string, r jiqiao.ImportRow) bool {
	switch only {
	case "error":
		return len(r.Errors) > 0
	case "warning":
		return len(r.Warnings) > 0
	case "duplicate":
		return r.Duplicate
	}
	return true
}

// notes is what the report says, by row.
type notes struct {
	errors, warnings map[int][]jiqiao.CellError
	duplicates       []jiqiao.ImportDuplicate
}

func notesOf(imp *jiqiao.Import) notes {
	n := notes{map[int][]jiqiao.CellError{}, map[int][]jiqiao.CellError{}, imp.Duplicates}
	for _, e := range imp.Errors {
		n.errors[e.Row] = append(n.errors[e.Row], e)
	}
	for _, w := range imp.Warnings {
		n.warnings[w.Row] = append(n.warnings[w.Row], w)
	}
	return n
}

func (n notes) row(row *sheet.Row) jiqiao.ImportRow {
	one := jiqiao.ImportRow{Row: row.Number, Cells: make([]string, len(row.Cells)), Errors: n.errors[row.Number], Warnings: n.warnings[row.Number]}
	for i, cell := range row.Cells {
		if utf8.RuneCountInString(cell) > maxCell {
			cell = string([]rune(cell)[:maxCell]) + "……"
		}
		one.Cells[i] = cell
	}
	if one.Errors == nil {
		one.Errors = append([]jiqiao.CellError{}, row.Errors...) // beyond what the report has room for
	}
	if one.Warnings == nil {
		one.Warnings = []jiqiao.CellError{}
	}
	one.Duplicate = slices.ContainsFunc(n.duplicates, func(d jiqiao.ImportDuplicate) bool { return d.Row == row.Number })
	return one
}
