package store

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"jiqiao"
)

// Move takes one step of a record and returns it as it stands then. A step that the record's status does not allow, or a
// record that has moved on since m.Version, is CodeConflict. Approving or returning a published record answers the change
// of it that waits. Who may take the step as m.Actor is the caller's to know.
func (s *Store) Move(ctx context.Context, m jiqiao.RecordMove) (jiqiao.Record, error) {
	var rec jiqiao.Record
	err := s.logged(ctx, "move a record", func(t *logTx) (err error) {
		rec, err = t.move(ctx, m)
		return err
	})
	if err != nil {
		return nil, err
	}
	return rec, nil
}

// move is Move inside a transaction, for introductions and deals that engage and settle records with what they write.
func (t *logTx) move(ctx context.Context, m jiqiao.RecordMove) (jiqiao.Record, error) {
	old, err := t.load(ctx, m.Kind, m.ID)
	if err != nil {
		return nil, err
	}
	head := old.Head()
	if m.Version != 0 {
		if err := matchVersion(m.Version, head.Version); err != nil {
			return nil, err
		}
	}
	if head.MergedInto != "" {
		return nil, jiqiao.Fail(jiqiao.CodeConflict, "这条"+m.Kind.Label()+"已合并到另一条，请先撤销合并", nil)
	}
	answers := m.Step == jiqiao.StepApprove || m.Step == jiqiao.StepReturn
	if answers && head.Status != jiqiao.StatusPending && m.Actor == jiqiao.ActorOperator {
		return t.answerRevision(ctx, m, old)
	}
	if answers && m.Edition != 0 {
		if r, err := t.pendingReview(ctx, m.ID); err != nil || r.Edition != m.Edition {
			return nil, cmp.Or(err, errEdition())
		}
	}
	if m.Step == jiqiao.StepEngage && head.Status == jiqiao.StatusEngaged && m.Actor == jiqiao.ActorDeal {
		return old, nil // a second introduction
	}
	tr, err := jiqiao.TransitionOf(m.Kind, head.Status, m.Step, m.Actor)
	if err != nil {
		return nil, err
	}
	if tr.Reason && strings.TrimSpace(m.Note) == "" && len(m.Comments) == 0 {
		return nil, jiqiao.Invalid([]jiqiao.FieldError{{Field: "note", Message: "请说明" + m.Step.Label(m.Kind) + "的原因"}})
	}
	t.audit(jiqiao.Act{
		Name: m.Step.Act(), Object: refTo(old), Before: map[string]any{"status": head.Status, "version": head.Version},
		After: map[string]any{"status": tr.To},
	})
	if m.Step == jiqiao.StepConfirm {
		return old, t.confirm(ctx, head.ID)
	}
	rec, err := t.take(ctx, m, tr, old)
	if err != nil {
		return nil, err
	}
	return rec, t.announce(ctx, m, rec)
}

// take writes the record in its new status.
func (t *logTx) take(ctx context.Context, m jiqiao.RecordMove, tr jiqiao.Transition, old jiqiao.Record) (jiqiao.Record, error) {
	rec := copyRecord(old)
	head := rec.Head()
	head.Status = tr.To
	if m.ValidUntil != "" && (m.Step == jiqiao.StepRenew || m.Step == jiqiao.StepApprove && head.ValidUntil == "") {
		head.ValidUntil = m.ValidUntil
	}
	t.step = m
	defer func() { t.step = jiqiao.RecordMove{} }()
	if err := t.replace(ctx, rec, old, m.Step.Act()); err != nil {
		return nil, err
	}
	if m.Step == jiqiao.StepApprove {
		if err := t.approveAttachments(ctx, rec); err != nil {
			return nil, err
		}
	}
	if m.Step == jiqiao.StepRenew || m.Step == jiqiao.StepApprove {
		return rec, t.confirm(ctx, head.ID)
	}
	return rec, nil
}

// announce tells those concerned of a step once it is committed.
func (t *logTx) announce(ctx context.Context, m jiqiao.RecordMove, rec jiqiao.Record) error {
	head := rec.Head()
	t.tellOf(rec)
	if m.Step == jiqiao.StepApprove && m.Note == "" && len(m.Comments) == 0 && head.Owner.ID != "" {
		return t.tellApproved(ctx, head.Owner.ID)
	}
	if template := ownerNotices()[m.Step]; template != "" && m.Actor != jiqiao.ActorOwner && head.Owner.ID != "" {
		return t.notify(ctx, jiqiao.Notice{
			Template: template, Organisations: []string{head.Owner.ID}, Object: refTo(rec), Data: noticeData(m, rec),
			Key: template + ":" + head.ID + ":" + fmt.Sprint(head.Version),
		})
	}
	return nil
}

// ownerNotices are the steps of others that a record's owner hears of.
func ownerNotices() map[jiqiao.Step]string {
	return map[jiqiao.Step]string{
		jiqiao.StepSubmit: "record.entered", jiqiao.StepApprove: "record.approved", jiqiao.StepReturn: "record.returned", jiqiao.StepExpire: "record.expired",
		jiqiao.StepWithdraw: "record.withdrawn", jiqiao.StepPause: "record.paused", jiqiao.StepSettle: "record.settled",
	}
}

// noticeData is what the templates of records may say.
func noticeData(m jiqiao.RecordMove, rec jiqiao.Record) map[string]string {
	head := rec.Head()
	data := map[string]string{
		"kind": m.Kind.Label(), "title": head.Title, "status": head.Status.Label(m.Kind), "valid_until": string(head.ValidUntil),
	}
	if m.Note != "" {
		data["note"] = m.Note
	}
	if len(m.Comments) > 0 {
		lines := make([]string, len(m.Comments))
		for i, c := range m.Comments {
			lines[i] = c.Message
			if label := jiqiao.FieldLabel(m.Kind, c.Field); label != "" {
				lines[i] = label + "：" + c.Message
			}
		}
		data["comments"] = strings.Join(lines, "\n")
	}
	return data
}

// tellOf lets open pages of the owner and of operators know that the record moved.
func (t *tx) tellOf(rec jiqiao.Record) {
	head := rec.Head()
	e := jiqiao.Event{
		Topic: "record", Object: refTo(rec), Roles: []jiqiao.Role{jiqiao.RoleOperator}, Data: map[string]string{"status": string(head.Status)},
	}
	if head.Owner.ID != "" {
		e.Organisations = []string{head.Owner.ID}
	}
	t.tell(e)
	t.tell(jiqiao.Event{Topic: "review", Object: refTo(rec), Roles: e.Roles})
}

func refTo(rec jiqiao.Record) jiqiao.Ref {
	return jiqiao.Ref{Type: string(rec.Kind()), ID: rec.Head().ID}
}

// copyRecord is a copy whose fields may be replaced, not changed in place.
func copyRecord(rec jiqiao.Record) jiqiao.Record {
	switch r := rec.(type) {
	case *jiqiao.Need:
		c := *r
		return &c
	case *jiqiao.Achievement:
		c := *r
		return &c
	default:
		return rec
	}
}

// Propose keeps a change of a published record for review, while the record stays as it is. rec names the record and the
// version that the change was made from. A change that waits already is replaced when edition is its present one, else
// that is CodeConflict; edition 0 expects none to wait.
func (s *Store) Propose(ctx context.Context, rec jiqiao.Record, edition int) (jiqiao.Review, error) {
	head := rec.Head()
	err := s.logged(ctx, "propose a change", func(t *logTx) error {
		old, err := t.load(ctx, rec.Kind(), head.ID)
		if err != nil {
			return err
		}
		if err := matchVersion(head.Version, old.Head().Version); err != nil {
			return err
		}
		return t.propose(ctx, rec, old, edition)
	})
	if err != nil {
		return jiqiao.Review{}, err
	}
	return s.PendingReview(ctx, head.ID)
}

func (t *logTx) propose(ctx context.Context, rec, old jiqiao.Record, edition int) error {
	changed := copyRecord(rec)
	head, was := changed.Head(), old.Head()
	head.Owner, head.Status, head.MergedInto = was.Owner, was.Status, was.MergedInto
	body, err := encode(changed)
	if err != nil {
		return err
	}
	waiting, err := t.pendingReview(ctx, was.ID)
	switch {
	case jiqiao.CodeOf(err) == jiqiao.CodeNotFound && edition == 0:
		head.ID, head.Version = was.ID, was.Version
		err = t.openReview(ctx, changed, body, nil)
	case err != nil && jiqiao.CodeOf(err) != jiqiao.CodeNotFound:
		return err
	case err == nil && waiting.Revision && waiting.Edition == edition:
		_, err = t.exec(ctx, `UPDATE reviews SET body = ?, version = ?, edition = edition + 1, region = ?, fields = ? WHERE id = ?`,
			body, was.Version, clean(head.Region), codesText(head.Fields), waiting.ID)
	default:
		return jiqiao.Fail(jiqiao.CodeConflict, "这条"+rec.Kind().Label()+"的修改已被本单位其他人提交或撤回，请先打开那份修改", nil)
	}
	if err != nil {
		return err
	}
	t.audit(jiqiao.Act{
		Name: "record.propose", Object: refTo(old), Before: map[string]any{"version": was.Version},
		After: map[string]any{"fields": jiqiao.ChangedFields(old, changed)},
	})
	t.tellOf(old)
	return nil
}

// DropRevision takes a waiting change back; CodeNotFound when none waits.
func (s *Store) DropRevision(ctx context.Context, kind jiqiao.Kind, id string) error {
	return s.logged(ctx, "take a change back", func(t *logTx) error {
		old, err := t.load(ctx, kind, id)
		if err != nil {
			return err
		}
		r, err := t.pendingReview(ctx, id)
		if err != nil {
			return err
		}
		if !r.Revision {
			return notFound("待审核的修改")
		}
		t.audit(jiqiao.Act{Name: "record.propose_withdraw", Object: refTo(old)})
		t.tellOf(old)
		return t.closeReview(ctx, id, jiqiao.ReviewWithdrawn, "", nil)
	})
}

// answerRevision approves or returns the change of a record that waits.
func (t *logTx) answerRevision(ctx context.Context, m jiqiao.RecordMove, old jiqiao.Record) (jiqiao.Record, error) {
	r, err := t.pendingReview(ctx, m.ID)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		_, err = jiqiao.TransitionOf(m.Kind, old.Head().Status, m.Step, m.Actor)
		return nil, err
	}
	if err != nil {
		return nil, err
	}
	if m.Edition != 0 && m.Edition != r.Edition {
		return nil, errEdition()
	}
	t.audit(jiqiao.Act{
		Name: m.Step.Act(), Object: refTo(old), Before: map[string]any{"version": old.Head().Version, "revision": r.ID},
		After: map[string]any{"fields": changeNames(r.Changes)},
	})
	if m.Step == jiqiao.StepReturn {
		if strings.TrimSpace(m.Note) == "" && len(m.Comments) == 0 {
			return nil, jiqiao.Invalid([]jiqiao.FieldError{{Field: "note", Message: "请说明退回的原因"}})
		}
		if err := t.closeReview(ctx, m.ID, jiqiao.ReviewReturned, m.Note, m.Comments); err != nil {
			return nil, err
		}
		return old, t.announce(ctx, m, old)
	}
	return t.swapIn(ctx, m, r, old)
}

func errEdition() error {
	return jiqiao.Fail(jiqiao.CodeConflict, "填报单位刚刚又改过，请重新打开后再审核", nil)
}

func changeNames(changes []jiqiao.FieldChange) []string {
	names := make([]string, len(changes))
	for i, c := range changes {
		names[i] = c.Field
	}
	return names
}

// swapIn puts the approved change in the record's place.
func (t *logTx) swapIn(ctx context.Context, m jiqiao.RecordMove, r jiqiao.Review, old jiqiao.Record) (jiqiao.Record, error) {
	if err := t.settle(ctx); err != nil { // what this transaction wrote before is history, too
		return nil, err
	}
	base, err := t.versionOf(ctx, m.Kind, m.ID, r.Version)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		base, err = old, nil
	}
	if err != nil {
		return nil, err
	}
	rec, err := jiqiao.Rebase(base, old, r.Record)
	if err != nil {
		return nil, err
	}
	if err := t.closeReview(ctx, m.ID, jiqiao.ReviewApproved, m.Note, nil); err != nil {
		return nil, err
	}
	if err := t.replace(ctx, rec, old, actRevise); err != nil {
		return nil, err
	}
	if err := t.approveAttachments(ctx, rec); err != nil {
		return nil, err
	}
	return rec, t.announce(ctx, m, rec)
}
