// Command mkbackground counts in how many documents of open corpora each Han character and each frequent pair of
// characters occurs, and writes the table that matcher embeds as background.txt.
//
//	go run ./internal/mkbackground CORPUS.jsonl.gz ... > background.txt
//
// A corpus is gzip'd JSON lines with title and text.
package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"

	"jiqiao/index/zh"
)

// Characters in fewer documents than minCharacters, and pairs in less than minPairs of all, are as good as new.
const (
	minCharacters = 10
	minPairs      = 0.004
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "mkbackground:", err)
		os.Exit(1)
	}
}

func run(files []string, w io.Writer) error {
	fold, err := zh.New(zh.Options{})
	if err != nil {
		return err
	}
	counts := map[string]int{}
	docs := 0
	for _, name := range files {
		err := eachText(name, func(text string) {
			docs++
			count(counts, fold.Fold(text))
		})
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
	}
	return write(w, counts, docs)
}

func eachText(name string, fn func(string)) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // read only
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	in := json.NewDecoder(bufio.NewReader(z))
	for {
		var doc struct{ Title, Text string }
		switch err := in.Decode(&doc); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		fn(doc.Title + "\n" + doc.Text)
	}
}

func count(counts map[string]int, text string) {
	seen := map[string]bool{}
	var last rune
	for _, r := range text {
		if r < 0x4E00 || r > 0x9FFF {
			last = 0
			continue
		}
		seen[string(r)] = true
		if last != 0 {
			seen[string(last)+string(r)] = true
		}
		last = r
	}
	for t := range seen {
		counts[t]++
	}
}

// write groups terms by their document frequency in steps of a tenth of its logarithm: a line is the number of documents in ten
// thousand, then the characters, or the pairs, without spaces.
func write(w io.Writer, counts map[string]int, docs int) error {
	groups := [2]map[int][]string{{}, {}}
	for t, n := range counts {
		width := len([]rune(t)) - 1
		if width == 0 && n < minCharacters || width == 1 && float64(n) < minPairs*float64(docs) {
			continue
		}
		step := int(math.Round(10 * math.Log(float64(n)/float64(docs))))
		groups[width][step] = append(groups[width][step], t)
	}
	out := bufio.NewWriter(w)
	_, _ = fmt.Fprintf(out, "# Documents in 10,000 that hold a character (1) or a pair (2), counted over %d abstracts by internal/mkbackground.\n", docs)
	for width, group := range groups {
		steps := make([]int, 0, len(group))
		for s := range group {
			steps = append(steps, s)
		}
		slices.Sort(steps)
		slices.Reverse(steps)
		for _, s := range steps {
			slices.Sort(group[s])
			_, _ = fmt.Fprintf(out, "%d %.4g %s\n", width+1, 10000*math.Exp(float64(s)/10), strings.Join(group[s], ""))
		}
	}
	return out.Flush() // tells of the first write that failed
}
