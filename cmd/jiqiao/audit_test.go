package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jiqiao"
)

func TestAuditCommands(t *testing.T) {
	s := newSession(t)
	if got := s.ok("audit", "verify"); !strings.Contains(got, "已校验 0 条") {
		t.Errorf("verify: %s", got)
	}
	var check jiqiao.AuditCheck
	s.json(&check, "audit", "verify")
	if !check.OK || check.Entries != 1 || len(check.Hash) != 64 {
		t.Errorf("the first verifying is in the audit: %+v", check)
	}
	var page jiqiao.AuditPage
	s.json(&page, "audit", "list", "--act", "audit", "--limit", "2")
	if page.Total != 3 || len(page.Entries) != 2 || page.Entries[0].Act != "audit.read" || !strings.HasPrefix(page.Entries[0].Name, "命令行") {
		t.Errorf("list: %+v", page)
	}
	if got := s.ok("audit", "list", "--result", "done"); !strings.Contains(got, "校验审计记录") {
		t.Errorf("list: %s", got)
	}
	for _, name := range []string{"审计.xlsx", "审计.jsonl"} {
		path := filepath.Join(t.TempDir(), name)
		s.ok("audit", "export", "-o", path)
		if info, err := os.Stat(path); err != nil || info.Size() < 200 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := s.ok("audit", "archive", "--dir", t.TempDir(), "--remove"); !strings.Contains(got, "没有新的记录") {
		t.Errorf("archive: %s", got)
	}
	s.ok("audit", "verify", "--archive", t.TempDir(), "--expect", "1:"+firstHash(t, s))
	o := s.run("audit", "verify", "--expect", "1:"+strings.Repeat("0", 64))
	if o.code != exitFailed || !strings.Contains(o.out, "整体改写") || !strings.Contains(o.err, "1 处不符") {
		t.Errorf("a chain computed anew: %+v", o)
	}
}

// firstHash is the digest of the first entry.
func firstHash(t *testing.T, s *session) string {
	t.Helper()
	var page jiqiao.AuditPage
	s.json(&page, "audit", "list", "--limit", "100")
	return page.Entries[len(page.Entries)-1].Hash
}
