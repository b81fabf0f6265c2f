package main

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"jiqiao"
)

// filterFlags are the filters of a search or a match, named as in the API.
type filterFlags struct {
	lists  map[string]*[]string
	years  *[]int
	trlMin int
	trlMax int
}

func addFilterFlags(fs *pflag.FlagSet) *filterFlags {
	f := &filterFlags{lists: map[string]*[]string{}}
	for _, one := range []struct{ flag, param, usage string }{
		{"industry", "industries", "国民经济行业代码或名称"},
		{"field", "fields", "高新技术领域代码或名称"},
		{"emerging", "emerging", "战略性新兴产业代码或名称"},
		{"region", "regions", "行政区划代码或名称"},
		{"cooperation", "cooperation", "合作方式"},
		{"organisation", "organisations", "单位编号"},
		{"status", "statuses", "状态，* 为全部"},
		{"budget", "budgets", "资金区间"},
	} {
		f.lists[one.param] = fs.StringSlice(one.flag, nil, one.usage+"，可多个")
	}
	f.years = fs.IntSlice("year", nil, "年份，可多个")
	fs.IntVar(&f.trlMin, "trl-min", 0, "技术就绪度下限")
	fs.IntVar(&f.trlMax, "trl-max", 0, "技术就绪度上限")
	return f
}

// codeLists are the code lists of the filters whose values may be typed as names.
var codeLists = map[string]string{
	"industries": "industry", "fields": "field", "emerging": "emerging", "regions": "region",
	"cooperation": "cooperation", "budgets": "budget", "statuses": "status",
}

// given are the filters that were typed, by the names of the API. Names become codes, and what no list knows is left for
// the service to refuse.
func (f *filterFlags) given() map[string]any {
	given := map[string]any{}
	for param, values := range f.lists {
		var codes []string
		for _, v := range *values {
			if code, ok := jiqiao.CodeByLabel(codeLists[param], v); ok {
				v = code
			}
			codes = append(codes, v)
		}
		if len(codes) > 0 {
			given[param] = codes
		}
	}
	if len(*f.years) > 0 {
		given["years"] = *f.years
	}
	for param, v := range map[string]int{"trl_min": f.trlMin, "trl_max": f.trlMax} {
		if v != 0 {
			given[param] = v
		}
	}
	return given
}

// add puts the filters into the query.
func (f *filterFlags) add(q url.Values) {
	for param, v := range f.given() {
		q.Set(param, strings.Join(strings.Fields(strings.Trim(fmt.Sprint(v), "[]")), ","))
	}
}

// record is what the tables show of a need or an achievement.
type record struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Owner struct {
		Name string `json:"name"`
	} `json:"owner"`
	Region string `json:"region"`
}

func (c *cli) searchCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "search need|achievement [检索词]", Short: "检索技术需求或科技成果", Args: takes(1, 2),
		Example: "  jiqiao search achievement 污水处理 --region 盐城市 --trl-min 6",
	}
	server := serverFlag(cmd)
	filter := addFilterFlags(cmd.Flags())
	limit := cmd.Flags().Int("limit", jiqiao.DefaultPage, "条数")
	sort := cmd.Flags().String("sort", "", "排序：relevance、newest、updated、price_high、price_low、deadline")
	cursor := cmd.Flags().String("cursor", "", "上一页给出的续页标记")
	facets := cmd.Flags().Bool("facets", false, "同时显示分面计数")
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		kind, err := kindArg(args[0])
		if err != nil {
			return err
		}
		q := url.Values{"kind": {string(kind)}, "limit": {strconv.Itoa(*limit)}}
		if len(args) > 1 {
			q.Set("q", args[1])
		}
		for param, v := range map[string]string{"sort": *sort, "cursor": *cursor} {
			if v != "" {
				q.Set(param, v)
			}
		}
		if *facets {
			q.Set("facets", "true")
		}
		filter.add(q)
		svc, err := c.service(cmd.Context(), *server)
		if err != nil {
			return err
		}
		defer func() { err = joinStop(err, svc.close()) }()
		return c.printSearch(cmd, svc, q)
	}
	return cmd
}

func (c *cli) printSearch(cmd *cobra.Command, svc *service, q url.Values) error {
	if c.json {
		return c.passJSON(cmd.Context(), svc, "/api/v1/search", q)
	}
	var found struct {
		Total int `json:"total"`
		Hits  []struct {
			Score  float64 `json:"score"`
			Record record  `json:"record"`
		} `json:"hits"`
		Facets []jiqiao.Facet `json:"facets"`
		Next   string         `json:"next"`
	}
	if err := svc.get(cmd.Context(), "/api/v1/search", q, &found); err != nil {
		return err
	}
	return c.print(found, func(w io.Writer) error {
		fmt.Fprintf(w, "共 %d 条\n", found.Total)
		var rows [][]string
		for _, h := range found.Hits {
			rows = append(rows, []string{h.Record.ID, clip(h.Record.Title, 60), clip(h.Record.Owner.Name, 30), jiqiao.CodeLabel("region", h.Record.Region)})
		}
		if err := table(w, rows); err != nil {
			return err
		}
		printFacets(w, found.Facets)
		if found.Next != "" {
			fmt.Fprintf(w, "\n下一页：--cursor %s\n", found.Next)
		}
		return nil
	})
}

// shownValues is how many values of a facet the terminal gets; --json has all.
const shownValues = 10

func printFacets(w io.Writer, facets []jiqiao.Facet) {
	for i, f := range facets {
		if i == 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprint(w, f.Label+"：")
		for _, v := range f.Values[:min(shownValues, len(f.Values))] {
			fmt.Fprintf(w, " %s(%d)", v.Label, v.Count)
		}
		if more := len(f.Values) - shownValues; more > 0 {
			fmt.Fprintf(w, " …还有 %d 项", more)
		}
		fmt.Fprintln(w)
	}
}

func serverFlag(cmd *cobra.Command) *string {
	return cmd.Flags().String("server", os.Getenv("JIQIAO_SERVER"), "已启动的服务地址；留空则直接打开数据目录")
}
