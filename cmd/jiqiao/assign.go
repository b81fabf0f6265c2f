package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"jiqiao"
	"jiqiao/internal/sheet"
	"jiqiao/matcher/assign"
)

func (c *cli) assignCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "assign", Short: "在周名额内选出总体最好、机会均衡的推荐，服务运行中也可以", Args: takes(0, 0),
		Example: `  jiqiao assign --trial                        试算，不占名额
  jiqiao assign --brokers 经理人.csv -o 推荐.xlsx
  jiqiao assign --show s_0000… -o 推荐.csv      再看一次以前的分配
  jiqiao assign --cancel s_0000…               收回，名额空出`,
	}
	p := jiqiao.DefaultAssignmentParams()
	flags := cmd.Flags()
	server := serverFlag(cmd)
	flags.IntVar(&p.PerNeed, "per-need", p.PerNeed, "每条需求每周的名额，0 为不限")
	flags.IntVar(&p.PerAchievement, "per-achievement", p.PerAchievement, "每项成果每周的名额，0 为不限")
	flags.IntVar(&p.PerTeam, "per-team", p.PerTeam, "每个团队每周的名额，0 为不限")
	flags.IntVar(&p.PerBroker, "per-broker", p.PerBroker, "没有写明名额的技术经理人每周的名额，0 为不限")
	level := flags.String("min-level", "3", "最低等级：2（弱）、3（较强）或 4（强）")
	flags.Float64Var(&p.Fairness, "fairness", p.Fairness, "为均衡机会，一条推荐最多让出的达标可能性，0～1")
	brokers := flags.String("brokers", "", "技术经理人名单（.csv：姓名,领域,地区,名额；或 .json）")
	flags.BoolVar(&p.Trial, "trial", false, "试算，不占用名额")
	flags.BoolVar(&p.Rematch, "rematch", false, "先重新做一次全量匹配")
	out := flags.StringP("output", "o", "", "把明细写入文件（.xlsx、.csv 或 .jsonl）")
	show := flags.String("show", "", "显示这个编号的分配，不做新的")
	cancel := flags.String("cancel", "", "取消或收回这个编号的分配")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if countTrue(*show != "", *cancel != "") > 1 {
			return &usageError{errors.New("--show 与 --cancel 只能选一个")}
		}
		if _, err := itemFormatOf(*out); *out != "" && err != nil {
			return err
		}
		var err error
		if p.MinLevel, err = levelArg(*level); err != nil {
			return err
		}
		if *brokers != "" {
			if p.Brokers, err = readBrokers(*brokers); err != nil {
				return err
			}
		}
		switch {
		case *cancel != "":
			return c.cancelAssignment(cmd.Context(), *server, *cancel)
		default:
			return c.assign(cmd.Context(), *server, p, *show, *out)
		}
	}
	return cmd
}

// levelArg reads a level as its number or its Chinese name.
func levelArg(s string) (jiqiao.Level, error) {
	for l := jiqiao.LevelWeak; l <= jiqiao.LevelStrong; l++ {
		if s == strconv.Itoa(int(l)) || s == l.Label() {
			return l, nil
		}
	}
	return 0, &usageError{fmt.Errorf("--min-level 应为 2（弱）、3（较强）或 4（强），现为 %q", s)}
}

// assign makes an assignment, or reads the one that show names, and prints it.
func (c *cli) assign(ctx context.Context, server string, p jiqiao.AssignmentParams, show, out string) (err error) {
	w, err := c.workplace(ctx, server)
	if err != nil {
		return err
	}
	defer func() { err = joinStop(err, w.close()) }()
	a := jiqiao.Assignment{ID: show}
	if show == "" {
		if a, err = w.StartAssignment(ctx, p); err != nil {
			return err
		}
	}
	err = c.watch(ctx, w, "分配", func() (stand, error) {
		now, err := w.GetAssignment(ctx, a.ID)
		if err != nil {
			return stand{}, err
		}
		a = now
		return stand{a.State, a.Stage, a.Done, a.Total, a.Message}, nil
	})
	if err != nil {
		if ctx.Err() != nil {
			c.interrupted(w, a.Done, a.Total)
			return ctx.Err()
		}
		return err
	}
	if out != "" {
		if err := c.writeItems(ctx, w, a, out); err != nil {
			return err
		}
	}
	return c.print(a, func(w io.Writer) error { return printAssignment(w, a) })
}

func (c *cli) cancelAssignment(ctx context.Context, server, id string) (err error) {
	w, err := c.workplace(ctx, server)
	if err != nil {
		return err
	}
	defer func() { err = joinStop(err, w.close()) }()
	a, err := w.CancelAssignment(ctx, id)
	if err != nil {
		return err
	}
	return c.print(a, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "已取消 %s，它占用的名额已空出\n", a.ID)
		return err
	})
}

func printAssignment(w io.Writer, a jiqiao.Assignment) error {
	s := a.Summary
	if s == nil {
		return nil
	}
	rows := [][]string{
		{"推荐", fmt.Sprintf("%d 条（%s 起的一周）", s.Placed, a.Week)},
		{"需求", fmt.Sprintf("%d 条中的 %d 条得到推荐", s.Needs, s.PlacedNeeds)},
		{"成果", fmt.Sprintf("%d 项中的 %d 项得到推荐", s.Achievements, s.PlacedAchievements)},
		{"预计" + a.Params.MinLevel.Label() + "及以上", fmt.Sprintf("%.1f 条；为均衡机会让出 %.1f 条（%.2f%%）", s.Benefit, s.GivenUp, percent(s.GivenUp, s.PlainBenefit))},
		{"与最优值的差距", fmt.Sprintf("不超过 %.6f", s.Gap)},
		{"单位基尼系数", fmt.Sprintf("%.3f → %.3f，没有推荐的单位 %d → %d（共 %d）", s.Before.Gini, s.After.Gini, s.Before.Unserved, s.After.Unserved, s.After.Organisations)},
		{"成果基尼系数", fmt.Sprintf("%.3f → %.3f", s.Before.AchievementGini, s.After.AchievementGini)},
		{"用时", fmt.Sprintf("%.1f 秒（不含打分）", s.Seconds)},
		{"编号", a.ID + map[bool]string{true: "（试算）"}[a.Params.Trial]},
	}
	if err := table(w, rows); err != nil {
		return err
	}
	if len(s.Unplaced) == 0 {
		return nil
	}
	fmt.Fprintln(w, "\n没有推荐的需求：")
	var reasons [][]string
	for _, code := range slices.Sorted(maps.Keys(s.Unplaced)) {
		reasons = append(reasons, []string{"  " + assign.Reason(code).Label(), strconv.Itoa(s.Unplaced[code])})
	}
	return table(w, reasons)
}

func percent(part, whole float64) float64 {
	if whole == 0 {
		return 0
	}
	return 100 * part / whole
}

// itemFormat writes the items that each walks.
type itemFormat func(ctx context.Context, w io.Writer, a jiqiao.Assignment, each func(func(jiqiao.AssignmentItem) error) error) error

// itemFormatOf is the format that a file's name asks for.
func itemFormatOf(path string) (itemFormat, error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".xlsx":
		return xlsxItems, nil
	case ".csv":
		return csvItems, nil
	case ".jsonl", ".json":
		return jsonItems, nil
	}
	return nil, &usageError{fmt.Errorf("明细的文件名应以 .xlsx、.csv 或 .jsonl 结尾，现为 %q", path)}
}

func (c *cli) writeItems(ctx context.Context, from *workplace, a jiqiao.Assignment, path string) error {
	format, err := itemFormatOf(path)
	if err != nil {
		return err
	}
	return c.output(path, func(w io.Writer) error {
		return format(ctx, w, a, func(fn func(jiqiao.AssignmentItem) error) error {
			return from.EachAssignmentItem(ctx, a.ID, jiqiao.AssignmentItemQuery{}, fn)
		})
	})
}

func xlsxItems(ctx context.Context, w io.Writer, a jiqiao.Assignment, each func(func(jiqiao.AssignmentItem) error) error) error {
	return sheet.ExportAssignment(ctx, w, a, func(yield func(jiqiao.AssignmentItem, error) bool) {
		stopped := errors.New("stopped")
		err := each(func(item jiqiao.AssignmentItem) error {
			if !yield(item, nil) {
				return stopped
			}
			return nil
		})
		if err != nil && !errors.Is(err, stopped) {
			yield(jiqiao.AssignmentItem{}, err)
		}
	})
}

func csvItems(_ context.Context, w io.Writer, _ jiqiao.Assignment, each func(func(jiqiao.AssignmentItem) error) error) error {
	return sheet.AssignmentCSV(w, each)
}

func jsonItems(_ context.Context, w io.Writer, _ jiqiao.Assignment, each func(func(jiqiao.AssignmentItem) error) error) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return each(func(item jiqiao.AssignmentItem) error { return enc.Encode(item) })
}

// readBrokers reads a list of brokers, as JSON or as a table with a title row.
func readBrokers(path string) ([]jiqiao.BrokerQuota, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	if strings.EqualFold(filepath.Ext(path), ".json") {
		var brokers []jiqiao.BrokerQuota
		dec := json.NewDecoder(f)
		dec.DisallowUnknownFields()
		if err := dec.Decode(&brokers); err != nil {
			return nil, jiqiao.Fail(jiqiao.CodeInvalid, "技术经理人名单不是有效的 JSON 列表，应为 [{\"name\": …, \"fields\": […], \"regions\": […], \"capacity\": …}]", err)
		}
		return brokers, nil
	}
	return brokerRows(f)
}

// brokerRows reads 姓名, 领域, 地区, 名额. Several fields or regions are separated by ； or 、; they may be codes or names.
func brokerRows(r io.Reader) ([]jiqiao.BrokerQuota, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord = -1
	rows, err := in.ReadAll()
	if err != nil {
		return nil, jiqiao.Fail(jiqiao.CodeInvalid, "技术经理人名单不是有效的 CSV 表格", err)
	}
	var brokers []jiqiao.BrokerQuota
	var wrong []jiqiao.FieldError
	for i, row := range rows {
		row = append(row, make([]string, 4)...)[:4]
		for j := range row {
			row[j] = strings.TrimSpace(strings.TrimPrefix(row[j], "\ufeff"))
		}
		if i == 0 && row[0] == "姓名" || strings.Join(row, "") == "" {
			continue
		}
		at := fmt.Sprintf("第 %d 行", i+1)
		b := jiqiao.BrokerQuota{Name: row[0]}
		b.Fields, wrong = codesOf("field", row[1], at, wrong)
		b.Regions, wrong = codesOf("region", row[2], at, wrong)
		if row[3] != "" {
			if b.Capacity, err = strconv.Atoi(row[3]); err != nil {
				wrong = append(wrong, jiqiao.FieldError{Field: at, Message: "名额应为整数，现为「" + row[3] + "」"})
			}
		}
		brokers = append(brokers, b)
	}
	return brokers, jiqiao.Invalid(wrong)
}

func codesOf(list, cell, at string, wrong []jiqiao.FieldError) ([]string, []jiqiao.FieldError) {
	var codes []string
	for _, name := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune("；;、|", r) }) {
		code, ok := jiqiao.CodeByLabel(list, strings.TrimSpace(name))
		if !ok {
			l, _ := jiqiao.LookupList(list)
			wrong = append(wrong, jiqiao.FieldError{Field: at, Message: l.Label + "中没有「" + name + "」"})
			continue
		}
		codes = append(codes, code)
	}
	return codes, wrong
}
