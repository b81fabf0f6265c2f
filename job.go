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
	// Attempts counts the times it was begun, at most MaxAttempts.
	Attempts    int `json:"attempts"`
	MaxAttempts int `json:"max_attempts"`
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
	Message    string     `json:"message,omitempty"`
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

// NewJob asks for work.
type NewJob struct {
	Kind, Key string
	// Payload is marshalled to JSON.
	Payload any
	// RunAt is when it may begin; zero is now.
	RunAt time.Time
	// MaxAttempts 0 is DefaultAttempts.
	MaxAttempts int
}

// DefaultAttempts is how often a job is begun before it is dead.
const DefaultAttempts = 8
