package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiqiao"
	"jiqiao/store"
)

// resultRow is one pair of a batch, as it is written to a file.
type resultRow struct {
	NeedID        string       `json:"need_id"`
	Need          string       `json:"need"`
	AchievementID string       `json:"achievement_id"`
	Achievement   string       `json:"achievement"`
	Level         jiqiao.Level `json:"level"`
	LevelLabel    string       `json:"level_label"`
	Score         float64      `json:"score"`
	Model         string       `json:"model"`
	MatchedAt     time.Time    `json:"matched_at"`
}

// resultFormat starts a file of results; it returns how to write a row and how to end.
type resultFormat func(io.Writer) (write func(resultRow) error, end func() error, err error)

// resultFormatOf is the format that a file's name asks for: csv, with the mark that makes spreadsheets read it as UTF-8,
// or jsonl.
func resultFormatOf(path string) (resultFormat, error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".csv":
		return csvResults, nil
	case ".jsonl":
		return jsonResults, nil
	}
	return nil, &usageError{fmt.Errorf("匹配结果的文件名应以 .csv 或 .jsonl 结尾，现为 %q", path)}
}

// writeResults writes the pairs of a run: for every record of the side its best, at most the limit.
func (c *cli) writeResults(ctx context.Context, st *store.Store, runID string, o matchAllOptions) error {
	start, err := resultFormatOf(o.out)
	if err != nil {
		return err
	}
	results, err := bestResults(ctx, st, runID, o)
	if err != nil {
		return err
	}
	return c.output(o.out, func(w io.Writer) error {
		write, end, err := start(w)
		if err != nil {
			return err
		}
		title := titles(ctx, st)
		for _, r := range results {
			need, err := title(jiqiao.KindNeed, r.NeedID)
			if err != nil {
				return err
			}
			achievement, err := title(jiqiao.KindAchievement, r.AchievementID)
			if err != nil {
				return err
			}
			row := resultRow{r.NeedID, need, r.AchievementID, achievement, r.Level, r.Level.Label(), r.Score, r.Model, r.MatchedAt}
			if err := write(row); err != nil {
				return err
			}
		}
		return end()
	})
}

// bestResults are the results of a run in the order in which they are written.
func bestResults(ctx context.Context, st *store.Store, runID string, o matchAllOptions) ([]jiqiao.MatchResult, error) {
	var all []jiqiao.MatchResult
	err := st.EachMatchResult(ctx, runID, func(r jiqiao.MatchResult) error {
		all = append(all, r)
		return nil
	})
	if err != nil {
		return nil, err
	}
	subject := func(r jiqiao.MatchResult) string { return r.NeedID }
	if o.side == jiqiao.KindAchievement {
		subject = func(r jiqiao.MatchResult) string { return r.AchievementID }
	}
	slices.SortStableFunc(all, func(a, b jiqiao.MatchResult) int {
		return cmp.Or(cmp.Compare(subject(a), subject(b)), cmp.Compare(b.Score, a.Score))
	})
	kept := map[string]int{}
	return slices.DeleteFunc(all, func(r jiqiao.MatchResult) bool {
		kept[subject(r)]++
		return kept[subject(r)] > o.limit
	}), nil
}

// titles looks titles up; one whose record is gone is empty.
func titles(ctx context.Context, st *store.Store) func(kind jiqiao.Kind, id string) (string, error) {
	known := map[string]string{}
	return func(kind jiqiao.Kind, id string) (string, error) {
		if t, ok := known[id]; ok {
			return t, nil
		}
		rec, err := st.Get(ctx, kind, id)
		switch {
		case jiqiao.CodeOf(err) == jiqiao.CodeNotFound:
			known[id] = ""
		case err != nil:
			return "", err
		default:
			known[id] = rec.Head().Title
		}
		return known[id], nil
	}
}

func csvResults(w io.Writer) (func(resultRow) error, func() error, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, nil, err
	}
	out := csv.NewWriter(w)
	write := func(r resultRow) error {
		return out.Write([]string{r.NeedID, r.Need, r.AchievementID, r.Achievement, r.LevelLabel, strconv.FormatFloat(r.Score, 'f', 4, 64),
			r.Model, r.MatchedAt.In(shanghai).Format(time.DateTime)})
	}
	end := func() error { out.Flush(); return out.Error() }
	return write, end, out.Write([]string{"需求编号", "需求名称", "成果编号", "成果名称", "匹配等级", "得分", "模型", "匹配时间"})
}

func jsonResults(w io.Writer) (func(resultRow) error, func() error, error) {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	return func(r resultRow) error { return out.Encode(r) }, func() error { return nil }, nil
}
