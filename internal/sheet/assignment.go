package sheet

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"

	"github.com/xuri/excelize/v2"

	"jiqiao"
)

// assignmentColumns are the titles of the workbook of an assignment. It is for reading; it is not imported.
var assignmentColumns = [...]string{
	"结果", "技术需求", "需求单位", "科技成果", "成果单位", "团队", "技术经理人", "匹配等级", "达标可能性", "得分", "在需求中的名次", "在成果中的名次", "说明",
	"需求编号", "成果编号",
}

// ExportAssignment writes the items of an assignment as xlsx. The first error of the sequence ends the export and is
// returned.
func ExportAssignment(ctx context.Context, w io.Writer, a jiqiao.Assignment, items iter.Seq2[jiqiao.AssignmentItem, error]) error {
	x := &xlsxWriter{w: w, book: excelize.NewFile()}
	write := func() error {
		if err := x.startPlain("推荐分配", assignmentColumns[:]); err != nil {
			return fmt.Errorf("start workbook of %s: %w", a.ID, err)
		}
		for item, err := range items {
			if err != nil {
				return err
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := x.row(assignmentCells(item), x.styles.text); err != nil {
				return fmt.Errorf("write item %d of %s: %w", item.Line, a.ID, err)
			}
		}
		return nil
	}
	if err := write(); err != nil {
		x.Discard()
		return err
	}
	return x.Close()
}

// AssignmentCSV writes the items that each walks, as a table that Excel opens.
func AssignmentCSV(w io.Writer, each func(func(jiqiao.AssignmentItem) error) error) error {
	if _, err := w.Write(utf8Mark); err != nil {
		return fmt.Errorf("start table: %w", err)
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	err := out.Write(assignmentColumns[:])
	if err == nil {
		err = each(func(item jiqiao.AssignmentItem) error { return out.Write(assignmentCells(item)) })
	}
	out.Flush()
	return errors.Join(err, out.Error())
}

func assignmentCells(item jiqiao.AssignmentItem) []string {
	benefit, score := "", ""
	if item.Outcome == jiqiao.OutcomePlaced {
		benefit, score = strconv.FormatFloat(item.Benefit, 'f', 3, 64), strconv.FormatFloat(item.Score, 'f', 3, 64)
	}
	cells := []string{
		item.Outcome.Label(), item.Need, item.Enterprise, item.Achievement, item.Organisation, item.Team, item.Broker,
		item.LevelLabel, benefit, score, place(item.NeedRank), place(item.AchievementRank), item.Text, item.NeedID, item.AchievementID,
	}
	for i := range cells {
		cells[i] = neutralise(clean(cells[i]))
	}
	return cells
}
