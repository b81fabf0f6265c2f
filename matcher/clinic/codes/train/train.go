// Package train makes the table of package codes and measures it. A word speaks for a code as far as its vector is near
// those of the code's seeds, and as far as abstracts with the word were found to be about the code. The abstracts carry a
// discipline, not a code: a reviewed table (disciplines.tsv) says which codes a discipline may have, and the best of
// those by the seeds and vectors is taken for true.
package train

import (
	"bufio"
	"compress/gzip"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/viterin/vek/vek32"

	"jiqiao"
	"jiqiao/index/vector"
	"jiqiao/index/zh"
	"jiqiao/matcher/clinic/codes"
)

//go:embed disciplines.tsv
var disciplineLines string

// Abstract is a text whose possible codes are known.
type Abstract struct {
	Text string
	// Allowed are prefixes of codes by list, in the order of codes.Lists.
	Allowed [len(codes.Lists)][]string
}

// Abstracts reads the labelled documents of a corpus file (gzipped JSON lines {source, text, field}); those of a discipline
// outside technology, or of none, are left out.
func Abstracts(in io.Reader) ([]Abstract, error) {
	allowed := disciplines()
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, fmt.Errorf("read the corpus: %w", err)
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 4<<20)
	var out []Abstract
	for lines.Scan() {
		var d struct{ Source, Text, Field string }
		if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
			return nil, fmt.Errorf("read the corpus: %w", err)
		}
		if a, ok := allowed[d.Field]; ok && d.Source == "csl" {
			out = append(out, Abstract{d.Text, a})
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the corpus: %w", err)
	}
	return out, nil
}

// disciplines reads the reviewed table. Its columns are the discipline, fields, industries; codes.Lists has the industries
// first.
func disciplines() map[string][len(codes.Lists)][]string {
	out := map[string][len(codes.Lists)][]string{}
	for line := range strings.Lines(disciplineLines) {
		cells := strings.Split(strings.TrimSpace(line), "\t")
		if len(cells) != 3 || strings.HasPrefix(line, "#") || cells[1] == "-" || cells[1] == "?" {
			continue
		}
		out[cells[0]] = [...][]string{strings.Fields(cells[2]), strings.Fields(cells[1])}
	}
	return out
}

// What was compared in docs/evaluation.md.
const (
	nearest      = 3   // of a code's seeds count for a word
	minNearness  = 0.2 // mean similarity times rarity below which a word has nothing to do with a code
	labelShare   = 0.2 // of what abstracts say beside what vectors say
	keptPerWord  = 5   // codes
	minWeight    = 0.03
	minShare     = 0.4 // of a word's strongest code, below which another is noise
	secondLabel  = 0.8 // of the best score from which on an abstract counts for its second code too
	secondWeight = 0.4
	smoothing    = 4 // abstracts by which a rare word is doubted
)

// Trainer holds what does not depend on the abstracts: the analysis and the words' nearness to the seeds.
type Trainer struct {
	vectors  *vector.Words
	analyzer *zh.Analyzer
	near     [len(codes.Lists)][]map[string]float64 // by word: code -> points
}

// New computes every word's nearness to every code, which takes some ten seconds.
func New(ctx context.Context, w *vector.Words, a *zh.Analyzer) (*Trainer, error) {
	t := &Trainer{vectors: w, analyzer: a}
	for i, name := range codes.Lists {
		seeds, err := codes.Seeds(name)
		if err != nil {
			return nil, err
		}
		ids := make([][]vector.ID, len(seeds))
		for j, s := range seeds {
			for _, word := range s.Words {
				ids[j] = w.IDs(ids[j], a, word)
			}
		}
		t.near[i] = make([]map[string]float64, w.Len())
		for id := range w.Len() {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("train codes: %w", err)
			}
			t.near[i][id] = map[string]float64{}
			for j, s := range seeds {
				if p := nearness(w, vector.ID(id), ids[j]); p > minNearness {
					t.near[i][id][s.Code] = p * p
				}
			}
		}
	}
	return t, nil
}

// nearness is the mean over the nearest seeds of the similarity, each by the seed's rarity.
func nearness(w *vector.Words, id vector.ID, seeds []vector.ID) float64 {
	var best [nearest]float64
	row := w.Row(id)
	for _, s := range seeds {
		p := float64(vek32.Dot(row, w.Row(s))) * w.Rarity(s)
		for k := range best {
			if p > best[k] {
				best[k], p = p, best[k]
			}
		}
	}
	n := min(nearest, len(seeds))
	if n == 0 {
		return 0
	}
	sum := 0.0
	for _, p := range best[:n] {
		sum += p
	}
	return sum / float64(n)
}

// Table makes a table from the abstracts; sharpness is left at 1 until Sharpen.
func (t *Trainer) Table(version, provenance string, abstracts []Abstract) (*codes.Table, error) {
	first, err := t.table(version, provenance, nil)
	if err != nil || len(abstracts) == 0 {
		return first, err
	}
	s := codes.New(first, t.get)
	var told [len(codes.Lists)]*labels
	for i := range told {
		told[i] = newLabels()
	}
	for _, a := range abstracts {
		sections := []jiqiao.Section{{Field: jiqiao.FieldAbstract, Text: a.Text}}
		words := s.Words(sections)
		for i, name := range codes.Lists {
			told[i].add(words, allowed(s.Scores(name, sections), a.Allowed[i]))
		}
	}
	return t.table(version, provenance, told[:])
}

func (t *Trainer) get() *zh.Analyzer { return t.analyzer }

// allowed keeps the scores whose code has one of the prefixes, the best first.
func allowed(scores []codes.Score, prefixes []string) []codes.Score {
	return slices.DeleteFunc(scores, func(s codes.Score) bool {
		return !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s.Code, p) })
	})
}

// table joins nearness and labels.
func (t *Trainer) table(version, provenance string, told []*labels) (*codes.Table, error) {
	words := make([]codes.Word, 0, t.vectors.Len())
	for id := range t.vectors.Len() {
		w := codes.Word{Word: t.vectors.Word(vector.ID(id)), Rarity: t.vectors.Rarity(vector.ID(id))}
		if strings.ContainsAny(w.Word, "\t\n 0123456789") { // 0cm地温: accidents of scanned texts
			continue
		}
		for i := range codes.Lists {
			sums := map[string]float64{}
			for code, p := range t.near[i][id] {
				sums[code] = p
			}
			if told != nil {
				for code, p := range told[i].points(w.Word) {
					sums[code] += labelShare * p
				}
			}
			w.Weights[i] = strongest(sums)
		}
		words = append(words, w)
	}
	return codes.NewTable(version, provenance, [len(codes.Lists)]float64{1, 1}, words, t.analyzer.Fold)
}

// strongest keeps the codes that a word speaks for most, rounded as the file has them.
func strongest(sums map[string]float64) map[string]float64 {
	all := make([]codes.Score, 0, len(sums))
	for code, v := range sums {
		if v >= minWeight {
			all = append(all, codes.Score{Code: code, Value: v})
		}
	}
	codes.SortScores(all)
	out := map[string]float64{}
	for _, s := range all[:min(keptPerWord, len(all))] {
		if s.Value >= minShare*all[0].Value {
			out[s.Code] = math.Round(s.Value*100) / 100
		}
	}
	return out
}

// labels counts in how many abstracts of each code a word stands.
type labels struct {
	words map[string]map[string]float64
	codes map[string]float64
	total float64
}

func newLabels() *labels {
	return &labels{words: map[string]map[string]float64{}, codes: map[string]float64{}}
}

func (l *labels) add(words []string, best []codes.Score) {
	for k, s := range best[:min(2, len(best))] {
		count := 1.0
		if k == 1 {
			if count = secondWeight; s.Value < secondLabel*best[0].Value {
				return
			}
		}
		if s.Value <= 0 {
			return
		}
		l.codes[s.Code] += count
		l.total += count
		for _, w := range words {
			if l.words[w] == nil {
				l.words[w] = map[string]float64{}
			}
			l.words[w][s.Code] += count
		}
	}
}

// points are, by code, the share of the word's abstracts times how much more they are than by chance.
func (l *labels) points(word string) map[string]float64 {
	sum := 0.0
	for _, code := range sortedKeys(l.words[word]) {
		sum += l.words[word][code]
	}
	out := map[string]float64{}
	for code, n := range l.words[word] {
		share, chance := n/(sum+smoothing), (l.codes[code]+1)/(l.total+float64(len(l.codes)))
		if gain := math.Log(share / chance); gain > 0 {
			out[code] = share * gain
		}
	}
	return out
}

func sortedKeys(m map[string]float64) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
