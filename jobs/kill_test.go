package jobs_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/jobs"
	"jiqiao/store"
	"jiqiao/store/storetest"
)

// childURL is the database of a process that a test starts from its own binary, to kill it.
const childURL = "JIQIAO_JOBS_URL"

func TestMain(m *testing.M) {
	if url := os.Getenv(childURL); url != "" {
		if err := child(url); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code := m.Run()
	if postgres.server != nil {
		_ = postgres.server.Close()
	}
	os.Exit(code)
}

// child does jobs until it is killed or told to stop. A job's effect is a record, made by its natural key.
func child(url string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	st, err := store.Open(ctx, store.Config{URL: url, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer st.Close()
	handle := func(ctx context.Context, j jiqiao.Job) error {
		fmt.Println("begun")
		if _, err := st.PutMany(ctx, []jiqiao.Record{storetest.Need("甲公司", "需求 "+j.Key)}); err != nil {
			return err
		}
		time.Sleep(5 * time.Millisecond)
		return ctx.Err()
	}
	r := &jobs.Runner{
		Store: st, Handlers: map[string]jobs.Handler{"effect": handle}, Worker: fmt.Sprint("child ", os.Getpid()), Workers: 3,
		Lease: time.Second, Poll: 20 * time.Millisecond, Drain: time.Second, Base: 10 * time.Millisecond, Log: slog.New(slog.DiscardHandler),
	}
	fmt.Println("ready")
	return r.Run(ctx)
}

// spawn starts a child; said gets a line for each job it begins and is closed when it ends.
func spawn(t *testing.T, url string) (cmd *exec.Cmd, said chan string) {
	t.Helper()
	cmd = exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childURL+"="+url)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said = make(chan string, 10_000)
	go func() {
		defer close(said)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			said <- lines.Text()
		}
	}()
	return cmd, said
}

// TestKilledProcessesLoseNothing has two processes do jobs; one of them is killed again and again in the middle of some.
func TestKilledProcessesLoseNothing(t *testing.T) {
	onBoth(t, func(q *queue) {
		t := q.t
		const n = 150
		for i := range n {
			q.leave(jiqiao.NewJob{Kind: "effect", Key: fmt.Sprint(i), MaxAttempts: 20})
		}
		steady, steadySaid := spawn(t, q.url)
		go func() {
			for range steadySaid { //nolint:revive // it only must not fill up
			}
		}()
		for range 3 {
			victim, said := spawn(t, q.url)
			for begun := 0; begun < 4; {
				line, alive := <-said
				if !alive {
					t.Fatal("a child ended by itself")
				}
				if line == "begun" {
					begun++
				}
				if q.left(n) == 0 {
					break
				}
			}
			if err := victim.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = victim.Wait()
		}
		for range 3000 {
			if q.left(n) == 0 {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if err := steady.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := steady.Wait(); err != nil {
			t.Errorf("the steady process ended with %v", err)
		}
		effects, err := q.Count(t.Context(), jiqiao.KindNeed)
		if err != nil || effects != n || q.left(n) != 0 {
			t.Errorf("%d effects of %d jobs, %d left, %v", effects, n, q.left(n), err)
		}
		page, err := q.Jobs(t.Context(), jiqiao.JobQuery{State: jiqiao.JobDone})
		if err != nil || page.Total != n {
			t.Errorf("%d of %d are done, %v", page.Total, n, err)
		}
	})
}

// left is how many of n jobs have not been done.
func (q *queue) left(n int) int {
	q.t.Helper()
	page, err := q.Jobs(q.ctx, jiqiao.JobQuery{State: jiqiao.JobDone, Limit: 1})
	if err != nil && !strings.Contains(err.Error(), "unavailable") {
		q.t.Fatal(err)
	}
	return n - page.Total
}
