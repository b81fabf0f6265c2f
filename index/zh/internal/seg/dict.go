// Package seg cuts runs of Han characters into the most probable words of a unigram dictionary.
package seg

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/bits"
	"strconv"
	"strings"
	"unicode/utf8"
)

// CostScale is the unit of costs: a word's cost is -ln(probability) × CostScale, rounded.
const CostScale = 10

// UnknownCost is the cost of a character that is no word: dearer than any word of the dictionary, so that characters
// are left alone only where no word fits.
const UnknownCost = 20 * CostScale

// Entry is one word of a dictionary.
type Entry struct {
	Word string
	Cost int // see CostScale; mixed words have none
}

// Dict is a trie of words in one open-addressing table. An edge is one uint64: parent node (22 bits), character
// (16 bits), child node (22 bits); so a step costs one memory access, and words can still be added, which a
// double array makes dear. Characters outside the BMP are in no word. A Dict is safe for concurrent reading.
type Dict struct {
	edges []uint64
	mask  uint64
	shift uint
	used  int
	root  []uint32 // the child of the root by character: the most frequent step
	cost  []int16  // by node; -1 is no word
	text  []uint32 // by node: where the word starts in words
	words string
	mixed map[string][]Mixed
	size  int
}

// Mixed is a word of Han characters around one run of letters and digits: 3d打印, x射线, 维生素b12.
type Mixed struct{ Before, After, Word string }

const (
	nodeBits = 22
	nodeMask = 1<<nodeBits - 1
	maxNodes = 1 << nodeBits
	// hashFactor is 2^64 ÷ the golden ratio (Knuth's multiplicative hashing).
	hashFactor = 0x9E3779B97F4A7C15
)

// New makes an empty dictionary with room for a number of edges.
func New(edges int) *Dict {
	size := uint(bits.Len(uint(edges)*5/3 | 1023))
	return &Dict{
		edges: make([]uint64, 1<<size), mask: 1<<size - 1, shift: 64 - size,
		root: make([]uint32, 1<<16),
		cost: append(make([]int16, 0, edges+1), -1), text: append(make([]uint32, 0, edges+1), 0),
		mixed: map[string][]Mixed{},
	}
}

// Load reads what Write wrote.
func Load(packed []byte) (*Dict, error) {
	zr, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("read dictionary: %w", err)
	}
	all := bytes.Buffer{}
	if n := len(packed); n > 4 {
		all.Grow(int(uint32(packed[n-4])|uint32(packed[n-3])<<8|uint32(packed[n-2])<<16) + 1<<16) // gzip's size of the content
	}
	if _, err := io.Copy(&all, zr); err != nil {
		return nil, fmt.Errorf("read dictionary: %w", err)
	}
	head, text, _ := strings.Cut(all.String(), "\n")
	edges, err := strconv.Atoi(head)
	if err != nil || edges < 0 || edges >= maxNodes {
		return nil, fmt.Errorf("read dictionary: bad head %q", head)
	}
	d := New(edges)
	d.words = text
	for at := 0; at < len(text); {
		n := strings.IndexByte(text[at:], '\n')
		if n < 0 {
			n = len(text) - at
		}
		word, cost, _ := strings.Cut(text[at:at+n], " ")
		c, err := strconv.Atoi(cost)
		if err != nil {
			return nil, fmt.Errorf("read dictionary: bad line %q", text[at:at+n])
		}
		if d.full(word) {
			return nil, fmt.Errorf("read dictionary: full at %q", word)
		}
		d.insert(word, uint32(at), c)
		at += n + 1
	}
	return d, nil
}

// Write packs entries, which must be sorted by word: a line with the number of trie edges, then "word cost" lines.
func Write(w io.Writer, entries []Entry) error {
	zw, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	edges, last := 0, ""
	for _, e := range entries {
		common := 0
		for common < len(last) && common < len(e.Word) && last[common] == e.Word[common] {
			common++
		}
		for common > 0 && common < len(e.Word) && !utf8.RuneStart(e.Word[common]) {
			common--
		}
		edges += utf8.RuneCountInString(e.Word[common:])
		last = e.Word
	}
	if _, err := fmt.Fprintf(zw, "%d\n", edges); err != nil {
		return err
	}
	for _, e := range entries {
		if _, err := fmt.Fprintf(zw, "%s %d\n", e.Word, e.Cost); err != nil {
			return err
		}
	}
	return zw.Close()
}

// Len is the number of words.
func (d *Dict) Len() int { return d.size }

// Insert adds words, or changes their cost. It copies all words' text once, so give it all of a list together. Words
// that are neither Han nor mixed are left out: letters and digits are words without a dictionary.
func (d *Dict) Insert(entries []Entry) error {
	var text strings.Builder
	at := len(d.words)
	for _, e := range entries {
		text.WriteString(e.Word)
	}
	d.words += text.String()
	for _, e := range entries {
		if d.full(e.Word) {
			return fmt.Errorf("dictionary is full at %q", e.Word)
		}
		d.insert(e.Word, uint32(at), e.Cost)
		at += len(e.Word)
	}
	return nil
}

// full says that the word might need more nodes than an edge can name.
func (d *Dict) full(word string) bool { return len(d.cost)+len(word) >= maxNodes }

func (d *Dict) insert(word string, at uint32, cost int) {
	if !isHanWord(word) {
		d.addMixed(word)
		return
	}
	node := uint32(0)
	for _, r := range word {
		node = d.grown(node, r)
	}
	if d.cost[node] < 0 {
		d.size++
	}
	d.cost[node] = int16(min(max(cost, 1), UnknownCost-1))
	d.text[node] = at
}

// Cost is the cost of a word of Han characters, and whether it is in the dictionary.
func (d *Dict) Cost(word string) (int, bool) {
	node := d.node(word)
	if node == 0 || d.cost[node] < 0 {
		return 0, false
	}
	return int(d.cost[node]), true
}

func (d *Dict) node(word string) uint32 {
	node := uint32(0)
	for _, r := range word {
		if r >= 1<<16 {
			return 0
		}
		if node = d.child(node, r); node == 0 {
			return 0
		}
	}
	return node
}

// Remove takes a word out.
func (d *Dict) Remove(word string) {
	if !isHanWord(word) {
		if key, _, _ := cutMixed(word); key != "" {
			kept := []Mixed{}
			for _, m := range d.mixed[key] {
				if m.Word != word {
					kept = append(kept, m)
				}
			}
			d.size -= len(d.mixed[key]) - len(kept)
			d.mixed[key] = kept
		}
		return
	}
	if node := d.node(word); node != 0 && d.cost[node] >= 0 {
		d.cost[node] = -1
		d.size--
	}
}

// Mixed are the mixed words around a run of letters and digits.
func (d *Dict) Mixed(key string) []Mixed { return d.mixed[key] }

func (d *Dict) addMixed(word string) {
	key, before, after := cutMixed(word)
	if key == "" || before == "" && after == "" {
		return
	}
	for _, m := range d.mixed[key] {
		if m.Word == word {
			return
		}
	}
	d.mixed[key] = append(d.mixed[key], Mixed{before, after, word})
	d.size++
}

// cutMixed cuts a word at its first run of other than Han characters.
func cutMixed(word string) (key, before, after string) {
	start := strings.IndexFunc(word, func(r rune) bool { return !IsHan(r) })
	if start < 0 {
		return "", "", ""
	}
	end := strings.IndexFunc(word[start:], IsHan)
	if end < 0 {
		return word[start:], word[:start], ""
	}
	return word[start : start+end], word[:start], word[start+end:]
}

func isHanWord(word string) bool {
	for _, r := range word {
		if !IsHan(r) || r >= 1<<16 {
			return false
		}
	}
	return word != ""
}

// child is the node after parent, or 0.
func (d *Dict) child(parent uint32, r rune) uint32 {
	if parent == 0 {
		return d.root[r]
	}
	key := uint64(parent)<<16 | uint64(r)
	for i := key * hashFactor >> d.shift; ; i = (i + 1) & d.mask {
		e := d.edges[i]
		if e == 0 {
			return 0
		}
		if e>>nodeBits == key {
			return uint32(e & nodeMask)
		}
	}
}

// grown is the node after parent, made when it is not there.
func (d *Dict) grown(parent uint32, r rune) uint32 {
	if node := d.child(parent, r); node != 0 {
		return node
	}
	node := uint32(len(d.cost))
	d.cost = append(d.cost, -1)
	d.text = append(d.text, 0)
	if parent == 0 {
		d.root[r] = node
		return node
	}
	if d.used >= len(d.edges)*4/5 {
		d.rehash()
	}
	d.place((uint64(parent)<<16|uint64(r))<<nodeBits | uint64(node))
	return node
}

func (d *Dict) place(edge uint64) {
	i := (edge >> nodeBits) * hashFactor >> d.shift
	for d.edges[i] != 0 {
		i = (i + 1) & d.mask
	}
	d.edges[i] = edge
	d.used++
}

func (d *Dict) rehash() {
	old := d.edges
	d.edges = make([]uint64, 2*len(old))
	d.mask = uint64(len(d.edges) - 1)
	d.shift--
	d.used = 0
	for _, e := range old {
		if e != 0 {
			d.place(e)
		}
	}
}

// IsHan says whether a character is a Chinese ideograph. After folding there are no radicals or compatibility forms.
func IsHan(r rune) bool {
	return r >= 0x4E00 && r <= 0x9FFF || r >= 0x3400 && r <= 0x4DBF || r >= 0x20000 && r <= 0x323AF || r == '〇'
}

// HanAt is the Han character that starts a text and its length, 0 when there is none.
func HanAt(s string) (rune, int) {
	if s == "" || s[0] < 0xE3 {
		return 0, 0
	}
	r, n := utf8.DecodeRuneInString(s)
	if !IsHan(r) {
		return 0, 0
	}
	return r, n
}
