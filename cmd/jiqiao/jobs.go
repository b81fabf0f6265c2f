package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"jiqiao"
	"jiqiao/internal/app"
	"jiqiao/store"
)

// jobs is where long work is left and watched: the service opened here, the database of one that runs, or one elsewhere.
type jobs interface {
	StartMatchRun(ctx context.Context, p jiqiao.MatchRunParams, restart bool) (jiqiao.MatchRun, error)
	GetMatchRun(ctx context.Context, id string) (jiqiao.MatchRun, error)
	CancelMatchRun(ctx context.Context, id string) (jiqiao.MatchRun, error)
	StartAssignment(ctx context.Context, p jiqiao.AssignmentParams) (jiqiao.Assignment, error)
	GetAssignment(ctx context.Context, id string) (jiqiao.Assignment, error)
	CancelAssignment(ctx context.Context, id string) (jiqiao.Assignment, error)
	EachAssignmentItem(ctx context.Context, id string, q jiqiao.AssignmentItemQuery, fn func(jiqiao.AssignmentItem) error) error
}

// workplace is jobs with what belongs to it.
type workplace struct {
	jobs
	// store is nil when the service is elsewhere.
	store *store.Store
	// elsewhere says that another process does the work: it goes on when this one ends.
	elsewhere bool
	// dir is the data directory of a service on this machine, "" for none.
	dir   string
	close func() error
}

// workplace opens the data directory, or, when a service holds it, its database, where it finds what is left for it. With
// an address it is the service there.
func (c *cli) workplace(ctx context.Context, address string) (*workplace, error) {
	if address != "" {
		svc := remote(address)
		return &workplace{jobs: remoteJobs{svc}, elsewhere: true, close: svc.close}, nil
	}
	a, err := c.open(ctx)
	var busy *app.InUseError
	if errors.As(err, &busy) && busy.Address != "" {
		st, err := c.openStore(ctx)
		if err != nil {
			return nil, err
		}
		return &workplace{jobs: storedJobs{st}, store: st, elsewhere: true, dir: c.cfg.DataDir, close: st.Close}, nil
	}
	if err != nil {
		return nil, err
	}
	a.Follow()
	a.Work()
	return &workplace{jobs: a, store: a.Store, close: a.Stop}, nil
}

// storedJobs leaves jobs in the database of a running service.
type storedJobs struct{ *store.Store }

func (s storedJobs) StartMatchRun(ctx context.Context, p jiqiao.MatchRunParams, restart bool) (jiqiao.MatchRun, error) {
	return app.StartMatchRun(ctx, s.Store, p, restart)
}

func (s storedJobs) CancelMatchRun(ctx context.Context, id string) (jiqiao.MatchRun, error) {
	return app.CancelMatchRun(ctx, s.Store, id)
}

func (s storedJobs) StartAssignment(ctx context.Context, p jiqiao.AssignmentParams) (jiqiao.Assignment, error) {
	return app.StartAssignment(ctx, s.Store, p, time.Now())
}

func (s storedJobs) CancelAssignment(ctx context.Context, id string) (jiqiao.Assignment, error) {
	return app.CancelAssignment(ctx, s.Store, id)
}

// remoteJobs asks a service over HTTP.
type remoteJobs struct{ *service }

func (r remoteJobs) StartMatchRun(ctx context.Context, p jiqiao.MatchRunParams, restart bool) (run jiqiao.MatchRun, err error) {
	return run, r.post(ctx, "/api/v1/match-runs", map[string]any{"limit": p.Limit, "restart": restart}, &run)
}

func (r remoteJobs) GetMatchRun(ctx context.Context, id string) (run jiqiao.MatchRun, err error) {
	return run, r.get(ctx, "/api/v1/match-runs/"+url.PathEscape(id), nil, &run)
}

func (r remoteJobs) CancelMatchRun(ctx context.Context, id string) (run jiqiao.MatchRun, err error) {
	return run, r.post(ctx, "/api/v1/match-runs/"+url.PathEscape(id)+"/cancel", struct{}{}, &run)
}

func (r remoteJobs) StartAssignment(ctx context.Context, p jiqiao.AssignmentParams) (a jiqiao.Assignment, err error) {
	return a, r.post(ctx, "/api/v1/assignments", p, &a)
}

func (r remoteJobs) GetAssignment(ctx context.Context, id string) (a jiqiao.Assignment, err error) {
	return a, r.get(ctx, "/api/v1/assignments/"+url.PathEscape(id), nil, &a)
}

func (r remoteJobs) CancelAssignment(ctx context.Context, id string) (a jiqiao.Assignment, err error) {
	return a, r.post(ctx, "/api/v1/assignments/"+url.PathEscape(id)+"/cancel", struct{}{}, &a)
}

func (r remoteJobs) EachAssignmentItem(ctx context.Context, id string, q jiqiao.AssignmentItemQuery, fn func(jiqiao.AssignmentItem) error) error {
	query := url.Values{"limit": {strconv.Itoa(jiqiao.MaxPageSize)}}
	if q.Outcome != "" {
		query.Set("outcome", string(q.Outcome))
	}
	for {
		var page jiqiao.AssignmentItemPage
		if err := r.get(ctx, "/api/v1/assignments/"+url.PathEscape(id)+"/items", query, &page); err != nil {
			return err
		}
		for _, item := range page.Items {
			if err := fn(item); err != nil {
				return err
			}
		}
		if page.Next == "" {
			return nil
		}
		query.Set("cursor", page.Next)
	}
}

// stand is how far a job has come.
type stand struct {
	state       jiqiao.RunState
	stage       string
	done, total int
	message     string
}

const (
	// watchEvery is how often a job is looked at, checkEvery how many looks pass before the service is.
	watchEvery = 200 * time.Millisecond
	checkEvery = 25
)

// watch draws a job's progress until it has ended; anything but done is an error.
func (c *cli) watch(ctx context.Context, w *workplace, label string, look func() (stand, error)) error {
	bar := c.progress(label)
	defer bar.end()
	for n := 1; ; n++ {
		s, err := look()
		if err != nil {
			return err
		}
		if s.stage != "" {
			bar.label = s.stage
		}
		bar.set(s.done, s.total)
		switch s.state {
		case jiqiao.RunDone:
			return nil
		case jiqiao.RunFailed, jiqiao.RunCancelled:
			message := s.message
			if message == "" {
				message = label + s.state.Label()
			}
			return jiqiao.Fail(jiqiao.CodeInvalid, message, nil)
		}
		if n%checkEvery == 0 {
			if err := w.alive(); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(watchEvery):
		}
	}
}

// alive finds out whether the service still holds its directory: nobody else would do what was left for it.
func (w *workplace) alive() error {
	if w.dir == "" {
		return nil
	}
	lock, err := app.Lock(w.dir)
	if err != nil {
		return nil //nolint:nilerr // it is held, as it should be
	}
	return errors.Join(lock.Close(), jiqiao.Fail(jiqiao.CodeUnavailable, "服务已停止，进度已保存；再次运行同一命令，或启动服务，即可继续", nil))
}

// interrupted tells what becomes of a job that is no longer watched.
func (c *cli) interrupted(w *workplace, done, total int) {
	if w.elsewhere {
		fmt.Fprintln(c.err, "不再等待；服务会在后台继续，再次运行同一命令可查看进度")
		return
	}
	fmt.Fprintf(c.err, "已匹配 %d/%d 条，再次运行同一命令即可续跑\n", done, total)
}
