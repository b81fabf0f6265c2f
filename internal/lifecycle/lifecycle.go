// Package lifecycle is what people do with whole records: enter and change them as far as their part allows, submit them
// after a look by the clinic, review, pause, renew and merge them, and what the clock does with them.
package lifecycle

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"jiqiao"
)

// Records is what entering and moving records needs of the store.
type Records interface {
	Get(ctx context.Context, kind jiqiao.Kind, id string) (jiqiao.Record, error)
	Put(ctx context.Context, rec jiqiao.Record) error
	Delete(ctx context.Context, kind jiqiao.Kind, id string, version int64) error
	Move(ctx context.Context, m jiqiao.RecordMove) (jiqiao.Record, error)
	// Propose keeps a change of a shown record for review; edition is that of the change it replaces, 0 for none.
	Propose(ctx context.Context, rec jiqiao.Record, edition int) (jiqiao.Review, error)
	DropRevision(ctx context.Context, kind jiqiao.Kind, id string) error
	// LastRevision is the change that waits or was returned last, CodeNotFound when there is none.
	LastRevision(ctx context.Context, recordID string) (jiqiao.Review, error)
	GetOrganisation(ctx context.Context, id string) (jiqiao.Organisation, error)
}

// Archive is what reading reviews, histories and lists needs of the store.
type Archive interface {
	Reviews(ctx context.Context, q jiqiao.ReviewQuery) (jiqiao.ReviewPage, error)
	GetMany(ctx context.Context, kind jiqiao.Kind, ids []string) ([]jiqiao.Record, error)
	History(ctx context.Context, kind jiqiao.Kind, id string, below int64, limit int) (jiqiao.RecordHistory, error)
	VersionOf(ctx context.Context, kind jiqiao.Kind, id string, version int64) (jiqiao.Record, error)
	OwnRecords(ctx context.Context, q jiqiao.OwnQuery) (jiqiao.OwnRecords, error)
	// Titles are the titles of an organisation's records by id.
	Titles(ctx context.Context, kind jiqiao.Kind, organisation string) (map[string]string, error)
}

// Merger makes two records one.
type Merger interface {
	MergeRecords(ctx context.Context, m jiqiao.MergeRequest) (jiqiao.RecordMerge, error)
	UndoMerge(ctx context.Context, kind jiqiao.Kind, from string) (jiqiao.Record, error)
	Merges(ctx context.Context, id string) ([]jiqiao.RecordMerge, error)
	// MergedInto is where a record went, "" for one that was not merged.
	MergedInto(ctx context.Context, kind jiqiao.Kind, id string) (string, error)
}

// Judgements keeps that two records are not duplicates of each other.
type Judgements interface {
	Distinguish(ctx context.Context, kind jiqiao.Kind, a, b string) error
	Undistinguish(ctx context.Context, kind jiqiao.Kind, a, b string) error
	// Distinctions are those about any of the records.
	Distinctions(ctx context.Context, ids []string) ([]jiqiao.Distinction, error)
}

// Settings keeps what operators set.
type Settings interface {
	// Setting leaves v as it is when nothing was set.
	Setting(ctx context.Context, name string, v any) (version int64, err error)
	PutSetting(ctx context.Context, name string, version int64, v any) (int64, error)
}

// Workdays counts working days.
type Workdays interface {
	// Due is the end of the n-th working day after the instant.
	Due(from time.Time, n int) time.Time
}

// Calendar is what the daily round needs of the store.
type Calendar interface {
	Each(ctx context.Context, kind jiqiao.Kind, afterID string, fn func(jiqiao.Record) error) error
	Marks(ctx context.Context, ids []string) (map[string]jiqiao.RecordMark, error)
	Remind(ctx context.Context, id, what string, n jiqiao.Notice) error
	Ask(ctx context.Context, id string, n jiqiao.Notice) error
}

// Telling is what telling people needs of the store.
type Telling interface {
	// ApprovedSince counts what was approved without a remark of the organisation's, and returns the first.
	ApprovedSince(ctx context.Context, organisation string, since time.Time, limit int) (int, []jiqiao.Review, error)
	// Recipients lists up to limit of those a notice is for, in the order of ids, after the one given.
	Recipients(ctx context.Context, n jiqiao.Notice, anyState bool, after string, limit int) ([]jiqiao.Recipient, error)
	Notify(ctx context.Context, n jiqiao.Notice) error
}

// Store is all of it.
type Store interface {
	Records
	Archive
	Merger
	Judgements
	Settings
	Calendar
	Telling
}

// Clinic examines a record before it is submitted.
type Clinic interface {
	Examine(ctx context.Context, rec jiqiao.Record) (jiqiao.Diagnosis, error)
	// Completeness is the diagnosis's, without what takes longer.
	Completeness(rec jiqiao.Record) int
}

// Options are what a Service is made from.
type Options struct {
	Store Store
	// Clinic may be nil: records are then submitted unexamined.
	Clinic Clinic
	// ValidDays is how long a record is offered whose owner names no end; 0 is DefaultValidDays.
	ValidDays int
	// ConfirmMonths is after how many months an owner is asked whether a record still holds; 0 is
	// DefaultConfirmMonths, below 0 is never.
	ConfirmMonths int
	// Workdays is the calendar in force; nil works every day.
	Workdays func(ctx context.Context) (Workdays, error)
	Log      *slog.Logger
	Now      func() time.Time
}

// Defaults of Options.
const (
	DefaultValidDays     = 365
	DefaultConfirmMonths = 6
)

// Service is safe for concurrent use.
type Service struct {
	store         Store
	clinic        Clinic
	validDays     int
	confirmMonths int
	workdays      func(context.Context) (Workdays, error)
	log           *slog.Logger
	now           func() time.Time
}

// New makes a Service.
func New(o Options) *Service {
	s := &Service{store: o.Store, clinic: o.Clinic, validDays: o.ValidDays, confirmMonths: o.ConfirmMonths, workdays: o.Workdays, log: o.Log, now: o.Now}
	if s.workdays == nil {
		s.workdays = func(context.Context) (Workdays, error) { return everyDay{}, nil }
	}
	if s.validDays <= 0 {
		s.validDays = DefaultValidDays
	}
	if s.confirmMonths == 0 {
		s.confirmMonths = DefaultConfirmMonths
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.now == nil {
		s.now = time.Now
	}
	return s
}

func (s *Service) today() jiqiao.Date { return jiqiao.DayOf(s.now()) }

// usualEnd is the last day of what is published today without an end.
func (s *Service) usualEnd() jiqiao.Date {
	return jiqiao.DayOf(s.now().AddDate(0, 0, s.validDays))
}

// Create enters a record. What an organisation enters for itself belongs to it and begins as a draft, whatever rec says.
// Operators may publish at once; machines set what they like.
func (s *Service) Create(ctx context.Context, v jiqiao.Viewer, rec jiqiao.Record) error {
	head := rec.Head()
	head.ID, head.Version, head.MergedInto = "", 0, ""
	if v.May(jiqiao.PermRecordWriteAny) && !ofOrganisation(v) {
		return s.createAny(ctx, v, rec)
	}
	head.Owner = jiqiao.OrganisationRef{ID: v.Organisation}
	head.Status = jiqiao.StatusDraft
	if _, ok := v.ActorFor(rec); !ok {
		return forbiddenSide(v, rec.Kind())
	}
	if head.Region == "" {
		org, err := s.store.GetOrganisation(ctx, v.Organisation)
		if err != nil {
			return err
		}
		head.Region = org.Region
	}
	return s.store.Put(ctx, rec)
}

// ofOrganisation reports whether the viewer is a machine of one organisation.
func ofOrganisation(v jiqiao.Viewer) bool { return v.User == "" && v.Organisation != "" }

func (s *Service) createAny(ctx context.Context, v jiqiao.Viewer, rec jiqiao.Record) error {
	head := rec.Head()
	if v.User != "" && head.Owner.ID != "" {
		if err := s.enterFor(ctx, v, head); err != nil {
			return err
		}
	}
	if _, ok := v.ActorFor(rec); !ok {
		return jiqiao.Fail(jiqiao.CodeForbidden, "只能录入本地区的"+rec.Kind().Label()+"，请核对地区", nil)
	}
	if v.User != "" {
		switch head.Status {
		case jiqiao.StatusDraft, jiqiao.StatusPending:
		case jiqiao.StatusPublished:
			if head.ValidUntil == "" {
				head.ValidUntil = s.usualEnd()
			}
		default:
			return jiqiao.Invalid([]jiqiao.FieldError{{Field: "status", Message: "新录入的只能是草稿、待审核或已发布"}})
		}
	}
	return s.store.Put(ctx, rec)
}

// enterFor takes from the organisation what an operator who enters for it left open: the region, and the contact, which
// operators see masked and so cannot copy.
func (s *Service) enterFor(ctx context.Context, v jiqiao.Viewer, head *jiqiao.Header) error {
	org, err := s.store.GetOrganisation(ctx, head.Owner.ID)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		return jiqiao.Invalid([]jiqiao.FieldError{{Field: "owner", Message: "没有这家单位，可能已被删除，请重新选择"}})
	}
	if err != nil {
		return err
	}
	if org.Region != "" && !v.Reaches(org.Region) {
		return jiqiao.Fail(jiqiao.CodeForbidden, "「"+org.Name+"」不在您管辖的地区，请由其所在地区录入", nil)
	}
	if head.Region == "" {
		head.Region = org.Region
	}
	if head.Contact == (jiqiao.Contact{}) {
		head.Contact = org.Contact
	}
	return nil
}

func forbiddenSide(v jiqiao.Viewer, kind jiqiao.Kind) error {
	side, ok := v.Role.KindOf()
	switch {
	case ok && v.Organisation == "":
		return jiqiao.Fail(jiqiao.CodeForbidden, "您的账号还没有所属单位，请先完成单位登记", nil)
	case ok && side != kind:
		return jiqiao.Fail(jiqiao.CodeForbidden, "您的单位填报"+side.Label()+"，不能录入"+kind.Label(), nil)
	default:
		return jiqiao.Fail(jiqiao.CodeForbidden, "您的账号不能录入"+kind.Label(), nil)
	}
}

// reach reads a record that the viewer may change, and in what part. One that may not even be seen is not found.
func (s *Service) reach(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, id string) (jiqiao.Record, jiqiao.Actor, error) {
	rec, err := s.store.Get(ctx, kind, id)
	if err != nil {
		return nil, "", err
	}
	if !v.Sees(rec) {
		return nil, "", jiqiao.Fail(jiqiao.CodeNotFound, "没有这条"+kind.Label()+"，可能已被删除", nil)
	}
	actor, ok := v.ActorFor(rec)
	if !ok {
		return nil, "", jiqiao.Fail(jiqiao.CodeForbidden, "这条"+kind.Label()+"不归您的单位或地区管理，不能操作", nil)
	}
	return rec, actor, nil
}

// Update changes a record; rec names it and the version that the change was made from. Status, owner and merging are not
// changed by the way. An owner's change of a record that is shown waits for review, but for what hides more or changes
// the contact, which holds at once; edition is that of the waiting change it replaces, 0 for none.
func (s *Service) Update(ctx context.Context, v jiqiao.Viewer, rec jiqiao.Record, edition int) (jiqiao.SavedRecord, error) {
	head := rec.Head()
	old, actor, err := s.reach(ctx, v, rec.Kind(), head.ID)
	if err != nil {
		return jiqiao.SavedRecord{}, err
	}
	was := old.Head()
	if was.Version != head.Version {
		return jiqiao.SavedRecord{}, jiqiao.Fail(jiqiao.CodeConflict, "内容已被他人修改，请刷新后重新修改", nil)
	}
	head.MergedInto = was.MergedInto
	keepHidden(v, rec, old)
	if v.User == "" && actor == jiqiao.ActorOperator {
		return jiqiao.SavedRecord{Record: rec}, s.store.Put(ctx, rec)
	}
	head.Status = was.Status
	if actor == jiqiao.ActorOwner {
		head.Owner = was.Owner
	}
	if err := rec.Validate(); err != nil {
		return jiqiao.SavedRecord{}, err
	}
	if actor == jiqiao.ActorOperator {
		if moved, ok := v.ActorFor(rec); !ok || moved != actor {
			return jiqiao.SavedRecord{}, jiqiao.Invalid([]jiqiao.FieldError{{Field: "region", Message: "不能改到您管理的地区之外"}})
		}
		return jiqiao.SavedRecord{Record: rec}, s.store.Put(ctx, rec)
	}
	return s.updateOwn(ctx, rec, old, edition)
}

// keepHidden puts back what the viewer was not shown and therefore cannot have meant to change.
func keepHidden(v jiqiao.Viewer, rec, old jiqiao.Record) {
	if access := v.Access(); !access.SeesContact(old) {
		if rec.Head().Contact == access.Show(old).Head().Contact {
			rec.Head().Contact = old.Head().Contact
		}
		rec.Head().Contact.KeepMasked(old.Head().Contact) // part by part: one may have been filled in anew
	}
}

func (s *Service) updateOwn(ctx context.Context, rec, old jiqiao.Record, edition int) (jiqiao.SavedRecord, error) {
	kind, status := rec.Kind(), old.Head().Status
	if status.Editable() {
		return jiqiao.SavedRecord{Record: rec}, s.store.Put(ctx, rec)
	}
	switch status {
	case jiqiao.StatusPublished, jiqiao.StatusPaused, jiqiao.StatusEngaged:
	default:
		message := "这条" + kind.Label() + "现为「" + status.Label(kind) + "」，不能修改"
		for i, step := range jiqiao.StepsOf(status, jiqiao.ActorOwner) {
			message += map[bool]string{true: "；现在可以：", false: "、"}[i == 0] + step.Label(kind)
		}
		return jiqiao.SavedRecord{}, jiqiao.Fail(jiqiao.CodeConflict, message, nil)
	}
	atOnce, reviewed := split(old, rec)
	saved := jiqiao.SavedRecord{Record: old}
	if len(atOnce) > 0 {
		direct, err := jiqiao.TakeFields(old, rec, atOnce)
		if err != nil {
			return jiqiao.SavedRecord{}, err
		}
		if err := s.store.Put(ctx, direct); err != nil {
			return jiqiao.SavedRecord{}, err
		}
		saved.Record = direct
		rec.Head().Version = direct.Head().Version
	}
	if len(reviewed) == 0 {
		return saved, nil
	}
	revision, err := s.store.Propose(ctx, rec, edition)
	if err != nil {
		return jiqiao.SavedRecord{}, err
	}
	saved.Revision = &revision
	return saved, nil
}

// split tells the fields whose change holds at once from those that are reviewed.
func split(old, rec jiqiao.Record) (atOnce, reviewed []string) {
	for _, name := range jiqiao.ChangedFields(old, rec) {
		switch {
		case name == "contact", name == "disclosure" && hidesMore(old.Head().Disclosure, rec.Head().Disclosure):
			atOnce = append(atOnce, name)
		default:
			reviewed = append(reviewed, name)
		}
	}
	return atOnce, reviewed
}

// hidesMore reports whether whoever is kept from something under a is kept from it under b, too.
func hidesMore(a, b jiqiao.Disclosure) bool {
	switch {
	case b == jiqiao.DisclosurePrivate:
		return true
	case !a.Offered():
		return false
	case !b.Offered():
		return true
	default:
		return (b.HidesOwner() || !a.HidesOwner()) && (b.HidesDetail() || !a.HidesDetail())
	}
}

// Delete removes a record. An owner removes what was never shown, or was taken back.
func (s *Service) Delete(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, id string, version int64) error {
	old, actor, err := s.reach(ctx, v, kind, id)
	if err != nil {
		return err
	}
	status := old.Head().Status
	if actor == jiqiao.ActorOwner && !slices.Contains([]jiqiao.Status{jiqiao.StatusDraft, jiqiao.StatusReturned, jiqiao.StatusWithdrawn}, status) {
		return jiqiao.Fail(jiqiao.CodeConflict, "「"+status.Label(kind)+"」的"+kind.Label()+"不能删除，请先撤回", nil)
	}
	if old.Head().MergedInto != "" && actor == jiqiao.ActorOwner {
		return jiqiao.Fail(jiqiao.CodeConflict, "这条"+kind.Label()+"已合并到另一条，不能删除", nil)
	}
	return s.store.Delete(ctx, kind, id, version)
}

// Revision is the owner's change of a record that waits or was returned last.
func (s *Service) Revision(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, id string) (jiqiao.Review, error) {
	if _, _, err := s.reach(ctx, v, kind, id); err != nil {
		return jiqiao.Review{}, err
	}
	r, err := s.store.LastRevision(ctx, id)
	if err != nil {
		return jiqiao.Review{}, err
	}
	r.Record = v.Show(r.Record)
	return r, nil
}

// DropRevision takes the waiting change back.
func (s *Service) DropRevision(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, id string) error {
	_, actor, err := s.reach(ctx, v, kind, id)
	if err != nil {
		return err
	}
	if actor != jiqiao.ActorOwner {
		return jiqiao.Fail(jiqiao.CodeForbidden, "只有填报单位可以撤回自己的修改；如不同意，请退回", nil)
	}
	return s.store.DropRevision(ctx, kind, id)
}
