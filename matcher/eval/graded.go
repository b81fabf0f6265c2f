package eval

import (
	"context"
	"fmt"
	"io"

	"jiqiao"
	"jiqiao/index/vector"
	vectors "jiqiao/index/vector/train"
	"jiqiao/index/zh"
	"jiqiao/matcher"
)

// Options say what is measured.
type Options struct {
	Analyzer *zh.Analyzer
	// Weights are the matcher's; the zero value means DefaultWeights.
	Weights matcher.Weights
	// Words are the vectors; nil means those that ship with the program, adapted to the set's own records exactly as the
	// service adapts them to its.
	Words *vector.Words
	// Open fills a fresh index with records and answers its recall. When it is nil, recall is exact BM25 over
	// character bigrams.
	Open func(ctx context.Context, recs []jiqiao.Record) (matcher.Recaller, error)
	// RunTo, when not nil, receives the run of the matcher: need_id, achievement_id, score, level.
	RunTo io.Writer
	// Progress, when not nil, hears of work done.
	Progress func(done, total int)
}

// adapted fills a collection as the service would: with vectors adapted to the records themselves, of which no
// judgement is a part.
func (o *Options) adapted(ctx context.Context, recs []jiqiao.Record) (*matcher.Collection, error) {
	own := *o
	if own.Words == nil {
		texts := make([]vectors.Text, len(recs))
		for i, rec := range recs {
			texts[i] = vectors.TextOf(rec)
		}
		words, report, err := vectors.Adapted(ctx, o.Analyzer, vector.Default(), nil, texts, vectors.DefaultAdapt())
		if err != nil {
			return nil, err
		}
		if report.Better() {
			own.Words = words
		}
	}
	return own.collection(recs), nil
}

func (o *Options) collection(recs []jiqiao.Record) *matcher.Collection {
	w := o.Weights
	if w.Version == "" {
		w = matcher.DefaultWeights()
	}
	words := o.Words
	if words == nil {
		words = vector.Default()
	}
	c := matcher.NewCollection(o.Analyzer, words, w)
	c.Put(recs...)
	return c
}

// candidates is how deep the service recalls before it scores.
const candidates = matcher.DefaultCandidates

// RunGraded scores every judged pair of a graded set with the matcher and measures the ranking beside baselines.
func RunGraded(ctx context.Context, dir string, o Options) (*Report, error) {
	set, err := LoadGraded(dir)
	if err != nil {
		return nil, err
	}
	run, recalled, err := matcherRuns(ctx, set, &o)
	if err != nil {
		return nil, err
	}
	if o.RunTo != nil {
		if err := run.Write(o.RunTo, set.Judgements); err != nil {
			return nil, err
		}
	}
	return gradedReport(set, []system{
		{"jiqiao", "本系统", run},
		{"recalled", fmt.Sprintf("本系统，先召回（词 %d 条）再排", candidates), recalled},
		{"bm25-bigram", "BM25 字二元组（标题×2+正文）", bm25Run(set, characterBigrams)},
		{"bm25-word", "BM25 分词（标题×2+正文）", bm25Run(set, words(o.Analyzer))},
		{"random", "随机", randomRun(set)},
		{"constant", "恒定 2 级", constantRun(set)},
	}), nil
}

// matcherRuns answers the run over all judged pairs, and the one over those whose achievement is among the candidates
// that the service would have scored.
func matcherRuns(ctx context.Context, set *GradedSet, o *Options) (all, recalled Run, err error) {
	needs := make(map[string]*jiqiao.Need, len(set.Needs))
	recs := make([]jiqiao.Record, 0, len(set.Needs)+len(set.Achievements))
	for _, t := range set.Needs {
		needs[t.ID] = t.Need()
		recs = append(recs, needs[t.ID])
	}
	for _, t := range set.Achievements {
		recs = append(recs, t.Achievement())
	}
	collection, err := o.adapted(ctx, recs)
	if err != nil {
		return nil, nil, err
	}
	recaller, err := o.open(ctx, recs)
	if err != nil {
		return nil, nil, fmt.Errorf("open index for evaluation: %w", err)
	}
	all, recalled = Run{}, Run{}
	for i, id := range set.Judgements.Needs {
		found, err := collection.Search(ctx, recaller, matcher.RecallQuery{
			Kind: jiqiao.KindAchievement, Subject: needs[id], Limit: candidates,
		})
		if err != nil {
			return nil, nil, fmt.Errorf("search for need %s: %w", id, err)
		}
		scoreNeed(collection, needs[id], set.Judgements.Of(id), found, all, recalled)
		if o.Progress != nil {
			o.Progress(i+1, len(set.Judgements.Needs))
		}
	}
	return all, recalled, nil
}

func scoreNeed(c *matcher.Collection, need *jiqiao.Need, judged []Judgement, found []matcher.Scored, all, recalled Run) {
	ids := make([]string, len(judged))
	for i, g := range judged {
		ids[i] = g.Achievement
	}
	among := make(map[string]bool, len(found))
	for _, f := range found {
		among[f.ID] = true
	}
	for _, scored := range c.ScoreAll(need, ids) {
		p := Pair{need.ID, scored.ID}
		all[p] = Scored{scored.Score, float64(scored.Level)}
		if among[scored.ID] {
			recalled[p] = all[p]
		}
	}
}

func (o *Options) open(ctx context.Context, recs []jiqiao.Record) (matcher.Recaller, error) {
	if o.Open != nil {
		return o.Open(ctx, recs)
	}
	return newBigramRecall(recs), nil
}
