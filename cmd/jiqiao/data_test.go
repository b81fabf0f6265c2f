package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/store"
)

// needSheet is a table of needs in CSV.
func needSheet(t *testing.T, rows ...[]string) string {
	t.Helper()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	all := append([][]string{{"需求名称*", "单位名称*", "主要技术难题", "拟投入资金"}}, rows...)
	if err := w.WriteAll(all); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

type importReport struct {
	Total, Created, Updated, Unchanged, Failed int
	State                                      string
}

func TestImport(t *testing.T) {
	s := newSession(t)
	path := s.file("需求.csv", needSheet(t,
		[]string{"高盐废水零排放", "盐城甲公司", "结晶盐纯度低", "80-150"},
		[]string{"", "盐城乙公司", "没有名称的一行", "面议"},
		[]string{"铝合金焊接飞溅", "盐城丙公司", "飞溅大", "很多钱"}))
	var got importReport
	s.json(&got, "import", "need", path, "--preview")
	if diff := cmp.Diff(importReport{Total: 3, Created: 1, Failed: 2, State: "previewed"}, got); diff != "" {
		t.Errorf("preview: %s", diff)
	}
	var counts map[string]any
	if s.json(&counts, "search", "need"); counts["total"] != float64(0) {
		t.Errorf("a preview wrote records: %v", counts["total"])
	}

	book := filepath.Join(t.TempDir(), "错误.xlsx")
	o := s.run("import", "need", path, "--errors", book)
	for _, want := range []string{"共 3 行：已新增 1", "有错误 2", "第 3 行", "第 4 行"} {
		if !strings.Contains(o.out, want) {
			t.Errorf("import lacks %q:\n%s%s", want, o.out, o.err)
		}
	}
	if o.code != exitOK || !strings.Contains(o.err, "已写入 "+book) {
		t.Errorf("exit code %d, %s", o.code, o.err)
	}
	s.json(&got, "import", "need", book, "--preview") // the error workbook is a table to import again
	if got.Total != 2 || got.Failed != 2 {
		t.Errorf("the error workbook holds %+v", got)
	}
	got = importReport{}
	s.json(&got, "import", "需求", path)
	if diff := cmp.Diff(importReport{Total: 3, Unchanged: 1, Failed: 2, State: "done"}, got); diff != "" {
		t.Errorf("again: %s", diff)
	}
}

func TestImportRemindsOfOddValues(t *testing.T) {
	s := newSession(t)
	content := "需求名称,单位名称,座机\n"
	for i := range shownErrors + 2 {
		content += fmt.Sprintf("需求%d,盐城甲公司,88\n", i)
	}
	o := s.run("import", "need", s.file("需求.csv", content))
	if o.code != exitOK || strings.Count(o.out, "提醒：第 ") != shownErrors || !strings.Contains(o.out, "还有 2 处提醒") ||
		!strings.Contains(o.out, `  提醒：第 2 行「座机」`) {
		t.Errorf("exit code %d:\n%s%s", o.code, o.out, o.err)
	}
}

func TestImportOfWhatIsNoTable(t *testing.T) {
	s := newSession(t)
	for name, c := range map[string]struct{ path, hint string }{
		"missing":     {"/no/such.xlsx", "无法打开文件"},
		"directory":   {t.TempDir(), "是目录"},
		"empty":       {s.file("a.xlsx", ""), "文件是空的"},
		"junk":        {s.file("a.xlsx", "PK\x03\x04 not a workbook"), "错误："},
		"picture":     {s.file("a.png", "\x89PNG\r\n\x1a\n"), "错误："},
		"no rows":     {s.file("a.csv", needSheet(t)), "没有数据"},
		"achievement": {s.file("a.csv", "成果名称*,单位名称*,成果简介\n激光器,盐城大学,一种激光器\n"), "科技成果"},
	} {
		t.Run(name, func(t *testing.T) {
			o := s.run("import", "need", c.path)
			if o.code != exitFailed || !strings.Contains(o.err, c.hint) {
				t.Errorf("exit code %d\n%s%s", o.code, o.out, o.err)
			}
		})
	}
}

// TestExportedFilesImportUnchanged is the round trip of every format, for both sides.
func TestExportedFilesImportUnchanged(t *testing.T) {
	s := withSample(t)
	for _, kind := range []string{"need", "achievement"} {
		for _, format := range []string{"xlsx", "csv", "jsonl"} {
			path := filepath.Join(t.TempDir(), "导出."+format)
			var wrote struct {
				File    string
				Records int
			}
			s.json(&wrote, "export", kind, "-o", path)
			if wrote.File != path || wrote.Records < 60 {
				t.Errorf("%s %s: %+v", kind, format, wrote)
			}
			var got importReport
			s.json(&got, "import", kind, path)
			if diff := cmp.Diff(importReport{Total: wrote.Records, Unchanged: wrote.Records, State: "done"}, got); diff != "" {
				t.Errorf("%s %s: %s", kind, format, diff)
			}
		}
	}
	if lines := strings.Count(s.ok("export", "need", "-o", "-"), "\n"); lines < 60 {
		t.Errorf("%d lines on standard output", lines)
	}
	if text := s.ok("export", "need", "-o", "-", "--status", "草稿"); text != "" {
		t.Errorf("drafts: %s", text)
	}
	s.fails(exitFailed, []string{"文件格式"}, "export", "need", "-o", "x.docx")
	s.fails(exitFailed, []string{"错误："}, "export", "need", "-o", s.dir)
}

func TestTemplate(t *testing.T) {
	s := newSession(t)
	for _, kind := range []string{"need", "achievement"} {
		for _, format := range []string{"xlsx", "csv"} {
			path := filepath.Join(t.TempDir(), "new", "模板."+format)
			var wrote map[string]string
			if s.json(&wrote, "template", kind, "-o", path); wrote["file"] != path {
				t.Errorf("%v", wrote)
			}
			if info, err := os.Stat(path); err != nil || info.Size() == 0 {
				t.Errorf("%s: %v", path, err)
			}
			left, err := os.ReadDir(filepath.Dir(path))
			if err != nil || len(left) != 1 {
				t.Errorf("beside the template: %v, %v", left, err)
			}
		}
	}
	if text := s.ok("template", "need", "-o", "-"); !strings.HasPrefix(text, "PK") {
		t.Error("standard output is no xlsx")
	}
}

func TestBackupAndRestore(t *testing.T) {
	s := withSample(t)
	path := filepath.Join(t.TempDir(), "备份.jqb")
	var saved, restored store.BackupInfo
	s.json(&saved, "backup", path)
	before := s.ok("export", "need", "-o", "-")
	s.fails(exitFailed, []string{"已有数据", "--replace"}, "restore", path)

	other := &session{t, filepath.Join(t.TempDir(), "other")}
	other.json(&restored, "restore", path)
	if restored.Rows == 0 || restored.Rows != saved.Rows || !restored.CreatedAt.Equal(saved.CreatedAt) {
		t.Errorf("restored %+v of %+v", restored, saved)
	}
	if diff := cmp.Diff(before, other.ok("export", "need", "-o", "-")); diff != "" {
		t.Errorf("records differ: %s", diff)
	}
	if text := s.ok("restore", path, "--replace"); !strings.Contains(text, "已恢复") {
		t.Errorf("with --replace: %s", text)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	empty := &session{t, filepath.Join(t.TempDir(), "empty")}
	empty.fails(exitFailed, []string{"错误："}, "restore", s.file("half.jqb", string(whole[:len(whole)/2])))
	empty.fails(exitFailed, []string{"无法打开备份文件"}, "restore", "/no/such.jqb")
	if text := empty.ok("export", "need", "-o", "-"); text != "" {
		t.Error("half a backup left records behind")
	}
}

func TestMigrateAndReindex(t *testing.T) {
	s := withSample(t)
	var schema map[string]int64
	if s.json(&schema, "migrate"); schema["schema"] == 0 || schema["schema"] != schema["known"] {
		t.Errorf("migrate: %v", schema)
	}
	var built struct {
		Records    int
		Generation string
	}
	if s.json(&built, "reindex"); built.Records < 200 || built.Generation == "" {
		t.Errorf("reindex: %+v", built)
	}
	if text := s.ok("reindex"); !strings.Contains(text, "重建索引") {
		t.Errorf("reindex: %s", text)
	}
}

func TestTokens(t *testing.T) {
	s := newSession(t)
	var none []store.Token
	if s.json(&none, "token", "list"); none == nil || len(none) != 0 {
		t.Errorf("no tokens: %v", none)
	}
	var made struct {
		Secret string
		Token  store.Token
	}
	s.json(&made, "token", "create", "科技局", "--scope", "write,read", "--days", "30")
	if made.Secret == "" || made.Token.ExpiresAt == nil || len(made.Token.Scopes) != 2 {
		t.Errorf("%+v", made)
	}
	s.ok("token", "create", "长期")
	list := s.ok("token", "list")
	for _, want := range []string{"编号", "科技局", "write、read", "有效至", "长期有效"} {
		if !strings.Contains(list, want) {
			t.Errorf("the list lacks %q:\n%s", want, list)
		}
	}
	if strings.Contains(list, made.Secret) {
		t.Error("the list shows a secret")
	}
	s.ok("token", "revoke", made.Token.ID)
	if list := s.ok("token", "list"); !strings.Contains(list, "已撤销") {
		t.Errorf("after revoking:\n%s", list)
	}
	s.fails(exitFailed, []string{"错误："}, "token", "revoke", "t_nothing")
	s.fails(exitFailed, []string{"没有这项权限"}, "token", "create", "x", "--scope", "everything")
	s.fails(exitFailed, []string{"name"}, "token", "create", " ")
}

func TestRenewedTokenReplacesTheOld(t *testing.T) {
	s := newSession(t)
	st := s.store()
	defer st.Close()
	first, err := renewToken(t.Context(), st, demoToken, jiqiao.ScopeWrite)
	if err != nil {
		t.Fatal(err)
	}
	second, err := renewToken(t.Context(), st, demoToken, jiqiao.ScopeWrite)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.Authenticate(t.Context(), first); err == nil {
		t.Error("the old one still works")
	}
	if _, err := st.Authenticate(t.Context(), second); err != nil {
		t.Errorf("the new one: %v", err)
	}
}
