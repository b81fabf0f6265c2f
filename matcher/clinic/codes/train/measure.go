package train

import (
	"fmt"
	"io"
	"math"
	"strings"

	"jiqiao"
	"jiqiao/matcher/clinic/codes"
)

// Accuracy is how often the best code, and one of the best three, is right at a level of a list.
type Accuracy struct {
	List string
	// Level is the length of a code cut to it: 5, 3, 2 for fields, 3, 1 for industries.
	Level     int
	Top1Top3  [2]float64
	Documents int
}

var levels = map[string][]int{"industry": {3, 1}, "field": {5, 3, 2}}

// truth is a text with what is right for it, by list.
type truth struct {
	sections []jiqiao.Section
	codes    [len(codes.Lists)][]string
}

// measure counts over the texts, in the order of codes.Lists and levels. A code is right at a level when one of the true
// ones, cut to it, is the same, or when a true prefix is shorter and begins it.
func measure(s *codes.Suggester, texts []truth, skip int) []Accuracy {
	var out []Accuracy
	for i, list := range codes.Lists {
		for _, level := range levels[list][skip:] {
			a := Accuracy{List: list, Level: level}
			for _, t := range texts {
				if len(t.codes[i]) == 0 {
					continue
				}
				a.Documents++
				switch place(s.Scores(list, t.sections), t.codes[i], level) {
				case 1:
					a.Top1Top3[0]++
					a.Top1Top3[1]++
				case 2, 3:
					a.Top1Top3[1]++
				}
			}
			out = append(out, a)
		}
	}
	return out
}

// place is that of the first right code among the different ones at a level, 0 beyond the third.
func place(scores []codes.Score, right []string, level int) int {
	seen := map[string]bool{}
	for _, s := range scores {
		code := s.Code[:min(level, len(s.Code))]
		if seen[code] {
			continue
		}
		seen[code] = true
		if len(seen) > 3 {
			return 0
		}
		for _, r := range right {
			if strings.HasPrefix(code, r[:min(level, len(r))]) || strings.HasPrefix(r, code) {
				return len(seen)
			}
		}
	}
	return 0
}

// folds is the number of parts of a cross-validation.
const folds = 5

// Report measures and prints: a table learned without a fifth of the abstracts on that fifth, by prefix of the discipline;
// the whole table on records that carry codes, which it has not seen; the same with four fifths of those records learned
// as the platform learns them; and how far the stated confidence is true.
func (t *Trainer) Report(out io.Writer, abstracts []Abstract, records []jiqiao.Record) error {
	if err := t.reportAbstracts(out, abstracts); err != nil {
		return err
	}
	table, err := t.Table("measured", "", abstracts)
	if err != nil {
		return err
	}
	table = t.Sharpen(table, records)
	texts := truths(records)
	show(out, "coded records, nothing learned from them", measure(codes.New(table, t.get), texts, 0))
	var sum []Accuracy
	var cells [10][2]float64
	for fold := range folds {
		s := codes.New(table, t.get)
		var rest []jiqiao.Record
		var test []truth
		for i, r := range records {
			if i%folds == fold {
				test = append(test, texts[i])
				continue
			}
			rest = append(rest, r)
			s.Learn(r)
		}
		sum = plus(sum, measure(s, test, 0))
		reliability(codes.New(t.Sharpen(table, rest), t.get), test, &cells)
	}
	show(out, "coded records, four fifths learned, the fifth measured", sum)
	fmt.Fprintln(out, "confidence as stated -> as found (suggestions), table sharpened on the other folds")
	for i, c := range cells {
		if c[0] > 0 {
			fmt.Fprintf(out, "  %.1f–%.1f  %.2f (%.0f)\n", float64(i)/10, float64(i+1)/10, c[1]/c[0], c[0])
		}
	}
	return nil
}

func (t *Trainer) reportAbstracts(out io.Writer, abstracts []Abstract) error {
	var sum []Accuracy
	for fold := range folds {
		var rest []Abstract
		var test []truth
		for i, a := range abstracts {
			if i%folds != fold {
				rest = append(rest, a)
				continue
			}
			test = append(test, truth{[]jiqiao.Section{{Field: jiqiao.FieldAbstract, Text: a.Text}}, a.Allowed})
		}
		table, err := t.Table("measured", "", rest)
		if err != nil {
			return err
		}
		sum = plus(sum, measure(codes.New(table, t.get), test, 1))
	}
	show(out, "abstracts, by discipline, five folds", sum)
	return nil
}

func truths(records []jiqiao.Record) []truth {
	texts := make([]truth, len(records))
	for i, r := range records {
		texts[i] = truth{r.Sections(), [...][]string{r.Head().Industries, r.Head().Fields}}
	}
	return texts
}

func plus(a, b []Accuracy) []Accuracy {
	if a == nil {
		return b
	}
	for i := range a {
		a[i].Documents += b[i].Documents
		a[i].Top1Top3[0] += b[i].Top1Top3[0]
		a[i].Top1Top3[1] += b[i].Top1Top3[1]
	}
	return a
}

func show(out io.Writer, what string, all []Accuracy) {
	fmt.Fprintln(out, what)
	for _, a := range all {
		n := float64(a.Documents)
		fmt.Fprintf(out, "  %-8s level %d  top 1 %.3f  top 3 %.3f  (%d)\n", a.List, a.Level, a.Top1Top3[0]/n, a.Top1Top3[1]/n, a.Documents)
	}
}

// reliability counts suggestions by tenth of confidence, and how many of them are right.
func reliability(s *codes.Suggester, texts []truth, cells *[10][2]float64) {
	for i, list := range codes.Lists {
		for _, t := range texts {
			for _, c := range s.Suggest(list, t.sections) {
				cell := &cells[min(9, int(c.Confidence*10))]
				cell[0]++
				if right(t.codes[i], c.Code) {
					cell[1]++
				}
			}
		}
	}
}

func right(truth []string, code string) bool {
	for _, r := range truth {
		if strings.HasPrefix(r, code) {
			return true
		}
	}
	return false
}

// Sharpen sets the one number that turns scores into probabilities, so that stated confidences are true on the records:
// the one of least squared error over their suggestions.
func (t *Trainer) Sharpen(table *codes.Table, records []jiqiao.Record) *codes.Table {
	texts := truths(records)
	var best [len(codes.Lists)]float64
	for i, list := range codes.Lists {
		least := math.Inf(1)
		for sharpness := 10.0; sharpness <= 320; sharpness *= 1.25 {
			s := codes.New(table.Sharpened(i, sharpness), t.get)
			squares, n := 0.0, 0.0
			for _, text := range texts {
				for _, p := range s.Probabilities(list, text.sections) {
					hit := 0.0
					if right(text.codes[i], p.Code) {
						hit = 1
					}
					squares += (p.Value - hit) * (p.Value - hit)
					n++
				}
			}
			if squares/n < least {
				least, best[i] = squares/n, math.Round(sharpness*10)/10
			}
		}
	}
	for i := range codes.Lists {
		table = table.Sharpened(i, best[i])
	}
	return table
}
