package intake

import (
	"context"
	"os"
	"strings"
	"testing"

	"jiqiao"
	"jiqiao/store/storetest"
)

// stopped imports a large file that is stopped on the way, and returns the report.
func stopped(t *testing.T, rows int) (*bench, jiqiao.Import) {
	t.Helper()
	var b *bench
	b = open(t, t.TempDir(), func(o *Options) {
		o.Progress = func(id string, done, _ int) {
			imp, err := b.GetImport(t.Context(), id)
			if err == nil && imp.State == jiqiao.ImportRunning && done > rows/4 && imp.Created < rows/2 {
				_, err = b.StopImport(t.Context(), id)
			}
			if err != nil {
				t.Error(err)
			}
		}
	})
	imp := b.imported(t, manyRows(rows))
	if imp.State != jiqiao.ImportStopped || imp.Created <= rows/4 || imp.Created >= rows/2 || imp.FinishedAt != nil {
		t.Fatalf("%+v", imp)
	}
	if n := len(b.needs(t)); n != imp.Created {
		t.Errorf("%d records, %d counted", n, imp.Created)
	}
	return b, imp
}

func TestStoppedImportIsGoneOnWith(t *testing.T) {
	const rows = 1200
	b, imp := stopped(t, rows)
	if err := b.sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if now, err := b.GetImport(t.Context(), imp.ID); err != nil || now.State != jiqiao.ImportStopped {
		t.Fatalf("nobody asked for it: %+v %v", now, err)
	}
	again := open(t, b.dir) // also after a restart
	done, err := again.CommitImport(t.Context(), imp.ID)
	if err != nil || done.State != jiqiao.ImportDone || counts(done) != [5]int{rows, rows, 0, 0, 0} || done.Dropped != 0 {
		t.Fatalf("%+v %v", done, err)
	}
	needs := again.needs(t)
	for _, n := range needs {
		if n.Version != 1 {
			t.Errorf("%s was written %d times", n.Title, n.Version)
		}
	}
	if org, err := again.store.GetOrganisation(t.Context(), needs[0].Owner.ID); err != nil || org.Products == "" || len(needs) != rows {
		t.Errorf("%d records; the details of the organisation: %+v %v", len(needs), org, err)
	}
}

func TestTheRestIsGivenUp(t *testing.T) {
	const rows = 1200
	b, imp := stopped(t, rows)
	done, err := b.DropRest(t.Context(), imp.ID)
	if err != nil || done.State != jiqiao.ImportDone || done.Created != imp.Created || done.Created+done.Dropped != rows {
		t.Fatalf("%+v %v", done, err)
	}
	needs := b.needs(t)
	if org, err := b.store.GetOrganisation(t.Context(), needs[0].Owner.ID); err != nil || org.Products == "" || len(needs) != imp.Created {
		t.Errorf("%d records; the details of what was written: %+v %v", len(needs), org, err)
	}
	for what, act := range map[string]func(context.Context, string) (jiqiao.Import, error){"stop": b.StopImport, "drop": b.DropRest, "commit": b.CommitImport} {
		if _, err := act(t.Context(), imp.ID); jiqiao.CodeOf(err) != jiqiao.CodeConflict {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestACheckIsCancelled(t *testing.T) {
	var b *bench
	b = open(t, t.TempDir(), func(o *Options) {
		o.Batch = 20
		o.Progress = func(id string, done, _ int) {
			if imp, err := b.GetImport(t.Context(), id); err == nil && imp.State == jiqiao.ImportChecking && done == 40 {
				_, err = b.StopImport(t.Context(), id)
				if err != nil {
					t.Error(err)
				}
			}
		}
	})
	imp, err := b.upload(t, jiqiao.KindNeed, manyRows(100), true)
	if jiqiao.CodeOf(err) != jiqiao.CodeConflict {
		t.Errorf("got %v", err)
	}
	if imp, err = b.GetImport(t.Context(), imp.ID); err != nil || imp.State != jiqiao.ImportFailed || !strings.Contains(imp.Message, "已取消") {
		t.Errorf("%+v %v", imp, err)
	}
	rows, err := b.store.StagedRows(t.Context(), imp.ID, 0, 10)
	if err != nil || len(rows) != 0 || exists(b.uploadPath(imp.ID)) || len(b.needs(t)) != 0 {
		t.Errorf("something stays: %v %v", rows, err)
	}
}

// cutOff sends a file as the viewer to a service whose store goes down with it.
func cutOff(t *testing.T, b *bench, f *faulty, v jiqiao.Viewer, content string) jiqiao.Import {
	t.Helper()
	f.update = func(*jiqiao.Import) error { return errDown }
	imp, err := b.send(t, v, jiqiao.KindNeed, content, false)
	f.update = nil
	if err == nil {
		t.Fatal("it was not cut off")
	}
	if imp, err = b.store.GetImport(t.Context(), imp.ID); err != nil || imp.State != jiqiao.ImportChecking {
		t.Fatalf("%+v %v", imp, err)
	}
	return imp
}

func (b *bench) swept(t *testing.T, id string) jiqiao.Import {
	t.Helper()
	if err := b.sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	imp, err := b.store.GetImport(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return imp
}

// What a check finds again is what its sender would have found: the rows become the sender's, and no others are reached.
func TestAChecksSenderStays(t *testing.T) {
	b, f := openFaulty(t)
	b.imported(t, "需求名称,单位名称,主要技术难题\n共有的题目,甲公司,甲的难题\n")
	v := b.member(t, "乙公司")
	v.User = storetest.Person(t, b.store, "yi", func(u *jiqiao.User) { u.Role, u.OrganisationID = v.Role, v.Organisation })
	file := "需求名称,单位名称,主要技术难题,拟投入资金\n共有的题目,甲公司,乙的难题,\n坏的,乙公司,二,好多\n"
	cut := cutOff(t, b, f, v, file)
	again := b.swept(t, cut.ID)
	if again.State != jiqiao.ImportPreviewed || counts(again) != [5]int{2, 1, 0, 0, 1} || again.Organisation != v.Organisation || again.User != v.User ||
		!again.CreatedAt.Equal(cut.CreatedAt) || len(again.Errors) != 1 || len(again.Warnings) == 0 {
		t.Fatalf("%+v", again)
	}
	if _, err := b.CommitImport(as(t, v), cut.ID); err != nil {
		t.Fatal(err)
	}
	if needs := b.needs(t); len(needs) != 2 || needs[0].Problem != "甲的难题" || needs[1].Owner.ID != v.Organisation || needs[1].Status != jiqiao.StatusPending {
		t.Errorf("%+v", needs)
	}

	operator := jiqiao.Viewer{Role: jiqiao.RoleOperator, Region: "320900"}
	operator.User = storetest.Person(t, b.store, "op", func(u *jiqiao.User) { u.Role, u.Region = operator.Role, operator.Region })
	cut = cutOff(t, b, f, operator, "需求名称,单位名称,主要技术难题,所在地\n本地的,丙公司,一,大丰\n外地的,丁公司,二,苏州\n")
	if again = b.swept(t, cut.ID); again.State != jiqiao.ImportPreviewed || counts(again) != [5]int{2, 1, 0, 0, 1} || again.User != operator.User {
		t.Errorf("%+v", again)
	}
	cut = cutOff(t, b, f, jiqiao.Viewer{}, "需求名称,单位名称,主要技术难题,所在地\n外地的,丁公司,二,苏州\n")
	if again = b.swept(t, cut.ID); again.State != jiqiao.ImportPreviewed || counts(again) != [5]int{1, 1, 0, 0, 0} {
		t.Errorf("the command line: %+v", again)
	}
}

func TestChecksThatAreNotDoneAgain(t *testing.T) {
	const file = "需求名称,单位名称,主要技术难题\n一,乙公司,二\n"
	b, f := openFaulty(t)
	v := b.member(t, "乙公司")
	other := b.member(t, "丙公司")
	moved, gone := v, v
	moved.User = storetest.Person(t, b.store, "moved", func(u *jiqiao.User) { u.Role, u.OrganisationID = v.Role, other.Organisation })
	gone.User = storetest.Person(t, b.store, "gone", func(u *jiqiao.User) {
		u.Role, u.OrganisationID, u.State = v.Role, v.Organisation, jiqiao.UserDisabled
	})
	for name, c := range map[string]struct {
		sender jiqiao.Viewer
		tries  string
		said   string
	}{
		"whoever left the organisation": {moved, "", "已不在原来的单位"}, "a closed account": {gone, "", "已停用"},
		"a file that brings it down": {jiqiao.Viewer{}, "xxx", "几次中断"},
	} {
		cut := cutOff(t, b, f, c.sender, file)
		if err := os.WriteFile(b.triesPath(cut.ID), []byte(c.tries), 0o600); err != nil {
			t.Fatal(err)
		}
		if again := b.swept(t, cut.ID); again.State != jiqiao.ImportFailed || !strings.Contains(again.Message, c.said) || exists(b.uploadPath(cut.ID)) {
			t.Errorf("%s: %+v", name, again)
		}
	}
	// One that somebody is at, here or in another process, is left alone.
	cut := cutOff(t, b, f, v, file)
	held, err := lock(b.uploadPath(cut.ID))
	if err != nil {
		t.Fatal(err)
	}
	if left := b.swept(t, cut.ID); left.State != jiqiao.ImportChecking {
		t.Errorf("%+v", left)
	}
	_ = held.Close()
	// At the end of the process it waits for the next start.
	ctx, cancel := context.WithCancel(t.Context())
	b.ready = func(context.Context) error { cancel(); return ctx.Err() }
	_ = b.sweep(ctx)
	if left, err := b.store.GetImport(t.Context(), cut.ID); err != nil || left.State != jiqiao.ImportChecking || !exists(b.uploadPath(cut.ID)) {
		t.Errorf("%+v %v", left, err)
	}
}
