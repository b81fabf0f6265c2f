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
	c := matcher.NewCollection(testAnalyzer(t), matcher.DefaultWeights())
	c.Put(recs...)
	all := achievementIDs(recs)
	var rows []string
	missed := 0
	for line := range strings.Lines(string(expected)) {
		cells := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		level, err := strconv.Atoi(cells[min(2, len(cells)-1)])
		if err != nil {
			continue // heading
		}
		need, achievement := byTitle["need"+cells[0]], byTitle["achievement"+cells[1]]
		if need == nil || achievement == nil {
			missed++
			continue
		}
		s := c.ScorePair(need, achievement)
		rows = append(rows, fmt.Sprintf("expected %d  level %d  score %.2f  rank %2d  %s | %s", level, s.Level, s.Score,
			1+slices.IndexFunc(c.Rank(need, all), func(o matcher.Scored) bool { return o.ID == achievement.Head().ID }),
			cells[0], cells[1]))
	}
	if missed > 0 {
		t.Errorf("%d expected pairs name records that the sample lacks", missed)
	}
	slices.Sort(rows)
	slices.Reverse(rows)
	golden(t, "testdata/sample.golden", strings.Join(rows, "\n")+"\n")
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
