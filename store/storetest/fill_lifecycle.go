package storetest

import (
	"strings"
	"testing"

	"jiqiao"
	"jiqiao/store"
)

// fillLifecycle gives the store a merge that was undone, a change that waits and one that was returned, and a record that
// its owner stands by.
func fillLifecycle(t testing.TB, st *store.Store, first, second, result jiqiao.Record) {
	t.Helper()
	ctx := t.Context()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := st.MergeRecords(ctx, jiqiao.MergeRequest{
		Kind: jiqiao.KindNeed, From: first.Head().ID, Into: second.Head().ID, FromVersion: first.Head().Version,
		IntoVersion: second.Head().Version, Fields: []string{"problem"},
	})
	check(err)
	_, err = st.UndoMerge(ctx, jiqiao.KindNeed, first.Head().ID)
	check(err)
	for _, step := range []jiqiao.Step{jiqiao.StepReturn, ""} {
		rec, err := st.Get(ctx, jiqiao.KindNeed, second.Head().ID)
		check(err)
		rec.Head().Title = "改过的" + string(step)
		_, err = st.Propose(ctx, rec, 0)
		check(err)
		if step != "" {
			_, err = st.Move(ctx, jiqiao.RecordMove{
				Kind: jiqiao.KindNeed, ID: rec.Head().ID, Step: step, Actor: jiqiao.ActorOperator, Note: "请补充指标",
				Comments: []jiqiao.FieldError{{Field: "metrics", Message: "没有目标值"}},
			})
			check(err)
		}
	}
	_, err = st.Move(ctx, jiqiao.RecordMove{Kind: result.Kind(), ID: result.Head().ID, Step: jiqiao.StepConfirm, Actor: jiqiao.ActorOwner})
	check(err)
	check(st.Distinguish(ctx, jiqiao.KindNeed, first.Head().ID, second.Head().ID))
	check(st.Ask(ctx, result.Head().ID, jiqiao.Notice{Template: "record.confirm", Object: jiqiao.Ref{Type: "achievement", ID: result.Head().ID}}))
	check(st.Remind(ctx, result.Head().ID, "2026-12-22/30", jiqiao.Notice{Template: "record.expiring"}))
	fillAttachment(t, st, result)
}

// fillAttachment gives the record a file whose text is searched.
func fillAttachment(t testing.TB, st *store.Store, rec jiqiao.Record) {
	t.Helper()
	a := jiqiao.Attachment{
		Object: jiqiao.Ref{Type: string(rec.Kind()), ID: rec.Head().ID}, Name: "工艺说明.pdf", Type: jiqiao.AttachmentPDF, Public: true, Approved: true,
		User: "u_1", Organisation: "o_1",
	}
	if err := st.PutAttachment(t.Context(), &a, strings.NewReader("%PDF \x00\xff")); err != nil {
		t.Fatal(err)
	}
	if err := st.SetAttachmentText(t.Context(), a.ID, "钙钛矿层厚 500nm", jiqiao.TextDone); err != nil {
		t.Fatal(err)
	}
}
