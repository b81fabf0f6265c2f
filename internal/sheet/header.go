package sheet

import (
	"regexp"
	"strconv"
	"strings"

	"jiqiao"
)

// ErrorHeader titles the column that an error workbook adds; it is passed over when the workbook comes back.
const ErrorHeader = "错误说明"

// headerWithin is how many rows from the top the titles may stand: above them people keep a heading, the name of the
// bureau, instructions.
const headerWithin = 30

// heading is what was found out about the title row.
type heading struct {
	row int // as the spreadsheet counts
	// cells are the titles as typed; columns holds for each the place in the side's columns, or -1.
	cells   []string
	columns []int
	ignored []string
	matched int
	titled  bool // the column of the record's title is there
}

var (
	headerMarks    = strings.NewReplacer("*", "", "★", "", "必填", "", "选填", "", "()", "", "[]", "", ":", "", `"`, "", "“", "", "”", "")
	headerBrackets = regexp.MustCompile(`\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】`)
)

// headerKey brings a title to the form in which titles are compared.
func headerKey(title string) string {
	return strings.ToLower(headerMarks.Replace(squeeze(title)))
}

// titles finds columns by their headers and aliases. The second map also holds titles with their brackets left out:
// 拟投入资金（万元） is 拟投入资金.
type titles struct{ full, bare map[string]int }

func titlesOf(columns []Column) titles {
	t := titles{make(map[string]int), make(map[string]int)}
	for i, c := range columns {
		for _, title := range append([]string{c.Header}, c.Aliases...) {
			key := headerKey(title)
			if _, taken := t.full[key]; !taken {
				t.full[key] = i
			}
			bare := headerBrackets.ReplaceAllString(key, "")
			if _, taken := t.bare[bare]; !taken {
				t.bare[bare] = i
			}
		}
	}
	return t
}

func (t titles) find(title string) int {
	key := headerKey(title)
	if i, ok := t.full[key]; ok {
		return i
	}
	if i, ok := t.bare[headerBrackets.ReplaceAllString(key, "")]; ok && key != "" {
		return i
	}
	return -1
}

// read matches one row against the titles.
func (t titles) read(columns []Column, row int, cells []string) heading {
	h := heading{row: row, cells: cells, columns: make([]int, len(cells))}
	taken := make(map[int]bool)
	for i, cell := range cells {
		at := t.find(cell)
		if at >= 0 && taken[at] {
			at = -1 // the second of two equal titles
		}
		h.columns[i] = at
		switch {
		case at >= 0:
			taken[at] = true
			h.matched++
			h.titled = h.titled || columns[at].Path == "title"
		case squeeze(cell) != "" && headerKey(cell) != ErrorHeader:
			h.ignored = append(h.ignored, clean(cell))
		}
	}
	return h
}

// FieldsOf tells for each title of a file as which of the side's columns it is read, by the column's header; "" is passed
// over.
func FieldsOf(kind jiqiao.Kind, headers []string) []string {
	columns := Columns(kind)
	fields := make([]string, len(headers))
	for i, at := range titlesOf(columns).read(columns, 1, headers).columns {
		if at >= 0 {
			fields[i] = columns[at].Header
		}
	}
	return fields
}

// findHeading looks for the title row. The error says what is wrong in the user's terms.
func findHeading(kind jiqiao.Kind, columns []Column, rows []numbered) (heading, error) {
	own, other := titlesOf(columns), titlesOf(Columns(kind.Other()))
	otherColumns := Columns(kind.Other())
	var best heading
	wrongSide := false
	for _, r := range rows {
		h := own.read(columns, r.number, r.cells)
		if h.titled && h.matched >= 2 {
			return h, missingRequired(columns, h)
		}
		if h.matched > best.matched {
			best = h
		}
		wrongSide = wrongSide || other.read(otherColumns, r.number, r.cells).titled && !h.titled
	}
	switch {
	case wrongSide:
		return best, fail(jiqiao.CodeInvalid, "这是一份"+kind.Other().Label()+"表，不是"+kind.Label()+"表，请到「"+kind.Other().Label()+"」一侧导入")
	case best.matched >= 2:
		return best, missingRequired(columns, best)
	}
	return best, fail(jiqiao.CodeInvalid, "前 "+strconv.Itoa(headerWithin)+" 行里找不到表头（「"+columns[0].Header+"」「"+columns[1].Header+
		"」等列名），请下载"+kind.Label()+"模板填写")
}

// missingRequired names every required column that the file lacks.
func missingRequired(columns []Column, h heading) error {
	have := make(map[int]bool)
	for _, at := range h.columns {
		have[at] = true
	}
	var missing []string
	for i, c := range columns {
		if c.Required && !have[i] {
			missing = append(missing, "「"+c.Header+"」")
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return fail(jiqiao.CodeInvalid, "表头（第 "+strconv.Itoa(h.row)+" 行）缺少必填的列："+strings.Join(missing, "")+"，请补上列名后重新上传")
}

func fail(code jiqiao.Code, message string) error { return jiqiao.Fail(code, message, nil) }
