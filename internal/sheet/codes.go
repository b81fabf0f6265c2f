package sheet

import (
	"regexp"
	"slices"
	"strings"

	"jiqiao"
)

// codeText is how a code is written in a cell and offered in drop-downs. In lists whose codes people know and whose
// labels repeat across levels (教育 is P and P83) the code stands in front: "C26 化学原料和化学制品制造业".
func codeText(list, code string) string {
	label := jiqiao.CodeLabel(list, code)
	switch {
	case label == "":
		return code
	case codeFirst(list):
		return code + " " + label
	}
	return label
}

func codeFirst(list string) bool {
	switch list {
	case "industry", "field", "emerging", "region", "subject", "trl":
		return true
	}
	return false
}

var leadingCode = regexp.MustCompile(`^([A-Za-z]?\d+(?:\.\d+)*|[A-Za-z])[\s_.:、-]+\S`)

// parseCode reads one code: the code, its label, both, or one of the spellings that the list knows.
func parseCode(list, cell string) (string, error) {
	s := fold(cell)
	if blank(s) {
		return "", nil
	}
	if code, ok := jiqiao.CodeByLabel(list, s); ok {
		return code, nil
	}
	if m := leadingCode.FindStringSubmatch(s); m != nil {
		// The code decides when the words after it were shortened or come from another edition.
		if code := strings.ToUpper(m[1]); jiqiao.CodeLabel(list, code) != "" {
			return code, nil
		}
	}
	if i := strings.LastIndexAny(s, "("); i > 0 {
		// 材料科学(430), 小型(微利)
		if code, ok := jiqiao.CodeByLabel(list, strings.Trim(s[i:], "()")); ok {
			return code, nil
		}
		if code, ok := jiqiao.CodeByLabel(list, s[:i]); ok {
			return code, nil
		}
	}
	return "", problem(codeHelp(list, s))
}

// codeHelp says what could have been meant.
func codeHelp(list, typed string) string {
	all, _ := jiqiao.LookupList(list)
	var labels, near []string
	for _, item := range all.Items {
		labels = append(labels, codeText(list, item.Code))
		if len(near) < 5 && len(typed) >= len("二字") && (strings.Contains(item.Label, typed) || strings.Contains(typed, item.Label)) {
			near = append(near, codeText(list, item.Code))
		}
	}
	switch {
	case len(labels) <= 15:
		return "不在可选项中，可填：" + strings.Join(labels, "、")
	case len(near) > 0:
		return "对不上" + all.Label + "的唯一一项，是不是：" + strings.Join(near, "、")
	}
	return "不在" + all.Label + "的可选项中，请从下拉列表中选择"
}

// parseCodes reads several codes. Labels may hold the separators themselves (农、林、牧、渔业), so at each place the
// longest stretch that the list knows is taken.
func parseCodes(list, cell string) ([]string, error) {
	cell = strings.ReplaceAll(cell, "；", "\n")
	s := fold(cell)
	if blank(s) || s == "不限" || s == "全部" {
		return nil, nil
	}
	bounds := boundaries(s, "、;,|\n")
	if len(bounds) == 1 && !known(list, s) {
		bounds = boundaries(s, " /")
	}
	var found []string
	for i := 0; i < len(bounds); {
		code, next := "", i+1
		for j := len(bounds); j > i && code == ""; j-- {
			if c, ok := jiqiao.CodeByLabel(list, s[bounds[i].start:bounds[j-1].end]); ok {
				code, next = c, j
			}
		}
		if code == "" {
			var err error
			if code, err = parseCode(list, s[bounds[i].start:bounds[i].end]); err != nil {
				return nil, err
			}
		}
		if code != "" && !slices.Contains(found, code) {
			found = append(found, code)
		}
		i = next
	}
	return found, nil
}

func known(list, s string) bool {
	_, err := parseCode(list, s)
	return err == nil
}

type stretch struct{ start, end int }

// maxPieces bounds the pieces of one cell; the search for the longest stretch is quadratic in it.
const maxPieces = 64

// boundaries are the pieces of s between separators, empty ones left out.
func boundaries(s, separators string) []stretch {
	var pieces []stretch
	start := 0
	add := func(end int) {
		if strings.TrimSpace(s[start:end]) != "" && len(pieces) < maxPieces {
			pieces = append(pieces, stretch{start, end})
		}
	}
	for i, r := range s {
		if strings.ContainsRune(separators, r) {
			add(i)
			start = i + len(string(r))
		}
	}
	add(len(s))
	return pieces
}

func formatCodes(list string, codes []string) string {
	texts := make([]string, len(codes))
	for i, code := range codes {
		texts[i] = codeText(list, code)
	}
	return strings.Join(texts, "；")
}
