package sheet

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"jiqiao"
)

// Row is one data row of a file.
type Row struct {
	// Number is the row as the spreadsheet counts it, the line in a jsonl file.
	Number int
	// Cells are as typed, in the order of the file's columns.
	Cells []string
	// Entry is the row read on its own; incomplete when there are Errors.
	Entry Entry
	// Errors keep the row from being imported.
	Errors []jiqiao.CellError

	over  func(base Entry) Entry
	check func(e Entry) []jiqiao.CellError
	warn  func(e Entry) []jiqiao.CellError
}

// Over is base with everything that the row states put over it, and what is wrong with the result. Columns that the
// file does not have, and empty cells, leave base's fields alone: people fill in what changed and leave the rest blank.
// In jsonl a key is a statement, also of an empty value. The row must have no Errors.
func (r *Row) Over(base Entry) (Entry, []jiqiao.CellError) {
	e := r.over(base)
	return e, r.check(e)
}

// Warnings are what is unusual but allowed in e, which is the row's own Entry or what Over made of it. They concern only
// what the file states: a column that it lacks would give the same warning on every row. The row must have no Errors.
func (r *Row) Warnings(e Entry) []jiqiao.CellError { return r.warn(e) }

// OK reports whether the row can be imported.
func (r *Row) OK() bool { return len(r.Errors) == 0 }

// layout reads the cells of a file with a title row.
type layout struct {
	kind    jiqiao.Kind
	columns []Column
	heading heading
	limits  Limits
	fields  fields
	// file maps a side's column to the file's, or is absent.
	file map[int]int
}

func newLayout(kind jiqiao.Kind, columns []Column, h heading, limits Limits) *layout {
	l := &layout{kind: kind, columns: slices.Clone(columns), heading: h, limits: limits, fields: fieldsOf(columns), file: make(map[int]int)}
	for i, at := range h.columns {
		if at >= 0 {
			l.file[at] = i
			l.columns[at] = columns[at].titled(h.cells[i])
		}
	}
	return l
}

func (l *layout) row(number int, cells []string) *Row {
	r := &Row{Number: number, Cells: cells, Entry: NewEntry(l.kind)}
	fault := func(c *Column, message, value string) {
		r.Errors = append(r.Errors, jiqiao.CellError{Row: number, Column: c.Header, Message: message, Value: cutRunes(value, 100)})
	}
	for i := range l.columns {
		c := &l.columns[i]
		at, ok := l.file[i]
		if !ok {
			continue
		}
		value := cell(cells, at)
		if n := utf8.RuneCountInString(value); n > l.limits.CellRunes {
			fault(c, "有 "+strconv.Itoa(n)+" 个字，超过 "+strconv.Itoa(l.limits.CellRunes)+" 字的上限，请删减", value)
			continue
		}
		if !utf8.ValidString(value) || strings.ContainsRune(value, utf8.RuneError) {
			fault(c, "含有无法识别的字符（乱码），请用 UTF-8 编码另存后重新上传", strings.ToValidUTF8(value, string(utf8.RuneError)))
			continue
		}
		if err := c.set(&r.Entry, value); err != nil {
			fault(c, err.Error(), value)
			continue
		}
		if c.Required && blank(c.write(&r.Entry)) {
			fault(c, "必填，请填写", value)
		}
	}
	if strings.HasPrefix(head(&r.Entry).Title, sampleMark) {
		fault(&l.columns[l.fields.byPath["title"]], "以"+sampleMark+"开头：示例行请删掉，或去掉这几个字作为正式记录", head(&r.Entry).Title)
	}
	normalise(r.Entry.Record)
	l.fields.validate(r, l.has)
	r.over = func(base Entry) Entry { return l.over(base, cells) }
	return r
}

// has reports whether the file has the column.
func (l *layout) has(c *Column) bool {
	_, ok := l.file[l.fields.byPath[c.Path]]
	return ok
}

// over reads the cells that are filled in once more, onto what is there.
func (l *layout) over(base Entry, cells []string) Entry {
	e := base.clone()
	for i := range l.columns {
		at, ok := l.file[i]
		if !ok {
			continue
		}
		if value := cell(cells, at); squeeze(value) != "" {
			_ = l.columns[i].set(&e, value) // read before without error
		}
	}
	normalise(e.Record)
	return e
}

// normalise tidies the record but leaves the status open when the file does not say it: the importer decides.
func normalise(rec jiqiao.Record) {
	status := rec.Head().Status
	jiqiao.Normalise(rec)
	if status == "" {
		rec.Head().Status = ""
	}
}

// cell is a cell of the file as it was before export made it safe.
func cell(cells []string, at int) string {
	if at >= len(cells) {
		return ""
	}
	return restore(cells[at])
}

// untouchedSample reports whether the row is the template's sample row, unchanged.
func (l *layout) untouchedSample(cells []string) bool {
	at, ok := l.file[l.fields.byPath["title"]]
	if !ok || !strings.HasPrefix(clean(cell(cells, at)), sampleMark) {
		return false
	}
	for i, c := range l.columns {
		if at, ok := l.file[i]; ok && clean(cell(cells, at)) != c.Sample {
			return false
		}
	}
	return true
}
