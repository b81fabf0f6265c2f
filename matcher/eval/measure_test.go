package eval

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func judgements(t *testing.T, rows ...string) *Judgements {
	t.Helper()
	j, err := ReadJudgements(strings.NewReader(strings.Join(rows, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-12 }

// TestMeasuresByHand works the measures out on paper.
func TestMeasuresByHand(t *testing.T) {
	j := judgements(t, "need_id\tachievement_id\tlevel", "n\ta\t4", "n\tb\t2", "n\tc\t1", "m\td\t1", "m\te\t1")
	run := Run{
		{"n", "b"}: {Score: 3, Level: 2},
		{"n", "a"}: {Score: 2, Level: 3},
		{"n", "c"}: {Score: 1, Level: 1},
		{"m", "d"}: {Score: 1, Level: 2},
		{"m", "e"}: {Score: 1, Level: 1},
	}
	got := Measure(j, run)
	// Gains 1, 7, 0 at discounts 1, log2(3), 2; ideal 7, 1, 0. Need m has no gain and does not count.
	ndcg := (1 + 7/math.Log2(3)) / (7 + 1/math.Log2(3))
	// Of the three ordered pairs a>b is wrong, a>c and b>c are right.
	pairs := 2.0 / 3
	// Errors 1, 0, 0, 1, 0 over five pairs.
	level := 1 / (1 + 2.0/5)
	if !near(got.NDCG, ndcg) || !near(got.PairAccuracy, pairs) || !near(got.LevelScore, level) {
		t.Errorf("got %+v, want %v %v %v", got, ndcg, pairs, level)
	}
}

func TestTiesAndGaps(t *testing.T) {
	j := judgements(t, "n\ta\t4", "n\tb\t1", "n\tc\t1")
	for name, c := range map[string]struct {
		run         Run
		ndcg, pairs float64
	}{
		"all equal: worst order, pairs half": {Run{{"n", "a"}: {Score: 1}, {"n", "b"}: {Score: 1}, {"n", "c"}: {Score: 1}}, 0.5, 0.5},
		"missing pairs rank last":            {Run{{"n", "a"}: {Score: -5}}, 1, 1},
		"missing pairs tie":                  {Run{{"n", "b"}: {Score: -5}}, 1 / 2.0, 1 / 4.0},
		"empty run":                          {Run{}, 0.5, 0.5},
	} {
		got := Measure(j, c.run)
		if !near(got.NDCG, c.ndcg) || !near(got.PairAccuracy, c.pairs) {
			t.Errorf("%s: %+v, want %v and %v", name, got, c.ndcg, c.pairs)
		}
	}
	if got := Measure(judgements(t), Run{}); got != (Measures{}) {
		t.Errorf("nothing judged measures %+v", got)
	}
}

func TestOnlyTenCount(t *testing.T) {
	var rows []string
	run := Run{}
	for i := range 20 {
		level := 1
		if i == 11 {
			level = 4
		}
		rows = append(rows, fmt.Sprintf("n\ta%d\t%d", i, level))
		run[Pair{"n", fmt.Sprintf("a%d", i)}] = Scored{Score: float64(-i)}
	}
	if got := Measure(judgements(t, rows...), run); got.NDCG != 0 {
		t.Errorf("the twelfth place earns %v", got.NDCG)
	}
}

func TestReadJudgements(t *testing.T) {
	j := judgements(t, "\ufeffneed\tach\tlevel", "n\ta\t1\r", "", "m\ta\t2", "n\ta\t3")
	if diff := cmp.Diff([]string{"n", "m"}, j.Needs); diff != "" {
		t.Error(diff)
	}
	if j.Len() != 2 || j.Of("n")[0].Level != 3 {
		t.Errorf("%d pairs, n: %v; the last judgement of a pair counts", j.Len(), j.Of("n"))
	}
	for _, bad := range []string{"n\ta", "n\ta\t1\nn\tb\tx"} {
		if _, err := ReadJudgements(strings.NewReader(bad)); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

func FuzzReadRun(f *testing.F) {
	f.Add("n\ta\t1\t2\n")
	f.Add("n\ta\tNaN\n\n\t\t\t")
	f.Fuzz(func(t *testing.T, text string) {
		run, err := ReadRun(strings.NewReader(text))
		if err != nil {
			return
		}
		for p := range run {
			if strings.ContainsAny(p.Need+p.Achievement, "\t\n") {
				t.Errorf("pair %q", p)
			}
		}
	})
}

func TestRunRoundTrip(t *testing.T) {
	j := judgements(t, "n\ta\t1", "n\tb\t2")
	run := Run{{"n", "a"}: {0.1 + 0.2, 3}, {"n", "b"}: {1e-300, 1}}
	var b bytes.Buffer
	if err := run.Write(&b, j); err != nil {
		t.Fatal(err)
	}
	back, err := ReadRun(&b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(run, back); diff != "" {
		t.Error(diff)
	}
}

func TestIntervalsHoldTheValue(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	j, run := randomSet(t, rng)
	counts := perNeed(j, run)
	draws := drawNeeds(len(j.Needs))
	a, b := intervals(counts, draws), intervals(counts, drawNeeds(len(j.Needs)))
	if a != b {
		t.Error("the bootstrap does not repeat")
	}
	for _, v := range a.list() {
		if v.Low > v.Value || v.Value > v.High || v.Low == v.High {
			t.Errorf("interval %+v", v)
		}
	}
	for _, d := range differences(counts, counts, draws).list() {
		if d != (Interval{}) {
			t.Errorf("a system differs from itself by %+v", d)
		}
	}
}

func randomSet(t *testing.T, rng *rand.Rand) (*Judgements, Run) {
	var rows []string
	run := Run{}
	for n := range 40 {
		for a := range 2 + rng.IntN(40) {
			rows = append(rows, fmt.Sprintf("n%d\ta%d\t%d", n, a, 1+rng.IntN(4)))
			if rng.IntN(10) > 0 { // one in ten is missing, and scores tie often
				run[Pair{fmt.Sprintf("n%d", n), fmt.Sprintf("a%d", a)}] = Scored{float64(rng.IntN(8)) / 4, float64(1 + rng.IntN(4))}
			}
		}
	}
	return judgements(t, rows...), run
}

// TestAgreesWithReference runs the reference implementation, a Python program beside the evaluation data.
func TestAgreesWithReference(t *testing.T) {
	script := shared(t, "tools", "grade.py")
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3")
	}
	j, run := randomSet(t, rand.New(rand.NewPCG(9, 9)))
	dir := t.TempDir()
	var rows strings.Builder
	for _, n := range j.Needs {
		for _, g := range j.Of(n) {
			fmt.Fprintf(&rows, "%s\t%s\t%v\n", g.Need, g.Achievement, g.Level)
		}
	}
	var text bytes.Buffer
	if err := run.Write(&text, j); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"qrels.tsv": []byte(rows.String()), "run.tsv": text.Bytes()} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.CommandContext(t.Context(), python, script, filepath.Join(dir, "qrels.tsv"), filepath.Join(dir, "run.tsv")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	m := Measure(j, run)
	for _, want := range []string{
		fmt.Sprintf("nDCG@10 %.4f ", m.NDCG), fmt.Sprintf("pair-accuracy %.4f ", m.PairAccuracy), fmt.Sprintf("1/(1+MAE) %.4f ", m.LevelScore),
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("want %q in %s", want, out)
		}
	}
}
