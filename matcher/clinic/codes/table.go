package codes

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"

	"jiqiao"
	"jiqiao/index/zh"
)

//go:embed table.txt.gz
var shipped []byte

// Table is what was learned before the platform had records: how telling words are, and which codes they speak for. It is
// immutable.
//
// Its file is gzipped text: a line "# " with the version, one with the provenance, a line "sharpness" with the number of each
// list, and a line per word with its rarity in hundredths and, per list, pairs of a code and a weight in hundredths:
//
//	激光熔覆	71	C33=21 C35=18	40105=32 80404=11
type Table struct {
	Version, Provenance string
	words               map[string]*entry
	lists               map[string]*list
}

type entry struct {
	rarity  float64
	weights [len(Lists)][]weight
}

type weight struct {
	code   int
	weight float64
}

// list is one list of codes as the table knows it.
type list struct {
	name string
	at   int // in Lists and in entry.weights
	// codes are those with seeds, the finest of the list; parents the code above each where the list has more levels
	// below the first, else "".
	codes, parents []string
	place          map[string]int
	sharpness      float64
	index          seedIndex
}

// Default is the table in the program; "jiqiao train codes" made it.
func Default() *Table { return defaultTable() }

var defaultTable = sync.OnceValue(func() *Table {
	a, err := zh.New(zh.Options{})
	if err == nil {
		var t *Table
		if t, err = Read(bytes.NewReader(shipped), a.Fold); err == nil {
			return t
		}
	}
	panic("codes: embedded table: " + err.Error()) // built in: cannot fail on a user's machine
})

// Word is a line of the table: Weights by list, by code.
type Word struct {
	Word    string
	Rarity  float64
	Weights [len(Lists)]map[string]float64
}

// NewTable makes a table of words. Codes without seeds are left out.
func NewTable(version, provenance string, sharpness [len(Lists)]float64, words []Word, fold func(string) string) (*Table, error) {
	t := &Table{Version: version, Provenance: provenance, words: map[string]*entry{}, lists: map[string]*list{}}
	for i, name := range Lists {
		l := &list{name: name, at: i, place: map[string]int{}, sharpness: sharpness[i]}
		seeds, err := Seeds(name)
		if err != nil {
			return nil, err
		}
		for _, s := range seeds {
			l.place[s.Code] = len(l.codes)
			l.codes = append(l.codes, s.Code)
			parent := ""
			if path := jiqiao.CodePath(name, s.Code); len(path) == 3 {
				parent = path[1].Code
			}
			l.parents = append(l.parents, parent)
		}
		l.index = newSeedIndex(seeds, fold)
		t.lists[name] = l
	}
	for _, w := range words {
		e := &entry{rarity: w.Rarity}
		for i, name := range Lists {
			for code, v := range w.Weights[i] {
				if c, ok := t.lists[name].place[code]; ok {
					e.weights[i] = append(e.weights[i], weight{c, v})
				}
			}
			slices.SortFunc(e.weights[i], func(a, b weight) int { return a.code - b.code })
		}
		t.words[w.Word] = e
	}
	return t, nil
}

// Write writes the table's file: the same table gives the same bytes.
func (t *Table) Write(out io.Writer) error {
	z, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	w := bufio.NewWriter(z)
	fmt.Fprintf(w, "# %s\n# %s\nsharpness", t.Version, t.Provenance)
	for _, name := range Lists {
		fmt.Fprintf(w, "\t%g", t.lists[name].sharpness)
	}
	words := make([]string, 0, len(t.words))
	for word := range t.words {
		words = append(words, word)
	}
	slices.Sort(words)
	for _, word := range words {
		e := t.words[word]
		fmt.Fprintf(w, "\n%s\t%.0f", word, e.rarity*100)
		for i, name := range Lists {
			pairs := make([]string, 0, len(e.weights[i]))
			for _, x := range e.weights[i] {
				pairs = append(pairs, fmt.Sprintf("%s=%.0f", t.lists[name].codes[x.code], x.weight*100))
			}
			fmt.Fprintf(w, "\t%s", strings.Join(pairs, " "))
		}
	}
	fmt.Fprintln(w)
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	return nil
}

// Read reads a table's file; fold is the analyzer's.
func Read(in io.Reader, fold func(string) string) (*Table, error) {
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, fmt.Errorf("read the table: %w", err)
	}
	lines := bufio.NewScanner(z)
	head := make([]string, 0, 3)
	for len(head) < 3 && lines.Scan() {
		head = append(head, lines.Text())
	}
	if len(head) < 3 || !strings.HasPrefix(head[0], "# ") || !strings.HasPrefix(head[1], "# ") {
		return nil, fmt.Errorf("read the table: its head is damaged")
	}
	var sharpness [len(Lists)]float64
	for i, cell := range strings.Split(head[2], "\t")[1:] {
		if i == len(Lists) {
			break
		}
		if sharpness[i], err = strconv.ParseFloat(cell, 64); err != nil {
			return nil, fmt.Errorf("read the table: sharpness: %w", err)
		}
	}
	var words []Word
	for lines.Scan() {
		w, err := parseWord(lines.Text())
		if err != nil {
			return nil, fmt.Errorf("read the table: line %d: %w", len(words)+4, err)
		}
		words = append(words, w)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the table: %w", err)
	}
	return NewTable(head[0][2:], head[1][2:], sharpness, words, fold)
}

func parseWord(line string) (Word, error) {
	cells := strings.Split(line, "\t")
	if len(cells) != 2+len(Lists) || cells[0] == "" {
		return Word{}, fmt.Errorf("has %d columns, want %d", len(cells), 2+len(Lists))
	}
	rarity, err := strconv.ParseFloat(cells[1], 64)
	if err != nil {
		return Word{}, fmt.Errorf("rarity: %w", err)
	}
	w := Word{Word: cells[0], Rarity: rarity / 100}
	for i := range Lists {
		w.Weights[i] = map[string]float64{}
		for pair := range strings.FieldsSeq(cells[2+i]) {
			code, value, ok := strings.Cut(pair, "=")
			v, err := strconv.ParseFloat(value, 64)
			if !ok || err != nil || !(v >= 0) {
				return Word{}, fmt.Errorf("%q is no pair of code and weight", pair)
			}
			w.Weights[i][code] = v / 100
		}
	}
	return w, nil
}

// Sharpened is the table with another sharpness for the list at that place of Lists.
func (t *Table) Sharpened(at int, sharpness float64) *Table {
	c := &Table{Version: t.Version, Provenance: t.Provenance, words: t.words, lists: map[string]*list{}}
	for name, l := range t.lists {
		own := *l
		if l.at == at {
			own.sharpness = sharpness
		}
		c.lists[name] = &own
	}
	return c
}
