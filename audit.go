package jiqiao

import (
	"encoding/json"
	"time"
)

// AuditEntry is one act in the audit (安全审计): who did what to which object, when, from where, and how it ended. Entries
// are chained: each carries a digest over itself and the one before, so that a change or a gap is found.
type AuditEntry struct {
	// Seq counts from 1 without gaps.
	Seq int64     `json:"seq"`
	At  time.Time `json:"at"`
	// User is the id of the account, empty for machines and the service itself; Name the account's or token's name.
	User         string `json:"user,omitempty"`
	Name         string `json:"name,omitempty"`
	Role         Role   `json:"role,omitempty"`
	Organisation string `json:"organisation,omitempty"`
	Address      string `json:"address,omitempty"`
	Request      string `json:"request,omitempty"`
	// Act names what was done: "user.login", "record.publish", codes of the list "act". ActLabel is it in Chinese, for who
	// reads: it is not stored.
	Act      string `json:"act"`
	ActLabel string `json:"act_label,omitempty"`
	Object   Ref    `json:"object"`
	// ObjectTitle names the object for who reads, where they may know it; it is not stored.
	ObjectTitle string `json:"object_title,omitempty"`
	// Before and After are what changed, in short: states and the names of fields, never contacts or secrets.
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
	Result AuditResult     `json:"result"`
	// Prev is the digest of the entry before; only archives and verifying have it.
	Prev string `json:"prev,omitempty"`
	Hash string `json:"hash"`
}

// AuditResult is how an act ended.
type AuditResult string

// The results.
const (
	AuditDone   AuditResult = "done"   // 成功
	AuditDenied AuditResult = "denied" // 被拒绝
	AuditFailed AuditResult = "failed" // 失败
)

// Act is what a caller says of an act; the rest of an AuditEntry comes from the context's Origin and the store.
type Act struct {
	Name          string
	Object        Ref
	Before, After any // marshalled to JSON; nil for none
	Result        AuditResult
}

// AuditResults lists every AuditResult.
var AuditResults = [...]AuditResult{AuditDone, AuditDenied, AuditFailed}

// Label is the result in Chinese.
func (r AuditResult) Label() string {
	switch r {
	case AuditDone:
		return "成功"
	case AuditDenied:
		return "被拒绝"
	case AuditFailed:
		return "失败"
	}
	return string(r)
}

// AuditQuery filters the audit; empty fields do not.
type AuditQuery struct {
	// User is the id of an account; Act a name, or the part before the dot for all acts on such objects.
	User, Act string
	// Person is in the name that an entry has, or in the account's login or name.
	Person  string
	Object  Ref // its type alone finds all of the type
	Result  AuditResult
	Address string
	// From is included, Until is not.
	From, Until time.Time
	// Limit 0 is DefaultPage; Cursor is AuditPage.Next of the page before.
	Limit  int
	Cursor string
}

// AuditObject is what an object of the audit is called, or the record that it is about, of a pair with the Other.
type AuditObject struct {
	Title         string
	Record, Other Ref
}

// AuditPage is a page of the audit, the newest first.
type AuditPage struct {
	Total   int          `json:"total"`
	Entries []AuditEntry `json:"items"`
	Next    string       `json:"next,omitempty"`
}

// AuditFault is a place where the chain is broken.
type AuditFault struct {
	// Seq is the entry that was found wrong, or the first that is missing.
	Seq  int64          `json:"seq"`
	Kind AuditFaultKind `json:"kind"`
	// Message says in Chinese what is wrong.
	Message string `json:"message"`
}

// AuditFaultKind is what is wrong with the chain.
type AuditFaultKind string

// The kinds of fault.
const (
	FaultChanged AuditFaultKind = "changed" // an entry, or the digest before it, was changed
	FaultGap     AuditFaultKind = "gap"     // entries are missing between two others
	FaultCutOff  AuditFaultKind = "cut_off" // the newest entries are missing
	FaultHead    AuditFaultKind = "head"    // the note of the chain's end was changed
	FaultArchive AuditFaultKind = "archive" // an archived file is missing or was changed
)

// AuditCheck is what came of verifying the audit.
type AuditCheck struct {
	OK bool `json:"ok"`
	// Entries were read, First to Last; Archived of them from archives.
	Entries  int64 `json:"entries"`
	Archived int64 `json:"archived"`
	First    int64 `json:"first"`
	Last     int64 `json:"last"`
	// Hash is the chain's end: who keeps it elsewhere finds even a chain that was written anew from some entry on.
	Hash string `json:"hash"`
	// Faults are the first hundred; FaultCount counts all.
	Faults     []AuditFault `json:"faults"`
	FaultCount int          `json:"fault_count"`
}

// AuditArchive is a file that keeps entries which may have left the database.
type AuditArchive struct {
	First int64 `json:"first"`
	Last  int64 `json:"last"`
	// Prev is the digest before First, Hash that of Last.
	Prev string `json:"prev"`
	Hash string `json:"hash"`
	// File is the file's name without its directory, SHA256 the digest of its bytes.
	File   string    `json:"file"`
	SHA256 string    `json:"sha256"`
	At     time.Time `json:"at"`
	// Removed says that the entries have left the database.
	Removed bool `json:"removed"`
}

// MinAuditKept is how long entries stay in the database at least (GB/T 22239-2019 §8.1.4.3, 网络安全法第二十一条: six months).
const MinAuditKept = 180 * 24 * time.Hour
