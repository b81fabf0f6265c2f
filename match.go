package jiqiao

// Level is how well a need and an achievement fit, on the four grades that technology-transfer staff use.
type Level int

// The grades, from the worst to the best.
const (
	LevelNone   Level = 1 // 无相关
	LevelWeak   Level = 2 // 弱
	LevelFair   Level = 3 // 较强
	LevelStrong Level = 4 // 强
)

// Label is the grade's Chinese name.
func (l Level) Label() string {
	switch l {
	case LevelStrong:
		return "强"
	case LevelFair:
		return "较强"
	case LevelWeak:
		return "弱"
	default:
		return "无相关"
	}
}

// Match is one need beside one achievement.
type Match struct {
	NeedID        string `json:"need_id"`
	AchievementID string `json:"achievement_id"`
	// Score is the pair's score, 0–1, the same from both directions; it orders, Level speaks.
	Score float64 `json:"score"`
	Level Level   `json:"level"`
	// LevelLabel is Level in Chinese.
	LevelLabel string `json:"level_label"`
	// Probabilities are how likely each level is, from 无相关 to 强; they sum to 1.
	Probabilities [4]float64 `json:"probabilities"`
	// Parts are what Score is made of: their Points sum to it.
	Parts []ScorePart `json:"parts,omitempty"`
	Terms []TermMatch `json:"terms,omitempty"`
	// Close are terms that differ and mean nearly the same, nearest first.
	Close    []ClosePair `json:"close,omitempty"`
	Evidence []Evidence  `json:"evidence,omitempty"`
	// Metrics holds each target of the need, in its order, with what the achievement says of it.
	Metrics []MetricCheck `json:"metrics,omitempty"`
	// Against is what speaks against the match, each a Chinese sentence.
	Against []string `json:"against,omitempty"`
	// Lift is what would raise the match by a level, each a Chinese sentence.
	Lift []string `json:"lift,omitempty"`
	// Rationale is two sentences that a language model wrote from the evidence; usually empty.
	Rationale string `json:"rationale,omitempty"`
	// Model is the version of the weights that scored the pair.
	Model string `json:"model"`
	// Decision is what a broker last decided about the pair; only shown to those who may decide.
	Decision *Decision `json:"decision,omitempty"`
	// Record is the other side: the achievement for a need, and the reverse.
	Record Record `json:"record,omitempty"`
}

// ScorePart is one named contribution to a score.
type ScorePart struct {
	Name   string  `json:"name"`  // stable, for machines
	Label  string  `json:"label"` // Chinese
	Value  float64 `json:"value"` // the feature, brought into 0–1
	Weight float64 `json:"weight"`
	// Points is what the part added to the score.
	Points float64 `json:"points"`
}

// TermMatch is a term that both texts hold, strongest first.
type TermMatch struct {
	Term   string  `json:"term"`
	Weight float64 `json:"weight"` // share of the lexical score, 0–1
}

// ClosePair is a term of the need beside a term of the achievement that means nearly the same (污水 ≈ 废水).
type ClosePair struct {
	Need        string  `json:"need"`
	Achievement string  `json:"achievement"`
	Similarity  float64 `json:"similarity"` // cosine of the word vectors, 0–1
}

// Verdict is whether a figure of an achievement answers a target of a need.
type Verdict string

// The verdicts.
const (
	VerdictMet      Verdict = "met"      // 满足
	VerdictUnmet    Verdict = "unmet"    // 未达
	VerdictUnstated Verdict = "unstated" // 未说明: no comparable figure
)

// Label is the verdict's Chinese name.
func (v Verdict) Label() string {
	switch v {
	case VerdictMet:
		return "满足"
	case VerdictUnmet:
		return "未达"
	default:
		return "未说明"
	}
}

// MetricCheck is one target of a need with the achievement's figure for it.
type MetricCheck struct {
	Target       string  `json:"target"` // as the need writes it: 断裂伸长率≥400%
	Verdict      Verdict `json:"verdict"`
	VerdictLabel string  `json:"verdict_label"`
	// Figure is the achievement's, as it writes it; empty when unstated.
	Figure string `json:"figure,omitempty"`
	// Reason says in Chinese how the two were compared, units included; or why they were not.
	Reason string `json:"reason,omitempty"`
	// Need and Achievement are the sentences where target and figure stand; spans mark the quantity.
	Need        *Snippet `json:"need,omitempty"`
	Achievement *Snippet `json:"achievement,omitempty"`
}

// Evidence is a sentence of the need beside the sentence of the achievement that answers it.
type Evidence struct {
	Need        Snippet `json:"need"`
	Achievement Snippet `json:"achievement"`
	Score       float64 `json:"score"`
}

// MatchQuery asks for one record's matches on the other side.
type MatchQuery struct {
	// Filter applies to the other side.
	Filter Filter
	Limit  int // 0 is DefaultPage
	Offset int
	// Brief leaves parts, terms and evidence out.
	Brief bool
}

// MatchList is a ranked page of matches.
type MatchList struct {
	Kind Kind `json:"kind"` // the side of the records listed
	// Total counts the candidates that were scored, not the whole collection.
	Total   int     `json:"total"`
	Matches []Match `json:"matches"`
	// Generation stamps the state of the index that answered.
	Generation string `json:"generation"`
	// Abstained says that no candidate is likely enough to be related. Matches then hold the nearest misses, and
	// Message says 暂无合适成果 and what they lack.
	Abstained bool   `json:"abstained,omitempty"`
	Message   string `json:"message,omitempty"`
	// Degraded names the parts that could not help this time: "embedding", "cache".
	Degraded []string `json:"degraded,omitempty"`
}
