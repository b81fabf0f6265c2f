package storetest

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/store"
)

func auditTests() map[string]func(*env) {
	return map[string]func(*env){
		"AuditIsFilteredAndPaged": auditIsFilteredAndPaged,
		"AuditNamesObjects":       auditNamesPeopleAndObjects,
		"AuditIsArchived":         auditIsArchived,
		"AuditOutlivesARestore":   auditOutlivesARestore,
	}
}

func (e *env) acted(o jiqiao.Origin, acts ...jiqiao.Act) {
	e.t.Helper()
	for _, act := range acts {
		e.must(e.Audit(jiqiao.WithOrigin(e.ctx, o), act))
	}
}

func (e *env) check() jiqiao.AuditCheck {
	e.t.Helper()
	check, err := e.CheckAudit(e.ctx)
	e.must(err)
	return check
}

func auditIsFilteredAndPaged(e *env) {
	if check := e.check(); !check.OK || check.Entries != 0 {
		e.t.Errorf("of nothing: %+v", check)
	}
	one := jiqiao.Origin{Viewer: jiqiao.Viewer{User: "u_1", Name: "王五", Role: jiqiao.RoleOperator}, Address: "10.0.0.1", Request: "r1"}
	two := jiqiao.Origin{Viewer: jiqiao.Viewer{User: "u_2"}, Address: "10.0.0.2"}
	need := jiqiao.Ref{Type: "need", ID: "n_1"}
	e.acted(one, jiqiao.Act{Name: "record.submit", Object: need, Before: map[string]string{"status": "<草稿>"}, After: map[string]string{"status": "待审核"}})
	e.clock.Advance(time.Hour)
	e.acted(two, jiqiao.Act{Name: "user.login", Result: jiqiao.AuditFailed}, jiqiao.Act{Name: "record.approve", Object: need})
	noon := e.clock.Now()
	e.clock.Advance(time.Hour)
	e.acted(one, jiqiao.Act{Name: "user.login"}, jiqiao.Act{Name: "users.login"})
	for name, c := range map[string]struct {
		q    jiqiao.AuditQuery
		want []int64
	}{
		"all":      {jiqiao.AuditQuery{}, []int64{5, 4, 3, 2, 1}},
		"user":     {jiqiao.AuditQuery{User: "u_1"}, []int64{5, 4, 1}},
		"act":      {jiqiao.AuditQuery{Act: "user.login"}, []int64{4, 2}},
		"acts":     {jiqiao.AuditQuery{Act: "user"}, []int64{4, 2}},
		"object":   {jiqiao.AuditQuery{Object: need}, []int64{3, 1}},
		"objects":  {jiqiao.AuditQuery{Object: jiqiao.Ref{Type: "need"}}, []int64{3, 1}},
		"result":   {jiqiao.AuditQuery{Result: jiqiao.AuditFailed}, []int64{2}},
		"address":  {jiqiao.AuditQuery{Address: "10.0.0.1", Act: "record"}, []int64{1}},
		"period":   {jiqiao.AuditQuery{From: noon, Until: noon.Add(time.Minute)}, []int64{3, 2}},
		"name":     {jiqiao.AuditQuery{Person: "王 五"}, []int64{5, 4, 1}},
		"no name":  {jiqiao.AuditQuery{Person: "_"}, nil},
		"nothing":  {jiqiao.AuditQuery{User: "'; DROP TABLE audit; --"}, nil},
		"bad zero": {jiqiao.AuditQuery{Act: "\x00"}, nil},
	} {
		page, err := e.AuditEntries(e.ctx, c.q)
		e.must(err)
		var got []int64
		for _, entry := range page.Entries {
			got = append(got, entry.Seq)
		}
		if diff := cmp.Diff(c.want, got); name != "bad zero" && (diff != "" || page.Total != len(c.want)) {
			e.t.Errorf("%s: of %d (-want +got):\n%s", name, page.Total, diff)
		}
	}
	page, err := e.AuditEntries(e.ctx, jiqiao.AuditQuery{Limit: 2})
	e.must(err)
	next, err := e.AuditEntries(e.ctx, jiqiao.AuditQuery{Limit: 9, Cursor: page.Next})
	e.must(err)
	if len(page.Entries) != 2 || page.Next != "4" || len(next.Entries) != 3 || next.Next != "" || next.Total != 5 {
		e.t.Errorf("pages: %+v, %+v", page, next)
	}
	first := next.Entries[2]
	if first.User != "u_1" || first.Name != "王五" || first.Role != jiqiao.RoleOperator || string(first.Before) != `{"status":"<草稿>"}` || first.Result != jiqiao.AuditDone {
		e.t.Errorf("the first: %+v", first)
	}
	_, err = e.AuditEntries(e.ctx, jiqiao.AuditQuery{Cursor: "x"})
	e.fails(jiqiao.CodeInvalid, err)
	if check := e.check(); !check.OK || check.Entries != 5 || check.First != 1 || check.Last != 5 {
		e.t.Errorf("verified: %+v", check)
	}
}

// Who is asked for by a login is found though entries keep names alone, and objects have titles.
func auditNamesPeopleAndObjects(e *env) {
	id := Account(e.t, e.Store, jiqiao.RoleBroker, "Lisi_01")
	need, achievement := Need("甲公司", "净水"), Achievement("乙大学", "膜")
	e.put(need, achievement)
	deal := jiqiao.Deal{NeedID: need.ID, AchievementID: achievement.ID}
	e.must(e.CreateDeal(e.ctx, &deal))
	e.acted(jiqiao.Origin{Viewer: jiqiao.Viewer{User: id, Name: "从前的名字"}}, jiqiao.Act{Name: "user.login"})
	for _, text := range []string{"lisi_", "账号li", "从前"} {
		page, err := e.AuditEntries(e.ctx, jiqiao.AuditQuery{Person: text})
		e.must(err)
		if page.Total != 1 || page.Entries[0].User != id {
			e.t.Errorf("%s: %+v", text, page)
		}
	}
	user, org := jiqiao.Ref{Type: "user", ID: id}, jiqiao.Ref{Type: "organisation", ID: need.Owner.ID}
	record := jiqiao.Ref{Type: "need", ID: need.ID}
	got, err := e.AuditObjects(e.ctx, []jiqiao.Ref{
		user, org, user, {Type: "deal", ID: deal.ID}, record, {Type: "setting"}, {Type: "setting", ID: "queue"}, {Type: "user", ID: "u_gone"},
	})
	e.must(err)
	want := map[jiqiao.Ref]jiqiao.AuditObject{
		user: {Title: "账号Lisi_01（Lisi_01）"}, org: {Title: "甲公司"}, {Type: "deal", ID: deal.ID}: {Record: record, Other: jiqiao.Ref{Type: "achievement", ID: achievement.ID}}, record: {Record: record},
		{Type: "setting", ID: "queue"}: {}, {Type: "user", ID: "u_gone"}: {},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		e.t.Errorf("objects (-want +got):\n%s", diff)
	}
}

func auditIsArchived(e *env) {
	dir := filepath.Join(e.t.TempDir(), "archive")
	act := jiqiao.Act{Name: "user.login", After: map[string]string{"n": "<b>&"}}
	e.acted(jiqiao.Origin{}, act, act, act)
	cutoff := e.clock.Now().Add(time.Second)
	e.clock.Advance(200 * 24 * time.Hour)
	e.acted(jiqiao.Origin{}, act, act)
	_, err := e.ArchiveAudit(e.ctx, dir, e.clock.Now().Add(-179*24*time.Hour), true)
	e.fails(jiqiao.CodeInvalid, err)
	a, err := e.ArchiveAudit(e.ctx, dir, cutoff, false)
	e.must(err)
	if a.First != 1 || a.Last != 3 || a.Removed {
		e.t.Errorf("archived: %+v", a)
	}
	if check := e.check(); !check.OK || check.Entries != 6 {
		e.t.Errorf("archived and kept: %+v", check)
	}
	// Without the file nothing leaves the database.
	_, err = e.ArchiveAudit(e.ctx, e.t.TempDir(), cutoff, true)
	e.fails(jiqiao.CodeConflict, err)
	a, err = e.ArchiveAudit(e.ctx, dir, cutoff, true)
	e.must(err)
	if a.File != "" {
		e.t.Errorf("archived twice: %+v", a)
	}
	archives, err := e.AuditArchives(e.ctx)
	e.must(err)
	page, err := e.AuditEntries(e.ctx, jiqiao.AuditQuery{})
	e.must(err)
	if len(archives) != 1 || !archives[0].Removed || page.Total != 4 || page.Entries[3].Seq != 4 {
		e.t.Errorf("removed: %+v, %d left", archives, page.Total)
	}
	check := e.check()
	if !check.OK || check.First != 4 || check.Last != 7 {
		e.t.Errorf("what is left: %+v", check)
	}
	whole, err := e.VerifyAudit(e.ctx, dir, store.AuditMark{Seq: check.Last, Hash: check.Hash})
	e.must(err)
	if !whole.OK || whole.Entries != 7 || whole.Archived != 3 || whole.First != 1 {
		e.t.Errorf("with the archive: %+v", whole)
	}
	e.archiveFaults(dir, archives[0].File)
}

// archiveFaults exchanges the file, takes it away, and asks for what is not in the chain.
func (e *env) archiveFaults(dir, name string) {
	e.t.Helper()
	path := filepath.Join(dir, name)
	good, err := os.ReadFile(path)
	e.must(err)
	bad := append([]byte{}, good...)
	bad[len(bad)/2] ^= 1
	e.must(os.WriteFile(path, bad, 0o600))
	faulty := func(dir string, mark store.AuditMark, kind jiqiao.AuditFaultKind) {
		e.t.Helper()
		check, err := e.VerifyAudit(e.ctx, dir, mark)
		e.must(err)
		if check.OK || check.FaultCount == 0 || check.Faults[0].Kind != kind {
			e.t.Errorf("want %s: %+v", kind, check)
		}
	}
	faulty(dir, store.AuditMark{}, jiqiao.FaultArchive)
	e.must(os.WriteFile(path, good, 0o600))
	faulty(dir, store.AuditMark{Seq: 2, Hash: strings.Repeat("0", 64)}, jiqiao.FaultChanged)
	faulty(dir, store.AuditMark{Seq: 99, Hash: strings.Repeat("0", 64)}, jiqiao.FaultCutOff)
	e.must(os.Remove(path))
	faulty(dir, store.AuditMark{}, jiqiao.FaultArchive)
	if check := e.check(); !check.OK {
		e.t.Errorf("without archives: %+v", check)
	}
}

func auditOutlivesARestore(e *env) {
	e.acted(jiqiao.Origin{}, jiqiao.Act{Name: "user.login"}, jiqiao.Act{Name: "user.login"})
	file := e.backup()
	e.acted(jiqiao.Origin{}, jiqiao.Act{Name: "user.lock"})
	e.backupInto(file)
	check := e.check()
	page, err := e.AuditEntries(e.ctx, jiqiao.AuditQuery{})
	e.must(err)
	if !check.OK || check.Last != 3 || page.Entries[0].Act != "database.restore" {
		e.t.Errorf("restored: %+v, %+v", check, page.Entries)
	}
	e.acted(jiqiao.Origin{}, jiqiao.Act{Name: "user.login"})
	if check := e.check(); !check.OK || check.Last != 4 {
		e.t.Errorf("gone on: %+v", check)
	}
}
