package matcher

import (
	"cmp"
	"container/heap"
	"context"
	"fmt"
	"iter"

	"golang.org/x/sync/errgroup"

	"jiqiao"
)

// Batch says how everything is matched with everything. One side, the subjects, is walked, and every pair is scored once,
// yet the best matches of both sides are kept: of a subject the best Limit, and of a record of the other side the best
// OtherLimit among those that are at least LevelWeak.
type Batch struct {
	// Filter applies to the other side; its zero is what is published.
	Filter jiqiao.Filter
	Limit  int // 0 is jiqiao.DefaultRunLimit
	// OtherLimit is 0 for Limit.
	OtherLimit int
	// Workers match at the same time; 0 is 2.
	Workers int
	// Kept are the results that a run which goes on has saved before; nil for none.
	Kept iter.Seq2[jiqiao.MatchResult, error]
	// Save receives the results of the next subjects, up to last, and how many subjects that makes since the call of
	// MatchAll, from one goroutine, while the subjects after them are being matched. A run that continues after the
	// last subject that was saved finds what an uninterrupted one finds.
	Save func(ctx context.Context, last jiqiao.Record, results []jiqiao.MatchResult, done int) error
}

const (
	defaultWorkers = 2
	// batchChunk is how many subjects are saved at once.
	batchChunk = 64
)

// MatchAll matches every subject and answers how many were saved. It stops at the first error, of the subjects, of a
// match or of Save, and when ctx ends; what was saved before stands.
func (m *Matcher) MatchAll(ctx context.Context, subjects iter.Seq2[jiqiao.Record, error], b Batch) (done int, err error) {
	b.Workers, b.Limit = cmp.Or(b.Workers, defaultWorkers), cmp.Or(b.Limit, jiqiao.DefaultRunLimit)
	b.OtherLimit = cmp.Or(b.OtherLimit, b.Limit)
	b.Filter = jiqiao.MatchQuery{Filter: b.Filter}.Normalise().Filter
	run := &batchRun{m: m, b: &b, best: map[string]*bestOf{}}
	if err := run.remember(); err != nil {
		return 0, err
	}
	work, workCtx := errgroup.WithContext(ctx)
	chunks := make(chan savedChunk)
	work.Go(func() error {
		defer close(chunks)
		return run.match(workCtx, subjects, chunks)
	})
	work.Go(func() error {
		for c := range chunks {
			last := c.subjects[len(c.subjects)-1]
			if err := b.Save(workCtx, last, c.results, done+len(c.subjects)); err != nil {
				return fmt.Errorf("save matches up to %s: %w", last.Head().ID, err)
			}
			done += len(c.subjects)
		}
		return nil
	})
	return done, work.Wait()
}

// batchRun is one call of MatchAll.
type batchRun struct {
	m *Matcher
	b *Batch
	// best are the best scores that records of the other side have met with.
	best map[string]*bestOf
	kin  *kinship
}

type savedChunk struct {
	subjects []jiqiao.Record
	results  []jiqiao.MatchResult
}

// remember brings best to where the run stopped: what was saved includes all that was among the best.
func (r *batchRun) remember() error {
	if r.b.Kept == nil {
		return nil
	}
	for result, err := range r.b.Kept {
		if err != nil {
			return fmt.Errorf("read results saved before: %w", err)
		}
		if result.Level >= jiqiao.LevelWeak {
			// The one of the two that is a subject is never asked for.
			r.offer(result.AchievementID, result.NeedID, result.Score)
			r.offer(result.NeedID, result.AchievementID, result.Score)
		}
	}
	return nil
}

// match sends the subjects in chunks with their results.
func (r *batchRun) match(ctx context.Context, subjects iter.Seq2[jiqiao.Record, error], chunks chan<- savedChunk) error {
	var chunk []jiqiao.Record
	flush := func() error {
		if len(chunk) == 0 {
			return nil
		}
		results, err := r.chunk(ctx, chunk)
		if err != nil {
			return err
		}
		select {
		case chunks <- savedChunk{chunk, results}:
			chunk = nil
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for rec, err := range subjects {
		if err != nil {
			return fmt.Errorf("read next record to match: %w", err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if chunk = append(chunk, rec); len(chunk) == batchChunk {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// chunk matches subjects in parallel and keeps, in their order, what is worth it.
func (r *batchRun) chunk(ctx context.Context, subjects []jiqiao.Record) ([]jiqiao.MatchResult, error) {
	c := r.collection(subjects)
	ranked := make([][]Scored, len(subjects))
	work, workCtx := errgroup.WithContext(ctx)
	work.SetLimit(r.b.Workers)
	for i, rec := range subjects {
		work.Go(func() (err error) {
			sense, _ := r.m.sense(workCtx, rec, false)
			ranked[i], err = c.Search(workCtx, r.m.o.Recaller, RecallQuery{
				Kind: rec.Kind().Other(), Subject: rec, Filter: r.b.Filter, Limit: r.m.o.Candidates, Sense: sense,
			})
			if err != nil {
				return fmt.Errorf("match %s: %w", rec.Head().ID, err)
			}
			return nil
		})
	}
	if err := work.Wait(); err != nil {
		return nil, err
	}
	var results []jiqiao.MatchResult
	for i, rec := range subjects {
		for place, s := range ranked[i] {
			kept := s.Level >= jiqiao.LevelWeak && r.offer(s.ID, rec.Head().ID, s.Score)
			if kept || place < r.b.Limit {
				results = append(results, r.result(c.Model(), rec, &s))
			}
		}
	}
	return results, nil
}

// collection is the matcher's, which remembers what the subjects' words mean.
func (r *batchRun) collection(subjects []jiqiao.Record) *Collection {
	c := r.m.Collection()
	if r.kin == nil || r.kin.lexicon.Words != c.words || r.kin.full() {
		r.kin = c.newKinship()
	}
	r.kin.learn(c, subjects)
	return c.remembering(r.kin)
}

func (r *batchRun) result(model string, subject jiqiao.Record, s *Scored) jiqiao.MatchResult {
	result := jiqiao.MatchResult{
		NeedID: subject.Head().ID, AchievementID: s.ID, Score: s.Score, Level: s.Level, Probabilities: s.Probabilities,
		Model: model, MatchedAt: r.m.o.Now().UTC(),
	}
	if subject.Kind() == jiqiao.KindAchievement {
		result.NeedID, result.AchievementID = result.AchievementID, result.NeedID
	}
	return result
}

// offer shows a record of the other side a subject and reports whether it is among its best so far.
func (r *batchRun) offer(id, subject string, score float64) bool {
	best, ok := r.best[id]
	if !ok {
		best = &bestOf{}
		r.best[id] = best
	}
	next := offered{score, subject}
	if len(*best) < r.b.OtherLimit {
		heap.Push(best, next)
		return true
	}
	if !(*best)[0].worse(next) {
		return false
	}
	(*best)[0] = next
	heap.Fix(best, 0)
	return true
}

// bestOf is a heap, the worst on top.
type bestOf []offered

type offered struct {
	score   float64
	subject string
}

// worse orders as matches are ordered: by score, equal ones by id.
func (o offered) worse(than offered) bool {
	return o.score < than.score || o.score == than.score && o.subject > than.subject
}

func (b bestOf) Len() int           { return len(b) }
func (b bestOf) Less(i, j int) bool { return b[i].worse(b[j]) }
func (b bestOf) Swap(i, j int)      { b[i], b[j] = b[j], b[i] }
func (b *bestOf) Push(x any)        { *b = append(*b, x.(offered)) }
func (b *bestOf) Pop() any {
	last := (*b)[len(*b)-1]
	*b = (*b)[:len(*b)-1]
	return last
}
