package jiqiao

import "time"

// Change is one row of the change log. The store writes it in the transaction of the write it describes; the index
// follows it. Seq starts at 1, has no gaps, and grows in the order in which transactions became visible.
type Change struct {
	Seq     int64     `json:"seq"`
	Kind    Kind      `json:"kind"`
	ID      string    `json:"id"`
	Version int64     `json:"version"`
	Op      ChangeOp  `json:"op"`
	At      time.Time `json:"at"`
}

// ChangeOp is what a change did.
type ChangeOp string

// What a change can do.
const (
	ChangePut    ChangeOp = "put"
	ChangeDelete ChangeOp = "delete"
)
