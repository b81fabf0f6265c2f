package index_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/index"
	"jiqiao/index/indextest"
	"jiqiao/index/zh"
)

// follow runs a follower until the test ends.
func follow(t *testing.T, f *index.Follower) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("the follower ended with %v", err)
		}
	})
}

// eventually waits for what happens in the background. The bound is for a hung test, not for speed.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 12_000 {
		if is() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s: not within two minutes", what)
}

func TestFollowerBringsChanges(t *testing.T) {
	src := indextest.NewSource(indextest.Achievement(1, "光伏组件", "文"))
	x := open(t, t.TempDir(), newHolder(t))
	f := &index.Follower{Store: src, Index: x}
	follow(t, f)
	caughtUp := func() bool {
		lag, err := f.CaughtUp(t.Context())
		return err == nil && lag == 0
	}
	eventually(t, "the first record", caughtUp)
	var many []jiqiao.Record
	for i := 2; i < 2500; i++ { // more than two batches
		many = append(many, indextest.Achievement(i, fmt.Sprintf("光伏组件%d型", i), "文"))
	}
	src.Put(many...)
	src.Delete(jiqiao.KindAchievement, indextest.Achievement(1, "", "").ID)
	src.Put(indextest.Achievement(2, "风电叶片", "文"))
	eventually(t, "the rest", caughtUp)
	if x.Count(jiqiao.KindAchievement) != 2498 || len(titles(t, x, "风电叶片")) != 1 {
		t.Errorf("%d records", x.Count(jiqiao.KindAchievement))
	}
	if err := x.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestFollowerSkipsWhatIsGone(t *testing.T) {
	src := indextest.NewSource(indextest.Achievement(1, "光伏组件", "文"), indextest.Achievement(2, "光伏支架", "文"))
	x := open(t, t.TempDir(), newHolder(t))
	if err := x.Apply(t.Context(), 1, []jiqiao.Record{indextest.Achievement(1, "光伏组件", "文")}, nil); err != nil {
		t.Fatal(err)
	}
	src.Put(indextest.Achievement(1, "光伏组件", "文"))
	src.Delete(jiqiao.KindAchievement, indextest.Achievement(1, "", "").ID)
	n, err := (&index.Follower{Store: src, Index: x}).Step(t.Context())
	if err != nil || n != 3 || x.Seq() != 4 || x.Count(jiqiao.KindAchievement) != 1 {
		t.Errorf("%d changes, %v; change %d, %d records", n, err, x.Seq(), x.Count(jiqiao.KindAchievement))
	}
}

func TestFollowerRebuildsAfterTheStoreWasRestored(t *testing.T) {
	x := open(t, t.TempDir(), newHolder(t))
	if err := x.Apply(t.Context(), 77, []jiqiao.Record{indextest.Achievement(1, "光伏组件", "文")}, nil); err != nil {
		t.Fatal(err)
	}
	follow(t, &index.Follower{Store: indextest.NewSource(indextest.Achievement(2, "风电叶片", "文")), Index: x})
	eventually(t, "the restored store's records", func() bool { return x.Seq() == 1 })
	if got := titles(t, x, ""); len(got) != 1 || got[0] != indextest.Achievement(2, "", "").ID {
		t.Errorf("found %v", got)
	}
}

func TestFollowerNoticesAnotherDictionary(t *testing.T) {
	h := newHolder(t)
	x := open(t, t.TempDir(), h)
	follow(t, &index.Follower{Store: indextest.NewSource(indextest.Achievement(1, "光伏组件", "文")), Index: x})
	eventually(t, "the first record", func() bool { return x.Seq() == 1 })
	old := x.Generation()
	a, err := zh.New(zh.Options{UserDict: strings.NewReader("光伏组件\n")})
	if err != nil {
		t.Fatal(err)
	}
	h.Swap(a)
	eventually(t, "the rebuild", func() bool { return x.Stale() == "" && x.Generation() != old })
	if got := titles(t, x, "光伏"); len(got) != 1 {
		t.Errorf("after it: %v", got)
	}
}

// failing is a store that is down as long as it is told.
type failing struct {
	*indextest.Source
	down atomic.Bool
}

func (f *failing) GetMany(ctx context.Context, kind jiqiao.Kind, ids []string) ([]jiqiao.Record, error) {
	if f.down.Load() {
		return nil, errors.New("connection refused")
	}
	return f.Source.GetMany(ctx, kind, ids)
}

func TestFollowerTriesAgain(t *testing.T) {
	src := &failing{Source: indextest.NewSource()}
	x := open(t, t.TempDir(), newHolder(t))
	f := &index.Follower{Store: src, Index: x}
	follow(t, f)
	src.down.Store(true)
	src.Put(indextest.Achievement(1, "光伏组件", "文"))
	eventually(t, "the failure's report", func() bool {
		lag, err := f.CaughtUp(t.Context())
		return lag == 1 && jiqiao.CodeOf(err) == jiqiao.CodeUnavailable && strings.Contains(err.Error(), "正在重试")
	})
	src.down.Store(false)
	eventually(t, "the recovery", func() bool {
		lag, err := f.CaughtUp(t.Context())
		return lag == 0 && err == nil
	})
}

const fullDiskChild = "JIQIAO_FULL_DISK_CHILD"

// limitFiles bounds how large files may grow, which to a writer is a full disk, and answers how to lift it.
func limitFiles(t *testing.T, bytes uint64) (lift func()) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ)
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: bytes, Max: old.Max}); err != nil {
		t.Fatal(err)
	}
	lift = func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(lift)
	return lift
}

// The limit holds for a whole process, and the test binary writes files of its own, so the test runs in a child.
func TestFullDisk(t *testing.T) {
	if os.Getenv(fullDiskChild) == "" {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFullDisk$", "-test.v")
		cmd.Env = append(os.Environ(), fullDiskChild+"=1")
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: TestFullDisk") {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	src := indextest.NewSource(indextest.Achievement(1, "光伏组件", "文"))
	dir := t.TempDir()
	h := newHolder(t)
	x := open(t, dir, h)
	f := &index.Follower{Store: src, Index: x}
	follow(t, f)
	eventually(t, "the first record", func() bool { return x.Seq() == 1 })
	lift := limitFiles(t, 4096)
	src.Put(indextest.Achievement(2, "光伏支架", strings.Repeat("跟踪支架的驱动与结构，", 300)), indextest.Achievement(1, "风电叶片", "文"))
	eventually(t, "the report", func() bool {
		_, err := f.CaughtUp(t.Context())
		return jiqiao.CodeOf(err) == jiqiao.CodeUnavailable && strings.Contains(err.Error(), "磁盘已满")
	})
	if got := titles(t, x, "光伏"); len(got) != 1 || x.Seq() != 1 {
		t.Errorf("with a full disk it finds %v at change %d; want the old state", got, x.Seq())
	}
	if err := x.Rebuild(t.Context(), src, nil); err == nil {
		t.Error("a rebuild on a full disk reports success")
	}
	lift()
	eventually(t, "the recovery", func() bool {
		lag, err := f.CaughtUp(t.Context())
		return lag == 0 && err == nil
	})
	check := func(x *index.Index) {
		t.Helper()
		if a, b := titles(t, x, "光伏支架"), titles(t, x, "风电"); len(a) != 1 || len(b) != 1 || x.Count(jiqiao.KindAchievement) != 2 {
			t.Errorf("after the recovery it finds %v and %v", a, b)
		}
		if err := x.Verify(t.Context()); err != nil {
			t.Error(err)
		}
	}
	check(x)
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	check(open(t, dir, h))
}

// Readers never fail, never see half a batch, and never see the change number fall, while the index is written and rebuilt.
func TestReadingWhileWritingAndRebuilding(t *testing.T) {
	src := indextest.NewSource()
	pair := func(n int) []jiqiao.Record {
		title := fmt.Sprintf("光伏组件%d代", n)
		return []jiqiao.Record{indextest.Achievement(1, title, "文"), indextest.Achievement(2, title, "文")}
	}
	src.Put(pair(0)...)
	x := open(t, t.TempDir(), newHolder(t))
	f := &index.Follower{Store: src, Index: x}
	if _, err := f.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	var readers sync.WaitGroup
	stop := make(chan struct{})
	read := func(look func() error) {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					if err := look(); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	last := int64(0)
	read(func() error {
		seq := x.Seq()
		if seq < last {
			return fmt.Errorf("change number fell from %d to %d", last, seq)
		}
		last = seq
		r, err := x.Search(t.Context(), jiqiao.SearchQuery{Kind: jiqiao.KindAchievement, Text: "光伏组件", Facets: true})
		if err != nil || r.Total != 2 {
			return fmt.Errorf("%d hits, %v", r.Total, err)
		}
		return nil
	})
	read(func() error {
		_, err := x.Suggest(t.Context(), jiqiao.KindAchievement, "光", 5)
		return err
	})
	read(func() error {
		got, err := x.Recall(t.Context(), index.RecallQuery{Kind: jiqiao.KindAchievement, Sections: pair(0)[0].Sections(), Limit: 5})
		if err != nil || len(got) != 2 || got[0].Score != got[1].Score {
			return fmt.Errorf("recalled %+v, %v; the two are always the same", got, err)
		}
		return nil
	})
	rebuilt := make(chan error, 1)
	go func() {
		var err error
		for range 3 {
			err = errors.Join(err, x.Rebuild(t.Context(), src, nil))
		}
		rebuilt <- err
	}()
	for n := 1; n < 25; n++ {
		src.Put(pair(n)...)
		if _, err := f.Step(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if err := <-rebuilt; err != nil {
		t.Error(err)
	}
	close(stop)
	readers.Wait()
	for {
		n, err := f.Step(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	if got := titles(t, x, "24代"); len(got) != 2 || x.Seq() != 50 {
		t.Errorf("at the end: %v at change %d", got, x.Seq())
	}
}

func TestSecondRebuildIsRefused(t *testing.T) {
	src := indextest.NewSource(indextest.Achievement(1, "光伏组件", "文"))
	x := open(t, t.TempDir(), newHolder(t))
	second := make(chan error, 1)
	err := x.Rebuild(t.Context(), src, func(int) {
		select {
		case second <- x.Rebuild(context.Background(), src, nil):
		default:
		}
	})
	if err != nil || jiqiao.CodeOf(<-second) != jiqiao.CodeConflict {
		t.Errorf("first %v; the second should be %s", err, jiqiao.CodeConflict)
	}
}
