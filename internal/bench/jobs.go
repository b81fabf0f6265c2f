package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"jiqiao"
	"jiqiao/jobs"
	"jiqiao/store"
)

const (
	jobsLeft = 10_000
	// jobTakes makes the whole last for several kills.
	jobTakes  = 100 * time.Millisecond
	jobLease  = 10 * time.Second
	killEvery = 20 * time.Second
	jobKind   = "bench"
)

// killedJobs has two processes do jobs over one database, of which one is killed every 20 s. A job's effect is a record,
// made by its natural key: what is done twice leaves one record, what is lost leaves none.
func killedJobs(ctx context.Context, e *Env) ([]Figure, error) {
	url := e.Database
	if url == "" {
		url = "sqlite://" + filepath.Join(e.Work, "jobs", "jiqiao.db")
	}
	st, err := store.Open(ctx, store.Config{URL: url, Log: e.Log})
	if err != nil {
		return nil, err
	}
	defer func() { _ = st.Close() }()
	if n, err := st.Count(ctx, jiqiao.KindNeed); err != nil || n > 0 {
		return nil, errors.Join(err, jiqiao.Fail(jiqiao.CodeInvalid, "测量后台任务需要一个空库，请用 --database-url 指定", nil))
	}
	if err := leaveJobs(ctx, st); err != nil {
		return nil, err
	}
	start := time.Now()
	kills, err := killWorkers(ctx, e, st, url)
	if err != nil {
		return nil, err
	}
	took := time.Since(start)
	effects, err := st.Count(ctx, jiqiao.KindNeed)
	if err != nil {
		return nil, err
	}
	done, err := st.Jobs(ctx, jiqiao.JobQuery{Kind: jobKind, State: jiqiao.JobDone, Limit: 1})
	if err != nil {
		return nil, err
	}
	if effects != jobsLeft || done.Total != jobsLeft {
		return nil, fmt.Errorf("%d jobs are done and had %d effects, of %d", done.Total, effects, jobsLeft)
	}
	again, err := begunAgain(ctx, st)
	return []Figure{
		atLeast("两个进程、每 20 秒杀掉一个：任务的效果（恰好一次）", float64(effects), "项", jobsLeft),
		observed("其间杀掉的进程", float64(kills), "次"), observed("其间中断后重做的任务", float64(again), "项"), observed("用时", took.Seconds(), "s"),
	}, err
}

func leaveJobs(ctx context.Context, st *store.Store) error {
	var leaving sync.WaitGroup
	failed := make(chan error, 8)
	for w := range cap(failed) {
		leaving.Go(func() {
			for i := w; i < jobsLeft; i += cap(failed) {
				if err := st.Enqueue(ctx, jiqiao.NewJob{Kind: jobKind, Key: fmt.Sprint(i), MaxAttempts: 20}); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	leaving.Wait()
	close(failed)
	return <-failed
}

// killWorkers keeps two workers and kills them in turn, until every job has ended; it says how often.
func killWorkers(ctx context.Context, e *Env, st *store.Store, url string) (kills int, err error) {
	workers := make([]*exec.Cmd, 2)
	for i := range workers {
		if workers[i], err = e.jobWorker(ctx, url); err != nil {
			return 0, err
		}
	}
	defer func() {
		for _, w := range workers {
			err = errors.Join(err, w.Process.Signal(syscall.SIGTERM), w.Wait())
		}
	}()
	last := time.Now()
	for {
		left, err := unfinished(ctx, st)
		if err != nil || left == 0 {
			return kills, err
		}
		if time.Since(last) >= killEvery {
			victim := kills % len(workers)
			_ = workers[victim].Process.Kill()
			_ = workers[victim].Wait() // it ends as it was killed
			if workers[victim], err = e.jobWorker(ctx, url); err != nil {
				return kills, err
			}
			last = time.Now()
			kills++
		}
		select {
		case <-ctx.Done():
			return kills, ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
}

func (e *Env) jobWorker(ctx context.Context, url string) (*exec.Cmd, error) {
	cmd := exec.CommandContext(ctx, e.Program, "bench", "--section", JobWorker, "--database-url", url)
	cmd.Stderr = os.Stderr
	if _, err := cmd.StdinPipe(); err != nil { // it breaks when this process ends, however that comes about
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start a worker: %w", err)
	}
	return cmd, nil
}

func unfinished(ctx context.Context, st *store.Store) (n int, err error) {
	counts, err := st.JobCounts(ctx)
	for _, c := range counts {
		if c.Kind == jobKind && !c.State.Ended() { // a record's effects leave jobs of their own
			n += c.Count
		}
	}
	return n, err
}

func begunAgain(ctx context.Context, st *store.Store) (n int, err error) {
	for q := (jiqiao.JobQuery{Kind: jobKind, Limit: jiqiao.MaxPageSize}); ; {
		page, err := st.Jobs(ctx, q)
		if err != nil {
			return 0, err
		}
		for _, j := range page.Jobs {
			if j.Attempts > 1 {
				n++
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return n, nil
		}
	}
}

// JobWorker is the section that killedJobs starts in processes of their own.
const JobWorker = "jobs-worker"

// doJobs is a process that killedJobs starts: it does jobs until it is killed or told to stop.
func doJobs(ctx context.Context, e *Env) ([]Figure, error) {
	st, err := store.Open(ctx, store.Config{URL: e.Database, Log: e.Log})
	if err != nil {
		return nil, err
	}
	defer func() { _ = st.Close() }()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	handle := func(ctx context.Context, j jiqiao.Job) error {
		n := text{ID: j.Key, Title: "任务的效果", Text: "任务 " + j.Key}.need(0)
		n.Title = "任务的效果 " + j.Key
		if _, err := st.PutMany(ctx, []jiqiao.Record{n}); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(jobTakes):
			return nil
		}
	}
	r := &jobs.Runner{
		Store: st, Handlers: map[string]jobs.Handler{jobKind: handle}, Worker: fmt.Sprint("bench ", os.Getpid()), Workers: 6, Lease: jobLease, Log: e.Log,
	}
	return nil, r.Run(ctx)
}
