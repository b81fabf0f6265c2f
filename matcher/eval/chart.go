package eval

import (
	"fmt"
	"html/template"
	"strings"
)

// The charts are drawn as SVG by hand: three simple figures, and the page must open without a network.
const (
	chartWidth, chartHeight = 420.0, 300.0
	chartLeft, chartBottom  = 46.0, 36.0
	chartTop, chartRight    = 12.0, 12.0
)

var chartColours = [3]string{"#1f6feb", "#d29922", "#cf222e"}

// plot draws over x and y from 0 to 1.
type plot struct{ strings.Builder }

func newPlot(x, y string) *plot {
	p := &plot{}
	fmt.Fprintf(p, `<svg viewBox="0 0 %g %g" role="img">`, chartWidth, chartHeight)
	for i := 0; i <= 5; i++ {
		v := float64(i) / 5
		fmt.Fprintf(p, `<path d="M%.1f %.1fH%.1f" class="grid"/>`, px(0), py(v), px(1))
		fmt.Fprintf(p, `<text x="%.1f" y="%.1f" text-anchor="end">%.1f</text>`, px(0)-6, py(v)+4, v)
		fmt.Fprintf(p, `<text x="%.1f" y="%.1f" text-anchor="middle">%.1f</text>`, px(v), py(0)+16, v)
	}
	fmt.Fprintf(p, `<text x="%.1f" y="%.1f" text-anchor="end" class="axis">%s</text>`, px(1), py(0)+31, template.HTMLEscapeString(x))
	fmt.Fprintf(p, `<text x="%.1f" y="%.1f" class="axis">%s</text>`, px(0)+4, py(1)+4, template.HTMLEscapeString(y))
	return p
}

func px(v float64) float64 { return chartLeft + v*(chartWidth-chartLeft-chartRight) }
func py(v float64) float64 { return chartTop + (1-v)*(chartHeight-chartTop-chartBottom) }

func (p *plot) line(xs, ys []float64, colour string, dots bool) {
	points := make([]string, len(xs))
	for i := range xs {
		points[i] = fmt.Sprintf("%.1f,%.1f", px(xs[i]), py(ys[i]))
		if dots {
			fmt.Fprintf(p, `<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>`, px(xs[i]), py(ys[i]), colour)
		}
	}
	fmt.Fprintf(p, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>`, strings.Join(points, " "), colour)
}

func (p *plot) done() template.HTML {
	p.WriteString("</svg>")
	return template.HTML(p.String()) //nolint:gosec // numbers, and labels that were escaped
}

func reliabilityChart(curves [3]Curve) template.HTML {
	p := newPlot("预测的概率", "实际发生的比例")
	fmt.Fprintf(p, `<path d="M%.1f %.1fL%.1f %.1f" class="ideal"/>`, px(0), py(0), px(1), py(1))
	for i, c := range curves {
		var xs, ys []float64
		for _, b := range c.Bins {
			xs, ys = append(xs, b.Predicted), append(ys, b.Observed)
		}
		p.line(xs, ys, chartColours[i], true)
	}
	return p.done()
}

func riskChart(points []RiskPoint) template.HTML {
	p := newPlot("给出推荐的需求占比", "首条推荐不合适的比例")
	var xs, wrong, weak []float64
	for _, r := range points {
		xs, wrong, weak = append(xs, r.Coverage), append(wrong, r.Wrong), append(weak, r.Weak)
	}
	p.line(xs, wrong, chartColours[2], false)
	p.line(xs, weak, chartColours[1], false)
	return p.done()
}

// bars draws one column of a comparison with its intervals.
func bars(r *Report, column int) template.HTML {
	const row, label, width = 26.0, 230.0, 620.0
	low, high := 1.0, 0.0
	for _, s := range r.Rows {
		low, high = min(low, s.Figures[column].Low), max(high, s.Figures[column].High)
	}
	low = max(0, low-0.02)
	at := func(v float64) float64 { return label + (v-low)/(high-low+1e-9)*(width-label-60) }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %g %g" role="img">`, width, row*float64(len(r.Rows))+6)
	for i, s := range r.Rows {
		f, y := s.Figures[column], row*float64(i)
		colour := "#8c959f"
		if i == 0 {
			colour = chartColours[0]
		}
		fmt.Fprintf(&b, `<text x="%g" y="%g" text-anchor="end">%s</text>`, label-8, y+17, template.HTMLEscapeString(cutText(s.Label, 17)))
		fmt.Fprintf(&b, `<rect x="%g" y="%g" width="%.1f" height="16" fill="%s"/>`, label, y+5, max(0, at(f.Value)-label), colour)
		fmt.Fprintf(&b, `<path d="M%.1f %gH%.1f" stroke="#1f2328" stroke-width="2"/>`, at(f.Low), y+13, at(f.High))
		fmt.Fprintf(&b, `<text x="%.1f" y="%g">%.3f</text>`, at(f.High)+6, y+17, f.Value)
	}
	b.WriteString("</svg>")
	return template.HTML(b.String()) //nolint:gosec // numbers, and labels that were escaped
}
