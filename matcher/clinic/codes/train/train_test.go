package train

import (
	"bytes"
	"compress/gzip"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"jiqiao"
	"jiqiao/index/vector"
	"jiqiao/index/zh"
	"jiqiao/matcher/clinic/codes"
)

func TestDisciplinesNameCodesThatExist(t *testing.T) {
	all := disciplines()
	if len(all) < 40 || len(all["冶金工程"][0]) == 0 {
		t.Errorf("%d disciplines", len(all))
	}
	for name, allowed := range all {
		for i, list := range codes.Lists {
			for _, prefix := range allowed[i] {
				if jiqiao.CodeLabel(list, prefix) == "" {
					t.Errorf("%s: %s has no code %s", name, list, prefix)
				}
			}
		}
	}
}

func TestAbstracts(t *testing.T) {
	packed := func(text string) *bytes.Buffer {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return &b
	}
	got, err := Abstracts(packed(`{"source":"csl","text":"炼钢","field":"冶金工程"}
{"source":"csl","text":"哲学","field":"哲学"}
{"source":"csl","text":"无学科","field":""}
{"source":"chinaxiv","text":"别处","field":"冶金工程"}
`))
	if err != nil || len(got) != 1 || got[0].Text != "炼钢" || !slices.Contains(got[0].Allowed[0], "C31") || !slices.Contains(got[0].Allowed[1], "401") {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := Abstracts(packed("{")); err == nil {
		t.Error("broken JSON is read")
	}
	if _, err := Abstracts(strings.NewReader("plain")); err == nil {
		t.Error("what is no gzip is read")
	}
}

func TestLabelsFavourWhatIsMoreThanChance(t *testing.T) {
	l := newLabels()
	score := func(code string) []codes.Score { return []codes.Score{{Code: code, Value: 1}} }
	for range 10 {
		l.add([]string{"炼钢", "研究"}, score("C31"))
		l.add([]string{"水稻", "研究"}, score("A01"))
	}
	l.add([]string{"无"}, nil)
	if p := l.points("炼钢"); p["C31"] <= 0 || p["A01"] != 0 {
		t.Errorf("炼钢 %v", p)
	}
	if p := l.points("研究"); p["C31"] >= l.points("炼钢")["C31"] {
		t.Errorf("研究 %v", p)
	}
	if p := l.points("没见过"); len(p) != 0 {
		t.Errorf("unknown %v", p)
	}
}

func TestPlaceCountsDifferentCodes(t *testing.T) {
	scores := []codes.Score{{Code: "70101"}, {Code: "70102"}, {Code: "20101"}, {Code: "80101"}}
	for _, c := range []struct {
		right []string
		level int
		want  int
	}{
		{[]string{"70102"}, 5, 2},
		{[]string{"70102"}, 3, 1},
		{[]string{"201"}, 3, 2},
		{[]string{"20"}, 5, 3},
		{[]string{"80101"}, 5, 0},
		{[]string{"80101"}, 2, 3},
		{nil, 5, 0},
	} {
		if got := place(scores, c.right, c.level); got != c.want {
			t.Errorf("%v at level %d: %d, want %d", c.right, c.level, got, c.want)
		}
	}
}

// tiny is a trainer over few words, whose vectors are those of the program.
func tiny(t *testing.T) *Trainer {
	t.Helper()
	a, err := zh.New(zh.Options{})
	if err != nil {
		t.Fatal(err)
	}
	all := vector.Default()
	tr := &Trainer{vectors: all, analyzer: a}
	for i := range codes.Lists {
		tr.near[i] = make([]map[string]float64, all.Len())
	}
	near := func(word, industry, field string) {
		id, ok := all.ID(word)
		if !ok {
			t.Skipf("%s has no vector", word)
		}
		tr.near[0][id], tr.near[1][id] = map[string]float64{industry: .5}, map[string]float64{field: .5}
	}
	near("炼钢", "C31", "40101")
	near("转炉", "C31", "40101")
	near("水稻", "A01", "20701")
	near("育种", "A01", "20701")
	return tr
}

func TestTableLearnsFromAbstracts(t *testing.T) {
	tr := tiny(t)
	var abstracts []Abstract
	for range 6 {
		abstracts = append(abstracts,
			Abstract{"转炉炼钢过程中连铸坯的偏析", [...][]string{{"C31"}, {"401"}}},
			Abstract{"水稻育种中的分蘖性状", [...][]string{{"A01"}, {"207"}}})
	}
	table, err := tr.Table("v", "p", abstracts)
	if err != nil {
		t.Fatal(err)
	}
	again, err := tr.Table("v", "p", abstracts)
	if err != nil {
		t.Fatal(err)
	}
	var first, second bytes.Buffer
	if err := table.Write(&first); err != nil {
		t.Fatal(err)
	}
	if err := again.Write(&second); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same abstracts give another table")
	}
	s := codes.New(table, tr.get)
	best := func(text string) string {
		return s.Scores("industry", []jiqiao.Section{{Field: jiqiao.FieldAbstract, Text: text}})[0].Code
	}
	if got := best("连铸坯的偏析"); got != "C31" {
		t.Errorf("连铸 was not learned: %s", got)
	}
	if got := best("分蘖性状"); got != "A01" {
		t.Errorf("分蘖 was not learned: %s", got)
	}
}

func TestReport(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a while")
	}
	tr := tiny(t)
	abstracts := make([]Abstract, 0, 10)
	for range 5 {
		abstracts = append(abstracts, Abstract{"转炉炼钢", [...][]string{{"C31"}, {"401"}}}, Abstract{"水稻育种", [...][]string{{"A01"}, {"207"}}})
	}
	var records []jiqiao.Record
	for range 5 {
		records = append(records,
			&jiqiao.Need{Header: jiqiao.Header{ID: "n", Status: jiqiao.StatusPublished, Title: "转炉炼钢", Industries: []string{"C31"}, Fields: []string{"40101"}}},
			&jiqiao.Need{Header: jiqiao.Header{ID: "m", Status: jiqiao.StatusPublished, Title: "水稻育种", Industries: []string{"A01"}, Fields: []string{"20701"}}})
	}
	var out bytes.Buffer
	if err := tr.Report(&out, abstracts, records); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"by discipline, five folds", "nothing learned", "four fifths learned", "level 5  top 1 1.000", "(10)"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("lacks %q:\n%s", want, out.String())
		}
	}
}

func TestNewStopsWhenToldTo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a, err := zh.New(zh.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(ctx, vector.Default(), a); err == nil {
		t.Error("goes on")
	}
}

func TestCorpusIsReadable(t *testing.T) {
	shared := os.Getenv("JIQIAO_SHARED")
	if shared == "" {
		shared = "../../../../../shared"
	}
	f, err := os.Open(filepath.Join(shared, "corpus", "abstracts.jsonl.gz"))
	if err != nil {
		t.Skip("the corpus is absent: set JIQIAO_SHARED to the directory that holds it")
	}
	defer f.Close()
	got, err := Abstracts(f)
	if err != nil || len(got) < 5000 {
		t.Errorf("%d abstracts, %v", len(got), err)
	}
}
