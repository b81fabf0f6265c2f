package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"jiqiao"
	"jiqiao/internal/app"
	"jiqiao/matcher"
)

func (c *cli) matchCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "match [编号]", Short: "为一条记录、一段文字或全部记录找匹配", Args: takes(0, 1),
		Example: `  jiqiao match n_0000…                        一条需求的匹配成果
  jiqiao match --kind need --text 需求.txt      一段文字（- 为标准输入）
  jiqiao match --all                           全部需求对全部成果，双方各留最好的；中断后再次运行即续跑
  jiqiao match --all -o 匹配.csv               并把结果写成表格
  jiqiao match --cancel r_0000…                取消服务正在进行的全量匹配`,
	}
	server := serverFlag(cmd)
	filter := addFilterFlags(cmd.Flags())
	limit := cmd.Flags().Int("limit", 10, "每条记录的匹配数")
	kind := cmd.Flags().String("kind", "need", "--text 是哪一侧，或 --all 的表格以哪一侧为主：need 或 achievement")
	text := cmd.Flags().String("text", "", "用这个文件里的文字匹配，- 为标准输入")
	all := cmd.Flags().Bool("all", false, "全部记录，服务运行中也可以")
	out := cmd.Flags().StringP("output", "o", "", "与 --all 同用：把结果写入文件（.csv 或 .jsonl）")
	fresh := cmd.Flags().Bool("restart", false, "与 --all 同用：不续跑，重新开始")
	cancel := cmd.Flags().String("cancel", "", "取消这个编号的全量匹配，已保存的结果保留")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		side, err := kindArg(*kind)
		if err != nil {
			return err
		}
		if *out != "" {
			if _, err := resultFormatOf(*out); err != nil {
				return err
			}
		}
		q := url.Values{"limit": {strconv.Itoa(*limit)}}
		filter.add(q)
		switch {
		case countTrue(*all, *text != "", len(args) == 1, *cancel != "") > 1:
			return &usageError{errors.New("记录编号、--text、--all 与 --cancel 只能选一个")}
		case *all && len(filter.given()) > 0:
			return &usageError{errors.New("--all 为全部记录匹配，不接受筛选条件")}
		case *all && (*limit < 1 || *limit > jiqiao.MaxPageSize):
			return &usageError{fmt.Errorf("--limit 应在 1 到 %d 之间", jiqiao.MaxPageSize)}
		case *fresh && !*all:
			return &usageError{errors.New("--restart 与 --all 同用")}
		case *out != "" && !*all:
			return &usageError{errors.New("--output 与 --all 同用")}
		case *out != "" && cmd.Flags().Changed("server"):
			return &usageError{errors.New("--output 需要在服务所在的机器上运行，不能与 --server 同用")}
		case *all:
			return c.matchAll(cmd.Context(), *server, matchAllOptions{side, *limit, *fresh, *out})
		case *cancel != "":
			return c.cancelMatchRun(cmd.Context(), *server, *cancel)
		case *text != "":
			return c.matchText(cmd.Context(), *server, *text, textQuery{Kind: side, Limit: *limit, Filter: filter.given()})
		case len(args) == 1:
			return c.matchRecord(cmd.Context(), *server, args[0], q)
		}
		return &usageError{errors.New("请给出记录编号，或使用 --text 或 --all")}
	}
	return cmd
}

func countTrue(all ...bool) (n int) {
	for _, b := range all {
		if b {
			n++
		}
	}
	return n
}

// matchList is what the tables show of a jiqiao.MatchList.
type matchList struct {
	Total   int `json:"total"`
	Matches []struct {
		Score      float64            `json:"score"`
		LevelLabel string             `json:"level_label"`
		Terms      []jiqiao.TermMatch `json:"terms"`
		Evidence   []jiqiao.Evidence  `json:"evidence"`
		Against    []string           `json:"against"`
		Record     record             `json:"record"`
	} `json:"matches"`
	Message  string   `json:"message"` // why none fits
	Degraded []string `json:"degraded"`
}

func (c *cli) matchRecord(ctx context.Context, server, id string, q url.Values) (err error) {
	side := ""
	switch {
	case strings.HasPrefix(id, "n_"):
		side = "needs"
	case strings.HasPrefix(id, "a_"):
		side = "achievements"
	default:
		return &usageError{fmt.Errorf("编号应以 n_（需求）或 a_（成果）开头，现为 %q", id)}
	}
	svc, err := c.service(ctx, server)
	if err != nil {
		return err
	}
	defer func() { err = joinStop(err, svc.close()) }()
	path := "/api/v1/" + side + "/" + url.PathEscape(id) + "/matches"
	if c.json {
		return c.passJSON(ctx, svc, path, q)
	}
	var list matchList
	if err := svc.get(ctx, path, q, &list); err != nil {
		return err
	}
	return printMatches(c.out, list)
}

// textQuery is the body of POST /api/v1/match.
type textQuery struct {
	Kind   jiqiao.Kind    `json:"kind"`
	Text   string         `json:"text"`
	Filter map[string]any `json:"filter"`
	Limit  int            `json:"limit"`
}

func (c *cli) matchText(ctx context.Context, server, path string, body textQuery) (err error) {
	text, err := c.readText(path)
	if err != nil {
		return err
	}
	svc, err := c.service(ctx, server)
	if err != nil {
		return err
	}
	defer func() { err = joinStop(err, svc.close()) }()
	body.Text = string(text)
	if c.json {
		var raw any
		if err := svc.post(ctx, "/api/v1/match", body, &raw); err != nil {
			return err
		}
		return c.print(raw, nil)
	}
	var list matchList
	if err := svc.post(ctx, "/api/v1/match", body, &list); err != nil {
		return err
	}
	if n := utf8.RuneCount(text); n > matcher.MaxPasted {
		fmt.Fprintf(c.out, "文字有 %d 个字，只用了前 %d 个\n", n, matcher.MaxPasted)
	}
	return printMatches(c.out, list)
}

func printMatches(w io.Writer, list matchList) error {
	if len(list.Matches) == 0 {
		_, err := fmt.Fprintln(w, cmp.Or(list.Message, "没有找到匹配的记录"))
		return err
	}
	if list.Message != "" {
		fmt.Fprintf(w, "%s\n\n", list.Message)
	}
	for i, m := range list.Matches {
		fmt.Fprintf(w, "%2d. [%s] %s（%s）\n    %s  %.3f\n", i+1, m.LevelLabel, m.Record.Title, m.Record.Owner.Name, m.Record.ID, m.Score)
		var terms []string
		for _, t := range m.Terms {
			terms = append(terms, t.Term)
		}
		if len(terms) > 0 {
			fmt.Fprintf(w, "    相同用语：%s\n", strings.Join(terms, "、"))
		}
		for _, e := range m.Evidence[:min(1, len(m.Evidence))] {
			fmt.Fprintf(w, "    需求：%s\n    成果：%s\n", marked(e.Need), marked(e.Achievement))
		}
		for _, a := range m.Against {
			fmt.Fprintf(w, "    注意：%s\n", a)
		}
	}
	if slices.Contains(list.Degraded, "embedding") {
		fmt.Fprintln(w, "嵌入服务暂时没有应答，本次只用内置词向量与字词排序")
	}
	_, err := fmt.Fprintf(w, "评估了 %d 条候选\n", list.Total)
	return err
}

// marked writes a passage with the words that met in 【】.
func marked(s jiqiao.Snippet) string {
	var b strings.Builder
	for _, span := range s.Spans {
		if span.Hit {
			b.WriteString("【" + span.Text + "】")
		} else {
			b.WriteString(span.Text)
		}
	}
	return b.String()
}

// matchAllOptions are the flags of match --all.
type matchAllOptions struct {
	side  jiqiao.Kind // which side the written table is about
	limit int
	fresh bool
	out   string
}

// matchAll matches everything with everything and keeps the results in the database; an interrupted run goes on where it
// stopped.
func (c *cli) matchAll(ctx context.Context, server string, o matchAllOptions) (err error) {
	w, err := c.workplace(ctx, server)
	if err != nil {
		return err
	}
	defer func() { err = joinStop(err, w.close()) }()
	run, err := w.StartMatchRun(ctx, jiqiao.MatchRunParams{Limit: o.limit}, o.fresh)
	if err != nil {
		return err
	}
	err = c.watch(ctx, w, "匹配", func() (stand, error) {
		now, err := w.GetMatchRun(ctx, run.ID)
		if err != nil {
			return stand{}, err
		}
		run = now
		return stand{run.State, "", run.Done, run.Total, run.Message}, nil
	})
	if err != nil {
		if ctx.Err() != nil {
			c.interrupted(w, run.Done, run.Total)
			return ctx.Err()
		}
		return err
	}
	if o.out != "" {
		if err := c.writeResults(ctx, w.store, run.ID, o); err != nil {
			return err
		}
	}
	return c.print(run, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "已匹配 %d 条%s与全部%s，结果编号 %s\n", run.Done, run.Kind.Label(), run.Kind.Other().Label(), run.ID)
		return err
	})
}

func (c *cli) cancelMatchRun(ctx context.Context, server, id string) (err error) {
	w, err := c.workplace(ctx, server)
	if err != nil {
		return err
	}
	defer func() { err = joinStop(err, w.close()) }()
	run, err := w.CancelMatchRun(ctx, id)
	if err != nil {
		return err
	}
	return c.print(run, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "已取消 %s，已匹配 %d/%d 条\n", run.ID, run.Done, run.Total)
		return err
	})
}

// passJSON prints the service's answer as it is.
func (c *cli) passJSON(ctx context.Context, svc *service, path string, q url.Values) error {
	var raw any
	if err := svc.get(ctx, path, q, &raw); err != nil {
		return err
	}
	return c.print(raw, nil)
}

// service is the server at address, else the one whose process holds the data directory, else one opened here.
func (c *cli) service(ctx context.Context, address string) (*service, error) {
	if address != "" {
		return remote(address), nil
	}
	a, err := c.open(ctx)
	var busy *app.InUseError
	if errors.As(err, &busy) && busy.Address != "" {
		return remote(busy.Address), nil
	}
	if err != nil {
		return nil, err
	}
	a.Follow()
	if err := a.WaitCaughtUp(ctx); err != nil {
		return nil, joinStop(err, a.Stop())
	}
	return &service{base: "http://jiqiao", token: os.Getenv("JIQIAO_TOKEN"), client: a.Client(), close: a.Stop}, nil
}
