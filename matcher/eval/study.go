package eval

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"jiqiao"
	"jiqiao/index/vector"
	"jiqiao/matcher"
	"jiqiao/matcher/rank"
	"jiqiao/matcher/rank/train"
)

// Study is everything that the report shows of a graded set. Nothing in it was fitted on what it is measured on, but for
// the row that says so.
type Study struct {
	Title string   `json:"title"`
	Facts []string `json:"facts"`
	// Systems compares rankings; the first row is the ranker in cross-validation.
	Systems *Report `json:"systems"`
	// Without leaves one feature out of the ranker at a time.
	Without *Report `json:"without"`
	// Repeats are the figures of the cross-validation under other divisions of the needs.
	Repeats []Measures `json:"repeats"`
	// Reliability holds one curve for each of 弱 or better, 较强 or better, 强.
	Reliability [3]Curve `json:"reliability"`
	// Risk says what is answered and how often wrongly as the demand on the first candidate falls.
	Risk []RiskPoint `json:"risk"`
	// Confusion counts pairs by people's level and by the given one, from 无相关; Kappa is its quadratically weighted κ.
	Confusion [4][4]int  `json:"confusion"`
	Kappa     float64    `json:"kappa"`
	Exposure  []Exposure `json:"exposure"`
	Robust    []Robust   `json:"robust"`
	// Known is the set with known answers, when there is one.
	Known *Report `json:"known,omitempty"`
	// Worst are the pairs on which people and program disagree most, with their texts.
	Worst []Disagreement `json:"-"`
}

// Curve is how a probability compares with what happened.
type Curve struct {
	Label string      `json:"label"`
	Bins  []train.Bin `json:"bins"`
	// Error is the expected calibration error, 0–1.
	Error float64 `json:"error"`
}

// RiskPoint is one way to set the threshold below which the system abstains.
type RiskPoint struct {
	Threshold float64 `json:"threshold"` // least P(弱 or better) of the first candidate
	Coverage  float64 `json:"coverage"`  // share of needs that are answered
	// Wrong is the share of the answered needs whose first candidate people call 无相关; Weak counts 弱 as wrong, too.
	Wrong float64 `json:"wrong"`
	Weak  float64 `json:"weak"`
}

// Disagreement is a pair whose level people and program see differently.
type Disagreement struct {
	Need, Content, Achievement string
	Human                      jiqiao.Level
	Given                      jiqiao.Level
	Probabilities              [4]float64
	Distance                   float64 // between people's level and the expected one
}

// StudyOptions say what a study measures beside Options.
type StudyOptions struct {
	Options
	// Fit is how the ranker is trained; Names are those of the matcher's features.
	Fit train.Options
	// Words are the vectors that stand in for a dictionary of synonyms; nil is vector.Default.
	Words *vector.Words
	// Known is the directory of a set with known answers; empty for none.
	Known string
}

// repeats are how many other divisions of the needs are tried: one division can be lucky.
const repeats = 4

// RunStudy measures the ranker in 5-fold cross-validation by need, its parts, its probabilities, its exposure and its
// robustness on a graded set.
func RunStudy(ctx context.Context, dir string, o StudyOptions) (*Study, error) {
	set, err := LoadGraded(dir)
	if err != nil {
		return nil, err
	}
	if o.Words == nil {
		o.Words = vector.Default()
	}
	w, err := o.world(ctx, set)
	if err != nil {
		return nil, err
	}
	s := &Study{Title: "匹配质量报告", Facts: setFacts(set)}
	predictions, err := train.CrossValidate(w.examples, o.Fit, train.Folds{Count: studyFolds, Seed: 1})
	if err != nil {
		return nil, err
	}
	s.judge(w, predictions)
	for _, step := range []func() error{
		func() error { return s.compare(w, &o, predictions) },
		func() error { return s.leaveOut(w, &o, predictions) },
		func() error { return s.repeat(w, &o) },
		func() error { return s.expose(ctx, w) },
		func() (err error) {
			s.Robust, err = robustness(ctx, set, w.collection, w.recaller, rewritings(o.Analyzer, o.Words))
			return err
		},
		func() (err error) {
			if o.Known != "" {
				s.Known, err = RunRetrieval(ctx, o.Known, o.Options)
			}
			return err
		},
	} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := step(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

const studyFolds = 5

// world is a graded set made ready: records in the matcher, features of every judged pair.
type world struct {
	set        *GradedSet
	needs      map[string]*jiqiao.Need
	collection *matcher.Collection
	recaller   matcher.Recaller
	examples   []train.Example
	shipped    Run // the program as it ships
}

func (o *StudyOptions) world(ctx context.Context, set *GradedSet) (*world, error) {
	w := &world{set: set, needs: set.needs(), shipped: Run{}}
	recs := set.records()
	var err error
	if w.collection, err = o.adapted(ctx, recs); err != nil {
		return nil, err
	}
	if w.recaller, err = o.open(ctx, recs); err != nil {
		return nil, fmt.Errorf("open index for evaluation: %w", err)
	}
	for _, id := range set.Judgements.Needs {
		judged := set.Judgements.Of(id)
		level := make(map[string]float64, len(judged))
		list := make([]string, len(judged))
		for i, g := range judged {
			level[g.Achievement], list[i] = g.Level, g.Achievement
		}
		for _, p := range w.collection.ScoreAll(w.needs[id], list) {
			w.shipped[Pair{id, p.ID}] = Scored{p.Score, float64(p.Level)}
			w.examples = append(w.examples, train.Example{
				Need: id, Achievement: p.ID, X: p.Features[:], Level: jiqiao.Level(level[p.ID]),
			})
		}
	}
	return w, nil
}

// needs are the set's needs by id.
func (s *GradedSet) needs() map[string]*jiqiao.Need {
	needs := make(map[string]*jiqiao.Need, len(s.Needs))
	for _, t := range s.Needs {
		needs[t.ID] = t.Need()
	}
	return needs
}

// records are both sides of the set.
func (s *GradedSet) records() []jiqiao.Record {
	recs := make([]jiqiao.Record, 0, len(s.Needs)+len(s.Achievements))
	for _, t := range s.Needs {
		recs = append(recs, t.Need())
	}
	for _, t := range s.Achievements {
		recs = append(recs, t.Achievement())
	}
	return recs
}

func (w *world) run(predictions []train.Prediction) Run {
	run := make(Run, len(predictions))
	for _, p := range predictions {
		e := &w.examples[p.Example]
		run[Pair{e.Need, e.Achievement}] = Scored{p.Score, float64(p.Level)}
	}
	return run
}

// scored ranks by a ranker that was not fitted here.
func (w *world) scored(r *rank.Ranker) Run {
	run := make(Run, len(w.examples))
	for _, e := range w.examples {
		result := r.Score(e.X)
		run[Pair{e.Need, e.Achievement}] = Scored{result.Score, float64(result.Level)}
	}
	return run
}

// alone ranks by the sum of the features that keep names, which is what they can do without a ranker.
func (w *world) alone(names []string, keep func(name string) bool) Run {
	run := make(Run, len(w.examples))
	for _, e := range w.examples {
		sum := 0.0
		for i, name := range names {
			if keep(name) {
				sum += e.X[i]
			}
		}
		run[Pair{e.Need, e.Achievement}] = Scored{sum, constantLevel}
	}
	return run
}

func (s *Study) compare(w *world, o *StudyOptions, predictions []train.Prediction) error {
	systems := []system{
		{"cross-validated", "学习的排序（5 折，按需求分组）", w.run(predictions)},
		{"shipped", "随程序发布的模型（含训练所用的对，仅供对照）", w.shipped},
		{"bm25-bigram", "BM25 字二元组（标题×2+正文）", bm25Run(w.set, characterBigrams)},
		{"bm25-word", "BM25 分词（标题×2+正文）", bm25Run(w.set, words(o.Analyzer))},
	}
	names := o.Fit.Names
	among := func(list ...string) func(string) bool {
		return func(name string) bool { return slices.Contains(list, name) }
	}
	fallback, err := rank.Fallback().Bind(names)
	if err != nil {
		return fmt.Errorf("use the fallback on the features: %w", err)
	}
	systems = append(systems,
		system{"fallback", "字词与向量一起，不从评级学习（fallback-1）", w.scored(fallback)},
		system{"characters", "只用共同的字", w.alone(names, among("characters"))},
		system{"met", "只用词与词的最近意义", w.alone(names, func(name string) bool { return strings.Contains(name, "_met") })},
		system{"vectors", "只用句向量", w.alone(names, func(name string) bool { return strings.HasSuffix(name, "_alike") })},
		system{"random", "随机", randomRun(w.set)}, system{"constant", "恒定 2 级", constantRun(w.set)})
	s.Systems = gradedReport(w.set, systems)
	return nil
}

// leaveOut trains without one feature at a time.
func (s *Study) leaveOut(w *world, o *StudyOptions, predictions []train.Prediction) error {
	systems := []system{{"all", "全部特征", w.run(predictions)}}
	for i, t := range o.Fit.Title {
		fit := o.Fit
		fit.Title = slices.Delete(slices.Clone(fit.Title), i, i+1)
		p, err := train.CrossValidate(w.examples, fit, train.Folds{Count: studyFolds, Seed: 1})
		if err != nil {
			return fmt.Errorf("cross-validate without %s: %w", t.Feature, err)
		}
		systems = append(systems, system{"without-" + t.Feature, "去掉“" + t.Label + "”", w.run(p)})
	}
	s.Without = gradedReport(w.set, systems)
	return nil
}

func (s *Study) repeat(w *world, o *StudyOptions) error {
	for seed := range repeats {
		p, err := train.CrossValidate(w.examples, o.Fit, train.Folds{Count: studyFolds, Seed: uint64(seed + 2)})
		if err != nil {
			return err
		}
		s.Repeats = append(s.Repeats, Measure(w.set.Judgements, w.run(p)))
	}
	return nil
}

// judge looks at the probabilities.
func (s *Study) judge(w *world, predictions []train.Prediction) {
	r := train.NewReport(w.examples, predictions)
	s.Confusion, s.Kappa = r.Confusion, kappa(r.Confusion)
	for i, label := range [3]string{"弱或更好", "较强或更好", "强"} {
		least := jiqiao.LevelWeak + jiqiao.Level(i)
		s.Reliability[i] = Curve{
			Label: label, Error: [3]float64{r.WeakError, r.FairError, r.StrongError}[i],
			Bins: train.Reliability(predictions, func(p *train.Prediction) (float64, bool) {
				return p.AtLeast(least), w.examples[p.Example].Level >= least
			}),
		}
	}
	s.Risk = riskCurve(w, predictions)
	s.Worst = w.worst(predictions)
}

// kappa is Cohen's κ with quadratic weights.
func kappa(c [4][4]int) float64 {
	var rows, columns [4]float64
	total := 0.0
	for i := range c {
		for j, n := range c[i] {
			rows[i] += float64(n)
			columns[j] += float64(n)
			total += float64(n)
		}
	}
	seen, chance := 0.0, 0.0
	for i := range c {
		for j, n := range c[i] {
			d := float64((i - j) * (i - j))
			seen += d * float64(n)
			chance += d * rows[i] * ratio(columns[j], total)
		}
	}
	return 1 - ratio(seen, chance)
}

// riskCurve lowers the threshold need by need, the surest first candidate first.
func riskCurve(w *world, predictions []train.Prediction) []RiskPoint {
	first := map[string]*train.Prediction{}
	for i := range predictions {
		p := &predictions[i]
		need := w.examples[p.Example].Need
		if b, ok := first[need]; !ok || p.Score > b.Score {
			first[need] = p
		}
	}
	tops := make([]*train.Prediction, 0, len(first))
	for _, need := range w.set.Judgements.Needs {
		if p, ok := first[need]; ok {
			tops = append(tops, p)
		}
	}
	slices.SortStableFunc(tops, func(a, b *train.Prediction) int {
		return cmp.Compare(b.AtLeast(jiqiao.LevelWeak), a.AtLeast(jiqiao.LevelWeak))
	})
	var out []RiskPoint
	wrong, weak := 0.0, 0.0
	for i, p := range tops {
		switch w.examples[p.Example].Level {
		case jiqiao.LevelNone:
			wrong++
			weak++
		case jiqiao.LevelWeak:
			weak++
		}
		n := float64(i + 1)
		out = append(out, RiskPoint{p.AtLeast(jiqiao.LevelWeak), n / float64(len(tops)), wrong / n, weak / n})
	}
	return out
}

// worstPairs are how many disagreements of each direction are shown, at most two of one need.
const (
	worstPairs   = 12
	worstPerNeed = 2
)

func (w *world) worst(predictions []train.Prediction) []Disagreement {
	expected := func(p *train.Prediction) float64 {
		sum := 0.0
		for i, q := range p.Probabilities {
			sum += float64(i+1) * q
		}
		return sum
	}
	titles := map[string]string{}
	for _, a := range w.set.Achievements {
		titles[a.ID] = a.Title
	}
	sorted := slices.Clone(predictions)
	slices.SortStableFunc(sorted, func(a, b train.Prediction) int {
		da := float64(w.examples[a.Example].Level) - expected(&a)
		db := float64(w.examples[b.Example].Level) - expected(&b)
		return cmp.Compare(db, da)
	})
	pick := func(list []train.Prediction) []Disagreement {
		used := map[string]int{}
		var out []Disagreement
		for _, p := range list {
			e := &w.examples[p.Example]
			if used[e.Need]++; used[e.Need] > worstPerNeed {
				continue
			}
			need := w.needs[e.Need]
			out = append(out, Disagreement{
				Need: need.Title, Content: need.Problem, Achievement: titles[e.Achievement], Human: e.Level, Given: p.Level,
				Probabilities: p.Probabilities, Distance: math.Abs(float64(e.Level) - expected(&p)),
			})
			if len(out) == worstPairs {
				break
			}
		}
		return out
	}
	missed := pick(sorted)
	slices.Reverse(sorted)
	return append(missed, pick(sorted)...)
}

func (s *Study) expose(ctx context.Context, w *world) error {
	plain := newBigramRecall(w.set.records())
	var ours, theirs [][]string
	for _, t := range w.set.Needs {
		top, err := topTen(ctx, w.collection, w.recaller, w.needs[t.ID])
		if err != nil {
			return err
		}
		ours = append(ours, top)
		found, err := plain.Recall(ctx, matcher.RecallQuery{Kind: jiqiao.KindAchievement, Subject: w.needs[t.ID], Limit: rankDepth})
		if err != nil {
			return err
		}
		theirs = append(theirs, found)
	}
	n := len(w.set.Achievements)
	s.Exposure = []Exposure{
		exposure("jiqiao", "本系统", ours, n),
		exposure("bm25-bigram", "BM25 字二元组", theirs, n),
	}
	return nil
}
