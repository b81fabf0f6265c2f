package sheet

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"jiqiao"
)

func decisionSeq(decisions []jiqiao.Decision, last error) iter.Seq2[jiqiao.Decision, error] {
	return func(yield func(jiqiao.Decision, error) bool) {
		for _, d := range decisions {
			if !yield(d, nil) {
				return
			}
		}
		if last != nil {
			yield(jiqiao.Decision{}, last)
		}
	}
}

func titleOf(_ context.Context, kind jiqiao.Kind, id string) (string, error) {
	if id == "a_gone" {
		return "", nil
	}
	return kind.Label() + " " + id, nil
}

func TestExportDecisions(t *testing.T) {
	at := time.Date(2026, 11, 22, 18, 30, 0, 0, time.UTC)
	decisions := []jiqiao.Decision{
		{ID: "d_1", NeedID: "n_1", AchievementID: "a_1", Verb: jiqiao.VerbReject, Reason: "field", Note: "=HYPERLINK(\"x\")\x01",
			Rank: 2, Shown: 10, Score: 0.5, Level: jiqiao.LevelFair, Model: "v1", By: "张三", DecidedAt: at},
		{ID: "d_2", NeedID: "n_1", AchievementID: "a_gone", Verb: jiqiao.VerbAccept, By: "李四", DecidedAt: at, WithdrawnAt: &at},
	}
	var file bytes.Buffer
	if err := ExportDecisions(t.Context(), &file, decisionSeq(decisions, nil), titleOf); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	rows, err := book.GetRows("对接决定")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		decisionColumns[:],
		{"2026-11-23 02:30:00", "张三", "不采纳", "领域不符", "'=HYPERLINK(\"x\")", "技术需求 n_1", "科技成果 a_1", "较强", "0.500", "2", "10", "v1", "", "n_1", "a_1", "d_1"},
		{"2026-11-23 02:30:00", "李四", "采纳", "", "", "技术需求 n_1", "", "", "0.000", "", "", "", "2026-11-23 02:30:00", "n_1", "a_gone", "d_2"},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("sheet (-want +got):\n%s", diff)
	}
}

func TestExportDecisionsStopsAtAnError(t *testing.T) {
	broken := errors.New("broken")
	failing := func(context.Context, jiqiao.Kind, string) (string, error) { return "", broken }
	one := []jiqiao.Decision{{ID: "d_1"}}
	for name, err := range map[string]error{
		"sequence": ExportDecisions(t.Context(), &bytes.Buffer{}, decisionSeq(one, broken), titleOf),
		"title":    ExportDecisions(t.Context(), &bytes.Buffer{}, decisionSeq(one, nil), failing),
	} {
		if !errors.Is(err, broken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
