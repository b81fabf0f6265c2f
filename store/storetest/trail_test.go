package storetest

import (
	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

func trailTests() map[string]func(*env) {
	return map[string]func(*env){
		"OrganisationsAreAudited": organisationsAreAudited,
		"DecisionsAreAudited":     decisionsAreAudited,
		"RunsAreAudited":          runsAreAudited,
		"ImportsAreAudited":       importsAreAudited,
	}
}

func (e *env) wantAudited(want ...string) {
	e.t.Helper()
	if diff := cmp.Diff(want, e.audited()); diff != "" {
		e.t.Errorf("audit (-want +got):\n%s", diff)
	}
}

func organisationsAreAudited(e *env) {
	org := &jiqiao.Organisation{Name: "甲公司", Kind: jiqiao.OrganisationEnterprise, Contact: jiqiao.Contact{Mobile: "13900001111"}}
	e.must(e.PutOrganisation(e.ctx, org))
	org.Contact.Mobile, org.LegalPerson = "13700002222", "张三"
	e.must(e.PutOrganisation(e.ctx, org))
	if err := e.PutOrganisation(e.ctx, &jiqiao.Organisation{ID: org.ID, Version: 1, Name: "乙"}); jiqiao.CodeOf(err) != jiqiao.CodeConflict {
		e.t.Errorf("an old version: %v", err)
	}
	e.must(e.DeleteOrganisation(e.ctx, org.ID, org.Version))
	e.wantAudited("organisation.create", "organisation.update", "organisation.delete")
	page, err := e.AuditEntries(e.ctx, jiqiao.AuditQuery{Act: "organisation.update"})
	e.must(err)
	if got, want := string(page.Entries[0].After), `{"fields":["legal_person","contact"],"kind":"enterprise","region":""}`; got != want {
		e.t.Errorf("what changed: %s, want %s", got, want)
	}
}

func decisionsAreAudited(e *env) {
	d := &jiqiao.Decision{NeedID: "n_00000000000000000001", AchievementID: "a_00000000000000000001", Verb: jiqiao.VerbAccept}
	e.must(e.PutDecision(e.ctx, d))
	_, err := e.DeleteDecision(e.ctx, d.ID)
	e.must(err)
	if _, err := e.DeleteDecision(e.ctx, "d_00000000000000000000"); jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
		e.t.Errorf("none: %v", err)
	}
	e.wantAudited("decision.record", "decision.withdraw")
}

func runsAreAudited(e *env) {
	run := &jiqiao.MatchRun{Kind: jiqiao.KindNeed, State: jiqiao.RunRunning, Params: []byte(`{}`)}
	e.must(e.SaveMatchRun(e.ctx, run, nil))
	e.must(e.SaveMatchRun(e.ctx, run, nil)) // how far it is
	run.State = jiqiao.RunCancelled
	e.must(e.SaveMatchRun(e.ctx, run, nil))
	a := &jiqiao.Assignment{State: jiqiao.RunRunning}
	e.must(e.SaveAssignment(e.ctx, a, nil))
	a.State = jiqiao.RunCancelled
	e.must(e.SaveAssignment(e.ctx, a, nil))
	e.must(e.PutModel(e.ctx, jiqiao.ModelVersion{Kind: jiqiao.ModelKinds[0], Version: "v1"}, []byte("x")))
	e.must(e.ActivateModel(e.ctx, jiqiao.ModelKinds[0], "v1"))
	if err := e.ActivateModel(e.ctx, jiqiao.ModelKinds[0], "v2"); jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
		e.t.Errorf("none: %v", err)
	}
	e.wantAudited("run.start", "run.cancel", "assignment.start", "assignment.cancel", "model.activate")
}

func importsAreAudited(e *env) {
	imp := &jiqiao.Import{Kind: jiqiao.KindNeed, FileName: "张三的需求.xlsx", State: jiqiao.ImportPreviewed}
	e.must(e.CreateImport(e.ctx, imp))
	e.must(e.StageRows(e.ctx, imp.ID, []jiqiao.StagedRow{{Row: 2, Record: Need("甲公司", "甲的难题")}, {Row: 3, Record: Need("甲公司", "乙的难题")}}))
	for step := range 3 { // in steps: it is written down once
		done, err := e.CommitStaged(e.ctx, imp.ID, 1)
		e.must(err)
		if step == 0 {
			_, err = e.StopImport(e.ctx, imp.ID)
			e.must(err)
			_, err = e.ResumeImport(e.ctx, imp.ID, false)
			e.must(err)
		}
		if done.State == jiqiao.ImportDone {
			break
		}
	}
	var own []string
	for _, act := range e.audited() {
		if act != "record.import" {
			own = append(own, act)
		}
	}
	if diff := cmp.Diff([]string{"import.upload", "import.commit", "import.stop", "import.resume", "import.done"}, own); diff != "" {
		e.t.Errorf("audit (-want +got):\n%s", diff)
	}
}
