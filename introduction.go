package jiqiao

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// IntroductionState is where an introduction (线上对接) stands.
type IntroductionState string

// The states of an introduction. All but the first two are ends, and every end has a reason code or a deal.
const (
	IntroductionInvited    IntroductionState = "invited"    // 待双方答复
	IntroductionInterested IntroductionState = "interested" // 双方有意向
	IntroductionDeclined   IntroductionState = "declined"   // 一方无意向
	IntroductionExpired    IntroductionState = "expired"    // 逾期无响应
	IntroductionClosed     IntroductionState = "closed"     // 已关闭
)

// IntroductionStates lists every IntroductionState.
var IntroductionStates = [...]IntroductionState{
	IntroductionInvited, IntroductionInterested, IntroductionDeclined, IntroductionExpired, IntroductionClosed,
}

// Label is the state's Chinese name, "" for none of IntroductionStates.
func (s IntroductionState) Label() string {
	switch s {
	case IntroductionInvited:
		return "待双方答复"
	case IntroductionInterested:
		return "双方有意向"
	case IntroductionDeclined:
		return "无意向"
	case IntroductionExpired:
		return "逾期无响应"
	case IntroductionClosed:
		return "已关闭"
	}
	return ""
}

// introductionMoves is the state machine: where an introduction may go from each state. What is missing may not happen.
var introductionMoves = map[IntroductionState][]IntroductionState{
	IntroductionInvited:    {IntroductionInterested, IntroductionDeclined, IntroductionExpired, IntroductionClosed},
	IntroductionInterested: {IntroductionClosed},
}

// May reports whether an introduction may go from s to the other state.
func (s IntroductionState) May(to IntroductionState) bool {
	return slices.Contains(introductionMoves[s], to)
}

// Open reports whether something may still happen to an introduction in the state.
func (s IntroductionState) Open() bool { return len(introductionMoves[s]) > 0 }

// AnswerState is what one side has said to an invitation.
type AnswerState string

// The answers.
const (
	AnswerWaiting    AnswerState = "waiting"    // 待答复
	AnswerInterested AnswerState = "interested" // 有意向
	AnswerDeclined   AnswerState = "declined"   // 无意向
	AnswerMoreInfo   AnswerState = "more_info"  // 需补充: the clock runs for whom it asks
)

// AnswerStates lists every AnswerState.
var AnswerStates = [...]AnswerState{AnswerWaiting, AnswerInterested, AnswerDeclined, AnswerMoreInfo}

// Label is the answer's Chinese name, "" for none of AnswerStates.
func (s AnswerState) Label() string {
	switch s {
	case AnswerWaiting:
		return "待答复"
	case AnswerInterested:
		return "有意向"
	case AnswerDeclined:
		return "无意向"
	case AnswerMoreInfo:
		return "需补充"
	}
	return ""
}

// answerMoves is what a side may say after what. A side that was interested may think better of it until the other is,
// too; a refusal stands.
var answerMoves = map[AnswerState][]AnswerState{
	AnswerWaiting:    {AnswerInterested, AnswerDeclined, AnswerMoreInfo},
	AnswerMoreInfo:   {AnswerWaiting, AnswerInterested, AnswerDeclined},
	AnswerInterested: {AnswerDeclined},
}

// May reports whether a side may go from s to the other answer.
func (s AnswerState) May(to AnswerState) bool { return slices.Contains(answerMoves[s], to) }

// Party is who takes part in an introduction: one of the two sides, or the broker.
type Party string

// The parties. The sides are called like their records' Kind.
const (
	PartyNeed        Party = "need"
	PartyAchievement Party = "achievement"
	PartyBroker      Party = "broker"
)

// Parties lists every Party.
var Parties = [...]Party{PartyNeed, PartyAchievement, PartyBroker}

// Label is the party's Chinese name.
func (p Party) Label() string {
	switch p {
	case PartyNeed:
		return "需求方"
	case PartyAchievement:
		return "成果方"
	case PartyBroker:
		return "技术经理人"
	}
	return ""
}

// Other is the other side; the broker has none.
func (p Party) Other() Party {
	switch p {
	case PartyNeed:
		return PartyAchievement
	case PartyAchievement:
		return PartyNeed
	}
	return p
}

// Introduction is one need and one achievement whose owners are asked whether they want to talk.
type Introduction struct {
	ID string `json:"id"` // "e_" and 20 characters
	// Version counts writes from 1.
	Version       int64  `json:"version"`
	NeedID        string `json:"need_id"`
	AchievementID string `json:"achievement_id"`
	// CandidateID is the accepted candidate it came from, empty for one made by hand.
	CandidateID string `json:"candidate_id,omitempty"`
	// Broker is the id of the account that looks after it, BrokerName its name then; Agency the broker's organisation.
	Broker     string            `json:"broker,omitempty"`
	BrokerName string            `json:"broker_name,omitempty"`
	Agency     string            `json:"agency,omitempty"`
	State      IntroductionState `json:"state"`
	// Reason is a code of "rejection" and Note its remark: why it ended without both being interested.
	Reason string `json:"reason,omitempty"`
	Note   string `json:"note,omitempty"`
	// Need and Achievement are the two sides.
	Need        IntroductionSide `json:"need"`
	Achievement IntroductionSide `json:"achievement"`
	// Message is what the broker wrote to both with the invitation.
	Message string `json:"message,omitempty"`
	// Score, Level and Model are the match's when both were invited; 0 and "" without one.
	Score float64 `json:"score"`
	Level Level   `json:"level"`
	Model string  `json:"model,omitempty"`
	// Evidence is the match as it was when both were invited; later changes of records or model do not touch it.
	// NeedEvidence and AchievementEvidence are what each side was shown of it; nil is all.
	// Lists leave it out.
	Evidence            *Match `json:"-"`
	NeedEvidence        *Match `json:"-"`
	AchievementEvidence *Match `json:"-"`
	// Undertaking is the version of the confidentiality undertaking that both accept before confidential detail is
	// opened; 0 is none.
	Undertaking int `json:"undertaking,omitempty"`
	// Meeting is the last one proposed, nil for none.
	Meeting *Meeting `json:"meeting,omitempty"`
	// InterestedAt is when the second side became interested. ContactsExchangedAt is when contacts were opened to both,
	// DetailsOpenedAt when confidential detail was.
	InterestedAt        *time.Time `json:"interested_at,omitempty"`
	ContactsExchangedAt *time.Time `json:"contacts_exchanged_at,omitempty"`
	DetailsOpenedAt     *time.Time `json:"details_opened_at,omitempty"`
	// ClosedAt is when it came to an end.
	ClosedAt  *time.Time `json:"closed_at,omitempty"`
	CreatedAt time.Time  `json:"created_at"`
	UpdatedAt time.Time  `json:"updated_at"`
	// NextAt is when the clock next has something to do, nil for never.
	NextAt *time.Time `json:"next_at,omitempty"`
}

// IntroductionSide is one side of an introduction.
type IntroductionSide struct {
	// Organisation is the owner's id; Title and Region are the record's when it was invited. Region bounds which
	// operators see it.
	Organisation string      `json:"organisation"`
	Title        string      `json:"title"`
	Region       string      `json:"region,omitempty"`
	State        AnswerState `json:"state"`
	// Reason is a code of "rejection", for a refusal; Note a remark for the other side.
	Reason string `json:"reason,omitempty"`
	Note   string `json:"note,omitempty"`
	// AnsweredBy is the account that gave the last answer, AnsweredName its name; FirstAnsweredAt is when the side first
	// reacted at all, AnsweredAt when it last did.
	AnsweredBy      string     `json:"answered_by,omitempty"`
	AnsweredName    string     `json:"answered_name,omitempty"`
	FirstAnsweredAt *time.Time `json:"first_answered_at,omitempty"`
	AnsweredAt      *time.Time `json:"answered_at,omitempty"`
	// DueAt is the first instant at which an answer is late, nil when none is awaited. Of a side that asked something it
	// is when the answer to its question is late, and Asked is of whom it is awaited.
	DueAt *time.Time `json:"due_at,omitempty"`
	Asked Party      `json:"asked,omitempty"`
	// LeftDays are the working days that are left for the side's own answer while its question is open.
	LeftDays int `json:"left_days,omitempty"`
	// Stage is how far reminding has come on the running clock; Nudges counts reminders that the broker sent by hand.
	Stage  ReminderStage `json:"stage"`
	Nudges int           `json:"nudges"`
	// UndertakenAt is when the side accepted the undertaking.
	UndertakenAt *time.Time `json:"undertaken_at,omitempty"`
	// Changed is the version of the introduction in which the side last changed.
	Changed int64 `json:"changed"`
}

// Awaited is who owes the next step for the side, "" when nobody does: the side itself, or whom it asked.
func (s *IntroductionSide) Awaited(side Party) Party {
	switch s.State {
	case AnswerWaiting:
		return side
	case AnswerMoreInfo:
		return s.Asked
	}
	return ""
}

// ReminderStage is how far reminding has come on one clock.
type ReminderStage int

// The stages. Each is reached once, whatever the clock of the machine does.
const (
	StageNone      ReminderStage = iota
	StageSoon                    // two working days left
	StageTomorrow                // one working day left
	StageOverdue                 // late: the broker is told
	StageEscalated               // later still: the operator is told
	StageEnd                     // too late: closed as without an answer
)

// Side is the introduction's part for the party; the broker has none.
func (i *Introduction) Side(p Party) *IntroductionSide {
	switch p {
	case PartyNeed:
		return &i.Need
	case PartyAchievement:
		return &i.Achievement
	}
	return nil
}

// PartyOf is the side that the organisation is on, "" for none.
func (i *Introduction) PartyOf(organisation string) Party {
	switch organisation {
	case "":
	case i.Need.Organisation:
		return PartyNeed
	case i.Achievement.Organisation:
		return PartyAchievement
	}
	return ""
}

// RecordID is the id of the side's record.
func (i *Introduction) RecordID(p Party) string {
	if p == PartyNeed {
		return i.NeedID
	}
	return i.AchievementID
}

// DueAt is when the next answer is late, nil when none is awaited.
func (i *Introduction) DueAt() *time.Time {
	a, b := i.Need.DueAt, i.Achievement.DueAt
	if a == nil || b != nil && b.Before(*a) {
		return b
	}
	return a
}

// Ref names the introduction.
func (i *Introduction) Ref() Ref { return Ref{Type: "introduction", ID: i.ID} }

// Answer is what a side says to an invitation.
type Answer struct {
	// Version is that of the introduction which the answer is about.
	Version int64       `json:"version"`
	Answer  AnswerState `json:"answer"`
	Reason  string      `json:"reason,omitempty"`
	// Note is for the other side. Of AnswerMoreInfo it is the question, and To whom it asks: the other side, or
	// PartyBroker.
	Note string `json:"note,omitempty"`
	To   Party  `json:"to,omitempty"`
}

// reasonNoAnswer is given by the clock, never by people who answer.
const reasonNoAnswer = "no_answer"

// Validate reports every field that breaks a rule.
func (a *Answer) Validate() error {
	var ck checker
	ck.text("note", "说明", a.Note, MaxNote)
	if a.Version <= 0 {
		ck.add("version", "请给出所答复的对接的版本（version），见读取的结果")
	}
	if a.Answer != AnswerMoreInfo && a.To != "" {
		ck.add("to", "只有「需补充」才选择向谁提问，请去掉")
	}
	if a.Answer != AnswerDeclined && a.Reason != "" {
		ck.add("reason", "只有「无意向」才填写原因，请去掉")
	}
	switch a.Answer {
	case AnswerInterested:
	case AnswerDeclined:
		ck.ending(a.Reason, a.Note)
		if a.Reason == reasonNoAnswer {
			ck.add("reason", "「无响应」由系统登记，请选择实际的原因")
		}
	case AnswerMoreInfo:
		ck.required("note", "需要补充的内容", a.Note)
		if a.To != PartyNeed && a.To != PartyAchievement && a.To != PartyBroker {
			ck.add("to", "请选择向谁提问：need（需求方）、achievement（成果方）或 broker（技术经理人）")
		}
	default:
		ck.add("answer", "答复应为 interested（有意向）、declined（无意向）或 more_info（需补充）")
	}
	return Invalid(ck.found)
}

// ending checks the reason that something ended for.
func (ck *checker) ending(reason, note string) {
	if reason == "" {
		ck.add("reason", "请选择原因，对方和系统据此改进")
		return
	}
	ck.code("reason", "rejection", reason)
	if reason == "other" && note == "" {
		ck.add("note", "原因选择「其他」时，请在说明里写明")
	}
}

// Closure ends an introduction.
type Closure struct {
	Version int64  `json:"version"`
	Reason  string `json:"reason"`
	Note    string `json:"note,omitempty"`
}

// Validate reports every field that breaks a rule.
func (c *Closure) Validate() error {
	var ck checker
	ck.ending(c.Reason, c.Note)
	ck.text("note", "说明", c.Note, MaxNote)
	if c.Version <= 0 {
		ck.add("version", "请给出所关闭的对接的版本（version），见读取的结果")
	}
	return Invalid(ck.found)
}

// IntroductionAct is one line of an introduction's history.
type IntroductionAct struct {
	ID             string    `json:"id"` // "l_" and 20 characters
	IntroductionID string    `json:"introduction_id"`
	At             time.Time `json:"at"`
	// User did it, Name is the account's name; empty is the service.
	User  string `json:"user,omitempty"`
	Name  string `json:"name,omitempty"`
	Party Party  `json:"party,omitempty"`
	// Act is the name of the act in the audit: introduction.answer.
	Act string `json:"act"`
	// State is where the introduction then stood, Answer what the side then said.
	State  IntroductionState `json:"state"`
	Answer AnswerState       `json:"answer,omitempty"`
	Reason string            `json:"reason,omitempty"`
	Note   string            `json:"note,omitempty"`
}

// IntroductionOutcome is what comes with a change of an introduction, in the same transaction.
type IntroductionOutcome struct {
	Acts       []Act
	History    []IntroductionAct
	Messages   []ThreadMessage
	Acceptance *Acceptance
	Decision   *Decision
	Grants     []Grant
	Jobs       []NewJob
	Notices    []Notice
	Events     []Event
}

// IntroductionPolicy is what operators set about the clock of introductions, in working days.
type IntroductionPolicy struct {
	// AnswerDays is how long a side has to answer.
	AnswerDays int `json:"answer_days"`
	// EscalateDays after that the operator is told, CloseDays after that it is closed as without an answer.
	EscalateDays int `json:"escalate_days"`
	CloseDays    int `json:"close_days"`
	// Nudges is how often a broker may remind one side by hand.
	Nudges int `json:"nudges"`
}

// DefaultIntroductionPolicy is in force until an operator sets another.
var DefaultIntroductionPolicy = IntroductionPolicy{AnswerDays: 5, EscalateDays: 2, CloseDays: 5, Nudges: 3}

// Validate reports every field that breaks a rule.
func (p *IntroductionPolicy) Validate() error {
	var ck checker
	between := func(field, label string, n, low, high int) {
		if n < low || n > high {
			ck.add(field, label+"应为 "+strconv.Itoa(low)+"～"+strconv.Itoa(high)+" 的整数")
		}
	}
	between("answer_days", "答复期限（工作日）", p.AnswerDays, 1, 60)
	between("escalate_days", "逾期上报（工作日）", p.EscalateDays, 1, 60)
	between("close_days", "逾期关闭（工作日）", p.CloseDays, 1, 120)
	between("nudges", "人工提醒次数", p.Nudges, 0, 20)
	if p.CloseDays < p.EscalateDays {
		ck.add("close_days", "逾期关闭不能早于逾期上报")
	}
	return Invalid(ck.found)
}

// DueIntroduction is an introduction that the clock has to look at.
type DueIntroduction struct {
	ID string
	// Gone is the side whose record was withdrawn, deleted or settled meanwhile, "" for neither; Status is the record's,
	// "" of a deleted one.
	Gone   Party
	Status Status
}

// IntroductionScope bounds which introductions someone reaches. The zero IntroductionScope reaches none.
type IntroductionScope struct {
	// All reaches every introduction with a side in Region, "" for everywhere.
	All    bool
	Region string
	// Organisation reaches those with that organisation on a side; Broker and Agency those that an account, and the
	// members of an agency, look after.
	Organisation, Broker, Agency string
}

// IntroductionSort is an order of introductions.
type IntroductionSort string

// The orders.
const (
	IntroductionsNewest IntroductionSort = "newest"
	IntroductionsOldest IntroductionSort = "oldest"
	IntroductionsByDue  IntroductionSort = "due" // 最先到期的在前; those without a date last
)

// IntroductionQuery asks for introductions. Empty fields do not restrict.
type IntroductionQuery struct {
	Scope  IntroductionScope
	States []IntroductionState
	// Awaiting lists those where the organisation owes an answer, AwaitingBroker those where the account does.
	Awaiting, AwaitingBroker string
	// Side with Answer lists those where the side has given that answer.
	Side                  Party
	Answer                AnswerState
	NeedID, AchievementID string
	Broker, Reason        string
	// Text is in the title of a record; for who is no party, in an owner's name, too.
	Text string
	// UnreadBy lists those in whose thread there are messages for the account to read as a party (IntroductionView.Unread).
	UnreadBy string
	// OverdueAt lists those with an answer late at that instant; DueBefore those with one due before.
	OverdueAt, DueBefore time.Time
	// From and Until bound CreatedAt, Until excluded.
	From, Until time.Time
	Sort        IntroductionSort
	Cursor      string // from IntroductionPage.Next
	Limit       int    // 0 is DefaultPage, at most MaxPageSize
}

// IntroductionPage is a page of introductions.
type IntroductionPage struct {
	Total int            `json:"total"`
	Items []Introduction `json:"items"`
	Next  string         `json:"next,omitempty"`
}

// IntroductionCounts says how much there is to do.
type IntroductionCounts struct {
	// Open counts what is invited or interested, Awaiting what waits for the asker, Overdue what is late, whoever it
	// waits for.
	Open     int `json:"open"`
	Awaiting int `json:"awaiting"`
	Overdue  int `json:"overdue"`
	// Interested counts those where both are.
	Interested int `json:"interested"`
	// Unread counts those with messages that the asker has not read, ended ones included.
	Unread int `json:"unread"`
}

// The kinds of jobs around introductions. The key of JobDeal is an introduction's id; JobIntroductionClock reminds,
// escalates and closes whatever is due.
const (
	JobDeal              = "deal"
	JobIntroductionClock = "introduction.clock"
)

// Normalise fills what is left out of the query and bounds the page.
func (q IntroductionQuery) Normalise() IntroductionQuery {
	q.Limit = min(cmp.Or(max(q.Limit, 0), DefaultPage), MaxPageSize)
	q.Sort = cmp.Or(q.Sort, IntroductionsNewest)
	return q
}
