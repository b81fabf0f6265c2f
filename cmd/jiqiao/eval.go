package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"jiqiao"
	"jiqiao/internal/app"
	"jiqiao/matcher/eval"
)

func (c *cli) evalCommand() *cobra.Command {
	cmd := c.evalReport()
	cmd.AddCommand(
		c.evalKind("graded", "在人工分级的需求与成果对上衡量匹配（needs.jsonl、achievements.jsonl、qrels.tsv）", eval.RunGraded),
		c.evalKind("retrieval", "在有标准答案的查询上衡量检索（docs.jsonl.gz、queries.tsv、qrels.tsv）", eval.RunRetrieval),
	)
	return cmd
}

type evaluation = func(ctx context.Context, dir string, o eval.Options) (*eval.Report, error)

func (c *cli) evalKind(name, short string, evaluate evaluation) *cobra.Command {
	cmd := &cobra.Command{Use: name + " 目录", Short: short, Args: takes(1, 1)}
	runFile := cmd.Flags().String("run", "", "把排序结果写入文件：查询、文档、分数、等级，以制表符分隔")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		analyzer, err := app.OpenAnalyzer(c.cfg)
		if err != nil {
			return err
		}
		bar := c.progress("评测")
		o := eval.Options{Analyzer: analyzer.Get(), Progress: bar.set}
		scratch := app.NewScratch(analyzer, c.log)
		defer func() { _ = scratch.Close() }()
		o.Open = scratch.Open
		var report *eval.Report
		evaluate := func(w io.Writer) (err error) {
			o.RunTo = w
			report, err = evaluate(cmd.Context(), args[0], o)
			return err
		}
		if *runFile == "" {
			err = evaluate(nil)
		} else {
			err = writeFile(*runFile, func(f *os.File) error { return evaluate(f) })
		}
		bar.end()
		if errors.Is(err, fs.ErrNotExist) {
			return jiqiao.Fail(jiqiao.CodeInvalid, "评测目录 "+args[0]+" 不存在或缺少文件", err)
		}
		if err != nil {
			return err
		}
		return c.print(report, report.WriteText)
	}
	return cmd
}
