package jiqiao

import (
	"strconv"
	"strings"
)

// sections drops the empty ones.
func sections(all ...Section) []Section {
	kept := all[:0]
	for _, s := range all {
		if strings.TrimSpace(s.Text) != "" {
			kept = append(kept, s)
		}
	}
	return kept
}

func joinList(items []string) string { return strings.Join(items, "；") }

func metricsText(metrics []Metric) string {
	lines := make([]string, 0, len(metrics))
	for _, m := range metrics {
		lines = append(lines, m.String())
	}
	return strings.Join(lines, "；")
}

// String writes the metric as people do: 击穿电压≥1200V, 工作温度-40～125℃, 孔径2±0.1μm.
func (m Metric) String() string {
	if m.Text != "" {
		return m.Name + "：" + m.Text
	}
	switch m.Comparator {
	case "":
		return m.Name
	case ComparatorRange, ComparatorTolerance:
		return m.Name + number(m.Value) + string(m.Comparator) + number(m.Upper) + m.Unit
	default:
		return m.Name + string(m.Comparator) + number(m.Value) + m.Unit
	}
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
