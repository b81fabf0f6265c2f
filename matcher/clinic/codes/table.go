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

	"jiqiao"
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

// Default reads the table in the program, which "jiqiao train codes" made; fold is the analyzer's. It takes a tenth of a
// second: keep what it answers.
func Default(fold func(string) string) *Table {
	t, err := Read(bytes.NewReader(shipped), fold)
	if err != nil {
		panic("codes: embedded table: " + err.Error()) // built in: cannot fail on a user's machine
	}
	return t
}

// Word is a line of the table: Weights by list, by code.
type Word struct {
	Word    string
	Rarity  float64
	Weights [len(Lists)]map[string]float64
}

// NewTable makes a table of words. Codes without seeds are left out.
func NewTable(version, provenance string, sharpness [len(Lists)]float64, words []Word, fold func(string) string) (*Table, error) {
	t, err := emptyTable(version, provenance, sharpness, fold)
	if err != nil {
		return nil, err
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

func emptyTable(version, provenance string, sharpness [len(Lists)]float64, fold func(string) string) (*Table, error) {
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
	t, err := emptyTable(head[0][2:], head[1][2:], sharpness, fold)
	if err != nil {
		return nil, err
	}
	for line := 4; lines.Scan(); line++ {
		if err := t.readWord(lines.Text()); err != nil {
			return nil, fmt.Errorf("read the table: line %d: %w", line, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the table: %w", err)
	}
	return t, nil
}

// readWord reads a line: word, rarity, and a column of pairs for each list.
func (t *Table) readWord(line string) error {
	word, rest, _ := strings.Cut(line, "\t")
	cell, rest, more := strings.Cut(rest, "\t")
	rarity, err := strconv.ParseFloat(cell, 64)
	if word == "" || err != nil {
		return fmt.Errorf("%.40q does not begin with a word and its rarity", line)
	}
	e := &entry{rarity: rarity / 100}
	for i, name := range Lists {
		if !more {
			return fmt.Errorf("%.40q has too few columns", line)
		}
		cell, rest, more = strings.Cut(rest, "\t")
		if e.weights[i], err = t.lists[name].readPairs(cell); err != nil {
			return err
		}
	}
	if more {
		return fmt.Errorf("%.40q has too many columns", line)
	}
	t.words[strings.Clone(word)] = e
	return nil
}

func (l *list) readPairs(cell string) ([]weight, error) {
	if cell == "" {
		return nil, nil
	}
	weights := make([]weight, 0, strings.Count(cell, " ")+1)
	for pair := range strings.SplitSeq(cell, " ") {
		code, value, ok := strings.Cut(pair, "=")
		v, err := strconv.ParseFloat(value, 64)
		if !ok || err != nil || !(v >= 0) {
			return nil, fmt.Errorf("%.40q is no pair of code and weight", pair)
		}
		if c, known := l.place[code]; known {
			weights = append(weights, weight{c, v / 100})
		}
	}
	return weights, nil
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
