package jiqiao

import (
	"embed"
	"strings"
	"sync"
)

// Each file under codes is one list: a line with its Chinese name, a line with its source, then rows of code, label,
// parent, note, and aliases separated by "|". Wording that turns out wrong is corrected there, not in code.
//
//go:embed codes/*.tsv
var codeFiles embed.FS

// codeNames fixes the order in which lists are shown.
var codeNames = [...]string{
	"industry", "field", "emerging", "region", "subject", "trl", "maturity", "cooperation", "budget",
	"need_category", "outcome", "service", "scale", "qualification", "organisation_kind",
	"attribute", "form", "level", "evaluation", "acquisition", "ip", "ip_state", "status", "disclosure",
	"rejection", "notice_topic", "channel_kind", "role", "act", "indicator", "job_kind", "object_type",
	"deal_stage", "deal_state", "deal_exit", "deal_result", "contract_type", "payment_mode", "payment_kind", "country", "legal_nature",
	"contract_ip", "plan_source", "contract_field", "objective", "secrecy", "subsidy_base", "subsidy_state",
}

// codebook is every list and the maps that make a look-up one access. It is never changed after loading.
type codebook struct {
	lists  []CodeList
	byName map[string]*codeTable
}

type codeTable struct {
	list   CodeList
	byCode map[string]int // index into list.Items
	// byText holds the places of every item that a folded label, code or alias may stand for, parents first.
	byText map[string][]int
}

var codes = sync.OnceValue(loadCodes)

func loadCodes() *codebook {
	book := &codebook{byName: make(map[string]*codeTable, len(codeNames))}
	for _, name := range codeNames {
		data, err := codeFiles.ReadFile("codes/" + name + ".tsv")
		if err != nil {
			panic("jiqiao: embedded code list " + name + ": " + err.Error()) // built in: cannot fail on a user's machine
		}
		t := parseCodes(name, string(data))
		book.lists = append(book.lists, t.list)
		book.byName[name] = t
	}
	return book
}

func parseCodes(name, data string) *codeTable {
	lines := strings.Split(strings.TrimRight(data, "\n"), "\n")
	t := &codeTable{
		list: CodeList{
			Name:   name,
			Label:  strings.TrimPrefix(lines[0], "# "),
			Source: strings.TrimPrefix(lines[1], "# "),
			Items:  make([]CodeItem, 0, len(lines)-2),
		},
		byCode: make(map[string]int, len(lines)),
		byText: make(map[string][]int, 2*len(lines)),
	}
	for _, line := range lines[2:] {
		cells := strings.Split(line, "\t")
		cells = append(cells, "", "", "")
		item := CodeItem{Code: cells[0], Label: cells[1], Parent: cells[2], Note: cells[3]}
		at := len(t.list.Items)
		t.list.Items = append(t.list.Items, item)
		t.byCode[item.Code] = at
		t.addText(at, item.Code, item.Label, item.Code+item.Label)
		if cells[4] != "" {
			t.addText(at, strings.Split(cells[4], "|")...)
		}
		t.addText(at, textVariants(name, item)...)
	}
	return t
}

// textVariants are the spellings of an item that follow a rule and so need no alias in the data.
func textVariants(list string, item CodeItem) []string {
	switch list {
	case "trl":
		return []string{"TRL" + item.Code, item.Code + "级", "第" + item.Code + "级", "TRL" + item.Code + "级",
			"TRL" + item.Code + item.Label}
	case "industry":
		variants := []string{strings.TrimLeft(item.Code, "ABCDEFGHIJKLMNOPQRST")}
		for _, suffix := range []string{"制造业", "业"} {
			if short, cut := strings.CutSuffix(item.Label, suffix); cut && len([]rune(short)) > 1 {
				variants = append(variants, short)
			}
		}
		return variants
	case "region":
		return []string{regionShort(item.Label)}
	}
	return nil
}

// addText keeps a spelling once per item; an empty one is nothing.
func (t *codeTable) addText(at int, texts ...string) {
	for _, text := range texts {
		key := foldCode(text)
		places := t.byText[key]
		if key == "" || len(places) > 0 && places[len(places)-1] == at {
			continue
		}
		t.byText[key] = append(places, at)
	}
}

// find resolves a folded spelling. An exact code or label wins; otherwise, of several items, the highest in the tree
// does when it is alone on its level, so that 吉林 is the province, and 朝阳区, which is two counties, is nobody.
func (t *codeTable) find(key string) (int, bool) {
	places := t.byText[key]
	best, ties := -1, 0
	for _, at := range places {
		switch {
		case best < 0 || t.depth(at) < t.depth(best):
			best, ties = at, 1
		case t.depth(at) == t.depth(best):
			ties++
		}
	}
	return best, best >= 0 && ties == 1
}

func (t *codeTable) depth(at int) int {
	if t.list.Name == "region" { // a county of a municipality stands no higher than any other county
		return len(RegionPrefix(t.list.Items[at].Code))
	}
	depth := 0
	for parent := t.list.Items[at].Parent; parent != ""; depth++ {
		parent = t.list.Items[t.byCode[parent]].Parent
	}
	return depth
}

// foldCode brings the spellings people use for one entry together: full and half width, case, spaces, quotation
// marks, separators. Ranges keep a mark, so that 1–3 is not 13 and -5 is not 5.
func foldCode(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch r = halfWidth(r); {
		case r >= 'A' && r <= 'Z':
			b.WriteByte(byte(r) - 'A' + 'a')
		case strings.ContainsRune("-–—~〜−至", r):
			b.WriteByte('~')
		case strings.ContainsRune(" \t\r\n\u00a0/\\|,、;:·()[]【】{}\"'“”‘’「」《》*", r):
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// halfWidth maps the full-width forms of ASCII, U+FF01–FF5E and U+3000, to ASCII.
func halfWidth(r rune) rune {
	switch {
	case r >= '！' && r <= '～':
		return r - ('！' - '!')
	case r == '\u3000':
		return ' '
	}
	return r
}
