package storetest

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

func attachmentTests() map[string]func(*env) {
	return map[string]func(*env){
		"AttachmentComesBackWhole":            attachmentComesBack,
		"AttachmentsHaveLimits":               attachmentsHaveLimits,
		"AttachmentThatBreaksOffLeavesNone":   attachmentBreaksOff,
		"AttachedTextIsSearchedWhenPublic":    attachedText,
		"AttachedTextWaitsForReview":          attachedTextWaits,
		"AttachmentsMoveWithAMerge":           attachmentsMove,
		"DeletedAttachmentsLeaveNothing":      deletedAttachments,
		"ADeletedAttachmentComesBack":         deletedAttachmentComesBack,
		"AttachmentsComeBackWhereThereIsRoom": attachmentsComeBackWithinLimits,
		"ANewFileIsNotApprovedUnseen":         newFileIsSeen,
	}
}

func (e *env) attach(rec jiqiao.Record, public, approved bool, content string) jiqiao.Attachment {
	e.t.Helper()
	a := jiqiao.Attachment{
		Object: jiqiao.Ref{Type: string(rec.Kind()), ID: rec.Head().ID}, Name: "说明.docx", Type: jiqiao.AttachmentDocx, Public: public,
		Approved: approved, User: "u_1", Organisation: "o_1",
	}
	e.must(e.PutAttachment(e.ctx, &a, strings.NewReader(content)))
	return a
}

func attachmentComesBack(e *env) {
	n := Need("甲公司", "一")
	e.put(n)
	content := strings.Repeat("\x00\xff碳化硅", 90_000) // several pieces, and no text
	a := e.attach(n, true, false, content)
	if a.Size != int64(len(content)) || len(a.SHA256) != 64 || a.TextState != jiqiao.TextWaiting || !e.jobWaits(jiqiao.JobAttachmentText, a.ID) {
		e.t.Errorf("%+v", a)
	}
	var got bytes.Buffer
	e.must(e.ReadAttachment(e.ctx, a.ID, &got))
	if got.String() != content {
		e.t.Error("the content changed on the way")
	}
	one, err := e.Attachment(e.ctx, a.ID)
	e.must(err)
	all, err := e.AttachmentsOf(e.ctx, a.Object)
	e.must(err)
	if diff := cmp.Diff([]jiqiao.Attachment{a}, all); diff != "" || !cmp.Equal(a, one) {
		e.t.Errorf("(-put +listed):\n%s", diff)
	}
	other, err := e.AttachmentsOf(e.ctx, jiqiao.Ref{Type: "deal", ID: n.ID})
	e.must(err)
	if len(other) != 0 {
		e.t.Errorf("another object has it, too: %+v", other)
	}
	for _, id := range []string{"", "x", "f_00000000000000000000", "f_' OR 1=1 --00000000"} {
		_, err := e.Attachment(e.ctx, id)
		e.fails(jiqiao.CodeNotFound, err)
		e.fails(jiqiao.CodeNotFound, e.ReadAttachment(e.ctx, id, io.Discard))
		e.fails(jiqiao.CodeNotFound, e.DeleteAttachment(e.ctx, id))
	}
}

func attachmentsHaveLimits(e *env) {
	n := Need("甲公司", "一")
	e.put(n)
	object := jiqiao.Ref{Type: "need", ID: n.ID}
	big := jiqiao.Attachment{Object: object, Type: jiqiao.AttachmentPNG}
	e.fails(jiqiao.CodeTooLarge, e.PutAttachment(e.ctx, &big, io.LimitReader(zeros{}, jiqiao.MaxAttachment+1)))
	for range jiqiao.MaxAttachments {
		e.attach(n, false, false, "x")
	}
	more := jiqiao.Attachment{Object: object, Type: jiqiao.AttachmentPNG}
	e.fails(jiqiao.CodeConflict, e.PutAttachment(e.ctx, &more, strings.NewReader("x")))
	if more.ID != "" {
		e.t.Errorf("refused, and filled in: %+v", more)
	}
	all, err := e.AttachmentsOf(e.ctx, object)
	e.must(err)
	if len(all) != jiqiao.MaxAttachments {
		e.t.Errorf("%d files", len(all))
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

type broken struct{ left int }

func (b *broken) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errors.New("the line broke")
	}
	b.left -= len(p)
	return len(p), nil
}

func attachmentBreaksOff(e *env) {
	a := jiqiao.Attachment{Object: jiqiao.Ref{Type: "deal", ID: "d"}, Type: jiqiao.AttachmentPDF}
	if err := e.PutAttachment(e.ctx, &a, &broken{700_000}); err == nil {
		e.t.Error("half a file was kept")
	}
	if text := unzip(e.t, e.backup()); strings.Contains(text, `["f_`) {
		e.t.Error("pieces were left behind")
	}
}

func attachedText(e *env) {
	n := Need("甲公司", "一")
	e.put(n)
	shown, hidden := e.attach(n, true, true, "a"), e.attach(n, false, false, "b")
	before := e.lastSeq()
	e.must(e.SetAttachmentText(e.ctx, hidden.ID, "保密工艺", jiqiao.TextDone))
	if e.lastSeq() != before || e.get(n).Head().Attached != "" {
		e.t.Errorf("a file that is not public is searched: %q", e.get(n).Head().Attached)
	}
	e.must(e.SetAttachmentText(e.ctx, shown.ID, "公开\x00的说明", jiqiao.TextDone))
	got := e.get(n)
	if got.Head().Attached != "公开的说明" || got.Head().Version != 1 || e.lastSeq() != before+1 {
		e.t.Errorf("%q, change %d", got.Head().Attached, e.lastSeq())
	}
	sections := got.Sections()
	if last := sections[len(sections)-1]; last.Label != "附件" || last.Text != "公开的说明" {
		e.t.Errorf("%+v", sections)
	}
	// Writing the record leaves it, and is not changed by it.
	c := *got.(*jiqiao.Need)
	c.Title, c.Attached = "二", ""
	e.put(&c)
	if e.get(n).Head().Attached != "公开的说明" {
		e.t.Error("a change of the record lost the text of its files")
	}
	e.must(e.SetAttachmentText(e.ctx, shown.ID, strings.Repeat("长", 2*jiqiao.MaxAttached), jiqiao.TextDone))
	if n := len([]rune(e.get(n).Head().Attached)); n != jiqiao.MaxAttached {
		e.t.Errorf("%d characters are searched", n)
	}
	e.must(e.DeleteAttachment(e.ctx, shown.ID))
	if got := e.get(n).Head().Attached; got != "" {
		e.t.Errorf("a deleted file is searched: %q", got)
	}
}

func attachedTextWaits(e *env) {
	n := draft("甲公司", "一")
	e.put(n)
	a := e.attach(n, true, false, "a")
	e.must(e.SetAttachmentText(e.ctx, a.ID, "说明", jiqiao.TextDone))
	e.steps(n, jiqiao.StepSubmit)
	if got := e.get(n).Head().Attached; got != "" {
		e.t.Errorf("searched before review: %q", got)
	}
	e.steps(n, jiqiao.StepApprove)
	a, err := e.Attachment(e.ctx, a.ID)
	e.must(err)
	if got := e.get(n).Head().Attached; got != "说明" || !a.Approved {
		e.t.Errorf("after review: %q %+v", got, a)
	}
}

func attachmentsMove(e *env) {
	into, from := Need("甲公司", "一"), Need("甲公司", "二")
	e.put(into, from)
	a := e.attach(from, true, true, "a")
	e.must(e.SetAttachmentText(e.ctx, a.ID, "说明", jiqiao.TextDone))
	_, err := e.MergeRecords(e.ctx, jiqiao.MergeRequest{Kind: jiqiao.KindNeed, From: from.ID, Into: into.ID, FromVersion: 1, IntoVersion: 1})
	e.must(err)
	if got, gone := e.get(into).Head().Attached, e.get(from).Head().Attached; got != "说明" || gone != "" {
		e.t.Errorf("survivor %q, gone %q", got, gone)
	}
	_, err = e.UndoMerge(e.ctx, jiqiao.KindNeed, from.ID)
	e.must(err)
	if got, gone := e.get(into).Head().Attached, e.get(from).Head().Attached; got != "" || gone != "说明" {
		e.t.Errorf("after the undo: %q and %q", got, gone)
	}
}

func deletedAttachments(e *env) {
	n := Need("甲公司", "一")
	e.put(n)
	a := e.attach(n, false, false, strings.Repeat("x", 600_000))
	e.must(e.DeleteAttachment(e.ctx, a.ID))
	e.fails(jiqiao.CodeNotFound, e.ReadAttachment(e.ctx, a.ID, io.Discard))
	e.fails(jiqiao.CodeNotFound, e.SetAttachmentText(e.ctx, a.ID, "x", jiqiao.TextDone))
	e.clock.Advance(jiqiao.AttachmentUndo)
	_, err := e.RemovedAttachment(e.ctx, a.ID)
	e.fails(jiqiao.CodeNotFound, err)
	_, err = e.RestoreAttachment(e.ctx, a.ID)
	e.fails(jiqiao.CodeNotFound, err)
	e.must(e.PurgeAttachment(e.ctx, a.ID))
	e.must(e.PurgeAttachment(e.ctx, a.ID))
	if text := unzip(e.t, e.backup()); strings.Contains(text, "[\""+a.ID+"\",0") {
		e.t.Error("its content was left behind")
	}
}

func deletedAttachmentComesBack(e *env) {
	n := Need("甲公司", "一")
	e.put(n)
	a := e.attach(n, true, true, "content")
	e.must(e.SetAttachmentText(e.ctx, a.ID, "说明", jiqiao.TextDone))
	a, err := e.Attachment(e.ctx, a.ID)
	e.must(err)
	_, err = e.RestoreAttachment(e.ctx, a.ID)
	e.fails(jiqiao.CodeNotFound, err) // it is there
	for range 2 {
		e.must(e.DeleteAttachment(e.ctx, a.ID))
		e.fails(jiqiao.CodeNotFound, e.DeleteAttachment(e.ctx, a.ID))
		if all, err := e.AttachmentsOf(e.ctx, a.Object); err != nil || len(all) != 0 || e.get(n).Head().Attached != "" {
			e.t.Errorf("%v, %+v, searched %q", err, all, e.get(n).Head().Attached)
		}
		e.clock.Advance(jiqiao.AttachmentUndo - time.Second)
		removed, err := e.RemovedAttachment(e.ctx, a.ID)
		e.must(err)
		back, err := e.RestoreAttachment(e.ctx, a.ID)
		e.must(err)
		if diff := cmp.Diff(a, back); diff != "" || !cmp.Equal(a, removed) {
			e.t.Errorf("(-before +back):\n%s", diff)
		}
		e.clock.Advance(jiqiao.AttachmentUndo)
		e.must(e.PurgeAttachment(e.ctx, a.ID)) // it is there again
	}
	var got bytes.Buffer
	e.must(e.ReadAttachment(e.ctx, a.ID, &got))
	if got.String() != "content" || e.get(n).Head().Attached != "说明" {
		e.t.Errorf("%q, searched %q", got.String(), e.get(n).Head().Attached)
	}
	e.must(e.DeleteAttachment(e.ctx, a.ID))
	e.clock.Advance(jiqiao.AttachmentUndo / 2)
	e.must(e.PurgeAttachment(e.ctx, a.ID)) // for a deletion before
	_, err = e.RestoreAttachment(e.ctx, a.ID)
	e.must(err)
	if !e.jobWaits(jiqiao.JobAttachmentPurge, a.ID) {
		e.t.Error("nobody will purge it")
	}
}

func attachmentsComeBackWithinLimits(e *env) {
	n := draft("甲公司", "一")
	e.put(n)
	a := e.attach(n, true, false, "x")
	e.steps(n, jiqiao.StepSubmit)
	e.must(e.DeleteAttachment(e.ctx, a.ID))
	_, err := e.RestoreAttachment(e.ctx, a.ID)
	e.must(err)
	m := jiqiao.RecordMove{Kind: jiqiao.KindNeed, ID: n.ID, Version: 2, Edition: 1, Step: jiqiao.StepApprove, Actor: jiqiao.ActorOperator}
	_, err = e.Move(e.ctx, m)
	e.fails(jiqiao.CodeConflict, err) // the reviewer may have looked while it was away
	e.must(e.DeleteAttachment(e.ctx, a.ID))
	var last jiqiao.Attachment
	for range jiqiao.MaxAttachments {
		last = e.attach(n, false, false, "x")
	}
	_, err = e.RestoreAttachment(e.ctx, a.ID)
	e.fails(jiqiao.CodeConflict, err)
	e.must(e.DeleteAttachment(e.ctx, last.ID))
	_, err = e.RestoreAttachment(e.ctx, a.ID)
	e.must(err)
}

func newFileIsSeen(e *env) {
	n := draft("甲公司", "一")
	e.put(n)
	e.steps(n, jiqiao.StepSubmit)
	e.attach(n, true, false, "later")
	m := jiqiao.RecordMove{Kind: jiqiao.KindNeed, ID: n.ID, Version: 2, Edition: 1, Step: jiqiao.StepApprove, Actor: jiqiao.ActorOperator}
	_, err := e.Move(e.ctx, m)
	e.fails(jiqiao.CodeConflict, err)
	m.Edition = 2
	_, err = e.Move(e.ctx, m)
	e.must(err)
}
