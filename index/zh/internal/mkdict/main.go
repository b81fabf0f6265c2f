// Command mkdict derives the embedded dictionary: the words of a general list that the corpus uses, technical words
// mined from the corpus, and a hand-written list, with probabilities estimated on the corpus. It is run by hand:
//
//	go run ./internal/mkdict -words …/gse/data/dict/zh/s_1.txt -corpus …/corpus -o data/dict.gz
//
// The general list is the simplified one of github.com/go-ego/gse ("word count tag" lines). The corpus is a directory of
// gzipped JSON lines with "title", "text" and "field" (discipline or keywords). NOTICE names both.
package main

import (
	"cmp"
	_ "embed"
	"flag"
	"fmt"
	"log/slog"
	"math"
	"os"
	"slices"

	"jiqiao/index/zh/internal/seg"
)

//go:embed extra.txt
var extraLines string

const (
	// priorWeight is how much a word's count in the general list adds to its count in the corpus: enough to rank the
	// words that the corpus lacks, little enough that the corpus decides.
	priorWeight = 0.02
	// rareCount: words that the corpus lacks stay only when the general list counts at least this many.
	rareCount = 8
	// Re-estimating the counts changes little after the second pass.
	passes = 2
)

func main() {
	words := flag.String("words", "", "general word list of gse")
	corpusDir := flag.String("corpus", "", "directory of *.jsonl.gz")
	out := flag.String("o", "data/dict.gz", "file to write")
	mined := flag.String("mined", "", "also write the mined words here, for reading")
	flag.Parse()
	if err := run(*words, *corpusDir, *out, *mined, slog.New(slog.NewTextHandler(os.Stderr, nil))); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(words, corpusDir, out, mined string, log *slog.Logger) error {
	c, err := readCorpus(corpusDir)
	if err != nil {
		return err
	}
	v := newVocabulary()
	if err := v.readWords(words); err != nil {
		return err
	}
	log.Info("read", "documents", len(c.texts), "words", len(v.words))
	found, err := v.learn(c)
	if err != nil {
		return err
	}
	if mined != "" {
		if err := writeMined(mined, found); err != nil {
			return err
		}
	}
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	entries := v.entries()
	log.Info("made", "mined", len(found), "words", len(entries))
	if err := seg.Write(f, entries); err != nil {
		return fmt.Errorf("write %s: %w", out, err)
	}
	return f.Close()
}

// learn fits the vocabulary to the corpus and answers the words that it mined there.
func (v *vocabulary) learn(c *corpus) ([]candidate, error) {
	for range passes {
		if err := v.estimate(c); err != nil {
			return nil, err
		}
	}
	v.dropUnseen()
	found, err := v.mine(c)
	if err != nil {
		return nil, err
	}
	v.addExtra(extraLines)
	v.addKeywords(c)
	for range passes {
		if err := v.estimate(c); err != nil {
			return nil, err
		}
	}
	v.addMixed(c)
	return found, nil
}

// entries are the words with their costs, sorted.
func (v *vocabulary) entries() []seg.Entry {
	total := 0.0
	for _, w := range v.words {
		total += w.weight()
	}
	entries := make([]seg.Entry, 0, len(v.words))
	for text, w := range v.words {
		cost := math.Round(math.Log(total/w.weight()) * seg.CostScale)
		entries = append(entries, seg.Entry{Word: text, Cost: int(min(max(cost, 1), seg.UnknownCost-1))})
	}
	slices.SortFunc(entries, func(a, b seg.Entry) int { return cmp.Compare(a.Word, b.Word) })
	return entries
}
