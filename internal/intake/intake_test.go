package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/xuri/excelize/v2"

	"jiqiao"
	"jiqiao/internal/sheet"
	"jiqiao/store"
)

// bench is a service on a real store in a folder of its own.
type bench struct {
	*Service
	store *store.Store
	dir   string
}

func open(t testing.TB, dir string, change ...func(*Options)) *bench {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	st, err := store.Open(context.Background(), store.Config{URL: "sqlite://" + filepath.Join(dir, "jiqiao.db"), Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	o := Options{Store: st, Dir: filepath.Join(dir, "imports"), Log: log}
	for _, c := range change {
		c(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return &bench{s, st, dir}
}

func (b *bench) upload(t testing.TB, kind jiqiao.Kind, content string, commit bool) (jiqiao.Import, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "upload")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return b.Import(t.Context(), jiqiao.ImportFile{Kind: kind, Name: "需求.csv", Commit: commit}, f)
}

func (b *bench) imported(t testing.TB, content string) jiqiao.Import {
	t.Helper()
	imp, err := b.upload(t, jiqiao.KindNeed, content, true)
	if err != nil {
		t.Fatal(err)
	}
	return imp
}

// counts is total, created, updated, unchanged, failed.
func counts(imp jiqiao.Import) [5]int {
	return [5]int{imp.Total, imp.Created, imp.Updated, imp.Unchanged, imp.Failed}
}

func (b *bench) needs(t testing.TB) []*jiqiao.Need {
	t.Helper()
	var all []*jiqiao.Need
	err := b.store.Each(t.Context(), jiqiao.KindNeed, "", func(r jiqiao.Record) error {
		all = append(all, r.(*jiqiao.Need))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

const threeRows = "需求名称,单位名称,统一社会信用代码,主要技术难题,企业规模,单位地址,手机,所在地\n" +
	"需求一,甲公司,91440300708461136T,难题一,小型,一号路,13800138000,盐城\n" +
	"需求二,甲公司,91440300708461136T,难题二,,,13800138000,盐城\n" +
	"需求三,乙公司,,难题三,中型,,,\n"

func TestPreviewThenCommit(t *testing.T) {
	b := open(t, t.TempDir())
	imp, err := b.upload(t, jiqiao.KindNeed, threeRows, false)
	if err != nil {
		t.Fatal(err)
	}
	if imp.State != jiqiao.ImportPreviewed || counts(imp) != [5]int{3, 3, 0, 0, 0} || imp.FileName != "需求.csv" {
		t.Fatalf("preview: %+v", imp)
	}
	if n, err := b.store.Count(t.Context(), jiqiao.KindNeed); err != nil || n != 0 {
		t.Fatalf("a preview wrote %d records, %v", n, err)
	}

	// The commit comes after a restart.
	again := open(t, b.dir)
	imp, err = again.CommitImport(t.Context(), imp.ID)
	if err != nil {
		t.Fatal(err)
	}
	if imp.State != jiqiao.ImportDone || counts(imp) != [5]int{3, 3, 0, 0, 0} || imp.FinishedAt == nil {
		t.Fatalf("commit: %+v", imp)
	}
	needs := again.needs(t)
	if len(needs) != 3 || needs[0].Status != jiqiao.StatusPublished || needs[0].Owner.ID != needs[1].Owner.ID {
		t.Fatalf("%+v", needs)
	}
	org, err := again.store.GetOrganisation(t.Context(), needs[0].Owner.ID)
	if err != nil {
		t.Fatal(err)
	}
	want := jiqiao.Organisation{Name: "甲公司", CreditCode: "91440300708461136T", Kind: jiqiao.OrganisationEnterprise, Scale: "small", Address: "一号路",
		Region: "320900", Contact: jiqiao.Contact{Mobile: "13800138000"}}
	if diff := cmp.Diff(want, org, cmpopts.IgnoreFields(org, "ID", "Version", "CreatedAt", "UpdatedAt")); diff != "" {
		t.Error(diff)
	}
	if _, err := again.CommitImport(t.Context(), imp.ID); jiqiao.CodeOf(err) != jiqiao.CodeConflict {
		t.Errorf("a second commit: %v", err)
	}
	if _, err := again.CommitImport(t.Context(), "i_00000000000000000000"); jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
		t.Errorf("an unknown import: %v", err)
	}
}

func TestRepeatChangesNothing(t *testing.T) {
	b := open(t, t.TempDir())
	b.imported(t, threeRows)
	seq, err := b.store.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	org, err := b.store.GetOrganisation(t.Context(), b.needs(t)[0].Owner.ID)
	if err != nil {
		t.Fatal(err)
	}
	imp := b.imported(t, threeRows)
	if counts(imp) != [5]int{3, 0, 0, 3, 0} {
		t.Errorf("repeat: %v", counts(imp))
	}
	if now, err := b.store.LastSeq(t.Context()); err != nil || now != seq {
		t.Errorf("the change log grew from %d to %d, %v", seq, now, err)
	}
	if now, err := b.store.GetOrganisation(t.Context(), org.ID); err != nil || now.Version != org.Version {
		t.Errorf("the organisation went from version %d to %d, %v", org.Version, now.Version, err)
	}
}

func TestUpdateKeepsWhatTheFileLacks(t *testing.T) {
	b := open(t, t.TempDir())
	b.imported(t, threeRows)
	paused := b.needs(t)[0]
	paused.Status, paused.Foundation = jiqiao.StatusPaused, "已有产线"
	if err := b.store.Put(t.Context(), paused); err != nil {
		t.Fatal(err)
	}
	// Known by its credit code though the name is written otherwise; spaces in the title make no difference.
	imp := b.imported(t, "需求名称,单位名称,统一社会信用代码,主要技术难题\n 需求一 ,甲公司（盐城）,91440300708461136T,新的难题\n")
	if counts(imp) != [5]int{1, 0, 1, 0, 0} {
		t.Errorf("update: %v", counts(imp))
	}
	got := b.needs(t)[0]
	if got.Problem != "新的难题" || got.Foundation != "已有产线" || got.Status != jiqiao.StatusPaused || got.Contact.Mobile != "13800138000" || got.Owner.Name != "甲公司" || got.Version != 3 {
		t.Errorf("%+v", got)
	}
}

func TestEmptyCellsKeepWhatIsThere(t *testing.T) {
	b := open(t, t.TempDir())
	const columns = "需求名称,单位名称,主要技术难题,关键词,拟投入资金,期望完成时间,是否揭榜挂帅,联系人,手机,邮箱,有效期\n"
	b.imported(t, columns+"需求一,甲公司,难题一,密封；润滑,50,2027-06-30,是,王工,13800138000,wang@example.com,2027-12-31\n")
	was := b.needs(t)[0]
	if imp := b.imported(t, columns+"需求一,甲公司,, ,,,,,,,\n"); counts(imp) != [5]int{1, 0, 0, 1, 0} {
		t.Errorf("empty cells: %v", counts(imp))
	}
	if imp := b.imported(t, columns+"需求一,甲公司,新的难题,,,,,,,,\n"); counts(imp) != [5]int{1, 0, 1, 0, 0} {
		t.Errorf("update: %v", counts(imp))
	}
	want := *was
	want.Problem = "新的难题"
	if diff := cmp.Diff(&want, b.needs(t)[0], cmpopts.IgnoreFields(jiqiao.Header{}, "Version", "UpdatedAt")); diff != "" {
		t.Error(diff)
	}
}

func TestBadRowsStayOut(t *testing.T) {
	b := open(t, t.TempDir())
	content := "备注,需求名称,单位名称,拟投入资金,统一社会信用代码\n" +
		"a,好的,甲公司,50,91440300708461136T\n" +
		"b,坏的,甲公司,好多,\n" +
		"c,好 的,甲公司,60,\n" +
		"d,好的,另一个写法,60,91440300708461136t\n" +
		"e,,甲公司,面议,\n" +
		"f,好的,乙公司,面议,\n"
	imp := b.imported(t, content)
	if counts(imp) != [5]int{6, 2, 0, 0, 4} || imp.State != jiqiao.ImportDone {
		t.Errorf("%v", counts(imp))
	}
	var got []string
	for _, e := range imp.Errors {
		got = append(got, sheet.Sentence(e))
	}
	want := []string{
		`第 3 行「拟投入资金」应为数字(万元)或「面议」，现为"好多"`,
		`第 4 行与第 2 行重复（同一单位的同名技术需求），请删除一行或改名`,
		`第 5 行与第 2 行重复（同一单位的同名技术需求），请删除一行或改名`,
		`第 6 行「需求名称」必填，请填写`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	var book bytes.Buffer
	if err := b.ErrorBook(t.Context(), imp.ID, &book); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(book.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("技术需求")
	if err != nil || len(rows) != 5 || rows[1][0] != "b" || !strings.Contains(rows[2][5], "与第 2 行重复") || rows[0][5] != sheet.ErrorHeader {
		t.Errorf("%q %v", rows, err)
	}

	// Corrected and sent back: one row was new, the duplicates now have names of their own, one is still wrong.
	for cell, value := range map[string]string{"D2": "80万", "B3": "改名", "B4": "又改名"} {
		if err := f.SetCellStr("技术需求", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	var corrected bytes.Buffer
	if err := f.Write(&corrected); err != nil {
		t.Fatal(err)
	}
	imp = b.imported(t, corrected.String())
	if counts(imp) != [5]int{4, 3, 0, 0, 1} {
		t.Errorf("after correction: %v %v", counts(imp), imp.Errors)
	}
	clean := b.imported(t, threeRows)
	if err := b.ErrorBook(t.Context(), clean.ID, &book); jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
		t.Errorf("an error book without errors: %v", err)
	}
}

func TestManyErrorsAreCut(t *testing.T) {
	b := open(t, t.TempDir())
	imp := b.imported(t, "需求名称,单位名称,拟投入资金\n"+strings.Repeat("x,y,好多\n", 1200))
	if len(imp.Errors) != jiqiao.MaxImportErrors || imp.MoreErrors != 200 || imp.Failed != 1200 {
		t.Errorf("%d kept, %d more, %d failed", len(imp.Errors), imp.MoreErrors, imp.Failed)
	}
}

func TestWarningsDoNotKeepRowsOut(t *testing.T) {
	b := open(t, t.TempDir())
	const file = "需求名称,单位名称,统一社会信用代码,拟投入资金,座机,邮箱\n" +
		"需求一,甲公司,91440300708461136A,50,88,wang@example.com\n" +
		"需求二,乙公司,91440300708461136T,50,0515-88001234,nobody\n" +
		"需求三,丙公司,1234,好多,88,\n" +
		"需求四,丁公司,,50,,\n"
	preview, err := b.upload(t, jiqiao.KindNeed, file, false)
	if err != nil {
		t.Fatal(err)
	}
	want := []jiqiao.CellError{{Row: 2, Column: "统一社会信用代码", Value: "91440300708461136A"},
		{Row: 2, Column: "座机", Value: "88"}, {Row: 3, Column: "邮箱", Value: "nobody"}}
	said := cmpopts.IgnoreFields(jiqiao.CellError{}, "Message")
	if diff := cmp.Diff(want, preview.Warnings, said); diff != "" || preview.MoreWarnings != 0 || counts(preview) != [5]int{4, 3, 0, 0, 1} {
		t.Errorf("preview: %v, %d more\n%s", counts(preview), preview.MoreWarnings, diff)
	}
	for _, w := range preview.Warnings {
		if !strings.Contains(w.Message, "核对") {
			t.Errorf("does not say what to do: %q", w.Message)
		}
	}
	done, err := b.CommitImport(t.Context(), preview.ID)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := b.GetImport(t.Context(), preview.ID)
	if diff := cmp.Diff(preview.Warnings, done.Warnings); diff != "" || len(b.needs(t)) != 3 {
		t.Errorf("commit: %d needs\n%s", len(b.needs(t)), diff)
	}
	if diff := cmp.Diff(done.Warnings, kept.Warnings); diff != "" || err != nil {
		t.Errorf("report: %v\n%s", err, diff)
	}

	// What is stored is not the file's matter; what the file states is, put over what is stored.
	again := b.imported(t, "需求名称,单位名称,座机\n需求一,甲公司,0515-88001234\n需求二,乙公司,99\n")
	if diff := cmp.Diff([]jiqiao.CellError{{Row: 3, Column: "座机", Value: "99"}}, again.Warnings, said); diff != "" {
		t.Error(diff)
	}
}

func TestUnknownColumnsAreTold(t *testing.T) {
	b := open(t, t.TempDir())
	imp, err := b.upload(t, jiqiao.KindNeed, "需求名称,单位名称,主要难题啊\n需求一,甲公司,密封\n", true)
	if err != nil {
		t.Fatal(err)
	}
	if len(imp.Warnings) == 0 || imp.Warnings[0].Column != "主要难题啊" || imp.Created != 1 {
		t.Errorf("%d created, warnings %+v", imp.Created, imp.Warnings)
	}
}

func TestManyWarningsAreCut(t *testing.T) {
	b := open(t, t.TempDir())
	file := strings.Builder{}
	file.WriteString("需求名称,单位名称,座机\n")
	for i := range jiqiao.MaxImportErrors + 30 {
		fmt.Fprintf(&file, "需求 %d,甲公司,88\n", i)
	}
	imp, err := b.upload(t, jiqiao.KindNeed, file.String(), false)
	if err != nil || len(imp.Warnings) != jiqiao.MaxImportErrors || imp.MoreWarnings != 30 || imp.Failed != 0 {
		t.Errorf("%d kept, %d more, %d failed, %v", len(imp.Warnings), imp.MoreWarnings, imp.Failed, err)
	}
}

func TestUnreadableFileLeavesNothing(t *testing.T) {
	b := open(t, t.TempDir(), func(o *Options) { o.MaxFile = 1000 })
	for name, c := range map[string]struct {
		content string
		code    jiqiao.Code
	}{
		"empty": {"", jiqiao.CodeInvalid}, "picture": {"\x89PNG....", jiqiao.CodeUnsupported}, "large": {strings.Repeat("x", 1001), jiqiao.CodeTooLarge},
		"other side": {"成果名称,单位名称\nx,y\n", jiqiao.CodeInvalid}, "no rows": {"需求名称,单位名称\n\n", jiqiao.CodeInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := b.upload(t, jiqiao.KindNeed, c.content, true); jiqiao.CodeOf(err) != c.code {
				t.Errorf("got %v, want %s", err, c.code)
			}
		})
	}
	for _, dir := range []string{b.Service.dir, b.TempDir()} {
		files, err := filepath.Glob(filepath.Join(dir, "*.*"))
		if more, _ := filepath.Glob(filepath.Join(dir, "*-*")); err != nil || len(files)+len(more) > 0 {
			t.Errorf("left behind: %v %v", files, more)
		}
	}
	if running, err := b.store.Imports(t.Context(), jiqiao.ImportRunning, 10); err != nil || len(running) != 0 {
		t.Errorf("%v %v", running, err)
	}
}

// Two hundred MiB are refused without being read into memory or kept.
func TestHugeUpload(t *testing.T) {
	b := open(t, t.TempDir())
	path := filepath.Join(t.TempDir(), "huge")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(200 << 20); err != nil {
		t.Fatal(err)
	}
	_, err = b.Import(t.Context(), jiqiao.ImportFile{Kind: jiqiao.KindNeed, Name: "huge.xlsx"}, f)
	if jiqiao.CodeOf(err) != jiqiao.CodeTooLarge || !strings.Contains(err.Error(), "100 MB") {
		t.Errorf("got %v", err)
	}
}

// export → import is "all unchanged", organisations included.
func TestExportImportsUnchanged(t *testing.T) {
	b := open(t, t.TempDir())
	b.imported(t, threeRows)
	seq, err := b.store.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []sheet.Format{sheet.XLSX, sheet.CSV, sheet.JSONL} {
		var file bytes.Buffer
		err := sheet.Export(t.Context(), &file, jiqiao.KindNeed, format, func(yield func(jiqiao.Record, error) bool) {
			for _, n := range b.needs(t) {
				if !yield(n, nil) {
					return
				}
			}
		}, b.store.GetOrganisation)
		if err != nil {
			t.Fatal(err)
		}
		if imp := b.imported(t, file.String()); counts(imp) != [5]int{3, 0, 0, 3, 0} {
			t.Errorf("%s: %v %v", format, counts(imp), imp.Errors)
		}
	}
	if now, err := b.store.LastSeq(t.Context()); err != nil || now != seq {
		t.Errorf("the change log grew from %d to %d, %v", seq, now, err)
	}
}

func TestExportStopsAtTheFirstError(t *testing.T) {
	broken := errors.New("broken")
	err := sheet.Export(t.Context(), &bytes.Buffer{}, jiqiao.KindNeed, sheet.XLSX, func(yield func(jiqiao.Record, error) bool) {
		yield(nil, broken)
	}, nil)
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestSampleOfTheTemplateImports(t *testing.T) {
	b := open(t, t.TempDir())
	for _, kind := range jiqiao.Kinds {
		var file bytes.Buffer
		w, err := sheet.NewWriter(&file, kind, sheet.XLSX)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Write(sheet.Sample(kind)), w.Close()); err != nil {
			t.Fatal(err)
		}
		if imp, err := b.upload(t, kind, file.String(), true); err != nil || counts(imp) != [5]int{1, 1, 0, 0, 0} {
			t.Errorf("%s: %v %v", kind, imp, err)
		}
	}
}

func TestDefaultStatus(t *testing.T) {
	b := open(t, t.TempDir(), func(o *Options) { o.Status = jiqiao.StatusPending })
	b.imported(t, "需求名称,单位名称,状态\n一,甲,\n二,甲,草稿\n")
	needs := b.needs(t)
	if needs[0].Status != jiqiao.StatusPending || needs[1].Status != jiqiao.StatusDraft {
		t.Errorf("%s %s", needs[0].Status, needs[1].Status)
	}
}

func manyRows(n int) string {
	var b strings.Builder
	b.WriteString("需求名称,单位名称,主要技术难题,主营产品\n")
	for i := range n {
		fmt.Fprintf(&b, "需求%d,公司%d,难题%d,产品%d\n", i, i%7, i, i)
	}
	return b.String()
}

// A cancelled preview leaves a report that says so; a cancelled commit is finished by Run.
func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	dir := t.TempDir()
	stopAt := 40
	b := open(t, dir, func(o *Options) {
		o.Batch = 20
		o.Progress = func(_ string, done, total int) {
			if done == stopAt {
				cancel()
			}
		}
	})
	path := filepath.Join(dir, "x.csv")
	if err := os.WriteFile(path, []byte(manyRows(100)), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	imp, err := b.Import(ctx, jiqiao.ImportFile{Kind: jiqiao.KindNeed, Name: "x.csv", Commit: true}, f)
	if jiqiao.CodeOf(err) != jiqiao.CodeTimeout {
		t.Errorf("cancelled preview: %v", err)
	}
	if imp, err = b.GetImport(t.Context(), imp.ID); err != nil || imp.State != jiqiao.ImportFailed || imp.Message == "" {
		t.Errorf("%+v %v", imp, err)
	}

	stopAt = -1
	imp, err = b.Import(t.Context(), jiqiao.ImportFile{Kind: jiqiao.KindNeed, Name: "x.csv"}, f)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	stopAt = 60
	if _, err := b.CommitImport(ctx, imp.ID); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled commit: %v", err)
	}
	if n := len(b.needs(t)); n != 60 {
		t.Errorf("%d records after the cancelled commit", n)
	}
	stopAt = -1
	if err := b.sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if imp, err = b.GetImport(t.Context(), imp.ID); err != nil || imp.State != jiqiao.ImportDone || counts(imp) != [5]int{100, 100, 0, 0, 0} {
		t.Errorf("%+v %v", imp, err)
	}
}

func TestOldFilesAndPreviewsGo(t *testing.T) {
	now := time.Now()
	b := open(t, t.TempDir(), func(o *Options) { o.Now = func() time.Time { return now } })
	imp, err := b.upload(t, jiqiao.KindNeed, threeRows, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.sweep(t.Context()); err != nil || !exists(b.uploadPath(imp.ID)) {
		t.Fatalf("a fresh upload is gone, %v", err)
	}
	now = now.Add(DefaultKeep + time.Hour)
	if err := b.sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if exists(b.uploadPath(imp.ID)) || exists(b.planPath(imp.ID)) {
		t.Error("old files are still there")
	}
	if imp, err = b.GetImport(t.Context(), imp.ID); err != nil || imp.State != jiqiao.ImportFailed {
		t.Errorf("%+v %v", imp, err)
	}
}

func TestOneCommitAtATime(t *testing.T) {
	b := open(t, t.TempDir())
	imp, err := b.upload(t, jiqiao.KindNeed, threeRows, false)
	if err != nil {
		t.Fatal(err)
	}
	release, ok := b.claim(imp.ID)
	if !ok {
		t.Fatal("not free")
	}
	if _, err := b.CommitImport(t.Context(), imp.ID); jiqiao.CodeOf(err) != jiqiao.CodeConflict {
		t.Errorf("got %v", err)
	}
	release()
	if _, err := b.CommitImport(t.Context(), imp.ID); err != nil {
		t.Error(err)
	}
}

// killEnv makes this program import a file and kill itself like kill -9 when so many rows are done, counted over the
// preview and the commit.
const killEnv = "INTAKE_TEST_KILL"

func TestMain(m *testing.M) {
	if job := os.Getenv(killEnv); job != "" {
		importAndDie(job)
	}
	os.Exit(m.Run())
}

func importAndDie(job string) {
	dir, after, _ := strings.Cut(job, "|")
	calls, _ := strconv.Atoi(after)
	st, err := store.Open(context.Background(), store.Config{URL: "sqlite://" + filepath.Join(dir, "jiqiao.db")})
	if err == nil {
		var s *Service
		s, err = New(Options{Store: st, Dir: filepath.Join(dir, "imports"), Batch: 50, Progress: func(string, int, int) {
			if calls--; calls == 0 {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			}
		}})
		if err == nil {
			var f *os.File
			if f, err = os.Open(filepath.Join(dir, "x.csv")); err == nil {
				_, err = s.Import(context.Background(), jiqiao.ImportFile{Kind: jiqiao.KindNeed, Name: "x.csv", Commit: true}, f)
			}
		}
	}
	fmt.Fprintln(os.Stderr, "lived on:", err)
	os.Exit(3)
}

// kill -9 at each stage, then a restart: nothing is lost and nothing doubled.
func TestKilledImportIsFinished(t *testing.T) {
	const rows = 300 // 6 batches of the check, a last empty one and its end, then 15 steps of writing
	for _, c := range []struct {
		after    int
		resumed  jiqiao.ImportState
		progress string
	}{
		{3, jiqiao.ImportPreviewed, "preview"}, {9, jiqiao.ImportDone, "first batch"}, {15, jiqiao.ImportDone, "middle"}, {23, jiqiao.ImportDone, "last batch"},
	} {
		t.Run(c.progress, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "x.csv"), []byte(manyRows(rows)), 0o600); err != nil {
				t.Fatal(err)
			}
			child := exec.Command(os.Args[0])
			child.Env = append(os.Environ(), killEnv+"="+dir+"|"+strconv.Itoa(c.after))
			out, err := child.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
				t.Fatalf("the child ended with %v: %s", err, out)
			}
			b := open(t, dir)
			if err := b.sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			all, err := b.store.Imports(t.Context(), "", 10)
			if err != nil || len(all) != 1 || all[0].State != c.resumed {
				t.Fatalf("after the restart: %+v %v", all, err)
			}
			if counts(all[0]) != [5]int{rows, rows, 0, 0, 0} {
				t.Errorf("counts %v", counts(all[0]))
			}
			if c.resumed == jiqiao.ImportPreviewed {
				if len(b.needs(t)) != 0 {
					t.Error("a preview wrote records")
				}
				if _, err := b.CommitImport(t.Context(), all[0].ID); err != nil {
					t.Fatal(err)
				}
			}
			b.imported(t, manyRows(rows))
			needs := b.needs(t)
			if len(needs) != rows {
				t.Errorf("%d records", len(needs))
			}
			for _, n := range needs {
				if n.Version != 1 {
					t.Errorf("%s was written %d times", n.Title, n.Version)
				}
			}
			if org, err := b.store.GetOrganisation(t.Context(), needs[0].Owner.ID); err != nil || org.Products != "产品294" {
				t.Errorf("the details of the organisation: %+v %v", org, err)
			}
		})
	}
}

// BenchmarkImport imports 10,000 rows of an xlsx export of the full form, preview and commit. The project's bar is 20 s
// on two cores.
func BenchmarkImport(b *testing.B) {
	const rows = 10_000
	var file bytes.Buffer
	w, err := sheet.NewWriter(&file, jiqiao.KindNeed, sheet.XLSX)
	if err != nil {
		b.Fatal(err)
	}
	for i := range rows {
		e := sheet.Sample(jiqiao.KindNeed)
		h := e.Record.Head()
		h.Title, h.Owner.Name = "需求"+strconv.Itoa(i), "公司"+strconv.Itoa(i%800)
		if err := w.Write(e); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s := open(b, b.TempDir())
		imp, err := s.upload(b, jiqiao.KindNeed, file.String(), true)
		if err != nil || imp.Created != rows {
			b.Fatal(imp, err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/import")
}
