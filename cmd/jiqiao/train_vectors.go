package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"jiqiao"
	"jiqiao/index/vector/train"
	"jiqiao/index/zh"
)

func (c *cli) trainVectors() *cobra.Command {
	r := train.DefaultRecipe()
	cmd := &cobra.Command{
		Use: "vectors", Short: "用语料训练词向量；同样的语料与参数得到逐字节相同的文件", Args: takes(0, 0),
		Example: "  jiqiao train vectors --corpus ../shared/corpus --out index/vector/words.vec",
	}
	f := cmd.Flags()
	corpus := f.String("corpus", "../shared/corpus", "语料目录，读其中的 .jsonl 与 .jsonl.gz（字段 id、title、text）")
	out := f.String("out", "", "输出文件；必填")
	f.StringVar(&r.Method, "method", r.Method, "方法：ppmi（共现矩阵分解）或 sgns（跳字模型）")
	f.IntVar(&r.PPMI.Dim, "dim", r.PPMI.Dim, "向量的维数")
	f.IntVar(&r.PPMI.Window, "window", r.PPMI.Window, "左右各看几个词")
	f.IntVar(&r.Read.MinCount, "min-count", r.Read.MinCount, "词至少出现几次")
	f.IntVar(&r.Read.MaxWords, "words", r.Read.MaxWords, "最多多少个词")
	f.IntVar(&r.Contrast.Epochs, "tune", r.Contrast.Epochs, "用同一文本的两部分调整几轮，0 为不调整")
	f.IntVar(&r.Finish.Common, "common", r.Finish.Common, "句向量中去掉几个公共分量")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := checkRecipe(&r, *out); err != nil {
			return err
		}
		r.SGNS.Dim, r.SGNS.Window = r.PPMI.Dim, r.PPMI.Window
		return c.makeVectors(cmd.Context(), r, *corpus, *out)
	}
	return cmd
}

// checkRecipe reports what of the command line cannot be.
func checkRecipe(r *train.Recipe, out string) error {
	switch {
	case out == "":
		return &usageError{errors.New("请用 --out 给出输出文件")}
	case !slices.Contains([]string{train.MethodPPMI, train.MethodSGNS}, r.Method):
		return &usageError{fmt.Errorf("--method 应为 ppmi 或 sgns，现为 %q", r.Method)}
	case r.PPMI.Dim < 1 || r.PPMI.Dim > 1024:
		return &usageError{errors.New("--dim 应为 1～1024")}
	case r.PPMI.Window < 1 || r.PPMI.Window > 100:
		return &usageError{errors.New("--window 应为 1～100")}
	case r.Read.MinCount < 1:
		return &usageError{errors.New("--min-count 应为正整数")}
	case r.Read.MaxWords < 0 || r.Contrast.Epochs < 0 || r.Finish.Common < 0:
		return &usageError{errors.New("--words、--tune、--common 不能为负数")}
	default:
		return nil
	}
}

func (c *cli) makeVectors(ctx context.Context, r train.Recipe, corpus, out string) error {
	texts, err := readCorpus(corpus)
	if err != nil {
		return jiqiao.Fail(jiqiao.CodeInvalid, "无法读取语料目录 "+corpus+"，请用 --corpus 指定", err)
	}
	analyzer, err := zh.New(zh.Options{}) // what ships must not depend on a site's own lists
	if err != nil {
		return err
	}
	stages := c.stages()
	r.Progress = stages.set
	words, err := train.Make(ctx, analyzer, texts, r)
	stages.end()
	if err != nil {
		return err
	}
	if err := writeFile(out, func(f *os.File) error { return words.Write(f) }); err != nil {
		return err
	}
	about := map[string]any{"file": out, "version": words.Version(), "words": words.Len(), "dim": words.Dim(), "texts": len(texts)}
	return c.print(about, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "已写入 %s：版本 %s，%d 个词，%d 维，语料 %d 篇\n", out, words.Version(), words.Len(), words.Dim(), len(texts))
		return err
	})
}

func readCorpus(dir string) ([]train.Text, error) {
	files, err := train.Files(dir)
	if err != nil {
		return nil, err
	}
	var texts []train.Text
	for _, file := range files {
		for t, err := range train.ReadFile(file) {
			if err != nil {
				return nil, err
			}
			texts = append(texts, t)
		}
	}
	return texts, nil
}

// stages draws the progress of work that has several stages.
type stages struct {
	c       *cli
	current string
	bar     *progress
}

func (c *cli) stages() *stages { return &stages{c: c} }

func (s *stages) set(stage string, done, total int) {
	if stage != s.current {
		s.end()
		s.current, s.bar = stage, s.c.progress(stage)
	}
	s.bar.set(done, total)
}

func (s *stages) end() {
	if s.bar != nil {
		s.bar.end()
	}
}
