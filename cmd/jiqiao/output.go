package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
	"golang.org/x/text/width"
)

// print writes v as JSON with --json, else calls text.
func (c *cli) print(v any, text func(io.Writer) error) error {
	if !c.json {
		return text(c.out)
	}
	enc := json.NewEncoder(c.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// table writes rows in columns aligned for Chinese: a Han character is two cells wide.
func table(w io.Writer, rows [][]string) error {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], cells(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell)
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[i]-cells(cell)+2))
			}
		}
		if _, err := fmt.Fprintln(w, line.String()); err != nil {
			return err
		}
	}
	return nil
}

// cells is how many columns of a terminal s takes.
func cells(s string) int {
	n := 0
	for _, r := range s {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth: // terminals draw the ambiguous ones narrow unless told otherwise
			n += 2
		default:
			n++
		}
	}
	return n
}

// clip shortens s to at most n cells.
func clip(s string, n int) string {
	if cells(s) <= n {
		return s
	}
	used := 0
	for i, r := range s {
		used += cells(string(r))
		if used > n-1 {
			return s[:i] + "…"
		}
	}
	return s
}

// progress draws one line of progress on a terminal, and nothing elsewhere.
type progress struct {
	w     io.Writer
	label string
	start time.Time
	last  time.Time
	drawn bool
}

func (c *cli) progress(label string) *progress {
	p := &progress{label: label, start: time.Now()}
	if f, ok := c.err.(*os.File); ok && term.IsTerminal(int(f.Fd())) && !c.json {
		p.w = f
	}
	return p
}

const (
	barWidth    = 30
	drawsPerSec = 10
)

// set shows done of total; a total of 0 is unknown.
func (p *progress) set(done, total int) {
	if p.w == nil || (done != total && time.Since(p.last) < time.Second/drawsPerSec) {
		return
	}
	p.last, p.drawn = time.Now(), true
	elapsed := time.Since(p.start)
	if total <= 0 {
		fmt.Fprintf(p.w, "\r\033[K%s %d（%s）", p.label, done, elapsed.Round(time.Second))
		return
	}
	filled := min(barWidth, barWidth*done/total)
	left := "—"
	if done > 0 {
		left = (elapsed * time.Duration(total-done) / time.Duration(done)).Round(time.Second).String()
	}
	fmt.Fprintf(p.w, "\r\033[K%s [%s%s] %d/%d 剩余 %s", p.label, strings.Repeat("█", filled), strings.Repeat("░", barWidth-filled), done, total, left)
}

// end leaves the line.
func (p *progress) end() {
	if p.drawn {
		fmt.Fprintln(p.w)
	}
}
