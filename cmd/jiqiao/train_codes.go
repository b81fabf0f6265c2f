package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"jiqiao"
	"jiqiao/index/vector"
	"jiqiao/index/zh"
	"jiqiao/matcher/clinic/codes/train"
	"jiqiao/sample"
)

func (c *cli) trainCodes() *cobra.Command {
	cmd := &cobra.Command{
		Use: "codes", Short: "训练行业与领域代码的建议表；--report 只测量不写文件", Args: takes(0, 0),
		Example: "  jiqiao train codes --corpus ../shared/corpus --out matcher/clinic/codes/table.txt.gz",
	}
	corpus := cmd.Flags().String("corpus", "../shared/corpus", "语料目录，读其中的 abstracts.jsonl.gz（字段 source、text、field）")
	out := cmd.Flags().String("out", "", "输出文件")
	version := cmd.Flags().String("version", "codes", "写进文件的版本名")
	report := cmd.Flags().Bool("report", false, "交叉验证，输出准确率与把握的可靠程度")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if (*out == "") != *report {
			return &usageError{errors.New("请用 --out 给出输出文件，或用 --report 只测量")}
		}
		return c.makeCodes(cmd.Context(), *corpus, *out, *version)
	}
	return cmd
}

// makeCodes writes the table to out, or measures when out is empty.
func (c *cli) makeCodes(ctx context.Context, corpus, out, version string) error {
	in, err := openFile(filepath.Join(corpus, "abstracts.jsonl.gz"))
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	abstracts, err := train.Abstracts(in)
	if err != nil {
		return err
	}
	records, err := codedRecords()
	if err != nil {
		return err
	}
	analyzer, err := zh.New(zh.Options{})
	if err != nil {
		return err
	}
	t, err := train.New(ctx, vector.Default(), analyzer)
	if err != nil {
		return err
	}
	if out == "" {
		return t.Report(c.out, abstracts, records)
	}
	provenance := fmt.Sprintf("seeds by hand; word vectors %s; %d abstracts of CSL (Apache-2.0) by discipline; sharpness from %d sample records",
		vector.Default().Version(), len(abstracts), len(records))
	table, err := t.Table(version, provenance, abstracts)
	if err != nil {
		return err
	}
	f, err := os.Create(out)
	if err != nil {
		return jiqiao.Fail(jiqiao.CodeInvalid, "无法写入 "+out+"，请检查路径与权限", err)
	}
	if err := t.Sharpen(table, records).Write(f); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("write %s: %w", out, err)
	}
	return nil
}

// codedRecords are the project's own sample records, which carry codes given by hand.
func codedRecords() ([]jiqiao.Record, error) {
	var all []jiqiao.Record
	for _, kind := range jiqiao.Kinds {
		records, err := sample.Records(kind)
		if err != nil {
			return nil, err
		}
		for i, r := range records {
			r.Head().ID = fmt.Sprintf("%s-%d", kind, i)
		}
		all = append(all, records...)
	}
	return all, nil
}
