package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"jiqiao"
	"jiqiao/internal/sheet"
	"jiqiao/store"
)

func (c *cli) auditCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "audit", Short: "查看、校验、导出、归档审计记录"}
	cmd.AddCommand(c.auditList(), c.auditVerify(), c.auditExport(), c.auditArchive())
	return cmd
}

// byCommand is ctx of what who sits at this machine does.
func byCommand(ctx context.Context) context.Context {
	name := "命令行"
	if u, err := user.Current(); err == nil {
		name += "（" + u.Username + "）"
	}
	return jiqiao.WithOrigin(ctx, jiqiao.Origin{Viewer: jiqiao.Viewer{Name: name}})
}

// auditFlags adds what restricts the audit; the function reads it.
func auditFlags(cmd *cobra.Command) func() (jiqiao.AuditQuery, error) {
	f := cmd.Flags()
	userID := f.String("user", "", "账号的编号")
	act := f.String("act", "", "行为的代码，如 user.login；只写 user 则为这一类的全部")
	object := f.String("object", "", "对象，写作 类别 或 类别:编号，如 need:n_…")
	result := f.String("result", "", "结果：done（成功）、denied（被拒绝）、failed（失败）")
	address := f.String("address", "", "客户端地址")
	from := f.String("from", "", "起始日期（含），如 2026-11-01，北京时间")
	until := f.String("until", "", "截止日期（含），北京时间")
	return func() (jiqiao.AuditQuery, error) {
		q := jiqiao.AuditQuery{User: *userID, Act: *act, Result: jiqiao.AuditResult(*result), Address: *address}
		q.Object.Type, q.Object.ID, _ = strings.Cut(*object, ":")
		var err error
		if q.From, err = dayFlag("from", *from, 0); err != nil {
			return q, err
		}
		q.Until, err = dayFlag("until", *until, 1)
		return q, err
	}
}

// dayFlag is the beginning of a day in Beijing, some days later.
func dayFlag(name, text string, later int) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, time.FixedZone("Asia/Shanghai", 8*60*60))
	if err != nil {
		return time.Time{}, &usageError{fmt.Errorf("--%s：应为日期，如 2026-11-01，现为 %q", name, text)}
	}
	return day.AddDate(0, 0, later), nil
}

func (c *cli) auditList() *cobra.Command {
	cmd := &cobra.Command{
		Use: "list", Short: "列出审计记录，新的在前", Args: takes(0, 0),
		Example: "  jiqiao audit list --act user --from 2026-11-01",
	}
	query := auditFlags(cmd)
	limit := cmd.Flags().Int("limit", 50, "最多列出多少条")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		q, err := query()
		if err != nil {
			return err
		}
		if *limit < 1 || *limit > jiqiao.MaxPageSize {
			return &usageError{fmt.Errorf("--limit 应为 1～%d", jiqiao.MaxPageSize)}
		}
		q.Limit = *limit
		return c.withStore(func(ctx context.Context, st *store.Store, _ []string) error {
			if err := st.Audit(ctx, jiqiao.Act{Name: "audit.read", Object: jiqiao.Ref{Type: "audit"}}); err != nil {
				return err
			}
			page, err := st.AuditEntries(ctx, q)
			if err != nil {
				return err
			}
			return c.print(page, func(w io.Writer) error { return table(w, auditRows(page)) })
		})(cmd, nil)
	}
	return cmd
}

func auditRows(page jiqiao.AuditPage) [][]string {
	rows := [][]string{{"序号", "时间", "谁", "行为", "对象", "结果", "地址"}}
	for _, e := range page.Entries {
		who := e.User
		if who == "" {
			who = e.Name
		}
		act := jiqiao.CodeLabel("act", e.Act)
		if act == "" {
			act = e.Act
		}
		rows = append(rows, []string{
			strconv.FormatInt(e.Seq, 10), e.At.Local().Format(time.DateTime), clip(who, 28), act, clip(e.Object.Type+" "+e.Object.ID, 40),
			e.Result.Label(), e.Address,
		})
	}
	return rows
}

func (c *cli) auditVerify() *cobra.Command {
	cmd := &cobra.Command{
		Use: "verify", Short: "校验审计记录的摘要链：改动、缺失、换序、截尾都能查出", Args: takes(0, 0),
		Example: "  jiqiao audit verify --archive /var/lib/jiqiao/审计归档",
	}
	archive := cmd.Flags().String("archive", "", "归档目录；给出则连同归档文件一起校验")
	expect := cmd.Flags().String("expect", "", "另外保存的链尾，写作 序号:摘要；不在链中则报告被整体改写")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		mark, err := auditMark(*expect)
		if err != nil {
			return err
		}
		return c.withStore(func(ctx context.Context, st *store.Store, _ []string) error {
			check, err := st.VerifyAudit(ctx, *archive, mark)
			if err != nil {
				return err
			}
			result := jiqiao.AuditDone
			if !check.OK {
				result = jiqiao.AuditFailed
			}
			err = st.Audit(ctx, jiqiao.Act{Name: "audit.verify", Object: jiqiao.Ref{Type: "audit"}, Result: result,
				After: map[string]any{"entries": check.Entries, "faults": check.FaultCount}})
			if err != nil {
				return err
			}
			if err := c.print(check, func(w io.Writer) error { return printCheck(w, check) }); err != nil || check.OK {
				return err
			}
			return jiqiao.Fail(jiqiao.CodeConflict, fmt.Sprintf("审计记录有 %d 处不符", check.FaultCount), nil)
		})(cmd, nil)
	}
	return cmd
}

func auditMark(text string) (store.AuditMark, error) {
	if text == "" {
		return store.AuditMark{}, nil
	}
	number, hash, _ := strings.Cut(text, ":")
	seq, err := strconv.ParseInt(number, 10, 64)
	if err != nil || seq < 1 || len(hash) != 64 {
		return store.AuditMark{}, &usageError{errors.New("--expect 应写作 序号:摘要，摘要为 64 个十六进制字符")}
	}
	return store.AuditMark{Seq: seq, Hash: hash}, nil
}

func printCheck(w io.Writer, check jiqiao.AuditCheck) error {
	for _, f := range check.Faults {
		if _, err := fmt.Fprintln(w, f.Message); err != nil {
			return err
		}
	}
	verdict := "没有发现改动"
	if !check.OK {
		verdict = fmt.Sprintf("发现 %d 处不符", check.FaultCount)
	}
	_, err := fmt.Fprintf(w, "已校验 %d 条（其中归档 %d 条），%s。链尾 %d:%s\n请把链尾另外保存，日后用 --expect 核对。\n",
		check.Entries, check.Archived, verdict, check.Last, check.Hash)
	return err
}

func (c *cli) auditExport() *cobra.Command {
	cmd := &cobra.Command{
		Use: "export", Short: "导出审计记录为 .xlsx 或 .jsonl", Args: takes(0, 0),
		Example: "  jiqiao audit export -o 审计记录.xlsx --from 2026-11-01",
	}
	query := auditFlags(cmd)
	out := cmd.Flags().StringP("output", "o", "", "输出文件（.xlsx 或 .jsonl），- 为标准输出；必填")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		q, err := query()
		if err != nil {
			return err
		}
		ext := strings.ToLower(filepath.Ext(*out))
		if *out != "-" && ext != ".xlsx" && ext != ".jsonl" {
			return &usageError{errors.New("请用 -o 给出输出文件，扩展名为 .xlsx 或 .jsonl")}
		}
		return c.withStore(func(ctx context.Context, st *store.Store, _ []string) error {
			if err := st.Audit(ctx, jiqiao.Act{Name: "audit.export", Object: jiqiao.Ref{Type: "audit"}}); err != nil {
				return err
			}
			entries := eachAudit(ctx, st, q)
			err := c.output(*out, func(w io.Writer) error {
				if ext == ".xlsx" {
					return sheet.Table(ctx, w, "审计记录", auditColumns(), auditCells(entries))
				}
				return auditLines(w, entries)
			})
			if err != nil {
				return err
			}
			return c.printFile(*out, map[string]any{})
		})(cmd, nil)
	}
	return cmd
}

// eachAudit walks through all pages of q.
func eachAudit(ctx context.Context, st *store.Store, q jiqiao.AuditQuery) iter.Seq2[jiqiao.AuditEntry, error] {
	return func(yield func(jiqiao.AuditEntry, error) bool) {
		for q.Limit = jiqiao.MaxPageSize; ; {
			page, err := st.AuditEntries(ctx, q)
			if err != nil {
				yield(jiqiao.AuditEntry{}, err)
				return
			}
			for _, e := range page.Entries {
				if !yield(e, nil) {
					return
				}
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				return
			}
		}
	}
}

func auditLines(w io.Writer, entries iter.Seq2[jiqiao.AuditEntry, error]) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for e, err := range entries {
		if err != nil {
			return err
		}
		if err := enc.Encode(e); err != nil {
			return err
		}
	}
	return nil
}

func auditColumns() []string {
	return []string{"序号", "时间", "账号", "名称", "角色", "单位", "地址", "请求", "行为", "行为代码", "对象类别", "对象", "变更前", "变更后", "结果", "摘要"}
}

func auditCells(entries iter.Seq2[jiqiao.AuditEntry, error]) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for e, err := range entries {
			row := []any{
				e.Seq, e.At, e.User, e.Name, jiqiao.CodeLabel("role", string(e.Role)), e.Organisation, e.Address, e.Request,
				jiqiao.CodeLabel("act", e.Act), e.Act, e.Object.Type, e.Object.ID, string(e.Before), string(e.After), e.Result.Label(), e.Hash,
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

func (c *cli) auditArchive() *cobra.Command {
	cmd := &cobra.Command{
		Use: "archive", Short: "把较早的审计记录写入归档文件，可再从库中移除", Args: takes(0, 0),
		Example: "  jiqiao audit archive --dir /var/lib/jiqiao/审计归档 --days 365 --remove",
	}
	dir := cmd.Flags().String("dir", "", "归档目录；必填")
	days := cmd.Flags().Int("days", 180, "归档多少天以前的记录，至少 180")
	remove := cmd.Flags().Bool("remove", false, "归档文件核对无误后，从库中移除这些记录；校验时用 --archive 给出目录")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		least := int(jiqiao.MinAuditKept / (24 * time.Hour))
		switch {
		case *dir == "":
			return &usageError{errors.New("请用 --dir 给出归档目录")}
		case *days < least:
			return &usageError{fmt.Errorf("--days 至少为 %d：审计记录在库中保留不少于六个月", least)}
		}
		if err := os.MkdirAll(*dir, 0o700); err != nil {
			return jiqiao.Fail(jiqiao.CodeUnavailable, "无法建立归档目录 "+*dir+"，请检查权限", err)
		}
		return c.withStore(func(ctx context.Context, st *store.Store, _ []string) error {
			a, err := st.ArchiveAudit(ctx, *dir, time.Now().Add(-time.Duration(*days)*24*time.Hour), *remove)
			if err != nil {
				return err
			}
			return c.print(a, func(w io.Writer) error {
				if a.File == "" {
					_, err := fmt.Fprintln(w, "没有新的记录需要归档")
					return err
				}
				_, err := fmt.Fprintf(w, "已归档第 %d 至 %d 条：%s\n", a.First, a.Last, filepath.Join(*dir, a.File))
				return err
			})
		})(cmd, nil)
	}
	return cmd
}
