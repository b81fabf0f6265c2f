package jiqiao

import (
	"strings"
	"time"
)

// CandidateState is where a candidate stands.
type CandidateState string

// The states of a candidate.
const (
	CandidateOpen     CandidateState = "open"     // 待处理
	CandidateAsked    CandidateState = "asked"    // 已提问，等待答复
	CandidateDeferred CandidateState = "deferred" // 暂缓，到期再看
	CandidateAccepted CandidateState = "accepted" // 已采纳
	CandidateRejected CandidateState = "rejected" // 不采纳
	CandidateExpired  CandidateState = "expired"  // 已失效: a record of it is no longer published
)

// CandidateStates lists every CandidateState.
var CandidateStates = [...]CandidateState{
	CandidateOpen, CandidateAsked, CandidateDeferred, CandidateAccepted, CandidateRejected, CandidateExpired,
}

// Label is the state's Chinese name, "" for none of CandidateStates.
func (s CandidateState) Label() string {
	switch s {
	case CandidateOpen:
		return "待处理"
	case CandidateAsked:
		return "待答复"
	case CandidateDeferred:
		return "暂缓"
	case CandidateAccepted:
		return "已采纳"
	case CandidateRejected:
		return "不采纳"
	case CandidateExpired:
		return "已失效"
	}
	return ""
}

// Undecided reports whether a broker still has to decide.
func (s CandidateState) Undecided() bool {
	return s == CandidateOpen || s == CandidateAsked || s == CandidateDeferred
}

// Decided reports whether a broker has accepted or rejected.
func (s CandidateState) Decided() bool { return s == CandidateAccepted || s == CandidateRejected }

// CandidateSource says where a candidate came from.
type CandidateSource string

// The sources.
const (
	SourceMatch      CandidateSource = "match"      // 自动匹配
	SourceAssignment CandidateSource = "assignment" // 分配
	SourceWish       CandidateSource = "wish"       // 对接申请
)

// Candidate is one match in the queue of a broker.
type Candidate struct {
	ID            string `json:"id"` // "k_" and 20 characters
	NeedID        string `json:"need_id"`
	AchievementID string `json:"achievement_id"`
	// Need and Achievement are the titles as brokers may see them; Enterprise and Organisation the owners' names.
	Need         string `json:"need"`
	Achievement  string `json:"achievement"`
	Enterprise   string `json:"enterprise,omitempty"`
	Organisation string `json:"organisation,omitempty"`
	// NeedOwner and AchievementOwner are the owners' ids; they are not shown, because an owner may stay anonymous.
	NeedOwner        string `json:"-"`
	AchievementOwner string `json:"-"`
	// Fields and Region are the need's: codes of "field", and of "region".
	Fields []string `json:"fields,omitempty"`
	Region string   `json:"region,omitempty"`
	// Score, Level, Probabilities and Model are the match's when it was last scored.
	Score         float64         `json:"score"`
	Level         Level           `json:"level"`
	LevelLabel    string          `json:"level_label"`
	Probabilities [4]float64      `json:"probabilities"`
	Model         string          `json:"model"`
	Source        CandidateSource `json:"source"`
	State         CandidateState  `json:"state"`
	StateLabel    string          `json:"state_label"`
	// Broker is the id of the account whose queue it is in, empty while it waits for one; Agency the broker's
	// organisation, whose other members may stand in.
	Broker     string `json:"broker,omitempty"`
	BrokerName string `json:"broker_name,omitempty"`
	Agency     string `json:"agency,omitempty"`
	// NeedWish and AchievementWish are since when the record's owner asks for an introduction to the other; nil without a
	// Wish.
	NeedWish        *time.Time `json:"need_wish,omitempty"`
	AchievementWish *time.Time `json:"achievement_wish,omitempty"`
	// Waiting says in Chinese why it is in nobody's queue.
	Waiting string `json:"waiting,omitempty"`
	// QueuedAt is when it came into the present queue, DueAt when it should be decided.
	QueuedAt time.Time `json:"queued_at"`
	DueAt    time.Time `json:"due_at"`
	// WaitingDays counts whole days since it was queued; Urgency says how near an open one is to DueAt.
	WaitingDays int     `json:"waiting_days"`
	Urgency     Urgency `json:"urgency,omitempty"`
	// DeferUntil is the first day on which a deferred one is looked at again.
	DeferUntil Date `json:"defer_until,omitempty"`
	// The last decision: when, by whom, why, and its Decision.
	DecidedAt  *time.Time `json:"decided_at,omitempty"`
	DecidedBy  string     `json:"decided_by,omitempty"`
	Decider    string     `json:"decider,omitempty"`
	Reason     string     `json:"reason,omitempty"`
	Note       string     `json:"note,omitempty"`
	DecisionID string     `json:"decision_id,omitempty"`
	// UndoUntil is when the decision can no longer be undone; nil where it cannot.
	UndoUntil *time.Time `json:"undo_until,omitempty"`
	// IntroductionID is the introduction that came of it; with one the decision can no longer be undone.
	IntroductionID string `json:"introduction_id,omitempty"`
	// Lease is who is looking at it now, nil for nobody.
	Lease *Lease `json:"lease,omitempty"`
	// Questions counts those asked about it, Answers those answered.
	Questions int       `json:"questions"`
	Answers   int       `json:"answers"`
	Version   int64     `json:"version"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Urgency is how near the response target is.
type Urgency string

// The urgencies.
const (
	UrgencyCalm    Urgency = "calm"    // 未到期
	UrgencyToday   Urgency = "today"   // 今天到期
	UrgencyOverdue Urgency = "overdue" // 已超期
)

// Lease says who is looking at a candidate, until when. It ends by itself.
type Lease struct {
	User  string    `json:"user"`
	Name  string    `json:"name,omitempty"`
	Until time.Time `json:"until"`
}

// QueueVerb is what can be done with a candidate.
type QueueVerb string

// The verbs.
const (
	QueueAccept QueueVerb = "accept"
	QueueReject QueueVerb = "reject"
	QueueDefer  QueueVerb = "defer"
)

// Verb is the Decision's verb for q, "" for none.
func (q QueueVerb) Verb() Verb {
	switch q {
	case QueueAccept, QueueReject, QueueDefer:
		return Verb(q)
	}
	return ""
}

// QueueDecision is a broker's decision about a candidate as it is sent: nothing of the match itself, which the service
// knows.
type QueueDecision struct {
	CandidateID string    `json:"id"`
	Verb        QueueVerb `json:"verb"`
	// Reason is a code of the list "rejection"; required for a rejection.
	Reason string `json:"reason,omitempty"`
	Note   string `json:"note,omitempty"`
	// Until is required to defer: the first day on which it is looked at again.
	Until Date `json:"until,omitempty"`
}

// MaxDefer is how many days ahead a candidate may be deferred.
const MaxDefer = 366

// Validate reports every field that breaks a rule; today is the present day in Beijing.
func (d *QueueDecision) Validate(today Date) error {
	var ck checker
	ck.required("id", "候选的编号", d.CandidateID)
	switch d.Verb {
	case QueueAccept:
		if d.Reason != "" {
			ck.add("reason", "采纳不需要原因，请去掉")
		}
	case QueueReject:
		if d.Reason == "" {
			ck.add("reason", "不采纳请选择原因，系统据此改进推荐")
		}
		ck.code("reason", "rejection", d.Reason)
		if d.Reason == "other" && strings.TrimSpace(d.Note) == "" {
			ck.add("note", "原因选择「其他」时，请在备注里说明")
		}
	case QueueDefer:
		ck.code("reason", "rejection", d.Reason)
		ck.deferral(d.Until, today)
	default:
		ck.add("verb", "决定应为 accept（采纳）、reject（不采纳）或 defer（暂缓）")
	}
	if d.Verb != QueueDefer && d.Until != "" {
		ck.add("until", "只有暂缓才填写日期，请去掉")
	}
	ck.text("note", "备注", d.Note, MaxNote)
	return Invalid(ck.found)
}

func (ck *checker) deferral(until, today Date) {
	day, err := until.Time()
	now, _ := today.Time()
	switch {
	case until == "":
		ck.add("until", "暂缓请选择到哪一天再看")
	case err != nil:
		ck.add("until", "日期「"+clip(string(until))+"」无效，请写成 2026-11-22")
	case until <= today:
		ck.add("until", "日期应在今天之后")
	case day.Sub(now) > MaxDefer*24*time.Hour:
		ck.add("until", "最多暂缓一年，请选择较近的日期")
	}
}

// QueueResult is what came of one decision of several.
type QueueResult struct {
	CandidateID string     `json:"id"`
	Candidate   *Candidate `json:"candidate,omitempty"`
	// Error says why nothing was done; nil for success.
	Error *Error `json:"error,omitempty"`
}

// MaxBulk is how many decisions may be sent at once.
const MaxBulk = 200

// CandidateSort is an order of the queue.
type CandidateSort string

// The orders.
const (
	CandidatesByDue    CandidateSort = "due"    // 最先到期的在前
	CandidatesByScore  CandidateSort = "score"  // 得分高的在前
	CandidatesByNewest CandidateSort = "newest" // 新进队列的在前
)

// QueueScope bounds which candidates someone reaches: all of a region, those of an agency, those of one broker. The zero
// QueueScope reaches none.
type QueueScope struct {
	// All reaches every candidate whose need lies in Region, "" for everywhere.
	All    bool
	Region string
	// Broker and Agency reach the queues of one account and of an organisation's members.
	Broker, Agency string
}

// Reaches reports whether the candidate is within the scope.
func (s QueueScope) Reaches(c *Candidate) bool {
	if s.All {
		return s.Region == "" || c.Region == "" || RegionMatches(s.Region, c.Region)
	}
	return s.Broker != "" && s.Broker == c.Broker || s.Agency != "" && s.Agency == c.Agency
}

// Deciding is who decides on candidates, and what follows from a decision.
type Deciding struct {
	User  string
	Scope QueueScope
	// IntroduceAt is when an accepted one becomes an introduction.
	IntroduceAt time.Time
	// Name is the name of an account, for messages; Second the account that is asked for a second opinion, "" for none.
	Name   func(user string) string
	Second func(*Candidate) string
}

// Placing is what decides whose queue a candidate comes into.
type Placing struct {
	// Placed counts the candidates that came to each broker this week, Open those undecided.
	Placed, Open map[string]int
	// Given are the brokers who were given candidates since those were counted.
	Given map[string]bool
	// Keeper is who has another candidate of the same need, "" for nobody.
	Keeper string
}

// Place gives a candidate to a broker: it fills in Broker, Agency and DueAt, or Waiting.
type Place func(*Candidate, *Placing)

// Filled is what bringing matches into the queues did.
type Filled struct {
	// Added are new, Placed came into a broker's queue, Waiting into nobody's; Updated were there already.
	Added, Placed, Waiting, Updated int
}

// CandidateQuery asks for candidates. Empty fields do not restrict.
type CandidateQuery struct {
	Scope QueueScope
	// Broker is whose queue, Unplaced those in nobody's.
	Broker   string
	Unplaced bool
	States   []CandidateState
	// MinLevel is the lowest level listed.
	MinLevel Level
	// Field and Region hold everything below them.
	Field, Region         string
	NeedID, AchievementID string
	// Wished lists those for which an owner asks.
	Wished bool
	// Text is part of a title or of an owner's name, in letters of either case.
	Text string
	// QueuedBefore lists those that have waited since before, DueBefore those due before.
	QueuedBefore, DueBefore time.Time
	// FreeFor leaves out what others than this account have a lease on.
	FreeFor string
	Sort    CandidateSort
	Cursor  string // from CandidatePage.Next; empty for the first page
	Limit   int    // 0 is DefaultPage, at most MaxPageSize
}

// CandidatePage is a page of candidates.
type CandidatePage struct {
	// Total counts what the query finds on all pages; States the same without regard to the states asked for, by state.
	Total  int                    `json:"total"`
	States map[CandidateState]int `json:"states"`
	Items  []Candidate            `json:"items"`
	Next   string                 `json:"next,omitempty"`
}

// CandidateAct is one line of a candidate's history.
type CandidateAct struct {
	ID          string    `json:"id"` // "h_" and 20 characters
	CandidateID string    `json:"candidate_id"`
	At          time.Time `json:"at"`
	// User did it; empty is the service.
	User     string `json:"user,omitempty"`
	UserName string `json:"user_name,omitempty"`
	// Act is placed, wished, unwished, accepted, rejected, deferred, resumed, asked, answered, handed, undone, expired.
	Act string `json:"act"`
	// From and To are accounts for placed and handed, From the organisation for wished and unwished.
	From   string `json:"from,omitempty"`
	To     string `json:"to,omitempty"`
	ToName string `json:"to_name,omitempty"`
	Reason string `json:"reason,omitempty"`
	Note   string `json:"note,omitempty"`
}

// QueueItem is a candidate with all that a broker wants to know before deciding.
type QueueItem struct {
	Candidate Candidate      `json:"candidate"`
	History   []CandidateAct `json:"history"`
	Questions []Question     `json:"questions"`
	// Match is the explained match; Need and Achievement are the records as the viewer may see them. They are missing
	// when a record is gone.
	Match       *Match `json:"match,omitempty"`
	Need        Record `json:"need,omitempty"`
	Achievement Record `json:"achievement,omitempty"`
}

// Question is what a broker asks a record's owner about a candidate.
type Question struct {
	ID          string `json:"id"` // "q_" and 20 characters
	CandidateID string `json:"candidate_id,omitempty"`
	// Kind and RecordID are the record asked about, Title its title, Organisation the owner's id.
	Kind         Kind   `json:"kind"`
	RecordID     string `json:"record_id"`
	Title        string `json:"title"`
	Organisation string `json:"organisation"`
	// Broker asked Text; BrokerName is the broker's name and Agency that of the broker's organisation, in lists.
	Broker     string    `json:"broker"`
	BrokerName string    `json:"broker_name,omitempty"`
	Agency     string    `json:"agency,omitempty"`
	Text       string    `json:"text"`
	AskedAt    time.Time `json:"asked_at"`
	// DueAt is when an answer is expected.
	DueAt *time.Time `json:"due_at,omitempty"`
	// AnsweredBy said Answer; ClosedAt is when it was answered, or needed no answer any more.
	AnsweredBy string     `json:"answered_by,omitempty"`
	Answer     string     `json:"answer,omitempty"`
	ClosedAt   *time.Time `json:"closed_at,omitempty"`
	// State is open, answered or dropped.
	State QuestionState `json:"state"`
}

// QuestionState is where a question stands.
type QuestionState string

// The states of a question.
const (
	QuestionOpen     QuestionState = "open"     // 待答复
	QuestionAnswered QuestionState = "answered" // 已答复
	QuestionDropped  QuestionState = "dropped"  // 不再需要答复
)

// Label is the state's Chinese name, "" for none.
func (s QuestionState) Label() string {
	return map[QuestionState]string{QuestionOpen: "待答复", QuestionAnswered: "已答复", QuestionDropped: "不再需要答复"}[s]
}

// MaxQuestion bounds a question and its answer, in characters.
const MaxQuestion = 2000

// ValidateQuestion reports what is wrong with a question's or an answer's text; field and label name it.
func ValidateQuestion(field, label, text string) error {
	var ck checker
	ck.required(field, label, text)
	ck.text(field, label, text, MaxQuestion)
	return Invalid(ck.found)
}

// QuestionQuery asks for questions, newest first.
type QuestionQuery struct {
	// Organisation are those to answer, Broker those asked, CandidateID those about one candidate.
	Organisation, Broker, CandidateID string
	State                             QuestionState
	Cursor                            string
	Limit                             int
}

// QuestionPage is a page of questions.
type QuestionPage struct {
	Total int        `json:"total"`
	Items []Question `json:"items"`
	Next  string     `json:"next,omitempty"`
}
