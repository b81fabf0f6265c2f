package intake

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"jiqiao"
	"jiqiao/store"
)

// faulty is a real store that fails where it is told.
type faulty struct {
	*store.Store
	preview func([]jiqiao.Record) error
	commit  func() error
	update  func(*jiqiao.Import) error
	org     func() error
}

func (f *faulty) PreviewMany(ctx context.Context, recs []jiqiao.Record) ([]jiqiao.PutResult, error) {
	if f.preview != nil {
		if err := f.preview(recs); err != nil {
			return nil, err
		}
	}
	return f.Store.PreviewMany(ctx, recs)
}

func (f *faulty) CommitStaged(ctx context.Context, id string, limit int) (jiqiao.Import, error) {
	if f.commit != nil {
		if err := f.commit(); err != nil {
			return jiqiao.Import{}, err
		}
	}
	return f.Store.CommitStaged(ctx, id, limit)
}

func (f *faulty) UpdateImport(ctx context.Context, imp *jiqiao.Import) error {
	if f.update != nil {
		if err := f.update(imp); err != nil {
			return err
		}
	}
	return f.Store.UpdateImport(ctx, imp)
}

func (f *faulty) PutOrganisation(ctx context.Context, org *jiqiao.Organisation) error {
	if f.org != nil {
		if err := f.org(); err != nil {
			return err
		}
	}
	return f.Store.PutOrganisation(ctx, org)
}

func openFaulty(t *testing.T) (*bench, *faulty) {
	t.Helper()
	f := &faulty{}
	b := open(t, t.TempDir(), func(o *Options) {
		f.Store = o.Store.(*store.Store)
		o.Store = f
	})
	return b, f
}

var errDown = errors.New("database is down")

// One row that the store refuses does not take the batch with it.
func TestStoreRefusesOneRow(t *testing.T) {
	b, f := openFaulty(t)
	f.preview = func(recs []jiqiao.Record) error {
		for _, r := range recs {
			if r.Head().Title == "需求二" {
				return jiqiao.Fail(jiqiao.CodeConflict, "统一社会信用代码已属于别的单位", nil)
			}
		}
		return nil
	}
	imp := b.imported(t, threeRows)
	if counts(imp) != [5]int{3, 2, 0, 0, 1} || len(imp.Errors) != 1 || imp.Errors[0].Row != 3 || imp.Errors[0].Message != "统一社会信用代码已属于别的单位" {
		t.Errorf("%v %v", counts(imp), imp.Errors)
	}
	// What only the store knew is in the workbook too.
	var book strings.Builder
	if err := b.ErrorBook(t.Context(), imp.ID, &book); err != nil || book.Len() == 0 {
		t.Errorf("%d bytes, %v", book.Len(), err)
	}
}

func TestStoreDownDuringPreview(t *testing.T) {
	b, f := openFaulty(t)
	f.preview = func([]jiqiao.Record) error { return errDown }
	imp, err := b.upload(t, jiqiao.KindNeed, threeRows, true)
	if !errors.Is(err, errDown) || jiqiao.CodeOf(err) != jiqiao.CodeInternal {
		t.Errorf("got %v", err)
	}
	if imp, err = b.GetImport(t.Context(), imp.ID); err != nil || imp.State != jiqiao.ImportFailed || imp.Message == "" || strings.Contains(imp.Message, "database") {
		t.Errorf("%+v %v", imp, err)
	}
	if exists(b.uploadPath(imp.ID)) {
		t.Error("the upload is still there")
	}
	f.preview = nil
	if imp := b.imported(t, threeRows); imp.Created != 3 {
		t.Errorf("afterwards: %v", counts(imp))
	}
}

// The store goes away during the commit: the import stays running, and the next sweep finishes it.
func TestStoreDownDuringCommit(t *testing.T) {
	for name, at := range map[string]int{"first": 1, "closing": 2} {
		t.Run(name, func(t *testing.T) {
			b, f := openFaulty(t)
			calls := 0
			f.commit = func() error {
				if calls++; calls == at {
					return jiqiao.Fail(jiqiao.CodeUnavailable, "数据库暂时不可用", errDown)
				}
				return nil
			}
			if _, err := b.upload(t, jiqiao.KindNeed, threeRows, true); jiqiao.CodeOf(err) != jiqiao.CodeUnavailable {
				t.Fatalf("got %v", err)
			}
			if err := b.sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			all, err := b.store.Imports(t.Context(), jiqiao.ImportDone, 10)
			// When nothing was written before the fault, it still counts as a preview, which waits to be committed.
			if at == 1 {
				if all, err = b.store.Imports(t.Context(), jiqiao.ImportPreviewed, 10); err == nil && len(all) == 1 {
					_, err = b.CommitImport(t.Context(), all[0].ID)
				}
			}
			if err != nil || len(all) != 1 || len(b.needs(t)) != 3 {
				t.Errorf("%+v %v", all, err)
			}
		})
	}
}

// The store came to refuse a staged row for good: the import ends with the reason instead of failing for ever.
func TestCommitBlocked(t *testing.T) {
	b, f := openFaulty(t)
	imp, err := b.upload(t, jiqiao.KindNeed, threeRows, false)
	if err != nil {
		t.Fatal(err)
	}
	f.commit = func() error { return jiqiao.Fail(jiqiao.CodeConflict, "代码已被占用", nil) }
	if _, err := b.CommitImport(t.Context(), imp.ID); jiqiao.CodeOf(err) != jiqiao.CodeConflict {
		t.Errorf("got %v", err)
	}
	if imp, err = b.GetImport(t.Context(), imp.ID); err != nil || imp.State != jiqiao.ImportFailed || !strings.Contains(imp.Message, "代码已被占用；已写入的行保留") {
		t.Errorf("%+v %v", imp, err)
	}
}

// Details of an organisation that the store refuses are left out; one that fails otherwise keeps the import open.
func TestOrganisationFaults(t *testing.T) {
	b, f := openFaulty(t)
	f.org = func() error { return jiqiao.Fail(jiqiao.CodeConflict, "内容已被他人修改", nil) }
	if imp := b.imported(t, threeRows); imp.State != jiqiao.ImportDone {
		t.Errorf("%+v", imp)
	}
	calls := 0
	f.org = func() error {
		if calls++; calls == 1 {
			return errDown
		}
		return nil
	}
	if _, err := b.upload(t, jiqiao.KindNeed, threeRows, true); !errors.Is(err, errDown) {
		t.Errorf("got %v", err)
	}
	if err := b.sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if org, err := b.store.GetOrganisation(t.Context(), b.needs(t)[0].Owner.ID); err != nil || org.Scale != "small" {
		t.Errorf("%+v %v", org, err)
	}
}

func TestReportCannotBeSaved(t *testing.T) {
	b, f := openFaulty(t)
	f.update = func(imp *jiqiao.Import) error {
		if imp.State == jiqiao.ImportPreviewed {
			return errDown
		}
		return nil
	}
	if _, err := b.upload(t, jiqiao.KindNeed, threeRows, true); !errors.Is(err, errDown) {
		t.Errorf("got %v", err)
	}
	if failed, err := b.store.Imports(t.Context(), jiqiao.ImportFailed, 10); err != nil || len(failed) != 1 {
		t.Errorf("%v %v", failed, err)
	}
}

// The disk does not take the file, or the commit's mark: a clear error, nothing half done.
func TestNoDisk(t *testing.T) {
	b := open(t, t.TempDir())
	imp, err := b.upload(t, jiqiao.KindNeed, threeRows, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(b.markPath(imp.ID), 0o700); err != nil { // where the mark would be made
		t.Fatal(err)
	}
	if _, err := b.CommitImport(t.Context(), imp.ID); jiqiao.CodeOf(err) != jiqiao.CodeUnavailable || len(b.needs(t)) != 0 {
		t.Errorf("got %v", err)
	}
	if err := os.RemoveAll(b.TempDir()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.upload(t, jiqiao.KindNeed, threeRows, true); jiqiao.CodeOf(err) != jiqiao.CodeUnavailable || !strings.Contains(err.Error(), "磁盘空间") {
		t.Errorf("got %v", err)
	}
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Options{Dir: filepath.Join(blocked, "imports")}); jiqiao.CodeOf(err) != jiqiao.CodeUnavailable {
		t.Errorf("a directory that cannot be made: %v", err)
	}
}

func TestErrorBookOfAFileThatIsGone(t *testing.T) {
	b := open(t, t.TempDir())
	imp := b.imported(t, "需求名称,单位名称\n一,\n")
	if err := os.Remove(b.uploadPath(imp.ID)); err != nil {
		t.Fatal(err)
	}
	if err := b.ErrorBook(t.Context(), imp.ID, &strings.Builder{}); jiqiao.CodeOf(err) != jiqiao.CodeNotFound || !strings.Contains(err.Error(), "已过保存期") {
		t.Errorf("got %v", err)
	}
}

// Many people import overlapping files at once: every record exists once.
func TestImportsAtOnce(t *testing.T) {
	b := open(t, t.TempDir(), func(o *Options) { o.Batch = 10 })
	const files, rows = 6, 40
	var wg sync.WaitGroup
	for range files {
		wg.Go(func() {
			if imp, err := b.upload(t, jiqiao.KindNeed, manyRows(rows), true); err != nil || imp.Total != rows || imp.Created+imp.Updated+imp.Unchanged != rows {
				t.Errorf("%v %v", counts(imp), err)
			}
		})
	}
	wg.Wait()
	if n := len(b.needs(t)); n != rows {
		t.Errorf("%d records of %d", n, rows)
	}
	if n, err := b.store.CountOrganisations(t.Context()); err != nil || n != 7 {
		t.Errorf("%d organisations of 7, %v", n, err)
	}
}

// A caller that gives up waits no longer for its turn.
func TestTurnsEnd(t *testing.T) {
	b := open(t, t.TempDir())
	for range atOnce {
		release, err := b.turn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer release()
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Import(ctx, jiqiao.ImportFile{Kind: jiqiao.KindNeed, Name: "x.csv", Commit: true}, nil); jiqiao.CodeOf(err) != jiqiao.CodeTimeout {
		t.Errorf("got %v", err)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	b := open(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- b.Run(ctx) }()
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
