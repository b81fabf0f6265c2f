package jiqiao

import (
	"strconv"
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
	// Act is placed, scored, accepted, rejected, deferred, resumed, asked, answered, handed, undone, expired.
	Act string `json:"act"`
	// From and To are accounts for placed and handed.
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

// Broker is an account that candidates are given to.
type Broker struct {
	ID string `json:"id"`
	// Name is the person's; Organisation the id of the agency.
	Name         string `json:"name"`
	Organisation string `json:"organisation,omitempty"`
	// Fields and Regions are what the broker handles, none is all. Capacity is how many undecided candidates at once; 0
	// takes QueueRules.Capacity.
	Fields   []string `json:"fields,omitempty"`
	Regions  []string `json:"regions,omitempty"`
	Capacity int      `json:"capacity"`
}

// QueueRules are the settings of the queue.
type QueueRules struct {
	// MinLevel lets a match into the queue, and so does MinProbability that its level is 较强 or better.
	MinLevel       Level   `json:"min_level"`
	MinProbability float64 `json:"min_probability"`
	// PerRecord is how many of a record's best matches are looked at.
	PerRecord int `json:"per_record"`
	// Capacity is how many undecided candidates a broker has at once who states no number himself; PerWeek how many
	// come to one broker in a week.
	Capacity int `json:"capacity"`
	PerWeek  int `json:"per_week"`
	// ResponseDays and AnswerDays are the working days for a decision and for the answer to a question.
	ResponseDays int `json:"response_days"`
	AnswerDays   int `json:"answer_days"`
	// LeaseMinutes is how long a lease lasts that is not renewed, UndoMinutes how long a decision can be undone,
	// IntroduceMinutes how long an accepted candidate waits for that before both sides are invited.
	LeaseMinutes     int `json:"lease_minutes"`
	UndoMinutes      int `json:"undo_minutes"`
	IntroduceMinutes int `json:"introduce_minutes"`
	// SecondShare is the share of decisions that another broker judges, too, 0–1.
	SecondShare float64 `json:"second_share"`
}

// QueueSetting is the name under which the rules are kept.
const QueueSetting = "queue"

// DefaultQueueRules are the rules before anyone changed them.
func DefaultQueueRules() QueueRules {
	return QueueRules{
		MinLevel: LevelFair, MinProbability: 0.5, PerRecord: 10, Capacity: 50, PerWeek: 30, ResponseDays: 3, AnswerDays: 5,
		LeaseMinutes: 10, UndoMinutes: 24 * 60, IntroduceMinutes: 5, SecondShare: 0.05,
	}
}

// Validate reports every rule that makes no sense.
func (r QueueRules) Validate() error {
	var ck checker
	if r.MinLevel < LevelWeak || r.MinLevel > LevelStrong {
		ck.add("min_level", "最低等级应为 2（弱）、3（较强）或 4（强）")
	}
	for _, f := range []struct {
		field, label string
		value        float64
	}{{"min_probability", "最低概率", r.MinProbability}, {"second_share", "复核比例", r.SecondShare}} {
		if !(f.value >= 0 && f.value <= 1) { // not NaN either
			ck.add(f.field, f.label+"应在 0～1 之间")
		}
	}
	for _, f := range []struct {
		field, label    string
		have, low, high int
	}{
		{"per_record", "每条记录的候选数", r.PerRecord, 1, MaxPageSize},
		{"capacity", "在办上限", r.Capacity, 1, MaxPerWeek},
		{"per_week", "每周名额", r.PerWeek, 1, MaxPerWeek},
		{"response_days", "处理时限（工作日）", r.ResponseDays, 1, 60},
		{"answer_days", "答复时限（工作日）", r.AnswerDays, 1, 60},
		{"lease_minutes", "占用分钟数", r.LeaseMinutes, 1, 8 * 60},
		{"undo_minutes", "可撤销分钟数", r.UndoMinutes, 0, 30 * 24 * 60},
		{"introduce_minutes", "邀请前等待分钟数", r.IntroduceMinutes, 0, 24 * 60},
	} {
		if f.have < f.low || f.have > f.high {
			ck.add(f.field, f.label+"应为 "+strconv.Itoa(f.low)+"～"+strconv.Itoa(f.high)+" 的整数")
		}
	}
	return Invalid(ck.found)
}

// QueueLimits is how many undecided candidates a broker has at most, and how many come in a week.
type QueueLimits struct{ Open, Week int }

// Limits are the broker's.
func (r QueueRules) Limits(b *Broker) QueueLimits {
	l := QueueLimits{Open: b.Capacity, Week: r.PerWeek}
	if l.Open == 0 {
		l.Open = r.Capacity
	}
	return l
}

// Left is how many more may come to the broker.
func (p *Placing) Left(broker string, l QueueLimits) int {
	return max(0, min(l.Open-p.Open[broker], l.Week-p.Placed[broker]))
}

// Handles reports whether a need of those fields and that region is within what the broker handles.
func (b *Broker) Handles(fields []string, region string) bool {
	quota := BrokerQuota{Fields: b.Fields, Regions: b.Regions}
	n := &Need{}
	n.Fields, n.Region = fields, region
	return quota.Handles(n)
}

// QueueLoad is how much one broker has to do.
type QueueLoad struct {
	Broker string `json:"broker"`
	Name   string `json:"name,omitempty"`
	// Open, Asked and Deferred count the broker's undecided candidates by state; DueToday and Overdue are among Open.
	Open     int `json:"open"`
	Asked    int `json:"asked"`
	Deferred int `json:"deferred"`
	DueToday int `json:"due_today"`
	Overdue  int `json:"overdue"`
	// Accepted and Rejected count the decisions of this week, Placed the candidates that came this week.
	Accepted int `json:"accepted"`
	Rejected int `json:"rejected"`
	Placed   int `json:"placed"`
	// Capacity is how many undecided ones the broker has at most, PerWeek how many come in a week, Left how many more
	// may come now.
	Capacity int `json:"capacity"`
	PerWeek  int `json:"per_week"`
	Left     int `json:"left"`
	// Opinions are second opinions waiting to be given.
	Opinions int `json:"opinions"`
}

// AgeDays part the ages of what waits: AgeDays[i] is the first whole day that no longer counts to the i-th.
var AgeDays = []int{1, 3, 7, 14, 30}

// QueuePace is how fast candidates are decided and how old those are that wait.
type QueuePace struct {
	// Days are the days since the first asked for, oldest first, without gaps.
	Days []PaceDay `json:"days"`
	// Ages counts the open candidates by whole days since they were queued: those younger than AgeDays[0] first, those
	// that are older than all last.
	AgeDays []int `json:"age_days"`
	Ages    []int `json:"ages"`
	// InTime and Late count the decisions of those days before and after they were due. A deferral is none.
	InTime int `json:"in_time"`
	Late   int `json:"late"`
	// MedianHours is how long half of them took at most; 0 without decisions.
	MedianHours float64 `json:"median_hours"`
}

// PaceDay counts the decisions of one day that stand.
type PaceDay struct {
	Day      Date `json:"day"`
	Accepted int  `json:"accepted"`
	Rejected int  `json:"rejected"`
	Deferred int  `json:"deferred"`
}

// DecidedCandidate is what QueuePace needs to know of a decision.
type DecidedCandidate struct {
	State                  CandidateState
	Queued, Due, DecidedAt time.Time
}

// SecondOpinion is a decided candidate shown to another broker, who does not learn what was decided.
type SecondOpinion struct {
	CandidateID string    `json:"candidate_id"`
	Candidate   Candidate `json:"candidate"`
	// User gives the opinion.
	User    string    `json:"-"`
	AskedAt time.Time `json:"asked_at"`
	// Verb is accept or reject, "" while it is not given.
	Verb    QueueVerb  `json:"verb,omitempty"`
	Reason  string     `json:"reason,omitempty"`
	Note    string     `json:"note,omitempty"`
	GivenAt *time.Time `json:"given_at,omitempty"`
}

// OpinionPair is a decision beside the second opinion on it.
type OpinionPair struct {
	First, Second QueueVerb
	Fields        []string
}

// Agreement is how far brokers agree beyond chance: Cohen's κ over the pairs of a decision and a second opinion.
type Agreement struct {
	// Field is a code of the list "field", "" for all; Label its name.
	Field string `json:"field,omitempty"`
	Label string `json:"label"`
	// Pairs counts what was compared. BothAccept and BothReject agree; FirstOnly was accepted by the first alone,
	// SecondOnly by the second alone.
	Pairs      int `json:"pairs"`
	BothAccept int `json:"both_accept"`
	BothReject int `json:"both_reject"`
	FirstOnly  int `json:"first_only"`
	SecondOnly int `json:"second_only"`
	// Observed is the share that agrees, Expected the share that would by chance.
	Observed float64 `json:"observed"`
	Expected float64 `json:"expected"`
	// Kappa with its 95 % interval; nil where it is not defined: no pairs, or only one answer ever given.
	Kappa *float64 `json:"kappa,omitempty"`
	Low   *float64 `json:"low,omitempty"`
	High  *float64 `json:"high,omitempty"`
}
