package jiqiao

import (
	"strconv"
	"time"
)

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
	// Wished are those among Open for which an owner asks.
	Wished int `json:"wished"`
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
