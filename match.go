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
	// Parts are what Score is made of: their Points sum to it.
	Parts    []ScorePart `json:"parts,omitempty"`
	Terms    []TermMatch `json:"terms,omitempty"`
	Evidence []Evidence  `json:"evidence,omitempty"`
	// Against is what speaks against the match, each a Chinese sentence.
	Against []string `json:"against,omitempty"`
	// Model is the version of the weights that scored the pair.
	Model string `json:"model"`
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
	Generation string   `json:"generation"`
	Degraded   []string `json:"degraded,omitempty"`
}
