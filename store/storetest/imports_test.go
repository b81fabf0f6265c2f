package storetest

import (
	"errors"
	"fmt"
	"slices"
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
		"StoppedIsGoneOnWith":      stoppedIsGoneOnWith,
		"StoppedIsGivenUp":         stoppedIsGivenUp,
		"StopWhileWriting":         stopWhileWriting,
		"CancelledChecksStaySo":    cancelledChecksStaySo,
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

func stoppedIsGoneOnWith(e *env) {
	imp := e.preview(5)
	_, err := e.StopImport(e.ctx, imp.ID)
	e.fails(jiqiao.CodeConflict, err) // nothing is being written yet
	_, err = e.CommitStaged(e.ctx, imp.ID, 2)
	e.must(err)
	stopped, err := e.StopImport(e.ctx, imp.ID)
	e.must(err)
	if stopped.State != jiqiao.ImportStopped || stopped.Created != 2 || stopped.FinishedAt != nil {
		e.t.Errorf("stopped: %+v", stopped)
	}
	if _, err = e.CommitStaged(e.ctx, imp.ID, 2); !errors.Is(err, jiqiao.ErrImportStopped) || jiqiao.CodeOf(err) != jiqiao.CodeConflict {
		e.t.Errorf("rows of a stopped import: %v", err)
	}
	_, err = e.StopImport(e.ctx, imp.ID)
	e.fails(jiqiao.CodeConflict, err)
	resumed, err := e.ResumeImport(e.ctx, imp.ID, false)
	e.must(err)
	if resumed.State != jiqiao.ImportRunning || resumed.Dropped != 0 {
		e.t.Errorf("resumed: %+v", resumed)
	}
	_, err = e.ResumeImport(e.ctx, imp.ID, false) // once
	e.fails(jiqiao.CodeConflict, err)
	done, err := e.CommitStaged(e.ctx, imp.ID, 10)
	e.must(err)
	if n, err := e.Count(e.ctx, jiqiao.KindNeed); done.State != jiqiao.ImportDone || done.Created != 5 || n != 5 || err != nil || e.lastSeq() != 5 {
		e.t.Errorf("%d needs, %v, after %+v", n, err, done)
	}
	_, err = e.StopImport(e.ctx, imp.ID)
	e.fails(jiqiao.CodeConflict, err)
	for _, id := range []string{"i_00000000000000000000", ""} {
		_, err = e.StopImport(e.ctx, id)
		e.fails(jiqiao.CodeNotFound, err)
		_, err = e.ResumeImport(e.ctx, id, true)
		e.fails(jiqiao.CodeNotFound, err)
	}
}

func stoppedIsGivenUp(e *env) {
	imp := e.preview(5)
	_, err := e.CommitStaged(e.ctx, imp.ID, 2)
	e.must(err)
	_, err = e.StopImport(e.ctx, imp.ID)
	e.must(err)
	rest, err := e.ResumeImport(e.ctx, imp.ID, true)
	e.must(err)
	if rest.State != jiqiao.ImportRunning || rest.Dropped != 3 {
		e.t.Errorf("given up: %+v", rest)
	}
	done, err := e.CommitStaged(e.ctx, imp.ID, 1)
	e.must(err)
	n, err := e.Count(e.ctx, jiqiao.KindNeed)
	e.must(err)
	if done.State != jiqiao.ImportDone || done.Created != 2 || done.Dropped != 3 || done.Created+done.Failed+done.Dropped != done.Total || n != 2 {
		e.t.Errorf("%d needs after %+v", n, done)
	}
	left := e.preview(4)
	_, err = e.CommitStaged(e.ctx, left.ID, 1)
	e.must(err)
	_, err = e.StopImport(e.ctx, left.ID)
	e.must(err)
	_, err = e.ExpirePreviews(e.ctx, e.clock.Now().Add(time.Hour))
	e.must(err)
	got, err := e.GetImport(e.ctx, left.ID)
	e.must(err)
	if got.State != jiqiao.ImportDone || got.Dropped != 3 || got.Message == "" || got.FinishedAt == nil {
		e.t.Errorf("nobody came back to %+v", got)
	}
	if !slices.Contains(e.audited(), "import.drop") {
		e.t.Error("what was given up is not in the audit")
	}
}

// A large import is stopped while it is written: whatever was written is counted, and once, and the rest is there.
func stopWhileWriting(e *env) {
	const rows = 1200
	imp := e.preview(rows)
	begun, ended := make(chan struct{}), make(chan error)
	go func() {
		for n := 0; ; n++ {
			_, err := e.CommitStaged(e.ctx, imp.ID, 20)
			if n == 2 {
				close(begun)
			}
			if err != nil {
				ended <- err
				return
			}
		}
	}()
	<-begun
	stopped, err := e.StopImport(e.ctx, imp.ID)
	e.must(err)
	if err := <-ended; !errors.Is(err, jiqiao.ErrImportStopped) {
		e.t.Fatal(err)
	}
	staged, err := e.StagedRows(e.ctx, imp.ID, 0, rows)
	e.must(err)
	n, err := e.Count(e.ctx, jiqiao.KindNeed)
	e.must(err)
	if n == 0 || n == rows || stopped.Created != n || len(staged) != rows-n {
		e.t.Errorf("%d written, %d counted, %d left", n, stopped.Created, len(staged))
	}
	_, err = e.ResumeImport(e.ctx, imp.ID, false)
	e.must(err)
	done, err := e.CommitStaged(e.ctx, imp.ID, rows)
	e.must(err)
	if done.Created != rows || e.lastSeq() != rows {
		e.t.Errorf("%d changes, %+v", e.lastSeq(), done)
	}
}

func cancelledChecksStaySo(e *env) {
	imp := &jiqiao.Import{Kind: jiqiao.KindNeed, State: jiqiao.ImportChecking, Key: "k"}
	e.must(e.CreateImport(e.ctx, imp))
	e.must(e.StageRows(e.ctx, imp.ID, []jiqiao.StagedRow{{Row: 2, Record: Need("甲公司", "一")}}))
	_, err := e.CommitStaged(e.ctx, imp.ID, 1)
	e.fails(jiqiao.CodeConflict, err)
	_, err = e.StopImport(e.ctx, imp.ID)
	e.must(err)
	imp.State = jiqiao.ImportPreviewed // by who does not know yet
	e.fails(jiqiao.CodeConflict, e.UpdateImport(e.ctx, imp))
	got, err := e.GetImport(e.ctx, imp.ID)
	e.must(err)
	rows, err := e.StagedRows(e.ctx, imp.ID, 0, 10)
	e.must(err)
	if got.State != jiqiao.ImportFailed || got.Message == "" || got.Key != "k" || len(rows) != 0 {
		e.t.Errorf("%d rows staged for %+v", len(rows), got)
	}
	left := &jiqiao.Import{Kind: jiqiao.KindNeed, State: jiqiao.ImportChecking}
	e.must(e.CreateImport(e.ctx, left))
	if n, err := e.ExpirePreviews(e.ctx, e.clock.Now().Add(time.Hour)); n != 1 || err != nil {
		e.t.Errorf("%d expired, %v", n, err)
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
