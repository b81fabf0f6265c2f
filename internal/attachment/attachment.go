package attachment

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"

	"jiqiao"
)

// Store keeps attachments.
type Store interface {
	// PutAttachment fills ID, Size, SHA256 and CreatedAt, and leaves reading the text to a job.
	PutAttachment(ctx context.Context, a *jiqiao.Attachment, content io.Reader) error
	AttachmentsOf(ctx context.Context, object jiqiao.Ref) ([]jiqiao.Attachment, error)
	Attachment(ctx context.Context, id string) (jiqiao.Attachment, error)
	ReadAttachment(ctx context.Context, id string, w io.Writer) error
	// DeleteAttachment removes a file, RestoreAttachment brings it back within jiqiao.AttachmentUndo.
	DeleteAttachment(ctx context.Context, id string) error
	RemovedAttachment(ctx context.Context, id string) (jiqiao.Attachment, error)
	RestoreAttachment(ctx context.Context, id string) (jiqiao.Attachment, error)
	SetAttachmentText(ctx context.Context, id, text string, state jiqiao.TextState) error
	Records
}

// Records are those that files belong to.
type Records interface {
	Get(ctx context.Context, kind jiqiao.Kind, id string) (jiqiao.Record, error)
	// Propose keeps a change of a shown record for review.
	Propose(ctx context.Context, rec jiqiao.Record, edition int) (jiqiao.Review, error)
}

// Reach decides for objects of one type. It returns nil when the viewer may read what is attached to the object, or, with
// write, attach to it and remove from it; CodeNotFound when the viewer may not know of it.
type Reach func(ctx context.Context, v jiqiao.Viewer, id string, write bool) error

// Options are what a Service is made from.
type Options struct {
	Store Store
	// Scanner may be nil: files are then not scanned.
	Scanner Scanner
	// Reach decides for the types of object beside records: introduction, deal.
	Reach map[string]Reach
	Log   *slog.Logger
}

// Service is safe for concurrent use.
type Service struct{ o Options }

// New makes a Service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Service{o}
}

func errNone() error {
	return jiqiao.Fail(jiqiao.CodeNotFound, "没有这个附件，可能已被删除", nil)
}

// Add takes the file in for the object. Name is the client's. Public offers a record's file to all who see its details,
// once a reviewer let it out.
func (s *Service) Add(ctx context.Context, v jiqiao.Viewer, object jiqiao.Ref, name string, public bool, file *os.File) (jiqiao.Attachment, error) {
	rec, actor, err := s.writable(ctx, v, object)
	if err != nil {
		return jiqiao.Attachment{}, err
	}
	info, err := file.Stat()
	if err != nil {
		return jiqiao.Attachment{}, fmt.Errorf("look at the upload: %w", err)
	}
	found, err := Inspect(ctx, file, info.Size())
	if err != nil {
		return jiqiao.Attachment{}, err
	}
	if err := s.scan(ctx, file); err != nil {
		return jiqiao.Attachment{}, err
	}
	a := jiqiao.Attachment{
		Object: object, Name: jiqiao.AttachmentName(name, found.Type), Type: found.Type, Width: found.Width, Height: found.Height,
		Public: public && rec != nil, User: v.User, Organisation: v.Organisation,
	}
	a.Approved = a.Public && actor == jiqiao.ActorOperator
	if err := s.o.Store.PutAttachment(ctx, &a, io.NewSectionReader(file, 0, info.Size())); err != nil {
		return jiqiao.Attachment{}, err
	}
	return a, s.review(ctx, rec, a)
}

// review lays a public file of a record that is shown before the operators, as a change of the record.
func (s *Service) review(ctx context.Context, rec jiqiao.Record, a jiqiao.Attachment) error {
	if rec == nil || !a.Public || a.Approved || !rec.Head().Status.Reviewed() {
		return nil
	}
	_, err := s.o.Store.Propose(ctx, rec, 0)
	if jiqiao.CodeOf(err) == jiqiao.CodeConflict { // a change waits already, and the file is seen with it
		return nil
	}
	return err
}

// scan fails closed: a file that could not be scanned is not taken.
func (s *Service) scan(ctx context.Context, file *os.File) error {
	if s.o.Scanner == nil {
		return nil
	}
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("look at the upload: %w", err)
	}
	err = s.o.Scanner.Scan(ctx, file.Name(), io.NewSectionReader(file, 0, info.Size()))
	var told *jiqiao.Error
	if err == nil || errors.As(err, &told) {
		return err
	}
	return jiqiao.Fail(jiqiao.CodeUnavailable, "病毒检查暂时不可用，文件没有保存，请稍后再试", err)
}

// writable is the record, nil for other objects, when the viewer may attach to it.
func (s *Service) writable(ctx context.Context, v jiqiao.Viewer, object jiqiao.Ref) (jiqiao.Record, jiqiao.Actor, error) {
	kind := jiqiao.Kind(object.Type)
	if !kind.Valid() {
		return nil, "", s.reach(ctx, v, object, true)
	}
	rec, err := s.record(ctx, v, kind, object.ID)
	if err != nil {
		return nil, "", err
	}
	actor, ok := v.ActorFor(rec)
	if !ok {
		return nil, "", jiqiao.Fail(jiqiao.CodeForbidden, "只有填报单位和主管部门可以管理附件", nil)
	}
	if rec.Head().MergedInto != "" {
		return nil, "", jiqiao.Fail(jiqiao.CodeConflict, "这条"+kind.Label()+"已合并到另一条，不能再管理附件", nil)
	}
	return rec, actor, nil
}

// reach asks the part that the object belongs to.
func (s *Service) reach(ctx context.Context, v jiqiao.Viewer, object jiqiao.Ref, write bool) error {
	ask := s.o.Reach[object.Type]
	if ask == nil {
		return errNone()
	}
	return ask(ctx, v, object.ID, write)
}

func (s *Service) record(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, id string) (jiqiao.Record, error) {
	rec, err := s.o.Store.Get(ctx, kind, id)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound || err == nil && !v.Sees(rec) {
		return nil, jiqiao.Fail(jiqiao.CodeNotFound, "没有这条"+kind.Label()+"，可能已被删除", nil)
	}
	return rec, err
}

// List is what is attached to the object, as far as the viewer may read it.
func (s *Service) List(ctx context.Context, v jiqiao.Viewer, object jiqiao.Ref) ([]jiqiao.Attachment, error) {
	kind := jiqiao.Kind(object.Type)
	if !kind.Valid() {
		if err := s.reach(ctx, v, object, false); err != nil {
			return nil, err
		}
		return s.o.Store.AttachmentsOf(ctx, object)
	}
	rec, err := s.record(ctx, v, kind, object.ID)
	if err != nil {
		return nil, err
	}
	all, err := s.o.Store.AttachmentsOf(ctx, object)
	if err != nil {
		return nil, err
	}
	access := v.Access()
	seen := slices.DeleteFunc(all, func(a jiqiao.Attachment) bool { return !access.SeesAttachment(rec, a) })
	for i := range seen {
		if !access.SeesDetail(rec) {
			seen[i].User, seen[i].Organisation = "", ""
		}
	}
	return seen, nil
}

// readable is the file's description, CodeNotFound for those who may not read it.
func (s *Service) readable(ctx context.Context, v jiqiao.Viewer, id string) (jiqiao.Attachment, error) {
	a, err := s.o.Store.Attachment(ctx, id)
	if err != nil {
		return jiqiao.Attachment{}, err
	}
	return a, s.seen(ctx, v, a)
}

// seen is CodeNotFound for those who may not read the file.
func (s *Service) seen(ctx context.Context, v jiqiao.Viewer, a jiqiao.Attachment) error {
	kind := jiqiao.Kind(a.Object.Type)
	if !kind.Valid() {
		if err := s.reach(ctx, v, a.Object, false); err != nil {
			return errNone()
		}
		return nil
	}
	rec, err := s.record(ctx, v, kind, a.Object.ID)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound || err == nil && !v.Access().SeesAttachment(rec, a) {
		return errNone()
	}
	return err
}

// Open describes the file and gives what writes its content.
func (s *Service) Open(ctx context.Context, v jiqiao.Viewer, id string) (jiqiao.Attachment, func(io.Writer) error, error) {
	a, err := s.readable(ctx, v, id)
	if err != nil {
		return jiqiao.Attachment{}, nil, err
	}
	return a, func(w io.Writer) error { return s.o.Store.ReadAttachment(ctx, id, w) }, nil
}

// managed is the record, nil for other objects, when the viewer may remove the file and bring it back. What was attached
// to a thread or a deal is for who attached it.
func (s *Service) managed(ctx context.Context, v jiqiao.Viewer, a jiqiao.Attachment) (jiqiao.Record, jiqiao.Actor, error) {
	if err := s.seen(ctx, v, a); err != nil {
		return nil, "", err
	}
	rec, actor, err := s.writable(ctx, v, a.Object)
	if err == nil && rec == nil && a.User != v.User {
		err = jiqiao.Fail(jiqiao.CodeForbidden, "附件由上传的人删除和恢复", nil)
	}
	return rec, actor, err
}

// Remove deletes the file; Restore brings it back within jiqiao.AttachmentUndo.
func (s *Service) Remove(ctx context.Context, v jiqiao.Viewer, id string) error {
	a, err := s.o.Store.Attachment(ctx, id)
	if err != nil {
		return err
	}
	rec, actor, err := s.managed(ctx, v, a)
	if err != nil {
		return err
	}
	if rec != nil && a.Approved && actor == jiqiao.ActorOwner && rec.Head().Status == jiqiao.StatusEngaged {
		return jiqiao.Fail(jiqiao.CodeConflict, "对接期间不能删除已公开的附件，请联系负责的技术经理人", nil)
	}
	return s.o.Store.DeleteAttachment(ctx, id)
}

// Restore brings a deleted file back, which is CodeNotFound once it is gone for good.
func (s *Service) Restore(ctx context.Context, v jiqiao.Viewer, id string) (jiqiao.Attachment, error) {
	a, err := s.o.Store.RemovedAttachment(ctx, id)
	if err != nil {
		return jiqiao.Attachment{}, err
	}
	rec, _, err := s.managed(ctx, v, a)
	if err != nil {
		return jiqiao.Attachment{}, err
	}
	if a, err = s.o.Store.RestoreAttachment(ctx, id); err != nil {
		return jiqiao.Attachment{}, err
	}
	return a, s.review(ctx, rec, a)
}

// Belong checks that every file is attached to the object, for messages and vouchers that name files. It does not ask who
// may read them: whoever may write to the object may.
func (s *Service) Belong(ctx context.Context, object jiqiao.Ref, files []string) error {
	if len(files) == 0 {
		return nil
	}
	all, err := s.o.Store.AttachmentsOf(ctx, object)
	if err != nil {
		return err
	}
	for _, id := range files {
		if !slices.ContainsFunc(all, func(a jiqiao.Attachment) bool { return a.ID == id }) {
			return jiqiao.Invalid([]jiqiao.FieldError{{Field: "attachments", Message: "没有这个附件，请先上传"}})
		}
	}
	return nil
}

// ReadText does a job of the kind jiqiao.JobAttachmentText: it reads the text of the file that the key names. A file that
// cannot be read stays without; that is no failure of the job.
func (s *Service) ReadText(ctx context.Context, j jiqiao.Job) error {
	a, err := s.o.Store.Attachment(ctx, j.Key)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		return nil // deleted meanwhile
	}
	if err != nil {
		return err
	}
	if a.TextState != jiqiao.TextWaiting {
		return nil
	}
	var content bytes.Buffer
	content.Grow(int(a.Size))
	if err := s.o.Store.ReadAttachment(ctx, a.ID, &content); err != nil {
		return err
	}
	text, err := Text(ctx, a.Type, bytes.NewReader(content.Bytes()), int64(content.Len()))
	if ctx.Err() != nil {
		return ctx.Err()
	}
	state := jiqiao.TextDone
	if err != nil {
		s.o.Log.InfoContext(ctx, "attachment without text", "attachment", a.ID, "type", a.Type, "err", err)
		state = jiqiao.TextFailed
	}
	err = s.o.Store.SetAttachmentText(ctx, a.ID, text, state)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		return nil
	}
	return err
}
