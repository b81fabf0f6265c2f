package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"

	"github.com/spf13/cobra"

	"jiqiao"
	"jiqiao/internal/app"
	"jiqiao/matcher"
	"jiqiao/matcher/eval"
	"jiqiao/matcher/rank"
	"jiqiao/matcher/rank/train"
)

// trainedRanker is what the command prints.
type trainedRanker struct {
	// Graded is the cross-validation on the graded set beside the baselines, Levels and Sample what the same models
	// and those for full texts make of the levels.
	Graded *eval.Report  `json:"graded"`
	Levels train.Report  `json:"levels"`
	Sample *train.Report `json:"sample,omitempty"`
	Model  *rank.Model   `json:"model"`
}

func (c *cli) trainRanker() *cobra.Command {
	cmd := &cobra.Command{
		Use: "ranker [目录]", Short: "用人工分级的对训练排序模型，并以交叉验证衡量；或由对接决定学习", Args: takes(0, 1),
		Long: `用人工分级的需求—成果对训练排序模型（目录下有 needs.jsonl、achievements.jsonl、qrels.tsv），
并以按需求分组的五折交叉验证衡量：每一对都由没有见过该需求的模型打分。
--corpus 指向技术文献（abstracts.jsonl.gz），用来学习两段长文本怎样相合；
不给时，长文本沿用后备模型的权重，等级按随程序的样例数据校准。

--from-decisions 不读目录，而用数据库里的对接决定调整排序模型：与现用模型比较，不差才启用，
各版本都保留（jiqiao models）。服务运行中也可以，运行中的服务随即改用。`,
		Example: `  jiqiao train ranker ../graded --corpus ../corpus/abstracts.jsonl.gz --out matcher/rank/ranker.json
  jiqiao train ranker --from-decisions`,
	}
	flags := cmd.Flags()
	corpus := flags.String("corpus", "", "技术文献，每行一个 {id, title, text}，可为 .gz")
	out := flags.String("out", "", "把模型写入文件；不给时只衡量")
	version := flags.String("version", "ranker-1", "模型的版本名")
	fromDecisions := flags.Bool("from-decisions", false, "由数据库里的对接决定学习，不读目录")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		switch given := len(args) > 0 || flags.Changed("corpus") || flags.Changed("out") || flags.Changed("version"); {
		case *fromDecisions && given:
			return &usageError{errors.New("--from-decisions 不与目录和其他参数同用")}
		case *fromDecisions:
			return c.learnFromDecisions(cmd.Context())
		case len(args) == 0:
			return &usageError{errors.New("请给出人工分级数据的目录，或用 --from-decisions 由对接决定学习")}
		}
		result, err := c.fitRanker(cmd.Context(), args[0], *corpus, *version)
		if errors.Is(err, fs.ErrNotExist) {
			return jiqiao.Fail(jiqiao.CodeInvalid, "训练数据不存在或缺少文件："+args[0], err)
		}
		if err != nil {
			return err
		}
		if *out != "" {
			if err := writeFile(*out, func(f *os.File) error { return result.Model.Write(f) }); err != nil {
				return err
			}
		}
		return c.print(result, result.writeText)
	}
	return cmd
}

func (c *cli) fitRanker(ctx context.Context, dir, corpus, version string) (*trainedRanker, error) {
	analyzer, err := app.OpenAnalyzer(c.cfg)
	if err != nil {
		return nil, err
	}
	bar := c.progress("准备")
	defer bar.end()
	o := eval.Options{Analyzer: analyzer.Get(), Progress: bar.set}
	graded, err := eval.GradedExamples(ctx, dir, o)
	if err != nil {
		return nil, err
	}
	extra, err := c.textExamples(ctx, corpus, o)
	if err != nil {
		return nil, err
	}
	bar.end()
	fit := train.Defaults(matcher.FeatureNames())
	fit.Version = version
	fit.Provenance = provenance(graded, extra)
	result := &trainedRanker{}
	if result.Graded, _, result.Levels, err = eval.CrossValidate(ctx, dir, o, fit, extra); err != nil {
		return nil, err
	}
	if result.Sample, err = sampleReport(extra, fit); err != nil {
		return nil, err
	}
	if result.Model, err = train.Model(append(graded, extra...), fit); err != nil {
		return nil, err
	}
	result.Model.Figures = result.figures()
	return result, nil
}

func provenance(graded, extra []train.Example) string {
	needs := map[string]bool{}
	for _, e := range graded {
		needs[e.Need] = true
	}
	return fmt.Sprintf("只有名称时：由 %d 条需求的 %d 对人工分级训练；有正文时：由 %d 对自监督的前后半文与自有样例的判断训练。"+
		"数值均为按需求分组的五折交叉验证。", len(needs), len(graded), len(extra))
}

// textExamples are what teaches the regime of full texts: halves of the corpus, and our own sample for the levels.
func (c *cli) textExamples(ctx context.Context, corpus string, o eval.Options) ([]train.Example, error) {
	extra, err := sampleExamples(o)
	if err != nil || corpus == "" {
		return extra, err
	}
	texts, err := eval.LoadTexts(corpus)
	if err != nil {
		return nil, err
	}
	halves, err := eval.HalvesExamples(ctx, texts, o)
	return append(extra, halves...), err
}

const (
	// sampleWeight makes our judgements of full forms count beside a hundred times as many halves of abstracts.
	sampleWeight = 1
	// unrelatedPairs of each need, drawn among the achievements of other domains, count as 无相关: what we judged is
	// mostly near, and levels fitted to it alone would call nothing unrelated.
	unrelatedPairs  = 6
	unrelatedWeight = 0.5
	sampleNeed      = "sample " // before the needs' ids
)

// sampleExamples are the judged pairs of our own sample data.
func sampleExamples(o eval.Options) ([]train.Example, error) {
	pairs, recs, err := app.SamplePairs()
	if err != nil {
		return nil, err
	}
	judged := len(pairs)
	pairs = append(pairs, unrelated(pairs, recs)...)
	examples := eval.PairExamples(pairs, recs, o)
	for i := range examples {
		examples[i].Need = sampleNeed + examples[i].Need
		examples[i].Weight = sampleWeight
		if i >= judged {
			examples[i].Weight = sampleWeight * unrelatedWeight
		}
	}
	return examples, nil
}

// unrelated draws, for each judged need, achievements of which no field lies in one of the need's domains.
func unrelated(pairs []eval.JudgedPair, recs []jiqiao.Record) []eval.JudgedPair {
	var needs []*jiqiao.Need
	seen := map[string]bool{}
	for _, p := range pairs {
		if !seen[p.Need.ID] {
			seen[p.Need.ID] = true
			needs = append(needs, p.Need)
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	var out []eval.JudgedPair
	for _, n := range needs {
		left := unrelatedPairs
		for _, i := range rng.Perm(len(recs)) {
			a, ok := recs[i].(*jiqiao.Achievement)
			if !ok || left == 0 || sharesDomain(n.Fields, a.Fields) {
				continue
			}
			out = append(out, eval.JudgedPair{Need: n, Achievement: a, Level: jiqiao.LevelNone})
			left--
		}
	}
	return out
}

// sharesDomain compares the first two digits, the domain of 高新技术领域.
func sharesDomain(a, b []string) bool {
	for _, x := range a {
		for _, y := range b {
			if x[:min(2, len(x))] == y[:min(2, len(y))] {
				return true
			}
		}
	}
	return false
}

// sampleReport cross-validates the levels of full texts on the pairs of the sample that somebody judged.
func sampleReport(extra []train.Example, fit train.Options) (*train.Report, error) {
	predictions, err := train.CrossValidate(extra, fit, train.Folds{Count: 5, Seed: 1})
	if err != nil {
		return nil, err
	}
	judged := predictions[:0]
	for _, p := range predictions {
		if extra[p.Example].Weight == sampleWeight {
			judged = append(judged, p)
		}
	}
	r := train.NewReport(extra, judged)
	return &r, nil
}

// figures are the model's, by name: those of the titles plain, those of full texts prefixed with text_.
func (t *trainedRanker) figures() map[string]float64 {
	figures := t.Levels.Figures()
	if ndcg, ok := t.Graded.Figure("cross-validated", "nDCG@10"); ok {
		figures["ndcg_10"] = float64(int(ndcg.Value*1e4+0.5)) / 1e4
	}
	if t.Sample != nil {
		for name, v := range t.Sample.Figures() {
			figures["text_"+name] = v
		}
	}
	return figures
}

func (t *trainedRanker) writeText(w io.Writer) error {
	if err := t.Graded.WriteText(w); err != nil {
		return err
	}
	r := &t.Levels
	fmt.Fprintf(w, "\n校准误差（ECE，十个等量分组）：弱或更好 %.3f，较强或更好 %.3f，强 %.3f；各等级平均 %.3f\n", r.WeakError, r.FairError, r.StrongError, r.LevelError)
	if s := t.Sample; s != nil {
		fmt.Fprintf(w, "长文本（自有样例 %d 对）：成对准确率 %.3f，1/(1+MAE) %.3f\n", s.Examples, s.PairAccuracy, s.LevelScore)
	}
	_, err := fmt.Fprintf(w, "模型 %s：名称 %d 项特征，长文本 %d 项，结构化字段 %d 项\n", t.Model.Version, len(t.Model.Title.Shapes), len(t.Model.Text.Shapes), len(t.Model.Facts))
	return err
}
