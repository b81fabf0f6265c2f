package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"jiqiao"
	"jiqiao/internal/config"
	"jiqiao/internal/learn"
	"jiqiao/jobs"
	"jiqiao/matcher"
	"jiqiao/matcher/eval"
	"jiqiao/matcher/rank"
	"jiqiao/matcher/rank/train"
	"jiqiao/sample"
)

// Learn tunes the ranker to the decisions in the database, now. It opens what it needs beside a serving process, which
// takes a new model over by itself.
func Learn(ctx context.Context, cfg config.Config, opts Options) (_ learn.Outcome, err error) {
	a := &App{cfg: cfg, log: opts.Log, now: opts.clock()}
	if a.analyzer, err = OpenAnalyzer(cfg); err != nil {
		return learn.Outcome{}, err
	}
	if a.Store, err = OpenStore(ctx, cfg, opts); err != nil {
		return learn.Outcome{}, err
	}
	defer func() { err = errors.Join(err, a.Store.Close()) }()
	collection := a.openCollection(ctx)
	a.profiles = &profiles{source: a.Store, collection: collection, log: a.log}
	if err := a.profiles.load(ctx); err != nil {
		return learn.Outcome{}, err
	}
	return a.learner(func() *matcher.Collection { return collection }).Learn(ctx)
}

// learner tunes the ranker under the texts and vectors of the collection that serves.
func (a *App) learner(collection func() *matcher.Collection) *learn.Learner {
	return learn.New(learn.Options{
		Past: a.Store, Registry: a.Store, Builtin: rank.Default(), Names: matcher.FeatureNames(),
		Features: func(need *jiqiao.Need, achievements []*jiqiao.Achievement) [][]float64 {
			return featuresOf(collection(), need, achievements)
		},
		Judged: func(ctx context.Context) ([]learn.Judged, error) { return a.judged(ctx, collection()) },
		Now:    a.now, Log: a.log,
	})
}

// featuresOf reads the need once for all achievements that the collection holds.
func featuresOf(c *matcher.Collection, need *jiqiao.Need, achievements []*jiqiao.Achievement) [][]float64 {
	ids := make([]string, len(achievements))
	for i, a := range achievements {
		ids[i] = a.ID
	}
	held := map[string]matcher.Features{}
	for _, s := range c.ScoreAll(need, ids) {
		held[s.ID] = s.Features
	}
	out := make([][]float64, len(achievements))
	for i, a := range achievements {
		f, ok := held[a.ID]
		if !ok {
			f = c.ScorePair(need, a).Features
		}
		out[i] = f[:]
	}
	return out
}

// doLearning is the nightly work: word vectors first, because what is learned next is learned under them.
func (a *App) doLearning(ctx context.Context, _ jiqiao.Job) error {
	if err := a.WaitCaughtUp(ctx); err != nil {
		return err
	}
	jobs.Progress(ctx, "适配词向量", 0, 0)
	a.adaptWords(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	jobs.Progress(ctx, "由决定学习排序", 0, 0)
	outcome, err := a.learner(a.Matcher.Collection).Learn(ctx)
	if err != nil {
		return fmt.Errorf("learn from decisions: %w", err)
	}
	a.log.Info("learned from decisions", "model", outcome.Model.Version, "activated", outcome.Activated, "message", outcome.Message)
	return nil
}

// adaptWords adapts the word vectors to the records, as `jiqiao adapt` does, and waits until they serve: what is learned
// next is learned under them.
func (a *App) adaptWords(ctx context.Context) {
	result, err := AdaptWords(ctx, a.Store, AdaptOptions{Analyzer: a.analyzer.Get()})
	switch {
	case err == nil:
		a.log.Info("word vectors", "version", result.Version, "active", result.Active, "message", result.Message)
		if result.Active {
			a.awaitWords(ctx, result.Version)
		}
	case ctx.Err() == nil:
		a.log.Error("adapting the word vectors failed", "err", err)
	}
}

// takeOver bounds the wait for vectors to serve, which reads every record anew: 100,000 take a minute.
const takeOver = 10 * time.Minute

// awaitWords returns when the version serves, or it is no longer worth waiting.
func (a *App) awaitWords(ctx context.Context, version string) {
	limited, cancel := context.WithTimeout(ctx, takeOver)
	defer cancel()
	tick := time.NewTicker(catchUpPoll)
	defer tick.Stop()
	for wordsPrefix+a.Matcher.Collection().Words().Version() != version {
		select {
		case <-limited.Done():
			return
		case <-tick.C:
		}
	}
}

// judged are the graded pairs of the machine: those of the sample, and those of cfg.GradedDir, read as c reads texts.
func (a *App) judged(ctx context.Context, c *matcher.Collection) ([]learn.Judged, error) {
	o := eval.Options{Analyzer: a.analyzer.Get(), Words: c.Words()}
	examples, err := sampleExamples(o)
	if err != nil {
		return nil, err
	}
	sets := []learn.Judged{{Name: "sample", Label: "样例的人工分级", Examples: examples}}
	if a.cfg.GradedDir == "" {
		return sets, nil
	}
	if examples, err = eval.GradedExamples(ctx, a.cfg.GradedDir, o); err != nil {
		return nil, jiqiao.Fail(jiqiao.CodeInvalid, "人工分级数据 "+a.cfg.GradedDir+" 无法读取，请检查 graded_dir", err)
	}
	return append(sets, learn.Judged{Name: "graded", Label: "人工分级数据", Examples: examples}), nil
}

func sampleExamples(o eval.Options) ([]train.Example, error) {
	pairs, recs, err := SamplePairs()
	if err != nil {
		return nil, err
	}
	return eval.PairExamples(pairs, recs, o), nil
}

// SamplePairs are the judged pairs of the sample data, with all records of both sides; titles are their ids.
func SamplePairs() ([]eval.JudgedPair, []jiqiao.Record, error) {
	judgements, err := sample.Judgements()
	if err != nil {
		return nil, nil, err
	}
	needs, achievements := map[string]*jiqiao.Need{}, map[string]*jiqiao.Achievement{} // by title
	var recs []jiqiao.Record
	for _, kind := range jiqiao.Kinds {
		side, err := sample.Records(kind)
		if err != nil {
			return nil, nil, err
		}
		for _, rec := range side {
			rec.Head().ID = rec.Head().Title
			switch rec := rec.(type) {
			case *jiqiao.Need:
				needs[rec.Title] = rec
			case *jiqiao.Achievement:
				achievements[rec.Title] = rec
			}
		}
		recs = append(recs, side...)
	}
	pairs := make([]eval.JudgedPair, len(judgements))
	for i, j := range judgements {
		pairs[i] = eval.JudgedPair{Need: needs[j.Need], Achievement: achievements[j.Achievement], Level: j.Level}
		if pairs[i].Need == nil || pairs[i].Achievement == nil {
			return nil, nil, fmt.Errorf("the sample judges a pair that it lacks: %s, %s", j.Need, j.Achievement)
		}
	}
	return pairs, recs, nil
}
