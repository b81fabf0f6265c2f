package jiqiao

import "time"

// Verb is what a broker did with a candidate match.
type Verb string

// The verbs.
const (
	VerbAccept Verb = "accept" // 采纳
	VerbReject Verb = "reject" // 不采纳
	VerbDefer  Verb = "defer"  // 暂缓: no judgement, never a rejection
)

// Decision is a broker's answer to one match that was shown. Decisions teach the ranker.
type Decision struct {
	ID            string `json:"id"` // "d_" and 20 characters
	NeedID        string `json:"need_id"`
	AchievementID string `json:"achievement_id"`
	Verb          Verb   `json:"verb"`
	// Reason is a code of the list "rejection"; required for a rejection.
	Reason string `json:"reason,omitempty"`
	Note   string `json:"note,omitempty"`
	// Rank is the place, from 1, at which the match was shown, and Shown how many were; 0 is unknown. What stands
	// lower is looked at less, and the ranker's training allows for it.
	Rank  int `json:"rank,omitempty"`
	Shown int `json:"shown,omitempty"`
	// Score, Level and Model are the match's when it was shown.
	Score float64 `json:"score"`
	Level Level   `json:"level"`
	Model string  `json:"model"`
	// By names the broker.
	By        string    `json:"by,omitempty"`
	DecidedAt time.Time `json:"decided_at"`
}

// ModelKind is what a trained model is for.
type ModelKind string

// The kinds of models.
const (
	ModelRanker  ModelKind = "ranker"
	ModelVectors ModelKind = "vectors"
)

// ModelVersion is one version of a trained model. Versions are never changed or deleted; one of each kind is active, or
// none, and then the one that ships with the program serves.
type ModelVersion struct {
	Kind    ModelKind `json:"kind"`
	Version string    `json:"version"`
	// Parent is the version it was trained from or compared with.
	Parent string `json:"parent,omitempty"`
	// Provenance says in Chinese what it was trained on and how.
	Provenance string `json:"provenance"`
	// Figures are what it measured, and under the names prefixed with "parent_" what the parent did on the same data.
	Figures map[string]float64 `json:"figures,omitempty"`
	Active  bool               `json:"active"`
	// Accepted says whether it measured no worse than its parent; Message why not, in Chinese.
	Accepted  bool      `json:"accepted"`
	Message   string    `json:"message,omitempty"`
	Size      int64     `json:"size"` // bytes of the body
	CreatedAt time.Time `json:"created_at"`
}
