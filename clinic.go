package jiqiao

import "time"

// Diagnosis is what the clinic (需求诊断) finds in a draft of a need or an achievement: what it says, what a reader of the
// other side would have to ask, and what may be filled in for it.
type Diagnosis struct {
	Kind Kind `json:"kind"`
	// Completeness is 0–100, the sum of the aspects' Points.
	Completeness int          `json:"completeness"`
	Verdict      DraftVerdict `json:"verdict"`
	VerdictLabel string       `json:"verdict_label"`
	// Summary says in one or two Chinese sentences what is clear and what is not.
	Summary string   `json:"summary"`
	Aspects []Aspect `json:"aspects"`
	// Questions are for the draft's author, the most useful first, at most MaxQuestions.
	Questions []DraftQuestion `json:"questions"`
	Remarks   []DraftRemark   `json:"remarks"`
	// Passages are the draft's texts in reading order with what was found in them marked.
	Passages []Passage `json:"passages"`
	Keywords []Keyword `json:"keywords"`
	// Industries and Fields are suggested codes of the lists "industry" and "field", the likeliest first; none where the
	// text does not tell.
	Industries []CodeSuggestion `json:"industries"`
	Fields     []CodeSuggestion `json:"fields"`
	// Similar are records of the same side that ask for or offer nearly the same.
	Similar []SimilarRecord `json:"similar"`
}

// MaxQuestions is how many questions one diagnosis asks: more are not answered.
const MaxQuestions = 6

// DraftVerdict is whether a draft can be published as it is.
type DraftVerdict string

// The verdicts.
const (
	DraftReady      DraftVerdict = "ready"      // 可以发布
	DraftImprove    DraftVerdict = "improve"    // 建议补充
	DraftIncomplete DraftVerdict = "incomplete" // 请先补充
)

// Label is the verdict's Chinese name.
func (v DraftVerdict) Label() string {
	switch v {
	case DraftReady:
		return "可以发布"
	case DraftImprove:
		return "建议补充"
	default:
		return "请先补充"
	}
}

// AspectState is how much a draft says of one aspect.
type AspectState string

// The states.
const (
	AspectPresent AspectState = "present" // 清楚
	AspectVague   AspectState = "vague"   // 不够具体
	AspectMissing AspectState = "missing" // 缺少
)

// Label is the state's Chinese name.
func (s AspectState) Label() string {
	switch s {
	case AspectPresent:
		return "清楚"
	case AspectVague:
		return "不够具体"
	default:
		return "缺少"
	}
}

// Aspect is one thing that a draft should say.
type Aspect struct {
	Name       string      `json:"name"` // stable, for machines: object, problem, metrics, …
	Label      string      `json:"label"`
	State      AspectState `json:"state"`
	StateLabel string      `json:"state_label"`
	// Points of Max are what the aspect adds to Completeness.
	Points int `json:"points"`
	Max    int `json:"max"`
	// Found is what was understood, in few words; empty when missing.
	Found string `json:"found,omitempty"`
	// Evidence are the sentences that say it, the telling part marked.
	Evidence []Snippet `json:"evidence,omitempty"`
	// Why says what the aspect is good for.
	Why string `json:"why"`
}

// DraftQuestion is one question to the author of a draft.
type DraftQuestion struct {
	Aspect string `json:"aspect"` // Aspect.Name
	Text   string `json:"text"`
	Why    string `json:"why"`
	// Heading is what an answer may stand under in the text: 技术指标.
	Heading string `json:"heading"`
}

// DraftRemark points at something in a draft that should be put otherwise.
type DraftRemark struct {
	// Kind is vague (a word that says nothing measurable), title, length, conflict (statements that cannot both hold) or
	// invalid (what publishing would refuse).
	Kind    string `json:"kind"`
	Message string `json:"message"`
	// Quote is the place, word for word; empty when the whole text is meant.
	Quote string `json:"quote,omitempty"`
	// Field is the JSON path of a structured record's field, as in FieldError.
	Field string `json:"field,omitempty"`
}

// Passage is one text of a draft. The Text of all spans joined is the original, byte for byte.
type Passage struct {
	Field Field         `json:"field"`
	Label string        `json:"label"`
	Spans []PassageSpan `json:"spans"`
}

// PassageSpan is a stretch of a passage.
type PassageSpan struct {
	Text string `json:"text"`
	// Aspects are the names of the aspects whose evidence the stretch is.
	Aspects []string `json:"aspects,omitempty"`
	// Vague marks a word that a remark is about.
	Vague bool `json:"vague,omitempty"`
}

// Keyword is a word of a draft that tells it from others.
type Keyword struct {
	Word string `json:"word"`
	// Weight orders keywords; the best has 1.
	Weight float64 `json:"weight"`
}

// CodeSuggestion is a code that fits a draft.
type CodeSuggestion struct {
	Code string `json:"code"`
	// Label is the code's, Path the labels from the top, the code's own last.
	Label string   `json:"label"`
	Path  []string `json:"path"`
	// Confidence is the estimated probability that the code is one of those that staff would give, 0–1.
	Confidence float64 `json:"confidence"`
	// Words of the draft led to it, the strongest first.
	Words []string `json:"words"`
}

// SimilarRecord is a record of the same side beside a draft.
type SimilarRecord struct {
	Duplicate
	// Level is "duplicate" (重复) or "close" (近似), LevelLabel its Chinese name.
	Level      string `json:"level"`
	LevelLabel string `json:"level_label"`
	// Why says in Chinese what the two have in common.
	Why string `json:"why"`
	// Distinct says that somebody looked at both and found them to be two; nil when nobody did. It is told, not stored.
	Distinct *Distinction `json:"distinct,omitempty"`
}

// Distinction is the judgement that two records of a side are not duplicates of each other (不是重复).
type Distinction struct {
	// First and Second are the records' ids, the lesser first.
	First  string `json:"-"`
	Second string `json:"-"`
	// User is the account's id, By its name at the time.
	User string    `json:"-"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
}
