package jiqiao

import (
	"strconv"
	"time"
)

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
	// WithdrawnAt is when the decision was undone; it then counts for nothing, and stays as a fact.
	WithdrawnAt *time.Time `json:"withdrawn_at,omitempty"`
}

// Label is the verb's Chinese name.
func (v Verb) Label() string {
	switch v {
	case VerbAccept:
		return "采纳"
	case VerbReject:
		return "不采纳"
	case VerbDefer:
		return "暂缓"
	default:
		return ""
	}
}

// Validate reports every field of the decision that breaks a rule; whether the records exist is not known here.
func (d *Decision) Validate() error {
	var ck checker
	ck.required("need_id", "技术需求的编号", d.NeedID)
	ck.required("achievement_id", "科技成果的编号", d.AchievementID)
	if d.Verb.Label() == "" {
		ck.add("verb", "决定应为 accept（采纳）、reject（不采纳）或 defer（暂缓）")
	}
	switch {
	case d.Verb == VerbReject && d.Reason == "":
		ck.add("reason", "不采纳请选择原因，系统据此改进推荐")
	case d.Verb == VerbAccept && d.Reason != "":
		ck.add("reason", "采纳不需要原因，请去掉")
	default:
		ck.code("reason", "rejection", d.Reason)
	}
	ck.text("note", "备注", d.Note, MaxNote)
	if d.Rank < 0 || d.Rank > MaxRank {
		ck.add("rank", "名次应为 1～"+strconv.Itoa(MaxRank)+" 的整数，不清楚可以不填")
	}
	if d.Shown < 0 || d.Shown > MaxRank {
		ck.add("shown", "展示条数应为 1～"+strconv.Itoa(MaxRank)+" 的整数，不清楚可以不填")
	}
	if d.Rank > 0 && d.Shown > 0 && d.Rank > d.Shown {
		ck.add("rank", "名次不能大于展示条数")
	}
	if !(d.Score >= 0 && d.Score <= 1) { // not NaN either
		ck.add("score", "得分应在 0～1 之间")
	}
	if d.Level < 0 || d.Level > LevelStrong {
		ck.add("level", "等级应为 1（无相关）～4（强），不清楚可以不填")
	}
	ck.line("model", "模型版本", d.Model, MaxShort)
	return Invalid(ck.found)
}

// DecisionQuery asks for decisions. Empty fields do not restrict.
type DecisionQuery struct {
	NeedID, AchievementID string
	Verb                  Verb
	Reason                string // a code of the list "rejection"
	By                    string
	// From and Until bound DecidedAt, Until excluded.
	From, Until time.Time
	// Withdrawn lists decisions that were undone, too.
	Withdrawn bool
	// Oldest lists the oldest first instead of the newest.
	Oldest bool
	Cursor string // from DecisionPage.Next; empty for the first page
	Limit  int    // 0 is DefaultPage, at most MaxPageSize
}

// DecisionPage is a page of decisions.
type DecisionPage struct {
	// Total counts what the query finds on all pages.
	Total     int        `json:"total"`
	Decisions []Decision `json:"decisions"`
	// Next continues after the last decision; empty at the end.
	Next string `json:"next,omitempty"`
}

// Impression is a list of matches that was shown to a broker: what was never shown was never rejected.
type Impression struct {
	Kind      Kind   // the subject's side
	SubjectID string // whose matches they are
	// First is the place of the first, from 1; IDs are the other side's records in the order shown.
	First int
	IDs   []string
	Model string
	By    string
	// ShownAt is when it was last shown, and Times how often.
	ShownAt time.Time
	Times   int
}

// ModelKind is what a trained model is for.
type ModelKind string

// The kinds of models.
const (
	ModelRanker  ModelKind = "ranker"
	ModelVectors ModelKind = "vectors"
)

// ModelKinds lists every ModelKind.
var ModelKinds = [...]ModelKind{ModelRanker, ModelVectors}

// Label is the kind's Chinese name, "" for none of ModelKinds.
func (k ModelKind) Label() string {
	switch k {
	case ModelRanker:
		return "排序模型"
	case ModelVectors:
		return "词向量"
	default:
		return ""
	}
}

// BuiltinModel stands for the model that ships with the program where a version is named.
const BuiltinModel = "builtin"

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
	// Measured says in Chinese on what the figures were measured, where Provenance does not.
	Measured string `json:"measured,omitempty"`
	Active   bool   `json:"active"`
	// Accepted says whether it measured no worse than its parent; Message why not, in Chinese.
	Accepted  bool      `json:"accepted"`
	Message   string    `json:"message,omitempty"`
	Size      int64     `json:"size"` // bytes of the body
	CreatedAt time.Time `json:"created_at"`
	// ActivatedAt is when it last became active; nil when it never was.
	ActivatedAt *time.Time `json:"activated_at,omitempty"`
}
