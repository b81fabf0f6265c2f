package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"jiqiao/index/zh/internal/fold"
)

// corpus is the folded texts, and how many documents name each keyword.
type corpus struct {
	texts    []string
	keywords map[string]int
}

func readCorpus(dir string) (*corpus, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.jsonl.gz"))
	if err != nil {
		return nil, fmt.Errorf("list %q: %w", dir, err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no *.jsonl.gz in %q", dir)
	}
	c := &corpus{keywords: map[string]int{}}
	table := fold.New()
	for _, path := range files {
		if err := c.read(path, table); err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
	}
	return c, nil
}

func (c *corpus) read(path string, table *fold.Table) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // read only
	zr, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	in := json.NewDecoder(bufio.NewReaderSize(zr, 1<<20))
	for {
		var doc struct{ Title, Text, Field string }
		if err := in.Decode(&doc); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		c.texts = append(c.texts, table.String(doc.Title+"\n"+doc.Text))
		for _, k := range strings.FieldsFunc(table.String(doc.Field), func(r rune) bool { return strings.ContainsRune(" ;,、。:·/", r) }) {
			if n := utf8.RuneCountInString(k); n >= 2 && n <= maxWord {
				c.keywords[k]++
			}
		}
	}
}
