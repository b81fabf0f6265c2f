package zh

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"math/bits"
	"strconv"
	"strings"
	"unicode/utf8"
)

//go:embed data/dict.gz
var dictData []byte

// costScale is the unit of costs: a word's cost is -ln(probability) × costScale, rounded.
const costScale = 10

// unknownCost is the cost of a character that is no word: dearer than any word of the dictionary.
const unknownCost = 20 * costScale

// dict is a trie of words in one open-addressing table. An edge is one uint64: parent node (22 bits), character
// (16 bits), child node (22 bits); so a step costs one memory access. Characters outside the BMP are in no word.
type dict struct {
	edges []uint64
	mask  uint64
	shift uint
	used  int
	cost  []int16  // by node; -1 is no word
	text  []uint32 // by node: where the word starts in words
	words string
	// mixed are the words that hold letters or digits, by their first run of letters and digits.
	mixed map[string][]mixedWord
	size  int
}

type mixedWord struct{ before, after, word string }

const (
	nodeBits = 22
	nodeMask = 1<<nodeBits - 1
)

func newDict(edges int) *dict {
	size := uint(bits.Len(uint(edges * 5 / 3)))
	return &dict{
		edges: make([]uint64, 1<<size), mask: 1<<size - 1, shift: 64 - size,
		cost: append(make([]int16, 0, edges+1), -1), text: append(make([]uint32, 0, edges+1), 0),
		mixed: map[string][]mixedWord{},
	}
}

// loadDict reads the embedded dictionary: a line with the number of edges and of bytes, then "word cost" lines in order.
func loadDict() (*dict, error) {
	zr, err := gzip.NewReader(bytes.NewReader(dictData))
	if err != nil {
		return nil, fmt.Errorf("read embedded dictionary: %w", err)
	}
	all, err := io.ReadAll(bufio.NewReaderSize(zr, 1<<16))
	if err != nil {
		return nil, fmt.Errorf("read embedded dictionary: %w", err)
	}
	text := string(all)
	head, text, _ := strings.Cut(text, "\n")
	edges, err := strconv.Atoi(head)
	if err != nil {
		return nil, fmt.Errorf("read embedded dictionary: bad head %q", head)
	}
	d := newDict(edges)
	d.words = text
	for at := 0; at < len(text); {
		n := strings.IndexByte(text[at:], '\n')
		line := text[at : at+n]
		word, cost, _ := strings.Cut(line, " ")
		c, err := strconv.Atoi(cost)
		if err != nil {
			return nil, fmt.Errorf("read embedded dictionary: bad line %q", line)
		}
		d.insert(word, uint32(at), c)
		at += n + 1
	}
	return d, nil
}

func (d *dict) insert(word string, at uint32, cost int) {
	if !isHanWord(word) {
		d.addMixed(word)
		return
	}
	node := uint32(0)
	for _, r := range word {
		node = d.child(node, r, true)
	}
	if d.cost[node] < 0 {
		d.size++
	}
	d.cost[node] = int16(min(cost, unknownCost-1))
	d.text[node] = at
}

// has says whether a word of Han characters is in the dictionary.
func (d *dict) has(word string) bool {
	node := uint32(0)
	for _, r := range word {
		if r >= 1<<16 {
			return false
		}
		if node = d.child(node, r, false); node == 0 {
			return false
		}
	}
	return d.cost[node] >= 0
}

// remove takes a word out.
func (d *dict) remove(word string) {
	node := uint32(0)
	for _, r := range word {
		if r >= 1<<16 {
			return
		}
		if node = d.child(node, r, false); node == 0 {
			return
		}
	}
	d.cost[node] = -1
}

func isHanWord(word string) bool {
	for _, r := range word {
		if !isHan(r) || r >= 1<<16 {
			return false
		}
	}
	return word != ""
}

// addMixed files 3d打印 under 3d, 维生素b12 under b12.
func (d *dict) addMixed(word string) {
	start := strings.IndexFunc(word, func(r rune) bool { return !isHan(r) })
	if start < 0 {
		return
	}
	end := strings.IndexFunc(word[start:], isHan)
	if end < 0 {
		end = len(word)
	} else {
		end += start
	}
	key := word[start:end]
	for _, m := range d.mixed[key] {
		if m.word == word {
			return
		}
	}
	d.mixed[key] = append(d.mixed[key], mixedWord{word[:start], word[end:], word})
	d.size++
}

func (d *dict) child(parent uint32, r rune, create bool) uint32 {
	key := uint64(parent)<<16 | uint64(r)
	for i := key * 0x9E3779B97F4A7C15 >> d.shift; ; i = (i + 1) & d.mask {
		e := d.edges[i]
		if e == 0 {
			if !create {
				return 0
			}
			return d.newNode(i, key)
		}
		if e>>nodeBits == key {
			return uint32(e & nodeMask)
		}
	}
}

func (d *dict) newNode(slot, key uint64) uint32 {
	if d.used++; d.used > len(d.edges)*4/5 {
		d.grow()
		d.used++
		for slot = key * 0x9E3779B97F4A7C15 >> d.shift; d.edges[slot] != 0; slot = (slot + 1) & d.mask {
		}
	}
	node := uint32(len(d.cost))
	d.edges[slot] = key<<nodeBits | uint64(node)
	d.cost = append(d.cost, -1)
	d.text = append(d.text, 0)
	return node
}

func (d *dict) grow() {
	old := d.edges
	d.edges = make([]uint64, 2*len(old))
	d.mask = uint64(len(d.edges) - 1)
	d.shift--
	d.used = 0
	for _, e := range old {
		if e == 0 {
			continue
		}
		i := (e >> nodeBits) * 0x9E3779B97F4A7C15 >> d.shift
		for d.edges[i] != 0 {
			i = (i + 1) & d.mask
		}
		d.edges[i] = e
		d.used++
	}
}

// word is the interned text of the word that ends at a node, n bytes long.
func (d *dict) word(node uint32, n int) string {
	at := d.text[node]
	return d.words[at : at+uint32(n)]
}

func isHan(r rune) bool {
	return r >= 0x4E00 && r <= 0x9FFF || r >= 0x3400 && r <= 0x4DBF || r >= 0x20000 && r <= 0x323AF || r == '〇'
}

// hanAt is the length of the Han character at the start of s, or 0.
func hanAt(s string) (rune, int) {
	if s == "" || s[0] < 0xE3 {
		return 0, 0
	}
	r, n := utf8.DecodeRuneInString(s)
	if !isHan(r) {
		return 0, 0
	}
	return r, n
}
