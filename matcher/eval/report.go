package eval

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/width"
)

// Report is what an evaluation found. It marshals to JSON and prints as a table.
type Report struct {
	Title   string   `json:"title"`
	Facts   []string `json:"facts"` // how much was measured
	Columns []string `json:"columns"`
	Rows    []Row    `json:"rows"` // the matcher first, then what it is compared with
}

// Row is one system: its figures in the order of Columns and, for all but the first, what the first has more.
type Row struct {
	Name        string     `json:"name"`
	Label       string     `json:"label"`
	Figures     []Interval `json:"figures"`
	Differences []Interval `json:"differences,omitempty"`
}

type system struct {
	name, label string
	run         Run
}

func gradedReport(set *GradedSet, systems []system) *Report {
	r := &Report{
		Title:   "人工分级的需求—成果对",
		Facts:   setFacts(set),
		Columns: []string{"nDCG@10", "成对准确率", "1/(1+MAE)"},
	}
	draws := drawNeeds(len(set.Judgements.Needs))
	var first []needCounts
	for i, s := range systems {
		counts := perNeed(set.Judgements, s.run)
		row := Row{Name: s.name, Label: s.label, Figures: intervals(counts, draws).list()}
		if i == 0 {
			first = counts
		} else {
			row.Differences = differences(first, counts, draws).list()
		}
		r.Rows = append(r.Rows, row)
	}
	return r
}

func setFacts(set *GradedSet) []string {
	return []string{
		fmt.Sprintf("需求 %d 条（有评级 %d 条），成果 %d 条，评级 %d 对",
			len(set.Needs), len(set.Judgements.Needs), len(set.Achievements), set.Judgements.Len()),
		fmt.Sprintf("方括号内为按需求重抽样 %d 次的 95%% 区间；差值 = 本系统 − 该行", resamples),
	}
}

func (v Intervals) list() []Interval { return []Interval{v.NDCG, v.PairAccuracy, v.LevelScore} }

// Figure is the value in a row and column, for tests and thresholds; false when the report has none.
func (r *Report) Figure(row, column string) (Interval, bool) {
	for _, one := range r.Rows {
		for i, c := range r.Columns {
			if one.Name == row && c == column && i < len(one.Figures) {
				return one.Figures[i], true
			}
		}
	}
	return Interval{}, false
}

// WriteText prints the report as an aligned table.
func (r *Report) WriteText(w io.Writer) error {
	table := [][]string{append([]string{""}, r.Columns...)}
	for _, row := range r.Rows {
		cells := []string{row.Label}
		for _, f := range row.Figures {
			cells = append(cells, fmt.Sprintf("%.4f [%.4f %.4f]", f.Value, f.Low, f.High))
		}
		table = append(table, cells)
		if row.Differences == nil {
			continue
		}
		cells = []string{"  差值"}
		for _, f := range row.Differences {
			cells = append(cells, fmt.Sprintf("%+.4f [%+.4f %+.4f]", f.Value, f.Low, f.High))
		}
		table = append(table, cells)
	}
	_, err := io.WriteString(w, r.Title+"\n"+strings.Join(r.Facts, "\n")+"\n\n"+aligned(table))
	return err
}

// aligned pads every column to its widest cell; a Chinese character takes two places.
func aligned(table [][]string) string {
	var widths []int
	for _, row := range table {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], displayWidth(cell))
		}
	}
	var b strings.Builder
	for _, row := range table {
		line := ""
		for i, cell := range row {
			line += cell + strings.Repeat(" ", widths[i]-displayWidth(cell)+2)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

func displayWidth(s string) int {
	n := 0
	for _, r := range s {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}
