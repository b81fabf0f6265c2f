package jiqiao

// Lists that go across deals: what is to be done, what was received, what was granted.

// DealHead names the deal to which an entry of a list belongs.
type DealHead struct {
	ID         string          `json:"id"`
	Title      string          `json:"title"`
	Stage      Stage           `json:"stage"`
	State      DealState       `json:"state"`
	Buyer      OrganisationRef `json:"buyer"`
	Seller     OrganisationRef `json:"seller"`
	Broker     string          `json:"broker,omitempty"`
	BrokerName string          `json:"broker_name,omitempty"`
	// Total and Received are the deal's sums in 分.
	Total    int64 `json:"total"`
	Received int64 `json:"received"`
}

// HeadOf is what lists say of a deal.
func HeadOf(d Deal) DealHead {
	return DealHead{
		ID: d.ID, Title: d.Title, Stage: d.Stage, State: d.State, Buyer: d.Buyer, Seller: d.Seller, Broker: d.Broker,
		BrokerName: d.BrokerName, Total: d.Total, Received: d.Received,
	}
}

// TaskState is whether a task is done.
type TaskState string

// The states; the empty one is both.
const (
	TaskOpen TaskState = "open" // not done, of a deal that has not ended
	TaskDone TaskState = "done"
)

// TaskSort is the order of a list of tasks.
type TaskSort string

// The orders.
const (
	TaskSortDue    TaskSort = "due" // due first, those without a day last; the default
	TaskSortNewest TaskSort = "newest"
)

// TaskQuery finds tasks of deals within the scope. Empty fields do not restrict.
type TaskQuery struct {
	Scope DealScope
	State TaskState
	// DueFrom and DueUntil bound the day, both included; with either, tasks without a day are left out.
	DueFrom, DueUntil Date
	// Broker looks after the deal, Assignee does the task; Region holds either side.
	Broker, Assignee, Region string
	// Text is in the task's title or where DealQuery.Text is.
	Text   string
	Sort   TaskSort
	Cursor string
	Limit  int
}

// Validate reports every part of the query that cannot be answered.
func (q TaskQuery) Validate() error {
	var ck checker
	if q.State != "" && q.State != TaskOpen && q.State != TaskDone {
		ck.add("state", "应为 open（待办）或 done（已办），不填为全部")
	}
	if q.Sort != "" && q.Sort != TaskSortDue && q.Sort != TaskSortNewest {
		ck.add("sort", "应为 due（先到期的在前）或 newest（新的在前）")
	}
	ck.date("due_from", "截止日期下限", q.DueFrom)
	ck.date("due_until", "截止日期上限", q.DueUntil)
	ck.code("region", "region", q.Region)
	return Invalid(ck.found)
}

// TaskItem is a task with its deal.
type TaskItem struct {
	DealTask
	AssigneeName string   `json:"assignee_name,omitempty"`
	Deal         DealHead `json:"deal"`
}

// TaskPage is a page of tasks.
type TaskPage struct {
	Total int        `json:"total"`
	Items []TaskItem `json:"items"`
	Next  string     `json:"next,omitempty"`
}

// MoneySort is the order of a list of sums.
type MoneySort string

// The orders.
const (
	MoneySortNewest MoneySort = "newest" // the default
	MoneySortOldest MoneySort = "oldest"
	MoneySortAmount MoneySort = "amount" // the largest first
)

func (ck *checker) moneySort(s MoneySort) {
	switch s {
	case "", MoneySortNewest, MoneySortOldest, MoneySortAmount:
	default:
		ck.add("sort", "应为 newest（新的在前）、oldest（旧的在前）或 amount（金额大的在前）")
	}
}

// PaymentQuery finds payments of deals within the scope. Empty fields do not restrict.
type PaymentQuery struct {
	Scope DealScope
	Kind  string
	// From and Until bound the day of receipt, both included.
	From, Until Date
	Region      string
	// Text is in the voucher's number or where DealQuery.Text is.
	Text string
	// Valid leaves out what was taken back, and the entries that took it back.
	Valid  bool
	Sort   MoneySort
	Cursor string
	Limit  int
}

// Validate reports every part of the query that cannot be answered.
func (q PaymentQuery) Validate() error {
	var ck checker
	ck.code("kind", "payment_kind", q.Kind)
	ck.date("from", "到账日期下限", q.From)
	ck.date("until", "到账日期上限", q.Until)
	ck.code("region", "region", q.Region)
	ck.moneySort(q.Sort)
	return Invalid(ck.found)
}

// PaymentItem is a payment with its deal.
type PaymentItem struct {
	Payment
	Deal DealHead `json:"deal"`
}

// PaymentPage is a page of payments; Amount is the sum of all that the query finds, in 分.
type PaymentPage struct {
	Total  int           `json:"total"`
	Amount int64         `json:"amount"`
	Items  []PaymentItem `json:"items"`
	Next   string        `json:"next,omitempty"`
}

// SubsidyQuery finds subsidies of deals within the scope. Empty fields do not restrict.
type SubsidyQuery struct {
	Scope DealScope
	State SubsidyState
	Year  int
	// Organisation gets it; Region holds either side of the deal; Text is where DealQuery.Text is.
	Organisation, Region, Text string
	Sort                       MoneySort
	Cursor                     string
	Limit                      int
}

// Validate reports every part of the query that cannot be answered.
func (q SubsidyQuery) Validate() error {
	var ck checker
	ck.code("state", "subsidy_state", string(q.State))
	ck.code("region", "region", q.Region)
	ck.moneySort(q.Sort)
	return Invalid(ck.found)
}

// SubsidyItem is a subsidy with its deal.
type SubsidyItem struct {
	Subsidy
	Deal DealHead `json:"deal"`
}

// SubsidyPage is a page of subsidies; Amount is the sum of all that the query finds, in 分.
type SubsidyPage struct {
	Total  int           `json:"total"`
	Amount int64         `json:"amount"`
	Items  []SubsidyItem `json:"items"`
	Next   string        `json:"next,omitempty"`
}

// SubsidyYear is what one organisation has of a calendar year, in 分.
type SubsidyYear struct {
	Organisation OrganisationRef `json:"organisation"`
	Year         int             `json:"year"`
	Applied      int64           `json:"applied"`
	Approved     int64           `json:"approved"`
	Paid         int64           `json:"paid"`
	// Cap is the yearly cap of the policy by which the last of them was computed, -1 without one.
	Cap int64 `json:"cap"`
}

// Used is what counts against the cap.
func (y SubsidyYear) Used() int64 { return y.Applied + y.Approved + y.Paid }

// SubsidyYears sums up by organisation and year, in the order in which they first come; what was rejected counts for nothing.
func SubsidyYears(all []Subsidy, policies []SubsidyPolicy) []SubsidyYear {
	caps := map[string]int64{}
	for _, p := range policies {
		caps[p.ID] = p.OrganisationCap
	}
	type key struct {
		organisation string
		year         int
	}
	at, found := map[key]int{}, []SubsidyYear{}
	for _, sub := range all {
		if sub.State == SubsidyRejected {
			continue
		}
		k := key{sub.Organisation.ID, sub.Year}
		i, ok := at[k]
		if !ok {
			i = len(found)
			at[k], found = i, append(found, SubsidyYear{Organisation: sub.Organisation, Year: sub.Year})
		}
		found[i].add(sub, caps[sub.Computation.PolicyID])
	}
	return found
}

func (y *SubsidyYear) add(sub Subsidy, limit int64) {
	switch sub.State {
	case SubsidyApplied:
		y.Applied += sub.Amount
	case SubsidyApproved:
		y.Approved += sub.Amount
	case SubsidyPaid:
		y.Paid += sub.Amount
	}
	y.Cap = limit
	if limit == 0 {
		y.Cap = -1
	}
}
