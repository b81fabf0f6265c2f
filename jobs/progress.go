package jobs

import (
	"context"
	"sync"
	"time"

	"jiqiao"
)

type progressKey struct{}

// progress notes how far a job has come, at most every progressEvery.
type progress struct {
	runner *Runner
	work   *work

	mu    sync.Mutex
	last  time.Time // monotonic
	stage string
}

// progressEvery bounds how often progress is written to the database.
const progressEvery = time.Second

// Progress says, from within a handler, how far the job in ctx has come: the stage in Chinese, and done of total steps, 0
// of 0 when that is not known. It is cheap to call often: what comes within a second of the last is left out unless the
// stage is new. Outside a job it does nothing.
func Progress(ctx context.Context, stage string, done, total int) {
	p, ok := ctx.Value(progressKey{}).(*progress)
	if !ok || !p.due(stage) {
		return
	}
	j := p.work.job
	j.Stage, j.Done, j.Total = stage, done, total
	switch err := p.runner.Store.SaveJobProgress(ctx, j); {
	case jiqiao.CodeOf(err) == jiqiao.CodeConflict:
		p.work.cancel(errLost)
	case err != nil && ctx.Err() == nil:
		p.runner.Log.Warn("a job's progress could not be stored", "job", j.ID, "kind", j.Kind, "err", err)
	}
}

func (p *progress) due(stage string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if stage == p.stage && !p.last.IsZero() && now.Sub(p.last) < progressEvery {
		return false
	}
	p.last, p.stage = now, stage
	return true
}
