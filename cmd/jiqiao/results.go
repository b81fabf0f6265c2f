package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
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

// writeResults writes the pairs of a run, by need and then best first.
func (c *cli) writeResults(ctx context.Context, st *store.Store, runID, path string) error {
	start, err := resultFormatOf(path)
	if err != nil {
		return err
	}
	return c.output(path, func(w io.Writer) error {
		write, end, err := start(w)
		if err != nil {
			return err
		}
		titles := map[string]string{}
		title := func(kind jiqiao.Kind, id string) (string, error) {
			if t, ok := titles[id]; ok {
				return t, nil
			}
			rec, err := st.Get(ctx, kind, id)
			if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
				return "", nil // deleted since
			}
			if err != nil {
				return "", err
			}
			titles[id] = rec.Head().Title
			return titles[id], nil
		}
		err = st.EachMatchResult(ctx, runID, func(r jiqiao.MatchResult) error {
			need, err := title(jiqiao.KindNeed, r.NeedID)
			if err != nil {
				return err
			}
			achievement, err := title(jiqiao.KindAchievement, r.AchievementID)
			if err != nil {
				return err
			}
			return write(resultRow{r.NeedID, need, r.AchievementID, achievement, r.Level, r.Level.Label(), r.Score, r.Model, r.MatchedAt})
		})
		if err != nil {
			return err
		}
		return end()
	})
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
