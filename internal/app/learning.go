package app

import (
	"context"
	"errors"
	"fmt"
	"math"

	"jiqiao"
	"jiqiao/internal/config"
	"jiqiao/internal/learn"
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
		Judged: func(context.Context) ([]learn.Judged, error) { return a.judged(collection()) },
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

// keepLearning starts what learns in the background: the notes of what was shown, and the nightly run.
func (a *App) keepLearning() error {
	a.tasks.keep("impressions", a.shown.Run)
	at, ever, err := learn.ParseTime(a.cfg.LearnAt)
	if err != nil || !ever {
		return err
	}
	learner := a.learner(a.Matcher.Collection)
	a.tasks.keep("learning", func(ctx context.Context) error { return learner.Nightly(ctx, at, nil) })
	return nil
}

// judged are the graded pairs of the machine: those of the sample, and those of cfg.GradedDir.
func (a *App) judged(c *matcher.Collection) ([]learn.Judged, error) {
	examples, err := sampleExamples(c)
	if err != nil {
		return nil, err
	}
	sets := []learn.Judged{{Name: "sample", Label: "样例的人工分级", Examples: examples}}
	if a.cfg.GradedDir == "" {
		return sets, nil
	}
	graded, err := eval.LoadGraded(a.cfg.GradedDir)
	if err != nil {
		return nil, jiqiao.Fail(jiqiao.CodeInvalid, "人工分级数据 "+a.cfg.GradedDir+" 无法读取，请检查 graded_dir", err)
	}
	return append(sets, learn.Judged{Name: "graded", Label: "人工分级数据", Examples: gradedExamples(c, graded)}), nil
}

// beside is an empty collection that reads texts as c does: the statistics of judged records are their own.
func beside(c *matcher.Collection, recs []jiqiao.Record) *matcher.Collection {
	own := c.WithWords(c.Words())
	own.Put(recs...)
	return own
}

func sampleExamples(c *matcher.Collection) ([]train.Example, error) {
	judgements, err := sample.Judgements()
	if err != nil {
		return nil, err
	}
	var recs []jiqiao.Record
	byTitle := map[string]jiqiao.Record{}
	for _, kind := range jiqiao.Kinds {
		side, err := sample.Records(kind)
		if err != nil {
			return nil, err
		}
		for i, rec := range side {
			rec.Head().ID = fmt.Sprintf("%s-%d", kind, i)
			byTitle[string(kind)+rec.Head().Title] = rec
			recs = append(recs, rec)
		}
	}
	own := beside(c, recs)
	examples := make([]train.Example, 0, len(judgements))
	for _, j := range judgements {
		need, achievement := byTitle[string(jiqiao.KindNeed)+j.Need], byTitle[string(jiqiao.KindAchievement)+j.Achievement]
		if need == nil || achievement == nil {
			return nil, fmt.Errorf("the sample judges a pair that it lacks: %s, %s", j.Need, j.Achievement)
		}
		f := own.ScorePair(need, achievement).Features
		examples = append(examples, train.Example{Need: need.Head().ID, Achievement: achievement.Head().ID, X: f[:], Level: j.Level})
	}
	return examples, nil
}

func gradedExamples(c *matcher.Collection, set *eval.GradedSet) []train.Example {
	var recs []jiqiao.Record
	needs := map[string]*jiqiao.Need{}
	for _, t := range set.Needs {
		needs[t.ID] = t.Need()
		recs = append(recs, needs[t.ID])
	}
	for _, t := range set.Achievements {
		recs = append(recs, t.Achievement())
	}
	own := beside(c, recs)
	var examples []train.Example
	for _, id := range set.Judgements.Needs {
		judged := set.Judgements.Of(id)
		ids, levels := make([]string, len(judged)), make(map[string]float64, len(judged))
		for i, j := range judged {
			ids[i], levels[j.Achievement] = j.Achievement, j.Level
		}
		for _, s := range own.ScoreAll(needs[id], ids) {
			examples = append(examples, train.Example{
				Need: id, Achievement: s.ID, X: s.Features[:], Level: jiqiao.Level(math.Round(levels[s.ID])),
			})
		}
	}
	return examples
}
