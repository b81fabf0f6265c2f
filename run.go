package jiqiao

import (
	"encoding/json"
	"time"
)

// MatchRun is one pass that matches every record of a side, saved as it goes so that it resumes where it stopped.
type MatchRun struct {
	ID   string `json:"id"` // "r_" and 20 characters
	Kind Kind   `json:"kind"`
	// Params are what the run was started with, as its starter wrote them; the store does not read them.
	Params json.RawMessage `json:"params,omitempty"`
	State  RunState        `json:"state"`
	// Cursor is the id of the last record that was matched; empty before the first.
	Cursor string `json:"cursor,omitempty"`
	// Done counts the records matched, out of the Total that were there at the start.
	Done  int `json:"done"`
	Total int `json:"total"`
	// Message says in Chinese why the run failed.
	Message   string    `json:"message,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// RunState is where a run stands.
type RunState string

// The states of a run.
const (
	RunRunning RunState = "running" // 进行中
	RunDone    RunState = "done"    // 已完成
	RunFailed  RunState = "failed"  // 已失败
)

// MatchResult is what a run keeps of one pair.
type MatchResult struct {
	NeedID        string    `json:"need_id"`
	AchievementID string    `json:"achievement_id"`
	Score         float64   `json:"score"` // 0–1, as in Match
	Level         Level     `json:"level"`
	Model         string    `json:"model"`
	MatchedAt     time.Time `json:"matched_at"`
}
