package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"jiqiao"
	"jiqiao/internal/app"
	"jiqiao/internal/learn"
	"jiqiao/store"
)

func (c *cli) modelsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "models", Short: "管理训练过的模型：列出、查看、启用、退回",
		Example: `  jiqiao models list                列出各版本，* 为正在服务的
  jiqiao models show 版本           数值、来源与未通过的原因
  jiqiao models use 版本            启用，运行中的服务随即改用
  jiqiao models use builtin         退回程序自带的模型`,
	}
	cmd.AddCommand(c.modelsList(), c.modelsShow(), c.modelsUse())
	return cmd
}

func modelKindFlag(cmd *cobra.Command, usage string) func() (jiqiao.ModelKind, error) {
	flag := cmd.Flags().String("kind", "", usage)
	return func() (jiqiao.ModelKind, error) {
		kind := jiqiao.ModelKind(*flag)
		if kind != "" && kind.Label() == "" {
			return "", &usageError{fmt.Errorf("--kind 应为 ranker（排序模型）或 vectors（词向量），现为 %q", *flag)}
		}
		return kind, nil
	}
}

func (c *cli) modelsList() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "列出各版本，新的在前", Args: takes(0, 0)}
	kind := modelKindFlag(cmd, "只列 ranker（排序模型）或 vectors（词向量）")
	cmd.RunE = c.withStore(func(ctx context.Context, st *store.Store, _ []string) error {
		of, err := kind()
		if err != nil {
			return err
		}
		models, err := st.Models(ctx, of)
		if err != nil {
			return err
		}
		if models == nil {
			models = []jiqiao.ModelVersion{} // an empty list in JSON, not null
		}
		return c.print(models, func(w io.Writer) error { return printModels(w, models) })
	})
	return cmd
}

func printModels(w io.Writer, models []jiqiao.ModelVersion) error {
	if len(models) == 0 {
		_, err := fmt.Fprintln(w, "还没有训练过模型，由程序自带的模型服务")
		return err
	}
	rows := [][]string{{"", "种类", "版本", "训练于", "状态", "对照"}}
	for i := range models {
		m := &models[i]
		mark := ""
		if m.Active {
			mark = "*"
		}
		rows = append(rows, []string{mark, m.Kind.Label(), m.Version, shown(&m.CreatedAt), modelState(m), cmp.Or(m.Parent, "—")})
	}
	return table(w, rows)
}

func modelState(m *jiqiao.ModelVersion) string {
	switch {
	case m.Active:
		return "正在服务，启用于 " + shown(m.ActivatedAt)
	case m.ActivatedAt != nil:
		return "曾启用于 " + shown(m.ActivatedAt)
	case m.Accepted:
		return "可启用"
	default:
		return "未通过比较"
	}
}

func (c *cli) modelsShow() *cobra.Command {
	cmd := &cobra.Command{Use: "show 版本", Short: "查看一个版本的来源与测得的数值", Args: takes(1, 1)}
	kind := modelKindFlag(cmd, "两类模型有同名版本时指明")
	body := cmd.Flags().Bool("body", false, "输出模型文件本身")
	cmd.RunE = c.withStore(func(ctx context.Context, st *store.Store, args []string) error {
		of, err := kind()
		if err != nil {
			return err
		}
		m, err := findModel(ctx, st, of, args[0])
		if err != nil {
			return err
		}
		if !*body {
			return c.print(m, func(w io.Writer) error { return printModel(w, m) })
		}
		_, content, err := st.Model(ctx, m.Kind, m.Version)
		if err != nil {
			return err
		}
		_, err = c.out.Write(content)
		return err
	})
	return cmd
}

// findModel looks for a version among all kinds.
func findModel(ctx context.Context, st *store.Store, kind jiqiao.ModelKind, version string) (jiqiao.ModelVersion, error) {
	models, err := st.Models(ctx, kind)
	if err != nil {
		return jiqiao.ModelVersion{}, err
	}
	models = slices.DeleteFunc(models, func(m jiqiao.ModelVersion) bool { return m.Version != version })
	switch len(models) {
	case 0:
		return jiqiao.ModelVersion{}, jiqiao.Fail(jiqiao.CodeNotFound, "没有版本 "+version+"，请用 jiqiao models list 查看", nil)
	case 1:
		return models[0], nil
	default:
		return jiqiao.ModelVersion{}, &usageError{errors.New("两类模型都有版本 " + version + "，请用 --kind 指明")}
	}
}

func printModel(w io.Writer, m jiqiao.ModelVersion) error {
	rows := [][]string{
		{"种类", m.Kind.Label()}, {"版本", m.Version}, {"训练于", shown(&m.CreatedAt)}, {"状态", modelState(&m)},
		{"对照", cmp.Or(m.Parent, "—")}, {"来源", m.Provenance},
	}
	if m.Size > 0 {
		rows = append(rows, []string{"大小", strconv.FormatInt(m.Size, 10) + " 字节"})
	}
	if m.Message != "" {
		rows = append(rows, []string{"未通过", m.Message})
	}
	for _, name := range slices.Sorted(maps.Keys(m.Figures)) {
		if strings.HasPrefix(name, "parent_") {
			continue
		}
		value := strconv.FormatFloat(m.Figures[name], 'g', 6, 64)
		if before, ok := m.Figures["parent_"+name]; ok {
			value += "（对照 " + strconv.FormatFloat(before, 'g', 6, 64) + "）"
		}
		rows = append(rows, []string{figureLabel(name), value})
	}
	return table(w, rows)
}

// figureLabel is the Chinese name of a model's figure; one that is unknown here keeps its own.
func figureLabel(name string) string {
	switch name {
	case "decisions":
		return "决定"
	case "comparisons":
		return "比较次数"
	case "position_steepness":
		return "位置影响的指数"
	case "texts":
		return "文本"
	case "held_out":
		return "留出的文本"
	case "new_words":
		return "新词"
	case "mrr":
		return "找回另一半的 MRR"
	}
	sets := map[string]string{"held_out": "未训练的决定", "sample": "样例分级", "graded": "人工分级"}
	measures := map[string]string{"_pairs": "对数", "_accuracy": "次序正确率", "_gain_low": "差值下限", "_level_score": "等级得分"}
	for prefix, set := range sets {
		if measure, ok := measures[strings.TrimPrefix(name, prefix)]; ok {
			return set + "：" + measure
		}
	}
	return name
}

func (c *cli) modelsUse() *cobra.Command {
	cmd := &cobra.Command{
		Use: "use 版本", Short: "启用一个版本，builtin 为程序自带的", Args: takes(1, 1),
		Long: "启用一个版本，运行中的服务随即改用，不必重启。以前的版本都保留，可随时退回。",
	}
	kind := modelKindFlag(cmd, "版本为 builtin 时默认 ranker（排序模型），词向量请写 vectors")
	cmd.RunE = c.withStore(func(ctx context.Context, st *store.Store, args []string) error {
		of, err := kind()
		if err != nil {
			return err
		}
		version := args[0]
		if version == jiqiao.BuiltinModel {
			of = cmp.Or(of, jiqiao.ModelRanker)
		} else {
			m, err := findModel(ctx, st, of, version)
			if err != nil {
				return err
			}
			of = m.Kind
		}
		if err := st.ActivateModel(ctx, of, version); err != nil {
			return err
		}
		return c.print(map[string]string{"kind": string(of), "active": version}, func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "%s现在由 %s 服务\n", of.Label(), version)
			return err
		})
	})
	return cmd
}

// learnFromDecisions is jiqiao train ranker --from-decisions. It may run beside a serving process.
func (c *cli) learnFromDecisions(ctx context.Context) error {
	outcome, err := app.Learn(ctx, c.cfg, app.Options{Log: c.log, Now: time.Now})
	if err != nil {
		return err
	}
	return c.print(outcome, func(w io.Writer) error { return printOutcome(w, outcome) })
}

func printOutcome(w io.Writer, outcome learn.Outcome) error {
	if _, err := fmt.Fprintln(w, outcome.Message); err != nil || outcome.Model.Version == "" {
		return err
	}
	return printModel(w, outcome.Model)
}
