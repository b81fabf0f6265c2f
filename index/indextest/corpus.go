package indextest

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"jiqiao"
)

// Corpus reads up to limit texts of the corpora for load as achievements, in a fixed order that mixes the files. It skips the
// test when they are not there: they lie beside the repository, or where JIQIAO_SHARED says.
func Corpus(t testing.TB, limit int) []*jiqiao.Achievement {
	t.Helper()
	dir := os.Getenv("JIQIAO_SHARED")
	if dir == "" {
		dir = sharedBeside()
	}
	var files [][]*jiqiao.Achievement
	for _, name := range []string{"abstracts", "passages", "patents"} {
		path := filepath.Join(dir, "corpus", name+".jsonl.gz")
		f, err := os.Open(path)
		if err != nil {
			t.Skipf("no corpus for load at %s; set JIQIAO_SHARED", path)
		}
		files = append(files, readCorpus(t, f))
	}
	var all []*jiqiao.Achievement
	for i := 0; len(all) < limit; i++ {
		before := len(all)
		for _, f := range files {
			share := max(1, len(f)/1000) // every file in proportion, a thousandth at a time
			from := min(i*share, len(f))
			all = append(all, f[from:min(from+share, len(f))]...)
		}
		if len(all) == before {
			break
		}
	}
	all = all[:min(limit, len(all))]
	for i, a := range all {
		n := i + 1
		h := header(Achievement(n, "", "").ID, n%300, a.Title)
		h.Industries = []string{industries[n%len(industries)]}
		h.Region = regions[n*7%len(regions)]
		h.Cooperation = []string{cooperation[n*3%len(cooperation)]}
		h.Price = jiqiao.WanYuan(int64(n%900 + 1))
		h.Owner = jiqiao.OrganisationRef{ID: "o_" + regions[n*5%len(regions)], Name: "单位" + regions[n*5%len(regions)]}
		a.Header, a.TRL = h, n%9+1
	}
	return all
}

var (
	industries  = []string{"C26", "C27", "C30", "C35", "C38", "C39", "A01", "I65", "M73", "N77"}
	regions     = []string{"320981", "320100", "110101", "310115", "440305", "330106", "510104", "420106", "610113", "370202"}
	cooperation = []string{"transfer", "licence", "equity", "joint", "commission"}
)

func readCorpus(t testing.TB, f *os.File) []*jiqiao.Achievement {
	t.Helper()
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var all []*jiqiao.Achievement
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		var row struct{ Title, Text string }
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		if row.Title == "" {
			row.Title = head(row.Text, 20)
		}
		a := &jiqiao.Achievement{Abstract: row.Text}
		a.Title = head(row.Title, jiqiao.MaxTitle)
		all = append(all, a)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// head is the first n characters.
func head(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// LongNeed is a need as long as most are: a title and 300 characters of a text.
func LongNeed(a *jiqiao.Achievement) *jiqiao.Need {
	text := a.Abstract
	if utf8.RuneCountInString(text) > 300 {
		text = head(text, 300)
	}
	return Need(1, a.Title, text)
}

// TextBytes is the size of a record's texts.
func TextBytes(r jiqiao.Record) int {
	n := 0
	for _, s := range r.Sections() {
		n += len(s.Text)
	}
	return n
}

// sharedBeside looks for ../shared from the repository's root, which holds go.mod.
func sharedBeside() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for !strings.HasSuffix(dir, string(filepath.Separator)) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(filepath.Dir(dir), "shared")
		}
		dir = filepath.Dir(dir)
	}
	return ""
}
