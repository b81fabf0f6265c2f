package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"jiqiao"
	"jiqiao/internal/sheet"
	"jiqiao/store"
)

func (c *cli) templateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "template need|achievement", Short: "生成导入模板", Args: takes(1, 1),
		Example: "  jiqiao template need -o 需求模板.xlsx",
	}
	out := cmd.Flags().StringP("output", "o", "", "输出文件（.xlsx 或 .csv），- 为标准输出；必填")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		kind, err := kindArg(args[0])
		if err != nil {
			return err
		}
		format, err := formatOf(*out, sheet.XLSX)
		if err != nil {
			return err
		}
		err = c.output(*out, func(w io.Writer) error { return sheet.Template(w, kind, format) })
		if err != nil {
			return err
		}
		return c.printFile(*out, map[string]any{})
	}
	return cmd
}

// formatOf is the format that a file's name asks for; standard output gets fallback.
func formatOf(path string, fallback sheet.Format) (sheet.Format, error) {
	if path == "" {
		return "", &usageError{errors.New("请用 -o 给出输出文件")}
	}
	if path == "-" {
		return fallback, nil
	}
	return sheet.ParseFormat(strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), "."))
}

// output writes a file, or to standard output for "-".
func (c *cli) output(path string, write func(io.Writer) error) error {
	if path == "-" {
		return write(c.out)
	}
	if err := writeFile(path, func(f *os.File) error { return write(f) }); err != nil {
		return err
	}
	fmt.Fprintln(c.err, "已写入 "+path)
	return nil
}

// printFile prints, with --json, what was written to path; standard output that holds the file itself gets no more.
func (c *cli) printFile(path string, about map[string]any) error {
	if path == "-" {
		return nil
	}
	about["file"] = path
	return c.print(about, func(io.Writer) error { return nil })
}

func (c *cli) exportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "export need|achievement", Short: "导出全部记录，导出的文件可原样再导入", Args: takes(1, 1),
		Example: "  jiqiao export achievement -o 成果.xlsx",
	}
	out := cmd.Flags().StringP("output", "o", "", "输出文件（.xlsx、.csv 或 .jsonl），- 为标准输出；必填")
	status := cmd.Flags().StringSlice("status", nil, "只导出这些状态，默认全部")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		kind, err := kindArg(args[0])
		if err != nil {
			return err
		}
		format, err := formatOf(*out, sheet.JSONL)
		if err != nil {
			return err
		}
		wanted := map[jiqiao.Status]bool{}
		for _, s := range *status {
			code, ok := jiqiao.CodeByLabel("status", s)
			if !ok {
				return &usageError{fmt.Errorf("没有名为 %q 的状态", s)}
			}
			wanted[jiqiao.Status(code)] = true
		}
		st, err := c.openStore(cmd.Context())
		if err != nil {
			return err
		}
		defer func() { _ = st.Close() }()
		written := 0
		err = c.output(*out, func(w io.Writer) (err error) {
			written, err = c.export(cmd.Context(), st, kind, format, wanted, w)
			return err
		})
		if err == nil { // the file has contacts
			err = st.Audit(cmd.Context(), jiqiao.Act{Name: "record.export", Object: jiqiao.Ref{Type: string(kind)}, After: map[string]any{"format": format, "contacts": true}})
		}
		if err != nil {
			return err
		}
		return c.printFile(*out, map[string]any{"records": written})
	}
	return cmd
}

// export writes the records that have a wanted status, all when none is named, and counts them.
func (c *cli) export(ctx context.Context, st *store.Store, kind jiqiao.Kind, format sheet.Format, wanted map[jiqiao.Status]bool, w io.Writer) (written int, err error) {
	total, err := st.Count(ctx, kind)
	if err != nil {
		return 0, err
	}
	bar := c.progress("导出")
	defer bar.end()
	records := func(yield func(jiqiao.Record, error) bool) {
		done := 0
		err := st.Each(ctx, kind, "", func(rec jiqiao.Record) error {
			done++
			bar.set(done, total)
			if len(wanted) > 0 && !wanted[rec.Head().Status] {
				return nil
			}
			written++
			if !yield(rec, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(nil, err)
		}
	}
	err = sheet.Export(ctx, w, kind, format, records, st.GetOrganisation)
	return written, err
}

// errEnough ends a walk over the store whose reader wants no more.
var errEnough = errors.New("enough")

func (c *cli) backupCommand() *cobra.Command {
	return &cobra.Command{
		Use: "backup 文件", Short: "备份全部数据到一个文件，服务运行中也可以", Args: takes(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			st, err := c.openStore(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { _ = st.Close() }()
			var info store.BackupInfo
			err = c.output(args[0], func(w io.Writer) (err error) {
				info, err = st.Backup(cmd.Context(), w)
				return err
			})
			if err == nil { // the file holds everybody's data
				err = st.Audit(cmd.Context(), jiqiao.Act{Name: "database.backup", Object: jiqiao.Ref{Type: "database"}, After: map[string]any{"rows": info.Rows}})
			}
			if err != nil || args[0] == "-" {
				return err
			}
			return c.print(info, func(io.Writer) error { return nil })
		},
	}
}

func (c *cli) restoreCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "restore 文件", Short: "把备份恢复到空的数据目录或空的 PostgreSQL 库", Args: takes(1, 1),
	}
	replace := cmd.Flags().Bool("replace", false, "丢弃库中现有的全部数据")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		st, err := c.openStore(cmd.Context())
		if err != nil {
			return err
		}
		defer func() { _ = st.Close() }()
		info, err := st.RestoreFile(cmd.Context(), args[0], store.RestoreOptions{Replace: *replace})
		if err != nil {
			return err
		}
		return c.print(info, func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "已恢复 %s 的备份，共 %d 行；索引会自动跟上\n", info.CreatedAt.In(shanghai).Format("2006-01-02 15:04"), info.Rows)
			return err
		})
	}
	return cmd
}

func (c *cli) migrateCommand() *cobra.Command {
	return &cobra.Command{
		Use: "migrate", Short: "把数据库升级到本程序的结构（serve 也会自动升级）", Args: takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			st, err := c.openStore(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { _ = st.Close() }()
			current, known, err := st.Schema(cmd.Context())
			if err != nil {
				return err
			}
			return c.print(map[string]int64{"schema": current, "known": known}, func(w io.Writer) error {
				_, err := fmt.Fprintf(w, "数据库结构版本 %d，已是最新\n", current)
				return err
			})
		},
	}
}

func (c *cli) reindexCommand() *cobra.Command {
	return &cobra.Command{
		Use: "reindex", Short: "由数据库重建索引与统计数字", Args: takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			ctx := cmd.Context()
			a, err := c.open(ctx)
			if err != nil {
				return err
			}
			defer func() { err = joinStop(err, a.Stop()) }()
			total := 0
			for _, kind := range jiqiao.Kinds {
				n, err := a.Store.Count(ctx, kind)
				if err != nil {
					return err
				}
				total += n
			}
			start := time.Now()
			bar := c.progress("重建索引")
			err = a.Index.Rebuild(ctx, a.Store, func(done int) { bar.set(done, total) })
			bar.end()
			if err == nil {
				err = a.Store.RebuildFigures(ctx)
			}
			if err != nil {
				return err
			}
			result := map[string]any{"records": total, "generation": a.Index.Generation(), "seconds": time.Since(start).Seconds()}
			return c.print(result, func(w io.Writer) error {
				_, err := fmt.Fprintf(w, "已为 %d 条记录重建索引和统计数字，用时 %s\n", total, time.Since(start).Round(time.Millisecond))
				return err
			})
		},
	}
}

// joinStop adds what went wrong while stopping.
func joinStop(err, stop error) error {
	if stop == nil {
		return err
	}
	return errors.Join(err, stop)
}
