package sheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"jiqiao"
)

var (
	utf8Mark        = []byte("\xEF\xBB\xBF")
	utf16LittleMark = []byte("\xFF\xFE")
	utf16BigMark    = []byte("\xFE\xFF")
)

// csvSource reads a text file of separated values.
type csvSource struct {
	file *os.File
	csv  *csv.Reader
	// extra counts the line ends inside quotes so far: spreadsheets count such a record as one row.
	extra int
}

// openCSV finds encoding, separator and title row.
func openCSV(path string, kind jiqiao.Kind, columns []Column) (source, heading, []numbered, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, heading{}, nil, jiqiao.Fail(jiqiao.CodeNotFound, "上传的文件已不在，请重新上传", err)
	}
	text := bufio.NewReaderSize(f, 64<<10)
	start, _ := text.Peek(64 << 10)
	if bytes.HasPrefix(start, utf8Mark) {
		_, _ = text.Discard(len(utf8Mark)) // peeked, so it is there
		start = start[len(utf8Mark):]
	}
	decoded := bufio.NewReaderSize(transform.NewReader(text, decoderFor(start)), 64<<10)
	start, err = decoded.Peek(32 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, heading{}, nil, errors.Join(damaged(err), f.Close())
	}
	c := csv.NewReader(decoded)
	c.Comma, c.LazyQuotes, c.FieldsPerRecord = separator(start, columns), true, -1
	src := &csvSource{file: f, csv: c}
	ahead, err := lookAhead(src)
	if err == nil {
		var h heading
		if h, err = findHeading(kind, columns, ahead); err == nil {
			return src, h, after(ahead, h.row), nil
		}
	}
	return nil, heading{}, nil, errors.Join(err, f.Close())
}

// decoderFor chooses by the marks at the start, else by the first lines, where the titles are: they are Chinese, so
// the two encodings cannot be taken for each other. Bytes that break the rules of UTF-8 further down stay as they are
// and are reported with their row.
func decoderFor(start []byte) transform.Transformer {
	switch {
	case bytes.HasPrefix(start, utf16LittleMark), bytes.HasPrefix(start, utf16BigMark):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()
	}
	for line := range bytes.Lines(start) {
		if bytes.ContainsFunc(line, func(r rune) bool { return r >= utf8.RuneSelf }) {
			if utf8.Valid(line) || len(line) == len(start) && validPrefix(line) {
				return encoding.Nop.NewDecoder()
			}
			return simplifiedchinese.GB18030.NewDecoder()
		}
	}
	return encoding.Nop.NewDecoder()
}

// validPrefix allows for a character cut in two by the end of the sample.
func validPrefix(b []byte) bool {
	for cut := 1; cut < utf8.UTFMax && cut < len(b); cut++ {
		if utf8.Valid(b[:len(b)-cut]) {
			return true
		}
	}
	return false
}

// separator is the one that makes the first lines match most titles.
func separator(start []byte, columns []Column) rune {
	known := titlesOf(columns)
	best, most := ',', 0
	for _, comma := range []rune{',', '\t', ';', '|', '，'} {
		c := csv.NewReader(bytes.NewReader(start))
		c.Comma, c.LazyQuotes, c.FieldsPerRecord = comma, true, -1
		for range headerWithin {
			cells, err := c.Read()
			if err != nil {
				break
			}
			if h := known.read(columns, 0, cells); h.matched > most {
				best, most = comma, h.matched
			}
		}
	}
	return best
}

// lookAhead reads the rows among which the titles must be.
func lookAhead(src source) ([]numbered, error) {
	var rows []numbered
	for len(rows) < headerWithin {
		row, err := src.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// after are the rows below the title row.
func after(rows []numbered, header int) []numbered {
	for i, r := range rows {
		if r.number > header {
			return rows[i:]
		}
	}
	return nil
}

func (s *csvSource) next() (numbered, error) {
	cells, err := s.csv.Read()
	if errors.Is(err, io.EOF) {
		return numbered{}, io.EOF
	}
	if err != nil {
		return numbered{}, damaged(err)
	}
	line, _ := s.csv.FieldPos(0)
	row := numbered{number: line - s.extra, cells: cells}
	for _, c := range cells {
		s.extra += strings.Count(c, "\n")
	}
	return row, nil
}

func (s *csvSource) close() error { return s.file.Close() }
