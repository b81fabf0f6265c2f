package intake

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"jiqiao"
)

// send imports a file as the viewer.
func (b *bench) send(t *testing.T, v jiqiao.Viewer, kind jiqiao.Kind, content string, commit bool) (jiqiao.Import, error) {
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
	return b.Import(as(t, v), jiqiao.ImportFile{Kind: kind, Name: "需求.csv", Commit: commit}, f)
}

func as(t *testing.T, v jiqiao.Viewer) context.Context {
	t.Helper()
	return jiqiao.WithOrigin(t.Context(), jiqiao.Origin{Viewer: v})
}

// member is an account of an organisation that is created by name.
func (b *bench) member(t *testing.T, name string) jiqiao.Viewer {
	t.Helper()
	org := jiqiao.Organisation{Name: name, Kind: jiqiao.OrganisationEnterprise, Region: "320900"}
	if err := b.store.PutOrganisation(t.Context(), &org); err != nil {
		t.Fatal(err)
	}
	return jiqiao.Viewer{User: "u_1", Role: jiqiao.RoleEnterprise, Organisation: org.ID}
}

func TestAnImportReachesNoOtherOrganisation(t *testing.T) {
	b := open(t, t.TempDir())
	b.imported(t, "需求名称,单位名称,主要技术难题,约束条件\n共有的题目,甲公司,甲的难题,甲的秘密\n")
	v := b.member(t, "乙公司")
	imp, err := b.send(t, v, jiqiao.KindNeed, "需求名称,单位名称,主要技术难题,状态\n共有的题目,甲公司,乙的难题,已发布\n", true)
	if err != nil || counts(imp) != [5]int{1, 1, 0, 0, 0} || imp.Organisation != v.Organisation {
		t.Fatalf("%+v %v", imp, err)
	}
	if i := slices.IndexFunc(imp.Warnings, func(w jiqiao.CellError) bool { return w.Column == "单位名称" }); i < 0 || imp.Warnings[i].Row != 2 || imp.Warnings[i].Value != "甲公司" {
		t.Errorf("another's name is taken in silence: %+v", imp.Warnings)
	}
	needs := b.needs(t)
	if len(needs) != 2 || needs[0].Problem != "甲的难题" || needs[0].Version != 1 {
		t.Fatalf("the other's record: %+v", needs[0])
	}
	mine := needs[1]
	if mine.Owner.ID != v.Organisation || mine.Constraints != "" || mine.Status != jiqiao.StatusPending || mine.Region != "320900" {
		t.Errorf("the own record: %+v", mine)
	}
}

func TestAnImportOfTheOwnerIsReviewed(t *testing.T) {
	b := open(t, t.TempDir())
	v := b.member(t, "乙公司")
	file := "需求名称,单位名称,主要技术难题,状态\n草稿的,乙公司,一,草稿\n提交的,乙公司,二,\n"
	if imp, err := b.send(t, v, jiqiao.KindNeed, file, true); err != nil || counts(imp) != [5]int{2, 2, 0, 0, 0} {
		t.Fatalf("%+v %v", imp, err)
	}
	needs := b.needs(t)
	if needs[0].Status != jiqiao.StatusDraft || needs[1].Status != jiqiao.StatusPending {
		t.Fatalf("%s and %s", needs[0].Status, needs[1].Status)
	}
	if imp, err := b.send(t, v, jiqiao.KindNeed, file, true); err != nil || counts(imp) != [5]int{2, 0, 0, 2, 0} {
		t.Fatalf("again: %+v %v", imp, err)
	}
	_, err := b.store.Move(t.Context(), jiqiao.RecordMove{Kind: jiqiao.KindNeed, ID: needs[1].ID, Step: jiqiao.StepApprove, Actor: jiqiao.ActorOperator})
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(file, "二", "改过的", 1)
	for range 2 { // the second time it waits already
		if _, err := b.send(t, v, jiqiao.KindNeed, changed, true); err != nil {
			t.Fatal(err)
		}
	}
	if shown := b.needs(t)[1]; shown.Problem != "二" || shown.Status != jiqiao.StatusPublished || shown.Version != 2 {
		t.Errorf("shown without review: %+v", shown)
	}
	r, err := b.store.PendingReview(t.Context(), needs[1].ID)
	if err != nil || !r.Revision || r.Record.(*jiqiao.Need).Problem != "改过的" || r.Edition != 1 {
		t.Errorf("%+v %v", r, err)
	}
}

func TestImportsAreTheirSenders(t *testing.T) {
	b := open(t, t.TempDir())
	mine, other := b.member(t, "乙公司"), b.member(t, "丙公司")
	file := "需求名称,单位名称,主要技术难题\n一,乙公司,一\n,乙公司,没有名称\n"
	imp, err := b.send(t, mine, jiqiao.KindNeed, file, false)
	if err != nil {
		t.Fatal(err)
	}
	machine := jiqiao.Viewer{Organisation: other.Organisation, Scopes: []jiqiao.Scope{jiqiao.ScopeWrite}}
	for name, v := range map[string]jiqiao.Viewer{"another member": other, "another's machine": machine, "without organisation": {User: "u_2", Role: jiqiao.RoleEnterprise}} {
		ctx := as(t, v)
		_, read := b.GetImport(ctx, imp.ID)
		_, commit := b.CommitImport(ctx, imp.ID)
		book := b.ErrorBook(ctx, imp.ID, io.Discard)
		_, stop := b.StopImport(ctx, imp.ID)
		_, drop := b.DropRest(ctx, imp.ID)
		for what, err := range map[string]error{"read": read, "commit": commit, "errors": book, "stop": stop, "drop": drop} {
			if jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
				t.Errorf("%s: %s: %v", name, what, err)
			}
		}
	}
	for name, v := range map[string]jiqiao.Viewer{"the sender": mine, "an operator": {User: "u_3", Role: jiqiao.RoleOperator}, "the command line": {}} {
		if _, err := b.GetImport(as(t, v), imp.ID); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, v := range map[string]jiqiao.Viewer{
		"a university": {User: "u_4", Role: jiqiao.RoleUniversity, Organisation: mine.Organisation}, "an auditor": {User: "u_5", Role: jiqiao.RoleAuditor},
		"without organisation": {User: "u_6", Role: jiqiao.RoleEnterprise},
	} {
		if _, err := b.send(t, v, jiqiao.KindNeed, file, true); jiqiao.CodeOf(err) != jiqiao.CodeForbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(b.needs(t)); n != 0 {
		t.Errorf("%d records were written", n)
	}
}

func TestAnOperatorImportsForTheRegion(t *testing.T) {
	b := open(t, t.TempDir())
	b.imported(t, "需求名称,单位名称,主要技术难题,所在地\n外地的,甲公司,一,南京\n")
	v := jiqiao.Viewer{User: "u_1", Role: jiqiao.RoleOperator, Region: "320900"}
	imp, err := b.send(t, v, jiqiao.KindNeed, "需求名称,单位名称,主要技术难题,所在地\n外地的,甲公司,二,盐城\n本地的,乙公司,二,大丰\n新的外地,丙公司,三,苏州\n", true)
	if err != nil || counts(imp) != [5]int{3, 1, 0, 0, 2} {
		t.Fatalf("%+v %v", imp, err)
	}
	if needs := b.needs(t); len(needs) != 2 || needs[0].Problem != "一" || needs[1].Status != jiqiao.StatusPublished {
		t.Errorf("%+v", needs)
	}
}
