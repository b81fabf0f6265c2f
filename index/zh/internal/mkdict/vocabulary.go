package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"jiqiao/index/zh/internal/fold"
	"jiqiao/index/zh/internal/seg"
)

// maxWord is the longest word kept, in characters: longer entries are sayings, and their parts are found anyway.
const maxWord = 8

// word is what is known of a word while the dictionary is made.
type word struct {
	prior float64 // count in the general list
	tag   string  // part of speech in the general list; "" for a mined word
	count int     // times it was the best word in the corpus
	seen  bool    // it occurs in the corpus, best or not
	keep  bool    // not to be dropped: hand-written or a keyword
}

func (w *word) weight() float64 { return float64(w.count) + priorWeight*w.prior + 0.1 }

type vocabulary struct {
	words map[string]*word
	table *fold.Table
}

func newVocabulary() *vocabulary {
	return &vocabulary{map[string]*word{}, fold.New()}
}

// readWords reads the "word count tag" lines of gse.
func (v *vocabulary) readWords(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // read only
	for in := bufio.NewScanner(f); in.Scan(); {
		fields := strings.Fields(in.Text())
		if len(fields) < 2 {
			continue
		}
		text := v.table.String(fields[0])
		n := utf8.RuneCountInString(text)
		count, err := strconv.ParseFloat(fields[1], 64)
		if err != nil {
			return fmt.Errorf("read %s: bad count in %q", path, in.Text())
		}
		if n > maxWord || !hasHan(text) || strings.ContainsAny(text, " ,.;:·、") {
			continue
		}
		w := v.word(text)
		w.prior += count
		if len(fields) > 2 {
			w.tag = fields[2]
		}
	}
	return nil
}

func (v *vocabulary) word(text string) *word {
	w := v.words[text]
	if w == nil {
		w = &word{}
		v.words[text] = w
	}
	return w
}

func hasHan(s string) bool { return strings.IndexFunc(s, seg.IsHan) >= 0 }

func allHan(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return !seg.IsHan(r) }) < 0
}

// addExtra reads the hand-written words: several to a line, "#" starts a comment.
func (v *vocabulary) addExtra(lines string) {
	for line := range strings.Lines(lines) {
		line, _, _ = strings.Cut(line, "#")
		for _, text := range strings.Fields(line) {
			w := v.word(v.table.String(text))
			w.keep = true
			w.prior = max(w.prior, 2000)
		}
	}
}

// dropUnseen drops the words that the corpus lacks and the general list counts rarely, and names of people.
func (v *vocabulary) dropUnseen() {
	for text, w := range v.words {
		n := utf8.RuneCountInString(text)
		name := strings.HasPrefix(w.tag, "nr")
		if n > 1 && allHan(text) && (!w.seen && (name || w.prior < rareCount) || name && w.count < 3 && w.prior < rareCount) {
			delete(v.words, text)
		}
	}
}

// dict builds a dictionary of the present weights.
func (v *vocabulary) dict() (*seg.Dict, error) {
	d := seg.New(4 * len(v.words))
	return d, d.Insert(v.entries())
}

// estimate counts the words as the present dictionary cuts the corpus (hard expectation maximisation).
func (v *vocabulary) estimate(c *corpus) error {
	d, err := v.dict()
	if err != nil {
		return err
	}
	for _, w := range v.words {
		w.count = 0
	}
	var run seg.Run
	for _, text := range c.texts {
		for i := 0; i < len(text); {
			if _, n := seg.HanAt(text[i:]); n == 0 {
				_, n = utf8.DecodeRuneInString(text[i:])
				i += n
				continue
			}
			i = run.Look(d, text, i)
			run.Solve(d)
			v.countRun(&run, text)
		}
	}
	return nil
}

func (v *vocabulary) countRun(run *seg.Run, text string) {
	for c := range run.Chars() {
		for _, w := range run.Words(c) {
			v.words[text[run.At[c]:run.At[w.End]]].seen = true
		}
	}
	for c := 0; c < run.Chars(); c = int(run.Next[c]) {
		if w := v.words[text[run.At[c]:run.At[run.Next[c]]]]; w != nil {
			w.count++
		}
	}
}
