package sheet

import (
	"errors"
	"strconv"
	"strings"

	"jiqiao"
)

// Column is one column of a side's sheet: the only place that knows how a field is titled, read and written.
type Column struct {
	// Path is the field's JSON path in the record ("price", "contact.mobile"), or "organisation." and the field of the
	// organisation. Validation errors find their column by it.
	Path   string
	Header string
	// Aliases are other titles by which the column is recognised.
	Aliases  []string
	Required bool
	// List names the code list its values come from; Many says that one cell may hold several.
	List string
	Many bool
	// Offered is how many of the list's values may be chosen here, from the first; 0 is all.
	Offered int
	// Date marks days: numbers in such a cell are a spreadsheet's serial dates.
	Date bool
	// Width is in characters.
	Width float64
	Hint  string
	// Sample is the cell of the template's sample row.
	Sample string

	read  func(e *Entry, cell string) error
	write func(e *Entry) string
	// under reads cells that stand under titles of a wider meaning; by title, as headerKey compares them.
	under map[string]func(e *Entry, cell string) error
}

// confidential reports whether the column is kept from the public, as jiqiao.Viewer keeps the field.
func (c Column) confidential() bool {
	return strings.HasPrefix(c.Path, "contact.") || strings.HasPrefix(c.Path, "organisation.") || strings.HasPrefix(c.Path, "intended_") || c.Path == "confidential"
}

// problem is what is wrong with a cell, in words that follow its name: 应为数字(万元)或「面议」.
type problem string

func (p problem) Error() string { return string(p) }

// Columns are the columns of a side, in the order of the form.
func Columns(kind jiqiao.Kind) []Column {
	if kind == jiqiao.KindNeed {
		return needColumns()
	}
	return achievementColumns()
}

// set reads the cell into the entry; a nil error also means that a cell that says nothing was passed over.
func (c *Column) set(e *Entry, cell string) error {
	switch strings.TrimSpace(cell) {
	case "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!":
		return problem("是公式的错误值，请改填内容")
	}
	if err := c.read(e, cell); err != nil && !errors.Is(err, errKeep) {
		return err
	}
	return nil
}

// The functions below make columns by the type of their field. Each names the field once, by its address in an entry.

func textColumn(path, header string, at func(*Entry) *string) Column {
	return Column{Path: path, Header: header, Width: 40,
		read:  func(e *Entry, cell string) error { *at(e) = clean(cell); return nil },
		write: func(e *Entry) string { return *at(e) }}
}

// lineColumn is for text of one line.
func lineColumn(path, header string, at func(*Entry) *string) Column {
	return shortColumn(path, header, func(cell string) (string, error) { return oneLine(cell), nil }, at)
}

// shortColumn is for text that a parse function brings to one form.
func shortColumn(path, header string, parse func(string) (string, error), at func(*Entry) *string) Column {
	return Column{Path: path, Header: header, Width: 20,
		read: func(e *Entry, cell string) error {
			v, err := parse(cell)
			if err == nil {
				*at(e) = v
			}
			return err
		},
		write: func(e *Entry) string { return *at(e) }}
}

func listColumn(path, header string, at func(*Entry) *[]string) Column {
	return valueColumn(path, header, 30, parseList, formatList, at)
}

func moneyColumn(path, header string, at func(*Entry) *jiqiao.Money) Column {
	return valueColumn(path, header, 18, parseMoney, formatMoney, at)
}

func flagColumn(path, header string, at func(*Entry) *bool) Column {
	c := valueColumn(path, header, 14, parseFlag, func(v bool) string {
		if v {
			return "是"
		}
		return "否"
	}, at)
	c.List = flagList
	return c
}

// flagList stands for 是 and 否, which are no code list.
const flagList = "flag"

func dateColumn(path, header string, endOfPeriod bool, at func(*Entry) *jiqiao.Date) Column {
	c := valueColumn(path, header, 14,
		func(cell string) (jiqiao.Date, error) { return parseDate(cell, endOfPeriod) },
		func(d jiqiao.Date) string { return string(d) }, at)
	c.Date = true
	return c
}

func codeColumn[S ~string](path, header, list string, at func(*Entry) *S) Column {
	c := valueColumn(path, header, 18,
		func(cell string) (S, error) {
			code, err := parseCode(list, cell)
			return S(code), err
		},
		func(v S) string { return codeText(list, string(v)) }, at)
	c.List = list
	return c
}

func codesColumn(path, header, list string, at func(*Entry) *[]string) Column {
	c := valueColumn(path, header, 28,
		func(cell string) ([]string, error) { return parseCodes(list, cell) },
		func(v []string) string { return formatCodes(list, v) }, at)
	c.List, c.Many = list, true
	return c
}

// levelColumn is a technology readiness level up to highest, a number that the list "trl" names.
func levelColumn(path, header string, highest int, at func(*Entry) *int) Column {
	c := valueColumn(path, header, 16,
		func(cell string) (int, error) {
			code, err := parseCode("trl", cell)
			if err != nil || code == "" {
				return 0, err
			}
			return strconv.Atoi(code)
		},
		func(v int) string {
			if v == 0 {
				return ""
			}
			return codeText("trl", strconv.Itoa(v))
		}, at)
	c.List, c.Offered = "trl", highest
	return c
}

func valueColumn[T any](path, header string, width float64, parse func(string) (T, error), format func(T) string, at func(*Entry) *T) Column {
	return Column{Path: path, Header: header, Width: width,
		read: func(e *Entry, cell string) error {
			v, err := parse(cell)
			if err == nil {
				*at(e) = v
			}
			return err
		},
		write: func(e *Entry) string { return format(*at(e)) }}
}

// keepWhenBlank makes a cell that says 无 or — say as little as an empty one. Facts about the organisation stand on one of
// its rows and are left out on the others.
func (c Column) keepWhenBlank() Column {
	read := c.read
	c.read = func(e *Entry, cell string) error {
		if blank(cell) {
			return nil
		}
		return read(e, cell)
	}
	return c
}

func (c Column) also(aliases ...string) Column { c.Aliases = append(c.Aliases, aliases...); return c }

// orUnder lets the column be recognised by titles of a wider meaning, whose cells are read in a way of their own.
func (c Column) orUnder(read func(e *Entry, cell string) error, titles ...string) Column {
	c.under = make(map[string]func(e *Entry, cell string) error, len(titles))
	for _, title := range titles {
		c.under[headerKey(title)] = read
	}
	return c.also(titles...)
}

// titled is the column as it is read under the title.
func (c Column) titled(title string) Column {
	key := headerKey(title)
	for _, k := range []string{key, headerBrackets.ReplaceAllString(key, "")} {
		if read, ok := c.under[k]; ok {
			c.read = read
		}
	}
	return c
}
func (c Column) required() Column          { c.Required = true; return c }
func (c Column) hint(text string) Column   { c.Hint = text; return c }
func (c Column) sample(cell string) Column { c.Sample = cell; return c }
func (c Column) wide(characters float64) Column {
	c.Width = characters
	return c
}
