package sheet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"jiqiao"
)

// decisionColumns are the titles of the workbook of decisions. It is for reading; it is not imported.
var decisionColumns = [...]string{
	"决定时间", "决定人", "决定", "原因", "备注", "技术需求", "科技成果", "匹配等级", "得分", "名次", "展示条数", "模型", "撤回时间",
	"需求编号", "成果编号", "决定编号",
}

var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// ExportDecisions writes decisions as xlsx. title names a record by its id, "" for one that is gone. The first error of
// the sequence ends the export and is returned.
func ExportDecisions(ctx context.Context, w io.Writer, decisions iter.Seq2[jiqiao.Decision, error],
	title func(ctx context.Context, kind jiqiao.Kind, id string) (string, error),
) error {
	x := &xlsxWriter{w: w, book: excelize.NewFile()}
	write := func() error {
		if err := x.startPlain("对接决定", decisionColumns[:]); err != nil {
			return fmt.Errorf("start workbook: %w", err)
		}
		for d, err := range decisions {
			if err != nil {
				return err
			}
			need, err := title(ctx, jiqiao.KindNeed, d.NeedID)
			if err != nil {
				return err
			}
			achievement, err := title(ctx, jiqiao.KindAchievement, d.AchievementID)
			if err != nil {
				return err
			}
			if err := x.row(decisionCells(d, need, achievement), x.styles.text); err != nil {
				return fmt.Errorf("write decision %s: %w", d.ID, err)
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

// startPlain begins a workbook of one sheet without guide and drop-downs.
func (x *xlsxWriter) startPlain(name string, titles []string) error {
	layout := make([]sheetColumn, len(titles))
	for i, t := range titles {
		layout[i].title = t
	}
	err := errors.Join(x.book.SetSheetName("Sheet1", name), x.makeStyles())
	if err != nil {
		return err
	}
	if x.stream, err = x.book.NewStreamWriter(name); err != nil {
		return err
	}
	return x.writeTitles(layout)
}

func decisionCells(d jiqiao.Decision, need, achievement string) []string {
	level, withdrawn := "", ""
	if d.Level > 0 {
		level = d.Level.Label()
	}
	if d.WithdrawnAt != nil {
		withdrawn = d.WithdrawnAt.In(shanghai).Format(time.DateTime)
	}
	cells := []string{
		d.DecidedAt.In(shanghai).Format(time.DateTime), d.By, d.Verb.Label(), jiqiao.CodeLabel("rejection", d.Reason), d.Note,
		need, achievement, level, strconv.FormatFloat(d.Score, 'f', 3, 64), place(d.Rank), place(d.Shown), d.Model, withdrawn,
		d.NeedID, d.AchievementID, d.ID,
	}
	for i := range cells {
		cells[i] = neutralise(clean(cells[i]))
	}
	return cells
}

// place is a rank or a count, empty when it is 0, which stands for unknown.
func place(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
