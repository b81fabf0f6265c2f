package jiqiao

import "time"

// DealEvent is one entry of a deal's history.
type DealEvent struct {
	ID   string `json:"id"`
	Act  string `json:"act"` // create, or a DealVerb
	From Stage  `json:"from,omitempty"`
	To   Stage  `json:"to"`
	// Seconds is how long the deal had stood in From.
	Seconds int64  `json:"seconds"`
	Reason  string `json:"reason,omitempty"`
	// Note is the broker's, not for the parties.
	Note string    `json:"note,omitempty"`
	User string    `json:"user,omitempty"`
	At   time.Time `json:"at"`
}

// DealTask is something to be done for a deal.
type DealTask struct {
	ID     string `json:"id"`
	DealID string `json:"deal_id"`
	Title  string `json:"title"`
	// Due is the last day, empty for none.
	Due Date `json:"due,omitempty"`
	// Assignee is the id of an account, the broker's when empty.
	Assignee  string     `json:"assignee,omitempty"`
	DoneAt    *time.Time `json:"done_at,omitempty"`
	CreatedBy string     `json:"created_by,omitempty"`
	CreatedAt time.Time  `json:"created_at"`
}

// Validate checks what people write into a task.
func (t *DealTask) Validate() error {
	var ck checker
	ck.required("title", "任务内容", t.Title)
	ck.line("title", "任务内容", t.Title, MaxShort)
	ck.date("due", "截止日期", t.Due)
	ck.line("assignee", "负责人", t.Assignee, MaxName)
	return Invalid(ck.found)
}

// DealNote is a remark on a deal.
type DealNote struct {
	ID     string `json:"id"`
	DealID string `json:"deal_id"`
	Author string `json:"author,omitempty"`
	// Organisation is the author's; a party's note carries it.
	Organisation string `json:"organisation,omitempty"`
	// Shared notes are seen by the parties, others by the broker and the bureau only.
	Shared    bool      `json:"shared"`
	Text      string    `json:"text"`
	CreatedAt time.Time `json:"created_at"`
}

// Validate checks what people write into a note.
func (n *DealNote) Validate() error {
	var ck checker
	ck.required("text", "内容", n.Text)
	ck.text("text", "内容", n.Text, MaxText)
	return Invalid(ck.found)
}

// DealDetail is a deal with all that belongs to it.
type DealDetail struct {
	Deal
	Events    []DealEvent `json:"events"`
	Tasks     []DealTask  `json:"tasks"`
	Notes     []DealNote  `json:"notes"`
	Contract  *Contract   `json:"contract,omitempty"`
	Payments  []Payment   `json:"payments"`
	Subsidies []Subsidy   `json:"subsidies"`
}

// WorksDeal reports whether the viewer handles the deal: its broker, or an operator whose region holds either side.
func (v Viewer) WorksDeal(d Deal) bool {
	if !v.May(PermDealWork) || v.User == "" {
		return false
	}
	if v.Role != RoleOperator {
		return d.Broker == v.User
	}
	return v.Region == "" || RegionMatches(v.Region, d.BuyerRegion) || RegionMatches(v.Region, d.SellerRegion)
}

// SeesDeal reports whether the viewer may know of the deal: who handles it, and once both sides agreed, their members.
func (v Viewer) SeesDeal(d Deal) bool {
	return v.WorksDeal(d) || d.Agreed && v.joins(d)
}

func (v Viewer) joins(d Deal) bool {
	return v.May(PermDealJoin) && v.Organisation != "" && (v.Organisation == d.Buyer.ID || v.Organisation == d.Seller.ID)
}

// ShowDeal is the deal as the viewer may see it; ask SeesDeal first. What the broker wrote for himself, the tasks, and the
// subsidies of others are left out for a party.
func (v Viewer) ShowDeal(d DealDetail) DealDetail {
	if v.WorksDeal(d.Deal) {
		return d
	}
	d.Deal = v.ShowDealHead(d.Deal)
	d.Tasks = []DealTask{}
	d.Events = keep(d.Events, func(e *DealEvent) bool {
		e.Note, e.User = "", ""
		return e.To.Rank() >= StageInterest.Rank()
	})
	d.Notes = keep(d.Notes, func(n *DealNote) bool {
		if n.Organisation != v.Organisation {
			n.Author = "" // the note says which side wrote; who, is that side's matter
		}
		return n.Shared
	})
	d.Payments = keep(d.Payments, func(p *Payment) bool {
		p.By = ""
		return true
	})
	d.Subsidies = keep(d.Subsidies, func(s *Subsidy) bool { return s.Organisation.ID == v.Organisation })
	return d
}

// ShowDealHead is ShowDeal for lists.
func (v Viewer) ShowDealHead(d Deal) Deal {
	if !v.WorksDeal(d) {
		d.Expected, d.NextDue, d.ExitNote = 0, "", ""
	}
	return d
}

// keep returns a new slice of those that fn lets stand, as fn changed them.
func keep[T any](all []T, fn func(*T) bool) []T {
	kept := make([]T, 0, len(all))
	for _, one := range all {
		if fn(&one) {
			kept = append(kept, one)
		}
	}
	return kept
}

// DealScope bounds a query to what a viewer may see; the zero DealScope is nothing.
type DealScope struct {
	All bool
	// Broker is an account's id, Region holds either side, Organisation is a party of a deal that was agreed.
	Broker, Region, Organisation string
}

// DealScope is the viewer's.
func (v Viewer) DealScope() DealScope {
	switch {
	case v.User == "":
		return DealScope{}
	case v.May(PermDealWork) && v.Role == RoleOperator:
		return DealScope{All: v.Region == "", Region: v.Region}
	case v.May(PermDealWork):
		return DealScope{Broker: v.User}
	case v.May(PermDealJoin):
		return DealScope{Organisation: v.Organisation}
	}
	return DealScope{}
}

// DealSort is the order of a list of deals.
type DealSort string

// The orders.
const (
	DealSortNewest DealSort = "newest"
	DealSortOldest DealSort = "oldest"
	DealSortAmount DealSort = "amount" // the largest first
	DealSortDue    DealSort = "due"    // the task that is due first
	DealSortStage  DealSort = "stage"  // the longest in its stage first
)

// DealQuery asks for deals. Empty fields do not restrict.
type DealQuery struct {
	Scope DealScope
	Stage Stage
	State DealState
	// Broker is an account's id; Region holds either side; Organisation is a party; Need and Achievement are ids.
	Broker, Region, Organisation, Need, Achievement string
	// Text is in the title, the records' titles, the parties' names or the number in the register.
	Text string
	// UnderWay leaves out what has ended.
	UnderWay bool
	// Overdue is the day before which an open task was due.
	Overdue Date
	// AmountMin and AmountMax bound the amount in 分: the contract's, else what is expected.
	AmountMin, AmountMax int64
	// From and Until bound CreatedAt, Until excluded.
	From, Until time.Time
	Sort        DealSort
	Cursor      string
	Limit       int
}

// Validate reports every part of the query that cannot be answered.
func (q DealQuery) Validate() error {
	var ck checker
	ck.code("stage", "deal_stage", string(q.Stage))
	ck.code("state", "deal_state", string(q.State))
	ck.code("region", "region", q.Region)
	ck.fen("amount_min", "金额下限", q.AmountMin)
	ck.fen("amount_max", "金额上限", q.AmountMax)
	switch q.Sort {
	case "", DealSortNewest, DealSortOldest, DealSortAmount, DealSortDue, DealSortStage:
	default:
		ck.add("sort", "应为 newest（新的在前）、oldest（旧的在前）、amount（金额大的在前）、due（先到期的在前）或 stage（停留久的在前）")
	}
	return Invalid(ck.found)
}

// DealPage is a page of deals.
type DealPage struct {
	Total int    `json:"total"`
	Items []Deal `json:"items"`
	Next  string `json:"next,omitempty"`
}

// DealColumn is one stage of the board.
type DealColumn struct {
	Stage Stage  `json:"stage"`
	Label string `json:"label"`
	Count int    `json:"count"`
	// Amount is the sum, in 分, of the contracts, else of what is expected.
	Amount int64 `json:"amount"`
	// Overdue counts deals with a task whose day has passed.
	Overdue int `json:"overdue"`
	// Deals are the first of them, the longest in the stage first, as many as were asked for.
	Deals []Deal `json:"deals,omitempty"`
}
