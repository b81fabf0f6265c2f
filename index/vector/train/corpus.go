package train

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"jiqiao/index/vector"
	"jiqiao/index/zh"
)

// Text is one text of a corpus or one record.
type Text struct {
	// ID names the document; passages of one document share what stands before "#".
	ID    string `json:"id"`
	Title string `json:"title"`
	Body  string `json:"text"`
}

// Document is a text as words of the vocabulary; words outside it are left out.
type Document struct {
	Group string // what stands before "#" in the text's ID
	Title []vector.ID
	Body  [][]vector.ID // by sentence
}

// All is the document's words in order.
func (d *Document) All() iter.Seq[vector.ID] {
	return func(yield func(vector.ID) bool) {
		for _, id := range d.Title {
			if !yield(id) {
				return
			}
		}
		for _, s := range d.Body {
			for _, id := range s {
				if !yield(id) {
					return
				}
			}
		}
	}
}

// Corpus is texts as words.
type Corpus struct {
	Words     []string // the vocabulary, the most frequent first
	Counts    []int    // how often each stands in the texts
	Documents []Document
}

// Tokens counts the words of all documents.
func (c *Corpus) Tokens() int {
	n := 0
	for _, k := range c.Counts {
		n += k
	}
	return n
}

// ReadOptions say which words are worth a vector.
type ReadOptions struct {
	// MinCount is how often a word must stand in the texts: below, its surroundings are chance.
	MinCount int
	// MaxWords bounds the vocabulary; 0 is vector.MaxWords.
	MaxWords int
	Progress Progress
}

// Progress hears of a stage's work; it may be nil.
type Progress func(stage string, done, total int)

func (p Progress) tell(stage string, done, total int) {
	if p != nil {
		p(stage, done, total)
	}
}

// Files lists the corpus files of a directory, *.jsonl and *.jsonl.gz, by name.
func Files(dir string) ([]string, error) {
	var out []string
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read corpus: %w", err)
	}
	for _, e := range entries {
		if name := strings.TrimSuffix(e.Name(), ".gz"); !e.IsDir() && filepath.Ext(name) == ".jsonl" {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("read corpus: %s holds no .jsonl or .jsonl.gz file", dir)
	}
	return out, nil
}

// ReadFile yields the texts of one file of JSON lines, gzip'd when its name ends in .gz.
func ReadFile(path string) iter.Seq2[Text, error] {
	return func(yield func(Text, error) bool) {
		if err := readLines(path, yield); err != nil {
			yield(Text{}, fmt.Errorf("read corpus %s: %w", path, err))
		}
	}
}

func readLines(path string, yield func(Text, error) bool) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	in := io.Reader(f)
	if filepath.Ext(path) == ".gz" {
		if in, err = gzip.NewReader(f); err != nil {
			return err
		}
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<24)
	for n := 1; lines.Scan(); n++ {
		var t Text
		if err := json.Unmarshal(lines.Bytes(), &t); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		if !yield(t, nil) {
			return nil
		}
	}
	return lines.Err()
}

// terms is a text as words before there is a vocabulary.
type terms struct {
	group string
	title []string
	body  [][]string
}

// Read cuts texts into words and finds the vocabulary.
func Read(ctx context.Context, a *zh.Analyzer, texts []Text, o ReadOptions) (*Corpus, error) {
	cut, err := cutTexts(ctx, a, texts, o.Progress)
	if err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for i := range cut {
		for s := range cut[i].all() {
			for _, w := range s {
				counts[w]++
			}
		}
	}
	c := &Corpus{}
	c.choose(counts, o)
	c.number(cut)
	return c, nil
}

// cutTexts cuts texts into the words of their sentences.
func cutTexts(ctx context.Context, a *zh.Analyzer, texts []Text, p Progress) ([]terms, error) {
	cut := make([]terms, len(texts))
	err := parallel(ctx, len(texts), func(i int) {
		cut[i] = terms{group: group(texts[i].ID), title: words(a, texts[i].Title)}
		for _, s := range zh.Sentences(texts[i].Body) {
			cut[i].body = append(cut[i].body, words(a, texts[i].Body[s.Start:s.End]))
		}
	}, func(done int) { p.tell("分词", done, len(texts)) })
	return cut, err
}

func group(id string) string {
	g, _, _ := strings.Cut(id, "#")
	return g
}

// words are the terms of a text that may have a vector.
func words(a *zh.Analyzer, text string) []string {
	var out []string
	for _, t := range a.Tokens(nil, text) {
		if vector.Meant(t) {
			out = append(out, strings.Clone(t.Term))
		}
	}
	return out
}

func (t *terms) all() iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		if !yield(t.title) {
			return
		}
		for _, s := range t.body {
			if !yield(s) {
				return
			}
		}
	}
}

// maxTerm keeps what extraction glued together out of the vocabulary.
const maxTerm = 40

// choose makes the vocabulary of the words that are frequent enough.
func (c *Corpus) choose(counts map[string]int, o ReadOptions) {
	c.Words = slices.DeleteFunc(frequent(counts, o.MinCount), func(w string) bool { return len(w) > maxTerm })
	limit := vector.MaxWords
	if o.MaxWords > 0 {
		limit = min(limit, o.MaxWords)
	}
	c.Words = slices.Clip(c.Words[:min(limit, len(c.Words))])
	for _, w := range c.Words {
		c.Counts = append(c.Counts, counts[w])
	}
}

// number turns words into IDs.
func (c *Corpus) number(cut []terms) {
	ids := make(map[string]vector.ID, len(c.Words))
	for i, w := range c.Words {
		ids[w] = vector.ID(i)
	}
	number := func(words []string) []vector.ID {
		out := make([]vector.ID, 0, len(words))
		for _, w := range words {
			if id, ok := ids[w]; ok {
				out = append(out, id)
			}
		}
		return slices.Clip(out)
	}
	c.Documents = make([]Document, len(cut))
	for i, t := range cut {
		d := Document{Group: t.group, Title: number(t.title)}
		for _, s := range t.body {
			if ids := number(s); len(ids) > 0 {
				d.Body = append(d.Body, ids)
			}
		}
		c.Documents[i] = d
		cut[i] = terms{}
	}
}
