package sheet

import (
	"jiqiao"
)

// Entry is what one row of a sheet says: a record, and what it says about the organisation that owns the record.
type Entry struct {
	Record jiqiao.Record
	// Organisation holds only what the row states; its zero fields say nothing about the organisation.
	Organisation jiqiao.Organisation
}

// NewEntry is an entry that says nothing yet.
func NewEntry(kind jiqiao.Kind) Entry { return Entry{Record: jiqiao.NewRecord(kind)} }

// clone copies the entry deep enough that columns may set fields of the copy: they replace slices, never write into
// them.
func (e Entry) clone() Entry {
	switch r := e.Record.(type) {
	case *jiqiao.Need:
		c := *r
		e.Record = &c
	case *jiqiao.Achievement:
		c := *r
		e.Record = &c
	}
	return e
}

func need(e *Entry) *jiqiao.Need               { return e.Record.(*jiqiao.Need) }
func achievement(e *Entry) *jiqiao.Achievement { return e.Record.(*jiqiao.Achievement) }
func head(e *Entry) *jiqiao.Header             { return e.Record.Head() }

// Format is a file format that records are read from and written to.
type Format string

// The formats, by the usual ending of their files' names.
const (
	XLSX  Format = "xlsx"
	CSV   Format = "csv"
	JSONL Format = "jsonl"
)

// ContentType is the format's media type.
func (f Format) ContentType() string {
	switch f {
	case XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case CSV:
		return "text/csv; charset=utf-8"
	default:
		return "application/x-ndjson"
	}
}

// ParseFormat reads a format's name.
func ParseFormat(name string) (Format, error) {
	switch f := Format(name); f {
	case XLSX, CSV, JSONL:
		return f, nil
	}
	return "", jiqiao.Fail(jiqiao.CodeUnsupported, "不支持的文件格式，请选 xlsx、csv 或 jsonl", nil)
}

// Limits bound what one file may cost. The zero value of each field means its default.
type Limits struct {
	// Bytes is the largest file, as uploaded.
	Bytes int64
	// Unzipped is the largest sum of an xlsx file's parts once unpacked; a zip bomb stops here.
	Unzipped int64
	// Memory is the size in bytes beyond which a part of an xlsx file is unpacked to TempDir instead of memory.
	Memory int64
	// Rows counts data rows, CellRunes the characters of one cell.
	Rows      int
	CellRunes int
	// TempDir is where large parts are unpacked; empty is the system's.
	TempDir string
}

// Defaults of Limits.
const (
	DefaultBytes     = 100 << 20
	DefaultUnzipped  = 1 << 30
	DefaultMemory    = 8 << 20
	DefaultRows      = 200_000
	DefaultCellRunes = 20_000
)

func (l Limits) withDefaults() Limits {
	l.Bytes = orDefault(l.Bytes, DefaultBytes)
	l.Unzipped = orDefault(l.Unzipped, DefaultUnzipped)
	l.Memory = min(orDefault(l.Memory, DefaultMemory), l.Unzipped)
	l.Rows = orDefault(l.Rows, DefaultRows)
	l.CellRunes = orDefault(l.CellRunes, DefaultCellRunes)
	return l
}

func orDefault[T int | int64](v, otherwise T) T {
	if v > 0 {
		return v
	}
	return otherwise
}
