package jiqiao

import (
	"encoding/json"
	"time"
)

// Job is one piece of work in the durable queue. Handlers are idempotent: a job that a crash cut off is done again.
type Job struct {
	ID   string `json:"id"` // "j_" and 20 characters
	Kind string `json:"kind"`
	// Key is what the job is about; of one kind and key at most one waits at a time.
	Key     string          `json:"key,omitempty"`
	Payload json.RawMessage `json:"payload,omitempty"`
	State   JobState        `json:"state"`
	// Attempts counts the times it was begun; Excused are those of them that do not count, because what they needed was
	// away or the process was stopped. The others are at most MaxAttempts.
	Attempts    int `json:"attempts"`
	Excused     int `json:"excused"`
	MaxAttempts int `json:"max_attempts"`
	// Priority: a higher one begins earlier. 0 is usual.
	Priority int `json:"priority"`
	// RunAt is when it may begin (next).
	RunAt time.Time `json:"run_at"`
	// Worker is the process that has it until LeaseUntil.
	Worker     string     `json:"worker,omitempty"`
	LeaseUntil *time.Time `json:"lease_until,omitempty"`
	// Stage says in Chinese what is being done, Done of Total how far; 0 of 0 when that is not known.
	Stage string `json:"stage,omitempty"`
	Done  int    `json:"done"`
	Total int    `json:"total"`
	// Message says in Chinese why it last failed.
	Message string `json:"message,omitempty"`
	// Origin is the account that asked for it, empty for the service itself: who asked may see how far it is.
	Origin     string     `json:"origin,omitempty"`
	CreatedAt  time.Time  `json:"created_at"`
	UpdatedAt  time.Time  `json:"updated_at"`
	FinishedAt *time.Time `json:"finished_at,omitempty"`
}

// JobState is where a job stands.
type JobState string

// The states of a job.
const (
	JobWaiting   JobState = "waiting"   // 等待
	JobRunning   JobState = "running"   // 进行中
	JobDone      JobState = "done"      // 已完成
	JobDead      JobState = "dead"      // 多次失败，已停止重试
	JobCancelled JobState = "cancelled" // 已取消
)

// JobStates lists every JobState.
var JobStates = [...]JobState{JobWaiting, JobRunning, JobDone, JobDead, JobCancelled}

// Label is the state in Chinese.
func (s JobState) Label() string {
	switch s {
	case JobWaiting:
		return "等待"
	case JobRunning:
		return "进行中"
	case JobDone:
		return "已完成"
	case JobDead:
		return "已停止重试"
	case JobCancelled:
		return "已取消"
	}
	return string(s)
}

// Ended reports whether the job is not begun again by itself.
func (s JobState) Ended() bool { return s == JobDone || s == JobDead || s == JobCancelled }

// JobQuery filters jobs; empty fields do not.
type JobQuery struct {
	Kind   string
	State  JobState
	Origin string
	// Limit 0 is DefaultPage; Cursor is JobPage.Next of the page before.
	Limit  int
	Cursor string
}

// JobPage is a page of jobs, the newest first.
type JobPage struct {
	Total int    `json:"total"`
	Jobs  []Job  `json:"items"`
	Next  string `json:"next,omitempty"`
}

// JobCount is how many jobs of a kind are in a state. Oldest is since when the first of them waits; zero for other states.
type JobCount struct {
	Kind   string    `json:"kind"`
	State  JobState  `json:"state"`
	Count  int       `json:"count"`
	Oldest time.Time `json:"oldest,omitzero"`
}

// NewJob asks for work.
type NewJob struct {
	Kind, Key string
	// Payload is marshalled to JSON.
	Payload any
	// RunAt is when it may begin; zero is now.
	RunAt time.Time
	// MaxAttempts 0 is DefaultAttempts.
	MaxAttempts int
	// Priority: a higher one begins earlier. 0 is usual.
	Priority int
}

// The kinds of job that the store leaves by itself, in the transaction that makes them necessary. Key is the id of the
// run or the assignment.
const (
	JobMatchRun   = "match_run"
	JobAssignment = "assignment"
	// JobNotice tells people of a Notice, its payload.
	JobNotice = "notice"
)

// The kinds of jobs around the queue. The key of JobCandidates is a record's id, of JobIntroduce a candidate's, of
// JobAssigned an assignment's.
const (
	JobCandidates = "candidates"
	JobIntroduce  = "introduce"
	JobAssigned   = "candidates.assigned"
	// JobRefill looks at every published record anew, JobSweep gives waiting candidates out and opens deferred ones.
	JobRefill = "candidates.refill"
	JobSweep  = "candidates.sweep"
	// JobQueueTold tells a broker, its key, of the candidates that came into the queue since its payload, a QueueTold.
	JobQueueTold = "candidates.told"
	// JobWishTold tells the broker of the candidate, its key, that an owner asks for it.
	JobWishTold = "wish.told"
	// JobWishAnswered tells the owners who asked for the candidate, its key, that a broker turned it down, or that the other
	// side's record is no longer on offer.
	JobWishAnswered = "wish.answered"
)

// The kinds of jobs around reviews; the payload of both is a QueueTold. JobReviewsTold tells the operators of what was laid
// before them, JobApprovedTold the organisation that is its key of what was approved.
const (
	JobReviewsTold  = "reviews.told"
	JobApprovedTold = "approved.told"
)

// QueueTold is the payload of jobs that tell in one notice of what was gathered: since when.
type QueueTold struct {
	Since time.Time `json:"since"`
}

// DefaultAttempts is how often a job is begun before it is dead.
const DefaultAttempts = 8
