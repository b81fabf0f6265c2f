package sheet

import (
	"errors"
	"io"
	"os"
	"strconv"
	"strings"

	"jiqiao"
)

// numbered is a row of cells with its number in the file.
type numbered struct {
	number int
	cells  []string
}

// source yields the rows of a file with a title row; io.EOF ends it. Blank rows may be among them.
type source interface {
	next() (numbered, error)
	close() error
}

// Reader yields the rows of one file. It is not safe for concurrent use.
type Reader struct {
	format  Format
	ignored []string
	headers []string
	total   int
	rows    int
	limits  Limits
	read    func() (*Row, error)
	close   func() error
}

// Open prepares a file for reading as records of one side. What the file is, is judged by its content; the name is
// not looked at. A file that cannot be read as a whole is a *jiqiao.Error that says why in Chinese: empty, damaged,
// encrypted, with macros, of another format, of the other side, without required columns.
func Open(path string, kind jiqiao.Kind, limits Limits) (*Reader, error) {
	limits = limits.withDefaults()
	info, err := os.Stat(path)
	if err != nil {
		return nil, jiqiao.Fail(jiqiao.CodeNotFound, "上传的文件已不在，请重新上传", err)
	}
	if info.Size() > limits.Bytes {
		return nil, TooLarge(limits.Bytes)
	}
	format, err := sniff(path)
	if err != nil {
		return nil, err
	}
	if format == JSONL {
		return openJSONL(path, kind, limits)
	}
	columns := Columns(kind)
	var (
		src   source
		h     heading
		ahead []numbered
		total int
	)
	if format == XLSX {
		src, h, ahead, total, err = openXLSX(path, kind, columns, limits)
	} else {
		src, h, ahead, err = openCSV(path, kind, columns)
	}
	if err != nil {
		return nil, err
	}
	return newTableReader(format, src, newLayout(kind, columns, h, limits), ahead, total), nil
}

// TooLarge is the error for a file above the limit in bytes.
func TooLarge(limit int64) error {
	return fail(jiqiao.CodeTooLarge, "文件超过 "+strconv.FormatInt(limit>>20, 10)+" MB，请拆成几个文件分别导入")
}

// newTableReader reads rows from ahead, those that were looked at to find the titles, then from src.
func newTableReader(format Format, src source, l *layout, ahead []numbered, total int) *Reader {
	r := &Reader{format: format, ignored: l.heading.ignored, headers: l.heading.cells, limits: l.limits, close: src.close,
		total: max(0, total-l.heading.row)}
	next := func() (numbered, error) {
		if len(ahead) > 0 {
			n := ahead[0]
			ahead = ahead[1:]
			return n, nil
		}
		return src.next()
	}
	r.read = func() (*Row, error) {
		for {
			n, err := next()
			if err != nil {
				return nil, err
			}
			if !empty(n.cells) && !l.untouchedSample(n.cells) {
				return l.row(n.number, n.cells), nil
			}
		}
	}
	return r
}

func empty(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// Next is the next data row, or io.EOF after the last. Blank rows and the untouched sample row are passed over. Errors
// within a row are in the row; an error here ends the file and is a *jiqiao.Error.
func (r *Reader) Next() (*Row, error) {
	row, err := r.read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, io.EOF
	case err != nil:
		return nil, err
	}
	if r.rows++; r.rows > r.limits.Rows {
		return nil, fail(jiqiao.CodeTooLarge, "数据超过 "+strconv.Itoa(r.limits.Rows)+" 行，请拆成几个文件分别导入")
	}
	return row, nil
}

// Format is what the file turned out to be.
func (r *Reader) Format() Format { return r.format }

// Ignored are the titles of columns that no field belongs to.
func (r *Reader) Ignored() []string { return r.ignored }

// Headers are the titles of the file's columns as typed; nil for jsonl.
func (r *Reader) Headers() []string { return r.headers }

// Total is about how many rows are to come, for a progress bar; 0 when not known.
func (r *Reader) Total() int { return r.total }

// Close releases the file and what was unpacked from it.
func (r *Reader) Close() error { return r.close() }
