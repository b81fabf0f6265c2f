package jiqiao

import (
	"slices"
	"time"
)

// ShownOutcome is what became of a pair that came before a broker, as the owner of one of its records learns it.
type ShownOutcome string

// The outcomes.
const (
	ShownWaiting    ShownOutcome = "waiting"    // 经理人处理中
	ShownRejected   ShownOutcome = "rejected"   // 经理人未采纳
	ShownAccepted   ShownOutcome = "accepted"   // 已采纳，待邀请
	ShownInvited    ShownOutcome = "invited"    // 已邀请双方
	ShownInterested ShownOutcome = "interested" // 双方有意向
	ShownDeclined   ShownOutcome = "declined"   // 一方无意向
	ShownExpired    ShownOutcome = "expired"    // 逾期无响应
	ShownClosed     ShownOutcome = "closed"     // 对接已关闭
	ShownGone       ShownOutcome = "gone"       // 一方已不再公开
)

// ShownOutcomes lists every ShownOutcome.
var ShownOutcomes = [...]ShownOutcome{
	ShownWaiting, ShownAccepted, ShownInvited, ShownInterested, ShownRejected, ShownDeclined, ShownExpired, ShownClosed, ShownGone,
}

// Label is the outcome's Chinese name, "" for none of ShownOutcomes.
func (o ShownOutcome) Label() string {
	return map[ShownOutcome]string{
		ShownWaiting: "经理人处理中", ShownRejected: "经理人未采纳", ShownAccepted: "已采纳，待邀请", ShownInvited: "已邀请双方",
		ShownInterested: "双方有意向", ShownDeclined: "一方无意向", ShownExpired: "逾期无响应", ShownClosed: "对接已关闭",
		ShownGone: "一方已不再公开",
	}[o]
}

// Negative reports whether the pair came to nothing for a reason that the owner may learn from.
func (o ShownOutcome) Negative() bool {
	return o == ShownRejected || o == ShownDeclined || o == ShownExpired || o == ShownClosed
}

// Shown is one of an organisation's records beside one of the other side, as it came before a broker, and what became of it.
// The broker's remark is the broker's alone; the other record is named only to who may see it.
type Shown struct {
	// ID is the candidate's, of a pair that a broker put together by hand the introduction's.
	ID       string `json:"id"`
	Kind     Kind   `json:"kind"`
	RecordID string `json:"record_id"`
	Title    string `json:"title"`
	// OtherID, OtherTitle and OtherOwner are the record beside it; empty when the viewer may not see them.
	OtherID    string `json:"other_id,omitempty"`
	OtherTitle string `json:"other_title,omitempty"`
	OtherOwner string `json:"other_owner,omitempty"`
	// WishedAt is when the organisation asked for an introduction itself; nil where the match alone led to the broker.
	WishedAt *time.Time `json:"wished_at,omitempty"`
	// Level is the match's; 0 for a pair put together by hand.
	Level      Level  `json:"level"`
	LevelLabel string `json:"level_label,omitempty"`
	// ShownAt is when it came to the broker, EndedAt when the outcome was reached.
	ShownAt      time.Time    `json:"shown_at"`
	EndedAt      *time.Time   `json:"ended_at,omitempty"`
	BrokerName   string       `json:"broker_name,omitempty"`
	Agency       string       `json:"agency,omitempty"`
	Outcome      ShownOutcome `json:"outcome"`
	OutcomeLabel string       `json:"outcome_label"`
	// Reason is a code of "rejection", By who gave it: broker, need or achievement; empty for the clock.
	Reason      string `json:"reason,omitempty"`
	ReasonLabel string `json:"reason_label,omitempty"`
	By          Party  `json:"by,omitempty"`
	// IntroductionID is where both sides were asked, empty when they were not.
	IntroductionID string `json:"introduction_id,omitempty"`
}

// ShownSort is an order.
type ShownSort string

// The orders.
const (
	ShownNewest  ShownSort = "newest" // 最近推荐的在前
	ShownOldest  ShownSort = "oldest"
	ShownByLevel ShownSort = "level" // 等级高的在前
)

// ShownQuery asks what became of the organisation's records of one side. Empty fields do not restrict.
type ShownQuery struct {
	Organisation string
	Kind         Kind
	RecordID     string
	Outcome      ShownOutcome
	Reason       string
	MinLevel     Level
	// Wished lists what the organisation asked for itself.
	Wished      bool
	From, Until time.Time
	Sort        ShownSort
	Cursor      string
	Limit       int
}

// ShownPage is a page with the sums of all that the query finds.
type ShownPage struct {
	Total   int          `json:"total"`
	Items   []Shown      `json:"items"`
	Next    string       `json:"next,omitempty"`
	Summary ShownSummary `json:"summary"`
}

// ShownSummary counts what a query finds without regard to the outcome, reason and record asked for.
type ShownSummary struct {
	Outcomes []ShownCount `json:"outcomes"`
	// Reasons are those for which pairs came to nothing, the most frequent first.
	Reasons []ShownReason `json:"reasons"`
	// Records are the organisation's records, the most shown first.
	Records []ShownRecord `json:"records"`
}

// ShownCount is how many pairs have an outcome.
type ShownCount struct {
	Outcome ShownOutcome `json:"outcome"`
	Label   string       `json:"label"`
	Count   int          `json:"count"`
}

// ShownReason is how often a reason was given, and how often of that by the broker and by the other side.
type ShownReason struct {
	Reason string `json:"reason"`
	Label  string `json:"label"`
	Count  int    `json:"count"`
	Broker int    `json:"broker"`
	Other  int    `json:"other"`
}

// ShownRecord is what became of one record.
type ShownRecord struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	// Shown counts its pairs; Waiting those still with the broker, Going those that both sides are asked about or are
	// interested in, Declined those that came to nothing.
	Shown    int `json:"shown"`
	Waiting  int `json:"waiting"`
	Going    int `json:"going"`
	Declined int `json:"declined"`
	// Reason is the most frequent reason for which they came to nothing.
	Reason string `json:"reason,omitempty"`
}

// ShownGroup is how many pairs of one record have one outcome for one reason.
type ShownGroup struct {
	RecordID string
	Outcome  ShownOutcome
	Reason   string
	By       Party
	Count    int
}

// SummariseShown adds groups up; own is the side of the records.
func SummariseShown(groups []ShownGroup, own Kind) ShownSummary {
	outcomes, reasons, records := map[ShownOutcome]int{}, map[string]*ShownReason{}, map[string]*ShownRecord{}
	often := map[string]map[string]int{}
	for _, g := range groups {
		outcomes[g.Outcome] += g.Count
		r := records[g.RecordID]
		if r == nil {
			r = &ShownRecord{ID: g.RecordID}
			records[g.RecordID], often[g.RecordID] = r, map[string]int{}
		}
		r.add(g)
		if !g.Outcome.Negative() || g.Reason == "" {
			continue
		}
		often[g.RecordID][g.Reason] += g.Count
		n := reasons[g.Reason]
		if n == nil {
			n = &ShownReason{Reason: g.Reason, Label: CodeLabel("rejection", g.Reason)}
			reasons[g.Reason] = n
		}
		n.Count += g.Count
		switch g.By {
		case PartyBroker:
			n.Broker += g.Count
		case Party(own):
		default:
			n.Other += g.Count
		}
	}
	s := ShownSummary{Outcomes: []ShownCount{}, Reasons: []ShownReason{}, Records: []ShownRecord{}}
	for _, o := range ShownOutcomes {
		if outcomes[o] > 0 {
			s.Outcomes = append(s.Outcomes, ShownCount{o, o.Label(), outcomes[o]})
		}
	}
	for _, r := range reasons {
		s.Reasons = append(s.Reasons, *r)
	}
	slices.SortFunc(s.Reasons, func(a, b ShownReason) int { return mostFirst(a.Count, b.Count, a.Reason, b.Reason) })
	for id, r := range records {
		r.Reason = mostOften(often[id])
		s.Records = append(s.Records, *r)
	}
	slices.SortFunc(s.Records, func(a, b ShownRecord) int { return mostFirst(a.Shown, b.Shown, a.ID, b.ID) })
	return s
}

func (r *ShownRecord) add(g ShownGroup) {
	r.Shown += g.Count
	switch {
	case g.Outcome == ShownWaiting:
		r.Waiting += g.Count
	case g.Outcome.Negative():
		r.Declined += g.Count
	case g.Outcome != ShownGone:
		r.Going += g.Count
	}
}

// mostOften is the reason that was given most often, of equals the first by its code; "" of none.
func mostOften(counts map[string]int) string {
	best := ""
	for reason, n := range counts {
		if best == "" || mostFirst(n, counts[best], reason, best) < 0 {
			best = reason
		}
	}
	return best
}

func mostFirst(a, b int, left, right string) int {
	switch {
	case a != b:
		return b - a
	case left < right:
		return -1
	case left > right:
		return 1
	}
	return 0
}
