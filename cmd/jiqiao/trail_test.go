package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whoever sits at this machine is in the audit, too: what is taken away, let in and put back.
func TestCommandsAreAudited(t *testing.T) {
	s := newSession(t)
	s.ok("import", "need", s.file("需求.csv", needSheet(t, []string{"高盐废水零排放", "盐城甲公司", "结晶盐纯度低", "80-150"})))
	s.ok("token", "create", "科技局", "--scope", "read")
	s.ok("export", "need", "-o", filepath.Join(t.TempDir(), "需求.xlsx"))
	path := filepath.Join(t.TempDir(), "备份.jqb")
	s.ok("backup", path)
	s.ok("restore", path, "--replace")
	var page struct {
		Items []struct{ Act, Name string } `json:"items"`
	}
	s.json(&page, "audit", "list", "--limit", "100")
	seen := map[string]string{}
	for _, e := range page.Items {
		seen[e.Act] = e.Name
	}
	// The backup holds what was before it: that it was taken is in the database it was taken from.
	for _, act := range []string{"import.upload", "import.commit", "token.create", "record.export", "database.restore"} {
		if !strings.HasPrefix(seen[act], "命令行") {
			t.Errorf("%s: by %q of %v", act, seen[act], seen)
		}
	}
	s.ok("backup", path)
	if got := s.ok("audit", "list", "--act", "database.backup"); !strings.Contains(got, "备份数据库") {
		t.Error(got)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}
