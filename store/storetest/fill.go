package storetest

import (
	"slices"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/store"
)

// Fill gives the store something in every table and returns the secret of its token.
func Fill(t testing.TB, st *store.Store) (secret string) {
	t.Helper()
	ctx := t.Context()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	gone := Need("甲公司", "删掉的")
	full, result, kept := fullNeed(), fullAchievement(), Need("甲公司", "留下的")
	for _, rec := range []jiqiao.Record{full, result, kept, gone} {
		check(st.Put(ctx, rec))
	}
	fillLifecycle(t, st, full, kept, result)
	check(st.Delete(ctx, jiqiao.KindNeed, gone.ID, 1))
	secret, _, err := st.CreateToken(ctx, "令牌", []jiqiao.Scope{jiqiao.ScopeWrite}, time.Time{})
	check(err)
	imp := &jiqiao.Import{Kind: jiqiao.KindNeed, FileName: "需求.xlsx", State: jiqiao.ImportPreviewed}
	check(st.CreateImport(ctx, imp))
	check(st.StageRows(ctx, imp.ID, []jiqiao.StagedRow{{Row: 2, Record: Need("乙公司", "等待提交")}}))
	check(st.SaveMatchRun(ctx, &jiqiao.MatchRun{Kind: jiqiao.KindNeed, State: jiqiao.RunRunning, Cursor: "n_1"}, []jiqiao.MatchResult{
		{NeedID: "n_1", AchievementID: "a_1", Score: 1, Level: jiqiao.LevelWeak, Probabilities: [4]float64{0.5, 0.25, 1.0 / 8, 1.0 / 8}, MatchedAt: time.UnixMicro(1<<53 + 1)},
		{NeedID: "n_1", AchievementID: "a_2", Score: 1.0 / 3, Level: jiqiao.LevelWeak},
	}))
	check(st.SaveAssignment(ctx, assignment(), assignmentItems()))
	fillLearning(t, st)
	fillAccounts(t, st)
	fillQueues(t, st)
	fillIntroductions(t, st)
	fillNotices(t, st)
	fillDeals(t, st)
	check(st.Audit(ctx, jiqiao.Act{Name: "record.submit", Object: jiqiao.Ref{Type: "need", ID: "n_1"}, After: map[string]string{"status": "待审核"}}))
	_, err = st.BeginPeriod(ctx, "nightly", time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC), time.Hour, jiqiao.NewJob{Kind: "reminder"})
	check(err)
	check(st.Enqueue(ctx, jiqiao.NewJob{Kind: "reminder", Key: "n_1", Payload: map[string]string{"need": "n_1"}}))
	check(st.Grant(ctx, jiqiao.Grant{Record: jiqiao.Ref{Type: "need", ID: "n_1"}, Organisation: "o_1", Reason: "p_1"}))
	check(st.Reveal(ctx, &jiqiao.Reveal{Record: jiqiao.Ref{Type: "need", ID: "n_1"}, Owner: "o_2", User: "u_1", Name: "王经理", Role: jiqiao.RoleBroker,
		Organisation: "o_3", Reason: "核实需求"}, time.Time{}, 9))
	return secret
}

// Decision is a decision about the pair, as a broker sends it.
func Decision(need, achievement string, verb jiqiao.Verb, reason string) *jiqiao.Decision {
	return &jiqiao.Decision{
		NeedID: need, AchievementID: achievement, Verb: verb, Reason: reason, Rank: 3, Shown: 20,
		Score: 1.0 / 3, Level: jiqiao.LevelFair, Model: "v1", By: "张三",
	}
}

// Model is a version of a ranker, without its body.
func Model(version string) jiqiao.ModelVersion {
	return jiqiao.ModelVersion{
		Kind: jiqiao.ModelRanker, Version: version, Parent: "r0", Provenance: "由 12 项决定训练", Accepted: true,
		Figures:   map[string]float64{"pairwise": 1.0 / 3, "parent_pairwise": 0.25},
		CreatedAt: time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC),
	}
}

// fillLearning gives the store decisions, impressions and models.
func fillLearning(t testing.TB, st *store.Store) {
	t.Helper()
	ctx := t.Context()
	undone := Decision("n_1", "a_2", jiqiao.VerbAccept, "")
	for _, err := range []error{
		st.PutDecision(ctx, Decision("n_1", "a_1", jiqiao.VerbReject, "field")),
		st.PutDecision(ctx, undone),
		st.SaveImpressions(ctx, []jiqiao.Impression{
			{Kind: jiqiao.KindNeed, SubjectID: "n_1", First: 1, IDs: []string{"a_1", "a_2"}, Model: "v1", By: "张三"},
		}),
		st.PutModel(ctx, Model("r1"), []byte{0, 1, 0xff, 0xfe}),
		st.PutModel(ctx, Model("r2"), []byte("{}")),
		st.ActivateModel(ctx, jiqiao.ModelRanker, "r1"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := st.DeleteDecision(ctx, undone.ID); err != nil {
		t.Fatal(err)
	}
}

// Contents is all that can be read from the store, for comparing two.
func Contents(t testing.TB, st *store.Store) map[string]any {
	t.Helper()
	ctx := t.Context()
	all := map[string]any{}
	keep := func(name string, v any, err error) {
		t.Helper()
		if code := jiqiao.CodeOf(err); err != nil && code != jiqiao.CodeNotFound && code != jiqiao.CodeUnauthorized { // a store that was not filled lacks it
			t.Fatal(err)
		}
		all[name] = v
	}
	for _, kind := range jiqiao.Kinds {
		var recs []jiqiao.Record
		err := st.Each(ctx, kind, "", func(rec jiqiao.Record) error {
			recs = append(recs, rec)
			return nil
		})
		keep(string(kind), recs, err)
	}
	page, err := st.ListOrganisations(ctx, jiqiao.OrganisationQuery{Limit: jiqiao.MaxPageSize})
	keep("organisations", page.Items, err)
	tokens, err := st.Tokens(ctx)
	keep("tokens", tokens, err)
	imports, err := st.Imports(ctx, "", 100)
	keep("imports", imports, err)
	for _, imp := range imports {
		rows, err := st.StagedRows(ctx, imp.ID, 0, 1000)
		keep("rows of "+imp.ID, rows, err)
	}
	accountContents(t, st, keep)
	runs, err := st.MatchRuns(ctx, "", 100)
	keep("runs", runs, err)
	results, err := st.MatchResults(ctx, jiqiao.KindNeed, "n_1", 100)
	keep("results", results, err)
	assignments, err := st.Assignments(ctx, "", time.Time{}, 100)
	keep("assignments", assignments, err)
	for _, a := range assignments {
		items, err := st.AssignmentItems(ctx, a.ID, jiqiao.AssignmentItemQuery{})
		keep("items of "+a.ID, items, err)
	}
	decisions, err := st.Decisions(ctx, jiqiao.DecisionQuery{Withdrawn: true})
	keep("decisions", decisions, err)
	var shown []jiqiao.Impression
	err = st.EachImpression(ctx, time.Time{}, func(i jiqiao.Impression) error {
		shown = append(shown, i)
		return nil
	})
	keep("impressions", shown, err)
	introductionContents(ctx, st, keep)
	queueContents(t, st, keep)
	jobs, err := st.Jobs(ctx, jiqiao.JobQuery{Limit: jiqiao.MaxPageSize})
	keep("jobs", jobs, err)
	begun, err := st.SchedulesBegun(ctx)
	keep("schedules", begun, err)
	audit, err := st.AuditEntries(ctx, jiqiao.AuditQuery{Limit: jiqiao.MaxPageSize})
	audit.Entries = slices.DeleteFunc(audit.Entries, func(e jiqiao.AuditEntry) bool { return e.Act == "database.restore" })
	keep("audit", audit.Entries, err)
	models, err := st.Models(ctx, "")
	keep("models", models, err)
	for _, m := range models {
		_, body, err := st.Model(ctx, m.Kind, m.Version)
		keep("body of "+m.Version, body, err)
	}
	dealContents(t, st, keep)
	return all
}
