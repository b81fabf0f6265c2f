package jiqiao

import (
	"encoding/json"
	"strconv"
	"time"
)

// MatchRun is one pass that matches all records with all of the other side, saved as it goes so that it resumes where
// it stopped. It walks one side and keeps what it finds for both.
type MatchRun struct {
	ID   string `json:"id"`   // "r_" and 20 characters
	Kind Kind   `json:"kind"` // the side walked
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
	// RunCancelled is final, as done and failed are. A cancelled assignment gives its places back.
	RunCancelled RunState = "cancelled" // 已取消
)

// Label is the state's Chinese name, "" for an unknown one.
func (s RunState) Label() string {
	switch s {
	case RunRunning:
		return "进行中"
	case RunDone:
		return "已完成"
	case RunFailed:
		return "已失败"
	case RunCancelled:
		return "已取消"
	}
	return ""
}

// MatchRunParams say what a run of all against all keeps.
type MatchRunParams struct {
	// Limit is how many matches of every record are kept, on either side.
	Limit int `json:"limit"`
}

// DefaultRunLimit is enough for assignments, which need more candidates than a list that people read.
const DefaultRunLimit = 50

// Validate reports parameters that make no sense.
func (p MatchRunParams) Validate() error {
	if p.Limit < 1 || p.Limit > MaxPageSize {
		return Invalid([]FieldError{{Field: "limit", Message: "每条记录保留的匹配数应为 1～" + strconv.Itoa(MaxPageSize) + " 的整数"}})
	}
	return nil
}

// MatchResult is what a run keeps of one pair.
type MatchResult struct {
	NeedID        string  `json:"need_id"`
	AchievementID string  `json:"achievement_id"`
	Score         float64 `json:"score"` // 0–1, as in Match
	Level         Level   `json:"level"`
	// Probabilities are how likely each level is, as in Match; all 0 when the model gives none.
	Probabilities [4]float64 `json:"probabilities"`
	Model         string     `json:"model"`
	MatchedAt     time.Time  `json:"matched_at"`
}
