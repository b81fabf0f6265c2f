package eval

import (
	"crypto/sha256"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"jiqiao/index/vector"
	"jiqiao/matcher"
	"jiqiao/matcher/rank"
)

//go:embed page.html
var pageText string

// WriteHTML writes the study as one page that needs nothing else. It holds texts of the graded set, so it belongs where the
// set is, not in a repository.
func (s *Study) WriteHTML(w io.Writer) error {
	page, err := template.New("page").Funcs(template.FuncMap{
		"bars": bars, "curve": reliabilityChart, "risk": riskChart,
		"share":  func(v float64) string { return fmt.Sprintf("%.1f%%", 100*v) },
		"number": func(v float64) string { return fmt.Sprintf("%.4f", v) },
		"signed": func(v float64) string { return fmt.Sprintf("%+.4f", v) },
		"level":  func(i int) string { return levelNames[i] },
		"heat":   heat,
		"worse":  func(i Interval) bool { return i.High < 0 },
		"sure":   func(i Interval) bool { return i.Low > 0 || i.High < 0 },
		"cut":    func(text string) string { return cutText(text, shownContent) },
		"rowSum": func(row [4]int) int { return row[0] + row[1] + row[2] + row[3] },
		"aimed":  aimed,
	}).Parse(pageText)
	if err != nil {
		return fmt.Errorf("read the page's template: %w", err)
	}
	if err := page.Execute(w, s); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

var levelNames = [4]string{"无相关", "弱", "较强", "强"}

// shownContent is how much of a need's text a disagreement shows, in characters.
const shownContent = 220

func cutText(text string, n int) string {
	runes := []rune(strings.TrimSpace(text))
	if len(runes) <= n {
		return string(runes)
	}
	return string(runes[:n]) + "…"
}

// Aim is one number asked for.
type aim struct {
	Column      string
	Value       Interval
	Asked, Wish float64
}

// Met reports whether the value reaches what was asked.
func (a aim) Met() bool { return a.Value.Value >= a.Asked }

// aimed are the numbers that the ranker has to reach in cross-validation, and those that staff judging twice reach.
func aimed(r *Report) []aim {
	var out []aim
	for _, a := range []aim{
		{Column: "成对准确率", Asked: 0.79, Wish: 0.83},
		{Column: "nDCG@10", Asked: 0.70, Wish: 0.76},
		{Column: "1/(1+MAE)", Asked: 0.72, Wish: 0.734},
	} {
		a.Value, _ = r.Figure(r.Rows[0].Name, a.Column)
		out = append(out, a)
	}
	return out
}

// heat colours a cell of the confusion by its share of the row.
func heat(n int, row [4]int) template.CSS {
	share := ratio(float64(n), float64(row[0]+row[1]+row[2]+row[3]))
	return template.CSS(fmt.Sprintf("background:rgba(31,111,235,%.2f)", 0.08+0.6*share)) //nolint:gosec // two numbers
}

// programModels names what of the program the numbers depend on, the ranker by its contents.
func programModels() string {
	h := sha256.New()
	if err := rank.Default().Write(h); err != nil {
		panic(err) // a hash takes everything
	}
	return fmt.Sprintf("ranker %s %x, vectors %s, weights %s",
		rank.Default().Version, h.Sum(nil)[:4], vector.BuiltinVersion(), matcher.DefaultWeights().Version)
}

// WriteSummary writes the numbers alone, four digits each, for a reviewed file: a change of weights shows as a diff.
func (s *Study) WriteSummary(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", programModels())
	table := func(name string, r *Report) {
		fmt.Fprintf(&b, "# %s: %s\n", name, strings.Join(r.Columns, ", "))
		for _, row := range r.Rows {
			fmt.Fprintf(&b, "%s", row.Name)
			for _, f := range row.Figures {
				fmt.Fprintf(&b, "\t%.4f [%.4f %.4f]", f.Value, f.Low, f.High)
			}
			for _, d := range row.Differences {
				fmt.Fprintf(&b, "\t%+.4f", -d.Value)
			}
			b.WriteString("\n")
		}
	}
	table("systems, and what they have more than the first", s.Systems)
	table("without one feature", s.Without)
	b.WriteString("# other divisions of the needs: nDCG@10, pairs, levels\n")
	for _, m := range s.Repeats {
		fmt.Fprintf(&b, "%.4f\t%.4f\t%.4f\n", m.NDCG, m.PairAccuracy, m.LevelScore)
	}
	b.WriteString("# expected calibration error\n")
	for _, c := range s.Reliability {
		fmt.Fprintf(&b, "%s\t%.4f\n", c.Label, c.Error)
	}
	fmt.Fprintf(&b, "# confusion, kappa %.4f\n", s.Kappa)
	for _, row := range s.Confusion {
		fmt.Fprintf(&b, "%d\t%d\t%d\t%d\n", row[0], row[1], row[2], row[3])
	}
	b.WriteString("# exposure: gini, never shown, most\n")
	for _, e := range s.Exposure {
		fmt.Fprintf(&b, "%s\t%.4f\t%.4f\t%d\n", e.Name, e.Gini, e.Never, e.Most)
	}
	b.WriteString("# robustness: needs changed, tau, kept, nDCG@10 lost\n")
	for _, r := range s.Robust {
		fmt.Fprintf(&b, "%s\t%d\t%.4f\t%.4f\t%+.4f\n", r.Name, r.Changed, r.Tau, r.Kept, r.Loss)
	}
	if s.Known != nil {
		table("known answers", s.Known)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
