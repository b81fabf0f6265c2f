package index_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/index"
	"jiqiao/index/indextest"
	"jiqiao/index/zh"
)

// killDir names the directory in which this test binary, started as a child, writes until it is killed.
const killDir = "JIQIAO_TEST_KILL_DIR"

// killChanges are the changes numbered from+1 to to: change n puts record n%40 with the title of n, or, every fifth,
// deletes it.
func killChanges(from, to int64) (puts []jiqiao.Record, deletes []index.Ref) {
	state := map[int64]int64{}
	for n := from + 1; n <= to; n++ {
		state[n%40] = n
	}
	for slot, n := range state {
		rec := indextest.Achievement(int(slot), fmt.Sprintf("装置%d型", n), "新词"+word(n))
		if n%5 == 0 {
			deletes = append(deletes, index.Ref{Kind: rec.Kind(), ID: rec.ID})
		} else {
			puts = append(puts, rec)
		}
	}
	return puts, deletes
}

// word is a word for every number, so that each batch brings new terms.
func word(n int64) string {
	return strings.Map(func(r rune) rune { return r - '0' + 'g' }, strconv.FormatInt(n*2654435761, 10))
}

// TestWriteUntilKilled is the child: it applies batches and prints what is done.
func TestWriteUntilKilled(t *testing.T) {
	dir := os.Getenv(killDir)
	if dir == "" {
		t.Skip("a part of TestKilledWhileIndexing")
	}
	a, err := zh.New(zh.Options{})
	if err != nil {
		t.Fatal(err)
	}
	x, err := index.Open(context.Background(), index.Options{Dir: dir, Analyzer: zh.NewHolder(a)})
	if err != nil {
		t.Fatal(err)
	}
	for seq := x.Seq(); ; {
		next := seq + 1 + seq%13
		puts, deletes := killChanges(seq, next)
		if err := x.Apply(context.Background(), next, puts, deletes); err != nil {
			t.Fatal(err)
		}
		seq = next
		fmt.Println(seq)
	}
}

func TestKilledWhileIndexing(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills processes")
	}
	h := newHolder(t)
	dir := t.TempDir()
	confirmed := int64(0)
	for round := range 6 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestWriteUntilKilled$")
		cmd.Env = append(os.Environ(), killDir+"="+dir)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for i := 0; i < 3+2*round && lines.Scan(); i++ {
			confirmed, _ = strconv.ParseInt(lines.Text(), 10, 64)
		}
		time.Sleep(time.Duration(round*3) * time.Millisecond) // somewhere in the next batch
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() { // what it had said before it died
			confirmed, _ = strconv.ParseInt(lines.Text(), 10, 64)
		}
		_ = cmd.Wait()
		x := open(t, dir, h)
		checkKilled(t, x, confirmed)
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// checkKilled compares the index with what its change number says.
func checkKilled(t *testing.T, x *index.Index, confirmed int64) {
	t.Helper()
	seq := x.Seq()
	if seq < confirmed || confirmed == 0 {
		t.Fatalf("the index is at change %d; %d was confirmed", seq, confirmed)
	}
	puts, _ := killChanges(0, seq)
	if got := x.Count(jiqiao.KindAchievement); got != len(puts) {
		t.Errorf("at change %d: %d records, want %d", seq, got, len(puts))
	}
	for _, rec := range puts {
		got := titles(t, x, `"`+rec.Head().Title+`"`)
		if len(got) != 1 || got[0] != rec.Head().ID {
			t.Errorf("at change %d: %s is found as %v", seq, rec.Head().Title, got)
		}
	}
	if err := x.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}
