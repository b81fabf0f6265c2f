package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"jiqiao"
	"jiqiao/internal/app"
	"jiqiao/internal/sheet"
	"jiqiao/store"
)

func (c *cli) importCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "import need|achievement 文件", Short: "从 xlsx、csv 或 jsonl 导入，服务运行中也可以", Args: takes(2, 2),
		Example: `  jiqiao import need 需求.xlsx --preview --errors 错误.xlsx
  jiqiao import need 需求.xlsx`,
	}
	preview := cmd.Flags().Bool("preview", false, "只预览，不写入")
	errorBook := cmd.Flags().String("errors", "", "把有错误的行连同说明写入这个 xlsx，改好后可直接再导入")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		kind, err := kindArg(args[0])
		if err != nil {
			return err
		}
		if *errorBook == "-" {
			return &usageError{errors.New("--errors 应为文件名：标准输出留给导入结果")}
		}
		st, err := c.openStore(cmd.Context())
		if err != nil {
			return err
		}
		defer func() { _ = st.Close() }()
		return c.importFile(cmd.Context(), st, kind, args[1], !*preview, *errorBook)
	}
	return cmd
}

// shownErrors is how many cell errors the terminal gets, and how many warnings; the error workbook has all errors.
const shownErrors = 20

func (c *cli) importFile(ctx context.Context, st *store.Store, kind jiqiao.Kind, path string, commit bool, errorBook string) error {
	file, err := openFile(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	bar := c.progress("导入")
	service, err := app.NewIntake(c.cfg, st, app.Options{Log: c.log}, bar.set)
	if err != nil {
		return err
	}
	report, err := service.Import(ctx, jiqiao.ImportFile{Kind: kind, Name: filepath.Base(path), Commit: commit}, file)
	bar.end()
	if err != nil {
		return err
	}
	if errorBook != "" && report.Failed > 0 {
		err := c.output(errorBook, func(w io.Writer) error { return service.ErrorBook(ctx, report.ID, w) })
		if err != nil {
			return err
		}
	}
	if err := c.print(report, func(w io.Writer) error { return printImport(w, report, commit) }); err != nil {
		return err
	}
	if report.State == jiqiao.ImportFailed {
		return jiqiao.Fail(jiqiao.CodeInvalid, report.Message, nil)
	}
	return nil
}

func printImport(w io.Writer, report jiqiao.Import, committed bool) error {
	verb := "将"
	if committed {
		verb = "已"
	}
	fmt.Fprintf(w, "共 %d 行：%s新增 %d，%s更新 %d，无变化 %d，有错误 %d（导入编号 %s）\n",
		report.Total, verb, report.Created, verb, report.Updated, report.Unchanged, report.Failed, report.ID)
	for _, e := range report.Errors[:min(shownErrors, len(report.Errors))] {
		fmt.Fprintln(w, "  "+sheet.Sentence(e))
	}
	if more := len(report.Errors) + report.MoreErrors - shownErrors; more > 0 {
		fmt.Fprintf(w, "  …还有 %d 处，用 --errors 文件.xlsx 查看全部\n", more)
	}
	for _, warning := range report.Warnings[:min(shownErrors, len(report.Warnings))] {
		fmt.Fprintln(w, "  提醒："+sheet.Sentence(warning))
	}
	if more := len(report.Warnings) + report.MoreWarnings - shownErrors; more > 0 {
		fmt.Fprintf(w, "  …还有 %d 处提醒，这些行不受影响\n", more)
	}
	return nil
}
