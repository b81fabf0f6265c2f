package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"jiqiao/internal/bench"
)

func (c *cli) benchCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "bench", Short: "在真实技术文本上测量性能与质量，按 docs/benchmarks.md 的表格输出", Args: takes(0, 0),
	}
	env := &bench.Env{}
	cmd.Flags().StringVar(&env.Corpus, "corpus", "../shared/corpus", "语料目录")
	cmd.Flags().StringVar(&env.Graded, "graded", "../shared/eval/graded", "人工分级数据目录")
	cmd.Flags().StringVar(&env.Work, "work", "", "工作目录；留空则用临时目录，结束后删除")
	cmd.Flags().DurationVar(&env.LoadFor, "load-for", 5*time.Minute, "平台负载持续多久")
	only := cmd.Flags().StringSlice("only", nil, "只测这些部分（load 先写入数据）")
	section := cmd.Flags().String("section", "", "")
	_ = cmd.Flags().MarkHidden("section")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		env.Log, env.Database = c.log, c.cfg.DatabaseURL
		var err error
		if env.Program, err = os.Executable(); err != nil {
			return fmt.Errorf("find this program: %w", err)
		}
		if *section != "" {
			return c.benchSection(cmd, env, *section)
		}
		if env.Work == "" {
			if env.Work, err = os.MkdirTemp("", "jiqiao-bench-"); err != nil {
				return fmt.Errorf("make a working directory: %w", err)
			}
			defer func() { _ = os.RemoveAll(env.Work) }()
		}
		return c.benchAll(cmd, env, *only)
	}
	return cmd
}

// benchSection measures one section in this process and prints its figures for the one that started it.
func (c *cli) benchSection(cmd *cobra.Command, env *bench.Env, name string) error {
	for _, s := range append(bench.Sections(), bench.Workers()...) {
		if s.Name == name {
			figures, err := s.Run(cmd.Context(), env)
			if err != nil {
				return err
			}
			return json.NewEncoder(c.out).Encode(figures)
		}
	}
	return &usageError{fmt.Errorf("没有名为 %q 的部分", name)}
}

func (c *cli) benchAll(cmd *cobra.Command, env *bench.Env, only []string) error {
	wanted := map[string]bool{}
	for _, name := range only {
		wanted[name] = true
	}
	for _, s := range bench.Sections() {
		delete(wanted, s.Name)
	}
	for name := range wanted {
		return &usageError{fmt.Errorf("没有名为 %q 的部分", name)}
	}
	all := map[string][]bench.Figure{}
	rows := [][]string{{"| 指标", "| 测得", "| 要求", "| 达到 |"}, {"|---", "|--:", "|--:", "|---|"}}
	var failures []error
	for _, s := range bench.Sections() {
		if len(only) > 0 && !slices.Contains(only, s.Name) {
			continue
		}
		fmt.Fprintf(c.err, "正在测量：%s\n", s.Title)
		figures, err := c.runSection(cmd.Context(), env, s.Name)
		if err != nil {
			failures = append(failures, fmt.Errorf("%s：%w", s.Title, err))
			continue
		}
		all[s.Name] = figures
		for _, f := range figures {
			rows = append(rows, row(f))
		}
	}
	err := c.print(all, func(w io.Writer) error { return table(w, rows) })
	return errors.Join(append(failures, err)...)
}

// runSection runs a section in a process of its own.
func (c *cli) runSection(ctx context.Context, env *bench.Env, name string) ([]bench.Figure, error) {
	child := exec.CommandContext(ctx, env.Program, "bench", "--section", name, "--corpus", env.Corpus, "--graded", env.Graded, "--work", env.Work, "--load-for", env.LoadFor.String(), "--log-level", "error")
	if env.Database != "" {
		child.Args = append(child.Args, "--database-url", env.Database)
	}
	var out bytes.Buffer
	child.Stdout, child.Stderr = &out, c.err
	if err := child.Run(); err != nil {
		return nil, fmt.Errorf("section %s: %w", name, err)
	}
	var figures []bench.Figure
	if err := json.Unmarshal(out.Bytes(), &figures); err != nil {
		return nil, fmt.Errorf("read the figures of %s: %w", name, err)
	}
	return figures, nil
}

func row(f bench.Figure) []string {
	bound, met := "—", "—"
	if f.Bound != 0 {
		sign := "≥ "
		if f.AtMost {
			sign = "≤ "
		}
		bound, met = sign+figure(f.Bound)+" "+f.Unit, "是"
		if !f.Met() {
			met = "否"
		}
	}
	return []string{"| " + f.Name, "| " + figure(f.Value) + " " + f.Unit, "| " + bound, "| " + met + " |"}
}

// figure writes a number with as many digits as mean something.
func figure(v float64) string {
	switch {
	case v >= 100:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 1:
		return strconv.FormatFloat(v, 'f', 2, 64)
	default:
		return strconv.FormatFloat(v, 'f', 4, 64)
	}
}
