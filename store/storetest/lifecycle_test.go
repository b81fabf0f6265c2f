package storetest

import (
	"bytes"
	"compress/gzip"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/store"
)

func lifecycleTests() map[string]func(*env) {
	return map[string]func(*env){
		"IllegalStepsChangeNothing":        illegalStepsChangeNothing,
		"ReturnNeedsAReason":               returnNeedsAReason,
		"SubmitReturnApprove":              submitReturnApprove,
		"StepsOfAStaleVersionAreRefused":   staleSteps,
		"OneOfManyApprovals":               oneOfManyApprovals,
		"ApproveAgainstEdit":               approveAgainstEdit,
		"EngagedTwiceIsEngaged":            engagedTwice,
		"HistoryIsComplete":                historyIsComplete,
		"HistoryPages":                     historyPages,
		"HistoryOfImports":                 historyOfImports,
		"HistoryOfARenamedOwner":           historyOfARenamedOwner,
		"RevisionWaitsWhileTheOldIsShown":  revisionWaits,
		"RevisionMeetsOtherChanges":        revisionMeetsOtherChanges,
		"RevisionOfTwoColleagues":          revisionOfTwoColleagues,
		"RevisionEndsWithTheRecord":        revisionEndsWithTheRecord,
		"ReviewQueueFiltersSortsAndPages":  reviewQueue,
		"MergeLosesNothingAndIsUndone":     mergeLosesNothing,
		"MergeRefusals":                    mergeRefusals,
		"UndoKeepsWhatWasChangedSince":     undoKeepsLaterChanges,
		"PublishedRecordsAskForCandidates": publishedAskForCandidates,
		"StepsAreAuditedWithoutContents":   stepsAreAudited,
		"Marks":                            marks,
		"OwnRecordsSortPageAndTell":        ownRecords,
	}
}

func draft(owner, title string) *jiqiao.Need {
	n := Need(owner, title)
	n.Status, n.Region, n.Fields = jiqiao.StatusDraft, "320981", []string{"20101", "40"}
	return n
}

func (e *env) step(rec jiqiao.Record, step jiqiao.Step, actor jiqiao.Actor) (jiqiao.Record, error) {
	return e.Move(e.ctx, jiqiao.RecordMove{Kind: rec.Kind(), ID: rec.Head().ID, Step: step, Actor: actor, Note: "原因"})
}

func (e *env) steps(rec jiqiao.Record, steps ...jiqiao.Step) jiqiao.Record {
	e.t.Helper()
	for _, s := range steps {
		actor := jiqiao.ActorOwner
		switch s {
		case jiqiao.StepApprove, jiqiao.StepReturn:
			actor = jiqiao.ActorOperator
		case jiqiao.StepExpire:
			actor = jiqiao.ActorSystem
		case jiqiao.StepEngage, jiqiao.StepDisengage:
			actor = jiqiao.ActorDeal
		}
		var err error
		rec, err = e.step(rec, s, actor)
		e.must(err)
	}
	return rec
}

func (e *env) get(rec jiqiao.Record) jiqiao.Record {
	e.t.Helper()
	got, err := e.Get(e.ctx, rec.Kind(), rec.Head().ID)
	e.must(err)
	return got
}

func illegalStepsChangeNothing(e *env) {
	n := draft("甲公司", "一")
	e.put(n)
	before := e.lastSeq()
	for _, c := range []struct {
		step  jiqiao.Step
		actor jiqiao.Actor
		code  jiqiao.Code
	}{
		{jiqiao.StepApprove, jiqiao.ActorOperator, jiqiao.CodeConflict},
		{jiqiao.StepApprove, jiqiao.ActorOwner, jiqiao.CodeConflict},
		{jiqiao.StepPause, jiqiao.ActorOwner, jiqiao.CodeConflict},
		{jiqiao.StepExpire, jiqiao.ActorSystem, jiqiao.CodeConflict},
		{jiqiao.StepSubmit, jiqiao.ActorDeal, jiqiao.CodeForbidden},
		{"fly", jiqiao.ActorOperator, jiqiao.CodeConflict},
	} {
		_, err := e.step(n, c.step, c.actor)
		e.fails(c.code, err)
	}
	_, err := e.Move(e.ctx, jiqiao.RecordMove{Kind: jiqiao.KindNeed, ID: "n_00000000000000000000", Step: jiqiao.StepSubmit, Actor: jiqiao.ActorOwner})
	e.fails(jiqiao.CodeNotFound, err)
	if e.lastSeq() != before || e.get(n).Head().Version != 1 {
		e.t.Error("a refused step wrote something")
	}
}

func returnNeedsAReason(e *env) {
	n := draft("甲公司", "一")
	e.put(n)
	e.steps(n, jiqiao.StepSubmit)
	for _, note := range []string{"", " \n "} {
		_, err := e.Move(e.ctx, jiqiao.RecordMove{Kind: jiqiao.KindNeed, ID: n.ID, Step: jiqiao.StepReturn, Actor: jiqiao.ActorOperator, Note: note})
		e.fails(jiqiao.CodeInvalid, err)
	}
}

func submitReturnApprove(e *env) {
	n := draft("甲公司", "一")
	e.put(n)
	ctx := jiqiao.WithOrigin(e.ctx, jiqiao.Origin{Viewer: jiqiao.Viewer{User: "u_1", Name: "张三"}})
	_, err := e.Move(ctx, jiqiao.RecordMove{
		Kind: jiqiao.KindNeed, ID: n.ID, Version: 1, Step: jiqiao.StepSubmit, Actor: jiqiao.ActorOwner,
		Diagnosis: &jiqiao.Diagnosis{Completeness: 40, Passages: []jiqiao.Passage{{Label: "长"}}, Similar: []jiqiao.SimilarRecord{{Duplicate: jiqiao.Duplicate{ID: "n_2", Record: n}}}},
	})
	e.must(err)
	r, err := e.PendingReview(e.ctx, n.ID)
	e.must(err)
	if r.Version != 2 || r.Round != 1 || r.Revision || r.SubmittedBy != "u_1" || r.Diagnosis.Completeness != 40 || r.Record.Head().Title != "一" {
		e.t.Errorf("the review: %+v", r)
	}
	if r.Diagnosis.Passages != nil || r.Diagnosis.Similar[0].Record != nil || r.Diagnosis.Similar[0].ID != "n_2" {
		e.t.Errorf("the diagnosis keeps texts: %+v", r.Diagnosis)
	}
	comments := []jiqiao.FieldError{{Field: "metrics[0].value", Message: "目标值偏高"}}
	rec, err := e.Move(ctx, jiqiao.RecordMove{
		Kind: jiqiao.KindNeed, ID: n.ID, Version: 2, Step: jiqiao.StepReturn, Actor: jiqiao.ActorOperator, Comments: comments,
	})
	e.must(err)
	if rec.Head().Status != jiqiao.StatusReturned || rec.Head().Version != 3 {
		e.t.Errorf("returned: %+v", rec.Head())
	}
	_, err = e.PendingReview(e.ctx, n.ID)
	e.fails(jiqiao.CodeNotFound, err)
	e.steps(n, jiqiao.StepSubmit)
	rec, err = e.Move(ctx, jiqiao.RecordMove{
		Kind: jiqiao.KindNeed, ID: n.ID, Version: 4, Step: jiqiao.StepApprove, Actor: jiqiao.ActorOperator, ValidUntil: "2027-11-22",
	})
	e.must(err)
	if rec.Head().Status != jiqiao.StatusPublished || rec.Head().ValidUntil != "2027-11-22" {
		e.t.Errorf("approved: %+v", rec.Head())
	}
	page, err := e.Reviews(e.ctx, jiqiao.ReviewQuery{RecordID: n.ID})
	e.must(err)
	if page.Total != 2 || page.Items[0].State != jiqiao.ReviewReturned || page.Items[1].State != jiqiao.ReviewApproved || page.Items[1].Round != 2 {
		e.t.Errorf("reviews: %+v", page)
	}
	if diff := cmp.Diff(comments, page.Items[0].Comments); diff != "" || page.Items[0].DecidedBy != "u_1" || page.Items[0].DecidedAt == nil {
		e.t.Errorf("the answer: %s %+v", diff, page.Items[0])
	}
}

func staleSteps(e *env) {
	n := draft("甲公司", "一")
	e.put(n)
	e.put(n) // version 2
	_, err := e.Move(e.ctx, jiqiao.RecordMove{Kind: jiqiao.KindNeed, ID: n.ID, Version: 1, Step: jiqiao.StepSubmit, Actor: jiqiao.ActorOwner})
	e.fails(jiqiao.CodeConflict, err)
}

// atOnce runs the functions side by side and counts those that did not fail; others must fail with the code.
func (e *env) atOnce(code jiqiao.Code, all ...func() error) (won int) {
	e.t.Helper()
	errs := make([]error, len(all))
	var wg sync.WaitGroup
	for i, f := range all {
		wg.Go(func() { errs[i] = f() })
	}
	wg.Wait()
	for _, err := range errs {
		if err == nil {
			won++
		} else {
			e.fails(code, err)
		}
	}
	return won
}

func oneOfManyApprovals(e *env) {
	n := draft("甲公司", "一")
	e.put(n)
	submit := func() error { _, err := e.step(n, jiqiao.StepSubmit, jiqiao.ActorOwner); return err }
	if won := e.atOnce(jiqiao.CodeConflict, submit, submit, submit); won != 1 {
		e.t.Errorf("submitted %d times", won)
	}
	other := e.another()
	answer := func(st *store.Store, step jiqiao.Step) func() error {
		return func() error {
			_, err := st.Move(e.ctx, jiqiao.RecordMove{Kind: jiqiao.KindNeed, ID: n.ID, Version: 2, Step: step, Actor: jiqiao.ActorOperator, Note: "否"})
			return err
		}
	}
	if won := e.atOnce(jiqiao.CodeConflict, answer(e.Store, jiqiao.StepApprove), answer(other, jiqiao.StepReturn), answer(other, jiqiao.StepApprove)); won != 1 {
		e.t.Errorf("answered %d times", won)
	}
	page, err := e.Reviews(e.ctx, jiqiao.ReviewQuery{RecordID: n.ID})
	e.must(err)
	if page.Total != 1 || page.Items[0].State == jiqiao.ReviewPending {
		e.t.Errorf("reviews: %+v", page)
	}
}

// The reviewer approves what was read, never what was changed meanwhile.
func approveAgainstEdit(e *env) {
	for i := range 4 {
		n := draft("甲公司", "一"+strings.Repeat("一", i))
		e.put(n)
		read := e.steps(n, jiqiao.StepSubmit)
		edited := read.(*jiqiao.Need)
		c := *edited
		c.Problem = "后来改的"
		won := e.atOnce(jiqiao.CodeConflict,
			func() error { return e.Put(e.ctx, &c) },
			func() error {
				_, err := e.Move(e.ctx, jiqiao.RecordMove{Kind: jiqiao.KindNeed, ID: n.ID, Version: 2, Step: jiqiao.StepApprove, Actor: jiqiao.ActorOperator})
				return err
			})
		got := e.get(n)
		if won != 1 || got.Head().Status == jiqiao.StatusPublished && got.(*jiqiao.Need).Problem == "后来改的" {
			e.t.Errorf("%d won: %s %s", won, got.Head().Status, got.(*jiqiao.Need).Problem)
		}
		if r, err := e.PendingReview(e.ctx, n.ID); err == nil && r.Version != 3 {
			e.t.Errorf("the review is of version %d", r.Version)
		}
	}
}

func engagedTwice(e *env) {
	n := Need("甲公司", "一")
	e.put(n)
	e.steps(n, jiqiao.StepEngage, jiqiao.StepEngage)
	if got := e.get(n); got.Head().Status != jiqiao.StatusEngaged || got.Head().Version != 2 {
		e.t.Errorf("%+v", got.Head())
	}
	e.steps(n, jiqiao.StepDisengage, jiqiao.StepExpire, jiqiao.StepRenew, jiqiao.StepSettle, jiqiao.StepReopen)
}

func historyIsComplete(e *env) {
	n := draft("甲公司", "一")
	n.Contact = jiqiao.Contact{Name: "张三丰", Mobile: "13812345678"}
	e.put(n)
	c := *n
	c.Title, c.Contact.Mobile = "二", "13987654321"
	e.put(&c)
	e.steps(n, jiqiao.StepSubmit, jiqiao.StepApprove)
	h, err := e.History(e.ctx, jiqiao.KindNeed, n.ID, 0, 0)
	e.must(err)
	var got []string
	for _, v := range h.Items {
		line := v.Act + " " + string(v.Status)
		for _, c := range v.Changes {
			line += " " + c.Label + ":" + c.Before + "→" + c.After
		}
		got = append(got, line)
	}
	want := []string{
		"record.approve published 状态:待审核→已发布",
		"record.submit pending 状态:草稿→待审核",
		"record.update draft 需求名称:一→二 联系方式:张** 138****78→张** 139****21",
		"record.create draft",
	}
	if diff := cmp.Diff(want, got); diff != "" || h.Total != 4 || h.Next != 0 {
		e.t.Errorf("history (-want +got):\n%s %+v", diff, h)
	}
	for version, title := range map[int64]string{1: "一", 2: "二", 3: "二", 4: "二"} {
		rec, err := e.VersionOf(e.ctx, jiqiao.KindNeed, n.ID, version)
		e.must(err)
		if rec.Head().Title != title || rec.Head().Version != version || rec.Head().ID != n.ID || rec.Head().UpdatedAt.IsZero() {
			e.t.Errorf("version %d: %+v", version, rec.Head())
		}
	}
	for _, version := range []int64{0, -1, 5, 6} {
		_, err := e.VersionOf(e.ctx, jiqiao.KindNeed, n.ID, version)
		e.fails(jiqiao.CodeNotFound, err)
	}
}

func historyPages(e *env) {
	n := draft("甲公司", "零")
	e.put(n)
	for _, title := range strings.Split("一二三四五六", "") {
		n.Title = title
		e.put(n)
	}
	whole, err := e.History(e.ctx, jiqiao.KindNeed, n.ID, 0, 100)
	e.must(err)
	var paged []jiqiao.RecordVersion
	for below := int64(0); ; {
		page, err := e.History(e.ctx, jiqiao.KindNeed, n.ID, below, 3)
		e.must(err)
		paged = append(paged, page.Items...)
		if below = page.Next; below == 0 {
			break
		}
	}
	if diff := cmp.Diff(whole.Items, paged); diff != "" || len(paged) != 7 {
		e.t.Errorf("pages and whole differ:\n%s", diff)
	}
}

func historyOfImports(e *env) {
	ctx := jiqiao.WithOrigin(e.ctx, jiqiao.Origin{Viewer: jiqiao.Viewer{User: "u_9", Name: "导入的人"}})
	for _, problem := range []string{"旧", "新", "新"} {
		n := Need("甲公司", "一")
		n.Problem = problem
		_, err := e.PutMany(ctx, []jiqiao.Record{n})
		e.must(err)
	}
	rec, err := e.FindByKey(e.ctx, jiqiao.KindNeed, "", "甲公司", "一")
	e.must(err)
	h, err := e.History(e.ctx, jiqiao.KindNeed, rec.Head().ID, 0, 0)
	e.must(err)
	if len(h.Items) != 2 || h.Items[0].Act != "record.import" || h.Items[0].User != "u_9" || h.Items[0].Changes[0].Before != "旧" {
		e.t.Errorf("%+v", h)
	}
}

func historyOfARenamedOwner(e *env) {
	n := Need("甲公司", "一")
	e.put(n)
	org, err := e.GetOrganisation(e.ctx, n.Owner.ID)
	e.must(err)
	org.Name = "乙公司"
	e.must(e.PutOrganisation(e.ctx, &org))
	h, err := e.History(e.ctx, jiqiao.KindNeed, n.ID, 0, 0)
	e.must(err)
	if len(h.Items) != 2 || len(h.Items[0].Changes) != 1 || h.Items[0].Changes[0].Field != "owner" || h.Items[0].Act != "organisation.update" {
		e.t.Errorf("%+v", h.Items)
	}
}

func (e *env) changed(rec jiqiao.Record, title string) jiqiao.Record {
	c := *rec.(*jiqiao.Need)
	c.Title = title
	return &c
}

func revisionWaits(e *env) {
	n := Need("甲公司", "一")
	e.put(n)
	r, err := e.Propose(e.ctx, e.changed(n, "二"), 0)
	e.must(err)
	if !r.Revision || r.Edition != 1 || r.Record.Head().Title != "二" || len(r.Changes) != 1 || r.Version != 1 {
		e.t.Errorf("%+v", r)
	}
	if got := e.get(n); got.Head().Title != "一" || got.Head().Version != 1 {
		e.t.Errorf("shown: %+v", got.Head())
	}
	// A step in between does not harm it.
	e.steps(n, jiqiao.StepPause)
	_, err = e.Move(e.ctx, jiqiao.RecordMove{Kind: jiqiao.KindNeed, ID: n.ID, Step: jiqiao.StepApprove, Actor: jiqiao.ActorOwner})
	e.fails(jiqiao.CodeConflict, err)
	rec, err := e.Move(e.ctx, jiqiao.RecordMove{Kind: jiqiao.KindNeed, ID: n.ID, Version: 2, Edition: 1, Step: jiqiao.StepApprove, Actor: jiqiao.ActorOperator})
	e.must(err)
	if h := rec.Head(); h.Title != "二" || h.Status != jiqiao.StatusPaused || h.Version != 3 {
		e.t.Errorf("after approval: %+v", h)
	}
	_, err = e.LastRevision(e.ctx, n.ID)
	e.fails(jiqiao.CodeNotFound, err)
	_, err = e.Move(e.ctx, jiqiao.RecordMove{Kind: jiqiao.KindNeed, ID: n.ID, Step: jiqiao.StepApprove, Actor: jiqiao.ActorOperator})
	e.fails(jiqiao.CodeConflict, err)
}

func revisionMeetsOtherChanges(e *env) {
	n := Need("甲公司", "一")
	e.put(n)
	_, err := e.Propose(e.ctx, e.changed(n, "二"), 0)
	e.must(err)
	other := *n
	other.Region = "320900"
	e.put(&other)
	rec, err := e.Move(e.ctx, jiqiao.RecordMove{Kind: jiqiao.KindNeed, ID: n.ID, Step: jiqiao.StepApprove, Actor: jiqiao.ActorOperator})
	e.must(err)
	if rec.Head().Title != "二" || rec.Head().Region != "320900" {
		e.t.Errorf("one of two changes was lost: %+v", rec.Head())
	}
	_, err = e.Propose(e.ctx, e.changed(rec, "三"), 0)
	e.must(err)
	clash := e.changed(rec, "四")
	e.put(clash)
	_, err = e.Move(e.ctx, jiqiao.RecordMove{Kind: jiqiao.KindNeed, ID: n.ID, Step: jiqiao.StepApprove, Actor: jiqiao.ActorOperator})
	e.fails(jiqiao.CodeConflict, err)
	_, err = e.Move(e.ctx, jiqiao.RecordMove{Kind: jiqiao.KindNeed, ID: n.ID, Step: jiqiao.StepReturn, Actor: jiqiao.ActorOperator, Note: "请核对"})
	e.must(err)
	if got := e.get(n); got.Head().Title != "四" || got.Head().Status != jiqiao.StatusPublished {
		e.t.Errorf("a returned change touched the record: %+v", got.Head())
	}
	r, err := e.LastRevision(e.ctx, n.ID)
	e.must(err)
	if r.State != jiqiao.ReviewReturned || r.Note != "请核对" || r.Record.Head().Title != "三" {
		e.t.Errorf("%+v", r)
	}
}

func revisionOfTwoColleagues(e *env) {
	n := Need("甲公司", "一")
	e.put(n)
	_, err := e.Propose(e.ctx, e.changed(n, "二"), 0)
	e.must(err)
	for _, edition := range []int{0, 2, -1} {
		_, err = e.Propose(e.ctx, e.changed(n, "三"), edition)
		e.fails(jiqiao.CodeConflict, err)
	}
	r, err := e.Propose(e.ctx, e.changed(n, "三"), 1)
	e.must(err)
	if r.Edition != 2 || r.Record.Head().Title != "三" {
		e.t.Errorf("%+v", r)
	}
	_, err = e.Move(e.ctx, jiqiao.RecordMove{Kind: jiqiao.KindNeed, ID: n.ID, Edition: 1, Step: jiqiao.StepApprove, Actor: jiqiao.ActorOperator})
	e.fails(jiqiao.CodeConflict, err)
	stale := e.changed(n, "四")
	stale.Head().Version = 7
	_, err = e.Propose(e.ctx, stale, 2)
	e.fails(jiqiao.CodeConflict, err)
	e.must(e.DropRevision(e.ctx, jiqiao.KindNeed, n.ID))
	e.fails(jiqiao.CodeNotFound, e.DropRevision(e.ctx, jiqiao.KindNeed, n.ID))
}

func revisionEndsWithTheRecord(e *env) {
	for _, end := range []func(*jiqiao.Need) error{
		func(n *jiqiao.Need) error { _, err := e.step(n, jiqiao.StepWithdraw, jiqiao.ActorOwner); return err },
		func(n *jiqiao.Need) error { return e.Delete(e.ctx, jiqiao.KindNeed, n.ID, n.Version) },
	} {
		n := Need("甲公司", "一")
		e.put(n)
		_, err := e.Propose(e.ctx, e.changed(n, "二"), 0)
		e.must(err)
		e.must(end(n))
		_, err = e.PendingReview(e.ctx, n.ID)
		e.fails(jiqiao.CodeNotFound, err)
	}
	page, err := e.Reviews(e.ctx, jiqiao.ReviewQuery{State: jiqiao.ReviewPending})
	e.must(err)
	if page.Total != 0 {
		e.t.Errorf("the queue: %+v", page)
	}
}

func reviewQueue(e *env) {
	yes, no := true, false
	south := draft("甲公司", "南")
	south.Region = "321000"
	nowhere := draft("甲公司", "无地区")
	nowhere.Region, nowhere.Fields = "", nil
	for _, n := range []*jiqiao.Need{draft("甲公司", "一"), south, nowhere} {
		e.put(n)
		e.steps(n, jiqiao.StepSubmit)
		e.clock.Advance(time.Hour)
	}
	a := Achievement("某大学", "成果")
	a.Region = "320981"
	e.put(a)
	c := *a
	c.Title = "改过的成果"
	_, err := e.Propose(e.ctx, &c, 0)
	e.must(err)
	titles := func(q jiqiao.ReviewQuery) string {
		e.t.Helper()
		q.State = jiqiao.ReviewPending
		page, err := e.Reviews(e.ctx, q)
		e.must(err)
		var names []string
		for _, r := range page.Items {
			names = append(names, r.Record.Head().Title)
		}
		if q.Limit == 0 && page.Total != len(names) {
			e.t.Errorf("%d of %d", len(names), page.Total)
		}
		return strings.Join(names, " ")
	}
	start := NewClock().Now()
	for want, q := range map[string]jiqiao.ReviewQuery{
		"一 南 无地区 改过的成果": {},
		"改过的成果 无地区 南 一": {Newest: true},
		"一 南 无地区":       {Kind: jiqiao.KindNeed},
		"一 无地区 改过的成果":   {Region: "320900"},
		"南 无地区":         {Region: "321000"},
		"一 南":           {Field: "20"},
		"改过的成果":         {Revision: &yes},
		"一 无地区":         {Revision: &no, Region: "320981"},
		"一":             {Before: start.Add(time.Minute)},
		"无地区 改过的成果":     {After: start.Add(2 * time.Hour)},
		"":              {Field: "2010%"},
	} {
		if got := titles(q); got != want {
			e.t.Errorf("%+v: %q, want %q", q, got, want)
		}
	}
	var all []string
	for cursor := ""; ; {
		page, err := e.Reviews(e.ctx, jiqiao.ReviewQuery{State: jiqiao.ReviewPending, Limit: 1, Cursor: cursor})
		e.must(err)
		all = append(all, page.Items[0].Record.Head().Title)
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if got := strings.Join(all, " "); got != "一 南 无地区 改过的成果" {
		e.t.Errorf("page by page: %s", got)
	}
	for _, cursor := range []string{"x", "1.v_x", "9999999999999999999999.v_00000000000000000000", "1;DROP"} {
		_, err := e.Reviews(e.ctx, jiqiao.ReviewQuery{Cursor: cursor})
		e.fails(jiqiao.CodeInvalid, err)
	}
}

func mergeLosesNothing(e *env) {
	into, from := Need("甲公司", "一"), Need("甲公司", "一（重复）")
	from.Metrics = []jiqiao.Metric{{Name: "耐压", Text: "高"}}
	e.put(into, from)
	d := Decision(from.ID, "a_1", jiqiao.VerbAccept, "")
	e.must(e.PutDecision(e.ctx, d))
	e.must(e.Grant(e.ctx, jiqiao.Grant{Record: jiqiao.Ref{Type: "need", ID: from.ID}, Organisation: "o_1", Reason: "p"}))
	e.must(e.Grant(e.ctx, jiqiao.Grant{Record: jiqiao.Ref{Type: "need", ID: into.ID}, Organisation: "o_2", Reason: "p"}))
	e.must(e.Grant(e.ctx, jiqiao.Grant{Record: jiqiao.Ref{Type: "need", ID: from.ID}, Organisation: "o_2", Reason: "p"}))
	talk := Introduction(from.ID, "a_1")
	e.must(e.CreateIntroduction(e.ctx, talk, Quiet))
	m := jiqiao.MergeRequest{Kind: jiqiao.KindNeed, From: from.ID, Into: into.ID, FromVersion: 1, IntoVersion: 1, Fields: []string{"metrics"}}
	done, err := e.MergeRecords(e.ctx, m)
	e.must(err)
	e.talksAbout(talk.ID, into.ID)
	if diff := cmp.Diff(map[string]int{"decisions": 1, "grants": 1, "introductions": 1}, done.Moved); diff != "" {
		e.t.Errorf("moved (-want +got):\n%s", diff)
	}
	survivor, gone := e.get(into).(*jiqiao.Need), e.get(from).(*jiqiao.Need)
	if survivor.Title != "一" || len(survivor.Metrics) != 1 || gone.Status != jiqiao.StatusWithdrawn || gone.MergedInto != into.ID {
		e.t.Errorf("survivor %+v, gone %+v", survivor, gone.Head())
	}
	where, err := e.MergedInto(e.ctx, jiqiao.KindNeed, from.ID)
	e.must(err)
	still, err := e.MergedInto(e.ctx, jiqiao.KindNeed, into.ID)
	e.must(err)
	if where != into.ID || still != "" {
		e.t.Errorf("merged into %q and %q", where, still)
	}
	page, err := e.Decisions(e.ctx, jiqiao.DecisionQuery{NeedID: into.ID})
	e.must(err)
	if page.Total != 1 {
		e.t.Errorf("decisions of the survivor: %+v", page)
	}
	// No step and no second merge of what is gone.
	_, err = e.step(from, jiqiao.StepReopen, jiqiao.ActorOwner)
	e.fails(jiqiao.CodeConflict, err)
	m.FromVersion, m.IntoVersion = 2, 2
	_, err = e.MergeRecords(e.ctx, m)
	e.fails(jiqiao.CodeConflict, err)
	back, err := e.UndoMerge(e.ctx, jiqiao.KindNeed, from.ID)
	e.must(err)
	e.talksAbout(talk.ID, from.ID)
	if h := back.Head(); h.Status != jiqiao.StatusPublished || h.MergedInto != "" || h.Title != "一（重复）" {
		e.t.Errorf("back: %+v", h)
	}
	if survivor = e.get(into).(*jiqiao.Need); len(survivor.Metrics) != 0 {
		e.t.Errorf("the survivor keeps what it was lent: %+v", survivor)
	}
	page, err = e.Decisions(e.ctx, jiqiao.DecisionQuery{NeedID: from.ID})
	e.must(err)
	if page.Total != 1 {
		e.t.Errorf("decisions did not come back: %+v", page)
	}
	_, err = e.UndoMerge(e.ctx, jiqiao.KindNeed, from.ID)
	e.fails(jiqiao.CodeConflict, err)
	for _, rec := range []*jiqiao.Need{into, from} {
		h, err := e.History(e.ctx, jiqiao.KindNeed, rec.ID, 0, 0)
		e.must(err)
		if len(h.Items) != 3 || h.Items[1].Act != "record.merge" || h.Items[0].Act != "record.unmerge" {
			e.t.Errorf("history of %s: %+v", rec.Title, h.Items)
		}
		merges, err := e.Merges(e.ctx, rec.ID)
		e.must(err)
		if len(merges) != 1 || merges[0].UndoneAt == nil || merges[0].Fields[0] != "metrics" {
			e.t.Errorf("merges: %+v", merges)
		}
	}
}

// talksAbout checks that the introduction is about the need, wherever one reads of it.
func (e *env) talksAbout(introduction, need string) {
	e.t.Helper()
	read, err := e.Introduction(e.ctx, introduction)
	e.must(err)
	listed, err := e.Introductions(e.ctx, jiqiao.IntroductionQuery{Scope: jiqiao.IntroductionScope{All: true}, NeedID: need})
	e.must(err)
	changed, err := e.ChangeIntroduction(e.ctx, introduction, func(i *jiqiao.Introduction) (jiqiao.IntroductionOutcome, error) {
		return jiqiao.IntroductionOutcome{}, nil
	})
	e.must(err)
	if read.NeedID != need || changed.NeedID != need || len(listed.Items) != 1 || listed.Items[0].NeedID != need {
		e.t.Errorf("about %s, read %s, changed %s, listed %+v", need, read.NeedID, changed.NeedID, listed.Items)
	}
}

func mergeRefusals(e *env) {
	n, other := Need("甲公司", "一"), Need("甲公司", "二")
	e.put(n, other)
	a := Achievement("某大学", "一")
	e.put(a)
	ok := jiqiao.MergeRequest{Kind: jiqiao.KindNeed, From: n.ID, Into: other.ID, FromVersion: 1, IntoVersion: 1}
	for name, c := range map[string]struct {
		change func(*jiqiao.MergeRequest)
		code   jiqiao.Code
	}{
		"into itself":         {func(m *jiqiao.MergeRequest) { m.Into = n.ID }, jiqiao.CodeInvalid},
		"into nothing":        {func(m *jiqiao.MergeRequest) { m.Into = "n_00000000000000000000" }, jiqiao.CodeInvalid},
		"into the other side": {func(m *jiqiao.MergeRequest) { m.Into = a.ID }, jiqiao.CodeInvalid},
		"from nothing":        {func(m *jiqiao.MergeRequest) { m.From = "x" }, jiqiao.CodeNotFound},
		"a stale version":     {func(m *jiqiao.MergeRequest) { m.IntoVersion = 9 }, jiqiao.CodeConflict},
		"no version":          {func(m *jiqiao.MergeRequest) { m.FromVersion = 0 }, jiqiao.CodePrecondition},
		"a field it must not": {func(m *jiqiao.MergeRequest) { m.Fields = []string{"status"} }, jiqiao.CodeInvalid},
		"a field that is not": {func(m *jiqiao.MergeRequest) { m.Fields = []string{"__proto__"} }, jiqiao.CodeInvalid},
	} {
		m := ok
		c.change(&m)
		_, err := e.MergeRecords(e.ctx, m)
		if jiqiao.CodeOf(err) != c.code {
			e.t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	if e.get(n).Head().Version != 1 || e.get(other).Head().Version != 1 {
		e.t.Error("a refused merge wrote something")
	}
}

func undoKeepsLaterChanges(e *env) {
	into, from := Need("甲公司", "一"), Need("甲公司", "二")
	e.put(into, from)
	_, err := e.MergeRecords(e.ctx, jiqiao.MergeRequest{Kind: jiqiao.KindNeed, From: from.ID, Into: into.ID, FromVersion: 1, IntoVersion: 1, Fields: []string{"title"}})
	e.must(err)
	later := e.get(into)
	later.Head().Region = "320900"
	e.put(later)
	_, err = e.UndoMerge(e.ctx, jiqiao.KindNeed, from.ID)
	e.must(err)
	if got := e.get(into).Head(); got.Title != "二" || got.Region != "320900" {
		e.t.Errorf("a later change was lost: %+v", got)
	}
}

func publishedAskForCandidates(e *env) {
	d, n := draft("甲公司", "草稿"), Need("甲公司", "发布")
	e.put(d, n)
	if !e.jobWaits(jiqiao.JobCandidates, n.ID) || e.jobWaits(jiqiao.JobCandidates, d.ID) {
		e.t.Error("only what is published is looked at")
	}
	engaged, paused, withdrawn, deleted := Need("甲公司", "对接"), Need("甲公司", "暂停"), Need("甲公司", "撤回"), Need("甲公司", "删除")
	e.put(engaged, paused, withdrawn, deleted)
	for _, j := range e.claim(e.Store, "w", 10, jiqiao.JobCandidates) {
		e.must(e.FinishJob(e.ctx, j, jiqiao.JobDone, ""))
	}
	e.steps(engaged, jiqiao.StepEngage)
	e.steps(paused, jiqiao.StepPause)
	e.steps(withdrawn, jiqiao.StepWithdraw)
	e.must(e.Delete(e.ctx, jiqiao.KindNeed, deleted.ID, 1))
	for _, gone := range []*jiqiao.Need{paused, withdrawn, deleted} {
		if !e.jobWaits(jiqiao.JobCandidates, gone.ID) {
			e.t.Errorf("%s: the candidates stay", gone.Title)
		}
	}
	if e.jobWaits(jiqiao.JobCandidates, engaged.ID) {
		e.t.Error("talks with one are no end of the others")
	}
}

// jobWaits reports whether a job of the kind waits for the key: another one is not added then.
func (e *env) jobWaits(kind, key string) bool {
	e.t.Helper()
	page, err := e.Jobs(e.ctx, jiqiao.JobQuery{Kind: kind})
	e.must(err)
	for _, j := range page.Jobs {
		if j.Key == key && j.State == jiqiao.JobWaiting {
			return true
		}
	}
	return false
}

func stepsAreAudited(e *env) {
	n := draft("甲公司", "绝密标题")
	n.Contact.Mobile = "13812345678"
	e.put(n)
	e.steps(n, jiqiao.StepSubmit, jiqiao.StepApprove, jiqiao.StepPause)
	_, err := e.Propose(e.ctx, e.changed(e.get(n), "改过的绝密标题"), 0)
	e.must(err)
	e.must(e.Delete(e.ctx, jiqiao.KindNeed, n.ID, 4))
	text := e.auditText()
	for _, act := range []string{"record.create", "record.submit", "record.approve", "record.pause", "record.propose", "record.delete"} {
		if !strings.Contains(text, `"`+act+`"`) {
			e.t.Errorf("%s is not in the audit:\n%s", act, text)
		}
	}
	for _, secret := range []string{"绝密", "13812345678"} {
		if strings.Contains(text, secret) {
			e.t.Errorf("the audit holds %q:\n%s", secret, text)
		}
	}
}

func marks(e *env) {
	n := Need("甲公司", "一")
	e.put(n)
	none, err := e.Marks(e.ctx, []string{n.ID, "n_x"})
	e.must(err)
	if len(none) != 0 {
		e.t.Errorf("%v", none)
	}
	e.must(e.Ask(e.ctx, n.ID, jiqiao.Notice{Template: "record.confirm"}))
	asked, err := e.Marks(e.ctx, []string{n.ID})
	e.must(err)
	now := e.clock.Now().UTC().Truncate(time.Microsecond)
	if diff := cmp.Diff(jiqiao.RecordMark{AskedAt: &now}, asked[n.ID]); diff != "" {
		e.t.Error(diff)
	}
	e.clock.Advance(time.Hour)
	e.steps(n, jiqiao.StepConfirm)
	later := now.Add(time.Hour)
	confirmed, err := e.Marks(e.ctx, []string{n.ID})
	e.must(err)
	if diff := cmp.Diff(jiqiao.RecordMark{ConfirmedAt: &later}, confirmed[n.ID]); diff != "" {
		e.t.Error(diff)
	}
	if e.get(n).Head().Version != 1 {
		e.t.Error("confirming made a new version")
	}
	for range 2 { // reminded of the same once
		e.must(e.Remind(e.ctx, n.ID, "2026-12-22/30", jiqiao.Notice{Template: "record.expiring"}))
	}
	page, err := e.Jobs(e.ctx, jiqiao.JobQuery{Kind: jiqiao.JobNotice})
	e.must(err)
	if page.Total != 2 {
		e.t.Errorf("%d notices, want the question and one reminder", page.Total)
	}
}

// auditText is the audit's rows as a backup has them.
func (e *env) auditText() string {
	e.t.Helper()
	unzipped, err := gzip.NewReader(bytes.NewReader(e.backup()))
	e.must(err)
	text, err := io.ReadAll(unzipped)
	e.must(err)
	_, rows, _ := strings.Cut(string(text), `"table":"audit"`)
	rows, _, _ = strings.Cut(rows, `{"table"`)
	return rows
}

// ownRecords holds for each order that the pages joined are the whole, and that a search takes letters as they are.
func ownRecords(e *env) {
	var returned *jiqiao.Need
	for _, title := range []string{"丙 100%_x", "甲", "乙", "甲二"} {
		n := draft("甲公司", title)
		e.put(n)
		returned = n
		e.clock.Advance(time.Minute)
	}
	org := returned.Owner.ID
	e.steps(returned, jiqiao.StepSubmit, jiqiao.StepReturn)
	for sort, want := range map[jiqiao.OwnSort][]string{
		jiqiao.OwnUpdated: {"甲二", "乙", "甲", "丙 100%_x"},
		jiqiao.OwnNewest:  {"甲二", "乙", "甲", "丙 100%_x"},
		jiqiao.OwnOldest:  {"丙 100%_x", "甲", "乙", "甲二"},
	} {
		if diff := cmp.Diff(want, e.ownTitles(jiqiao.OwnQuery{Organisation: org, Sort: sort})); diff != "" {
			e.t.Errorf("%q (-want +got):\n%s", sort, diff)
		}
	}
	// The databases order letters differently; none may be lost or twice.
	byTitle := e.ownTitles(jiqiao.OwnQuery{Organisation: org, Sort: jiqiao.OwnByTitle})
	slices.Sort(byTitle)
	if diff := cmp.Diff([]string{"丙 100%_x", "乙", "甲", "甲二"}, byTitle); diff != "" {
		e.t.Errorf("by title (-want +got):\n%s", diff)
	}
	for text, want := range map[string][]string{"甲": {"甲二", "甲"}, "%_X": {"丙 100%_x"}, "_二": nil, " ": {"甲二", "乙", "甲", "丙 100%_x"}} {
		if diff := cmp.Diff(want, e.ownTitles(jiqiao.OwnQuery{Organisation: org, Text: text})); diff != "" {
			e.t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
	page, err := e.OwnRecords(e.ctx, jiqiao.OwnQuery{Organisation: org, Kind: jiqiao.KindNeed})
	e.must(err)
	if s := page.Standing[returned.ID]; s.Review != jiqiao.ReviewReturned || s.Comments == 0 || s.SubmittedAt == nil || len(page.Standing) != 1 {
		e.t.Errorf("standing: %+v", page.Standing)
	}
	_, err = e.OwnRecords(e.ctx, jiqiao.OwnQuery{Organisation: org, Kind: jiqiao.KindNeed, Sort: jiqiao.OwnByTitle, Cursor: "zz.n_1"})
	e.fails(jiqiao.CodeInvalid, err)
}

// ownTitles walks through all pages of one.
func (e *env) ownTitles(q jiqiao.OwnQuery) []string {
	e.t.Helper()
	var titles []string
	for q.Kind, q.Limit = jiqiao.KindNeed, 1; ; {
		page, err := e.OwnRecords(e.ctx, q)
		e.must(err)
		for _, rec := range page.Items {
			titles = append(titles, rec.Head().Title)
		}
		if q.Cursor = page.Next; q.Cursor == "" || len(titles) > 10 {
			return titles
		}
	}
}
