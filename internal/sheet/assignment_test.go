package sheet

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"iter"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"jiqiao"
)

func itemSeq(items []jiqiao.AssignmentItem, last error) iter.Seq2[jiqiao.AssignmentItem, error] {
	return func(yield func(jiqiao.AssignmentItem, error) bool) {
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
		if last != nil {
			yield(jiqiao.AssignmentItem{}, last)
		}
	}
}

func TestExportAssignment(t *testing.T) {
	items := []jiqiao.AssignmentItem{
		{Line: 1, Outcome: jiqiao.OutcomePlaced, NeedID: "n_1", Need: "=净水", Enterprise: "甲公司", AchievementID: "a_1", Achievement: "膜",
			Organisation: "乙大学", Team: "乙大学 王", Broker: "李", LevelLabel: "强", Benefit: 0.75, Score: 0.5, NeedRank: 1, AchievementRank: 2, Text: "匹配等级为强"},
		{Line: 2, Outcome: jiqiao.OutcomeNeed, NeedID: "n_2", Need: "增压", Reason: "no_candidate", Text: "没有找到相关的成果"},
	}
	var file bytes.Buffer
	if err := ExportAssignment(t.Context(), &file, jiqiao.Assignment{ID: "s_1"}, itemSeq(items, nil)); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	rows, err := book.GetRows("推荐分配")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		assignmentColumns[:],
		{"推荐", "'=净水", "甲公司", "膜", "乙大学", "乙大学 王", "李", "强", "0.750", "0.500", "1", "2", "匹配等级为强", "n_1", "a_1"},
		{"需求未安排", "增压", "", "", "", "", "", "", "", "", "", "", "没有找到相关的成果", "n_2"},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var table bytes.Buffer
	if err := AssignmentCSV(&table, func(fn func(jiqiao.AssignmentItem) error) error { return errors.Join(fn(items[0]), fn(items[1])) }); err != nil {
		t.Fatal(err)
	}
	read, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(table.Bytes(), utf8Mark))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want[2] = append(want[2], "") // a workbook leaves empty cells at the end out
	if diff := cmp.Diff(want, read); diff != "" {
		t.Errorf("csv (-want +got):\n%s", diff)
	}
	broken := errors.New("broken")
	if err := ExportAssignment(t.Context(), new(bytes.Buffer), jiqiao.Assignment{}, itemSeq(items, broken)); !errors.Is(err, broken) {
		t.Errorf("a broken source: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := ExportAssignment(ctx, new(bytes.Buffer), jiqiao.Assignment{}, itemSeq(items, nil)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
