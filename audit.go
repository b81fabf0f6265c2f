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
	// Act names what was done: "user.login", "record.publish". AuditActs has the Chinese names.
	Act    string `json:"act"`
	Object Ref    `json:"object"`
	// Before and After are what changed, in short: states and the names of fields, never contacts or secrets.
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
	Result AuditResult     `json:"result"`
	Prev   string          `json:"prev"`
	Hash   string          `json:"hash"`
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
