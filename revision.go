package jiqiao

import "time"

// Review is one record, or one change of a published record, laid before the operators (审核).
type Review struct {
	ID       string `json:"id"` // "v_" and 20 characters
	Kind     Kind   `json:"kind"`
	RecordID string `json:"record_id"`
	// Version is that of the record when it was laid before them; a change is made from it.
	Version int64 `json:"version"`
	// Round counts the reviews of one record from 1.
	Round int `json:"round"`
	// Revision marks a change of a record that stays published as it is until the change is approved.
	Revision bool        `json:"revision"`
	State    ReviewState `json:"state"`
	// Edition counts how often a waiting change was replaced by its author, from 1.
	Edition     int       `json:"edition"`
	SubmittedAt time.Time `json:"submitted_at"`
	// DueAt is the first instant at which the answer is late, of what waits. It is told, not stored.
	DueAt *time.Time `json:"due_at,omitempty"`
	// SubmittedBy is the account's id, empty for machines.
	SubmittedBy string `json:"submitted_by,omitempty"`
	// Diagnosis is what the clinic found when it was submitted, without the texts; nil when nobody asked the clinic.
	Diagnosis *Diagnosis `json:"diagnosis,omitempty"`
	// Note and Comments are the answer: a sentence, and what is to be changed in which field.
	Note      string       `json:"note,omitempty"`
	Comments  []FieldError `json:"comments,omitempty"`
	DecidedAt *time.Time   `json:"decided_at,omitempty"`
	DecidedBy string       `json:"decided_by,omitempty"`
	// Record is what is reviewed: the record as it stands, or with the change. Nil where it was not asked for.
	Record Record `json:"record,omitempty"`
	// Changes are what a revision changes. Only beside Record.
	Changes []FieldChange `json:"changes,omitempty"`
}

// ReviewState is where a review stands.
type ReviewState string

// The states of a review.
const (
	ReviewPending   ReviewState = "pending"   // 待审核
	ReviewApproved  ReviewState = "approved"  // 通过
	ReviewReturned  ReviewState = "returned"  // 退回修改
	ReviewWithdrawn ReviewState = "withdrawn" // 已撤回
)

// Label is the state's Chinese name, "" for none.
func (s ReviewState) Label() string {
	switch s {
	case ReviewPending:
		return "待审核"
	case ReviewApproved:
		return "通过"
	case ReviewReturned:
		return "退回修改"
	case ReviewWithdrawn:
		return "已撤回"
	default:
		return ""
	}
}

// ReviewQuery asks for reviews. Empty fields do not restrict.
type ReviewQuery struct {
	Kind  Kind
	State ReviewState
	// Region is a GB/T 2260 code; records without a region are in every region.
	Region string
	// Field is a code of the list "field", a higher one matches those below it.
	Field string
	// Revision: only changes of published records when true, only whole records when false, both when nil.
	Revision *bool
	// Before and After bound SubmittedAt, Before excluded.
	Before, After time.Time
	RecordID      string
	// NotBy leaves out what people of the role submitted.
	NotBy Role
	// Newest lists the newest first instead of the one that waits longest.
	Newest bool
	Cursor string
	Limit  int // 0 is DefaultPage, at most MaxPageSize
}

// ReviewPage is a page of reviews.
type ReviewPage struct {
	Total int      `json:"total"`
	Items []Review `json:"items"`
	Next  string   `json:"next,omitempty"`
}

// RecordVersion is one version of a record: who made it and when.
type RecordVersion struct {
	Version int64 `json:"version"`
	// Act is how it came about: record.create, record.update, record.import, record.approve, …
	Act    string    `json:"act"`
	At     time.Time `json:"at"`
	Status Status    `json:"status"`
	// User is the account's id, By its name at the time; empty for machines and the service.
	User string `json:"user,omitempty"`
	By   string `json:"by,omitempty"`
	// Changes are the differences from the version before.
	Changes []FieldChange `json:"changes"`
}

// RecordHistory is a record's versions, newest first.
type RecordHistory struct {
	Total int             `json:"total"`
	Items []RecordVersion `json:"items"`
	// Next is the version to go on below; 0 at the end.
	Next int64 `json:"next,omitempty"`
}

// RecordMove is one step of a record.
type RecordMove struct {
	Kind Kind
	ID   string
	// Version is what the step is taken from; 0 is whatever stands, for steps that the service takes.
	Version int64
	// Edition is that of the change which was looked at, for answers to one; 0 is not compared.
	Edition int
	Step    Step
	Actor   Actor
	// Note is why, Comments what is to be changed in which field (StepReturn).
	Note     string
	Comments []FieldError
	// ValidUntil is set by StepRenew, and by StepApprove when the record has none.
	ValidUntil Date
	// Diagnosis is kept for the reviewer (StepSubmit).
	Diagnosis *Diagnosis
}

// Validate reports what is wrong with the move whatever the record.
func (m RecordMove) Validate() error {
	var ck checker
	ck.text("note", "说明", m.Note, MaxNote)
	ck.date("valid_until", "有效期", m.ValidUntil)
	ck.count("comments", "修改意见", len(m.Comments), MaxComments)
	for i, c := range m.Comments {
		at := index("comments", i)
		ck.required(at+".message", "修改意见", c.Message)
		ck.text(at+".message", "修改意见", c.Message, MaxNote)
		ck.line(at+".field", "栏目", c.Field, MaxShort)
		if c.Field != "" && FieldLabel(m.Kind, c.Field) == "" {
			ck.add(at+".field", "没有这个栏目，请填写表单中的栏目名，总的意见写在说明里")
		}
	}
	return Invalid(ck.found)
}

// MaxComments bounds the comments of one review.
const MaxComments = 100

// OwnRecords is what an organisation has on one side.
type OwnRecords struct {
	Total int            `json:"total"`
	Items []Record       `json:"items"`
	Next  string         `json:"next,omitempty"`
	Count map[Status]int `json:"count"`
	// Standing tells of each item, by its id, where it stands with its readers.
	Standing map[string]OwnStanding `json:"standing"`
}

// OwnStanding is what an owner wants to know of a record at a glance.
type OwnStanding struct {
	// Completeness is the clinic's, 0–100; nil without a clinic.
	Completeness *int `json:"completeness,omitempty"`
	// Review is the latest review's state, "" when there was none; Revision says that it is of a change of what is shown.
	Review   ReviewState `json:"review,omitempty"`
	Revision bool        `json:"revision,omitempty"`
	// SubmittedAt is when that review began; nil when there was none.
	SubmittedAt *time.Time `json:"submitted_at,omitempty"`
	// Comments counts what it asks to be changed, its Note included.
	Comments int `json:"comments,omitempty"`
}

// RecordMerge is two records made one (合并).
type RecordMerge struct {
	ID   string `json:"id"` // "g_" and 20 characters
	Kind Kind   `json:"kind"`
	// From is the record that went into Into.
	From string `json:"from"`
	Into string `json:"into"`
	// Fields are the fields that were taken from From.
	Fields []string `json:"fields"`
	// Moved counts what points to the survivor now, by table.
	Moved map[string]int `json:"moved"`
	At    time.Time      `json:"at"`
	By    string         `json:"by,omitempty"`
	// UndoneAt is when it was undone.
	UndoneAt *time.Time `json:"undone_at,omitempty"`
}

// OwnQuery asks for an organisation's records of one side.
type OwnQuery struct {
	Organisation string
	// EnteredBy, in place of Organisation, finds what the account entered on behalf of others.
	EnteredBy string
	Kind      Kind
	Status    Status // "" is every state
	// Text restricts to records whose titles contain it.
	Text string
	Sort OwnSort
	// Cursor goes on where the last page of the same query ended.
	Cursor string
	Limit  int // 0 is DefaultPage, at most MaxPageSize
}

// OwnSort is an order of an organisation's records.
type OwnSort string

// The orders.
const (
	OwnUpdated OwnSort = ""       // the last changed first
	OwnOldest  OwnSort = "oldest" // the first entered first
	OwnNewest  OwnSort = "newest" // the last entered first
	OwnByTitle OwnSort = "title"  // by title
)

// Valid reports whether it is one of them.
func (s OwnSort) Valid() bool {
	return s == OwnUpdated || s == OwnOldest || s == OwnNewest || s == OwnByTitle
}

// RecordMark says when a record's owner last stood by it and was last asked, nil for never, and of what end of its
// validity the owner was last reminded.
type RecordMark struct {
	ConfirmedAt, AskedAt *time.Time
	Reminded             string
}

// MergeRequest asks to make two records one: From goes into Into, which takes the named fields from it.
type MergeRequest struct {
	Kind                     Kind
	From, Into               string
	FromVersion, IntoVersion int64
	Fields                   []string
}

// SavedRecord is what became of a record that was entered or changed.
type SavedRecord struct {
	// Record is as it stands; Revision is the part of the change that waits for review, nil when none does.
	Record   Record
	Revision *Review
}

// StepOutcome is what a step led to.
type StepOutcome struct {
	Record Record `json:"record"`
	// Done is false when a submission waits for its author's confirmation: Diagnosis then says what is missing.
	Done      bool       `json:"done"`
	Diagnosis *Diagnosis `json:"diagnosis,omitempty"`
}

// StepResult is what became of one record of many.
type StepResult struct {
	ID string `json:"id"`
	// Error is why it was not done, nil when it was.
	Error *Error `json:"error,omitempty"`
}
