package eval

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"jiqiao/matcher/rank"
)

// TestMeasurement holds the figures that the program shows of its own model against the reviewed report.
func TestMeasurement(t *testing.T) {
	golden, err := os.ReadFile("testdata/graded.golden")
	if err != nil {
		t.Fatal(err)
	}
	m := rank.Measurement()
	if m.Version != rank.Default().Version {
		t.Errorf("measured %s, ships %s", m.Version, rank.Default().Version)
	}
	f := m.Figures
	with := func(name string) string {
		return fmt.Sprintf("%.4f [%.4f %.4f]", f[name], f[name+"_low"], f[name+"_high"])
	}
	for _, line := range []string{
		"cross-validated\t" + with("ndcg_10") + "\t" + with("pair_accuracy") + "\t" + with("level_score") + "\n",
		fmt.Sprintf("bm25-bigram\t%.4f [", f["bm25_ndcg_10"]),
		fmt.Sprintf("弱或更好\t%.4f\n较强或更好\t%.4f\n强\t%.4f\n", f["ece_weak"], f["ece_fair"], f["ece_strong"]),
	} {
		if !strings.Contains(string(golden), line) {
			t.Errorf("the report lacks %q: copy its figures into matcher/rank/measured.json", line)
		}
	}
}
