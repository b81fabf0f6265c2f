package storetest

import (
	"fmt"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

func importTests() map[string]func(*env) {
	return map[string]func(*env){
		"ImportRoundTrip":          importRoundTrip,
		"StagedRowsCommitOnce":     stagedRowsCommitOnce,
		"CommitResumesElsewhere":   commitResumesElsewhere,
		"CommitCountsWhatHappened": commitCountsWhatHappened,
		"PreviewsExpire":           previewsExpire,
		"StagingNeedsAnImport":     stagingNeedsAnImport,
	}
}

func importRoundTrip(e *env) {
	imp := &jiqiao.Import{Kind: jiqiao.KindNeed, FileName: "需求\x00表.xlsx"}
	e.must(e.CreateImport(e.ctx, imp))
	if imp.State != jiqiao.ImportRunning || len(imp.ID) != 22 || !imp.CreatedAt.Equal(e.clock.Now().Truncate(time.Microsecond)) {
		e.t.Errorf("created %+v", imp)
	}
	imp.Total, imp.Failed = 2, 2
	imp.Errors = []jiqiao.CellError{{Row: 3, Column: "预算", Message: "看不懂这个金额", Value: "五十<万>"}}
	imp.Warnings = []jiqiao.CellError{{Row: 4, Column: "手机", Message: "请核对", Value: "12345"}}
	imp.MoreWarnings = 3
	done := e.clock.Now().UTC().Truncate(time.Microsecond)
	imp.State, imp.FinishedAt, imp.Message = jiqiao.ImportFailed, &done, "没有一行可以导入"
	e.must(e.UpdateImport(e.ctx, imp))
	got, err := e.GetImport(e.ctx, imp.ID)
	e.must(err)
	if diff := cmp.Diff(*imp, got); diff != "" {
		e.t.Errorf("read differs:\n%s", diff)
	}
	second := &jiqiao.Import{Kind: jiqiao.KindAchievement}
	e.must(e.CreateImport(e.ctx, second))
	for _, c := range []struct {
		state jiqiao.ImportState
		limit int
		want  []string
	}{
		{"", 10, []string{second.ID, imp.ID}}, {"", 1, []string{second.ID}}, {jiqiao.ImportRunning, 10, []string{second.ID}},
		{jiqiao.ImportDone, 10, nil},
	} {
		found, err := e.Imports(e.ctx, c.state, c.limit)
		e.must(err)
		var ids []string
		for _, imp := range found {
			ids = append(ids, imp.ID)
		}
		if diff := cmp.Diff(c.want, ids); diff != "" {
			e.t.Errorf("%+v (-want +got):\n%s", c, diff)
		}
	}
	_, err = e.GetImport(e.ctx, "i_00000000000000000000")
	e.fails(jiqiao.CodeNotFound, err)
	e.fails(jiqiao.CodeNotFound, e.UpdateImport(e.ctx, &jiqiao.Import{ID: "i_00000000000000000000"}))
}

// preview stages n needs of one company, in rows 2 to n+1, as a previewed import.
func (e *env) preview(n int) *jiqiao.Import {
	e.t.Helper()
	imp := &jiqiao.Import{Kind: jiqiao.KindNeed, FileName: "需求.xlsx", Total: n + 1, Created: n, Failed: 1}
	e.must(e.CreateImport(e.ctx, imp))
	var rows []jiqiao.StagedRow
	for i := range n {
		rows = append(rows, jiqiao.StagedRow{Row: i + 2, Record: Need("甲公司", fmt.Sprintf("需求 %d", i))})
	}
	e.must(e.StageRows(e.ctx, imp.ID, rows))
	imp.State = jiqiao.ImportPreviewed
	e.must(e.UpdateImport(e.ctx, imp))
	return imp
}

func stagedRowsCommitOnce(e *env) {
	imp := e.preview(5)
	again := []jiqiao.StagedRow{{Row: 2, Record: Need("甲公司", "需求 0")}}
	e.must(e.StageRows(e.ctx, imp.ID, again)) // read again after a crash
	rows, err := e.StagedRows(e.ctx, imp.ID, 2, 3)
	e.must(err)
	if len(rows) != 3 || rows[0].Row != 3 || rows[0].Record.Head().Title != "需求 1" {
		e.t.Errorf("staged: %+v", rows)
	}
	var got jiqiao.Import
	for range 3 {
		got, err = e.CommitStaged(e.ctx, imp.ID, 2)
		e.must(err)
	}
	if got.State != jiqiao.ImportDone || got.Created != 5 || got.Failed != 1 || got.Total != 6 || got.FinishedAt == nil {
		e.t.Errorf("after the commit: %+v", got)
	}
	_, err = e.CommitStaged(e.ctx, imp.ID, 2)
	e.fails(jiqiao.CodeConflict, err)
	if n, err := e.Count(e.ctx, jiqiao.KindNeed); n != 5 || err != nil || e.lastSeq() != 5 {
		e.t.Errorf("%d needs, %v, seq %d", n, err, e.lastSeq())
	}
	rows, err = e.StagedRows(e.ctx, imp.ID, 0, 10)
	if e.must(err); len(rows) != 0 {
		e.t.Errorf("rows stay on the stage: %+v", rows)
	}
}

func commitResumesElsewhere(e *env) {
	imp := e.preview(5)
	first, err := e.CommitStaged(e.ctx, imp.ID, 3)
	e.must(err)
	if first.State != jiqiao.ImportRunning || first.Created != 3 {
		e.t.Errorf("half-way: %+v", first)
	}
	e.must(e.Close())
	next := e.another()
	cut, err := next.Imports(e.ctx, jiqiao.ImportRunning, 10)
	e.must(err)
	if len(cut) != 1 || cut[0].ID != imp.ID {
		e.t.Fatalf("to resume: %+v", cut)
	}
	last, err := next.CommitStaged(e.ctx, imp.ID, 3)
	e.must(err)
	n, err := next.Count(e.ctx, jiqiao.KindNeed)
	e.must(err)
	if last.State != jiqiao.ImportDone || last.Created != 5 || n != 5 {
		e.t.Errorf("%d needs after %+v", n, last)
	}
}

func commitCountsWhatHappened(e *env) {
	e.put(Need("甲公司", "需求 0"))
	changed := Need("甲公司", "需求 1")
	changed.Background = "改过"
	e.put(changed)
	imp := e.preview(4) // the preview foretold 4 new ones
	got, err := e.CommitStaged(e.ctx, imp.ID, 100)
	e.must(err)
	if got.Created != 2 || got.Updated != 1 || got.Unchanged != 1 || got.State != jiqiao.ImportDone {
		e.t.Errorf("counted %+v", got)
	}
}

func previewsExpire(e *env) {
	old := e.preview(2)
	e.clock.Advance(time.Hour)
	fresh := e.preview(2)
	n, err := e.ExpirePreviews(e.ctx, e.clock.Now().Add(-time.Minute))
	e.must(err)
	got, err := e.GetImport(e.ctx, old.ID)
	e.must(err)
	if n != 1 || got.State != jiqiao.ImportFailed || got.Message == "" || got.FinishedAt == nil {
		e.t.Errorf("%d expired, %+v", n, got)
	}
	_, err = e.CommitStaged(e.ctx, old.ID, 10)
	e.fails(jiqiao.CodeConflict, err)
	_, err = e.CommitStaged(e.ctx, fresh.ID, 10)
	e.must(err)
	third := e.preview(2)
	e.must(e.DropStaged(e.ctx, third.ID))
	if rows, err := e.StagedRows(e.ctx, third.ID, 0, 10); err != nil || len(rows) != 0 {
		e.t.Errorf("dropped rows stay: %v, %v", rows, err)
	}
}

func stagingNeedsAnImport(e *env) {
	rows := []jiqiao.StagedRow{{Row: 2, Record: Need("甲公司", "无处可放")}}
	for _, id := range []string{"i_00000000000000000000", "", "\x00"} {
		e.fails(jiqiao.CodeNotFound, e.StageRows(e.ctx, id, rows))
		_, err := e.StagedRows(e.ctx, id, 0, 1)
		e.fails(jiqiao.CodeNotFound, err)
		_, err = e.CommitStaged(e.ctx, id, 1)
		e.fails(jiqiao.CodeNotFound, err)
	}
}
