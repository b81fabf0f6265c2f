package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"jiqiao"
	"jiqiao/internal/app"
	"jiqiao/matcher"
	"jiqiao/matcher/eval"
	"jiqiao/matcher/rank/train"
)

// Files of a report.
const (
	reportPage    = "report.html"
	reportSummary = "summary.txt"
)

// evalReport is the command eval itself: the whole report on a directory that holds graded/ and, if there is one, arxiv/.
func (c *cli) evalReport() *cobra.Command {
	cmd := &cobra.Command{
		Use: "eval", Short: "衡量匹配与检索的质量",
		Long: `衡量匹配与检索的质量。

jiqiao eval --report 目录 写出完整的报告：report.html（单个网页，可离线打开）与 summary.txt（只有数字，便于比较）。
--data 的目录下，graded/ 是人工分级的需求与成果对；arxiv/ 是有标准答案的查询，可以没有。`,
		Example: "  jiqiao eval --data ../shared/eval --report report",
	}
	out := cmd.Flags().String("report", "", "报告写到这个目录")
	data := cmd.Flags().String("data", "../shared/eval", "评测数据的目录")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if *out == "" {
			return cmd.Help()
		}
		study, err := c.study(cmd.Context(), *data)
		if errors.Is(err, fs.ErrNotExist) {
			return jiqiao.Fail(jiqiao.CodeInvalid, "评测数据 "+*data+" 不存在或缺少 graded/ 中的文件，请用 --data 给出目录", err)
		}
		if err != nil {
			return err
		}
		if err := os.MkdirAll(*out, 0o750); err != nil {
			return jiqiao.Fail(jiqiao.CodeInvalid, "无法建立目录 "+*out+"，请检查路径与权限", err)
		}
		page := filepath.Join(*out, reportPage)
		if err := writeFile(page, func(f *os.File) error { return study.WriteHTML(f) }); err != nil {
			return err
		}
		if err := writeFile(filepath.Join(*out, reportSummary), func(f *os.File) error { return study.WriteSummary(f) }); err != nil {
			return err
		}
		return c.print(study, func(w io.Writer) error {
			if err := study.Systems.WriteText(w); err != nil {
				return err
			}
			_, err := fmt.Fprintf(w, "\n报告：%s\n", page)
			return err
		})
	}
	return cmd
}

func (c *cli) study(ctx context.Context, dir string) (*eval.Study, error) {
	analyzer, err := app.OpenAnalyzer(c.cfg)
	if err != nil {
		return nil, err
	}
	bar := c.progress("评测")
	defer bar.end()
	scratch := app.NewScratch(analyzer, c.log)
	defer func() { _ = scratch.Close() }()
	o := eval.StudyOptions{
		Options: eval.Options{Analyzer: analyzer.Get(), Progress: bar.set, Open: scratch.Open},
		Fit:     train.Defaults(matcher.FeatureNames()),
	}
	o.Fit.Version, o.Fit.Provenance = "cross-validation", "交叉验证"
	if known := filepath.Join(dir, "arxiv"); exists(known) {
		o.Known = known
	}
	return eval.RunStudy(ctx, filepath.Join(dir, "graded"), o)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
