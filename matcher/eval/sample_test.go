package eval

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/index/vector"
	"jiqiao/matcher"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestSampleQuality keeps the ranking of our own sample data as a reviewed file: whoever changes a weight sees in the
// diff which matches move.
func TestSampleQuality(t *testing.T) {
	dir := "../../sample"
	expected, err := os.ReadFile(filepath.Join(dir, "expected.tsv"))
	if err != nil {
		t.Skipf("no sample data: %v", err)
	}
	var recs []jiqiao.Record
	recs = append(recs, sampleRecords(t, filepath.Join(dir, "needs.jsonl"), jiqiao.KindNeed)...)
	recs = append(recs, sampleRecords(t, filepath.Join(dir, "achievements.jsonl"), jiqiao.KindAchievement)...)
	byTitle := map[string]jiqiao.Record{}
	for _, r := range recs {
		byTitle[string(r.Kind())+r.Head().Title] = r
	}
	c := matcher.NewCollection(testAnalyzer(t), vector.Default(), matcher.DefaultWeights())
	c.Put(recs...)
	q := sampleQuality{c: c, all: achievementIDs(recs)}
	for line := range strings.Lines(string(expected)) {
		cells := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		level, err := strconv.Atoi(cells[min(2, len(cells)-1)])
		if err != nil {
			continue // heading
		}
		need, achievement := byTitle["need"+cells[0]], byTitle["achievement"+cells[1]]
		if need == nil || achievement == nil {
			t.Errorf("an expected pair names a record that the sample lacks: %s | %s", cells[0], cells[1])
			continue
		}
		q.add(need, achievement, level)
	}
	golden(t, "testdata/sample.golden", q.String())
}

// sampleQuality sums up how the matcher sees the pairs whose level the authors of the sample expect.
type sampleQuality struct {
	c       *matcher.Collection
	all     []string
	levels  [5][5]int // expected, given
	partner [4]int    // expected 3 or 4: at rank 1, 2–3, 4–10, below
	far     []string  // pairs to look at
}

func (q *sampleQuality) add(need, achievement jiqiao.Record, level int) {
	s := q.c.ScorePair(need, achievement)
	q.levels[level][s.Level]++
	rank := 1 + slices.IndexFunc(q.c.Rank(need, q.all), func(o matcher.Scored) bool { return o.ID == achievement.Head().ID })
	if level >= 3 {
		place, _ := slices.BinarySearch([]int{1, 3, 10}, rank)
		q.partner[place]++
	}
	if off := int(s.Level) - level; off > 1 || off < -1 || level >= 3 && rank > 3 {
		q.far = append(q.far, fmt.Sprintf("expected %d, level %d, rank %d: %s | %s", level, s.Level, rank, need.Head().Title, achievement.Head().Title))
	}
}

func (q *sampleQuality) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "achievements ranked %d\nexpected level: given 1 2 3 4\n", len(q.all))
	for level := 4; level >= 1; level-- {
		fmt.Fprintf(&b, "%d: %v\n", level, q.levels[level][1:])
	}
	fmt.Fprintf(&b, "partners (3, 4) at rank 1, 2-3, 4-10, below: %v\n\nto look at\n", q.partner)
	slices.Sort(q.far)
	for _, line := range q.far {
		b.WriteString(line + "\n")
	}
	return b.String()
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s changed; review, then run with -update (-want +got):\n%s", path, diff)
	}
}

func achievementIDs(recs []jiqiao.Record) []string {
	var ids []string
	for _, r := range recs {
		if r.Kind() == jiqiao.KindAchievement {
			ids = append(ids, r.Head().ID)
		}
	}
	return ids
}

func sampleRecords(t *testing.T, path string, kind jiqiao.Kind) []jiqiao.Record {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("no sample data: %v", err)
	}
	defer f.Close()
	var recs []jiqiao.Record
	for in := json.NewDecoder(bufio.NewReader(f)); in.More(); {
		rec := jiqiao.NewRecord(kind)
		if err := in.Decode(rec); err != nil {
			t.Fatalf("%s, record %d: %v", path, len(recs)+1, err)
		}
		rec.Head().ID = fmt.Sprintf("%s-%04d", kind, len(recs))
		recs = append(recs, rec)
	}
	return recs
}
