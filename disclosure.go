package jiqiao

import "time"

// Disclosure is how much of a record outsiders see.
type Disclosure string

// The disclosures, codes of the list "disclosure".
const (
	DisclosurePublic    Disclosure = "public"    // 公开; also the meaning of ""
	DisclosureAnonymous Disclosure = "anonymous" // 部分公开, 隐去单位名称
	// DisclosureSummary shows everybody the outline and the public summary alone, DisclosureSummaryAnonymous without the
	// owner's name.
	DisclosureSummary          Disclosure = "summary"
	DisclosureSummaryAnonymous Disclosure = "summary_anonymous"
	// DisclosureBroker keeps the record among brokers (仅技术经理人可见).
	DisclosureBroker  Disclosure = "broker"
	DisclosurePrivate Disclosure = "private" // 不公开
)

// HidesOwner reports whether the owner's name is kept from outsiders.
func (d Disclosure) HidesOwner() bool {
	return d == DisclosureAnonymous || d == DisclosureSummaryAnonymous
}

// HidesDetail reports whether outsiders see the outline alone.
func (d Disclosure) HidesDetail() bool {
	return d == DisclosureSummary || d == DisclosureSummaryAnonymous
}

// Offered reports whether outsiders may know of the record at all.
func (d Disclosure) Offered() bool { return d != DisclosureBroker && d != DisclosurePrivate }

// Grant opens a record, its confidential detail and contact included, to an organisation: both sides of an introduction
// have said 有意向.
type Grant struct {
	Record Ref `json:"record"` // Type is a Kind
	// Organisation is who may see.
	Organisation string    `json:"organisation"`
	Reason       string    `json:"reason,omitempty"` // what it came from: the introduction's id
	At           time.Time `json:"at"`
}

// Reveal is one time that somebody had a record's contact shown in full.
type Reveal struct {
	ID     string `json:"id"`
	Record Ref    `json:"record"`
	Owner  string `json:"-"` // the organisation whose contact it is
	// User, Name, Role and Organisation say who looked, as Reason says why.
	User         string    `json:"user"`
	Name         string    `json:"name"`
	Role         Role      `json:"role"`
	Organisation string    `json:"organisation,omitempty"`
	Reason       string    `json:"reason"`
	At           time.Time `json:"at"`
}

// RevealPage is a page of reveals, the newest first.
type RevealPage struct {
	Total int      `json:"total"`
	Items []Reveal `json:"items"`
	Next  string   `json:"next,omitempty"`
}

// MaxReason bounds the reason for a reveal, in characters.
const MaxReason = 200
