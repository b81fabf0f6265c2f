package eval

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"jiqiao"
)

// Text is one need or achievement of a graded set; Content may be empty.
type Text struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Content string `json:"content"`
	// Body is what the retrieval set calls a document's text.
	Body string `json:"text"`
}

// GradedSet is a directory of needs.jsonl, achievements.jsonl and qrels.tsv.
type GradedSet struct {
	Needs, Achievements []Text
	Judgements          *Judgements
}

// LoadGraded reads a graded set. A judged pair that names a text the set lacks is an error: leaving it out in silence
// would raise the figures.
func LoadGraded(dir string) (*GradedSet, error) {
	set := &GradedSet{}
	var err error
	if set.Needs, err = readTexts(filepath.Join(dir, "needs.jsonl")); err != nil {
		return nil, err
	}
	if set.Achievements, err = readTexts(filepath.Join(dir, "achievements.jsonl")); err != nil {
		return nil, err
	}
	set.Judgements, err = readFile(filepath.Join(dir, "qrels.tsv"), ReadJudgements)
	if err != nil {
		return nil, err
	}
	return set, set.check()
}

func (s *GradedSet) check() error {
	known := map[string]bool{}
	for _, t := range s.Needs {
		known["n"+t.ID] = true
	}
	for _, t := range s.Achievements {
		known["a"+t.ID] = true
	}
	for _, need := range s.Judgements.Needs {
		for _, g := range s.Judgements.Of(need) {
			if !known["n"+g.Need] || !known["a"+g.Achievement] {
				return fmt.Errorf("judged pair %s, %s: one of its texts is missing", g.Need, g.Achievement)
			}
		}
	}
	return nil
}

// Need is the text as a record: content that is not set apart by the form is what the need asks for.
func (t Text) Need() *jiqiao.Need {
	n := &jiqiao.Need{Problem: t.Content}
	n.ID, n.Title, n.Status = t.ID, t.Title, jiqiao.StatusPublished
	return n
}

// Achievement is the text as a record.
func (t Text) Achievement() *jiqiao.Achievement {
	a := &jiqiao.Achievement{Abstract: strings.TrimSpace(t.Content + "\n" + t.Body)}
	a.ID, a.Title, a.Status = t.ID, t.Title, jiqiao.StatusPublished
	return a
}

// readTexts reads JSON lines, gzip'd when the name ends in .gz.
func readTexts(path string) ([]Text, error) {
	return readFile(path, func(r io.Reader) ([]Text, error) {
		if strings.HasSuffix(path, ".gz") {
			z, err := gzip.NewReader(r)
			if err != nil {
				return nil, err
			}
			r = z // Close only reports what Read has reported: the checksum at the end
		}
		var texts []Text
		in := json.NewDecoder(bufio.NewReader(r))
		for {
			var t Text
			if err := in.Decode(&t); errors.Is(err, io.EOF) {
				return texts, nil
			} else if err != nil {
				return nil, fmt.Errorf("text %d: %w", len(texts)+1, err)
			}
			if t.ID == "" {
				return nil, fmt.Errorf("text %d has no id", len(texts)+1)
			}
			texts = append(texts, t)
		}
	})
}

func readFile[T any](path string, read func(io.Reader) (T, error)) (T, error) {
	var none T
	f, err := os.Open(path)
	if err != nil {
		return none, fmt.Errorf("open evaluation data: %w", err)
	}
	defer func() { _ = f.Close() }() // read only
	v, err := read(f)
	if err != nil {
		return none, fmt.Errorf("read %s: %w", path, err)
	}
	return v, nil
}
